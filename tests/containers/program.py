# SPDX-License-Identifier: MIT
"""Containers of every kind, all but one of which grow: a line on standard input is a step."""
import collections
import ctypes
import functools
import sys
import threading

STEP = 500


class Request:
    def __init__(self, number):
        self.number = number


class Server:
    sessions = {}

    def __init__(self):
        self.by_name = {}


class Seen(set):
    """A collection of the program's own."""


log = []
server = Server()
steady = [Request(number) for number in range(STEP)]
local = threading.local()
local.recent = collections.deque()
seen = Seen()
rebuilt = ()
rings = {name: [] for name in ("north", "south", "east")}


@functools.lru_cache(maxsize=None)
def look_up(number):
    return Request(number)


def remember(request, history=[]):  # pylint: disable=dangerous-default-value
    history.append(request)


def make_counter():
    counted = []

    def count(request):
        counted.append(request)
    return count


count = make_counter()


def step(number):
    global rebuilt  # pylint: disable=global-statement
    for at in range(number * STEP, (number + 1) * STEP):
        log.append(Request(at))
        server.by_name["name %d" % at] = Request(at)
        Server.sessions[at] = Request(at)
        local.recent.append(Request(at))
        seen.add(Request(at))
        look_up(at)
        remember(Request(at))
        count(Request(at))
        for ring in rings.values():
            ring.append(at)
    rebuilt = list(rebuilt) + [Request(at) for at in range(STEP)]


def main():
    ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)
    step(0)
    for number, _ in enumerate(iter(sys.stdin.readline, ""), 1):
        print("ready", flush=True)
        # The line that comes next is the word to go on.
        if not sys.stdin.readline():
            break
        step(number)


main()
