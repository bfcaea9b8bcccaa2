# SPDX-License-Identifier: MIT
core_sources += %D%/cpython.h
core_sources += %D%/layout.h
