/* SPDX-License-Identifier: MIT */
/* refgraph backrefs and refs: who refers to objects, and what they refer to. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

/* What one run gathers. */
struct result {
	rg_dump *dump;
	const rg_graph *graph;
	struct cli_objects targets;
	struct rg_garbage *garbage;
	struct rg_neighborhood *around;
	rg_picture *picture;
};

static bool is_backwards(const struct cli *cli)
{
	return cli->command == &cli_backrefs;
}

/* Marks need the accounting; a dump without counts and roots is drawn without them. */
static rg_error *find_garbage(struct result *result)
{
	rg_error *error = rg_garbage_find(result->graph, &result->garbage);

	if (error && rg_error_code(error) == RG_ERROR_INCOMPLETE) {
		rg_error_free(error);
		return NULL;
	}
	return error;
}

static rg_error *find_neighbours(const struct cli *cli, struct result *result)
{
	const struct cli_options *given = &cli->options;
	struct rg_neighborhood_options options;

	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.direction = is_backwards(cli) ? RG_DIRECTION_BACK : RG_DIRECTION_FORWARD;
	options.depth = (unsigned int)given->depth;
	options.too_many = (size_t)given->too_many;
	options.limit_nodes = (size_t)given->limit_nodes;
	options.ignore = given->ignore_types.items;
	options.ignore_count = given->ignore_types.count;
	options.only = given->only_types.items;
	options.only_count = given->only_types.count;
	options.plumbing = given->plumbing;
	options.weak = given->weak;
	options.everything = given->no_filter;
	cli_progress_stage("walking references");
	return rg_neighborhood_find(result->graph, result->targets.ids, result->targets.count,
				    &options, &result->around);
}

static rg_error *draw(const struct cli *cli, struct result *result)
{
	const struct cli_options *given = &cli->options;
	struct rg_draw_options options;

	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.backwards = is_backwards(cli);
	options.refcounts = given->refcounts;
	options.sizes = given->sizes;
	options.short_names = given->short_names;
	options.plumbing = given->plumbing;
	options.values = given->values;
	options.labels = (enum rg_label_policy)given->labels;
	options.highlight = given->highlights.items;
	options.highlight_count = given->highlights.count;
	options.garbage = result->garbage;
	return rg_picture_draw(result->graph, result->around, &options, &result->picture);
}

static uint64_t left_out(const struct rg_neighborhood *around)
{
	uint64_t folded = 0;

	for (size_t i = 0; i < around->node_count; i++)
		folded += around->nodes[i].folded;
	return folded + around->targets_left_out;
}

/* ", 3 immortal, 12 routine": what explains nothing, and how much there was; "" for nothing. */
static void say_usual(const struct rg_left_out *left, char *text, size_t size)
{
	const struct {
		uint64_t count;
		const char *words;
	} rows[] = {
		{ left->immortal, "immortal" },
		{ left->routine, "routine" },
		{ left->names, "names" },
		{ left->roots, "roots of the runtime" },
	};
	char number[RG_FORMAT_SIZE];
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && at < size; i++)
		if (rows[i].count)
			at += (size_t)snprintf(text + at, size - at, "%s%s %s", at ? ", " : "",
					       rg_format_count(rows[i].count, number),
					       rows[i].words);
}

/* "who refers to app.Session, 3 steps: 12 objects drawn, 1,204 left out" */
static rg_error *set_caption(const struct cli *cli, struct result *result)
{
	const struct rg_dump_info *info = rg_dump_info(result->dump);
	char caption[1024], usual[256], drawn[RG_FORMAT_SIZE], rest[RG_FORMAT_SIZE];
	uint64_t hidden = left_out(result->around);

	say_usual(&result->around->left_out, usual, sizeof(usual));
	snprintf(caption, sizeof(caption),
		 "%.200s: %s %.200s%s, %" PRIu64 " %s \u00b7 %s objects drawn%s%s%s%s%s%s",
		 info->path, is_backwards(cli) ? "who refers to" : "what is referred to by",
		 cli->operands[1], cli->operand_count > 2 ? " and others" : "",
		 cli->options.depth, cli->options.depth == 1 ? "step" : "steps",
		 rg_format_count(result->around->node_count, drawn),
		 hidden ? ", " : "", hidden ? rg_format_count(hidden, rest) : "",
		 hidden ? " left out" : "", info->complete ? "" : " \u00b7 the dump is incomplete",
		 *usual ? "\nexplains nothing, left out (--no-filter): " : "", usual);
	return rg_picture_set_caption(result->picture, caption);
}

static int report(struct cli *cli, const struct result *result)
{
	struct rg_tree_style style = { cli->width, cli->color, cli->ascii };
	const struct rg_dump_info *info = rg_dump_info(result->dump);
	uint64_t hidden = left_out(result->around);
	char number[RG_FORMAT_SIZE], usual[256];
	rg_error *error;

	cli_head(cli, info);
	rg_sink_puts(cli->sink, "\n");
	error = rg_picture_tree(result->picture, &style, cli->sink);
	if (error)
		return cli_fail(error);
	if (result->around->targets_left_out)
		rg_sink_printf(cli->sink, "\nand %s more of what was asked for: --limit-nodes\n",
			       rg_format_count(result->around->targets_left_out, number));
	if (hidden > result->around->targets_left_out)
		rg_sink_printf(cli->sink, "\n%s left out: --depth, --too-many, --limit-nodes\n",
			       rg_format_count(hidden - result->around->targets_left_out, number));
	rg_sink_printf(cli->sink, "\nbelow each object stands %s; ... goes on beyond the depth\n",
		       is_backwards(cli) ? "what refers to it" : "what it refers to");
	say_usual(&result->around->left_out, usual, sizeof(usual));
	if (*usual)
		rg_sink_printf(cli->sink, "explains nothing, left out: %s (--no-filter)\n",
			       usual);
	rg_sink_printf(cli->sink, "\nnext: refgraph %s", cli->command->name);
	cli_put_dump(cli, info->path);
	for (int i = 1; i < cli->operand_count && i < 4; i++)
		cli_put_object(cli, cli->operands[i], "");
	rg_sink_puts(cli->sink, " -o picture.svg\n");
	return CLI_OK;
}

static const char *shape_word(enum rg_shape shape)
{
	switch (shape) {
	case RG_SHAPE_ROOT:
		return "root";
	case RG_SHAPE_FOLD:
		return "fold";
	case RG_SHAPE_FINALIZER:
		return "finalizer";
	case RG_SHAPE_OBJECT:
		break;
	}
	return "object";
}

static void put_node(rg_json *json, const struct rg_picture_node *node)
{
	rg_json_put_object(json, NULL);
	rg_json_put_string(json, "id", node->id);
	rg_json_put_string(json, "kind", shape_word(node->shape));
	if (node->address)
		rg_json_put_address(json, "address", node->address);
	rg_json_put_string(json, node->shape == RG_SHAPE_OBJECT ? "type" : "title", node->title);
	rg_json_put_string(json, "text", node->text);
	if (node->shape == RG_SHAPE_OBJECT) {
		rg_json_put_u64(json, "depth", node->depth);
		rg_json_put_bool(json, "target", node->flags & RG_NODE_TARGET);
		rg_json_put_bool(json, "cut", node->flags & RG_NODE_CUT);
		rg_json_put_bool(json, "unreachable", node->flags & RG_NODE_UNREACHABLE);
		rg_json_put_bool(json, "lost", node->flags & RG_NODE_LOST);
		if (node->refcount >= 0)
			rg_json_put_i64(json, "refcount", node->refcount);
	}
	rg_json_put_end(json);
}

static void put_left_out(rg_json *json, const struct rg_neighborhood *around)
{
	rg_json_put_object(json, "left_out");
	rg_json_put_u64(json, "limits", left_out(around));
	rg_json_put_u64(json, "immortal", around->left_out.immortal);
	rg_json_put_u64(json, "routine", around->left_out.routine);
	rg_json_put_u64(json, "names", around->left_out.names);
	rg_json_put_u64(json, "roots", around->left_out.roots);
	rg_json_put_end(json);
}

static int report_json(struct cli *cli, const struct result *result)
{
	const struct rg_dump_info *info = rg_dump_info(result->dump);
	const struct rg_picture_node *nodes;
	const struct rg_picture_edge *edges;
	size_t node_count, edge_count;
	rg_json *json;
	int status = cli_json_begin(cli, &info, 1, &json);

	if (status)
		return status;
	nodes = rg_picture_nodes(result->picture, &node_count);
	edges = rg_picture_edges(result->picture, &edge_count);
	rg_json_put_u64(json, "drawn", result->around->node_count);
	put_left_out(json, result->around);
	rg_json_put_array(json, "nodes");
	for (size_t i = 0; i < node_count; i++)
		put_node(json, &nodes[i]);
	rg_json_put_end(json);
	rg_json_put_array(json, "edges");
	for (size_t i = 0; i < edge_count; i++) {
		rg_json_put_object(json, NULL);
		rg_json_put_string(json, "from", nodes[edges[i].from].id);
		rg_json_put_string(json, "to", nodes[edges[i].to].id);
		rg_json_put_string(json, "label", *edges[i].label ? edges[i].label : NULL);
		rg_json_put_u64(json, "count", edges[i].count);
		rg_json_put_string(json, "kind", cli_kind_word(edges[i].kind));
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	return cli_json_end(json);
}

static int show(struct cli *cli, struct result *result)
{
	int status;

	if (cli->options.format != CLI_TREE && cli->options.format != CLI_JSON)
		return cli_draw(cli, result->picture);
	status = cli_open(cli);
	if (status)
		return status;
	return cli->options.format == CLI_JSON ? report_json(cli, result) : report(cli, result);
}

static int run(struct cli *cli)
{
	struct result result;
	rg_error *error = NULL;
	int status;

	memset(&result, 0, sizeof(result));
	status = cli_load(cli, cli->operands[0], &result.dump);
	if (!status)
		status = cli_find(result.dump, cli->operands + 1, (size_t)cli->operand_count - 1,
				  &result.targets);
	if (!status) {
		error = rg_dump_graph(result.dump, &result.graph);
		if (!error)
			error = find_garbage(&result);
		if (!error)
			error = find_neighbours(cli, &result);
		if (!error)
			error = draw(cli, &result);
		if (!error)
			error = set_caption(cli, &result);
		status = error ? cli_fail(error) : show(cli, &result);
	}
	rg_picture_free(result.picture);
	rg_neighborhood_free(result.around);
	rg_garbage_free(result.garbage);
	free(result.targets.ids);
	rg_dump_close(result.dump);
	return status;
}

static const struct cli_option options[] = {
	{ 'd', "depth", "N", CLI_NUMBER, CLI_FIELD(depth), NULL, "how many steps (3)" },
	{ 0, "too-many", "N", CLI_NUMBER, CLI_FIELD(too_many), NULL,
	  "draw N neighbours of an object (10, farther off 5)" },
	{ 0, "limit-nodes", "N", CLI_NUMBER, CLI_FIELD(limit_nodes), NULL,
	  "draw N boxes in all (150)" },
	{ 0, "ignore-type", "GLOB", CLI_WORDS, CLI_FIELD(ignore_types), NULL,
	  "leave these types out; may be repeated" },
	{ 0, "only-type", "GLOB", CLI_WORDS, CLI_FIELD(only_types), NULL,
	  "leave all other types out; may be repeated" },
	{ 0, "highlight", "GLOB", CLI_WORDS, CLI_FIELD(highlights), NULL,
	  "draw these types in blue; may be repeated" },
	{ 0, "refcounts", NULL, CLI_FLAG, CLI_FIELD(refcounts), NULL, "show reference counts" },
	{ 0, "sizes", NULL, CLI_FLAG, CLI_FIELD(sizes), NULL, "show sizes" },
	{ 0, "short", NULL, CLI_FLAG, CLI_FIELD(short_names), NULL, "names without modules" },
	{ 0, "plumbing", NULL, CLI_FLAG, CLI_FIELD(plumbing), NULL,
	  "show the parts of objects (__dict__) for themselves" },
	{ 0, "weak", NULL, CLI_FLAG, CLI_FIELD(weak), NULL, "weak and borrowed references too" },
	{ 0, "no-filter", NULL, CLI_FLAG, CLI_FIELD(no_filter), NULL,
	  "also what explains nothing: immortals, __class__, names" },
	CLI_OPTIONS_END,
};

#define PICTURE_FORMATS                                                                            \
	(CLI_ANY(CLI_TREE) | CLI_ANY(CLI_JSON) | CLI_ANY(CLI_DOT) | CLI_ANY(CLI_SVG) |             \
	 CLI_ANY(CLI_PNG) | CLI_ANY(CLI_PDF))

const struct cli_command cli_backrefs = {
	.name = "backrefs",
	.operands = "DUMP OBJECT...",
	.summary = "who refers to these objects: a tree or a picture",
	.text = "Draws what refers to the objects, as a tree in the terminal or, with -o, as a\n"
		"picture (.svg, .png, .pdf, .dot).",
	.options = options,
	.formats = PICTURE_FORMATS,
	.format = CLI_TREE,
	.least = 2,
	.most = -1,
	.run = run,
};

const struct cli_command cli_refs = {
	.name = "refs",
	.operands = "DUMP OBJECT...",
	.summary = "what these objects refer to: a tree or a picture",
	.text = "Draws what the objects refer to, as a tree in the terminal or, with -o, as a\n"
		"picture (.svg, .png, .pdf, .dot).",
	.options = options,
	.formats = PICTURE_FORMATS,
	.format = CLI_TREE,
	.least = 2,
	.most = -1,
	.run = run,
};
