/* SPDX-License-Identifier: MIT */
/*
 * Measures chains, merged chains and cycles on synthesised graphs, each in a process
 * of its own whose thread has 256 KiB of stack:
 *
 *   chains [OBJECTS]
 *
 * Everything is asked of a graph of so many objects (10 million) and of one of a
 * tenth; what takes more than 20 times as long on the larger one is not
 * linear, and the exit status is 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/shapes.h"
#include "graph/store.h"

#define GROWTH_LIMIT 20.0 /* times, for ten times the objects */
#define LEAST 0.02        /* seconds: what is faster is not compared */

static double best_chain(const rg_graph *graph)
{
	rg_id target = graph->count - 1;
	struct rg_chains *chains;
	double start = now();

	must(rg_chains_find(graph, &target, 1, NULL, &chains));
	start = now() - start;
	if (!chains->count)
		exit(1);
	rg_chains_free(chains);
	return start;
}

static double disjoint(const rg_graph *graph)
{
	struct rg_chains_options how = { .size = sizeof(how), .disjoint = true, .count = 8 };
	rg_id target = graph->count - 1;
	struct rg_chains *chains;
	double start = now();

	must(rg_chains_find(graph, &target, 1, &how, &chains));
	start = now() - start;
	if (!chains->count)
		exit(1);
	rg_chains_free(chains);
	return start;
}

/* What holds all of them. */
static double merge(const rg_graph *graph)
{
	rg_id *targets = malloc((size_t)graph->count * sizeof(*targets));
	struct rg_merged *merged;
	double start;

	for (rg_id id = 0; targets && id < graph->count; id++)
		targets[id] = id;
	if (!targets)
		exit(2);
	start = now();
	must(rg_merged_find(graph, targets, graph->count, NULL, &merged));
	start = now() - start;
	/* All are of one type, and there are no labels. */
	if (merged->count > 3 || merged->nodes[0].targets != graph->count)
		exit(1);
	rg_merged_free(merged);
	free(targets);
	return start;
}

static double cycles(const rg_graph *graph)
{
	struct rg_cycles_options how = { .size = sizeof(how), .all = true };
	struct rg_garbage *garbage;
	struct rg_cycles *found;
	double start;

	must(rg_garbage_find(graph, &garbage));
	start = now();
	must(rg_cycles_find(graph, garbage, &how, &found));
	start = now() - start;
	if (!found->count)
		exit(1);
	rg_cycles_free(found);
	rg_garbage_free(garbage);
	return start;
}

static const struct {
	const char *name;
	double (*run)(const rg_graph *graph);
	bool garbage;
} questions[] = {
	{ "chain", best_chain, false },
	{ "chain --disjoint", disjoint, false },
	{ "chain --merge", merge, false },
	{ "cycles --all", cycles, false },
	{ "cycles, all garbage", cycles, true },
};

struct job {
	enum shape shape;
	size_t question;
	rg_id count;
	bool holds; /* out */
};

static void *work(void *user)
{
	struct job *job = user;
	double seconds[2];

	for (int large = 0; large < 2; large++) {
		rg_builder *builder = build(job->shape, large ? job->count : job->count / 10,
					    questions[job->question].garbage);

		forget_peak();
		seconds[large] = questions[job->question].run(rg_builder_graph(builder));
		rg_builder_free(builder);
	}
	job->holds = seconds[1] < LEAST || seconds[1] <= GROWTH_LIMIT * seconds[0];
	printf("%-6s %9u objects, %-20s %6.2f s, %5.1f times a tenth of it, %lu MB%s\n",
	       shape_names[job->shape], (unsigned)job->count, questions[job->question].name,
	       seconds[1], seconds[1] / (seconds[0] > 0 ? seconds[0] : 1e-9), peak(),
	       job->holds ? "" : ": NOT LINEAR");
	fflush(stdout);
	return NULL;
}

int main(int argc, char **argv)
{
	rg_id count = argc > 1 ? (rg_id)strtoul(argv[1], NULL, 10) : 10000000;
	bool holds = count >= 1000;

	for (int shape = CHAIN; shape <= STAR; shape++) {
		for (size_t q = 0; q < sizeof(questions) / sizeof(questions[0]); q++) {
			struct job job = { .shape = (enum shape)shape, .question = q,
					   .count = count };

			holds = in_child(work, &job, &job.holds) && holds;
		}
	}
	printf("linear under 256 KiB of stack: %s\n", holds ? "holds" : "EXCEEDED");
	return holds ? 0 : 1;
}
