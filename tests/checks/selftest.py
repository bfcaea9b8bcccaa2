# SPDX-License-Identifier: MIT
"""Every check finds what it is there to find: each is given a tree, or a text, that violates it."""
import os
import tempfile

import api
import common
import docs
import exports
import headers
import layering
import listed
import options
import style

REFGRAPH_H = """#ifndef REFGRAPH_H
#define REFGRAPH_H
#define RG_API
#ifdef __cplusplus
extern "C" {
#endif
#include <refgraph/part.h>
#ifdef __cplusplus
}
#endif
#endif
"""
PART_H = """#ifndef REFGRAPH_PART_H
#define REFGRAPH_PART_H
#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>"
#endif
typedef struct rg_error rg_error;
/*
 * rg_part - a part, owned by the whole.
 * Errors: RG_ERROR_IO.  O(1).
 */
RG_API rg_error *rg_part(int number, char **ret);
#endif
"""
SOUND = {
    "include/refgraph/refgraph.h": REFGRAPH_H,
    "include/refgraph/part.h": PART_H,
    "src/base/alloc.h": "",
    "src/base/alloc.c": '#include "base/alloc.h"\nvoid *a(void) { return malloc(1); }\n',
    "src/image/core.c": '#include <libelf.h>\n#include "base/alloc.h"\n/* never malloc() */\n',
    "src/graph/graph.h": '#include <refgraph/refgraph.h>\n',
    "src/runtime/runtime.c": '/* CPython and others */\nROW(snake)\n',
    "src/runtime/snake/snake.c":
        '#include "graph/graph.h"\nconst struct rg_runtime rg_runtime_snake = { "snake" };\n',
    "src/render/dot.h": "",
    "src/render/dot.c": '#include <graphviz/cgraph.h>\n#include "render/dot.h"\n',
    "src/cli/main.c": '#include "render/dot.h"\nint f(void) { printf("free()"); exit(0); }\n',
    "src/libexec/render.c": "#include <graphviz/gvc.h>\n",
}


def findings_in(check, changes):
    """What check finds in the sound tree with some files changed, added, or (None) left out."""
    with tempfile.TemporaryDirectory() as tree:
        for path, text in {**SOUND, **changes}.items():
            if text is None:
                continue
            os.makedirs(os.path.dirname(os.path.join(tree, path)), exist_ok=True)
            with open(os.path.join(tree, path), "w", encoding="utf-8") as file:
                file.write(text)
        return check(tree)


CASES = []


def expect(description, produce, *words):
    """Adds a case: the findings must number as many as the words, and hold one each; none: a pass."""
    def case():
        found = produce()
        problems = ["found %d, expected %d: %s" % (len(found), len(words), found)] \
            if len(found) != len(words) else []
        return problems + ["no finding says %r: %s" % (word, found)
                           for word in words if not any(word in line for line in found)]
    CASES.append((description, case))


def in_tree(description, check, changes, *words):
    expect("%s.%s: %s" % (check.__module__, check.__name__, description),
           lambda: findings_in(check, changes), *words)


# layering
for sound in (layering.includes, layering.runtime_names, layering.calls):
    in_tree("a sound tree", sound, {})
for where, include, word in (
        ("src/base/x.c", '"graph/graph.h"', "base must not include"),
        ("src/graph/x.c", '"image/core.h"', "is no path below src"),
        ("src/image/x.c", '"graph/graph.h"', "image must not include"),
        ("src/render/x.c", '"render/dot.h"', "render must not include"),
        ("src/cli/x.c", '"graph/graph.h"', "cli must not include"),
        ("src/graph/x.c", '"graph.h"', "is no path below src"),
        ("src/odd/x.c", '"graph/graph.h"', "no place in the include order"),
        ("src/render/dot.c", '"graph/graph.h"', "render must not include"),
        ("src/graph/x.c", "<refgraph/graph.h>", "not for inclusion"),
        ("src/graph/x.c", "<gelf.h>", "belongs to src/image/ alone"),
        ("src/graph/x.c", "<elfutils/libdwelf.h>", "belongs to src/image/ alone"),
        ("src/cli/x.c", "<graphviz/cgraph.h>", "belongs to src/render/dot.c"),
        ("src/render/dot.c", "<graphviz/gvc.h>", "belongs to src/libexec/ alone"),
        ("src/analysis/x.c", "<zstd.h>", "belongs to src/image/")):
    in_tree("%s in %s" % (include, where), layering.includes,
            {where: "#  include %s\n" % include}, word)
in_tree("named elsewhere", layering.runtime_names, {"src/session/x.c": 'f("Snake");\n'}, "x.c:1")
in_tree("named in a public header", layering.runtime_names,
        {"include/refgraph/part.h": PART_H + "int snake;\n"}, "part.h")
in_tree("named twice in the table", layering.runtime_names,
        {"src/runtime/runtime.c": "ROW(snake)\nROW(snake)\n"}, "runtime.c:2")
in_tree("not in the table", layering.runtime_names,
        {"src/runtime/runtime.c": "\n"}, "has no row")
for call in ("malloc", "calloc", "free", "fopen", "printf", "exit", "abort"):
    in_tree(call, layering.calls, {"src/graph/x.c": "void f(void) { %s (0); }\n" % call},
            "calls %s()" % call)

# exports
expect("exports.compare_map: sound", lambda: exports.compare_map(["a"], ["a"]))
expect("exports.compare_map: not listed", lambda: exports.compare_map(["a", "b"], ["a"]), "b is declared")
expect("exports.compare_map: listed only", lambda: exports.compare_map(["a"], ["a", "c"]), "lists c")
expect("exports.compare_map: twice", lambda: exports.compare_map(["a"], ["a", "a"]), "more than once")
expect("exports.compare_map: nothing", lambda: exports.compare_map([], []), "no public function")
NM = "0000 T rg_a@@V1\n0000 A V1\n0000 T secret@@V1\n"
expect("exports.undeclared", lambda: exports.undeclared(["rg_a"], exports.exported_names(NM)), "secret")
expect("exports.undefined", lambda: exports.undefined(["rg_a", "rg_b"], exports.exported_names(NM)),
       "rg_b")
expect("exports.map_names",
       lambda: exports.map_names("/* x */ V { global: rg_a; rg_b; local: *; };"), "rg_a", "rg_b")
CALLS = ["int f(void) { return rg_a(1); } /* rg_b() */", 'char *s = "rg_c"; g(rg_d);']
expect("exports.uncalled: sound", lambda: exports.uncalled(["rg_a", "rg_d"], CALLS))
expect("exports.uncalled: in words only", lambda: exports.uncalled(["rg_a", "rg_b", "rg_c"], CALLS),
       "rg_b", "rg_c")
SYSV = "%s |0001| d |OBJECT|08| |%s\n"
expect("exports.state: sound", lambda: exports.state(
    SYSV % ("calls", ".bss") + SYSV % ("table", ".data.rel.ro") + SYSV % ("completed.0", ".bss")))
expect("exports.state", lambda: exports.state(
    SYSV % ("calls", ".bss") + SYSV % ("calls", ".bss") + SYSV % ("cache", ".data")
    + SYSV % ("perthread", ".tbss")), "calls", "cache", "perthread")
in_tree("finds functions", exports.declared_names, {}, "rg_part")


# docs
def undocumented(tree):
    return docs.undocumented(api.functions(tree))


def part_with(comment, declaration="RG_API rg_error *rg_part(int number, char **ret);"):
    return {"include/refgraph/part.h": "%s\n%s\n" % (comment, declaration)}


in_tree("a sound header", undocumented, {})
in_tree("no comment", undocumented, part_with(""), "no comment directly before")
in_tree("comment not directly before", undocumented,
        part_with("/* rg_part - owned by x.  Errors: none.  O(1). */\nint x;"), "no comment directly")
in_tree("another name", undocumented, part_with("/* rg_pat - owned.  Errors: none.  O(1) */"),
        "begin with its name")
in_tree("no errors", undocumented, part_with("/* rg_part - owned.  O(1). */"), "name its errors")
in_tree("no cost", undocumented, part_with("/* rg_part - owned.  Errors: none. */"), "what it costs")
in_tree("no owner", undocumented, part_with("/* rg_part - x.  Errors: none.  O(1). */"), "who owns")
in_tree("infallible", undocumented,
        part_with("/* rg_part - x.  O(1). */", "RG_API int rg_part(void);"), "cannot fail")


def unexplained(tree):
    return docs.unexplained(api.members(tree))


in_tree("beside", unexplained, part_with("struct rg_x {\n\tint a, b; /* bytes */\n};"))
in_tree("before", unexplained, part_with("/* Bytes. */\nstruct rg_x {\n\tint a;\n};"))
in_tree("nowhere", unexplained,
        part_with("struct rg_x {\n\tint a; /* x\n\t\t y */\n\tint b, c;\n};"), ".b:", ".c:")
in_tree("of an enum", unexplained, part_with("enum rg_x {\n\tRG_A = 0,\n};"), "rg_x.RG_A")
HELP = """Usage: refgraph COMMAND

Commands:
  info     what it is
  types    counts

"""
expect("docs.help_commands", lambda: docs.help_commands(HELP), "info", "types")
MAN = """.Sh SYNOPSIS
.Nm
.Cm info
.Sh COMMANDS
.It Cm info
What.
.Ss Of every command
.It Fl h , Fl Fl help
.Ss Of every command that reads a dump
.It Fl Fl format Ar FORMAT
.Ss Of some commands
.It Fl n , Fl Fl limit Ar N
.Pq Cm info , types
Show
.Ar N .
.It Fl Fl sort Ns = Ns Cm size | count
.Pq Cm types
.Sh FORMATS
.It Cm json , csv
.Pq Cm info
"""
README = "| `info`, `refs` | what |\n"
expect("docs.missing_commands: sound", lambda: docs.missing_commands(["info"], MAN, README))
expect("docs.missing_commands", lambda: docs.missing_commands(["info", "types"], MAN, README + "types"),
       "synopsis of types", "item of types", "README.md has no row of a table for the command types")
expect("docs.missing_commands: too many", lambda: docs.missing_commands(["refs"], MAN, README),
       "synopsis of refs", "item of refs", "a command info, which is not there")
expect("docs.missing_commands: none", lambda: docs.missing_commands([], "", ""), "lists no command")
expect("docs.missing_functions: sound", lambda: docs.missing_functions(["rg_a"], ".Fn rg_a ,\n"))
expect("docs.missing_functions", lambda: docs.missing_functions(["rg_a", "rg_b"], ".Fn rg_a\n.Fn rg_c\n"),
       "does not list rg_b", "lists rg_c")
expect("docs.wide", lambda: docs.wide("info", "x" * 80 + "\n" + "y" * 81), "yyy")

# options: each reader finds what is there, and what differs is found
FULL = {"types": {options.Option("n", "limit", "N"), options.Option("", "short", ""),
                  options.Option("", "sort", ("count", "size"))}}
PLAIN = {name: options.plain(found) for name, found in FULL.items()}
HELP_OF_TYPES = """refgraph types [options] DUMP
Counts; as --all does.

  -n, --limit N           how many: 3
                          and --more of that
      --sort ORDER        by which
                          column: size, count
      --short             names: few, many
"""
BASH_OF_TYPES = """    types)
        options='-n --limit --sort --short'
        arguments='-n --limit --sort'
    types,--limit | types,-n) place='anything' ;;
    types,--sort) place='size count' ;;
"""
ZSH_OF_TYPES = r"""    types)
        _arguments -s -S \
            '(-n --limit)'{-n+,--limit=}'[how \[many\]]:N: ' \
            '--sort=[by]:ORDER:(size count)' \
            '--short[it'\''s names]' \
            '1:DUMP:_files'
"""
FISH_OF_TYPES = r"""complete -c refgraph -n '__refgraph_is types' -s n -l limit -x -d 'how many'
complete -c refgraph -n '__refgraph_is types' -l sort -x -a 'size count' -d 'by'
complete -c refgraph -n '__refgraph_is types' -l short -d 'it\'s names'
"""
expect("options.of_help", lambda: options.differences(
    "help", FULL, {"types": options.of_help(HELP_OF_TYPES)}))
expect("options.of_man", lambda: options.differences(
    "man", {"types": {options.Option("h", "help", ""), options.Option("n", "limit", "N"),
                      options.Option("", "format", ()),
                      options.Option("", "sort", ("count", "size"))},
            "info": {options.Option("h", "help", ""), options.Option("n", "limit", "N"),
                     options.Option("", "format", ("csv", "json"))},
            "completion": {options.Option("h", "help", "")}},
    options.of_man(MAN, ["info", "types", "completion"])))
for shell, text in (("bash", BASH_OF_TYPES), ("zsh", ZSH_OF_TYPES), ("fish", FISH_OF_TYPES)):
    reader = getattr(options, "of_" + shell)
    expect("options.of_%s" % shell,
           lambda reader=reader, text=text: options.differences(shell, PLAIN, reader(text)))
    for old, new in (("short", "shirt"), ("size count", "size"),
                     ("-s n", "-s m") if shell == "fish" else ("-n", "-m")):
        expect("options.of_%s: %s" % (shell, new),
               lambda reader=reader, changed=text.replace(old, new): options.differences(
                   "x", PLAIN, reader(changed)), "types lacks", "types has")
expect("options.of_bash: an argument that is not taken", lambda: options.differences(
    "x", PLAIN, options.of_bash(BASH_OF_TYPES.replace("-n --limit --sort'\n    ", "-n --limit'\n    "))),
       "lacks --sort", "has --sort ?")
expect("options.differences: none", lambda: options.differences("x", {}, {}), "no command was found")


# headers
def as_c99(tree):
    return headers.compiles(tree, "c", "c99")[:1]


def as_cxx(tree):
    return headers.compiles(tree, "c++", "c++11")[:1]


in_tree("sound", as_c99, {})
in_tree("sound", as_cxx, {})
in_tree("not C99", as_c99, {"include/refgraph/part.h": PART_H.replace("int number", "auto f")}, "")
in_tree("not alone", as_c99, {"include/refgraph/part.h": PART_H.replace("int number", "size_t n")}, "")
in_tree("not C++", as_cxx, {"include/refgraph/part.h": PART_H.replace("int number", "int new")}, "")
in_tree("sound", headers.refused_alone, {})
in_tree("includable", headers.refused_alone,
        {"include/refgraph/part.h": PART_H.replace("#error", "#define RG_API //")},
        "may be included alone")
in_tree("left out", headers.refused_alone, {"include/refgraph/new.h": PART_H}, "does not include")
in_tree("sound", headers.configured, {})
in_tree("configured", headers.configured,
        {"include/refgraph/part.h": "/* HAVE_X */\n#if HAVE_ZSTD\n#endif\n"}, "part.h:2")

# listed
expect("listed.unlisted: sound", lambda: listed.unlisted(["a/b.c", "d/e/f.h"], ["a/b.c", "d"]))
expect("listed.unlisted", lambda: listed.unlisted(["a/b.c", "a/c.c"], ["a/b.c"]), "a/c.c")
expect("listed.unrun: sound", lambda: listed.unrun(["test_a.c"], ["a"]))
expect("listed.unrun", lambda: listed.unrun(["test_a.c", "test_b.c"], ["a"]), "test_b.c")
expect("listed.unrun: none", lambda: listed.unrun([], []), "no unit test")

# style
LICENCE = "/* SPDX-License-Identifier: MIT */\n"
expect("style: sound", lambda: style.complaints("a.c", LICENCE + "\tint x;\n"))
expect("style: licence", lambda: style.complaints("a.c", "int x;\n"), "licence")
expect("style: width", lambda: style.complaints("a.c", LICENCE + "\t" + "x" * 93 + "\n"), "wider")
expect("style: length", lambda: style.complaints("a.c", LICENCE + "int x;\n" * 800), "split")
expect("style: blank", lambda: style.complaints("a.c", LICENCE + "int x; \n"), "white space")
expect("style: spaces", lambda: style.complaints("a.c", LICENCE + "        int x;\n"), "by spaces")
expect("style: end", lambda: style.complaints("a.c", LICENCE + "int x;"), "one newline")


if __name__ == "__main__":
    common.run(*CASES)
