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
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/bitset.h"
#include "graph/builder.h"
#include "graph/store.h"

#define SECONDS_LIMIT 6.0  /* for 10 million objects with 25 million references */
#define MEMORY_LIMIT 1024  /* MB, the graph and everything */

enum shape { HEAP, CHAIN, STAR, COMPLETE };
static const char *const shape_names[] = { "heap", "chain", "star", "complete" };

static void must(rg_error *error)
{
	if (!error)
		return;
	fprintf(stderr, "bench: %s\n", rg_error_message(error));
	exit(2);
}

static uint64_t hash(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* --- graphs ------------------------------------------------------------------ */

typedef void edge_fn(void *user, rg_id to);

/* Four of ten objects refer to others. */
static bool is_container(rg_id id)
{
	return hash(id) % 10 < 4 || !id;
}

/*
 * What object @id, the @rank-th container, refers to: 2.8 that nobody else may
 * refer to, farther on; then 3.5, most of them near, as in a heap.
 */
static void heap_edges(rg_id count, rg_id id, rg_id rank, edge_fn *each, void *user)
{
	uint64_t first = ((uint64_t)rank * 25 + 8) / 9, end = ((uint64_t)(rank + 1) * 25 + 8) / 9;
	uint64_t random = hash((uint64_t)id << 20 | 1);
	unsigned more = 3 + (random >> 60 & 1) + (random >> 56 & 3 ? 0 : 1);

	for (uint64_t to = first ? first : 1; to < end && to < count; to++)
		each(user, (rg_id)to);
	for (unsigned i = 0; i < more; i++) {
		random = hash(random + i);
		if (random % 10 < 7)
			each(user, (rg_id)((id + count + (random >> 8) % 4096 - 2048) % count));
		else
			each(user, (rg_id)((random >> 8) % count));
	}
}

static void edges_of(enum shape shape, rg_id count, rg_id id, rg_id rank, edge_fn *each,
		     void *user)
{
	switch (shape) {
	case HEAP:
		if (is_container(id))
			heap_edges(count, id, rank, each, user);
		break;
	case CHAIN:
		if (id + 1 < count)
			each(user, id + 1);
		if (id)
			each(user, id - 1);
		break;
	case STAR:
		for (rg_id to = 1; !id && to < count; to++)
			each(user, to);
		if (id % 2)
			each(user, 0);
		break;
	case COMPLETE:
		for (rg_id to = 0; to < count; to++)
			each(user, to);
		break;
	}
}

struct feed {
	rg_builder *builder;
	uint32_t *counts;
	uint64_t edges;
};

static void count_edge(void *user, rg_id to)
{
	struct feed *feed = user;

	feed->counts[to]++;
	feed->edges++;
}

static void add_edge(void *user, rg_id to)
{
	struct feed *feed = user;

	must(rg_builder_reference(feed->builder, to, RG_REFERENCE_STRONG));
}

static void each_object(enum shape shape, rg_id count, struct feed *feed, edge_fn *each)
{
	rg_id rank = 0;

	for (rg_id id = 0; id < count; id++) {
		edges_of(shape, count, id, rank, each, feed);
		rank += shape == HEAP && is_container(id);
		if (each == add_edge)
			must(rg_builder_next(feed->builder));
	}
}

static rg_builder *build(enum shape shape, rg_id count)
{
	struct rg_type_init type = { .name = "T", .short_name = "T", .module = "" };
	struct rg_root_init root = { .address = 0x10000, .kind = RG_ROOT_MODULE, .count = 1,
				     .thread = RG_NONE, .frame = RG_NONE, .name = "root" };
	struct feed feed = { .counts = calloc(count, sizeof(uint32_t)) };
	rg_type_id number;
	rg_id objects;

	if (!feed.counts)
		exit(2);
	must(rg_builder_new(&feed.builder));
	for (rg_id id = 0; id < count; id++)
		rg_builder_mark(feed.builder, 0x10000 + 64 * (uint64_t)id);
	must(rg_builder_index(feed.builder, &objects));
	must(rg_builder_add_type(feed.builder, &type, &number));
	each_object(shape, count, &feed, count_edge);
	for (rg_id id = 0; id < count; id++) {
		struct rg_object object = { .size = 64, .refcount = feed.counts[id] + !id,
					    .flags = RG_OBJECT_TRACKED };

		must(rg_builder_set(feed.builder, id, &object));
	}
	free(feed.counts);
	must(rg_builder_finish_objects(feed.builder));
	rg_builder_expect(feed.builder, feed.edges);
	each_object(shape, count, &feed, add_edge);
	must(rg_builder_root(feed.builder, &root));
	must(rg_builder_finish(feed.builder, true));
	return feed.builder;
}

/* --- measuring ------------------------------------------------------------------ */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The most memory since forget_peak(), in MB. */
static unsigned long peak(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	unsigned long kib = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, "VmHWM:", 6))
			kib = strtoul(line + 6, NULL, 10);
	if (file)
		fclose(file);
	return kib * 1024 / 1000000;
}

static void forget_peak(void)
{
	FILE *file = fopen("/proc/self/clear_refs", "w");

	malloc_trim(0);
	if (!file)
		return;
	fputs("5", file);
	fclose(file);
}

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
	rg_builder *builder = build(job->shape, job->count);
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
	int status;
	pid_t child = fork();

	if (!child) {
		struct job job = { .shape = shape, .count = count };
		pthread_attr_t attributes;
		pthread_t thread;

		pthread_attr_init(&attributes);
		if (pthread_attr_setstacksize(&attributes, 256 << 10) ||
		    pthread_create(&thread, &attributes, work, &job) ||
		    pthread_join(thread, NULL))
			_exit(2);
		_exit(job.holds ? 0 : 1);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return false;
	return WIFEXITED(status) && !WEXITSTATUS(status);
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
