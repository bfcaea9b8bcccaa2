# SPDX-License-Identifier: MIT
"""Keeps an interpreter busy, in several threads, with whatever changes its heap: objects made and
dropped, cycles collected, modules imported, exceptions, generators, tasks. Says when it is warm."""
import asyncio
import collections
import gc
import importlib
import random
import sys
import threading
import time

MODULES = ("json.decoder", "email.message", "decimal", "fractions", "textwrap", "csv", "shlex",
           "html.parser", "statistics", "string", "calendar", "configparser", "pprint")
CHANCE = random.Random(int(sys.argv[1]))
gc.set_threshold(CHANCE.choice((50, 200, 700)), 5, 5)
if hasattr(sys, "setswitchinterval"):
    sys.setswitchinterval(0.0005)
kept = collections.deque(maxlen=400)


class Node:
    def __init__(self, parent, name):
        self.parent, self.name, self.children = parent, name, []
        if parent is not None:
            parent.children.append(self)

    def __del__(self):
        kept.append(self.name)


class Slotted:
    __slots__ = ("a", "b", "__weakref__")


def trees(chance):
    root = Node(None, "root")
    nodes = [root]
    for n in range(chance.randrange(40)):
        nodes.append(Node(chance.choice(nodes), "node %d" % n))
    kept.append(chance.choice(nodes))


def tables(chance):
    table = {}
    for n in range(chance.randrange(200)):
        table[chance.choice((n, str(n), (n, "x"), n + 0.5))] = [n] * (n % 7)
    for key in list(table)[::2]:
        del table[key]
    kept.append((table, set(table), frozenset(map(str, table))))


def texts(chance):
    text = "".join(chance.choice("ab\u00e9\u20ac\U0001f40d") for _ in range(chance.randrange(900)))
    data = bytearray(text.encode())
    while len(data) > 3:
        del data[len(data) // 2:]
    kept.append([text, text.upper(), text[::-1], bytes(data), int(data.hex() or "0", 16)])


def numbers(chance):
    n = chance.randrange(2, 10 ** 40)
    kept.append(tuple(n ** e % (n + 7) for e in range(chance.randrange(60))))
    kept.append(sorted((chance.random() for _ in range(300)), key=lambda x: -x)[:5])


def counted(limit):
    for n in range(limit):
        yield n, (yield [n])


def generators(chance):
    running = [counted(n) for n in range(chance.randrange(30))]
    for generator in running:
        next(generator, None)
    kept.append(running[:3])


def exceptions(chance, depth=0):
    try:
        if depth < chance.randrange(1, 12):
            exceptions(chance, depth + 1)
        else:
            raise KeyError(depth, object())
    except KeyError as error:
        if depth % 3:
            kept.append(error)
        elif depth:
            raise ValueError(depth) from error
    except ValueError as error:
        kept.append(error.__traceback__)


def imports(chance):
    name = chance.choice(MODULES)
    importlib.import_module(name)
    for known in [m for m in sys.modules if m == name]:
        del sys.modules[known]


def slots(chance):
    made = [Slotted() for _ in range(chance.randrange(100))]
    for one, other in zip(made, made[1:]):
        one.a, other.b = other, one


def classes(chance):
    made = type("Made%d" % chance.randrange(9), (Node,), {"n": chance.random()})
    kept.append(made(None, "of a class"))


def collections_(chance):
    gc.collect(chance.randrange(3))


async def tasks(chance):
    async def one(n):
        await asyncio.sleep(0)
        return [n] * 3
    kept.append(await asyncio.gather(*(one(n) for n in range(chance.randrange(20)))))


WORK = (trees, tables, texts, numbers, generators, exceptions, imports, slots, classes,
        collections_)


def work(seed):
    chance = random.Random(seed)
    while True:
        try:
            chance.choice(WORK)(chance)
        except Exception:
            pass


def main():
    for n in range(CHANCE.randrange(3)):
        threading.Thread(target=work, args=(CHANCE.random(),), daemon=True).start()
    for one in WORK:
        try:
            one(CHANCE)
        except Exception:
            pass
    print("warm", flush=True)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            if CHANCE.random() < 0.1:
                asyncio.run(tasks(CHANCE))
            CHANCE.choice(WORK)(CHANCE)
        except Exception:
            pass


main()
