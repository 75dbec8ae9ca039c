-- The lines of one customer or seller, also those that several sellers share (`ana=0.6|rui=0.4`). One row per line, oldest first.
SELECT store, toString(day) AS day, sale, line, toString(sold_at) AS sold_at, product, toString(quantity) AS quantity, toString(unit_price) AS unit_price,
  toString(discount) AS discount, toString(revenue) AS revenue
FROM sale_lines FINAL
WHERE if({kind:String} = 'customer', customer = {id:String},
  seller = {id:String} OR arrayExists(part -> trimBoth(splitByChar('=', part)[1]) = {id:String}, splitByChar('|', seller::String)))
ORDER BY day, store, sale, line
