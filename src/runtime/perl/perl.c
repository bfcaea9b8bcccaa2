/* SPDX-License-Identifier: MIT */
/* The descriptor of the runtime: opening, what it says of itself, closing. */
#include "runtime/perl/private.h"

/* For runtime.c alone, which names it in its table. */
extern const struct rg_runtime perl_runtime;

static void pl_close(void *state)
{
	struct pl *pl = state;
	size_t i;

	for (i = 0; i < pl->runtimes.count; i++)
		rg_free((char *)pl->runtimes.data[i].version);
	rg_vector_free(&pl->runtimes);
	rg_map_free(&pl->known);
	rg_free(pl->interpreters);
	rg_map_free(&pl->pads);
	rg_map_free(&pl->uncounted);
	rg_map_free(&pl->types);
	rg_map_free(&pl->seen);
	rg_map_free(&pl->shared.claims);
	rg_map_free(&pl->shared.index);
	rg_vector_free(&pl->shared.pads);
	rg_map_free(&pl->shared.stacks);
	rg_vector_free(&pl->type_flags);
	rg_free(pl);
}

static rg_error *pl_open(rg_image *image, const char *which, const struct rg_progress *progress,
			 void **ret)
{
	struct pl *pl = rg_calloc(1, sizeof(*pl));
	rg_error *error;
	bool found = false;
	size_t i;

	if (!pl)
		return rg_error_no_memory();
	pl->image = image;
	if (progress)
		pl->progress = *progress;
	for (i = 0; i < image->segment_count; i++)
		pl->image_bytes += image->segments[i].end - image->segments[i].start;
	error = pl_find(pl, which, &found);
	if (!error && pl->failed)
		error = rg_error_no_memory();
	if (error || !found) {
		pl_close(pl);
		return error;
	}
	*ret = pl;
	return NULL;
}

static void pl_info(void *state, struct rg_dump_info *ret)
{
	struct pl *pl = state;

	ret->version = pl->version;
	ret->build = pl->build;
	ret->interpreters = pl->interpreter_count;
	ret->threads = pl->threads;
	ret->unreadable = pl->unreadable;
	ret->has_refcounts = true;
	ret->runtimes = pl->runtimes.data;
	ret->runtime_count = pl->runtimes.count;
}

const struct rg_runtime perl_runtime = {
	.name = "perl",
	.title = "Perl",
	.dump = "Devel::MAT dump",
	.reads = PL_READS,
	.words = &pl_words,
	.open = pl_open,
	.objects = pl_objects,
	.references = pl_references,
	.info = pl_info,
	.own = pl_own,
	.hooks = { .labels = pl_labels, .describe = pl_describe, .codes = pl_codes },
	.close = pl_close,
};
