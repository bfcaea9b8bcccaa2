# SPDX-License-Identifier: MIT
"""A pipeline over a log that never ends: double lines are left out."""
import itertools


def lines():
    for number in itertools.count():
        yield "host%02d GET /page/%d HTTP/1.1 %d" % (number % 40, number * 7919 % 10 ** 7, number)


def unique(source):
    seen = set()
    for line in source:
        if line not in seen:
            seen.add(line)
            yield line


def parsed(source):
    for line in source:
        host, _, page, _, status = line.split()
        yield {"host": host, "page": page, "status": int(status)}


class Pipeline:
    def __init__(self, source):
        self.records = parsed(unique(source))
        self.hosts = {}

    def work(self, count):
        for record in itertools.islice(self.records, count):
            self.hosts[record["host"]] = self.hosts.get(record["host"], 0) + 1


pipeline = Pipeline(lines())


def main():
    for hour in range(1, 3):
        pipeline.work(30000)
        print("hour", hour, len(pipeline.hosts), flush=True)
        input()


if __name__ == "__main__":
    main()
