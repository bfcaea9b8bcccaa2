/* SPDX-License-Identifier: MIT */
/*
 * How many values a frame's stack holds while one of its instructions runs, which the
 * interpreters up to 3.13 keep in a register of the machine: worked out from the code.
 */
#ifndef RG_RUNTIME_CPYTHON_STACK_DEPTH_H
#define RG_RUNTIME_CPYTHON_STACK_DEPTH_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cpy_flow {
	CPY_FLOW_NEXT,     /* no jump */
	CPY_FLOW_FORWARD,  /* jumps by its argument, from the next instruction on */
	CPY_FLOW_BACKWARD,
	CPY_FLOW_ABSOLUTE,
	CPY_FLOW_SETUP,    /* its argument leads to a handler, which begins with more values */
	/* 3.8 alone: see stack_depth.c. */
	CPY_FLOW_FINALLY_BEGINS,
	CPY_FLOW_FINALLY_CALLED,
	CPY_FLOW_FINALLY_ENDS,
	CPY_FLOW_FINALLY_POPPED,
	CPY_FLOW_WITH_STARTS,
	CPY_FLOW_WITH_FINISHES,
	CPY_FLOW_EXCEPT_POPPED,
	CPY_FLOW_ASYNC_FOR_ENDS,
};

/* What an instruction with argument n does: effect + scale * n, and a value a bit. */
struct cpy_opcode {
	int8_t effect;
	int8_t jumped; /* in place of effect, where it jumps */
	int8_t scale;
	uint8_t more;  /* for each bit of these in n a value more, */
	uint8_t less;  /* or a value less */
	uint8_t caches; /* units that follow it */
	uint8_t flow;
	bool rest;     /* n holds two numbers, eight bits each (UNPACK_EX) */
	bool ends;     /* what follows is not reached from here */
	bool known;
};

extern const struct cpy_opcode cpy_opcodes_38[256], cpy_opcodes_39[256], cpy_opcodes_310[256];
extern const struct cpy_opcode cpy_opcodes_311[256], cpy_opcodes_312[256], cpy_opcodes_313[256];
/* Which instruction a specialised one stands for; 0: it is none. */
extern const uint8_t cpy_special_311[256], cpy_special_312[256], cpy_special_313[256];

/* The instructions of a code object, whose arguments are a byte each. */
struct cpy_bytecode {
	unsigned minor;
	const uint8_t *code;     /* two bytes a unit */
	size_t units;
	const uint8_t *handlers; /* co_exceptiontable; NULL: none */
	size_t handlers_size;
	uint32_t stacksize;      /* more values than this there are not */
};

struct cpy_depths;

/*
 * cpy_depths_find - the depths at all instructions of @code, which outlives the result;
 * NULL if there are none: another version, or no code that a compiler makes.
 * O(units).
 */
RG_MUST_CHECK rg_error *cpy_depths_find(const struct cpy_bytecode *code, struct cpy_depths **ret);

/*
 * cpy_depths_at - how many values there are when the instruction at @unit begins, while
 * @handled exceptions are being handled by the frame (3.8 alone asks, and has more of them
 * where a finally clause runs for a return); -1: unknown.
 */
int cpy_depths_at(const struct cpy_depths *depths, size_t unit, unsigned handled);

void cpy_depths_free(struct cpy_depths *depths);

#endif
