# SPDX-License-Identifier: MIT
"""Queries of a core select what the interpreter itself says, under each python3 at hand; and every
example of the manual selects something there."""
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import target  # noqa: E402

MANUAL = os.path.join(target.common.source_dir(), "docs", "man", "refgraph.1")
LEAST = 8


def dump(python, folder):
    """A core of the program, and what the interpreter says of it."""
    with target.started([python, os.path.join(HERE, "program.py"), folder], folder) as process:
        target.line_of(process, python)
        core = target.gcore(process, folder)
    with open(os.path.join(folder, "truth.json"), encoding="ascii") as file:
        return core, json.load(file)


def select(dumped, query):
    """Addresses of what the query selects."""
    answer = json.loads(target.refgraph("objects", dumped, query, "--format", "json"))
    return {int(thing["address"], 16) for thing in answer["objects"]}


def compare(python, portable_too=False):
    with tempfile.TemporaryDirectory() as folder:
        core, truth = dump(python, folder)
        dumps = [core]
        if portable_too:
            dumps.append(os.path.join(folder, "all.ndjson"))
            target.refgraph("convert", core, "--labels=all", "--values", "-o", dumps[1])
        wrong = []
        for query, addresses in truth.items():
            if not addresses:
                wrong.append("%s: nothing to be found" % query)
            for dumped in dumps:
                found = select(dumped, query)
                if found != set(addresses):
                    wrong.append("%s: %d, not %d: lacks %s, has %s" % (
                        query, len(found), len(set(addresses)),
                        ["0x%x" % a for a in sorted(set(addresses) - found)][:3],
                        ["0x%x" % a for a in sorted(found - set(addresses))][:3]))
        if wrong:
            raise AssertionError("%d of %d:\n%s" % (len(wrong), len(dumps) * len(truth), "\n".join(wrong)))


def grouped(core, by, query):
    """Name, count and container of each group."""
    answer = json.loads(target.refgraph("objects", core, "--by", by, query, "--format", "json"))
    return [(row["name"], row["count"], row.get("container")) for row in answer["groups"]]


def groups(python):
    with tempfile.TemporaryDirectory() as folder:
        core, truth = dump(python, folder)
        index = "0x%x" % truth["key('session 5', type = app.Session)"][0]
        buffers = "type = bytearray and referrer(app.Session)"
        expected = (
            ("container", "type = app.Session", [("dict at " + index, 60, index)]),
            ("via", buffers, [(".buffer", 60, None)]),
            ("referrer", buffers, [("app.Session", 60, None)]),
            ("via", "type = app.Slotted and len = 0 or type = app.Slotted and in = 1",
             [(".next", 4, None), (".chain", 1, None)]),
            ("module", "module = app and not unreachable", [("app", 65, None)]),
        )
        for by, query, rows in expected:
            found = grouped(core, by, query)
            if found != rows:
                raise AssertionError("--by %s %s: %s, not %s" % (by, query, found, rows))


def examples():
    """The commands of the manual's examples of queries."""
    with open(MANUAL, encoding="utf-8") as file:
        page = file.read()
    part = re.search(r"^\.Ss Examples of queries\n\.Bd .*\n((?:.*\n)*?)\.Ed$", page, re.M)[1]
    return [line.replace("\\e", "\\") for line in part.splitlines()]


def manual(python):
    commands = examples()
    if len(commands) < LEAST:
        raise AssertionError("the manual has %d examples" % len(commands))
    with tempfile.TemporaryDirectory() as folder:
        core, _ = dump(python, folder)
        for line in commands:
            words = shlex.split(line)
            if words[0] != "refgraph" or words[2] != "core.4711":
                raise AssertionError("what is this: " + line)
            done = subprocess.run([target.REFGRAPH, words[1], core, *words[3:]], check=False,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=300)
            if done.returncode or done.stderr:
                raise AssertionError("%s: %d: %s" % (line, done.returncode, done.stderr))
            if not re.search(r"0x[0-9a-f]+|\d+ B|objects", done.stdout.split("complete", 1)[1]):
                raise AssertionError("%s: selects nothing: %s" % (line, done.stdout))


def main():
    # Debug builds are alike.
    pythons = [python for python in target.interpreters(fetched=True) if "-dbg" not in python]
    tests = [("the interpreter agrees: %s" % target.name(python), compare, python)
             for python in pythons]
    tests.append(("so it does of the portable form", lambda it: compare(it, True), pythons[0]))
    tests.append(("groups", groups, pythons[0]))
    tests.append(("the manual's examples", manual, pythons[0]))
    failed = 0
    print("1..%d" % len(tests))
    for number, (name, test, python) in enumerate(tests, 1):
        word, note, lines = "ok", "", []
        try:
            test(python)
        except target.common.Skip as skip:
            note = " # SKIP %s" % skip
        except Exception as error:  # pylint: disable=broad-except
            word, failed, lines = "not ok", failed + 1, str(error).splitlines()
        print("%s %d - query: %s%s" % (word, number, name, note), flush=True)
        for line in lines:
            print("# " + line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
