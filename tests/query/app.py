# SPDX-License-Identifier: MIT
"""What a query is to find: a small application that keeps too much."""
import functools
import os


class Session:
    def __init__(self, number):
        self.user = "bob" if number % 3 == 0 else "user %d" % number
        self.number = number
        self.closed = number % 4 == 0
        self.items = list(range(number * 20))
        self.buffer = bytearray(1000 + number)
        if number == 1:
            self.log = open(os.devnull, "wb")  # pylint: disable=consider-using-with


class Slotted:
    __slots__ = ("user", "next")

    def __init__(self, user, following):
        self.user = user
        self.next = following


class Node:
    def __del__(self):
        pass


@functools.lru_cache(maxsize=None)
def expensive(number):
    return [number] * 10


@functools.lru_cache(maxsize=7)
def cheap(number):
    return str(number)


def handler(session):
    return session
