/* SPDX-License-Identifier: MIT */
/* The tree of dominators for people: lines on a terminal, or boxes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/retained_tree.h"

#define TEXT_SIZE (2 * RETAINED_WORDS)

/* For each branch the first of its children and the next of its parent's, or 0. */
struct links {
	uint32_t *child, *next;
};

static int link_up(const struct retained_tree *tree, struct links *ret)
{
	ret->child = calloc(tree->count + 1, sizeof(*ret->child));
	ret->next = calloc(tree->count + 1, sizeof(*ret->next));
	if (!ret->child || !ret->next)
		return cli_no_memory();
	for (uint32_t b = tree->count; b-- > 1;) {
		ret->next[b] = ret->child[tree->branches[b].parent];
		ret->child[tree->branches[b].parent] = b;
	}
	return CLI_OK;
}

/* What a branch is in words, shortened to what is left of the line. */
static void put_branch(struct cli *cli, const struct retained *retained,
		       const struct retained_tree *tree, const struct branch *branch,
		       size_t column)
{
	char label[RETAINED_WORDS], words[RETAINED_WORDS], line[TEXT_SIZE + 8];
	size_t room = cli->width > column + 20 ? cli->width - column : 20, columns = 0, at = 0;

	retained_branch_label(cli, retained, tree, branch, label, sizeof(label));
	retained_branch_words(cli, retained, branch, words, sizeof(words));
	snprintf(line, sizeof(line), "%s%s%s", label, *label ? "  " : "", words);
	while (cli->width && line[at] &&
	       (columns < room || ((unsigned char)line[at] & 0xc0) == 0x80))
		columns += ((unsigned char)line[at++] & 0xc0) != 0x80;
	if (cli->width)
		line[at] = '\0';
	rg_sink_puts(cli->sink, line);
	if (branch->kind == BRANCH_ONE && branch->vertex < retained->dominators->objects &&
	    (!cli->width || columns + 24 < room))
		rg_sink_printf(cli->sink, "  0x%" PRIx64,
			       rg_graph_object(retained->graph, branch->vertex).address);
	rg_sink_puts(cli->sink, "\n");
}

static void put_figures(struct cli *cli, const struct retained *retained, uint64_t bytes)
{
	char number[RG_FORMAT_SIZE];
	uint64_t share = retained_share(retained, bytes);

	rg_sink_printf(cli->sink, "%10s %3" PRIu64 ".%" PRIu64 "  ", rg_format_bytes(bytes, number),
		       share / 10, share % 10);
}

/* Depth-first, by links: what stands above on the line is known from the way up. */
static int put_lines(struct cli *cli, const struct retained *retained,
		     const struct retained_tree *tree)
{
	const char *last = cli->ascii ? "`- " : "\u2514\u2500 ";
	const char *inner = cli->ascii ? "|- " : "\u251c\u2500 ";
	const char *beside = cli->ascii ? "|  " : "\u2502  ";
	struct links links = { NULL, NULL };
	uint32_t *way = calloc(tree->count + 1, sizeof(*way)), depth = 0;
	int status = way ? link_up(tree, &links) : cli_no_memory();

	for (uint32_t b = 0; !status && !rg_sink_failed(cli->sink);) {
		put_figures(cli, retained, tree->branches[b].retained);
		for (uint32_t d = 1; d < depth; d++)
			rg_sink_puts(cli->sink, links.next[way[d]] ? beside : "   ");
		if (depth)
			rg_sink_puts(cli->sink, links.next[b] ? inner : last);
		put_branch(cli, retained, tree, &tree->branches[b], 18 + 3 * (size_t)depth);
		way[depth] = b;
		if (links.child[b]) {
			b = links.child[b];
			depth++;
			continue;
		}
		while (depth && !links.next[way[depth]])
			depth--;
		if (!depth)
			break;
		b = links.next[way[depth]];
	}
	free(way);
	free(links.child);
	free(links.next);
	return status;
}

static rg_error *add_boxes(const struct cli *cli, const struct retained *retained,
			   const struct retained_tree *tree, rg_picture *picture)
{
	for (uint32_t b = 0; b < tree->count; b++) {
		const struct branch *branch = &tree->branches[b];
		bool object = branch->kind == BRANCH_ONE &&
			      branch->vertex < retained->dominators->objects;
		char id[32], words[RETAINED_WORDS], text[128], label[RETAINED_WORDS];
		char bytes[RG_FORMAT_SIZE];
		uint64_t share = retained_share(retained, branch->retained);
		struct rg_picture_node node = {
			.id = id, .title = words, .text = text, .depth = branch->depth,
			.object = object ? branch->vertex : RG_NONE, .refcount = -1,
			.shape = branch->kind == BRANCH_REST ? RG_SHAPE_FOLD
				 : branch->vertex >= retained->dominators->objects
					 ? RG_SHAPE_ROOT : RG_SHAPE_OBJECT,
		};
		struct rg_picture_edge edge = { .from = branch->parent, .to = b, .label = label,
						.count = 1, .kind = RG_REFERENCE_STRONG };
		rg_error *error;

		if (object) {
			node.address = rg_graph_object(retained->graph, branch->vertex).address;
			snprintf(id, sizeof(id), "o%" PRIx64, node.address);
			if (rg_graph_object(retained->graph, branch->vertex).flags &
			    RG_OBJECT_MODULE)
				node.flags |= RG_NODE_MODULE;
		} else {
			snprintf(id, sizeof(id), "b%" PRIu32, b);
		}
		retained_branch_words(cli, retained, branch, words, sizeof(words));
		snprintf(text, sizeof(text), "%s, %" PRIu64 ".%" PRIu64 "%%",
			 rg_format_bytes(branch->retained, bytes), share / 10, share % 10);
		error = rg_picture_add_node(picture, &node, &edge.to);
		if (error)
			return error;
		retained_branch_label(cli, retained, tree, branch, label, sizeof(label));
		error = b ? rg_picture_add_edge(picture, &edge) : NULL;
		if (error)
			return error;
	}
	return rg_picture_set_caption(picture, "arrows lead to what would go too: the tree of "
				      "dominators");
}

static int draw(struct cli *cli, const struct retained *retained,
		const struct retained_tree *tree)
{
	rg_picture *picture;
	rg_error *error = rg_picture_new(false, &picture);
	int status;

	if (error)
		return cli_fail(error);
	error = add_boxes(cli, retained, tree, picture);
	status = error ? cli_fail(error) : cli_draw(cli, picture);
	rg_picture_free(picture);
	return status;
}

int retained_draw(struct cli *cli, const struct retained *retained)
{
	struct retained_limits limits = retained_limits_of(cli, retained, false);
	struct retained_tree tree = { NULL, 0, NULL };
	int status = retained_tree_new(cli, retained, &limits, &tree);

	if (status)
		return status;
	if (cli->options.format != CLI_TABLE)
		status = draw(cli, retained, &tree);
	else
		status = put_lines(cli, retained, &tree);
	retained_tree_free(&tree);
	return status;
}
