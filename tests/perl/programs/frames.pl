# SPDX-License-Identifier: MIT
# Frames of all kinds at once: recursion, sort with a sub, map and grep, loops over temporaries,
# list and scalar context, goto, local, signal handler, overloaded operator, method by name.
use strict;
use warnings;
use Oracle;

our @log;
our $depth = 0;
package Cmp { use overload '<=>' => sub { main::at_the_bottom(@_) if $main::depth == 3; ${ $_[0] } <=> ${ $_[1] } }, '""' => sub { ${ $_[0] } }; }
package main;
sub recurse { my ($n, @rest) = @_; my %here = (n => $n); local $depth = $depth + 1;
    return $n ? recurse($n - 1, @rest, "arg $n") : middle(@rest) }
sub middle { my @made = map { { value => $_, list => [grep { length } split //, $_] } } @_; push @log, wantarray;
    foreach my $item (sort { compare($a, $b) } @made) { push @log, $item->{value} } return scalar @log }
sub compare { my ($x, $y) = @_; return $x->{value} cmp $y->{value} || 0 if $depth != 5; $depth = 3; my @sorted = sort { $a <=> $b } map { my $v = $_; bless \$v, 'Cmp' } 3, 1, 2; return 0 }
sub at_the_bottom { my ($left, $right) = @_; return if our $done++; local $SIG{ALRM} = sub { jumping("signal", $_[0]) }; kill ALRM => $$; return }
sub jumping { my $why = shift; unshift @_, "jumped from $why"; goto &landed }
sub landed { my @args = @_; my $total = 0; for my $i (1 .. 3) { while (my ($k, $v) = each @args) { $total += length $v; deepest($i, sub { $total }, \@args) if $i == 2 } } }
sub deepest { our $once++ or Oracle::stop(); return [@_] }
my $result = recurse(4, "first");
