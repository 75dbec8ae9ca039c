-- Some products of some stores: the store where each sells best lately, what a piece costs and brings here, and its category. One row per product and store.
WITH
  wanted AS (SELECT place.1 AS product, place.2 AS store FROM (SELECT arrayJoin(array{{places}}) AS place)),
  per AS
  (
    SELECT product AS item, store AS place, toFloat64(sum(revenue)) AS brought, toFloat64(sum(cost)) AS costing, toFloat64(sum(units)) AS pieces
    FROM product_days FINAL
    WHERE day > {day:Date} - 30 AND product IN (SELECT product FROM wanted) AND lines > 0
    GROUP BY item, place
  )
SELECT
  wanted.product AS product,
  wanted.store AS store,
  argMaxIf(per.place, per.brought, per.place != wanted.store) AS elsewhere,
  maxIf(per.brought, per.place != wanted.store) AS there,
  sumIf(per.brought, per.place = wanted.store) / greatest(1, sumIf(per.pieces, per.place = wanted.store)) AS price,
  sum(per.costing) / greatest(1, sum(per.pieces)) AS unitCost,
  sumIf(per.pieces, per.place = wanted.store) AS units,
  any(known.category) AS category
FROM wanted
INNER JOIN per ON per.item = wanted.product
LEFT JOIN (SELECT product, category FROM products FINAL WHERE product IN (SELECT product FROM wanted)) AS known ON known.product = wanted.product
GROUP BY product, store
