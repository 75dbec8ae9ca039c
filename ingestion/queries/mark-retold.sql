-- Lines that were told once more from a moment on. Those that rules turned away again meanwhile stay open.
UPDATE rejected SET replayed_at = $2 WHERE id = ANY($1::text[]) AND rejected_at <= $2
