# SPDX-License-Identifier: MIT
"""Which container grew, under each python3 at hand: program.py fills containers of every kind, step by
step, and is dumped thrice; then another process of it once. And a process that only waits, dumped
twice, has not grown at all."""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import target  # noqa: E402
from target import REFGRAPH, common  # noqa: E402

SERIES = ("3.8.", "3.9.", "3.10.", "3.11.", "3.12.", "3.13.")
STEP = 500
MAIN = "sys.modules['__main__']"
LOCAL = (MAIN + ".local<.dummies>[<weakref>]['recent']",
         MAIN + ".local<.dummies>[<weakref.ReferenceType>]['recent']",
         MAIN + ".local<.localdicts>[<_thread._localdummy>]['recent']")
# What grows by one Request a round: its path, type and what it holds.
GROWING = (
    ((MAIN + ".log",), "list"),
    ((MAIN + ".server.by_name",), "dict"),
    ((MAIN + ".Server.sessions",), "dict"),
    ((MAIN + ".remember.__defaults__[0]",), "list"),
    ((MAIN + ".count.__closure__[0].cell_contents",), "list"),
    ((MAIN + ".look_up",), "functools._lru_cache_wrapper"),
    ((MAIN + ".seen",), "__main__.Seen"),
    ((MAIN + ".rebuilt",), "list"),
    (LOCAL, "collections.deque"),
)
WAITING = {
    "sleep": "import time; print('ready', flush=True); time.sleep(600)",
    "select": "import select; print('ready', flush=True); select.select([], [], [], 600)",
    "threads": "import threading, time\n"
               "for _ in range(3): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
               "time.sleep(.2)\nprint('ready', flush=True)\ntime.sleep(600)",
    "asyncio": "import asyncio\n"
               "async def main():\n"
               "    asyncio.get_running_loop().call_later(.2, lambda: print('ready', flush=True))\n"
               "    await asyncio.sleep(600)\n"
               "asyncio.run(main())",
}
PRELUDE = "import ctypes; ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)\n"


def growth(*words):
    done = subprocess.run([REFGRAPH, "growth", "--format", "json", "--labels", "all", *words],
                          check=False, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise ValueError("%s: %s" % (" ".join(words), done.stderr.strip()))
    return json.loads(done.stdout)


def environment():
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    clean["PYTHONDONTWRITEBYTECODE"] = "1"
    return clean


def gcore(pid, core):
    if not shutil.which("gcore"):
        raise common.Skip("there is no gcore")
    done = subprocess.run(["gcore", "-o", core, str(pid)], check=False, env=environment(),
                          stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode or not os.path.exists("%s.%d" % (core, pid)):
        raise common.Skip("gcore: %s" % done.stderr.decode()[-80:].strip())
    os.rename("%s.%d" % (core, pid), core)
    return core


@contextlib.contextmanager
def running(python, *words):
    with subprocess.Popen([python, *words], stdout=subprocess.PIPE, stdin=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, env=environment()) as target:
        try:
            yield target
        finally:
            target.kill()


def wait(target, python):
    if target.stdout.readline() != "ready\n":
        raise common.Skip("%s does not run here" % python)


def take(python, folder, name, dumps):
    """Cores of the program, one a step."""
    cores = []
    with running(python, os.path.join(HERE, "program.py")) as target:
        for number in range(dumps):
            target.stdin.write("\n" if not number else "go\n\n")
            target.stdin.flush()
            wait(target, python)
            cores.append(gcore(target.pid, os.path.join(folder, "%s%d" % (name, number))))
    return cores


def row_of(rows, paths):
    found = [row for row in rows if row["path"] in paths]
    return found[0] if len(found) == 1 else None


def check_growing(answer, counts, weighed, what):
    """What is wrong with the rows of what grows."""
    findings = []
    rows = answer["containers"]
    for paths, kind in GROWING:
        row = row_of(rows, paths)
        if not row:
            findings.append("%s: not told: %s" % (what, paths[0]))
        elif (row["elements"], row["type"], row["element_type"]) != (counts, kind,
                                                                     "__main__.Request"):
            findings.append("%s: %s is %s of %s with %s" % (what, paths[0], row["type"],
                                                            row["element_type"], row["elements"]))
        elif row["verdict"] != "climbing" or row["new"] or row["gone"]:
            findings.append("%s: %s: %s" % (what, paths[0], row["verdict"]))
        elif weighed and not (row["newcomers"] >= counts[-1] - counts[0] and row["exclusive"] >=
                              40 * (counts[-1] - counts[0])):
            findings.append("%s: %s weighs %s" % (what, paths[0], row))
    own = [row for row in rows if row["element_delta"] and row["path"] and
           row["path"].startswith(MAIN)]
    if any("steady" in row["path"] for row in own):
        findings.append("%s: what does not grow is told" % what)
    return findings


def check_rings(answer, what):
    """Three lists that are reached alike, which hold only what others hold too."""
    rings = [row for row in answer["containers"] if (row["path"] or "").startswith(MAIN + ".rings[")]
    if len(rings) != 3 or len({row["signature"] for row in rings}) != 1:
        return ["%s: rings: %s" % (what, rings)]
    # The small numbers of the first step are the interpreter's own, for ever.
    return ["%s: %s" % (what, row) for row in rings
            if row["elements"] != [STEP, 2 * STEP, 3 * STEP] or row["exclusive"] or
            not row["shared"]]


def check(python):
    with tempfile.TemporaryDirectory() as folder:
        cores = take(python, folder, "core", 3)
        answer = growth("--containers", *cores)
        findings = [] if answer["same_process"] else ["one process is taken for several"]
        findings += check_growing(answer, [STEP, 2 * STEP, 3 * STEP], True, "three dumps")
        findings += check_rings(answer, "three dumps")
        other = take(python, folder, "other", 2)
        answer = growth("--containers", other[0], cores[2])
        findings += ["two processes are taken for one"] if answer["same_process"] else []
        findings += check_growing(answer, [STEP, 3 * STEP], False, "two processes")
        portable = []
        for core in cores[:2]:
            portable.append(core + ".ndjson")
            subprocess.run([REFGRAPH, "convert", "--labels", "all", core, "-o", portable[-1]],
                           check=True, timeout=300)
        answer = growth("--containers", *cores[:2])
        again = growth("--containers", *portable)
        # Signatures of what namespaces that are no parts hold need all of the names.
        if (answer["containers"], True) != (again["containers"], again["same_process"]):
            findings.append("portable dumps: %s" %
                            [(a, b) for a, b in zip(answer["containers"], again["containers"])
                             if a != b][:1])
        return findings


def check_waiting(python, program):
    with tempfile.TemporaryDirectory() as folder:
        with running(python, "-c", PRELUDE + program) as target:
            wait(target, python)
            cores = [gcore(target.pid, os.path.join(folder, "core%d" % number))
                     for number in range(3)]
        answer = growth("--containers", "--survivors", *cores)
        wrong = {key: answer[key] for key in ("count_delta", "bytes_delta", "owned_delta", "types",
                                              "containers") if answer[key]}
        if answer["survivors"]["objects"]:
            wrong["survivors"] = answer["survivors"]
        return ["%s: %s" % item for item in wrong.items()]


def cases():
    for path in target.interpreters(range(8, 14)):
        version = subprocess.run([path, "-c", "import sys; print(sys.version.split()[0])"],
                                 check=False, capture_output=True, text=True).stdout.strip()
        if not version.startswith(SERIES):
            continue
        yield "containers that grow under %s" % version, lambda path=path: check(path)
        for name, program in WAITING.items():
            yield ("nothing grows in %s under %s" % (name, version),
                   lambda path=path, program=program: check_waiting(path, program))


if __name__ == "__main__":
    sys.exit(common.run(*cases()))
