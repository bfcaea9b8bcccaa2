# SPDX-License-Identifier: MIT
"""Worker threads with a buffer each, so that none waits for another. Reset is for the next request."""
import queue
import threading

local = threading.local()
jobs = queue.Queue()


class Trace:
    """What a request did, for the profiler."""

    def __init__(self):
        self.spans = []

    def span(self, name, micros):
        self.spans.append({"name": name, "micros": micros})


def trace():
    if not hasattr(local, "trace"):
        local.trace = Trace()
    return local.trace


def handle(number):
    spans = trace()
    for step in range(8):
        spans.span("step %d of request %d" % (step, number), number % (step + 7))


def worker():
    while True:
        handle(jobs.get())
        jobs.task_done()


def main():
    for number in range(8):
        threading.Thread(target=worker, name="worker-%d" % number, daemon=True).start()
    for hour in range(1, 3):
        for number in range(3000):
            jobs.put(number)
        jobs.join()
        print("hour", hour, flush=True)
        input()


if __name__ == "__main__":
    main()
