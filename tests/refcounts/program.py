# SPDX-License-Identifier: MIT
"""Leaks references as a careless extension would: counts go up, nobody keeps the pointer.

Prints {address: number of references} as JSON, once for objects that the interpreter's collector
knows or that something refers to, and once for those that nothing at all leads to."""
import ctypes
import json
import sys
import time

leak = ctypes.pythonapi.Py_IncRef
leak.argtypes = [ctypes.py_object]
leak.restype = None
calloc = ctypes.CDLL(None).calloc
calloc.restype = ctypes.c_void_p
calloc.argtypes = [ctypes.c_size_t, ctypes.c_size_t]


class Session:
    def __init__(self, number):
        self.number = number


class Slots:
    __slots__ = ("first", "second")


def lose(thing, times):
    for _ in range(times):
        leak(thing)
    return id(thing), times


def held():
    """What something refers to as well: the module, another object."""
    return [
        ["a list", 1], ("a tuple", [2]), {"a": "dict"}, Session(3), Slots(), {4, 5},
        "a str of the program, number %d" % len(sys.argv), b"bytes, %d" % len(sys.argv),
        10 ** 30 + len(sys.argv), 2.5 * len(sys.argv), lambda: leak, bytearray(b"six"),
    ]


def lost():
    """What nothing but its count keeps, once this returns."""
    yield lose(["lost", []], 1)
    yield lose([], 2)
    yield lose(("lost", {}), 1)
    yield lose({"lost": {}}, 3)
    yield lose(Session([7]), 1)
    yield lose({"in a set", 8}, 5)
    cycle = []
    cycle.append(cycle)
    yield lose(cycle, 1)


def untracked():
    """The collector does not know these: only the allocator's own books lead to them."""
    yield lose("lost for good, %d" % len(sys.argv), 1)
    yield lose(b"lost for good, %d" % len(sys.argv), 2)
    yield lose((len(sys.argv) + 0.5, ), 1)


def scrub(depth=20):
    """Leaves nothing of what was on the C stack, the frames and in free memory."""
    kept = [ctypes.create_string_buffer(size) for size in range(16, 512, 8) for _ in range(20)]
    kept += [calloc(1, size) for size in range(16, 1040, 16) for _ in range(depth)]
    if depth:
        return scrub(depth - 1) + len(kept)
    return sorted(range(1000), key=lambda n: -n)[0]


kept = held()
expected = dict(lose(thing, times % 3 + 1) for times, thing in enumerate(kept))
expected.update(lost())
hidden = dict(untracked())
scrub()
print(json.dumps([expected, hidden]), flush=True)
time.sleep(600)
