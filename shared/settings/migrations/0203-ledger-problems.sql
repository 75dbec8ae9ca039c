-- Why a file was stopped quoted its rows, or the first line of a file without a header. What is kept of it says no more than what went wrong.
UPDATE ledger SET problem = split_part(problem, ' Commonest reasons', 1) WHERE problem LIKE 'TOO_MANY_REJECTED:%';
UPDATE ledger SET problem = 'SOURCE_UNKNOWN_COLUMN: a column is missing.' WHERE problem LIKE 'SOURCE_UNKNOWN_COLUMN:%';
