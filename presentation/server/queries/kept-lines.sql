-- The first day on which anything was sold, as far as the aggregates go, which are kept for ever; and the first day of the oldest month of which sale_lines has any. '' for none. One row.
SELECT
  (SELECT if(count() = 0, '', toString(min(day))) FROM store_days FINAL WHERE {{scope}} AND lines > 0) AS sold,
  (SELECT if(count() = 0, '', toString(toStartOfMonth(min(day)))) FROM sale_lines) AS kept
