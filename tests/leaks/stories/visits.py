# SPDX-License-Identifier: MIT
"""Which pages each user has seen, to recommend others; the users are always the same."""
import collections
import random


class Tracker:
    def __init__(self):
        self.by_user = collections.defaultdict(list)

    def seen(self, user, page, seconds):
        self.by_user[user].append((page, seconds))

    def favourites(self, user):
        pages = collections.Counter(page for page, _ in self.by_user[user])
        return pages.most_common(3)


tracker = Tracker()


def main():
    chance = random.Random(3)
    for hour in range(1, 3):
        for number in range(40000):
            tracker.seen("user-%d" % (number % 300), "/page/%d" % number, chance.random())
        print("hour", hour, tracker.favourites("user-7"), flush=True)
        input()


if __name__ == "__main__":
    main()
