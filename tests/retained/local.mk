# SPDX-License-Identifier: MIT
# Retained sizes: held against the interpreter, and the forms of the tree of dominators; speaks TAP.
TESTS += %D%/retained.py %D%/flames.py
TESTS += %D%/independent.py
EXTRA_DIST += %D%/retained.py %D%/flames.py %D%/independent.py %D%/program.py
