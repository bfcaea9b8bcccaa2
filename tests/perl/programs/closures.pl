# SPDX-License-Identifier: MIT
# Subs that captured: counters, factories of factories, recursion through a captured name, prototypes
# of closures, state variables, lexical subs, subs that hold themselves weakly.
use v5.26;
use warnings;
use feature qw(lexical_subs);
no warnings 'experimental';
use Scalar::Util qw(weaken);
use Oracle;

our @kept;

sub counter { my $n = shift; my %seen; return sub { $seen{$n}++; return $n++ } }
sub factory { my @rest = @_; return sub { my $x = shift; return sub { return [$x, @rest, @_] } } }

push @kept, counter($_) for 1 .. 50;
$_->() for @kept;
push @kept, factory(1 .. $_)->($_) for 1 .. 20;

sub stateful { state $calls = 0; state @list = (1, 2); push @list, ++$calls; return \@list }
stateful() for 1 .. 10;

my sub hidden { my ($depth) = @_; return $depth ? [__SUB__(), hidden2($depth - 1)] : [] }
sub __SUB__ { return "sub" }
sub hidden2 { return { left => $_[0] } }
push @kept, hidden(3);

my $fact;
$fact = sub { my $n = shift; return $n < 2 ? 1 : $n * $fact->($n - 1) };
$fact->(5);
{
    my $self;
    $self = sub { return $self };
    push @kept, $self;
    weaken($self);
}
my @table = map { my $i = $_; { name => "n$i", run => sub { $i * 2 }, set => sub { $i = shift } } } 1 .. 30;
$_->{set}->(3) for @table;
my ($unused, @arrays, %hashes);
push @kept, sub { push @arrays, $_[0]; $hashes{ $_[0] } = \@arrays };
$kept[-1]->($_) for 1 .. 5;

sub walk { my ($depth, $each) = @_; return $depth ? walk($depth - 1, $each) : $each->($depth) }
walk(7, sub { my @args = @_; my $local = counter(9); Oracle::stop(); return @args });
