/* SPDX-License-Identifier: MIT */
/* Taking in objects, types, references and roots, in the order builder.h asks for. */
#include "graph/build.h"

#include <string.h>

#include "base/alloc.h"

rg_error *rg_builder_new(rg_builder **ret)
{
	rg_builder *builder = rg_calloc(1, sizeof(*builder));

	if (!builder)
		return rg_error_no_memory();
	builder->graph.index.granule = 3;
	*ret = builder;
	return NULL;
}

void rg_builder_free(rg_builder *builder)
{
	struct rg_graph *graph;

	if (!builder)
		return;
	graph = &builder->graph;
	rg_vector_free(&builder->placed);
	rg_index_free(&graph->index);
	rg_free(graph->type);
	rg_free(graph->size);
	rg_free(graph->owned);
	rg_free(graph->refcount);
	rg_free(graph->flags);
	rg_map_free(&graph->big);
	rg_vector_free(&graph->big_values);
	rg_vector_free(&graph->types);
	rg_free(graph->offset);
	rg_free(graph->target);
	rg_free(graph->kind);
	rg_free(graph->back_offset);
	rg_free(graph->source);
	rg_free(graph->explained);
	rg_free(graph->special);
	rg_free(graph->plumbing);
	rg_free(graph->owner);
	rg_vector_free(&graph->roots);
	rg_vector_free(&builder->tentative);
	rg_graph_free_stacks(graph);
	rg_strings_free(&graph->strings);
	rg_free(builder);
}

void rg_builder_hooks(rg_builder *builder, const struct rg_graph_hooks *hooks)
{
	builder->graph.hooks = *hooks;
}

void rg_builder_progress(rg_builder *builder, const struct rg_progress *progress)
{
	builder->progress = *progress;
}

rg_error *rg_builder_step(const rg_builder *builder, const char *stage, uint64_t done,
			  uint64_t total)
{
	return rg_progress_step(&builder->progress, stage, done, total);
}

void rg_builder_granule(rg_builder *builder, unsigned int bits)
{
	if (!builder->graph.index.marked && bits <= 3)
		builder->graph.index.granule = bits;
}

int rg_builder_mark(rg_builder *builder, uint64_t address)
{
	if (__builtin_expect(builder->stage != RG_BUILD_MARKS, 0))
		return rg_index_marked(&builder->graph.index, address) ? 0 : -1;
	return rg_index_mark(&builder->graph.index, address);
}

bool rg_builder_marked(const rg_builder *builder, uint64_t address)
{
	return rg_index_marked(&builder->graph.index, address);
}

/* The marks from @address on, lowest bit first, as far as its page and its word go. */
static inline uint64_t marks_from(const struct rg_index *index, uint64_t address,
				  unsigned int *ret_count)
{
	uint32_t slot = rg_index_slot(index, address);
	unsigned int bit = rg_index_bit(index, address);

	*ret_count = 64 - bit % 64;
	return slot ? index->marks[slot - 1][bit / 64] >> bit % 64 : 0;
}

bool rg_builder_marked_near(const rg_builder *builder, uint64_t address, uint64_t size)
{
	const struct rg_index *index = &builder->graph.index;
	uint64_t wanted = (size + (UINT64_C(1) << index->granule) - 1) >> index->granule;
	unsigned int count;
	uint64_t marks = marks_from(index, address, &count);

	if (__builtin_expect(wanted < count, 1))
		return marks & ((UINT64_C(1) << wanted) - 1);
	if (marks || wanted == count)
		return marks != 0;
	address += (uint64_t)count << index->granule;
	wanted -= count;
	marks = marks_from(index, address, &count);
	return wanted < count ? marks & ((UINT64_C(1) << wanted) - 1) : marks != 0;
}

void rg_builder_prefetch(const rg_builder *builder, uint64_t address)
{
	const struct rg_index *index = &builder->graph.index;
	uint32_t slot = rg_index_slot(index, address);

	if (slot)
		__builtin_prefetch(&index->marks[slot - 1][rg_index_bit(index, address) / 64]);
}

static rg_error *wrong_order(void)
{
	return rg_error_new(RG_ERROR_INVALID, "a graph was built in the wrong order");
}

rg_error *rg_builder_index(rg_builder *builder, rg_id *ret_count)
{
	struct rg_graph *graph = &builder->graph;
	size_t count = (size_t)graph->index.marked;

	if (builder->stage != RG_BUILD_MARKS)
		return wrong_order();
	graph->type = rg_alloc(count * sizeof(*graph->type));
	graph->size = rg_calloc(count, sizeof(*graph->size));
	graph->owned = rg_calloc(count, sizeof(*graph->owned));
	graph->refcount = rg_alloc(count * sizeof(*graph->refcount));
	graph->flags = rg_calloc(count, sizeof(*graph->flags));
	if (!graph->type || !graph->size || !graph->owned || !graph->refcount || !graph->flags ||
	    !rg_index_rank(&graph->index)) {
		/* Left to rg_builder_free, except what a second try would lose. */
		rg_free(graph->type);
		rg_free(graph->size);
		rg_free(graph->owned);
		rg_free(graph->refcount);
		rg_free(graph->flags);
		graph->type = graph->size = graph->owned = graph->refcount = NULL;
		graph->flags = NULL;
		return rg_error_no_memory();
	}
	/* An object that is never set has no type and an unknown count. */
	memset(graph->type, 0xff, count * sizeof(*graph->type));
	for (size_t i = 0; i < count; i++)
		graph->refcount[i] = RG_STORE_UNKNOWN;
	graph->count = (rg_id)count;
	builder->stage = RG_BUILD_OBJECTS;
	*ret_count = graph->count;
	return NULL;
}

rg_error *rg_builder_each(rg_builder *builder,
			  rg_error *(*each)(void *user, rg_id id, uint64_t address), void *user)
{
	const struct rg_index *index = &builder->graph.index;
	rg_id id = 0;

	if (builder->stage == RG_BUILD_MARKS)
		return wrong_order();
	for (size_t p = 0; p < index->count; p++) {
		uint64_t page = index->pages[p] << (index->granule + RG_INDEX_MARK_BITS);

		for (unsigned int w = 0; w < RG_INDEX_WORDS; w++) {
			for (uint64_t bits = index->marks[p][w]; bits; bits &= bits - 1) {
				uint64_t bit = w * 64 + (unsigned int)__builtin_ctzll(bits);

				RG_TRY(each(user, id++, page | bit << index->granule));
			}
		}
	}
	return NULL;
}

rg_id rg_builder_find(const rg_builder *builder, uint64_t address)
{
	if (__builtin_expect(builder->stage == RG_BUILD_MARKS, 0))
		return RG_NONE;
	return rg_index_find(&builder->graph.index, address);
}

uint64_t rg_builder_address(const rg_builder *builder, rg_id id)
{
	return id < builder->graph.count ? rg_index_address(&builder->graph.index, id) : 0;
}

rg_error *rg_builder_add_type(rg_builder *builder, const struct rg_type_init *type, rg_type_id *ret)
{
	struct rg_graph *graph = &builder->graph;
	struct rg_type copy = {
		.name = rg_strings_copy(&graph->strings, type->name),
		.short_name = rg_strings_copy(&graph->strings, type->short_name),
		.module = rg_strings_copy(&graph->strings, type->module),
		.address = type->address,
		.object = RG_NONE,
		.origin = type->origin,
		.role = type->role,
	};

	if (graph->types.count >= RG_NONE - 1)
		return rg_error_new(RG_ERROR_LIMIT, "more than 2^32 - 2 types");
	if (!copy.name || !copy.short_name || !copy.module || !rg_vector_push(&graph->types, copy))
		return rg_error_no_memory();
	*ret = (rg_type_id)(graph->types.count - 1);
	return NULL;
}

/* Puts @value where it fits: into *@small, or into the side table. */
static bool store(struct rg_graph *graph, enum rg_store_field field, rg_id id, uint64_t value,
		  uint32_t *small)
{
	uint64_t key = ((uint64_t)field << 32) + id + 1;
	const uint32_t *at;

	if (__builtin_expect(value < RG_STORE_UNKNOWN || value == UINT32_MAX, 1)) {
		*small = (uint32_t)value;
		return true;
	}
	at = rg_map_find(&graph->big, key);
	if (at) {
		graph->big_values.data[*at] = value;
	} else {
		if (graph->big_values.count >= UINT32_MAX ||
		    !rg_vector_push(&graph->big_values, value))
			return false;
		if (!rg_map_put(&graph->big, key, (uint32_t)(graph->big_values.count - 1)))
			return false;
	}
	*small = RG_STORE_BIG;
	return true;
}

rg_error *rg_builder_set(rg_builder *builder, rg_id id, const struct rg_object *object)
{
	struct rg_graph *graph = &builder->graph;

	if (__builtin_expect(id >= graph->count || object->type >= graph->types.count, 0))
		return rg_error_new(RG_ERROR_INVALID, "object %u or its type %u does not exist", id,
				    object->type);
	if (!store(graph, RG_STORE_SIZE, id, object->size, &graph->size[id]) ||
	    !store(graph, RG_STORE_OWNED, id, object->owned, &graph->owned[id]))
		return rg_error_no_memory();
	if (object->refcount < 0)
		graph->refcount[id] = RG_STORE_UNKNOWN;
	else if (!store(graph, RG_STORE_REFCOUNT, id, (uint64_t)object->refcount,
			&graph->refcount[id]))
		return rg_error_no_memory();
	graph->type[id] = object->type;
	graph->flags[id] = (uint16_t)object->flags;
	return NULL;
}

void rg_builder_flag(rg_builder *builder, rg_id id, uint32_t flags)
{
	if (id < builder->graph.count)
		builder->graph.flags[id] |= (uint16_t)flags;
}

rg_error *rg_builder_finish_objects(rg_builder *builder)
{
	struct rg_graph *graph = &builder->graph;

	if (builder->stage != RG_BUILD_OBJECTS)
		return wrong_order();
	for (rg_id id = 0; id < graph->count; id++)
		if (graph->type[id] == RG_NONE)
			return rg_error_new(RG_ERROR_INVALID,
					    "object %u was marked, never set", id);
	for (size_t i = 0; i < graph->types.count; i++)
		graph->types.data[i].object =
			rg_index_find(&graph->index, graph->types.data[i].address);
	builder->stage = RG_BUILD_REFERENCES;
	return NULL;
}

void rg_builder_expect(rg_builder *builder, uint64_t references)
{
	/* More than a reference to each byte of memory is a lie; then growing will do. */
	if (references < SIZE_MAX / 16 && references > builder->capacity)
		builder->expected = (size_t)references;
}

static __attribute__((noinline)) bool grow(rg_builder *builder)
{
	struct rg_graph *graph = &builder->graph;
	size_t wanted = builder->capacity + builder->capacity / 2;
	void *target, *kind;

	if (!builder->capacity)
		wanted = (size_t)graph->count + 64;
	if (wanted < builder->expected)
		wanted = builder->expected;
	target = rg_realloc(graph->target, wanted, sizeof(*graph->target));
	if (!target)
		return false;
	graph->target = target;
	kind = rg_realloc(graph->kind, wanted, sizeof(*graph->kind));
	if (!kind)
		return false;
	graph->kind = kind;
	builder->capacity = wanted;
	return true;
}

static bool begin(rg_builder *builder)
{
	struct rg_graph *graph = &builder->graph;

	if (!graph->offset) {
		graph->offset = rg_alloc(((size_t)graph->count + 1) * sizeof(*graph->offset));
		if (!graph->offset)
			return false;
		graph->offset[0] = 0;
	}
	return true;
}

rg_error *rg_builder_reference(rg_builder *builder, rg_id target, uint8_t kind)
{
	struct rg_graph *graph = &builder->graph;
	size_t at = (size_t)builder->references;

	if (__builtin_expect(at == builder->capacity, 0) && !grow(builder))
		return rg_error_no_memory();
	if (__builtin_expect(builder->stage != RG_BUILD_REFERENCES ||
			     builder->current >= graph->count || target >= graph->count ||
			     (kind & RG_REFERENCE_KIND_MASK) > RG_REFERENCE_BORROWED, 0))
		return rg_error_new(RG_ERROR_INVALID,
				    "a reference from object %u to %u that is none",
				    builder->current, target);
	graph->target[at] = target;
	graph->kind[at] = kind & (RG_REFERENCE_KIND_MASK | RG_REFERENCE_PLUMBING |
				  RG_REFERENCE_ROUTINE | RG_REFERENCE_NAME);
	builder->plumbing += (kind & RG_REFERENCE_PLUMBING) != 0;
	builder->references = at + 1;
	return NULL;
}

rg_error *rg_builder_place(rg_builder *builder, uint32_t place)
{
	struct rg_placed placed = { builder->references - 1, place };

	if (place == RG_NONE)
		return NULL;
	if (builder->stage != RG_BUILD_REFERENCES || !builder->references ||
	    builder->placed.count >= UINT32_MAX - 1)
		return rg_error_new(RG_ERROR_INVALID, "a place of a reference that is none");
	return rg_vector_push(&builder->placed, placed) ? NULL : rg_error_no_memory();
}

rg_error *rg_builder_next(rg_builder *builder)
{
	struct rg_graph *graph = &builder->graph;

	if (__builtin_expect(!graph->offset, 0) && !begin(builder))
		return rg_error_no_memory();
	if (builder->current >= graph->count)
		return rg_error_new(RG_ERROR_INVALID, "references of more than %u objects",
				    graph->count);
	graph->offset[++builder->current] = builder->references;
	return NULL;
}

rg_error *rg_builder_root(rg_builder *builder, const struct rg_root_init *init)
{
	struct rg_graph *graph = &builder->graph;
	struct rg_root root = {
		.object = rg_builder_find(builder, init->address),
		.kind = init->kind,
		.count = init->count,
		.thread = init->thread,
		.frame = init->frame,
		.routine = init->routine,
		.importer = init->importer,
	};

	if (root.object == RG_NONE)
		return NULL;
	root.name = rg_strings_copy(&graph->strings, init->name);
	if (root.name && init->code)
		root.code = strcmp(init->code, init->name)
				    ? rg_strings_copy(&graph->strings, init->code)
				    : root.name;
	if (!root.name || (init->code && !root.code) ||
	    !(init->tentative ? rg_vector_push(&builder->tentative, root)
			      : rg_vector_push(&graph->roots, root)))
		return rg_error_no_memory();
	return NULL;
}

rg_graph *rg_builder_graph(rg_builder *builder)
{
	return &builder->graph;
}
