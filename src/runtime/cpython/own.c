/* SPDX-License-Identifier: MIT */
/*
 * What of the process's memory is CPython's own: there an object's address is a
 * reference that the walkers have read, one that is borrowed, or what is left of
 * something freed, but never a sign of C code that holds the object.
 */
#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/mimalloc.h"
#include "runtime/cpython/private.h"

#define MOST_CHUNKS 4096
#define MOST_BLOCKS (1u << 24)
#define DEQUE_BLOCK 528

struct own {
	struct cpy *cpy;
	const rg_graph *graph;
	rg_error *(*each)(void *user, uint64_t start, uint64_t end);
	void *user;
	struct rg_map pools; /* address -> size of a block */
};

static rg_error *put(const struct own *own, uint64_t start, uint64_t size)
{
	if (!start || size > own->cpy->private->image_bytes || start > UINT64_MAX - size)
		return NULL;
	/* The rest of a block holds what was left in it. */
	return own->each(own->user, start,
			 cpy_pools_round(own->cpy, &own->pools, start, start + size));
}

static rg_error *put_keys(const struct own *own, uint64_t keys)
{
	return put(own, keys, cpy_keys_size(own->cpy, keys));
}

/*
 * The values at @values, which @keys names: as many as these make room for, with
 * what 3.11 and 3.12 keep before them, its size in the byte in front of values[0].
 */
static rg_error *put_values(const struct own *own, uint64_t values, uint64_t keys)
{
	const uint8_t *prefix = values ? rg_image_at(own->cpy->image, values - 1, 1) : NULL;

	if (own->cpy->layout.dict.has_lookup)
		return put(own, values, 8 * cpy_shared_size(own->cpy, keys));
	if (!prefix)
		return NULL;
	return put(own, values - *prefix, *prefix + 8 * cpy_shared_size(own->cpy, keys));
}

/* The values that no dict owns: 3.11 and 3.12 name them before the object. */
static rg_error *put_managed(const struct own *own, const struct cpy_type *type, uint64_t object)
{
	uint64_t word;

	if (!(type->flags & CPY_TPFLAG_MANAGED_DICT) || own->cpy->layout.dict.inline_values)
		return NULL;
	if (own->cpy->minor <= 11)
		return put_values(own, cpy_word(own->cpy, object - 32), type->cached_keys);
	word = cpy_word(own->cpy, object - 24);
	return word & 1 ? put_values(own, word + 1, type->cached_keys) : NULL;
}

/* The nodes of an OrderedDict, 40 bytes each, and the table of those. */
static rg_error *put_nodes(const struct own *own, uint64_t body)
{
	uint64_t node = cpy_word(own->cpy, body + 48);
	uint64_t size = cpy_word(own->cpy, body + 72);
	unsigned i;

	if (!(size >> 40))
		RG_TRY(put(own, cpy_word(own->cpy, body + 64), 8 * size));
	for (i = 0; node && i < MOST_BLOCKS && rg_image_at(own->cpy->image, node, 40); i++) {
		RG_TRY(put(own, node, 40));
		node = cpy_word(own->cpy, node + 16);
	}
	return NULL;
}

static rg_error *put_blocks(const struct own *own, uint64_t body)
{
	uint64_t block = cpy_word(own->cpy, body + 24);
	uint64_t last = cpy_word(own->cpy, body + 32);
	unsigned i;

	for (i = 0; block && i < MOST_BLOCKS; i++) {
		RG_TRY(put(own, block, DEQUE_BLOCK));
		if (block == last)
			break;
		block = cpy_word(own->cpy, block + DEQUE_BLOCK - 8);
	}
	return NULL;
}

/* The tables of @body whose struct is called @name. */
static rg_error *put_tables(const struct own *own, const char *name, uint64_t body)
{
	struct cpy *cpy = own->cpy;
	uint64_t size;

	if (!strcmp(name, "list")) {
		size = cpy_word(cpy, body + 32);
		return size >> 40 ? NULL : put(own, cpy_word(cpy, body + 24), 8 * size);
	}
	if (!strcmp(name, "set") || !strcmp(name, "frozenset")) {
		size = cpy_word(cpy, body + 32);
		return size >> 40 ? NULL : put(own, cpy_word(cpy, body + 40),
						     16 * (size + 1));
	}
	if (!strcmp(name, "collections.deque"))
		return put_blocks(own, body);
	if (!strcmp(name, "dict")) {
		uint64_t keys = cpy_word(cpy, body + 32), values = cpy_word(cpy, body + 40);

		RG_TRY(put_keys(own, keys));
		/* Those of 3.13 lie in the instance, or have a head of eight bytes. */
		if (own->cpy->layout.dict.inline_values)
			return values ? put(own, values, 8 + 8 * cpy_shared_size(cpy, keys)) : NULL;
		return put_values(own, values, keys);
	}
	return strcmp(name, "collections.OrderedDict") ? NULL : put_nodes(own, body);
}

/* How many bytes of the object itself there are, tables elsewhere left out. */
static uint64_t body_size(const struct own *own, const struct cpy_type *type,
			  const struct rg_object *object)
{
	uint64_t size = own->cpy->shift + type->basicsize;

	/* Static types have no heap type's tail; what follows them is C's. */
	if (type->is_type)
		return own->cpy->shift + (cpy_is_heap_type(own->cpy, object->address)
						  ? type->basicsize
						  : own->cpy->layout.str.type_size);
	if (type->flags & CPY_TPFLAG_INLINE_VALUES)
		size += 8 + 8 * (cpy_word(own->cpy, object->address + size) & 255);
	/* What has items is as long as it says, head included. */
	if ((type->itemsize || type->flags & CPY_TPFLAG_UNICODE) &&
	    object->size > size + type->prefix)
		size = object->size - type->prefix;
	return size;
}

static rg_error *put_object(const struct own *own, rg_id id)
{
	struct rg_object object = rg_graph_object(own->graph, id);
	const struct cpy_type *type = cpy_type_of(own->cpy, object.address);
	uint64_t size, prefix;
	uint32_t i;

	if (!type)
		return NULL;
	prefix = type->prefix;
	/* Before a static type there are C's other variables. */
	if (type->is_type && !cpy_is_heap_type(own->cpy, object.address))
		prefix = 0;
	for (i = 0; i < type->row_count; i++)
		RG_TRY(put_tables(own, type->rows[i]->name,
				  cpy_body(own->cpy, object.address)));
	if (type->is_type && cpy_is_heap_type(own->cpy, object.address))
		RG_TRY(put_keys(own, cpy_get(own->cpy, object.address,
					     own->cpy->layout.heap_type.cached_keys)));
	RG_TRY(put_managed(own, type, object.address));
	size = prefix + body_size(own, type, &object);
	return put(own, object.address - prefix, size);
}

static rg_error *put_threads(const struct own *own)
{
	const struct cpy_execution *layout = cpy_execution_layout(own->cpy);
	size_t i;

	for (i = 0; i < own->cpy->thread_count; i++) {
		uint64_t thread = own->cpy->threads[i].address, chunk;
		unsigned n;

		RG_TRY(put(own, thread, layout->thread.size));
		if (!layout->thread.stack_chunk)
			continue;
		chunk = cpy_word(own->cpy, thread + layout->thread.stack_chunk);
		for (n = 0; chunk && n < MOST_CHUNKS; n++) {
			RG_TRY(put(own, chunk, cpy_word(own->cpy, chunk + 8)));
			chunk = cpy_word(own->cpy, chunk);
		}
	}
	return NULL;
}

static rg_error *put_all(struct own *own)
{
	struct cpy *cpy = own->cpy;
	rg_id count = rg_graph_object_count(own->graph), id;
	size_t i;

	if (cpy->layout.free_threaded)
		RG_TRY(cpy_mimalloc_own(cpy, own->each, own->user));
	else
		RG_TRY(cpy_pools_own(cpy, &own->pools, own->each, own->user));
	RG_TRY(put(own, cpy->runtime, cpy->layout.runtime.size));
	for (i = 0; i < cpy->interpreter_count; i++)
		RG_TRY(put(own, cpy->interpreters[i].address, cpy->layout.interpreter.size));
	RG_TRY(put_threads(own));
	for (id = 0; id < count; id++)
		RG_TRY(put_object(own, id));
	return NULL;
}

rg_error *cpy_own(void *state, rg_error *(*each)(void *user, uint64_t start, uint64_t end),
		  void *user)
{
	struct cpy *cpy = state;
	struct own own = { .cpy = cpy, .graph = rg_builder_graph(cpy->builder), .each = each,
			   .user = user };
	rg_error *error = put_all(&own);

	rg_map_free(&own.pools);
	return error;
}
