/* SPDX-License-Identifier: MIT */
/* The descriptor of the runtime: opening, what it says of itself, closing. */
#include "runtime/cpython/private.h"

#define UNDECODED_MAX ((size_t)4 << 20)

void cpy_undecoded(struct cpy *cpy, uint64_t address)
{
	struct rg_map *seen = &cpy->private->undecoded;

	if (cpy->private->trying) {
		cpy->private->misread = true;
		return;
	}
	/* Past the limit, which only a hostile dump reaches, some may count twice. */
	if (rg_map_find(seen, address))
		return;
	if (address && seen->used < UNDECODED_MAX && !rg_map_put(seen, address, 1))
		cpy->private->failed = true;
	cpy->unreadable++;
}

/* For runtime.c alone, which names it in its table. */
extern const struct rg_runtime cpython_runtime;

static void cpy_close(void *state)
{
	struct cpy *cpy = state;
	struct cpy_private *private = cpy->private;
	size_t i;

	if (private) {
		for (i = 0; i < private->blocks.count; i++)
			rg_free(private->blocks.data[i]);
		for (i = 0; i < private->found.count; i++)
			rg_free(private->found.data[i]);
		rg_vector_free(&private->blocks);
		rg_vector_free(&private->found);
		rg_vector_free(&private->rows);
		rg_vector_free(&private->runtimes);
		rg_map_free(&private->row_index);
		rg_map_free(&private->found_names);
		rg_map_free(&private->undecoded);
		rg_map_free(&private->late);
		rg_vector_free(&private->unreached);
		rg_map_free(&private->facts);
		pthread_mutex_destroy(&private->fact_lock);
		rg_free(private);
	}
	rg_map_free(&cpy->type_index);
	rg_free(cpy->types);
	rg_free(cpy->interpreters);
	rg_free(cpy->threads);
	rg_free(cpy);
}

static rg_error *cpy_open(rg_image *image, const char *which, const struct rg_progress *progress,
			  void **ret)
{
	struct cpy *cpy = rg_calloc(1, sizeof(*cpy));
	rg_error *error = NULL;
	bool found = false;
	size_t i;

	if (!cpy)
		return rg_error_no_memory();
	cpy->image = image;
	if (progress)
		cpy->progress = *progress;
	cpy->private = rg_calloc(1, sizeof(*cpy->private));
	if (!cpy->private)
		error = rg_error_no_memory();
	else
		pthread_mutex_init(&cpy->private->fact_lock, NULL);
	if (!error)
		cpy->private->memory_whole = image->complete;
	for (i = 0; !error && i < image->segment_count; i++)
		cpy->private->image_bytes += image->segments[i].end - image->segments[i].start;
	if (!error)
		error = cpy_discover(cpy, which, &found);
	if (!error && cpy->private->failed)
		error = rg_error_no_memory();
	if (!error && found)
		cpy_pools_open(cpy);
	if (error || !found) {
		cpy_close(cpy);
		return error;
	}
	*ret = cpy;
	return NULL;
}

static void cpy_info(void *state, struct rg_dump_info *ret)
{
	struct cpy *cpy = state;

	ret->version = cpy->version;
	ret->build = cpy->build;
	ret->interpreters = cpy->interpreter_count;
	ret->threads = cpy->thread_count;
	ret->unreadable = cpy->unreadable;
	ret->has_refcounts = true;
	ret->collector = cpy->collector;
	ret->allocator_free = cpy->private->allocator_free;
	ret->runtimes = cpy->private->runtimes.data;
	ret->runtime_count = cpy->private->runtimes.count;
	ret->allocator_pools = cpy->private->pools.pools;
	ret->allocator_blocks = cpy->private->pools.blocks;
	ret->allocator_bytes = cpy->private->pools.bytes;
	ret->allocator_torn = cpy->private->pools.torn;
}

const struct rg_runtime cpython_runtime = {
	.name = "cpython",
	.title = "CPython",
	.reads = CPY_READS,
	.words = &cpy_words,
	.open = cpy_open,
	.objects = cpy_objects,
	.references = cpy_references,
	.info = cpy_info,
	.own = cpy_own,
	.hooks = { .labels = cpy_labels, .codes = cpy_codes,
		   .describe = cpy_describe, .fingerprint = cpy_fingerprint,
		   .tasks = cpy_tasks },
	.close = cpy_close,
};
