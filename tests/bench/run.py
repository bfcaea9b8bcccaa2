# SPDX-License-Identifier: MIT
"""Measures refgraph against what the interpreter itself needs for one pass over the same heap.

    run.py [--nodes N] [--runs N] [--python PROGRAM]      (make bench)

Prints ratios with their spread, since the digits belong to the machine: the cost of `types` against
one gc.collect() of the program under test plus reading the dump once, what each command costs, and
the memory. The exit status is 1 if a limit was exceeded.
"""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES_LIMIT = 2.5           # times gc.collect() plus reading the core
LEAKS_LIMIT = 8             # times gc.collect(), for all that leaks does
BACKREFS_LIMIT = 0.3        # seconds beyond loading, for an object below a hub
BYTES_AN_OBJECT, BYTES_AT_ALL = 96, 64 << 20
MIB = 1 << 20


class Measured:
    """Seconds of several runs, and the most memory that one of them took."""

    def __init__(self, seconds, peak=0):
        self.seconds, self.peak = sorted(seconds), peak
        self.median = statistics.median(seconds)

    def __str__(self):
        text = "%.3f s (%.3f to %.3f)" % (self.median, self.seconds[0], self.seconds[-1])
        return text + (", %d MiB" % (self.peak // MIB) if self.peak else "")


def run_once(command, data_limit=None):
    """Seconds, peak memory and status of one whole run, output thrown away but for its errors."""
    def limit():
        if data_limit:
            resource.setrlimit(resource.RLIMIT_DATA, (data_limit, data_limit))
    start = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          preexec_fn=limit) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - start, usage.ru_maxrss * 1024, process.returncode


def measure(command, runs):
    results = [run_once(command) for _ in range(runs)]
    for _, _, status in results:
        if status not in (0, 1):
            sys.exit("bench: status %d of: %s" % (status, " ".join(command)))
    return Measured([seconds for seconds, _, _ in results], max(peak for _, peak, _ in results))


def dump(process, folder):
    """A core of the process by gcore, whose own Python must not see the caller's settings."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    prefix = os.path.join(folder, "core")
    done = subprocess.run(["gcore", "-o", prefix, str(process)], env=environment, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    path = "%s.%d" % (prefix, process)
    if done.returncode or not os.path.exists(path):
        sys.exit("bench: gcore failed:\n" + done.stdout)
    return path


def make_core(options, folder):
    command = [options.python, "-I", "-B", os.path.join(HERE, "nodes.py"),
               str(options.nodes), str(options.runs)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as program:
        said = json.loads(program.stdout.readline())
        core = dump(said["pid"], folder)
        program.stdin.close()
    return core, Measured(said["collect"])


def commands(refgraph, core, folder):
    """One line for what each command costs, in the order of the manual."""
    node = "__main__.Node#%d" % 12345
    for words in (["info", core], ["types", core], ["growth", core, core], ["cycles", core],
                  ["chain", core, node], ["refs", core, node], ["backrefs", core, node],
                  ["objects", core, "-n", "100"], ["retained", core], ["leaks", core],
                  ["convert", core, "-o", os.path.join(folder, "all.ndjson")]):
        yield words[0], [refgraph] + words


def verdict(name, value, limit, unit=""):
    """Prints a figure beside its limit; True where it holds."""
    holds = value <= limit
    print("%-34s %8.2f%s   limit %.2f%s   %s"
          % (name, value, unit, limit, unit, "holds" if holds else "EXCEEDED"))
    return holds


def bench(options, folder):
    core, collect = make_core(options, folder)
    info = subprocess.run([options.refgraph, "info", "--format", "json", core], check=True,
                          capture_output=True, text=True)
    objects = json.loads(info.stdout)["objects"]
    reading = measure(["cat", core], options.runs)
    types = measure([options.refgraph, "types", core], options.runs)
    leaks = measure([options.refgraph, "leaks", core], options.runs)
    print("%d objects, core of %d MiB, %d runs each: median (least to most), most memory"
          % (objects, os.path.getsize(core) // MIB, options.runs))
    print("%-34s %s" % ("gc.collect() in the program", collect))
    print("%-34s %s" % ("cat core", reading))
    base = collect.median + reading.median
    for name, command in commands(options.refgraph, core, folder):
        cost = (types if name == "types" else leaks if name == "leaks" else
                measure(command, options.runs if name == "info" else 1))
        print("%-34s %s = %.2f times" % ("refgraph " + name, cost, cost.median / base))

    near = [options.refgraph, "backrefs", core, "__main__.Node#12345",
            "-o", os.path.join(folder, "hub.dot"), "--depth"]
    shallow, deep = measure(near + ["1"], options.runs), measure(near + ["5"], options.runs)
    print("%-34s %s" % ("backrefs to depth 5, through hubs", deep))
    data_limit = BYTES_AN_OBJECT * objects + BYTES_AT_ALL
    _, _, status = run_once([options.refgraph, "types", core], data_limit)
    print("%-34s %.2f to %.2f" % ("types / (collect + cat), spread",
                                  types.seconds[0] / (collect.seconds[-1] + reading.seconds[-1]),
                                  types.seconds[-1] / (collect.seconds[0] + reading.seconds[0])))
    return all([
        verdict("types / (collect + cat)", types.median / base, TYPES_LIMIT),
        verdict("leaks / collect", leaks.median / collect.median, LEAKS_LIMIT),
        verdict("backrefs: depth 5 beyond depth 1", deep.median - shallow.median,
                BACKREFS_LIMIT, " s"),
        verdict("status with %d MiB of data" % (data_limit // MIB), status, 0),
    ])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--python", default="/usr/bin/python3", help="runs the program under test")
    parser.add_argument("--refgraph", default=os.environ.get("REFGRAPH", "refgraph"))
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="bench-", dir=os.environ.get("RG_BUILDDIR", "."))
    try:
        return 0 if bench(options, folder) else 1
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
