# SPDX-License-Identifier: MIT
dist_man_MANS +=
EXTRA_DIST +=
