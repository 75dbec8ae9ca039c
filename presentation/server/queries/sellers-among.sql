-- Which of the sellers that were named have lines in reach. One row per seller.
SELECT DISTINCT seller FROM {{days}} WHERE {{scope}} AND lines > 0
