/* SPDX-License-Identifier: MIT */
/*
 * All interpreters of one threaded Perl, when one of them is known: those that the
 * threads of the process run in, those that threads.xs has in its pool (joinable ones
 * that have ended among them), and those whose struct malloc has handed out to a
 * program that embeds several.
 */
#include <stdlib.h>

#include "runtime/perl/private.h"

#define MOST_INTERPRETERS 65536
/* glibc keeps what pthread_getspecific() gives near the front of struct pthread. */
#define THREAD_BYTES 0xa00

rg_error *pl_add_interpreter(struct pl *pl, const struct pl_interpreter *interpreter)
{
	struct pl_interpreter *more;
	size_t i;

	if (rg_map_find(&pl->known, interpreter->address)) {
		for (i = 0; i < pl->interpreter_count; i++)
			if (pl->interpreters[i].address == interpreter->address &&
			    interpreter->thread)
				pl->interpreters[i].thread = interpreter->thread;
		return NULL;
	}
	if (pl->interpreter_count >= MOST_INTERPRETERS)
		return NULL;
	more = rg_realloc(pl->interpreters, pl->interpreter_count + 1, sizeof(*more));
	if (!more)
		return rg_error_no_memory();
	pl->interpreters = more;
	if (!rg_map_put(&pl->known, interpreter->address, 1))
		return rg_error_no_memory();
	more[pl->interpreter_count++] = *interpreter;
	return NULL;
}

/* What pthread_setspecific(PL_thr_key) has put down for each thread of the process. */
static rg_error *by_thread(struct pl *pl)
{
	const rg_image *image = pl->image;
	struct pl_interpreter interpreter;
	size_t i;

	for (i = 0; i < image->thread_count; i++) {
		uint64_t start = image->threads[i].fs_base, at;

		for (at = start; start && at < start + THREAD_BYTES; at += 8) {
			if (!pl_interpreter_at(pl, pl_word(pl, at), &interpreter))
				continue;
			interpreter.thread = start;
			RG_TRY(pl_add_interpreter(pl, &interpreter));
			break;
		}
	}
	return NULL;
}

/*
 * threads.xs: PL_modglobal{"threads::_poolVERSION"} is the address of its pool, which
 * begins with the ithread of the main thread: next, prev, interp, tid.  They are a ring.
 */
static rg_error *by_pool(struct pl *pl, uint64_t pool)
{
	uint64_t at = pool, next;
	struct pl_interpreter interpreter;
	unsigned int i;

	for (i = 0; i < MOST_INTERPRETERS; i++) {
		next = pl_word(pl, at);
		if (!pl_is_pointer(pl, next) || pl_word(pl, next + 8) != at)
			return NULL;
		if (pl_interpreter_at(pl, pl_word(pl, at + 16), &interpreter)) {
			interpreter.is_main = at == pool;
			RG_TRY(pl_add_interpreter(pl, &interpreter));
			if (at == pool)
				pl->main = interpreter.address;
		}
		at = next;
		if (at == pool)
			return NULL;
	}
	return NULL;
}

static rg_error *by_modglobal(struct pl *pl)
{
	const struct pl_members *at = &pl->layout.at;
	struct pl_hash hash;
	struct pl_sv sv, value;
	uint64_t budget, i;
	char key[32];

	if (!pl_sv_read(pl, pl_field(pl, &pl->interpreters[0], PL_FIELD_modglobal), &sv) ||
	    !pl_hash_read(pl, &sv, &hash))
		return NULL;
	for (i = 0, budget = 65536; i < hash.count && i < 65536; i++) {
		uint64_t entry = pl_word(pl, hash.buckets + 8 * i);

		for (; entry && budget; budget--, entry = pl_word(pl, entry + at->he_next)) {
			uint64_t hek = pl_word(pl, entry + at->he_hek);

			if (pl_hek(pl, hek, key, sizeof(key), NULL) < 14 ||
			    strncmp(key, "threads::_pool", 14) ||
			    !pl_sv_read(pl, pl_word(pl, entry + at->he_value), &value) ||
			    !(value.flags & PL_IOK))
				continue;
			RG_TRY(by_pool(pl, pl_word(pl, value.any + at->iv)));
		}
	}
	return NULL;
}

static void consider(void *user, uint64_t start, uint64_t size, bool mapped)
{
	struct pl *pl = user;
	struct pl_interpreter interpreter;

	(void)mapped;
	if (size < pl->layout.at.interpreter_size ||
	    size > (uint64_t)pl->layout.at.interpreter_size + 64 || pl->pending)
		return;
	if (pl_interpreter_at(pl, start, &interpreter))
		pl->pending = pl_add_interpreter(pl, &interpreter);
}

/* Programs that embed Perl can have more of them than threads. */
static rg_error *by_malloc(struct pl *pl)
{
	rg_error *error;

	rg_image_malloc_used(pl->image, consider, pl);
	error = pl->pending;
	pl->pending = NULL;
	return error;
}

static int by_address(const void *left, const void *right)
{
	const struct pl_interpreter *a = left, *b = right;

	if (a->is_main != b->is_main)
		return a->is_main ? -1 : 1;
	return a->address < b->address ? -1 : a->address > b->address;
}

rg_error *pl_find_interpreters(struct pl *pl)
{
	uint64_t first = pl->interpreters[0].address;
	size_t i;

	pl->main = first;
	if (pl->layout.threaded) {
		RG_TRY(by_thread(pl));
		RG_TRY(by_modglobal(pl));
		RG_TRY(by_malloc(pl));
	}
	for (i = 0; i < pl->interpreter_count; i++)
		pl->interpreters[i].is_main = pl->interpreters[i].address == pl->main;
	qsort(pl->interpreters, pl->interpreter_count, sizeof(*pl->interpreters), by_address);
	return NULL;
}
