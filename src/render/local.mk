# SPDX-License-Identifier: MIT

# linked into the command only: the one user of cgraph
dot_sources =
