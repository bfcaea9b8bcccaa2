# SPDX-License-Identifier: MIT
"""An audit log that is kept in memory until it is sent, which nobody does any more."""
import io
import json


class Audit:
    def __init__(self):
        self.out = io.BytesIO()

    def note(self, user, action):
        self.out.write(json.dumps({"user": user, "action": action}).encode() + b"\n")


audit = Audit()


def main():
    for hour in range(1, 3):
        for number in range(60000):
            audit.note(number % 977, "changed the price of article %d" % number)
        print("hour", hour, flush=True)
        input()


if __name__ == "__main__":
    main()
