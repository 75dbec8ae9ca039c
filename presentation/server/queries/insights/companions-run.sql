-- Which run of the companions is the one to read, how many products and stores there are, and when products were last described. One row.
SELECT
  (SELECT toString(max(run)) FROM insight_runs WHERE name = 'cross-sell') AS run,
  (SELECT toFloat64(uniqExact(store)) FROM store_days WHERE day > today() - 400) AS stores,
  toString(max(version)) AS described, toFloat64(count()) AS products
FROM products
