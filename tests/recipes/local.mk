# SPDX-License-Identifier: MIT
# The recipes of docs/taking-a-dump.md and the stories of docs/tour.md, taken from the pages and run.
TESTS += %D%/recipes.py
TESTS += %D%/tour.py
EXTRA_DIST += %D%/recipes.py
EXTRA_DIST += %D%/tour.py
EXTRA_DIST += %D%/container.sh
EXTRA_DIST += %D%/program.py
