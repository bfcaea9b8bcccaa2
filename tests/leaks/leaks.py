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
sys.path.insert(0, os.path.join(HERE, "..", "checks"))
import common  # noqa: E402

REFGRAPH = os.environ.get("REFGRAPH") or os.path.join(common.build_dir(), "refgraph")
PYENV = os.path.expanduser("~/.pyenv/versions")

# What leaked, its first chain, and whether that is Python.
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
)


def interpreters():
    found = [os.environ.get("PYTHON3") or shutil.which("python3")]
    for series in ("3.11", "3.12", "3.13"):
        found += sorted(glob.glob(os.path.join(PYENV, series + ".*", "bin", "python3")))[-1:]
    return [path for path in found if path]


def dump(python, folder):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    clean["PYTHONDONTWRITEBYTECODE"] = "1"
    if not shutil.which("gcore"):
        raise common.Skip("there is no gcore")
    with subprocess.Popen([python, os.path.join(HERE, "program.py")], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=folder,
                          env=clean) as target:
        try:
            if target.stdout.readline() != b"ready\n":
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


def check(python):
    findings = []
    with tempfile.TemporaryDirectory() as folder:
        core = dump(python, folder)
        for name, expression, is_python in LEAKS:
            done = subprocess.run([REFGRAPH, "chain", core, "shop." + name, "--format", "json"],
                                  check=False, capture_output=True, text=True, timeout=120)
            if done.returncode:
                findings.append("%s: exit status %d: %s" % (name, done.returncode, done.stderr))
                continue
            chain = json.loads(done.stdout)["chains"][0]
            if (chain["expression"], chain["python"]) != (expression, is_python):
                findings.append("%s is held by %s (%s), not by %s" % (
                    name, chain["expression"], chain["python"], expression))
    return findings


if __name__ == "__main__":
    sys.exit(common.run(*[("leaks under %s" % os.path.basename(os.path.dirname(os.path.dirname(
        path))) if path.startswith(PYENV) else "leaks under the system's python3",
                           lambda path=path: check(path)) for path in interpreters()]))
