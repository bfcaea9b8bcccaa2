# SPDX-License-Identifier: MIT
"""What stories.py and healthy.py share: programs that say "hour N" and are dumped then, and commands
that are asked of the dumps. A program that waits goes on when it is sent a line."""
import concurrent.futures
import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import target  # noqa: E402
from target import REFGRAPH, common  # noqa: E402

PYTHON = os.environ.get("PYTHON3") or "/usr/bin/python3"
LIBRARIES = {"django", "numpy", "pandas", "sqlalchemy"}  # what a bare python3 does not have
PATIENCE = 120  # seconds; none takes ten where nothing else runs


def interpreters():
    """The one tests use, and of each series one of pyenv's, or one that the matrix fetched."""
    return target.interpreters(range(8, 15), instead=True)


def has_turn(python, pythons, number):
    """Whether the case of that number is for this one, too: each is for the first and one more."""
    return python == pythons[0] or pythons.index(python) - 1 == number % (len(pythons) - 1)


def version(python):
    return subprocess.run([python, "-c", "import sys; print(sys.version.split()[0])"], text=True,
                          check=False, capture_output=True).stdout.strip()


def environment():
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    # Arenas of malloc are 64 MiB of address space each; with two the dumps are small.
    clean.update(LC_ALL="C.UTF-8", MALLOC_ARENA_MAX="2", PYTHONDONTWRITEBYTECODE="1",
                 PYTHONUNBUFFERED="1", TERM="dumb")
    return clean


def need(python, modules):
    for module in modules:
        if subprocess.run([python, "-c", "import " + module], capture_output=True,
                          check=False).returncode:
            raise common.Skip("%s is not installed for %s" % (module, python))


class Process:
    """A program that runs until the with statement ends."""

    def __init__(self, words, folder, terminal=False):
        self.name = os.path.basename(words[-1]).replace(".py", "")
        self.folder = folder
        self.said = b""
        ends = pty.openpty() if terminal else (None, None)
        self.process = subprocess.Popen(
            words, cwd=folder, env=environment(), stdin=ends[1] or subprocess.PIPE,
            stdout=ends[1] or subprocess.PIPE, stderr=ends[1] or subprocess.STDOUT,
            start_new_session=True)
        if terminal:
            os.close(ends[1])
        self.stdin = ends[0] or self.process.stdin.fileno()
        self.stdout = ends[0] or self.process.stdout.fileno()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        try:
            os.killpg(self.process.pid, 9)
        except ProcessLookupError:
            pass
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
            self.process.stdout.close()
        else:
            os.close(self.stdin)

    def send(self, line):
        try:
            os.write(self.stdin, line.encode() + b"\n")
        except BrokenPipeError:
            pass

    def wait_for(self, text):
        deadline = time.monotonic() + PATIENCE
        while text.encode() not in self.said:
            if not select.select([self.stdout], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError("%s does not say %s: %s" % (self.name, text, self.said))
            try:
                data = os.read(self.stdout, 4096)
            except OSError:
                data = b""
            if not data:
                raise AssertionError("%s ended: %s" % (self.name, self.said.decode()[-500:]))
            self.said += data

    def wait_asleep(self):
        """Until it waits for what it is sent: in the read that follows its last word."""
        for _ in range(1000):
            with open("/proc/%d/stat" % self.process.pid, encoding="ascii", errors="replace") as file:
                if file.read().rpartition(")")[2].split()[0] == "S":
                    return
            time.sleep(0.01)

    def dump(self, name):
        """Writes NAME.core into the folder."""
        if not shutil.which("gcore"):
            raise common.Skip("there is no gcore")
        prefix = os.path.join(self.folder, name)
        done = subprocess.run(["gcore", "-o", prefix, str(self.process.pid)], env=environment(),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, check=False, timeout=PATIENCE)
        core = "%s.%d" % (prefix, self.process.pid)
        if not os.path.exists(core):
            raise common.Skip("gcore may not dump here: " + " ".join(done.stdout.split())[-200:])
        os.rename(core, prefix + ".core")


def dump_hours(words, folder, name, hours=2):
    """Dumps a program at each hour it says: NAME.1.core and so on."""
    with Process(words, folder) as process:
        for hour in range(1, hours + 1):
            process.wait_for("hour %d" % hour)
            process.dump("%s.%d" % (name, hour))
            process.send("")


def ask(words, folder, statuses=(0,), columns=160):
    """What a command prints, and its status."""
    done = subprocess.run([REFGRAPH, *words], cwd=folder, text=True, encoding="utf-8", check=False,
                          env=dict(environment(), COLUMNS=str(columns)), capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=PATIENCE)
    if done.returncode not in statuses:
        raise AssertionError("refgraph %s: status %d\n%s%s" % (
            " ".join(words), done.returncode, done.stdout[-2000:], done.stderr[-1000:]))
    return done.stdout, done.returncode


def ask_json(words, folder, statuses=(0,)):
    said, status = ask([*words, "--format", "json"], folder, statuses)
    return json.loads(said), status


def run(cases):
    """Like common.run(), two at a time and in order."""
    failed = 0
    print("1..%d" % len(cases), flush=True)

    def one(function):
        try:
            return function()
        except common.Skip as skip:
            return skip
        except (AssertionError, OSError, ValueError, KeyError, TypeError,
                subprocess.SubprocessError) as error:
            return (repr(error) if not isinstance(error, AssertionError)
                    else str(error)).splitlines() or [repr(error)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(one, [function for _, function in cases])
        for number, ((description, _), result) in enumerate(zip(cases, results), 1):
            if isinstance(result, common.Skip):
                print("ok %d - %s # SKIP %s" % (number, description, result), flush=True)
                continue
            print("%s %d - %s" % ("not ok" if result else "ok", number, description), flush=True)
            for finding in result:
                print("# " + finding)
            failed += bool(result)
    return 1 if failed else 0
