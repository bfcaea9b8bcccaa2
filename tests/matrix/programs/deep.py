# SPDX-License-Identifier: MIT
"""The snapshot in the middle of work: deep recursion, comprehension, class body, callbacks."""
import functools
import gc
import re
import sys

gc.disable()
results = []


class Key:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        results.append([self, other])
        return self.value < other.value


def traced(frame, event, argument):
    traced.last = frame
    return traced


def recurse(depth, *arguments, key=None):
    """Frames with locals, cells and stack temporaries, down to the deepest."""
    local = {"depth": depth, "arguments": arguments}
    cell = ["cell", depth]

    def inner():
        return cell, local
    if depth == 0:
        return in_comprehension(inner)
    return [depth, recurse(depth - 1, inner, key=cell), local]


def in_comprehension(argument):
    return [[in_class_body(x, y, argument) for y in range(1)] for x in ["comprehension"]]


def in_class_body(x, y, argument):
    class Body:
        attribute = ["of a class body", argument]
        value = in_generator(x, y)
    return Body


def in_generator(*values):
    return sum(in_map(v) for v in [values])


def in_map(value):
    return list(map(in_sub, [value], iter([["second"]])))[0]


def in_sub(first, second):
    return re.sub("a", lambda match: in_with(match, first, second), "banana")


class Manager:
    def __enter__(self):
        self.resource = ["resource", self]
        return self.resource

    def __exit__(self, *args):
        return False

    def __getattr__(self, name):
        return in_property(self, name)

    def __del__(self):
        pass


def in_with(match, *arguments):
    with Manager() as resource, Manager():
        for index, value in enumerate(iter(arguments)):
            return Manager().missing_attribute


def in_property(manager, name):
    try:
        return 1 / 0
    except ZeroDivisionError as error:
        return in_finally(error)


def in_finally(error):
    try:
        raise KeyError("second") from error
    finally:
        functools.reduce(in_reduce, [[1], [2], [3]])


def in_reduce(left, right):
    frames.append(sys._getframe())
    frames.append(sys._getframe(1))
    eval("call(frames, dict(x=[1]), *(left, right), **{'key': left})",
         {"call": finish, "left": left, "right": right, "frames": frames})


def finish(frames, *arguments, **keywords):
    snapshot()


frames = []
unsorted = [Key(3), Key(1), Key(2)]
recurse(100, "first", key=unsorted)
