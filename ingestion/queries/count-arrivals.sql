-- Adds {{counts}} to what arrived today in the chain's time zone. In the order of the sources' names: two instances that count the same ones at once wait for each other, not both.
INSERT INTO arrival_days AS d (source, day, rows, accepted, rejected, duplicates)
SELECT c.source, (now() AT TIME ZONE $5)::date, c.accepted + c.rejected + c.duplicates, c.accepted, c.rejected, c.duplicates
FROM {{counts}} AS c (source, accepted, rejected, duplicates)
ORDER BY c.source
ON CONFLICT (source, day) DO UPDATE SET
  rows = d.rows + excluded.rows,
  accepted = d.accepted + excluded.accepted,
  rejected = d.rejected + excluded.rejected,
  duplicates = d.duplicates + excluded.duplicates,
  updated_at = now()
