-- The next replay that somebody asked for. One that its taker never finished is taken again: replaying twice counts once.
UPDATE rejected_replays SET taken_at = now()
WHERE id = (
  SELECT id FROM rejected_replays
  WHERE done_at IS NULL AND (taken_at IS NULL OR taken_at < now() - interval '5 minutes')
  ORDER BY asked_at
  LIMIT 1
  FOR UPDATE SKIP LOCKED
)
RETURNING id, source, rejected, correction
