# SPDX-License-Identifier: MIT
core_sources += %D%/convert.c
core_sources += %D%/dump.c
