# SPDX-License-Identifier: MIT
"""Subclasses of builtins with attributes, slots, or both."""
import array
import collections
import datetime
import decimal
import enum
import fractions
import functools
import gc
import io
import pathlib
import random
import sys
import threading
import types
import weakref

gc.disable()
BASES = (int, str, bytes, tuple, list, dict, float, set, frozenset, complex, bytearray, Exception,
         KeyError, OSError, collections.deque, collections.defaultdict,
         collections.OrderedDict, collections.Counter, decimal.Decimal, fractions.Fraction,
         datetime.datetime, datetime.date, datetime.timedelta, datetime.time, array.array,
         io.BytesIO,
         io.StringIO, io.RawIOBase, random.Random, threading.local, types.SimpleNamespace,
         types.ModuleType, property, staticmethod, classmethod, functools.partial, weakref.ref,
         object,
         super, reversed, enumerate, zip, map, filter, pathlib.PurePosixPath)
ARGUMENTS = {
    int: (2 ** 70,), str: ("text é",), bytes: (b"bytes",), tuple: ([1, [2], "x"],), list: ([1, [2]],
                                                                                           ),
    dict: ({"k": [1]},), float: (1.25,), set: ([1, "x"],), frozenset: ([1, (2, 3)],),
    complex: (1 + 2j,),
    bytearray: (b"array",), Exception: ("message", [1]), KeyError: ("key",), OSError: (2, "no",
                                                                                       "f"),
    collections.deque: ([[1], 2],),
    collections.defaultdict: (list, {"a": [1]}), collections.OrderedDict: ({"a": [1], "b": 2},),
    collections.Counter: ("aabbb",), decimal.Decimal: ("1." + "5" * 60,),
    fractions.Fraction: (3, 7), datetime.datetime: (2020, 1, 2, 3, 4, 5), datetime.date: (2020, 1,
                                                                                          2),
    datetime.timedelta: (1, 2), datetime.time: (1, 2), array.array: ("d", [1.5, 2.5]),
    io.BytesIO: (b"content",), io.StringIO: ("content",), random.Random: (7,),
    types.ModuleType: ("made",), property: (len,), staticmethod: (len,), classmethod: (len,),
    functools.partial: (print, 1), weakref.ref: (enum.Enum,), reversed: ([1, [2]],),
    enumerate: (["e"],), zip: ([1], [2]), map: (str, [1]), filter: (None, [1]),
    pathlib.PurePosixPath: ("a", "b"), super: (),
}
if sys.version_info >= (3, 11):
    BASES += (BaseExceptionGroup,)
    ARGUMENTS[BaseExceptionGroup] = ("group", [ValueError(1)])
VARIABLE = (int, bytes, tuple, types.ModuleType)


def subclasses(base):
    """A plain subclass, one with empty slots, with slots, with slots and a dict, one deeper."""
    name = base.__name__
    made = [type("Dict" + name, (base,), {})]
    try:
        made.append(type("Empty" + name, (base,), {"__slots__": ()}))
        if base not in VARIABLE:
            made.append(type("Slots" + name, (base,), {"__slots__": ("one", "two")}))
            made.append(type("Both" + name, (base,), {"__slots__": ("one", "__dict__")}))
            made.append(type("Deep" + name, (made[2],), {"__slots__": ("three",)}))
    except TypeError:
        # Some bases do not allow it.
        pass
    made.append(type("Deeper" + name, (made[0],), {"class_attribute": [name]}))
    return made


instances = []
skipped = []
for base in BASES:
    for cls in subclasses(base):
        try:
            instance = cls(*ARGUMENTS.get(base, ()))
        except Exception as error:
            skipped.append((cls.__name__, str(error)))
            continue
        for attribute in ("one", "two", "three", "attribute"):
            try:
                setattr(instance, attribute, ["value of", attribute, instance])
            except (AttributeError, TypeError):
                pass
        instances.append(instance)
if len(instances) < 3 * len(BASES):
    raise AssertionError("most subclasses could not be made: %r" % skipped)


class IntWithMany(int):
    def __init__(self, value):
        for i in range(35):
            setattr(self, "a%d" % i, [i])



class Matrix(list):
    __slots__ = ("rows", "columns", "__weakref__")


class Tree(dict):
    def __missing__(self, key):
        value = self[key] = type(self)()
        value.parent = self
        return value


class Big(tuple):
    pass


class Chars(str, enum.Enum):
    A = "a"
    B = "b"


many = [IntWithMany(i) for i in (0, 5, 2 ** 40)]
matrix = Matrix([[1, 2], [3]])
matrix.rows = matrix
matrix_ref = weakref.ref(matrix)
tree = Tree()
tree["a"]["b"]["c"].leaf = [tree]
big = [Big(), Big([1]), Big(range(100))]
for b in big:
    b.own = b
chars = [Chars.A, Chars.B]
metaclasses = [type("Meta%d" % i, (type,), {"level": i}) for i in range(3)]
metaclasses.append(type("SlotMeta", (type,), {"__slots__": ()}))
classes = [m("Class", (), {"attribute": [m]}) for m in metaclasses]
class_instances = [c() for c in classes]

# Garbage: instances of all these that hold themselves, of classes that stay and of classes that go.
for instance in instances[::3]:
    cls = type(instance)
    try:
        clone = cls(*ARGUMENTS.get(cls.__mro__[1], ()))
        clone.attribute = clone
        clone.note = "garbage of %s" % cls.__name__
    except Exception:
        continue
for base in (list, dict, str, int, tuple, float, set):
    cls = type("Gone" + base.__name__, (base,), {})
    cls.example = cls()
    cls.example.note = "class and instance %s" % base
del instance, cls, clone, base, b
