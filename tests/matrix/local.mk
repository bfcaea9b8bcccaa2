# SPDX-License-Identifier: MIT
# The interpreter matrix: run by tests/run.sh, not by "make check".
EXTRA_DIST +=
