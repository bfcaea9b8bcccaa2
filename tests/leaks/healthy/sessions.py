# SPDX-License-Identifier: MIT
"""Some hundred sessions of users who come and go: many, but no more than before."""
import random


class Session:
    def __init__(self, number, user):
        self.number = number
        self.user = user
        self.cart = []


class Sessions:
    def __init__(self):
        self.active = {}

    def log_in(self, number):
        session = self.active[number] = Session(number, "user %d" % number)
        return session

    def log_out(self, session):
        del self.active[session.number]


def main():
    chance = random.Random(4)
    store = Sessions()
    live = []
    number = 0
    for hour in (1, 2):
        for _ in range(5000):
            number += 1
            live.append(store.log_in(number))
            live[-1].cart.append(number)
            if len(live) > 300:
                store.log_out(live.pop(chance.randrange(300)))
        print("hour", hour, len(store.active), flush=True)
        input()


if __name__ == "__main__":
    main()
