-- How many sales have lines in reach: aggregates of several products, or of several sellers, have a sale once for each of them. A sale is known by store and its number, and counts on
-- each day on which it has lines, as in the aggregates. One row per id (all, a bucket, a store, seller or product) and the periods it is in. {months} are read from what is kept of
-- them, the other days from the lines. Some sellers are found on few days of few stores, which the aggregates know (a seller's year on 5 million lines: 42 ms instead of 1,245); products
-- are on too many for that.
SELECT id, now, before, sum(counted) AS sales
FROM
(
  {{#months}}
  SELECT
    {{id}} AS id,
    day BETWEEN {from:Date} AND {to:Date} AS now,
    day BETWEEN {beforeFrom:Date} AND {beforeTo:Date} AS before,
    uniqExact((store, day, number)) AS counted
  FROM product_sales
  WHERE {{scope}} AND (now OR before) AND (toStartOfMonth(day), run) IN {runs:Array(Tuple(Date, UInt64))}
  GROUP BY id, now, before
  UNION ALL
  {{/months}}
  SELECT
    {{id}} AS id,
    day BETWEEN {from:Date} AND {to:Date} AS now,
    day BETWEEN {beforeFrom:Date} AND {beforeTo:Date} AS before,
    uniqExact((store, day, sale)) AS counted
  FROM sale_lines FINAL
  WHERE {{scope}} AND (now OR before){{#months}} AND toStartOfMonth(day) NOT IN {months:Array(Date)}{{/months}}
  {{#bySeller}}
    AND (store, day) IN
    (
      SELECT store, day FROM {{days}}
      WHERE {{scope}} AND (day BETWEEN {from:Date} AND {to:Date} OR day BETWEEN {beforeFrom:Date} AND {beforeTo:Date})
    )
  {{/bySeller}}
  GROUP BY id, now, before
)
GROUP BY id, now, before
