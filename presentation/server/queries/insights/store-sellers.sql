-- What each seller of some stores sells there on a day they sell, over 90 whole days. For comparison: who may see which is decided where it is answered. One row per store and seller.
SELECT store, seller, toFloat64(count()) AS days, toFloat64(sum(revenue)) AS revenue, toFloat64(sum(sales)) AS sales
FROM seller_days FINAL
WHERE store IN {stores:Array(String)} AND day >= {today:Date} - 90 AND day < {today:Date} AND lines > 0 AND seller != ''
GROUP BY store, seller
HAVING days >= 3
ORDER BY store, seller
