-- Targets of the month of {day}: of stores, and of sellers by the id that sales know them by. A store without its own target has the sum of its sellers'. One row per target.
SELECT t.store AS store, coalesce(nullIf(s.seller, ''), t.seller) AS seller, s.store AS home, toFloat64(t.amount) AS amount
FROM (SELECT * FROM targets FINAL WHERE month = toStartOfMonth({day:Date})) AS t
LEFT JOIN
(
  SELECT seller, store, arrayJoin(arrayDistinct([seller, code])) AS known FROM sellers FINAL
) AS s ON s.known = t.seller AND t.seller != ''
