/* SPDX-License-Identifier: MIT */
/* growth --graph FILE: who holds the objects that the last dump has and the first had not. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/growth.h"

#define LABEL_SIZE 256

static rg_error *add_keeper(const struct cli *cli, const rg_graph *graph, rg_picture *picture,
			    const struct rg_keeper *keeper, size_t number,
			    const struct rg_garbage *garbage, uint32_t *ret)
{
	char id[32], title[512], text[512] = "", amount[RG_FORMAT_SIZE], size[RG_FORMAT_SIZE];
	const char *type = cli_type_name(cli, graph, keeper->type);
	uint32_t flags = rg_graph_object(graph, keeper->example).flags;
	struct rg_description words;
	struct rg_picture_node node = {
		.id = id, .shape = RG_SHAPE_OBJECT, .title = title, .text = text,
		.object = keeper->example, .depth = keeper->level, .refcount = -1,
		.flags = (keeper->newcomers ? RG_NODE_TARGET : 0u) |
			 (flags & RG_OBJECT_MODULE ? RG_NODE_MODULE : 0u),
	};

	if (garbage && rg_garbage_state(garbage, keeper->example) != RG_STATE_ALIVE)
		node.flags |= RG_NODE_UNREACHABLE;
	snprintf(id, sizeof(id), "k%zu", number);
	rg_graph_describe(graph, keeper->example, false, &words);
	if (keeper->count == 1 && !keeper->newcomers)
		snprintf(title, sizeof(title), "%s", type);
	else
		snprintf(title, sizeof(title), "%s%s \u00d7 %s", keeper->newcomers ? "+ " : "",
			 rg_format_count(keeper->count, amount), type);
	if (keeper->newcomers)
		snprintf(text, sizeof(text), "%s", rg_format_bytes(keeper->bytes, size));
	else if (keeper->count == 1 && words.has_length)
		snprintf(text, sizeof(text), "%s%s%s items", words.name, *words.name ? "\n" : "",
			 rg_format_count(words.length, size));
	else
		snprintf(text, sizeof(text), "%s%s%s", words.name,
			 *words.name && *words.text ? "\n" : "", words.text);
	return rg_picture_add_node(picture, &node, ret);
}

static rg_error *draw_edges(const struct cli *cli, const rg_graph *graph, rg_picture *picture,
			    const struct rg_keepers *found, const uint32_t *drawn)
{
	char label[LABEL_SIZE];

	for (size_t i = 0; i < found->edge_count; i++) {
		const struct rg_keeper_edge *edge = &found->edges[i];
		struct rg_picture_edge arrow = { drawn[edge->from], drawn[edge->to], label,
						 edge->count, 0, RG_REFERENCE_STRONG };
		rg_error *error;

		rg_keeper_label(graph, &edge->step, (enum rg_label_policy)cli->options.labels,
				label, sizeof(label));
		error = rg_picture_add_edge(picture, &arrow);
		if (error)
			return error;
	}
	return NULL;
}

static rg_error *draw(const struct cli *cli, const rg_graph *graph,
		      const struct rg_garbage *garbage, const struct rg_keepers *found,
		      rg_picture *picture)
{
	uint32_t drawn[1024], root;
	rg_error *error = NULL;

	for (size_t i = 0; !error && i < found->count; i++) {
		const struct rg_keeper *keeper = &found->keepers[i];

		error = add_keeper(cli, graph, picture, keeper, i, garbage, &drawn[i]);
		if (!error && keeper->root && !keeper->newcomers)
			error = rg_picture_add_root(picture, graph, keeper->root, drawn[i], i,
						    &root);
	}
	return error ? error : draw_edges(cli, graph, picture, found, drawn);
}

/* The dump that all are judged against. */
static const struct rg_dump_info *first_of(const struct cli *cli,
					   const struct growth_series *series)
{
	return &series->infos[cli->options.warmup < series->count - 1 ? cli->options.warmup : 0];
}

static rg_error *caption(const struct cli *cli, rg_picture *picture,
			 const struct growth_series *series,
			 const struct rg_newcomers *newcomers, const struct rg_keepers *found)
{
	char text[1024], count[RG_FORMAT_SIZE], more[128] = "", stayed[256] = "";

	if (found->types_left_out)
		snprintf(more, sizeof(more), "\n%" PRIu64 " more types of newcomers are not drawn",
			 found->types_left_out);
	if (cli->options.survivors)
		snprintf(stayed, sizeof(stayed), ", and %.200s had already",
			 series->infos[series->count - 2].path);
	snprintf(text, sizeof(text),
		 "who holds what %.200s has and %.200s had not%s: %s objects in all%s%s",
		 series->infos[series->count - 1].path, first_of(cli, series)->path, stayed,
		 rg_format_count(newcomers->count, count), more,
		 first_of(cli, series)->complete && series->infos[series->count - 1].complete
			 ? "" : "\na dump is incomplete");
	return rg_picture_set_caption(picture, text);
}

/* Draws the newcomers of @dump into @ret. */
static rg_error *make(const struct cli *cli, const struct growth_series *series, rg_dump *dump,
		      const struct rg_snapshot *before, const struct rg_snapshot *between,
		      rg_picture **ret)
{
	struct rg_newcomers *newcomers = NULL;
	struct rg_keepers *found = NULL;
	struct rg_garbage *garbage = NULL;
	rg_picture *picture = NULL;
	const rg_graph *graph;
	rg_error *error = rg_dump_graph(dump, &graph);

	if (!error)
		error = between ? rg_survivors_find(graph, before, between, &newcomers)
				: rg_newcomers_find(graph, before, &newcomers);
	if (!error)
		error = rg_keepers_find(graph, newcomers, NULL, &found);
	if (!error) {
		error = rg_garbage_find(graph, &garbage);
		/* Without counts and roots nothing is marked. */
		if (error && rg_error_code(error) == RG_ERROR_INCOMPLETE) {
			rg_error_free(error);
			error = NULL;
		}
	}
	if (!error)
		error = rg_picture_new(true, &picture);
	if (!error)
		error = draw(cli, graph, garbage, found, picture);
	if (!error)
		error = caption(cli, picture, series, newcomers, found);
	rg_garbage_free(garbage);
	rg_keepers_free(found);
	rg_newcomers_free(newcomers);
	if (error)
		rg_picture_free(picture);
	else
		*ret = picture;
	return error;
}

static int take(struct cli *cli, const char *path, struct rg_snapshot **ret)
{
	rg_dump *dump = NULL;
	rg_error *error;
	int status = cli_load(cli, path, &dump);

	if (status)
		return status;
	error = rg_snapshot_take(rg_dump_objects(dump), ret);
	rg_dump_close(dump);
	return error ? cli_fail(error) : CLI_OK;
}

/* Writes @picture to the file that --graph names, in the format of its suffix. */
static int write(const struct cli *cli, rg_picture *picture, int format)
{
	struct cli other = *cli;

	other.sink = NULL;
	other.options.output = cli->options.graph;
	other.options.format = format;
	return cli_close(&other, cli_draw(&other, picture));
}

static int format_of(const char *path)
{
	static const struct {
		const char *suffix;
		enum cli_format format;
	} known[] = {
		{ ".dot", CLI_DOT }, { ".gv", CLI_DOT }, { ".svg", CLI_SVG }, { ".png", CLI_PNG },
		{ ".pdf", CLI_PDF },
	};
	const char *suffix = strrchr(path, '.');

	for (size_t i = 0; suffix && i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(suffix, known[i].suffix))
			return (int)known[i].format;
	return -1;
}

int growth_graph(struct cli *cli, const struct growth_series *series)
{
	const struct rg_dump_info *first = first_of(cli, series);
	int format = format_of(cli->options.graph), status;
	struct rg_snapshot *before = NULL, *between = NULL;
	rg_picture *picture = NULL;
	rg_dump *dump = NULL;
	rg_error *error;

	if (format < 0) {
		cli_say("--graph %s: its suffix tells no format: name a .svg, .png, .pdf or .dot",
			cli->options.graph);
		return CLI_TROUBLE;
	}
	status = take(cli, first->path, &before);
	if (!status && cli->options.survivors)
		status = take(cli, series->infos[series->count - 2].path, &between);
	if (!status)
		status = cli_load(cli, series->infos[series->count - 1].path, &dump);
	if (!status) {
		error = make(cli, series, dump, before, between, &picture);
		status = error ? cli_fail(error) : write(cli, picture, format);
	}
	rg_picture_free(picture);
	rg_snapshot_free(before);
	rg_snapshot_free(between);
	rg_dump_close(dump);
	return status;
}
