# SPDX-License-Identifier: MIT
"""holder.py: one object at each place outside the objects that can own one. Prints which, waits."""
import asyncio
import atexit
import codecs
import contextvars
import ctypes
import gc
import json
import os
import signal
import sys
import threading
import time


class Held:
    """One for each place, so that an address tells the place."""


class Module(Held):
    """In sys.modules."""


def held(place, object_, number=0):
    PLACES.append([place, id(object_), number])
    return object_


PLACES = []
READY = threading.Event()
LOCAL = threading.local()
VARIABLE = contextvars.ContextVar("variable")

sys.modules["held.module"] = held("module", Module())
codecs.register(held("codec search function", lambda name: None))
codecs.register_error("held-error", held("codec error handler", lambda error: ("", 0)))
atexit.register(held("atexit callback", lambda: None))
gc.callbacks.append(held("collector's callback", lambda phase, info: None))
signal.signal(signal.SIGUSR1, held("signal handler", lambda number, frame: None))
os.register_at_fork(after_in_child=held("at fork", lambda: None))
LOCAL.value = held("thread-local", Held())
VARIABLE.set(held("context", Held()))
held("static type", int)
held("heap type", Held)
held("interned string", sys.intern("a string that only " + "this program interns"))
held("builtins", sys.modules["builtins"].__dict__)


def profile(frame, event, argument):
    """Of one thread."""


def nested(number):
    inner = held("local of a thread", Held(), threading.get_ident())
    try:
        raise ValueError(number)
    except ValueError as error:
        held("exception being handled", error, threading.get_ident())
        sys.setprofile(held("profile function", profile, threading.get_ident()))
        READY.set()
        while True:
            time.sleep(60)
    return inner


def generate():
    variable = held("variable of a generator", Held())
    yield variable


async def wait():
    awaited = held("variable of a coroutine", Held())
    await asyncio.sleep(600)
    return awaited


def second_interpreter():
    """Another interpreter, with a module of its own; its id, or None."""
    code = "import sys; sys.modules['of.second'] = sys; held_by_second = ['a list of the second']"
    for name in ("_interpreters", "_xxsubinterpreters"):
        try:
            module = __import__(name)
            number = module.create()
            # Up to 3.12 it goes with what names it.
            sys.modules["held.second"] = number
            module.run_string(number, code)
        except (ImportError, RuntimeError, AttributeError, TypeError):
            continue
        return int(number)
    return None


GENERATOR = generate()
next(GENERATOR)
LOOP = asyncio.new_event_loop()
TASK = LOOP.create_task(wait())
LOOP.call_soon(LOOP.stop)
LOOP.run_forever()
SECOND = second_interpreter()
threading.Thread(target=nested, args=(1,), daemon=True, name="worker").start()
READY.wait()
LOST = held("external", Held())
ctypes.pythonapi.Py_IncRef(ctypes.py_object(LOST))
del LOST


def main():
    mine = held("local of the main thread", Held(), threading.get_ident())
    print(json.dumps({"places": PLACES, "second": SECOND, "version": sys.version_info[:2]}),
          flush=True)
    time.sleep(600)
    return mine


main()
