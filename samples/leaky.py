# SPDX-License-Identifier: MIT
"""A nightly import that grows until it is killed: orders come in, totals go out.

It looks like many scripts of its kind and makes the five mistakes they make; each is marked LEAK.
samples/demo.sh takes two dumps of it and finds them all, from the dumps alone.
"""
import argparse
import functools
import gc
import random
import time

COLUMNS = ("order", "customer", "region", "price", "quantity")
REGIONS = ("north", "south", "east", "west")

on_import_done = []   # called at the end of the night with the totals
rejected_rows = []    # LEAK 3: "we look at these later"; nobody ever does, nothing clears it
pending_retries = {}  # batch number -> a function that tries the batch again


class Frame:
    """A table by columns, as data frames are."""

    def __init__(self, columns):
        self.columns = columns
        self.rows = len(columns["order"])

    def total(self):
        return sum(p * q for p, q in zip(self.columns["price"], self.columns["quantity"]))


class Customer:
    def __init__(self, key, name, region):
        self.key = key
        self.name = name
        self.region = region


class RejectedRow:
    def __init__(self, batch, row, reason):
        self.batch = batch
        self.row = row
        self.reason = reason


class Session:
    """A connection that wants to be closed; it and its cursor know each other."""

    open_count = 0

    def __init__(self, batch):
        Session.open_count += 1
        self.batch = batch
        self.cursor = Cursor(self)  # LEAK 4: a cycle, and the collector is switched off below

    def __del__(self):
        Session.open_count -= 1


class Cursor:
    def __init__(self, session):
        self.session = session
        self.fetched = list(range(20))


class Batch:
    def __init__(self, number, payload):
        self.number = number
        self.payload = payload


@functools.lru_cache(maxsize=None)  # LEAK 2: keys never repeat for long, so this only grows
def find_customer(key):
    return Customer(key, "customer %d" % key, REGIONS[key % len(REGIONS)])


def read_rows(session, random_source):
    first = session.batch * 1000
    for order in range(first, first + 200):
        yield (order, random_source.randrange(session.batch * 50, session.batch * 50 + 100),
               random_source.choice(REGIONS), round(random_source.uniform(1, 500), 2),
               random_source.randrange(-1, 20))


def load_batch(number, random_source):
    session = Session(number)
    columns = {name: [] for name in COLUMNS}
    for row in read_rows(session, random_source):
        if row[-1] < 0:
            rejected_rows.append(RejectedRow(number, row, "negative quantity"))
            continue
        for name, value in zip(COLUMNS, row):
            columns[name].append(value)
        find_customer(row[1])
    return Frame(columns)


def report_when_done(frame):
    # LEAK 1: the default argument keeps the whole frame for a callback that wants one number
    def report(totals, frame=frame):
        totals.append(frame.total())
    on_import_done.append(report)


def retry_later(batch):
    # LEAK 5: the closure keeps the batch with its payload; a batch that succeeded stays listed
    def retry():
        return len(batch.payload)
    pending_retries[batch.number] = retry


def run(batches, pause):
    gc.disable()  # "makes the import 5% faster"
    random_source = random.Random(4711)
    for number in range(1, batches + 1):
        report_when_done(load_batch(number, random_source))
        retry_later(Batch(number, bytearray(10_000)))
        print("batch", number, flush=True)
        time.sleep(pause)


def let_debuggers_attach():
    """Where the kernel lets only parents trace a process, asks it to let others of the same user too."""
    try:
        with open("/proc/sys/kernel/yama/ptrace_scope", encoding="ascii") as scope:
            restricted = scope.read().strip() == "1"
    except OSError:
        return
    if restricted:
        import ctypes
        pr_set_ptracer, any_process = 0x59616D61, ctypes.c_ulong(-1)
        ctypes.CDLL(None).prctl(pr_set_ptracer, any_process, 0, 0, 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--batches", type=int, default=1000)
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between batches")
    arguments = parser.parse_args()
    let_debuggers_attach()
    run(arguments.batches, arguments.pause)
