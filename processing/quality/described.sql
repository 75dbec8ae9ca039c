-- The version of the latest description of anything, and of the latest that findings have been counted with. One row.
SELECT toString(greatest(
    (SELECT max(version) FROM products), (SELECT max(version) FROM stores), (SELECT max(version) FROM sellers), (SELECT max(version) FROM customers))) AS latest,
  (SELECT toString(max(version)) FROM quality_audits FINAL WHERE day = {day:Date}) AS counted
