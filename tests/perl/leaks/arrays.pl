# SPDX-License-Identifier: MIT
# cycles: 200
# path: [1]
# break: [1] of ARRAY
# Arrays in a ring of three.
use strict;
use warnings;
use Leaked;
use Oracle;

for my $n (1 .. 200) {
    my @ring = map { ["item $_"] } 1 .. 3;
    $ring[$_][1] = $ring[$_ - 1] for 0 .. 2;
    Leaked::note(@ring);
}
our @alive = map { [$_, [$_]] } 1 .. 50;
Oracle::stop();
