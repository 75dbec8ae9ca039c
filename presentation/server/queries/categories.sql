-- The categories a person may choose from: those of products with lines in reach, by name. Products of {months} are read from the sums of a month, the others by day.
SELECT DISTINCT category AS name
FROM products FINAL
WHERE category != '' AND product IN
(
  {{#months}}
  SELECT DISTINCT product FROM {{sums}}
  WHERE {{scope}} AND first IN {months:Array(Date)} AND (first, run) IN {runs:Array(Tuple(Date, UInt64))}
  UNION ALL
  {{/months}}
  SELECT DISTINCT product FROM product_days
  WHERE {{scope}}{{#months}} AND toStartOfMonth(day) NOT IN {months:Array(Date)}{{/months}}
)
ORDER BY name
