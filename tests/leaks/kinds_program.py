# SPDX-License-Identifier: MIT
"""Leaks one kind at a time: kinds_program.py KIND says "ready" and waits."""
import asyncio
import gc
import inspect
import os
import socket
import sys
import tempfile
import threading


class Item:
    def __init__(self, number, size=2000):
        self.number = number
        self.body = bytearray(size)
        self.next = None


class Chain:
    """A linked list: nothing refers to all of it."""

    def __init__(self):
        self.head = None

    def push(self, item):
        item.next = self.head
        self.head = item


class Pair:
    def __init__(self):
        self.other = self
        self.body = bytearray(3000)


state = {}
local = threading.local()


def linked():
    state["chain"] = chain = Chain()
    for number in range(2000):
        chain.push(Item(number))


def spans():
    local.spans = [bytearray(1 << 20) for _ in range(6)]


def stored_frames():
    def work(number):
        body = bytearray(40000)
        frames.append(inspect.currentframe())
        return number, len(body)
    frames = state["frames"] = []
    for number in range(60):
        work(number)


def uncollectable():
    gc.set_debug(gc.DEBUG_SAVEALL)
    for _ in range(200):
        Pair()
    gc.collect()


def history():
    __import__("builtins")._ = [bytearray(1 << 20) for _ in range(6)]


def coroutines():
    async def deliver(number):
        await asyncio.sleep(number)
    state["deliveries"] = [deliver(number) for number in range(200)]


def abandoned():
    gc.disable()
    folder = tempfile.mkdtemp()
    for number in range(40):
        pair = Pair()
        pair.file = open(os.path.join(folder, "%d" % number), "w", encoding="ascii")


def sockets():
    state["connections"] = [socket.socket() for _ in range(80)]


def slices():
    state["heads"] = [memoryview(bytes(200000))[:16] for _ in range(40)]


def tasks():
    async def wait(event):
        await event.wait()

    async def serve():
        state["ready"] = event = asyncio.Event()
        state["tasks"] = {asyncio.ensure_future(wait(event)) for _ in range(150)}
        await asyncio.sleep(0)
    loop = asyncio.new_event_loop()
    state["loop"] = loop
    loop.run_until_complete(serve())


def results():
    state["results"] = {number: Item(number) for number in range(400)}


def lookup():
    import functools

    @functools.lru_cache(maxsize=None)
    def find(number):
        return Item(number)
    state["find"] = find
    for number in range(400):
        find(number)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
    print("ready", flush=True)
    sys.stdin.read()
