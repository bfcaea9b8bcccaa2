# SPDX-License-Identifier: MIT
# newest: 5.38
# Objects of feature 'class': fields, ADJUST blocks, inheritance, methods that capture fields.
use v5.38;
use feature 'class';
no warnings 'experimental';
use Oracle;

class Point { field $x :param = 0; field $y :param = 0; field @history; ADJUST { push @history, [$x, $y] }
    method move($dx, $dy) { $x += $dx; $y += $dy; push @history, [$x, $y]; return $self }
    method watcher { return sub { return "$x,$y" } } }
class Point3 :isa(Point) { field $z = 7; field %named = (a => 1); method depth { return $z } }
our @points = map { Point->new(x => $_, y => -$_)->move(1, 1) } 1 .. 30;
push @points, map { Point3->new(x => $_) } 1 .. 10;
my @watchers = map { $_->watcher } @points[0 .. 5];
Oracle::stop();
