-- What every store is like over 90 whole days: size, place, what it sells. For comparison: who may see which is decided where it is answered. One row per store.
-- `days` are those of the period since the chain has data and the store is open: amounts of a month are by them, `openDays` are those with sales.
SELECT
  s.store AS store, d.name AS name, d.type AS type, d.city AS city, d.region AS region,
  greatest(s.openDays, toFloat64({today:Date} - greatest(s.began, ifNull(d.opened_on, s.began)))) AS days, s.openDays AS openDays, s.revenue AS revenue, s.margin AS margin, s.costed AS costed, s.sales AS sales, s.units AS units, m.mix AS mix,
  {{scope}} AS seen
FROM
(
  SELECT
    store, min(min(days.day)) OVER () AS began, toFloat64(count()) AS openDays, toFloat64(sum(days.revenue)) AS revenue, toFloat64(sum(days.costed - days.cost)) AS margin,
    toFloat64(sum(days.costed)) AS costed, toFloat64(sum(days.sales)) AS sales, toFloat64(sum(days.units)) AS units
  FROM (SELECT * FROM store_days FINAL WHERE day >= {today:Date} - 90 AND day < {today:Date} AND lines > 0) AS days
  GROUP BY store
) AS s
LEFT JOIN (SELECT store, name, type, city, region, toDate(greatest(opened_on, toDate32('1970-01-01'))) AS opened_on FROM stores FINAL) AS d ON d.store = s.store
LEFT JOIN
(
  SELECT store, CAST(groupArray((category, sold)), 'Map(String, Float64)') AS mix
  FROM
  (
    SELECT p.store AS store, c.category AS category, toFloat64(sum(p.revenue)) AS sold
    FROM (SELECT * FROM product_days FINAL WHERE day >= {today:Date} - 90 AND day < {today:Date} AND lines > 0) AS p
    LEFT JOIN (SELECT product, category FROM products FINAL) AS c ON c.product = p.product
    GROUP BY store, category
  )
  GROUP BY store
) AS m ON m.store = s.store
