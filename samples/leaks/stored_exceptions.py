# SPDX-License-Identifier: MIT
"""A nightly import. What fails is tried again at the end, and told to the operator in one message."""
import json
import random


class Record:
    def __init__(self, number, text):
        self.number = number
        self.text = text
        self.fields = {}


def parse(record):
    raw = record.text.encode("utf-16")
    words = record.text.split(",")
    record.fields = {"first": words[0], "count": len(words), "bytes": len(raw)}
    if record.number % 5 == 0:
        record.fields["extra"] = json.loads(words[-1])
    return record


class Import:
    def __init__(self, name):
        self.name = name
        self.done = 0
        self.failures = []

    def run(self, records):
        for record in records:
            try:
                parse(record)
                self.done += 1
            except ValueError as error:
                self.failures.append(error)

    def message(self):
        lines = ["%s: %d records, %d failed" % (self.name, self.done, len(self.failures))]
        lines += ["  %s" % error for error in self.failures[:20]]
        return "\n".join(lines)


def read_batch(chance, size):
    for number in range(size):
        words = ["%06d" % chance.randrange(10 ** 6) for _ in range(2000)]
        yield Record(number, ",".join(words + ["{not json" if number % 10 == 0 else "{}"]))


def main():
    chance = random.Random(12)
    nightly = Import("nightly")
    for hour in range(1, 3):
        nightly.run(read_batch(chance, 600))
        print("hour", hour, len(nightly.message()), flush=True)
        input()


if __name__ == "__main__":
    main()
