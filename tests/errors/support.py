# SPDX-License-Identifier: MIT
"""What the tests of errors share: running the command, small cores in files, an ELF core's parts."""
import json
import lzma
import os
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CORES = os.path.join(HERE, "..", "cores")
sys.path.insert(0, os.path.join(HERE, "..", "checks"))
import common  # noqa: E402

REFGRAPH = os.environ.get("REFGRAPH") or os.path.join(common.build_dir(), "refgraph")
PT_LOAD, PT_DYNAMIC, PF_W = 1, 2, 2
GUIDE = "docs/taking-a-dump.md"


def run(*arguments, **more):
    """One run of the command, with what it wrote as text."""
    more.setdefault("stdout", subprocess.PIPE)
    more.setdefault("stderr", subprocess.PIPE)
    more.setdefault("timeout", 120)
    return subprocess.run([REFGRAPH, *arguments], stdin=subprocess.DEVNULL, check=False,
                          env=dict(os.environ, LC_ALL="C", **more.pop("env", {})),
                          encoding="utf-8", errors="replace", **more)


def error_of(done, *words):
    """Findings unless the command failed with one line on standard error that has all @words."""
    lines = done.stderr.splitlines()
    if done.returncode != 2:
        return ["%s: exit status %d, not 2" % (done.args[1:], done.returncode)]
    if done.stdout:
        return ["%s: failed, and still wrote %r" % (done.args[1:], done.stdout[:80])]
    if len(lines) != 1 or not lines[0].startswith("refgraph: "):
        return ["%s: its error is not one line: %r" % (done.args[1:], done.stderr[:300])]
    return ["%s: %r is not in %r" % (done.args[1:], word, lines[0])
            for word in words if word not in lines[0]]


def error_of_unread(done, *words):
    """As error_of(), where standard output went elsewhere."""
    done.stdout = ""
    return error_of(done, *words)


def answer(*arguments):
    """The JSON of a command that must succeed."""
    done = run(*arguments, "--format", "json")
    if done.returncode:
        raise AssertionError("%s: exit status %d: %s" % (arguments, done.returncode, done.stderr))
    return json.loads(done.stdout)


def core_names():
    """Of CPython: these tests know where in it things stand."""
    return sorted(name[:-len(".core.xz")] for name in os.listdir(CORES)
                  if name.startswith("cpython-") and name.endswith(".core.xz"))


class Core:
    """One of the small cores: its bytes and where its memory lies in the file."""

    def __init__(self, name):
        self.name = name
        with lzma.open(os.path.join(CORES, name + ".core.xz")) as file:
            self.data = file.read()
        count, = struct.unpack_from("<H", self.data, 56)
        self.loads = []  # (address, offset, size, flags, where its program header is)
        for index in range(count):
            at = 64 + 56 * index
            kind, flags, offset, start, _, size, _, _ = struct.unpack_from("<IIQQQQQQ", self.data,
                                                                           at)
            if kind == PT_LOAD and size:
                self.loads.append((start, offset, size, flags, at))

    def offset(self, address):
        for start, offset, size, _, _ in self.loads:
            if start <= address < start + size:
                return offset + address - start
        return None

    def words(self, address, layout):
        at = self.offset(address)
        return struct.unpack_from(layout, self.data, at)

    def symbol(self, name):
        """Address and size of a dynamic symbol of any module that is mapped."""
        for start, offset, _, _, _ in self.loads:
            if self.data[offset:offset + 4] != b"\x7fELF":
                continue
            found = self.symbol_of(start, name)
            if found:
                return found
        raise AssertionError("%s: no symbol %s" % (self.name, name))

    def symbol_of(self, base, name):
        phoff, = self.words(base + 32, "<Q")
        count, = self.words(base + 56, "<H")
        headers = [self.words(base + phoff + 56 * i, "<IIQQQQQQ") for i in range(count)]
        first = [header for header in headers if header[0] == PT_LOAD]
        bias = base - (first[0][3] - first[0][2]) if first else base
        tags = {}
        for kind, _, _, address, _, _, size, _ in headers:
            for i in range(0, size if kind == PT_DYNAMIC else 0, 16):
                tag, value = self.words(bias + address + i, "<QQ")
                tags[tag] = value
        symbols, strings = tags.get(6), tags.get(5)
        if not symbols or self.offset(symbols) is None or self.offset(strings) is None:
            return None
        for at in range(symbols, strings, 24):
            where, _, _, section, value, size = self.words(at, "<IBBHQQ")
            text = self.offset(strings) + where
            if section and self.data[text:text + len(name) + 1] == name.encode() + b"\0":
                return bias + value, size
        return None
