-- The usual share of margin of each category over four weeks, held within reason: 5 to 60 per cent. One row per category.
SELECT known.category AS category, greatest(0.05, least(0.6, toFloat64(sum(sold.costed) - sum(sold.cost)) / toFloat64(sum(sold.costed)))) AS share
FROM
(
  SELECT product, sum(costed) AS costed, sum(cost) AS cost
  FROM product_days FINAL
  WHERE day > {day:Date} - 28 AND lines > 0
  GROUP BY product
) AS sold
INNER JOIN (SELECT product, category FROM products FINAL) AS known ON known.product = sold.product
GROUP BY category
HAVING sum(sold.costed) > 0
