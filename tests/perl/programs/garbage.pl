# SPDX-License-Identifier: MIT
# Leaked cycles of many shapes, and the same data without.
use strict;
use warnings;
use Oracle;

for my $i (1 .. 50) { my $a = bless { name => "a$i" }, 'Left'; my $b = bless { peer => $a }, 'Right'; $a->{peer} = $b }
for my $i (1 .. 20) { my $self; $self = sub { return $i ? $self : 0 } }
for my $i (1 .. 20) { my @ring = map { [$_] } 1 .. 5; push @{ $ring[$_] }, $ring[$_ - 1] for 0 .. 4 }
for my $i (1 .. 10) { my $x; $x = \$x }
our @kept = map { { n => $_, list => [1 .. 3] } } 1 .. 50;
$_->{up} = $kept[0] for @kept[1 .. 9];
Oracle::stop();
