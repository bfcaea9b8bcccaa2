/* SPDX-License-Identifier: MIT */
/* refgraph completion: what shells need to complete the command line. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/shell.h"

static const struct {
	const char *name;
	void (*write)(rg_sink *sink);
} shells[] = {
	{ "bash", shell_bash },
	{ "zsh", shell_zsh },
	{ "fish", shell_fish },
};
#define SHELL_NAMES "bash|zsh|fish"
#define SHELLS (sizeof(shells) / sizeof(shells[0]))

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

/* The words of "a|b|c", blanks between. */
static void take_words(struct shell_place *place, const char *choices, size_t length)
{
	place->kind = SHELL_CHOICE;
	snprintf(place->words, sizeof(place->words), "%.*s", (int)length, choices);
	for (char *at = place->words; (at = strchr(at, '|')); at++)
		*at = ' ';
}

static void take_name(struct shell_place *place, const char *name, size_t length)
{
	static const char *const files[] = { "FILE", "DUMP", NULL };
	static const char *const folders[] = { "DIR", NULL };

	snprintf(place->name, sizeof(place->name), "%.*s", (int)length, name);
	place->kind = is_one_of(place->name, files)     ? SHELL_FILE
		      : is_one_of(place->name, folders) ? SHELL_FOLDER
							: SHELL_ANYTHING;
}

struct shell_place shell_argument(const struct cli_command *command,
				  const struct cli_option *option)
{
	struct shell_place place = { SHELL_ANYTHING, "", "" };

	take_name(&place, option->argument, strlen(option->argument));
	cli_choices(command, option, place.words);
	if (*place.words)
		place.kind = SHELL_CHOICE;
	return place;
}

/* Operands are written as people read them: "DUMP [OBJECT...]"; the last word may go on. */
bool shell_operand(const struct cli_command *command, int index, struct shell_place *ret)
{
	const char *word = command->operands, *last = word;
	size_t length;

	if (command->most >= 0 && index >= command->most)
		return false;
	for (int i = 0; *word && i <= index; i++) {
		last = word + strspn(word, "[ ");
		word = last + strcspn(last, " ");
		word += strspn(word, " ");
	}
	length = strcspn(last, ".] ");
	memset(ret, 0, sizeof(*ret));
	if (memchr(last, '|', length)) {
		snprintf(ret->name, sizeof(ret->name), "word");
		take_words(ret, last, length);
	} else {
		take_name(ret, last, length);
	}
	return true;
}

void shell_quoted(rg_sink *sink, const char *text, const char *specials, const char *quote)
{
	for (; *text; text++) {
		if (*text == '\'') {
			rg_sink_puts(sink, quote);
			continue;
		}
		if (strchr(specials, *text))
			rg_sink_write(sink, "\\", 1);
		rg_sink_write(sink, text, 1);
	}
}

static int run(struct cli *cli)
{
	const char *name = cli->operands[0];
	int status;

	for (size_t i = 0; i < SHELLS; i++) {
		if (strcmp(name, shells[i].name))
			continue;
		status = cli_open(cli);
		if (!status)
			shells[i].write(cli->sink);
		return status;
	}
	cli_say("completion: takes one of " SHELL_NAMES ", not '%s'", name);
	return CLI_TROUBLE;
}

const struct cli_command cli_completion = {
	.name = "completion",
	.operands = SHELL_NAMES,
	.summary = "what a shell needs to complete refgraph's command lines",
	.text = "Prints completions for a shell. An installed refgraph has them in place already;\n"
		"for another one: eval \"$(refgraph completion bash)\", the same with zsh, or\n"
		"refgraph completion fish | source.",
	.least = 1,
	.most = 1,
	.run = run,
};
