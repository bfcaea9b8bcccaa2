# SPDX-License-Identifier: MIT
# "make bench" measures the command against the interpreter's own pass over the same heap; options in BENCHFLAGS.
EXTRA_DIST += %D%/run.py %D%/nodes.py

# "make bench-retained" measures dominators and retained sizes on graphs of 10 million objects.
EXTRA_PROGRAMS += %D%/retained
tests_bench_retained_SOURCES = %D%/retained.c
tests_bench_retained_LDADD = librefgraph_core.la
CLEANFILES += %D%/retained$(EXEEXT)

bench: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON3) $(srcdir)/tests/bench/run.py $(BENCHFLAGS)

bench-retained: tests/bench/retained
	tests/bench/retained $(BENCHFLAGS)

.PHONY: bench bench-retained
