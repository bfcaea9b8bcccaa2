# SPDX-License-Identifier: MIT
"""Processes that embed CPython (embed.c), with sub-interpreters, and with several libpythons: what is
read of each is held, by address, against what its own collector says. Skipped where pyenv has no
shared libpython, or there is no gcore."""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "errors"))
import support  # noqa: E402

PROGRAM = os.path.join(HERE, "program.py")
EMBED = os.path.join(support.common.build_dir(), "tests", "embed", "embed")
PYENV = os.path.expanduser("~/.pyenv/versions")
SERIES = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")


def library(series):
    """The shared libpython of that series, and its PYTHONHOME."""
    for prefix in sorted(glob.glob(os.path.join(PYENV, series + ".*"))):
        path = os.path.join(prefix, "lib", "libpython%s.so.1.0" % series)
        if os.path.exists(path):
            return path, prefix
    raise support.common.Skip("no shared libpython %s here" % series)


def dump(folder, *runtimes):
    """Runs embed with (library, home, own namespace, sub-interpreters)...: core and addresses."""
    if not shutil.which("gcore"):
        raise support.common.Skip("there is no gcore")
    words = [str(word) for runtime in runtimes for word in runtime]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    with subprocess.Popen([EMBED, PROGRAM, os.path.join(folder, "out"), *words], cwd=folder,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=clean,
                          stderr=open(os.path.join(folder, "log"), "w", encoding="utf-8")) as target:
        try:
            addresses = []
            for line in target.stdout:
                if line == "ready\n":
                    break
                addresses.append(line.split()[1])
            else:
                with open(os.path.join(folder, "log"), encoding="utf-8") as file:
                    raise support.common.Skip("does not start: " + file.read()[-200:])
            done = subprocess.run(["gcore", "-o", os.path.join(folder, "core"), str(target.pid)],
                                  check=False, env=clean, stdin=subprocess.DEVNULL,
                                  capture_output=True)
            if done.returncode:
                raise support.common.Skip("gcore: %s" % done.stderr.decode()[-80:].strip())
        finally:
            target.kill()
    return os.path.join(folder, "core.%d" % target.pid), addresses


def said(folder, number):
    """What the interpreters of one library said: tracked objects, unreachable ones, and how many."""
    types, unreachable, count = {}, set(), 0
    for path in sorted(glob.glob(os.path.join(folder, "out.%d.*" % number))):
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        if len(lines) < 2 or lines[-1] or lines[-2].split()[0] != "end":
            raise AssertionError("%s is not whole" % path)
        count += int(lines[-2].split()[1])
        for line in lines[:-2]:
            address, name = line.split(" ", 1)
            if name == "unreachable":
                unreachable.add(int(address, 16))
            else:
                types[int(address, 16)] = name
    return types, unreachable, count


def judge(folder, core, number, which, interpreters):
    """Findings where refgraph and the interpreters of library @number do not say the same."""
    info = support.answer("info", core, "--runtime", which)
    findings = []
    if info["interpreters"] != interpreters or not info["complete"]:
        findings.append("%d interpreters of %d, missing %s" % (info["interpreters"], interpreters,
                                                               info["missing"]))
    done = support.run("convert", core, "--runtime", which)
    rows = [support.json.loads(line) for line in done.stdout.splitlines()]
    rows = {row["address"]: row for row in rows if "address" in row}
    types, unreachable, count = said(folder, number)
    # Up to 3.10 the frame of witness() is an object, in the child alone.
    missing = [a for a in types if types[a] != "frame" and not rows.get(a, {}).get("tracked")]
    # What is set aside (3.12 does it with some tuples by itself) is not in gc.get_objects().
    invented = [a for a, row in rows.items()
                if row.get("tracked") and not row.get("frozen") and a not in types]
    wrong = [a for a in types if a in rows and types[a] != "frame"
             and rows[a]["type"].split(".")[-1] != types[a]]
    ours = {a for a, row in rows.items() if row.get("unreachable") and row.get("tracked")}
    if info["version"].startswith("3.8."):
        # One collector serves all of them: each says the same.
        count //= interpreters
    if info["version"].startswith("3.9."):
        # There gc.garbage is the main interpreter's in all of them, and only their number is known.
        unreachable |= ours
    for words, addresses in (("tracked, and not found", missing), ("found, and not tracked", invented),
                             ("of another type", wrong),
                             ("unreachable to one alone", sorted(ours ^ unreachable))):
        if addresses:
            findings.append("%s: %d %s, the first 0x%x (%s)" % (
                which, len(addresses), words, addresses[0], types.get(addresses[0])))
    sessions = sum(1 for row in rows.values() if row["type"] == "__main__.Session")
    right = sum(15 + 2 * n for n in range(interpreters))
    if sessions != right or len(ours) != count or count < sum(5 + n for n in range(interpreters)):
        findings.append("%s: %d of %d sessions, %d of %d unreachable" % (which, sessions, right,
                                                                         len(ours), count))
    if not findings:
        print("# %s: %d tracked objects, %d of them unreachable" % (info["version"], len(types),
                                                                    len(unreachable)))
    return findings


def one(folder, series):
    """A program that embeds one, with two sub-interpreters."""
    core, addresses = dump(folder, (*library(series), 0, 2))
    if not support.answer("info", core)["complete"]:
        return ["one libpython, and it does not say complete"]
    return judge(folder, core, 0, addresses[0], 3)


def two(folder, first, second, own, subs):
    """Two libpythons: each is read by its address, and without it the user is told."""
    core, addresses = dump(folder, (*library(first), 0, 0), (*library(second), own, subs))
    findings = judge(folder, core, 0, addresses[0], 1)
    findings += judge(folder, core, 1, addresses[1], 1 + subs)
    info = support.answer("info", core)
    listed = {runtime["address"]: runtime for runtime in info["runtimes"]}
    unread = [address for address in listed if not listed[address]["read"]]
    if info["complete"] or set(listed) != set(addresses) or len(unread) != 1 or \
            not any(unread[0] in text and "--runtime" in text for text in info["missing"]):
        findings.append("without --runtime: %s, missing %s" % (listed, info["missing"]))
    text = support.run("info", core).stdout
    if "not read      CPython " not in text:
        findings.append("info does not list the other: %s" % text)
    if first != second:
        for series in (first, second):
            version = support.answer("info", core, "--runtime", series)["version"]
            name = os.path.basename(library(series)[0])
            if not version.startswith(series + ".") or \
                    support.answer("info", core, "--runtime", name)["version"] != version:
                findings.append("--runtime %s reads %s" % (series, version))
    else:
        findings += support.error_of(support.run("info", core, "--runtime", first), "more than one",
                                     *addresses)
    for nonsense in ("2.7", "libperl.so", "0x10"):
        findings += support.error_of(support.run("info", core, "--runtime", nonsense),
                                     "no CPython of this process is " + nonsense, *addresses)
    return findings


def mapped_only(folder):
    """A libpython that was loaded and never started is no reason not to read the other one."""
    path, home = library("3.11")
    idle, _ = library("3.12")
    core, _ = dump(folder, (path, home, 0, 0), (idle, "-", 0, 0))
    info = support.answer("info", core)
    return [] if info["complete"] and info["version"].startswith("3.11.") else [str(info["missing"])]


def in_folder(test, *more):
    with tempfile.TemporaryDirectory(prefix="embed-") as folder:
        return test(folder, *more)


CASES = [("%s embedded, with two sub-interpreters" % series,
          lambda series=series: in_folder(one, series)) for series in SERIES]
CASES += [("%s and %s in one process%s" % (first, second, how),
           lambda case=(first, second, own, subs): in_folder(two, *case))
          for first, second, own, subs, how in (
              ("3.11", "3.12", 0, 0, ""),
              ("3.11", "3.12", 1, 1, ", one in a namespace of its own, with a sub-interpreter"),
              ("3.10", "3.13", 0, 0, ""),
              ("3.12", "3.12", 1, 0, ", two copies"))]
CASES += [("a libpython that was never started", lambda: in_folder(mapped_only))]

if __name__ == "__main__":
    sys.exit(support.common.run(*CASES))
