# SPDX-License-Identifier: MIT
"""Leaks of many kinds in program.py and shop/, dumped under each python3 at hand: the first chain
to what leaked names the module and the attribute that a programmer would edit."""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import target  # noqa: E402
from target import REFGRAPH, common  # noqa: E402


# What leaked, its first chain, and whether that is Python; admin.py names most of it, too.
LEAKS = (
    ("registry.Request", "sys.modules['shop.registry'].routes[0].seen[0]", True),
    ("registry.Setting", "sys.modules['shop.registry'].Limits.current['a limit']", True),
    ("registry.Remembered", "sys.modules['shop.registry'].remember.__defaults__[0][0]", True),
    ("cache.Page", "sys.modules['shop.cache'].pages['/index']", True),
    ("cache.Price", "sys.modules['shop.cache'].price<.cache['apple']>", False),
    ("work.Captured", "sys.modules['shop.work'].callbacks[0].__closure__[0].cell_contents", True),
    ("work.Broken", "sys.modules['shop.work'].last_error.__traceback__.tb_next.tb_frame"
                    ".f_locals['broken']", True),
    ("work.Chunk", "sys.modules['shop.work'].pump.gi_frame.f_locals['chunk']", True),
    ("work.Job", "sys.modules['shop.work'].log.handlers[0].records[0].job", True),
    ("work.Watcher", "sys.modules['shop.work'].watch.__callback__.__closure__[0].cell_contents",
     True),
    ("work.Upload", "sys.modules['shop.work'].tasks<{<_asyncio.Task>}><.coro>.cr_frame"
                    ".f_locals['file']", False),
    ("work.User", "sys.modules['shop.work'].tasks<{<_asyncio.Task>}><.context><.ctx_vars><.h_root>"
                  "[<ContextVar current_user>]", False),
    # CPython 3.13 has other ways to keep the values of threads than those before.
    ("work.Record", ("sys.modules['shop.work'].local<.dummies>[<weakref.ReferenceType>]['record']",
                     "sys.modules['shop.work'].local<.localdicts>[<_thread._localdummy>]"
                     "['record']"), False),
)
# Of samples/leaky.py: where its comments say LEAK 1 to 5; what only garbage holds has no chain.
DEMO = (
    ("Frame", "sys.modules['__main__'].on_import_done[0].__defaults__[0]", True),
    ("Customer", "sys.modules['__main__'].find_customer<.cache[95]>", False),
    ("RejectedRow", "sys.modules['__main__'].rejected_rows[0]", True),
    ("Session", None, False),
    ("Batch", "sys.modules['__main__'].pending_retries[1].__closure__[0].cell_contents", True),
)
READ = ("3.11.", "3.12.", "3.13.")


def dump(python, folder, program, *arguments):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    clean["PYTHONDONTWRITEBYTECODE"] = "1"
    if not shutil.which("gcore"):
        raise common.Skip("there is no gcore")
    with subprocess.Popen([python, program, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=folder,
                          env=clean) as target:
        try:
            if not target.stdout.readline():
                raise common.Skip("%s does not run here" % python)
            done = subprocess.run(["gcore", "-o", os.path.join(folder, "core"), str(target.pid)],
                                  check=False, env=clean, stdin=subprocess.DEVNULL,
                                  capture_output=True)
        finally:
            target.kill()
    found = glob.glob(os.path.join(folder, "core.*"))
    if done.returncode or not found:
        raise common.Skip("gcore: %s" % done.stderr.decode()[-80:].strip())
    return found[0]


def check_chain(core, name, expected, is_python):
    """What is wrong with the first chain to the objects called name; expected None: none is right."""
    done = subprocess.run([REFGRAPH, "chain", core, name, "--labels", "all", "--format", "json"],
                          check=False, capture_output=True, text=True, timeout=120)
    if done.returncode != (0 if expected else 1):
        return ["%s: exit status %d: %s" % (name, done.returncode, done.stderr.strip())]
    chains = json.loads(done.stdout)["chains"]
    got = (chains[0]["expression"], chains[0]["python"]) if chains else (None, False)
    if got[0] in (expected if isinstance(expected, tuple) else (expected,)) and got[1] == is_python:
        return []
    return ["%s is held by %s (%s), not by %s" % (name, *got, expected)]


def check(python):
    with tempfile.TemporaryDirectory() as folder:
        core = dump(python, folder, os.path.join(HERE, "program.py"))
        return [finding for name, expected, is_python in LEAKS
                for finding in check_chain(core, "shop." + name, expected, is_python)]


def check_demo(python):
    program = os.path.join(common.source_dir(), "samples", "leaky.py")
    with tempfile.TemporaryDirectory() as folder:
        core = dump(python, folder, program, "--pause", "600")
        return [finding for name, expected, is_python in DEMO
                for finding in check_chain(core, "__main__." + name, expected, is_python)]


def cases():
    for path in target.interpreters(range(11, 14)):
        version = subprocess.run([path, "-c", "import sys; print(sys.version.split()[0])"],
                                 check=False, capture_output=True, text=True).stdout.strip()
        if version.startswith(READ):
            yield "leaks of many kinds under %s" % version, lambda path=path: check(path)
            yield "the demo's leaks under %s" % version, lambda path=path: check_demo(path)


if __name__ == "__main__":
    sys.exit(common.run(*cases()))
