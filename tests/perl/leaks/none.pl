# SPDX-License-Identifier: MIT
# cycles: 0
# The same shapes, none of them leaked: weakened, or still held by somebody.
use strict;
use warnings;
use Scalar::Util qw(weaken);
use Oracle;

package Node { sub new { my ($class, %args) = @_; return bless { children => [], %args }, $class }
    sub add { my ($self, $child) = @_; push @{ $self->{children} }, $child; Scalar::Util::weaken($child->{parent} = $self); return $child } }
for my $n (1 .. 100) { my $root = Node->new; $root->add(Node->new) for 1 .. 4 }
our @held;
for my $n (1 .. 50) { my $a = { n => $n }; my $b = { peer => $a }; $a->{peer} = $b; push @held, $a }
my @lexical = map { my $x = [$_]; push @$x, $x; $x } 1 .. 20;
sub weak_closure { my $self; $self = sub { $self }; my $copy = $self; weaken($self); return $copy }
our @subs = map { weak_closure() } 1 .. 20;
sub inside { my @ring = map { [$_] } 1 .. 3; $ring[$_][1] = $ring[$_ - 1] for 0 .. 2; my $kept; $kept = sub { $kept }; local $held[0] = \@ring;
    my @results = map { my $item = { n => $_ }; $item->{me} = $item; $item } 1 .. 3; return deeper(@results, $kept) }
sub deeper { my %own = (args => [@_]); $own{me} = \%own; Oracle::stop(); return }
inside();
