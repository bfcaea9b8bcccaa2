# SPDX-License-Identifier: MIT
"""Errors say what, where and what to do next: objects and types that are not there, outputs that
cannot be written, dumps of what cannot be read, in one line and with exit status 2."""
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time

import support

HERE = os.path.dirname(os.path.abspath(__file__))
DUMPS = os.path.join(HERE, "..", "golden", "dumps")
MONDAY = os.path.join(DUMPS, "monday.ndjson")
CUT = os.path.join(DUMPS, "cut.ndjson")
# Every command, as it answers without further options.
COMMANDS = (
    ("info", MONDAY), ("types", MONDAY), ("growth", MONDAY, MONDAY), ("cycles", MONDAY),
    ("backrefs", MONDAY, "Session#0"), ("refs", MONDAY, "Session#0"),
    ("chain", MONDAY, "Session#0"), ("objects", MONDAY), ("retained", MONDAY),
    ("retained", MONDAY, "--tree"), ("convert", MONDAY),
)


def fails(arguments, *words, **more):
    return support.error_of(support.run(*arguments, **more), *words)


# --- objects and types ---------------------------------------------------------------------------

def names_near_matches(_):
    findings = []
    for word, near in (("app.session.Sesion", "near: app.session.Session"),
                       ("Sesion", "near: app.session.Session"),
                       ("session.Session", "near: app.session.Session"),
                       ("other.module.Session", "near: app.session.Session"),
                       ("app.session.session", "near: app.session.Session"),
                       ("app.nothing.*", "no type matches 'app.nothing.*'"),
                       ("Quixotic", "lists them all"),
                       ("Session#99", "there are only 14"),
                       ("Session#-1", "no type"),
                       ("0xzz", "is no address"), ("0x", "is no address"),
                       ("0x-10", "is no address"), ("0x 10", "is no address"),
                       ("0x11112222333344445", "is no address")):
        for command in ("chain", "backrefs", "refs", "objects"):
            findings += fails((command, MONDAY, word), near)
    return findings


def says_what_is_at_an_address(folder):
    core = support.Core(support.core_names()[0])
    path = os.path.join(folder, "core")
    with open(path, "wb") as file:
        file.write(core.data)
    rows = support.answer("objects", path, "-n", "0")["objects"]
    row = next(row for row in rows if row["type"] == "function")
    inside = "0x%x" % (int(row["address"], 16) + 8)
    state = core.symbol("_PyRuntime")[0]
    findings = fails(("chain", path, inside), "behind the start of %s" % row["address"],
                     "'function'")
    findings += fails(("chain", path, "0x18"), "the process had no memory there")
    findings += fails(("chain", path, "0x%x" % (state + 3)), "no object starts at")
    last = max(core.loads, key=lambda load: load[1])
    os.truncate(path, last[1])
    findings += fails(("chain", path, "0x%x" % last[0]), "the dump lacks that memory",
                      support.GUIDE)
    return findings


def knows_operands_in_the_wrong_order(_):
    findings = []
    for command in ("chain", "backrefs", "refs"):
        findings += fails((command, "app.session.Session", MONDAY), "the dump comes first",
                          "refgraph %s DUMP" % command)
    return findings + fails(("types", "app.session.Session"), "cannot open it")


def waits_for_nothing(folder):
    pipe, empty = os.path.join(folder, "pipe"), os.path.join(folder, "empty")
    os.mkfifo(pipe)
    with open(empty, "wb"):
        pass
    findings = []
    for command in COMMANDS:
        for path, word in ((folder, "is a directory"), (pipe, "not a regular file"),
                           ("/dev/zero", "not a regular file"), (empty, "is empty"),
                           (os.path.join(folder, "none"), "No such file")):
            findings += fails((command[0],) + (path,) * command.count(MONDAY) + command[2:]
                              if command[0] != "growth" else ("growth", path, path), word,
                              timeout=10)
    secret = os.path.join(folder, "secret")
    with open(secret, "wb") as file:
        file.write(b"x")
    os.chmod(secret, 0)
    if os.geteuid():
        findings += fails(("types", secret), "Permission denied")
    return findings


# --- outputs -------------------------------------------------------------------------------------

def a_full_disk_is_trouble(_):
    findings = []
    if not os.path.exists("/dev/full"):
        raise support.common.Skip("there is no /dev/full")
    for command in COMMANDS:
        with open("/dev/full", "wb") as full:
            findings += support.error_of_unread(support.run(*command, stdout=full),
                                                "standard output", "No space left")
        findings += fails((*command, "-o", "/dev/full", "--format",
                           "ndjson" if command[0] == "convert" else "json"), "/dev/full",
                          "No space left")
    return findings


def a_small_disk_keeps_nothing(folder):
    """A disk of its own with room for part of the answer: no piece of a file stays behind."""
    place = os.path.join(folder, "disk")
    os.mkdir(place)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "none", place],
                             capture_output=True, check=False)
    if mounted.returncode:
        raise support.common.Skip("cannot mount: %s" % mounted.stderr.decode().strip()[:80])
    try:
        findings = []
        for command, suffix in ((COMMANDS[-1], "ndjson"), (COMMANDS[4], "svg"),
                                (COMMANDS[5], "png"), (COMMANDS[0], "json")):
            with open(os.path.join(place, "filler"), "wb") as file:
                file.write(bytes(6144 if suffix != "json" else 8192))
            path = os.path.join(place, "out." + suffix)
            found = fails((*command, "-o", path), "out." + suffix)
            # Without Graphviz pictures fail for another reason, which says so.
            findings += found
            if os.path.exists(path) or [n for n in os.listdir(place) if n.startswith("out." +
                                                                                     suffix)]:
                findings.append("%s: leaves %s" % (command[0], os.listdir(place)))
        return findings
    finally:
        subprocess.run(["umount", place], check=False)


def a_file_size_limit_is_trouble(folder):
    """What ulimit -f forbids is an error like a full disk, not a death by SIGXFSZ."""
    path = os.path.join(folder, "out.ndjson")
    done = subprocess.run(["sh", "-c", 'ulimit -f 1; exec "$0" "$@"', support.REFGRAPH, "convert",
                           MONDAY, "-o", path], capture_output=True, check=False,
                          encoding="utf-8")
    findings = support.error_of(done, "out.ndjson", "File too large")
    return findings + ["leaves %s" % name for name in os.listdir(folder)]


def a_kill_leaves_nothing(folder):
    """Whatever ends it while it writes: the file is there whole, or nothing is."""
    core, place = os.path.join(folder, "core"), os.path.join(folder, "place")
    os.mkdir(place)
    if not hasattr(os, "O_TMPFILE"):
        raise support.common.Skip("no files without a name")
    try:
        os.close(os.open(place, os.O_TMPFILE | os.O_RDWR))
    except OSError:
        raise support.common.Skip("this file system knows no files without a name") from None
    with open(core, "wb") as file:
        file.write(support.Core(support.core_names()[0]).data)
    findings, path, killed = [], os.path.join(place, "out.ndjson"), 0
    for number in range(12):
        with subprocess.Popen([support.REFGRAPH, "convert", core, "-o", path]) as target:
            time.sleep(0.01 * number)
            target.kill()
        killed += target.returncode != 0
        if os.listdir(place) not in ([], ["out.ndjson"]):
            findings.append("leaves %s" % os.listdir(place))
        elif os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                if '{"end"' not in file.read().splitlines()[-1]:
                    findings.append("half of the file is at its place")
            os.unlink(path)
    return findings if killed else ["was never killed"]


def a_folder_that_takes_nothing(folder):
    findings = []
    for command in COMMANDS:
        suffix = "ndjson" if command[0] == "convert" else "json"
        for place in (os.path.join(folder, "none", "x." + suffix), "/proc/x." + suffix):
            findings += fails((*command, "-o", place), place)
        findings += fails((*command, "-o", folder, "--format", suffix), "Is a directory")
    os.chmod(folder, 0o500)
    if os.geteuid():
        findings += fails(("types", MONDAY, "-o", os.path.join(folder, "x.json")),
                          "Permission denied")
    os.chmod(folder, 0o700)
    return findings + ["leaves %s" % name for name in os.listdir(folder)]


def a_closed_output_is_trouble(_):
    findings = []
    for command in COMMANDS + (("--help",), ("--version",), ("types", "--help")):
        done = subprocess.run(["sh", "-c", 'exec "$0" "$@" >&-', support.REFGRAPH, *command],
                              capture_output=True, check=False, encoding="utf-8")
        findings += support.error_of(done, "standard output")
    return findings


def a_reader_that_leaves_ends_it_quietly(_):
    """As other tools: SIGPIPE ends it; where that is ignored, exit status 2 says why."""
    findings = []
    for ignored in (False, True):
        read, write = os.pipe()
        os.close(read)
        done = support.run("convert", MONDAY, stdout=write, restore_signals=not ignored,
                           preexec_fn=(lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN))
                           if ignored else None)
        os.close(write)
        if not ignored and (done.returncode != -signal.SIGPIPE or done.stderr):
            findings.append("a broken pipe: status %d, %r" % (done.returncode, done.stderr))
        if ignored:
            findings += support.error_of_unread(done, "standard output", "Broken pipe")
    return findings


# --- pictures ------------------------------------------------------------------------------------

def renderer(folder, script):
    place = os.path.join(folder, "libexec")
    os.makedirs(place, exist_ok=True)
    path = os.path.join(place, "refgraph-render")
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + script)
    os.chmod(path, 0o755)
    return {"REFGRAPH_LIBEXEC": place, "REFGRAPH_RENDER_SECONDS": "1"}


def a_renderer_in_trouble_keeps_the_dot(folder):
    """Missing, hanging, crashing, out of memory, without plugins: the DOT is kept and named."""
    if "--with-cgraph" in support.run(*COMMANDS[4], "--format", "dot").stderr:
        raise support.common.Skip("built without cgraph")
    findings, number = [], 0
    for script, words in ((None, "is not installed"), ("exec sleep 60\n", "took too long"),
                          ("kill -SEGV $$\n", "crashed"), ("kill -KILL $$\n", "too much memory"),
                          ("echo 'Layout type: \"dot\" not recognized' >&2; exit 1\n",
                           "not recognized"), ("exit 0\n", "drew nothing")):
        environment = renderer(folder, script) if script else {"REFGRAPH_LIBEXEC": folder}
        for command in (COMMANDS[4], COMMANDS[5], COMMANDS[6]):
            for suffix in ("svg", "png", "pdf"):
                number += 1
                stem = os.path.join(folder, "p%d" % number)
                if suffix != "svg" and words == "took too long":
                    continue
                start = time.monotonic()
                findings += fails((*command, "-o", stem + "." + suffix), words, stem + ".dot",
                                  env=environment)
                if time.monotonic() - start > 20:
                    findings.append("%s: took %.0f s" % (words, time.monotonic() - start))
                if os.path.exists(stem + "." + suffix) or not os.path.exists(stem + ".dot"):
                    findings.append("%s: leaves %s" % (words, os.listdir(folder)))
                elif stat.S_IMODE(os.stat(stem + ".dot").st_mode) != 0o600:
                    findings.append("%s: its DOT is not private" % words)
    return findings


def a_dot_that_cannot_be_kept_says_both(folder):
    if "--with-cgraph" in support.run(*COMMANDS[4], "--format", "dot").stderr:
        raise support.common.Skip("built without cgraph")
    path = os.path.join(folder, "none", "why.svg")
    return fails((*COMMANDS[4], "-o", path), "is not installed", "could not be kept",
                 env={"REFGRAPH_LIBEXEC": folder})


# --- gates ---------------------------------------------------------------------------------------

def no_gate_vouches_for_a_part(_):
    findings = fails(("cycles", CUT, "--exit-code"), "is incomplete", support.GUIDE)
    done = support.run("cycles", CUT, "--exit-code", "--allow-incomplete")
    if done.returncode != 1:
        findings.append("--allow-incomplete: exit status %d" % done.returncode)
    return findings


def in_folder(test):
    with tempfile.TemporaryDirectory() as folder:
        return test(folder)


TESTS = (
    names_near_matches, says_what_is_at_an_address, knows_operands_in_the_wrong_order,
    waits_for_nothing, a_full_disk_is_trouble, a_small_disk_keeps_nothing,
    a_file_size_limit_is_trouble, a_kill_leaves_nothing, a_folder_that_takes_nothing, a_closed_output_is_trouble,
    a_reader_that_leaves_ends_it_quietly, a_renderer_in_trouble_keeps_the_dot,
    a_dot_that_cannot_be_kept_says_both, no_gate_vouches_for_a_part,
)


if __name__ == "__main__":
    sys.exit(support.common.run(*[(test.__name__.replace("_", " "),
                                   lambda test=test: in_folder(test)) for test in TESTS]))
