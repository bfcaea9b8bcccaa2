# SPDX-License-Identifier: MIT
"""What the command prints, compared byte by byte with what it should; --update writes it anew.

Look at every difference before an update: the expected outputs are the contract.
"""
import json
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get("REFGRAPH", "refgraph")
COMMON_KEYS = {"schema", "complete", "missing", "unreadable"}


def cases():
    with open(os.path.join(HERE, "cases.txt"), encoding="utf-8") as file:
        for line in file:
            words = shlex.split(line)
            if words and words[0] != "#":
                yield words[0], int(words[1]), words[2:]


def run(arguments):
    environment = dict(os.environ, LC_ALL="C", TERM="dumb")
    for name in ("COLUMNS", "NO_COLOR", "GITHUB_ACTIONS"):
        environment.pop(name, None)
    return subprocess.run([PROGRAM, *arguments], cwd=os.path.join(HERE, "dumps"), timeout=60,
                          stdin=subprocess.DEVNULL, env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def expected(name, suffix):
    path = os.path.join(HERE, "expected", name + suffix)
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


def write(name, suffix, text):
    path = os.path.join(HERE, "expected", name + suffix)
    if text:
        with open(path, "wb") as file:
            file.write(text)
    elif os.path.exists(path):
        os.unlink(path)


def problems(name, status, arguments):
    """What is wrong, one line each; holds for every output, whatever is expected of it."""
    done = run(arguments)
    if done.returncode != status:
        yield "exits with %d, not %d: %r" % (done.returncode, status, done.stderr)
    if status == 2 and done.stdout:
        yield "prints to standard output though it failed"
    if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", done.stdout + done.stderr):
        yield "lets control characters through"
    if name.endswith("-json"):
        try:
            answer = json.loads(done.stdout)
        except ValueError as error:
            yield "is no JSON: %s" % error
        else:
            if not COMMON_KEYS <= set(answer):
                yield "lacks one of %s" % sorted(COMMON_KEYS)
            if answer.get("schema") != "refgraph/%s/1" % arguments[0]:
                yield "has the schema %r" % answer.get("schema")
    for suffix, text in ((".out", done.stdout), (".err", done.stderr)):
        if "--update" in sys.argv:
            write(name, suffix, text)
        elif text != expected(name, suffix):
            yield "differs from expected/%s%s:\n%s" % (name, suffix,
                                                      text.decode("utf-8", "replace"))


def main():
    number = failed = 0
    everything = list(cases())
    print("1..%d" % (len(everything) + 1))
    for name, status, arguments in everything:
        number += 1
        if "dot" in arguments and b"--with-cgraph" in run(arguments).stderr:
            print("ok %d - golden: %s # SKIP built without cgraph" % (number, name))
            continue
        found = list(problems(name, status, arguments))
        failed += bool(found)
        print("%s %d - golden: %s" % ("not ok" if found else "ok", number, name))
        for line in "\n".join(found).splitlines():
            print("# " + line)
    known = {name + suffix for name, _, _ in everything for suffix in (".out", ".err")}
    strangers = sorted(set(os.listdir(os.path.join(HERE, "expected"))) - known)
    failed += bool(strangers)
    print("%s %d - golden: every expected output has a case" %
          ("not ok" if strangers else "ok", number + 1))
    for name in strangers:
        print("# expected/%s" % name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
