# SPDX-License-Identifier: MIT
"""Lists, dicts and slots, and what hangs from them; what is shared hangs from none alone."""
import collections
import contextvars
import functools
import itertools
import operator
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


def item(holder, key):
    return holder[key]


def drop_item(holder, key):
    holder[key] = None


def references():
    slots, book, record = build()
    for index in range(len(slots)):
        yield "element %d" % index, slots, item, index, drop_item, (index,)
    for key in list(book):
        yield "value of %s" % (key,), book, item, key, drop_item, (key,)
    for name in ("first", "second"):
        yield "slot " + name, record, getattr, name, setattr, (name, None)
