# SPDX-License-Identifier: MIT
# The allocator's blocks: counted as it counts them, and lost objects found in them; speaks TAP.
TESTS += %D%/blocks.py
EXTRA_DIST += %D%/blocks.py %D%/lost.py %D%/stats.py
