-- What is bought together with a product of {store}, best first: by what the companion sells there, one could gain. `confidence`: of the baskets with the product, how many held the companion. One row per companion.
WITH
  met AS
  (
    SELECT pair.1 AS other, pair.2 / held AS confidence, pair.3 AS score
    FROM
    (
      SELECT held, arrayJoin(arrayZip(others, companions.met, scores)) AS pair
      FROM companions
      WHERE run = (SELECT max(run) FROM insight_runs WHERE name = 'cross-sell') AND product = {product:String}
    )
  ),
  sold AS
  (
    SELECT product AS item, toFloat64(sum(sales)) AS times, toFloat64(sum(revenue)) AS brought
    FROM product_days FINAL
    WHERE store = {store:String} AND day > {day:Date} - 28 AND day <= {day:Date} AND lines > 0
    GROUP BY item
  )
SELECT met.other AS other, confidence, sold.times AS times, sold.brought AS brought
FROM met
INNER JOIN sold ON sold.item = met.other
WHERE sold.times > 0
ORDER BY met.score DESC, other
LIMIT 3
