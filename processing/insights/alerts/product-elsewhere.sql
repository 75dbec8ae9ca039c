-- One product: the store where it sells best lately, what a piece costs and brings here, and its category's usual share of margin. One row.
WITH
  (SELECT any(category) FROM products FINAL WHERE product = {product:String}) AS own_category,
  (
    SELECT greatest(0.05, least(0.6, toFloat64(sum(costed) - sum(cost)) / toFloat64(sum(costed))))
    FROM product_days FINAL
    WHERE day > {day:Date} - 90 AND lines > 0 AND product IN (SELECT product FROM products FINAL WHERE category = own_category)
    HAVING sum(costed) > 0
  ) AS usual_share
SELECT
  argMaxIf(per.place, per.brought, per.place != {store:String}) AS elsewhere,
  maxIf(per.brought, per.place != {store:String}) AS there,
  sumIf(per.brought, per.place = {store:String}) / greatest(1, sumIf(per.pieces, per.place = {store:String})) AS price,
  sum(per.costing) / greatest(1, sum(per.pieces)) AS unitCost,
  sumIf(per.pieces, per.place = {store:String}) AS units,
  coalesce(usual_share, 0.2) AS share
FROM
(
  SELECT store AS place, toFloat64(sum(revenue)) AS brought, toFloat64(sum(cost)) AS costing, toFloat64(sum(units)) AS pieces
  FROM product_days FINAL
  WHERE product = {product:String} AND day > {day:Date} - 30 AND lines > 0
  GROUP BY store
) AS per
HAVING count() > 0
