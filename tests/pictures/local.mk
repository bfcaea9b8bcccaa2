# SPDX-License-Identifier: MIT
# That pictures show who holds a leak: their DOT is read.
TESTS += %D%/holders.py
EXTRA_DIST += %D%/holders.py
EXTRA_DIST += %D%/leaks.py
EXTRA_DIST += %D%/leaks.ndjson.xz
