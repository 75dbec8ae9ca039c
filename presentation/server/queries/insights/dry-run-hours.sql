-- The last 90 days of each subject of one kind by hours, within the person's scope. One row per subject and day: 24 sums each.
SELECT day, id, home, arrayMap(hour -> revenues[toUInt8(hour)], range(24)) AS revenue, arrayMap(hour -> costeds[toUInt8(hour)], range(24)) AS costed, arrayMap(hour -> costs[toUInt8(hour)], range(24)) AS cost, arrayMap(hour -> pieces[toUInt8(hour)], range(24)) AS units, arrayMap(hour -> tickets[toUInt8(hour)], range(24)) AS sales
FROM
(
  SELECT
    toString(day) AS day, id, home,
    sumMap(map(at, brought)) AS revenues, sumMap(map(at, known)) AS costeds, sumMap(map(at, costing)) AS costs, sumMap(map(at, counted)) AS pieces, sumMap(map(at, baskets)) AS tickets
  FROM
  (
    SELECT
      day, {{id}} AS id, {{home}} AS home, toUInt8(toHour(sold_at)) AS at, toFloat64(sum(revenue)) AS brought, toFloat64(sumIf(revenue, cost_known = 1)) AS known,
      toFloat64(sumIf(lines.cost, cost_known = 1)) AS costing, toFloat64(sum(quantity)) AS counted, toFloat64(uniqExact(store, sale)) AS baskets
    FROM (SELECT * FROM sale_lines FINAL WHERE {{scope}} AND day >= {today:Date} - 90 AND day < {today:Date}) AS lines
    GROUP BY day, id, home, at
  )
  GROUP BY day, id, home
)
ORDER BY day, id
