# SPDX-License-Identifier: MIT
"""A core cut off anywhere gives what it has, says that it is cut, and invents nothing.

The small cores are cut at every segment's end and at random places. From the end of the runtime's
state on, `types` answers; before it there is an answer or one line of error. What a cut core
shows is held against the whole one: every object is one there as well, of the same type where it
has a name, and what is unreachable was so before. Holes, which programs and filters make, too.
"""
import json
import os
import random
import struct
import sys
import tempfile

import support

RANDOM = 16
INTERPRETERS_MAIN = 40  # within _PyRuntime, 3.8 to 3.10
EVERY = int(os.environ.get("REFGRAPH_ERRORS") or 1)


def objects_of(path):
    """{address: type}, and the addresses of unreachable objects, of a dump that is answered."""
    done = support.run("convert", path, "--format", "ndjson")
    if done.returncode:
        raise AssertionError("%s: %s" % (path, done.stderr))
    types, garbage = {}, set()
    for line in done.stdout.splitlines():
        row = json.loads(line)
        if "address" in row:
            types[row["address"]] = row["type"]
            if row.get("unreachable"):
                garbage.add(row["address"])
    return types, garbage


def compare(name, whole, part):
    """What the dump of a part has that the whole dump has not."""
    types, garbage = whole
    findings = []
    made_up = [address for address in part[0] if address not in types]
    if made_up:
        findings.append("%s: 0x%x and %d more are no objects of the whole dump" % (
            name, made_up[0], len(made_up) - 1))
    for address, word in part[0].items():
        # Of which module it is can be what was lost: then it says so.
        if word != types.get(address, word) and not word.startswith(("type@0x", "?.")):
            findings.append("%s: 0x%x is a %s, not a %s" % (name, address, types[address], word))
            break
    false = part[1] - garbage
    if false:
        findings.append("%s: %d objects that are alive are called unreachable, one is 0x%x" % (
            name, len(false), min(false)))
    return findings


def heap_states(core):
    """What else must be whole, and its size: up to 3.10 the main interpreter's state is on the
    heap, and up to 3.9 the types are not in the segment of _PyRuntime, which is zeroed memory.
    """
    sizes = {"cpython-3.8": 2720, "cpython-3.9": 5656, "cpython-3.10": 113528}
    size = sizes.get(".".join(core.name.split(".")[:2]))
    if not size:
        return []
    at = core.offset(core.symbol("_PyRuntime")[0] + INTERPRETERS_MAIN)
    return [(struct.unpack_from("<Q", core.data, at)[0], size), core.symbol("PyType_Type")]


def cut_places(core, chance):
    """(length, whether the runtime's state is whole) of the cuts of one core."""
    address, size = core.symbol("_PyRuntime")
    state = core.offset(address) + size
    # Up to 3.10 the interpreter's state is elsewhere, on the heap.
    for place, length in heap_states(core):
        state = max(state, core.offset(place) + length)
    places = {offset + length for _, offset, length, _, _ in core.loads}
    places |= {state, state + 8, len(core.data) - 1}
    places |= {chance.randrange(state, len(core.data)) for _ in range(RANDOM)}
    places |= {chance.randrange(4096, state) for _ in range(RANDOM // 4)}
    return [(place, place >= state) for place in sorted(places) if place < len(core.data)]


def check_cuts(core, folder):
    path = os.path.join(folder, "core")
    with open(path, "wb") as file:
        file.write(core.data)
    whole = objects_of(path)
    findings, last, answered = [], 0, 0
    places = cut_places(core, random.Random(core.name))[::-1]
    for number, (place, has_state) in enumerate(places[::EVERY]):
        os.truncate(path, place)
        name = "%s: cut to %d bytes" % (core.name, place)
        done = support.run("types", path, "--format", "json", "-n", "0")
        if done.returncode == 2:
            findings += support.error_of(done, "is cut off", support.GUIDE)
            if has_state:
                findings.append("%s: is not answered: %s" % (name, done.stderr))
            continue
        if done.returncode:
            findings.append("%s: exit status %d" % (name, done.returncode))
            continue
        answered += 1
        said = json.loads(done.stdout)
        if said["complete"] or not any("is cut off at " in text for text in said["missing"]):
            findings.append("%s: complete %s, missing %s" % (name, said["complete"],
                                                             said["missing"]))
        # A shorter piece holds no more; unreadable is counted by objects, so neither many more.
        if last and said["objects"] > last:
            findings.append("%s: %d objects, more than of a longer piece" % (name,
                                                                             said["objects"]))
        last = said["objects"]
        if said["unreadable"] > len(whole[0]):
            findings.append("%s: %d objects unreadable of %d in all" % (
                name, said["unreadable"], len(whole[0])))
        if number % 5 == 0:
            findings += compare(name, whole, objects_of(path))
            findings += check_gates(name, path)
    print("# %s: %d of %d cuts answered" % (core.name, answered, len(places[::EVERY])))
    return findings


def check_gates(name, path):
    """No gate vouches for a core that is cut, unless it is told to."""
    findings = ["%s: %s" % (name, text) for text in support.error_of(
        support.run("cycles", path, "--exit-code"), "is incomplete", "--allow-incomplete",
        support.GUIDE)]
    done = support.run("cycles", path, "--exit-code", "--allow-incomplete")
    if done.returncode not in (0, 1):
        findings.append("%s: --allow-incomplete gives exit status %d" % (name, done.returncode))
    head = done.stdout
    if head.count(support.GUIDE) != 1 or "incomplete" not in head:
        findings.append("%s: its report does not name %s once" % (name, support.GUIDE))
    return findings


def check_holes(core, folder):
    """Without one writable segment at a time, as MADV_DONTDUMP or a filter leaves it out."""
    path = os.path.join(folder, "core")
    with open(path, "wb") as file:
        file.write(core.data)
    whole = objects_of(path)
    findings, answered = [], 0
    states = [core.symbol("_PyRuntime")[0]] + [place for place, _ in heap_states(core)]
    for start, _, size, flags, header in core.loads:
        if not flags & support.PF_W or any(start <= state < start + size for state in states):
            continue
        with open(path, "r+b") as file:
            file.seek(header + 32)
            file.write(struct.pack("<Q", 0))
        name = "%s: without the segment at 0x%x" % (core.name, start)
        said = support.answer("types", path, "-n", "0")
        part = objects_of(path)
        findings += compare(name, whole, part)
        if len(part[0]) < len(whole[0]) and said["complete"]:
            findings.append("%s: %d objects of %d, and is called complete" % (
                name, len(part[0]), len(whole[0])))
        answered += 1
        with open(path, "r+b") as file:
            file.seek(header + 32)
            file.write(struct.pack("<Q", size))
    return findings if answered else ["%s: has no segment to leave out" % core.name]


def check_containers(core, folder):
    """A list of which nothing makes sense is one object that cannot be decoded, not thousands."""
    path = os.path.join(folder, "core")
    with open(path, "wb") as file:
        file.write(core.data)
    rows = support.run("convert", path).stdout.splitlines()
    lists = [row for row in map(json.loads, rows) if row.get("type") == "list" and
             len(row["refs"]) > 20]
    row = max(lists, key=lambda row: len(row["refs"]))
    at = core.offset(row["address"])
    # Without a GIL the head of an object is 16 bytes longer.
    place = at + (40 if core.name.endswith("t") else 24)
    items = core.offset(struct.unpack_from("<Q", core.data, place)[0])
    with open(path, "r+b") as file:
        file.seek(items)
        file.write(bytes([0x41]) * 8 * (len(row["refs"]) - 2))
    said = support.answer("types", path)
    if said["unreadable"] != 1 or said["complete"]:
        return ["%s: a list of %d items became nonsense: unreadable %d, complete %s" % (
            core.name, len(row["refs"]), said["unreadable"], said["complete"])]
    return []


def in_folder(check, core):
    with tempfile.TemporaryDirectory() as folder:
        return check(core, folder)


def main():
    cases = []
    for name in support.core_names():
        core = support.Core(name)
        for words, check in (("cut off anywhere", check_cuts), ("segments left out", check_holes),
                             ("one bad container", check_containers)):
            cases.append(("%s: %s" % (name, words),
                          lambda core=core, check=check: in_folder(check, core)))
    support.common.run(*cases)


if __name__ == "__main__":
    sys.exit(main())
