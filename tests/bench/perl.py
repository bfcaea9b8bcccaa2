# SPDX-License-Identifier: MIT
"""Measures refgraph against Devel::MAT over the same Perl heap.

    perl.py [--svs N] [--runs N] [--perl PROGRAM]      (make bench-perl)

A program of two million SVs is dumped by gcore and by perl's own dumper at one moment. Devel::MAT counts
what is in its dump by type, refgraph what is in the core, and in that very dump. The exit status is 1 if
a limit was exceeded.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

import run
sys.path.insert(0, os.path.join(run.HERE, "..", "perl"))
import perls  # noqa: E402

COUNT_SHARE = 0.1            # of what Devel::MAT's count takes
BYTES_AN_SV, BYTES_AT_ALL = 96, 64 << 20
PROGRAM = r"""
use strict; use warnings; use Oracle;
package Customer { sub new { my ($class, $n) = @_; return bless { id => $n, name => "customer $n", orders => [] }, $class } }
our @customers;
my $svs = shift;
for my $n (1 .. $svs / 19) {
    my $customer = Customer->new($n);
    push @{ $customer->{orders} }, { at => $n * 1.5, items => [$n, "item $n"],
        of => $n > 1 ? $customers[-1] : undef };
    push @{ $customer->{orders} }, [$n, undef, "text"];
    push @customers, $customer;
}
Oracle::stop();
"""


def make_dumps(options, folder):
    path = os.path.join(folder, "program.pl")
    with open(path, "w", encoding="ascii") as file:
        file.write(PROGRAM)
    perls.LIMIT = 600
    core, dumps = perls.gather(options.perl, [path, str(options.svs)], folder)
    return core, dumps[0]


def bench(options, folder):
    core, dump = make_dumps(options, folder)
    info = subprocess.run([options.refgraph, "info", "--format", "json", core], check=True,
                          capture_output=True, text=True)
    svs = json.loads(info.stdout)["objects"]
    print("%d SVs, core of %d MiB, Devel::MAT's dump of %d MiB; median (least to most) of %d runs,"
          " Devel::MAT once" % (svs, os.path.getsize(core) // run.MIB, os.path.getsize(dump) // run.MIB, options.runs))
    theirs = run.measure(["pmat", dump, "count"], 1)
    print("%-34s %s, %.0f bytes an SV" % ("pmat count", theirs, theirs.peak / svs))
    types = {}
    for name, path in (("core", core), (".pmat", dump)):
        types[name] = run.measure([options.refgraph, "types", path], options.runs)
        print("%-34s %s = %.4f times" % ("refgraph types, " + name, types[name],
                                         types[name].median / theirs.median))
    for words in (["cycles"], ["retained"], ["refcounts"], ["leaks"]):
        cost = run.measure([options.refgraph, *words, core], 1)
        print("%-34s %s = %.4f times" % ("refgraph " + words[0], cost, cost.median / theirs.median))
    data_limit = BYTES_AN_SV * svs + BYTES_AT_ALL
    _, _, status = run.run_once([options.refgraph, "types", core], data_limit)
    return all([
        run.verdict("types / pmat count", types["core"].median / theirs.median, COUNT_SHARE),
        run.verdict("types of the .pmat / pmat count", types[".pmat"].median / theirs.median,
                    COUNT_SHARE),
        run.verdict("status with %d MiB of data" % (data_limit // run.MIB), status, 0),
    ])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--svs", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--perl", default=perls.SYSTEM, help="runs the program under test")
    parser.add_argument("--refgraph", default=os.environ.get("REFGRAPH", "refgraph"))
    options = parser.parse_args()
    if not shutil.which("pmat"):
        sys.exit("bench: there is no pmat: install libdevel-mat-perl")
    folder = tempfile.mkdtemp(prefix="bench-", dir=os.environ.get("RG_BUILDDIR", "."))
    try:
        return 0 if bench(options, folder) else 1
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
