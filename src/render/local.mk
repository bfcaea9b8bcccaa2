# SPDX-License-Identifier: MIT
core_sources += %D%/number.c
core_sources += %D%/draw.c
core_sources += %D%/json.c
core_sources += %D%/look.c
core_sources += %D%/picture.c
core_sources += %D%/picture.h
core_sources += %D%/sink.c
core_sources += %D%/table.c
core_sources += %D%/text.c
core_sources += %D%/text.h
core_sources += %D%/tree.c

# linked into the command only: the one user of cgraph
dot_sources =
dot_sources += %D%/dot.c
dot_sources += %D%/dot.h
