# SPDX-License-Identifier: MIT
"""Reports whose totals are computed once: a cache on a method keeps the report as well."""
import functools
import random


class Report:
    def __init__(self, name, rows):
        self.name = name
        self.rows = rows

    @functools.lru_cache(maxsize=None)
    def total(self, column):
        return sum(row[column] for row in self.rows)

    def summary(self):
        return "%s: %d, %d" % (self.name, self.total(0), self.total(1))


def load(name, chance):
    return Report(name, [(chance.randrange(10 ** 6), chance.randrange(10 ** 6))
                         for _ in range(400)])


def main():
    chance = random.Random(7)
    for hour in range(1, 3):
        for number in range(100):
            text = load("report %d" % number, chance).summary()
        print("hour", hour, text, flush=True)
        input()


if __name__ == "__main__":
    main()
