# SPDX-License-Identifier: MIT
"""Every reader on a small core of its own: what refgraph finds is what the interpreter said.

The cores beside this script are of real processes (README.md), so this runs on any machine,
whatever interpreters it has. NAME.json is the interpreter's own word at the moment of the dump.
"""
import hashlib
import json
import lzma
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "checks"))
import common  # noqa: E402

REFGRAPH = os.environ.get("REFGRAPH") or os.path.join(common.build_dir(), "refgraph")
LIMIT = 120

# What leaks in program.py, and the chain that must be found for the first of each.
MAIN = r"sys\.modules\['__main__'\]\."
LEAKS = {
    "__main__.Listed": MAIN + r"(kept|more)\[\d+\]",
    "__main__.Cached": MAIN + r"cache<\.cache\[('alpha'|'beta'|'gamma'|4)\]>",
    "__main__.Captured": MAIN + r"handler\.__closure__\[0\]\.cell_contents",
    "__main__.Default": MAIN + r"with_default\.__defaults__\[0\]",
    "__main__.Held": r"sys\._current_frames\(\)\[\d+\](\.f_back)*\.f_locals\['held'\]",
    "__main__.Dynamic": MAIN + r"scope\['instance'\]",
}


def command(*arguments, folder=None):
    done = subprocess.run([REFGRAPH, *arguments], capture_output=True, timeout=LIMIT, check=False,
                          cwd=folder, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def answer(*arguments, status=0):
    """The JSON of a command that must succeed."""
    code, out, errors = command(*arguments, "--format", "json")
    if code != status:
        raise AssertionError("%s: exit status %d: %s" % (" ".join(arguments[:1]), code, errors))
    return json.loads(out)


class Core:
    """One core, unpacked, with its portable form read back by a parser that is not ours."""

    def __init__(self, name, folder):
        self.name = name
        self.packed = os.path.join(HERE, name + ".core.xz")
        self.path = os.path.join(folder, name + ".core")
        self.portable = os.path.join(folder, name + ".ndjson")
        with lzma.open(self.packed) as packed, open(self.path, "wb") as file:
            file.write(packed.read())
        self.said = json.loads(common.read(HERE, name + ".json"))
        self.objects = {}
        self.roots = []
        self.error = None
        code, _, errors = command("convert", self.path, "-o", self.portable, "--labels=all")
        if code:
            self.error = "convert: exit status %d: %s" % (code, errors)
            return
        with open(self.portable, encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                if "address" in row:
                    self.objects[row["address"]] = row
                elif "root" in row:
                    self.roots.append(row)

    def tracked(self):
        return [row for row in self.objects.values() if row.get("tracked") and not row.get("frozen")]


def differences(what, got, wanted):
    return ["%s: %s is %r, the interpreter said %r" % (what, key, got.get(key), wanted.get(key))
            for key in sorted(set(got) | set(wanted)) if got.get(key) != wanted.get(key)]


def check_info(core):
    info = answer("info", core.path)
    wanted = {"complete": True, "missing": [], "unreadable": 0, "runtime": "cpython",
              "version": core.name.split("-")[1], "interpreters": 1, "threads": 2}
    return ["%s is %r, not %r" % (key, info.get(key), value)
            for key, value in wanted.items() if info.get(key) != value]


def check_packed(core):
    code, out, errors = command("types", core.packed, "--format", "json")
    if code and "xz" in errors:
        raise common.Skip("built without liblzma")
    if code:
        return [errors]
    return [] if json.loads(out)["types"] == answer("types", core.path)["types"] else [
        "the packed core has other types"]


def check_types(core):
    got = {}
    for row in answer("types", core.path, "--tracked")["types"]:
        both = got.setdefault(row["type"], [0, 0])
        both[0] += row["count"]
        both[1] += row["bytes"]
    return differences("types", got, core.said["tracked"]["types"])


def check_origins(core):
    """The program's own classes, and nothing else of a program that imports only modules in C."""
    findings = []
    for row in answer("types", core.path)["types"]:
        wanted = "program" if row["module"] == "__main__" else "runtime"
        if row["origin"] != wanted:
            findings.append("%s comes from %s, not %s" % (row["type"], row["origin"], wanted))
    return findings


def check_addresses(core):
    addresses = sorted(row["address"] for row in core.tracked())
    text = "".join("%x\n" % address for address in addresses)
    found = {"count": len(addresses), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    return differences("tracked", found, {key: core.said["tracked"][key] for key in found})


def check_references(core):
    """Both ways of counting agree: nothing points outside, nothing is held more than it counts."""
    findings = []
    held = dict.fromkeys(core.objects, 0)
    for row in core.objects.values():
        for target in row["refs"]:
            if target not in held:
                findings.append("0x%x refers to 0x%x, which is no object" % (row["address"],
                                                                            target))
            else:
                held[target] += 1
    for root in core.roots:
        if root["kind"] != "external":
            held[root["root"]] += root.get("count", 1)
    for address, count in held.items():
        row = core.objects[address]
        if not row.get("immortal") and count > row["refcount"]:
            findings.append("%s 0x%x has %d references and a count of %d" % (
                row["type"], address, count, row["refcount"]))
    found = sum(len(row["refs"]) for row in core.tracked())
    if found < core.said["tracked"]["references"]:
        findings.append("%d references of tracked objects, the collector visits %d" % (
            found, core.said["tracked"]["references"]))
    return findings


def check_unreachable(core):
    said = core.said["unreachable"]
    got = ["0x%x" % row["address"] for row in core.objects.values()
           if row.get("unreachable") and row.get("tracked")]
    findings = ["0x%x" % int(address, 16) + " is unreachable on one side only"
                for address in sorted(set(got) ^ set(said["addresses"]))]
    cycles = answer("cycles", core.path)
    if cycles["unreachable_tracked"] != said["count"]:
        findings.append("cycles: %d unreachable tracked objects, the collector found %d" % (
            cycles["unreachable_tracked"], said["count"]))
    counts = {}
    for group in cycles["groups"]:
        for row in group["types"]:
            counts[row["type"]] = counts.get(row["type"], 0) + row["count"]
    short = {name: counts.get(name, 0) for name, count in said["types"].items()
             if counts.get(name, 0) < count}
    findings += ["cycles: only %d of %s in the groups" % (count, name)
                 for name, count in short.items()]
    return findings


def check_chains(core):
    findings = []
    for name, expression in LEAKS.items():
        chains = answer("chain", core.path, name + "#0", "--labels=all")["chains"]
        got = chains[0]["expression"] if chains else "nothing"
        if not re.fullmatch(expression, got):
            findings.append("%s is held by %s, not by %s" % (name, got, expression))
    if answer("chain", core.path, "__main__.Ring#0", status=1)["found"]:
        findings.append("there is a chain to an unreachable object")
    return findings


def check_read_back(core):
    findings = []
    for words in (("types", ), ("types", "--tracked"), ("cycles", )):
        one = answer(words[0], core.path, "--labels=all", *words[1:])
        other = answer(words[0], core.portable, "--labels=all", *words[1:])
        one.pop("dump", None)
        other.pop("dump", None)
        if one != other:
            findings += differences(" ".join(words), other, one)
    again = core.portable + ".again"
    code, _, errors = command("convert", core.portable, "-o", again, "--labels=all")
    if code:
        return findings + ["convert: %s" % errors]
    with open(core.portable, "rb") as first, open(again, "rb") as second:
        if first.read() != second.read():
            findings.append("the portable form of the portable form differs")
    return findings


CHECKS = (
    ("what it is", check_info),
    ("packed as it is", check_packed),
    ("tracked objects and sizes by type", check_types),
    ("where types come from", check_origins),
    ("addresses of tracked objects", check_addresses),
    ("references and counts", check_references),
    ("unreachable objects", check_unreachable),
    ("chains", check_chains),
    ("convert and read back", check_read_back),
)


def case(core, check):
    def run():
        if core.error:
            return [core.error]
        try:
            return check(core)
        except (AssertionError, KeyError, ValueError, subprocess.SubprocessError) as error:
            return ["%s: %s" % (type(error).__name__, error)]
    return run


def main():
    names = sorted(name[:-len(".core.xz")] for name in os.listdir(HERE)
                   if name.startswith("cpython-") and name.endswith(".core.xz"))
    with tempfile.TemporaryDirectory() as folder:
        cores = [Core(name, folder) for name in names]
        common.run(("there are cores", lambda: [] if len(cores) >= 6 else [str(names)]),
                   *[("%s: %s" % (core.name, text), case(core, check))
                     for core in cores for text, check in CHECKS])


if __name__ == "__main__":
    main()
