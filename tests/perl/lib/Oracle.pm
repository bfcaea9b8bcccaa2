# SPDX-License-Identifier: MIT
# Stops a program at a place where perl's own dumper and gcore see the same: within the dumper.
# It writes to a FIFO that nobody reads at first, so that the process waits in write(2) while the
# core is made, in the middle of a dump, and nothing of it changes until the dump is read.
#
#     use Oracle;                the program calls Oracle::stop() where it is interesting
#     perl -MOracle=END ...      stops at the end of a program that knows nothing of it
package Oracle;
use strict;
use warnings;
use Devel::MAT::Dumper;

$Devel::MAT::Dumper::MAX_STRING = 256;

# Each interpreter has a FIFO of its own: ORACLE.0, ORACLE.1, ...
sub stop {
    my $number = shift // 0;
    my $path = "$ENV{ORACLE}.$number";

    # What a first dump creates (lists of base classes, a scalar of its own) is there for the next.
    Devel::MAT::Dumper::dump("/dev/null") for 1 .. 2;
    Devel::MAT::Dumper::dump($path);
    return;
}

my $at_end;

sub import {
    my ($class, @words) = @_;
    $at_end = 1 if grep { $_ eq "END" } @words;
}

END { stop() if $at_end }

1;
