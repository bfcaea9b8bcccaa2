# SPDX-License-Identifier: MIT
"""What the checks share: reading C without its comments, and reporting as TAP.

A check is a function that takes a source tree and returns findings, one line
of text each; an empty list is a pass.  selftest.py gives every check a tree
that violates it, so that none can pass falsely.
"""
import os
import re
import sys


def source_dir():
    return os.environ.get("RG_SRCDIR") or os.path.dirname(
        os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def build_dir():
    return os.environ.get("RG_BUILDDIR") or source_dir()


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def files(root, *suffixes):
    """Paths below root, relative and sorted, of the files with one of the suffixes."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if not f.startswith(".") and f != "__pycache__"]
        for name in names:
            if name.endswith(suffixes):
                found.append(os.path.relpath(os.path.join(folder, name), root))
    return sorted(found)


_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def strip_c(text, keep_strings=True):
    """C without comments (and without what stands in quotes), lines kept where they are."""
    def blank(match):
        token = match.group(0)
        if token[0] == "/":
            return "\n" * token.count("\n") or " "
        return token if keep_strings else token[0] + token[0]
    return _TOKEN.sub(blank, text)


def numbered(text):
    return enumerate(text.split("\n"), 1)


class Skip(Exception):
    """Raised by a check that cannot be made here; its text says why."""


def run(*cases):
    """Runs (description, function) pairs and exits as their outcome says."""
    bad = 0
    print("1..%d" % len(cases))
    for number, (description, function) in enumerate(cases, 1):
        try:
            findings = function()
        except Skip as skip:
            print("ok %d - %s # SKIP %s" % (number, description, skip))
            continue
        print("%s %d - %s" % ("not ok" if findings else "ok", number, description))
        for finding in findings:
            print("# " + finding)
        bad += bool(findings)
    sys.exit(1 if bad else 0)
