# SPDX-License-Identifier: MIT
"""Quotes for a web page. Reading a symbol's history is slow: it is remembered."""
import functools
import random

import numpy
import pandas

SYMBOLS = ["%s%s%s" % (a, b, c) for a in "ABCDE" for b in "XYZ" for c in "MNOP"]


class Store:
    """Stands for the database of quotes."""

    def __init__(self, seed):
        self.generator = numpy.random.default_rng(seed)
        self.reads = 0

    def read(self, symbol, until):
        self.reads += 1
        days = pandas.date_range(end=until, periods=500)
        steps = self.generator.normal(0, 1, len(days))
        return pandas.DataFrame({"close": 100 + steps.cumsum(),
                                 "volume": self.generator.integers(1, 10 ** 6, len(days)),
                                 "symbol": symbol}, index=days)


store = Store(3)


@functools.lru_cache(maxsize=None)
def history(symbol, until):
    return store.read(symbol, until)


def quote(symbol, now):
    """What the page shows: the last close, and the mean of thirty days."""
    frame = history(symbol, now)
    return float(frame["close"].iloc[-1]), float(frame["close"].tail(30).mean())


def main():
    chance = random.Random(8)
    now = pandas.Timestamp("2026-01-05 09:00")
    for hour in range(1, 3):
        for _ in range(400):
            now += pandas.Timedelta(seconds=9)
            quote(chance.choice(SYMBOLS), now)
        print("hour", hour, "after", store.reads, "reads", flush=True)
        input()


if __name__ == "__main__":
    main()
