# SPDX-License-Identifier: MIT
# A bit of everything that Perl has, for the small core; what leaks is said at its end.
use strict;
use warnings;
use Scalar::Util qw(weaken dualvar);
use Devel::MAT::Dumper;

package Record { sub new { my $class = shift; return bless {@_}, $class } sub DESTROY { } }
package Special { our @ISA = ('Record'); }
package Answer { sub TIESCALAR { return bless [], shift } sub FETCH { return 42 } }

package main;
our %table = map { ("key$_" => [1 .. $_, { name => "name$_", half => $_ / 2 }]) } 1 .. 20;
our @records = map { Special->new(number => $_, list => $table{"key$_"}) } 1 .. 10;
our $counter = do { my $count = 0; sub { return ++$count } };
our ($pattern, $weak) = (qr/(?<word>\w+)(\d+)/i, $records[3]);
weaken($weak);
our @scalars = (undef, 1 == 1, 1 == 0, ~0, -7, 1e100, dualvar(5, "five"), v5.36.1, "\x{263a}", \"x");
our $chopped = "abcdefghijklmnop" x 3;
$chopped =~ s/^abc//;
tie our $tied, 'Answer';
our ($left, $glob, $code, $handle) = (\substr($chopped, 0, 3), \*STDOUT, \&Record::new, *STDOUT{IO});
open(our $file, '<', '/dev/null') or die;
our %sparse = map { ("entry$_" => $_) } 1 .. 200;
delete @sparse{map { "entry$_" } 1 .. 50};
our @shifted = (1 .. 40);
shift @shifted for 1 .. 3;
"some123" =~ $pattern;

# Leaks: pairs that know each other, a sub that holds itself, an array that does.
for (1 .. 20) {
	my ($one, $other) = (Record->new(name => 'one'), Record->new(name => 'other'));
	($one->{other}, $other->{other}) = ($other, $one);
}
for (1 .. 5) { my $self; $self = sub { return $self }; my @around; @around = (\@around); }

# Devel::MAT's word comes from a child, whose memory is that of the fork.
if (!fork) { Devel::MAT::Dumper::dump($ARGV[0]); exec '/bin/true' }
wait;
$| = 1;
print "ready\n";
sleep 1000;
