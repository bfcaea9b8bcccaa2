# SPDX-License-Identifier: MIT
"""Generators, coroutines and async generators, suspended everywhere; snapshot inside of one."""
import contextlib
import gc
import inspect
import sys
import types

gc.disable()


def count(start, step=[1]):
    local = {"start": start}
    while True:
        try:
            with contextlib.nullcontext(["resource"]) as resource:
                received = yield start, local, resource
        except ValueError as error:
            kept = error
            yield kept
        finally:
            start += 1


def delegate(n):
    result = yield from delegate(n - 1) if n else count(n)
    return result


def many_values():
    a, b, c = "a", ["b"], {"c": 1}
    yield [a, b, (yield c), [x for x in (yield b)]]


def in_handler():
    try:
        raise KeyError("inside", ["payload"])
    except KeyError as error:
        try:
            raise RuntimeError("second") from error
        except RuntimeError:
            yield sys.exc_info()[1]


@types.coroutine
def suspend(value):
    return (yield value)


async def nested(depth, argument):
    held = [depth, argument]
    if depth:
        return await nested(depth - 1, held)
    return await suspend(held)


class Context:
    def __init__(self):
        self.entered = []

    async def __aenter__(self):
        self.entered.append(self)
        await suspend("entering")
        return self

    async def __aexit__(self, *args):
        await suspend("exiting")

    def __aiter__(self):
        return self

    async def __anext__(self):
        return await suspend("next")

    def __await__(self):
        yield self


async def with_context():
    async with Context() as c:
        async for item in c:
            return item


async def agen(items):
    for item in items:
        received = yield item, items
        await suspend(received)


async def consume():
    async for x in agen([1, [2], "three"]):
        return [y async for y in agen([x])]


def closure_generator():
    captured = ["captured"]

    def inner():
        yield captured
        captured.append(inner)
        yield captured
    return inner()


fresh = [count(0), nested(2, "arg"), agen([1]), delegate(3), many_values()]
started = [count(i) for i in range(5)]
for n, g in enumerate(started):
    for _ in range(n):
        next(g)
thrown = count(100)
next(thrown)
thrown.throw(ValueError("thrown", ["in"]))
delegated = [delegate(n) for n in range(6)]
for d in delegated:
    next(d)
values = many_values()
next(values)
values.send("sent")
handler = in_handler()
handled = next(handler)
finished = (x for x in range(2))
finished_list = list(finished)
closed = count(1)
next(closed)
closed.close()
expressions = [(x for x in [1, 2, 3]), (x * y for x in range(3) for y in [x] * 2),
               ((a for a in b) for b in [[1], [2]])]
for e in expressions:
    next(e)
coroutines = [nested(i, {"n": i}) for i in range(5)]
steps = [c.send(None) for c in coroutines]
context = with_context()
context_steps = [context.send(None), context.send(None)]
agens = [agen([[i], i]) for i in range(3)]
asends = [a.asend(None) for a in agens]
agen_values = []
try:
    asends[0].send(None)
except StopIteration as stop:
    agen_values.append(stop.value)
pending_asend = agens[0].asend("sent")
pending_step = pending_asend.send(None)
athrow = agens[1].athrow(ValueError("later"))
aclose = agens[2].aclose()
consumer = consume()
try:
    consumer_step = consumer.send(None)
except StopIteration as stop:
    consumer_step = stop.value
wrapper = nested(1, "w").__await__()
wrapper_step = next(wrapper)
awaited = Context().__await__()
awaited_step = next(awaited)
if sys.version_info >= (3, 10):
    anext_default = anext(Context(), ["default"])
    anext_awaitable = anext_default.__await__()
closures = [closure_generator() for _ in range(3)]
next(closures[1]), next(closures[2]), next(closures[2])
frames = [started[1].gi_frame, coroutines[0].cr_frame, thrown.gi_frame, fresh[0].gi_frame]
frame_locals = [f.f_locals for f in frames]
running_frame = sys._getframe()
stack = inspect.stack()[:1]


@contextlib.contextmanager
def manager(x):
    y = [x]
    yield y


managers = [manager(1), manager(2)]
managers[0].__enter__()
exits = contextlib.ExitStack()
exits.enter_context(manager("stacked"))
exits.callback(print, "never", ["run"])
aexits = contextlib.AsyncExitStack()


# Garbage: a suspended generator, coroutine and async generator that hold themselves.
def leak():
    def loop(box):
        box.append("local of garbage")
        yield box
    box = []
    box.append(loop(box))
    next(box[0])

    async def forever(box):
        box.append(["coroutine"])
        await suspend(box)
    box = []
    box.append(forever(box))
    box[0].send(None)

    async def stream(box):
        yield box
    box = []
    box.append(stream(box))
    step = box[0].asend(None)
    try:
        step.send(None)
    except StopIteration:
        pass
    box.append(step)
    box = []
    g = loop(box)
    next(g)
    box.append(g.gi_frame)


leak()


def last(depth):
    local = ["frame", depth]
    if depth:
        yield from last(depth - 1)
    snapshot()
    yield local


list(last(3))
