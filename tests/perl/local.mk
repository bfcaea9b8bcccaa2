# SPDX-License-Identifier: MIT
# Perl: its own dumper is the oracle, in the same process at the same moment; each speaks TAP.
TESTS += %D%/cycles.py %D%/matrix.py
EXTRA_DIST += %D%/compare.py %D%/cycles.py %D%/fetch-perls.sh %D%/lib/Leaked.pm %D%/lib/Oracle.pm \
	%D%/matrix.py %D%/oracle.pl %D%/perls.py
EXTRA_DIST += %D%/programs/ack.pl
EXTRA_DIST += %D%/programs/class.pl
EXTRA_DIST += %D%/programs/closures.pl
EXTRA_DIST += %D%/programs/evals.pl
EXTRA_DIST += %D%/programs/exiftool.pl
EXTRA_DIST += %D%/programs/formats.pl
EXTRA_DIST += %D%/programs/frames.pl
EXTRA_DIST += %D%/programs/garbage.pl
EXTRA_DIST += %D%/programs/mojo.pl
EXTRA_DIST += %D%/programs/nested.pl
EXTRA_DIST += %D%/programs/objects.pl
EXTRA_DIST += %D%/programs/perltidy.pl
EXTRA_DIST += %D%/programs/regex.pl
EXTRA_DIST += %D%/programs/scalars.pl
EXTRA_DIST += %D%/programs/threads.pl
EXTRA_DIST += %D%/programs/tied.pl
EXTRA_DIST += %D%/programs/weak.pl
EXTRA_DIST += %D%/leaks/arrays.pl
EXTRA_DIST += %D%/leaks/closures.pl
EXTRA_DIST += %D%/leaks/handlers.pl
EXTRA_DIST += %D%/leaks/itself.pl
EXTRA_DIST += %D%/leaks/none.pl
EXTRA_DIST += %D%/leaks/peers.pl
EXTRA_DIST += %D%/leaks/recursive.pl
EXTRA_DIST += %D%/leaks/tree.pl
EXTRA_DIST += %D%/leaks/perltidy.pl
