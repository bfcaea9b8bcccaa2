# SPDX-License-Identifier: MIT
"""Completions are kept as the command prints them, and the shells complete with them.

bash, zsh and fish are asked themselves what they would offer; where one is not installed, that is
skipped, and docs.py still compares what its script says.
"""
import os
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time

import common
import options

FOLDER = os.path.join("src", "cli", "completions")
FILES = {"bash": "refgraph.bash", "zsh": "_refgraph", "fish": "refgraph.fish"}
# What stands in the folder where shells are asked.
CORES = ("core.1", "my core", "$(x)'q.core")


def program():
    path = os.environ.get("REFGRAPH") or os.path.join(common.build_dir(), "refgraph")
    if not os.path.exists(path):
        raise common.Skip("no command was built")
    return path


def output(*arguments):
    return subprocess.run([program(), *arguments], check=True, capture_output=True, text=True).stdout


def script(shell):
    return os.path.join(common.source_dir(), FOLDER, FILES[shell])


def check_kept(shell):
    if common.read(script(shell)) == output("completion", shell):
        return []
    return ["%s/%s is not what refgraph completion %s prints: make update-completions"
            % (FOLDER, FILES[shell], shell)]


def need(shell):
    path = shutil.which(shell)
    if not path:
        raise common.Skip("%s is not installed" % shell)
    return path


def check_syntax(shell):
    done = subprocess.run([need(shell), "-n", script(shell)], check=False, capture_output=True,
                          text=True)
    return [] if done.returncode == 0 and not done.stderr else [done.stderr or "exits with %d"
                                                                % done.returncode]


def commands():
    return re.findall(r"^  ([a-z]+) ", output("--help"), re.MULTILINE)


def wanted():
    """Command lines, and what is to be offered at the end of each: words, files, folders, nothing."""
    names = commands()
    lines = {"refgraph ": {*names, "help"}, "refgraph help ": set(names),
             "refgraph completion ": set(FILES)}
    for name in names:
        mine = options.of_help(output(name, "--help"))
        lines["refgraph %s --" % name] = {"--" + option.name for option in mine}
        lines["refgraph %s -" % name] = lines["refgraph %s --" % name] | {
            "-" + option.letter for option in mine if option.letter}
        for option in mine:
            if option.argument:
                place = next(iter(options.plain([option]))).argument
                place = set(place) if isinstance(place, tuple) else place
                lines["refgraph %s --%s " % (name, option.name)] = place
                if option.letter:
                    lines["refgraph %s -%s " % (name, option.letter)] = place
    lines.update({
        "refgraph types ": "file", "refgraph types core.1 ": "anything",
        "refgraph types -n 3 ": "file", "refgraph types --tracked ": "file",
        "refgraph types --sort count ": "file", "refgraph growth core.1 ": "file",
        "refgraph growth core.1 core.1 ": "file", "refgraph backrefs ": "file",
        "refgraph backrefs core.1 ": "anything", "refgraph objects core.1 dict#0 ": "anything",
        "refgraph backrefs --depth 2 core.1 --format ":
            {"tree", "json", "dot", "svg", "png", "pdf"},
        "refgraph help types ": "anything", "refgraph completion bash ": "anything",
    })
    return lines


def compare(lines, found):
    """Differences; of files and folders the samples alone count."""
    places = {"file": {*CORES, "folder"}, "folder": {"folder"}, "anything": set()}
    findings = []
    for line, offers in lines.items():
        offers = places[offers] if isinstance(offers, str) else offers
        got = {word.rstrip("/ =") for word in found.get(line, ["<no answer>"])} - {""}
        if line == "refgraph ":
            got -= {"--help", "--version"}
        if got != offers:
            findings.append("%r offers %s, not %s" % (line, sorted(got), sorted(offers)))
    return findings


def split_answers(text):
    found = {}
    for block in text.split("\0")[1:]:
        line, *words = block.split("\n")
        found[line] = [word for word in words if word]
    return found


def play(folder):
    os.mkdir(os.path.join(folder, "folder"))
    for name in CORES:
        with open(os.path.join(folder, name), "w", encoding="utf-8"):
            pass


# compopt works only while readline completes, so what it is asked for is written down, and done.
BASH = r"""
source "$1"
shift
compopt() {
    case $* in
    *dirnames*) fallback=folders ;;
    *) fallback=nothing ;;
    esac
}
for line in "$@"; do
    read -r -a COMP_WORDS <<<"${line//=/ = }"
    [[ $line != *' ' ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=() fallback=files
    _refgraph
    if ((!${#COMPREPLY[@]})); then
        case $fallback in
        files) mapfile -t COMPREPLY < <(compgen -f) ;;
        folders) mapfile -t COMPREPLY < <(compgen -d) ;;
        esac
    fi
    printf '\0%s\n' "$line"
    printf '%s\n' "${COMPREPLY[@]}"
done
"""


def check_bash():
    lines = wanted()
    lines["refgraph types --sort=c"] = {"count"}
    lines["refgraph types --format="] = lines["refgraph types --format "]
    lines["refgraph types -- --"] = "file"
    with tempfile.TemporaryDirectory() as folder:
        play(folder)
        done = subprocess.run([need("bash"), "--norc", "-c", BASH, "bash", script("bash"), *lines],
                              cwd=folder, check=False, capture_output=True, text=True)
    return done.stderr.splitlines() + compare(lines, split_answers(done.stdout))


FISH = r"""
source $argv[1]
for line in $argv[2..-1]
    printf '\0%s\n' $line
    complete -C $line | string replace -r '\t.*' ''
end
"""


def check_fish():
    lines = wanted()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        play(folder)
        with open(os.path.join(home, "ask.fish"), "w", encoding="utf-8") as file:
            file.write(FISH)
        done = subprocess.run([need("fish"), "-N", file.name, script("fish"), *lines], cwd=folder,
                              env=dict(os.environ, HOME=home, LC_ALL="C.UTF-8"), check=False,
                              capture_output=True, text=True, timeout=120)
    return done.stderr.splitlines() + compare(lines, split_answers(done.stdout))


class Terminal:
    """A shell that believes a person sits before it."""
    def __init__(self, arguments, folder, environment):
        self.said = b""
        self.pid, self.end = pty.fork()
        if not self.pid:
            os.chdir(folder)
            os.execvpe(arguments[0], arguments, environment)

    def type(self, text):
        os.write(self.end, text.encode())

    def wait(self, done, seconds=20):
        """Reads until done(what was said since) or time is up; says whether it came to that."""
        self.said = b""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if select.select([self.end], [], [], 0.02)[0]:
                try:
                    self.said += os.read(self.end, 65536)
                except OSError:
                    return done(self.said)
            if done(self.said):
                return True
        return False

    def close(self):
        try:
            self.type("\x15\x04\x04")
        except OSError:
            pass
        # The end of its terminal ends it.
        os.close(self.end)
        os.waitpid(self.pid, 0)


# Matches are what the builtin makes of compadd's arguments; calls that only ask for them come from
# zsh's own functions.  One key reads a line from a file, completes it, and writes a 1 after the matches.
ZSH = r"""
PS1='' PS2='' fpath=($FOLDER_OF_SCRIPT $fpath) out=$PWD/.said
autoload -Uz compinit && compinit -u -D
setopt no_auto_list no_auto_menu no_list_beep no_bang_hist
zstyle ':completion:*' verbose no
compadd() {
    local -a found
    if [[ " ${(j: :)@[1,(i)--]} " != *' -'[OAD]' '* ]]; then
        builtin compadd -O found "$@"
        print -rl -- "${(@Q)found}" >>$out
    fi
    builtin compadd "$@"
}
begin() {
    BUFFER=$(<$PWD/.line)
    CURSOR=$#BUFFER
    BUFFER=${BUFFER%.}
    printf '\0%s\n' "$BUFFER" >>$out
    zle complete-word
    BUFFER=
    printf '\1' >>$out
}
zle -N begin
bindkey '^T' begin
: >$out
print READY
"""


def ask_zsh(lines):
    shell = need("zsh")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        play(folder)
        with open(os.path.join(home, "setup"), "w", encoding="utf-8") as file:
            file.write(ZSH)
        said = os.path.join(folder, ".said")
        line_file = os.path.join(folder, ".line")
        terminal = Terminal([shell, "-f", "-i"], folder, dict(
            os.environ, HOME=home, TERM="vt100", LC_ALL="C.UTF-8",
            FOLDER_OF_SCRIPT=os.path.dirname(script("zsh"))))
        try:
            terminal.type("source %s/setup\n" % home)
            if not terminal.wait(lambda text: b"READY\r\n" in text):
                raise OSError("zsh does not begin: %r" % terminal.said)
            for number, line in enumerate(lines, 1):
                with open(line_file, "w", encoding="utf-8") as file:
                    file.write(line + ".")
                terminal.type("\x14")

                def answered(_, number=number):
                    with open(said, encoding="utf-8") as file:
                        return file.read().count("\1") == number
                if not terminal.wait(answered):
                    raise OSError("zsh does not answer to %r: %r" % (line, terminal.said[-300:]))
            with open(said, encoding="utf-8") as file:
                return split_answers(file.read().replace("\1", ""))
        finally:
            terminal.close()


def check_zsh():
    lines = wanted()
    lines["refgraph types --sort="] = lines["refgraph types --sort "]
    # Where no operand can follow, zsh offers options by itself.
    for line in ("refgraph types core.1 ", "refgraph completion bash "):
        lines[line] = lines[" ".join(line.split()[:2]) + " -"]
    try:
        return compare(lines, ask_zsh(lines))
    except OSError as error:
        return [str(error)]


def check_readline():
    """bash itself, with a terminal: the quoting of what it completes."""
    with tempfile.TemporaryDirectory() as folder:
        play(folder)
        terminal = Terminal([need("bash"), "--norc", "-i"], folder, dict(
            os.environ, HOME=folder, TERM="vt100", PS1="", INPUTRC=os.devnull, LC_ALL="C.UTF-8"))
        findings = []
        try:
            terminal.type("refgraph() { printf '<%s>' \"$@\"; echo; }; source " +
                          script("bash") + "; echo REA''DY\n")
            if not terminal.wait(lambda text: b"READY" in text):
                return ["bash does not begin: %r" % terminal.said]
            for keys, wish in (("types my\t", "<types><my core>"), ("ty\tcor\t", "<types><core.1>"),
                               ("types \\$\t", "<types><$(x)'q.core>"),
                               ("types --sysroot f\t", "<types><--sysroot><folder/>"),
                               ("types --format=js\t", "<types><--format=json>"),
                               ("chain core.1 m\t", "<chain><core.1><m>")):
                terminal.type("refgraph " + keys + "\n")
                if not terminal.wait(lambda text, wish=wish: wish.encode() in text, 5):
                    findings.append("%r becomes %r" % (keys, terminal.said))
        finally:
            terminal.close()
        return findings


def check_refusal():
    done = subprocess.run([program(), "completion", "csh"], check=False, capture_output=True,
                          text=True)
    return [] if done.returncode == 2 and "bash|zsh|fish" in done.stderr else [repr(done)]


if __name__ == "__main__":
    common.run(
        *[("%s: kept as the command prints it" % shell, lambda shell=shell: check_kept(shell))
          for shell in FILES],
        *[("%s: the syntax" % shell, lambda shell=shell: check_syntax(shell)) for shell in FILES],
        ("bash: completes commands, options, arguments and dumps", check_bash),
        ("bash: quotes what it completes", check_readline),
        ("zsh: completes commands, options, arguments and dumps", check_zsh),
        ("fish: completes commands, options, arguments and dumps", check_fish),
        ("another shell is not known", check_refusal))
