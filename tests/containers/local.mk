# SPDX-License-Identifier: MIT
# Signatures, and which containers grew; speaks TAP.
TESTS += %D%/containers.py %D%/fingerprints.py %D%/signatures.py
EXTRA_DIST += %D%/containers.py %D%/fingerprints.py %D%/program.py %D%/signatures.py
