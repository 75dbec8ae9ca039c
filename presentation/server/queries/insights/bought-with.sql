-- What is bought together with the products of a basket, best first: pair scores summed over the basket, weighed by how the store (or seller) sells the companion against how the chain does, as far as there is evidence.
-- Only what the chain has sold in the last 60 days; a seller or store that is not given weighs nothing. One row per companion.
WITH
  (SELECT run FROM insight_runs FINAL WHERE name = 'cross-sell') AS current,
  pairs AS
  (
    SELECT other, sum(score) AS points, argMax(product, score) AS beside, argMax(met, score) AS met, argMax(with_product, score) AS with_product, argMax(with_other, score) AS with_other, max(baskets) AS baskets
    FROM bought_with
    WHERE run = current AND product IN {products:Array(String)} AND other NOT IN {products:Array(String)}
    GROUP BY other
    ORDER BY points DESC
    LIMIT 60
  ),
  chain AS (SELECT product, sales, last_day FROM product_reach WHERE run = current AND kind = 'chain' AND id = '' AND product IN (SELECT other FROM pairs)),
  own AS (SELECT product, sales FROM product_reach WHERE run = current AND kind = {kind:String} AND id = {id:String} AND product IN (SELECT other FROM pairs)),
  (SELECT max(sales) FROM product_reach WHERE run = current AND kind = 'chain' AND id = '' AND product = '') AS all_sales,
  (SELECT max(sales) FROM product_reach WHERE run = current AND kind = {kind:String} AND id = {id:String} AND product = '') AS own_sales
SELECT
  p.other AS product, d.name AS name, d.category AS category, p.beside AS beside,
  toUInt32(p.met) AS count, p.met / p.baskets AS support, p.met / p.with_product AS confidence, p.met / p.with_other AS confidenceBack,
  p.met * p.baskets / (p.with_product * p.with_other) AS lift,
  if(coalesce(own_sales, 0) = 0, 1, sqrt(greatest(0.25, least(4, (o.sales + 5) / (own_sales * c.sales / all_sales + 5))))) AS fit,
  p.points * fit AS score
FROM pairs AS p
INNER JOIN chain AS c ON c.product = p.other
LEFT JOIN own AS o ON o.product = p.other
LEFT JOIN (SELECT product, name, category FROM products FINAL WHERE product IN (SELECT other FROM pairs)) AS d ON d.product = p.other
WHERE c.last_day >= {today:Date} - 60
ORDER BY score DESC, product
LIMIT {limit:UInt32}
