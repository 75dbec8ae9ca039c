-- How many sales have lines in reach, counted on sale_lines: aggregates of several products, or of several sellers, have a sale once for each of them. A sale is known by store and
-- its number, and counts on each day on which it has lines, as in the aggregates. One row per id (all, a bucket, a store, seller or product) and the periods it is in.
SELECT
  {{id}} AS id,
  day BETWEEN {from:Date} AND {to:Date} AS now,
  day BETWEEN {beforeFrom:Date} AND {beforeTo:Date} AS before,
  uniqExact((store, day, sale)) AS sales
FROM sale_lines FINAL
WHERE {{scope}} AND (now OR before)
GROUP BY id, now, before
