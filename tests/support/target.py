# SPDX-License-Identifier: MIT
"""Programs under test: the interpreters at hand, a clean environment for them, and their dumps."""
import contextlib
import glob
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "checks"))
import common  # noqa: E402

REFGRAPH = os.environ.get("REFGRAPH") or os.path.join(common.build_dir(), "refgraph")
PYENV = os.path.expanduser("~/.pyenv/versions")
CACHE = os.environ.get("REFGRAPH_CACHE") or os.path.join(HERE, "..", "cache")
ALL = range(8, 16)


def interpreters(minors=ALL, fetched=False, instead=False, every=False):
    """The system's, the last of each series of pyenv's, and @fetched: what tests/matrix has fetched, or
    with @instead what it has of series that pyenv lacks. RG_INTERPRETERS=system: the first alone, if
    not @every."""
    found = [os.environ.get("PYTHON3"), "/usr/bin/python3"]
    for minor in minors:
        of_series = sorted(glob.glob(os.path.join(PYENV, "3.%d.*" % minor, "bin", "python3")))
        if instead and not of_series:
            of_series = sorted(glob.glob(os.path.join(CACHE, "*-python3.%d" % minor, "python3")))
        found += of_series[-1:]
    if fetched:
        found += sorted(glob.glob(os.path.join(CACHE, "*-python3*", "python3")))
    found = [path for path in dict.fromkeys(found) if path and os.path.exists(path)]
    return found[:1] if os.environ.get("RG_INTERPRETERS") == "system" and not every else found


def name(python):
    """What to call one of them in the name of a test."""
    if python.startswith(PYENV):
        return os.path.basename(os.path.dirname(os.path.dirname(python)))
    return os.path.basename(os.path.dirname(python)) if python.startswith(CACHE) else python


def environment(**more):
    """Without what tells Python to be different."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return dict(clean, PYTHONDONTWRITEBYTECODE="1", **more)


@contextlib.contextmanager
def started(command, folder, lines=False, **more):
    """The program, killed at the end; what it prints is at its stdout. With @lines it reads some."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder,
                          stdin=subprocess.PIPE if lines else subprocess.DEVNULL, text=True,
                          env=environment(**more)) as process:
        try:
            yield process
        finally:
            process.kill()


def gcore(process, folder, prefix="core"):
    """The path of a core of @process."""
    if not shutil.which("gcore"):
        raise common.Skip("there is no gcore")
    done = subprocess.run(["gcore", "-o", os.path.join(folder, prefix), str(process.pid)],
                          check=False, env=environment(), stdin=subprocess.DEVNULL,
                          capture_output=True)
    path = os.path.join(folder, "%s.%d" % (prefix, process.pid))
    if done.returncode or not os.path.exists(path):
        raise common.Skip("gcore: %s" % done.stderr.decode()[-80:].strip())
    return path


def line_of(process, python):
    """The line by which the program says that it is ready."""
    line = process.stdout.readline()
    if not line:
        raise common.Skip("%s does not run here, or lacks a module" % python)
    return line


def refgraph(*words):
    """What the command prints; an error unless it exits with 0."""
    done = subprocess.run([REFGRAPH, *words], check=False, capture_output=True, text=True,
                          timeout=300)
    if done.returncode:
        raise AssertionError("%s: %s" % (" ".join(words), done.stderr.strip()))
    return done.stdout
