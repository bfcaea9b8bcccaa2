# SPDX-License-Identifier: MIT
"""The program behind the small cores: a bit of everything, and the interpreter's own word about it.

Started by make.py with -I -S -B, a neutral folder as prefix and two files open: 3 takes what the
collector prints of unreachable objects, 4 what gc and sys say of every object. Only modules in C
are imported, so that the heap stays small. How the witnesses are forked, and why nothing has to be
corrected for them, is said in tests/matrix/oracle.py; libc's fork is reached without ctypes here.
"""
import _collections
import _ctypes
import _functools
import _thread
import _weakref
import gc
import itertools
import posix
import sys
import time

FUNCTION_FLAGS = 1 | 4  # cdecl, the GIL stays held
HAVE_GC = 1 << 14


class Listed:
    """Leaks by a module-level list."""

    def __init__(self, number):
        self.number = number
        self.name = "listed %d" % number


class Cached:
    """Leaks by an lru_cache without bound."""
    __slots__ = ("key", "payload")

    def __init__(self, key):
        self.key = key
        self.payload = [key] * 3


class Captured:
    """Leaks by a closure."""


class Default:
    """Leaks by a default argument."""


class Held:
    """Held by nothing but a local variable of another thread."""


class Plugin(type):
    registry = {}

    def __new__(mcs, name, bases, members):
        made = super().__new__(mcs, name, bases, members)
        mcs.registry[name] = made
        return made


class Base(metaclass=Plugin):
    limit = 7

    @property
    def double(self):
        return self.limit * 2

    @staticmethod
    def nothing():
        return None

    @classmethod
    def make(cls):
        return cls()


class Slotted(Base):
    __slots__ = ("left", "right")


class Numbers(list):
    """A built-in with attributes."""


class Ring:
    """Unreachable, each in a cycle with a list."""

    def __init__(self, number):
        self.members = [self, number]


class Finalized:
    """Unreachable, and has a finalizer."""

    def __del__(self):
        self.other = None


def keep_in_cache(key):
    return Cached(key)


def make_handler():
    captured = Captured()

    def handler():
        return captured
    return handler


def with_default(value=Default()):
    return value


def fail(depth):
    witness = [depth]
    if depth:
        fail(depth - 1)
    raise LookupError("kept", witness)


def generate(upto):
    total = 0
    for number in range(upto):
        total += yield number


async def await_one(awaitable):
    seen = ["before"]
    await awaitable
    return seen


class Awaitable:
    def __await__(self):
        yield "suspended"


async def stream():
    yield "first"
    yield "second"


def wait_forever(lock):
    held = Held()
    started.append(True)
    lock.acquire()
    return held


def make_garbage():
    for number in range(5):
        Ring(number)
    first, second = Finalized(), Finalized()
    first.other = second
    second.other = first
    chain = {}
    chain["self"] = (chain, {"leaf": bytearray(40)})


class Int(_ctypes._SimpleCData):
    _type_ = "i"


class Pointer(_ctypes._SimpleCData):
    _type_ = "P"


class Function(_ctypes.CFuncPtr):
    _flags_ = FUNCTION_FLAGS
    _restype_ = Int


def write_all(fd, text):
    data = text.encode()
    while data:
        data = data[posix.write(fd, data):]


def type_name(t):
    get = type.__dict__
    module = get["__module__"].__get__(t)
    name = get["__qualname__"].__get__(t)
    return name if module == "builtins" else module + "." + name


def collect():
    """First child: what the collector finds, printed before any finalizer runs."""
    posix.dup2(3, 2)
    gc.set_debug(gc.DEBUG_COLLECTABLE | gc.DEBUG_UNCOLLECTABLE)
    found = gc.collect()
    gc.set_debug(0)
    sys.stderr.flush()
    write_all(3, "collected %d\n" % found)
    posix._exit(0)


def record():
    """Second child: every tracked object, and what is reached from them."""
    objects = gc.get_objects()
    tracked = len(objects)
    seen = {}
    lines = ["version %x" % sys.hexversion, "tracked %d" % tracked]
    for o in objects:
        seen[id(o)] = True
    for o in objects:
        referents = gc.get_referents(o)
        line = "O %x %x" % (id(o), id(type(o)))
        for r in referents:
            line += " %x" % id(r)
            if id(r) not in seen:
                seen[id(r)] = True
                objects.append(r)
        r = type(o)
        if id(r) not in seen:
            seen[id(r)] = True
            objects.append(r)
        lines.append(line)
    names = {}
    number = 0
    for o in objects:
        t = type(o)
        if id(t) not in names:
            names[id(t)] = True
            lines.append("T %x %s" % (id(t), type_name(t)))
        if number < tracked:
            lines.append("S %x %d" % (id(o), sys.getsizeof(o)))
        number += 1
    lines.append("end %d" % len(objects))
    write_all(4, "\n".join(lines) + "\n")
    posix._exit(0)


def snapshot():
    handle = _ctypes.dlopen(None, 0)
    pause = _ctypes.dlsym(handle, "pause")
    fork = Function(_ctypes.dlsym(handle, "fork"))
    register = Function(_ctypes.dlsym(handle, "__register_atfork"))
    prctl = Function(_ctypes.dlsym(handle, "prctl"))
    prctl(1, 9, 0, 0, 0)  # dies with make.py
    prctl(0x59616D61, Pointer(-1), 0, 0, 0)  # may be dumped by it
    if fork() == 0:
        collect()
    register(None, Pointer(pause), None, None)
    if fork() == 0:
        record()


sys.setswitchinterval(1000.0)
_thread.stack_size(256 << 10)
kept = [Listed(number) for number in range(40)]
cache = _functools._lru_cache_wrapper(keep_in_cache, None, False, tuple)
for key in ("alpha", "beta", "gamma", 4):
    cache(key)
handler = make_handler()
table = {number: str(number) for number in range(30)}
for key in range(0, 30, 3):
    del table[key]
words = {"set of", "strings", frozenset((1, 2.5, 3j)), b"bytes", 1 << 100}
queue = _collections.deque(range(70), 90)
queue.append(queue)
ordered = _collections.OrderedDict(zip("abc", itertools.count(1)))
grouped = _collections.defaultdict(list, one=[1], two=[2, 2])
partial = _functools.partial(max, 3, key=abs)
slotted = Slotted()
slotted.left = Numbers((1, 2, 3))
slotted.left.note = {"of": slotted}
weak = [_weakref.ref(slotted), _weakref.ref(kept[0], print), _weakref.proxy(kept[1])]
generator = generate(5)
next(generator)
coroutine = await_one(Awaitable())
coroutine.send(None)
streaming = stream()
try:
    streaming.asend(None).send(None)
except StopIteration as stop:
    first_item = stop.value
try:
    fail(3)
except LookupError as error:
    kept_error = error
bound = kept[2].__init__
view = memoryview(bytearray(b"viewed bytes"))[2:6]
pairs = [slice(1, kept), range(10 ** 20), iter(kept), enumerate(words), zip(kept, queue),
         itertools.chain(kept, queue), itertools.cycle("ab"), map(len, []), reversed(kept),
         "caf\u00e9", "\u20ac uro", "\U0001f40d", Ellipsis, NotImplemented, type(sys.flags)]
scope = {"dynamic": type("Dynamic", (Listed, ), {"extra": pairs})}
scope["instance"] = scope["dynamic"](5)
scope["instance"].late = scope
gc.collect()
gc.disable()
more = [Listed(100), [kept]]
make_garbage()
barrier = _thread.allocate_lock()
barrier.acquire()
started = []
_thread.start_new_thread(wait_forever, (barrier,))
# Until the other thread waits for good, with its local variable in place.
while not started:
    time.sleep(0.001)
time.sleep(0.3)
snapshot()
