-- Where some products sell, over 28 whole days and the 28 before: in how many stores of the chain (any role may know that), what the scope sold, and what stores like the one asked for
-- ({peers}) did, when there are any. One row per product.
SELECT
  days.product AS product, toFloat64(uniqExactIf(days.store, days.day >= {today:Date} - 28)) AS stores,
  toFloat64(sumIf(days.revenue, {{scope}} AND days.day >= {today:Date} - 28)) AS own,
  toFloat64(uniqExactIf(days.store, days.day >= {today:Date} - 28 AND has({peers:Array(String)}, days.store))) AS likeStores,
  toFloat64(sumIf(days.revenue, days.day >= {today:Date} - 28 AND has({peers:Array(String)}, days.store))) AS likeNow,
  toFloat64(sumIf(days.revenue, days.day < {today:Date} - 28 AND has({peers:Array(String)}, days.store))) AS likeBefore
FROM (SELECT * FROM product_days FINAL WHERE product IN {products:Array(String)} AND day >= {today:Date} - 56 AND day < {today:Date} AND lines > 0) AS days
GROUP BY product
