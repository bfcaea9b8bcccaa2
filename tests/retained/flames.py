# SPDX-License-Identifier: MIT
"""What refgraph retained writes for viewers of flame graphs, and its tree: every byte that is alive
stands in exactly one stack, whatever the limits."""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "checks"))
import common  # noqa: E402

REFGRAPH = os.environ.get("REFGRAPH") or os.path.join(common.build_dir(), "refgraph")
DUMPS = os.path.join(HERE, "..", "golden", "dumps")
NAMES = ("monday", "tuesday", "wednesday", "hub", "leaky", "tasks", "hostile")
LIMITS = ([], ["--share", "0"], ["--share", "30"], ["--depth", "1"], ["--limit-nodes", "3"],
          ["--plumbing", "--share", "5"])
STACK = re.compile(r"([^;]+(?:;[^;]+)*) (\d+)")


def refgraph(*words):
    done = subprocess.run([REFGRAPH, "retained", *words], check=False, capture_output=True,
                          text=True, timeout=120, cwd=DUMPS)
    if done.returncode:
        raise ValueError("%s: %s" % (" ".join(words), done.stderr.strip()))
    return done.stdout


def bytes_of(*words):
    answer = json.loads(refgraph(*words, "--format", "json"))
    return answer["set"]["minimum"] if "set" in answer else answer["alive"]["bytes"]


def check_collapsed(*words):
    total, seen = 0, {}
    for line in refgraph(*words, "--format", "collapsed").splitlines():
        found = STACK.fullmatch(line)
        if not found:
            return ["%s: '%s' is no stack" % (" ".join(words), line)]
        total += int(found[2])
        seen[found[1]] = seen.get(found[1], 0) + int(found[2])
    wanted = bytes_of(*words)
    return [] if total == wanted else ["%s: stacks of %d bytes, not %d" %
                                       (" ".join(words), total, wanted)]


def check_speedscope(*words):
    answer = json.loads(refgraph(*words, "--format", "speedscope"))
    frames, profile = answer["shared"]["frames"], answer["profiles"][0]
    wrong = []
    if answer["$schema"] != "https://www.speedscope.app/file-format-schema.json":
        wrong.append("no schema of speedscope")
    if (profile["type"], profile["unit"], profile["startValue"]) != ("sampled", "bytes", 0):
        wrong.append("no profile of bytes")
    if len(profile["samples"]) != len(profile["weights"]):
        wrong.append("samples without weights")
    if any(not sample or max(sample) >= len(frames) for sample in profile["samples"]):
        wrong.append("a sample of no frame")
    if not sum(profile["weights"]) == profile["endValue"] == bytes_of(*words):
        wrong.append("weights do not add up")
    return ["%s: %s" % (" ".join(words), finding) for finding in wrong]


def check_all(check):
    findings = []
    for name in NAMES:
        for limit in LIMITS:
            findings += check(name + ".ndjson", *limit)
    findings += check("tuesday.ndjson", "app.session.Session")
    return findings + check("monday.ndjson", "list#0", "--share", "0")


def check_tree():
    """Children never keep more than what they hang from, and stand in the order of bytes."""
    findings = []
    for name in NAMES:
        lines = refgraph(name + ".ndjson", "--tree", "--share", "0").splitlines()
        ways = {}
        for line in lines:
            found = re.match(r" *([\d.]+) (B|KiB) +([\d.]+)  ([│ ]*)([├└]─ )?", line)
            if not found:
                continue
            depth = len(found[4]) // 3 + bool(found[5])
            share = float(found[3])
            if depth and share > ways[depth - 1]:
                findings.append("%s: more than what it hangs from: %s" % (name, line))
            ways[depth] = share
        if not ways:
            findings.append("%s: no tree" % name)
    return findings


if __name__ == "__main__":
    sys.exit(common.run(
        ("collapsed stacks hold every byte once", lambda: check_all(check_collapsed)),
        ("a profile for speedscope does, too", lambda: check_all(check_speedscope)),
        ("branches keep no more than their stem", check_tree),
    ))
