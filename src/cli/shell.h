/* SPDX-License-Identifier: MIT */
/*
 * Completions: what a shell can complete on the command line, out of the tables
 * that the command itself parses with; and one writer a shell.
 */
#ifndef REFGRAPH_CLI_SHELL_H
#define REFGRAPH_CLI_SHELL_H

#include "cli/cli.h"

enum shell_kind {
	SHELL_ANYTHING, /* numbers, patterns, objects: nothing to offer */
	SHELL_FILE,
	SHELL_FOLDER,
	SHELL_CHOICE,   /* one of the words */
};

/* What may stand in one place. */
struct shell_place {
	enum shell_kind kind;
	char name[32];                /* what the help calls it */
	char words[CLI_CHOICES_SIZE]; /* blanks between */
};

/* `refgraph help` takes a command; it stands in no table, for it is none. */
#define SHELL_HELP "help"
#define SHELL_HELP_SUMMARY "explain a command"

/* shell_argument - what follows an option that takes something. */
struct shell_place shell_argument(const struct cli_command *command,
				  const struct cli_option *option);
/* shell_operand - what operand @index is, from 0; false: there is none so late. */
bool shell_operand(const struct cli_command *command, int index, struct shell_place *ret);
/* shell_quoted - writes @text with a backslash before each of @specials, and @quote for '. */
void shell_quoted(rg_sink *sink, const char *text, const char *specials, const char *quote);

void shell_bash(rg_sink *sink);
void shell_zsh(rg_sink *sink);
void shell_fish(rg_sink *sink);

#endif
