"""The same work as bench/basket.ts with what Python people use: pandas reads, scipy counts pairs, mlxtend mines rules.

Usage: basket.py pairs FILE | basket.py rules FILE SUPPORT. Prints one JSON object of seconds and counts.
"""

import json
import sys
import time

import pandas as pd
from scipy.sparse import csr_matrix


def table(path):
    lines = pd.read_csv(path, dtype=str, keep_default_na=False).drop_duplicates()
    baskets, _ = pd.factorize(lines["basket"])
    items, names = pd.factorize(lines["item"])
    shape = (baskets.max() + 1, len(names))
    return csr_matrix(([1] * len(lines), (baskets, items)), shape=shape, dtype="int32"), names


def main(what, path, support=None):
    began = time.perf_counter()
    held, names = table(path)
    read = time.perf_counter()
    if what == "pairs":
        counts = (held.T @ held).tocsr()
        found = (counts.nnz - held.shape[1]) // 2
    else:
        from mlxtend.frequent_patterns import association_rules, fpgrowth

        frame = pd.DataFrame.sparse.from_spmatrix(held.astype(bool), columns=names)
        sets = fpgrowth(frame, min_support=float(support), use_colnames=True)
        rules = association_rules(sets, metric="confidence", min_threshold=0.3)
        found = int((rules["consequents"].map(len) == 1).sum())
    print(json.dumps({"read": read - began, "found": int(found), "seconds": time.perf_counter() - read}))


main(*sys.argv[1:])
