# SPDX-License-Identifier: MIT
# Signatures, and which containers grew; speaks TAP.
TESTS += %D%/signatures.py
EXTRA_DIST += %D%/signatures.py
