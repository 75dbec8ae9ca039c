-- Products by margin within the scope over {days} days: unit and total margin, volume, trend against as many days before. {held} days, none unless the scope is the whole chain, are
-- read as they are summed up, the others from product_days. One row per product.
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
    toFloat64(sumIf(days.costed - days.cost, NOT now)) AS marginBefore,
    toFloat64(sumIf(days.units, now)) AS units
  FROM
  (
    {{#held}}
    SELECT product, revenue, costed, cost, units, first > {today:Date} - {days:UInt32} AS now FROM chain_products
    WHERE span = 'day' AND first IN {held:Array(Date)} AND (first, run) IN (SELECT first, max(run) FROM chain_rolled WHERE span = 'day' GROUP BY first)
    UNION ALL
    {{/held}}
    SELECT product, revenue, costed, cost, units, day > {today:Date} - {days:UInt32} AS now FROM product_days FINAL
    WHERE {{scope}} AND day > {today:Date} - 2 * {days:UInt32} AND day <= {today:Date} AND lines > 0{{#held}} AND day NOT IN {held:Array(Date)}{{/held}}
  ) AS days
  GROUP BY product
) AS s
LEFT JOIN (SELECT product, name, category, service FROM products FINAL) AS d ON d.product = s.product
WHERE s.costed > 0 AND d.service = 0
ORDER BY {{order}}, product
LIMIT {limit:UInt32}
