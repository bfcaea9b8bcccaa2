# SPDX-License-Identifier: MIT
# Signatures, and which containers grew; speaks TAP.
TESTS += %D%/containers.py %D%/signatures.py
EXTRA_DIST += %D%/containers.py %D%/program.py %D%/signatures.py
