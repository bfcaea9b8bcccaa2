# SPDX-License-Identifier: MIT
"""The depth of the stack at each instruction of the standard library, as refgraph works it out and
as the interpreters at hand have it. RG_EVERY=1: of all of it; else of a fortieth."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "checks"))
import common  # noqa: E402
import refcounts  # noqa: E402

DEPTHS = os.path.join(common.build_dir(), "tests", "refcounts", "depths")
EVERY = os.environ.get("RG_EVERY") or "40"
VERSION = "import sys; print(*sys.version_info[:2])"


def same(minor, told, found):
    """The units of which the oracle says something else."""
    if minor != 8:
        return [unit for unit, depth in enumerate(told) if depth != "." and depth != found[unit]]
    # What follows a raise is never reached.
    return [unit for unit, depth in enumerate(told) if depth != "."
            and set(found[unit].split(",")) - {"."} - {depth[1:]}]


def compare(python):
    """One difference a line; AssertionError if nothing was compared."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    oracle = subprocess.run([python, "-B", os.path.join(HERE, "depths_oracle.py"), EVERY, "0"],
                            env=clean, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                            check=False, timeout=600)
    if oracle.returncode:
        raise AssertionError(oracle.stderr[-2000:])
    lines = oracle.stdout.split("\n")[:-1]
    asked, told = lines[::2], [line.split() for line in lines[1::2]]
    done = subprocess.run([DEPTHS], input="\n".join(asked) + "\n", capture_output=True, text=True,
                          check=True, timeout=600)
    found = [line.split() for line in done.stdout.split("\n")[:-1]]
    findings, compared = [], 0
    for question, expected, answer in zip(asked, told, found):
        compared += sum(a != "." and b.strip(".,") != "" for a, b in zip(expected, answer))
        for unit in same(int(question.split()[0]), expected, answer):
            findings.append("%s: unit %d: %s, refgraph has %s" % (question[:60], unit,
                                                                  expected[unit], answer[unit]))
    if len(found) != len(asked) or compared < 500:
        raise AssertionError("%d code objects, %d instructions compared" % (len(found), compared))
    print("# %d code objects, %d instructions" % (len(found), compared))
    return findings[:20]


def covered(python):
    done = subprocess.run([python, "-c", VERSION], capture_output=True, text=True, check=False)
    words = done.stdout.split()
    return len(words) == 2 and words[0] == "3" and 8 <= int(words[1]) <= 13


if __name__ == "__main__":
    sys.exit(common.run(*[("depths under %s" % refcounts.name(path),
                           lambda path=path: compare(path))
                          for path in refcounts.interpreters(every=True) if covered(path)]))
