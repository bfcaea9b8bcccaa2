# SPDX-License-Identifier: MIT
cli_sources =

if BUILD_COMMAND
bin_PROGRAMS += refgraph
endif
refgraph_SOURCES = $(cli_sources) $(dot_sources)
refgraph_CPPFLAGS = $(AM_CPPFLAGS) $(CGRAPH_CFLAGS) -DPKGLIBEXECDIR='"$(pkglibexecdir)"'
refgraph_LDADD = librefgraph.la $(CGRAPH_LIBS)
