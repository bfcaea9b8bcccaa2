#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the small core of a Perl: make_perl.py NAME PERL

    make_perl.py perl-5.36.0-debian /usr/bin/perl

Starts program.pl under PERL, which must have Devel::MAT::Dumper, and dumps it with gcore; the
dump is rewritten as make.py does it. NAME.json has what Devel::MAT says of every SV: the few that
the child and its parent changed after the fork are listed, and left out of the digest.
"""
import hashlib
import json
import lzma
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time

import make

HERE = os.path.dirname(os.path.abspath(__file__))
SAY = r'''use Devel::MAT; my $file = Devel::MAT->load($ARGV[0])->dumpfile;
for my $sv ($file->heap) { my $in = $sv->blessed;
  printf "%d %s %d %d\n", $sv->addr, $sv->type . ($in ? "(" . $in->stashname . ")" : ""),
    $sv->refcnt, $sv->size }'''


def run(perl, place, folder):
    dump = place + "/dump.pmat"
    with subprocess.Popen([perl, place + "/program.pl", dump], cwd="/", stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE,
                          env={"PERL_HASH_SEED": "0", "MALLOC_ARENA_MAX": "1"}) as target:
        try:
            if target.stdout.readline() != b"ready\n":
                sys.exit("make_perl: the program did not come to its end")
            time.sleep(0.2)
            with open("/proc/%d/coredump_filter" % target.pid, "w", encoding="ascii") as file:
                file.write("0x37")
            subprocess.run(["gcore", "-o", folder + "/core", str(target.pid)], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        finally:
            target.kill()
    said = subprocess.run(["perl", "-e", SAY, dump], check=True, stdout=subprocess.PIPE).stdout
    rows = {}
    for line in said.decode().splitlines():
        address, name, count, size = line.rsplit(" ", 3)[-4:]
        rows[int(address)] = (name, int(count), int(size))
    return "%s/core.%d" % (folder, target.pid), rows


def digest(rows):
    text = "".join("%x %s %d %d\n" % (address, *row) for address, row in sorted(rows.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def found(path, folder):
    """What refgraph says of the same, to find what changed between fork and dump."""
    portable = os.path.join(folder, "core.ndjson")
    refgraph = os.environ.get("REFGRAPH", "refgraph")
    subprocess.run([refgraph, "convert", path, "-o", portable], check=True)
    with open(portable, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return {line["address"]: (line["type"], line["refcount"], line["size"]) for line in lines
            if "address" in line}


def main():
    name, perl = sys.argv[1:3]
    place = "/opt/" + name
    make.is_python = lambda path: "perl" in os.path.basename(path)
    with tempfile.TemporaryDirectory(prefix="cores-") as folder:
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        shutil.copy(os.path.join(HERE, "program.pl"), place)
        try:
            core, rows = run(perl, place, folder)
        finally:
            shutil.rmtree(place)
        header, loads, notes = make.read_core(core)
        files = sorted(make.read_files([n[2] for n in notes if n[0] == make.NT_FILE][0]),
                       key=lambda file: file.start)
        loads = make.cut(loads)
        make.strip(loads, files, struct.pack("<I", 0x05240000))
        notes, changed = make.scrub(loads, notes, None, place)
        notes = [(kind, owner, desc.replace(b"python3 -I -S -B program.py",
                                            b"perl program.pl".ljust(27, b"\0"))
                  .replace(b"python3".ljust(16, b"\0"), b"perl".ljust(16, b"\0")))
                 for kind, owner, desc in notes]
        data = make.write_core(header, loads, notes)
        path = os.path.join(folder, name + ".core")
        with open(path, "wb") as file:
            file.write(data)
        ours = found(path, folder)
    differing = sorted(address for address in rows if rows[address] != ours.get(address))
    if len(differing) > 40:
        sys.exit("make_perl: %d of %d SVs differ" % (len(differing), len(rows)))
    for address in differing:
        print("differs: %#x %r %r" % (address, rows[address], ours.get(address)))
    kept = {address: row for address, row in rows.items() if address not in differing}
    types = {}
    for kind, _, size in kept.values():
        row = types.setdefault(kind, [0, 0])
        row[0] += 1
        row[1] += size
    said = {"count": len(kept), "sha256": digest(kept), "types": dict(sorted(types.items())),
            "changed": ["0x%x" % address for address in differing],
            "ours": ["0x%x" % address for address in sorted(set(ours) - set(rows))]}
    packed = lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)
    with open(os.path.join(HERE, name + ".core.xz"), "wb") as file:
        file.write(packed)
    with open(os.path.join(HERE, name + ".json"), "w", encoding="utf-8") as file:
        json.dump(said, file, indent=1)
        file.write("\n")
    print("%s: %d bytes, packed %d; %d strings made neutral; %d SVs, %d changed" % (
        name, len(data), len(packed), changed, len(kept), len(differing)))


if __name__ == "__main__":
    main()
