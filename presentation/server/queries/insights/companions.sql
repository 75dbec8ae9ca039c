-- What each product of a run says about others, one part of the products at a time: companions with their evidence, and how much it speaks for each as the next item. One row per product.
SELECT product, held, baskets, arraySlice(others, 1, {most:UInt32}) AS others, arraySlice(met, 1, {most:UInt32}) AS met, arraySlice(scores, 1, {most:UInt32}) AS scores, suggested, weights, popular
FROM companions
WHERE run = {run:UInt64} AND cityHash64(product) % {parts:UInt32} = {part:UInt32}
