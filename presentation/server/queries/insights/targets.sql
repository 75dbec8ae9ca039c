-- Targets of this month, by store and by seller (by the id that sales know them by). One row per target.
SELECT store, seller, home, amount
FROM
(
  SELECT t.store AS of_store, if(t.store != '', t.store, s.store) AS store, coalesce(nullIf(s.seller, ''), t.seller) AS seller, s.store AS home, toFloat64(t.amount) AS amount
  FROM (SELECT * FROM targets FINAL WHERE month = toStartOfMonth({today:Date})) AS t
  LEFT JOIN (SELECT seller, store, arrayJoin(arrayDistinct([seller, code])) AS known FROM sellers FINAL) AS s ON s.known = t.seller AND t.seller != ''
)
WHERE {{scope}}
