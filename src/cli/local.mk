# SPDX-License-Identifier: MIT
cli_sources =
cli_sources += %D%/cli.h
cli_sources += %D%/cmd_backrefs.c
cli_sources += %D%/cmd_chain.c
cli_sources += %D%/cmd_convert.c
cli_sources += %D%/cmd_cycles.c
cli_sources += %D%/cmd_growth.c
cli_sources += %D%/cmd_info.c
cli_sources += %D%/cmd_objects.c
cli_sources += %D%/cmd_types.c
cli_sources += %D%/command.h
cli_sources += %D%/draw.c
cli_sources += %D%/growth.h
cli_sources += %D%/growth_report.c
cli_sources += %D%/main.c
cli_sources += %D%/object.c
cli_sources += %D%/options.c
cli_sources += %D%/report.c

bin_PROGRAMS += refgraph
refgraph_SOURCES = $(cli_sources) $(dot_sources)
refgraph_CPPFLAGS = $(AM_CPPFLAGS) $(CGRAPH_CFLAGS) -DPKGLIBEXECDIR='"$(pkglibexecdir)"'
refgraph_LDADD = librefgraph.la $(CGRAPH_LIBS)
