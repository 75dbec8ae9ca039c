-- Stores and days with lines of these products whose cost is unknown.
SELECT DISTINCT store, toString(day) AS day
FROM sale_lines FINAL
WHERE cost_known = 0 AND product IN {products:Array(String)}
