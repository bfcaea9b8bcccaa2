# SPDX-License-Identifier: MIT
"""Threads and tasks against the process: what `refgraph threads` says of a core, and what the dumped
process itself says when it is released: frames by function, file and line, variables by address,
tasks by their coroutine, their awaits, and the future they wait for.
"""
import json
import subprocess

LIMIT = 120


class Failure(Exception):
    """refgraph gave no answer."""


def ask(refgraph, dump, *words):
    done = subprocess.run([refgraph, "threads", dump, "--locals", "--labels=all", "--format", "json",
                           *words], text=True, capture_output=True, timeout=LIMIT, check=False)
    if done.returncode or not done.stdout:
        raise Failure("refgraph threads: exit status %d: %s" % (done.returncode,
                                                                done.stderr[-1000:]))
    answer = json.loads(done.stdout)
    del answer["dump"]
    return answer


def number(address):
    return address[2:] if address else ""


class Comparison:
    def __init__(self):
        self.wrong = []
        self.cut = self.threads = self.frames = self.locals = self.tasks = 0

    def equal(self, what, got, expected):
        if got != expected:
            self.wrong.append("%s: %s, but the process says %s" % (what, got, expected))

    def variables(self, where, got, expected):
        """Cells are opened on both sides; one without contents is no variable to the process."""
        found = {}
        for local in got:
            if local["kind"] == "namespace":
                found[""] = number(local["address"])
            elif local["kind"] in ("local", "cell") and not (
                    local["kind"] == "cell" and "cell" not in local):
                found[local["local"]] = number(local["address"])
        # A class body's variables are its namespace: of its cells f_locals says nothing.
        if "" in expected:
            found = {"": found.get("")}
        self.locals += len(expected)
        self.equal(where + " variables", sorted(found.items()), sorted(expected.items()))

    def frame(self, where, got, expected, line=True):
        self.frames += 1
        self.equal(where, [got["function"], got["file"]] + [got["line"]] * line,
                   expected[:2] + [expected[2]] * line)
        self.variables(where + " " + got["function"], got["locals"], expected[3])

    def stack(self, thread, expected, is_main):
        where = "thread %s" % thread["name"]
        self.threads += 1
        if thread["cut"]:
            # gdb leaves the C stacks out that have the guard pages of glibc 2.42.
            self.cut += 1
            expected = expected[:len(thread["frames"])]
        self.equal(where + " frames", [f["function"] for f in thread["frames"]],
                   [f[0] for f in expected])
        for i, (got, want) in enumerate(zip(thread["frames"], expected)):
            # The innermost one has gone on since: it is telling what is compared.
            self.frame("%s frame %d" % (where, i), got, want, not (is_main and i == 0))

    def task(self, got, expected):
        where = "task %s" % expected["name"]
        self.tasks += 1
        for key in ("name", "address", "loop", "coroutine"):
            value = got[key] if key == "name" else number(got[key])
            self.equal("%s %s" % (where, key), value, expected[key])
        if got["state"] == "waiting":
            self.equal(where + " waits for", number(got["awaits"][0]["address"]),
                       expected["waiter"])
        else:
            self.equal(where + " has a future and is waiting", got["state"] == "ready",
                       bool(expected["waiter"]) or got["state"] == "ready")
        self.equal(where + " awaits", [number(f["object"]) for f in got["frames"]],
                   [f[0] for f in expected["frames"]])
        for i, (frame, want) in enumerate(zip(got["frames"], expected["frames"])):
            # A running one stands in a thread's stack as well, and was compared there.
            if got["state"] != "running":
                self.frame("%s frame %d" % (where, i), frame, want[1:])


def compare(refgraph, core, portable, out):
    """{threads, frames, locals, tasks, wrong: lines}"""
    with open(out + ".stacks", encoding="utf-8", errors="surrogatepass") as file:
        process = json.load(file)
    result = Comparison()
    answer = ask(refgraph, core, "--async")
    if answer != ask(refgraph, portable, "--async"):
        result.wrong.append("the portable dump says otherwise")
    threads = {str(int(t["id"], 16)): t for t in answer["threads"]}
    result.equal("threads", sorted(threads), sorted(process["threads"]))
    for ident, thread in threads.items():
        result.stack(thread, process["threads"].get(ident, []), int(ident) == process["main"])
        if ident in process["names"]:
            result.equal("name, daemon", [thread["name"], thread["daemon"]],
                         process["names"][ident])
        result.equal("holds the GIL: " + thread["name"], thread["current"],
                     process["gil"] and int(ident) == process["main"])
    tasks = {number(t["address"]): t for t in answer["tasks"]}
    known = {t["address"]: t for t in process["tasks"]}
    result.equal("tasks", sorted(tasks), sorted(known))
    for address in sorted(set(tasks) & set(known)):
        result.task(tasks[address], known[address])
    return {"threads": result.threads, "frames": result.frames, "locals": result.locals,
            "tasks": result.tasks, "cut": result.cut, "wrong": result.wrong}
