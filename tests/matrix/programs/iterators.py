# SPDX-License-Identifier: MIT
"""Every itertools object part-consumed, and the iterators of every container."""
import array
import collections
import gc
import itertools
import operator
import re
import struct
import sys
import types

gc.disable()


class Item:
    def __init__(self, n):
        self.n = n

    def __getitem__(self, i):
        if i > 10:
            raise IndexError
        return [i]

    def __len__(self):
        return 10


items = [Item(i) for i in range(12)]


def advance(iterator, steps):
    for _ in range(steps):
        next(iterator, None)
    return iterator


def make(n):
    """One of each, advanced by n steps."""
    made = [
        itertools.accumulate(items, lambda a, b: b), itertools.accumulate([1, 2, 3],
                                                                          initial=[0] and 5),
        itertools.accumulate([[1], [2], [3]], operator.add),
        itertools.chain(items, [1, 2], iter("abc")), itertools.chain.from_iterable([items, "xy"]),
        itertools.combinations(items, 3), itertools.combinations_with_replacement("abc", 2),
        itertools.compress(items, [1, 0, 1, 1, 1]), itertools.count(5), itertools.count(1.5, 0.25),
        itertools.count(2 ** 70), itertools.count(sys.maxsize - 1), itertools.cycle(items[:2]),
        itertools.cycle(iter([[1], [2], [3], [4]])), itertools.dropwhile(lambda x: x.n < 2, items),
        itertools.filterfalse(lambda x: x.n % 2, items), itertools.filterfalse(None, [0, 1, [], 0,
                                                                                      0]),
        itertools.groupby(items, lambda x: x.n // 3), itertools.groupby("aabbcc"),
        itertools.islice(items, 1, 9, 2), itertools.islice(items, 4),
        itertools.permutations(items[:4], 2), itertools.product(items[:2], "ab", repeat=2),
        itertools.product(), itertools.repeat(items), itertools.repeat([1], 5),
        itertools.starmap(lambda *a: list(a), [(1, 2), (3, [4]), ([5], 6)]),
        itertools.takewhile(lambda x: x.n < 5, items), *itertools.tee(items, 3),
        itertools.zip_longest(items, [1], "ab", fillvalue=["fill"]), zip(items, "abcdef"), zip(),
        zip([1], [[2]]), map(str, items), map(lambda *a: a, items, "abcd"),
        filter(None, [0, [1], [2], 3]), filter(lambda x: x.n, items), enumerate(items, 2 ** 65),
        enumerate(["e"] * 5), reversed(items), reversed((1, [2], 3)), reversed(range(10)),
        reversed("string"), reversed({"a": [1], "b": 2, "c": 3}), reversed({"a": 1}.items()),
        reversed({"a": 1, "b": [2]}.values()), reversed(collections.deque(items)),
        reversed(collections.OrderedDict(a=1, b=2, c=3)), reversed(Item(1)), iter(items), iter(()),
        iter((items, 2, 3)), iter(range(10)), iter(range(2 ** 70, 2 ** 71)), iter("ascii text"),
        iter("ünïcödé"), iter("ascii"), iter(b"bytes"), iter(bytearray(b"array")),
        iter(set("abcde")),
        iter(frozenset([1, 2, 3])), iter({"k": [1], "l": 2}), iter({"k": [1], "m": 2}.values()),
        iter({"k": [1], 5: 2}.items()), iter(dict(a=[1]).keys()), iter(collections.deque(items)),
        iter(collections.OrderedDict(a=[1], b=2).items()), iter(collections.OrderedDict(a=[1])),
        iter(collections.Counter("aab").elements()), iter(collections.ChainMap({"a": 1}, {"b": 2})),
        iter(Item(3)), iter(lambda: ["called"], None), iter(iter([1]).__next__, "sentinel"),
        iter(memoryview(b"memory")), iter(array.array("d", [1.5, 2.5])), re.finditer("a", "banana"),
        struct.iter_unpack("<HH", bytes(16)), iter(types.MappingProxyType({"p": [1]})),
        (x for x in items), iter(types.SimpleNamespace(a=1).__dict__.items()),
    ]
    if sys.version_info >= (3, 10):
        made += [itertools.pairwise(items), zip([1], [[2]], strict=True)]
    if sys.version_info >= (3, 12):
        made.append(itertools.batched(items, 5))
    return [advance(iterator, n) for iterator in made]


by_steps = [make(n) for n in (0, 1, 2, 3, 40)]
group_outer = itertools.groupby(items, lambda x: x.n // 4)
group_key, group_inner = next(group_outer)
next(group_inner)
tee_a, tee_b = itertools.tee(iter(items))
advance(tee_a, 7)
tee_copy = tee_b.__copy__()
tee_long = itertools.tee(range(200), 2)
advance(tee_long[0], 130)
cycle_running = advance(itertools.cycle([[i] for i in range(5)]), 8)
batch = advance(itertools.product(range(3), repeat=3), 10)
aiter_objects = [aiter for aiter in ()]
nested = map(str, filter(None, itertools.chain(zip(items, items), itertools.islice(items, 3))))
next(nested)
callable_iterator = iter(items.copy().pop, items[0])
next(callable_iterator)
dict_changed = {"a": 1, "b": [2]}
dict_iterator = iter(dict_changed)
next(dict_iterator)
dict_changed["c"] = "changed while iterated"


class SubChain(itertools.chain):
    pass


class SubMap(map):
    __slots__ = ("slot",)


sub_chain = SubChain(items)
sub_chain.note = [sub_chain]
sub_map = SubMap(str, items)
sub_map.slot = {"slot": sub_map}


# Garbage: iterators over lists that hold the iterators.
def leak():
    for factory in (iter, reversed, enumerate, itertools.cycle, itertools.chain,
                    lambda x: zip(x, x), lambda x: map(str, x), itertools.groupby,
                    lambda x: itertools.islice(x, 5), lambda x: itertools.product(x, [x]),
                    lambda x: itertools.tee(x)[1], lambda x: itertools.combinations(x, 1),
                    lambda x: itertools.zip_longest(x, fillvalue=x), itertools.accumulate,
                    getattr(itertools, "pairwise", iter)):
        box = [1.5, "in a garbage list %r" % factory]
        box.append(factory(box))
    box = collections.deque(["garbage"])
    box.append(iter(box))
    box = {"garbage": 1}
    box["items"] = box.items()
    box["iterator"] = iter(box)
    repeat = []
    repeat.append(itertools.repeat(repeat))


leak()
