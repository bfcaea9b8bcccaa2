# SPDX-License-Identifier: MIT
"""Values that took the places of others of their type and size: a later dump tells them from what stood
there by their contents, in cores and in what `refgraph convert` makes of them."""
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import target  # noqa: E402
from target import common  # noqa: E402

MANY = 200
PROGRAM = """
import ctypes, sys
ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)

class Text(str): __slots__ = ()
class Real(float): __slots__ = ()
class Blob(bytes): pass
class Number(int): pass
class Pair(tuple): pass

MANY = %d
makers = {
    "Text": lambda n: Text("value %%08d" %% n), "Real": lambda n: Real(n + .5),
    "Blob": lambda n: Blob(b"value %%08d" %% n), "Number": lambda n: Number(n + 2 ** 40),
    "Pair": lambda n: Pair([str(n), n]),
}
values = {name: [maker(n) for n in range(1000, 1000 + MANY)] for name, maker in makers.items()}
stay = [Text("stays %%d" %% n) for n in range(MANY)]

def replace():
    again = 0
    for name, maker in makers.items():
        before = set(map(id, values[name]))
        values[name].clear()
        values[name] += [maker(n) for n in range(5000, 5000 + MANY)]
        again += len(before & set(map(id, values[name])))
    return again

print("ready", flush=True)
sys.stdin.readline()
print("again", replace(), flush=True)
sys.stdin.readline()
print("idle", flush=True)
sys.stdin.readline()
"""


def survivors(dumps):
    answer = json.loads(target.refgraph("growth", "--survivors", "-n", "0", "--format", "json", *dumps))
    return answer["survivors"]


def check(python, folder):
    program = os.path.join(folder, "program.py")
    with open(program, "w", encoding="utf-8") as file:
        file.write(PROGRAM % MANY)
    dumps = []
    with target.started([python, program], folder, lines=True) as process:
        for number in range(3):
            line = target.line_of(process, python).split()
            if line[0] == "again":
                again = int(line[1])
            dumps.append(target.gcore(process, folder, "core%d" % number))
            process.stdin.write("\n")
            process.stdin.flush()
    portable = [dump + ".ndjson" for dump in dumps]
    for dump, copy in zip(dumps, portable):
        target.refgraph("convert", dump, "-o", copy)
    findings = []
    if again < MANY:
        findings.append("only %d values took the places of others: this shows nothing" % again)
    for files in (dumps, portable):
        found = survivors(files)
        counts = {row["type"]: row["count"] for row in found["types"]}
        for name in ("Text", "Real", "Blob", "Number", "Pair"):
            # One in 65,536 has the hash of what it replaced.
            if not MANY - 1 <= counts.get("__main__." + name, 0) <= MANY:
                findings.append("%s: %d of %d are told to be new" % (
                    name, counts.get("__main__." + name, 0), MANY))
        if not again - 2 <= found["reused"]:
            findings.append("%d took the places of others, %d are told" % (again, found["reused"]))
    if survivors(dumps) != dict(survivors(portable)):
        findings.append("the copies say something else")
    return findings


def main():
    cases = []
    for python in target.interpreters():
        def case(python=python):
            with tempfile.TemporaryDirectory(prefix="refgraph-prints-") as folder:
                return check(python, folder)
        cases.append(("what took another's place, under %s" % target.name(python), case))
    common.run(*cases)


if __name__ == "__main__":
    main()
