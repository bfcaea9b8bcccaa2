# SPDX-License-Identifier: MIT
"""What Devel::MAT says of a process, held against what refgraph reads from its core and from its .pmat.

By address: which SVs there are, the type, count and size of each, and to what each refers."""
import collections
import json
import os
import subprocess

import perls

SHOWN = 8                    # findings of one kind that are shown
FEW = 99.9                   # per cent of references that must be there
EXPLAINED = 99.0             # per cent of SVs whose whole count must be explained
DUMPERS_OWN = 1              # SVs of the dumper that it leaves out of its dump: one an interpreter


class Sv:
    """One SV: what each side says of it, and the multiset of what it refers to."""
    __slots__ = ("type", "count", "size", "refs", "immortal", "owns")

    def __init__(self, kind, count, size):
        self.type, self.count, self.size = kind, count, size
        self.refs = collections.Counter()
        self.immortal, self.owns = False, ()


def read_by(reader, path, svs):
    """Adds what @reader's Devel::MAT says of the dump at @path; the error where it cannot."""
    script = os.path.join(perls.HERE, "oracle.pl")
    with subprocess.Popen([reader, script, path], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace") as process:
        for line in process.stdout:
            word = line.rstrip("\n").split(" ")
            if word[0] == "SV":
                kind = "%s(%s)" % (word[2], word[6]) if word[6] else word[2]
                svs[int(word[1], 16)] = Sv(kind, int(word[3]), int(word[4]))
            elif word[0] == "REF":
                svs[int(word[1], 16)].refs[int(word[2], 16)] += 1
        errors = process.stderr.read()
    return errors.strip()[-300:] if process.returncode else None


def by_devel_mat(perl, paths):
    """{address: Sv} of all interpreters' dumps, by Devel::MAT's own modules."""
    error = "no perl here has Devel::MAT"
    for reader in perls.readers(perl):
        svs = {}
        error = None
        for path in paths:
            error = error or read_by(reader, path, svs)
        if not error:
            return svs
    raise perls.common.Skip("Devel::MAT: %s" % error)


class Graph:
    """A dump as refgraph converts it: {address: Sv}, and what explains the counts."""

    def __init__(self, path, folder):
        out = os.path.join(folder, "converted.ndjson")
        perls.refgraph("convert", path, "--labels", "all", "-o", out)
        self.svs, self.owned, self.roots = {}, collections.Counter(), {}
        with open(out, encoding="utf-8", errors="replace") as file:
            for line in file:
                self.take(json.loads(line))
        os.unlink(out)

    def take(self, said):
        if "refgraph" in said:
            self.head = said
        elif "root" in said:
            if said.get("kind") != "external":
                self.owned[said["root"]] += said.get("count", 0)
                if said.get("count"):
                    self.roots.setdefault(said["root"], []).append(said["label"])
        elif "address" in said and "size" in said:
            sv = Sv(said["type"], said.get("refcount", -1), said["size"])
            sv.immortal = bool(said.get("immortal"))
            for kind in ("refs", "weak", "borrowed"):
                sv.refs.update(said.get(kind, ()))
            sv.owns = said.get("refs", ())
            self.owned.update(sv.owns)
            self.svs[said["address"]] = sv

    def explained(self):
        """SVs with a count; those of them that are wholly explained; those explained too often."""
        mortal = [a for a, sv in self.svs.items() if not sv.immortal and sv.count >= 0]
        over = [a for a in mortal if self.owned[a] > self.svs[a].count]
        whole = [a for a in mortal if self.owned[a] == self.svs[a].count]
        return len(mortal), len(whole), over

    def holders(self, address):
        """Who owns a reference to @address, in words."""
        words = ["%s 0x%x" % (sv.type, a) for a, sv in self.svs.items() if address in sv.owns]
        return ", ".join(words[:6] + self.roots.get(address, [])[:6])


def show(findings, what, addresses, describe):
    if addresses:
        findings.append("%d %s" % (len(addresses), what))
        for address in sorted(addresses)[:SHOWN]:
            findings.append("    0x%x %s" % (address, describe(address)))


def differing(ours, theirs, field):
    return [a for a in theirs if a in ours and getattr(ours[a], field) != getattr(theirs[a], field)]


def pads_of_formats(svs):
    """A format has pads like a sub; Devel::MAT does not see them, and calls them arrays."""
    return {target for sv in svs.values() if sv.type == "FORMAT" for target in sv.refs
            if target in svs and svs[target].type == "PAD"}


def compare(theirs, graph, interpreters=1):
    """(figures, findings): @theirs by Devel::MAT, @graph as refgraph has it."""
    ours, findings = graph.svs, []
    extra = [a for a in ours if a not in theirs and not ours[a].immortal]
    lacking = [a for a in theirs if a not in ours]
    show(findings, "SVs are not there", lacking, lambda a: "%s, count %d" % (
        theirs[a].type, theirs[a].count))
    # The dumper leaves out a scalar of its own, which nothing else refers to.
    own = [a for a in extra if ours[a].type in ("UNDEF", "SCALAR") and ours[a].count == 1
           and not graph.owned[a]]
    if len(own) <= DUMPERS_OWN * interpreters:
        extra = [a for a in extra if a not in own]
    show(findings, "SVs are none", extra, lambda a: "%s, count %d" % (ours[a].type, ours[a].count))
    figures = {"svs": len(theirs), "lacking": len(lacking), "extra": len(extra)}
    for field in ("type", "count", "size"):
        wrong = differing(ours, theirs, field)
        if field == "type":
            pads = pads_of_formats(ours)
            wrong = [a for a in wrong if a not in pads or theirs[a].type != "ARRAY"]
        figures[field] = len(wrong)
        show(findings, "SVs have another %s" % field, wrong, lambda a: "%s: %s instead of %s" % (
            theirs[a].type, getattr(ours[a], field), getattr(theirs[a], field)))  # noqa: B023
    references(figures, findings, ours, theirs)
    return figures, findings


def references(figures, findings, ours, theirs):
    total = found = 0
    lacking = collections.Counter()
    examples = {}
    for address, sv in theirs.items():
        if not sv.refs:
            continue
        total += sum(sv.refs.values())
        have = ours[address].refs if address in ours else {}
        # Devel::MAT names a reference twice where refgraph knows it owns two counts, and the
        # other way round: that it is there at all is what is held.
        for target in sv.refs:
            if target in have:
                found += sv.refs[target]
            else:
                kind = theirs[target].type if target in theirs else "immortal"
                pair = (sv.type.split("(")[0], kind.split("(")[0])
                lacking[pair] += sv.refs[target]
                examples.setdefault(pair, (address, target))
    figures["references"], figures["found"] = total, found
    for pair, count in lacking.most_common(SHOWN):
        findings.append("%d references of %s to %s are lacking: 0x%x to 0x%x"
                        % ((count,) + pair + examples[pair]))
    unknown = collections.Counter()
    for address, sv in ours.items():
        if address in theirs:
            for target in sv.refs:
                if target not in theirs[address].refs:
                    unknown[sv.type.split("(")[0]] += 1
    figures["more"] = sum(unknown.values())


def per_cent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def judge(figures):
    """What of @figures is not as it must be."""
    bad = []
    for key in ("lacking", "extra", "type", "count", "size"):
        if figures[key]:
            bad.append("%s: %d of %d" % (key, figures[key], figures["svs"]))
    share = per_cent(figures["found"], figures["references"])
    if share < FEW:
        bad.append("references: %.3f%% of %d" % (share, figures["references"]))
    if "explained" in figures and figures["explained"] < EXPLAINED:
        bad.append("counts explained: %.2f%%" % figures["explained"])
    if figures.get("over"):
        bad.append("counts explained too often: %d" % figures["over"])
    return bad
