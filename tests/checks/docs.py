# SPDX-License-Identifier: MIT
"""What is public is documented: functions in their header, commands and options in the manual.

The help, the manual, README and the completions of three shells say the same of every command.
"""
import os
import re
import subprocess

import api
import common
import options

MAN = os.path.join("docs", "man", "refgraph.1")
MAN_LIBRARY = os.path.join("docs", "man", "librefgraph.3")

_COMPLEXITY = re.compile(r"\bO\([^)]+\)")
_ERRORS = re.compile(r"\bErrors?:|\bRG_ERROR_")
_OWNERSHIP = re.compile(r"\b(owned|owns?|belongs?|releases?d?|frees?d?|caller|by value|copied|lives?)\b",
    re.IGNORECASE)


def undocumented(functions):
    """A comment stands directly before every function, names it, and says what its kind needs said."""
    findings = []
    for function in functions:
        def lacks(what, where=function.where()):
            findings.append("%s: %s" % (where, what))
        if function.comment is None:
            lacks("has no comment directly before it")
            continue
        text = function.comment.strip()
        if not re.match(r"(\w+, )*%s\b" % function.name, text.lstrip("* ")):
            lacks("its comment does not begin with its name")
        if not _COMPLEXITY.search(text):
            lacks("its comment does not say what it costs, as O(...)")
        fallible = function.result.startswith("rg_error *")
        if fallible and not _ERRORS.search(text):
            lacks("its comment does not name its errors")
        if not fallible and not re.search(r"cannot fail|NULL|fails?\b", text):
            lacks("its comment does not say that it cannot fail")
        hands_out = re.search(r"\*\s*\*\s*ret", function.parameters) or (
            "*" in function.result and not fallible)
        if hands_out and not _OWNERSHIP.search(text):
            lacks("its comment does not say who owns what it hands out")
    return findings


# Members whose name and type say it all, in every struct that has them; so has what counts an array.
_PLAIN = {"size", "count", "name", "module", "type", "kind", "object", "target", "address"}


def unexplained(members):
    """Numbers of a public struct say what they count; so do flags and choices, or their struct does."""
    return ["%s: has neither a comment beside it nor one before its struct or enum" % member.where()
            for member in members
            if not member.comment and not member.owner_comment and member.name not in _PLAIN
            and not member.name.endswith("_count")]


def missing_functions(names, roff):
    """Public functions that the manual of the library does not list, and those it makes up."""
    listed = set(re.findall(r"^\.Fn (rg_\w+)", roff, re.MULTILINE))
    return ["%s does not list %s" % (MAN_LIBRARY, name) for name in names if name not in listed] + \
        ["%s lists %s, which no header declares" % (MAN_LIBRARY, name)
         for name in sorted(listed - set(names))]


def help_commands(help_text):
    """The commands that `refgraph --help` lists: indented, one a line, below a line that says so."""
    match = re.search(r"^[^\n]*[Cc]ommands?:?[^\n]*\n((?:[ \t]+[^\n]*\n|\n)+)", help_text, re.MULTILINE)
    found = re.findall(r"^ {1,4}([a-z][a-z-]*)\b", match[1], re.MULTILINE) if match else []
    return [name for name in dict.fromkeys(found)]


def missing_commands(names, man, readme):
    """Every command has a line in the synopsis and an item in the manual, and a row in README."""
    findings = [] if names else ["refgraph --help lists no command"]
    synopsis = re.findall(r"^\.Nm\n\.Cm (\w+)$", man, re.MULTILINE)
    items = [re.match(r"Cm (\w+)", head) for section, head, _ in options.man_items(man)
             if section == "COMMANDS"]
    items = [item[1] for item in items if item]
    rows = [name for cell in re.findall(r"^\|([^|]*)\|", readme, re.MULTILINE)
            for name in re.findall(r"`(\w+)`", cell)]
    for name in names:
        findings += ["%s has not one %s of %s" % (MAN, what, name)
                     for what, found in (("synopsis", synopsis), ("item", items))
                     if found.count(name) != 1]
        if name not in rows:
            findings.append("README.md has no row of a table for the command %s" % name)
    findings += ["%s has a command %s, which is not there" % (MAN, name)
                 for name in sorted(set(synopsis + items) - set(names) - {"help"})]
    return findings


def wide(name, text):
    return ["refgraph %s --help is wider than a terminal: %s" % (name, line)
            for line in text.splitlines() if len(line) > 80]


def run_command(*arguments):
    program = os.environ.get("REFGRAPH") or os.path.join(common.build_dir(), "refgraph")
    if not os.path.exists(program):
        raise common.Skip("no command was built")
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


def all_options():
    return {name: options.of_help(run_command(name, "--help"))
            for name in help_commands(run_command("--help"))}


def check_commands(tree):
    return missing_commands(help_commands(run_command("--help")), common.read(tree, MAN),
                            common.read(tree, "README.md"))


def check_man(tree):
    wanted = all_options()
    return options.differences(MAN, wanted, options.of_man(common.read(tree, MAN), list(wanted)))


def check_completion(shell):
    wanted = {name: options.plain(found) for name, found in all_options().items()}
    found = getattr(options, "of_" + shell)(run_command("completion", shell))
    return options.differences("the completion of " + shell, wanted, found)


def check_help():
    """Whichever way it is asked for."""
    whole = run_command("--help")
    findings = ["refgraph %s prints no list of commands" % word for word in ("-h", "help")
                if run_command(word) != whole] + wide("", whole)
    version = run_command("--version")
    if not re.fullmatch(r"refgraph \d+\.\d+\.\d+\S*\n", version) or run_command("-V") != version:
        findings.append("refgraph --version, -V: %r" % version)
    for name in help_commands(whole):
        text = run_command(name, "--help")
        findings += wide(name, text)
        if not text.startswith("refgraph %s [options] " % name):
            findings.append("the help of %s begins otherwise" % name)
        findings += ["refgraph %s is not the help of %s" % (" ".join(words), name)
                     for words in (("help", name), (name, "-h")) if run_command(*words) != text]
        findings += ["refgraph %s %s is no version" % (name, word) for word in ("--version", "-V")
                     if run_command(name, word) != version]
    return findings


if __name__ == "__main__":
    TREE = common.source_dir()
    common.run(
        ("every public function is documented", lambda: undocumented(api.functions(TREE))),
        ("every struct and enum is explained", lambda: unexplained(api.members(TREE))),
        ("every public function is in the manual of the library", lambda: missing_functions(
            [function.name for function in api.functions(TREE)], common.read(TREE, MAN_LIBRARY))),
        ("every command is in the manual and in README.md", lambda: check_commands(TREE)),
        ("help is the same whichever way it is asked for", check_help),
        ("the manual has the options of --help", lambda: check_man(TREE)),
        *[("the completion of %s has the options of --help" % shell,
           lambda shell=shell: check_completion(shell)) for shell in ("bash", "zsh", "fish")])
