# SPDX-License-Identifier: MIT
core_sources += %D%/runtime.c
core_sources += %D%/runtime.h

include %D%/cpython/local.mk
include %D%/perl/local.mk
