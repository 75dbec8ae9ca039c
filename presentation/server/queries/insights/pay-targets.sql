-- Targets of some months, by the id that sales know a seller by. One row per seller and month.
SELECT seller, month, toString(sum(amount)) AS amount
FROM
(
  SELECT s.store AS store, coalesce(nullIf(s.seller, ''), t.seller) AS seller, substring(toString(t.month), 1, 7) AS month, t.amount AS amount
  FROM (SELECT * FROM targets FINAL WHERE month >= {from:Date} AND month <= {to:Date} AND seller != '') AS t
  LEFT JOIN (SELECT seller, store, arrayJoin(arrayDistinct([seller, code])) AS known FROM sellers FINAL) AS s ON s.known = t.seller
)
WHERE {{scope}}
GROUP BY seller, month
