# SPDX-License-Identifier: MIT
# Tied and magical values: tied scalar, array, hash and handle; substr, pos, vec and keys as lvalues;
# environment, signals, numbered captures, utf8 positions, shared hash keys, locked hashes, taint.
use strict;
use warnings;
use Tie::Scalar;
use Tie::Array;
use Tie::Hash;
use Hash::Util qw(lock_keys lock_value);
use Oracle;

package Upper { our @ISA = 'Tie::StdScalar'; sub FETCH { return uc ${ $_[0] } } }
package Logged {
    our @ISA = 'Tie::StdHash';
    our @log;
    sub STORE { push @log, [@_[1, 2]]; $_[0]{ $_[1] } = $_[2] }
}
package Lines { sub TIEHANDLE { bless { lines => [1 .. 3] }, $_[0] } sub READLINE { shift @{ $_[0]{lines} } } sub PRINT { 1 } }
package Counted { our @ISA = 'Tie::StdArray'; sub FETCH { main::inside(@_) if $main::stop; $_[0][ $_[1] ] } }
package main;

our $stop;
tie my $scalar, 'Upper';
$scalar = "text";
tie my %hash, 'Logged';
$hash{$_} = [$_] for 1 .. 20;
tie my @array, 'Counted';
@array = ({ a => 1 }, [2], "three");
tie *HANDLE, 'Lines';
my $line = <HANDLE>;
my $string = "some long text " x 10;
my $lvalue = \substr($string, 3, 8);
my $position = \pos($string);
$string =~ /long/g;
my $bits = \vec($string, 3, 8);
my %locked = (a => 1, b => 2);
lock_keys(%locked);
lock_value(%locked, 'a');
local $ENV{ORACLE_TEST} = "yes";
local $SIG{USR1} = sub { 1 };
local $SIG{__WARN__} = sub { 1 };
my $wide = "\x{263a}abc" x 50;
my $there = index($wide, "abc", 20);
my $length = length $wide;
my $vstring = v1.22.333;
my $glob = \*STDOUT;
my @copies = map { $hash{$_} } 3 .. 6;
my $keys = \keys(%locked);
my ($element) = map { \$_ } @array[0, 1];
sub modify { my $alias = \$_[0]; return defined $_[1] ? 1 : $alias }
my @deferred = modify($hash{not_there}, $array[9]);
sub inside { my @seen = @_; $stop = 0; Oracle::stop(); return }
$stop = 1;
my $fetched = $array[1];
