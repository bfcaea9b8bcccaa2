# SPDX-License-Identifier: MIT
"""Tasks of asyncio in every way of waiting, those in Python too, and some that wait for each other."""
import asyncio
import threading

from program import snapshot


async def leaf(event):
    numbers = [1, 2]
    await event.wait()
    return numbers


async def middle(event):
    shown = lambda: event  # a cell
    await leaf(event)
    return shown


async def count(event):
    yield 1
    await event.wait()
    yield 2


async def generated(event):
    async for number in count(event):
        kept = number
    return kept


async def transfer(first, second):
    async with first:
        await asyncio.sleep(0)
        async with second:
            pass


async def mutual(tasks, other):
    await asyncio.sleep(0)
    await tasks[other]


async def gathered(event):
    await asyncio.gather(leaf(event), middle(event))


async def shielded(event):
    await asyncio.shield(leaf(event))


async def waits(event):
    await asyncio.wait([asyncio.ensure_future(leaf(event))])


async def timed(event):
    await asyncio.wait_for(leaf(event), 1000)


async def slept():
    await asyncio.sleep(1000)


async def grouped(event):
    async with asyncio.TaskGroup() as group:
        group.create_task(leaf(event))
        group.create_task(middle(event), name="member")


async def fails():
    raise ValueError("kept by its task")


class Plain(asyncio.tasks._PyTask):
    """A task in Python."""


def yields():
    got = yield from deeper()
    return got


def deeper():
    yield 1
    yield 2


async def main():
    event = asyncio.Event()
    one, two = asyncio.Lock(), asyncio.Lock()
    loop = asyncio.get_running_loop()
    ways = [gathered, shielded, waits, timed, generated, middle]
    if hasattr(asyncio, "TaskGroup"):
        ways.append(grouped)
    tasks = {way.__name__: asyncio.create_task(way(event), name=way.__name__) for way in ways}
    tasks["slept"] = asyncio.create_task(slept())
    tasks["left"] = asyncio.create_task(mutual(tasks, "right"))
    tasks["right"] = asyncio.create_task(mutual(tasks, "left"))
    tasks["one"] = asyncio.create_task(transfer(one, two), name="one")
    tasks["two"] = asyncio.create_task(transfer(two, one), name="two")
    tasks["failed"] = asyncio.create_task(fails())
    tasks["plain"] = Plain(middle(event), loop=loop, name="plain")
    tasks["cancelled"] = asyncio.create_task(slept())
    for _ in range(5):
        await asyncio.sleep(0)
    tasks["cancelled"].cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    tasks["fresh"] = asyncio.create_task(leaf(event))
    half = yields()
    next(half)
    blocked = threading.Thread(target=block, args=(threading.Event(),), name="blocked",
                               daemon=True)
    blocked.start()
    while not STARTED.is_set():
        pass
    try:
        raise KeyError("handled")
    except KeyError:
        snapshot()


STARTED = threading.Event()


def block(forever):
    STARTED.set()
    forever.wait()


asyncio.run(main())
