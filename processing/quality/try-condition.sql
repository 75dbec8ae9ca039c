-- Whether the warehouse understands the condition of a rule. Looks at a day without lines.
SELECT countIf({{condition}}) FROM sale_lines FINAL WHERE day IN ({{days}})
