# SPDX-License-Identifier: MIT
"""The include order of the folders, and which of them may use what from outside.

    base -> image, graph -> runtime, format, analysis, render -> session -> cli
"""
import os
import re

import common

# What each folder of src may include from src.  Folders of one rank do not see each other.
MAY_INCLUDE = {
    "base": {"base"},
    "image": {"base", "image"},
    "graph": {"base", "graph"},
    "runtime": {"base", "image", "graph", "runtime"},
    "format": {"base", "image", "graph", "format"},
    "analysis": {"base", "graph", "analysis"},
    "render": {"base", "graph", "render"},
    "session": {"base", "image", "graph", "runtime", "format", "analysis", "render", "session"},
    "cli": {"cli"},
    "libexec": {"libexec"},
}
# Linked into the command, though it stands with the pictures: it is the one user of cgraph.
DOT = ("render/dot.c", "render/dot.h")
PROGRAMS = {"cli", "libexec"}

# Header of a library -> who may include it, as beginnings of paths below src.
OUTSIDE = [
    (re.compile(r"(libelf|gelf|nlist|libdw|libdwfl|dwarf)\.h$|elfutils/"), ("image/",)),
    (re.compile(r"(^|/)(cgraph|cdt|cghdr)\.h$"), ("render/dot.c", "libexec/")),
    (re.compile(r"(^|/)(gvc|gvcext|gvplugin\w*|gvcjob|gvcommon)\.h$"), ("libexec/",)),
    (re.compile(r"^zstd|^zlib\.h$|^lzma\.h$|^lz4"), ("image/", "format/")),
]

# Memory goes through base/alloc.h and files through base/io.h; a library neither prints nor exits.
HOOKS = {"base/alloc.c", "base/io.c"}
FORBIDDEN = re.compile(
    r"(?<![\w.>])(malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf|vasprintf|"
    r"aligned_alloc|posix_memalign|getline|getdelim|alloca|fopen|fdopen|freopen|open_memstream|"
    r"open|openat|creat|read|pread|write|pwrite|mmap|munmap|rename|unlink|mkstemp|tmpfile|"
    r"printf|fprintf|vprintf|vfprintf|puts|fputs|putchar|perror|exit|_exit|_Exit|abort|assert|"
    r"system|popen|signal|setlocale|strtok|strcpy|strcat|sprintf|gets)\s*\(")

DEFINES_RUNTIME = re.compile(r"\bconst struct rg_runtime \w+\s*=")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def sources(tree):
    """(path below src, text without comments) of every C file."""
    src = os.path.join(tree, "src")
    return [(path, common.strip_c(common.read(src, path)))
            for path in common.files(src, ".c", ".h")]


def check_quoted(tree, path, name):
    folder, target = path.split("/")[0], name.split("/")[0]
    if "/" not in name or not os.path.exists(os.path.join(tree, "src", name)):
        return '"%s" is no path below src' % name
    if folder not in MAY_INCLUDE:
        return "src/%s has no place in the include order" % folder
    if path in DOT:
        allowed = name in DOT
    else:
        allowed = target in MAY_INCLUDE[folder] or (folder == "cli" and name == DOT[1])
        allowed = allowed and (folder == "cli" or name not in DOT)
    return None if allowed else '%s must not include "%s"' % (folder, name)


def check_angled(path, name):
    if name.startswith("refgraph/") and name != "refgraph/refgraph.h":
        return "<%s> is not for inclusion: take <refgraph/refgraph.h>" % name
    for header, allowed in OUTSIDE:
        if header.search(name) and not path.startswith(allowed):
            return "<%s> belongs to %s alone" % (name, " and ".join("src/" + a for a in allowed))
    return None


def includes(tree):
    findings = []
    for path, text in sources(tree):
        for number, line in common.numbered(text):
            match = INCLUDE.match(line)
            if not match:
                continue
            problem = (check_quoted(tree, path, match[2]) if match[1] == '"'
                       else check_angled(path, match[2]))
            if problem:
                findings.append("src/%s:%d: %s" % (path, number, problem))
    return findings


def runtime_names(tree):
    """A runtime's name stands outside its folder in one line: its row in runtime.c.

    What it calls things stands in its table of words, not where they are said.
    """
    findings = []
    table = os.path.join("runtime", "runtime.c")
    folder = os.path.join(tree, "src", "runtime")
    names = [name for name in sorted(os.listdir(folder))
             if os.path.isdir(os.path.join(folder, name)) and not name.startswith(".")]
    texts = [("src/" + path, text) for path, text in sources(tree)]
    texts += [("include/" + path, common.strip_c(common.read(tree, "include", path)))
              for path in common.files(os.path.join(tree, "include"), ".h")]
    for name in names:
        own = "src/runtime/%s/" % name
        # As a word: "perl" is none of "properly", but one of PERL_MAGIC and perl5.
        word = re.compile("(?<![a-z])%s(?![a-z])" % re.escape(name), re.IGNORECASE)
        places = [(path, number) for path, text in texts if not path.startswith(own)
                  for number, line in common.numbered(text) if word.search(line)]
        rows = [place for place in places if place[0] == "src/" + table]
        findings += ["%s:%d: names the runtime %s, which only its row in src/%s may"
                     % (path, number, name, table)
                     for path, number in places if (path, number) not in rows[:1]]
        if not rows and any(path.startswith(own) and DEFINES_RUNTIME.search(text)
                            for path, text in texts):
            findings.append("src/%s: has no row for the runtime %s" % (table, name))
    return findings


def calls(tree):
    findings = []
    for path, _ in sources(tree):
        if path.split("/")[0] in PROGRAMS or path in DOT or path in HOOKS:
            continue
        text = common.strip_c(common.read(tree, "src", path), keep_strings=False)
        for number, line in common.numbered(text):
            findings += ["src/%s:%d: calls %s(): the library takes memory and files through "
                         "src/base alone, and never prints or exits" % (path, number, name)
                         for name in FORBIDDEN.findall(line)]
    return findings


if __name__ == "__main__":
    TREE = common.source_dir()
    common.run(
        ("folders include along the order, libraries stay in their folder",
         lambda: includes(TREE)),
        ("a runtime is named in one line outside its folder", lambda: runtime_names(TREE)),
        ("the library allocates, reads and prints through the hooks alone", lambda: calls(TREE)))
