-- Counts every pair of products that share a basket, and keeps the 100 best companions of each. Products are compared by hash: two numbers group faster than two names.
-- Services are no products. Baskets of more than 200 products say little and cost much: they count for how often a product is sold, not for what it is sold with.
INSERT INTO bought_with (run, product, other, met, with_product, with_other, baskets, score, version)
WITH
  baskets AS
  (
    SELECT arraySort(groupUniqArray(cityHash64(product))) AS items
    FROM sale_lines FINAL
    WHERE day >= {from:Date} AND day < {to:Date} AND quantity > 0 AND product NOT IN (SELECT product FROM products FINAL WHERE service = 1)
    GROUP BY store, sale
  ),
  (SELECT count() FROM baskets) AS every,
  singles AS (SELECT arrayJoin(items) AS item, count() AS held FROM baskets GROUP BY item),
  pairs AS
  (
    SELECT pair.1 AS a, pair.2 AS b, count() AS met, sum(1 / (size - 1)) AS weight
    FROM
    (
      SELECT
        length(items) AS size,
        arrayJoin(arrayFlatten(arrayMap((x, i) -> arrayMap(y -> (x, y), arraySlice(items, i + 1)), items, arrayEnumerate(items)))) AS pair
      FROM baskets
      WHERE length(items) BETWEEN 2 AND 200
    )
    GROUP BY a, b
    HAVING met >= {least:UInt32}
  ),
  both AS (SELECT a AS item, b AS other, met, weight FROM pairs UNION ALL SELECT b AS item, a AS other, met, weight FROM pairs),
  names AS (SELECT DISTINCT product, cityHash64(product) AS item FROM product_days WHERE day >= {from:Date} AND day < {to:Date})
SELECT
  {run:UInt64}, na.product, nb.product, met, sa.held, sb.held, every,
  (weight / sqrt(sa.held * sb.held)) * met / (met + 10) AS points,
  {run:UInt64}
FROM both
INNER JOIN singles AS sa ON sa.item = both.item
INNER JOIN singles AS sb ON sb.item = both.other
INNER JOIN names AS na ON na.item = both.item
INNER JOIN names AS nb ON nb.item = both.other
ORDER BY na.product, points DESC
LIMIT 100 BY na.product
