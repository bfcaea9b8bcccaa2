/* SPDX-License-Identifier: MIT */
/*
 * Frames: what one owns, the way up a thread's stack, and the line it is at.
 *
 * The stack of values is exact where its top was stored (stacktop), which is
 * the case for suspended generators, for frame objects that outlived their
 * call, and for frames that called Python code directly.  A frame that runs, or
 * called Python through C, has no top on record: its variables are exact, but
 * what lies above them may be stale, so nothing of it is read.  From 3.14 on the
 * top (stackpointer) is stored before anything is called that could look.
 */
#include "runtime/cpython/data_stack.h"
#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/private.h"

/* Beyond what the compiler makes: a code object that says more is no code object. */
#define SLOT_LIMIT (1u << 20)
#define STACK_LIMIT (UINT64_C(1) << 24)
#define COPIES_LIMIT 65536 /* of a code object, one a thread */

bool cpy_is_code(struct cpy *cpy, uint64_t object)
{
	const struct cpy_type *type;

	if (!object || object % 8)
		return false;
	type = cpy_type_of(cpy, object);
	return type && type->row && !strcmp(type->row->name, "code");
}

bool cpy_code_slots(const struct cpy *cpy, uint64_t code, uint32_t *ret_locals,
		    uint32_t *ret_stack)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	uint64_t body = cpy_body(cpy, code);

	if (!code || !rg_image_u32(cpy->image, body + layout->code.nlocalsplus, ret_locals) ||
	    !rg_image_u32(cpy->image, body + layout->code.stacksize, ret_stack))
		return false;
	return *ret_locals <= SLOT_LIMIT && *ret_stack <= SLOT_LIMIT;
}

static const char *variable_word(const uint8_t *sort)
{
	if (sort && *sort & (CPY_KIND_CELL | CPY_KIND_FREE))
		return "cell";
	return sort && *sort & CPY_KIND_HIDDEN ? "inlined" : CPY_TEXT_LOCAL;
}

bool cpy_owns(const struct cpy *cpy, uint64_t at)
{
	return !cpy_execution_layout(cpy)->frame.is_tagged ||
	       (cpy_word(cpy, at) & CPY_TAG_MASK) != CPY_TAG_BORROWED;
}

/*
 * Whether a reference to @object that owns nothing keeps it alive all the same: what a
 * free-threaded build counts late.  Its collector adds what it finds on the stacks.
 */
static bool is_counted_late(const struct cpy *cpy, uint64_t object)
{
	const unsigned char *head = cpy->layout.count.is_split ? cpy_head_at(cpy, object) : NULL;

	return head && head[CPY_BITS] & CPY_BIT_DEFERRED && !cpy_head_immortal(cpy, head);
}

/* Notes one more such reference, which the count of @object shall include. */
static void count_late(struct cpy *cpy, uint64_t object)
{
	struct cpy_private *private = cpy->private;
	const uint32_t *count = rg_map_find(&private->late, object);

	if (!rg_map_put(&private->late, object, count ? *count + 1 : 1))
		private->failed = true;
}

/*
 * Emits the stack reference @word: of @kind, unless its tag says that nothing is owned,
 * and nobody makes up for that.
 */
static void emit_slot(struct cpy_walk *walk, uint64_t word, uint8_t kind, uint8_t label,
		      const char *text, uint64_t arg)
{
	const struct cpy_execution *layout = cpy_execution_layout(walk->cpy);
	uint64_t object = cpy_untagged(layout, word);

	if (layout->frame.is_tagged && (word & CPY_TAG_MASK) == CPY_TAG_BORROWED && object) {
		if (!is_counted_late(walk->cpy, object))
			kind = RG_REFERENCE_BORROWED;
		else if (walk->cpy->private->counts_late && !walk->cpy->private->trying &&
			 kind != RG_REFERENCE_BORROWED)
			count_late(walk->cpy, object);
	}
	cpy_emit(walk, object, kind, label, text, arg);
}

/* The variables [0, count), with the names and kinds their code gives them. */
static void walk_variables(struct cpy_walk *walk, uint64_t frame, uint64_t code, uint32_t count,
			   uint8_t kind)
{
	const struct cpy_execution *layout = cpy_execution_layout(walk->cpy);
	const struct cpy *cpy = walk->cpy;
	uint64_t names = cpy_get(cpy, code, layout->code.localsplusnames);
	uint64_t kinds = cpy_get(cpy, code, layout->code.localspluskinds);
	uint64_t named = 0, name, value;
	const uint8_t *sort;
	uint32_t i;

	if (!names || !cpy_read_field(cpy, names, CPY_HEAD, &named))
		named = 0;
	for (i = 0; i < count; i++) {
		if (!rg_image_u64(cpy->image, frame + layout->frame.localsplus + 8 * (uint64_t)i,
				  &value))
			return;
		if (!value)
			continue;
		name = i < named ? cpy_get(cpy, names, cpy->layout.tuple.items + 8 * (uint64_t)i)
				 : 0;
		sort = kinds ? rg_image_at(cpy->image, cpy_body(cpy, kinds) + 32 + i, 1) : NULL;
		if (!name)
			emit_slot(walk, value, kind, CPY_LABEL_TEXT_INDEX, CPY_TEXT_LOCAL, i);
		else
			emit_slot(walk, value, kind, CPY_LABEL_NAMED, variable_word(sort), name);
	}
}

/* How many slots of the frame at @frame are in use: variables and stack; -1: not on record. */
static int32_t slots_used(const struct cpy *cpy, uint64_t frame)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	uint64_t top, start = frame + layout->frame.localsplus;

	if (!layout->frame.stackpointer)
		return (int32_t)cpy_word32(cpy, frame + layout->frame.stacktop);
	top = cpy_word(cpy, frame + layout->frame.stackpointer);
	if (top < start || (top - start) % 8 || (top - start) / 8 > 2 * SLOT_LIMIT)
		return -1;
	return (int32_t)((top - start) / 8);
}

void cpy_walk_frame(struct cpy_walk *walk, uint64_t frame, uint8_t kind)
{
	const struct cpy_execution *layout = cpy_execution_layout(walk->cpy);
	uint64_t code = cpy_frame_code(walk->cpy, frame);
	uint32_t locals, stack, i;
	int32_t top;

	if (layout->heap_frame) {
		cpy_walk_heap_variables(walk, frame);
		return;
	}
	cpy_emit_field(walk, frame, layout->frame.frame_object, kind, ".gi_frame");
	cpy_emit_field(walk, frame, layout->frame.locals, kind, ".f_locals");
	emit_slot(walk, cpy_word(walk->cpy, frame + layout->frame.function), kind, CPY_LABEL_TEXT,
		  ".f_func", 0);
	if (!cpy_is_code(walk->cpy, code) || !cpy_code_slots(walk->cpy, code, &locals, &stack))
		return;
	emit_slot(walk, cpy_word(walk->cpy, frame + layout->frame.code), kind, CPY_LABEL_TEXT,
		  ".f_code", 0);
	top = slots_used(walk->cpy, frame);
	if (top < 0) {
		/* Running: what it holds is not shown to the collector. */
		walk_variables(walk, frame, code, locals,
			       kind == RG_REFERENCE_STRONG ? RG_REFERENCE_UNTRAVERSED : kind);
		return;
	}
	/* A trampoline keeps one word more than its code has room for. */
	if ((uint32_t)top > locals + stack + 1)
		return;
	walk_variables(walk, frame, code, (uint32_t)top < locals ? (uint32_t)top : locals, kind);
	for (i = locals; i < (uint32_t)top; i++)
		emit_slot(walk,
			  cpy_word(walk->cpy, frame + layout->frame.localsplus + 8 * (uint64_t)i),
			  kind, CPY_LABEL_TEXT_INDEX, "stack", i - locals);
}

void cpy_stack_begin(struct cpy_stack *stack, const struct cpy *cpy,
		     const struct cpy_thread *thread)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	uint64_t frame = cpy_word(cpy, thread->address + layout->thread.current_frame);

	if (layout->thread.has_cframe)
		frame = frame ? cpy_word(cpy, frame + layout->thread.cframe_current) : 0;
	*stack = (struct cpy_stack){ .cpy = cpy, .layout = layout, .frame = frame, .limit = 1 };
	cpy_data_stack_begin(&stack->data, cpy, thread->address);
}

/*
 * Behind a frame that is not in the dump: the one that stands below the last in memory.
 * What C entered Python by is on the C stack, as is the cframe of 3.12.
 */
static uint64_t next_in_memory(struct cpy_stack *stack)
{
	if (stack->cpy->minor < 12)
		return 0;
	if (stack->owned)
		return cpy_data_stack_below(&stack->data, stack->cpy, stack->owned);
	return cpy_data_stack_top(&stack->data, stack->cpy);
}

bool cpy_stack_next(struct cpy_stack *stack, struct cpy_frame *ret)
{
	const struct cpy_execution *layout = stack->layout;
	const struct cpy *cpy = stack->cpy;
	uint64_t frame = stack->frame, previous;
	const uint8_t *owner;

	if (layout->heap_frame)
		return cpy_heap_frame_next(stack, ret);
	if (!frame || frame % 8 || frame == stack->hare || stack->steps > STACK_LIMIT)
		return false;
	owner = rg_image_at(cpy->image, frame + layout->frame.owner, 1);
	if (!owner || !rg_image_u64(cpy->image, frame + layout->frame.previous, &previous))
		return false;
	/* Brent: from time to time a frame is kept that only a cycle can lead back to. */
	if (++stack->steps == stack->limit) {
		stack->hare = frame;
		stack->limit *= 2;
	}
	stack->frame = previous;
	*ret = (struct cpy_frame){ .address = frame, .owner = *owner };
	if (*owner >= CPY_FRAME_OF_C && cpy->minor > 11)
		return true;
	ret->code = cpy_frame_code(cpy, frame);
	if (*owner == CPY_FRAME_OF_THREAD && ret->code)
		stack->owned = frame;
	/* No frame is empty: its memory was left out of the dump. */
	if (*owner == CPY_FRAME_OF_THREAD && !ret->code && !previous)
		stack->frame = next_in_memory(stack);
	/* The trampolines of 3.12 and later run no function. */
	ret->is_shown = ret->code && (cpy->minor == 11 ||
				      cpy_untagged(layout, cpy_word(cpy, frame +
							    layout->frame.function)));
	return true;
}

/* ---- lines ---------------------------------------------------------------- */

struct table {
	const uint8_t *at, *end;
};

static uint32_t read_varint(struct table *table)
{
	uint32_t value = 0;
	unsigned shift = 0;
	uint8_t byte;

	do {
		if (table->at == table->end || *table->at & 0x80)
			return value;
		byte = *table->at++;
		if (shift < 30)
			value |= (uint32_t)(byte & 63) << shift;
		shift += 6;
	} while (byte & 64);
	return value;
}

static int64_t read_signed(struct table *table)
{
	uint32_t value = read_varint(table);

	return value & 1 ? -(int64_t)(value >> 1) : (int64_t)(value >> 1);
}

/*
 * The line of the code unit @unit by the location table (Objects/locations.md
 * of 3.11): entries begin with a byte that has bit 7 set and holds a form in
 * bits 3-6 and a length in units, less one, in bits 0-2.
 */
static int64_t table_line(struct table table, int64_t line, uint64_t unit)
{
	uint64_t end = 0;
	unsigned form;
	uint8_t first;

	while (table.at < table.end) {
		first = *table.at++;
		form = first >> 3 & 15;
		end += (first & 7) + 1;
		if (form == 14 || form == 13)
			line += read_signed(&table);
		else if (form >= 10 && form <= 12)
			line += form - 10;
		if (unit < end)
			return form == 15 ? 0 : line;
		while (table.at < table.end && !(*table.at & 0x80))
			table.at++;
	}
	return 0;
}

/*
 * Where the bytecode starts that @instruction is one of, of the code object whose body
 * is at @code: free-threaded, each thread but the first specializes a copy of its own.
 */
static uint64_t bytecode_start(const struct cpy *cpy, uint64_t code, uint64_t instruction,
			       uint64_t units)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	uint64_t start = code + layout->code.adaptive, copies, count, copy, i;

	if (!layout->code.copies || (instruction + 2 >= start && instruction < start + 2 * units))
		return start;
	copies = cpy_word(cpy, code + layout->code.copies);
	count = cpy_word(cpy, copies);
	for (i = 0; copies && i < count && i < COPIES_LIMIT; i++) {
		copy = cpy_word(cpy, copies + 8 + 8 * i);
		if (copy && instruction + 2 >= copy && instruction < copy + 2 * units)
			return copy;
	}
	return start;
}

uint32_t cpy_frame_line(const struct cpy *cpy, const struct cpy_frame *frame)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	uint64_t code = cpy_body(cpy, frame->code), instruction, start, units, table, size;
	uint32_t first;
	const void *bytes;
	int64_t line;

	if (layout->heap_frame)
		return cpy_heap_frame_line(cpy, frame);
	if (!frame->code ||
	    !rg_image_u64(cpy->image, frame->address + layout->frame.instruction, &instruction) ||
	    !rg_image_u32(cpy->image, code + layout->code.firstlineno, &first) ||
	    !rg_image_u64(cpy->image, code + CPY_HEAD, &units))
		return 0;
	start = bytecode_start(cpy, code, instruction, units);
	/* Before its first instruction the frame points in front of the code. */
	if (instruction + 2 == start)
		return first;
	table = cpy_word(cpy, code + layout->code.linetable);
	if (instruction < start || (instruction - start) / 2 >= units || !table ||
	    !cpy_read_field(cpy, table, CPY_HEAD, &size) || size > UINT32_MAX)
		return 0;
	bytes = rg_image_at(cpy->image, cpy_body(cpy, table) + 32, size);
	if (!bytes)
		return 0;
	line = table_line((struct table){ bytes, (const uint8_t *)bytes + size }, first,
			  (instruction - start) / 2);
	return line > 0 && line <= UINT32_MAX ? (uint32_t)line : 0;
}
