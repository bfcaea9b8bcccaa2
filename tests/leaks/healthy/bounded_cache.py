# SPDX-License-Identifier: MIT
"""Caches with a bound: one of functools that fills between the dumps, one of the program's own."""
import collections
import functools


@functools.lru_cache(maxsize=1500)
def translate(number):
    return ["%s %d" % (word, number) for word in ("ein", "un", "uno")]


class Recent:
    def __init__(self, most):
        self.most = most
        self.items = collections.OrderedDict()

    def put(self, key, value):
        self.items[key] = value
        self.items.move_to_end(key)
        while len(self.items) > self.most:
            self.items.popitem(last=False)


recent = Recent(500)


def main():
    for hour in (1, 2):
        for number in range(900 * hour):
            recent.put("key %d" % number, translate(number))
        print("hour", hour, translate.cache_info().currsize, flush=True)
        input()


if __name__ == "__main__":
    main()
