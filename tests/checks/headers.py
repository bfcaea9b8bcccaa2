# SPDX-License-Identifier: MIT
"""The public headers compile for whoever includes them: strict C99, C11, C++, and by the one name only."""
import os
import re
import shlex
import subprocess
import tempfile

import common

TWICE = "#include <refgraph/refgraph.h>\n#include <refgraph/refgraph.h>\nint nothing;\n"


def compiler(language):
    command = os.environ.get("CXX" if language == "c++" else "CC") or "no"
    if command == "no":
        raise common.Skip("there is no compiler for %s" % language)
    return shlex.split(command)


def compile_error(tree, language, standard, text):
    """What the compiler says against text, or None."""
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "user.cc" if language == "c++" else "user.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run(
            [*compiler(language), "-std=" + standard, "-pedantic", "-Wall", "-Wextra", "-Werror",
             "-I", os.path.join(tree, "include"), "-c", source, "-o", os.path.join(folder, "user.o")],
            capture_output=True, text=True, check=False)
        return None if done.returncode == 0 else (done.stderr.strip() or "the compiler failed")


def compiles(tree, language, standard):
    error = compile_error(tree, language, standard, TWICE)
    return error.splitlines() if error else []


def parts(tree):
    return [name for name in common.files(os.path.join(tree, "include", "refgraph"), ".h")
            if name != "refgraph.h"]


def refused_alone(tree):
    """A part of the header must refuse to be included without the whole, and the whole include it."""
    whole = common.strip_c(common.read(tree, "include", "refgraph", "refgraph.h"))
    findings = []
    for name in parts(tree):
        if not re.search(r"#\s*include\s*<refgraph/%s>" % re.escape(name), whole):
            findings.append("refgraph.h does not include <refgraph/%s>" % name)
        error = compile_error(tree, "c", "c99", "#include <refgraph/%s>\nint nothing;\n" % name)
        if error is None or "refgraph.h" not in error:
            findings.append("<refgraph/%s> may be included alone: an #error is missing" % name)
    return findings


def configured(tree):
    """Users have no config.h, so a public header cannot depend on it."""
    folder = os.path.join(tree, "include", "refgraph")
    return ["include/refgraph/%s:%d: depends on how the library was configured" % (name, number)
            for name in common.files(folder, ".h")
            for number, line in common.numbered(common.strip_c(common.read(folder, name)))
            if re.search(r"\bHAVE_[A-Z]|config\.h", line)]


if __name__ == "__main__":
    TREE = common.source_dir()
    common.run(
        ("as C99", lambda: compiles(TREE, "c", "c99")),
        ("as C11", lambda: compiles(TREE, "c", "c11")),
        ("as C++", lambda: compiles(TREE, "c++", "c++11")),
        ("by no other name", lambda: refused_alone(TREE)),
        ("whatever was configured", lambda: configured(TREE)))
