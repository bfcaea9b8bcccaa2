# SPDX-License-Identifier: MIT
# interpreters: 4
# Threads: each has an interpreter with copies of everything, shared variables beside; all of them
# stop in the same moment, in calls of their own.
use strict;
use warnings;
use threads;
use threads::shared;
use Oracle;

our %config = (name => "threads", list => [1 .. 20], nested => { a => { b => [1] } });
my %shared :shared;
my @queue :shared = (1 .. 5);
my $lock :shared;
sub work { my ($number, @more) = @_; my %own = (number => $number, data => [1 .. $number * 10]);
    { lock(%shared); $shared{$number} = shared_clone({ id => $number, list => [1 .. 3] }) }
    my $closure = sub { return $own{number} + @more }; $closure->(); deeper($number, \%own) }
sub deeper { my ($number, $own) = @_; local $config{name} = "thread $number"; Oracle::stop($number) }
my @threads = map { threads->create(\&work, $_, "x" x $_, [$_]) } 1 .. 3;
sleep 1;
Oracle::stop(0);
$_->join for @threads;
