/* SPDX-License-Identifier: MIT */
/*
 * Perl without a file or a symbol: an interpreter is told by its shape, its arenas
 * are walked as far as they make sense, and what a release is that no table is for.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "runtime/perl/private.h"
#include "unit/runner.h"

extern const struct rg_runtime perl_runtime;

#define SIZE 0x6000
#define START UINT64_C(0x7f0000000000)
#define INTERPRETER 0x100
#define ARENA 0x2000
#define HEADS 16
#define IMMORTAL 0x7fffffff

/* Places of heads in the arena; the first is none. */
enum { STASH = 1, PATCHLEVEL, NUMBER, ARRAY, REFERENCE, STRING, OBJECT, LAST };

struct world {
	unsigned char bytes[SIZE];
	struct pl_layout layout;
	struct rg_segment segment;
	rg_image *image;
	void *state;
	rg_builder *builder;
};

static uint64_t head_of(unsigned int index)
{
	return START + ARENA + 24 * index;
}

static void put(struct world *world, unsigned int at, uint64_t value, unsigned int size)
{
	memcpy(world->bytes + at, &value, size);
}

/* A head at @at with a body at @body, both offsets; no body: 0. */
static void put_head(struct world *world, unsigned int at, unsigned int body, uint32_t refcount,
		     uint32_t flags, uint64_t u)
{
	put(world, at, body ? START + body : 0, 8);
	put(world, at + 8, refcount, 4);
	put(world, at + 12, flags, 4);
	put(world, at + 16, u, 8);
}

static void put_string(struct world *world, unsigned int body, unsigned int at, const char *text)
{
	put(world, body + world->layout.at.pv_cur, strlen(text), 8);
	put(world, body + world->layout.at.pv_len, 16, 8);
	memcpy(world->bytes + at, text, strlen(text) + 1);
}

static unsigned int field(const struct world *world, enum pl_field which)
{
	return INTERPRETER + world->layout.field[which];
}

/* A stash called @name in slot @index. */
static void put_stash(struct world *world, unsigned int index, unsigned int body, const char *name)
{
	const struct pl_members *at = &world->layout.at;

	put_head(world, ARENA + 24 * index, body, 1, PL_PVHV | PL_OOK | PL_SHAREKEYS,
		 START + body + 0x180);
	put(world, body + at->hv_max, 7, 8);
	put(world, body + at->hv_aux + at->aux_name, START + body + 0x200, 8);
	put(world, body + 0x200 + at->hek_len, strlen(name), 4);
	memcpy(world->bytes + body + 0x200 + at->hek_key, name, strlen(name) + 1);
}

static struct world *world_new(const char *version)
{
	struct world *world = calloc(1, sizeof(*world));
	const struct pl_members *at;
	unsigned int i;

	CU_ASSERT_FATAL(world && pl_layout_find(36, true, &world->layout));
	at = &world->layout.at;
	put(world, 0x40, START + INTERPRETER, 8); /* PL_curinterp */
	put_head(world, field(world, PL_FIELD_sv_undef), 0, IMMORTAL,
		 PL_READONLY | PL_PROTECT, 0);
	put_head(world, field(world, PL_FIELD_sv_yes), 0x1800, IMMORTAL,
		 PL_PVNV | PL_POK | PL_pPOK | PL_NOK | PL_IOK | PL_IsCOW | PL_STATIC,
		 START + 0x1900);
	put_head(world, field(world, PL_FIELD_sv_no), 0x1840, IMMORTAL,
		 PL_PVNV | PL_POK | PL_pPOK | PL_NOK | PL_IOK | PL_IsCOW | PL_STATIC,
		 START + 0x1910);
	put_head(world, field(world, PL_FIELD_sv_zero), 0x1880, IMMORTAL, PL_PVNV | PL_IOK, 0);
	put(world, field(world, PL_FIELD_sv_arenaroot), START + ARENA, 8);
	put(world, field(world, PL_FIELD_sv_count), LAST - 1, 8);
	put(world, field(world, PL_FIELD_defstash), head_of(STASH), 8);
	put(world, field(world, PL_FIELD_patchlevel), head_of(PATCHLEVEL), 8);
	put_head(world, ARENA, 0, HEADS, 0, 0);
	for (i = 1; i < HEADS; i++)
		put_head(world, ARENA + 24 * i, 0, 0, PL_FREED, 0);
	put_stash(world, STASH, 0x3000, "main");
	put_head(world, ARENA + 24 * PATCHLEVEL, 0x3400, 1, PL_PV | PL_POK | PL_pPOK,
		 START + 0x3500);
	put_string(world, 0x3400, 0x3500, version);
	put_head(world, ARENA + 24 * NUMBER, 0, 3, PL_IV | PL_IOK | PL_pIOK, 42);
	put(world, ARENA + 24 * NUMBER, head_of(NUMBER) + 16 - at->iv, 8);
	put_head(world, ARENA + 24 * ARRAY, 0x3600, 1, PL_PVAV | PL_REAL, START + 0x3700);
	put(world, 0x3600 + at->av_fill, 1, 8);
	put(world, 0x3600 + at->av_max, 3, 8);
	put(world, 0x3600 + at->av_alloc, START + 0x3700, 8);
	put(world, 0x3700, head_of(NUMBER), 8);
	put(world, 0x3708, head_of(REFERENCE), 8);
	put_head(world, ARENA + 24 * REFERENCE, 0, 1, PL_IV | PL_ROK, head_of(ARRAY));
	put_head(world, ARENA + 24 * STRING, 0x3800, 1, PL_PV | PL_POK | PL_pPOK,
		 START + 0x3900);
	put_string(world, 0x3800, 0x3900, "a $b\n");
	put_head(world, ARENA + 24 * OBJECT, 0x3a00, 1, PL_PVHV | PL_OBJECT | PL_SHAREKEYS, 0);
	put(world, 0x3a00 + at->hv_max, 7, 8);
	put(world, 0x3a00 + at->mg_stash, head_of(STASH), 8);
	return world;
}

static void world_free(struct world *world)
{
	rg_builder_free(world->builder);
	if (world->state)
		perl_runtime.close(world->state);
	rg_image_close(world->image);
	free(world);
}

/* Opens what is there; the state, or NULL. */
static rg_error *open_world(struct world *world)
{
	world->segment = (struct rg_segment){ START, START + SIZE, world->bytes, true, false };
	RG_TRY(rg_image_from_segments(&world->segment, 1, &world->image));
	RG_TRY(perl_runtime.open(world->image, NULL, NULL, &world->state));
	if (!world->state)
		return NULL;
	RG_TRY(rg_builder_new(&world->builder));
	RG_TRY(perl_runtime.objects(world->state, world->builder));
	return rg_builder_finish_objects(world->builder);
}

static struct rg_object object_at(struct world *world, unsigned int index)
{
	const rg_graph *graph = rg_builder_graph(world->builder);
	rg_id id = rg_graph_find(graph, head_of(index));

	CU_ASSERT_NOT_EQUAL_FATAL(id, RG_NONE);
	return rg_graph_object(graph, id);
}

static const char *type_at(struct world *world, unsigned int index)
{
	const rg_graph *graph = rg_builder_graph(world->builder);

	return rg_graph_type(graph, object_at(world, index).type)->name;
}

static void tells_an_interpreter_by_its_shape(void)
{
	struct world *world = world_new("v5.36.7");
	struct rg_dump_info info = { 0 };

	CU_ASSERT_PTR_NULL_FATAL(open_world(world));
	CU_ASSERT_PTR_NOT_NULL_FATAL(world->state);
	perl_runtime.info(world->state, &info);
	CU_ASSERT_STRING_EQUAL(info.version, "5.36.7");
	CU_ASSERT_EQUAL(info.interpreters, 1);
	CU_ASSERT_EQUAL(info.unreadable, 0);
	CU_ASSERT(info.has_refcounts);
	CU_ASSERT_PTR_NULL(strstr(info.build, "not verified"));
	CU_ASSERT(world->image->complete);
	/* Four that stand in the interpreter, and those of the arena that are in use. */
	CU_ASSERT_EQUAL(rg_graph_object_count(rg_builder_graph(world->builder)), 4 + LAST - 1);
	world_free(world);
}

static void knows_types_sizes_and_counts(void)
{
	struct world *world = world_new("v5.36.0");

	CU_ASSERT_PTR_NULL_FATAL(open_world(world));
	CU_ASSERT_STRING_EQUAL(type_at(world, STASH), "STASH");
	CU_ASSERT_STRING_EQUAL(type_at(world, NUMBER), "SCALAR");
	CU_ASSERT_STRING_EQUAL(type_at(world, ARRAY), "ARRAY");
	CU_ASSERT_STRING_EQUAL(type_at(world, REFERENCE), "REF");
	CU_ASSERT_STRING_EQUAL(type_at(world, OBJECT), "HASH(main)");
	/* As Devel::MAT sums them up on a perl of 64 bits. */
	CU_ASSERT_EQUAL(object_at(world, NUMBER).size, 24);
	CU_ASSERT_EQUAL(object_at(world, REFERENCE).size, 24);
	CU_ASSERT_EQUAL(object_at(world, STRING).size, 24 + 16 + 16);
	CU_ASSERT_EQUAL(object_at(world, ARRAY).size, 24 + 40 + 4 * 8);
	CU_ASSERT_EQUAL(object_at(world, OBJECT).size, 24 + 32);
	CU_ASSERT_EQUAL(object_at(world, STASH).size, 24 + 32 + 8 * 8 +
						      world->layout.at.size_aux);
	CU_ASSERT_EQUAL(object_at(world, NUMBER).refcount, 3);
	world_free(world);
}

static void says_values_only_where_asked(void)
{
	struct world *world = world_new("v5.36.0");
	struct rg_description said = { 0 }, silent = { 0 };
	const rg_graph *graph;

	CU_ASSERT_PTR_NULL_FATAL(open_world(world));
	graph = rg_builder_graph(world->builder);
	perl_runtime.hooks.describe(world->state, graph, rg_graph_find(graph, head_of(STRING)),
				    true, &said);
	CU_ASSERT_STRING_EQUAL(said.value, "\"a \\$b\\n\"");
	perl_runtime.hooks.describe(world->state, graph, rg_graph_find(graph, head_of(STRING)),
				    false, &silent);
	CU_ASSERT_STRING_EQUAL(silent.value, "");
	perl_runtime.hooks.describe(world->state, graph, rg_graph_find(graph, head_of(ARRAY)),
				    false, &silent);
	CU_ASSERT(silent.has_length);
	CU_ASSERT_EQUAL(silent.length, 2);
	world_free(world);
}

static void says_that_a_release_is_not_verified(void)
{
	struct world *world = world_new("v5.37.4");
	struct rg_dump_info info = { 0 };

	CU_ASSERT_PTR_NULL_FATAL(open_world(world));
	CU_ASSERT_PTR_NOT_NULL_FATAL(world->state);
	perl_runtime.info(world->state, &info);
	CU_ASSERT_STRING_EQUAL(info.version, "5.37.4");
	CU_ASSERT_PTR_NOT_NULL(strstr(info.build, "not verified: read as 5.36"));
	world_free(world);
}

static void takes_nothing_else_for_it(void)
{
	struct world *world = world_new("v5.36.0");

	/* The stash of another name, the version of another program. */
	memcpy(world->bytes + 0x3200 + world->layout.at.hek_key, "mine", 4);
	CU_ASSERT_PTR_NULL_FATAL(open_world(world));
	CU_ASSERT_PTR_NULL(world->state);
	world_free(world);

	world = world_new("3.11.2");
	CU_ASSERT_PTR_NULL_FATAL(open_world(world));
	CU_ASSERT_PTR_NULL(world->state);
	world_free(world);
}

static void walks_no_arena_twice(void)
{
	struct world *world = world_new("v5.36.0");

	put(world, ARENA, START + ARENA, 8);
	CU_ASSERT_PTR_NULL_FATAL(open_world(world));
	CU_ASSERT_PTR_NOT_NULL_FATAL(world->state);
	CU_ASSERT_EQUAL(rg_graph_object_count(rg_builder_graph(world->builder)), 4 + LAST - 1);
	CU_ASSERT(!world->image->complete);
	world_free(world);
}

static void says_that_values_are_missing(void)
{
	struct world *world = world_new("v5.36.0");

	put(world, field(world, PL_FIELD_sv_count), 100, 8);
	CU_ASSERT_PTR_NULL_FATAL(open_world(world));
	CU_ASSERT(!world->image->complete);
	CU_ASSERT_PTR_NOT_NULL(strstr(world->image->missing[0], "of Perl's 100 values"));
	world_free(world);
}

static void believes_no_length(void)
{
	static const uint64_t wild[] = { UINT64_MAX, UINT64_C(1) << 63, UINT64_C(1) << 40, SIZE };
	struct rg_dump_info info = { 0 };
	size_t i;

	for (i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		struct world *world = world_new("v5.36.0");

		put(world, 0x3600 + world->layout.at.av_max, wild[i], 8);
		put(world, 0x3a00 + world->layout.at.hv_max, wild[i], 8);
		put(world, 0x3800 + world->layout.at.pv_len, wild[i], 8);
		put(world, ARENA + 8, i ? 0xffffffff : HEADS, 4);
		CU_ASSERT_PTR_NULL_FATAL(open_world(world));
		CU_ASSERT_PTR_NOT_NULL_FATAL(world->state);
		perl_runtime.info(world->state, &info);
		CU_ASSERT(i || info.unreadable >= 1);
		CU_ASSERT(i == 0 || !world->image->complete);
		world_free(world);
	}
}

static void every_missing_memory_is_reported(void)
{
	bool failed = true;
	int64_t after;

	for (after = 0; failed && after < 2000; after++) {
		struct world *world = world_new("v5.36.0");
		rg_error *error;

		rg_alloc_fail_after(after);
		error = open_world(world);
		rg_alloc_fail_after(-1);
		failed = error != NULL;
		if (failed)
			CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
		world_free(world);
	}
	CU_ASSERT(after > 5 && !failed);
}

static void tables_hold_together(void)
{
	struct pl_layout layout;
	unsigned int i, previous = 0;

	for (i = 0; pl_layout_at(i, &layout); i++) {
		CU_ASSERT_EQUAL(layout.at.sv_size, 24);
		CU_ASSERT_EQUAL(layout.threaded, i % 2 == 0);
		CU_ASSERT(layout.minor >= previous);
		CU_ASSERT_EQUAL(layout.at.cop_file == PL_ABSENT, !layout.threaded);
		CU_ASSERT_EQUAL(layout.at.cop_filegv == PL_ABSENT, layout.threaded);
		CU_ASSERT_EQUAL(layout.field[PL_FIELD_defstash] == PL_ABSENT, !layout.threaded);
		/* hv.h: the auxiliary part went behind the body with 5.36. */
		CU_ASSERT_EQUAL(layout.at.hv_aux == PL_ABSENT, layout.minor < 36);
		previous = layout.minor;
	}
	CU_ASSERT_EQUAL(i, 16);
	CU_ASSERT(pl_layout_find(41, false, &layout) && layout.nearest && !layout.threaded);
	CU_ASSERT(pl_layout_find(40, true, &layout) && !layout.nearest && layout.minor == 40);
	CU_ASSERT_STRING_EQUAL(pl_field_name(PL_FIELD_stack_sp), "stack_sp");
	CU_ASSERT_STRING_EQUAL(pl_field_name(PL_FIELD_COUNT), "");
}

static const struct rg_test tests[] = {
	RG_TEST(tells_an_interpreter_by_its_shape),
	RG_TEST(knows_types_sizes_and_counts),
	RG_TEST(says_values_only_where_asked),
	RG_TEST(says_that_a_release_is_not_verified),
	RG_TEST(takes_nothing_else_for_it),
	RG_TEST(walks_no_arena_twice),
	RG_TEST(says_that_values_are_missing),
	RG_TEST(believes_no_length),
	RG_TEST(every_missing_memory_is_reported),
	RG_TEST(tables_hold_together),
	{ 0 },
};

const struct rg_suite rg_suite_perl = { "perl", NULL, NULL, tests };
