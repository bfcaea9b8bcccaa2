/* SPDX-License-Identifier: MIT */
/* Graphs for tests from lists and from random numbers. */
#include "support/synth.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const type_names[] = { "T0", "T1", "T2", "T3", "T4", "T5", "T6", "T7" };

static void *must(void *pointer)
{
	if (!pointer) {
		fputs("Bail out! out of memory in the synthesiser\n", stderr);
		exit(99);
	}
	return pointer;
}

struct synth *synth_new(rg_id count, uint32_t type_count)
{
	struct synth *synth = must(calloc(1, sizeof(*synth)));

	synth->count = count;
	synth->objects = must(calloc((size_t)count + 1, sizeof(*synth->objects)));
	synth->extra = must(calloc((size_t)count + 1, sizeof(*synth->extra)));
	synth->type_count = type_count;
	synth->types = must(calloc(type_count + 1, sizeof(*synth->types)));
	for (uint32_t i = 0; i < type_count; i++) {
		synth->types[i].name = type_names[i % 8];
		synth->types[i].short_name = type_names[i % 8];
		synth->types[i].module = "";
	}
	for (rg_id id = 0; id < count; id++)
		synth->objects[id] = (struct rg_object){
			.address = 0x1000 + 16 * (uint64_t)id,
			.size = 16,
			.refcount = SYNTH_EXACT,
			.flags = RG_OBJECT_TRACKED,
		};
	return synth;
}

void synth_free(struct synth *synth)
{
	if (!synth)
		return;
	free(synth->objects);
	free(synth->extra);
	free(synth->types);
	free(synth->references);
	free(synth->roots);
	free(synth);
}

void synth_refer(struct synth *synth, rg_id from, rg_id to, uint8_t kind, const char *label)
{
	if (synth->reference_count == synth->reference_capacity) {
		synth->reference_capacity = synth->reference_capacity * 2 + 16;
		synth->references = must(realloc(synth->references, synth->reference_capacity *
							    sizeof(*synth->references)));
	}
	synth->references[synth->reference_count++] =
		(struct synth_reference){ from, to, kind, label };
}

void synth_root(struct synth *synth, rg_id to, enum rg_root_kind kind, uint32_t count,
		const char *name)
{
	synth->roots = must(realloc(synth->roots, (synth->root_count + 1) * sizeof(*synth->roots)));
	synth->roots[synth->root_count++] = (struct rg_root_init){
		.address = synth->objects[to].address,
		.kind = kind,
		.count = count,
		.thread = RG_NONE,
		.frame = RG_NONE,
		.name = name,
	};
}

/* A stable counting sort by source. */
static void sort_references(struct synth *synth)
{
	size_t *first = must(calloc((size_t)synth->count + 2, sizeof(*first)));
	struct synth_reference *sorted =
		must(malloc((synth->reference_count + 1) * sizeof(*sorted)));

	for (size_t i = 0; i < synth->reference_count; i++)
		first[synth->references[i].from + 1]++;
	for (rg_id id = 0; id < synth->count; id++)
		first[id + 1] += first[id];
	for (size_t i = 0; i < synth->reference_count; i++)
		sorted[first[synth->references[i].from]++] = synth->references[i];
	free(synth->references);
	free(first);
	synth->references = sorted;
	synth->reference_capacity = synth->reference_count + 1;
}

static void count_references(struct synth *synth)
{
	for (rg_id id = 0; id < synth->count; id++)
		if (synth->objects[id].refcount == SYNTH_EXACT)
			synth->objects[id].refcount = synth->extra[id];
		else
			synth->extra[id] = INT64_MIN;
	for (size_t i = 0; i < synth->reference_count; i++) {
		const struct synth_reference *at = &synth->references[i];

		if ((at->kind & RG_REFERENCE_KIND_MASK) <= RG_REFERENCE_INFERRED &&
		    synth->extra[at->to] != INT64_MIN)
			synth->objects[at->to].refcount++;
	}
	for (size_t i = 0; i < synth->root_count; i++) {
		rg_id to = (rg_id)((synth->roots[i].address - 0x1000) / 16);

		if (synth->extra[to] != INT64_MIN && synth->roots[i].kind != RG_ROOT_EXTERNAL)
			synth->objects[to].refcount += synth->roots[i].count;
	}
	for (rg_id id = 0; id < synth->count; id++)
		if (synth->extra[id] != INT64_MIN && synth->objects[id].refcount < 0)
			synth->objects[id].refcount = 0;
}

static void labels(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
		   enum rg_label_policy policy, rg_label_fn *each, void *each_user)
{
	const struct synth *synth = user;
	size_t low = 0, high = synth->reference_count;

	(void)graph;
	(void)policy;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (synth->references[middle].from < source)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = first; i < first + count; i++)
		each(each_user, i, synth->references[low + i].label);
}

static void describe(void *user, const rg_graph *graph, rg_id id, bool values,
		     struct rg_description *ret)
{
	const struct synth *synth = user;

	(void)graph;
	*ret = synth->words[id];
	if (!values)
		ret->value[0] = '\0';
}

static const char *const none[] = { NULL };

/* Of a language whose objects have a __dict__. */
static const struct rg_words synth_words = {
	.language = "", .module = "module", .modules = "modules", .interpreters = "interpreters",
	.finalizer = "__del__", .collector_off = "",
	.weaken_one = "a weak reference there frees", .weaken_all = "weak references there free",
	.syntax = ".[", .namespace_part = ".__dict__", .element = "", .back = none, .frame = none,
	.locals = none, .sigils = "",
	.main_module = "__main__", .separator = ".", .installed = none, .library = none,
	.history_modules = none, .history = none, .coroutine = "coroutine",
};

static rg_error *feed(struct synth *synth, rg_builder *builder)
{
	struct rg_graph_hooks hooks = { .labels = labels, .user = synth,
					.describe = synth->words ? describe : NULL };
	rg_type_id type;
	rg_id count;
	size_t at = 0;

	rg_builder_hooks(builder, &hooks);
	rg_builder_words(builder, synth->language ? synth->language : &synth_words);
	for (rg_id id = synth->count; id-- > 0;)
		if (rg_builder_mark(builder, synth->objects[id].address) < 0)
			return rg_error_no_memory();
	RG_TRY(rg_builder_index(builder, &count));
	for (uint32_t i = 0; i < synth->type_count; i++)
		RG_TRY(rg_builder_add_type(builder, &synth->types[i], &type));
	for (rg_id id = 0; id < synth->count; id++)
		RG_TRY(rg_builder_set(builder, id, &synth->objects[id]));
	RG_TRY(rg_builder_finish_objects(builder));
	if (synth->no_references)
		return NULL;
	for (rg_id id = 0; id < synth->count; id++) {
		for (; at < synth->reference_count && synth->references[at].from == id; at++)
			RG_TRY(rg_builder_reference(builder, synth->references[at].to,
						    synth->references[at].kind));
		RG_TRY(rg_builder_next(builder));
	}
	for (uint32_t i = 0; i < synth->thread_count; i++) {
		struct rg_thread thread = { .id = i + 1, .name = "", .state = "", .system_call = "",
					    .object = RG_NONE, .exception = RG_NONE };

		RG_TRY(rg_builder_thread(builder, &thread));
	}
	for (size_t i = 0; i < synth->root_count; i++)
		RG_TRY(rg_builder_root(builder, &synth->roots[i]));
	return rg_builder_finish(builder, !synth->no_refcounts);
}

rg_error *synth_build(struct synth *synth, rg_builder **ret)
{
	rg_builder *builder;
	rg_error *error;

	sort_references(synth);
	count_references(synth);
	RG_TRY(rg_builder_new(&builder));
	error = feed(synth, builder);
	if (error) {
		rg_builder_free(builder);
		return error;
	}
	*ret = builder;
	return NULL;
}

rg_builder *synth_must(struct synth *synth)
{
	rg_builder *builder = NULL;
	rg_error *error = synth_build(synth, &builder);

	if (error) {
		fprintf(stderr, "Bail out! %s\n", rg_error_message(error));
		exit(99);
	}
	return builder;
}

uint32_t synth_random(struct synth_random *random, uint32_t below)
{
	uint64_t state = random->state ? random->state : 88172645463325252ULL;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	random->state = state;
	return (uint32_t)((state * 0x2545f4914f6cdd1dULL >> 33) % below);
}

struct synth *synth_small(struct synth_random *random, rg_id most)
{
	static const char *const names[] = { ".a", ".b", "[0]", "['k']", NULL };
	static const char *const root_names[] = { "sys.modules['m']", "sys.modules['a']", "x" };
	rg_id count = 1 + synth_random(random, most);
	struct synth *synth = synth_new(count, 3);
	uint32_t references = synth_random(random, 3 * count + 1);
	bool plain = synth_random(random, 3) == 0;

	for (rg_id id = 0; id < count; id++) {
		struct rg_object *object = &synth->objects[id];

		object->type = synth_random(random, 3);
		object->size = 16 + synth_random(random, 100);
		if (synth_random(random, 4) == 0)
			synth->extra[id] = synth_random(random, 2);
		if (plain)
			continue;
		if (synth_random(random, 4) == 0)
			object->flags &= ~(uint32_t)RG_OBJECT_TRACKED;
		if (synth_random(random, 16) == 0)
			object->flags |= RG_OBJECT_IMMORTAL;
		if (synth_random(random, 16) == 0)
			object->flags |= RG_OBJECT_FROZEN;
		if (synth_random(random, 8) == 0)
			object->flags |= RG_OBJECT_FINALIZER;
		if (synth_random(random, 16) == 0)
			synth->extra[id] = -1;
	}
	for (uint32_t i = 0; i < references; i++) {
		uint8_t kind = RG_REFERENCE_STRONG;

		if (!plain && synth_random(random, 4) == 0)
			kind = (uint8_t)synth_random(random, 5);
		synth_refer(synth, synth_random(random, count), synth_random(random, count), kind,
			    names[synth_random(random, 5)]);
	}
	for (uint32_t i = synth_random(random, 3); i > 0; i--)
		synth_root(synth, synth_random(random, count),
			   (enum rg_root_kind)synth_random(random, 6), synth_random(random, 2),
			   root_names[synth_random(random, 3)]);
	return synth;
}
