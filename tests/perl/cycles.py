# SPDX-License-Identifier: MIT
"""Programs that leak cycles and write down where: every leaked SV is found, and nothing else; grouped by
shape, with the way around and the reference to weaken. From the core and from the .pmat; speaks TAP.

    cycles.py [--all] [--program GLOB] [--perl GLOB]

"make check" runs them under the system's perl, --all under every perl that fetch-perls.sh has brought."""
import argparse
import fnmatch
import glob
import json
import os
import re
import shutil
import sys
import tempfile

import matrix
import perls

PROGRAMS = os.path.join(perls.HERE, "leaks")
HEALTHY = ("ack", "closures", "evals", "exiftool", "formats", "frames", "mojo", "nested", "objects",
           "regex", "scalars", "threads", "tied", "weak")


def noted(folder):
    """{address: type} of what the program says that it leaks."""
    try:
        with open(os.path.join(folder, "oracle.leaked"), encoding="ascii") as file:
            return {int(address, 16): kind for address, kind in map(str.split, file)}
    except FileNotFoundError:
        return {}


def lost(dump, folder):
    """({address: type} of lost SVs, what each refers to) as the converted dump marks them."""
    out = os.path.join(folder, "lost.ndjson")
    perls.refgraph("convert", dump, "-o", out)
    types, refs = {}, {}
    with open(out, encoding="utf-8", errors="replace") as file:
        for line in file:
            said = json.loads(line)
            if said.get("lost") or said.get("unreachable"):
                types[said["address"]], refs[said["address"]] = said["type"], said["refs"]
    return types, refs


def parts_of_subs(types, refs):
    """What a sub has beside what it captured: its pads, and temporaries and arguments in these."""
    pads = {a for a, kind in types.items() if kind == "PAD"}
    return pads | {target for pad in pads for target in refs[pad]}


def check_groups(dump, path, findings):
    cycles = int(matrix.wants(path, "cycles", "0"))
    said = json.loads(perls.refgraph("cycles", dump, "--format", "json", "--labels", "all"))
    if said["cycles"] != cycles:
        findings.append("%d cycles instead of %d" % (said["cycles"], cycles))
    groups = said["groups"]
    most = 3 if os.path.basename(path) == "itself.pl" else 1
    if cycles and len(groups) != most:
        findings.append("%d shapes instead of %d" % (len(groups), most))
    word, breaks = matrix.wants(path, "path"), matrix.wants(path, "break")
    text = perls.refgraph("cycles", dump, "--labels", "all")
    if word and word not in text.split("break")[0]:
        findings.append("the way around does not name %s" % word)
    if breaks and not any(re.search("break at %s.*: Scalar::Util::weaken" % re.escape(one), text)
                          for one in breaks.split(" | ")):
        findings.append("the reference to weaken is not named: %s" % breaks)
    if findings:
        findings += ["    " + line for line in text.split("\n")[:12]]


def check_dump(dump, path, folder):
    """Findings: what of the leaked SVs is not found, what is found and was not leaked."""
    findings = []
    leaked = noted(folder)
    types, refs = lost(dump, folder)
    missing = [a for a in leaked if a not in types]
    more = [a for a in types if a not in leaked]
    if matrix.wants(path, "noted"):
        more = []
    elif matrix.wants(path, "extra"):
        parts = parts_of_subs(types, refs)
        more = [a for a in more if a not in parts]
    for what, addresses in (("is leaked, and not found", missing), ("is found, and not leaked", more)):
        if addresses:
            findings.append("%d of %d: %s" % (len(addresses), len(leaked), what))
            findings += ["    0x%x %s" % (a, leaked.get(a) or types.get(a)) for a in addresses[:6]]
    check_groups(dump, path, findings)
    return ["%s: %s" % (os.path.splitext(dump)[1][1:5], finding) for finding in findings]


def one(perl, path):
    words = matrix.check_runs(perl, path)
    folder = tempfile.mkdtemp(prefix="perl-", dir=os.environ.get("RG_BUILDDIR"))
    try:
        interpreters = int(matrix.wants(path, "interpreters", "1"))
        core, dumps = perls.gather(perl, [*words, path], folder, interpreters)
        return check_dump(core, path, folder) + (
            check_dump(dumps[0], path, folder) if interpreters == 1 else [])
    except AssertionError as error:
        return [str(error)]
    finally:
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--all", action="store_true", help="under every perl, with all programs")
    parser.add_argument("--program", action="append", metavar="GLOB")
    parser.add_argument("--perl", action="append", metavar="GLOB")
    options = parser.parse_args()
    everything = options.all or options.perl
    paths = sorted(glob.glob(os.path.join(PROGRAMS, "*.pl")))
    if everything:
        # Programs that leak nothing: of a real application nothing may be called leaked.
        paths += [os.path.join(matrix.PROGRAMS, name + ".pl") for name in HEALTHY]
    cases = []
    for label, perl in perls.perls(everything):
        if options.perl and not any(fnmatch.fnmatchcase(label, p) for p in options.perl):
            continue
        for path in paths:
            name = os.path.basename(path)[:-3]
            if not options.program or any(fnmatch.fnmatchcase(name, p) for p in options.program):
                folder = os.path.basename(os.path.dirname(path))
                cases.append(("what %s/%s leaks under perl %s is found" % (folder, name, label),
                              lambda p=perl, f=path: one(p, f)))
    if not cases:
        print("1..0 # SKIP there is no perl")
        return
    perls.common.run(*cases)


if __name__ == "__main__":
    sys.exit(main())
