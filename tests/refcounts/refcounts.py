# SPDX-License-Identifier: MIT
"""program.py leaks references, under each python3 at hand: these objects come first, with these
numbers, and nothing else that nothing accounts for; and a program that leaks nothing has none."""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import audits  # noqa: E402
import target  # noqa: E402
from target import REFGRAPH, common  # noqa: E402

CLEAN = ("import sys, time; print('[{}, {}, \"%s\"]' % sys.version.split()[0], flush=True); "
         "time.sleep(600)")


def interpreters(every=False):
    found = target.interpreters(range(8 if every else 11, 14), fetched=True)
    others = glob.glob(os.path.join(target.CACHE, "*", "python3")) if len(found) > 1 else []
    return found + sorted(set(others) - set(found))


def audit(python, arguments, folder):
    """What the program says it lost, and what refgraph says."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    clean["PYTHONDONTWRITEBYTECODE"] = "1"
    if not shutil.which("gcore"):
        raise common.Skip("there is no gcore")
    with subprocess.Popen([python, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=folder,
                          env=clean) as target:
        try:
            line = target.stdout.readline()
            if not line:
                raise common.Skip("%s does not run here, or has no ctypes" % python)
            done = subprocess.run(["gcore", "-o", os.path.join(folder, "core"), str(target.pid)],
                                  check=False, env=clean, stdin=subprocess.DEVNULL,
                                  capture_output=True)
        finally:
            target.kill()
    found = glob.glob(os.path.join(folder, "core.*"))
    if done.returncode or not found:
        raise common.Skip("gcore: %s" % done.stderr.decode()[-80:].strip())
    done = subprocess.run([REFGRAPH, "refcounts", found[0], "--format", "json", "--exit-code"],
                          check=False, capture_output=True, text=True, timeout=120)
    if done.returncode == 2:
        raise AssertionError(done.stderr)
    said = json.loads(done.stdout)
    if done.returncode != (said["unexplained"] > 0):
        raise AssertionError("exit status %d with %d unexplained" % (done.returncode,
                                                                     said["unexplained"]))
    if said["over_explained"]:
        raise AssertionError("%d objects are over-explained" % said["over_explained"])
    answer = json.loads(line)
    said["version"] = answer[2] if len(answer) > 2 else ""
    return [{int(a): n for a, n in part.items()} for part in answer[:2]], said


def leaks(python):
    with tempfile.TemporaryDirectory() as folder:
        (expected, hidden), said = audit(python, [os.path.join(HERE, "program.py")], folder)
    rows = {int(row["address"], 16): row for row in said["objects"]}
    first = {address: row["external"] for address, row in rows.items() if not row["attributed"]}
    findings, pointed_at = [], []
    for address, times in expected.items():
        if address not in rows or rows[address]["external"] != times:
            findings.append("0x%x lost %d references, refgraph has %s" % (address, times,
                                                                          rows.get(address)))
        elif address not in first:
            pointed_at.append(rows[address])
    # A pointer left in the C library's memory is a hint like any other; a second is no chance.
    if len(pointed_at) > 1 or any("memory" not in place for row in pointed_at
                                  for place in row["attributed"]):
        findings += ["lost, and called attributed: %s" % row for row in pointed_at]
    # Untracked and reached from nowhere: found in the allocator's blocks alone.
    for address in set(first) - set(expected) - set(hidden):
        findings.append("0x%x lost nothing, refgraph says %d" % (address, first[address]))
    for address, times in hidden.items():
        if address not in rows or rows[address]["external"] != times \
                or not rows[address]["unreached"]:
            findings.append("0x%x lost %d references, and nothing leads to it, refgraph has %s" % (
                address, times, rows.get(address)))
    return findings


def clean(python):
    with tempfile.TemporaryDirectory() as folder:
        _, said = audit(python, ["-c", CLEAN], folder)
    findings = []
    if said["unexplained"]:
        findings.append("nothing accounts for %d objects: %s" % (
            said["unexplained"], [row for row in said["objects"] if not row["attributed"]]))
    return findings + audits.judge(said, said["version"], "")


def name(path):
    if path.startswith(target.CACHE):
        return os.path.basename(os.path.dirname(path))
    return os.path.basename(os.path.dirname(os.path.dirname(path))) if path.startswith(target.PYENV) \
        else "the system's python3"


if __name__ == "__main__":
    sys.exit(common.run(*[("%s under %s" % (what, name(path)), lambda path=path, f=f: f(path))
                          for path in interpreters()
                          for what, f in (("lost references", leaks),
                                          ("a program that loses none", clean))]))
