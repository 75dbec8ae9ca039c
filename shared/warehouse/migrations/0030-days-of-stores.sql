-- Shops opened before 1970, where Date begins: a Date32 knows 1900 to 2299.
ALTER TABLE stores {{cluster}} MODIFY COLUMN opened_on Nullable(Date32);

ALTER TABLE stores {{cluster}} MODIFY COLUMN closed_on Nullable(Date32);
