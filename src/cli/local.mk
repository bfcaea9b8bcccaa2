# SPDX-License-Identifier: MIT
cli_sources =
cli_sources += %D%/chain.h
cli_sources += %D%/chain_merged.c
cli_sources += %D%/cli.h
cli_sources += %D%/cmd_backrefs.c
cli_sources += %D%/cmd_chain.c
cli_sources += %D%/cmd_completion.c
cli_sources += %D%/cmd_convert.c
cli_sources += %D%/cmd_cycles.c
cli_sources += %D%/cmd_growth.c
cli_sources += %D%/cmd_info.c
cli_sources += %D%/cmd_leaks.c
cli_sources += %D%/cmd_objects.c
cli_sources += %D%/cmd_threads.c
cli_sources += %D%/cmd_refcounts.c
cli_sources += %D%/cmd_retained.c
cli_sources += %D%/cmd_types.c
cli_sources += %D%/command.h
cli_sources += %D%/draw.c
cli_sources += %D%/gate.c
cli_sources += %D%/gate_report.c
cli_sources += %D%/growth.h
cli_sources += %D%/growth_containers.c
cli_sources += %D%/growth_graph.c
cli_sources += %D%/growth_heap.c
cli_sources += %D%/growth_report.c
cli_sources += %D%/growth_survivors.c
cli_sources += %D%/hints.c
cli_sources += %D%/leaks.h
cli_sources += %D%/leaks_baseline.c
cli_sources += %D%/leaks_filter.c
cli_sources += %D%/leaks_report.c
cli_sources += %D%/leaks_words.c
cli_sources += %D%/main.c
cli_sources += %D%/object.c
cli_sources += %D%/objects.h
cli_sources += %D%/objects_groups.c
cli_sources += %D%/objects_one.c
cli_sources += %D%/options.c
cli_sources += %D%/point.c
cli_sources += %D%/progress.c
cli_sources += %D%/query.c
cli_sources += %D%/report.c
cli_sources += %D%/retained.c
cli_sources += %D%/retained_draw.c
cli_sources += %D%/retained_flame.c
cli_sources += %D%/retained.h
cli_sources += %D%/retained_json.c
cli_sources += %D%/retained_text.c
cli_sources += %D%/retained_tree.c
cli_sources += %D%/retained_tree.h
cli_sources += %D%/shell.h
cli_sources += %D%/shell_bash.c
cli_sources += %D%/shell_fish.c
cli_sources += %D%/shell_zsh.c
cli_sources += %D%/select.c
cli_sources += %D%/threads.h
cli_sources += %D%/threads_json.c
cli_sources += %D%/threads_tasks.c
cli_sources += %D%/threads_text.c

bin_PROGRAMS += refgraph
refgraph_SOURCES = $(cli_sources) $(dot_sources)
refgraph_CPPFLAGS = $(AM_CPPFLAGS) $(CGRAPH_CFLAGS) -DPKGLIBEXECDIR='"$(pkglibexecdir)"'
refgraph_LDADD = librefgraph.la $(CGRAPH_LIBS)

# What "refgraph completion SHELL" prints, kept so that an installation needs no run of the command.
bash_completion_dir = $(datadir)/bash-completion/completions
zsh_completiondir = $(datadir)/zsh/site-functions
dist_zsh_completion_DATA = %D%/completions/_refgraph
fish_completiondir = $(datadir)/fish/vendor_completions.d
dist_fish_completion_DATA = %D%/completions/refgraph.fish
EXTRA_DIST += %D%/completions/refgraph.bash

# bash looks for a file called like the command.
install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(bash_completion_dir)'
	$(INSTALL_DATA) '$(srcdir)/%D%/completions/refgraph.bash' '$(DESTDIR)$(bash_completion_dir)/refgraph'

uninstall-local:
	rm -f '$(DESTDIR)$(bash_completion_dir)/refgraph'

# After a change of commands or options.
update-completions: refgraph
	$(AM_V_GEN)./refgraph completion bash >'$(srcdir)/%D%/completions/refgraph.bash' && \
	./refgraph completion zsh >'$(srcdir)/%D%/completions/_refgraph' && \
	./refgraph completion fish >'$(srcdir)/%D%/completions/refgraph.fish'

.PHONY: update-completions
