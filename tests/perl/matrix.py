# SPDX-License-Identifier: MIT
"""Perl programs, each dumped by perl's own dumper and by gcore at one moment; speaks TAP.

    matrix.py [--all] [--program GLOB] [--perl GLOB]

Held by address: all SVs, their types, counts and sizes, and what they refer to, as Devel::MAT's modules
say it, against what refgraph reads from the core; and refgraph's reading of the .pmat against its
reading of the core. "make check" runs a few programs under the system's perl; --all runs every program
under every perl that fetch-perls.sh has brought."""
import argparse
import fnmatch
import glob
import os
import re
import shutil
import sys
import tempfile

import compare
import perls

QUICK = ("closures", "frames", "objects", "tied")
PROGRAMS = os.path.join(perls.HERE, "programs")
COLUMNS = ("SVs", "type", "count", "size", "references", "found", "explained", "more", ".pmat SVs",
           ".pmat references")


def wants(path, word, default=None):
    """What a program's head says of itself: '# word: value'."""
    with open(path, encoding="utf-8") as file:
        match = re.search(r"^# %s: (.*)$" % word, file.read(), re.MULTILINE)
    return match.group(1) if match else default


def check_runs(perl, path):
    """Words for @perl's command line with which the program runs."""
    words = perls.need(perl, *wants(path, "needs", "").split())
    perls.need(perl, "Devel::MAT::Dumper")
    least = wants(path, "newest")
    if least and perls.asks(perl, "require v%s; print 1" % least) is None:
        raise perls.common.Skip("is for perl %s and later" % least)
    only = wants(path, "only")
    if only:
        module, version = only.split()
        if perls.asks(perl, "require %s; print $%s::VERSION" % (module, module), *words) != version:
            raise perls.common.Skip("is for %s" % only)
    if int(wants(path, "interpreters", "1")) > 1:
        perls.need(perl, "threads")
    return words


def both_readings(graph, paths, folder, figures, findings):
    """refgraph's own reading of the .pmat against that of the core."""
    svs = references = wrong = found = 0
    pads = compare.pads_of_formats(graph.svs)
    for path in paths:
        other = compare.Graph(path, folder)
        for address, sv in other.svs.items():
            if sv.immortal:
                continue
            here = graph.svs.get(address)
            svs += 1
            same = here and (here.type, here.count, here.size) == (sv.type, sv.count, sv.size)
            wrong += not same and address not in pads
            for target, count in sv.refs.items():
                references += count
                if here:
                    found += min(count, here.refs[target])
                    if count > here.refs[target] and len(findings) < 20:
                        findings.append("the .pmat's %s 0x%x refers to 0x%x %d times, the core's %d"
                                        % (sv.type, address, target, count, here.refs[target]))
    figures["pmat_svs"] = compare.per_cent(svs - wrong, svs)
    figures["pmat_references"] = compare.per_cent(found, references)


def row(figures):
    svs = figures["svs"]

    def share(key):
        return "%.3f" % compare.per_cent(svs - figures[key], svs)
    return ("%d%s" % (svs, "" if not figures["lacking"] + figures["extra"] else
                      " (-%d +%d)" % (figures["lacking"], figures["extra"])),
            share("type"), share("count"), share("size"), "%d" % figures["references"],
            "%.3f" % compare.per_cent(figures["found"], figures["references"]),
            "%.2f" % figures["explained"], "%d" % figures["more"],
            "%.3f" % figures["pmat_svs"], "%.3f" % figures["pmat_references"])


def one(perl, path, table, name, verbose):
    words = check_runs(perl, path)
    interpreters = int(wants(path, "interpreters", "1"))
    folder = tempfile.mkdtemp(prefix="perl-", dir=os.environ.get("RG_BUILDDIR"))
    try:
        core, dumps = perls.gather(perl, [*words, path], folder, interpreters)
        graph = compare.Graph(core, folder)
        theirs = compare.by_devel_mat(perl, dumps)
        figures, findings = compare.compare(theirs, graph, interpreters)
        mortal, whole, over = graph.explained()
        figures["explained"] = compare.per_cent(whole, mortal)
        figures["over"] = len(over)
        compare.show(findings, "SVs have fewer counts than were found", over, lambda a: "%s, count %d: %s" % (
            graph.svs[a].type, graph.svs[a].count, graph.holders(a)))
        more = []
        both_readings(graph, dumps, folder, figures, more)
        table[name] = row(figures)
        bad = compare.judge(figures)
        return bad + (findings + more if bad or verbose else [])
    except AssertionError as error:
        return [str(error)]
    finally:
        if not os.environ.get("RG_KEEP"):
            shutil.rmtree(folder)


def prove_comparison():
    """Damages what one side says, a field at a time: each must be found."""
    def side():
        svs = {}
        for address in range(8, 8 * 2001, 8):
            sv = svs[address] = compare.Sv("SCALAR", 1, 24)
            sv.refs[address + 8 if address < 8 * 2000 else 8] += 1
        return svs

    def damaged(damage):
        graph = compare.Graph.__new__(compare.Graph)
        graph.svs, graph.owned, graph.roots = side(), compare.collections.Counter(), {}
        damage(graph.svs)
        figures, _ = compare.compare(side(), graph)
        return compare.judge(figures)

    def drop_references(svs):
        for address in range(8, 8 * 4, 8):
            svs[address].refs.clear()
    damages = {
        "nothing": lambda svs: None,
        "an SV is lacking": lambda svs: svs.pop(80),
        "two SVs are there that are none": lambda svs: svs.update(
            {8 * 3000: compare.Sv("ARRAY", 1, 24), 8 * 3001: compare.Sv("HASH", 1, 24)}),
        "a type": lambda svs: setattr(svs[80], "type", "REF"),
        "a count": lambda svs: setattr(svs[80], "count", 2),
        "a size": lambda svs: setattr(svs[80], "size", 25),
        "references": drop_references,
    }
    return ["not told: %s" % name for name, damage in damages.items()
            if bool(damaged(damage)) != (name != "nothing")]


def print_table(table):
    if not table:
        return
    width = max(len(name) for name in table)
    print("# %-*s  %s" % (width, "per cent", "  ".join("%10s" % word for word in COLUMNS)))
    for name in table:
        print("# %-*s  %s" % (width, name, "  ".join("%10s" % word for word in table[name])))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--all", action="store_true", help="every program under every perl")
    parser.add_argument("--program", action="append", metavar="GLOB")
    parser.add_argument("--perl", action="append", metavar="GLOB")
    parser.add_argument("--verbose", action="store_true", help="findings of what passes, too")
    options = parser.parse_args()
    everything = options.all or options.perl
    programs = sorted(os.path.basename(p)[:-3] for p in glob.glob(os.path.join(PROGRAMS, "*.pl")))
    wanted = options.program or (programs if everything else QUICK)
    cases, table = [("a comparison of what differs fails", prove_comparison)], {}
    for label, perl in perls.perls(everything):
        if options.perl and not any(fnmatch.fnmatchcase(label, p) for p in options.perl):
            continue
        for program in programs:
            if any(fnmatch.fnmatchcase(program, pattern) for pattern in wanted):
                name = "%s %s" % (label, program)
                path = os.path.join(PROGRAMS, program + ".pl")
                cases.append(("perl says the same of %s" % name,
                              lambda p=perl, f=path, n=name: one(p, f, table, n, options.verbose)))
    if len(cases) == 1:
        print("1..0 # SKIP there is no perl")
        return
    try:
        perls.common.run(*cases)
    finally:
        print_table(table)


if __name__ == "__main__":
    sys.exit(main())
