/* SPDX-License-Identifier: MIT */
/*
 * The depth of the stack of values at each instruction: an abstract run of the code that
 * follows every jump once, as CPython's own compiler does (stackdepth() in compile.c) and
 * its debugger support (mark_stacks() in frameobject.c).
 *
 * 3.11 and later enter handlers by a table, which says their depth.  Before, SETUP_FINALLY
 * and its like do, and a handler begins with six more values.  3.8 has one copy of a finally
 * clause for all ways into it: with an exception (six values), after the end of the block (a
 * NULL) or from a jump out of it (where to go back to, perhaps on top of what is returned).
 * So a state of 3.8 says for each clause that it is in what led there.  The interpreter keeps
 * a block of type EXCEPT_HANDLER for each exception, whose number tells the states of one
 * instruction apart.
 */
#include "runtime/cpython/stack_depth.h"

#include <string.h>

#include "base/alloc.h"
#include "base/vector.h"

#define VARIANTS_38 6
#define EXCEPTION_VALUES 6 /* of an exception that is handled, up to 3.10 */
#define CLAUSE_BITS 2
#define CLAUSE_MASK 3
#define MOST_DEPTH (1 << 20)
#define EXTENDED_ARG(minor) ((minor) < 13 ? 144 : 71)
#define EXTENDED_ARG_QUICK 34 /* of 3.11 */

/* What led to a clause of 3.8. */
enum clause { CLAUSE_NONE, CLAUSE_END, CLAUSE_EXCEPTION, CLAUSE_CALL };

struct state {
	int32_t depth;    /* -1: not reached */
	uint64_t clauses; /* 3.8: one above the other, the innermost lowest */
};

struct cpy_depths {
	size_t units;
	unsigned variants;
	struct state states[];
};

struct place {
	uint32_t unit, variant;
};

struct run {
	const struct cpy_bytecode *code;
	const struct cpy_opcode *opcodes;
	const uint8_t *special;
	unsigned extended;
	struct cpy_depths *depths;
	RG_VECTOR(struct place) queue;
	bool failed;
};

/* One instruction, its arguments put together. */
struct instruction {
	struct cpy_opcode opcode;
	uint32_t argument;
	size_t at;   /* its unit: what extends its argument comes before it */
	size_t next; /* the unit that follows it and its caches */
};

static bool choose(struct run *run)
{
	static const struct cpy_opcode *const opcodes[] = { cpy_opcodes_38,  cpy_opcodes_39,
							    cpy_opcodes_310, cpy_opcodes_311,
							    cpy_opcodes_312, cpy_opcodes_313 };
	static const uint8_t *const special[] = { NULL, NULL, NULL, cpy_special_311,
						  cpy_special_312, cpy_special_313 };
	unsigned minor = run->code->minor;

	if (minor < 8 || minor > 13)
		return false;
	run->opcodes = opcodes[minor - 8];
	run->special = special[minor - 8];
	run->extended = EXTENDED_ARG(minor);
	return true;
}

static unsigned opcode_at(const struct run *run, size_t unit)
{
	unsigned opcode = run->code->code[2 * unit];

	if (run->special && run->special[opcode])
		opcode = run->special[opcode];
	return run->code->minor == 11 && opcode == EXTENDED_ARG_QUICK ? run->extended : opcode;
}

/* The instruction that begins at @unit, with what extends its argument. */
static bool decode(const struct run *run, size_t unit, struct instruction *ret)
{
	uint32_t argument = 0;
	unsigned opcode, length;

	for (length = 0; unit < run->code->units && length < 4; unit++, length++) {
		opcode = opcode_at(run, unit);
		argument = argument << 8 | run->code->code[2 * unit + 1];
		if (opcode == run->extended)
			continue;
		ret->opcode = run->opcodes[opcode];
		ret->argument = argument;
		ret->at = unit;
		ret->next = unit + 1 + ret->opcode.caches;
		return ret->opcode.known;
	}
	return false;
}

/* Notes a state of @unit; false: it was known, or there is no room. */
static bool note(struct run *run, size_t unit, const struct state *state, uint32_t *ret_variant)
{
	unsigned variants = run->depths->variants, i;
	struct state *states = &run->depths->states[unit * variants];

	for (i = 0; i < variants; i++) {
		if (states[i].depth >= 0 && states[i].clauses == state->clauses)
			return false;
		if (states[i].depth >= 0)
			continue;
		states[i] = *state;
		*ret_variant = i;
		return true;
	}
	return false;
}

/* The state @depth and @clauses at @unit: looked at later unless it is known. */
static void reach(struct run *run, size_t unit, int64_t depth, uint64_t clauses)
{
	struct state state = { (int32_t)depth, clauses };
	struct place place = { (uint32_t)unit, 0 };

	/* What no compiler writes: the rest is not looked at. */
	if (unit >= run->code->units || depth < 0 || depth > run->code->stacksize)
		return;
	if (note(run, unit, &state, &place.variant) && !rg_vector_push(&run->queue, place))
		run->failed = true;
}

static int64_t change(const struct instruction *instruction, bool jumped)
{
	const struct cpy_opcode *opcode = &instruction->opcode;
	uint32_t argument = instruction->argument;
	int64_t effect = jumped ? opcode->jumped : opcode->effect;

	if (opcode->rest)
		return (int64_t)(argument & 255) + (argument >> 8);
	return effect + (int64_t)opcode->scale * argument +
	       __builtin_popcount(argument & opcode->more) -
	       __builtin_popcount(argument & opcode->less);
}

/* Where @instruction jumps to, or units for nowhere. */
static size_t target(const struct run *run, const struct instruction *instruction)
{
	/* Up to 3.9 in bytes. */
	size_t argument = run->code->minor < 10 ? instruction->argument / 2
						: instruction->argument;

	if (instruction->opcode.flow == CPY_FLOW_ABSOLUTE)
		return argument;
	if (instruction->opcode.flow == CPY_FLOW_BACKWARD)
		return argument <= instruction->next ? instruction->next - argument
						     : run->code->units;
	return instruction->next + argument;
}

static uint64_t enter(uint64_t clauses, enum clause clause)
{
	return clauses >> (64 - CLAUSE_BITS) ? clauses : clauses << CLAUSE_BITS | clause;
}

/* What only 3.8 has: see above. */
static void step_clause(struct run *run, const struct instruction *instruction,
			const struct state *state)
{
	enum clause inside = state->clauses & CLAUSE_MASK;
	uint64_t outer = state->clauses >> CLAUSE_BITS;
	bool exception = inside == CLAUSE_EXCEPTION;
	size_t next = instruction->next;
	int64_t depth = state->depth;

	switch (instruction->opcode.flow) {
	case CPY_FLOW_FINALLY_BEGINS:
		reach(run, next, depth + 1, enter(state->clauses, CLAUSE_END));
		break;
	case CPY_FLOW_FINALLY_CALLED:
		reach(run, target(run, instruction), depth + 1,
		      enter(state->clauses, CLAUSE_CALL));
		reach(run, next, depth, state->clauses);
		break;
	case CPY_FLOW_FINALLY_ENDS:
		/* An exception is raised again, and a call returns to where it came from. */
		if (inside == CLAUSE_END)
			reach(run, next, depth - 1, outer);
		break;
	case CPY_FLOW_FINALLY_POPPED:
		reach(run, next, depth - (exception ? EXCEPTION_VALUES : 1), outer);
		break;
	case CPY_FLOW_WITH_STARTS:
		reach(run, next, depth + (exception ? 2 : 1), state->clauses);
		break;
	case CPY_FLOW_WITH_FINISHES:
		reach(run, next, depth - 2, state->clauses);
		/* Unless __exit__() took care of it: then all is as without one. */
		if (exception)
			reach(run, next, depth - 2 - EXCEPTION_VALUES, enter(outer, CLAUSE_END));
		break;
	default:
		reach(run, next, depth + change(instruction, false), outer);
		break;
	}
}

static void step(struct run *run, const struct place *place)
{
	struct state state = run->depths->states[place->unit * run->depths->variants +
						 place->variant];
	struct instruction instruction;
	uint32_t variant;
	size_t unit;

	if (!decode(run, place->unit, &instruction))
		return;
	/* The frame may be at the instruction itself, behind what extends its argument. */
	for (unit = place->unit + 1; unit <= instruction.at; unit++)
		(void)note(run, unit, &state, &variant);
	if (instruction.opcode.flow >= CPY_FLOW_FINALLY_BEGINS) {
		step_clause(run, &instruction, &state);
		return;
	}
	if (instruction.opcode.flow != CPY_FLOW_NEXT) {
		bool handler = instruction.opcode.flow == CPY_FLOW_SETUP &&
			       run->depths->variants > 1;

		reach(run, target(run, &instruction), state.depth + change(&instruction, true),
		      handler ? enter(state.clauses, CLAUSE_EXCEPTION) : state.clauses);
	}
	if (!instruction.opcode.ends)
		reach(run, instruction.next, state.depth + change(&instruction, false),
		      state.clauses);
}

/* ---- the table of handlers, 3.11 and later --------------------------------------- */

/* A number of six bits a byte, the highest first; bit 6: there is more. */
static bool read_number(const uint8_t **at, const uint8_t *end, uint32_t *ret)
{
	uint32_t value = 0;
	uint8_t byte;

	do {
		if (*at == end || value >> 26)
			return false;
		byte = *(*at)++;
		value = value << 6 | (byte & 63);
	} while (byte & 64);
	*ret = value;
	return true;
}

/* Entries {start, length, handler, 2 * depth + whether the instruction is kept}. */
static void reach_handlers(struct run *run)
{
	const uint8_t *at = run->code->handlers, *end;
	uint32_t start, length, handler, depth;

	if (!at)
		return;
	end = at + run->code->handlers_size;
	while (at < end && read_number(&at, end, &start) && read_number(&at, end, &length) &&
	       read_number(&at, end, &handler) && read_number(&at, end, &depth))
		reach(run, handler, (int64_t)(depth >> 1) + (depth & 1) + 1, 0);
}

rg_error *cpy_depths_find(const struct cpy_bytecode *code, struct cpy_depths **ret)
{
	struct run run = { .code = code };
	unsigned variants = code->minor == 8 ? VARIANTS_38 : 1;
	size_t i;

	if (!choose(&run) || code->units > MOST_DEPTH) {
		*ret = NULL;
		return NULL;
	}
	run.depths = rg_alloc(sizeof(*run.depths) +
			      code->units * variants * sizeof(run.depths->states[0]));
	if (!run.depths)
		return rg_error_no_memory();
	run.depths->units = code->units;
	run.depths->variants = variants;
	for (i = 0; i < code->units * variants; i++)
		run.depths->states[i] = (struct state){ -1, 0 };
	reach(&run, 0, 0, 0);
	reach_handlers(&run);
	while (run.queue.count && !run.failed) {
		struct place place = run.queue.data[--run.queue.count];

		step(&run, &place);
	}
	rg_vector_free(&run.queue);
	if (run.failed) {
		cpy_depths_free(run.depths);
		return rg_error_no_memory();
	}
	*ret = run.depths;
	return NULL;
}

/* How many of @clauses an exception led to. */
static unsigned exceptions(uint64_t clauses)
{
	unsigned count = 0;

	for (; clauses; clauses >>= CLAUSE_BITS)
		count += (clauses & CLAUSE_MASK) == CLAUSE_EXCEPTION;
	return count;
}

int cpy_depths_at(const struct cpy_depths *depths, size_t unit, unsigned handled)
{
	const struct state *states;
	int found = -1;
	unsigned i;

	if (!depths || unit >= depths->units)
		return -1;
	states = &depths->states[unit * depths->variants];
	if (depths->variants == 1)
		return states[0].depth;
	/* What is returned lies below what tells where to go back to: the deeper. */
	for (i = 0; i < depths->variants && states[i].depth >= 0; i++)
		if (exceptions(states[i].clauses) == handled && states[i].depth > found)
			found = states[i].depth;
	return found;
}

void cpy_depths_free(struct cpy_depths *depths)
{
	rg_free(depths);
}
