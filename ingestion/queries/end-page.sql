-- Moves a table's position behind a page, and adds the page to the source's counts of today in the chain's time zone: both or neither.
WITH moved AS (
  INSERT INTO table_cursors (source, position, totals, place) VALUES ($1, $2, $3::jsonb, $4)
  ON CONFLICT (source) DO UPDATE SET position = EXCLUDED.position, totals = EXCLUDED.totals, place = EXCLUDED.place, updated_at = now()
)
INSERT INTO table_days AS d (source, day, rows, accepted, rejected, duplicates)
SELECT $1, (now() AT TIME ZONE $5)::date, t.rows, t.accepted, t.rejected, t.duplicates
FROM jsonb_to_record($3::jsonb) AS t (rows bigint, accepted bigint, rejected bigint, duplicates bigint)
ON CONFLICT (source, day) DO UPDATE SET
  rows = d.rows + excluded.rows,
  accepted = d.accepted + excluded.accepted,
  rejected = d.rejected + excluded.rejected,
  duplicates = d.duplicates + excluded.duplicates,
  updated_at = now()
