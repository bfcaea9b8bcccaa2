# SPDX-License-Identifier: MIT
"""Pictures show who holds a leak: the DOT of small ones is read, as Graphviz reads it.

Over a dump of leaks.py, of objects at the beginning, in the middle and at the end. With a dump and
a command line of its own (holders.py DUMP TYPE LABEL...) it looks at that instead.
"""
import lzma
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get("REFGRAPH", "refgraph")
MOST = 40
# A type, and the labels that stand in its picture: the last is what a programmer would edit.
LEAKS = (
    ("leaky.Frame", [".__defaults__[0]", ".on_import_done"]),
    ("leaky.Customer", [".find_customer"]),
    ("leaky.RejectedRow", [".rejected_rows"]),
    ("leaky.Batch", [".cell_contents", ".__closure__[0]", ".pending_retries"]),
    ("leaky.Session", [".session", ".cursor"]),
    ("leaks.Handler", [".registry"]),
    ("leaks.Job", [".__closure__[0]", ".jobs"]),
    ("leaks.Task", ["thread-local local.tasks"]),
    ("leaks.Conn", [".connect"]),
    ("leaks.Listener", [".__self__", ".subs", ".bus"]),
    ("leaks.Config", [".config"]),
    ("leaks.Node", [".peer"]),
)
# Deeper: these begin at what is leaked inside of them.
DEEP = (("leaks.Row", ["local row", ".gen"], 4), ("leaks.Req", ["local req", ".last_error"], 8))
GARBAGE = ("leaky.Session", "leaks.Node")
STATEMENT = re.compile(r'^\t(\w+)( -> (\w+))?\s*\[(.*?)\];$', re.DOTALL | re.MULTILINE)
ATTRIBUTE = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^\s,\]]+)', re.DOTALL)


def run(*words):
    return subprocess.run([PROGRAM, *words], env=dict(os.environ, LC_ALL="C"), timeout=120,
                          stdin=subprocess.DEVNULL, capture_output=True, check=True,
                          encoding="utf-8").stdout


def read_dot(text):
    """Nodes by id and edges, each with its attributes."""
    nodes, edges = {}, []
    for match in STATEMENT.finditer(text):
        source, _, target, rest = match.groups()
        if source in ("graph", "node", "edge"):
            continue
        attributes = {key: value.strip('"').replace("\\\n", "")
                      for key, value in ATTRIBUTE.findall(rest)}
        if target:
            edges.append((source, target, attributes))
        else:
            nodes[source] = attributes
    return nodes, edges


def count(dump, wanted):
    head = re.compile(r"^\s*([\d,]+) .* %s$" % re.escape(wanted), re.MULTILINE)
    return int(head.search(run("types", "-n", "0", dump)).group(1).replace(",", ""))


def findings(dump, wanted, labels, depth=4):
    """What is missing in the pictures of the first, the middle and the last of a type."""
    number = count(dump, wanted)
    for at in sorted({0, number // 2, number - 1}):
        one = "%s#%d" % (wanted, at)
        nodes, edges = read_dot(run("backrefs", "--depth", str(depth), "--limit-nodes", str(MOST),
                                    "--format", "dot", dump, one))
        said = [edge[2].get("label", "") for edge in edges]
        said += [node.get("label", "") for node in nodes.values()]
        if not edges or len(nodes) > MOST:
            yield "%s: %d nodes, %d edges" % (one, len(nodes), len(edges))
        if {end for edge in edges for end in edge[:2]} - set(nodes):
            yield "%s: an edge to no node" % one
        for label in labels:
            if not any(label in text for text in said):
                yield "%s: nothing is labelled %s: %s" % (one, label, said)
        dashed = [node for node in nodes.values() if "dashed" in node.get("style", "")]
        if wanted.split("__main__.")[-1] in GARBAGE and len(dashed) < 2:
            yield "%s: %d nodes are marked unreachable" % (one, len(dashed))


def growth_names_holders(folder, dump):
    """Everything is new to an empty dump: its picture names the holders of what takes most."""
    empty, picture = os.path.join(folder, "empty.ndjson"), os.path.join(folder, "why.dot")
    with open(empty, "w", encoding="ascii") as file:
        file.write('{"refgraph": 1, "runtime": "cpython", "complete": true, "missing": []}\n'
                   '{"end": {"objects": 0, "references": 0}}\n')
    run("growth", "--graph", picture, empty, dump)
    with open(picture, encoding="utf-8") as file:
        nodes, edges = read_dot(file.read())
    said = [edge[2].get("label", "") for edge in edges]
    if len(nodes) > MOST:
        yield "%d nodes" % len(nodes)
    if not any("\u00d7" in node.get("label", "") for node in nodes.values()):
        yield "no group: %s" % nodes
    for label in (".find_customer", ".clients"):
        if not any(label in text for text in said):
            yield "nothing is labelled %s: %s" % (label, said)


def main():
    if len(sys.argv) > 3:
        problems = list(findings(sys.argv[1], sys.argv[2], sys.argv[3:]))
        print("\n".join(problems) or "ok")
        return bool(problems)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        dump = os.path.join(folder, "leaks.ndjson")
        with lzma.open(os.path.join(HERE, "leaks.ndjson.xz")) as packed, open(dump, "wb") as file:
            file.write(packed.read())
        if "with-cgraph" in subprocess.run(
                [PROGRAM, "refs", "--format", "dot", dump, "leaky.Frame#0"], check=False,
                stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8").stderr:
            print("1..0 # SKIP built without cgraph")
            return 0
        tests = [(row[0], findings(dump, row[0].replace("leaks.", "__main__."), *row[1:]))
                 for row in LEAKS + DEEP]
        tests.append(("growth --graph", growth_names_holders(folder, dump)))
        print("1..%d" % len(tests))
        for number, (name, problems) in enumerate(tests, 1):
            problems = list(problems)
            failed += bool(problems)
            print("%sok %d - who holds: %s" % ("not " if problems else "", number, name))
            for problem in problems:
                print("# " + problem[:1000])
    return bool(failed)


sys.exit(main())
