# SPDX-License-Identifier: MIT
"""Chains against the process: every expression that claims to be Python is evaluated there.

So many objects of a dump are picked at random, refgraph gives the chain to each, and the
dumped process, released from its wait, evaluates the expressions: each must be that very object.
A portable dump must give the same chains as the core. One question is false on purpose: a process
that does not say so proves nothing by its silence.
"""
import json
import os
import random
import signal
import subprocess
import time

PORTABLE = 400  # of these, what the portable dump says is compared: lines can be long
SEED = 4711
LIMIT = 240


class Failure(Exception):
    """The process did not answer, or refgraph did not."""


def addresses(portable):
    found = []
    with open(portable, encoding="utf-8") as file:
        for line in file:
            if line.startswith('{"address": '):
                found.append(int(line[12:line.index(",")]))
    return found


def find(refgraph, dump, listed):
    """What refgraph says of each object in the list."""
    done = subprocess.run([refgraph, "chain", dump, "@" + listed, "--each", "--format", "json"],
                          text=True, capture_output=True, timeout=LIMIT, check=False)
    if done.returncode not in (0, 1) or not done.stdout:
        raise Failure("refgraph chain: exit status %d: %s" % (done.returncode,
                                                              done.stderr[-1000:]))
    return json.loads(done.stdout)["each"]


def wait_for(path):
    deadline = time.monotonic() + LIMIT
    while not os.path.exists(path):
        if time.monotonic() > deadline:
            raise Failure("the process did not evaluate what it was asked")
        time.sleep(0.01)
    with open(path, encoding="utf-8", errors="surrogatepass") as file:
        lines = file.read().split("\n")
    if lines[-2:] != ["end", ""]:
        raise Failure("the answer of the process is not whole")
    return [line for line in lines[:-2] if line]


def ask(refgraph, core, portable, out, pid, most):
    """Asks the waiting process: {objects, python, wrong: lines}."""
    known = addresses(portable)
    chosen = random.Random(SEED).sample(known, min(most, len(known)))
    listed = out + ".objects"
    with open(listed, "w", encoding="ascii") as file:
        file.writelines("0x%x\n" % address for address in chosen)
    chains = find(refgraph, core, listed)
    with open(listed, "w", encoding="ascii") as file:
        file.writelines("0x%x\n" % address for address in chosen[:PORTABLE])
    wrong = ["the portable dump says otherwise: %s: %s" % (a, b)
             for a, b in zip(chains, find(refgraph, portable, listed)) if a != b]
    if len(chains) != len(chosen):
        wrong.append("%d chains for %d objects" % (len(chains), len(chosen)))
    python = [chain for chain in chains if chain["python"]]
    if not python:
        return {"objects": len(chains), "python": 0, "wrong": wrong + ["no chain is Python"]}
    # Objects start at multiples of 8.
    control = "%x\t%s" % (int(python[0]["address"], 16) + 1, python[0]["expression"])
    with open(out + ".ask", "w", encoding="utf-8", errors="surrogatepass") as file:
        file.writelines("%s\t%s\n" % (chain["address"][2:], chain["expression"])
                        for chain in python)
        file.write(control + "\n")
    os.kill(pid, signal.SIGRTMAX)
    answers = wait_for(out + ".answer")
    noticed = [line for line in answers if line.startswith(control + "\t")]
    if not noticed:
        wrong.append("a false expression was not noticed")
    wrong += [line for line in answers if line not in noticed]
    return {"objects": len(chains), "python": len(python), "wrong": wrong}
