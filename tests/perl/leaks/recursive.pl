# SPDX-License-Identifier: MIT
# cycles: 200
# path: captured $self
# break: captured $self of CODE | -> of REF
# extra: yes
# The same, called in its own depth: several pads have the variable.
use strict;
use warnings;
use Leaked;
use Oracle;

sub make {
    my ($n) = @_;
    my $self;
    $self = sub { my $depth = shift; return $depth ? $self->($depth - 1) : $n };
    $self->(3);
    Leaked::note($self);
    return;
}
make($_) for 1 .. 200;
our @fine = map { my $n = $_; sub { $n } } 1 .. 50;
Oracle::stop();
