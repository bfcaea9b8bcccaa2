# SPDX-License-Identifier: MIT
"""Adds up sales from one CSV file after the other."""
import csv
import io
import random


def sales(chance, count):
    """A file as the shops send it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["shop", "article", "count", "price"])
    for _ in range(count):
        writer.writerow(["shop-%d" % chance.randrange(30), "article-%d" % chance.randrange(10 ** 6),
                         chance.randrange(1, 9), chance.randrange(100, 9999) / 100])
    text.seek(0)
    return text


def totals(rows):
    result = {}
    for row in rows:
        price = int(row["count"]) * float(row["price"])
        result[row["shop"]] = result.get(row["shop"], 0) + price
    return result


def main():
    chance = random.Random(2)
    rows = []
    for hour in range(1, 3):
        for _ in range(10):
            reader = csv.DictReader(sales(chance, 500))
            rows.extend(reader)
            best = max(totals(rows).items(), key=lambda item: item[1])
        print("hour", hour, best, flush=True)
        input()


if __name__ == "__main__":
    main()
