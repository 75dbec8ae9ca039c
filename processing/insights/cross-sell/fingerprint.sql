-- Changes when any day's sales in the window do, or which products are services. One row.
SELECT concat(toString(sum(cityHash64(day, store, lines, revenue, units))), ' ',
    (SELECT toString(sum(cityHash64(product))) FROM products FINAL WHERE service > 0)) AS fingerprint, count() AS days
FROM store_days FINAL
WHERE day >= {from:Date} AND day < {to:Date} AND lines > 0
