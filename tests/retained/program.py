# SPDX-License-Identifier: MIT
"""What the interpreter itself frees when one reference goes.

    program.py FOLDER

Builds structures that are held in many ways, without finalizers. Of each reference to be dropped it
prints a line: who holds it, what it leads to (addresses). For each a child, forked by libc so that no
handler changes anything, drops that one reference, collects, and writes the addresses of the tracked
objects that are gone to FOLDER. The parent, which drops nothing, then waits to be dumped.
"""
import collections
import contextvars
import ctypes
import functools
import gc
import itertools
import operator
import os
import sys
import types


class Node:
    def __init__(self, *kids):
        self.kids = list(kids)
        self.up = None
        for kid in kids:
            if isinstance(kid, Node):
                kid.up = self


class Slots:
    __slots__ = ("first", "second")

    def __init__(self, first, second):
        self.first, self.second = first, second


def chain(length):
    node = None
    for number in range(length):
        node = [number, node]
    return node


def closures():
    state = {"calls": [[]]}

    def inner():
        return outer, state

    def outer():
        return inner
    return outer


def generate(kept):
    local = [kept, {"of": "a generator"}]
    yield local
    yield kept


def suspended(kept):
    generator = generate(kept)
    next(generator)
    return generator


def failed():
    held = [["held by a frame"]]
    try:
        raise ValueError([held])
    except ValueError as error:
        return error


def module():
    made = types.ModuleType("made")
    exec("cache = [[1], [2]]\ndef look(x=[[]]):\n    return cache, x\n", made.__dict__)
    return made


def remembering():
    @functools.lru_cache(maxsize=None)
    def remember(key):
        return [key, [key]]
    for key in range(30):
        remember(key)
    return remember


def both_ways():
    left, right = [], []
    left.append(right)
    right.append(left)
    return left


def build():
    """Lists, dicts and slots with what hangs from them; what is shared hangs from none alone."""
    shared = [["shared"], {"by": [1]}]
    tree = Node(Node(Node(), Node()), Node(Node(shared)))
    slots = [
        [[], [[]], {"a": [{}]}],
        tree,
        {"shared": shared, "own": [[]]},
        closures(),
        suspended([["kept"]]),
        failed(),
        module(),
        remembering(),
        chain(5000),
        both_ways(),
        collections.deque([[n] for n in range(200)]),
        collections.OrderedDict((n, [n]) for n in range(50)),
        functools.partial(print, [["argument"]], end={"an": ["option"]}),
        Node(Node()).__init__,
        {(n,): {n: [n]} for n in range(100)},
        {frozenset([("in a set", (n, object))]) for n in range(20)},
        itertools.chain([[[1]], [[2]]], iter([[[3]]])),
        contextvars.copy_context(),
        operator.itemgetter((1, ("key", 2))),
        types.SimpleNamespace(a=[[]], b={"c": {"d": []}}),
        shared,
    ]
    book = {
        "twice": Slots([[1]], [[2]]),
        "map": map(closures(), [[[4]]]),
        ("a", "tuple"): collections.defaultdict(list, {n: [[n]] for n in range(30)}),
    }
    record = Slots({"deep": chain(300)}, Slots(both_ways(), [[7]]))
    return slots, book, record


def drops(slots, book, record):
    """Each reference: who holds it, how it goes."""
    for index in range(len(slots)):
        yield slots, operator.setitem, index
    for key in list(book):
        yield book, operator.setitem, key
    yield record, setattr, "first"
    yield record, setattr, "second"


def target_of(holder, how, key):
    return id(getattr(holder, key) if how is setattr else holder[key])


def gone_with(holder, how, key):
    """In the child: nothing tracked is made between the drop and the second look."""
    # A collection ceases to track what needs none, tuples for one.
    gc.collect()
    before = gc.get_objects()
    ids = set()
    for index in range(len(before)):
        ids.add(id(before[index]))
    del before
    how(holder, key, None)
    gc.collect()
    after = gc.get_objects()
    for index in range(len(after)):
        ids.discard(id(after[index]))
    return ids


def main():
    folder = sys.argv[1]
    libc = ctypes.PyDLL(None)
    libc.prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)
    slots, book, record = build()
    # Each collection may cease to track what holds nothing else that is tracked.
    for _ in range(4):
        gc.collect()
    gc.disable()
    number = 0
    for holder, how, key in drops(slots, book, record):
        print("%x %x" % (id(holder), target_of(holder, how, key)))
        sys.stdout.flush()
        child = libc.fork()
        if not child:
            found = gone_with(holder, how, key)
            with open(os.path.join(folder, "gone.%d" % number), "w") as out:
                for address in found:
                    out.write("%x\n" % address)
            os._exit(0)
        os.waitpid(child, 0)
        number += 1
    del holder, how, key
    print("ready", flush=True)
    libc.pause()


main()
