# SPDX-License-Identifier: MIT
"""Readings that are appended to a table, hour by hour: each time a new and bigger one takes its place."""
import numpy
import pandas


class Monitor:
    def __init__(self):
        self.history = pandas.DataFrame({"sensor": [0.0], "value": [0.0]})

    def collect(self, hour):
        random = numpy.random.default_rng(hour)
        new = pandas.DataFrame({"sensor": random.normal(size=150000),
                                "value": random.normal(size=150000)})
        self.history = pandas.concat([self.history, new], ignore_index=True)


monitor = Monitor()


def main():
    for hour in range(1, 3):
        monitor.collect(hour)
        print("hour", hour, flush=True)
        input()


if __name__ == "__main__":
    main()
