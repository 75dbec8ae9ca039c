-- Every seller with sales from {from} to {to}, and the store where they sold most; sales split between several name none. One row per seller.
SELECT seller, store
FROM
(
  SELECT seller, argMax(at, sold) AS store
  FROM (SELECT seller, store AS at, sum(revenue) AS sold FROM seller_days FINAL WHERE day BETWEEN {from:Date} AND {to:Date} AND lines > 0 AND seller != '' AND position(seller, '|') = 0 GROUP BY seller, at)
  GROUP BY seller
)
WHERE {{scope}}
ORDER BY seller
