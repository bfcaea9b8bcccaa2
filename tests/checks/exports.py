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


# Variables that outlive a call: the countdowns of base/alloc.c and base/io.c, which tests alone write,
# and what the linker and the compiler's start-up files add.
STATE = {"fail_countdown": 2, "allocations": 1, "calls": 1}
STARTUP = re.compile(r"^(__TMC_END__|__dso_handle|completed\.\d+|__bss_start|_edata|_end)$")


def state(nm_output):
    """Variables in writable sections, out of nm --format=sysv; constants are relocated in others."""
    found = {}
    for line in nm_output.splitlines():
        columns = [column.strip() for column in line.split("|")]
        if len(columns) == 7 and re.search(r"^\.t?(data|bss)$", columns[6]):
            if not STARTUP.match(columns[0]):
                found[columns[0]] = found.get(columns[0], 0) + 1
    return ["the library has global state: the variable %s" % name
            for name in sorted(found) if found[name] > STATE.get(name, 0)]


def uncalled(declared, texts):
    """Public functions that no C file of the tests or samples calls or hands on, comments aside."""
    used = set()
    for text in texts:
        used.update(re.findall(r"\brg_\w+\b", common.strip_c(text, keep_strings=False)))
    return ["%s is called by no file of tests/unit or samples" % name
            for name in sorted(set(declared) - used)]


def test_texts(tree):
    return [common.read(tree, *folder, name) for folder in (("tests", "unit"), ("samples",))
            for name in common.files(os.path.join(tree, *folder), ".c")]


def declared_names(tree):
    return [function.name for function in api.functions(tree)]


def nm_output(*options):
    library = os.path.join(common.build_dir(), ".libs", "librefgraph.so")
    if not os.path.exists(library):
        raise common.Skip("no shared library was built")
    # NM as libtool found it brings an option of its own, which another format would contradict.
    nm = os.environ.get("NM", "nm").split()[:1] + [*options, "--defined-only", library]
    return subprocess.run(nm, check=True, capture_output=True, text=True).stdout


def library_names():
    return exported_names(nm_output("-D"))


def library_state():
    symbols = nm_output("--format=sysv")
    if re.search(r"__asan_|__ubsan_|__gcov_|__odr_asan|llvm_gc", symbols + nm_output("-D")):
        raise common.Skip("instrumented code has state of its own")
    return state(symbols)


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
        ("every public function is called by a test or a sample",
         lambda: uncalled(declared_names(TREE), test_texts(TREE))),
        ("nothing is exported that no header declares",
         lambda: undeclared(declared_names(TREE), library_names())),
        ("the library keeps no global state", library_state),
        ("every declared function is exported",
         lambda: undefined(declared_names(TREE), library_names())))
