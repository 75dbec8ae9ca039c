-- Pairs that {store} sells together less often than the chain does: of the products it sells most, the companions it sells too seldom beside them, by what the difference is worth in four weeks. One row per pair.
WITH
  sold AS
  (
    SELECT product AS item, toFloat64(sum(sales)) AS times, toFloat64(sum(revenue)) AS brought
    FROM product_days FINAL
    WHERE store = {store:String} AND day > {day:Date} - 28 AND day <= {day:Date} AND lines > 0
    GROUP BY item
  ),
  best AS (SELECT item, times FROM sold ORDER BY brought DESC LIMIT 30),
  met AS
  (
    SELECT one, pair.1 AS other, pair.2 / held AS confidence
    FROM
    (
      SELECT product AS one, held, arrayJoin(arraySlice(arrayZip(others, companions.met, scores), 1, 20)) AS pair
      FROM companions
      WHERE run = (SELECT max(run) FROM insight_runs WHERE name = 'cross-sell') AND product IN (SELECT item FROM best)
    )
  )
SELECT met.one AS product, met.other AS other, (best.times * confidence - sold.times) * sold.brought / sold.times AS gap
FROM met
INNER JOIN best ON best.item = met.one
INNER JOIN sold ON sold.item = met.other
WHERE sold.times > 0 AND gap > 0
ORDER BY gap DESC, product, other
LIMIT 3
