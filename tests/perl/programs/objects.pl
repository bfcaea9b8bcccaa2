# SPDX-License-Identifier: MIT
# Blessed things of every kind: hashes, arrays, scalars, code, globs, regular expressions; DESTROY,
# inheritance both ways, overloading, AUTOLOAD, can, SUPER, accessors made at run time, reblessing.
use strict;
use warnings;
use mro;
use Oracle;

package Animal {
    my $born = 0;
    sub new { my ($class, %args) = @_; return bless { %args, number => ++$born }, $class }
    sub name { $_[0]{name} }
    sub DESTROY { $born-- }
}
package Dog { our @ISA = 'Animal'; sub speak { return "woof" . $_[0]->SUPER::name() } }
package Base3 { use mro 'c3'; sub hello { "base" } }
package Left3 { use mro 'c3'; our @ISA = 'Base3'; sub hello { "left" . $_[0]->next::method } }
package Right3 { use mro 'c3'; our @ISA = 'Base3'; sub hello { "right" . $_[0]->next::method } }
package Both3 { use mro 'c3'; our @ISA = qw(Left3 Right3); sub hello { "both" . $_[0]->next::method } }
package Number { use overload '+' => \&add, '""' => sub { ${ $_[0] } }, '==' => sub { 1 }, fallback => 1;
    sub new { my $v = $_[1]; return bless \$v, $_[0] } sub add { Number->new(${ $_[0] } + ${ $_[1] }) } }
package Auto { our $AUTOLOAD; sub new { bless [], shift } sub AUTOLOAD { my $n = $AUTOLOAD =~ s/.*:://r; return if $n eq "DESTROY"; push @{ $_[0] }, $n } }
package Handle { sub new { my $class = shift; open my $fh, "<", $0 or die; return bless $fh, $class } sub DESTROY { close $_[0] } }
package main;

our @zoo = map { Animal->new(name => "a$_", friends => []) } 1 .. 40;
push @zoo, map { Dog->new(name => "d$_", owner => { name => "o$_" }) } 1 .. 40;
push @{ $zoo[$_]{friends} }, $zoo[$_ + 1] for 0 .. 20;
$_->speak for grep { $_->isa('Dog') } @zoo;
my $both = bless [], 'Both3';
$both->hello;
my $sum = Number->new(0);
$sum = $sum + Number->new($_) for 1 .. 10;
my $auto = Auto->new;
$auto->$_ for qw(one two three);
my @others = (bless(sub { 1 }, 'Code'), bless(qr/x/, 'Pattern'), bless(\my $s, 'Scalar'), bless(\*FOO, 'Glob'), Handle->new);
for my $field (qw(colour size weight)) { no strict 'refs'; *{"Dog::$field"} = sub { $_[0]{$field} } }
$zoo[-1]->colour;
bless $zoo[3], 'Dog';
{ my $short = Animal->new(name => "short") }
our %registry = map { ($_->name => $_) } @zoo;
undef @zoo[5 .. 8];
package Stopper { sub DESTROY { Oracle::stop() } }
{ my $last = bless { why => "in DESTROY" }, 'Stopper' }
