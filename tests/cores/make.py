#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes one of the small cores: make.py NAME PYTHON [PREFIX [LOADER LIBRARIES]]

    make.py cpython-3.11.2-debian /usr/bin/python3.11
    make.py cpython-3.12.1 bin/python3.12 ~/.pyenv/versions/3.12.1
    make.py cpython-3.13.5-debian usr/bin/python3.13 tests/cache/trixie \\
        lib64/ld-linux-x86-64.so.2 usr/lib/x86_64-linux-gnu

Starts program.py under PYTHON and dumps it with gcore. With PREFIX, the folder that PYTHON,
LOADER and LIBRARIES are relative to, what the interpreter needs is first copied to
/opt/NAME, so that no path of this machine is in the dump. The dump is then rewritten to hold what
reading Python's heap takes and no more: see README.md, and `strip` below. NAME.core.xz and
NAME.json are written beside this script. Needs gcore and leave to write in /opt.
"""
import bisect
import glob
import hashlib
import json
import lzma
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = 4096
PT_LOAD, PT_NOTE, PF_X, PF_W = 1, 4, 1, 2
NT_PRSTATUS, NT_PRPSINFO, NT_AUXV, NT_FILE = 1, 3, 6, 0x46494C45
KEPT_SECTIONS = (".gnu.hash", ".dynsym", ".dynstr", ".dynamic", ".got", ".data.rel.ro",
                 ".note.gnu.build-id", ".init_array", ".fini_array", ".interp")
STRING = re.compile(rb"[\t\n\x20-\x7e]{1,120}(?=\0)")
# The folders in which the machine that makes a core keeps what is its own.
OWN = {os.path.abspath(path).split("/")[1]
       for path in (HERE, os.path.expanduser("~"), *sys.argv[3:4])}
HOLE = re.compile(rb"\0{1048576,}")
FOREIGN = re.compile(rb"/(?:%s)/(?:[\x21-\x7e]*/)?" % "|".join(sorted(OWN)).encode())


# --- the process ---------------------------------------------------------------------------------

def stage(name, python, prefix, loader, libraries):
    """Copies the interpreter to a neutral place; returns the command line and that place."""
    place = "/opt/" + name
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)
    shutil.copy(os.path.join(HERE, "program.py"), place)
    if not prefix:
        return [python], place
    series = re.search(r"python3\.\d+t?", python).group(0)
    root = os.path.dirname(os.path.dirname(python))  # "" or "usr"

    def copy(path):
        target = os.path.join(place, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy2(os.path.join(prefix, path), target)
    copy(python)
    library = os.path.join(root, "lib", series)
    shutil.copytree(os.path.join(prefix, library), os.path.join(place, library), symlinks=True,
                    ignore=shutil.ignore_patterns("test", "site-packages", "dist-packages",
                                                  "config-*", "idlelib", "tkinter"))
    for path in glob.glob(os.path.join(prefix, root, "lib", "libpython*.so*")):
        copy(os.path.relpath(path, prefix))
    command = [os.path.join(place, python)]
    if loader:
        copy(loader)
        for path in glob.glob(os.path.join(prefix, libraries, "*.so*")):
            if os.path.isfile(path):
                copy(os.path.relpath(path, prefix))
        command = [os.path.join(place, loader), "--argv0", command[0], "--library-path",
                   os.path.join(place, libraries)] + command
    return command, place


def last_line(file):
    file.seek(0)
    lines = file.read().splitlines()
    return lines[-1].split() if lines else []


def run(command, place, folder):
    """Starts the program, waits for its witnesses, dumps it: (core, witness files' text)."""
    with open(os.path.join(folder, "garbage"), "w+", encoding="utf-8") as garbage, \
            open(os.path.join(folder, "record"), "w+", encoding="utf-8") as record:
        script = 'exec 3>"$1" 4>"$2"; shift 2; exec "$@"'
        # Address space that mimalloc reserves would be in the dump, a GiB of it.
        environment = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "PYTHONHASHSEED": "0",
                       "MIMALLOC_ARENA_RESERVE": "0", "LD_LIBRARY_PATH": place + "/lib"}
        with subprocess.Popen(["/bin/sh", "-c", script, "sh", garbage.name, record.name] +
                              command + ["-I", "-S", "-B", place + "/program.py"],
                              cwd="/", env=environment, stdin=subprocess.DEVNULL) as target:
            try:
                end = time.monotonic() + 30
                while last_line(garbage)[:1] != ["collected"] or last_line(record)[:1] != ["end"]:
                    if target.poll() is not None or time.monotonic() > end:
                        sys.exit("make: the program did not come to its end")
                    time.sleep(0.05)
                with open("/proc/%d/coredump_filter" % target.pid, "w", encoding="ascii") as file:
                    file.write("0x37")
                clean = {key: value for key, value in os.environ.items()
                         if not key.startswith("PYTHON")}
                subprocess.run(["gcore", "-o", folder + "/core", str(target.pid)], check=True,
                               env=clean, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            finally:
                target.kill()
        garbage.seek(0)
        record.seek(0)
        return "%s/core.%d" % (folder, target.pid), garbage.read(), record.read()


def last_of(record, word):
    return re.search("^%s (.*)$" % word, record, re.M).group(1)


# --- the oracle ----------------------------------------------------------------------------------

def digest(addresses):
    text = "".join("%x\n" % address for address in sorted(addresses))
    return hashlib.sha256(text.encode()).hexdigest()


def counted(names):
    counts = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))


def understand(garbage, record):
    """What the interpreter said, in the form that the test compares."""
    names, sizes, objects = {}, {}, {}
    tracked = 0
    for line in record.splitlines():
        words = line.split(" ")
        if words[0] == "tracked":
            tracked = int(words[1])
        elif words[0] == "O":
            objects[int(words[1], 16)] = [int(word, 16) for word in words[2:]]
        elif words[0] == "T":
            names[int(words[1], 16)] = words[2]
        elif words[0] == "S":
            sizes[int(words[1], 16)] = int(words[2])
    found = list(objects)[:tracked]
    unreachable = sorted(int(text, 16) for text in
                         re.findall(r"^gc: (?:un)?collectable <.* 0x([0-9a-f]+)>$", garbage, re.M))
    types = {}
    for address in found:
        row = types.setdefault(names[objects[address][0]], [0, 0])
        row[0] += 1
        row[1] += sizes[address]
    return {
        "tracked": {"count": tracked, "sha256": digest(found),
                    "references": sum(len(objects[address]) - 1 for address in found),
                    "types": dict(sorted(types.items()))},
        "unreachable": {"count": len(unreachable),
                        "addresses": ["0x%x" % address for address in unreachable],
                        "types": counted(names[objects[address][0]] for address in unreachable)},
    }


# --- the core ------------------------------------------------------------------------------------

class Load:
    def __init__(self, flags, start, size, data):
        self.flags, self.start, self.size, self.data = flags, start, size, data


class File:
    def __init__(self, start, end, offset, path):
        self.start, self.end, self.offset, self.path = start, end, offset, path


def read_core(path):
    """The loads and notes of a core: [Load], [(type, name, desc)]."""
    with open(path, "rb") as file:
        data = file.read()
    phoff, = struct.unpack_from("<Q", data, 32)
    phentsize, phnum = struct.unpack_from("<HH", data, 54)
    loads, notes = [], []
    for index in range(phnum):
        kind, flags, offset, start, _, filesz, memsz, _ = struct.unpack_from(
            "<IIQQQQQQ", data, phoff + index * phentsize)
        if kind == PT_LOAD:
            loads.append(Load(flags, start, memsz, bytearray(data[offset:offset + filesz])))
        elif kind == PT_NOTE:
            at = offset
            while at < offset + filesz:
                name_size, desc_size, note = struct.unpack_from("<III", data, at)
                name = data[at + 12:at + 12 + name_size].rstrip(b"\0")
                at += 12 + (name_size + 3) // 4 * 4
                notes.append((note, name, data[at:at + desc_size]))
                at += (desc_size + 3) // 4 * 4
    return data[:64], loads, notes


def read_files(desc):
    count, unit = struct.unpack_from("<QQ", desc)
    names = desc[16 + 24 * count:].split(b"\0")
    return [File(start, end, offset * unit, name.decode()) for (start, end, offset), name in
            zip(struct.iter_unpack("<QQQ", desc[16:16 + 24 * count]), names)]


def kept_ranges(path, version):
    """Ranges of the file that reading Python's heap may need: tables of symbols, names."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] != b"\x7fELF":
        return None
    shoff, = struct.unpack_from("<Q", data, 40)
    size, count, names = struct.unpack_from("<HHH", data, 58)
    sections = [struct.unpack_from("<IIQQQQ", data, shoff + i * size) for i in range(count)]
    strings = sections[names][4]
    ranges = [(0, PAGE)]
    for name, _, flags, _, offset, length in sections:
        text = data[strings + name:data.index(b"\0", strings + name)].decode()
        if flags & 2 and text in KEPT_SECTIONS:
            ranges.append((offset, offset + length))
        elif text == ".rodata":
            for pattern in (STRING, re.compile(re.escape(version))):
                ranges += [match.span() for match in pattern.finditer(data, offset,
                                                                      offset + length)]
    return sorted(ranges)


def is_python(path):
    return re.search(r"/(lib)?python[^/]*$|/[^/]*\.cpython-[^/]*\.so$", path) is not None


def strip(loads, files, version):
    """Zeroes code and read-only data that no reader of Python's heap asks for."""
    starts = [file.start for file in files]
    ranges = {}
    for load in loads:
        index = bisect.bisect_right(starts, load.start) - 1
        file = files[index] if index >= 0 and load.start < files[index].end else None
        if load.flags & PF_W or not load.data:
            continue
        if not file:
            load.data = bytearray()  # the kernel's: vdso and its data
            continue
        if file.path not in ranges:
            ranges[file.path] = kept_ranges(file.path, version)
        keep = ranges[file.path]
        if keep is None:
            load.data = bytearray()  # locale archives and the like
            continue
        if not is_python(file.path):
            keep = keep[:1]
        offset = file.offset + load.start - file.start
        kept = bytearray(len(load.data))
        for start, end in keep:
            start, end = max(0, start - offset), min(len(kept), end - offset)
            if start < end:
                kept[start:end] = load.data[start:end]
        load.data = kept


def cut(loads):
    """Without what was reserved and never used: a MiB and more of nothing in writable memory."""
    pieces = []
    for load in loads:
        start = 0
        for hole in HOLE.finditer(load.data) if load.flags & PF_W else ():
            end = -(-hole.start() // PAGE) * PAGE
            pieces.append(Load(load.flags, load.start + start, end - start,
                               load.data[start:end]))
            start = hole.end() // PAGE * PAGE
        pieces.append(Load(load.flags, load.start + start, load.size - start, load.data[start:]))
    return [piece for piece in pieces if piece.size]


def scrub(loads, notes, prefix, place):
    """No path or name of the machine that made this: same-length replacements."""
    names = [(os.path.abspath(prefix).encode(), place.encode())] if prefix else []
    host = socket.gethostname().encode()
    changed = 0

    def neutral(match):
        # The last word stays: linkers let other strings end in the same bytes.
        return (b"/opt" + b"/" * len(match.group(0)))[:len(match.group(0))]

    for load in loads:
        data = bytes(load.data)
        for old, new in names:
            padded = b"/opt" + b"/" * (len(old) - len(new)) + new[4:]
            if old in data and len(padded) == len(old):
                changed += data.count(old)
                data = data.replace(old, padded)
        data, count = FOREIGN.subn(neutral, data)
        changed += count
        if len(host) > 3 and host in data:
            changed += data.count(host)
            data = data.replace(host, b"h" * len(host))
        load.data = bytearray(data)
    kept = []
    for kind, name, desc in notes:
        if name != b"CORE" or kind not in (NT_PRSTATUS, NT_PRPSINFO, NT_AUXV, NT_FILE):
            continue
        if kind == NT_PRPSINFO:
            desc = bytearray(desc)
            desc[40:56] = b"python3".ljust(16, b"\0")
            desc[56:136] = b"python3 -I -S -B program.py".ljust(80, b"\0")
        kept.append((kind, name, bytes(desc)))
    return kept, changed


def write_core(header, loads, notes):
    blob = b""
    for kind, name, desc in notes:
        blob += struct.pack("<III", len(name) + 1, len(desc), kind)
        blob += (name + b"\0").ljust((len(name) + 4) // 4 * 4, b"\0")
        blob += desc.ljust((len(desc) + 3) // 4 * 4, b"\0")
    header = bytearray(header)
    struct.pack_into("<QQ", header, 32, 64, 0)
    struct.pack_into("<HHHHHH", header, 52, 64, 56, len(loads) + 1, 64, 0, 0)
    at = 64 + 56 * (len(loads) + 1)
    table = struct.pack("<IIQQQQQQ", PT_NOTE, 4, at, 0, 0, len(blob), len(blob), 4)
    at = (at + len(blob) + PAGE - 1) // PAGE * PAGE
    body = bytearray()
    for load in loads:
        table += struct.pack("<IIQQQQQQ", PT_LOAD, load.flags, at + len(body), load.start, 0,
                             len(load.data), load.size, PAGE)
        body += load.data + bytes(-len(load.data) % PAGE)
    return (bytes(header) + table + blob).ljust(at, b"\0") + bytes(body)


def main():
    name, python = sys.argv[1:3]
    prefix, loader, libraries = (sys.argv[3:] + [None] * 3)[:3]
    with tempfile.TemporaryDirectory(prefix="cores-") as folder:
        command, place = stage(name, python, prefix, loader, libraries)
        try:
            core, garbage, record = run(command, place, folder)
            header, loads, notes = read_core(core)
            files = sorted(read_files([n[2] for n in notes if n[0] == NT_FILE][0]),
                           key=lambda file: file.start)
            loads = cut(loads)
            strip(loads, files, struct.pack("<I", int(last_of(record, "version"), 16)))
        finally:
            shutil.rmtree(place)
    notes, changed = scrub(loads, notes, prefix, place)
    data = write_core(header, loads, notes)
    host = b"\0" + socket.gethostname().encode() + b"\0"
    own = [("/%s/" % name).encode() for name in sorted(OWN)]
    for pattern in own + [tempfile.gettempdir().encode() + b"/cores-", b".pyenv", host]:
        if pattern in data:
            sys.exit("make: %r is still in the core" % pattern)
    packed = lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)
    with open(os.path.join(HERE, name + ".core.xz"), "wb") as file:
        file.write(packed)
    said = understand(garbage, record)
    with open(os.path.join(HERE, name + ".json"), "w", encoding="utf-8") as file:
        json.dump(said, file, indent=1)
        file.write("\n")
    print("%s: %d bytes, packed %d; %d strings made neutral; %d tracked, %d unreachable" % (
        name, len(data), len(packed), changed, said["tracked"]["count"],
        said["unreachable"]["count"]))


if __name__ == "__main__":
    main()
