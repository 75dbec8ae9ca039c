-- As series, of some products over the whole chain: days that are summed up come from chain_products, {days}, which are not, from product_days. The periods are clipped to the days with lines.
SELECT
  now,
  toString(multiIf({grain:String} = 'day', day, {grain:String} = 'week', toMonday(day), {grain:String} = 'month', toStartOfMonth(day), toStartOfYear(day))) AS bucket,
  sum(f.revenue) AS revenue,
  sum(f.costed) AS costed,
  sum(f.cost) AS cost,
  sum(f.units) AS units,
  sum(f.lines) AS lines,
  sum(f.sales) AS sales
FROM
(
  SELECT day, sum(s.revenue) AS revenue, sum(s.costed) AS costed, sum(s.cost) AS cost, sum(s.units) AS units, sum(s.lines) AS lines, sum(s.sales) AS sales
  FROM
  (
    SELECT first AS day, revenue, costed, cost, units, lines, sales
    FROM chain_products FINAL
    WHERE {{scope}} AND span = 'day' AND (first BETWEEN {from:Date} AND {to:Date} OR first BETWEEN {beforeFrom:Date} AND {beforeTo:Date}) AND first NOT IN {days:Array(Date)}
      AND (first, run) IN (SELECT first, max(run) FROM chain_rolled WHERE span = 'day' GROUP BY first)
    UNION ALL
    SELECT day, revenue, costed, cost, units, lines, sales
    FROM product_days FINAL
    WHERE {{scope}} AND day IN {days:Array(Date)}
  ) AS s
  GROUP BY day
  HAVING lines > 0
) AS f
-- The two periods may overlap: then a day counts in both.
ARRAY JOIN arrayFilter(now -> if(now = 1, day BETWEEN {from:Date} AND {to:Date}, day BETWEEN {beforeFrom:Date} AND {beforeTo:Date}), [1, 0]) AS now
GROUP BY now, bucket
ORDER BY now, bucket
