/* SPDX-License-Identifier: MIT */
/*
 * Completions for bash.  They need no bash-completion package.  Files are left
 * to readline (an empty answer), which knows how to quote them.
 */
#include "cli/shell.h"

static const char head[] =
	"# bash completion for refgraph; printed by \"refgraph completion bash\"\n"
	"# SPDX-License-Identifier: MIT\n"
	"\n"
	"# The options of a command, those with an argument, and its operands: a kind each, the\n"
	"# last of which goes on if it ends in \"...\".\n"
	"_refgraph_command()\n"
	"{\n"
	"    case $1 in\n";

static const char middle[] =
	"    *) return 1 ;;\n"
	"    esac\n"
	"}\n"
	"\n"
	"# What follows an option of a command: a kind, or words to choose from.\n"
	"_refgraph_argument()\n"
	"{\n"
	"    case $1,$2 in\n";

static const char tail[] =
	"    *) place=anything ;;\n"
	"    esac\n"
	"}\n"
	"\n"
	"_refgraph()\n"
	"{\n"
	"    local commands='";

static const char body[] =
	"'\n"
	"    local cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}\n"
	"    local options arguments operands place word i count=0 only_operands=\n"
	"    local -a kinds\n"
	"    COMPREPLY=()\n"
	"    if ((COMP_CWORD == 1)); then\n"
	"        place=\"$commands help --help --version\"\n"
	"    elif [[ $command == help ]]; then\n"
	"        place=anything\n"
	"        ((COMP_CWORD > 2)) || place=$commands\n"
	"    else\n"
	"        _refgraph_command \"$command\" || return 0\n"
	"        # \"--name=value\" comes as three words, and as two while there is no value.\n"
	"        for ((i = 2; i < COMP_CWORD; i++)); do\n"
	"            word=${COMP_WORDS[i]}\n"
	"            place=\n"
	"            if [[ $only_operands || $word != -?* ]]; then\n"
	"                ((count++))\n"
	"            elif [[ $word == -- ]]; then\n"
	"                only_operands=yes\n"
	"            elif [[ \" $arguments \" == *\" $word \"* ]]; then\n"
	"                [[ ${COMP_WORDS[i + 1]} != = ]] || ((i++))\n"
	"                ((i++))\n"
	"                ((i < COMP_CWORD)) || _refgraph_argument \"$command\" \"$word\"\n"
	"            fi\n"
	"        done\n"
	"        [[ $cur != = ]] || cur=\n"
	"        if [[ ! $place && ! $only_operands && $cur == -* ]]; then\n"
	"            place=$options\n"
	"        elif [[ ! $place ]]; then\n"
	"            IFS=, read -r -a kinds <<<\"$operands\"\n"
	"            i=$((count < ${#kinds[@]} ? count : ${#kinds[@]} - 1))\n"
	"            place=${kinds[i]}\n"
	"            [[ $count == \"$i\" || $place == *... ]] || place=anything\n"
	"            place=${place%...}\n"
	"        fi\n"
	"    fi\n"
	"    case $place in\n"
	"    file) ;;\n"
	"    folder) compopt -o dirnames +o default 2>/dev/null ;;\n"
	"    anything) compopt +o default 2>/dev/null ;;\n"
	"    *)\n"
	"        mapfile -t COMPREPLY < <(compgen -W \"$place\" -- \"$cur\")\n"
	"        ((${#COMPREPLY[@]})) || compopt +o default 2>/dev/null\n"
	"        ;;\n"
	"    esac\n"
	"}\n"
	"\n"
	"complete -o default -F _refgraph refgraph\n";

static void put_place(rg_sink *sink, const struct shell_place *place)
{
	static const char *const kinds[] = {
		[SHELL_ANYTHING] = "anything", [SHELL_FILE] = "file", [SHELL_FOLDER] = "folder",
	};

	rg_sink_puts(sink, place->kind == SHELL_CHOICE ? place->words : kinds[place->kind]);
}

/* The names of the options of @command, or of those among them that take an argument. */
static void put_names(rg_sink *sink, const struct cli_command *command, bool with_argument)
{
	const struct cli_option *option;
	const char *blank = "";

	for (size_t i = 0; (option = cli_option_at(command, i)); i++) {
		if (with_argument && !option->argument)
			continue;
		if (option->letter) {
			rg_sink_printf(sink, "%s-%c", blank, option->letter);
			blank = " ";
		}
		rg_sink_printf(sink, "%s--%s", blank, option->name);
		blank = " ";
	}
}

static void put_command(rg_sink *sink, const struct cli_command *command)
{
	struct shell_place place;

	rg_sink_printf(sink, "    %s)\n        options='", command->name);
	put_names(sink, command, false);
	rg_sink_puts(sink, "'\n        arguments='");
	put_names(sink, command, true);
	rg_sink_puts(sink, "'\n        operands='");
	for (int i = 0; i < 2 && shell_operand(command, i, &place); i++) {
		rg_sink_puts(sink, i ? "," : "");
		put_place(sink, &place);
		rg_sink_puts(sink, i && command->most < 0 ? "..." : "");
	}
	rg_sink_puts(sink, "'\n        ;;\n");
}

static void put_arguments(rg_sink *sink, const struct cli_command *command)
{
	const struct cli_option *option;

	for (size_t i = 0; (option = cli_option_at(command, i)); i++) {
		struct shell_place place;

		if (!option->argument)
			continue;
		place = shell_argument(command, option);
		rg_sink_printf(sink, "    %s,--%s", command->name, option->name);
		if (option->letter)
			rg_sink_printf(sink, " | %s,-%c", command->name, option->letter);
		rg_sink_puts(sink, ") place='");
		put_place(sink, &place);
		rg_sink_puts(sink, "' ;;\n");
	}
}

void shell_bash(rg_sink *sink)
{
	rg_sink_puts(sink, head);
	for (size_t i = 0; cli_command_at(i); i++)
		put_command(sink, cli_command_at(i));
	rg_sink_puts(sink, middle);
	for (size_t i = 0; cli_command_at(i); i++)
		put_arguments(sink, cli_command_at(i));
	rg_sink_puts(sink, tail);
	for (size_t i = 0; cli_command_at(i); i++)
		rg_sink_printf(sink, "%s%s", i ? " " : "", cli_command_at(i)->name);
	rg_sink_puts(sink, body);
}
