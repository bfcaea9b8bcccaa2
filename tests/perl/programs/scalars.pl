# SPDX-License-Identifier: MIT
# Scalars of every body: integers, floats, strings, both, booleans, shared and copied-on-write ones,
# cut from the left, grown, wide, undefined after a value, references, globs, versions, read-only.
use strict;
use warnings;
use Scalar::Util qw(dualvar);
use Oracle;

our ($undef, $iv, $uv, $nv, $pv) = (undef, -42, ~0, 3.25, "text");
my @ints = (0, 1, -1, 2 ** 31, -2 ** 62);
my @floats = (0.1, 1e300, -9 ** 9 ** 9, 9 ** 9 ** 9);
my $nan = -sin(9 ** 9 ** 9);
my $both = "17";
my $sum = $both + 1;
my $float_string = "1.5";
$sum = $float_string * 2;
my $dual = dualvar(7, "seven");
my @bools = (1 == 1, 1 == 0, !!1, !1);
my $long = "abc" x 5000;
my @copies = ($long) x 5;
my $cut = "0123456789" x 50;
$cut =~ s/^.{123}//;
substr($cut, 0, 5) = "";
my $grown = "";
$grown .= $_ for 1 .. 2000;
my $wide = join "", map { chr } 0x100 .. 0x180;
my $was = "x" x 1000;
undef $was;
my $emptied = "y" x 1000;
$emptied = "";
my $glob = *STDOUT;
my $copy_of_glob = $glob;
my $version = version->parse("v1.2.3");
my $vstring = v5.36.0;
my $reference = \$pv;
my $reference_that_was_text = "text before";
$reference_that_was_text = [1];
my $text_that_was_reference = [1];
$text_that_was_reference = "text after";
Internals::SvREADONLY(my $constant = "constant", 1);
my @chopped = map { my $s = $_; chop $s; $s } qw(one two three);
my %keys = map { ($_ => length) } qw(shared keys here);
my @from_keys = keys %keys;
my $hex = hex("ff");
my $joined = join ",", @ints, @floats;
my ($a1, $b1) = (1, "2");
($a1, $b1) = ($b1, $a1);
for my $const (1, "two", 3.5) { my $seen = \$const }
our $magic = "m";
my $pos = pos($magic) // -1;
my $utf8 = "caf\xe9";
utf8::upgrade($utf8);
my $numeric = "abc";
{ no warnings; $numeric += 0 }
my @nested_refs = (\\\"x", \undef, \my @array, \my %hash, \&CORE::length, \*main::, qr/re/);
our @ISA_test; our %hash_test; our $scalar_test;
*alias = \$pv; *alias = [1, 2]; *alias = { a => 1 }; *alias = sub { 1 };
*other = *alias;
our (@alias, %alias, $alias, $other);
Oracle::stop();
