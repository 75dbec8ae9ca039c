-- What summary, series and best add up: {months} read as sums, the other days by day, each row with the periods it is in.
{{#months}}
SELECT {{month_key}}revenue, costed, cost, units, lines, sales, first BETWEEN {from:Date} AND {to:Date} AS now, first BETWEEN {beforeFrom:Date} AND {beforeTo:Date} AS before
FROM {{subject_months}}
WHERE {{scope}} AND first IN {months:Array(Date)} AND (first, run) IN {runs:Array(Tuple(Date, UInt64))}
UNION ALL
{{/months}}
SELECT {{day_key}}revenue, costed, cost, units, lines, sales, day BETWEEN {from:Date} AND {to:Date} AS now, day BETWEEN {beforeFrom:Date} AND {beforeTo:Date} AS before
FROM {{subject_days}} FINAL
WHERE {{scope}} AND (now OR before){{#months}} AND toStartOfMonth(day) NOT IN {months:Array(Date)}{{/months}}
