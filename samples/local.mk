# SPDX-License-Identifier: MIT
dist_noinst_SCRIPTS += %D%/demo.sh
EXTRA_DIST += %D%/leaky.py
