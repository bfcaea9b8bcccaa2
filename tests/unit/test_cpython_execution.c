/* SPDX-License-Identifier: MIT */
/* Code, frames and generators, read from a small image of hand-made structs. */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "runtime/cpython/execution.h"
#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/private.h"

#define START UINT64_C(0x10000)
#define SIZE 0x8000

/* Where things stand in the image. */
#define CODE_TYPE (START + 0x100)
#define CODE (START + 0x400)
#define FRAME (START + 0x800)
#define NAMES (START + 0xc00)
#define KINDS (START + 0xd00)
#define TABLE (START + 0xe00)
#define GENERATOR (START + 0x1000)
#define OTHER (START + 0x2000)
#define VALUES (START + 0x3000)

struct world {
	unsigned char bytes[SIZE];
	struct rg_segment segment;
	struct cpy cpy;
	struct cpy_private private;
	struct cpy_type code_type;
	struct cpy_struct code_row;
	const struct cpy_execution *layout;
	struct cpy_walk walk;
	unsigned flushed;
};

static void put(struct world *world, uint64_t at, uint64_t value, size_t size)
{
	memcpy(world->bytes + (at - START), &value, size);
}

static void put64(struct world *world, uint64_t at, uint64_t value)
{
	put(world, at, value, 8);
}

static void put32(struct world *world, uint64_t at, uint32_t value)
{
	put(world, at, value, 4);
}

static void put8(struct world *world, uint64_t at, uint8_t value)
{
	put(world, at, value, 1);
}

static void flushed(struct cpy_walk *walk)
{
	((struct world *)walk->user)->flushed++;
}

/* Says how many slots of the frame at @frame are in use; UINT32_MAX: leaves that open. */
static void set_top(struct world *world, uint64_t frame, uint32_t top)
{
	const struct cpy_execution *layout = world->layout;

	if (!layout->frame.stackpointer)
		put32(world, frame + layout->frame.stacktop, top);
	else if (top == UINT32_MAX)
		put64(world, frame + layout->frame.stackpointer, 0);
	else
		put64(world, frame + layout->frame.stackpointer,
		      frame + layout->frame.localsplus + 8 * (uint64_t)top);
}

/* A code object with two variables, the second a cell, and room for three values. */
static struct world *world_new(unsigned minor)
{
	struct world *world = rg_calloc(1, sizeof(*world));
	const struct cpy_execution *layout;

	CU_ASSERT_PTR_NOT_NULL_FATAL(world);
	world->segment = (struct rg_segment){ START, START + SIZE, world->bytes, true, false };
	CU_ASSERT_PTR_NULL_FATAL(rg_image_from_segments(&world->segment, 1, &world->cpy.image));
	world->cpy.minor = (uint8_t)minor;
	world->cpy.layout = *cpy_layout_find(0x030000f0 | minor << 16, false);
	world->cpy.private = &world->private;
	world->layout = layout = cpy_execution_layout(&world->cpy);
	world->code_row.name = "code";
	world->code_type.address = CODE_TYPE;
	world->code_type.row = &world->code_row;
	*cpy_type_slot(&world->cpy, CODE_TYPE) =
		(struct cpy_type_slot){ CODE_TYPE, &world->code_type };
	put64(world, CODE, 1);
	put64(world, CODE + 8, CODE_TYPE);
	put64(world, CODE + 16, 100);
	put32(world, CODE + layout->code.nlocalsplus, 2);
	put32(world, CODE + layout->code.stacksize, 3);
	put32(world, CODE + layout->code.firstlineno, 7);
	put64(world, CODE + layout->code.localsplusnames, NAMES);
	put64(world, CODE + layout->code.localspluskinds, KINDS);
	put64(world, CODE + layout->code.linetable, TABLE);
	put64(world, NAMES + 16, 2);
	put64(world, NAMES + world->cpy.layout.tuple.items, VALUES + 0x100);
	put64(world, NAMES + world->cpy.layout.tuple.items + 8, VALUES + 0x110);
	put8(world, KINDS + 32, 0x20);
	put8(world, KINDS + 33, 0x40);
	put64(world, FRAME + layout->frame.code, CODE);
	put64(world, FRAME + layout->frame.function, VALUES + 0x120);
	put64(world, FRAME + layout->frame.localsplus, VALUES);
	put64(world, FRAME + layout->frame.localsplus + 8, VALUES + 0x10);
	put64(world, FRAME + layout->frame.localsplus + 16, VALUES + 0x20);
	put64(world, FRAME + layout->frame.localsplus + 24, VALUES + 0x30);
	world->walk.cpy = &world->cpy;
	world->walk.flush = flushed;
	world->walk.user = world;
	return world;
}

static void world_free(struct world *world)
{
	rg_image_close(world->cpy.image);
	rg_free(world);
}

/* The reference to @target, or NULL. */
static const struct cpy_reference *find(const struct world *world, uint64_t target)
{
	unsigned i;

	for (i = 0; i < world->walk.count; i++)
		if (world->walk.references[i].target == target)
			return &world->walk.references[i];
	return NULL;
}

static void rows_are_sound(void)
{
	const struct cpy_struct *row, *other;
	const struct cpy_field *field;

	for (row = cpy_structs_execution; row->name; row++) {
		CU_ASSERT(row->since >= 8 && row->since <= row->until && row->until <= 15);
		for (field = row->fields; field && field->label; field++) {
			CU_ASSERT(field->offset >= CPY_HEAD && field->offset % 8 == 0);
			CU_ASSERT(!row->basicsize || field->offset + 8u <= row->basicsize);
			CU_ASSERT(!field[1].label || field[1].offset > field->offset);
			CU_ASSERT(field->label[0] == '.');
		}
		/* Of one version, rows of one name are told apart by the size of the struct. */
		for (other = cpy_structs_execution; other != row; other++)
			CU_ASSERT(strcmp(row->name, other->name) || row->since > other->until ||
				  other->since > row->until ||
				  (row->build && other->build && row->build != other->build) ||
				  (row->basicsize && other->basicsize &&
				   row->basicsize != other->basicsize));
		for (other = cpy_structs_execution; row->base && strcmp(other->name, row->base);)
			CU_ASSERT_PTR_NOT_NULL_FATAL((++other)->name);
	}
}

static void walks_a_suspended_frame(void)
{
	for (unsigned minor = 11; minor <= 15; minor++) {
		struct world *world = world_new(minor);
		const struct cpy_reference *local, *cell, *stack;

		set_top(world, FRAME, 3);
		cpy_walk_frame(&world->walk, FRAME, RG_REFERENCE_STRONG);
		CU_ASSERT_EQUAL(world->walk.count, 5);
		local = find(world, VALUES);
		cell = find(world, VALUES + 0x10);
		stack = find(world, VALUES + 0x20);
		CU_ASSERT_FATAL(local && cell && stack);
		CU_ASSERT_PTR_NOT_NULL(find(world, CODE));
		CU_ASSERT_PTR_NOT_NULL(find(world, VALUES + 0x120));
		CU_ASSERT_PTR_NULL(find(world, VALUES + 0x30));
		CU_ASSERT_STRING_EQUAL(local->text, "local");
		CU_ASSERT_EQUAL(local->arg, VALUES + 0x100);
		CU_ASSERT_STRING_EQUAL(cell->text, "cell");
		CU_ASSERT_STRING_EQUAL(stack->text, "stack");
		CU_ASSERT_EQUAL(stack->arg, 0);
		CU_ASSERT_EQUAL(local->kind, RG_REFERENCE_STRONG);
		CU_ASSERT_EQUAL(stack->kind, RG_REFERENCE_STRONG);
		world_free(world);
	}
}

static void believes_the_tags_of_stack_references(void)
{
	for (unsigned minor = 14; minor <= 15; minor++) {
		struct world *world = world_new(minor);
		uint64_t slots = FRAME + world->layout->frame.localsplus;

		set_top(world, FRAME, 5);
		put64(world, FRAME + world->layout->frame.code, CODE | 1);
		put64(world, FRAME + world->layout->frame.function, 1);
		put64(world, slots, VALUES | 1);
		put64(world, slots + 8, 1);
		put64(world, slots + 16, 7 << 2 | 3);
		put64(world, slots + 24, VALUES | 2);
		put64(world, slots + 32, VALUES + 0x30);
		cpy_walk_frame(&world->walk, FRAME, RG_REFERENCE_STRONG);
		CU_ASSERT_EQUAL(world->walk.count, 3);
		CU_ASSERT_PTR_NOT_NULL_FATAL(find(world, VALUES));
		CU_ASSERT_EQUAL(find(world, VALUES)->kind, RG_REFERENCE_BORROWED);
		CU_ASSERT_EQUAL(find(world, CODE)->kind, RG_REFERENCE_BORROWED);
		CU_ASSERT_EQUAL(find(world, VALUES + 0x30)->kind, RG_REFERENCE_STRONG);
		CU_ASSERT_EQUAL(find(world, VALUES + 0x30)->arg, 2);
		world_free(world);
	}
}

static void leaves_out_the_stack_of_a_running_frame(void)
{
	for (unsigned minor = 11; minor <= 15; minor++) {
		struct world *world = world_new(minor);

		set_top(world, FRAME, UINT32_MAX);
		cpy_walk_frame(&world->walk, FRAME, RG_REFERENCE_STRONG);
		CU_ASSERT_EQUAL(world->walk.count, 4);
		CU_ASSERT_PTR_NULL(find(world, VALUES + 0x20));
		CU_ASSERT_PTR_NOT_NULL_FATAL(find(world, VALUES));
		CU_ASSERT_EQUAL(find(world, VALUES)->kind, RG_REFERENCE_UNTRAVERSED);
		CU_ASSERT_EQUAL(find(world, CODE)->kind, RG_REFERENCE_STRONG);
		world_free(world);
	}
}

static void survives_frames_that_make_no_sense(void)
{
	struct world *world = world_new(12);

	/* More values than the code has room for: no variable is believed. */
	set_top(world, FRAME, 1000);
	cpy_walk_frame(&world->walk, FRAME, RG_REFERENCE_STRONG);
	CU_ASSERT_PTR_NULL(find(world, VALUES));
	/* More variables than any code has. */
	world->walk.count = 0;
	set_top(world, FRAME, UINT32_MAX);
	put32(world, CODE + world->layout->code.nlocalsplus, UINT32_MAX);
	cpy_walk_frame(&world->walk, FRAME, RG_REFERENCE_STRONG);
	CU_ASSERT_PTR_NULL(find(world, VALUES));
	/* More than there is memory: ends where the image does. */
	world->walk.count = 0;
	put32(world, CODE + world->layout->code.nlocalsplus, 1 << 20);
	cpy_walk_frame(&world->walk, FRAME, RG_REFERENCE_STRONG);
	CU_ASSERT_PTR_NOT_NULL(find(world, VALUES));
	/* No code. */
	world->walk.count = 0;
	put64(world, FRAME + world->layout->frame.code, OTHER);
	cpy_walk_frame(&world->walk, FRAME, RG_REFERENCE_STRONG);
	CU_ASSERT_EQUAL(world->walk.count, 1);
	world_free(world);
}

static void finished_generators_keep_their_code(void)
{
	for (unsigned minor = 11; minor <= 15; minor++) {
		struct world *world = world_new(minor);
		uint64_t frame = GENERATOR + world->layout->generator.frame;

		memcpy(world->bytes + (frame - START), world->bytes + (FRAME - START), 128);
		set_top(world, frame, 0);
		put8(world, GENERATOR + world->layout->generator.state, 1);
		cpy_walk_generator(&world->walk, NULL, GENERATOR);
		CU_ASSERT_PTR_NOT_NULL(find(world, VALUES + 0x120));
		CU_ASSERT_PTR_NULL(find(world, VALUES));
		world->walk.count = 0;
		put8(world, GENERATOR + world->layout->generator.state,
		     (uint8_t)world->layout->generator.cleared);
		cpy_walk_generator(&world->walk, NULL, GENERATOR);
		CU_ASSERT_PTR_NULL(find(world, VALUES + 0x120));
		CU_ASSERT_EQUAL(world->walk.count, minor == 11 ? 0 : 1);
		CU_ASSERT(minor == 11 ||
			  (find(world, CODE) &&
			   find(world, CODE)->kind == RG_REFERENCE_UNTRAVERSED));
		world_free(world);
	}
}

static void frame_objects_own_only_their_own_frame(void)
{
	struct world *world = world_new(13);
	uint64_t embedded = OTHER + world->layout->frame_object.embedded;

	memcpy(world->bytes + (embedded - START), world->bytes + (FRAME - START), 128);
	set_top(world, embedded, 2);
	put8(world, embedded + world->layout->frame.owner, CPY_FRAME_OF_OBJECT);
	put64(world, OTHER + world->layout->frame_object.frame, FRAME);
	cpy_walk_frame_object(&world->walk, NULL, OTHER);
	CU_ASSERT_EQUAL(world->walk.count, 0);
	put64(world, OTHER + world->layout->frame_object.frame, embedded);
	cpy_walk_frame_object(&world->walk, NULL, OTHER);
	CU_ASSERT_EQUAL(world->walk.count, 4);
	CU_ASSERT_PTR_NOT_NULL(find(world, VALUES + 0x10));
	world_free(world);
}

static void sizes_follow_the_code(void)
{
	for (unsigned minor = 11; minor <= 15; minor++) {
		struct world *world = world_new(minor);
		struct cpy_type type = { .basicsize = world->layout->code.adaptive,
					 .itemsize = 2 };
		uint64_t frame = GENERATOR + world->layout->generator.frame, size = 0;

		put64(world, CODE + 16, 3);
		CU_ASSERT_TRUE(cpy_size_code(&world->cpy, &type, CODE, &size));
		CU_ASSERT_EQUAL(size, world->layout->code.adaptive + 8);
		put64(world, CODE + world->layout->code.extra, OTHER);
		put64(world, OTHER, 2);
		CU_ASSERT_TRUE(cpy_size_code(&world->cpy, &type, CODE, &size));
		CU_ASSERT_EQUAL(size, world->layout->code.adaptive + 8 + 24);
		put64(world, CODE + 16, UINT64_MAX);
		CU_ASSERT_FALSE(cpy_size_code(&world->cpy, &type, CODE, &size));
		put64(world, minor == 11 ? GENERATOR + 16 : frame, CODE);
		CU_ASSERT_TRUE(cpy_size_generator(&world->cpy, NULL, GENERATOR, &size));
		CU_ASSERT_EQUAL(size, world->layout->generator.frame +
					      world->layout->frame.localsplus + 5 * 8);
		put32(world, CODE + world->layout->code.stacksize, UINT32_MAX);
		CU_ASSERT_FALSE(cpy_size_generator(&world->cpy, NULL, GENERATOR, &size));
		world_free(world);
	}
}

static void goes_up_a_stack_and_ends_on_a_cycle(void)
{
	struct world *world = world_new(12);
	struct cpy_thread thread = { .address = OTHER };
	struct cpy_stack stack;
	struct cpy_frame frame;
	uint64_t at = FRAME;
	unsigned steps = 0, shown = 0;

	/* Three frames, the second a marker on the C stack. */
	put64(world, OTHER + world->layout->thread.current_frame, OTHER + 0x400);
	put64(world, OTHER + 0x400 + world->layout->thread.cframe_current, FRAME);
	put64(world, FRAME + world->layout->frame.previous, FRAME + 0x100);
	put8(world, FRAME + 0x100 + world->layout->frame.owner, CPY_FRAME_OF_C);
	put64(world, FRAME + 0x100 + world->layout->frame.previous, FRAME + 0x200);
	put64(world, FRAME + 0x200 + world->layout->frame.code, CODE);
	put64(world, FRAME + 0x200 + world->layout->frame.function, VALUES);
	cpy_stack_begin(&stack, &world->cpy, &thread);
	for (; cpy_stack_next(&stack, &frame); at += 0x100, steps++) {
		CU_ASSERT_EQUAL(frame.address, at);
		shown += frame.is_shown;
	}
	CU_ASSERT_EQUAL(steps, 3);
	CU_ASSERT_EQUAL(shown, 2);
	put64(world, FRAME + 0x200 + world->layout->frame.previous, FRAME);
	cpy_stack_begin(&stack, &world->cpy, &thread);
	for (steps = 0; cpy_stack_next(&stack, &frame); steps++)
		CU_ASSERT_FATAL(steps < 100);
	CU_ASSERT(steps >= 3);
	world_free(world);
}

/* What CPython 3.11.2 made of a function of twelve lines, and the lines it gives itself. */
static const unsigned char line_table[] = {
	128, 0, 224, 9, 10, 216, 9, 10, 240, 3, 1, 9, 12, 128, 65, 240, 4, 6, 5, 15, 240, 2, 1,
	13, 24, 240, 0, 1, 13, 24, 221, 13, 16, 144, 17, 144, 65, 137, 89, 140, 89, 240, 3, 1,
	13, 24, 241, 0, 1, 13, 24, 244, 0, 1, 13, 24, 136, 1, 240, 8, 0, 18, 19, 240, 0, 1, 13,
	15, 136, 65, 136, 65, 216, 12, 13, 240, 3, 0, 9, 10, 136, 1, 248, 144, 17, 240, 0, 1,
	13, 15, 136, 65, 136, 65, 216, 12, 13, 240, 3, 0, 9, 10, 240, 0, 1, 9, 15, 240, 0, 1, 9,
	15, 240, 0, 1, 9, 15, 240, 0, 1, 9, 15, 224, 11, 12, 128, 72,
};
static const uint8_t line_of_unit[] = {
	1, 3, 4, 3, 3, 5, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 6, 6, 6, 6, 6, 6,
	6, 6, 6, 10, 10, 10, 10, 11, 10, 10, 0, 10, 10, 10, 10, 11, 10, 10, 10, 10, 10, 12, 12,
};

static void reads_lines_as_the_interpreter_does(void)
{
	struct world *world = world_new(11);
	struct cpy_frame frame = { .address = FRAME, .code = CODE };
	uint64_t start = CODE + world->layout->code.adaptive;
	size_t unit;

	put32(world, CODE + world->layout->code.firstlineno, 1);
	put64(world, CODE + 16, sizeof(line_of_unit));
	put64(world, TABLE + 16, sizeof(line_table));
	memcpy(world->bytes + (TABLE + 32 - START), line_table, sizeof(line_table));
	for (unit = 0; unit < sizeof(line_of_unit); unit++) {
		put64(world, FRAME + world->layout->frame.instruction, start + 2 * unit);
		CU_ASSERT_EQUAL(cpy_frame_line(&world->cpy, &frame), line_of_unit[unit]);
	}
	/* Not begun, beyond the code, and a table that ends too early. */
	put64(world, FRAME + world->layout->frame.instruction, start - 2);
	CU_ASSERT_EQUAL(cpy_frame_line(&world->cpy, &frame), 1);
	put64(world, FRAME + world->layout->frame.instruction, start + 2 * unit);
	CU_ASSERT_EQUAL(cpy_frame_line(&world->cpy, &frame), 0);
	put64(world, FRAME + world->layout->frame.instruction, start + 2 * (unit - 1));
	put64(world, TABLE + 16, 3);
	CU_ASSERT_EQUAL(cpy_frame_line(&world->cpy, &frame), 0);
	put64(world, TABLE + 16, UINT64_MAX / 2);
	CU_ASSERT_EQUAL(cpy_frame_line(&world->cpy, &frame), 0);
	world_free(world);
}

static void context_maps_end_with_the_image(void)
{
	struct world *world = world_new(13);

	put64(world, OTHER + 16, 4);
	put64(world, OTHER + 32, VALUES);
	put64(world, OTHER + 40, VALUES + 0x10);
	put64(world, OTHER + 56, VALUES + 0x20);
	cpy_walk_hamt_pairs(&world->walk, NULL, OTHER);
	CU_ASSERT_EQUAL(world->walk.count, 3);
	CU_ASSERT_EQUAL(find(world, VALUES)->label, CPY_LABEL_KEY);
	CU_ASSERT_EQUAL(find(world, VALUES + 0x10)->label, CPY_LABEL_VALUE);
	CU_ASSERT_EQUAL(find(world, VALUES + 0x10)->arg, VALUES);
	CU_ASSERT_EQUAL(find(world, VALUES + 0x20)->label, CPY_LABEL_INDEX);
	/* A size that no memory holds. */
	world->walk.count = 0;
	put64(world, OTHER + 16, UINT32_MAX);
	cpy_walk_hamt_pairs(&world->walk, NULL, OTHER);
	CU_ASSERT(world->walk.count >= 3);
	world->walk.count = 0;
	put64(world, OTHER + 16, UINT64_MAX);
	cpy_walk_hamt_pairs(&world->walk, NULL, OTHER);
	CU_ASSERT_EQUAL(world->walk.count, 0);
	world_free(world);
}

static const struct rg_test tests[] = {
	RG_TEST(rows_are_sound),
	RG_TEST(walks_a_suspended_frame),
	RG_TEST(believes_the_tags_of_stack_references),
	RG_TEST(leaves_out_the_stack_of_a_running_frame),
	RG_TEST(survives_frames_that_make_no_sense),
	RG_TEST(finished_generators_keep_their_code),
	RG_TEST(frame_objects_own_only_their_own_frame),
	RG_TEST(sizes_follow_the_code),
	RG_TEST(goes_up_a_stack_and_ends_on_a_cycle),
	RG_TEST(reads_lines_as_the_interpreter_does),
	RG_TEST(context_maps_end_with_the_image),
	{ 0 },
};

const struct rg_suite rg_suite_cpython_execution = { "cpython_execution", NULL, NULL, tests };
