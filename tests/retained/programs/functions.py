# SPDX-License-Identifier: MIT
"""What functions, methods, classes and modules hold."""
import functools
import types


class Node:
    def __init__(self, *kids):
        self.kids = list(kids)

    def method(self):
        return self.kids


class Plain:
    pass


def item(holder, key):
    return holder[key]


def attribute(holder, name):
    return getattr(holder, name)


def drop_item(holder, key):
    holder[key] = None


def drop_attribute(holder, name):
    setattr(holder, name, None)


def drop_class_attribute(holder, name):
    # The methods' cache of types forgets as well.
    delattr(holder, name)


def drop_partial(holder, name):
    function, arguments, options, more = holder.__reduce__()[2]
    del function
    holder.__setstate__((print, () if name == "args" else arguments, options, more))


def defaults(first=[["default"], Node(Node())], second={"a": [{}]}):
    return first, second


def keywords(*, only=Node([["keyword"]]), other=[[1]]):
    return only, other


def closure(kept):
    state = {"calls": [kept]}

    def outer():
        return state, kept, inner

    def inner():
        return outer
    return outer


def decorated():
    @functools.wraps(defaults)
    def wrapper():
        return None
    wrapper.__wrapped__ = closure([["wrapped"]])
    wrapper.cache = {n: [n] for n in range(20)}
    return wrapper


def module():
    made = types.ModuleType("made")
    exec("cache = [[1], [2]]\nregistry = {1: [cache]}\n"
         "def look(x=[[]]):\n    return cache, x\n"
         "class Inside:\n    kept = [[cache]]\n    def own(self):\n        return self\n",
         made.__dict__)
    return made


class Holder:
    table = {n: [Node()] for n in range(20)}
    bound = Node(Node(), [["bound"]]).method
    prop = property(closure([["property"]]))
    static = staticmethod(closure(Node()))


def remembering():
    @functools.lru_cache(maxsize=None)
    def remember(key):
        return [key, Node([key])]
    for key in range(10):
        remember(key)
    return remember


def build():
    attributes = Plain()
    attributes.callback = Node(Node(), [[1]]).method
    attributes.function = closure(Node())
    attributes.kind = type("Kind", (), {"own": [["of a class"]], "look": lambda self: self})
    attributes.module = module()
    attributes.both = Node()
    attributes.both.kids.append(attributes.both)
    return attributes


def references():
    attributes = build()
    for name in ("callback", "function", "kind", "module", "both"):
        yield "attribute " + name, attributes, attribute, name, drop_attribute, (name,)
    yield ("positional defaults", defaults, attribute, "__defaults__", drop_attribute,
           ("__defaults__",))
    yield ("keyword defaults", keywords, attribute, "__kwdefaults__", drop_attribute,
           ("__kwdefaults__",))
    yield "one keyword default", keywords.__kwdefaults__, item, "other", drop_item, ("other",)
    function = closure(Node([["in a cell"]]))
    for number, cell in enumerate(function.__closure__):
        yield ("cell %s" % function.__code__.co_freevars[number], cell, attribute, "cell_contents",
               drop_attribute, ("cell_contents",))
    wrapper = decorated()
    for name in ("__wrapped__", "cache"):
        yield "attribute %s of a function" % name, wrapper.__dict__, item, name, drop_item, (name,)
    made = module()
    for name in ("cache", "registry", "look", "Inside"):
        yield "global " + name, made.__dict__, item, name, drop_item, (name,)
    for name in ("table", "bound", "prop", "static"):
        yield ("class attribute " + name, Holder, lambda holder, key: vars(holder)[key], name,
               drop_class_attribute, (name,))
    partial = functools.partial(print, [["argument"]], Node())
    yield "arguments of a partial", partial, attribute, "args", drop_partial, ("args",)
    table = {"method": Node(Node()).method, "partial": functools.partial(closure([]), end=[[3]])}
    for name in list(table):
        yield "value " + name, table, item, name, drop_item, (name,)
    listed = [Node([[4]]).method, closure(Node()), decorated(), remembering()]
    for number in range(len(listed)):
        yield "element %d" % number, listed, item, number, drop_item, (number,)
