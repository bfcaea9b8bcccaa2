/* SPDX-License-Identifier: MIT */
/* The command line: which command, and what holds for all of them. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/command.h"

static const struct cli_command *const commands[] = {
	&cli_info,
	&cli_types,
	&cli_growth,
	&cli_cycles,
	&cli_backrefs,
	&cli_refs,
	&cli_chain,
	&cli_objects_command,
	&cli_retained,
	&cli_leaks,
	&cli_threads,
	&cli_refcounts,
	&cli_convert,
	&cli_completion,
};

const struct cli_command *cli_command_at(size_t index)
{
	return index < sizeof(commands) / sizeof(commands[0]) ? commands[index] : NULL;
}

static void put_commands(rg_sink *sink)
{
	rg_sink_puts(sink,
		     "refgraph COMMAND [options] DUMP...\n"
		     "What a reference-counted program's heap holds, what grew, what leaks,\n"
		     "and who holds it, from a core or a portable dump alone.\n"
		     "\nCommands:\n");
	for (size_t i = 0; cli_command_at(i); i++)
		rg_sink_printf(sink, "  %-10s  %s\n", cli_command_at(i)->name,
			       cli_command_at(i)->summary);
	rg_sink_puts(sink,
		     "\nObjects are named 0xADDRESS, TYPE (all of it), TYPE#N or TYPE#largest.\n"
		     "gcore PID takes a dump; docs/taking-a-dump.md has other ways. "
		     "Begin with info.\n"
		     "refgraph COMMAND --help explains a command, refgraph(1) everything.\n");
}

static void put_version(rg_sink *sink)
{
	rg_sink_puts(sink, "refgraph " PACKAGE_VERSION "\n");
}

/* Writes help or version to standard output. */
static int show(struct cli *cli, bool version)
{
	int status = cli_open(cli);

	if (status)
		return status;
	if (version)
		put_version(cli->sink);
	else if (cli->command)
		cli_help(cli->command, cli->sink);
	else
		put_commands(cli->sink);
	return cli_close(cli, CLI_OK);
}

static const struct cli_command *find_command(const char *word)
{
	const char *best = NULL;
	size_t closest = 3;

	for (size_t i = 0; cli_command_at(i); i++) {
		size_t distance = cli_distance(word, cli_command_at(i)->name, 2);

		if (!distance)
			return cli_command_at(i);
		if (distance < closest) {
			closest = distance;
			best = cli_command_at(i)->name;
		}
	}
	if (best)
		cli_say("unknown command '%s'; did you mean %s?", word, best);
	else
		cli_say("unknown command '%s'; refgraph --help lists them", word);
	return NULL;
}

static bool is_ascii_only(void)
{
	const char *codeset;

	setlocale(LC_CTYPE, "");
	codeset = nl_langinfo(CODESET);
	/* The C locale says nothing about the terminal, and nearly all are UTF-8. */
	return strcmp(codeset, "UTF-8") != 0 && strcmp(codeset, "ANSI_X3.4-1968") != 0 &&
	       strcmp(codeset, "US-ASCII") != 0;
}

/* What the place where results go can show. */
static void look_at_terminal(struct cli *cli)
{
	bool terminal = !cli->options.output && isatty(STDOUT_FILENO);
	const char *columns = getenv("COLUMNS"), *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	struct winsize size;

	cli->color = cli->options.color == 1 ||
		     (cli->options.color == 0 && terminal && (!no_color || !*no_color) &&
		      term && strcmp(term, "dumb") != 0);
	if (terminal) {
		long given = columns ? strtol(columns, NULL, 10) : 0;

		cli->width = 80;
		if (given >= 20 && given <= 10000)
			cli->width = (size_t)given;
		else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
			cli->width = size.ws_col;
	}
	cli->ascii = is_ascii_only();
	cli->dot = cli->ascii ? " - " : " \u00b7 ";
}

static void set_defaults(struct cli *cli)
{
	cli->options.labels = cli->command->labels;
	cli->options.format = -1;
	cli->options.limit = 20;
	cli->options.chains = 1;
	cli->options.depth = 3;
	cli->options.limit_nodes = 150;
	cli->options.share = UINT64_MAX;
}

static int run(struct cli *cli, int argc, char **argv)
{
	int status;

	set_defaults(cli);
	if (!cli_parse(cli, argc, argv))
		return CLI_TROUBLE;
	if (cli->options.help || cli->options.version) {
		cli->options.output = NULL;
		return show(cli, !cli->options.help);
	}
	look_at_terminal(cli);
	status = cli->command->run(cli);
	cli_select_close(cli, status);
	return cli_close(cli, status);
}

int main(int argc, char **argv)
{
	struct cli cli;
	int status;

	memset(&cli, 0, sizeof(cli));
	/* Past ulimit -f a write is to fail, and the failure to be said, as on a full disk. */
	signal(SIGXFSZ, SIG_IGN);
	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    (!strcmp(argv[1], "help") && argc == 2))
		return show(&cli, false);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return show(&cli, true);
	if (!strcmp(argv[1], "help")) {
		cli.command = find_command(argv[2]);
		return cli.command ? show(&cli, false) : CLI_TROUBLE;
	}
	if (argv[1][0] == '-') {
		cli_say("a command comes first, then its options: refgraph --help lists both");
		return CLI_TROUBLE;
	}
	cli.command = find_command(argv[1]);
	if (!cli.command)
		return CLI_TROUBLE;
	status = run(&cli, argc - 1, argv + 1);
	cli_options_free(&cli.options);
	/* What a file system could not store late, it says here. */
	if (close(STDOUT_FILENO) < 0 && errno != EBADF && status != CLI_TROUBLE) {
		cli_say("standard output: cannot write to it");
		status = CLI_TROUBLE;
	}
	return status;
}
