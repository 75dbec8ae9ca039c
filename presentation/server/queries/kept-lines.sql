-- The first day on which anything was sold, as far as the aggregates go, which are kept for ever; and the first day of the months whose lines are kept: the oldest that sale_lines has, and none
-- up to the latest that is noted as dropped. '' for none. One row.
SELECT
  (SELECT if(count() = 0, '', toString(min(day))) FROM store_days FINAL WHERE {{scope}} AND lines > 0) AS sold,
  (
    SELECT if(count() = 0, '', toString(greatest(toStartOfMonth(min(day)), (SELECT if(count() = 0, toDate(0), addMonths(max(month), 1)) FROM dropped_months))))
    FROM sale_lines
  ) AS kept
