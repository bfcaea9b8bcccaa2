#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What refgraph infers of C extension types with random layouts, against what they own; speaks TAP.

    inference.py [--python PYTHON] [--seed N]... [--types N] [--verbose]

Types are generated (generate.py), compiled against the interpreter's headers, made by program.py
and dumped. Recall: of the references at undeclared places the share that was found; precision: of
what was inferred the share that exists. Declared members must be found, all of them.
"""
import argparse
import collections
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "checks"))
import common  # noqa: E402
import generate  # noqa: E402

REFGRAPH = os.environ.get("REFGRAPH") or os.path.join(common.build_dir(), "refgraph")
GOAL = 99.0
SEEDS = (1, 2, 3)
TYPES = 40
LIMIT = 120
CONFIG = ("import json, sys, sysconfig; print(json.dumps([sysconfig.get_paths()['include'], "
          "sysconfig.get_paths()['platinclude'], sysconfig.get_config_var('EXT_SUFFIX'), "
          "sys.version_info[:2]]))")


def clean_environment():
    keep = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    keep["PYTHONDONTWRITEBYTECODE"] = "1"
    return keep


def run(command, folder, **more):
    done = subprocess.run(command, cwd=folder, env=clean_environment(), text=True, timeout=LIMIT,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False, **more)
    if done.returncode:
        raise AssertionError("%s: %s" % (command[0], (done.stdout + done.stderr)[-2000:]))
    return done.stdout


def build(python, folder, seed, number):
    """Compiles the types of that seed."""
    include, platform, suffix, version = json.loads(run([python, "-c", CONFIG], folder))
    compiler = shutil.which(os.environ.get("CC") or "cc")
    if not compiler:
        raise common.Skip("there is no C compiler")
    if not os.path.exists(os.path.join(include, "Python.h")):
        raise common.Skip("there are no headers of %s" % python)
    types = generate.choose(seed, number, tuple(version) >= (3, 9))
    with open(os.path.join(folder, "rgtypes.c"), "w", encoding="utf-8") as file:
        file.write(generate.source(types))
    with open(os.path.join(folder, "types.json"), "w", encoding="utf-8") as file:
        json.dump(types, file)
    run([compiler, "-O0", "-w", "-fPIC", "-shared", "-I" + include, "-I" + platform, "rgtypes.c",
         "-o", "rgtypes" + suffix], folder)
    return {t["name"]: t for t in types}


def dump(python, folder, seed):
    """The portable dump of a process with instances."""
    if not shutil.which("gcore"):
        raise common.Skip("there is no gcore")
    with open(os.path.join(folder, "log"), "w+", encoding="utf-8") as log, subprocess.Popen(
            [python, os.path.join(HERE, "program.py"), folder, str(seed)], stderr=log,
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=clean_environment(),
            cwd=folder) as target:
        try:
            if target.stdout.readline() != b"ready\n":
                log.seek(0)
                raise AssertionError(log.read()[-2000:])
            run(["gcore", "-o", "core", str(target.pid)], folder)
        finally:
            target.kill()
    core = glob.glob(os.path.join(folder, "core.*"))[0]
    run([REFGRAPH, "convert", core, "-o", "dump.ndjson", "--labels=all"], folder)
    if not os.environ.get("KEEP_CORE"):
        os.unlink(core)
    objects = {}
    with open(os.path.join(folder, "dump.ndjson"), encoding="utf-8",
              errors="surrogatepass") as lines:
        for line in lines:
            item = json.loads(line)
            if "address" in item:
                objects[item["address"]] = item
    return objects


class Figures:
    def __init__(self):
        self.right = self.missed = self.wrong = 0
        self.declared = self.undeclared = 0
        self.over = 0
        self.where = collections.Counter()

    def add(self, other):
        self.right += other.right
        self.missed += other.missed
        self.wrong += other.wrong
        self.declared += other.declared
        self.undeclared += other.undeclared
        self.over += other.over
        self.where.update(other.where)

    @property
    def recall(self):
        return 100.0 * self.right / max(1, self.right + self.missed)

    @property
    def precision(self):
        return 100.0 * self.right / max(1, self.right + self.wrong)


def judge(objects, types, folder, verbose):
    """Holds what was found against what is owned."""
    figures = Figures()
    with open(os.path.join(folder, "truth.json"), encoding="utf-8") as file:
        truth = json.load(file)
    for name, address, owns, declared in truth:
        item = objects.get(address)
        wanted = collections.Counter(owns)
        exact, found = collections.Counter(), collections.Counter()
        if item:
            inferred = set(item.get("inferred", ()))
            for i, target in enumerate(item.get("refs", ())):
                if i in inferred:
                    found[target] += 1
                else:
                    exact[target] += 1
        figures.declared += sum((collections.Counter(declared) - exact).values())
        right = sum((wanted & found).values())
        missed, wrong = wanted - found, found - wanted
        figures.right += right
        figures.missed += sum(missed.values())
        figures.wrong += sum(wrong.values())
        if missed or wrong:
            figures.where[name] += sum(missed.values()) + sum(wrong.values())
            if verbose:
                labels = dict(zip(item.get("refs", ()), item.get("labels", ()))) if item else {}
                print("# %s 0x%x %s missed %s wrong %s %s" % (
                    name, address, item and item["type"], ["0x%x" % a for a in missed],
                    ["0x%x %s %s" % (a, labels.get(a), objects[a]["type"]) for a in wrong],
                    types[name]))
    return figures


def measure(python, seed, number, verbose):
    with tempfile.TemporaryDirectory() as folder:
        types = build(python, folder, seed, number)
        objects = dump(python, folder, seed)
        if os.environ.get("KEEP_CORE"):
            shutil.copytree(folder, os.environ["KEEP_CORE"], dirs_exist_ok=True)
        return judge(objects, types, folder, verbose)


def check(python, seeds, number, verbose):
    """Over all seeds."""
    total = Figures()
    for seed in seeds:
        total.add(measure(python, seed, number, verbose))
    line = "%d references: recall %.2f %%, precision %.2f %%" % (
        total.right + total.missed, total.recall, total.precision)
    print("# %s, seeds %s: %s" % (python, ", ".join(map(str, seeds)), line), flush=True)
    findings = []
    if total.recall < GOAL or total.precision < GOAL:
        findings.append("%s; most in %s" % (line, total.where.most_common(8)))
    if total.declared:
        findings.append("%d references of declared members are missing" % total.declared)
    return findings


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--python", action="append")
    parser.add_argument("--seed", action="append", type=int)
    parser.add_argument("--types", type=int, default=TYPES)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    pythons = options.python or [os.environ.get("PYTHON3") or shutil.which("python3")]
    seeds = options.seed or SEEDS
    return common.run(*[("what is inferred of extension types, under %s" % python,
                         lambda python=python: check(python, seeds, options.types,
                                                     options.verbose)) for python in pythons])


if __name__ == "__main__":
    sys.exit(main())
