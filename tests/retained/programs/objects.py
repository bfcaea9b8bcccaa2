# SPDX-License-Identifier: MIT
"""What instances of many kinds of classes hold, of the program's own and of the library's."""
import array
import collections
import dataclasses
import enum
import queue
import threading
import types
import xml.etree.ElementTree


class Plain:
    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)


class Slotted:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left, self.right = left, right


class SlottedMore(Slotted):
    __slots__ = ("more", "__dict__")


class Listed(list):
    pass


class Mapped(dict):
    pass


class Error(Exception):
    pass


@dataclasses.dataclass
class Data:
    values: list
    names: dict


Pair = collections.namedtuple("Pair", "one two")


class Color(enum.Enum):
    RED = 1


def item(holder, key):
    return holder[key]


def drop_item(holder, key):
    holder[key] = None


def delete(holder, key):
    del holder[key]


def drop_attribute(holder, name):
    setattr(holder, name, None)


def only(holder, key):
    del key
    return next(iter(holder))


def clear(holder):
    holder.clear()


def tree(depth):
    return Plain(kids=[tree(depth - 1), tree(depth - 1)] if depth else [], label=[depth])


def parents():
    top = Plain(name=["top"])
    top.kids = [Plain(parent=top, name=[n]) for n in range(5)]
    return top


def document():
    text = "<a>%s</a>" % "".join("<b n='%d'><c/></b>" % n for n in range(10))
    return xml.etree.ElementTree.fromstring(text)


def attributes():
    # A dict left with nothing that is tracked would cease to be tracked itself: hence "other".
    plain = Plain(tree=tree(4), parents=parents(), pair=Pair([[1]], {"two": [2]}),
                  data=Data([[3]], {"names": [4]}), number=1.5)
    for name in ("tree", "parents", "pair", "data"):
        yield "attribute " + name, plain, getattr, name, drop_attribute, (name,)
    slotted = SlottedMore(Plain(own=[[5]]), Slotted([6], Slotted([7], parents())))
    slotted.more = [Mapped(a=[8])]
    slotted.loose, slotted.other = Listed([[9]]), []
    for name in ("left", "right", "more", "loose"):
        yield "attribute or slot " + name, slotted, getattr, name, drop_attribute, (name,)
    error = Error("text")
    error.cause, error.other = Plain(error=[[10]]), []
    yield "attribute of an error", error, getattr, "cause", drop_attribute, ("cause",)
    space = types.SimpleNamespace(deep=types.SimpleNamespace(deeper=[[11]]), other=[])
    yield "attribute of a namespace", space, getattr, "deep", drop_attribute, ("deep",)


def elements():
    double = collections.deque([Plain(n=[n]) for n in range(100)])
    for index in (0, 50, 99):
        yield "element %d of a deque" % index, double, item, index, drop_item, (index,)
    listed = Listed([Mapped(a=[12]), {(13, Color.RED): Listed([[13]])}, array.array("d", [14.0])])
    listed[0].name = [listed[0]]
    for index in (0, 1):
        yield "element %d of a list's kind" % index, listed, item, index, drop_item, (index,)
    ordered = collections.OrderedDict((n, Plain(n=[[n]])) for n in range(9))
    yield "value of an OrderedDict", ordered, item, 4, drop_item, (4,)
    missing = collections.defaultdict(Plain, {"a": Plain(b=[[15]])})
    yield "value of a defaultdict", missing, item, "a", delete, ("a",)
    mapped = Mapped(a=Slotted([16], Plain(c=[17])), b=[18])
    yield "value of a dict's kind", mapped, item, "a", delete, ("a",)
    user = collections.UserDict(a=Plain(b=[19]), b=parents())
    yield "value of a UserDict", user.data, item, "a", delete, ("a",)
    maps = collections.ChainMap({"a": [[20]]}, {"b": Plain(c=[21])})
    yield "map of a ChainMap", maps.maps, item, 1, drop_item, (1,)
    yield "only element of a set", {Plain(alone=[[22]])}, only, 0, clear, ()
    root = document()
    yield "child of an element", root, item, 3, delete, (3,)


def threads():
    waiting = queue.Queue()
    waiting.put(Plain(job=[[23]]))
    waiting.put([Plain(job=[24])])
    yield "entry of a queue", waiting.queue, item, 1, delete, (1,)
    thread = threading.Thread(target=print, args=(Plain(argument=[[25]]),))
    yield "arguments of a thread", thread, getattr, "_args", drop_attribute, ("_args",)
    event = threading.Event()
    event.owner = Plain(event=event, kept=[[26]])
    yield "attribute of an event", event, getattr, "owner", drop_attribute, ("owner",)


def references():
    yield from attributes()
    yield from elements()
    yield from threads()
