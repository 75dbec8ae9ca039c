-- What met the products of a basket, best first: pair scores summed over the basket. One row per companion, of the run that is named as the one to read.
SELECT
  other AS product, sum(score) AS points, argMax(bought_with.product, score) AS beside, argMax(met, score) AS count,
  argMax(with_product, score) AS withProduct, argMax(with_other, score) AS withOther, max(baskets) AS baskets
FROM bought_with
WHERE run = (SELECT max(run) FROM insight_runs WHERE name = 'cross-sell') AND bought_with.product IN {products:Array(String)} AND other NOT IN {products:Array(String)}
GROUP BY other
ORDER BY points DESC, other
LIMIT 60
