# SPDX-License-Identifier: MIT
core_sources += %D%/builder.h
