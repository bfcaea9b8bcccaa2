# SPDX-License-Identifier: MIT
"""A batch over JSON and CSV: caches have bounds, results go out, the last errors are kept."""
import collections
import csv
import functools
import io
import json
import random

errors = collections.deque(maxlen=100)


@functools.lru_cache(maxsize=256)
def city(code):
    return {"code": code, "name": "city %d" % code, "streets": ["street %d" % n for n in range(9)]}


def documents(chance, count):
    for number in range(count):
        text = json.dumps({"number": number, "city": chance.randrange(5000),
                           "tags": ["tag%d" % chance.randrange(50) for _ in range(4)]})
        yield text if chance.random() > 0.05 else text[:-3]


def convert(texts):
    out = io.StringIO()
    writer = csv.writer(out)
    tags = collections.Counter()
    for text in texts:
        try:
            record = json.loads(text)
        except ValueError as error:
            errors.append(str(error))
            continue
        tags.update(record["tags"])
        writer.writerow([record["number"], city(record["city"])["name"]])
    return len(out.getvalue()), tags.most_common(1)


def main():
    chance = random.Random(3)
    for hour in (1, 2):
        print("hour", hour, convert(documents(chance, 4000)), flush=True)
        input()


if __name__ == "__main__":
    main()
