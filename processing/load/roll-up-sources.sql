-- The latest day of sale and the latest arrival of each source in a month, per store and seller.
INSERT INTO source_months (first, source, store, seller, day, latest, run)
SELECT {from:Date}, source, store, seller, max(day), max(version), {run:UInt64}
FROM sale_lines
WHERE day BETWEEN {from:Date} AND {to:Date}
GROUP BY source, store, seller
