-- Lines without a cost get the product table's cost per unit, rounded half away from zero. The line's version goes up by one, so that the same message delivered again does not forget
-- it. The column has a name of its own: an alias like the nullable column's would take the place of it in the condition. A cost beyond what a line holds stays unknown.
INSERT INTO sale_lines (store, day, sale, line, sold_at, product, seller, customer, quantity, unit_price, discount, revenue, cost, cost_known, source, file, row, version, deleted)
SELECT store, day, sale, line, sold_at, product, seller, customer, quantity, unit_price, discount, revenue,
  round(toDecimal128(quantity, 6) * costs.unit_cost, 6) AS total_cost, 1, source, file, row, version + 1, 0
FROM sale_lines FINAL
INNER JOIN (SELECT product AS costed_product, assumeNotNull(cost) AS unit_cost FROM products FINAL WHERE cost IS NOT NULL) AS costs ON costs.costed_product = sale_lines.product
WHERE {{lacking}} AND cost_known = 0 AND abs(total_cost) <= 9007199254
