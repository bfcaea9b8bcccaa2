# SPDX-License-Identifier: MIT
core_sources += %D%/attribute.c
core_sources += %D%/convert.c
core_sources += %D%/dump.c
core_sources += %D%/session.h
