# SPDX-License-Identifier: MIT
# What is said when something is missing, cut off or in the way; each speaks TAP.
TESTS += %D%/cuts.py
TESTS += %D%/real.py
TESTS += %D%/words.py
EXTRA_DIST += %D%/cuts.py %D%/real.py %D%/support.py %D%/words.py
