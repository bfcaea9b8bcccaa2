# SPDX-License-Identifier: MIT
"""What program.py holds, under each python3 at hand: the role of each object's type, whether it is
open, its bound, the bytes that it shows are what the interpreter says; from a core and from the
portable form alike."""
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import target  # noqa: E402

KEYS = ("open", "descriptor", "bound", "shown", "base", "text")


def read(path):
    """By address, what the portable form says of each object, with the role of its type."""
    roles, objects = {}, {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if "typedef" in record:
                roles[record["typedef"], record.get("type_address")] = record.get("role", "none")
            elif "address" in record:
                said = {key: record[key] for key in KEYS if key in record}
                said["role"] = roles.get((record["type"], record.get("type_address")), "none")
                objects[record["address"]] = said
    return objects


def compare(python, folder):
    with target.started([python, os.path.join(HERE, "program.py"), folder], folder) as process:
        known = json.loads(target.line_of(process, python))
        core = target.gcore(process, folder)
    first, second = os.path.join(folder, "a.ndjson"), os.path.join(folder, "b.ndjson")
    target.refgraph("convert", core, "-o", first)
    target.refgraph("convert", first, "-o", second)
    with open(first, "rb") as one, open(second, "rb") as other:
        if one.read() != other.read():
            raise AssertionError("the portable form of the portable form differs")
    objects = read(first)
    wrong = []
    for address, expected in known.items():
        said = objects.get(int(address), {})
        # What the program cannot say of others is of no interest.
        if expected["role"] in ("exception", "traceback", "frame", "coroutine"):
            said.pop("text", None)
        if said != expected:
            wrong.append("0x%x is %r, not %r" % (int(address), said, expected))
    if wrong:
        raise AssertionError("%d of %d:\n%s" % (len(wrong), len(known), "\n".join(wrong)))


def main():
    pythons = target.interpreters(fetched=True)
    failed = 0
    print("1..%d" % len(pythons))
    for number, python in enumerate(pythons, 1):
        word, note, lines = "ok", "", []
        try:
            with tempfile.TemporaryDirectory() as folder:
                compare(python, folder)
        except target.common.Skip as skip:
            note = " # SKIP %s" % skip
        except Exception as error:  # pylint: disable=broad-except
            word, failed, lines = "not ok", failed + 1, str(error).splitlines()
        print("%s %d - roles: %s%s" % (word, number, target.name(python), note), flush=True)
        for line in lines:
            print("# " + line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
