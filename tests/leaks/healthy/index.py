# SPDX-License-Identifier: MIT
"""A dictionary that is read at the start, fills the memory, and stays as it is."""
import random


class Index:
    def __init__(self, words):
        self.entries = {}
        for number, word in enumerate(words):
            self.entries.setdefault(word, []).append(number)

    def find(self, word):
        return self.entries.get(word, [])[:10]


def main():
    chance = random.Random(1)
    index = Index("%05d" % chance.randrange(100000) for _ in range(200000))
    for hour in (1, 2):
        found = sum(len(index.find("%05d" % chance.randrange(100000))) for _ in range(5000))
        print("hour", hour, found, flush=True)
        input()


if __name__ == "__main__":
    main()
