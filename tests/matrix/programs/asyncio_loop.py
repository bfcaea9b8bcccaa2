# SPDX-License-Identifier: MIT
"""An event loop with tasks in every state; the snapshot is taken inside of it."""
import asyncio
import contextvars
import gc
import sys

gc.disable()
request = contextvars.ContextVar("request", default=None)
log = []
REASON = ["reason"] if sys.version_info >= (3, 9) else []


class Session:
    def __init__(self, n):
        self.n = n
        self.queue = asyncio.Queue(maxsize=2)
        self.lock = asyncio.Lock()
        self.event = asyncio.Event()
        self.condition = asyncio.Condition()
        self.semaphore = asyncio.Semaphore(1)
        self.task = None


async def wait_queue(session):
    request.set(["request", session.n])
    item = await session.queue.get()
    return item


async def put_queue(session):
    for i in range(5):
        await session.queue.put({"item": i})


async def wait_lock(session):
    async with session.lock:
        await session.event.wait()


async def wait_condition(session):
    async with session.condition:
        await session.condition.wait_for(lambda: session.n < 0)


async def sleeper(seconds, value):
    try:
        await asyncio.sleep(seconds, value)
    finally:
        log.append("never")


async def fails(message):
    payload = [message]
    raise ValueError(message, payload)


async def returns(value):
    return [value]


async def gatherer(*awaitables):
    return await asyncio.gather(*awaitables, return_exceptions=True)


async def waits_for(awaitable):
    return await asyncio.wait_for(awaitable, 1000)


async def with_timeout():
    if sys.version_info < (3, 11):
        return await asyncio.wait_for(asyncio.gather(sleeper(900, "in group"),
                                                     sleeper(900, "in group")), 500)
    async with asyncio.timeout(500):
        async with asyncio.TaskGroup() as group:
            group.create_task(sleeper(900, "in group"), name="member one")
            group.create_task(sleeper(900, "in group"))


async def ticker():
    n = 0
    while True:
        yield n
        n += 1
        await asyncio.sleep(0)


async def iterates():
    async for n in ticker():
        if n == 3:
            await asyncio.Event().wait()


def callback(*args):
    log.append(args)


def leave_garbage(loop):
    future = loop.create_future()
    future.add_done_callback(lambda f: future)
    future.payload = "a future that holds itself"

    async def cyclic(box):
        await asyncio.sleep(0)
        return box
    box = ["returned to itself"]
    task = loop.create_task(cyclic(box))
    box.append(task)


async def main():
    loop = asyncio.get_running_loop()
    sessions = [Session(i) for i in range(4)]
    tasks = []
    for session in sessions:
        for coroutine in (wait_queue, wait_lock, wait_condition):
            session.task = asyncio.create_task(coroutine(session))
            tasks.append(session.task)
    tasks.append(asyncio.create_task(put_queue(sessions[3]), name="putter"))
    tasks.append(asyncio.create_task(gatherer(sleeper(700, 1), sleeper(800, [2]), fails("third"))))
    tasks.append(asyncio.create_task(waits_for(loop.create_future())))
    tasks.append(asyncio.create_task(with_timeout()))
    tasks.append(asyncio.create_task(iterates()))
    done = [asyncio.create_task(fails("not retrieved")), asyncio.create_task(returns("value"))]
    cancelled = asyncio.create_task(sleeper(600, "cancelled"))
    await asyncio.sleep(0)
    cancelled.cancel(*REASON)
    shielded = asyncio.shield(sleeper(650, "shielded"))
    futures = [loop.create_future() for _ in range(4)]
    futures[0].set_result({"result": [1]})
    futures[1].set_exception(KeyError("kept"))
    futures[2].add_done_callback(callback)
    futures[2].add_done_callback(lambda f: f)
    futures[3].cancel(*REASON)
    handles = [loop.call_later(1000 + i, callback, "later", [i]) for i in range(5)]
    handles.append(loop.call_at(loop.time() + 5000, callback))
    handles[2].cancel()
    leave_garbage(loop)
    for _ in range(10):
        await asyncio.sleep(0)
    soon = loop.call_soon(callback, "soon", sessions)
    context = contextvars.copy_context()
    executor = loop.run_in_executor(None, str, "in a thread")
    await executor
    reader = asyncio.StreamReader()
    reader.feed_data(b"partial line")
    read = asyncio.create_task(reader.readline())
    server = await asyncio.start_unix_server(callback, path="socket")
    streams = await asyncio.open_unix_connection(path="socket")
    await asyncio.sleep(0)
    kept = (done, cancelled, shielded, handles, soon, context, read, server, streams)
    snapshot()
    return kept


asyncio.run(main())
