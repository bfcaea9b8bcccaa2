# SPDX-License-Identifier: MIT
"""`refgraph leaks` of programs that leak in one way each: the first suspect is of that kind and its
path names what to edit; every command that it names to go on with works; a portable dump gives the
same answer; and what leaks is silent about with a baseline, with suppressions and of no change."""
import json
import os
import shlex
import subprocess
import sys
import tempfile

import running
from running import HERE, REFGRAPH, common

PROGRAM = os.path.join(HERE, "kinds_program.py")
# What the program does; kinds; a part of the path, "-" for none.
KINDS = (
    ("results", ("container",), "state['results']"),
    ("linked", ("type",), "state['chain']"),
    ("lookup", ("cache",), "state['find']"),
    ("stored_frames", ("frame",), "state['frames']"),
    ("uncollectable", ("uncollectable",), "['gc'].garbage"),
    ("history", ("history",), "['builtins']._"),
    ("spans", ("thread-local",), "local"),
    ("coroutines", ("coroutine",), "state['deliveries']"),
    ("abandoned", ("resource",), "-"),
    ("sockets", ("resource",), "state['connections']"),
    ("slices", ("view",), "state['heads']"),
    ("tasks", ("task",), "state['"),
)


def ask(words, folder, statuses=(0, 1)):
    done = subprocess.run([REFGRAPH, *words], cwd=folder, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, check=False, timeout=running.PATIENCE)
    if done.returncode not in statuses:
        raise AssertionError("refgraph %s: status %d: %s" % (" ".join(words), done.returncode,
                                                             done.stderr[-300:]))
    return done


def leaks(words, folder, statuses=(0, 1)):
    return json.loads(ask(["leaks", "--format", "json", *words], folder, statuses).stdout)


def follow(suspects, folder):
    """Every command to go on with works and says something."""
    findings = []
    for suspect in suspects:
        done = ask(shlex.split(suspect["next"])[1:], folder)
        written = [word for word in shlex.split(suspect["next"]) if word.endswith(".svg")]
        if not done.stdout and not all(os.path.exists(os.path.join(folder, name))
                                       for name in written or [""]):
            findings.append("says nothing: " + suspect["next"])
    return findings


def told(suspects):
    """What has to be the same whatever form the dump has."""
    return [{key: value for key, value in suspect.items() if key != "next"}
            for suspect in suspects]


def check_kind(name, kinds, path, python=running.PYTHON):
    with tempfile.TemporaryDirectory(prefix="refgraph-kinds-") as folder:
        with running.Process([python, PROGRAM, name], folder) as process:
            process.wait_for("ready")
            process.dump(name)
        core = name + ".core"
        suspects = leaks(["--exit-code", core], folder, (1,))["suspects"]
        first = suspects[0]
        findings = []
        if first["kind"] not in kinds:
            findings.append("the first is %s: %s, %s" % (first["kind"], first["title"],
                                                         first["path"]))
        if path != "-" and path not in (first["path"] or "-"):
            findings.append("its path is %s" % first["path"])
        findings += follow(suspects, folder)
        ask(["convert", "--labels", "all", core, "-o", "portable.ndjson"], folder, (0,))
        if told(leaks(["portable.ndjson"], folder)["suspects"]) != told(suspects):
            findings.append("the portable form has another answer")
        again = leaks(["--exit-code", core, core], folder, (0,))["suspects"]
        if again:
            findings.append("of no change: " + again[0]["title"])
        return findings + check_known(core, suspects, folder)


def check_known(core, suspects, folder):
    """What a baseline has, or suppressions fit, is not told again."""
    findings = []
    ask(["leaks", "--baseline", "known.json", "--update-baseline", core], folder, (0,))
    answer = leaks(["--baseline", "known.json", "--exit-code", core], folder, (0,))
    if answer["suspects"] or answer["accepted"] != len(suspects):
        findings.append("the baseline does not have all")
    with open(os.path.join(folder, "known.txt"), "w", encoding="ascii") as file:
        file.write("# what is known\n\nkind: *   # all\nsignature: sig1:0  # of nothing\n")
    done = ask(["leaks", "--suppressions", "known.txt", "--exit-code", core], folder, (0,))
    if "nothing stands out" not in done.stdout:
        findings.append("suppressions leave something")
    if "known.txt:4" not in done.stderr or "known.txt:3" in done.stderr:
        findings.append("not the unused one is named: " + done.stderr)
    return findings


def main():
    return running.run([("%s: %s" % (" or ".join(kinds), name),
                         lambda name=name, kinds=kinds, path=path: check_kind(name, kinds, path))
                        for name, kinds, path in KINDS])


if __name__ == "__main__":
    sys.exit(main())
