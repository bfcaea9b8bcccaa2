# SPDX-License-Identifier: MIT
"""Finalizers that resurrect, fail or break cycles, and weak reference callbacks in garbage.

Automatic collection stays on here, with thresholds: the generations are filled and some objects
have been finalized already.
"""
import gc
import weakref

gc.set_threshold(300, 5, 5)
log = []
resurrected = []


class Lazarus:
    def __init__(self, name):
        self.name = name
        self.me = self

    def __del__(self):
        resurrected.append(self)


class Breaks:
    def __init__(self):
        self.me = self

    def __del__(self):
        self.__dict__.clear()


class Fails:
    def __init__(self):
        self.me = [self]
        self.failed = False

    def __del__(self):
        self.failed = True


class Creates:
    def __init__(self, depth):
        self.me = self
        self.depth = depth

    def __del__(self):
        if self.depth:
            Creates(self.depth - 1)


class WithCallback:
    def __init__(self):
        self.me = self
        self.weak = weakref.ref(self, log.append)


def generator():
    me = []
    me.append((yield))
    try:
        yield me
    finally:
        log.append("generator closed")


def note(phase, info):
    if phase == "stop":
        log.append(info["generation"])


gc.callbacks.append(note)
survivors = []
for i in range(2000):
    survivors.append([i])
    if i % 10 == 0:
        Lazarus("early %d" % i)
        Breaks()
        Creates(2)
gc.collect()
# All of these have been through their finalizer once; half of them become garbage again.
del resurrected[::2]
gc.set_threshold(100000, 50, 50)
gc.callbacks.clear()
for i in range(20):
    Lazarus("late %d" % i)
    Breaks()
    Fails()
    Creates(3)
    WithCallback()
    g = generator()
    next(g)
    g.send(g)
del g
outside = [weakref.ref(Lazarus("watched"), log.append) for _ in range(3)]
finalizer = weakref.finalize(WithCallback(), log.append, "finalized")
resurrected[0].garbage_again = weakref.ref(resurrected[1])
dead = resurrected.pop()
dead.held = "by something finalized before"
del dead
gc.garbage.append(["in gc.garbage"])
