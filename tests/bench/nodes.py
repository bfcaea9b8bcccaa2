# SPDX-License-Identifier: MIT
"""The program that the benchmark dumps: a tree of linked nodes, all of them in one list as well.

Prints one JSON line, {"pid": ..., "collect": [seconds of gc.collect(), ...]}, and waits for the end
of its standard input.
"""
import gc
import json
import os
import sys
import time

FAN_OUT = 10


class Node:
    def __init__(self, parent, number):
        self.parent = parent
        self.children = []
        self.name = "node %d" % number
        self.weight = number * 0.5


def grow(count):
    nodes = [Node(None, 0)]
    for number in range(1, count):
        parent = nodes[(number - 1) // FAN_OUT]
        node = Node(parent, number)
        parent.children.append(node)
        nodes.append(node)
    return nodes


def collect():
    start = time.perf_counter()
    gc.collect()
    return time.perf_counter() - start


if __name__ == "__main__":
    gc.disable()
    all_nodes = grow(int(sys.argv[1]))
    times = [collect() for _ in range(1 + int(sys.argv[2]))][1:]
    print(json.dumps({"pid": os.getpid(), "collect": times}), flush=True)
    sys.stdin.read()
