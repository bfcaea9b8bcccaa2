# SPDX-License-Identifier: MIT
"""What runs in the background."""
import asyncio
import contextvars
import logging
import threading
import weakref

from shop.cache import Page, pages, price
from shop.registry import Limits, Remembered, Request, Route, Setting, remember, routes

callbacks = []
current_user = contextvars.ContextVar("current_user")
local = threading.local()
log = logging.getLogger("shop")
last_error = None
pump = None
watch = None
holders = []
tasks = set()


class Upload:
    pass


class Captured:
    pass


class User:
    pass


class Record:
    pass


class Broken:
    pass


class Chunk:
    pass


class Job:
    pass


class Watched:
    pass


class Watcher:
    pass


class Buffering(logging.Handler):
    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append(record)


def subscribe():
    captured = Captured()
    callbacks.append(lambda: captured)  # LEAK: the closure


def fail():
    broken = Broken()
    raise ValueError("no")


def chunks():
    chunk = Chunk()
    yield chunk
    yield None


async def upload():
    await_it, file = asyncio.Event(), Upload()
    await await_it.wait()
    return file


def start():
    tasks.add(asyncio.get_running_loop().create_task(upload()))  # LEAK: nothing wakes it


def leak():
    global last_error, pump, watch
    route = Route("/", None)
    route.seen.append(Request())
    routes.append(route)
    Limits.current["a limit"] = Setting()
    remember(Remembered())
    pages["/index"] = Page()
    price("apple")
    subscribe()
    current_user.set(User())   # LEAK: never reset
    local.record = Record()    # LEAK: the thread lives on
    try:
        fail()
    except ValueError as error:
        last_error = error     # LEAK: its traceback holds the frames
    pump = chunks()            # LEAK: suspended for good
    next(pump)
    handler = Buffering()      # LEAK: handlers are added, never removed
    log.addHandler(handler)
    log.warning("one", extra={"job": Job()})
    watched = Watched()
    told = Watcher()
    watch = weakref.ref(watched, lambda _: told)  # LEAK: the callback's closure
    holders.append(watched)
