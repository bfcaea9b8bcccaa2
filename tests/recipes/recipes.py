# SPDX-License-Identifier: MIT
"""Runs the recipes of docs/taking-a-dump.md: taken from the page, in its words.

A fenced block on the page has a comment before it: `tested: NAME`, for which there is a case here,
or `not tested: WHY`, which the text after it must say to readers as well. What cannot be run where
this runs is skipped, with the reason.
"""
import glob
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.environ.get("RG_SRCDIR") or os.path.dirname(os.path.dirname(HERE))
PAGE = os.path.join(TOP, "docs", "taking-a-dump.md")
PROGRAM = os.path.join(HERE, "program.py")
PYTHON = os.environ.get("PYTHON3") or shutil.which("python3")
REFGRAPH = os.environ.get("REFGRAPH") or shutil.which("refgraph")


class Skip(Exception):
    """This recipe cannot be run here."""


# --- the page ------------------------------------------------------------------------------------

_BLOCK = re.compile(r"^(?P<before>[^\n]*)\n```(?P<language>\w*)\n(?P<text>.*?)^```$(?=(?P<after>.{0,400}))",
                    re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"<!-- (?P<kind>tested|not tested): (?P<what>.+) -->$")


def blocks_of(page):
    """(marker or None, language, text, what follows) of each fenced block."""
    return [(_MARK.match(found["before"]), found["language"], found["text"], found["after"])
            for found in _BLOCK.finditer(page)]


def unmarked(page, cases):
    """What is wrong with the page's markers, a line each."""
    findings = []
    names = []
    blocks = blocks_of(page)
    if page.count("\n```") != 2 * len(blocks):
        findings.append("a fenced block has no end, or stands in no paragraph of its own")
    for mark, _, text, after in blocks:
        first = text.split("\n", 1)[0]
        if not mark:
            findings.append("the block that begins '%s' does not say whether it is tested" % first)
        elif mark["kind"] == "tested":
            names.append(mark["what"])
        elif "*Not run by the tests: %s" % mark["what"] not in " ".join(after.split("<!--")[0].split()):
            findings.append("the text after '%s' does not say: Not run by the tests: %s"
                            % (first, mark["what"]))
    findings += ["no case runs the recipe '%s'" % name for name in names if name not in cases]
    findings += ["the page has no recipe '%s'" % name for name in cases if name not in names]
    findings += ["there are two recipes '%s'" % name for name in set(names) if names.count(name) > 1]
    return findings


# --- running -------------------------------------------------------------------------------------

class Kitchen:
    """A folder with the program, and the commands that a recipe may call."""

    def __init__(self, folder, recipes):
        self.folder = folder
        self.recipes = recipes
        self.started = []
        commands = os.path.join(folder, "bin")
        os.mkdir(commands)
        for name, path in (("refgraph", REFGRAPH), ("python3", PYTHON)):
            with open(os.path.join(commands, name), "w", encoding="utf-8") as file:
                file.write('#!/bin/sh\nexec "%s" "$@"\n' % path)
            os.chmod(file.name, 0o755)
        os.symlink(os.path.join(TOP, "samples"), os.path.join(folder, "samples"))
        shutil.copy(PROGRAM, os.path.join(folder, "app.py"))
        self.environment = {key: value for key, value in os.environ.items()
                            if not key.startswith("PYTHON")}
        self.environment.update(PATH=commands + ":" + os.environ["PATH"], LC_ALL="C")

    def start(self, script="exec python3 app.py", **more):
        """Runs a shell script that becomes the program; returns it when it is ready."""
        log = open(os.path.join(self.folder, "log.%d" % len(self.started)), "w+", encoding="utf-8")
        process = subprocess.Popen(
            ["sh", "-euc", script], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
            stderr=subprocess.STDOUT, env=dict(self.environment, **more), start_new_session=True)
        self.started.append((process, log))
        for _ in range(1000):
            with open(log.name, encoding="utf-8") as file:
                text = file.read()
            if "ready" in text:
                return process
            if process.poll() is not None:
                break
            time.sleep(0.01)
        raise Skip("the program does not run here: " + " ".join(text.split())[-200:])

    def said(self, process):
        for started, log in self.started:
            if started is process:
                with open(log.name, encoding="utf-8") as file:
                    return file.read()
        return ""

    def shell(self, name, pid, check=True):
        """Runs a recipe of the page with $PID set."""
        done = subprocess.run(
            ["sh", "-euc", self.recipes[name]], cwd=self.folder, stdin=subprocess.DEVNULL,
            env=dict(self.environment, PID=str(pid)), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
        if check and done.returncode:
            raise AssertionError("%s: status %d\n%s" % (name, done.returncode, done.stdout))
        return done

    def python(self, name):
        """Puts a recipe in Python before the program."""
        with open(PROGRAM, encoding="utf-8") as file:
            text = file.read()
        with open(os.path.join(self.folder, "app.py"), "w", encoding="utf-8") as file:
            file.write(self.recipes[name] + "\n" + text)

    def own_python(self):
        """From here on the interpreter is a copy, which can be taken away."""
        real = subprocess.run([PYTHON, "-c", "import sys; print(sys.executable)"], check=True,
                              capture_output=True, text=True).stdout.strip()
        shutil.copy(os.path.realpath(real), os.path.join(self.folder, "bin", "python3"))

    def kernel_core(self, seconds=20):
        """The core that the kernel wrote, when it does not grow any more."""
        size = -1
        for _ in range(int(seconds * 10)):
            found = [path for path in glob.glob(os.path.join(self.folder, "*")) if is_core(path)]
            now = os.path.getsize(found[0]) if found else -1
            if found and now == size:
                return os.path.basename(found[0])
            size = now
            time.sleep(0.1)
        raise AssertionError("the kernel wrote no core")

    def info(self, dump, *options):
        done = subprocess.run([REFGRAPH, "info", "--format", "json", dump, *options],
                              cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def count(self, dump, name, *options):
        done = subprocess.run([REFGRAPH, "types", "--format", "json", dump, *options],
                              cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return sum(row["count"] for row in json.loads(done.stdout)["types"] if row["type"] == name)

    def is_complete(self, dump, *options):
        """The dump is whole, and the program's objects are in it."""
        info = self.info(dump, *options)
        assert info["complete"], info["missing"]
        assert info["version"].startswith("3."), info["version"]
        assert self.count(dump, "__main__.Order", *options) == 1000
        assert self.count(dump, "dict", *options) > 1000

    def end(self):
        for process, log in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            log.close()


def is_core(path):
    try:
        with open(path, "rb") as file:
            head = file.read(18)
    except OSError:
        return False
    return head[:4] == b"\x7fELF" and head[16:18] == b"\x04\x00"


def need_gcore(kitchen):
    if not shutil.which("gcore"):
        raise Skip("gcore is not installed (it comes with gdb)")
    process = kitchen.start()
    done = subprocess.run(["gcore", "-o", "trial", str(process.pid)], cwd=kitchen.folder,
                          env=kitchen.environment, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    trial = os.path.join(kitchen.folder, "trial.%d" % process.pid)
    if not os.path.exists(trial):
        raise Skip("gcore may not dump here: " + " ".join(done.stdout.split())[-200:])
    os.unlink(trial)
    return process


def need_kernel_core():
    with open("/proc/sys/kernel/core_pattern", encoding="utf-8") as file:
        pattern = file.read().strip()
    if not pattern or pattern[0] in "|/" or "/" in pattern:
        raise Skip("core_pattern is not the name of a file: " + pattern)
    if resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY:
        raise Skip("the hard limit on cores cannot be raised")


# --- the recipes ---------------------------------------------------------------------------------

def gcore(kitchen):
    process = need_gcore(kitchen)
    done = kitchen.shell("gcore", process.pid)
    dump = "app.core.%d" % process.pid
    assert "complete" in done.stdout.split("Saved corefile", 1)[1], done.stdout
    assert os.stat(os.path.join(kitchen.folder, dump)).st_mode & 0o777 == 0o600
    assert process.poll() is None, "the program did not survive its dump"
    kitchen.is_complete(dump)


def abort_of(kitchen, process):
    kitchen.shell("abort", process.pid)
    assert process.wait(20) == -signal.SIGABRT, process.returncode
    dump = kitchen.kernel_core()
    kitchen.is_complete(dump)
    # The pages of the interpreter are in the core: its file is not needed.
    os.unlink(os.path.join(kitchen.folder, "bin", "python3"))
    kitchen.is_complete(dump)


def start(kitchen):
    need_kernel_core()
    kitchen.own_python()
    process = kitchen.start(kitchen.recipes["start"])
    with open("/proc/%d/coredump_filter" % process.pid, encoding="ascii") as file:
        assert int(file.read(), 16) == 0x37
    abort_of(kitchen, process)


def settings(kitchen):
    need_kernel_core()
    kitchen.own_python()
    kitchen.python("settings")
    abort_of(kitchen, kitchen.start("ulimit -S -c 0; exec python3 app.py"))


def faulthandler(kitchen):
    need_kernel_core()
    process = kitchen.start(kitchen.recipes["faulthandler"])
    kitchen.shell("abort", process.pid)
    assert process.wait(20) == -signal.SIGABRT, process.returncode
    assert "Fatal Python error: Aborted" in kitchen.said(process)
    kitchen.is_complete(kitchen.kernel_core())


def fork(kitchen):
    need_kernel_core()
    kitchen.python("fork")
    process = kitchen.start(kitchen.recipes["start"])
    kitchen.shell("fork-now", process.pid)
    kitchen.is_complete(kitchen.kernel_core())
    assert process.poll() is None, "the program did not survive the dump of its copy"


def contained(kitchen):
    """The process of a container, as the host sees it."""
    need_gcore(kitchen)
    os.mkdir(os.path.join(kitchen.folder, "root"))
    script = 'exec sh "%s/container.sh" "%s" "%s" "%s"' % (
        HERE, os.path.join(kitchen.folder, "root"), PYTHON, PROGRAM)
    process = kitchen.start(script)
    pid = process.pid
    while True:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
            children = file.read().split()
        if not children:
            return pid
        pid = int(children[0])


def sysroot(kitchen):
    pid = contained(kitchen)
    done = kitchen.shell("sysroot", pid)
    assert "· complete" in done.stdout, done.stdout
    dump = "app.core.%d" % pid
    kitchen.is_complete(dump, "--sysroot", "/proc/%d/root" % pid)
    # What the option is for: without it the names are missing, and that is said.
    info = kitchen.info(dump)
    assert not info["complete"] and info["missing"], info


def rootfs(kitchen):
    pid = contained(kitchen)
    kitchen.shell("sysroot", pid)
    kitchen.shell("rootfs", pid)
    os.killpg(kitchen.started[-1][0].pid, signal.SIGKILL)
    kitchen.is_complete("app.core.%d" % pid, "--sysroot", "rootfs")


def watched(kitchen, name, process):
    done = kitchen.shell(name, process.pid)
    dump = "app.core.%d" % process.pid
    assert done.stdout.split()[-1] == dump, done.stdout
    kitchen.is_complete(dump)
    return os.path.getsize(os.path.join(kitchen.folder, dump))


def watch(kitchen):
    need_gcore(kitchen)
    process = kitchen.start(GROW="100:200")
    size = watched(kitchen, "watch", process)
    assert size > 150 << 20, "dumped at %d bytes" % size
    # Once is enough, and a process that ended is no trouble.
    process.kill()
    process.wait()
    script = os.path.join(TOP, "samples", "dump-before-oom.sh")
    for arguments, status in (([str(process.pid), "150M"], 2), ([str(os.getpid()), "many"], 2),
                              (["1"], 2)):
        done = subprocess.run(["sh", script, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == status and done.stderr, (arguments, done)


def own_cgroup(name):
    """A new control group for memory below our own, with a limit of 150 MB."""
    with open("/proc/self/cgroup", encoding="ascii") as file:
        paths = dict(line.strip().split(":", 2)[1:] for line in file)
    if os.path.isdir("/sys/fs/cgroup/memory"):
        folder = "/sys/fs/cgroup/memory" + paths.get("memory", "")
        limit = "memory.limit_in_bytes"
    else:
        folder = "/sys/fs/cgroup" + paths.get("", "")
        limit = "memory.max"
    group = os.path.join(folder, name)
    try:
        os.mkdir(group)
        try:
            with open(os.path.join(group, limit), "w", encoding="ascii") as file:
                file.write(str(150 << 20))
        except OSError:
            os.rmdir(group)
            raise
    except OSError as error:
        raise Skip("no control group can be made here: %s" % error)
    return group


def watch_cgroup(kitchen):
    need_gcore(kitchen)
    group = own_cgroup("recipes-%d" % os.getpid())
    try:
        process = kitchen.start('echo $$ >"%s/cgroup.procs"; exec python3 app.py' % group, GROW="40:125")
        size = watched(kitchen, "watch-cgroup", process)
        assert 100 << 20 < size < 150 << 20, "dumped at %d bytes" % size
    finally:
        kitchen.end()
        for _ in range(100):
            try:
                os.rmdir(group)
                break
            except OSError:
                time.sleep(0.05)


def limit(kitchen):
    need_kernel_core()
    shutil.copy(PROGRAM, os.path.join(kitchen.folder, "service.py"))
    with open(os.path.join(kitchen.folder, "app.py"), "w", encoding="utf-8") as file:
        file.write("from service import work as main\n" + kitchen.recipes["limit"])
    process = kitchen.start(kitchen.recipes["start"], APP_MEMORY_MAX=str(150 << 20), GROW="500:1000")
    assert process.wait(20) == -signal.SIGABRT, process.returncode
    dump = kitchen.kernel_core()
    assert kitchen.info(dump)["complete"]
    # What the frame of the failed call holds is in the dump, and so is the way to it.
    done = subprocess.run([REFGRAPH, "chain", dump, "bytearray#0"], cwd=kitchen.folder,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "grown" in done.stdout, done


def compress(kitchen):
    if not shutil.which("zstd"):
        raise Skip("zstd is not installed")
    process = need_gcore(kitchen)
    kitchen.shell("gcore", process.pid)
    done = kitchen.shell("compress", process.pid)
    assert "· complete" in done.stdout, done.stdout
    assert not os.path.exists(os.path.join(kitchen.folder, "app.core.%d" % process.pid))
    kitchen.is_complete("app.core.%d.zst" % process.pid)


def convert(kitchen):
    process = need_gcore(kitchen)
    kitchen.shell("gcore", process.pid)
    done = kitchen.shell("convert", process.pid)
    assert "Order" in done.stdout and "· complete" in done.stdout, done.stdout
    with open(os.path.join(kitchen.folder, "app.core.%d" % process.pid), "rb") as file:
        assert b"hunter2-7" in file.read(), "there is nothing to hide in this dump"
    with open(os.path.join(kitchen.folder, "app.ndjson"), "rb") as file:
        text = file.read()
    assert b"__main__.Order" in text
    assert b"hunter2" not in text and b"password-of" not in text
    assert os.stat(file.name).st_mode & 0o777 == 0o600


CASES = {
    "gcore": gcore, "start": start, "settings": settings, "abort": start, "faulthandler": faulthandler,
    "fork": fork, "fork-now": fork, "sysroot": sysroot, "rootfs": rootfs, "watch": watch,
    "watch-cgroup": watch_cgroup, "limit": limit, "compress": compress, "convert": convert,
}


def marked():
    """The page is marked, and what this looks for is found where it is missing."""
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    wrong = unmarked(page.replace("<!-- tested: gcore -->", "", 1), CASES)
    assert any("does not say whether" in finding for finding in wrong), wrong
    wrong = unmarked(page.replace("*Not run by the tests: needs a cluster", "", 1), CASES)
    assert any("does not say: Not run" in finding for finding in wrong), wrong
    wrong = unmarked(page, {"another": None})
    assert len(wrong) > len(CASES), wrong
    findings = unmarked(page, CASES)
    assert not findings, "\n".join(findings)


def run(number, description, case, recipes):
    folder = tempfile.mkdtemp(prefix="refgraph-recipes-")
    kitchen = Kitchen(folder, recipes)
    try:
        case(kitchen)
    except Skip as skip:
        print("ok %d - %s # SKIP %s" % (number, description, skip), flush=True)
        return True
    except (AssertionError, OSError, ValueError, subprocess.SubprocessError) as error:
        print("not ok %d - %s" % (number, description), flush=True)
        for line in (str(error) or repr(error)).splitlines():
            print("# " + line, flush=True)
        return False
    finally:
        kitchen.end()
        shutil.rmtree(folder, ignore_errors=True)
    print("ok %d - %s" % (number, description), flush=True)
    return True


def main():
    with open(PAGE, encoding="utf-8") as file:
        blocks = blocks_of(file.read())
    recipes = {mark["what"]: text for mark, _, text, _ in blocks if mark and mark["kind"] == "tested"}
    cases = {}
    for name, case in CASES.items():
        cases.setdefault(case, []).append(name)
    print("1..%d" % (1 + len(cases)), flush=True)
    good = run(1, "every recipe says whether it is tested", lambda kitchen: marked(), recipes)
    for number, (case, names) in enumerate(cases.items(), 2):
        good = run(number, ", ".join(names), case, recipes) and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
