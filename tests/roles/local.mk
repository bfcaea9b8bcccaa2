# SPDX-License-Identifier: MIT
# What objects are for, held against the interpreter; speaks TAP.
TESTS += %D%/roles.py
EXTRA_DIST += %D%/roles.py %D%/program.py
