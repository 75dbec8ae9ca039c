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
  argMaxIf(store, revenue, store != {store:String}) AS elsewhere,
  maxIf(revenue, store != {store:String}) AS there,
  sumIf(revenue, store = {store:String}) / greatest(1, sumIf(units, store = {store:String})) AS price,
  sum(cost) / greatest(1, sum(units)) AS unitCost,
  sumIf(units, store = {store:String}) AS units,
  coalesce(usual_share, 0.2) AS share
FROM
(
  SELECT days.store AS store, toFloat64(sum(days.revenue)) AS revenue, toFloat64(sum(days.cost)) AS cost, toFloat64(sum(days.units)) AS units
  FROM (SELECT * FROM product_days FINAL WHERE product = {product:String} AND day > {day:Date} - 30 AND lines > 0) AS days
  GROUP BY store
)
HAVING count() > 0
