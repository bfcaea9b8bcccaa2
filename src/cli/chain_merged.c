/* SPDX-License-Identifier: MIT */
/* chain --merge: what holds many objects, as one tree with counts and bytes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/chain.h"

#define LABEL_SIZE 640
#define WORDS_SIZE 512
#define LINE_SIZE 4096
#define FEW_LINES 10       /* for people */
#define FEW_BOXES 25
#define MANY 1000          /* for programs */
#define MANY_STACKS 20000
#define MOST_EXPRESSIONS 200
#define LONGEST 200        /* steps of an expression */
#define MOST_JOINED 12     /* labels on one line */
#define DEEPEST_STACK 500
#define DEEPEST_INDENT 30

struct merged {
	rg_dump *dump;
	const char *path;
	const rg_graph *graph;
	struct rg_merged *tree;
};

/* Nodes on a straight way, as one line: nodes first .. last. */
struct line {
	uint32_t first, last;
	uint32_t parent;   /* index; RG_NONE: at the top */
	uint32_t depth;
	uint32_t height;   /* lines from there to the nearest with targets of its own */
	uint32_t child, next; /* + 1, or 0 */
};

struct lines {
	struct line *lines;
	uint32_t count;
	uint32_t top;      /* + 1 */
};

static const struct rg_merged_node *node_at(const struct merged *merged, uint32_t i)
{
	return &merged->tree->nodes[i];
}

/* Straight ways become lines. */
static int make_lines(const struct merged *merged, struct lines *ret)
{
	size_t count = merged->tree->count;
	uint32_t *line_of = malloc((count + 1) * sizeof(*line_of));

	ret->lines = malloc((count + 1) * sizeof(*ret->lines));
	ret->count = ret->top = 0;
	if (!line_of || !ret->lines) {
		free(line_of);
		return cli_no_memory();
	}
	for (uint32_t i = 0; i < count; i++) {
		struct line line = { .first = i, .last = i, .parent = RG_NONE };
		uint32_t parent = node_at(merged, i)->parent;

		if (parent != RG_NONE) {
			line.parent = line_of[parent];
			line.depth = ret->lines[line.parent].depth + 1;
		}
		while (node_at(merged, i)->straight && i + 1 < count &&
		       node_at(merged, i + 1)->parent == i)
			line.last = ++i;
		line_of[line.last] = ret->count;
		line.height = node_at(merged, i)->own_targets ? 0 : UINT32_MAX;
		ret->lines[ret->count++] = line;
	}
	for (uint32_t i = ret->count; i-- > 0;) {
		struct line *line = &ret->lines[i];
		uint32_t parent = line->parent;
		uint32_t *first = parent == RG_NONE ? &ret->top : &ret->lines[parent].child;

		line->next = *first;
		*first = i + 1;
		/* All that is below is left out: one line. */
		if (line->height == UINT32_MAX)
			line->height = 1;
		if (parent != RG_NONE && ret->lines[parent].height > line->height)
			ret->lines[parent].height = line->height + 1;
	}
	free(line_of);
	return CLI_OK;
}

static uint64_t share_of(const struct merged *merged, uint64_t targets)
{
	uint64_t all = merged->tree->targets;

	return all ? (uint64_t)((unsigned __int128)targets * 1000 / all) : 0;
}

/* One label as it stands behind others: what is no syntax in angle brackets. */
static void put_label(const struct merged *merged, const struct rg_merged_node *node,
		      rg_sink *sink)
{
	const char *label = node->label;
	bool syntax = label[0] && strchr(rg_graph_words(merged->graph)->syntax, label[0]) &&
		      !(strchr("[{", label[0]) && label[1] == '<');

	rg_sink_puts(sink, node->repeats ? "(" : "");
	if (node->root || syntax) {
		rg_sink_text(sink, label);
	} else {
		rg_sink_puts(sink, "<");
		rg_sink_text(sink, node->lumped ? "..." : *label ? label : "?");
		rg_sink_puts(sink, ">");
	}
	rg_sink_puts(sink, node->repeats ? ")+" : "");
}

/* The labels of nodes @first .. @last, of very many the first and the last. */
static void put_labels(const struct merged *merged, uint32_t first, uint32_t last, rg_sink *sink)
{
	char number[RG_FORMAT_SIZE];

	for (uint32_t i = first; i <= last; i++) {
		if (last - first + 1 > MOST_JOINED && i == first + MOST_JOINED / 2) {
			uint32_t skipped = last - first + 1 - MOST_JOINED;

			rg_sink_printf(sink, " ... %s steps ... ",
				       rg_format_count(skipped, number));
			i += skipped;
		}
		put_label(merged, node_at(merged, i), sink);
	}
}

/* What a node is: "dict, 3 items" of one object, of several how many of what type. */
static void get_words(const struct cli *cli, const struct merged *merged,
		      const struct rg_merged_node *node, char words[WORDS_SIZE])
{
	char number[RG_FORMAT_SIZE], name[WORDS_SIZE / 2];

	if (node->objects == 1 && !node->lumped) {
		cli_describe(cli, merged->graph, node->example, words, WORDS_SIZE);
		return;
	}
	rg_text_clean(node->type == RG_NONE ? "objects"
					    : cli_type_name(cli, merged->graph, node->type),
		      name, sizeof(name));
	snprintf(words, WORDS_SIZE, "%s %s %s", rg_format_count(node->objects, number),
		 cli->ascii ? "x" : "\u00d7", name);
}

/* ---- lines ----------------------------------------------------------------------- */

static void put_figures(struct cli *cli, const struct merged *merged, uint64_t targets,
			uint64_t bytes)
{
	char number[RG_FORMAT_SIZE], size[RG_FORMAT_SIZE];
	uint64_t share = share_of(merged, targets);

	rg_sink_printf(cli->sink, "%11s %3" PRIu64 ".%" PRIu64 " %10s  ",
		       rg_format_count(targets, number), share / 10, share % 10,
		       rg_format_bytes(bytes, size));
}

#define FIGURES 30 /* columns */

/* Whether something follows below the parent of line @l. */
static bool has_more(const struct merged *merged, const struct lines *lines, uint32_t l)
{
	uint32_t parent = lines->lines[l].parent;

	return lines->lines[l].next ||
	       (parent != RG_NONE && node_at(merged, lines->lines[parent].last)->left_out);
}

/* The lines of the tree above and beside the one that comes. */
static void put_rails(struct cli *cli, const struct merged *merged, const struct lines *lines,
		      const uint32_t *way, uint32_t depth, bool last)
{
	uint32_t shown = depth < DEEPEST_INDENT ? depth : DEEPEST_INDENT;

	for (uint32_t d = depth - shown + 1; depth && d < depth; d++)
		rg_sink_puts(cli->sink, !has_more(merged, lines, way[d]) ? "   "
					: cli->ascii ? "|  " : "\u2502  ");
	if (depth)
		rg_sink_puts(cli->sink, last ? cli->ascii ? "`- " : "\u2514\u2500 "
				       : cli->ascii ? "|- " : "\u251c\u2500 ");
}

/* @text, cut where the terminal ends. */
static void put_cut(struct cli *cli, const char *text, uint32_t depth, size_t after)
{
	size_t column = FIGURES + 3 * (size_t)(depth < DEEPEST_INDENT ? depth : DEEPEST_INDENT);
	size_t room = cli->width > column + after + 20 ? cli->width - column - after : 20;
	size_t columns = 0, at = 0;

	while (text[at] && (!cli->width || columns < room ||
			    ((unsigned char)text[at] & 0xc0) == 0x80))
		columns += ((unsigned char)text[at++] & 0xc0) != 0x80;
	rg_sink_write(cli->sink, text, at);
}

/* Whether all that is below @node is left out, which its own line then says. */
static bool is_closed(const struct rg_merged_node *node)
{
	return node->left_out && !node->own_targets && node->left_out_targets == node->targets;
}

static int put_line(struct cli *cli, const struct merged *merged, const struct line *line)
{
	const struct rg_merged_node *node = node_at(merged, line->last);
	char words[WORDS_SIZE], number[RG_FORMAT_SIZE], mark[RG_FORMAT_SIZE + 32] = "";
	rg_sink *text;
	rg_error *error = rg_sink_memory(&text);

	if (error)
		return cli_fail(error);
	get_words(cli, merged, node, words);
	if (node->own_targets)
		snprintf(mark, sizeof(mark), "  %s %s%s", cli->ascii ? "<-" : "\u2190",
			 node->own_targets == node->objects ? "" :
				 rg_format_count(node->own_targets, number),
			 node->own_targets != node->objects ? " of these" :
				 node->objects == 1 ? "here" : "these");
	else if (is_closed(node))
		snprintf(mark, sizeof(mark), "  %s %s %s", cli->ascii ? "..." : "\u2026",
			 rg_format_count(node->left_out, number),
			 node->left_out == 1 ? "way" : "ways");
	put_labels(merged, line->first, line->last, text);
	if (node_at(merged, line->first)->root_count > 1)
		rg_sink_printf(text, " (%s roots)",
			       rg_format_count(node_at(merged, line->first)->root_count, number));
	rg_sink_printf(text, "  %s", words);
	put_cut(cli, rg_sink_bytes(text, NULL), line->depth, mark[0] ? 14 : 0);
	rg_sink_puts(cli->sink, mark);
	rg_sink_puts(cli->sink, "\n");
	rg_sink_free(text);
	return CLI_OK;
}

static void put_rest(struct cli *cli, const struct merged *merged, const struct lines *lines,
		     const uint32_t *way, uint32_t depth, uint64_t nodes, uint64_t targets,
		     uint64_t bytes)
{
	char number[RG_FORMAT_SIZE];

	if (!nodes)
		return;
	put_figures(cli, merged, targets, bytes);
	put_rails(cli, merged, lines, way, depth, true);
	rg_sink_printf(cli->sink, "%s more %s\n", rg_format_count(nodes, number),
		       nodes == 1 ? "way" : "ways");
}

/* What is left out below the lines that end with line @l, innermost first. */
static void put_rests(struct cli *cli, const struct merged *merged, const struct lines *lines,
		      const uint32_t *way, uint32_t l)
{
	const struct rg_merged_node *node = node_at(merged, lines->lines[l].last);

	if (!lines->lines[l].child && !is_closed(node))
		put_rest(cli, merged, lines, way, lines->lines[l].depth + 1, node->left_out,
			 node->left_out_targets, node->left_out_bytes);
	for (; !lines->lines[l].next; l = lines->lines[l].parent) {
		if (lines->lines[l].parent == RG_NONE)
			break;
		node = node_at(merged, lines->lines[lines->lines[l].parent].last);
		put_rest(cli, merged, lines, way, lines->lines[l].depth, node->left_out,
			 node->left_out_targets, node->left_out_bytes);
	}
}

/* Depth-first, by links: what stands above on the line is known from the way up. */
static int put_lines(struct cli *cli, const struct merged *merged)
{
	struct lines lines = { NULL, 0, 0 };
	int status = make_lines(merged, &lines);
	uint32_t *way = calloc((size_t)lines.count + 1, sizeof(*way));

	if (!status && !way)
		status = cli_no_memory();
	for (uint32_t l = 0; !status && l < lines.count && !rg_sink_failed(cli->sink); l++) {
		const struct line *line = &lines.lines[l];
		const struct rg_merged_node *node = node_at(merged, line->last);

		way[line->depth] = l;
		put_figures(cli, merged, node->targets, node->bytes);
		put_rails(cli, merged, &lines, way, line->depth, !has_more(merged, &lines, l));
		status = put_line(cli, merged, line);
		put_rests(cli, merged, &lines, way, l);
	}
	if (!status)
		put_rest(cli, merged, &lines, way, 0, merged->tree->left_out,
			 merged->tree->left_out_targets, merged->tree->left_out_bytes);
	free(way);
	free(lines.lines);
	return status;
}

/* The type of all targets, if it is one. */
static const char *type_of(const struct cli *cli, const struct merged *merged,
			   const struct cli_objects *targets)
{
	rg_type_id type = rg_graph_object(merged->graph, targets->ids[0]).type;

	for (size_t i = 1; i < targets->count; i++)
		if (rg_graph_object(merged->graph, targets->ids[i]).type != type)
			return targets->count == 1 ? "object" : "objects";
	return cli_type_name(cli, merged->graph, type);
}

static int report(struct cli *cli, const struct merged *merged, const struct cli_objects *targets)
{
	const struct rg_merged *tree = merged->tree;
	char number[RG_FORMAT_SIZE], size[RG_FORMAT_SIZE];
	int status = CLI_OK;

	cli_head(cli, rg_dump_info(merged->dump));
	rg_sink_printf(cli->sink, "%s%s ", cli_bold(cli), rg_format_count(tree->targets, number));
	rg_sink_text(cli->sink, type_of(cli, merged, targets));
	rg_sink_printf(cli->sink, "%s%s%s, each by its best chain\n", cli_plain(cli), cli->dot,
		       rg_format_bytes(tree->bytes, size));
	if (tree->count) {
		rg_sink_puts(cli->sink, "\n      Count     %       Size  Held by\n");
		status = put_lines(cli, merged);
	}
	if (tree->unreached)
		rg_sink_printf(cli->sink, "\nno root leads to %s of them, %s: refgraph cycles "
			       "tells of garbage\n", rg_format_count(tree->unreached, number),
			       rg_format_bytes(tree->unreached_bytes, size));
	if (tree->nodes_found > tree->count && cli->options.limit)
		rg_sink_puts(cli->sink, "\n-n 0 shows all\n");
	rg_sink_puts(cli->sink, "\nnext: refgraph chain");
	cli_put_dump(cli, merged->path);
	rg_sink_printf(cli->sink, " 0x%" PRIx64 "\n",
		       rg_graph_object(merged->graph, targets->ids[0]).address);
	return status;
}

/* ---- JSON, CSV, stacks ------------------------------------------------------------- */

/* How the example of a node is reached; *@ret_expression is NULL where that is too long. */
static int express(const struct cli *cli, const struct merged *merged, uint32_t i,
		   char **ret_expression, bool *ret_evaluates)
{
	struct rg_chains *chains = NULL;
	rg_error *error;
	int status = CLI_OK;

	*ret_expression = NULL;
	*ret_evaluates = false;
	if (i >= MOST_EXPRESSIONS || node_at(merged, i)->depth > LONGEST)
		return CLI_OK;
	error = rg_merged_chain(merged->tree, node_at(merged, i)->example, &chains);
	if (error)
		return cli_fail(error);
	if (chains->count && chains->chains[0].length <= LONGEST) {
		*ret_expression = chain_expression(cli, merged->graph, &chains->chains[0]);
		*ret_evaluates = chain_evaluates(cli, merged->graph, &chains->chains[0]);
		status = *ret_expression ? CLI_OK : cli_no_memory();
	}
	rg_chains_free(chains);
	return status;
}

static void put_left_out(rg_json *json, uint64_t nodes, uint64_t targets, uint64_t bytes)
{
	rg_json_put_object(json, "left_out");
	rg_json_put_u64(json, "nodes", nodes);
	rg_json_put_u64(json, "targets", targets);
	rg_json_put_u64(json, "bytes", bytes);
	rg_json_put_end(json);
}

static int put_node_json(const struct cli *cli, rg_json *json, const struct merged *merged,
			 uint32_t i)
{
	const struct rg_merged_node *node = node_at(merged, i);
	char *expression;
	bool evaluates;
	int status = express(cli, merged, i, &expression, &evaluates);

	if (status)
		return status;
	rg_json_put_object(json, NULL);
	rg_json_put_u64(json, "id", i);
	if (node->parent == RG_NONE)
		rg_json_put_null(json, "parent");
	else
		rg_json_put_u64(json, "parent", node->parent);
	rg_json_put_string(json, "label", *node->label ? node->label : NULL);
	rg_json_put_string(json, "type", node->type == RG_NONE ? NULL :
			   cli_type_name(cli, merged->graph, node->type));
	rg_json_put_string(json, "root_kind",
			   node->root ? rg_root_kind_name(node->root->kind) : NULL);
	rg_json_put_u64(json, "roots", node->root_count);
	rg_json_put_u64(json, "objects", node->objects);
	rg_json_put_u64(json, "targets", node->targets);
	rg_json_put_u64(json, "bytes", node->bytes);
	rg_json_put_u64(json, "own_targets", node->own_targets);
	rg_json_put_u64(json, "own_bytes", node->own_bytes);
	rg_json_put_bool(json, "repeats", node->repeats);
	put_left_out(json, node->left_out, node->left_out_targets, node->left_out_bytes);
	rg_json_put_address(json, "example",
			    rg_graph_object(merged->graph, node->example).address);
	rg_json_put_string(json, "expression", expression);
	cli_json_evaluates(json, merged->graph, evaluates);
	rg_json_put_end(json);
	free(expression);
	return CLI_OK;
}

static int report_json(struct cli *cli, const struct merged *merged)
{
	const struct rg_dump_info *info = rg_dump_info(merged->dump);
	const struct rg_merged *tree = merged->tree;
	rg_json *json;
	int status = cli_json_begin(cli, &info, 1, &json);

	if (status)
		return status;
	rg_json_put_bool(json, "found", tree->count > 0);
	rg_json_put_object(json, "merged");
	rg_json_put_u64(json, "targets", tree->targets);
	rg_json_put_u64(json, "bytes", tree->bytes);
	rg_json_put_u64(json, "unreached", tree->unreached);
	rg_json_put_u64(json, "unreached_bytes", tree->unreached_bytes);
	rg_json_put_u64(json, "nodes_found", tree->nodes_found);
	put_left_out(json, tree->left_out, tree->left_out_targets, tree->left_out_bytes);
	rg_json_put_array(json, "nodes");
	for (uint32_t i = 0; !status && i < tree->count; i++)
		status = put_node_json(cli, json, merged, i);
	if (status) {
		rg_json_free(json);
		return status;
	}
	rg_json_put_end(json);
	rg_json_put_end(json);
	return cli_json_end(json);
}

static int report_csv(struct cli *cli, const struct merged *merged)
{
	static const struct rg_column raw[] = {
		{ "Id", "id", RG_COLUMN_COUNT },
		{ "Parent", "parent", RG_COLUMN_COUNT },
		{ "Label", "label", RG_COLUMN_TEXT },
		{ "Type", "type", RG_COLUMN_TEXT },
		{ "Objects", "objects", RG_COLUMN_COUNT },
		{ "Targets", "targets", RG_COLUMN_COUNT },
		{ "Bytes", "bytes", RG_COLUMN_BYTES },
		{ "Own targets", "own_targets", RG_COLUMN_COUNT },
		{ "Own bytes", "own_bytes", RG_COLUMN_BYTES },
		{ "Repeats", "repeats", RG_COLUMN_TEXT },
		{ "Example", "example", RG_COLUMN_TEXT },
	};
	rg_table *table;
	rg_error *error = rg_table_new(raw, sizeof(raw) / sizeof(raw[0]), &table);
	char address[24];

	if (error)
		return cli_fail(error);
	for (uint32_t i = 0; i < merged->tree->count; i++) {
		const struct rg_merged_node *node = node_at(merged, i);

		rg_table_number(table, i);
		if (node->parent == RG_NONE)
			rg_table_empty(table);
		else
			rg_table_number(table, node->parent);
		rg_table_text(table, node->label);
		rg_table_text(table, node->type == RG_NONE ? "" :
			      cli_type_name(cli, merged->graph, node->type));
		rg_table_number(table, (int64_t)node->objects);
		rg_table_number(table, (int64_t)node->targets);
		rg_table_number(table, (int64_t)node->bytes);
		rg_table_number(table, (int64_t)node->own_targets);
		rg_table_number(table, (int64_t)node->own_bytes);
		rg_table_text(table, node->repeats ? "true" : "false");
		snprintf(address, sizeof(address), "0x%" PRIx64,
			 rg_graph_object(merged->graph, node->example).address);
		rg_table_text(table, address);
	}
	error = rg_table_csv(table, cli->sink);
	rg_table_free(table);
	return error ? cli_fail(error) : CLI_OK;
}

/* A node as a frame: no semicolon, which ends one. */
static int put_frame(struct cli *cli, const struct merged *merged,
		     const struct rg_merged_node *node)
{
	rg_sink *text;
	rg_error *error = rg_sink_memory(&text);

	if (error)
		return cli_fail(error);
	put_label(merged, node, text);
	rg_sink_puts(text, " ");
	rg_sink_text(text, node->type == RG_NONE ? "objects" :
		     cli_type_name(cli, merged->graph, node->type));
	for (const char *c = rg_sink_bytes(text, NULL); *c; c++)
		rg_sink_write(cli->sink, *c == ';' ? "," : c, 1);
	rg_sink_free(text);
	return CLI_OK;
}

/* Bytes stand where viewers of flame graphs expect samples. */
static int report_collapsed(struct cli *cli, const struct merged *merged)
{
	uint32_t *way = malloc((merged->tree->count + 1) * sizeof(*way));
	int status = way ? CLI_OK : cli_no_memory();

	for (uint32_t i = 0; !status && i < merged->tree->count; i++) {
		const struct rg_merged_node *node = node_at(merged, i);
		uint64_t bytes = node->own_bytes + node->left_out_bytes;

		way[node->depth] = i;
		for (uint32_t d = 0; !status && bytes && d <= node->depth && d < DEEPEST_STACK;
		     d++) {
			rg_sink_puts(cli->sink, d ? ";" : "");
			status = put_frame(cli, merged, node_at(merged, way[d]));
		}
		if (bytes)
			rg_sink_printf(cli->sink, " %" PRIu64 "\n", bytes);
	}
	free(way);
	return status;
}

/* ---- pictures ------------------------------------------------------------------------ */

static rg_error *add_fold(rg_picture *picture, const struct merged *merged, uint32_t parent,
			  uint64_t nodes, uint64_t targets, size_t number)
{
	char id[32], title[RG_FORMAT_SIZE + 32], text[RG_FORMAT_SIZE + 32], count[RG_FORMAT_SIZE];
	uint64_t share = share_of(merged, targets);
	struct rg_picture_node fold = {
		.id = id, .title = title, .text = text, .object = RG_NONE, .refcount = -1,
		.shape = RG_SHAPE_FOLD,
	};
	struct rg_picture_edge edge = { .from = parent, .label = "", .count = 1,
					.kind = RG_REFERENCE_STRONG };
	rg_error *error;

	snprintf(id, sizeof(id), "f%zu", number);
	snprintf(title, sizeof(title), "+ %s more %s", rg_format_count(nodes, count),
		 nodes == 1 ? "way" : "ways");
	snprintf(text, sizeof(text), "to %s, %" PRIu64 ".%" PRIu64 "%%",
		 rg_format_count(targets, count), share / 10, share % 10);
	error = rg_picture_add_node(picture, &fold, &edge.to);
	return error ? error : rg_picture_add_edge(picture, &edge);
}

static rg_error *add_root(rg_picture *picture, const struct rg_merged_node *node, uint32_t line,
			  uint32_t height, uint32_t *ret)
{
	char id[32], text[RG_FORMAT_SIZE + 16] = "", number[RG_FORMAT_SIZE];
	struct rg_picture_node root = {
		.id = id, .title = node->label, .text = text, .depth = height + 1,
		.object = RG_NONE, .refcount = -1, .shape = RG_SHAPE_ROOT,
	};

	snprintf(id, sizeof(id), "r%" PRIu32, line);
	if (node->root_count > 1)
		snprintf(text, sizeof(text), "%s roots", rg_format_count(node->root_count, number));
	return rg_picture_add_node(picture, &root, ret);
}

/* The box of a line, below @above's; what it joins is the label of the arrow. */
static rg_error *add_box(const struct cli *cli, const struct merged *merged, rg_picture *picture,
			 const struct line *line, uint32_t number, uint32_t above, uint32_t *ret)
{
	const struct rg_merged_node *node = node_at(merged, line->last);
	uint32_t first = line->first + (line->parent == RG_NONE);
	char id[32], words[WORDS_SIZE], text[LABEL_SIZE], count[RG_FORMAT_SIZE];
	char size[RG_FORMAT_SIZE];
	uint64_t share = share_of(merged, node->targets);
	struct rg_picture_node box = {
		.id = id, .title = words, .text = text, .depth = line->height,
		.object = node->objects == 1 ? node->example : RG_NONE, .refcount = -1,
		.shape = RG_SHAPE_OBJECT, .flags = node->own_targets ? RG_NODE_TARGET : 0u,
	};
	struct rg_picture_edge edge = { .from = above, .count = 1, .kind = RG_REFERENCE_STRONG };
	rg_sink *label;
	rg_error *error = rg_sink_memory(&label);

	if (error)
		return error;
	if (first <= line->last)
		put_labels(merged, first, line->last, label);
	edge.label = rg_sink_bytes(label, NULL);
	snprintf(id, sizeof(id), "m%" PRIu32, number);
	get_words(cli, merged, node, words);
	if (node->own_targets == node->targets && node->own_targets == node->objects)
		snprintf(text, sizeof(text), "%s, %" PRIu64 ".%" PRIu64 "%%",
			 rg_format_bytes(node->bytes, size), share / 10, share % 10);
	else
		snprintf(text, sizeof(text), "%s%s, %s, %" PRIu64 ".%" PRIu64 "%%",
			 node->own_targets == node->targets ? "of these " : "holds ",
			 rg_format_count(node->targets, count), rg_format_bytes(node->bytes, size),
			 share / 10, share % 10);
	if (box.object != RG_NONE) {
		box.address = rg_graph_object(merged->graph, box.object).address;
		if (rg_graph_object(merged->graph, box.object).flags & RG_OBJECT_MODULE)
			box.flags |= RG_NODE_MODULE;
	}
	error = rg_picture_add_node(picture, &box, ret);
	edge.to = *ret;
	if (!error)
		error = rg_picture_add_edge(picture, &edge);
	rg_sink_free(label);
	return error;
}

static rg_error *add_boxes(const struct cli *cli, const struct merged *merged,
			   const struct lines *lines, uint32_t *boxes, rg_picture *picture)
{
	rg_error *error = NULL;

	for (uint32_t l = 0; !error && l < lines->count; l++) {
		const struct line *line = &lines->lines[l];
		const struct rg_merged_node *last = node_at(merged, line->last);
		uint32_t above = line->parent == RG_NONE ? 0 : boxes[line->parent];

		if (line->parent == RG_NONE)
			error = add_root(picture, node_at(merged, line->first), l, line->height,
					 &above);
		if (!error)
			error = add_box(cli, merged, picture, line, l, above, &boxes[l]);
		if (!error && last->left_out)
			error = add_fold(picture, merged, boxes[l], last->left_out,
					 last->left_out_targets, l);
	}
	return error;
}

static int draw(struct cli *cli, const struct merged *merged, const struct cli_objects *targets)
{
	struct lines lines = { NULL, 0, 0 };
	int status = make_lines(merged, &lines);
	uint32_t *boxes = calloc((size_t)lines.count + 1, sizeof(*boxes));
	char caption[512], name[256], number[RG_FORMAT_SIZE], more[RG_FORMAT_SIZE];
	rg_picture *picture = NULL;
	rg_error *error = NULL;

	if (!status && !boxes)
		status = cli_no_memory();
	if (!status)
		error = rg_picture_new(true, &picture);
	if (!status && !error)
		error = add_boxes(cli, merged, &lines, boxes, picture);
	rg_text_clean(type_of(cli, merged, targets), name, sizeof(name));
	snprintf(caption, sizeof(caption), "what holds %s %s, each by its best chain%s%s%s",
		 rg_format_count(merged->tree->targets, number), name,
		 merged->tree->left_out ? "\n" : "",
		 merged->tree->left_out ? rg_format_count(merged->tree->left_out_targets, more)
					: "",
		 merged->tree->left_out ? " of them in ways that are not drawn" : "");
	if (!status && !error)
		error = rg_picture_set_caption(picture, caption);
	if (!status)
		status = error ? cli_fail(error) : cli_draw(cli, picture);
	rg_picture_free(picture);
	free(boxes);
	free(lines.lines);
	return status;
}

/* ---- all of it ------------------------------------------------------------------------- */

/* Few for people, more for programs. */
static size_t limit_of(const struct cli *cli)
{
	if (cli->options.limit_given)
		return (size_t)cli->options.limit;
	switch (cli->options.format) {
	case CLI_TREE:
		return FEW_LINES;
	case CLI_JSON:
	case CLI_CSV:
		return MANY;
	case CLI_COLLAPSED:
		return MANY_STACKS;
	default:
		return FEW_BOXES;
	}
}

/* A picture of many boxes that hold next to nothing tells nothing. */
static unsigned int share_wanted(const struct cli *cli)
{
	switch (cli->options.format) {
	case CLI_DOT:
	case CLI_SVG:
	case CLI_PNG:
	case CLI_PDF:
		return cli->options.limit_given ? 0 : 10;
	default:
		return 0;
	}
}

static int show(struct cli *cli, const struct merged *merged, const struct cli_objects *targets)
{
	int status;

	switch (cli->options.format) {
	case CLI_DOT:
	case CLI_SVG:
	case CLI_PNG:
	case CLI_PDF:
		if (merged->tree->count)
			return draw(cli, merged, targets);
		cli_say("%s: no root leads to any of them, so there is nothing to draw",
			merged->path);
		return CLI_FINDING;
	default:
		break;
	}
	status = cli_open(cli);
	if (status)
		return status;
	switch (cli->options.format) {
	case CLI_JSON:
		return report_json(cli, merged);
	case CLI_CSV:
		return report_csv(cli, merged);
	case CLI_COLLAPSED:
		return report_collapsed(cli, merged);
	default:
		return report(cli, merged, targets);
	}
}

int chain_merged(struct cli *cli, rg_dump *dump, const rg_graph *graph,
		 const struct cli_objects *targets)
{
	struct rg_merged_options options = {
		.size = sizeof(options),
		.limit = limit_of(cli),
		.share = share_wanted(cli),
		.plumbing = cli->options.plumbing,
		.shortest = cli->options.shortest,
		.labels = (enum rg_label_policy)cli->options.labels,
	};
	struct merged merged = { dump, rg_dump_info(dump)->path, graph, NULL };
	rg_error *error = rg_merged_find(graph, targets->ids, targets->count, &options,
					 &merged.tree);
	int status = error ? cli_fail(error) : show(cli, &merged, targets);

	if (!status && !merged.tree->count)
		status = CLI_FINDING;
	rg_merged_free(merged.tree);
	return status;
}
