/* SPDX-License-Identifier: MIT */
/*
 * One big object that gets bigger: a bytearray, the bytes behind a BytesIO, the array
 * of a table that rows are appended to.  A single dump cannot tell it from data that
 * the program works on.  Appending mostly makes a new object, so that what stands at
 * one place of the program, by the signature of the way there, is compared.
 */
#include "analysis/leaks.h"

#include "base/alloc.h"
#include "base/sort.h"

#define BIG 65536 /* bytes of its own from which on an object is looked at */
#define MOST 256 /* the biggest: what is smaller than so many others is none of the leak */

struct buffer {
	rg_id id;
	uint64_t bytes, key;
};

typedef RG_VECTOR(struct buffer) buffers;

static int compare_bytes(const void *a, const void *b, void *user)
{
	const struct buffer *left = a, *right = b;

	(void)user;
	if (left->bytes != right->bytes)
		return left->bytes > right->bytes ? -1 : 1;
	return (left->id > right->id) - (left->id < right->id);
}

static int compare_keys(const void *a, const void *b, void *user)
{
	const struct buffer *left = a, *right = b;

	if (left->key != right->key)
		return left->key < right->key ? -1 : 1;
	return compare_bytes(a, b, user);
}

/* What of its own is big, without what it refers to, and may be data of the program's. */
static bool is_buffer(const struct leaks_work *work, rg_id id, uint64_t *ret_bytes)
{
	const rg_graph *graph = work->graph;
	uint64_t size = rg_store_size(graph, id);

	/* What holds many is leaks_containers()'s: its table grows with it. */
	if (graph->offset[id + 1] - graph->offset[id] >= work->how.least ||
	    graph->flags[id] & (RG_OBJECT_TYPE | RG_OBJECT_MODULE | RG_OBJECT_IMMORTAL) ||
	    __builtin_add_overflow(size, rg_store_owned(graph, id), ret_bytes))
		return false;
	return *ret_bytes >= BIG && leaks_is_alive(work, id);
}

/* The biggest, with their keys, in the order of these; those without a way there are left out. */
static rg_error *list(const struct leaks_work *work, buffers *ret)
{
	rg_error *error = NULL;
	uint64_t bytes;
	size_t kept = 0;

	for (rg_id id = 0; id < work->graph->count; id++)
		if (is_buffer(work, id, &bytes) &&
		    !rg_vector_push(ret, ((struct buffer){ id, bytes, 0 })))
			return rg_error_no_memory();
	if (ret->count > 1)
		rg_sort(ret->data, ret->count, sizeof(*ret->data), compare_bytes, NULL);
	if (ret->count > MOST)
		ret->count = MOST;
	for (size_t i = 0; !error && i < ret->count; i++) {
		struct buffer *buffer = &ret->data[i];

		error = leaks_key_of(work, buffer->id, &buffer->key);
		if (buffer->key)
			ret->data[kept++] = *buffer;
	}
	ret->count = kept;
	if (ret->count > 1)
		rg_sort(ret->data, ret->count, sizeof(*ret->data), compare_keys, NULL);
	return error;
}

rg_error *leaks_buffers_note(const struct leaks_work *work, struct leaks_number **ret,
			     size_t *ret_count)
{
	buffers found = { NULL, 0, 0 };
	rg_error *error = list(work, &found);
	struct leaks_number *numbers = rg_calloc(found.count + 1, sizeof(*numbers));

	if (!error && !numbers)
		error = rg_error_no_memory();
	for (size_t i = 0; !error && i < found.count; i++) {
		struct leaks_number one = { found.data[i].key, 1, found.data[i].bytes };

		if (*ret_count && numbers[*ret_count - 1].key == one.key) {
			numbers[*ret_count - 1].count++;
			numbers[*ret_count - 1].bytes += one.bytes;
		} else {
			numbers[(*ret_count)++] = one;
		}
	}
	rg_vector_free(&found);
	if (error)
		rg_free(numbers);
	else
		*ret = numbers;
	return error;
}

/*
 * Whether the @count of @key, @bytes now, were in the first of the earlier dumps and grew
 * since.  Where there are more of them, what holds them did.
 */
static bool grew(const struct leaks_work *work, uint64_t key, size_t count, uint64_t bytes,
		 struct leaks_growth *ret)
{
	uint64_t last = 0;
	size_t steps = work->how.before_count, grown = 0;

	for (size_t i = 0; i < steps; i++) {
		const struct rg_leaks_before *before = work->how.before[i];
		const struct leaks_number *old =
			leaks_find(before->buffers, before->buffer_count, key);

		if (!i && (!old || count > old->count))
			return false;
		if (!i)
			ret->old_retained = old->bytes;
		else
			grown += old && old->bytes > last;
		last = old ? old->bytes : 0;
	}
	grown += bytes > last;
	ret->known = true;
	ret->retained = (int64_t)(bytes - ret->old_retained);
	/* Of six steps one may be a pause, but not the last. */
	return bytes > last && grown + steps / 6 >= steps;
}

static rg_error *judge(struct leaks_work *work, const struct buffer *first, size_t count)
{
	struct leaks_growth growth = { .steady = true };
	struct leaks_candidate *candidate;
	enum leaks_whose whose;
	uint64_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		if (__builtin_add_overflow(bytes, first[i].bytes, &bytes))
			bytes = UINT64_MAX;
	if (!grew(work, first->key, count, bytes, &growth))
		return NULL;
	RG_TRY(leaks_whose(work, first->id, &whose));
	if (!leaks_grew_by(growth.old_retained, bytes, leaks_limit(work, whose).bytes))
		return NULL;
	candidate = leaks_add(work, RG_LEAK_BUFFER, work->keeper[first->id]);
	if (!candidate)
		return rg_error_no_memory();
	candidate->whose = whose;
	candidate->type = work->graph->type[first->id];
	candidate->count = count;
	candidate->retained = bytes < work->living ? bytes : work->living;
	candidate->weight = (uint64_t)growth.retained;
	candidate->exclusive = true;
	for (size_t i = 0; i < count && i + 1 < LEAKS_OBJECTS; i++)
		leaks_name(candidate, first[i].id);
	return leaks_tell_growth(candidate, &growth) ? NULL : rg_error_no_memory();
}

rg_error *leaks_buffers(struct leaks_work *work)
{
	buffers found = { NULL, 0, 0 };
	rg_error *error = leaks_compares(work) ? list(work, &found) : NULL;
	size_t end;

	for (size_t at = 0; !error && at < found.count; at = end) {
		end = at + 1;
		while (end < found.count && found.data[end].key == found.data[at].key)
			end++;
		error = judge(work, &found.data[at], end - at);
	}
	rg_vector_free(&found);
	return error;
}
