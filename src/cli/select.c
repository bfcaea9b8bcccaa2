/* SPDX-License-Identifier: MIT */
/*
 * Types by where they come from: --module and --no-stdlib, what to say of a
 * module that nobody has, and the blocks of a table on a terminal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

#define MOST_NEAR 3
#define NAME_SIZE 128

/* What is known of one --module: whether a dump has it, else which come near. */
struct cli_near {
	bool found;
	const char *module; /* what that is called there */
	size_t scores[MOST_NEAR];
	char names[MOST_NEAR][NAME_SIZE]; /* best first, "" for none */
};

bool cli_selects(const struct cli *cli)
{
	return cli->options.no_stdlib || cli->options.modules.count;
}

struct rg_type_selection cli_selection(const struct cli *cli)
{
	return (struct rg_type_selection){
		.modules = cli->options.modules.items,
		.module_count = cli->options.modules.count,
		.no_runtime = cli->options.no_stdlib,
	};
}

/* Keeps the best few, smaller scores first, then by name. */
static void offer(struct cli_near *near, size_t score, const char *name)
{
	size_t at = 0;

	while (at < MOST_NEAR && near->names[at][0]) {
		int order = strcmp(near->names[at], name);

		if (!order)
			return;
		if (near->scores[at] > score || (near->scores[at] == score && order > 0))
			break;
		at++;
	}
	if (at == MOST_NEAR)
		return;
	memmove(near->scores + at + 1, near->scores + at,
		(MOST_NEAR - 1 - at) * sizeof(near->scores[0]));
	memmove(near->names + at + 1, near->names + at,
		(MOST_NEAR - 1 - at) * sizeof(near->names[0]));
	near->scores[at] = score;
	snprintf(near->names[at], NAME_SIZE, "%.*s", NAME_SIZE - 1, name);
}

/* Holds @module, and every package above it, against what was asked for. */
static void compare(struct cli_near *near, const char *wanted, const char *module)
{
	size_t limit = strlen(wanted) / 3 + 1;
	char name[NAME_SIZE];
	char *dot, *colons;

	if (strlen(module) >= sizeof(name))
		return;
	strcpy(name, module);
	do {
		size_t distance = cli_distance(wanted, name, limit);

		if (strcasestr(name, wanted) && distance > 1)
			distance = 1;
		if (distance <= limit)
			offer(near, distance, name);
		dot = strrchr(name, '.');
		colons = strrchr(name, ':');
		if (colons > name && colons[-1] == ':')
			dot = colons - 1;
		if (dot)
			*dot = '\0';
	} while (dot);
}

void cli_select_look(struct cli *cli, const rg_graph *graph)
{
	const struct cli_list *modules = &cli->options.modules;

	if (!modules->count)
		return;
	/* Without memory there are no hints. */
	if (!cli->near)
		cli->near = calloc(modules->count, sizeof(*cli->near));
	for (size_t i = 0; cli->near && i < modules->count; i++) {
		struct rg_type_selection one = { &modules->items[i], 1, false };
		char word[NAME_SIZE];

		cli->near[i].module = rg_graph_words(graph)->module;
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(modules->items[i], "*?"),
			 modules->items[i]);
		for (rg_type_id t = 0; t < rg_graph_type_count(graph) && !cli->near[i].found; t++)
			cli->near[i].found = rg_type_selected(rg_graph_type(graph, t), &one);
		for (rg_type_id t = 0; t < rg_graph_type_count(graph) && !cli->near[i].found; t++)
			if (*word)
				compare(&cli->near[i], word, rg_graph_type(graph, t)->module);
	}
}

void cli_select_close(struct cli *cli, int status)
{
	for (size_t i = 0; cli->near && i < cli->options.modules.count; i++) {
		const struct cli_near *near = &cli->near[i];
		char list[MOST_NEAR * (NAME_SIZE + 2)] = "";
		size_t at = 0;

		if (near->found || status == CLI_TROUBLE)
			continue;
		for (size_t n = 0; n < MOST_NEAR && near->names[n][0]; n++)
			at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%s",
					       n ? ", " : "", near->names[n]);
		cli_say("%s: no type is of a %s that --module '%s' fits%s%s", cli->command->name,
			near->module, cli->options.modules.items[i], at ? "; near: " : "", list);
	}
	free(cli->near);
	cli->near = NULL;
}

enum cli_block cli_block(enum rg_origin origin)
{
	switch (origin) {
	case RG_ORIGIN_RUNTIME:
		return CLI_BLOCK_RUNTIME;
	case RG_ORIGIN_PACKAGE:
		return CLI_BLOCK_PACKAGES;
	default:
		return CLI_BLOCK_PROGRAM;
	}
}

void cli_block_title(const struct rg_dump_info *info, enum cli_block block, char *buffer,
		     size_t size)
{
	if (block == CLI_BLOCK_RUNTIME)
		snprintf(buffer, size, "%s and its library",
			 *info->runtime_name ? info->runtime_name : "The runtime");
	else
		snprintf(buffer, size, "%s", block == CLI_BLOCK_PROGRAM ? "The program's own"
									: "Installed packages");
}

size_t cli_block_rows(const struct cli *cli, enum cli_block block, size_t count)
{
	static const size_t usual[CLI_BLOCKS] = { 10, 5, 8 };
	uint64_t limit = cli->options.limit_given ? cli->options.limit : usual[block];

	return limit && limit < count ? (size_t)limit : count;
}

void cli_left_out_by(const struct cli *cli, char *buffer, size_t size)
{
	size_t at = 0;

	buffer[0] = '\0';
	if (cli->options.tracked)
		at += (size_t)snprintf(buffer + at, size - at, " --tracked");
	if (at < size && cli->options.no_stdlib)
		at += (size_t)snprintf(buffer + at, size - at, " --no-stdlib");
	for (size_t i = 0; at < size && i < cli->options.modules.count; i++)
		at += (size_t)snprintf(buffer + at, size - at, " --module %s",
				       cli->options.modules.items[i]);
	memmove(buffer, buffer + (at > 0), strlen(buffer) + !at);
}

bool cli_put_left_out_by(struct cli *cli)
{
	if (!cli_selects(cli))
		return false;
	rg_sink_puts(cli->sink, "left out by");
	if (cli->options.no_stdlib)
		rg_sink_puts(cli->sink, " --no-stdlib");
	for (size_t i = 0; i < cli->options.modules.count; i++) {
		rg_sink_puts(cli->sink, " --module ");
		rg_sink_text(cli->sink, cli->options.modules.items[i]);
	}
	return true;
}

void cli_put_left_out(struct cli *cli, uint64_t types, uint64_t objects, uint64_t bytes,
		      uint64_t whole)
{
	char a[RG_FORMAT_SIZE], b[RG_FORMAT_SIZE], c[RG_FORMAT_SIZE];
	rg_sink *sink = cli->sink;
	uint64_t share = whole ? (uint64_t)((unsigned __int128)bytes * 1000 / whole) : 0;

	if (!cli_put_left_out_by(cli))
		return;
	if (!types) {
		rg_sink_puts(sink, ": nothing\n");
		return;
	}
	rg_sink_printf(sink, ": %s %s, %s %s, %s, %llu.%llu%% of all\n",
		       rg_format_count(types, a), types == 1 ? "type" : "types",
		       rg_format_count(objects, b), objects == 1 ? "object" : "objects",
		       rg_format_bytes(bytes, c), (unsigned long long)(share / 10),
		       (unsigned long long)(share % 10));
}

void cli_json_selected(rg_json *json, uint64_t objects, uint64_t bytes, uint64_t owned)
{
	rg_json_put_object(json, "selected");
	rg_json_put_u64(json, "objects", objects);
	rg_json_put_u64(json, "bytes", bytes);
	rg_json_put_u64(json, "owned", owned);
	rg_json_put_end(json);
}
