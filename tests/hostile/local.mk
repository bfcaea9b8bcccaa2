# SPDX-License-Identifier: MIT
# Damaged dumps, and files that are no dumps at all.
TESTS += %D%/dumps.py
EXTRA_DIST += %D%/dumps.py
