/* SPDX-License-Identifier: MIT */
/*
 * What growth reads of dumps beside types, where it is asked for: containers
 * and survivors.  References and the tree of dominators are there while a dump
 * is open, so that the last one is judged before it is closed.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/growth.h"

static size_t last_of(const struct growth_series *series)
{
	return series->count - 1;
}

static const struct rg_type_table *all_types(const struct growth_series *series, size_t at)
{
	return series->whole[at] ? series->whole[at] : series->tables[at];
}

/* Whether every dump is of the process that the one before was of. */
static bool are_of_one_process(const struct cli *cli, const struct growth_series *series)
{
	if (cli->options.process)
		return cli->options.process == 1;
	for (size_t i = 1; i < series->count; i++) {
		uint64_t before = series->infos[i - 1].pid, pid = series->infos[i].pid;

		if ((before && pid && before != pid) ||
		    !rg_types_of_one_process(all_types(series, i - 1), all_types(series, i)))
			return false;
	}
	return true;
}

static rg_error *find_containers(const struct cli *cli, struct growth_series *series, size_t at,
				 const rg_graph *graph, const struct rg_dominators *dominators)
{
	struct rg_containers_options options;

	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.labels = (enum rg_label_policy)cli->options.labels;
	if (at > cli->options.warmup)
		options.before = series->containers[cli->options.warmup];
	return rg_containers_find(graph, dominators, &options, &series->containers[at]);
}

/* All dumps are read: which containers grew, and what their newcomers weigh. */
static rg_error *judge_containers(const struct cli *cli, struct growth_series *series,
				  const rg_graph *graph, const struct rg_dominators *dominators)
{
	struct rg_container_growth_options options;
	struct rg_newcomers *newcomers = NULL;
	rg_error *error;

	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.warmup = (size_t)cli->options.warmup;
	options.same_process = series->same_process;
	options.all = true;
	error = rg_container_growth_find(
		(const struct rg_container_table *const *)series->containers, series->count,
		&options, &series->grown);
	if (!error && series->same_process)
		error = rg_newcomers_find(graph, series->first, &newcomers);
	if (!error && newcomers)
		error = rg_container_growth_weigh(series->grown, graph, dominators, newcomers);
	rg_newcomers_free(newcomers);
	return error;
}

/* An object of the set whose type is @type. */
static uint64_t example_of(const rg_graph *graph, const uint64_t *set, rg_type_id type)
{
	for (rg_id id = 0; id < rg_graph_object_count(graph); id++) {
		struct rg_object object;

		if (!(set[id / 64] >> (id % 64) & 1))
			continue;
		object = rg_graph_object(graph, id);
		if (object.type == type)
			return object.address;
	}
	return 0;
}

static rg_error *find_survivors(const struct cli *cli, struct growth_series *series,
				const rg_graph *graph)
{
	struct rg_newcomers *survivors = NULL;
	struct rg_types_options options;
	rg_error *error;

	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.tracked_only = cli->options.tracked;
	options.short_names = cli->options.short_names;
	options.select = cli_selection(cli);
	error = rg_survivors_find(graph, series->first, series->middle, &survivors);
	if (!error) {
		options.set = survivors->set;
		series->reused = survivors->reused;
		error = rg_types(graph, &options, &series->survivors);
	}
	if (!error && series->survivors->count)
		series->survivor = example_of(graph, survivors->set,
					      series->survivors->rows[0].type);
	rg_newcomers_free(survivors);
	return error;
}

static rg_error *read_references(const struct cli *cli, struct growth_series *series, size_t at,
				 rg_dump *dump)
{
	struct rg_dominators *dominators = NULL;
	const rg_graph *graph;
	rg_error *error = rg_dump_graph(dump, &graph);

	cli_progress_stage("measuring containers");
	if (!error)
		error = rg_dominators_find(graph, NULL, &dominators);
	if (!error)
		error = find_containers(cli, series, at, graph, dominators);
	if (!error && at == last_of(series))
		error = judge_containers(cli, series, graph, dominators);
	rg_dominators_free(dominators);
	return error;
}

int growth_heap_read(struct cli *cli, struct growth_series *series, size_t at, rg_dump *dump,
		     const struct growth_wants *wants)
{
	rg_error *error = NULL;

	if (!wants->containers && !wants->survivors)
		return CLI_OK;
	if (at == last_of(series))
		series->same_process = are_of_one_process(cli, series);
	if (at == cli->options.warmup)
		error = rg_snapshot_take(rg_dump_objects(dump), &series->first);
	if (!error && wants->survivors && at + 1 == last_of(series))
		error = rg_snapshot_take(rg_dump_objects(dump), &series->middle);
	if (!error && wants->survivors && at == last_of(series))
		error = find_survivors(cli, series, rg_dump_objects(dump));
	if (!error && wants->containers)
		error = read_references(cli, series, at, dump);
	return error ? cli_fail(error) : CLI_OK;
}

void growth_heap_free(struct growth_series *series)
{
	for (size_t i = 0; series->containers && i < series->count; i++)
		rg_containers_free(series->containers[i]);
	free(series->containers);
	rg_container_growth_free(series->grown);
	rg_snapshot_free(series->first);
	rg_snapshot_free(series->middle);
	rg_types_free(series->survivors);
}
