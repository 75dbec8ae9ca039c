-- Sale lines in reach, latest first. The aggregates tell how many days the page needs and, of a seller or product, which stores have lines in reach on them, and only those are
-- read of sale_lines; names are added to the page's rows alone. Of the whole chain, where a day may have half a million lines, the {latest} rows of any version tell since when lines
-- are looked at: no line that stands is missing among them, and telling versions apart is left to the sales in them.
WITH
  (
    SELECT min(day)
    FROM
    (
      SELECT day, sum(of_day) OVER (ORDER BY day DESC) - of_day AS later
      FROM (SELECT day, sum(f.lines) AS of_day FROM {{days}} AS f FINAL WHERE {{scope}} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY day)
    )
    WHERE later <= {limit:UInt32} + {offset:UInt32}
  ) AS first_day{{#latest}},
  (
    SELECT min(sold_at)
    FROM
    (
      SELECT sold_at FROM sale_lines
      WHERE {{scope}} AND day BETWEEN greatest({from:Date}, first_day) AND {to:Date}
      ORDER BY sold_at DESC
      LIMIT {latest:Array(UInt32)}[1]
    )
  ) AS since{{/latest}}
SELECT
  toString(l.day) AS day, formatDateTime(l.sold_at, '%H:%i') AS time,
  l.store AS store, s.name AS storeName, l.sale AS sale, l.line AS line,
  l.product AS product, p.name AS productName, l.seller AS seller, d.name AS sellerName,
  l.quantity AS quantity, l.unit_price AS unitPrice, l.discount AS discount, l.revenue AS revenue,
  l.cost AS cost, l.cost_known AS costKnown, l.source AS source, l.file AS file, l.row AS row
FROM
(
  SELECT * FROM sale_lines FINAL
  WHERE {{scope}} AND day BETWEEN greatest({from:Date}, first_day) AND {to:Date}{{#within}}
    AND (store, day) IN (SELECT store, day FROM {{days}} WHERE {{scope}} AND day BETWEEN greatest({from:Date}, first_day) AND {to:Date}){{/within}}{{#latest}}
    AND sold_at >= since
    AND (store, day, sale) IN (SELECT store, day, sale FROM sale_lines WHERE {{scope}} AND day BETWEEN greatest({from:Date}, first_day) AND {to:Date} AND sold_at >= since){{/latest}}
  ORDER BY day DESC, sold_at DESC, store, sale, line
  LIMIT {limit:UInt32} OFFSET {offset:UInt32}
) AS l
LEFT JOIN (SELECT store, name FROM stores FINAL) AS s ON s.store = l.store
LEFT JOIN (SELECT product, name FROM products FINAL) AS p ON p.product = l.product
LEFT JOIN (SELECT seller, name FROM sellers FINAL) AS d ON d.seller = l.seller
ORDER BY l.day DESC, l.sold_at DESC, l.store, l.sale, l.line
