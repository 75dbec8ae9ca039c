-- What the chain, each store and each seller sold of everything in a run of product_reach: the product ''.
INSERT INTO product_reach (run, kind, id, product, sales, units, revenue, last_day, version)
SELECT {run:UInt64}, kind, id, '', sum(r.sales), sum(r.units), sum(r.revenue), max(r.last_day), {run:UInt64}
FROM (SELECT * FROM product_reach FINAL WHERE run = {run:UInt64} AND product != '') AS r
GROUP BY kind, id
