# SPDX-License-Identifier: MIT
# The samples as a stranger builds and runs them: beside the tree, by pkg-config, as C and as C++.
TESTS += %D%/samples.py
EXTRA_DIST += %D%/samples.py
EXTRA_DIST += %D%/expected/1-open.out
EXTRA_DIST += %D%/expected/2-types.out
EXTRA_DIST += %D%/expected/3-referrers.out
EXTRA_DIST += %D%/expected/4-chain.out
EXTRA_DIST += %D%/expected/5-cycles.out
EXTRA_DIST += %D%/expected/6-growth.out
EXTRA_DIST += %D%/expected/7-threads.out
EXTRA_DIST += %D%/expected/8-picture.out
EXTRA_DIST += %D%/expected/9-convert.out
