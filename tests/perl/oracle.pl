# SPDX-License-Identifier: MIT
# What Devel::MAT says of a dump, through its own modules alone: a line for each SV in no order,
#
#     SV address type refcount size address-of-its-class class
#     REF from to strong|weak
#
# The immortal undef, true and false are in no arena, so have no line, but references lead to them.
use strict;
use warnings;
use Devel::MAT;
use Devel::MAT::Dumpfile;
use Devel::MAT::Cmd::Terminal;

no warnings 'experimental';
local $SIG{__WARN__} = sub { print STDERR @_ unless $_[0] =~ /experimental/ };

# Its reader drops the last bytes of a float where they are 0, as those of DBL_MIN are, and then
# takes the scalar for an undefined one; so whether there is a value is taken from the same flags.
# A sub is said to refer to any glob that it is found in, for its name's sake: left out, so that the
# pointer that the dump has of it stays.
my %has_value;
{
    no warnings 'redefine';
    *Devel::MAT::SV::GLOB::_fixup = sub { };
    my $load = \&Devel::MAT::SV::SCALAR::load;
    *Devel::MAT::SV::SCALAR::load = sub {
        my ($self, $header) = @_;
        $has_value{ $self->addr } = 1 if unpack("C", $header) & 0x0d;
        goto &$load;
    };
}
my $dump = Devel::MAT::Dumpfile->load($ARGV[0]);

printf "PERL %s %s\n", $dump->perlversion, $dump->ithreads ? "threads" : "nothreads";
for my $sv ($dump->heap) {
    my $type = $sv->type;
    $type = "SCALAR" if $type eq "UNDEF" and $has_value{ $sv->addr };
    my $class = $type eq "C_STRUCT" ? undef : $sv->blessed;
    my $name = $class ? $class->can("stashname") ? $class->stashname : "?" : "";
    printf "SV %x %s %d %d %x %s\n", $sv->addr, $type, $sv->refcnt, $sv->size,
        $class ? $class->addr : 0, $name // "__ANON__";
    for my $method (qw(strong weak)) {
        my $list = "outrefs_$method";
        my @refs = eval { $sv->$list(1) };
        while (my ($strength, $to) = splice @refs, 0, 2) {
            # Values that local has put aside come in both lists, as what they are not.
            next if $strength ne $method;
            printf "REF %x %x %s\n", $sv->addr, $to->addr, $strength;
        }
    }
}
