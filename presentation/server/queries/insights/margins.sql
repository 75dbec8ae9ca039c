-- Products by margin within the scope: unit and total margin, volume, trend against as many days before. Its rows are those of rows or, for the whole chain, of rows-of-chain. One row
-- per product.
SELECT
  s.product AS product, d.name AS name, d.category AS category,
  s.revenue AS revenue, s.margin AS margin, s.units AS units, s.costed AS costed,
  if(s.units > 0, s.margin / s.units, 0) AS unitMargin,
  if(s.costed > 0, s.margin / s.costed, 0) AS marginShare,
  if(s.marginBefore > 0, s.margin / s.marginBefore - 1, NULL) AS trend
FROM
(
  SELECT
    product,
    toFloat64(sumIf(days.revenue, now)) AS revenue,
    toFloat64(sumIf(days.costed, now)) AS costed,
    toFloat64(sumIf(days.costed - days.cost, now)) AS margin,
    toFloat64(sumIf(days.costed - days.cost, before)) AS marginBefore,
    toFloat64(sumIf(days.units, now)) AS units
  FROM
  (
    {{rows}}
  ) AS days
  GROUP BY product
) AS s
LEFT JOIN (SELECT product, name, category, service FROM products FINAL) AS d ON d.product = s.product
WHERE s.costed > 0 AND d.service = 0
ORDER BY {{order}}, product
LIMIT {limit:UInt32}
