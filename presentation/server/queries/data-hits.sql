-- What quality rules found, per source, local day of arrival, rule and severity. Hits of whole sales and lines alike.
SELECT source, toString(toDate(arrived, {zone:String})) AS day, rule, severity, count() AS hits
FROM quality_hits FINAL
WHERE {{scope}} AND arrived >= now() - toIntervalDay({days:UInt16})
GROUP BY source, day, rule, severity
ORDER BY source, day, rule
