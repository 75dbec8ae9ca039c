-- Sale lines of some days of a generated chain, straight from numbers: the same for the same shape. Day {daysAgo} before {last} is a day of its own; each line's number decides everything about it.
-- Popular products sell more; a tenth of the sales name no customer; a tenth of the lines has a discount; a line in a hundred has no known cost.
INSERT INTO sale_lines (store, day, sale, line, sold_at, product, seller, customer, quantity, unit_price, discount, revenue, cost, cost_known, source, file, row, version, deleted)
WITH
  {last:Date} - {daysAgo:UInt32} - intDiv(number, {perDay:UInt64}) AS on_day,
  number % {perDay:UInt64} AS place,
  intDiv(place * {stores:UInt64}, {perDay:UInt64}) AS shop,
  intDiv(place, 4) AS basket,
  toUInt32(on_day) * 10000000 + place AS seed,
  cityHash64(seed, 1) / 18446744073709551616 AS chance,
  toUInt32(floor(chance * chance * {products:UInt32})) AS item,
  pow(cityHash64(seed, 2) / 18446744073709551616, 3) AS many,
  1 + toUInt32(many * 5) AS pieces,
  500 + (item * 7919) % 20000 AS cents,
  if(cityHash64(seed, 3) % 10 = 0, intDiv(cents * pieces, 10), 0) AS off,
  cityHash64(on_day, basket, 4) AS whose
SELECT
  'S' || toString(shop), on_day, toString(toUInt32(on_day)) || '-' || toString(basket), toString(place % 4 + 1),
  toDateTime(on_day, 'UTC') + 32400 + basket * 43200 / intDiv({perDay:UInt64}, 4),
  'P' || toString(item), 'V' || toString(shop * {sellersPerStore:UInt32} + whose % {sellersPerStore:UInt32}), if(whose % 10 = 0, '', 'C' || toString(whose % 200000)),
  pieces, toDecimal64(cents, 6) / 100, toDecimal64(off, 6) / 100, toDecimal64(cents * pieces - off, 6) / 100, toDecimal64(intDiv(cents * pieces * 7, 10), 6) / 100,
  if(item % 100 = 99, 0, 1), 'generated', 'generated.csv', toUInt32(place), toUInt64(toUnixTimestamp(toDateTime(on_day, 'UTC'))) * 1000000, 0
FROM numbers({lines:UInt64})
SETTINGS max_block_size = 65536, min_insert_block_size_rows = 1048576, min_insert_block_size_bytes = 134217728
