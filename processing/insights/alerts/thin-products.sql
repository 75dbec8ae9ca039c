-- Products of a store whose margin on {day} is below {percent} per cent of revenue, and those named in {watched} whatever their margin. One row per store and product.
SELECT product AS id, store, toFloat64(sum(costed)) AS costed, toFloat64(sum(cost)) AS cost
FROM product_days FINAL
WHERE day = {day:Date} AND lines > 0
GROUP BY product, store
HAVING costed > 0 AND ((costed - cost) * 100 < {percent:Float64} * costed OR (id, store) IN {{watched}})
ORDER BY (costed - cost), id
LIMIT 20000
