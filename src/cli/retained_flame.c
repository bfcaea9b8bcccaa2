/* SPDX-License-Identifier: MIT */
/*
 * The tree of dominators as stacks: collapsed, a line each, as Brendan Gregg's
 * flamegraph.pl and its kin read them, and as a profile that speedscope opens.
 * Bytes stand where these have samples.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/retained_tree.h"

#define FRAME_SIZE (2 * RETAINED_WORDS)

/* A branch as a frame: no semicolon, which ends one, and none of what differs between like ones. */
static void frame_name(const struct cli *cli, const struct retained *retained,
		       const struct retained_tree *tree, const struct branch *branch,
		       char buffer[FRAME_SIZE + 8])
{
	char label[RETAINED_WORDS], words[RETAINED_WORDS];

	retained_branch_label(cli, retained, tree, branch, label, sizeof(label));
	retained_branch_words(cli, retained, branch, words, sizeof(words));
	snprintf(buffer, FRAME_SIZE + 8, "%s%s%s", label, *label ? " " : "", words);
	for (char *c = buffer; *c; c++)
		if (*c == ';')
			*c = ',';
}

static char **frame_names(const struct cli *cli, const struct retained *retained,
			  const struct retained_tree *tree)
{
	char **names = calloc(tree->count + 1, sizeof(*names)), name[FRAME_SIZE + 8];

	for (uint32_t b = 0; names && b < tree->count; b++) {
		frame_name(cli, retained, tree, &tree->branches[b], name);
		names[b] = strdup(name);
		if (!names[b]) {
			while (b-- > 0)
				free(names[b]);
			free(names);
			return NULL;
		}
	}
	return names;
}

/* The way from the top to @b, into @way; its length. */
static uint32_t way_to(const struct retained_tree *tree, uint32_t b, uint32_t *way)
{
	uint32_t length = tree->branches[b].depth + 1;

	for (uint32_t i = length; i-- > 0; b = tree->branches[b].parent)
		way[i] = b;
	return length;
}

static void put_collapsed(struct cli *cli, const struct retained_tree *tree, char **names,
			  uint32_t *way)
{
	for (uint32_t b = 0; b < tree->count && !rg_sink_failed(cli->sink); b++) {
		uint32_t length = way_to(tree, b, way);

		if (!tree->branches[b].own)
			continue;
		for (uint32_t i = 0; i < length; i++)
			rg_sink_printf(cli->sink, "%s%s", i ? ";" : "", names[way[i]]);
		rg_sink_printf(cli->sink, " %" PRIu64 "\n", tree->branches[b].own);
	}
}

static int put_speedscope(struct cli *cli, const struct retained *retained,
			  const struct retained_tree *tree, char **names, uint32_t *way)
{
	const char *path = rg_dump_info(retained->dump)->path;
	rg_json *json;
	rg_error *error = rg_json_new(cli->sink, &json);

	if (error)
		return cli_fail(error);
	rg_json_put_object(json, NULL);
	rg_json_put_string(json, "$schema", "https://www.speedscope.app/file-format-schema.json");
	rg_json_put_string(json, "exporter", "refgraph");
	rg_json_put_string(json, "name", path);
	rg_json_put_object(json, "shared");
	rg_json_put_array(json, "frames");
	for (uint32_t b = 0; b < tree->count; b++) {
		rg_json_put_object(json, NULL);
		rg_json_put_string(json, "name", names[b]);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	rg_json_put_end(json);
	rg_json_put_array(json, "profiles");
	rg_json_put_object(json, NULL);
	rg_json_put_string(json, "type", "sampled");
	rg_json_put_string(json, "name", "retained bytes");
	rg_json_put_string(json, "unit", "bytes");
	rg_json_put_u64(json, "startValue", 0);
	rg_json_put_u64(json, "endValue", tree->branches[0].retained);
	rg_json_put_array(json, "samples");
	for (uint32_t b = 0; b < tree->count; b++) {
		uint32_t length = way_to(tree, b, way);

		if (!tree->branches[b].own)
			continue;
		rg_json_put_array(json, NULL);
		for (uint32_t i = 0; i < length; i++)
			rg_json_put_u64(json, NULL, way[i]);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	rg_json_put_array(json, "weights");
	for (uint32_t b = 0; b < tree->count; b++)
		if (tree->branches[b].own)
			rg_json_put_u64(json, NULL, tree->branches[b].own);
	rg_json_put_end(json);
	rg_json_put_end(json);
	rg_json_put_end(json);
	return cli_json_end(json);
}

int retained_flame(struct cli *cli, const struct retained *retained)
{
	struct retained_limits limits = retained_limits_of(cli, retained, true);
	struct retained_tree tree = { NULL, 0, NULL };
	int status = retained_tree_new(cli, retained, &limits, &tree);
	char **names = status ? NULL : frame_names(cli, retained, &tree);
	uint32_t *way = calloc((size_t)limits.depth + 2 < (size_t)tree.count + 2
			       ? (size_t)limits.depth + 2 : (size_t)tree.count + 2, sizeof(*way));

	if (!status && (!names || !way))
		status = cli_no_memory();
	if (!status && cli->options.format == CLI_COLLAPSED)
		put_collapsed(cli, &tree, names, way);
	else if (!status)
		status = put_speedscope(cli, retained, &tree, names, way);
	for (uint32_t b = 0; names && b < tree.count; b++)
		free(names[b]);
	free(names);
	free(way);
	retained_tree_free(&tree);
	return status;
}
