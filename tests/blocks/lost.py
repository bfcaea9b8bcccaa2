# SPDX-License-Identifier: MIT
"""Loses a reference to objects of many kinds that the collector does not know and that nothing
refers to, beside memory that only looks as if it held objects. Prints {address: references lost}."""
import array
import ctypes
import datetime
import decimal
import gc
import json
import struct
import sys
import time

leak = ctypes.pythonapi.Py_IncRef
leak.argtypes = [ctypes.py_object]
leak.restype = None
allocate = ctypes.pythonapi.PyMem_Malloc
allocate.argtypes = [ctypes.c_size_t]
allocate.restype = ctypes.c_void_p
calloc = ctypes.CDLL(None).calloc
calloc.restype = ctypes.c_void_p
calloc.argtypes = [ctypes.c_size_t, ctypes.c_size_t]
ONE = len(sys.argv)


class Bare:
    __slots__ = ()


class Text(str):
    __slots__ = ()


class Number(int):
    __slots__ = ()


class Fraction(float):
    __slots__ = ()


def lose(thing, times=1):
    for _ in range(times):
        leak(thing)
    return id(thing), times


def texts():
    yield "lost, of one byte a character %d" % ONE
    yield "lost, \u00e9 %d" % ONE
    yield "lost, \u20ac %d" % ONE
    yield "lost, \U0001f40d %d" % ONE
    for length in (600, 5000, 200000):
        yield "%d" % ONE * length
        yield "\u20ac%d" % ONE * length
    yield b"lost, %d" % ONE
    for length in (480, 700, 9000, 300000):
        yield b"%d" % ONE * length
    yield Text("a subclass, %d" % ONE)


def numbers():
    yield 3.25 * ONE
    yield complex(ONE, 4.5)
    yield 2 ** 40 + ONE
    yield -3 ** 100 - ONE
    yield 10 ** 3000 + ONE
    yield Number(2 ** 50 + ONE)
    yield Number(10 ** 30 + ONE)
    yield Fraction(7.5 * ONE)
    # Its block is larger than it: what subtraction leaves is never moved.
    yield 10 ** 300 + (10 ** 30 + ONE) - 10 ** 300


def others():
    yield object()
    yield Bare()
    yield datetime.date(2000, 1, ONE)
    yield datetime.datetime(2000, 1, 2, ONE)
    yield datetime.time(ONE, 3)
    yield datetime.timedelta(ONE, 7)
    yield decimal.Decimal("%d.5" % ONE)
    yield range(ONE + 1000, ONE + 10 ** 20)
    yield bytearray(b"lost %d" % ONE)


def containers():
    yield (ONE + 0.5, "of a tuple %d" % ONE)
    yield tuple(n + 0.25 for n in range(400))
    yield {"of a dict": ONE + 0.75}
    yield ((ONE + 0.125, ), (ONE + 0.375, ))


def forged():
    """What an object looks like, in memory that somebody owns for other things."""
    image = struct.pack("<QQd", 1, id(float), 0.5)
    date = ctypes.string_at(id(datetime.date(1999, 9, ONE)), 32)
    long = ctypes.string_at(id("not lost %d" % ONE * 100), 1000)
    short = ctypes.string_at(id("not lost %d" % ONE), sys.getsizeof("not lost %d" % ONE))
    for bytes_ in (image, date, long, short):
        yield array.array("B", bytes_)
        yield bytearray(bytes_)
        yield ctypes.create_string_buffer(bytes_, len(bytes_))
        copy = allocate(len(bytes_))
        ctypes.memmove(copy, bytes_, len(bytes_))
        yield ctypes.c_void_p(copy)


def stale():
    """Memory of C that is not overwritten, in which objects were before."""
    gone = [[n + 0.5, "gone %d" % n, (n + 0.5, n), {n: n + 0.5}, b"gone %d" % n, 2 ** 70 + n,
             object(), Bare(), datetime.date(1 + n % 9000, 1, 1), [n]] for n in range(3000)]
    del gone
    return [allocate(size) for size in range(8, 513, 8) for _ in range(60)]


def scrub(depth=20):
    """Leaves nothing of what was on the C stack, the frames and in free memory."""
    kept = [ctypes.create_string_buffer(size) for size in range(16, 512, 8) for _ in range(20)]
    kept += [calloc(1, size) for size in range(16, 1040, 16) for _ in range(depth)]
    if depth:
        return scrub(depth - 1) + len(kept)
    return sorted(range(1000), key=lambda n: -n)[0]


held = list(forged()) + stale()
expected = {}
for make in (texts, numbers, others, containers):
    for count, thing in enumerate(make()):
        expected.update([lose(thing, count % 3 + 1)])
        # Tuples and dicts of nothing but numbers and strings are forgotten by the collector.
        gc.collect()
    del thing
scrub()
print(json.dumps(expected), flush=True)
time.sleep(600)
