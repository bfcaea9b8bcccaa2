# SPDX-License-Identifier: MIT
"""What 3.14 and 3.15 brought: template strings, lazily evaluated annotations, zstd, frozen dicts,
sentinels, slots of tuples, lazy imports. Older interpreters run what they have of it."""
import array
import asyncio
import bz2
import functools
import gc
import io
import lzma
import operator
import pickle
import struct
import sys
import threading
import types
import typing

gc.disable()
kept = []
garbage = []


class Node:
    def __init__(self, payload):
        self.me = self
        self.payload = payload


def optional(source, **names):
    """Runs source in a namespace of its own if this interpreter can."""
    space = dict(names, __name__="program", kept=kept, Node=Node, typing=typing)
    try:
        exec(compile(source, "<optional>", "exec"), space)
    except (SyntaxError, ImportError, NameError, AttributeError, TypeError) as error:
        print("left out: %s" % error, file=sys.stderr)
        return None
    kept.append(space)
    return space


# Template strings, with parts that only they hold.
optional('''
name = "x" * 30
template = t"hello {name!r:>{len(name)}} and {Node([name])} {1 + 1}"
kept.append([template, template.interpolations[0], iter(template)])
walked = iter(template)
next(walked)
Node(t"in a cycle {name}")
''')

# Annotations that nobody has asked for yet, and those somebody has.
optional('''
class Annotated:
    first: list[int]
    later: "Unknown"
    def method(self, argument: dict[str, int] = {}) -> set[bytes]: pass

def plain(a: int, b: "str" = "b") -> None: pass
def closed(a: int):
    def inner(x: a, y: list[a]) -> a: return a
    return inner
kept.append([Annotated.__annotations__, plain.__annotations__, closed(int), closed(Node)])
Node(closed(list))
''')
optional('''
import annotationlib
class Asked:
    value: Missing[int]
kept.append(annotationlib.get_annotations(Asked, format=annotationlib.Format.FORWARDREF))
''')

# Type parameters with bounds, constraints and defaults.
optional('''
class Generic[T: (int, str), *Ts, **P]: pass
type Alias[K, V: list = list[int]] = dict[K, V]
def generic[T: Node](x: T) -> T: return x
kept.append([Alias[int], Alias.__value__, generic.__type_params__[0].__bound__, Generic[int, str, [int]]])
''')
optional('''
kept.append([typing.TypeVar("D", default=int), typing.TypeVarTuple("Ts", default=tuple[int]),
             typing.ParamSpec("P", default=[int])])
kept.append([value.evaluate_default for value in kept[-1]])
''')
optional('kept.append(typing.TypeVarTuple("Bound", bound=int))')
kept.append([typing.Union[int, str], typing.Optional[typing.List["forward"]]])
optional('kept.append([int | None, list[int] | dict[str, typing.Any]])')

# Slots of a class of variable size; the last one is never set.
optional('''
class Slots(tuple):
    __slots__ = ("first", "second", "never")
class Deeper(Slots):
    __slots__ = ("third",)
for n in range(5):
    for made in (Slots(range(n)), Deeper(range(n))):
        made.first = ["first", n]
        made.second = Node(made)
        kept.append(made)
    made.third = {n: "third"}
''')

# Frozen dicts and sentinels.
optional('''
frozen = frozendict(a=1, b=["two"], c=frozendict())
kept.append([frozen, frozendict({1: 2, "x": Node(frozen)}), frozen.items(), iter(frozen)])
Node(frozendict(me=Node(1)))
''')
optional('kept.append([sentinel("MISSING"), sentinel("OTHER", repr="<other>")])')

# Names that are imported when they are used.
optional('''
lazy import colorsys
lazy from fractions import Fraction as F
lazy import xml.dom.minidom
''')

# partial with a placeholder; calls kept for later.
optional('''
from functools import Placeholder, partial
kept.append([partial(print, Placeholder, 2), partial(partial(print, Placeholder, 2), 1)])
''')
callers = [operator.methodcaller("append", [1], key="word"), operator.methodcaller("clear"),
           operator.attrgetter("a.b"), operator.itemgetter(1, 2), functools.partial(print, [1], end="x")]
callers[1]([])
kept.append([callers, map(callers[4], [1, 2]), zip([1], [2]), iter(callers)])
optional('kept.append(map(str, [1], [2], strict=True))')

# Compression.
optional('''
from compression import zstd
dictionary = zstd.train_dict([b"sample %d of a text" % n for n in range(2000)], 2000)
compressor = zstd.ZstdCompressor(zstd_dict=dictionary)
data = zstd.compress(b"some data" * 1000)
decompressor = zstd.ZstdDecompressor()
decompressor.decompress(data + b"unused" * 10)
kept.append([dictionary, compressor, decompressor, zstd.ZstdDecompressor(zstd_dict=dictionary)])
''')
compressed = bz2.compress(b"x" * 1000)
for factory in (bz2.BZ2Decompressor, lzma.LZMADecompressor):
    kept.append(factory())
kept[-2].decompress(compressed + b"unused")
kept.append([bz2.BZ2Compressor(), lzma.LZMACompressor()])

# Hashes.
optional('import _hmac\nkept.append(_hmac.new(b"key", b"message", "sha256"))')
optional('import _blake2, _sha3, _sha1\nkept.append([_blake2.blake2b(b"x"), _sha3.sha3_256(b"x"), _sha1.sha1()])')
optional('import unicodedata\nwords = unicodedata.iter_graphemes("abc" * 9)\nkept.append([words, next(words)])')

# Buffers.
text = io.StringIO()
text.write("written, not joined yet")
text.write("\N{SNOWMAN}")
joined = io.StringIO("initial")
joined.seek(3)
joined.write("x")
growing = bytearray()
for part in (b"one", b"two" * 100):
    growing += part
shrunk = bytearray(b"x" * 1000)
del shrunk[:900]
kept.append([text, joined, growing, shrunk, bytearray(), bytearray(b"abc"), memoryview(growing),
             array.array("d", [1.0]), struct.Struct("<3i4s?"), bytearray(10)])
optional('kept.append(bytearray(b"taken").take_bytes(2))')
pickler = pickle.Pickler(io.BytesIO())
pickler.dump([kept[0] if False else [1], "memo"])
unpickler = pickle.Unpickler(io.BytesIO(pickle.dumps([1, ["x"]])))
unpickler.load()
kept.append([pickler, unpickler, pickler.memo, unpickler.memo])


# Frames: of generators, coroutines and threads, with values on the stack that only it holds.
def stacked(depth):
    total = [depth, *[[d] for d in range(depth)], (yield ["yielded"])]
    return total


def delegating():
    result = yield from stacked(4)
    return result


async def waiting(future):
    return [["on", "the", "stack"], await future]


async def asynchronous():
    for i in range(3):
        yield [i]


def make_frames():
    for maker in (lambda: stacked(3), delegating):
        generator = maker()
        kept.append(generator)
        next(generator)
        generator = maker()
        next(generator)
        Node(generator)
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    coroutine = waiting(future)
    coroutine.send(None)
    stream = asynchronous()
    step = stream.asend(None)
    thrown = asynchronous().athrow(ValueError("thrown"))
    unstarted = waiting(future)
    finished = stacked(1)
    next(finished)
    try:
        finished.send(None)
    except StopIteration:
        pass
    kept.append([loop, future, coroutine, stream, step, thrown, unstarted, finished])


make_frames()
release = threading.Event()
entered = threading.Event()


def blocked(local, *rest):
    held = ["held by the frame of a thread", local]
    return max([1, 2], key=lambda _: (entered.set(), release.wait())), held, rest


thread = threading.Thread(target=blocked, args=(Node("local"), 1, 2), daemon=True)
thread.start()
entered.wait()
kept.append([thread, sys._getframe(), types.SimpleNamespace(a=1)])
optional('''
try:
    raise ExceptionGroup("group", [ValueError(1), OSError(2, "two", "file")])
except ExceptionGroup as group:
    kept.append(group)
    kept.append(str(group))
''')
try:
    exec("def f(:\n  pass")
except SyntaxError as error:
    kept.append(error)
Node(kept[-1])
