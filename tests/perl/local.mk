# SPDX-License-Identifier: MIT
# Perl: its own dumper is the oracle, in the same process at the same moment; each speaks TAP.
EXTRA_DIST += %D%/fetch-perls.sh
