#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The interpreter matrix: every interpreter that can be had, times every program of programs/.

Each program runs under the oracle (oracle.py), is dumped with gcore where the oracle has it wait,
`refgraph convert` writes the portable dump, and compare.py holds the two against each other. A
table of interpreters x programs x figures follows, and `N passed, N failed` at the end. Which
interpreters must have run is said by the file `required`.

Interpreters: /usr/bin/python3, those of pyenv, and those that fetch-interpreters.sh has unpacked
and build-interpreters.sh has built.
"""
import argparse
import concurrent.futures
import fnmatch
import glob
import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import chains
import compare
import explained
import labels
import selftest
import stacks

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "refcounts"))
import audits  # noqa: E402

CACHE = os.environ.get("REFGRAPH_CACHE") or os.path.join(HERE, "..", "cache")
VERSIONS = ("3.8.", "3.9.", "3.10.", "3.11.", "3.12.", "3.13.", "3.14.", "3.15.")
# The suffix says what is unusual about a build: t free-threaded, d debug, tr reference tracing.
PROBE = """import ctypes, sys
print(sys.version.split()[0] + sys.abiflags + "tr" * hasattr(sys, "getobjects"),
      sys.implementation.name)"""
SKIPPED = 77
LIMIT = 120


class Failure(Exception):
    """A step of one run that did not work."""


class Interpreter:
    def __init__(self, name, path, arguments=(), environment=(), way=None):
        self.name = name
        self.path = path
        self.arguments = list(arguments)
        self.environment = dict(environment)
        self.way = way or Way()


# Ways to start an interpreter that change what its memory looks like: (name, arguments,
# environment). One program runs in each.
MODES = (
    ("dev", ("-X", "dev"), {}),
    ("malloc", (), {"PYTHONMALLOC": "malloc"}),
    ("unfrozen", ("-X", "frozen_modules=off", "-OO"), {}),
    ("traced", ("-X", "tracemalloc=1"), {}),
)
PROGRAM_OF_MODES = "functions"


class Way:
    """How a process runs and is dumped: here and by gcore, unless said otherwise."""

    def can(self, interpreter):
        """Whether there is such a way with that interpreter here."""
        return True

    def command(self, interpreter, program, folder):
        """The words that start the oracle, and where it writes."""
        out = os.path.join(folder, "oracle")
        return [interpreter.path, *interpreter.arguments, os.path.join(HERE, "oracle.py"), program,
                out], out

    def environment(self, interpreter, folder):
        return {}

    def pid(self, target):
        """The process to dump, of the one that was started."""
        return target.pid

    def dump(self, pid, folder):
        """An ordinary core of the waiting process, and whether that still waits."""
        prefix = os.path.join(folder, "core")
        run_tool(["gcore", "-o", prefix, str(pid)], folder)
        core = "%s.%d" % (prefix, pid)
        if not os.path.exists(core):
            raise Failure("gcore wrote no core")
        return core, True

    def refgraph(self, interpreter, options, folder):
        """The command that reads the core."""
        return options.refgraph


class ByKernel(Way):
    """The core that the kernel writes, with a coredump_filter."""

    def __init__(self, bits):
        self.bits = bits

    def can(self, interpreter):
        with open("/proc/sys/kernel/core_pattern", encoding="ascii") as file:
            pattern = file.read().strip()
        return (pattern and "/" not in pattern and pattern[0] != "|"
                and resource.getrlimit(resource.RLIMIT_CORE)[1] == resource.RLIM_INFINITY)

    def dump(self, pid, folder):
        with open("/proc/%d/coredump_filter" % pid, "w", encoding="ascii") as file:
            file.write(self.bits)
        resource.prlimit(pid, resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
        os.kill(pid, signal.SIGABRT)
        deadline = time.monotonic() + LIMIT
        # It is a zombie when the core is whole.
        while state_of(pid) not in "Z":
            if time.monotonic() > deadline:
                raise Failure("the kernel wrote no core")
            time.sleep(0.01)
        found = glob.glob(os.path.join(folder, "core*"))
        if len(found) != 1:
            raise Failure("the kernel wrote %d cores" % len(found))
        return found[0], False


class InRoot(Way):
    """In its own unpacked root as in a container: namespaces, chroot, its own paths and numbers.

    The core is read from outside, with --sysroot.
    """

    INSIDE = """
set -eu
root=$1 folder=$2
shift 2
mount --bind "$folder" "$root/srv"
mount -t proc proc "$root/proc"
cd "$root"
exec chroot . "$@"
"""
    NAMESPACES = ("unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork",
                  "--kill-child")

    def can(self, interpreter):
        root = os.path.dirname(interpreter.path)
        return (os.path.isdir(os.path.join(root, "usr", "bin"))
                and not subprocess.run([*self.NAMESPACES, "true"], check=False,
                                       capture_output=True).returncode)

    def command(self, interpreter, program, folder):
        root = os.path.dirname(interpreter.path)
        # What the package base-files would bring.
        for name in ("lib", "lib64"):
            if not os.path.lexists(os.path.join(root, name)):
                os.symlink("usr/" + name, os.path.join(root, name))
        for name in ("srv", "proc", "tmp"):
            os.makedirs(os.path.join(root, name), exist_ok=True)
        for path in (os.path.join(HERE, "oracle.py"), program):
            shutil.copy(path, folder)
        version = interpreter.name.rpartition("-")[2]
        python = "/usr/bin/python" + ".".join(version.split(".")[:2]) \
            + "d" * version.endswith("d")
        return [*self.NAMESPACES, "sh", "-c", self.INSIDE, "sh", root, folder, python,
                *interpreter.arguments, "/srv/oracle.py", "/srv/" + os.path.basename(program),
                "/srv/oracle"], os.path.join(folder, "oracle")

    def environment(self, interpreter, folder):
        return {"HOME": "/srv", "TMPDIR": "/srv"}

    def pid(self, target):
        with open("/proc/%d/task/%d/children" % (target.pid, target.pid),
                  encoding="ascii") as file:
            return int(file.read().split()[0])

    def refgraph(self, interpreter, options, folder):
        return wrapper(options, folder, "--sysroot", os.path.dirname(interpreter.path))


class Stripped(Way):
    """With its shared library stripped of all that strip takes."""

    @staticmethod
    def library(interpreter):
        if not shutil.which("strip") or not shutil.which("ldd"):
            return None
        done = subprocess.run([interpreter.path, "-c", "import sys; print(sys.executable)"],
                              env=clean_environment(), text=True, capture_output=True, check=False)
        done = subprocess.run(["ldd", os.path.realpath(done.stdout.strip())], text=True,
                              capture_output=True, check=False)
        found = re.search(r"=> (/\S*/libpython\S*)", done.stdout)
        return found and found[1]

    def can(self, interpreter):
        return self.library(interpreter)

    def environment(self, interpreter, folder):
        path = self.library(interpreter)
        os.mkdir(os.path.join(folder, "lib"))
        run_tool(["strip", "-o", os.path.join(folder, "lib", os.path.basename(path)), path], folder)
        return {"LD_LIBRARY_PATH": os.path.join(folder, "lib")}


# The same program again, started and dumped in other ways.
WAYS = (
    ("kernel", ByKernel("0x33")),
    ("kernel-full", ByKernel("0x7f")),
    ("container", InRoot()),
    ("stripped", Stripped()),
)


def clean_environment():
    """Neither the target nor gdb, which embeds a Python, may inherit Python settings from here."""
    keep = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    keep["LC_ALL"] = "C.UTF-8"
    return keep


def probe(path):
    """The version of the CPython at path, or None."""
    try:
        done = subprocess.run([path, "-c", PROBE], env=clean_environment(), text=True, timeout=30,
                              capture_output=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    words = done.stdout.split()
    return words[0] if len(words) == 2 and words[1] == "cpython" else None


def os_release():
    fields = {}
    try:
        with open("/etc/os-release", encoding="utf-8") as file:
            for line in file:
                key, _, value = line.rstrip().partition("=")
                fields[key] = value.strip('"')
    except OSError:
        pass
    return fields


def find_interpreters(fetched):
    """Every interpreter the matrix covers, and the kinds this machine is of."""
    release = os_release()
    kinds = ["%s-%s" % (release.get("ID", "linux"), release.get("VERSION_ID", ""))]
    found = []

    def add(prefix, path):
        version = probe(path)
        if version and version.startswith(VERSIONS):
            found.append(Interpreter("%s-%s" % (prefix, version), path))
            return True
        return False

    add(release.get("ID", "system"), "/usr/bin/python3")
    if shutil.which("pyenv"):
        done = subprocess.run(["pyenv", "root"], text=True, capture_output=True, check=False)
        paths = sorted(glob.glob(os.path.join(done.stdout.strip() or "/", "versions", "*", "bin",
                                              "python3")))
        if [path for path in paths if add("pyenv", path)]:
            kinds.append("pyenv")
    for launcher in sorted(glob.glob(os.path.join(CACHE, "*", "python3"))):
        folder = os.path.basename(os.path.dirname(launcher))
        add(re.split(r"-?(?:python)?3\.", folder)[0], launcher)
    if fetched:
        kinds.append("fetch")
    return found, kinds


def missing_interpreters(names, kinds):
    """What the file `required` names and is not here: (what this machine must have, the rest)."""
    required, others = [], []
    with open(os.path.join(HERE, "required"), encoding="utf-8") as file:
        for line in file:
            words = line.split("#")[0].split()
            if len(words) != 2:
                continue
            kind, pattern = words
            if any(fnmatch.fnmatchcase(name, pattern) for name in names):
                continue
            mine = any(fnmatch.fnmatchcase(k, kind) for k in kinds)
            (required if mine else others).append("%s (on %s)" % (pattern, kind))
    return required, others


def run_tool(command, folder):
    try:
        done = subprocess.run(command, env=dict(clean_environment(), TMPDIR=folder), cwd=folder,
                              text=True, errors="replace", timeout=LIMIT, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure("%s: %s" % (os.path.basename(command[0]), error)) from error
    if done.returncode:
        raise Failure("%s: exit status %d: %s" % (os.path.basename(command[0]), done.returncode,
                                                  done.stdout[-2000:].strip()))


def wait_for_oracle(target, out, log):
    """Until both witnesses have written their files. False if the program skips itself."""
    deadline = time.monotonic() + LIMIT
    while not (os.path.exists(out) and os.path.exists(out + ".gc")):
        status = target.poll()
        if status == SKIPPED:
            return False
        if status is not None or time.monotonic() > deadline:
            log.seek(0)
            raise Failure("the target %s: %s" % (
                "did not finish" if status is None else "ended with %d" % status,
                log.read()[-2000:].decode("utf-8", "replace").strip()))
        time.sleep(0.01)
    return True


def state_of(pid):
    """The kernel's letter for what a process is doing."""
    with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as file:
        return file.read().rpartition(")")[2].split()[0]


def wrapper(options, folder, *words):
    """A command that is refgraph with these options."""
    path = os.path.join(folder, "refgraph")
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nexec %s \"$@\" %s\n" % (
            shlex.quote(options.refgraph), " ".join(shlex.quote(word) for word in words)))
    os.chmod(path, 0o755)
    return path


def run_one(interpreter, program, options):
    """One cell of the matrix: (status, summary or None, message)."""
    folder = tempfile.mkdtemp(prefix="matrix-", dir=options.tmp)
    portable = os.path.join(folder, "dump.ndjson")
    way = interpreter.way
    # Few malloc arenas: each is 64 MiB of address space, and gcore writes all of it.
    environment = dict(clean_environment(), MALLOC_ARENA_MAX="3", PYTHONHASHSEED="0",
                       PYTHONDONTWRITEBYTECODE="1",
                       HOME=folder, TMPDIR=folder)
    environment.update(interpreter.environment)
    try:
        command, out = way.command(interpreter, program, folder)
        environment.update(way.environment(interpreter, folder))
        refgraph = way.refgraph(interpreter, options, folder)
        with open(os.path.join(folder, "log"), "wb+") as log, subprocess.Popen(
                command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True) as target:
            try:
                if not wait_for_oracle(target, out, log):
                    log.seek(0)
                    return "skipped", None, log.read().decode("utf-8", "replace").strip()
                asked = seen = waits = audited = None
                if not options.oracle_only:
                    pid = way.pid(target)
                    core, waits = way.dump(pid, folder)
                    run_tool([refgraph, "convert", core, "-o", portable, "--labels=all"], folder)
                    audited = audits.ask(refgraph, core)
                if waits:
                    most = options.chains
                    if interpreter.name != options.first:
                        most = max(1, most // 5)
                    asked = chains.ask(refgraph, core, portable, out, pid, most)
                    seen = stacks.compare(refgraph, core, portable, out)
            finally:
                # The group is the target's own: its witnesses and what the program started.
                try:
                    os.killpg(target.pid, signal.SIGKILL)
                except ProcessLookupError:
                    # The program has ended by itself, and left nothing behind.
                    pass
        if options.oracle_only:
            oracle = compare.Oracle(out)
            selftest.write_dump(portable, selftest.agreeing_dump(oracle))
        done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "compare.py"), "--json",
                               out,
                               portable], text=True, capture_output=True, timeout=LIMIT,
                               check=False)
        if done.returncode not in (0, 1) or not done.stdout:
            raise Failure("compare: %s" % done.stderr.strip()[-500:])
        summary = json.loads(done.stdout)
        summary["chains"] = asked
        summary["stacks"] = seen
        summary["audit"] = audited
        summary["explained"] = None if options.oracle_only else explained.measure(portable)
        summary["labelling"] = None if options.oracle_only else labels.ask(portable)
        if asked and asked["wrong"]:
            return "failed", summary, "chains:\n" + "\n".join(asked["wrong"][:40])
        if seen and seen["wrong"]:
            return "failed", summary, "threads:\n" + "\n".join(seen["wrong"][:40])
        wrong = audits.judge(audited, interpreter.name,
                             os.path.splitext(os.path.basename(program))[0]) if audited else []
        if wrong:
            return "failed", summary, "reference counts:\n" + "\n".join(wrong)
        if not summary["errors"]:
            return "passed", summary, ""
        report = subprocess.run([sys.executable, "-B", os.path.join(HERE, "compare.py"),
                                 "--verbose",
                                 out, portable], text=True, capture_output=True, timeout=LIMIT,
                                check=False).stdout
        return "failed", summary, report
    except (Failure, audits.Failure, chains.Failure, labels.Failure, stacks.Failure,
            compare.Trouble, subprocess.TimeoutExpired) as error:
        return "failed", None, str(error)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


CHAIN_HEADS = " chains python wrong  frames locals tasks   cut wrong"
HEADS = ("trckd", "invnt", "frozn", "reach", "refs", "attrs", "names", "sizes", "label", "count",
         "immrt", "unrch", "held", "over", "form")


def figure_cells(figures):
    """invented and over are numbers of what must not be; the others are shares of 100."""
    return " ".join("%6s" % (figures[name]["errors"] if name in ("invented", "over")
                             else figures[name]["percent"]) for name in compare.FIGURES)


def chain_cells(asked):
    """Objects whose chains were asked for, how many are written in Python, and are wrong."""
    asked = [a for a in asked if a]
    objects, python = sum(a["objects"] for a in asked), sum(a["python"] for a in asked)
    return "%7d %6.2f %5d" % (objects, 100 * python / objects if objects else 0,
                              sum(len(a["wrong"]) for a in asked))


def stack_cells(seen):
    """Frames, variables and tasks that were compared with the process, and what differed."""
    seen = [s for s in seen if s]
    return " %7d %6d %5d %5d %5d" % (*(sum(s[key] for s in seen)
                                   for key in ("frames", "locals", "tasks", "cut")),
                                 sum(len(s["wrong"]) for s in seen))


def print_table(results):
    """Every cell with its figures."""
    print("%-17s %-12s %-7s %8s %5s %s%s" % (
        "interpreter", "program", "status", "objects", "garb.",
        " ".join("%6s" % head for head in HEADS), CHAIN_HEADS))
    for (interpreter, program), (status, summary, _, seconds) in results.items():
        if summary is None:
            print("%-17s %-12s %-7s" % (interpreter, program, status))
            continue
        print("%-17s %-12s %-7s %8d %5d %s %s  %.1fs" % (
            interpreter, program, status, summary["objects"], summary["expected_unreachable"],
            figure_cells(summary), chain_cells([summary["chains"]])
            + stack_cells([summary["stacks"]]), seconds))


def print_grid(results, interpreters):
    """Programs x interpreters with the number of errors: . none, - not run, s skipped, F failed."""
    programs = sorted({program for _, program in results})
    width = max(len(name) for name in programs)
    for number, name in enumerate(interpreters, 1):
        print("%*s %s%2d %s" % (width, "errors" * (number == 1), "  | " * (number - 1), number, name))
    for program in programs:
        cells = []
        for name in interpreters:
            status, summary = results.get((name, program), ("", None))[:2]
            if status == "passed" or summary:
                cells.append("." if status == "passed" else str(summary["errors"] or "F"))
            else:
                cells.append({"": "-", "skipped": "s"}.get(status, "F"))
        print("%*s %s" % (width, program, "".join("%3s " % cell for cell in cells).rstrip()))


def print_totals(results, interpreters):
    """Interpreters x figures, over all programs and ways to start and dump them."""
    print("%-17s %5s %8s %s %6s %6s%s" % ("interpreter", "cells", "objects", " ".join(
        "%6s" % head for head in HEADS), "expl", "lblld", CHAIN_HEADS))
    for name in interpreters:
        summaries = [r[1] for (i, _), r in results.items() if i == name and r[1]]
        totals = {figure: compare.Figure(figure) for figure in compare.FIGURES}
        for summary in summaries:
            for figure, total in totals.items():
                total.good += summary[figure]["good"]
                total.total += summary[figure]["total"]
                total.noise += summary[figure]["noise"]
        measured = [s["labelling"] for s in summaries if s["labelling"]]
        labelled = labels.add_up(measured)
        print("%-17s %5d %8d %s %6s %6s%s" % (
            name, len(summaries), sum(s["objects"] for s in summaries),
            figure_cells({f: {"errors": t.errors, "percent": str(t)} for f, t in totals.items()}),
            explained.share([s["explained"] for s in summaries if s["explained"]]),
            labels.share(labelled["labelled"], labelled["references"]) if measured else "-",
            " " + chain_cells(s["chains"] for s in summaries)
            + stack_cells(s["stacks"] for s in summaries)))


def print_labels(results):
    """What is labelled and what the objects hang from; how many interpreters miss the goal."""
    measured = {}
    for (name, _), result in sorted(results.items()):
        if result[1] and result[1]["labelling"]:
            measured.setdefault(name, []).append(result[1]["labelling"])
    if len(measured) > 1:
        measured["all"] = sum(measured.values(), [])
    print()
    print("%-17s %s" % ("interpreter", labels.HEADS))
    short = 0
    for name, parts in measured.items():
        total = labels.add_up(parts)
        missed = labels.is_short(total, len(parts) < labels.FEW)
        short += missed
        print("%-17s %s" % (name, labels.line(total)))
        for line in labels.report(total) if missed else ():
            print("    " + line)
    return short


def choose(options, interpreters):
    """The cells to run. Quick: each program once, the interpreters taking turns."""
    programs = sorted(glob.glob(os.path.join(HERE, "programs", "*.py")))
    names = [os.path.splitext(os.path.basename(path))[0] for path in programs]
    pairs = [(name, path) for name, path in zip(names, programs)
             if not options.program
             or any(fnmatch.fnmatchcase(name, pattern) for pattern in options.program)]
    if not options.quick:
        # Debug builds are slow: unless they are asked for, they share the programs.
        debug = [] if options.interpreter else [i for i in interpreters if i.name.endswith("d")]
        cells = [(i, name, path) for k, i in enumerate(interpreters)
                 for n, (name, path) in enumerate(pairs)
                 if (n % len(debug) == debug.index(i) if i in debug
                     else not options.thin or k == 0 or n % 2 == k % 2)]
        interpreters = [i for i in interpreters if i not in debug]
        return cells + [(Interpreter(i.name, i.path, arguments, environment), mode, path)
                        for i in interpreters for mode, arguments, environment in MODES
                        for name, path in pairs if name == PROGRAM_OF_MODES
                        # Objects of free-threaded builds are mimalloc's.
                        and not (mode == "malloc" and i.name.endswith("t"))] + [
                            (Interpreter(i.name, i.path, way=way), mode, path)
                            for i in interpreters for mode, way in WAYS if way.can(i)
                            for name, path in pairs if name == PROGRAM_OF_MODES]
    cells = [(interpreters[n % len(interpreters)], name, path)
             for n, (name, path) in enumerate(pairs)]
    system = interpreters[0]
    # Only the system's python3 has the extensions: what skips itself elsewhere proves nothing.
    return [(system if name == "extensions" else i, name, path) for i, name, path in cells]


def find_refgraph():
    for path in (os.environ.get("REFGRAPH"), os.path.join(HERE, "..", "..", "refgraph"),
                 shutil.which("refgraph")):
        if path and os.access(path, os.X_OK):
            return os.path.abspath(path)
    return None


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--refgraph", default=find_refgraph(), help="the command to test")
    parser.add_argument("--program", action="append", metavar="GLOB", help="only these programs")
    parser.add_argument("--interpreter", action="append", metavar="GLOB", help="only these")
    parser.add_argument("--quick", action="store_true",
                        help="each program once, interpreters in turn")
    parser.add_argument("--thin", action="store_true",
                        help="each interpreter but the first runs every other program")
    parser.add_argument("--fetch", action="store_true",
                        help="fail where other Debian suites cannot be fetched, or built from")
    parser.add_argument("--no-fetch", action="store_true", help="do not try to fetch them")
    parser.add_argument("--oracle-only", action="store_true",
                        help="no dump: prove that programs, oracle and comparison work")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--chains", type=int, default=10000, metavar="N",
                        help="evaluate the chains of N objects of each program under the first "
                        "interpreter, of a fifth under the others (%(default)s)")
    parser.add_argument("--budget", type=int, default=1800, metavar="SECONDS",
                        help="start nothing after this long, and fail (%(default)s)")
    parser.add_argument("--json", metavar="FILE", help="one line a cell for other tools")
    parser.add_argument("--verbose", action="store_true", help="the whole report of what fails")
    parser.add_argument("--keep", action="store_true", help="keep cores and dumps")
    parser.add_argument("--tmp", metavar="DIR", help="where cores and dumps go")
    parser.add_argument("--list", action="store_true", help="only list what would run")
    return parser.parse_args()


def run_matrix(cells, options):
    results = {}
    end = time.monotonic() + options.budget

    def work(cell):
        interpreter, name, path = cell
        if time.monotonic() > end:
            return "failed", None, "not started: the time is used up", 0.0
        start = time.monotonic()
        status, summary, message = run_one(interpreter, path, options)
        return status, summary, message, time.monotonic() - start

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for cell, result in zip(cells, pool.map(work, cells)):
            interpreter, name, _ = cell
            results[interpreter.name, name] = result
            status, _, message, seconds = result
            print("%-8s %s %s (%.1fs)" % (status, interpreter.name, name, seconds), flush=True)
            if message and (options.verbose or status != "failed"):
                print("    " + message.replace("\n", "\n    "))
            elif message:
                print("    " + "\n    ".join(message.split("\n")[:60]))
    return results


def get(script, seconds, what):
    """Runs a script that gets interpreters. What is missing is said, and shows in the list."""
    with subprocess.Popen(["sh", os.path.join(HERE, script)], stdin=subprocess.DEVNULL,
                          start_new_session=True) as running:
        try:
            if not running.wait(seconds):
                return
        except subprocess.TimeoutExpired:
            # Its group: what it downloads and compiles with.
            os.killpg(running.pid, signal.SIGKILL)
    print("matrix: not all %s were got" % what, flush=True)


def fetch():
    """Interpreters beside those of the machine, where they can be had."""
    get("fetch-interpreters.sh", 6 * LIMIT, "interpreters of other Debian suites")
    get("build-interpreters.sh", 6 * LIMIT, "interpreters that are built from source")


def prove_comparison(python):
    """One more cell: that the comparison itself can fail."""
    done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "selftest.py"), python],
                          env=clean_environment(), text=True, capture_output=True, timeout=LIMIT,
                          check=False)
    print("self-test of the comparison: %s" % (done.stdout + done.stderr[-2000:]).strip(),
          flush=True)
    return done.returncode == 0


def main():
    options = parse_arguments()
    if not options.no_fetch:
        fetch()
    if not options.oracle_only and not options.list:
        if not options.refgraph:
            print("matrix: no refgraph command: build it, or give --refgraph", file=sys.stderr)
            return 2
        if not shutil.which("gcore"):
            print("matrix: no gcore: install the package gdb", file=sys.stderr)
            return 2
    interpreters, kinds = find_interpreters(options.fetch)
    missing, others = missing_interpreters([i.name for i in interpreters], kinds)
    if options.interpreter:
        interpreters = [i for i in interpreters if any(
            fnmatch.fnmatchcase(i.name, pattern) for pattern in options.interpreter)]
    if not interpreters:
        print("matrix: no interpreter to run", file=sys.stderr)
        return 2
    options.first = interpreters[0].name
    print("machine: %s; interpreters: %s" % (", ".join(kinds),
                                             ", ".join(i.name for i in interpreters)))
    cells = choose(options, interpreters)
    if options.list:
        for interpreter, name, _ in cells:
            print("%s %s" % (interpreter.name, name))
        return 0
    start = time.monotonic()
    proved = prove_comparison(interpreters[0].path)
    results = run_matrix(cells, options)
    print()
    print_table(results)
    ran = sorted({interpreter for interpreter, _ in results})
    print()
    print_grid(results, ran)
    short = print_labels(results)
    print()
    audits.print_table({cell: r[1] and r[1]["audit"] for cell, r in results.items()})
    print()
    print_totals(results, ran)
    print("not found: %s" % (", ".join(missing + others) or "nothing that was looked for"))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            for (interpreter, program), (status, summary, _, seconds) in results.items():
                file.write(json.dumps({"interpreter": interpreter, "program": program,
                                       "status": status, "seconds": round(seconds, 1),
                                       "figures": summary}) + "\n")
    statuses = [result[0] for result in results.values()]
    failed = statuses.count("failed") + len(missing) + (not proved) + short
    for what in missing:
        print("required, not found: %s" % what)
    if options.oracle_only:
        print("oracle only: nothing was dumped, no refgraph was run")
    print("%d cells in %.0f s" % (len(statuses), time.monotonic() - start))
    print("%d passed, %d failed, %d skipped" % (statuses.count("passed") + proved, failed,
                                                statuses.count("skipped")))
    return 1 if failed or not statuses.count("passed") else 0


if __name__ == "__main__":
    sys.exit(main())
