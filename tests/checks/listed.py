# SPDX-License-Identifier: MIT
"""Nothing is forgotten: files are in a release, unit tests in the runner."""
import os
import subprocess

import common

FOLDERS = ("include", "src", "tests", "samples", "docs")
SUFFIXES = (".c", ".h", ".py", ".sh", ".md", ".1", ".3", ".mk", ".json", ".ndjson", ".out", ".err",
            ".txt", ".png", ".svg", ".xz", ".zst")


def unlisted(present, listed):
    """Files that are neither listed nor below a listed folder."""
    names = {os.path.normpath(name) for name in listed}

    def covered(path):
        while path:
            if path in names:
                return True
            path = os.path.dirname(path)
        return False
    return ["%s is in no local.mk, so no release has it" % path
            for path in present if not covered(path)]


def unrun(test_files, suites):
    findings = [] if test_files else ["there is no unit test"]
    for path in test_files:
        name = os.path.basename(path)[len("test_"):-len(".c")]
        if name not in suites:
            findings.append("tests/unit/%s is not among the unit_tests of tests/unit/local.mk" % path)
    return findings


def listed_files():
    """The list that make wrote."""
    return common.read(common.build_dir(), "tests", "checks", "distributed").split()


def present_files(tree):
    generated = {"tests/unit/suites.c"}
    return [os.path.join(folder, path) for folder in FOLDERS
            for path in common.files(os.path.join(tree, folder), *SUFFIXES)
            if os.path.join(folder, path) not in generated
            and not (folder == "tests" and path.startswith("cache/"))]


def check_suites(tree):
    runner = os.path.join(common.build_dir(), "tests", "unit", "runner")
    suites = subprocess.run([runner, "--list"], check=True, capture_output=True, text=True).stdout
    tests = [path for path in common.files(os.path.join(tree, "tests", "unit"), ".c")
             if path.startswith("test_")]
    return unrun(tests, suites.split())


if __name__ == "__main__":
    TREE = common.source_dir()
    common.run(
        ("every file is in the release", lambda: unlisted(present_files(TREE), listed_files())),
        ("every unit test is in the runner", lambda: check_suites(TREE)))
