-- Sale lines of a run of days within the scope, as pay counts them, and those of the people on somebody's team wherever they sold. A sale split between sellers is within the scope of each of
-- them and says all of them in `seller`. Only the stores and days on which one of these sold are read. One row per line.
SELECT l.store AS store, toString(l.day) AS day, l.sale AS sale, l.line AS line, l.sellers AS seller, l.product AS product, d.name AS name, d.category AS category, toString(l.revenue) AS revenue, if(l.cost_known = 1, toString(l.cost), NULL) AS cost
FROM
(
  SELECT DISTINCT store, day, sale, line, sellers, product, revenue, cost, cost_known
  FROM
  (
    SELECT
      store, day, sale, line, toString(lines.seller) AS sellers, product, revenue, cost, cost_known,
      arrayJoin(arrayMap(part -> trimBoth(splitByChar('=', part)[1]), splitByChar('|', toString(lines.seller)))) AS seller
    FROM
    (
      SELECT * FROM sale_lines FINAL
      WHERE day BETWEEN {from:Date} AND {to:Date}
        AND (store, day) IN
        (
          SELECT store, day
          FROM
          (
            SELECT store, day, arrayJoin(arrayMap(part -> trimBoth(splitByChar('=', part)[1]), splitByChar('|', toString(sold.seller)))) AS seller
            FROM seller_days AS sold
            WHERE day BETWEEN {from:Date} AND {to:Date}
          )
          WHERE ({{scope}}) OR seller IN {team:Array(String)}
        )
    ) AS lines
  )
  WHERE ({{scope}}) OR seller IN {team:Array(String)}
) AS l
LEFT JOIN (SELECT product, name, category FROM products FINAL) AS d ON d.product = l.product
ORDER BY l.day, l.store, l.sale, l.line
