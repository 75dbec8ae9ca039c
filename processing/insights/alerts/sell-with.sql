-- What is bought together with some products of some stores, best first: by what the companion sells there, one could gain. `confidence`: of the baskets with the product, how many held the
-- companion. Up to three rows per product and store.
WITH
  wanted AS (SELECT place.1 AS product, place.2 AS store FROM (SELECT arrayJoin(array{{places}}) AS place)),
  met AS
  (
    SELECT one, pair.1 AS other, pair.2 / held AS confidence, pair.3 AS score
    FROM
    (
      SELECT product AS one, held, arrayJoin(arrayZip(others, companions.met, scores)) AS pair
      FROM companions
      WHERE run = (SELECT max(run) FROM insight_runs WHERE name = 'cross-sell') AND product IN (SELECT product FROM wanted)
    )
  ),
  sold AS
  (
    SELECT store AS place, product AS item, toFloat64(sum(sales)) AS times, toFloat64(sum(revenue)) AS brought
    FROM product_days FINAL
    WHERE day > {day:Date} - 28 AND day <= {day:Date} AND store IN (SELECT store FROM wanted) AND lines > 0
    GROUP BY place, item
  )
SELECT wanted.product AS product, wanted.store AS store, met.other AS other, met.confidence AS confidence, sold.times AS times, sold.brought AS brought
FROM wanted
INNER JOIN met ON met.one = wanted.product
INNER JOIN sold ON sold.place = wanted.store AND sold.item = met.other
WHERE sold.times > 0
ORDER BY met.score DESC, other
LIMIT 3 BY product, store
