# SPDX-License-Identifier: MIT
# needs: App::Ack
# ack looks for a word in all of the modules beside it; stopped when it is done.
use strict;
use warnings;
use Oracle qw(END);

my ($ack) = grep { -x } map { "$_/ack" } qw(/usr/bin /usr/local/bin);
(my $modules = $INC{"Scalar/Util.pm"} // "/usr/share/perl5/App/Ack.pm") =~ s{/[^/]+$}{};
@ARGV = ("--nopager", "--noenv", "--count", "-w", "sub", "/usr/share/perl5/App");
$0 = $ack;
do $ack or die "ack: $@ $!";
