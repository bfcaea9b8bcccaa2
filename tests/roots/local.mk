# SPDX-License-Identifier: MIT
# Every place that owns an object is a root by name; speaks TAP.
TESTS += %D%/roots.py
EXTRA_DIST += %D%/roots.py %D%/holder.py
