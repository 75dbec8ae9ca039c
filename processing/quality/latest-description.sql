-- The version of the latest description of anything, and what findings have been counted with: up to which version, and the state of descriptions. One row.
SELECT toString(greatest(
    (SELECT max(version) FROM products), (SELECT max(version) FROM stores), (SELECT max(version) FROM sellers), (SELECT max(version) FROM customers))) AS latest,
  (SELECT toString(max(version)) FROM quality_audits FINAL WHERE day = {day:Date}) AS counted,
  (SELECT max(rules) FROM quality_audits FINAL WHERE day = {day:Date}) AS state
