-- The projections that stand, one part of the ids at a time. One row per series.
SELECT level, id, base, amounts, [lo80, hi80, lo95, hi95, deviation] AS edges, together, how, method, folds, wape, naive_wape, mase, naive_mase, fingerprint
FROM projections FINAL
WHERE cityHash64(id) % {parts:UInt32} = {part:UInt32}
