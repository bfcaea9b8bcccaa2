# SPDX-License-Identifier: MIT
pkginclude_HEADERS += %D%/refgraph/analysis.h
pkginclude_HEADERS += %D%/refgraph/error.h
pkginclude_HEADERS += %D%/refgraph/dump.h
pkginclude_HEADERS += %D%/refgraph/graph.h
pkginclude_HEADERS += %D%/refgraph/output.h
pkginclude_HEADERS += %D%/refgraph/picture.h
pkginclude_HEADERS += %D%/refgraph/refgraph.h
