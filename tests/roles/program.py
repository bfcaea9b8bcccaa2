# SPDX-License-Identifier: MIT
"""Holds things of many roles and prints, as JSON by address, what the interpreter knows of each."""
import array
import asyncio
import collections
import functools
import json
import mmap
import socket
import sys
import threading
import time
import traceback

known = {}
held = []


def note(thing, role, **more):
    held.append(thing)
    known[id(thing)] = dict(more, role=role)
    return thing


class Rows(list):
    pass


class Plain:
    pass


class Both(Plain, threading.local):
    """A base behind the first decides what it is for."""


class Bad(ValueError):
    pass


def files(folder):
    opened = open(folder + "/open file", "w+b", buffering=0)
    note(opened, "file", open=True, descriptor=opened.fileno(), text=opened.name)
    text = open(folder + "/text", "w", encoding="ascii")
    held.append(text)
    note(text.buffer.raw, "file", open=True, descriptor=text.fileno(), text=text.name)
    closed = open(folder + "/closed", "w+b", buffering=0)
    closed.close()
    note(closed, "file", open=False, text=closed.name)
    note(mmap.mmap(-1, 4096), "file")
    first, second = socket.socketpair()
    note(first, "socket", open=True, descriptor=first.fileno())
    second.close()
    note(second, "socket", open=False)


def databases():
    try:
        import sqlite3
    except ImportError:
        return
    connection = sqlite3.connect(":memory:")
    note(connection, "connection", open=True)
    note(connection.cursor(), "cursor")
    closed = sqlite3.connect(":memory:")
    closed.close()
    note(closed, "connection", open=False)


def caches():
    for most in (None, 0, 7):
        kept = functools.lru_cache(maxsize=most)(lambda x: x)
        for i in range(20):
            kept(i)
        note(kept, "cache", bound=most)


def views():
    base = bytearray(1000000)
    note(memoryview(base), "view", shown=1000000, base=id(base))
    note(memoryview(base)[10:20], "view", shown=10, base=id(base))
    numbers = array.array("d", range(100))
    note(memoryview(numbers)[::2], "view", shown=400, base=id(numbers))
    held.extend((base, numbers))
    try:
        import numpy
    except ImportError:
        return
    matrix = numpy.zeros((1000, 1000))
    note(matrix, "view")
    note(matrix[3:5, ::10], "view", shown=2 * 100 * 8, base=id(matrix))


def collections_of_kinds():
    for make in (list, dict, set, collections.deque, collections.OrderedDict, Rows,
                 collections.Counter):
        note(make(), "collection")
    for other in ((1, 2), "text", frozenset("ab"), 1.5, object()):
        note(other, "none")


def code():
    async def wait():
        await asyncio.sleep(1)

    note((i for i in range(3)), "coroutine")
    note(wait(), "coroutine")
    note(sys._getframe(), "frame")
    note(threading.local(), "thread-local")
    note(Both(), "thread-local")
    try:
        raise Bad("this")
    except Bad as error:
        note(error, "exception")
        note(error.__traceback__, "traceback")
        traceback.format_exc()


def main():
    files(sys.argv[1])
    databases()
    caches()
    views()
    collections_of_kinds()
    code()
    print(json.dumps(known), flush=True)
    time.sleep(600)


main()
