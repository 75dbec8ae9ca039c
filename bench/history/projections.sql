-- Ninety days ahead for every store and seller, as the projections table holds them; what they say does not matter here.
INSERT INTO projections (level, id, parent, starts, base, amounts, lo80, hi80, lo95, hi95, deviation, together, how, method, folds, wape, naive_wape, mase, naive_mase, fingerprint, computed_at, version)
WITH arrayMap(day -> toFloat64(cityHash64(number, day) % 100000) / 100, range(90)) AS amounts
SELECT if(number < {stores:UInt64}, 'store', 'seller'), if(number < {stores:UInt64}, 'S' || toString(number), 'V' || toString(number - {stores:UInt64})), '', {last:Date} + 1,
  amounts, amounts, amounts, amounts, amounts, amounts, amounts, 1, 'day', 'generated', 4, 0.2, 0.3, 0.7, 1, '', now(), 1
FROM numbers({stores:UInt64} * (1 + {sellersPerStore:UInt32}))
