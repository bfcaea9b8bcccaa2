/* SPDX-License-Identifier: MIT */
/* Completions for zsh: a specification of _arguments for every option. */
#include "cli/shell.h"

/* Quotes in a text between single quotes; and what _arguments would read as its own. */
#define QUOTE "'\\''"
#define IN_BRACKETS "[]\\"
#define IN_MESSAGE ":\\"

static const char head[] =
	"#compdef refgraph\n"
	"# zsh completion for refgraph; printed by \"refgraph completion zsh\"\n"
	"# SPDX-License-Identifier: MIT\n"
	"\n"
	"_refgraph_commands()\n"
	"{\n"
	"    local -a commands=(\n";

static const char middle[] =
	"    )\n"
	"    [[ $words[1] == " SHELL_HELP " ]] ||\n"
	"        commands+=('" SHELL_HELP ":" SHELL_HELP_SUMMARY "')\n"
	"    _describe -t commands command commands\n"
	"}\n"
	"\n"
	"_refgraph()\n"
	"{\n"
	"    local curcontext=$curcontext state line\n"
	"    typeset -A opt_args\n"
	"    _arguments -C \\\n"
	"        '(- *)'{-h,--help}'[what there is]' \\\n"
	"        '(- *)'{-V,--version}'[the version]' \\\n"
	"        '1: :_refgraph_commands' \\\n"
	"        '*:: :->rest' && return 0\n"
	"    [[ $state == rest ]] || return 1\n"
	"    curcontext=\"${curcontext%:*:*}:refgraph-$words[1]:\"\n"
	"    case $words[1] in\n"
	"    help)\n"
	"        _arguments '1: :_refgraph_commands'\n"
	"        ;;\n";

static const char tail[] =
	"    esac\n"
	"}\n"
	"\n"
	"# Loaded by compinit it is called right away, by eval it only makes itself known.\n"
	"if [[ $funcstack[1] == _refgraph ]]; then\n"
	"    _refgraph \"$@\"\n"
	"else\n"
	"    compdef _refgraph refgraph\n"
	"fi\n";

/* ":NAME:what to offer" */
static void put_place(rg_sink *sink, const struct shell_place *place)
{
	rg_sink_puts(sink, ":");
	shell_quoted(sink, place->name, IN_MESSAGE, QUOTE);
	switch (place->kind) {
	case SHELL_FILE:
		rg_sink_puts(sink, ":_files");
		break;
	case SHELL_FOLDER:
		rg_sink_puts(sink, ":_files -/");
		break;
	case SHELL_CHOICE:
		rg_sink_printf(sink, ":(%s)", place->words);
		break;
	case SHELL_ANYTHING:
		rg_sink_puts(sink, ": ");
		break;
	}
}

static void put_option(rg_sink *sink, const struct cli_command *command,
		       const struct cli_option *option)
{
	bool repeated = option->kind == CLI_WORDS;
	const char *long_end = option->argument ? "=" : "";

	rg_sink_puts(sink, " \\\n            '");
	if (option->offset == CLI_FIELD(help) || option->offset == CLI_FIELD(version))
		rg_sink_puts(sink, "(- *)");
	else if (repeated)
		rg_sink_puts(sink, "*");
	else if (option->letter)
		rg_sink_printf(sink, "(-%c --%s)", option->letter, option->name);
	if (option->letter)
		rg_sink_printf(sink, "'{-%c%s,--%s%s}'", option->letter,
			       option->argument ? "+" : "", option->name, long_end);
	else
		rg_sink_printf(sink, "--%s%s", option->name, long_end);
	rg_sink_puts(sink, "[");
	shell_quoted(sink, option->help, IN_BRACKETS, QUOTE);
	rg_sink_puts(sink, "]");
	if (option->argument) {
		struct shell_place place = shell_argument(command, option);

		put_place(sink, &place);
	}
	rg_sink_puts(sink, "'");
}

static void put_command(rg_sink *sink, const struct cli_command *command)
{
	const struct cli_option *option;
	struct shell_place place;

	rg_sink_printf(sink, "    %s)\n        _arguments -s -S", command->name);
	for (size_t i = 0; (option = cli_option_at(command, i)); i++)
		put_option(sink, command, option);
	for (int i = 0; i < 2 && shell_operand(command, i, &place); i++) {
		bool more = i && command->most < 0;

		rg_sink_printf(sink, " \\\n            '%s", more ? "*" : i ? "2" : "1");
		put_place(sink, &place);
		rg_sink_puts(sink, "'");
	}
	rg_sink_puts(sink, "\n        ;;\n");
}

static void put_summary(rg_sink *sink, const char *name, const char *summary)
{
	rg_sink_printf(sink, "        '%s:", name);
	shell_quoted(sink, summary, IN_MESSAGE, QUOTE);
	rg_sink_puts(sink, "'\n");
}

void shell_zsh(rg_sink *sink)
{
	rg_sink_puts(sink, head);
	for (size_t i = 0; cli_command_at(i); i++)
		put_summary(sink, cli_command_at(i)->name, cli_command_at(i)->summary);
	rg_sink_puts(sink, middle);
	for (size_t i = 0; cli_command_at(i); i++)
		put_command(sink, cli_command_at(i));
	rg_sink_puts(sink, tail);
}
