# SPDX-License-Identifier: MIT
"""Context variables and everything weak."""
import contextvars
import gc
import weakref

gc.disable()


class Thing:
    def __init__(self, name):
        self.name = name

    def method(self):
        return self.name


class Hashed:
    __slots__ = ("value", "__weakref__")

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return hash(self.value)

    def __eq__(self, other):
        return isinstance(other, Hashed) and self.value == other.value


calls = []
variables = [contextvars.ContextVar("variable %d" % i) for i in range(40)]
with_default = contextvars.ContextVar("with default", default=["default"])
tokens = [v.set(["value", i]) for i, v in enumerate(variables)]
contexts = [contextvars.copy_context() for _ in range(3)]
reset = variables[0].set("again")
variables[0].reset(reset)


def in_context(depth, value):
    with_default.set([value])
    contexts.append(contextvars.copy_context())
    variables[depth].set({"depth": depth})
    if depth:
        contexts[-1].run(in_context, depth - 1, value)
    return contextvars.copy_context()


contexts.append(contexts[0].run(in_context, 5, "inside"))
contexts.append(contextvars.Context())
iterators = [iter(contexts[0]), contexts[0].items(), contexts[0].keys(), contexts[0].values(),
             iter(contexts[1].items())]
for iterator in (iterators[0], iterators[-1]):
    next(iterator)
got = [v.get() for v in variables[:5]] + [with_default.get()]

things = [Thing("thing %d" % i) for i in range(20)]
weak = [weakref.ref(t) for t in things]
with_callback = [weakref.ref(t, calls.append) for t in things[:5]]
shared = [weakref.ref(things[0]), weakref.ref(things[0])]
proxies = [weakref.proxy(t) for t in things[:3]] + [weakref.proxy(things[4].method.__func__)]
proxy_callback = weakref.proxy(things[5], calls.append)
methods = [weakref.WeakMethod(things[6].method), weakref.WeakMethod(things[7].method, calls.append)]
finalizers = [weakref.finalize(t, calls.append, "finalized", [t.name]) for t in things[:4]]
finalizers[0].atexit = False
finalizers[1].detach()
weak_set = weakref.WeakSet(things)
weak_values = weakref.WeakValueDictionary((t.name, t) for t in things)
weak_keys = weakref.WeakKeyDictionary((t, [t.name]) for t in things)
hashed = [Hashed(i) for i in range(10)]
hashed_keys = weakref.WeakKeyDictionary((h, "value %d" % h.value) for h in hashed)
partial_iterators = [iter(weak_set), iter(weak_values.items()), iter(weak_keys.keys())]
for iterator in partial_iterators:
    next(iterator)


class SubRef(weakref.ref):
    __slots__ = ("extra",)

    def __new__(cls, target, callback=None, extra=None):
        self = super().__new__(cls, target, callback)
        self.extra = extra
        return self

    def __init__(self, target, callback=None, extra=None):
        super().__init__(target, callback)


class DictRef(weakref.ref):
    pass


sub_refs = [SubRef(things[8], None, ["extra"]), SubRef(things[8], calls.append, {"more": 1})]
dict_ref = DictRef(things[9])
dict_ref.attribute = [dict_ref]
dead = [weakref.ref(Thing("dead")), weakref.proxy(Thing("dead")), SubRef(Thing("dead"), None, [1])]
dead_values = weakref.WeakValueDictionary(x=Thing("gone"))
weak_to = [weakref.ref(x) for x in (Thing, set(), frozenset("ab"), Thing.method, (x for x in "y"),
                                    type("Gone", (), {}))]
alive_set = {1, 2}
weak_to_set = weakref.ref(alive_set)
weak_lookup = [weakref.getweakrefs(things[0]), weakref.getweakrefcount(things[1])]


# Garbage seen by weak references from inside and outside.
def leak():
    a, b = Thing("a"), Thing("b")
    a.other, b.other = b, a
    a.inner = weakref.ref(b, calls.append)
    a.inner_proxy = weakref.proxy(a)
    weak_set.add(a)
    weak_keys[b] = ["value of garbage"]
    weak_values["b"] = b
    weakref.finalize(a, calls.append, "leaked")
    cyclic = SubRef(b, None)
    cyclic.extra = cyclic
    context = contextvars.Context()
    context.run(with_default.set, [context, "context cycle"])
    variable = contextvars.ContextVar("cyclic", default=[])
    variable.get().append(variable)
    return weakref.ref(a), weakref.ref(b, calls.append)


outside = leak()
