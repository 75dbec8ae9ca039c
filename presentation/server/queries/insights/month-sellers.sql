-- What each seller sold this month before today, and today. One row per seller.
SELECT seller AS id, toFloat64(sumIf(revenue, day < {today:Date})) AS before, toFloat64(sumIf(revenue, day = {today:Date})) AS now
FROM seller_days FINAL
WHERE {{scope}} AND day >= toStartOfMonth({today:Date}) AND day <= {today:Date} AND lines > 0
GROUP BY id
