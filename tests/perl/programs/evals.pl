# SPDX-License-Identifier: MIT
# Code made at run time: string evals in progress and done, closures made in them, syntax errors,
# exceptions as objects, BEGIN and END, prototypes, constants, attributes, local of every kind.
use strict;
use warnings;
use constant { PI => 3.14159, NAME => "evals", LIST => [1, 2, 3] };
use constant WEEK => qw(mon tue wed);
use Oracle;

our ($global, @global, %global) = ("g", );
@global = (1 .. 5);
%global = (a => 1, b => { c => 2 });
BEGIN { our $early = "begin" }
our @made = map { eval "sub { my \$x = shift; return \$x * $_ + PI }" } 1 .. 20;
$_->(2) for @made;
my $captured = [1, 2];
my $inner = eval q{ my $own = 5; sub { push @$captured, $own++; $captured } };
$inner->();
eval "this is ( no perl" for 1 .. 3;
my $error = $@;
eval { die { code => 42, why => ["because"] } };
my $exception = $@;
eval { eval { die "inner\n" }; die MyError->new("outer", $@) };
my $object = $@;
package MyError { sub new { my $class = shift; return bless { args => [@_], caller => [caller] }, $class } }
sub proto(\@$;&) { return scalar @{ $_[0] } }
proto(@global, 1);
sub with_locals { local $global = "local"; local @global = (7 .. 9); local %global = (z => 26); local $_ = "topic";
    local $global{extra} = [1]; local $global[1] = { in => "array" }; local $SIG{ALRM} = sub { };
    local ($/, $,) = ("\n", ";"); no warnings 'redefine'; no strict 'refs'; local *proto2 = sub { return "replaced" };
    local $ENV{LOCALLY} = 1; return within(@_) }
sub proto2 { return "original" }
sub within { my @args = @_; return eval q{ my @copy = (@args, $global); package In::Eval; our $there = \@copy; sub named { return 1 }
    eval { local $@ = "kept"; Oracle::stop(); 1 }; \@copy } // die $@ }
my @list = with_locals("a", [1], { b => 2 });
END { our $late = "end" }
