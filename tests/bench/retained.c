/* SPDX-License-Identifier: MIT */
/*
 * Measures dominators and retained sizes on synthesised graphs, each in a process
 * of its own whose thread has 256 KiB of stack:
 *
 *   retained [heap|chain|star|complete] [OBJECTS]
 *
 * Beside seconds, which belong to the machine, it prints how many times one mark
 * from the roots and one search for garbage over the same graph would go into them,
 * and the most memory with the graph.  Without arguments it measures all shapes at
 * their full size, and twice a smaller one that shows the growth; the exit status is
 * 1 if a limit was exceeded.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "bench/shapes.h"
#include "graph/store.h"

#define SECONDS_LIMIT 6.0  /* for 10 million objects with 25 million references */
#define MEMORY_LIMIT 1024  /* MB, the graph and everything */

/* One mark from the roots: what everything else is held against. */
static double mark(const rg_graph *graph)
{
	uint64_t *seen = rg_bitset_new(graph->count);
	rg_id *queue = malloc((size_t)graph->count * sizeof(*queue));
	double start = now();
	rg_id queued = 1;

	if (!seen || !queue)
		exit(2);
	queue[0] = 0;
	rg_bitset_add(seen, 0);
	for (rg_id next = 0; next < queued; next++) {
		uint64_t end = graph->offset[queue[next] + 1];

		for (uint64_t i = graph->offset[queue[next]]; i < end; i++)
			if (rg_store_counted(graph->kind[i]) &&
			    rg_bitset_claim(seen, graph->target[i]))
				queue[queued++] = graph->target[i];
	}
	start = now() - start;
	free(seen);
	free(queue);
	return start;
}

struct job {
	enum shape shape;
	rg_id count;
	double seconds; /* out */
	bool holds;
};

static void *work(void *user)
{
	struct job *job = user;
	rg_builder *builder = build(job->shape, job->count, false);
	const rg_graph *graph = rg_builder_graph(builder);
	struct rg_dominators *found;
	struct rg_garbage *garbage;
	double marking = mark(graph), accounting = now(), start;
	unsigned long most;

	must(rg_garbage_find(graph, &garbage));
	accounting = now() - accounting;
	rg_garbage_free(garbage);
	forget_peak();
	start = now();
	must(rg_dominators_find(graph, NULL, &found));
	job->seconds = now() - start;
	most = peak();
	printf("%-8s %9u objects %9llu references: %6.2f s = %5.2f marks = %5.2f garbage searches, "
	       "%lu MB, %llu alive\n", shape_names[job->shape], (unsigned)job->count,
	       (unsigned long long)graph->references, job->seconds, job->seconds / marking,
	       job->seconds / accounting, most, (unsigned long long)found->alive_objects);
	job->holds = job->shape != HEAP || job->count != 10000000 ||
		     (job->seconds <= SECONDS_LIMIT && most <= MEMORY_LIMIT);
	rg_dominators_free(found);
	rg_builder_free(builder);
	fflush(stdout);
	return NULL;
}

/* In a child, so that each starts with no memory of the last. */
static bool measure(enum shape shape, rg_id count)
{
	struct job job = { .shape = shape, .count = count };

	return in_child(work, &job, &job.holds);
}

int main(int argc, char **argv)
{
	rg_id count = argc > 2 ? (rg_id)strtoul(argv[2], NULL, 10) : 10000000;
	bool holds = true;

	if (argc < 2) {
		static const struct { enum shape shape; rg_id count; } all[] = {
			{ HEAP, 1000000 }, { HEAP, 2000000 }, { HEAP, 10000000 },
			{ CHAIN, 10000000 }, { STAR, 10000000 }, { COMPLETE, 3000 },
		};

		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			holds = measure(all[i].shape, all[i].count) && holds;
		printf("limits for a heap of 10,000,000 objects: %.0f s, %d MB: %s\n",
		       SECONDS_LIMIT, MEMORY_LIMIT, holds ? "hold" : "EXCEEDED");
		return holds ? 0 : 1;
	}
	for (int shape = HEAP; shape <= COMPLETE; shape++)
		if (!strcmp(argv[1], shape_names[shape]))
			return measure((enum shape)shape, count) ? 0 : 1;
	fprintf(stderr, "usage: retained [heap|chain|star|complete] [OBJECTS]\n");
	return 2;
}
