-- Which of some products were sold for less than they cost within the scope, on some day of the last {days}. One row per product.
SELECT DISTINCT product
FROM product_days FINAL
WHERE {{scope}} AND product IN {products:Array(String)} AND day > {today:Date} - {days:UInt32} AND day <= {today:Date} AND lines > 0 AND costed < cost
