#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How much of a portable dump is labelled, and what its objects hang from.

    labels.py DUMP.ndjson...     what is not labelled, by type and place; roots by kind
    labels.py --json DUMP.ndjson

A reference is labelled if its label says a place: an attribute, an index, a key, a member, a named
variable or field. An offset, a question mark, nothing at all and what was found by scanning do not.
An object that the collector keeps hangs from the best root that leads to it: a named one;
`external references`, where only C holds it; what was frozen (gc.freeze) and nobody holds; or
garbage, which holds it in a place that the collector is not shown. There is nothing else.
"""
import array
import collections
import json
import re
import subprocess
import sys

GOAL = 99.9  # % of references, over all programs
FEW = 10     # programs are not all: one may be full of an extension's own types
LIMIT = 240
# Best first, as chains prefer them.
KINDS = ("module", "local", "thread-local", "interpreter", "thread", "static", "external",
         "frozen", "garbage")
NAMED = KINDS[:6]

# What may stand before a blank or an index where a place has no attribute of its own.
WORDS = r"key|local|cell|free|stack|shared\ key|module\ state"
NAME = r"[^\W\d]\w*"
PLACE = re.compile(r"""
    (?: \.%s | \[ .* \] | \{ .* \} )+               # attributes, items, members
  | (?: %s ) \s .+                                   # what is named: local x, key 'x'
  | (?: local | cell | free | stack ) \[ \d+ \]
  | link | node | weakref
""" % (NAME, WORDS), re.VERBOSE | re.DOTALL)
# The state of other modules is as unknown as their types. (What is new or gone is an example.)
LIBRARY = sys.stdlib_module_names - {"xxlimited", "xxlimited_35"}
# What is no name: a word that could not be read, an offset.
UNKNOWN = re.compile(r"(?:^|[\s.\[<{])\?(?:[\s\]>}]|$)|[+]\d+>?$")
KEY = re.compile(r"\[.*\]|\{.*\}", re.DOTALL)


def is_label(label):
    if label.startswith(("[", "{", "key ")):
        # Text of the program: a question mark in it is its own.
        return label not in ("[?]", "{?}", "key ?", "[<?>]", "{<?>}", "key <?>")
    return bool(label) and not UNKNOWN.search(label) and PLACE.fullmatch(label) is not None


def place(label):
    """The place in the source type that a label stands for: all keys are one."""
    if label.startswith("key "):
        return "key"
    return KEY.sub("[]", label) or "nothing"


class Failure(Exception):
    """A dump could not be measured."""


class Graph:
    """What of a dump is needed to follow its references."""

    def __init__(self):
        self.ids = {}
        self.refs = []
        self.kept = bytearray()   # tracked, and no garbage
        self.types = []
        self.roots = []           # (address, kind)

    def add(self, item):
        self.ids[item["address"]] = len(self.refs)
        self.refs.append(array.array("Q", item.get("refs", ())))
        self.kept.append(bool((item.get("tracked") or item.get("frozen"))
                              and not item.get("unreachable")))
        self.types.append(item["type"])
        for flag, kind in (("frozen", "frozen"), ("unreachable", "garbage"), ("lost", "garbage")):
            if item.get(flag):
                self.roots.append((item["address"], kind))

    def hang(self):
        """{kind: kept objects that hang from it}, and those that hang from nothing."""
        seen = bytearray(len(self.refs))
        found = {}
        for kind in KINDS:
            work = [self.ids[at] for at, of in self.roots if of == kind and at in self.ids]
            count = 0
            while work:
                at = work.pop()
                if seen[at]:
                    continue
                seen[at] = 1
                count += self.kept[at]
                for address in self.refs[at]:
                    target = self.ids.get(address)
                    if target is not None and not seen[target]:
                        work.append(target)
            found[kind] = count
        lost = [i for i, kept in enumerate(self.kept) if kept and not seen[i]]
        return found, collections.Counter(self.types[i] for i in lost)


def measure(path):
    """{references, labelled, unlabelled: {"type place": number}, kept, roots: {kind: number}, ..}."""
    graph = Graph()
    references = labelled = 0
    wrong = collections.Counter()
    examples, origins, origin_of = {}, {}, {}
    with open(path, encoding="utf-8", errors="surrogatepass") as lines:
        for line in lines:
            item = json.loads(line)
            if "root" in item:
                graph.roots.append((item["root"], item.get("kind")))
            if "typedef" in item:
                origin_of[item["type_address"]] = item.get("origin", "")
            if "address" not in item:
                continue
            graph.add(item)
            refs = item.get("refs", ())
            labels = item.get("labels") or [""] * len(refs)
            inferred = set(item.get("inferred", ()))
            labels = [(label, i in inferred) for i, label in enumerate(labels)]
            for key in ("borrowed", "weak"):
                some = item.get(key, ())
                names = item.get(key + "_labels") or [""] * len(some)
                labels += [(label, False) for label in names]
            references += len(labels)
            for label, scanned in labels:
                if not scanned and is_label(label):
                    labelled += 1
                    continue
                what = "%s %s%s" % (item["type"], "(scanned) " if scanned else "", place(label))
                wrong[what] += 1
                origin = origin_of.get(item.get("type_address"), "")
                if item.get("is_module") and item.get("name", "").split(".")[0] not in LIBRARY:
                    origin = "package"
                origins[what] = origin
                examples.setdefault(what, "%s of %s 0x%x %s" % (
                    label, item["type"], item["address"], item.get("name", "")))
    found, lost = graph.hang()
    return {"references": references, "labelled": labelled, "unlabelled": dict(wrong),
            "examples": examples, "origins": origins, "kept": sum(graph.kept), "roots": found, "lost": dict(lost)}


def ask(portable):
    """measure() in a process of its own."""
    done = subprocess.run([sys.executable, "-B", __file__, "--json", portable], text=True,
                          capture_output=True, timeout=LIMIT, check=False)
    if done.returncode or not done.stdout:
        raise Failure("labels: %s" % done.stderr.strip()[-500:])
    return json.loads(done.stdout)


def share(part, whole):
    """In %, never rounded up to 100."""
    if part == whole:
        return "100"
    return "%.3f" % (int(100000 * part / whole) / 1000)


def add_up(measured):
    """What several dumps have together."""
    total = {"references": 0, "labelled": 0, "kept": 0}
    for key in ("unlabelled", "roots", "lost"):
        total[key] = collections.Counter()
    total["examples"], total["origins"] = {}, {}
    for one in measured:
        for key, value in one.items():
            if isinstance(value, dict):
                total[key].update(value)
            else:
                total[key] += value
    return total


def is_short(total, few=False):
    """Whether this misses the goal. What has no excuse: the runtime's own types, and no root."""
    return ((not few and total["labelled"] < total["references"] * GOAL / 100)
            or bool(total["lost"]) or any(origin == "runtime" for origin in total["origins"].values()))


HEADS = "%10s %7s %5s  %8s %7s %7s %6s %7s %4s" % (
    "references", "label", "short", "kept", "named", "extern", "frozen", "garbage", "lost")


def line(total):
    """Labels; of the types of the runtime itself the places without; what kept objects hang from."""
    kept, roots = total["kept"], total["roots"]
    own = sum(origin == "runtime" for origin in total["origins"].values())
    return "%10d %7s %5d  %8d %7s %7s %6d %7d %4d" % (
        total["references"], share(total["labelled"], total["references"]), own, kept,
        share(sum(roots[kind] for kind in NAMED), kept), share(roots["external"], kept),
        roots["frozen"], roots["garbage"], sum(total["lost"].values()))


def report(total, most=60):
    """What is not labelled, most first, and the kept objects by the kind of their root."""
    lines = ["roots: " + ", ".join("%s %d" % (kind, total["roots"][kind]) for kind in KINDS)]
    if total["lost"]:
        lines.append("hanging from nothing: %s" % dict(total["lost"]))
    for what, number in sorted(total["unlabelled"].items(), key=lambda pair: -pair[1])[:most]:
        lines.append("%8d %s %s: %s" % (number, total["origins"].get(what, ""), what,
                                        total["examples"][what]))
    return lines


def main():
    if sys.argv[1:2] == ["--json"]:
        print(json.dumps(measure(sys.argv[2])))
        return 0
    short = False
    for path in sys.argv[1:]:
        total = measure(path)
        short |= is_short(total)
        print(path, HEADS, path, line(total), *report(total), sep="\n")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
