# SPDX-License-Identifier: MIT
"""The program that the recipes of docs/taking-a-dump.md dump: some orders, then it waits.

With GROW=RATE:MOST in the environment it grows by RATE megabytes a second until these are MOST:
what watches it may be slow, and must find it alive.
"""
import os
import time


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = {"password-of-%d" % number: b"hunter2-%d" % number}


orders = [Order(number) for number in range(1000)]


def work():
    grown = []
    rate, most = (int(word) for word in os.environ.get("GROW", "0:0").split(":"))
    print("ready", flush=True)
    stop = time.monotonic() + 60
    while time.monotonic() < stop:
        time.sleep(0.05)
        if len(grown) * rate < most * 20:
            grown.append(bytearray(b"x") * (rate * 1000000 // 20))


if __name__ == "__main__":
    work()
