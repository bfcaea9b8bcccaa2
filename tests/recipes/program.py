# SPDX-License-Identifier: MIT
"""The program that the recipes of docs/taking-a-dump.md dump: some orders, then it waits.

Run as `program.py`, after whatever a recipe puts before it. With GROW set in the environment it
grows by that many megabytes a second instead of waiting.
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
    print("ready", flush=True)
    stop = time.monotonic() + 60
    while time.monotonic() < stop:
        time.sleep(0.05)
        if "GROW" in os.environ:
            grown.append(bytearray(b"x") * (int(os.environ["GROW"]) * 1000000 // 20))


if __name__ == "__main__":
    work()
