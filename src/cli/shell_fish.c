/* SPDX-License-Identifier: MIT */
/* Completions for fish: a line for every option, valid for its command alone. */
#include "cli/shell.h"

#define QUOTE "\\'"
#define IN_QUOTES "\\"

static const char head[] =
	"# fish completion for refgraph; printed by \"refgraph completion fish\"\n"
	"# SPDX-License-Identifier: MIT\n"
	"\n"
	"# Whether the words so far are: refgraph COMMAND ...\n"
	"function __refgraph_is -a command\n"
	"    set -l words (commandline -opc)\n"
	"    test (count $words) -gt 1; and test \"$words[2]\" = $command\n"
	"end\n"
	"\n"
	"# Whether no command stands there yet.\n"
	"function __refgraph_has_none\n"
	"    test (count (commandline -opc)) -eq 1\n"
	"end\n"
	"\n"
	"# Whether operand PLACE of COMMAND comes next, \"2\" for any after the first; the other\n"
	"# arguments are its options that take something.\n"
	"function __refgraph_at -a command place\n"
	"    __refgraph_is $command; or return 1\n"
	"    set -l words (commandline -opc)\n"
	"    set -l count 1\n"
	"    set -l skip no\n"
	"    set -e words[1..2]\n"
	"    for word in $words\n"
	"        if test $skip = yes\n"
	"            set skip no\n"
	"        else if contains -- $word $argv[3..-1]\n"
	"            set skip yes\n"
	"        else if not string match -q -- '-?*' $word\n"
	"            set count (math $count + 1)\n"
	"        end\n"
	"    end\n"
	"    test $skip = no; and test (math min $count, 2) = $place\n"
	"end\n"
	"\n"
	"complete -c refgraph -f\n"
	"complete -c refgraph -n __refgraph_has_none -s h -l help -d 'what there is'\n"
	"complete -c refgraph -n __refgraph_has_none -s V -l version -d 'the version'\n";

static void put_text(rg_sink *sink, const char *before, const char *text)
{
	rg_sink_printf(sink, " %s '", before);
	shell_quoted(sink, text, IN_QUOTES, QUOTE);
	rg_sink_puts(sink, "'");
}

/* What is offered in one place; @required: of an option that takes something. */
static void put_place(rg_sink *sink, const struct shell_place *place, bool required)
{
	switch (place->kind) {
	case SHELL_FILE:
		rg_sink_puts(sink, required ? " -r -F" : " -F");
		break;
	case SHELL_FOLDER:
		rg_sink_puts(sink, required ? " -x" : "");
		put_text(sink, "-a", "(__fish_complete_directories)");
		break;
	case SHELL_CHOICE:
		rg_sink_puts(sink, required ? " -x" : "");
		put_text(sink, "-a", place->words);
		break;
	case SHELL_ANYTHING:
		rg_sink_puts(sink, required ? " -x" : "");
		break;
	}
}

static void put_option(rg_sink *sink, const struct cli_command *command,
		       const struct cli_option *option)
{
	rg_sink_printf(sink, "complete -c refgraph -n '__refgraph_is %s'", command->name);
	if (option->letter)
		rg_sink_printf(sink, " -s %c", option->letter);
	rg_sink_printf(sink, " -l %s", option->name);
	if (option->argument) {
		struct shell_place place = shell_argument(command, option);

		put_place(sink, &place, true);
	}
	put_text(sink, "-d", option->help);
	rg_sink_puts(sink, "\n");
}

static void put_operand(rg_sink *sink, const struct cli_command *command, int index)
{
	const struct cli_option *option;
	struct shell_place place;

	if (!shell_operand(command, index, &place) || place.kind == SHELL_ANYTHING)
		return;
	rg_sink_printf(sink, "complete -c refgraph -n '__refgraph_at %s %d", command->name,
		       index + 1);
	for (size_t i = 0; (option = cli_option_at(command, i)); i++) {
		if (!option->argument)
			continue;
		if (option->letter)
			rg_sink_printf(sink, " -%c", option->letter);
		rg_sink_printf(sink, " --%s", option->name);
	}
	rg_sink_puts(sink, "'");
	put_place(sink, &place, false);
	rg_sink_puts(sink, "\n");
}

static void put_command(rg_sink *sink, const char *condition, const char *name,
			const char *summary)
{
	rg_sink_printf(sink, "complete -c refgraph -n %s -a %s", condition, name);
	put_text(sink, "-d", summary);
	rg_sink_puts(sink, "\n");
}

void shell_fish(rg_sink *sink)
{
	const struct cli_command *command;
	const struct cli_option *option;

	rg_sink_puts(sink, head);
	for (size_t i = 0; (command = cli_command_at(i)); i++)
		put_command(sink, "__refgraph_has_none", command->name, command->summary);
	put_command(sink, "__refgraph_has_none", SHELL_HELP, SHELL_HELP_SUMMARY);
	for (size_t i = 0; (command = cli_command_at(i)); i++)
		put_command(sink, "'__refgraph_at help 1'", command->name, command->summary);
	for (size_t i = 0; (command = cli_command_at(i)); i++) {
		rg_sink_puts(sink, "\n");
		for (size_t k = 0; (option = cli_option_at(command, k)); k++)
			put_option(sink, command, option);
		for (int k = 0; k < 2; k++)
			put_operand(sink, command, k);
	}
}
