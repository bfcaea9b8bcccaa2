# SPDX-License-Identifier: MIT
"""How much of the counts of a dump `refgraph refcounts` explains, and whether that is enough."""
import json
import re
import subprocess

# Of the mortal objects, in percent.
SINCE_312, BEFORE, THIRD_PARTY = 99.9, 99.4, 98.0
MOST_WITH_NEITHER = 100
# They have extensions that are not of the standard library.
WITH_EXTENSIONS = ("extensions", "thirdparty")
HEADS = "   mortal explained attrib. neither over"
LIMIT = 300


class Failure(Exception):
    """refgraph gave no answer."""


def ask(refgraph, core):
    """The figures of one dump."""
    done = subprocess.run([refgraph, "refcounts", core, "--format", "json"], check=False,
                          capture_output=True, text=True, timeout=LIMIT)
    if done.returncode:
        raise Failure("refcounts: %s" % done.stderr.strip()[-300:])
    said = json.loads(done.stdout)
    return {key: said[key] for key in ("counted", "explained", "attributed", "unexplained",
                                       "over_explained")}


def minor_of(name):
    """12 of "pyenv-3.12.1"."""
    found = re.search(r"3\.(\d+)", name)
    return int(found.group(1)) if found else 0


def percent(figures):
    return 100.0 * figures["explained"] / figures["counted"] if figures["counted"] else 0.0


def judge(figures, interpreter, program):
    """What falls short, one line each; the interpreter is named with its version."""
    wanted = SINCE_312 if minor_of(interpreter) >= 12 else BEFORE
    if program in WITH_EXTENSIONS:
        wanted = THIRD_PARTY
    wrong = []
    if not figures["counted"]:
        wrong.append("no object was counted")
    if percent(figures) < wanted:
        wrong.append("%.3f%% of %d objects are wholly explained, %.1f%% are wanted" % (
            percent(figures), figures["counted"], wanted))
    if figures["unexplained"] > MOST_WITH_NEITHER and program not in WITH_EXTENSIONS:
        wrong.append("%d objects have neither explanation nor attribution" %
                     figures["unexplained"])
    if figures["over_explained"]:
        wrong.append("%d objects are over-explained" % figures["over_explained"])
    return wrong


def cells(figures):
    """One row of the table; figures may be a list of many dumps', or None."""
    if isinstance(figures, list):
        every = [f for f in figures if f]
        figures = {key: sum(f[key] for f in every) for key in every[0]} if every else None
    if not figures:
        return " %8s %9s %7s %7s %4s" % ("-", "-", "-", "-", "-")
    return " %8d %9.3f %7d %7d %4d" % (figures["counted"], percent(figures),
                                      figures["attributed"], figures["unexplained"],
                                      figures["over_explained"])


def print_table(results):
    """By interpreter and program: {(interpreter, program): figures or None}."""
    print("%-18s %-12s%s" % ("reference counts", "program", HEADS))
    for (interpreter, program), figures in results.items():
        print("%-18s %-12s%s" % (interpreter, program, cells(figures)))
    print()
    print("%-18s %-12s%s" % ("reference counts", "all", HEADS))
    for name in sorted({interpreter for interpreter, _ in results}):
        print("%-18s %-12s%s" % (name, "", cells([f for (i, _), f in results.items()
                                                  if i == name])))
