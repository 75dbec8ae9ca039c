-- Targets of a month and of the one before, with whose they are. One row per target.
SELECT id, of_seller AS seller, of_store AS store, name, toString(month) AS month, toString(amount) AS amount
FROM
(
  SELECT t.target AS id, t.seller AS of_seller, t.store AS of_store, t.month AS month, t.amount AS amount,
         if(t.store != '', t.store, s.store) AS store, coalesce(nullIf(s.seller, ''), t.seller) AS seller,
         if(t.store != '', o.name, s.name) AS name
  FROM (SELECT * FROM targets FINAL WHERE month IN ({month:Date}, {before:Date})) AS t
  LEFT JOIN (SELECT seller, store, name, arrayJoin(arrayDistinct([seller, code])) AS known FROM sellers FINAL) AS s ON s.known = t.seller AND t.seller != ''
  LEFT JOIN (SELECT store, name FROM stores FINAL) AS o ON o.store = t.store AND t.store != ''
)
WHERE {{scope}}
ORDER BY of_store, of_seller
