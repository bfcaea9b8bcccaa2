# SPDX-License-Identifier: MIT
"""No input crashes the command: damaged dumps get an answer or a clear error.

For each damaged dump and each command: exit status 0 or 1 with an answer on standard output, or
2 with nothing there and an error of one line, `refgraph: ...`; never a signal, never more than ten
seconds, never more than 1 GiB. The damage is deterministic. Under sanitizers, which are slow,
every third dump is tried; REFGRAPH_HOSTILE=N tries every N-th.
"""
import concurrent.futures
import json
import lzma
import os
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CORES = os.path.join(HERE, "..", "cores")
sys.path.insert(0, os.path.join(HERE, "..", "checks"))
import common  # noqa: E402

REFGRAPH = os.environ.get("REFGRAPH") or os.path.join(common.build_dir(), "refgraph")
SECONDS = 10
BYTES = 1 << 30
WORKERS = 2
PT_LOAD, PT_NOTE, PF_W = 1, 4, 2
SANITIZERS = (b"AddressSanitizer", b"runtime error", b"LeakSanitizer")


def sanitized():
    """Whether the command was built with a sanitizer: then memory cannot be limited."""
    with open(os.path.join(common.build_dir(), "config.status"), encoding="utf-8",
              errors="replace") as file:
        return "-fsanitize" in file.read()


try:
    SLOW = sanitized()
except OSError:
    SLOW = False
EVERY = int(os.environ.get("REFGRAPH_HOSTILE") or (3 if SLOW else 1))
# What is asked of every dump, by turns where there are many; X stands for the dump.
COMMANDS = (
    ("info", "X", "--format", "json"),
    ("types", "X", "--format", "json"),
    ("cycles", "X", "--format", "json"),
    ("refcounts", "X", "--format", "json"),
    ("chain", "X", "dict#7", "--labels=all"), ("chain", "X", "type", "--merge"),
    ("chain", "X", "dict#7", "--disjoint", "-k8"),
    ("backrefs", "X", "type#3", "--depth=5", "--values"),
    ("convert", "X", "--labels=all", "--values", "-o", "/dev/null"),
    ("retained", "X", "--self-check", "--format", "json"),
)
# What such things are called in a core of Perl.
OF_PERL = {"dict#7": "HASH#7", "type": "STASH", "type#3": "STASH#3"}


def limits():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not SLOW:
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def judge(words, done, seconds):
    """What is wrong with an outcome, or None."""
    if done.returncode not in (0, 1, 2):
        return "ended with %d: %s" % (done.returncode, done.stderr[-600:])
    if any(mark in done.stderr for mark in SANITIZERS):
        return "sanitizer: %s" % done.stderr[-2000:]
    if seconds > SECONDS:
        return "took %.1f s" % seconds
    if done.returncode == 2:
        lines = done.stderr.decode("utf-8", "replace").splitlines()
        if done.stdout:
            return "failed, and still wrote to standard output"
        if len(lines) != 1 or not lines[0].startswith("refgraph: "):
            return "its error is not one line: %r" % done.stderr[-600:]
    elif "json" in words:
        try:
            json.loads(done.stdout)
        except ValueError as error:
            return "its JSON is none: %s" % error
    elif words[0] != "convert" and not done.stdout:
        return "no answer and no error"
    return None


def ask(path, words, case=None):
    """One run of the command: (complaint or None, exit status)."""
    if case and case.name.startswith("perl-"):
        words = [OF_PERL.get(word, word) for word in words]
    arguments = [path if word == "X" else word for word in words]
    start = time.monotonic()
    try:
        done = subprocess.run([REFGRAPH, *arguments], capture_output=True, check=False,
                              timeout=SECONDS * (6 if SLOW else 2), stdin=subprocess.DEVNULL,
                              preexec_fn=limits)
    except subprocess.TimeoutExpired:
        return "%s: no end" % " ".join(words), None
    complaint = judge(words, done, (time.monotonic() - start) / (5 if SLOW else 1))
    if not complaint and case:
        complaint = case.silent(words, done)
    if complaint:
        return "%s: %s" % (" ".join(words), complaint), done.returncode
    return None, done.returncode


class Dump:
    """A dump in a file of its own that is damaged in place, asked about and mended again."""

    def __init__(self, path, data):
        self.path = path
        self.data = data
        with open(path, "wb") as file:
            file.write(data)

    def damaged(self, patches, length=None):
        """Writes patches [(offset, bytes)]; a length cuts the file."""
        with open(self.path, "r+b") as file:
            for offset, data in patches:
                file.seek(offset)
                file.write(data)
            if length is not None:
                file.truncate(length)

    def mended(self, patches, length=None):
        with open(self.path, "r+b") as file:
            if length is not None:
                file.seek(length)
                file.write(self.data[length:])
            for offset, data in patches:
                file.seek(offset)
                file.write(self.data[offset:offset + len(data)])


class Case:
    """One damage: its name, the patches, where the file ends, the commands."""

    def __init__(self, name, patches, length=None, commands=COMMANDS):
        self.name, self.patches, self.length, self.commands = name, patches, length, commands

    def silent(self, words, done):
        """What the outcome does not say of a dump that was cut, or None."""
        if self.length is None:
            return None
        if done.returncode < 2:
            whole = "json" in words and json.loads(done.stdout)["complete"]
            return "claims that a dump that was cut is complete" if whole else None
        if self.length > 64 and not any(text in done.stderr for text in (b"cut off", b"no type",
                                                                         b"there are only")):
            return "does not say that the dump was cut: %r" % done.stderr[-600:]
        return None


def run_cases(dump, cases):
    """Findings of one dump's cases, and how often each exit status came."""
    findings, statuses = [], {}
    for case in cases:
        dump.damaged(case.patches, case.length)
        for words in case.commands:
            complaint, status = ask(dump.path, words, case)
            statuses[status] = statuses.get(status, 0) + 1
            if complaint:
                findings.append("%s: %s" % (case.name, complaint))
        dump.mended(case.patches, case.length)
    return findings, statuses


# --- a core and its parts ------------------------------------------------------------------------

class Core:
    def __init__(self, name):
        self.name = name
        with lzma.open(os.path.join(CORES, name + ".core.xz")) as file:
            self.data = file.read()
        self.phnum, = struct.unpack_from("<H", self.data, 56)
        self.loads = []
        for index in range(self.phnum):
            kind, flags, offset, start, _, filesz, memsz, _ = struct.unpack_from(
                "<IIQQQQQQ", self.data, 64 + 56 * index)
            if kind == PT_NOTE:
                self.notes = (offset, filesz)
            elif kind == PT_LOAD and filesz:
                self.loads.append((start, offset, filesz, flags))
        self.objects = []
        self.types = []
        self.dicts = []
        self.find_objects()

    def offset(self, address):
        for start, offset, size, _ in self.loads:
            if start <= address < start + size:
                return offset + address - start
        return None

    def find_objects(self):
        """File offsets of objects, types and dicts, by way of the portable dump."""
        with tempfile.TemporaryDirectory() as folder:
            core, portable = os.path.join(folder, "core"), os.path.join(folder, "x.ndjson")
            with open(core, "wb") as file:
                file.write(self.data)
            subprocess.run([REFGRAPH, "convert", core, "-o", portable], check=True, timeout=120,
                           stdin=subprocess.DEVNULL)
            with open(portable, "rb") as file:
                self.portable = file.read()
        for line in self.portable.splitlines():
            row = json.loads(line)
            if "address" not in row:
                continue
            at = self.offset(row["address"])
            if at is None:
                continue
            self.objects.append((row["address"], at, row["size"], row.get("tracked", False)))
            if row["type"] in ("type", "STASH"):
                self.types.append(at)
            if row["type"] in ("dict", "HASH"):
                self.dicts.append(at)
        self.tracked = [row for row in self.objects if row[3]] or self.objects

    def word(self, at):
        return struct.unpack_from("<Q", self.data, at)[0] if at + 8 <= len(self.data) else 0


def new_word(chance, core, old):
    """A word to damage with: a flipped bit, a pointer elsewhere, an extreme number."""
    choice = chance.randrange(6)
    if choice == 0:
        return old ^ 1 << chance.randrange(64)
    if choice == 1:
        return chance.choice(core.objects)[0]
    if choice == 2:
        return chance.choice((0, 1, 7, (1 << 64) - 1, 1 << 63, 1 << 31, 1 << 62))
    if choice == 3:
        return old + chance.choice((-16, -8, 8, 16, 1, 4096)) & (1 << 64) - 1
    if choice == 4:
        return chance.choice(core.objects)[0] + chance.randrange(64)
    return chance.getrandbits(64)


def places(chance, core):
    """Where words are changed: (what, offset)."""
    start, size = core.notes
    table = 64 + 56 * core.phnum
    heap = [load for load in core.loads if load[3] & PF_W]
    while True:
        yield "header", chance.randrange(0, 64, 4)
        yield "program header", chance.randrange(64, table, 8)
        yield "note", start + chance.randrange(0, size - 8, 4)
        load = chance.choice(heap)
        yield "writable page", load[1] + chance.randrange(0, load[2] - 8, 8)
        yield "type", chance.choice(core.types) + chance.randrange(0, 416, 8)
        yield "collector's list", chance.choice(core.tracked)[1] - chance.choice((8, 16))
        yield "object", chance.choice(core.objects)[1] + chance.randrange(0, 64, 8)
        at = chance.choice(core.dicts)
        yield "dict", at + chance.randrange(16, 48, 8)
        # ma_keys of a dict; the body of a hash, sv_any.
        keys = core.offset(core.word(at + (0 if core.name.startswith("perl-") else 32)))
        yield "dict keys", (keys or at) + chance.randrange(0, 256, 8)


def in_turn(number):
    """One of the six commands: each kind of damage is seen by all of them in the long run."""
    return (COMMANDS[(number + number // 9) % 6], )


def flips(core, count, seed):
    chance = random.Random(seed)
    source = places(chance, core)
    cases = []
    while len(cases) < count:
        what, at = next(source)
        if at + 8 > len(core.data):
            continue
        patch = struct.pack("<Q", new_word(chance, core, core.word(at)))
        cases.append(Case("%s: word %d: %s at 0x%x becomes %s" % (
            core.name, len(cases), what, at, patch.hex()), [(at, patch)],
            commands=in_turn(len(cases))))
    return cases


def showers(core, count, seed):
    """Many words at a time."""
    chance = random.Random(seed)
    source = places(chance, core)
    cases = []
    for number in range(count):
        patches = []
        while len(patches) < 400:
            what, at = next(source)
            if what in ("header", "program header", "note") or at + 8 > len(core.data):
                continue
            patches.append((at, struct.pack("<Q", new_word(chance, core, core.word(at)))))
        cases.append(Case("%s: shower %d of 400 words" % (core.name, number), patches,
                          commands=COMMANDS))
    return cases


def cuts(core, count, seed):
    chance = random.Random(seed)
    table = 64 + 56 * core.phnum
    # The last page is a whole one: what cuts it cuts a segment.
    lengths = [len(core.data) - 1, 1, 4, 16, 63, 64, 65, table - 1, table, sum(core.notes) - 1]
    lengths += [chance.randrange(table, len(core.data)) for _ in range(count - len(lengths))]
    return [Case("%s: cut to %d bytes" % (core.name, length), [], length, in_turn(number))
            for number, length in enumerate(lengths)]


def holes(core, count, seed):
    """Pages that are not there, and pages of zeros or ones."""
    chance = random.Random(seed)
    cases = []
    for number in range(count):
        patches = []
        for index in range(core.phnum):
            at = 64 + 56 * index
            kind, _, _, _, _, filesz = struct.unpack_from("<IIQQQQ", core.data, at)
            if kind == PT_LOAD and filesz and number % 2 and not chance.randrange(8):
                patches.append((at + 32, struct.pack("<Q", chance.choice((0, filesz // 8192
                                                                          * 4096)))))
        for _ in range(0 if number % 2 else 60):
            _, offset, size, _ = chance.choice([load for load in core.loads if load[3] & PF_W])
            page = offset + chance.randrange(0, size, 4096) // 4096 * 4096
            patches.append((page, chance.choice((b"\0", b"\xff")) * 4096))
        cases.append(Case("%s: holes %d" % (core.name, number), patches,
                          commands=in_turn(number)))
    return cases


def loops(core, count, seed):
    """Lists and chains that never end: pointers to their own object, or back."""
    chance = random.Random(seed)
    cases = []
    for number in range(count):
        patches = []
        for _ in range(1 + number):
            address, at, size, _ = chance.choice(core.tracked)
            patches.append(chance.choice((
                (at - 16, struct.pack("<Q", address - 16)),
                (at + chance.randrange(16, max(24, size - 16), 8), struct.pack("<Q", address)),
                (at + 8, struct.pack("<Q", address)),
            )))
        for at in chance.sample(core.types, 3) if number % 2 else ():
            address = [a for a, where, _, _ in core.objects if where == at][0]
            patches.append((at + 256, struct.pack("<Q", address)))  # tp_base
        cases.append(Case("%s: loops %d" % (core.name, number), patches,
                          commands=COMMANDS))
    return cases


# --- portable dumps ------------------------------------------------------------------------------

def lines_damaged(name, data, count, seed):
    """NDJSON cut, with bytes changed, and with lines twice, swapped or gone."""
    chance = random.Random(seed)
    cases = []
    for number in range(count):
        which = number % 4
        at = chance.randrange(len(data) - 64)
        if which == 0:
            case = Case("cut to %d bytes" % at, [], at)
        elif which == 1:
            case = Case("byte 0x%x" % at, [(at, bytes([chance.randrange(256)]))])
        elif which == 2:
            case = Case("32 bytes from elsewhere at 0x%x" % at,
                        [(at, data[(at * 7) % (len(data) - 64):][:32])])
        else:
            digits = [i for i in range(at, at + 64) if data[i:i + 1].isdigit()]
            case = Case("digits at 0x%x" % at, [(i, b"9") for i in digits])
        case.name = "%s: portable: %s" % (name, case.name)
        case.commands = in_turn(number)
        cases.append(case)
    return cases


def made_up_lines(folder):
    """Portable dumps that say what cannot be."""
    texts = {
        "deep": b'{"address": 1, "type": "a", "refs": ' + b"[" * 100000 + b"]" * 100000 + b"}\n",
        "long": b'{"address": 1, "type": "' + b"a" * 5000000 + b'", "size": 1, "refs": []}\n',
        "negative": b'{"address": -1, "type": "a", "size": -5, "refs": [-7]}\n',
        "huge": b'{"address": 1e400, "type": "a", "size": 99999999999999999999999, "refs": []}\n',
        "twice": b'{"address": 16, "type": "a", "size": 8, "refs": [16, 16]}\n' * 3,
        "text": b'{"address": "0x10", "type": 5, "size": "8", "refs": "none"}\n',
        "nul": b'{"address": 16, "type": "a\0b", "size": 8, "refs": []}\n',
        "utf": b'{"address": 16, "type": "\xff\xfe\\ud800", "size": 8, "refs": []}\n',
        "header": b'{"refgraph": 99999, "runtime": 7, "missing": {"a": 1}}\n',
        "end": b'{"refgraph": 1, "runtime": "x"}\n{"end": {"objects": -1, "references": 1e99}}\n',
        "unended": b'{"address": 16, "type": "a", "size": 8, "refs": [',
        "dangling": b'{"address": 16, "type": "a", "size": 8, "refs": [1,2,3,4,5,6,7]}\n',
        "overflow": b'{"address": 18446744073709551615, "type": "a", "size": '
                    b'18446744073709551615, "refs": [18446744073709551615]}\n' +
                    b'{"address": 18446744073709551608, "type": "a", "size": '
                    b'18446744073709551615, "refs": [], "refcount": 9223372036854775807}\n',
        "roots": b'{"refgraph": 1, "runtime": "x", "version": "1", "complete": true}\n'
                 b'{"address": 16, "type": "a", "size": 8, "refs": [], "refcount": 1}\n'
                 b'{"root": 17, "label": "r", "kind": "nonsense", "count": 4294967297}\n'
                 b'{"root": 16, "label": "r", "kind": "module", "count": -1}\n'
                 b'{"thread": "x", "frames": [[[]]]}\n{"end": {}}\n',
    }
    for name, text in texts.items():
        path = os.path.join(folder, name + ".ndjson")
        with open(path, "wb") as file:
            file.write(text)
        yield "portable dump: " + name, path


# --- what is no dump -----------------------------------------------------------------------------

def elf(kind=4, machine=62, bits=2, order=1, phnum=0):
    byte_order = ">" if order == 2 else "<"
    head = b"\x7fELF" + bytes([bits, order, 1]) + bytes(9)
    if bits == 1:
        head += struct.pack(byte_order + "HHIIIIIHHHHHH", kind, machine, 1, 0, 52, 0, 0, 52, 32,
                            phnum, 0, 0, 0)
    else:
        head += struct.pack(byte_order + "HHIQQQIHHHHHH", kind, machine, 1, 0, 64, 0, 0, 64, 56,
                            phnum, 0, 0, 0)
    return head


def without_python():
    """A core of a process that has memory, but no Python in it."""
    page = bytes(range(256)) * 16
    head = elf(phnum=1) + struct.pack("<IIQQQQQQ", PT_LOAD, 6, 4096, 0x7f0000000000, 0, 4096,
                                      4096, 4096)
    return head.ljust(4096, b"\0") + page


def packed(data):
    yield "zeros in zstd's frame", b"\x28\xb5\x2f\xfd" + bytes(100)
    yield "zeros in gzip's", b"\x1f\x8b\x08" + bytes(100)
    yield "an xz file cut", lzma.compress(data[:1 << 20])[:-40]
    yield "an xz file of zeros", lzma.compress(bytes(64 << 20))
    yield "an xz file damaged", lzma.compress(data[:1 << 16])[:2000].replace(b"\x01", b"\x05")


def no_dumps(folder, data):
    """Name and path of each; every command must refuse each."""
    files = {
        "empty": b"",
        "a byte": b"\x7f",
        "text": b"this is no dump\n" * 100,
        "zeros": bytes(100000),
        "an ELF that is no core": elf(kind=2),
        "32-bit": elf(machine=3, bits=1),
        "big-endian": elf(machine=22, order=2),
        "another machine": elf(machine=243),
        "a core of nothing": elf(),
        "no Python in it": without_python(),
        "65535 program headers": elf(phnum=65535),
        "braces": b"{}\n",
        "a JSON list": b"[1, 2, 3]\n",
        "open braces": b"{" * 100000,
    }
    files.update(packed(data))
    for name, content in files.items():
        path = os.path.join(folder, name.replace(" ", "-"))
        with open(path, "wb") as file:
            file.write(content)
        yield name, path
    os.mkdir(os.path.join(folder, "folder"))
    yield "a directory", os.path.join(folder, "folder")
    yield "missing", os.path.join(folder, "missing")
    os.mkfifo(os.path.join(folder, "pipe"))
    yield "a FIFO", os.path.join(folder, "pipe")
    os.symlink("loop", os.path.join(folder, "loop"))
    yield "a link to itself", os.path.join(folder, "loop")
    yield "a device", "/dev/null"
    yield "an endless device", "/dev/zero"
    if os.geteuid():
        path = os.path.join(folder, "unreadable")
        with open(path, "wb") as file:
            file.write(data[:4096])
        os.chmod(path, 0)
        yield "unreadable", path


# --- all together --------------------------------------------------------------------------------

def check_refused(folder, data):
    findings = []
    for name, path in no_dumps(folder, data):
        for words in COMMANDS:
            complaint, status = ask(path, words)
            if complaint or status != 2:
                findings.append("%s: %s" % (name, complaint or "%s: exit status %s" % (words[0],
                                                                                     status)))
    return findings


def check_made_up(folder):
    findings = []
    for name, path in made_up_lines(folder):
        for words in COMMANDS:
            complaint, _ = ask(path, words)
            if complaint:
                findings.append("%s: %s" % (name, complaint))
    return findings


def check_cases(folder, name, data, cases):
    """Runs cases on copies of one dump, a worker each."""
    cases = cases[::EVERY]
    dumps = [Dump(os.path.join(folder, "%s.%d" % (name, i)), data) for i in range(WORKERS)]
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(run_cases, dumps, [cases[i::WORKERS] for i in range(WORKERS)]))
    for dump in dumps:
        os.unlink(dump.path)
    findings = [finding for found, _ in results for finding in found]
    totals = {}
    for _, statuses in results:
        for status, count in statuses.items():
            totals[status] = totals.get(status, 0) + count
    print("# %s: %d dumps, exit statuses %s, %.1f s" % (
        name, len(cases), dict(sorted(totals.items(), key=str)), time.monotonic() - start),
        flush=True)
    if len(cases) > 20 and not totals.get(0):
        findings.append("not one of %d damaged dumps was answered" % len(cases))
    return findings


def main():
    names = sorted(name[:-len(".core.xz")] for name in os.listdir(CORES)
                   if name.endswith(".core.xz"))
    cores = [Core(name) for name in names]
    with tempfile.TemporaryDirectory() as folder:
        cases = [("what is no dump is refused", lambda: check_refused(folder, cores[0].data)),
                 ("portable dumps that cannot be", lambda: check_made_up(folder))]
        for seed, core in enumerate(cores):
            # Each kind of damage on each layout; 400 words in all.
            for kind, made in (("cut", cuts(core, 40, seed)),
                               ("words changed", flips(core, 100, seed)),
                               ("showers of words", showers(core, 3, seed)),
                               ("pages removed", holes(core, 8, seed)),
                               ("pointers closed", loops(core, 4, seed))):
                cases.append(("%s: %s" % (core.name, kind), lambda core=core, made=made:
                              check_cases(folder, core.name, core.data, made)))
            lines = lines_damaged(core.name, core.portable, 20, seed)
            cases.append(("%s: portable form damaged" % core.name, lambda core=core, lines=lines:
                          check_cases(folder, core.name, core.portable, lines)))
        common.run(*cases)


if __name__ == "__main__":
    main()
