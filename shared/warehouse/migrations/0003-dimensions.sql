-- What sales refer to. The later version of an id replaces the earlier.
CREATE TABLE IF NOT EXISTS products {{cluster}}
(
  product     String,
  name        String,
  category    String,
  subcategory String,
  brand       String,
  unit        String,
  cost        Nullable(Decimal(18, 6)),
  price       Nullable(Decimal(18, 6)),
  service     UInt8,
  source      String,
  version     UInt64
)
ENGINE = {{replacing:version}}
ORDER BY product;

CREATE TABLE IF NOT EXISTS stores {{cluster}}
(
  store     String,
  name      String,
  type      String,
  city      String,
  region    String,
  country   String,
  size      Nullable(Decimal(18, 6)),
  opened_on Nullable(Date),
  closed_on Nullable(Date),
  source    String,
  version   UInt64
)
ENGINE = {{replacing:version}}
ORDER BY store;

-- name, email, phone and document are personal: they are ciphertext here.
CREATE TABLE IF NOT EXISTS sellers {{cluster}}
(
  seller   String,
  name     String,
  title    String,
  store    String,
  email    String,
  phone    String,
  document String,
  code     String,
  source   String,
  version  UInt64
)
ENGINE = {{replacing:version}}
ORDER BY seller;

CREATE TABLE IF NOT EXISTS customers {{cluster}}
(
  customer String,
  name     String,
  email    String,
  phone    String,
  document String,
  city     String,
  region   String,
  country  String,
  source   String,
  version  UInt64
)
ENGINE = {{replacing:version}}
ORDER BY customer;

CREATE TABLE IF NOT EXISTS targets {{cluster}}
(
  target  String,
  month   Date,
  seller  String,
  store   String,
  amount  Decimal(18, 6),
  source  String,
  version UInt64
)
ENGINE = {{replacing:version}}
ORDER BY target;
