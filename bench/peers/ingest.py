"""What chains have today: the csv module, checks, one JSON message per row, kafka-python with acks=all and idempotence.

Usage: ingest.py FILE BROKER TOPIC. Prints one JSON object: rows, seconds.
"""

import csv
import json
import sys
import time
from datetime import datetime
from decimal import Decimal, InvalidOperation

from kafka import KafkaProducer


def checked(row):
    """The same checks as the source file of the benchmark: ids there, a date, exact amounts."""
    if not row["sale"] or not row["store"] or not row["product"]:
        return None
    try:
        sold_at = datetime.strptime(row["date"], "%Y-%m-%d %H:%M:%S")
        quantity, price, total, cost = (Decimal(row[name]) for name in ("quantity", "price", "total", "cost"))
    except (ValueError, InvalidOperation):
        return None
    return {
        "store": row["store"],
        "sale": row["sale"],
        "soldAt": sold_at.isoformat(),
        "seller": row["seller"],
        "customer": row["customer"],
        "product": row["product"],
        "quantity": str(quantity),
        "unitPrice": str(price),
        "revenue": str(total),
        "cost": str(cost),
    }


def main(path, broker, topic):
    producer = KafkaProducer(bootstrap_servers=broker, acks="all", enable_idempotence=True, linger_ms=5, batch_size=262144)
    began = time.perf_counter()
    rows = 0
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows += 1
            sale = checked(row)
            if sale is not None:
                producer.send(topic, key=sale["store"].encode(), value=json.dumps(sale).encode())
    producer.flush()
    print(json.dumps({"rows": rows, "seconds": time.perf_counter() - began}))


main(*sys.argv[1:])
