# SPDX-License-Identifier: MIT
# Leaks of many kinds, and the chain that must be told first for each; speaks TAP.
TESTS += %D%/leaks.py
EXTRA_DIST += %D%/leaks.py %D%/program.py %D%/shop/__init__.py %D%/shop/admin.py %D%/shop/cache.py
EXTRA_DIST += %D%/shop/registry.py %D%/shop/work.py
