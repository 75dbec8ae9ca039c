-- Products of one category that stores like this one sell more of: {own} against the average of {peers}, in money a month, by the {ownDays} and {peerDays} that the period has of each. One row per product.
SELECT p.product AS product, d.name AS name, peers - own AS gap, own, peers
FROM
(
  SELECT
    product,
    toFloat64(sumIf(days.revenue, days.store = {own:String})) / {ownDays:Float64} * 30 AS own,
    toFloat64(sumIf(days.revenue, days.store != {own:String})) / {peerDays:Float64} * 30 AS peers
  FROM (SELECT * FROM product_days FINAL WHERE day >= {today:Date} - 90 AND day < {today:Date} AND lines > 0 AND (store = {own:String} OR store IN {peers:Array(String)})) AS days
  WHERE days.product IN (SELECT product FROM products FINAL WHERE category = {category:String})
  GROUP BY product
) AS p
LEFT JOIN (SELECT product, name FROM products FINAL) AS d ON d.product = p.product
WHERE gap > 0
ORDER BY gap DESC, product
LIMIT 5
