# SPDX-License-Identifier: MIT
# Data in data: arrays of hashes of arrays, one value in many places, references to elements, to
# references, slices, holes, deleted elements, long chains, big and empty hashes, sparse arrays.
use strict;
use warnings;
use Oracle;

our %catalogue;
our @flat = (1 .. 1000);
my $shared = { name => "shared", list => [1 .. 5] };
for my $i (1 .. 200) {
    push @{ $catalogue{"group " . $i % 7}{$i} }, { id => $i, shared => $shared, tags => [map { "t$_" } 1 .. $i % 5] };
}
my $chain;
$chain = { next => $chain, at => $_ } for 1 .. 500;
my $deep = \my $x;
$deep = \(my $copy = $deep) for 1 .. 100;
my @holes;
$holes[50] = "fifty";
$holes[$_] = undef for 10 .. 12;
delete $holes[20];
my @shifted = (1 .. 100);
shift @shifted for 1 .. 30;
my %gone = map { $_ => 1 } 1 .. 100;
delete @gone{ 20 .. 90 };
my %big = map { ("key $_" => $_) } 1 .. 3000;
my %empty;
keys(%empty) = 256;
my @two = ([map { [$_, $_ * 2] } 1 .. 50], [map { { $_ => $_ } } 1 .. 50]);
my $element = \$two[0][3][1];
my $value = \$catalogue{"group 1"}{1}[0]{id};
my @alias = \(@flat[3 .. 9]);
my %by_ref = map { ($_ => $_) } @alias;
my %utf = ("\x{263a}" => "\x{100}", "caf\xe9" => "latin", "" => "empty", "a b" => undef);
my @matrix = map { [(0) x 20] } 1 .. 20;
my ($first, @rest) = @flat;
while (my ($k, $v) = each %big) { last if $v > 1000 }
Oracle::stop();
