# SPDX-License-Identifier: MIT
# "make bench" measures the command against the interpreter's own pass over the same heap; options in BENCHFLAGS.
EXTRA_DIST += %D%/run.py %D%/nodes.py

# "make bench-perl" measures it against Devel::MAT over the same Perl heap.
EXTRA_DIST += %D%/perl.py

# "make bench-retained" measures dominators and retained sizes on graphs of 10 million objects.
EXTRA_PROGRAMS += %D%/retained
tests_bench_retained_SOURCES = %D%/retained.c %D%/shapes.c %D%/shapes.h
tests_bench_retained_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_bench_retained_LDADD = librefgraph_core.la
CLEANFILES += %D%/retained$(EXEEXT)

# "make bench-chains" shows that chains, merged ones and cycles are linear.
EXTRA_PROGRAMS += %D%/chains
tests_bench_chains_SOURCES = %D%/chains.c %D%/shapes.c %D%/shapes.h
tests_bench_chains_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_bench_chains_LDADD = librefgraph_core.la
CLEANFILES += %D%/chains$(EXEEXT)

bench: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON3) $(srcdir)/tests/bench/run.py $(BENCHFLAGS)

bench-perl: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON3) $(srcdir)/tests/bench/perl.py $(BENCHFLAGS)

bench-retained: tests/bench/retained
	tests/bench/retained $(BENCHFLAGS)

bench-chains: tests/bench/chains
	tests/bench/chains $(BENCHFLAGS)

.PHONY: bench bench-chains bench-perl bench-retained
