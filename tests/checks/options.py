# SPDX-License-Identifier: MIT
"""What options each command takes, read out of its help, the manual and the completions.

All are brought into one shape, a dict from a command to its options, so that they can be compared;
nothing here knows the tables they are made from.
"""
import collections
import re

# argument: "" of a flag, the name of what it takes, or the sorted words one of which it takes.
Option = collections.namedtuple("Option", "letter name argument")

PLACES = {"FILE": "file", "DIR": "folder", "": ""}


def plain(options):
    """As completions have them, who do not know what an argument is called."""
    return {option if isinstance(option.argument, tuple) else
            option._replace(argument=PLACES.get(option.argument, "anything")) for option in options}


def words_of(text, separator):
    return tuple(sorted(word.strip() for word in text.split(separator)))


def of_help(text):
    """The options in what `refgraph COMMAND --help` prints."""
    found = set()
    # Continuation lines are indented further than any option.
    text = re.sub(r"\n {20,}", " ", text)
    for match in re.finditer(r"^ +(?:-(\w), )?--([a-z-]+)(?: ([A-Z]+))?(?: +(\S.*))?$", text,
                             re.MULTILINE):
        letter, name, argument, words = match.groups("")
        choices = re.search(r": ([a-z0-9-]+(?:, [a-z0-9-]+)*)$", words)
        if argument and choices:
            argument = words_of(choices[1], ",")
        found.add(Option(letter, name, argument))
    return found


def man_items(roff):
    """Heads of the items of the manual's lists, with the section and the commands named below."""
    section = ""
    items = []
    for line in roff.splitlines():
        match = re.match(r"\.S[hs] (.*)", line)
        if match:
            section = match[1]
        elif line.startswith(".It "):
            items.append((section, line[4:], []))
        elif line.startswith(".Pq Cm ") and items:
            items[-1][2].extend(re.findall(r"[a-z]+", line[7:]))
    return items


def man_option(head):
    match = re.match(r"(?:Fl (\w) , )?Fl Fl ([a-z-]+)(?: Ar ([A-Z]+)| Ns = Ns Cm (.*))?$", head)
    if not match:
        return None
    letter, name, argument, choices = match.groups("")
    return Option(letter, name, words_of(choices, "|") if choices else argument)


def of_man(roff, commands, without_dump=("completion",)):
    """The options in the manual; --format takes those of its formats that a command is named with."""
    found = {command: set() for command in commands}
    formats = {command: [] for command in commands}
    items = man_items(roff)
    for section, head, named in items:
        if section == "FORMATS":
            for command in set(named) & set(commands):
                formats[command] += re.findall(r"[a-z]+", head[3:])
    for section, head, named in items:
        option = man_option(head)
        if not option:
            continue
        if section == "Of every command":
            named = commands
        elif section == "Of every command that reads a dump":
            named = [command for command in commands if command not in without_dump]
        for command in named:
            mine = option
            if option.name == "format":
                mine = option._replace(argument=tuple(sorted(formats.get(command, ()))))
            found.setdefault(command, set()).add(mine)
    return found


def of_bash(script):
    found = {}
    arguments = {}
    for names, place in re.findall(r"^    (\w[\w,| -]*)\) place='([^']*)' ;;$", script, re.MULTILINE):
        if " " in place or place not in ("file", "folder", "anything"):
            place = words_of(place, " ")
        for pair in names.split(" | "):
            arguments[tuple(pair.split(","))] = place
    for command, names, takers in re.findall(
            r"^    (\w+)\)\n +options='([^']*)'\n +arguments='([^']*)'", script, re.MULTILINE):
        found[command] = set()
        letter = ""
        for name in names.split():
            if not name.startswith("--"):
                letter = name[1:]
                continue
            place = arguments.get((command, name), "")
            if (place != "") != (name in takers.split()) or (
                    letter and arguments.get((command, "-" + letter), "") != place):
                place = "?"
            found[command].add(Option(letter, name[2:], place))
            letter = ""
    return found


def of_zsh(script):
    found = {}
    command = None
    for line in script.splitlines():
        match = re.match(r"    (\w+)\)$", line)
        if match:
            command = match[1]
            found[command] = set()
        match = re.match(r" +'(?:\([^)]*\)|\*)?(?:'\{-(\w)\+?,--([a-z-]+)=?\}'|--([a-z-]+)=?)"
                         r"\[((?:[^]\\]|\\.)*)\](.*)'", line)
        if command and match:
            letter, first, second, _, rest = match.groups("")
            place = ""
            if rest:
                action = re.match(r":(?:[^:\\]|\\.)*:(.*)$", rest)[1]
                place = {"_files": "file", "_files -/": "folder", " ": "anything"}.get(
                    action) or words_of(action.strip("()"), " ")
            found[command].add(Option(letter, first or second, place))
    found.pop("help", None)
    return found


def of_fish(script):
    found = {}
    for line in script.splitlines():
        match = re.match(r"complete -c refgraph -n '__refgraph_is (\w+)'(?: -s (\w))? -l ([a-z-]+)"
                         r"( -r -F| -x)?(?: -a '([^']*)')? -d '", line)
        if match:
            command, letter, name, takes, words = match.groups("")
            place = {"": "", " -r -F": "file", " -x": "anything"}[takes]
            if words:
                place = "folder" if words.startswith("(") else words_of(words, " ")
            found.setdefault(command, set()).add(Option(letter, name, place))
    return found


def differences(where, wanted, found):
    """How what `where` says differs from what it should, one line each."""
    findings = [] if wanted else ["no command was found"]
    for command in sorted(set(wanted) | set(found)):
        mine, other = wanted.get(command, set()), found.get(command, set())
        findings += ["%s: %s lacks %s" % (where, command, describe(o)) for o in sorted(mine - other, key=str)]
        findings += ["%s: %s has %s" % (where, command, describe(o)) for o in sorted(other - mine, key=str)]
    return findings


def describe(option):
    argument = "|".join(option.argument) if isinstance(option.argument, tuple) else option.argument
    return "%s--%s %s" % ("-%s, " % option.letter if option.letter else "", option.name, argument)
