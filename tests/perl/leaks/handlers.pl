# SPDX-License-Identifier: MIT
# cycles: 200
# path: captured $widget
# break: {on_click} of HASH(Widget) | captured $widget of CODE
# extra: yes
# An object with a handler that captured the object.
use strict;
use warnings;
use Leaked;
use Oracle;

package Widget { sub new { my ($class, %args) = @_; return bless {%args}, $class } sub on { my ($self, $event, $sub) = @_; $self->{"on_$event"} = $sub; return $self } }
sub make {
    my ($n) = @_;
    my $widget = Widget->new(label => "button $n");
    $widget->on(click => sub { return $widget->{label} });
    Leaked::note($widget);
    return;
}
make($_) for 1 .. 200;
Oracle::stop();
