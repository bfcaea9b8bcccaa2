/* SPDX-License-Identifier: MIT */
/* The numbers of every object, and then its references, both in the order of ids. */
#include <stdio.h>

#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/mimalloc.h"
#include "runtime/cpython/private.h"

struct pass {
	struct cpy *cpy;
	rg_builder *builder;
	rg_id count;
	rg_error *error;
	struct cpy_walk walk;
};

static rg_error *add_types(struct cpy *cpy, rg_builder *builder)
{
	struct cpy_origins *origins;
	rg_error *error = NULL;
	size_t i;

	RG_TRY(cpy_origins_new(cpy, &origins));
	for (i = 0; !error && i < cpy->type_count; i++) {
		struct cpy_type *type = cpy->types[i];
		struct rg_type_init init = {
			.name = type->name,
			.short_name = type->short_name,
			.module = type->module,
			.address = type->address,
			.origin = cpy_origin(origins, type),
			.role = cpy_role(cpy, type),
		};

		cpy_type_finish(cpy, type);
		error = rg_builder_add_type(builder, &init, &type->id);
	}
	cpy_origins_free(origins);
	return error;
}

/* The number of what free-threaded builds let each thread count for itself; 0: none. */
static uint64_t unique_id(const struct cpy *cpy, const struct cpy_type *type, uint64_t object)
{
	if (type->is_type)
		return cpy_is_heap_type(cpy, object)
			       ? cpy_get(cpy, object, cpy->layout.heap_type.unique_id) : 0;
	if (type->is_dict)
		return cpy_get32(cpy, object, cpy->layout.dict.unique_id);
	if (type->row && !strcmp(type->row->name, "code"))
		return cpy_get(cpy, object, cpy_execution_layout(cpy)->code.unique_id);
	return 0;
}

/* The references to @object that threads have counted for themselves. */
static int64_t thread_counts(const struct cpy *cpy, const struct cpy_type *type, uint64_t object)
{
	uint64_t id = unique_id(cpy, type, object), values, size;
	int64_t sum = 0;
	size_t i;

	for (i = 0; id && i < cpy->thread_count; i++) {
		uint64_t at = cpy->threads[i].address + cpy->layout.thread.counts;

		values = cpy_word(cpy, at);
		size = cpy_word(cpy, at + 8);
		if (values && id <= size)
			sum += (int64_t)cpy_word(cpy, values + 8 * (id - 1));
	}
	return sum;
}

/* The references to @object that nobody has counted yet. */
static uint32_t late_count(const struct cpy *cpy, uint64_t object)
{
	const uint32_t *count = rg_map_find(&cpy->private->late, object);

	return count ? *count : 0;
}

static rg_error *set_object(void *user, rg_id id, uint64_t address)
{
	struct pass *pass = user;
	struct cpy *cpy = pass->cpy;
	const unsigned char *at = cpy_head_at(cpy, address);
	const struct cpy_type *type = at ? cpy_type_fast(cpy, cpy_head_type(cpy, at)) : NULL;
	struct rg_object object = { .address = address };
	uint64_t size;
	bool is_gc, readable;

	if (!type || type->id == RG_NONE)
		return rg_error_new(RG_ERROR_CORRUPT, "object 0x%llx has lost its type",
				    (unsigned long long)address);
	object.type = type->id;
	object.refcount = cpy_head_count(cpy, at);
	if (__builtin_expect(cpy->layout.thread.counts, 0))
		object.refcount += thread_counts(cpy, type, address) + late_count(cpy, address);
	is_gc = type->is_gc;
	size = type->basicsize;
	if (cpy_head_immortal(cpy, at))
		object.flags |= RG_OBJECT_IMMORTAL;
	if (type->is_opaque)
		object.flags |= RG_OBJECT_OPAQUE;
	if (type->is_type) {
		object.flags |= RG_OBJECT_TYPE;
		/* Static types are not on the heap: no collector's head, no heap type's tail. */
		if (!cpy_is_heap_type(cpy, address)) {
			is_gc = false;
			size = cpy->layout.str.type_size;
		}
	}
	if (type->is_module)
		object.flags |= RG_OBJECT_MODULE;
	if (type->is_routine)
		object.flags |= RG_OBJECT_ROUTINE;
	if (is_gc && cpy_head_tracked(cpy, at, address))
		object.flags |= RG_OBJECT_TRACKED;
	if (is_gc && cpy_head_frozen(cpy, at)) {
		object.flags |= RG_OBJECT_FROZEN;
		cpy->collector.frozen++;
	}
	/* A finalizer runs once: the collector's head says whether it has. */
	if (type->has_finalizer && !(is_gc && cpy_head_finalized(cpy, at, address)))
		object.flags |= RG_OBJECT_FINALIZER;
	readable = cpy_object_size(cpy, type, address, &object.size, &object.owned);
	/* A compact str ends with its characters, which can be before the struct's own end. */
	if (type->flags & CPY_TPFLAG_UNICODE && cpy->shift + size > object.size)
		size = object.size - cpy->shift;
	if (!readable || !rg_image_at(cpy->image, cpy_body(cpy, address), size)) {
		object.flags |= RG_OBJECT_UNREADABLE;
		cpy_undecoded(cpy, address);
	}
	if (__builtin_expect(!(id & 0xffff), 0))
		RG_TRY(rg_progress_step(&cpy->progress, "sizing objects", id, pass->count));
	return rg_builder_set(pass->builder, id, &object);
}

static void set_frozen(void *user, uint64_t object)
{
	struct pass *pass = user;
	rg_id id = rg_builder_find(pass->builder, object);

	if (id == RG_NONE)
		return;
	rg_builder_flag(pass->builder, id, RG_OBJECT_FROZEN);
	pass->cpy->collector.frozen++;
}

static void set_unreached(struct pass *pass)
{
	struct cpy_private *private = pass->cpy->private;
	size_t i;

	for (i = 0; i < private->unreached.count; i++) {
		rg_id id = rg_builder_find(pass->builder, private->unreached.data[i]);

		if (id != RG_NONE)
			rg_builder_flag(pass->builder, id, RG_OBJECT_UNREACHED);
	}
}

rg_error *cpy_objects(void *state, rg_builder *builder)
{
	struct cpy *cpy = state;
	struct pass pass = { .cpy = cpy, .builder = builder };
	rg_id count;

	cpy->builder = builder;
	cpy->collector.frozen = 0;
	RG_TRY(cpy_heap_mark(cpy, builder));
	RG_TRY(rg_builder_index(builder, &count));
	RG_TRY(add_types(cpy, builder));
	pass.count = count;
	RG_TRY(rg_builder_each(builder, set_object, &pass));
	if (cpy->private->unnamed) {
		char sentence[160];

		snprintf(sentence, sizeof(sentence),
			 "%llu types are shown as type@0x..: their names are in memory that the "
			 "dump lacks", (unsigned long long)cpy->private->unnamed);
		RG_TRY(rg_image_lacks(cpy->image, sentence));
	}
	cpy_heap_frozen(cpy, set_frozen, &pass);
	set_unreached(&pass);
	return cpy->private->failed ? rg_error_no_memory() : NULL;
}

/* ---- references ------------------------------------------------------------------ */

static bool is_inferred(const struct cpy_reference *reference)
{
	return (reference->kind & RG_REFERENCE_KIND_MASK) == RG_REFERENCE_INFERRED;
}

static void add_references(struct cpy_walk *walk)
{
	struct pass *pass = walk->user;
	unsigned i;

	for (i = 0; i < walk->count; i++)
		rg_builder_prefetch(pass->builder, walk->references[i].target);
	for (i = 0; i < walk->count && !pass->error; i++) {
		const struct cpy_reference *reference = &walk->references[i];
		rg_id target = rg_builder_find(pass->builder, reference->target);

		if (target == RG_NONE)
			continue;
		pass->error = rg_builder_reference(pass->builder, target, reference->kind);
		if (__builtin_expect(is_inferred(reference), 0) && !pass->error)
			pass->error = rg_builder_place(
				pass->builder,
				cpy_infer_place(walk->cpy, walk->type, walk->object,
						reference));
	}
}

static rg_error *walk_one(void *user, rg_id id, uint64_t address)
{
	struct pass *pass = user;
	struct cpy *cpy = pass->cpy;
	const unsigned char *at = cpy_head_at(cpy, address);
	const struct cpy_type *type = at ? cpy_type_fast(cpy, cpy_head_type(cpy, at)) : NULL;

	if (type && !type->is_leaf) {
		pass->walk.object = address;
		pass->walk.type = type;
		cpy_walk_object(&pass->walk);
		if (pass->error)
			return pass->error;
	}
	if (__builtin_expect(!(id & 0xffff), 0))
		RG_TRY(rg_progress_step(&cpy->progress, "reading references", id, pass->count));
	return rg_builder_next(pass->builder);
}

static rg_error *add_root(void *user, const struct rg_root_init *root)
{
	struct pass *pass = user;

	return rg_builder_root(pass->builder, root);
}

rg_error *cpy_references(void *state, rg_builder *builder)
{
	struct cpy *cpy = state;
	/* What cannot be read was counted while marking: the same walks fail the same way. */
	uint64_t unreadable = cpy->unreadable;
	struct pass *pass = rg_calloc(1, sizeof(*pass));
	rg_error *error;

	if (!pass)
		return rg_error_no_memory();
	pass->cpy = cpy;
	pass->builder = builder;
	pass->count = rg_graph_object_count(rg_builder_graph(builder));
	pass->walk.cpy = cpy;
	pass->walk.flush = add_references;
	pass->walk.user = pass;
	error = rg_builder_each(builder, walk_one, pass);
	if (!error)
		error = cpy_roots(cpy, add_root, pass);
	if (!error)
		error = cpy_threads(cpy, builder);
	if (!error && cpy->private->failed)
		error = rg_error_no_memory();
	rg_free(pass);
	cpy->unreadable = unreadable;
	if (!cpy->layout.free_threaded)
		cpy->private->pools = cpy_pools_count(cpy);
	cpy->private->allocator_free = cpy->layout.free_threaded ? cpy_mimalloc_free(cpy)
								 : cpy->private->pools.free;
	cpy->private->sealed = true;
	return error;
}
