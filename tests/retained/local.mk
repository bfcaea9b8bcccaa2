# SPDX-License-Identifier: MIT
# Retained sizes: held against the interpreter, and the forms of the tree of dominators; speaks TAP.
TESTS += %D%/retained.py %D%/flames.py
TESTS += %D%/independent.py
EXTRA_DIST += %D%/retained.py %D%/flames.py %D%/independent.py %D%/oracle.py
EXTRA_DIST += %D%/programs/arrays.py %D%/programs/functions.py %D%/programs/objects.py
EXTRA_DIST += %D%/programs/running.py %D%/programs/structures.py
