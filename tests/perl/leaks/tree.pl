# SPDX-License-Identifier: MIT
# cycles: 100
# path: {parent}
# break: every {parent}
# Trees whose nodes know their parents: hashes and arrays in one cycle.
use strict;
use warnings;
use Leaked;
use Oracle;

package Node { sub new { my ($class, %args) = @_; return bless { children => [], %args }, $class }
    sub add { my ($self, $child) = @_; push @{ $self->{children} }, $child; $child->{parent} = $self; return $child } }
for my $n (1 .. 100) {
    my $root = Node->new(name => "root $n");
    $root->add(Node->new(name => "child $_")) for 1 .. 4;
    Leaked::note($root);
}
our $tree = Node->new(name => "alive");
push @{ $tree->{children} }, Node->new(name => "leaf $_") for 1 .. 20;
Oracle::stop();
