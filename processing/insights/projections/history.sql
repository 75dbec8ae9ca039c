-- Revenue per day of each series of one level, as two arrays: days since {from} and amounts. Reads one aggregate by its days; only one part of the ids at a time, so that the answer stays small.
SELECT id, any(parent) AS parent, groupArray(offset) AS offsets, groupArray(amount) AS amounts
FROM
(
  SELECT {{id}} AS id, any({{parent}}) AS parent, toInt32(day - {from:Date}) AS offset, toFloat64(sum(revenue)) AS amount
  FROM {{rows}}
  WHERE day >= {from:Date} AND day < {to:Date} AND lines > 0
  GROUP BY id, day
  HAVING cityHash64(id) % {parts:UInt32} = {part:UInt32}
  ORDER BY id, day
)
GROUP BY id
