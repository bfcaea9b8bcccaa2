# SPDX-License-Identifier: MIT
"""Unreachable cycles of every shape, next to reachable ones that look the same."""
import collections
import gc
import sys
import types
import weakref

gc.disable()
log = []
kept = []


class Node:
    def __init__(self, name):
        self.name = "node %s" % name
        self.edges = []


class Slotted:
    __slots__ = ("next", "payload")


class Finalized(Node):
    def __del__(self):
        log.append(self.name)


def self_loop():
    node = Node("self")
    node.me = node
    return node


def ring(n, cls=Node):
    nodes = [cls(i) for i in range(n)]
    for a, b in zip(nodes, nodes[1:] + nodes[:1]):
        a.next = b
    return nodes[0]


def clique(n):
    nodes = [Node(i) for i in range(n)]
    for node in nodes:
        node.edges = nodes
    return nodes[0]


def two_rings_with_a_bridge():
    a, b = ring(4), ring(5)
    a.bridge = b
    return a


def ring_with_a_tail():
    a = ring(3)
    a.tail = {"untracked": {"also": 1}, "tail": [Node("tail"), ("tuple", [1.5, 2 ** 70])]}
    return a


def figure_eight():
    centre = Node("centre")
    left, right = Node("left"), Node("right")
    centre.edges = [left, right]
    left.edges = right.edges = [centre]
    return centre


def slotted_ring():
    a, b = Slotted(), Slotted()
    a.next, b.next = b, a
    a.payload = bytearray(b"payload of a slot")
    return a


def parent_child():
    parent = Node("parent")
    for i in range(20):
        child = Node("child %d" % i)
        child.parent = parent
        parent.edges.append(child)
    return parent


def long_chain(n):
    first = last = Node("first")
    for i in range(n):
        last.next = Slotted()
        node = Node(i)
        last.next.next = node
        last = node
    last.back = first
    return first


def class_cycle():
    class Local(Node):
        instances = []

        def method(self):
            return super().__init__("x")
    Local.instances.append(Local("own class"))
    return Local


def nested_classes():
    class Meta(type):
        pass

    class Outer(metaclass=Meta):
        class Inner:
            pass
    Outer.Inner.outer = Outer
    Meta.made = Outer
    return Outer()


def closure_cycle():
    def f():
        return f, g

    def g():
        return f
    return f


def exception_cycle():
    try:
        raise ValueError("in garbage", [1])
    except ValueError as error:
        cause = error
        keep = sys.exc_info()
        frame = sys._getframe()
    return cause


def generator_cycle():
    def gen(box):
        local = ["generator local"]
        yield local, box
    box = []
    box.append(gen(box))
    next(box[0])
    return box


def method_cycle():
    node = Node("method")
    node.callback = node.__init__
    node.builtin = node.edges.append
    node.wrapper = node.__eq__
    return node


def container_cycles():
    result = []
    for make in (list, dict, collections.deque, collections.OrderedDict,
                 lambda: collections.UserDict()):
        container = make()
        if hasattr(container, "append"):
            container.append(container)
        else:
            container["self"] = container
        result.append(container)
    t = ([],)
    t[0].append(t)
    result.append(t)
    node = Node("in a set")
    node.set = {node}
    node.frozen = frozenset([node])
    result.append(node)
    return result


def module_cycle():
    module = types.ModuleType("lost_module")
    exec("def f(): return g\ndef g(): return f\nclass C: pass\nvalue = [C()]\n", module.__dict__)
    module.itself = module
    return module


def weak_inside():
    a, b = Node("a"), Node("b")
    a.other, b.other = b, a
    a.weak = weakref.ref(b)
    a.weak_callback = weakref.ref(b, log.append)
    a.proxy = weakref.proxy(a)
    return a


def finalizers():
    nodes = ring(4, Finalized)
    lone = Finalized("lone, held by a ring")
    nodes.lone = lone
    return nodes


def holds_living():
    node = ring(3)
    node.living = [kept, Node, sys, log]
    return node


def held_by_tuple_of_untracked():
    node = Node("x")
    node.value = (1, 2.5, "untracked tuple %d" % id(node), (3, b"bytes of garbage"))
    node.dictionary = {"plain": 1, "values": "only %s" % "strings"}
    node.self = node
    return node


SHAPES = [self_loop, lambda: ring(2), lambda: ring(50), lambda: clique(8), two_rings_with_a_bridge,
          ring_with_a_tail, figure_eight, slotted_ring, parent_child, lambda: long_chain(300),
          class_cycle, nested_classes, closure_cycle, exception_cycle, generator_cycle,
          method_cycle,
          container_cycles, module_cycle, weak_inside, finalizers, holds_living,
          held_by_tuple_of_untracked]
for shape in SHAPES:
    shape()
    kept.append(shape())
for i in range(100):
    self_loop()
    parent_child()
outer = [weakref.ref(ring(3)), weakref.ref(ring(3), log.append), weakref.WeakSet([ring(2)])]
acyclic = Node("dies at once")
del acyclic, shape, i
