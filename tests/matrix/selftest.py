#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Proof that compare.py can fail: a dump that agrees must pass, one with a seeded mistake must not.

    selftest.py [PYTHON]

A small program is run under PYTHON with the oracle; what the oracle says is turned into the dump
that agrees with it, and then into one wrong dump for each kind of mistake. Needs no refgraph.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

import compare

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = """
import functools, gc
gc.disable()
class Node: pass
class Text(str):
    def __sizeof__(self): return 5
kept = [Node() for _ in range(10)]
for node in kept: node.text = Text('x' * 100); node.me = [node, node, object()]
cached = functools.lru_cache(str); cached(5000)
frozen = Node(); gc.freeze()
lost = Node(); lost.again = (lost, lost, 'only here' * 3, (str(lost), 5 ** 50)); del lost, node
"""


def run_oracle(python, folder):
    """Run PROGRAM under the oracle, without a dump."""
    program = os.path.join(folder, "program.py")
    out = os.path.join(folder, "oracle")
    with open(program, "w", encoding="utf-8") as file:
        file.write(PROGRAM)
    with subprocess.Popen([python, "-B", os.path.join(HERE, "oracle.py"), program, out]) as target:
        try:
            for _ in range(600):
                if os.path.exists(out) and os.path.exists(out + ".gc"):
                    break
                if target.poll() is not None:
                    raise SystemExit("the oracle ended with %d" % target.returncode)
                time.sleep(0.05)
        finally:
            target.kill()
    return out


def agreeing_dump(oracle):
    """The objects of a dump that says what the oracle says."""
    held = oracle.held()
    items = []
    for address, t in oracle.types.items():
        places = oracle.places(address, None) or ()
        flags = oracle.flags[address]
        item = {"address": address, "type": oracle.names[t], "type_address": t,
                "size": oracle.sizes.get(address, 0), "refcount": oracle.counts[address],
                "refs": oracle.referents[address] + oracle.attributes.get(address, [])}
        if places:
            item["refs"] = [referent for _, referent in places]
            item["labels"] = [labels[0] for labels, _ in places]
        if "b" in flags and oracle.name(address) == "dict":
            item["borrowed"], item["refs"] = item["refs"], []
        for flag, key in (("t", "tracked"), ("f", "frozen"), ("i", "immortal")):
            if flag in flags:
                item[key] = True
        if address in oracle.unreachable or address in held:
            item["unreachable"] = True
        items.append(item)
    return items


def write_dump(path, items, roots=()):
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps({"refgraph": 1, "runtime": "cpython", "complete": True}) + "\n")
        references = 0
        for item in items:
            references += len(item["refs"]) + len(item.get("borrowed", ()))
            file.write(json.dumps(item) + "\n")
        for root in roots:
            file.write(json.dumps(root) + "\n")
        end = {"objects": len(items), "references": references}
        file.write(json.dumps({"end": end}) + "\n")


def find(items, test):
    for position, item in enumerate(items):
        if test(item):
            return position
    raise LookupError("no object to seed a mistake in")


def is_node(item):
    return item["type"] == "program.Node"


def is_lost_node(item):
    return is_node(item) and item.get("unreachable")


def is_mortal(item):
    return "immortal" not in item


def mistakes(items):
    """(name, figure that must notice, items, roots) for each seeded mistake."""
    def change(test, **keys):
        position = find(items, test)
        return items[:position] + [dict(items[position], **keys)] + items[position + 1:]

    def without(test):
        position = find(items, test)
        return items[:position] + items[position + 1:]

    node = items[find(items, is_node)]
    garbage = items[find(items, is_lost_node)]
    words = items[find(items, lambda i: i.get("unreachable") and not i.get("tracked"))]
    trio = items[find(items, lambda i: i["type"] == "list" and len(i["refs"]) == 3
                      and len(set(i["refs"])) == 2)]
    keyed = items[find(items, lambda i: i["type"] == "dict" and "labels" in i)]
    code = items[find(items, lambda i: i["type"] == "code")]
    text = items[find(items, lambda i: i["type"] == "program.Text")]
    plain = items[find(items, lambda i: i["address"] in trio["refs"] and not i.get("tracked"))]
    cache = items[find(items, lambda i: i["type"] == compare.LRU_CACHE and is_mortal(i))]
    busy = items[find(items, lambda i: i["type"] == "str" and is_mortal(i))]
    fresh = max(i["address"] for i in items) + 64

    def at(item):
        return lambda other: other is item

    yield "missing object", "tracked", without(is_node), ()
    yield "missing untracked object", "reachable", without(at(plain)), ()
    yield "not marked tracked", "tracked", change(is_node, tracked=False), ()
    yield "invented object", "invented", items + [dict(node, address=fresh, refs=[])], ()
    yield "untracked marked tracked", "invented", change(at(plain), tracked=True), ()
    yield "missing reference", "referents", change(at(trio), refs=trio["refs"][:2]), ()
    yield "missing multiplicity", "referents", change(at(trio), refs=trio["refs"][1:]), ()
    yield "reference turned weak", "referents", change(
        at(trio), refs=trio["refs"][:2], weak=trio["refs"][2:]), ()
    yield "missing reference of an lru_cache", "referents", change(at(cache), refs=[]), ()
    yield "missing constants of code", "attributes", change(at(code), refs=code["refs"][1:]), ()
    yield "wrong size", "sizes", change(is_node, size=node["size"] + 16), ()
    yield "Python's __sizeof__", "sizes", change(at(text), size=5), ()
    yield "items in the wrong order", "labels", change(at(trio), labels=trio["labels"][::-1]), ()
    yield "wrong key", "labels", change(
        at(keyed), labels=["['wrong']"] + keyed["labels"][1:]), ()
    yield "wrong count", "counts", change(is_node, refcount=node["refcount"] + 1), ()
    yield "wrong type name", "names", change(is_node, type="Node"), ()
    yield "wrong type address", "names", change(is_node, type_address=fresh), ()
    yield "wrong immortality", "immortal", change(is_node, immortal=True), ()
    yield "not frozen", "frozen", change(lambda i: i.get("frozen"), frozen=False), ()
    yield "garbage not found", "unreachable", change(at(garbage), unreachable=False), ()
    yield "alive called garbage", "unreachable", change(
        lambda i: i.get("tracked") and not i.get("unreachable"), unreachable=True), ()
    yield "garbage's string not found", "held", change(at(words), unreachable=False), ()
    yield "living object called garbage", "held", change(at(plain), unreachable=True), ()
    yield "owned twice", "over", items, [{"root": busy["address"], "label": "x", "kind": "static",
                                          "count": busy["refcount"] + 1}]
    yield "listed twice", "wellformed", items + [node], ()


def compare_dump(oracle, path):
    comparison = compare.Comparison(oracle)
    comparison.read(path)
    return comparison


def main():
    python = sys.argv[1] if len(sys.argv) > 1 else sys.executable
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        oracle = compare.Oracle(run_oracle(python, folder))
        path = os.path.join(folder, "dump.ndjson")
        items = agreeing_dump(oracle)
        write_dump(path, items)
        agreed = compare_dump(oracle, path)
        if agreed.errors or not oracle.unreachable or not oracle.held():
            compare.print_report(agreed, True)
            failed += 1
        else:
            passed += 1
        for name, figure, wrong, roots in mistakes(items):
            write_dump(path, wrong, roots)
            if compare_dump(oracle, path).figures[figure].errors:
                passed += 1
            else:
                print("not noticed: %s" % name)
                failed += 1
        with open(path, "rb+") as file:
            file.truncate(os.path.getsize(path) - 10)
        try:
            compare_dump(oracle, path)
            print("not noticed: a dump cut off")
            failed += 1
        except compare.Trouble:
            passed += 1
    print("%d passed, %d failed" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
