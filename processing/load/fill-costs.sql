-- Lines without a cost get the product table's cost per unit. The line's version goes up by one, so that the same message delivered again does not forget it.
INSERT INTO sale_lines (store, day, sale, line, sold_at, product, seller, customer, quantity, unit_price, discount, revenue, cost, cost_known, source, file, row, version, deleted)
SELECT store, day, sale, line, sold_at, product, seller, customer, quantity, unit_price, discount, revenue,
  toDecimal64(quantity * costs.cost, 6), 1, source, file, row, version + 1, 0
FROM sale_lines FINAL
INNER JOIN (SELECT product AS costed_product, assumeNotNull(cost) AS cost FROM products FINAL WHERE cost IS NOT NULL) AS costs ON costs.costed_product = sale_lines.product
WHERE {{lacking}} AND cost_known = 0
