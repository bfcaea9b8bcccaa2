# SPDX-License-Identifier: MIT
"""The shared library exports what the headers declare, no more and no less, and the map says so.

With --map the check writes the list of src/librefgraph.map instead of comparing it.
"""
import os
import re
import subprocess
import sys

import api
import common

MAP = os.path.join("src", "librefgraph.map")


def map_names(text):
    shown = re.search(r"global:(.*?)local:", common.strip_c(text), re.DOTALL)
    return re.findall(r"[^\s;]+", shown[1]) if shown else []


def exported_names(nm_output):
    """Names out of nm -D --defined-only, without their version and without the versions themselves."""
    names = set()
    for line in nm_output.splitlines():
        words = line.split()
        if len(words) >= 3 and words[-2] != "A":
            names.add(words[-1].split("@")[0])
    return names


def compare_map(declared, listed):
    findings = ["%s is declared, but %s does not list it: make update-map" % (name, MAP)
                for name in sorted(set(declared) - set(listed))]
    findings += ["%s lists %s, which no header declares: make update-map" % (MAP, name)
                 for name in sorted(set(listed) - set(declared))]
    findings += ["%s lists %s more than once: make update-map" % (MAP, name)
                 for name in sorted(set(listed)) if listed.count(name) > 1]
    if not declared:
        findings.append("no public function was found in include/refgraph")
    return findings


def undeclared(declared, exported):
    return ["the library exports %s, which no header declares" % name
            for name in sorted(exported - set(declared))]


def undefined(declared, exported):
    return ["%s is declared, but the library does not export it" % name
            for name in sorted(set(declared) - exported)]


def declared_names(tree):
    return [function.name for function in api.functions(tree)]


def library_names():
    library = os.path.join(common.build_dir(), ".libs", "librefgraph.so")
    if not os.path.exists(library):
        raise common.Skip("no shared library was built")
    nm = os.environ.get("NM", "nm").split() + ["-D", "--defined-only", library]
    return exported_names(subprocess.run(nm, check=True, capture_output=True, text=True).stdout)


def rewritten_map(text, declared):
    lines = "".join("\t%s;\n" % name for name in sorted(set(declared)))
    return re.sub(r"(global:\n).*?(local:)", lambda m: m[1] + lines + m[2], text, flags=re.DOTALL)


if __name__ == "__main__":
    TREE = common.source_dir()
    if sys.argv[1:] == ["--map"]:
        NEW = rewritten_map(common.read(TREE, MAP), declared_names(TREE))
        with open(os.path.join(TREE, MAP), "w", encoding="utf-8") as file:
            file.write(NEW)
        sys.exit(0)
    common.run(
        ("the map lists what the headers declare",
         lambda: compare_map(declared_names(TREE), map_names(common.read(TREE, MAP)))),
        ("nothing is exported that no header declares",
         lambda: undeclared(declared_names(TREE), library_names())),
        ("every declared function is exported # TODO the library is not all there yet",
         lambda: undefined(declared_names(TREE), library_names())))
