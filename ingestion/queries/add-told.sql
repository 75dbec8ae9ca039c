-- Adds what was told since to the sender's counts of today, in the chain's time zone. In the order of their names: two instances that count the same senders at once wait for each other, not both.
INSERT INTO told_days AS d (source, day, rows, accepted, rejected, duplicates)
SELECT t.source, (now() AT TIME ZONE $5)::date, t.accepted + t.rejected + t.duplicates, t.accepted, t.rejected, t.duplicates
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS t (source, accepted, rejected, duplicates)
ORDER BY t.source
ON CONFLICT (source, day) DO UPDATE SET
  rows = d.rows + excluded.rows,
  accepted = d.accepted + excluded.accepted,
  rejected = d.rejected + excluded.rejected,
  duplicates = d.duplicates + excluded.duplicates,
  updated_at = now()
