# SPDX-License-Identifier: MIT
"""Dicts and sets in every state, and what the collections module makes."""
import collections
import gc
import heapq
import queue
import sys
import types

gc.disable()


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 7

    def __eq__(self, other):
        return isinstance(other, Key) and self.n == other.n


big = {"key %d" % i: [i] if i % 1000 == 0 else i for i in range(70000)}
big_ints = {i: str(i) for i in range(70000, 140000, 7)}
deleted = {i: [i] for i in range(300)}
for i in range(0, 300, 2):
    del deleted[i]
deleted_strings = {"s%d" % i: [i] for i in range(300)}
for i in range(50, 250):
    del deleted_strings["s%d" % i]
popped = {i: [i] for i in range(20)}
for i in range(20):
    popped.popitem()
emptied = {"a": [1], "b": 2}
del emptied["a"], emptied["b"]
cleared = {"a": [1]}
cleared.clear()
refilled = {i: i for i in range(100)}
refilled.clear()
refilled.update(x=[1], y=[2])
mixed = {1: "int", "s": "str", 2.5: "float", None: [None], (1, 2): {"t": 1}, frozenset("ab"): 0,
         b"bytes": [], True + 1: 2, Ellipsis: ..., int: "type", 1j: "complex"}
collisions = {Key(i): [i] for i in range(50)}
sizes = [dict.fromkeys(range(n), "v") for n in (0, 1, 5, 6, 10, 11, 21, 22, 85, 86, 170, 171, 700)]
string_sizes = [dict.fromkeys(map(str, range(n)), ()) for n in (1, 5, 6, 10, 11, 170, 171, 700)]
from_pairs = dict([("k", [1]), ("l", [2])])
merged = {**{"a": 1}, **{"b": [2]}, **mixed}
if sys.version_info >= (3, 9):
    merged = {"a": 1} | {"b": [2]} | mixed
copied = [big_ints.copy(), dict(mixed), dict(deleted), deleted.copy(),
          types.MappingProxyType(mixed)]
nested = {}
level = nested
for i in range(200):
    level["next"] = {}
    level = level["next"]
self_dict = {}
self_dict["self"] = self_dict
untracked = [{}, {"a": 1}, {1: "x", 2: 2.5}, {"t": (1, 2)}]
views = [mixed.keys(), mixed.values(), mixed.items(), big.keys(), {}.items()]
subclass_views = [collections.OrderedDict(a=[1]).keys(), collections.OrderedDict(a=[1]).items()]

sets = [set(), {1}, {1, 2, 3, 4, 5}, set(range(6)), set(range(100)), set(map(str, range(1000)))]
set_deleted = set(range(200))
for i in range(0, 200, 3):
    set_deleted.discard(i)
set_popped = {(i,) for i in range(30)}
while set_popped:
    set_popped.pop()
set_emptied = {(1, 2), "x"}
set_emptied.clear()
set_objects = {Key(i) for i in range(40)}
frozen = [frozenset(), frozenset([1]), frozenset(range(50)), frozenset([frozenset([(1, "t")])])]
nested_sets = {frozenset({Key(1), "s"}), frozenset(sets[3])}

lists = [[], [1], [[]], [None] * 100, list(range(1000)), [x for x in "grown"], list("preallocated")]
appended = []
for i in range(50):
    appended.append(Key(i))
del appended[10:40]
list_popped = list(range(100))
while len(list_popped) > 2:
    list_popped.pop()
inserted = [1]
inserted.insert(0, inserted)
tuples = [(), (1,), ((),), tuple(range(30)), (mixed, [sets]), tuple([Key(1)] * 5)]
repeated = [appended] * 7 + [appended[0]] * 3

ordered = collections.OrderedDict((str(i), [i]) for i in range(50))
for i in range(10, 40):
    del ordered[str(i)]
ordered.move_to_end("3", last=False)
ordered_empty = collections.OrderedDict()
ordered_attr = collections.OrderedDict(a=1)
ordered_attr.attribute = {"in": ["its dict"]}
ordered_big = collections.OrderedDict.fromkeys(range(1000))
default = collections.defaultdict(list)
for i in range(10):
    default[i].append(default)
default_lambda = collections.defaultdict(lambda: [], x=[1])
default_none = collections.defaultdict(None, {"a": 1})
counter = collections.Counter("abracadabra")
counters = [counter + counter, collections.Counter(), counter.most_common(2)]
chain = collections.ChainMap({"a": 1}, {"b": [2]}, mixed)
child = chain.new_child({"child": [chain]})
deques = [collections.deque(), collections.deque([1]), collections.deque(range(64)),
          collections.deque(map(Key, range(65))), collections.deque(range(1000), maxlen=130),
          collections.deque([[1]], maxlen=1)]
rotated = collections.deque(range(200))
rotated.rotate(77)
drained = collections.deque(map(str, range(300)))
for i in range(290):
    drained.popleft()
left = collections.deque()
for i in range(150):
    left.appendleft([i])
self_deque = collections.deque()
self_deque.append(self_deque)
user = [collections.UserDict(a=[1]), collections.UserList([1, [2]]), collections.UserString("user")]
heap = [5, 3, 1]
heapq.heapify(heap)
queues = [queue.Queue(), queue.LifoQueue(3), queue.PriorityQueue(), queue.SimpleQueue()]
for q in queues:
    q.put((1, ["item"]))
    q.put((2, "second"))
queues[3].get()
if sys.version_info >= (3, 9):
    import graphlib
    sorter = graphlib.TopologicalSorter({"a": {"b", "c"}, "b": {"c"}})
    sorter.prepare()
    ready = sorter.get_ready()
slices = [slice(1, 2, 3), slice(None), slice([1], "b"), range(5), range(10 ** 20, 10 ** 21, 7)]
numbers = [0, -1, 2 ** 30, 2 ** 60, -2 ** 90, 10 ** 100, 1.5, float("nan"), 1j, True, None, ...,
           NotImplemented]
strings = ["", "a", "é", "ascii " * 20, "latin é" * 9, "ж" * 50, "😀" * 20, "\x00", chr(0x100)]
encoded = [s.encode() for s in strings]
filenames = [s for s in strings if s.isidentifier()]
exec("ж = 1", {"note": "a str that has cached its UTF-8"})


# Garbage in containers: each shape holds itself.
def leak():
    d = {"unreachable dict": [1.25, 10 ** 40]}
    d["self"] = d
    li = ["unreachable list", (1.5, "inner %d" % len(d))]
    li.append(li)
    s = Key(1)
    s.members = {s, frozenset([s])}
    q = collections.deque([["unreachable deque"]])
    q.append(q)
    o = collections.OrderedDict(key=["unreachable ordered"])
    o["self"] = o
    dd = collections.defaultdict(list)
    dd.default_factory = dd.copy
    t = ([],)
    t[0].append((t, t, "tuple in garbage"))
    sq = queue.SimpleQueue()
    sq.put([sq])


leak()
