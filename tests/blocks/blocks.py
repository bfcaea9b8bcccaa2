# SPDX-License-Identifier: MIT
"""The allocator's blocks, under each python3 at hand: what refgraph counts is what pymalloc prints of
itself, and of all that is in them exactly the objects that lost.py lost are called lost."""
import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import target  # noqa: E402
from target import REFGRAPH, common  # noqa: E402

CLASS = re.compile(r"^ *(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$")
# How else memory can be handed out: (name, environment).
MODES = (("", {}), (", with debug hooks", {"PYTHONMALLOC": "debug"}),
         (", all by malloc", {"PYTHONMALLOC": "malloc"}),
         (", all by malloc with debug hooks", {"PYTHONMALLOC": "malloc_debug"}))


def clean(mode=()):
    keep = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    keep["PYTHONDONTWRITEBYTECODE"] = "1"
    keep.update(mode)
    return keep


def wait_asleep(process):
    """Until it stands still in pause()."""
    for _ in range(2000):
        with open("/proc/%d/stat" % process.pid, encoding="ascii", errors="replace") as file:
            if file.read().rpartition(")")[2].split()[0] == "S":
                return
        time.sleep(0.005)
    raise AssertionError("%d never stands still" % process.pid)


def dump(process, folder):
    if not shutil.which("gcore"):
        raise common.Skip("there is no gcore")
    done = subprocess.run(["gcore", "-o", os.path.join(folder, "core"), str(process.pid)],
                          check=False, env=clean(), stdin=subprocess.DEVNULL, capture_output=True)
    found = glob.glob(os.path.join(folder, "core.*"))
    if done.returncode or not found:
        raise common.Skip("gcore: %s" % done.stderr.decode()[-80:].strip())
    return found[0]


def ask(*words):
    done = subprocess.run([REFGRAPH, *words, "--format", "json"], check=False,
                          capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


def counts(python):
    """The sums of pymalloc's table of classes: pools, blocks in use, bytes of these."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        with open(log, "wb") as errors, subprocess.Popen(
                [python, os.path.join(HERE, "stats.py")], stdin=subprocess.DEVNULL,
                stderr=errors, stdout=subprocess.DEVNULL, cwd=folder, env=clean()) as target:
            try:
                for _ in range(2000):
                    with open(log, encoding="utf-8", errors="replace") as file:
                        said = file.read()
                    if "Total" in said or target.poll() is not None:
                        break
                    time.sleep(0.01)
                wait_asleep(target)
                core = dump(target, folder)
            finally:
                target.kill()
        with open(log, encoding="utf-8", errors="replace") as file:
            rows = [CLASS.match(line) for line in file]
        rows = [[int(word) for word in row.groups()] for row in rows if row]
        if not rows:
            raise common.Skip("%s has no pymalloc" % python)
        expected = {"pools": sum(row[2] for row in rows), "blocks": sum(row[3] for row in rows),
                    "bytes": sum(row[1] * row[3] for row in rows), "torn": 0}
        found = ask("info", core)["allocator"]
    return ["%s: pymalloc says %d, refgraph %d" % (key, expected[key], found[key])
            for key in expected if expected[key] != found[key]]


def lost(python, mode):
    with tempfile.TemporaryDirectory() as folder:
        with subprocess.Popen([python, os.path.join(HERE, "lost.py")], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=folder,
                              env=clean(mode)) as target:
            try:
                line = target.stdout.readline()
                if not line:
                    raise common.Skip("%s does not run here, or lacks a module" % python)
                core = dump(target, folder)
            finally:
                target.kill()
        expected = {int(address): times for address, times in json.loads(line).items()}
        said = ask("refcounts", core)
        types = collections.Counter({row["type"]: row["count"]
                                     for row in ask("types", "-n", "0", core)["types"]})
        unreached = ask("objects", core, "-n", "0")["objects"]
    rows = {int(row["address"], 16): row for row in said["objects"]}
    findings = ["%d objects are over-explained" % said["over_explained"]] \
        if said["over_explained"] else []
    for address, times in expected.items():
        if address not in rows or rows[address]["external"] != times:
            findings.append("0x%x lost %d references, refgraph has %s" % (address, times,
                                                                          rows.get(address)))
    for address, row in rows.items():
        if row["unreached"] and not row["attributed"] and address not in expected:
            findings.append("nothing was lost here: %s" % row)
    marked = [row for row in unreached if "unreached" in row["flags"]]
    if len(marked) < len(expected) - 20:
        findings.append("only %d objects are marked as unreached" % len(marked))
    for name in ("decimal.Decimal", "__main__.Bare", "__main__.Text"):
        if types[name] != 1 and name != "__main__.Bare":
            findings.append("%d objects of %s in types" % (types[name], name))
    return findings


def name(path):
    if path.startswith(target.CACHE):
        return os.path.basename(os.path.dirname(path))
    return os.path.basename(os.path.dirname(os.path.dirname(path))) if path.startswith(target.PYENV) \
        else "the system's python3"


if __name__ == "__main__":
    CASES = [("blocks under " + name(path), lambda path=path: counts(path))
             for path in target.interpreters(fetched=True)]
    for at, path in enumerate(target.interpreters(fetched=True)):
        CASES += [("lost objects under %s%s" % (name(path), what),
                   lambda path=path, mode=mode: lost(path, mode))
                  for what, mode in (MODES if not at else MODES[:1])]
    sys.exit(common.run(*CASES))
