# SPDX-License-Identifier: MIT
# Writes down where the SVs are that a program is about to leak: containers, what they contain, and
# what that refers to, each once; then the program lets go of them. Nothing is kept here.
package Leaked;
use strict;
use warnings;
use IO::Handle;
use Scalar::Util qw(isweak refaddr reftype);

my $file;

sub note {
    open $file, ">>", "$ENV{ORACLE}.leaked" or die "leaked: $!" if !$file;
    my @todo = @_;
    my %seen;
    while (@todo) {
        my $ref = pop @todo;
        my $at = refaddr($ref);
        next if $seen{$at}++;
        my $type = reftype($ref);
        printf {$file} "%x %s\n", $at, $type;
        if ($type eq "HASH") { push @todo, map { \$_ } values %$ref }
        elsif ($type eq "ARRAY") { push @todo, map { \$_ } @$ref }
        elsif ($type eq "REF") { push @todo, $$ref if !isweak($$ref) }
    }
    $file->flush;
    return;
}

1;
