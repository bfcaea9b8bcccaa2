# SPDX-License-Identifier: MIT
"""Processes that leak nothing, dumped twice: `refgraph leaks` finds that nothing stands out, in either
dump and in both; of those that were idle `refgraph growth` says exactly nothing.

    healthy.py [--all|--turns] [--only GLOB] [--python PROGRAM]... [--keep FOLDER]
    healthy.py --all --dumps FOLDER      of dumps that were kept

Without options three of them; with --all every one, those that need only the standard library under
every python3 at hand; with --turns each under the first and one of the others.
"""
import argparse
import fnmatch
import os
import shutil
import sys
import tempfile

import running
from running import HERE, common

# Name: modules it needs; idle: nothing runs between the dumps; even: of one dump nobody can tell
# what fills it, two show that it is stable.
PROGRAMS = {
    "asyncio_load": (),
    "bare": ("idle",),
    "batch": (),
    "bounded_cache": (),
    "django_idle": ("django", "idle"),
    "django_serving": ("django",),
    "index": ("even",),
    "interactive": ("idle",),
    "logging_app": (),
    "numpy_array": ("numpy",),
    "pandas_idle": ("pandas", "idle"),
    "pandas_work": ("pandas",),
    "processes": (),
    "sessions": (),
    "socket_server": (),
    "sqlalchemy_closed": ("sqlalchemy",),
    "sqlite_closed": ("sqlite3",),
    "templates": (),
    "test_suite": (),
    "thread_pool": (),
}
QUICK = ("asyncio_load", "bare", "batch")


def dump_interactive(python, folder):
    """Of a prompt at which somebody has typed something."""
    with running.Process([python, "-i"], folder, terminal=True) as process:
        process.wait_for(">>> ")
        process.send("import json; answer = [n * n for n in range(100)]")
        process.send("'%s %d' % ('hour', 1)")
        process.wait_for("'hour 1'")
        process.wait_for("'hour 1'\r\n>>> ")
        process.wait_asleep()
        for hour in (1, 2):
            process.dump("interactive.%d" % hour)


def take_dumps(name, python, folder):
    program = os.path.join(HERE, "healthy", name + ".py")
    if name == "interactive":
        dump_interactive(python, folder)
    elif "idle" not in PROGRAMS[name]:
        running.dump_hours([python, program], folder, name)
    else:
        with running.Process([python, program], folder) as process:
            process.wait_for("hour 1")
            process.wait_asleep()
            for hour in (1, 2):
                process.dump("%s.%d" % (name, hour))


def alarms(dumps, folder):
    """What leaks says where it should say nothing."""
    answer, status = running.ask_json(["leaks", "--exit-code", *dumps], folder, (0, 1))
    findings = ["%s: %s: %s, %s; %s" % (", ".join(dumps), suspect["kind"], suspect["title"],
                                        suspect["path"], " / ".join(map(str, suspect["evidence"])))
                for suspect in answer["suspects"]]
    if status:
        findings.append("%s: exit status 1" % ", ".join(dumps))
    said, _ = running.ask(["leaks", *dumps], folder)
    if not findings and "nothing stands out" not in said.lower():
        findings.append("%s: does not say that nothing stands out: %s" % (", ".join(dumps), said))
    return findings


def growth(dumps, folder):
    """What growth says of a process that did nothing."""
    answer, _ = running.ask_json(["growth", "-n", "0", *dumps], folder)
    findings = ["%s: %+d, %+d bytes" % (row["type"], row["count_delta"], row["bytes_delta"])
                for row in answer["types"] if row["count_delta"] or row["bytes_delta"]]
    # The command itself must say so, too.
    _, status = running.ask(["growth", *dumps, "--fail-if", "delta_count(*) != 0", "--fail-if",
                               "delta_bytes(*) != 0"], folder, (0, 1))
    return findings + ["growth is not zero"] * status


def check(name, python, options):
    cores = ["%s.%d.core" % (name, hour) for hour in (1, 2)]
    with tempfile.TemporaryDirectory(prefix="refgraph-healthy-") as folder:
        if options.dumps:
            folder = options.dumps
        else:
            running.need(python, [word for word in PROGRAMS[name] if word not in ("idle", "even")])
            take_dumps(name, python, folder)
        if options.keep:
            for core in cores:
                shutil.copy(os.path.join(folder, core), options.keep)
        findings = growth(cores, folder) if "idle" in PROGRAMS[name] else []
        for dumps in ([] if "even" in PROGRAMS[name] else [cores[:1], cores[1:]]) + [cores]:
            findings += alarms(dumps, folder)
    return findings


def check_list():
    programs = {name[:-3] for name in os.listdir(os.path.join(HERE, "healthy"))
                if name.endswith(".py")} | {"interactive"}
    return ["%s: no program, or not told of" % name for name in sorted(programs ^ set(PROGRAMS))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--turns", action="store_true")
    parser.add_argument("--only")
    parser.add_argument("--python", action="append")
    parser.add_argument("--keep", help="where the dumps go")
    parser.add_argument("--dumps", help="where they went another time")
    options = parser.parse_args()
    options.all |= options.turns
    pythons = options.python or (running.interpreters() if options.all else [running.PYTHON])
    names = [name for name in PROGRAMS if options.all and not options.only or
             (fnmatch.fnmatch(name, options.only) if options.only else name in QUICK)]
    cases = [("every healthy program is told of", check_list)]
    for python in pythons:
        cases += [("%s, under %s" % (name, running.version(python)),
                   lambda name=name, python=python: check(name, python, options))
                  for number, name in enumerate(names)
                  if (python == pythons[0] or not running.LIBRARIES.intersection(PROGRAMS[name]))
                  and (not options.turns or running.has_turn(python, pythons, number))]
    return running.run(cases)


if __name__ == "__main__":
    sys.exit(main())
