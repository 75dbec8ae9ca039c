-- What is rising: the last 28 days against the 28 before, and against what the same weeks did a year ago where there is one. Over the whole chain (any role may know that a product rises), beside it what the scope sold.
-- Stores like the one asked for are {peers}: what the product does there, when there are any. `surprise` is how many standard deviations of a count the rise is (Poisson); one row per product.
WITH
  recent AS
  (
    SELECT
      product,
      toFloat64(sumIf(days.revenue, days.day > {today:Date} - 28)) AS now,
      toFloat64(sumIf(days.revenue, days.day <= {today:Date} - 28 AND days.day > {today:Date} - 56)) AS before,
      toFloat64(sumIf(days.sales, days.day > {today:Date} - 28)) AS nowSales,
      toFloat64(sumIf(days.sales, days.day <= {today:Date} - 28 AND days.day > {today:Date} - 56)) AS beforeSales,
      uniqExactIf(days.store, days.day > {today:Date} - 28) AS nowStores,
      toFloat64(sumIf(days.revenue, days.day > {today:Date} - 28 AND has({peers:Array(String)}, days.store))) AS likeNow,
      toFloat64(sumIf(days.revenue, days.day <= {today:Date} - 28 AND days.day > {today:Date} - 56 AND has({peers:Array(String)}, days.store))) AS likeBefore,
      uniqExactIf(days.store, days.day > {today:Date} - 28 AND has({peers:Array(String)}, days.store)) AS likeStores,
      toFloat64(sumIf(days.revenue, days.day <= {today:Date} - 364 AND days.day > {today:Date} - 392)) AS yearNow,
      toFloat64(sumIf(days.revenue, days.day <= {today:Date} - 392 AND days.day > {today:Date} - 420)) AS yearBefore
    FROM
    (
      SELECT * FROM product_days FINAL
      WHERE lines > 0 AND ((day > {today:Date} - 56 AND day <= {today:Date}) OR (day > {today:Date} - 420 AND day <= {today:Date} - 364))
    ) AS days
    GROUP BY product
  ),
  own AS
  (
    SELECT product, toFloat64(sum(revenue)) AS sold, uniqExact(store) AS stores
    FROM product_days FINAL
    WHERE {{scope}} AND day > {today:Date} - 28 AND day <= {today:Date} AND lines > 0
    GROUP BY product
  )
SELECT
  r.product AS product, d.name AS name, d.category AS category,
  least(3, greatest(0.33, if(r.yearBefore > 0 AND r.yearNow > 0, r.yearNow / r.yearBefore, 1))) AS season,
  r.now / (r.before * season) - 1 AS rise,
  (r.nowSales - r.beforeSales * season) / sqrt(r.beforeSales * season + 1) AS surprise,
  r.nowSales AS salesNow, r.beforeSales AS salesBefore, toFloat64(r.nowStores) AS stores, coalesce(o.sold, 0) AS own,
  r.now / r.nowStores AS perStore, toFloat64(r.likeStores) AS likeStores, r.likeNow / greatest(1, r.likeStores) AS perLike,
  if(r.likeBefore > 0, r.likeNow / (r.likeBefore * season) - 1, NULL) AS riseLike
FROM recent AS r
LEFT JOIN own AS o ON o.product = r.product
LEFT JOIN (SELECT product, name, category, service FROM products FINAL) AS d ON d.product = r.product
WHERE r.before > 0 AND r.now > 0 AND d.service = 0 AND surprise >= 2 AND rise > 0.1 AND r.nowSales >= 5
ORDER BY surprise DESC, product
LIMIT {limit:UInt32}
