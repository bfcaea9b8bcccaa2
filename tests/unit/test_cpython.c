/* SPDX-License-Identifier: MIT */
/*
 * A whole interpreter of 3.13 made by hand, small enough to know every object of
 * it: found, walked, named, sized, labelled, and damaged in the places that count.
 */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "runtime/cpython/private.h"

#define START UINT64_C(0x100000)
#define SIZE 0x100000
#define RUNTIME START
#define INTERPRETER (START + 0x40000)
#define TYPES (START + 0x80000)
#define TYPE(n) (TYPES + 0x1000 * (n))
#define TYPE_TYPE TYPE(0)
#define OBJECT_TYPE TYPE(1)
#define DICT_TYPE TYPE(2)
#define STR_TYPE TYPE(3)
#define INT_TYPE TYPE(4)
#define LIST_TYPE TYPE(5)
#define FLOAT_TYPE TYPE(6)
#define SET_TYPE TYPE(7)
#define OPAQUE_TYPE TYPE(8)
#define CLASS TYPE(9)
#define NEXT_OBJECT (START + 0xa0000)
#define GC (INTERPRETER + 7400)

extern const struct rg_runtime cpython_runtime;

struct world {
	unsigned char bytes[SIZE];
	struct rg_segment segment;
	rg_image *image;
	uint64_t next;      /* where the next object goes */
	uint64_t generations;
	uint64_t list, instance, opaque, x, number, member;
	void *state;
	rg_builder *builder;
	char label[8][64];  /* of the last object asked for */
};

static void put(struct world *world, uint64_t at, uint64_t value, size_t size)
{
	memcpy(world->bytes + (at - START), &value, size);
}

static void put64(struct world *world, uint64_t at, uint64_t value)
{
	put(world, at, value, 8);
}

static uint64_t get64(const struct world *world, uint64_t at)
{
	uint64_t value;

	memcpy(&value, world->bytes + (at - START), 8);
	return value;
}

/* Room for an object of @size bytes with its head; 48 bytes before it are its own. */
static uint64_t make(struct world *world, uint64_t type, size_t size)
{
	uint64_t at = world->next + 48;

	world->next = (at + size + 15) & ~UINT64_C(15);
	put64(world, at, 1);
	put64(world, at + 8, type);
	return at;
}

static uint64_t make_str(struct world *world, const char *text)
{
	uint64_t at = make(world, STR_TYPE, 41 + strlen(text));

	put64(world, at + 16, strlen(text));
	put(world, at + 32, 0x64, 1);
	memcpy(world->bytes + (at + 40 - START), text, strlen(text) + 1);
	return at;
}

/* A table of @count str keys; values only where the kind has them. */
static uint64_t make_keys(struct world *world, unsigned kind, const uint64_t *keys,
			  const uint64_t *values, unsigned count)
{
	uint64_t at = make(world, 0, 32 + 8 + 16 * 5);
	unsigned i;

	put64(world, at, 1);
	put64(world, at + 8, 3 | 3 << 8 | kind << 16);
	put64(world, at + 16, 5 - count);
	put64(world, at + 24, count);
	for (i = 0; i < count; i++) {
		put64(world, at + 40 + 16 * i, keys[i]);
		put64(world, at + 48 + 16 * i, values ? values[i] : 0);
	}
	return at;
}

static uint64_t make_dict(struct world *world, const uint64_t *keys, const uint64_t *values,
			  unsigned count)
{
	uint64_t table = make_keys(world, 1, keys, values, count);
	uint64_t at = make(world, DICT_TYPE, 48);

	put64(world, at + 16, count);
	put64(world, at + 32, table);
	return at;
}

static void track(struct world *world, uint64_t object)
{
	uint64_t head = world->generations, last = get64(world, head + 8);

	put64(world, object - 16, head);
	put64(world, object - 8, last);
	put64(world, last, object - 16);
	put64(world, head + 8, object - 16);
}

static void make_type(struct world *world, uint64_t at, const char *name, uint64_t basicsize,
		      uint64_t itemsize, uint64_t flags)
{
	uint64_t text = make(world, 0, 64);

	memcpy(world->bytes + (text - START), name, strlen(name) + 1);
	put64(world, at, 0xffffffff);
	put64(world, at + 8, TYPE_TYPE);
	put64(world, at + 24, text);
	put64(world, at + 32, basicsize);
	put64(world, at + 40, itemsize);
	put64(world, at + 168, flags);
	put64(world, at + 256, at == OBJECT_TYPE ? 0 : OBJECT_TYPE);
}

/* class C, of module app, with one shared key: x. */
static void make_class(struct world *world)
{
	uint64_t name = make_str(world, "C"), module_key = make_str(world, "__module__");
	uint64_t module = make_str(world, "app"), at = CLASS;

	make_type(world, at, "", 16, 0,
		  CPY_TPFLAG_HEAPTYPE | CPY_TPFLAG_HAVE_GC | CPY_TPFLAG_MANAGED_DICT |
			  CPY_TPFLAG_MANAGED_WEAKREF | CPY_TPFLAG_INLINE_VALUES);
	world->x = make_str(world, "x");
	put64(world, at, 2);
	put64(world, at + 24, name + 40);
	put64(world, at + 264, make_dict(world, &module_key, &module, 1));
	put64(world, at + 856, name);
	put64(world, at + 872, name);
	put64(world, at + 880, make_keys(world, 2, &world->x, NULL, 1));
}

static void heads(struct world *world, unsigned place)
{
	unsigned i;

	world->generations = GC + place;
	for (i = 0; i < 3; i++) {
		put64(world, GC + place + 24 * i, GC + place + 24 * i);
		put64(world, GC + place + 24 * i + 8, GC + place + 24 * i);
	}
	put64(world, GC + 104, GC + 104);
	put64(world, GC + 112, GC + 104);
}

/* What 3.13 says of its own layout: place and number. */
static const uint16_t debug_offsets[][2] = {
	{ 40, 632 }, { 56, 7272 }, { 64, 7264 }, { 72, 7344 },
	{ 80, 7400 }, { 88, 7656 }, { 96, 7640 }, { 104, 7648 }, { 168, 8 }, { 176, 16 },
	{ 184, 72 }, { 192, 152 }, { 200, 160 }, { 232, 8 }, { 248, 56 }, { 256, 72 }, { 264, 70 },
	{ 280, 112 }, { 296, 128 }, { 304, 136 }, { 312, 68 }, { 328, 96 }, { 336, 104 },
	{ 344, 200 }, { 360, 8 }, { 376, 24 }, { 392, 168 }, { 408, 24 }, { 416, 16 }, { 432, 24 },
	{ 440, 16 }, { 456, 32 }, { 464, 40 }, { 480, 16 }, { 496, 16 }, { 504, 24 }, { 520, 16 },
	{ 528, 32 }, { 544, 32 }, { 552, 16 }, { 560, 40 }, { 576, 200 },
};

static struct world *world_new(unsigned generations)
{
	struct world *world = rg_calloc(1, sizeof(*world));
	uint64_t keys[2], values[2], items;

	CU_ASSERT_PTR_NOT_NULL_FATAL(world);
	world->next = NEXT_OBJECT;
	memcpy(world->bytes, "xdebugpy", 8);
	put64(world, RUNTIME + 8, 0x030d05f0);
	for (unsigned i = 0; i < sizeof(debug_offsets) / sizeof(debug_offsets[0]); i++)
		put64(world, RUNTIME + debug_offsets[i][0], debug_offsets[i][1]);
	put64(world, RUNTIME + 632, INTERPRETER);
	put64(world, RUNTIME + 640, INTERPRETER);
	heads(world, generations);
	make_type(world, TYPE_TYPE, "type", 928, 40, CPY_TPFLAG_TYPE | CPY_TPFLAG_HAVE_GC);
	make_type(world, OBJECT_TYPE, "object", 16, 0, 0);
	make_type(world, DICT_TYPE, "dict", 48, 0, CPY_TPFLAG_DICT | CPY_TPFLAG_HAVE_GC);
	make_type(world, STR_TYPE, "str", 64, 0, CPY_TPFLAG_UNICODE);
	make_type(world, INT_TYPE, "int", 24, 4, CPY_TPFLAG_LONG);
	make_type(world, LIST_TYPE, "list", 40, 0, CPY_TPFLAG_LIST | CPY_TPFLAG_HAVE_GC);
	make_type(world, FLOAT_TYPE, "float", 24, 0, 0);
	make_type(world, SET_TYPE, "set", 200, 0, CPY_TPFLAG_HAVE_GC);
	make_type(world, OPAQUE_TYPE, "ext.Thing", 48, 0, 0);
	make_class(world);
	put64(world, INTERPRETER + 7640, make_dict(world, NULL, NULL, 0));
	put64(world, INTERPRETER + 7648, make_dict(world, NULL, NULL, 0));

	/* [number, C()], where C().x is {'a key': Thing} and Thing holds a set of number. */
	world->number = make(world, INT_TYPE, 28);
	put64(world, world->number + 16, 1 << 3);
	put64(world, world->number + 24, 7);
	world->member = make(world, SET_TYPE, 200);
	put64(world, world->member + 32, 7);
	put64(world, world->member + 40, world->member + 64);
	put64(world, world->member + 64 + 16 * 3, world->number);
	put64(world, world->member + 64 + 16 * 3 + 8, 7);
	put64(world, world->member + 64 + 16 * 4, world->x); /* deleted */
	put64(world, world->member + 64 + 16 * 4 + 8, UINT64_MAX);
	track(world, world->member);
	world->opaque = make(world, OPAQUE_TYPE, 48);
	put64(world, world->opaque + 16, 12345);
	put64(world, world->opaque + 32, world->member);
	keys[0] = make_str(world, "a key");
	values[0] = world->opaque;
	items = make_dict(world, keys, values, 1);
	track(world, items);
	world->instance = make(world, CLASS, 16 + 8 + 8 + 8);
	put64(world, world->instance + 16, 5 | 1 << 24);
	put64(world, world->instance + 24, items);
	track(world, world->instance);
	world->list = make(world, LIST_TYPE, 40);
	keys[0] = make(world, 0, 32);
	put64(world, keys[0], world->number);
	put64(world, keys[0] + 8, world->instance);
	put64(world, world->list + 16, 2);
	put64(world, world->list + 24, keys[0]);
	put64(world, world->list + 32, 4);
	put64(world, world->number, 2);
	track(world, world->list);

	world->segment = (struct rg_segment){ START, START + SIZE, world->bytes, true, false };
	CU_ASSERT_PTR_NULL_FATAL(rg_image_from_segments(&world->segment, 1, &world->image));
	return world;
}

static void world_free(struct world *world)
{
	if (world->state)
		cpython_runtime.close(world->state);
	rg_builder_free(world->builder);
	rg_image_close(world->image);
	rg_free(world);
}

/* The code of the error that opening gives, 0 for none. */
static int open_world(struct world *world)
{
	rg_error *error = cpython_runtime.open(world->image, NULL, NULL, &world->state);
	int code = error ? (int)rg_error_code(error) : 0;

	rg_error_free(error);
	return code;
}

static rg_graph *read_world(struct world *world)
{
	struct rg_graph_hooks hooks = cpython_runtime.hooks;

	CU_ASSERT_EQUAL_FATAL(open_world(world), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(world->state);
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_new(&world->builder));
	hooks.user = world->state;
	rg_builder_hooks(world->builder, &hooks);
	CU_ASSERT_PTR_NULL_FATAL(cpython_runtime.objects(world->state, world->builder));
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_finish_objects(world->builder));
	CU_ASSERT_PTR_NULL_FATAL(cpython_runtime.references(world->state, world->builder));
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_finish(world->builder, true));
	return rg_builder_graph(world->builder);
}

static struct rg_object object(const rg_graph *graph, uint64_t address)
{
	rg_id id = rg_graph_find(graph, address);

	CU_ASSERT_NOT_EQUAL_FATAL(id, RG_NONE);
	return rg_graph_object(graph, id);
}

static const char *type_name(const rg_graph *graph, uint64_t address)
{
	return rg_graph_type(graph, object(graph, address).type)->name;
}

static void note_label(void *user, size_t index, const char *text)
{
	struct world *world = user;

	if (index < 8)
		strncat(world->label[index], text, sizeof(world->label[0]) - 1);
}

/* Fills world->label; the number of references. */
static size_t labels(struct world *world, const rg_graph *graph, uint64_t address,
		     enum rg_label_policy policy)
{
	rg_id id = rg_graph_find(graph, address);
	size_t count = rg_graph_references(graph, id).count;

	memset(world->label, 0, sizeof(world->label));
	rg_graph_labels(graph, id, 0, count, policy, note_label, world);
	return count;
}

static void finds_names_and_sizes(void)
{
	struct world *world = world_new(24);
	rg_graph *graph = read_world(world);
	struct rg_dump_info info = { 0 };

	cpython_runtime.info(world->state, &info);
	CU_ASSERT_STRING_EQUAL(info.version, "3.13.5");
	CU_ASSERT_EQUAL(info.interpreters, 1);
	CU_ASSERT_EQUAL(info.unreadable, 0);
	CU_ASSERT_STRING_EQUAL(type_name(graph, world->instance), "app.C");
	CU_ASSERT_STRING_EQUAL(type_name(graph, world->opaque), "ext.Thing");
	CU_ASSERT_STRING_EQUAL(type_name(graph, world->number), "int");
	CU_ASSERT_STRING_EQUAL(type_name(graph, CLASS), "type");
	CU_ASSERT_EQUAL(object(graph, world->list).size, 40 + 4 * 8 + 16);
	CU_ASSERT_EQUAL(object(graph, world->number).size, 28);
	CU_ASSERT_EQUAL(object(graph, world->instance).size, 16 + 32);
	CU_ASSERT_EQUAL(object(graph, world->instance).owned, 8 + 8 * 6);
	CU_ASSERT_EQUAL(object(graph, world->x).size, 42);
	CU_ASSERT_EQUAL(object(graph, world->list).flags, RG_OBJECT_TRACKED);
	CU_ASSERT_EQUAL(object(graph, world->opaque).flags, RG_OBJECT_OPAQUE);
	CU_ASSERT_EQUAL(object(graph, CLASS).flags, RG_OBJECT_TYPE);
	CU_ASSERT_EQUAL(object(graph, DICT_TYPE).flags, RG_OBJECT_TYPE | RG_OBJECT_IMMORTAL);
	CU_ASSERT_EQUAL(object(graph, world->number).refcount, 2);
	world_free(world);
}

static void labels_what_it_counts(void)
{
	struct world *world = world_new(24);
	rg_graph *graph = read_world(world);
	uint64_t dict = get64(world, world->instance + 24);

	CU_ASSERT_EQUAL(labels(world, graph, world->list, RG_LABELS_ALL), 2);
	CU_ASSERT_STRING_EQUAL(world->label[0], "[0]");
	CU_ASSERT_STRING_EQUAL(world->label[1], "[1]");
	CU_ASSERT_EQUAL(labels(world, graph, world->instance, RG_LABELS_NAMES), 2);
	CU_ASSERT_STRING_EQUAL(world->label[0], ".x");
	CU_ASSERT_STRING_EQUAL(world->label[1], ".__class__");
	CU_ASSERT_EQUAL(labels(world, graph, dict, RG_LABELS_ALL), 2);
	CU_ASSERT_STRING_EQUAL(world->label[0], "key 'a key'");
	CU_ASSERT_STRING_EQUAL(world->label[1], "['a key']");
	CU_ASSERT_EQUAL(labels(world, graph, dict, RG_LABELS_NAMES), 2);
	CU_ASSERT_STRING_EQUAL(world->label[1], "[<str>]");
	CU_ASSERT_EQUAL(labels(world, graph, dict, RG_LABELS_NONE), 2);
	CU_ASSERT_STRING_EQUAL(world->label[1], "");
	CU_ASSERT_EQUAL(labels(world, graph, world->member, RG_LABELS_ALL), 1);
	CU_ASSERT_STRING_EQUAL(world->label[0], "{7}");
	/* The word that is no object in the one instance is no reference. */
	CU_ASSERT_EQUAL(labels(world, graph, world->opaque, RG_LABELS_ALL), 1);
	CU_ASSERT_STRING_EQUAL(world->label[0], "+32");
	CU_ASSERT_EQUAL(rg_graph_references(graph, rg_graph_find(graph, world->opaque)).kind[0] &
				RG_REFERENCE_KIND_MASK,
			RG_REFERENCE_INFERRED);
	CU_ASSERT_EQUAL(rg_graph_external(graph, rg_graph_find(graph, world->number)), 0);
	world_free(world);
}

static void one_instance_can_rule_out_an_offset(void)
{
	struct world *world = world_new(24);
	uint64_t other = make(world, OPAQUE_TYPE, 48);
	rg_graph *graph;

	put64(world, other + 32, 99);
	put64(world, get64(world, world->list + 24), other);
	graph = read_world(world);
	CU_ASSERT_EQUAL(labels(world, graph, world->opaque, RG_LABELS_ALL), 0);
	world_free(world);
}

static void probes_where_the_lists_are(void)
{
	struct world *world = world_new(20);
	rg_graph *graph = read_world(world);

	CU_ASSERT_EQUAL(object(graph, world->list).flags, RG_OBJECT_TRACKED);
	world_free(world);
	world = world_new(24);
	put64(world, GC + 24, 0);
	put64(world, GC + 48, 0);
	CU_ASSERT_EQUAL(open_world(world), RG_ERROR_CORRUPT);
	world_free(world);
}

static void names_what_it_does_not_read(void)
{
	struct world *world = world_new(24);
	rg_error *error;

	put64(world, RUNTIME + 8, 0x030e01f0);
	error = cpython_runtime.open(world->image, NULL, NULL, &world->state);
	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_UNSUPPORTED);
	CU_ASSERT_PTR_NOT_NULL(strstr(rg_error_message(error), "3.14.1"));
	rg_error_free(error);
	put64(world, RUNTIME + 8, 0x030d05f0);
	put64(world, RUNTIME + 16, 1);
	error = cpython_runtime.open(world->image, NULL, NULL, &world->state);
	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_UNSUPPORTED);
	CU_ASSERT_PTR_NOT_NULL(strstr(rg_error_message(error), "3.13.5t, whose own debug"));
	rg_error_free(error);
	put64(world, RUNTIME, 0);
	put64(world, RUNTIME + 632, 0);
	CU_ASSERT_EQUAL(open_world(world), 0);
	CU_ASSERT_PTR_NULL(world->state);
	world_free(world);
}

static void reads_a_torn_list_from_both_ends(void)
{
	struct world *world = world_new(24);
	uint64_t dict = get64(world, world->instance + 24);
	struct rg_dump_info info = { 0 };
	rg_graph *graph;

	/* After the first object the list leads nowhere; nothing else refers to the last. */
	put64(world, world->member - 16, 0x10);
	graph = read_world(world);
	CU_ASSERT_NOT_EQUAL(rg_graph_find(graph, world->list), RG_NONE);
	CU_ASSERT_NOT_EQUAL(rg_graph_find(graph, dict), RG_NONE);
	cpython_runtime.info(world->state, &info);
	/* From its other end it was whole: somebody was at work on it. */
	CU_ASSERT_EQUAL(info.unreadable, 0);
	CU_ASSERT(world->image->complete);
	world_free(world);
	world = world_new(24);
	put64(world, world->member - 16, 0x10);
	put64(world, dict - 16 + 8, 0x10);
	graph = read_world(world);
	CU_ASSERT_NOT_EQUAL(rg_graph_find(graph, dict), RG_NONE);
	cpython_runtime.info(world->state, &info);
	CU_ASSERT_EQUAL(info.unreadable, 1);
	CU_ASSERT_FALSE(world->image->complete);
	world_free(world);
	/* A list that never comes back to its head ends all the same. */
	world = world_new(24);
	put64(world, world->instance - 16, dict - 16);
	graph = read_world(world);
	CU_ASSERT_NOT_EQUAL(rg_graph_find(graph, world->list), RG_NONE);
	world_free(world);
}

static void believes_no_length(void)
{
	struct world *world = world_new(24);
	uint64_t dict = get64(world, world->instance + 24);
	uint64_t keys = get64(world, dict + 32);
	struct rg_dump_info info = { 0 };

	put64(world, world->list + 16, UINT64_MAX / 4);
	put64(world, world->list + 32, UINT64_MAX / 4);
	put64(world, world->member + 32, UINT64_MAX / 8);
	put64(world, keys + 24, UINT64_MAX / 32);
	put64(world, world->number + 16, UINT64_MAX);
	read_world(world);
	cpython_runtime.info(world->state, &info);
	CU_ASSERT(info.unreadable >= 3);
	world_free(world);
}

static void follows_no_circle_of_types(void)
{
	struct world *world = world_new(24);
	rg_graph *graph;

	put64(world, CLASS + 256, CLASS);
	put64(world, OPAQUE_TYPE + 8, OPAQUE_TYPE);
	graph = read_world(world);
	CU_ASSERT_EQUAL(rg_graph_find(graph, world->instance), RG_NONE);
	CU_ASSERT_EQUAL(rg_graph_find(graph, world->opaque), RG_NONE);
	CU_ASSERT_NOT_EQUAL(rg_graph_find(graph, world->list), RG_NONE);
	world_free(world);
}

static void fails_cleanly_without_memory(void)
{
	int64_t after;
	bool done = false;

	for (after = 0; !done && after < 2000; after++) {
		struct world *world = world_new(24);
		rg_error *error;

		rg_alloc_fail_after(after);
		error = cpython_runtime.open(world->image, NULL, NULL, &world->state);
		if (!error)
			error = rg_builder_new(&world->builder);
		if (!error)
			error = cpython_runtime.objects(world->state, world->builder);
		if (!error)
			error = rg_builder_finish_objects(world->builder);
		if (!error)
			error = cpython_runtime.references(world->state, world->builder);
		done = !error;
		rg_alloc_fail_after(-1);
		CU_ASSERT(!error || rg_error_code(error) == RG_ERROR_NO_MEMORY);
		rg_error_free(error);
		world_free(world);
	}
	CU_ASSERT(done);
	CU_ASSERT(after > 10);
}

static void writes_values_as_python_does(void)
{
	static const struct {
		double value;
		const char *text;
	} floats[] = {
		{ 0.0, "0.0" },     { -0.0, "-0.0" },   { 1.5, "1.5" },       { 100.0, "100.0" },
		{ 0.1, "0.1" },     { 1e16, "1e+16" },  { 1e15, "1000000000000000.0" },
		{ 0.0001, "0.0001" }, { 0.00001, "1e-05" }, { 1.0 / 3, "0.3333333333333333" },
		{ 123456789012345680.0, "1.2345678901234568e+17" }, { -2.5e-300, "-2.5e-300" },
	};
	struct world *world = world_new(24);
	uint64_t number = make(world, FLOAT_TYPE, 24), text;
	struct cpy *cpy;
	char buffer[128];
	size_t i;

	text = make_str(world, "it's\n\x01");
	CU_ASSERT_EQUAL_FATAL(open_world(world), 0);
	cpy = world->state;
	for (i = 0; i < sizeof(floats) / sizeof(floats[0]); i++) {
		struct cpy_text out = { buffer, sizeof(buffer), 0 };

		memcpy(world->bytes + (number + 16 - START), &floats[i].value, 8);
		cpy_text_repr(cpy, &out, number);
		cpy_text_finish(&out);
		CU_ASSERT_STRING_EQUAL(buffer, floats[i].text);
	}
	for (i = 0; i < 2; i++) {
		struct cpy_text out = { buffer, i ? 5 : sizeof(buffer), 0 };

		cpy_text_repr(cpy, &out, text);
		cpy_text_finish(&out);
		CU_ASSERT_STRING_EQUAL(buffer, i ? "\"it'" : "\"it's\\n\\x01\"");
	}
	/* Minus 2^40 + 3. */
	put64(world, world->number + 16, 2 << 3 | 2);
	put64(world, world->number + 24, UINT64_C(3) | UINT64_C(1024) << 32);
	{
		struct cpy_text out = { buffer, sizeof(buffer), 0 };

		cpy_text_repr(cpy, &out, world->number);
		cpy_text_finish(&out);
		CU_ASSERT_STRING_EQUAL(buffer, "-1099511627779");
	}
	world_free(world);
}

static const struct rg_test tests[] = {
	RG_TEST(finds_names_and_sizes),
	RG_TEST(labels_what_it_counts),
	RG_TEST(one_instance_can_rule_out_an_offset),
	RG_TEST(probes_where_the_lists_are),
	RG_TEST(names_what_it_does_not_read),
	RG_TEST(reads_a_torn_list_from_both_ends),
	RG_TEST(believes_no_length),
	RG_TEST(follows_no_circle_of_types),
	RG_TEST(fails_cleanly_without_memory),
	RG_TEST(writes_values_as_python_does),
	{ 0 },
};

const struct rg_suite rg_suite_cpython = { "cpython", NULL, NULL, tests };
