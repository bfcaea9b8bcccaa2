# SPDX-License-Identifier: MIT
# Test scripts that compare what the command prints; each speaks TAP.
TESTS +=
EXTRA_DIST +=
