# SPDX-License-Identifier: MIT
if BUILD_RENDER
pkglibexec_PROGRAMS += refgraph-render
endif
refgraph_render_SOURCES =
refgraph_render_CPPFLAGS = $(AM_CPPFLAGS) $(GVC_CFLAGS)
refgraph_render_LDADD = $(GVC_LIBS)
