# SPDX-License-Identifier: MIT
# cycles: 200
# path: captured $self
# break: captured $self of CODE
# extra: yes
# A sub that captured the variable that it is in.
use strict;
use warnings;
use Leaked;
use Oracle;

sub make {
    my ($n) = @_;
    my $self;
    $self = sub { my $depth = shift; return $depth ? $self->($depth - 1) : $n };
    $self->(0);
    Leaked::note($self);
    return;
}
make($_) for 1 .. 200;
our @fine = map { my $n = $_; sub { $n } } 1 .. 50;
Oracle::stop();
