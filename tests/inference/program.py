# SPDX-License-Identifier: MIT
"""program.py FOLDER SEED: instances of the types in FOLDER, what they own in FOLDER/truth.json,
and then waits to be dumped."""
import collections
import gc
import json
import os
import random
import sys
import time

FOLDER = sys.argv[1]
sys.path.insert(0, FOLDER)
import rgtypes  # noqa: E402

RNG = random.Random(int(sys.argv[2]))
with open(os.path.join(FOLDER, "types.json"), encoding="utf-8") as file:
    TYPES = json.load(file)
BY_NAME = {t["name"]: t for t in TYPES}
gc.disable()


class Plain:
    """What a program holds in objects."""

    def __init__(self, number):
        self.number = number


def make(depth=0):
    """An object that nobody else has."""
    number = RNG.randint(1 << 33, 1 << 40)
    kind = RNG.randint(0, 9 if depth < 2 else 5)
    if kind == 0:
        return number
    if kind == 1:
        return "text %d" % number
    if kind == 2:
        return number / 7
    if kind == 3:
        return b"bytes %d" % number
    if kind == 4:
        return Plain(number)
    if kind == 5:
        return object()
    if kind == 6:
        return [make(depth + 1) for _ in range(RNG.randint(0, 3))]
    if kind == 7:
        return {"key %d" % i: make(depth + 1) for i in range(RNG.randint(0, 3))}
    if kind == 8:
        return (make(depth + 1), number)
    return lambda: number


SHARED = [make() for _ in range(40)]
PARENTS = [Plain(i) for i in range(20)]
KEPT = []
LOOSE = []          # instances that only another instance will own
INSTANCES = []      # [type, address, owned, declared]


def owned(empty=0.2):
    """Something to own; Ellipsis: NULL."""
    what = RNG.random()
    if what < empty:
        return ...
    if what < 0.3:
        return None
    if what < 0.4:
        return RNG.choice(SHARED)
    if what < 0.45:
        return RNG.choice([True, 1, "", (), Plain, len])
    if what < 0.6 and LOOSE:
        return LOOSE.pop()
    if what < 0.65 and KEPT:
        return RNG.choice(KEPT)
    return make()


def stale():
    """Where an object was."""
    gone = make()
    address = id(gone)
    del gone
    return address


def junk(number):
    """What a block has behind its items: leftovers."""
    return tuple(RNG.choice([0, 7, stale(), id(RNG.choice(SHARED)), RNG.randint(1, 1 << 60)])
                 for _ in range(number))


def value_of(kind, more, owns, declared):
    """What goes into one field, as the constructor takes it."""
    if kind in ("object", "member"):
        value = owned()
        if value is not ...:
            (declared if kind == "member" else owns).append(id(value))
        return [value]
    if kind == "slots":
        values = [owned() for _ in range(more[0])]
        owns.extend(id(v) for v in values if v is not ...)
        return values
    if kind in ("array", "bare"):
        values = tuple(owned(0.05) for _ in range(RNG.choice([0, 1, 2, 3, 5, 8, 20, 70])))
        owns.extend(id(v) for v in values if v is not ...)
        behind = junk(RNG.randint(0, 4)) if kind == "array" and len(more) > 1 else ()
        return [(values, behind, RNG.random() < 0.5)]
    if kind == "borrowed":
        return [id(RNG.choice(PARENTS if RNG.random() < 0.7 or not KEPT else KEPT))]
    if kind == "stale":
        return [stale()]
    if kind in ("count", "capacity"):
        return []
    return [{"integer": RNG.choice([0, 1, -1, RNG.randint(-1000, 1000), RNG.randint(0, 1 << 62)]),
             "small": RNG.randint(-100, 100), "real": RNG.choice([0.0, 1.0, RNG.random()]),
             "address": id(RNG.choice(PARENTS)) + 8 * RNG.randint(1, 3),
             "text": b"x" * RNG.randint(0, 40)}[kind]]


def values_of(t, owns, declared):
    """The values of all fields, those of a C base first."""
    found = values_of(BY_NAME[t["base"]], owns, declared) if t["base"] in BY_NAME else []
    for kind, _, *more in t["fields"]:
        found += value_of(kind, more, owns, declared)
    return found


def item_values(t, owns):
    kind, count = t["items"], RNG.randint(0, 6)
    found = []
    for _ in range(count):
        if kind in ("objects", "pairs"):
            value = owned(0.1)
            if value is not ...:
                owns.append(id(value))
            found.append(value)
        if kind in ("integers", "pairs"):
            found.append(RNG.randint(0, 1 << 50))
        if kind == "reals":
            found.append(RNG.random())
    return [count], found


def instance(t, cls):
    owns, declared = [], []
    before, behind = item_values(t, owns) if t["items"] else ([], [])
    new = cls(tuple(before + values_of(t, owns, declared) + behind))
    if t["gc"] or gc.is_tracked(new):
        shown = collections.Counter(id(r) for r in gc.get_referents(new))
        # A block without a length cannot be traversed, and a base of no collector's is not.
        kinds = {kind for of in chain(t) for kind, *_ in of["fields"]}
        if "bare" not in kinds and all(of["gc"] for of in chain(t)):
            missing = collections.Counter(owns + declared) - shown
            if missing:
                raise SystemExit("%s does not show %s" % (t["name"], missing))
    INSTANCES.append([t["name"], id(new), owns, declared])
    (LOOSE if RNG.random() < 0.2 else KEPT).append(new)


def chain(t):
    """The type and its bases in C."""
    found = [t]
    while found[-1]["base"] in BY_NAME:
        found.append(BY_NAME[found[-1]["base"]])
    return found


for described in TYPES:
    plain = getattr(rgtypes, described["name"])
    classes = [plain] * 3
    classes.append(type("With" + described["name"], (plain,), {}))
    if not described["items"]:
        classes.append(type("Slots" + described["name"], (plain,), {"__slots__": ("slot", "more")}))
    for _ in range(RNG.choice([2, 4, 8, 16, 30])):
        chosen = RNG.choice(classes)
        instance(described, chosen)
KEPT.extend(LOOSE)
with open(os.path.join(FOLDER, "truth.json"), "w", encoding="utf-8") as file:
    json.dump(INSTANCES, file)
print("ready", flush=True)
time.sleep(600)
