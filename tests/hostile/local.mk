# SPDX-License-Identifier: MIT
# Damaged dumps, and files that are no dumps at all.
if BUILD_COMMAND
TESTS += %D%/dumps.py
endif
EXTRA_DIST += %D%/dumps.py
