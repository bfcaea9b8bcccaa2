# SPDX-License-Identifier: MIT
# Queries held against the interpreter, and the examples of the manual; speaks TAP.
TESTS += %D%/query.py
EXTRA_DIST += %D%/query.py %D%/program.py %D%/app.py
