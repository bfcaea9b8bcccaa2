/* SPDX-License-Identifier: MIT */
/*
 * How are several dumps read at once?  One thread a dump, each with a handle
 * of its own; the library has no state beside them.
 *
 *	7-threads DUMP DUMP...
 */
#include <refgraph/refgraph.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* What one thread works on: no other touches it until that has ended. */
struct job {
	const char *path;
	pthread_t thread;
	bool started;
	uint64_t objects;
	uint64_t references;
	uint64_t unreachable;
	rg_error *error; /* errors are values: a thread hands its own to who waits for it */
};

static rg_error *examine(struct job *job, rg_dump *dump)
{
	struct rg_garbage *garbage;
	const rg_graph *graph;
	rg_error *error = rg_dump_graph(dump, &graph);

	if (error)
		return error;
	error = rg_garbage_find(graph, &garbage);
	if (error)
		return error;
	job->objects = rg_graph_object_count(graph);
	job->references = rg_graph_reference_count(graph);
	/* The number that gc.collect() would have returned in the process. */
	job->unreachable = garbage->tracked;
	rg_garbage_free(garbage);
	return NULL;
}

static void *run(void *argument)
{
	struct job *job = (struct job *)argument;
	rg_dump *dump;

	job->error = rg_dump_open(job->path, NULL, &dump);
	if (!job->error) {
		job->error = examine(job, dump);
		rg_dump_close(dump);
	}
	return NULL;
}

/* Waits for the thread of @job and says what it found; false if it found nothing. */
static bool report(struct job *job)
{
	if (!job->started) {
		fprintf(stderr, "%s: no thread could be started\n", job->path);
		return false;
	}
	pthread_join(job->thread, NULL);
	if (job->error) {
		fprintf(stderr, "%s\n", rg_error_message(job->error));
		rg_error_free(job->error);
		return false;
	}
	printf("%s: %lu objects, %lu references, %lu unreachable\n", job->path,
	       (unsigned long)job->objects, (unsigned long)job->references,
	       (unsigned long)job->unreachable);
	return true;
}

int main(int argc, char **argv)
{
	int i, failures = 0, count = argc - 1;
	struct job *jobs;

	if (count < 1) {
		fprintf(stderr, "usage: 7-threads DUMP DUMP...\n");
		return 2;
	}
	jobs = (struct job *)calloc((size_t)count, sizeof(*jobs));
	if (!jobs)
		return 2;
	for (i = 0; i < count; i++) {
		jobs[i].path = argv[i + 1];
		jobs[i].started = !pthread_create(&jobs[i].thread, NULL, run, &jobs[i]);
	}
	for (i = 0; i < count; i++)
		failures += !report(&jobs[i]);
	free(jobs);
	return failures ? 2 : 0;
}
