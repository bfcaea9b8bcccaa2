# SPDX-License-Identifier: MIT
"""Dominators against those of an independent library: networkx, where it is installed.

    independent.py [GRAPHS]

Random graphs of 1,000 objects each, of many densities, some of them with cycles that no root leads
to; many graphs a dump, since those of one know nothing of each other.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "checks"))
import common  # noqa: E402

REFGRAPH = os.environ.get("REFGRAPH") or os.path.join(common.build_dir(), "refgraph")
VERTICES, A_DUMP = 1000, 20
GRAPHS = int(sys.argv[1]) if len(sys.argv) > 1 else 40
BASE = 0x10000


def edges_of(chance):
    """References of one graph: a tree or a chain through some of it, and others at random."""
    edges = []
    kind = chance.randrange(4)
    for vertex in range(1, VERTICES):
        if kind == 0:
            edges.append((vertex - 1, vertex))
        elif kind == 1:
            edges.append((chance.randrange(vertex), vertex))
        elif kind == 2 and chance.random() < 0.9:
            edges.append((max(0, vertex - chance.randrange(1, 8)), vertex))
    for _ in range(chance.choice((0, 20, 200, 1000, 4000))):
        edges.append((chance.randrange(VERTICES), chance.randrange(VERTICES)))
    return edges


def write(path, graphs):
    with open(path, "w", encoding="ascii") as out:
        out.write('{"refgraph": 1, "runtime": "cpython", "version": "3.11.2", "complete": true, '
                  '"missing": []}\n')
        for number, edges in enumerate(graphs):
            refs = [[] for _ in range(VERTICES)]
            for source, target in edges:
                refs[source].append(BASE + 16 * (number * VERTICES + target))
            for vertex in range(VERTICES):
                out.write(json.dumps({"address": BASE + 16 * (number * VERTICES + vertex),
                                      "type": "T", "size": vertex + 1, "refs": refs[vertex]}))
                out.write("\n")
        for number in range(len(graphs)):
            out.write('{"root": %d, "label": "r%d", "kind": "module", "count": 1}\n' %
                      (BASE + 16 * number * VERTICES, number))
        out.write('{"end": {"objects": %d, "references": %d}}\n' %
                  (len(graphs) * VERTICES, sum(map(len, graphs))))


def dominators_of(path):
    """What refgraph says: by object its dominator (None: none) and what it retains."""
    done = subprocess.run([REFGRAPH, "retained", path, "--all", "--plumbing", "--self-check",
                           "--format", "json"], check=False, capture_output=True, text=True,
                          timeout=300)
    if done.returncode:
        raise ValueError(done.stderr.strip())
    found = {}
    for row in json.loads(done.stdout)["objects"]:
        above = row["dominator"]
        found[(int(row["address"], 16) - BASE) // 16] = (
            None if above is None else (int(above, 16) - BASE) // 16, row["retained"])
    return found


def compare(networkx, number, edges, found):
    graph = networkx.DiGraph(edges)
    graph.add_node(0)
    expected = dict(networkx.immediate_dominators(graph, 0))
    sums, findings = {}, []
    first = number * VERTICES
    # Children before who dominates them: by depth.
    depth = {0: 0}

    def deep(vertex):
        way = []
        while vertex not in depth:
            way.append(vertex)
            vertex = expected[vertex]
        for step in reversed(way):
            depth[step] = depth[expected[step]] + 1
    for vertex in expected:
        deep(vertex)
    for vertex in sorted(expected, key=depth.get, reverse=True):
        sums[vertex] = sums.get(vertex, 0) + vertex + 1
        if vertex:
            sums[expected[vertex]] = sums.get(expected[vertex], 0) + sums[vertex]
    for vertex, above in expected.items():
        wanted = (first + above if vertex else None, sums[vertex])
        if found.get(first + vertex) != wanted:
            findings.append("object %d of graph %d: %s, not %s" %
                            (vertex, number, found.get(first + vertex), wanted))
    here = sum(first <= vertex < first + VERTICES for vertex in found)
    if here != len(expected):
        findings.append("graph %d: %d objects are led to, not %d" % (number, here, len(expected)))
    return findings[:5]


def check():
    try:
        import networkx
    except ImportError as error:
        raise common.Skip("networkx is not installed") from error
    chance = random.Random(20261121)
    findings = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "graphs.ndjson")
        for done in range(0, GRAPHS, A_DUMP):
            graphs = [edges_of(chance) for _ in range(min(A_DUMP, GRAPHS - done))]
            write(path, graphs)
            found = dominators_of(path)
            for number, edges in enumerate(graphs):
                findings += compare(networkx, number, edges, found)
            if len(findings) > 20:
                break
    return findings


if __name__ == "__main__":
    sys.exit(common.run(("%d graphs agree with networkx" % GRAPHS, check)))
