/* SPDX-License-Identifier: MIT */
/* Graphs of millions of objects, made without tests' lists, and the clock. */
#include "bench/shapes.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const char *const shape_names[4] = { "heap", "chain", "star", "complete" };

void must(rg_error *error)
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

rg_builder *build(enum shape shape, rg_id count, bool garbage)
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
		struct rg_object object = { .size = 64, .flags = RG_OBJECT_TRACKED };

		object.refcount = feed.counts[id] + (!id && !garbage);
		must(rg_builder_set(feed.builder, id, &object));
	}
	free(feed.counts);
	must(rg_builder_finish_objects(feed.builder));
	rg_builder_expect(feed.builder, feed.edges);
	each_object(shape, count, &feed, add_edge);
	if (!garbage)
		must(rg_builder_root(feed.builder, &root));
	must(rg_builder_finish(feed.builder, true));
	return feed.builder;
}

/* --- measuring ------------------------------------------------------------------ */

double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The most memory since forget_peak(), in MB. */
unsigned long peak(void)
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

void forget_peak(void)
{
	FILE *file = fopen("/proc/self/clear_refs", "w");

	malloc_trim(0);
	if (!file)
		return;
	fputs("5", file);
	fclose(file);
}

bool in_child(void *(*work)(void *job), void *job, const bool *holds)
{
	int status;
	pid_t child = fork();

	if (!child) {
		pthread_attr_t attributes;
		pthread_t thread;

		pthread_attr_init(&attributes);
		if (pthread_attr_setstacksize(&attributes, 256 << 10) ||
		    pthread_create(&thread, &attributes, work, job) ||
		    pthread_join(thread, NULL))
			_exit(2);
		_exit(*holds ? 0 : 1);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return false;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}
