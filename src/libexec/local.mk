# SPDX-License-Identifier: MIT
if BUILD_RENDER
pkglibexec_PROGRAMS += refgraph-render
endif
refgraph_render_SOURCES = %D%/render.c
refgraph_render_CPPFLAGS = $(AM_CPPFLAGS) $(GVC_CFLAGS)
refgraph_render_LDADD = $(GVC_LIBS)
