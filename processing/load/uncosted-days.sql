-- Stores and days with lines of these products whose cost is unknown, or whose cost is not in the aggregates yet: a crash may have come between the two.
SELECT DISTINCT store, toString(day) AS day
FROM
(
  SELECT store, day FROM sale_lines FINAL WHERE cost_known = 0 AND product IN {products:Array(String)}
  UNION ALL
  SELECT store, day FROM product_days FINAL WHERE costed != revenue AND product IN {products:Array(String)}
)
