# SPDX-License-Identifier: MIT
# C extension types with random layouts: what is inferred of them; speaks TAP.
TESTS += %D%/inference.py
EXTRA_DIST += %D%/generate.py %D%/inference.py %D%/program.py
