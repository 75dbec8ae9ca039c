-- Pairs that some stores sell together less often than the chain does: of the products a store sells most, the companions it sells too seldom beside them, by what the difference is worth
-- in four weeks. Up to three rows per store.
WITH
  sold AS
  (
    SELECT store AS place, product AS item, toFloat64(sum(sales)) AS times, toFloat64(sum(revenue)) AS brought
    FROM product_days FINAL
    WHERE day > {day:Date} - 28 AND day <= {day:Date} AND store IN {{stores}} AND lines > 0
    GROUP BY place, item
  ),
  best AS (SELECT place, item, times FROM sold ORDER BY brought DESC, item LIMIT 30 BY place),
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
SELECT best.place AS store, met.one AS product, met.other AS other, (best.times * confidence - sold.times) * sold.brought / sold.times AS gap
FROM best
INNER JOIN met ON met.one = best.item
INNER JOIN sold ON sold.place = best.place AND sold.item = met.other
WHERE sold.times > 0 AND gap > 0
ORDER BY gap DESC, product, other
LIMIT 3 BY store
