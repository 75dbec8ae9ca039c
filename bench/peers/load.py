"""The same work as bench/load.ts with what Python people use: kafka-python consumes, pandas cleans, rows go into the same engine over HTTP, and the
aggregates of what a batch touched are recomputed by it. Nothing is encrypted and nothing is looked up: a sale that comes again on another day would count twice.

Usage: load.py BROKERS TOPIC MESSAGES ENGINE_URL PASSWORD. Prints one JSON object of lines and seconds. The database `peer` must have the tables.
"""

import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import pandas as pd
from kafka import KafkaConsumer

COLUMNS = "line product quantity unit_price discount revenue cost row".split()
SALE = "store sale sold_at seller customer source file version".split()
GRAINS = {
    "store_days": "day, store",
    "seller_days": "day, store, seller",
    "product_days": "day, store, product, seller",
}


def post(url, password, body, **parameters):
    target = f"{url}/?{urllib.parse.urlencode(parameters)}"
    request = urllib.request.Request(target, data=body, headers={"x-clickhouse-key": password}, method="POST")
    try:
        with urllib.request.urlopen(request) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        sys.exit(error.read().decode()[:1_000])


def load(values, url, password):
    rows = []
    for value in values:
        sale = json.loads(value)
        head = [sale[name] for name in ("store", "sale", "soldAt", "seller", "customer", "source", "file", "version")]
        rows.extend(head + line for line in sale["lines"])
    frame = pd.DataFrame(rows, columns=SALE + COLUMNS)
    for name in ("store", "sale", "seller", "customer", "product"):
        frame[name] = frame[name].str.normalize("NFC").str.strip()
    for name in ("quantity", "unit_price", "discount", "revenue", "cost"):
        frame[name] = frame[name].astype("float64") / 1_000_000
    frame["day"] = frame["sold_at"].str.slice(0, 10)
    frame["sold_at"] = frame["sold_at"].str.replace("T", " ", regex=False)
    frame["cost_known"] = 1
    frame["deleted"] = 0
    insert = f"INSERT INTO peer.sale_lines ({', '.join(frame.columns)}) FORMAT CSV"
    post(url, password, frame.to_csv(index=False, header=False).encode(), query=insert)
    touched = ", ".join(f"('{store}', '{day}')" for store, day in frame[["store", "day"]].drop_duplicates().itertuples(index=False))
    for table, keys in GRAINS.items():
        recompute = (
            f"INSERT INTO peer.{table} ({keys}, revenue, costed, cost, units, lines, sales, version) "
            f"SELECT {keys}, sum(revenue), sum(revenue), sum(cost), sum(quantity), count(), uniqExact(sale), "
            f"toUnixTimestamp64Micro(now64(6)) FROM peer.sale_lines FINAL WHERE (store, day) IN ({touched}) GROUP BY {keys}"
        )
        post(url, password, recompute.encode(), max_query_size=64_000_000)
    return len(frame)


def main(brokers, topic, messages, url, password):
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=brokers.split(","),
        group_id="peer",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_poll_records=6_250,
        fetch_max_bytes=64_000_000,
        max_partition_fetch_bytes=16_000_000,
    )
    began = time.perf_counter()
    done = lines = 0
    while done < int(messages):
        polled = consumer.poll(timeout_ms=1_000)
        values = [record.value for records in polled.values() for record in records]
        if not values:
            continue
        lines += load(values, url, password)
        consumer.commit()
        done += len(values)
    print(json.dumps({"lines": lines, "seconds": time.perf_counter() - began}))


main(*sys.argv[1:])
