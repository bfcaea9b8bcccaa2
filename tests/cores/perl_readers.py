#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Perl's reader on a small core of its own: what refgraph finds is what Devel::MAT said.

The core beside this script is of a real process (README.md), so this runs on any machine, with
Perl or without. NAME.json is the word of Devel::MAT::Dumper in a child of that process.
"""
import glob
import hashlib
import json
import lzma
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "checks"))
import common  # noqa: E402
import readers  # noqa: E402

# What program.pl leaks: the shapes of its cycles, how many of each, and whom to weaken.
CYCLES = {("HASH(Record)", "REF", "SCALAR"): 20, ("ARRAY", "CODE", "PAD", "REF"): 5,
          ("ARRAY", "REF"): 5}
LOST = 20 * 6 + 5 * 4 + 5 * 2


def load(path):
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return lines[0], {line["address"]: line for line in lines if "address" in line}


def check_objects(said, objects):
    """Every SV by address, type, count and size, but for those that changed after the fork."""
    changed = {int(address, 16) for address in said["changed"]}
    kept = [row for row in objects.values() if row["address"] not in changed]
    text, types = {}, {}
    for row in kept:
        text[row["address"]] = "%x %s %d %d\n" % (row["address"], row["type"], row["refcount"],
                                                  row["size"])
    # What a perl has outside of its arenas, and what the parent did while the child spoke.
    extra = {int(address, 16) for address in said["ours"]}
    digest = hashlib.sha256("".join(text[address] for address in sorted(text)
                                    if address not in extra).encode()).hexdigest()
    for row in kept:
        if row["address"] not in extra:
            numbers = types.setdefault(row["type"], [0, 0])
            numbers[0] += 1
            numbers[1] += row["size"]
    findings = ["%s: %s, Devel::MAT says %s" % (name, types.get(name), said["types"].get(name))
                for name in sorted(set(types) | set(said["types"]))
                if types.get(name) != said["types"].get(name)]
    if digest != said["sha256"]:
        findings.append("the objects are not those that Devel::MAT saw")
    return findings


def check_counts(objects, roots):
    """No object has more references than its count, and nearly all are explained."""
    held = {}
    for row in objects.values():
        for address in row["refs"]:
            held[address] = held.get(address, 0) + 1
    for root in roots:
        if root["kind"] != "external":
            held[root["root"]] = held.get(root["root"], 0) + root.get("count", 1)
    mortal = [row for row in objects.values() if not row.get("immortal")]
    findings = ["0x%x has %d references and a count of %d" % (
        row["address"], held[row["address"]], row["refcount"]) for row in mortal
        if held.get(row["address"], 0) > row["refcount"]]
    explained = sum(held.get(row["address"], 0) == row["refcount"] for row in mortal)
    if explained < 0.99 * len(mortal):
        findings.append("%d of %d counts are explained" % (explained, len(mortal)))
    return findings


def check_cycles(path):
    said = readers.answer("cycles", path)
    got = {tuple(sorted(row["type"] for row in group["types"])): group["count"]
           for group in said["groups"]}
    findings = [] if got == CYCLES else ["cycles: %r, not %r" % (got, CYCLES)]
    if said["lost_objects"] != LOST:
        findings.append("%d objects are lost, not %d" % (said["lost_objects"], LOST))
    return findings + ["nothing is named to weaken" for group in said["groups"]
                       if not group.get("break")]


def check(packed, folder):
    name = os.path.basename(packed)[:-len(".core.xz")]
    path, portable = os.path.join(folder, name + ".core"), os.path.join(folder, name + ".ndjson")
    with lzma.open(packed) as source, open(path, "wb") as file:
        file.write(source.read())
    said = json.loads(common.read(HERE, name + ".json"))
    code, _, errors = readers.command("convert", path, "-o", portable)
    if code:
        return name, [("is read", ["convert: %s" % errors])]
    first, objects = load(portable)
    with open(portable, encoding="utf-8") as file:
        roots = [row for row in map(json.loads, file) if "root" in row]
    return name, [
        ("is whole", [] if first["complete"] else ["missing: %s" % first["missing"]]),
        ("objects are those of Devel::MAT", check_objects(said, objects)),
        ("counts are explained", check_counts(objects, roots)),
        ("cycles are found", check_cycles(path)),
    ]


def main():
    with tempfile.TemporaryDirectory(prefix="cores-") as folder:
        results = [check(packed, folder) for packed in
                   sorted(glob.glob(os.path.join(HERE, "perl-*.core.xz")))]
    common.run(("there are cores", lambda: [] if results else ["none"]),
               *[("%s: %s" % (name, title), lambda findings=findings: findings)
                 for name, rows in results for title, findings in rows])


if __name__ == "__main__":
    main()
