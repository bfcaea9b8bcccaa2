# SPDX-License-Identifier: MIT
"""Functions, closures, cells, partials, caches and everything callable."""
import functools
import gc
import operator
import sys
import types

gc.disable()


def outer(a, b=[1], *args, c={"k": "v"}, **kwargs):
    shared = [a]
    unset_later = 1

    def middle(x: int = 5, *, y: "str" = "why") -> list:
        nonlocal shared

        def inner():
            return shared, a, x, unset_later
        shared = shared + [inner]
        return inner
    inner = middle()
    del unset_later
    return middle, inner, lambda: (args, kwargs, c, b)


closures = [outer(i, *range(3), key=[i]) for i in range(10)]
cells = [c for group in closures for f in group for c in f.__closure__ or ()]
empty_cell = types.CellType()
full_cell = types.CellType(["content"])
codes = [f.__code__ for f in closures[0]]
replaced = codes[0].replace(co_consts=codes[0].co_consts + (("own", 3.25), frozenset({"x"})))


def decorated(f):
    @functools.wraps(f)
    def wrapper(*args):
        return f(*args)
    wrapper.attribute = {"f": f}
    return wrapper


@decorated
def greet(name):
    """Has a doc string."""
    return "hello " + name


class Methods:
    calls = []

    def plain(self):
        return self

    @functools.cached_property
    def cached(self):
        return ["computed", self]

    @functools.lru_cache(maxsize=8)
    def method_cached(self, n):
        return [n]

    part = functools.partialmethod(plain)
    keyword = functools.partialmethod(setattr, "name")

    @functools.singledispatchmethod
    def dispatch(self, value):
        return value

    @dispatch.register
    def _(self, value: int):
        return value + 1

    def __call__(self):
        return self


instance = Methods()
instance.cached
instance.bound = instance.plain
instance.bound_part = instance.part
for i in range(20):
    instance.method_cached(i)
instance.dispatch(1), instance.dispatch("x")


@functools.lru_cache(maxsize=None)
def unbounded(*args, **kwargs):
    return [args, kwargs]


@functools.lru_cache(maxsize=4)
def bounded(*args):
    return {"args": args}


@functools.lru_cache(maxsize=0)
def uncached(x):
    return x


@functools.lru_cache(maxsize=100, typed=True)
def typed(x):
    return [x]


@functools.lru_cache(maxsize=None)
def recursive(n):
    return n if n < 2 else recursive(n - 1) + recursive(n - 2)


for i in range(30):
    unbounded(i, str(i))
    unbounded(key=i)
    bounded(i, (i, i))
    uncached(i)
    typed(i)
    typed(float(i))
recursive(60)
unbounded()
bounded(closures[0])

partials = [functools.partial(outer), functools.partial(outer, 1, 2, c=[3]),
            functools.partial(functools.partial(outer, "x"), "y", z="w"),
            functools.partial(print, sep=""), functools.partial(instance.plain)]
partials[0].attribute = partials


class SubPartial(functools.partial):
    pass


sub_partial = SubPartial(outer, [1])
sub_partial.note = sub_partial


@functools.singledispatch
def show(value):
    return repr(value)


@show.register(int)
@show.register(float)
def _(value):
    return "number"


@show.register
def _(value: list):
    return "list"


[show(v) for v in (1, 2.0, [], "s", True)]
getters = [operator.attrgetter("a"), operator.attrgetter("a.b.c", "d"), operator.itemgetter(1),
           operator.itemgetter("k", (1, 2), slice(1, 2)), operator.methodcaller("m"),
           operator.methodcaller("m", 1, [2], key={"v": 3})]
keys = [functools.cmp_to_key(lambda a, b: a - b), functools.cmp_to_key(lambda a, b: 0)([1])]
builtins_kept = [len, [].append, {}.get, "x".join, (5).__add__, int.from_bytes, object.__new__,
                 str.maketrans, classmethod(len), staticmethod(greet), property(len, None, None,
                                                                                "d")]
method_types = [types.MethodType(len, [1]), types.MethodType(instance, 5), Methods.plain,
                type(instance).__call__, instance.__init__, instance.__eq__]
made = types.FunctionType(greet.__code__, {"own": "globals"}, "made", (1, [2]), greet.__closure__)
made.__kwdefaults__ = {"k": [1]}
made.__annotations__["x"] = list[int] if sys.version_info >= (3, 9) else [int]
lambdas = [lambda: i, lambda x=[i]: x, lambda *a, **k: (a, k)]
reduced = functools.reduce(lambda f, g: lambda x: g(f(x)), [lambda x: x] * 20)
total = functools.total_ordering(type("Ordered", (), {"__lt__": lambda s, o: True}))


# Garbage: a recursive closure, a cache that holds itself, a partial in its own arguments.
def leak():
    def recurse(n):
        return recurse(n - 1)
    recurse.tag = "garbage %d" % id(recurse)

    @functools.lru_cache(maxsize=16)
    def cache(x):
        return [cache, x]
    for n in range(5):
        cache("entry %d" % n)

    @functools.lru_cache(maxsize=None)
    def endless(x):
        return (endless, x)
    endless(1.25), endless("two")
    part = functools.partial(print)
    part.__setstate__((print, (part, [part]), {"k": part}, {"d": part}))
    owner = Methods()
    owner.bound = owner.plain
    owner.cached


leak()
