# SPDX-License-Identifier: MIT
# The recipes of docs/taking-a-dump.md, taken from the page and run.
TESTS += %D%/recipes.py
EXTRA_DIST += %D%/recipes.py
EXTRA_DIST += %D%/container.sh
EXTRA_DIST += %D%/program.py
