# SPDX-License-Identifier: MIT
"""Threads blocked everywhere, with locals and thread-locals, and what synchronises them."""
import _thread
import concurrent.futures
import gc
import queue
import threading
import time
import weakref

gc.disable()
threading.stack_size(512 << 10)
local = threading.local()
started = threading.Semaphore(0)


class OwnLocal(threading.local):
    def __init__(self, argument):
        self.argument = [argument]


class OwnThread(threading.Thread):
    def __init__(self, n):
        super().__init__(daemon=True, name="own %d" % n)
        self.n = n
        self.event = threading.Event()

    def run(self):
        held = ["local of own thread", self.n]
        blocks(lambda: self.event.wait(), held)


own_local = OwnLocal("shared argument")
thread_weak = weakref.WeakSet()


class Held:
    pass


def blocks(wait, *arguments, depth=3):
    """Go down a few frames, fill the thread-locals, then block for ever."""
    mine = Held()
    mine.arguments = arguments
    if depth:
        return blocks(wait, mine, depth=depth - 1)
    local.mine = mine
    local.name = "thread-local %d" % len(arguments)
    own_local.argument.append(mine)
    thread_weak.add(mine)
    try:
        raise ValueError("being handled while blocked", mine)
    except ValueError:
        started.release()
        wait()


def generator_blocks(wait):
    def inner():
        kept = ["in a generator of a blocked thread"]
        yield kept
        blocks(wait)
        yield kept
    for item in inner():
        last = item


lock = threading.Lock()
lock.acquire()
raw_lock = _thread.allocate_lock()
raw_lock.acquire()
rlock = threading.RLock()
rlock.acquire()
rlock.acquire()
free_rlock = threading.RLock()
event = threading.Event()
condition = threading.Condition()
semaphore = threading.BoundedSemaphore(1)
semaphore.acquire()
barrier = threading.Barrier(3, action=print)
things = queue.Queue()
full = queue.Queue(1)
full.put(["blocks the next"])
simple = queue.SimpleQueue()


def in_condition():
    with condition:
        condition.wait()


waits = [lock.acquire, raw_lock.acquire, rlock.acquire, event.wait, in_condition, semaphore.acquire,
         barrier.wait, things.get, lambda: full.put(["waiting"]), simple.get,
         lambda: time.sleep(3000)]
threads = [threading.Thread(target=blocks, args=(wait, ["argument"]), daemon=True,
                            name="thread %d" % i)
           for i, wait in enumerate(waits)]
threads.append(threading.Thread(target=generator_blocks, args=(event.wait,), daemon=True))
own = [OwnThread(i) for i in range(3)]
for thread in threads + own:
    thread.start()
for thread in threads + own:
    started.acquire()
never_started = threading.Thread(target=print, args=([1],))
finished = threading.Thread(target=local.__setattr__, args=("gone", [1]))
finished.start()
finished.join()
timer = threading.Timer(3000, print)
timer.daemon = True
timer.start()
executor = concurrent.futures.ThreadPoolExecutor(3, thread_name_prefix="pool")
futures = [executor.submit(blocks, event.wait, ["submitted", i]) for i in range(5)]
done = concurrent.futures.ThreadPoolExecutor(1)
done_future = done.submit(lambda: ["result"])
failed_future = done.submit(lambda: 1 / 0)
failed_future.exception()
for i in range(3):
    started.acquire()
local.mine = ["of the main thread"]
local.itself = local
ident = _thread.get_ident()
handle = _thread.start_new_thread(blocks, (event.wait, "raw"))
started.acquire()
# Whoever said it had started is about to block: let it.
time.sleep(0.3)


# Garbage: thread-locals, locks in their own conditions, threads that never ran.
def leak():
    lost = threading.local()
    lost.itself = lost
    lost.text = ["value of a garbage thread-local"]
    unstarted = threading.Thread(target=print, args=([],))
    unstarted._args[0].append(unstarted)
    own = OwnLocal("argument")
    own.argument.append(own)
    cycle = threading.Condition()
    cycle.owner = cycle


leak()
del thread
