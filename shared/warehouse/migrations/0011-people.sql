-- Keyed hashes of what is sealed, for equality search: the same e-mail, phone, document or name has the same hash.
ALTER TABLE sellers {{cluster}}
  ADD COLUMN IF NOT EXISTS name_hash String, ADD COLUMN IF NOT EXISTS email_hash String,
  ADD COLUMN IF NOT EXISTS phone_hash String, ADD COLUMN IF NOT EXISTS document_hash String;

ALTER TABLE customers {{cluster}}
  ADD COLUMN IF NOT EXISTS name_hash String, ADD COLUMN IF NOT EXISTS email_hash String,
  ADD COLUMN IF NOT EXISTS phone_hash String, ADD COLUMN IF NOT EXISTS document_hash String;
