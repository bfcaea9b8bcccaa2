# SPDX-License-Identifier: MIT
"""Processes dumped at random moments, in the midst of whatever they did: no crash, every object starts
in a block that the allocator calls allocated and shares it with no other, its type is a live type,
and no count is exceeded; what is uncertain is said.

    busy.py [--count N] [--python PROGRAM]... [--seed N] [--keep FOLDER] [--table]
"""
import argparse
import collections
import glob
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pools

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import target  # noqa: E402
from target import REFGRAPH, common  # noqa: E402

COUNT = 10
LONGEST = 0.7  # seconds until the dump
COMMANDS = (("types",), ("info",), ("refcounts",), ("cycles",), ("threads", "--locals"))


def clean():
    keep = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    keep.update(PYTHONDONTWRITEBYTECODE="1", MALLOC_ARENA_MAX="2", LC_ALL="C.UTF-8")
    return keep


def kernel_writes_cores():
    """Whether a process that dies leaves a core in its folder."""
    with open("/proc/sys/kernel/core_pattern", encoding="utf-8") as file:
        return file.read().strip() in ("core", "core.%p")


def allow_core():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    with open("/proc/self/coredump_filter", "w", encoding="ascii") as file:
        file.write("0x37")


def dump(python, seed, by_kernel, folder):
    """The core of a process that was at work."""
    chance = random.Random(seed)
    with subprocess.Popen([python, os.path.join(HERE, "program.py"), str(seed)], cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          stdin=subprocess.DEVNULL, env=clean(),
                          preexec_fn=allow_core if by_kernel else None) as target:
        try:
            if not target.stdout.readline():
                raise common.Skip("%s does not run here" % python)
            time.sleep(chance.random() * LONGEST)
            if by_kernel:
                target.send_signal(signal.SIGABRT)
                target.wait(60)
            else:
                subprocess.run(["gcore", "-o", os.path.join(folder, "core"), str(target.pid)],
                               check=False, env=clean(), stdin=subprocess.DEVNULL,
                               capture_output=True)
        finally:
            target.kill()
    found = glob.glob(os.path.join(folder, "core*"))
    if not found:
        raise common.Skip("no core was written")
    return found[0]


def ask(words, findings):
    """What a command says; a crash is a finding, and so is a refusal."""
    done = subprocess.run([REFGRAPH, *words, "--format", "json"], check=False,
                          capture_output=True, text=True, timeout=300)
    if done.returncode not in (0, 1):
        findings.append("%s: status %d: %s" % (words[0], done.returncode, done.stderr.strip()))
        return None
    return json.loads(done.stdout)


def objects_of(core, folder, findings):
    path = os.path.join(folder, "dump.ndjson")
    done = subprocess.run([REFGRAPH, "convert", core, "-o", path], check=False,
                          capture_output=True, text=True, timeout=300)
    if done.returncode:
        findings.append("convert: status %d: %s" % (done.returncode, done.stderr.strip()))
        return []
    with open(path, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row for row in rows if "address" in row]


def check_blocks(objects, books, findings):
    """Every object of the allocator's in a block of its own that is in use."""
    seen, count = {}, 0
    for row in objects:
        block = books.block_of(row["address"])
        if not block:
            continue
        start, size, used = block
        count += 1
        what = "0x%x, a %s" % (row["address"], row["type"])
        if not used:
            findings.append("%s, stands in a free block" % what)
        if row["address"] - start not in (0, 16, 32):
            findings.append("%s, stands %d bytes into its block of %d" % (
                what, row["address"] - start, size))
        if start in seen:
            findings.append("%s, shares a block with 0x%x" % (what, seen[start]))
        seen[start] = row["address"]
    return count


def check_types(objects, findings):
    types = {row["address"]: row for row in objects if row.get("is_type")}
    for row in objects:
        at = row.get("type_address")
        if at not in types:
            findings.append("0x%x is of 0x%x, which is no type" % (row["address"], at or 0))
        elif types[at].get("refcount", 1) <= 0:
            findings.append("0x%x is of a dead type, %s" % (row["address"], row["type"]))


def check(core, folder, figures):
    findings = []
    said = {words[0]: ask((*words, core), findings) for words in COMMANDS}
    if not all(said.values()):
        return findings
    info, refcounts = said["info"], said["refcounts"]
    objects = objects_of(core, folder, findings)
    minor = int(info["version"].split(".")[1])
    books = pools.Pools(core, 4096 if minor < 10 else 16384)
    figures["objects"] += len(objects)
    figures["in blocks"] += check_blocks(objects, books, findings)
    check_types(objects, findings)
    figures["collecting"] += info["collector"]["collecting"]
    figures["torn"] += info["allocator"]["torn"]
    figures["incomplete"] += not info["complete"]
    figures["unreached"] += info["unreached"]
    figures["over"] += refcounts["over_explained"]
    figures["unexplained"] += refcounts["unexplained"]
    figures["unreadable"] += info["unreadable"]
    if books.torn != info["allocator"]["torn"]:
        findings.append("%d pools are torn, refgraph says %d" % (books.torn,
                                                                info["allocator"]["torn"]))
    if info["unreadable"] and info["complete"]:
        findings.append("%d unreadable, and called complete" % info["unreadable"])
    if refcounts["over_explained"] and not info["collector"]["collecting"] and info["complete"]:
        rows = [row for row in refcounts["objects"] if row["external"] < 0]
        findings.append("over-explained: %s" % [(row["type"], row["address"], row["external"])
                                                for row in rows[:5]])
    return findings


FIGURES = ("dumps", "by kernel", "objects", "in blocks", "collecting", "torn", "incomplete",
           "unreadable", "unreached", "unexplained", "over", "findings")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--python", action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="where the dumps with findings go")
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    paths = options.python or target.interpreters(fetched=True, every=True)
    by_kernel = kernel_writes_cores()
    table = collections.OrderedDict()

    def one(number, path):
        with tempfile.TemporaryDirectory() as folder:
            kernel = by_kernel and number // len(paths) % 2 == 0
            figures = collections.Counter()
            core = dump(path, options.seed + number, kernel, folder)
            findings = check(core, folder, figures)
            figures.update({"dumps": 1, "by kernel": kernel, "findings": len(findings)})
            table.setdefault(path, collections.Counter()).update(figures)
            if findings and options.keep:
                shutil.copy(core, os.path.join(options.keep, "core.%d" % (options.seed + number)))
        return findings

    cases = [("dump %d, of %s" % (options.seed + n, os.path.relpath(paths[n % len(paths)], target.PYENV)
                                 if paths[n % len(paths)].startswith(target.PYENV)
                                 else paths[n % len(paths)]),
              lambda n=n: one(n, paths[n % len(paths)])) for n in range(options.count)]
    try:
        common.run(*cases)
    finally:
        if options.table:
            print("# " + " ".join("%11s" % name for name in FIGURES))
            for path, figures in table.items():
                print("# " + " ".join("%11d" % figures[name] for name in FIGURES), path)


if __name__ == "__main__":
    sys.exit(main())
