-- What each seller of the chain sold this month; a sale split between several is nobody's own. To say one of them where they stand, never who is where: that is decided where it is answered. One row per seller.
SELECT seller, toFloat64(sum(revenue)) AS revenue
FROM seller_days FINAL
WHERE day >= toStartOfMonth({today:Date}) AND day <= {today:Date} AND lines > 0 AND seller != '' AND position(seller, '|') = 0
GROUP BY seller
