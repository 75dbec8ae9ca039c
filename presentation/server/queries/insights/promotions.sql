-- What is rising in the whole chain: the last 28 whole days against the 28 before, and against what the same weeks did a year ago where there is one; `weeks` counts back in 28 days. {held} days are read as they are summed
-- up, the others from product_days. `surprise` is how many standard deviations of a count the rise is (Poisson); one row per product.
SELECT
  r.product AS product, d.name AS name, d.category AS category, r.now AS now,
  least(3, greatest(0.33, if(r.yearBefore > 0 AND r.yearNow > 0, r.yearNow / r.yearBefore, 1))) AS season,
  r.now / (r.before * season) - 1 AS rise,
  (r.nowSales - r.beforeSales * season) / sqrt(r.beforeSales * season + 1) AS surprise,
  r.nowSales AS salesNow, r.beforeSales AS salesBefore
FROM
(
  SELECT
    product,
    toFloat64(sumIf(days.revenue, weeks = 0)) AS now,
    toFloat64(sumIf(days.revenue, weeks = 1)) AS before,
    toFloat64(sumIf(days.sales, weeks = 0)) AS nowSales,
    toFloat64(sumIf(days.sales, weeks = 1)) AS beforeSales,
    toFloat64(sumIf(days.revenue, weeks = 13)) AS yearNow,
    toFloat64(sumIf(days.revenue, weeks = 14)) AS yearBefore
  FROM
  (
    {{#held}}
    SELECT intDiv({today:Date} - 1 - first, 28) AS weeks, product, revenue, sales FROM chain_products
    WHERE span = 'day' AND first IN {held:Array(Date)} AND (first, run) IN (SELECT first, max(run) FROM chain_rolled WHERE span = 'day' GROUP BY first)
    UNION ALL
    {{/held}}
    SELECT intDiv({today:Date} - 1 - day, 28) AS weeks, product, revenue, sales FROM product_days FINAL
    WHERE {{scope}} AND ((day >= {today:Date} - 56 AND day < {today:Date}) OR (day >= {today:Date} - 420 AND day < {today:Date} - 364)){{#held}} AND day NOT IN {held:Array(Date)}{{/held}}
  ) AS days
  GROUP BY product
) AS r
LEFT JOIN (SELECT product, name, category, service FROM products FINAL) AS d ON d.product = r.product
WHERE r.before > 0 AND r.now > 0 AND d.service = 0 AND surprise >= 2 AND rise > 0.1 AND r.nowSales >= 5
ORDER BY surprise DESC, product
LIMIT {limit:UInt32}
