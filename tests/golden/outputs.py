# SPDX-License-Identifier: MIT
"""Where results go: files, full disks, pictures drawn, and a renderer that is missing or hangs."""
import os
import shutil
import stat
import subprocess
import sys
import time
import xml.dom.minidom

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import tap  # noqa: E402

DUMPS = os.path.join(HERE, "dumps")
PROGRAM = os.environ.get("REFGRAPH", "refgraph")
RENDER = os.path.join(os.environ.get("REFGRAPH_LIBEXEC", ""), "refgraph-render")
TARGET = ("monday.ndjson", "app.session.Session#0")


def run(*arguments, **more):
    environment = dict(os.environ, LC_ALL="C", **more.pop("env", {}))
    more.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([PROGRAM, *arguments], cwd=DUMPS, timeout=120, env=environment,
                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, **more)


def need_dot():
    done = run("backrefs", *TARGET, "--format", "dot")
    if b"--with-cgraph" in done.stderr:
        raise tap.Skip("built without cgraph")


def need_renderer():
    need_dot()
    if not os.path.exists(RENDER):
        raise tap.Skip("built without gvc")


def file_is_private_and_whole(folder):
    path = os.path.join(folder, "types.json")
    done = run("types", "monday.ndjson", "-o", path)
    assert done.returncode == 0 and not done.stdout, done
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    with open(path, encoding="utf-8") as file:
        assert file.read().startswith('{\n "schema": "refgraph/types/1"')
    assert os.listdir(folder) == ["types.json"]


def failure_leaves_the_old_file(folder):
    path = os.path.join(folder, "old.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write("old")
    done = run("types", "missing.ndjson", "-o", path)
    assert done.returncode == 2, done
    with open(path, encoding="utf-8") as file:
        assert file.read() == "old"
    assert os.listdir(folder) == ["old.json"]


def folder_that_is_not_there(folder):
    done = run("types", "monday.ndjson", "-o", os.path.join(folder, "none", "x.json"))
    assert done.returncode == 2 and b"none/x.json" in done.stderr, done


def full_disk_is_trouble(_):
    if not os.path.exists("/dev/full"):
        raise tap.Skip("there is no /dev/full")
    for command in (["types", "monday.ndjson"], ["types", "--help"], [],
                    ["convert", "monday.ndjson"], ["chain", "monday.ndjson", "app.tree.Node#0"]):
        with open("/dev/full", "wb") as full:
            done = run(*command, stdout=full)
        assert done.returncode == 2, (command, done)
        assert b"standard output" in done.stderr, (command, done)
    done = run("types", "monday.ndjson", "-o", "/dev/full")
    assert done.returncode == 2 and b"/dev/full" in done.stderr, done
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


def pictures_are_drawn(folder):
    need_renderer()
    for suffix, magic in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        path = os.path.join(folder, "picture." + suffix)
        done = run("backrefs", *TARGET, "--weak", "-o", path)
        assert done.returncode == 0 and not done.stderr, done
        with open(path, "rb") as file:
            assert file.read().startswith(magic), suffix
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def hostile_names_make_sound_pictures(_):
    need_renderer()
    done = run("refs", "hostile.ndjson", "0x7f3a10000000", "--format", "svg")
    assert done.returncode == 0, done
    page = xml.dom.minidom.parseString(done.stdout)
    texts = "\n".join(node.firstChild.data for node in page.getElementsByTagName("text"))
    # The names are shown as they are, not expanded to what Graphviz would make of them.
    assert 'evil\\x1b[31m"\\N\\G<b>&amp;\\ttype' in texts, texts
    assert "x\\" in texts.split("\n"), texts
    for anchor in page.getElementsByTagName("a"):
        assert not anchor.getAttribute("xlink:href"), anchor.toxml()


def a_missing_renderer_keeps_the_dot(folder):
    need_dot()
    path = os.path.join(folder, "why.svg")
    done = run("backrefs", *TARGET, "-o", path, env={"REFGRAPH_LIBEXEC": folder})
    assert done.returncode == 2 and not done.stdout, done
    assert b"is not installed" in done.stderr and b"why.dot" in done.stderr, done
    assert os.listdir(folder) == ["why.dot"]
    with open(os.path.join(folder, "why.dot"), "rb") as file:
        kept = file.read()
    assert kept == run("backrefs", *TARGET, "--format", "dot").stdout


def replace_renderer(folder, script):
    os.mkdir(os.path.join(folder, "libexec"))
    path = os.path.join(folder, "libexec", "refgraph-render")
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + script)
    os.chmod(path, 0o755)
    return {"REFGRAPH_LIBEXEC": os.path.join(folder, "libexec"), "REFGRAPH_RENDER_SECONDS": "1"}


def a_hanging_renderer_is_ended(folder):
    need_dot()
    environment = replace_renderer(folder, "exec sleep 60\n")
    start = time.monotonic()
    done = run("backrefs", *TARGET, "-o", os.path.join(folder, "why.png"), env=environment)
    assert time.monotonic() - start < 30
    assert done.returncode == 2 and b"took too long" in done.stderr, done
    assert sorted(os.listdir(folder)) == ["libexec", "why.dot"]


def a_failing_renderer_is_quoted(folder):
    need_dot()
    environment = replace_renderer(folder, "printf half; echo no plugin >&2; exit 1\n")
    done = run("backrefs", *TARGET, "-o", os.path.join(folder, "why.png"), env=environment)
    assert done.returncode == 2 and b"no plugin" in done.stderr, done
    assert sorted(os.listdir(folder)) == ["libexec", "why.dot"]


def the_renderer_refuses_what_is_no_graph(_):
    need_renderer()
    for text in (b"", b"no graph", b"digraph { a -> "):
        done = subprocess.run([RENDER, "svg"], input=text, capture_output=True, check=False)
        assert done.returncode == 1 and not done.stdout, done
    assert subprocess.run([RENDER, "exe"], input=b"", capture_output=True,
                          check=False).returncode == 2


def colour_is_for_terminals(_):
    assert b"\033" not in run("types", "monday.ndjson").stdout
    assert b"\033[1m" in run("types", "monday.ndjson", "--color", "always").stdout
    assert b"\033" not in run("types", "monday.ndjson", "--color", "never").stdout
    tree = run("backrefs", *TARGET, "--color", "always").stdout
    assert b"\033[31mapp.session.Session\033[0m" in tree, tree


def a_converted_dump_answers_the_same(folder):
    path = os.path.join(folder, "again.ndjson")
    done = run("convert", "monday.ndjson", "--labels", "all", "--values", "-o", path)
    assert done.returncode == 0, done
    for command in (["types"], ["cycles"], ["backrefs", TARGET[1], "--depth", "5", "--weak"],
                    ["chain", TARGET[1]], ["objects", "--values", "-n", "0"]):
        first = run(command[0], "monday.ndjson", *command[1:])
        again = run(command[0], path, *command[1:])
        assert first.returncode == again.returncode == 0, (first, again)
        assert first.stdout == again.stdout.replace(path.encode(), b"monday.ndjson"), command


def what_comes_next_can_be_pasted(folder):
    """Every line that says what to run next runs in a shell, whatever the dumps are called."""
    need_renderer()
    first, last = "it's $(monday).ndjson", "a dump; of tuesday.ndjson"
    shutil.copy(os.path.join(DUMPS, "monday.ndjson"), os.path.join(folder, first))
    shutil.copy(os.path.join(DUMPS, "tuesday.ndjson"), os.path.join(folder, last))
    program = os.path.abspath(PROGRAM) if os.sep in PROGRAM else PROGRAM
    environment = dict(os.environ, LC_ALL="C", PROGRAM=program)
    sysroot = ("--sysroot", "/no where")
    met = 0
    for words in (["info"], ["types"], ["types", *sysroot], ["cycles"], ["objects"],
                  ["objects", TARGET[1]], ["chain", TARGET[1]], ["chain", "app.tree.Node#0"],
                  ["backrefs", TARGET[1]], ["refs", TARGET[1], "app.tree.*"],
                  ["cycles", "--module", "app.session"], ["growth"], ["growth", *sysroot]):
        dumps = [first, last] if words[0] == "growth" else [first]
        done = subprocess.run([program, words[0], *dumps, *words[1:]], cwd=folder, timeout=60,
                              env=environment, stdout=subprocess.PIPE, check=False)
        lines = [line.split(": ", 1)[1] for line in done.stdout.decode().splitlines()
                 if line.startswith(("next: ", "who holds them: "))]
        assert len(lines) == (2 if words[0] == "growth" else 1), (words, done.stdout)
        for line in lines:
            assert ("--sysroot '/no where'" in line) == (sysroot[0] in words), line
            again = subprocess.run(["sh", "-c", 'refgraph() { "$PROGRAM" "$@"; }\n' + line],
                                   cwd=folder, timeout=60, env=environment, check=False,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            assert again.returncode in (0, 1) and not again.stderr, (line, again)
            met += 1
    assert met == 15, met


TESTS = [
    file_is_private_and_whole, failure_leaves_the_old_file, folder_that_is_not_there,
    full_disk_is_trouble, pictures_are_drawn, hostile_names_make_sound_pictures,
    a_missing_renderer_keeps_the_dot, a_hanging_renderer_is_ended, a_failing_renderer_is_quoted,
    the_renderer_refuses_what_is_no_graph, colour_is_for_terminals,
    a_converted_dump_answers_the_same, what_comes_next_can_be_pasted,
]


if __name__ == "__main__":
    sys.exit(tap.run("outputs", TESTS))
