# SPDX-License-Identifier: MIT
# "make bench" measures the command against the interpreter's own pass over the same heap; options in BENCHFLAGS.
EXTRA_DIST += %D%/run.py %D%/nodes.py

bench: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON3) $(srcdir)/tests/bench/run.py $(BENCHFLAGS)

.PHONY: bench
