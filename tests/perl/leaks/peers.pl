# SPDX-License-Identifier: MIT
# cycles: 200
# path: {peer}
# break: {peer} of HASH(Left) | {peer} of HASH(Right)
# Two objects that know each other, two hundred times.
use strict;
use warnings;
use Leaked;
use Oracle;

package Left { sub new { my ($class, $n) = @_; return bless { name => "left $n", list => [1, 2, $n] }, $class } sub DESTROY { our $gone++ } }
package Right { sub new { my ($class, $n) = @_; return bless { name => "right $n" }, $class } }
for my $n (1 .. 200) {
    my ($left, $right) = (Left->new($n), Right->new($n));
    $left->{peer} = $right;
    $right->{peer} = $left;
    Leaked::note($left, $right);
}
our %alive = map { ($_ => Left->new($_)) } 1 .. 50;
Oracle::stop();
