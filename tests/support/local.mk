# SPDX-License-Identifier: MIT
# What unit tests share: synthesised cores and graphs, brute-force oracles.
support_sources +=
