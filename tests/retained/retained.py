# SPDX-License-Identifier: MIT
"""The interpreter as oracle of retained sizes: under each python3 at hand the programs drop two dozen
references each, one a child, and collect. The tracked objects that are gone must be exactly those
that the dump says would go with that reference.

    retained.py [--all]

With --all every program runs under every interpreter; else all but that of libraries under one, and
the others have one each.
"""
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

SERIES = ("3.8.", "3.9.", "3.10.", "3.11.", "3.12.", "3.13.", "3.14.", "3.15.")
PROGRAMS = ("structures", "functions", "running", "objects")
LIBRARIES = ("arrays",)  # in dumps so large that two dozen questions take half a minute
NEED = {"arrays": "numpy, pandas"}
LEAST = 20


def refgraph(*words):
    done = subprocess.run([REFGRAPH, *words], check=False, capture_output=True, text=True,
                          timeout=300)
    if done.returncode:
        raise ValueError("%s: %s" % (" ".join(words), done.stderr.strip()))
    return done.stdout


def dump(python, program, folder):
    """A core of the program, and its references: holder, target and name."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    clean["PYTHONDONTWRITEBYTECODE"] = "1"
    if not shutil.which("gcore"):
        raise common.Skip("there is no gcore")
    if program in NEED and subprocess.run([python, "-c", "import " + NEED[program]], check=False,
                                          capture_output=True, env=clean).returncode:
        raise common.Skip("%s lacks %s" % (python, NEED[program]))
    references = []
    with subprocess.Popen([python, os.path.join(HERE, "oracle.py"),
                           os.path.join(HERE, "programs", program + ".py"), folder],
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
                          env=clean) as target:
        try:
            for line in target.stdout:
                if line == "ready\n":
                    break
                references.append(line.rstrip().split(" ", 2))
            else:
                if not references:
                    raise common.Skip("%s does not run here" % python)
                raise ValueError("the program ended early")
            done = subprocess.run(["gcore", "-o", os.path.join(folder, "core"), str(target.pid)],
                                  check=False, env=clean, stdin=subprocess.DEVNULL,
                                  capture_output=True)
        finally:
            target.kill()
    found = glob.glob(os.path.join(folder, "core.*"))
    if done.returncode or not found:
        raise common.Skip("gcore: %s" % done.stderr.decode()[-80:].strip())
    return found[0], references


def tracked_objects(portable):
    """Addresses of the tracked objects, what each object is, and of weak references the target."""
    tracked, names, weak = set(), {}, {}
    with open(portable, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if "address" in record:
                names[record["address"]] = record["type"]
                if record.get("tracked"):
                    tracked.add(record["address"])
                if record.get("weak"):
                    weak[record["address"]] = record["weak"][0]
    return tracked, names, weak


def compare(number, reference, portable, known, folder):
    """What is wrong with one reference."""
    holder, target, name = reference
    tracked, names, weak = known
    with open(os.path.join(folder, "gone.%d" % number), encoding="ascii") as lines:
        gone = {int(line, 16) for line in lines}
    answer = json.loads(refgraph("retained", portable, "--cut", "0x%s:0x%s" % (holder, target),
                                 "--all", "--format", "json"))
    told = {int(address, 16) for address in answer["set"]["addresses"]}
    said = told & tracked
    # A class that goes is taken from the list of subclasses of its base: a weak reference goes.
    gone -= {address for address in gone - said
             if names.get(address) in ("weakref", "weakref.ReferenceType") and weak.get(address) in told
             and names[weak[address]] == "type"}
    wrong = ["%s (%s): %s at 0x%x goes, and is not told" %
             (name, names[int(target, 16)], names.get(a, "nothing known"), a)
             for a in sorted(gone - said)[:3]]
    wrong += ["%s (%s): %s at 0x%x is told, and stays" %
              (name, names[int(target, 16)], names[a], a) for a in sorted(said - gone)[:3]]
    return wrong, len(gone)


def check(python, program):
    with tempfile.TemporaryDirectory() as folder:
        core, references = dump(python, program, folder)
        portable = os.path.join(folder, "all.ndjson")
        refgraph("convert", core, "-o", portable)
        known = tracked_objects(portable)
        findings, freed = [], 0
        for number, reference in enumerate(references):
            wrong, count = compare(number, reference, portable, known, folder)
            findings += wrong
            freed += count > 0
        if len(references) < LEAST or freed < LEAST - 2:
            findings.append("%d references, of which %d free anything: too few to tell" %
                            (len(references), freed))
        return findings


def cases(everything):
    for number, path in enumerate(target.interpreters(instead=True)):
        version = subprocess.run([path, "-c", "import sys; print(sys.version.split()[0])"],
                                 check=False, capture_output=True, text=True).stdout.strip()
        if version.startswith(SERIES):
            chosen = PROGRAMS if not number else PROGRAMS[number % len(PROGRAMS):][:1]
            for program in PROGRAMS + LIBRARIES if everything else chosen:
                yield ("what goes with a reference of %s under %s" % (program, version),
                       lambda path=path, program=program: check(path, program))


if __name__ == "__main__":
    sys.exit(common.run(*cases(sys.argv[1:] == ["--all"])))
