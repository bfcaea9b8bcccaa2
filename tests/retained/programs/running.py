# SPDX-License-Identifier: MIT
"""What suspended functions, iterators, exceptions and contexts hold."""
import contextvars
import functools
import gc
import itertools
import threading
import types


class Node:
    def __init__(self, *kids):
        self.kids = list(kids)


def attribute(holder, name):
    return getattr(holder, name)


def item(holder, key):
    return holder[key]


def drop_attribute(holder, name):
    setattr(holder, name, None)


def drop_item(holder, key):
    holder[key] = None


def go_on(holder):
    try:
        holder.send(None)
    except StopIteration:
        pass


def exhaust(holder):
    for _ in holder:
        pass


def of_kind(holder, kind):
    """The one object of a type that it refers to, itself or through its frame. (Asking for the
    frame's variables would make another reference.)"""
    found = [one for one in gc.get_referents(holder) if type(one) is kind]
    for frame in gc.get_referents(holder):
        if type(frame) is types.FrameType:
            found += [one for one in gc.get_referents(frame) if type(one) is kind]
    assert len(found) == 1, (holder, kind, found)
    return found[0]


class Table(dict):
    pass


class Both(list):
    pass


def forgetful(kept):
    """Forgets one of its variables at a time."""
    table = Table((n, [n]) for n in range(30))
    nested = Node(Node([["nested"]]))
    yield
    table = None
    yield table, nested


def forgets_nested(kept):
    table = Table((n, [n]) for n in range(30))
    nested = Node(Node([["nested"]]))
    yield
    nested = None
    yield table, nested


def forgets_cycle(kept):
    both = Both([Node()])
    both.append(both)
    yield
    both = None
    yield kept, both


def forgets_function(kept):
    def inner():
        return kept
    partial = functools.partial(inner)
    del inner
    yield
    partial = None
    yield partial


class Pause:
    """Awaiting it makes nothing."""

    def __init__(self):
        self.iterator = itertools.repeat(None, 1)

    def __await__(self):
        return self.iterator


async def coroutine(kept):
    first, second = Pause(), Pause()
    table = Table(kept=kept, own=[[1], Node()])
    await first
    table = None
    await second
    return table


def fail(kept):
    held = [Node([["held by a frame"]]), kept]
    try:
        raise KeyError(held)
    except KeyError as error:
        raise ValueError([["arguments"]], Node()) from error


def failed():
    try:
        fail({"kept": [[]]})
    except ValueError as error:
        return error


def started(generator):
    generator.send(None)
    return generator


def delegating(kept):
    yield from forgetful(kept)


var = contextvars.ContextVar("var")
other = contextvars.ContextVar("other")
local = threading.local()


def running():
    for function, kind in ((forgetful, Table), (forgets_nested, Node), (forgets_cycle, Both),
                           (forgets_function, functools.partial)):
        yield ("local %s of a generator" % kind.__name__, started(function([["argument"]])),
               of_kind, kind, go_on, ())
    yield "local table of a coroutine", started(coroutine([[2]])), of_kind, Table, go_on, ()
    listed = [started(forgetful(Node())), started(coroutine([[3]])), started(delegating([[4]])),
              failed(), forgetful([[5]])]
    for number in range(len(listed)):
        yield ("element %d, suspended" % number, listed, item, number, drop_item, (number,))


def exceptions():
    for name in ("__traceback__", "__cause__", "__context__", "args"):
        error = failed()
        if name == "__context__":
            error.__cause__ = None
        if name == "__cause__":
            error.__context__ = None
        if name == "args":
            yield "args of an exception", error, attribute, name, drop_args, ()
        else:
            yield name, error, attribute, name, drop_attribute, (name,)
    error = failed()
    error.note, error.other = [Node(), [["note"]]], []
    yield "attribute of an exception", error, attribute, "note", drop_attribute, ("note",)
    traceback = failed().__traceback__
    yield "next of a traceback", traceback, attribute, "tb_next", drop_attribute, ("tb_next",)


def drop_args(holder):
    holder.args = ()


def iterators():
    yield "list of an iterator", iter([Node(), [[6]]]), of_kind, list, exhaust, ()
    yield ("dict of an iterator", iter({1: Node(), 2: [[6]]}.values()), of_kind, dict, exhaust,
           ())
    yield ("iterables of a chain", itertools.chain([Node()], [[[9]]]), of_kind, type(iter(())),
           exhaust, ())


def contexts():
    context = contextvars.copy_context()
    context.run(var.set, [Node(), [["in a context"]]])
    table = [context, None]
    yield "a context", table, item, 0, drop_item, (0,)
    local.first = [Node([["of a thread"]])]
    local.second = {n: [n] for n in range(20)}
    for name in ("first", "second"):
        yield ("thread-local " + name, local.__dict__, item, name, drop_item, (name,))


def references():
    yield from running()
    yield from exceptions()
    yield from iterators()
    yield from contexts()
