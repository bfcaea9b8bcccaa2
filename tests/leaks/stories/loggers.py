# SPDX-License-Identifier: MIT
"""A server that gives each connection a logger of its own, by its name."""
import itertools
import logging

numbers = itertools.count(1)


class Connection:
    def __init__(self):
        self.number = next(numbers)
        self.log = logging.getLogger("server.connection.%d" % self.number)

    def serve(self):
        self.log.debug("begins")
        return self.number % 7


def main():
    logging.basicConfig(level=logging.WARNING)
    for hour in range(1, 3):
        served = sum(Connection().serve() for _ in range(2500))
        print("hour", hour, served, flush=True)
        input()


if __name__ == "__main__":
    main()
