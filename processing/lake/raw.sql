-- The messages of one store and month that arrived in one span of ten minutes, in the order of the bus.
SELECT arrived, store, month, partition, offset, message
FROM raw_sales FINAL
WHERE toStartOfTenMinutes(arrived) = {span:DateTime('UTC')} AND store = {store:String} AND month = {month:Date}
ORDER BY partition, offset
