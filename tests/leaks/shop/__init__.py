# SPDX-License-Identifier: MIT
"""A shop whose modules make one mistake each; which, its comment marked LEAK says."""
