-- The stores a person may choose from: those with lines in reach, by name.
SELECT f.store AS id, any(d.name) AS name, any(d.city) AS city, any(d.region) AS region, any(d.country) AS country
FROM (SELECT DISTINCT store FROM {{days}} WHERE {{scope}}) AS f
LEFT JOIN (SELECT store, name, city, region, country FROM stores FINAL) AS d ON d.store = f.store
GROUP BY id
ORDER BY if(name = '', id, name), id
