# SPDX-License-Identifier: MIT
# References leaked on purpose, and that refgraph refcounts names exactly these; speaks TAP.
TESTS += %D%/refcounts.py
EXTRA_DIST += %D%/program.py %D%/refcounts.py
