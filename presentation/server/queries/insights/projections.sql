-- Projections of one level within the person's scope: stores and sellers belong to a store; the chain, categories and products only to who sees everything. One row per series.
-- Which ones is found by what is expected of them alone: a series is seven lists of a day each, and a chain has thousands.
SELECT id, parent, toString(starts) AS starts, amounts, lo80, hi80, lo95, hi95, deviation, together, how, method, folds, wape, naive_wape, mase, naive_mase, toString(computed_at) AS computedAt
FROM projections FINAL
WHERE level = {level:String} AND id IN
(
  SELECT id
  FROM
  (
    SELECT p.id AS id, p.expected AS expected{{#narrowed}}, multiIf({level:String} = 'store', p.id, {level:String} = 'seller', home.at, '') AS store, if({level:String} = 'seller', p.id, '') AS seller{{/narrowed}}
    FROM (SELECT id, arraySum(amounts) AS expected FROM projections FINAL WHERE level = {level:String} AND notEmpty(amounts)) AS p
    {{#narrowed}}
    LEFT JOIN
    (
      SELECT seller, argMax(store, day) AS at FROM seller_days WHERE day >= {today:Date} - 180 AND {level:String} = 'seller' GROUP BY seller
    ) AS home ON home.seller = p.id
    {{/narrowed}}
  )
  WHERE {{scope}} AND (empty({ids:Array(String)}) OR id IN {ids:Array(String)})
  ORDER BY expected DESC
  LIMIT {limit:UInt32}
)
ORDER BY arraySum(amounts) DESC
