# SPDX-License-Identifier: MIT
"""What is public is documented: functions in their header, commands and options in the manual."""
import os
import re
import subprocess

import api
import common

MAN = os.path.join("docs", "man", "refgraph.1")

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


def help_commands(help_text):
    """The commands that `refgraph --help` lists: indented, one a line, below a line that says so."""
    match = re.search(r"^[^\n]*[Cc]ommands?:?[^\n]*\n((?:[ \t]+[^\n]*\n|\n)+)", help_text, re.MULTILINE)
    found = re.findall(r"^ {1,4}([a-z][a-z-]*)\b", match[1], re.MULTILINE) if match else []
    return [name for name in dict.fromkeys(found)]


def help_options(help_text):
    """The long options, and the short ones that stand alone, that a help text lists."""
    found = []
    for line in help_text.splitlines():
        match = re.match(r"\s+(-\S.*)", line)
        if match:
            head = re.split(r"\s{2,}", match[1])[0]
            found += re.findall(r"(?<![\w-])(--[a-z][a-z-]*|-[A-Za-z0-9])(?![\w])", head)
    return list(dict.fromkeys(found))


def plain_man(roff):
    """The words of a manual page without its markup."""
    text = re.sub(r'^[.\']\\".*$', "", roff, flags=re.MULTILINE)
    text = re.sub(r"\\f(\[[^]]*\]|.)", "", text)
    # mdoc writes --name as "Fl Fl name" and -x as "Fl x".
    text = re.sub(r"\bFl Fl (?=\w)", "--", text)
    text = re.sub(r"\bFl (?=\w)", "-", text)
    return text.replace("\\-", "-").replace("\\(en", "-").replace("\\&", "")


def mentions(text, word):
    return re.search(r"(?<![\w-])%s(?![\w-])" % re.escape(word), text) is not None


def missing_commands(names, man, readme):
    findings = [] if names else ["refgraph --help lists no command"]
    for name in names:
        if not mentions(man, name):
            findings.append("%s does not mention the command %s" % (MAN, name))
        if not mentions(readme, name):
            findings.append("README.md does not mention the command %s" % name)
    return findings


def missing_options(name, options, man):
    findings = [] if options else ["refgraph %s --help lists no option" % name]
    return findings + ["%s does not mention %s, an option of %s" % (MAN, option, name)
                       for option in options if not mentions(man, option)]


def help_of(*arguments):
    program = os.environ.get("REFGRAPH") or os.path.join(common.build_dir(), "refgraph")
    if not os.path.exists(program):
        raise common.Skip("no command was built")
    done = subprocess.run([program, *arguments, "--help"], check=True, capture_output=True, text=True)
    return done.stdout


def check_commands(tree):
    names = help_commands(help_of())
    return missing_commands(names, plain_man(common.read(tree, MAN)), common.read(tree, "README.md"))


def check_options(tree):
    names = help_commands(help_of())
    man = plain_man(common.read(tree, MAN))
    return [finding for name in names
            for finding in missing_options(name, help_options(help_of(name)), man)]


if __name__ == "__main__":
    TREE = common.source_dir()
    common.run(
        ("every public function is documented", lambda: undocumented(api.functions(TREE))),
        ("every command is in the manual and in README.md", lambda: check_commands(TREE)),
        ("every option is in the manual", lambda: check_options(TREE)))
