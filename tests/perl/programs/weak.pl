# SPDX-License-Identifier: MIT
# Weakened references: trees with parents, one and many referrers, to hashes, arrays, scalars, code
# and globs, weak ones in hashes and arrays, copies that are strong, targets that have gone.
use strict;
use warnings;
use Scalar::Util qw(weaken isweak);
use Oracle;

our @roots;
sub node { my ($parent, $depth) = @_; my $self = { depth => $depth, kids => [] }; $self->{parent} = $parent; weaken($self->{parent}) if $parent;
    push @{ $self->{kids} }, node($self, $depth - 1) for 1 .. ($depth ? 3 : 0); return $self }
push @roots, node(undef, 4) for 1 .. 3;

my %target = (hash => { a => 1 }, array => [1, 2], scalar => \"text", code => sub { $roots[0] }, ref => \\"x", glob => \*STDERR);
my %weak = %target;
weaken($weak{$_}) for keys %weak;
my @many = map { $target{hash} } 1 .. 50;
weaken($_) for @many;
my @one = ($target{array});
weaken($one[0]);
my @strong = @many[1 .. 3];
my @gone = map { [$_] } 1 .. 20;
my @lost = @gone;
weaken($_) for @lost;
undef @gone;
my $object = bless { me => undef }, 'Some';
$object->{me} = $object;
weaken($object->{me});
my @list = map { {} } 1 .. 10;
for my $i (0 .. $#list) { $list[$i]{previous} = $list[$i - 1]; weaken($list[$i]{previous}) }
my %cache;
for my $i (1 .. 30) { $cache{$i} = $roots[$i % 3]{kids}[0]; weaken($cache{$i}) }
my $stash = \%main::;
weaken(my $symbols = $stash);
Oracle::stop();
