-- The first day on which the seller within the scope sold anything; a sale split between sellers is of each of them. {name} is the seller's, by which rows are found before they are taken apart.
-- One row; '' for none.
SELECT if(count() = 0, '', toString(min(day))) AS day
FROM
(
  SELECT day, store, arrayJoin(arrayMap(part -> trimBoth(splitByChar('=', part)[1]), splitByChar('|', toString(days.seller)))) AS seller
  FROM (SELECT day, store, seller FROM seller_days FINAL WHERE lines > 0 AND position(seller, {name:String}) > 0) AS days
)
WHERE {{scope}}
