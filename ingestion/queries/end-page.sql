-- Moves a table's position behind a page, and counts what arrived with it: both or neither.
WITH moved AS (
  INSERT INTO table_cursors (source, position, place) VALUES ($1, $2, $4)
  ON CONFLICT (source) DO UPDATE SET position = EXCLUDED.position, place = EXCLUDED.place, updated_at = now()
)
{{countArrivals}}
