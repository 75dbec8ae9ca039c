-- The first day on which anybody within the scope sold anything; a sale split between sellers is of each of them. `name` is a seller's, or '' for stores: whose days need not be looked at is
-- found by it first. One row; '' for none.
SELECT if(count() = 0, '', toString(min(day))) AS day
FROM
(
  SELECT day, store, arrayJoin(arrayMap(part -> trimBoth(splitByChar('=', part)[1]), splitByChar('|', toString(days.seller)))) AS seller
  FROM (SELECT day, store, seller FROM seller_days FINAL WHERE lines > 0 AND position(seller, {name:String}) > 0) AS days
)
WHERE {{scope}}
