# SPDX-License-Identifier: MIT
# References leaked on purpose, and that refgraph refcounts names exactly these; how deep the stacks
# of values are. All speak TAP. What the matrix asks of every dump is in audits.py.
TESTS += %D%/depths.py %D%/refcounts.py
EXTRA_DIST += %D%/audits.py %D%/depths.py %D%/depths_oracle.py %D%/program.py %D%/refcounts.py

check_PROGRAMS += tests/refcounts/depths
tests_refcounts_depths_SOURCES = %D%/depths.c
tests_refcounts_depths_LDADD = librefgraph_core.la
