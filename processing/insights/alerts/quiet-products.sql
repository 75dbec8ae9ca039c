-- Products that a store sells regularly (on 8 days or more of the 56 before their last sale) but not for {days} days, and those in {watched}. One row per store and product.
SELECT product AS id, store, toString(max(day)) AS last, uniqExact(day) AS sold
FROM product_days FINAL
WHERE day >= {day:Date} - 120 AND day <= {day:Date} AND lines > 0 AND units > 0
GROUP BY product, store
HAVING (last <= toString({day:Date} - {days:UInt32}) AND sold >= 8) OR (id, store) IN {{watched}}
ORDER BY sold DESC, id
LIMIT 5000
