-- What was expected of each store, seller and the chain on {day}, before the day began. One row per series.
SELECT level, id, how, amounts[at] AS amount, lo80[at] AS low80, lo95[at] AS low95
FROM (SELECT *, toInt32({day:Date} - starts) + 1 AS at FROM projections FINAL WHERE level IN ('chain', 'store', 'seller') AND notEmpty(amounts))
WHERE at >= 1 AND at <= 90 AND how != 'share'
