# SPDX-License-Identifier: MIT
# Processes dumped at random moments: ten here; `busy.py --count 200` for all. Speaks TAP.
TESTS += %D%/busy.py
EXTRA_DIST += %D%/busy.py %D%/pools.py %D%/program.py
