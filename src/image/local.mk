# SPDX-License-Identifier: MIT
core_sources += %D%/image.h
