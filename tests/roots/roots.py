# SPDX-License-Identifier: MIT
"""Every place outside the objects that owns one is a named root: holder.py has an object at each,
and the chain that is told for it begins there. Speaks TAP, a case for each python3 at hand."""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import target  # noqa: E402

# The place; the kind of its root, what its name must be, and what the chain from it then says.
EXPECTED = {
    "module": ("module", r"sys\.modules\['held\.module'\]$", ""),
    "codec search function": ("interpreter", r"interpreter 0 codec_search_path$", "[1]"),
    "codec error handler": ("interpreter", r"interpreter 0 codec_error_registry$",
                            "['held-error']"),
    "signal handler": ("interpreter static", r"(runtime|static) signal handler 10$", ""),
    "at fork": ("interpreter", r"interpreter 0 after_forkers_child$", "["),
    "static type": ("static", r"static type int$", ""),
    "local of a thread": ("local", r"thread worker, frame nested \(.*holder\.py:\d+\), "
                          r"local inner$", ""),
    "local of the main thread": ("local", r"thread MainThread, frame main \(.*holder\.py:\d+\), "
                                 r"local mine$", ""),
    "profile function": ("thread", r"thread worker, .*profile.*", ""),
    "external": ("external", r"external references$", ""),
}
# What a module leads to as well: the root of its own is there, and leads to it.
BESIDE = {
    "atexit callback": r"interpreter 0 atexit|sys\.modules\['atexit'\]",
    "collector's callback": r"(interpreter 0|runtime) gc\.callbacks$",
    "thread-local": r"thread MainThread, thread-local ",
    "context": r"thread MainThread, context$",
}
STEPS = 8
# Of these an object owns what a root leads to: the chain from any root goes through it.
THROUGH = {
    "heap type": r"sys\.modules\['program'\]|\.Held|__main__",
    "variable of a generator": r"GENERATOR.*variable",
    "variable of a coroutine": r"(TASK|LOOP|_scheduled|ready|tasks).*awaited",
    "exception being handled": r"local error|exc",
    "builtins": r"builtins",
}


def dump(python, folder):
    """What the program says; the roots, what objects refer to, and the core."""
    with target.started([python, os.path.join(HERE, "holder.py")], folder,
                        MALLOC_ARENA_MAX="2") as process:
        line = target.line_of(process, python)
        core = target.gcore(process, folder)
    portable = os.path.join(folder, "d.ndjson")
    target.refgraph("convert", core, "-o", portable, "--labels=all")
    roots, objects = [], {}
    with open(portable, encoding="utf-8", errors="surrogatepass") as lines:
        for text in lines:
            if text.startswith('{"root"'):
                roots.append(json.loads(text))
            elif text.startswith('{"address"'):
                record = json.loads(text)
                objects[record["address"]] = record["refs"]
    return json.loads(line), roots, objects, core


def chain(core, address, kind):
    """Of the chains to the object at address, those from a root of that kind."""
    done = subprocess.run([target.REFGRAPH, "chain", core, "0x%x" % address, "-k", "8", "--format",
                           "json", "--labels=all"], check=False, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise AssertionError(done.stderr)
    return [c for c in json.loads(done.stdout)["chains"]
            if not kind or c["root_kind"] in kind.split()]


def reached(objects, start, address):
    """Whether the object at start leads to that at address in a few steps."""
    level, seen = [start], {start}
    for _ in range(STEPS):
        level = [target for source in level for target in objects.get(source, ())]
        level = [target for target in dict.fromkeys(level) if target not in seen]
        seen.update(level)
    return address in seen


def check(python):
    findings = []
    with tempfile.TemporaryDirectory() as folder:
        said, roots, objects, core = dump(python, folder)
        for place, address, _ in said["places"]:
            if place in EXPECTED:
                kind, name, rest = EXPECTED[place]
                direct = [r for r in roots if r["root"] == address and r["kind"] in kind.split()
                          and re.match(name, r["label"])]
                if direct and not rest:
                    continue
                # Reached from that root through what it owns.
                chains = [c for c in chain(core, address, kind)
                          if re.match(name, c["root"]) and rest in c["expression"]]
                if not chains:
                    findings.append("%s: 0x%x has the roots %s and the chains %s" % (
                        place, address, [r["label"] for r in roots if r["root"] == address],
                        [(c["root_kind"], c["expression"]) for c in chain(core, address, None)]))
            elif place in BESIDE:
                here = [r for r in roots if re.match(BESIDE[place], r["label"])]
                # Since 3.13 the local itself owns what threads keep in it.
                if not any(reached(objects, r["root"], address) for r in here) and \
                        (place, said["version"] >= [3, 13]) != ("thread-local", True):
                    findings.append("%s: 0x%x is not reached from any of %s" % (
                        place, address, [r["label"] for r in here]))
            elif place in THROUGH:
                chains = chain(core, address, None)
                if not any(re.search(THROUGH[place], c["root"] + " " + c["expression"])
                           for c in chains):
                    findings.append("%s: 0x%x: %s" % (place, address,
                                                      [c["expression"] for c in chains]))
        if said["second"]:
            second = "interpreter %d " % said["second"]
            for name in ("sys.modules['of.second']", "builtins", "sysdict", "codec_search_path"):
                if not any(r["label"] == second + name for r in roots):
                    findings.append("%s%s is no root" % (second, name))
    return findings


if __name__ == "__main__":
    target.common.run(*[("every place is a root, under %s" % target.name(path),
                         lambda path=path: check(path))
                        for path in target.interpreters(fetched=True)])
