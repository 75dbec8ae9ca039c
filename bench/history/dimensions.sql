-- What the generated lines refer to: 5,000 products of 12 categories, stores in 5 regions, sellers, and a target per seller for the three latest months.
INSERT INTO products (product, name, category, subcategory, brand, unit, cost, price, service, source, version)
SELECT 'P' || toString(number), 'Product ' || toString(number), 'Category ' || toString(number % 12), 'Kind ' || toString(number % 60), 'Brand ' || toString(number % 200), 'un', NULL, NULL, 0, 'generated', 1
FROM numbers({products:UInt64});

INSERT INTO stores (store, name, type, city, region, country, size, opened_on, closed_on, source, version)
SELECT 'S' || toString(number), 'Store ' || toString(number), 'street', 'City ' || toString(number % 150), 'Region ' || toString(number % 5), 'BR', NULL, NULL, NULL, 'generated', 1
FROM numbers({stores:UInt64});

INSERT INTO sellers (seller, name, title, store, email, phone, document, code, source, version)
SELECT 'V' || toString(number), '', '', 'S' || toString(intDiv(number, {sellersPerStore:UInt32})), '', '', '', '', 'generated', 1
FROM numbers({stores:UInt64} * {sellersPerStore:UInt32});

INSERT INTO targets (target, month, seller, store, amount, source, version)
SELECT 'T' || toString(number), toStartOfMonth({last:Date}) - toIntervalMonth(number % 3), 'V' || toString(intDiv(number, 3)), '', 50000, 'generated', 1
FROM numbers({stores:UInt64} * {sellersPerStore:UInt32} * 3)
