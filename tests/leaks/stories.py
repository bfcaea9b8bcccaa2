# SPDX-License-Identifier: MIT
"""Leaking programs, as they are written by people who know no better: of samples/ and of stories/.

Each is dumped twice, after an hour and after another, and `refgraph leaks` is asked of the first, of
the second, and of both. What it must name first stands in the file "expected" beside the programs;
what samples/leaks/README.md shows must be that, too, but for the numbers.

    stories.py [--all|--turns] [--only GLOB] [--python PROGRAM]... [--keep FOLDER] [--table]
    stories.py --dumps FOLDER      of dumps that were kept

--all runs those that need nothing but the standard library under every python3 at hand, --turns each
under the first and one of the others.
"""
import argparse
import fnmatch
import os
import re
import shlex
import shutil
import sys
import tempfile

import running
from running import HERE, common

SAMPLES = os.path.abspath(os.path.join(HERE, "..", "..", "samples"))
FOLDERS = (os.path.join(SAMPLES, "leaks"), os.path.join(SAMPLES, "stories"),
           os.path.join(HERE, "stories"))
PAGE = re.compile(r"^\| \[(\w+)\]\(\w+\.py\) \| [^|]* \| ([^|]*) \| (?:`([^`]*)`|nothing) \|$", re.M)
WHEN = ("the first", "the second", "both")


class Story:
    """A line of a file "expected": NAME; modules; kinds; path; title; least KiB an hour; hours or "both"."""

    def __init__(self, folder, line):
        fields = [field.strip() for field in line.split(";")]
        if len(fields) not in (6, 7):
            raise ValueError("%s: %s" % (folder, line))
        self.name, modules, kinds, self.path, self.title, least = fields[:6]
        last = fields[6] if fields[6:] else "2"
        self.hours = 2 if last == "both" else int(last)
        self.apart = last != "both"
        self.program = os.path.join(os.path.abspath(folder), self.name + ".py")
        self.modules = modules.replace("-", "").split()
        self.kinds = kinds.split()
        self.least = int(least) * 1024


def stories():
    found = []
    for folder in FOLDERS:
        with open(os.path.join(folder, "expected"), encoding="utf-8") as lines:
            found += [Story(folder, line) for line in lines
                      if line.strip() and not line.startswith("#")]
    return found


def check_list(known):
    """Programs and expectations are the same."""
    names = {story.program for story in known}
    programs = {os.path.join(os.path.abspath(folder), name) for folder in FOLDERS
                for name in os.listdir(folder) if name.endswith(".py")}
    findings = ["%s: no expectation, or no program" % name for name in sorted(names ^ programs)]
    samples = {story.name for story in known if story.program.startswith(FOLDERS[0] + os.sep)}
    return findings + ["the page does not tell of %s alone" % name
                       for name in sorted(samples ^ set(page()))]


def wrong_with(story, suspect, hours):
    """What the first suspect should say and does not."""
    findings = []
    path = suspect["path"] or "-"
    if not re.search(story.path, path):
        findings.append("its path is %s, not %s" % (path, story.path))
    if suspect["kind"] not in story.kinds:
        findings.append("its kind is %s, not %s" % (suspect["kind"], " or ".join(story.kinds)))
    text = "\n".join([suspect["title"], *map(str, suspect["evidence"])])
    if not re.search(story.title, text):
        findings.append("it does not say %s: %s" % (story.title, text))
    if suspect["retained"] < story.least * hours:
        findings.append("it retains %d bytes, not %d" % (suspect["retained"], story.least * hours))
    return findings


def page():
    """What the page shows of both dumps: titles and paths by program."""
    text = common.read(FOLDERS[0], "README.md")
    return {match[1]: (match[2], match[3]) for match in PAGE.finditer(text)}


def without_numbers(title, path):
    """What is the same in every run: sizes and shares may differ, and threads have numbers."""
    return (re.sub(r"\d[\d,.]*", "N", title),
            path and re.sub(r"(_current_frames\(\)\[)\d+", r"\1N", path))


def follow(suspect, folder):
    """The command that is named to go on with must work."""
    words = shlex.split(suspect.get("next") or "")
    if words[:1] == ["refgraph"] and "-o" not in words:
        running.ask(words[1:], folder, (0, 1))


def check(story, python, options, rows):
    findings, signatures = [], []
    with tempfile.TemporaryDirectory(prefix="refgraph-story-") as folder:
        cores = ["%s.%d.core" % (story.name, hour + 1) for hour in range(story.hours)]
        if options.dumps:
            folder = options.dumps
        else:
            running.need(python, story.modules)
            running.dump_hours([python, story.program], folder, story.name, story.hours)
        if options.keep:
            for core in cores:
                shutil.copy(os.path.join(folder, core), options.keep)
        questions = list(zip(WHEN, [[core] for core in cores] + [cores] * (len(cores) - 1)))
        for when, dumps in questions if story.apart else questions[2:]:
            answer, status = running.ask_json(["leaks", "--exit-code", *dumps], folder, (0, 1))
            suspects = answer["suspects"]
            rows.append((story.name, when, *((suspects[0]["kind"], suspects[0]["title"],
                                             suspects[0]["path"] or "-") if suspects else
                                            ("nothing", "", ""))))
            if status != (1 if suspects else 0):
                findings.append("%s: exit status %d" % (when, status))
            if not suspects:
                findings.append("%s: nothing is suspected" % when)
                continue
            findings += ["%s: %s" % (when, finding) for finding in
                         wrong_with(story, suspects[0], 1 if when == WHEN[0] else 2)]
            # Of two dumps it may be what grew inside: another place, another signature.
            if when != WHEN[2]:
                signatures.append(suspects[0]["signature"])
            if when == WHEN[2] and python == running.PYTHON and story.program.startswith(SAMPLES):
                said = (suspects[0]["title"], suspects[0]["path"])
                shown = page().get(story.name, said)
                if without_numbers(*said) != without_numbers(*shown):
                    findings.append("the page shows %s, %s" % shown)
            follow(suspects[0], folder)
    if len(set(signatures)) > 1:
        findings.append("one leak has several signatures: %s" % ", ".join(signatures))
    return findings


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--turns", action="store_true")
    parser.add_argument("--only", default="*")
    parser.add_argument("--python", action="append")
    parser.add_argument("--keep", help="where the dumps go")
    parser.add_argument("--dumps", help="where they went another time")
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    known = stories()
    rows = []
    pythons = options.python or (running.interpreters() if options.all or options.turns
                                 else [running.PYTHON])
    cases = [("programs and expectations are the same", lambda: check_list(known))]
    for python in pythons:
        cases += [("%s, under %s" % (story.name, running.version(python)),
                   lambda story=story, python=python: check(story, python, options, rows))
                  for number, story in enumerate(known) if fnmatch.fnmatch(story.name, options.only)
                  and (python == pythons[0] or not running.LIBRARIES.intersection(story.modules))
                  and (not options.turns or running.has_turn(python, pythons, number))]
    status = running.run(cases)
    if options.table:
        for row in sorted(rows):
            print("# %s | %s | %s | %s | %s" % row)
    return status


if __name__ == "__main__":
    sys.exit(main())
