# SPDX-License-Identifier: MIT
# cycles: 300
# Scalars, arrays and hashes that hold themselves.
use strict;
use warnings;
use Leaked;
use Oracle;

for (1 .. 100) { my $x; $x = \$x; Leaked::note(\$x) }
for (1 .. 100) { my $list = [1, 2]; push @$list, $list; Leaked::note($list) }
for (1 .. 100) { my $table = { n => $_ }; $table->{me} = $table; Leaked::note($table) }
Oracle::stop();
