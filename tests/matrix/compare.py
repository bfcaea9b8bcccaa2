#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare a portable dump with what the interpreter said about the same memory (see oracle.py).

    compare.py ORACLE DUMP.ndjson [--verbose] [--json]

Everything is compared by address. Exit status: 0 everything agrees, 1 something differs, 2 trouble.

figure       what is counted
tracked      objects of gc.get_objects() and of the permanent generation the dump knows as tracked
invented     tracked objects of the dump the interpreter does not have
frozen       objects whose frozen flag agrees
reachable    untracked objects reached by gc.get_referents() or type() that are in the dump
referents    references gc.get_referents() shows, with multiplicity, that the dump has
attributes   the same for references only attributes show (code, range, ...: no collector support)
names        objects whose type name and type address agree
sizes        objects whose size is sys.getsizeof
labels       items of lists and tuples, and values of dicts, whose label says where they are
counts       mortal objects whose reference count agrees
immortal     objects whose immortality agrees
unreachable  tracked objects gc.collect() finds, plus those only the dump calls unreachable
held         untracked objects that provably only garbage holds, or provably something else holds
over         mortal objects with more counted references in the dump than their count
wellformed   first and last line, totals, completeness, unreadable objects, addresses listed twice
"""
import argparse
import collections
import fnmatch
import json
import os
import sys

# What may differ, and why. (figure, version glob, owner type glob, reason). Keep it short.
NOISE = (
    ("sizes", "*", "pandas.*Engine",
     "compiled by Cython, its __sizeof__ adds a hash table of pandas' own"),
    ("sizes", "*", "_regex.Pattern", "its __sizeof__ adds tables that only it can read"),
    ("referents", "*", "gevent.*", "greenlets keep their references in a C++ object of their own"),
    ("referents", "*", "greenlet.*", "as above"),
    ("referents", "*", "google.protobuf.pyext.*", "kept in C++ containers"),
    ("referents", "3.11.*", "lxml.etree._ResolverRegistry",
     "None: inferred, and the count of None leaves no room for all that are"),
)

LRU_CACHE = "functools._lru_cache_wrapper"
LRU_LINK = "functools._lru_list_elem"


class Trouble(Exception):
    """An input that cannot be read."""


class Oracle:
    """The interpreter's word, read from OUT and OUT.gc."""

    def __init__(self, path):
        self.types = {}
        self.flags = {}
        self.counts = {}
        self.referents = {}
        self.sizes = {}
        self.names = {}
        self.attributes = {}
        self.keys = {}
        self.header = {}
        self.unreachable = set()
        self.groups = {}
        try:
            self.read(path)
            self.read_collected(path + ".gc")
        except (OSError, ValueError) as error:
            raise Trouble("%s: %s" % (path, error)) from error
        self.group_links()

    def read(self, path):
        end = -1
        pairs = []
        with open(path, encoding="utf-8", errors="surrogatepass") as lines:
            for line in lines:
                kind, rest = line[0], line[2:].rstrip("\n")
                if kind == "O":
                    words = rest.split(" ")
                    address = int(words[0], 16)
                    self.types[address] = int(words[1], 16)
                    self.flags[address] = words[2]
                    self.counts[address] = int(words[3], 16)
                    self.referents[address] = [int(word, 16) for word in words[4:]]
                elif kind == "S":
                    address, size = rest.split(" ")
                    self.sizes[int(address, 16)] = int(size, 16)
                elif kind == "T":
                    address, name = rest.split(" ", 1)
                    self.names[int(address, 16)] = name.encode().decode("unicode_escape")
                elif kind == "A":
                    words = [int(word, 16) for word in rest.split(" ")]
                    self.attributes[words[0]] = words[1:]
                elif kind == "K":
                    words = rest.split(" ")
                    self.keys[int(words[0], 16)] = words[1:]
                elif kind == "D":
                    pairs.append([int(word, 16) for word in rest.split(" ")])
                elif kind == "H":
                    self.header = json.loads(rest)
                elif kind == "E":
                    end = int(rest)
        if end != len(self.types):
            raise ValueError("the oracle's file is cut off")
        self.drop_dead()
        for instance, dictionary in pairs:
            self.join(instance, dictionary)

    def drop_dead(self):
        """What 3.12's _asyncio shows the collector of its list of free iterators is no object."""
        dead = {a for a, count in self.counts.items()
                if not count and self.flags[a] == "-"
                and self.names.get(self.types[a]) == "_asyncio.FutureIter"}
        for address in dead:
            for known in (self.types, self.flags, self.counts, self.referents):
                del known[address]
            self.sizes.pop(address, None)
        for address, referents in self.referents.items() if dead else ():
            self.referents[address] = [r for r in referents if r not in dead]

    def read_collected(self, path):
        collected = None
        with open(path, encoding="utf-8", errors="backslashreplace") as lines:
            for line in lines:
                if line.startswith(("gc: collectable <", "gc: uncollectable <")):
                    self.unreachable.add(int(line.rstrip().rstrip(">").rsplit(" ", 1)[1], 16))
                elif line.startswith("collected "):
                    collected = int(line.split(" ")[1])
        if collected is None:
            raise ValueError("the collector did not finish")

    def join(self, a, b):
        """Count a and b as one source of references."""
        group = self.groups.get(a) or self.groups.get(b) or set()
        for member in (a, b):
            group |= self.groups.get(member, {member})
        for member in group:
            self.groups[member] = group

    def group_links(self):
        """An lru_cache visits what its links hold: it, its dict and they are one source."""
        for address, t in self.types.items():
            if self.names[t] != LRU_CACHE:
                continue
            for cache in self.referents[address]:
                if self.names[self.types[cache]] != "dict":
                    continue
                for link in self.referents[cache]:
                    if self.names[self.types[link]] == LRU_LINK:
                        self.join(address, cache)
                        self.join(cache, link)

    def name(self, address):
        """The name of the type of the object at address."""
        return self.names.get(self.types.get(address), "?")

    def mortal(self, address):
        return "i" not in self.flags[address]

    def places(self, address, length):
        """Where a list, tuple or dict has what, as [(labels that say so, referent)]; or None.

        The collector goes through lists and tuples from the end. A tuple that itertools reuses can
        have holes, and then tells nothing of places.
        """
        referents = self.referents[address]
        keys = self.keys.get(address)
        if keys:
            pairs = [word.split("=") for word in keys]
            return [(("['%s']" % key, "." + key), int(at, 16)) for key, at in pairs]
        if self.name(address) in ("list", "tuple") and length in (None, len(referents)):
            return [(("[%d]" % i,), r) for i, r in enumerate(reversed(referents))]
        return None

    def held(self):
        """Untracked mortal objects all of whose counted references come from garbage."""
        held = set()
        found = collections.Counter()
        work = list(self.unreachable)
        while work:
            source = work.pop()
            targets = self.referents.get(source, []) + self.attributes.get(source, [])
            for target in targets:
                found[target] += 1
                if found[target] == self.counts[target] and self.mortal(target) \
                        and "t" not in self.flags[target] and target not in held:
                    held.add(target)
                    work.append(target)
        return held


class Figure:
    """One figure: so many right of so many, and what is wrong grouped by what it looks like."""

    def __init__(self, name):
        self.name = name
        self.total = 0
        self.good = 0
        self.noise = 0
        self.wrong = {}

    def right(self, number=1):
        self.total += number
        self.good += number

    def bad(self, oracle, owner, detail, example, number=1):
        self.total += number
        for figure, version, pattern, _ in NOISE:
            if figure == self.name and fnmatch.fnmatchcase(owner, pattern) \
                    and fnmatch.fnmatchcase(oracle.header["version"], version):
                self.noise += number
                return
        entry = self.wrong.setdefault((owner, detail), [0, example])
        entry[0] += number

    @property
    def errors(self):
        return self.total - self.good - self.noise

    def __str__(self):
        if not self.total:
            return "-"
        if not self.errors:
            return "100"
        # Never round up to 100.
        return "%.2f" % (int(10000.0 * (self.total - self.errors) / self.total) / 100)


FIGURES = ("tracked", "invented", "frozen", "reachable", "referents", "attributes", "names",
           "sizes", "labels", "counts", "immortal", "unreachable", "held", "over", "wellformed")


class Comparison:
    """Streams the dump once, then settles what needs all of it."""

    def __init__(self, oracle):
        self.oracle = oracle
        self.figures = {name: Figure(name) for name in FIGURES}
        self.seen = {}
        self.unreachable = set()
        self.grouped = {}
        self.incoming = collections.Counter()
        self.counts = {}
        self.references = 0
        self.roots = 0
        self.inferred = 0
        self.beyond = collections.Counter()

    def wrong(self, figure, owner, detail, example, number=1):
        self.figures[figure].bad(self.oracle, owner, detail, "0x%x" % example, number)

    def read(self, path):
        first = last = None
        try:
            with open(path, encoding="utf-8", errors="surrogatepass") as lines:
                for line in lines:
                    item = json.loads(line)
                    if "address" in item:
                        self.add(item)
                    elif "root" in item:
                        self.roots += 1
                        self.incoming[item["root"]] += item.get("count", 1)
                    elif "refgraph" in item:
                        first = item
                    elif "end" in item:
                        last = item
        except (OSError, ValueError, KeyError) as error:
            raise Trouble("%s: %r" % (path, error)) from error
        self.settle(first, last)

    def add(self, item):
        oracle, figures = self.oracle, self.figures
        address = item["address"]
        if address in self.seen:
            self.wrong("wellformed", item["type"], "listed twice", address)
            return
        refs = item.get("refs", [])
        if item.get("immortal"):
            # What an immortal object holds need not be counted: static constants of 3.11 hold
            # None without owning it. It is one of its references all the same.
            self.lend(item)
        elif "b" in oracle.flags.get(address, ""):
            # The collector is shown references that the object does not own.
            self.lend(item)
        tracked = bool(item.get("tracked") or item.get("frozen"))
        self.seen[address] = tracked
        self.references += len(refs) + len(item.get("weak", ())) + len(item.get("borrowed", ()))
        self.incoming.update(refs)
        self.inferred += len(item.get("inferred", ()))
        if item.get("unreachable"):
            self.unreachable.add(address)
        if not item.get("immortal"):
            self.counts[address] = item.get("refcount", 0)
        if address not in oracle.types:
            if tracked:
                self.wrong("invented", item["type"], "not the interpreter's", address)
            return
        flags = oracle.flags[address]
        name = oracle.name(address)
        if tracked and "t" not in flags:
            self.wrong("invented", name, "is untracked", address)
        if bool(item.get("frozen")) == ("f" in flags):
            figures["frozen"].right()
        else:
            self.wrong("frozen", name, "is %sfrozen" % ("" if "f" in flags else "not "), address)
        if item["type"] != name:
            self.wrong("names", name, "named %s" % item["type"], address)
        elif item.get("type_address", oracle.types[address]) != oracle.types[address]:
            self.wrong("names", name, "wrong type address", address)
        else:
            figures["names"].right()
        size = oracle.sizes.get(address)
        if size == item["size"]:
            figures["sizes"].right()
        elif size is not None:
            self.wrong("sizes", name, "%+d bytes" % (item["size"] - size), address)
        if bool(item.get("immortal")) == ("i" in flags):
            figures["immortal"].right()
        else:
            self.wrong("immortal", name, "is %s" % ("immortal" if "i" in flags else "mortal"),
                       address)
        if "i" not in flags:
            count = item.get("refcount")
            # The process does not count what its threads' stacks hold of some objects; the dump does.
            if count == oracle.counts[address] or ("d" in flags and count > oracle.counts[address]):
                figures["counts"].right()
            else:
                self.wrong("counts", name, "wrong count", address)
        if address in oracle.groups:
            self.grouped[address] = item
        else:
            self.match("referents", [item], oracle.referents[address])
        if item.get("labels"):
            self.check_labels(item)
        if address in oracle.attributes:
            self.match("attributes", [item], oracle.attributes[address])

    @staticmethod
    def lend(item):
        """Lets borrowed references of an item count among its references, in its own order."""
        borrowed = item.get("borrowed", [])
        labels = item.get("borrowed_labels", [""] * len(borrowed))
        item["held"] = item.get("refs", []) + borrowed
        item["held_labels"] = item.get("labels", []) + labels

    def match(self, figure, items, wanted, inside=()):
        """All of wanted must be among the references of items, as often as it is wanted."""
        have = collections.Counter()
        for item in items:
            have.update(item.get("held", item.get("refs", ())))
        covered = 0
        for target in wanted:
            if have[target] > 0:
                have[target] -= 1
                covered += 1
                continue
            if target in inside:
                continue
            how = "missing"
            for item in items:
                if target in item.get("weak", ()):
                    how = "weak"
                elif target in item.get("borrowed", ()):
                    how = "borrowed"
            source = items[0]["address"]
            self.figures[figure].bad(self.oracle, self.oracle.name(source),
                                     "%s -> %s" % (how, self.oracle.name(target)),
                                     "0x%x -> 0x%x" % (source, target))
        self.figures[figure].right(covered)
        if figure == "referents" and "t" in self.oracle.flags[items[0]["address"]]:
            for target, number in have.items():
                if number > 0 and target not in inside:
                    source = self.oracle.name(items[0]["address"])
                    target_name = self.oracle.name(target)
                    self.beyond["%s -> %s" % (source, target_name)] += number

    def check_labels(self, item):
        """Each place must be labelled as such, on a reference to what is there."""
        address = item["address"]
        places = self.oracle.places(address, item.get("len"))
        if not places:
            return
        labelled = set(zip(item.get("held_labels", item["labels"]),
                           item.get("held", item["refs"])))
        for labels, referent in places:
            if any((label, referent) in labelled for label in labels):
                self.figures["labels"].right()
            else:
                what = "an index" if len(labels) == 1 else labels[0]
                self.wrong("labels", self.oracle.name(address), "lacks %s" % what, address)

    def settle(self, first, last):
        oracle, figures = self.oracle, self.figures
        for address, flags in oracle.flags.items():
            if "t" in flags:
                if self.seen.get(address):
                    figures["tracked"].right()
                else:
                    how = "known, not as tracked" if address in self.seen else "unknown"
                    self.wrong("tracked", oracle.name(address), how, address)
            elif address in self.seen:
                figures["reachable"].right()
            else:
                self.wrong("reachable", oracle.name(address), "unknown", address)
            if address not in self.seen:
                # All it refers to is missing with it.
                for figure, table in (("referents", oracle.referents),
                                      ("attributes", oracle.attributes)):
                    if table.get(address) and address not in oracle.groups:
                        self.wrong(figure, oracle.name(address), "source unknown", address,
                                   len(table[address]))
        self.settle_groups()
        self.settle_unreachable()
        self.settle_counts()
        self.settle_form(first, last)

    def settle_groups(self):
        done = set()
        for address, group in self.oracle.groups.items():
            if id(group) in done:
                continue
            done.add(id(group))
            members = sorted(group, key=lambda a: (self.oracle.name(a) == "dict", a))
            wanted = []
            for member in members:
                wanted += self.oracle.referents[member]
            items = [self.grouped[member] for member in members if member in self.grouped]
            if items:
                self.match("referents", items, wanted, group)
            elif wanted:
                self.wrong("referents", self.oracle.name(address), "source unknown", address,
                           len(wanted))

    def settle_unreachable(self):
        oracle, figures = self.oracle, self.figures
        for address in oracle.unreachable:
            if address in self.unreachable:
                figures["unreachable"].right()
            else:
                self.wrong("unreachable", oracle.name(address), "not found", address)
        held = oracle.held()
        for address in held:
            if address in self.unreachable:
                figures["held"].right()
            else:
                self.wrong("held", oracle.name(address), "only garbage holds it", address)
        alive = set()
        for address, flags in oracle.flags.items():
            if "t" in flags and "b" not in flags and "u" not in flags \
                    and address not in oracle.unreachable:
                alive.update(oracle.referents[address])
        for address in self.unreachable:
            if address in oracle.unreachable or address in held:
                continue
            if self.seen[address] and "u" not in oracle.flags.get(address, ""):
                self.wrong("unreachable", oracle.name(address), "not collected", address)
            elif address in alive:
                self.wrong("held", oracle.name(address), "something alive holds it", address)

    def settle_counts(self):
        oracle = self.oracle
        for address, count in self.counts.items():
            if address in oracle.counts:
                if not oracle.mortal(address):
                    continue
                if "d" not in oracle.flags[address]:
                    count = oracle.counts[address]
            found = self.incoming[address]
            if found > count:
                self.wrong("over", oracle.name(address), "%+d" % (found - count), address)
            else:
                self.figures["over"].right()

    def settle_form(self, first, last):
        for ok, what in (
                (first is not None, "no first line"),
                (last is not None, "no last line"),
                (self.figures["labels"].total, "no labels"),
                (first is None or first.get("complete", True), "says it is incomplete"),
                (first is None or not first.get("missing"), "says something is missing"),
                (last is None or last["end"].get("objects") == len(self.seen),
                 "wrong object total"),
                (last is None or last["end"].get("references") == self.references,
                 "wrong reference total"),
                (not (first or {}).get("unreadable"), "unreadable objects"),
                (not (last or {"end": {}})["end"].get("unreadable"), "unreadable objects")):
            if ok:
                self.figures["wellformed"].right()
            else:
                self.wrong("wellformed", "dump", what, 0)

    @property
    def errors(self):
        return sum(figure.errors for figure in self.figures.values())

    def summary(self):
        result = {"version": self.oracle.header["version"], "errors": self.errors,
                  "objects": len(self.seen), "references": self.references, "roots": self.roots,
                  "inferred": self.inferred, "expected_unreachable": len(self.oracle.unreachable)}
        for figure in self.figures.values():
            result[figure.name] = {"good": figure.good, "total": figure.total,
                                   "noise": figure.noise, "errors": figure.errors,
                                   "percent": str(figure)}
        return result


def print_report(comparison, verbose):
    for figure in comparison.figures.values():
        noise = ", %d noise" % figure.noise if figure.noise else ""
        print("%-12s %8s  %d of %d%s" % (figure.name, str(figure), figure.good, figure.total,
                                         noise))
        wrong = sorted(figure.wrong.items(), key=lambda entry: (-entry[1][0], entry[0]))
        limit = len(wrong) if verbose else 5
        for (owner, detail), (number, example) in wrong[:limit]:
            print("    %6d  %s: %s (e.g. %s)" % (number, owner, detail, example))
        if len(wrong) > limit:
            print("            and %d more kinds (--verbose)" % (len(wrong) - limit))
    if verbose:
        print("references of tracked objects beyond what the collector traverses, by type:")
        for what, number in sorted(comparison.beyond.items(), key=lambda e: (-e[1], e[0]))[:40]:
            print("    %6d  %s" % (number, what))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("oracle")
    parser.add_argument("dump")
    parser.add_argument("--verbose", action="store_true", help="every kind of mismatch")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a report")
    options = parser.parse_args()
    try:
        comparison = Comparison(Oracle(options.oracle))
        comparison.read(options.dump)
    except Trouble as error:
        print("compare: %s" % error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(comparison.summary()))
    else:
        print_report(comparison, options.verbose)
    return 1 if comparison.errors else 0


if __name__ == "__main__":
    STATUS = main()
    sys.stdout.flush()
    os._exit(STATUS)
