/* SPDX-License-Identifier: MIT */
/*
 * What each instruction of 3.8, 3.9 and 3.10 does to the stack of values (opcode.py and
 * compile.c of those releases, as dis.stack_effect() tells it).
 *
 * What a generator of 3.10 is first sent, and GEN_START drops, is left out.
 *
 * 3.8 runs a finally clause on top of either one value or six, so that what ends it, and
 * what leaves an except clause or a with statement, is known to stack_depth.c by kind.
 */
#include "runtime/cpython/stack_depth.h"

#define OP(code, name, change) [code] = { .effect = (change), .known = true }
#define OP_(code, name, change, ...) [code] = { .effect = (change), .known = true, __VA_ARGS__ }
#define FLOW(code, name, change, kind)                                                             \
	[code] = { .effect = (change), .known = true, .flow = CPY_FLOW_##kind }
#define FLOW_(code, name, change, kind, ...)                                                       \
	[code] = { .effect = (change), .known = true, .flow = CPY_FLOW_##kind, __VA_ARGS__ }

/* clang-format off */
/* What 3.8 to 3.10 have in common. */
#define COMMON \
	OP(1, POP_TOP, -1), OP(2, ROT_TWO, 0), OP(3, ROT_THREE, 0), OP(4, DUP_TOP, 1), \
	OP(5, DUP_TOP_TWO, 2), OP(6, ROT_FOUR, 0), OP(9, NOP, 0), OP(10, UNARY_POSITIVE, 0), \
	OP(11, UNARY_NEGATIVE, 0), OP(12, UNARY_NOT, 0), OP(15, UNARY_INVERT, 0), \
	OP(16, BINARY_MATRIX_MULTIPLY, -1), OP(17, INPLACE_MATRIX_MULTIPLY, -1), \
	OP(19, BINARY_POWER, -1), OP(20, BINARY_MULTIPLY, -1), OP(22, BINARY_MODULO, -1), \
	OP(23, BINARY_ADD, -1), OP(24, BINARY_SUBTRACT, -1), OP(25, BINARY_SUBSCR, -1), \
	OP(26, BINARY_FLOOR_DIVIDE, -1), OP(27, BINARY_TRUE_DIVIDE, -1), \
	OP(28, INPLACE_FLOOR_DIVIDE, -1), OP(29, INPLACE_TRUE_DIVIDE, -1), OP(50, GET_AITER, 0), \
	OP(51, GET_ANEXT, 1), OP(52, BEFORE_ASYNC_WITH, 1), OP(55, INPLACE_ADD, -1), \
	OP(56, INPLACE_SUBTRACT, -1), OP(57, INPLACE_MULTIPLY, -1), OP(59, INPLACE_MODULO, -1), \
	OP(60, STORE_SUBSCR, -3), OP(61, DELETE_SUBSCR, -2), OP(62, BINARY_LSHIFT, -1), \
	OP(63, BINARY_RSHIFT, -1), OP(64, BINARY_AND, -1), OP(65, BINARY_XOR, -1), \
	OP(66, BINARY_OR, -1), OP(67, INPLACE_POWER, -1), OP(68, GET_ITER, 0), \
	OP(69, GET_YIELD_FROM_ITER, 0), OP(70, PRINT_EXPR, -1), OP(71, LOAD_BUILD_CLASS, 1), \
	OP(72, YIELD_FROM, -1), OP(73, GET_AWAITABLE, 0), OP(75, INPLACE_LSHIFT, -1), \
	OP(76, INPLACE_RSHIFT, -1), OP(77, INPLACE_AND, -1), OP(78, INPLACE_XOR, -1), \
	OP(79, INPLACE_OR, -1), OP_(83, RETURN_VALUE, -1, .ends = true), OP(84, IMPORT_STAR, -1), \
	OP(85, SETUP_ANNOTATIONS, 0), OP(86, YIELD_VALUE, 0), OP(87, POP_BLOCK, 0), \
	OP(90, STORE_NAME, -1), OP(91, DELETE_NAME, 0), OP_(92, UNPACK_SEQUENCE, -1, .scale = 1), \
	FLOW_(93, FOR_ITER, 1, FORWARD, .jumped = -1), \
	OP_(94, UNPACK_EX, 0, .scale = 1, .rest = true), OP(95, STORE_ATTR, -2), \
	OP(96, DELETE_ATTR, -1), OP(97, STORE_GLOBAL, -1), OP(98, DELETE_GLOBAL, 0), \
	OP(100, LOAD_CONST, 1), OP(101, LOAD_NAME, 1), OP_(102, BUILD_TUPLE, 1, .scale = -1), \
	OP_(103, BUILD_LIST, 1, .scale = -1), OP_(104, BUILD_SET, 1, .scale = -1), \
	OP_(105, BUILD_MAP, 1, .scale = -2), OP(106, LOAD_ATTR, 0), OP(107, COMPARE_OP, -1), \
	OP(108, IMPORT_NAME, -1), OP(109, IMPORT_FROM, 1), \
	FLOW_(110, JUMP_FORWARD, 0, FORWARD, .ends = true), \
	FLOW_(111, JUMP_IF_FALSE_OR_POP, -1, ABSOLUTE, .jumped = 0), \
	FLOW_(112, JUMP_IF_TRUE_OR_POP, -1, ABSOLUTE, .jumped = 0), \
	FLOW_(113, JUMP_ABSOLUTE, 0, ABSOLUTE, .ends = true), \
	FLOW_(114, POP_JUMP_IF_FALSE, -1, ABSOLUTE, .jumped = -1), \
	FLOW_(115, POP_JUMP_IF_TRUE, -1, ABSOLUTE, .jumped = -1), OP(116, LOAD_GLOBAL, 1), \
	FLOW_(122, SETUP_FINALLY, 0, SETUP, .jumped = 6), OP(124, LOAD_FAST, 1), \
	OP(125, STORE_FAST, -1), OP(126, DELETE_FAST, 0), \
	OP_(130, RAISE_VARARGS, 0, .scale = -1, .ends = true), \
	OP_(131, CALL_FUNCTION, 0, .scale = -1), OP_(132, MAKE_FUNCTION, -1, .less = 15), \
	OP_(133, BUILD_SLICE, 1, .scale = -1), OP(135, LOAD_CLOSURE, 1), OP(136, LOAD_DEREF, 1), \
	OP(137, STORE_DEREF, -1), OP(138, DELETE_DEREF, 0), \
	OP_(141, CALL_FUNCTION_KW, -1, .scale = -1), OP_(142, CALL_FUNCTION_EX, -1, .less = 1), \
	FLOW_(143, SETUP_WITH, 1, SETUP, .jumped = 6), OP(145, LIST_APPEND, -1), \
	OP(146, SET_ADD, -1), OP(147, MAP_ADD, -2), OP(148, LOAD_CLASSDEREF, 1), \
	FLOW_(154, SETUP_ASYNC_WITH, 0, SETUP, .jumped = 5), OP_(155, FORMAT_VALUE, 0, .less = 4), \
	OP_(156, BUILD_CONST_KEY_MAP, 0, .scale = -1), OP_(157, BUILD_STRING, 1, .scale = -1), \
	OP(160, LOAD_METHOD, 1), OP_(161, CALL_METHOD, -1, .scale = -1)

const struct cpy_opcode cpy_opcodes_38[256] = {
	COMMON,
	FLOW(53, BEGIN_FINALLY, 1, FINALLY_BEGINS), FLOW(54, END_ASYNC_FOR, -7, ASYNC_FOR_ENDS),
	FLOW(81, WITH_CLEANUP_START, 1, WITH_STARTS),
	FLOW(82, WITH_CLEANUP_FINISH, -2, WITH_FINISHES), FLOW(88, END_FINALLY, -1, FINALLY_ENDS),
	FLOW(89, POP_EXCEPT, -3, EXCEPT_POPPED), OP_(149, BUILD_LIST_UNPACK, 1, .scale = -1),
	OP_(150, BUILD_MAP_UNPACK, 1, .scale = -1),
	OP_(151, BUILD_MAP_UNPACK_WITH_CALL, 1, .scale = -1),
	OP_(152, BUILD_TUPLE_UNPACK, 1, .scale = -1), OP_(153, BUILD_SET_UNPACK, 1, .scale = -1),
	OP_(158, BUILD_TUPLE_UNPACK_WITH_CALL, 1, .scale = -1),
	FLOW(162, CALL_FINALLY, 0, FINALLY_CALLED), FLOW(163, POP_FINALLY, -1, FINALLY_POPPED),
};

const struct cpy_opcode cpy_opcodes_39[256] = {
	COMMON,
	OP_(48, RERAISE, -3, .ends = true), OP(49, WITH_EXCEPT_START, 1),
	OP(54, END_ASYNC_FOR, -7), OP(74, LOAD_ASSERTION_ERROR, 1), OP(82, LIST_TO_TUPLE, 0),
	OP(89, POP_EXCEPT, -3), OP(117, IS_OP, -1), OP(118, CONTAINS_OP, -1),
	FLOW_(121, JUMP_IF_NOT_EXC_MATCH, -2, ABSOLUTE, .jumped = -2), OP(162, LIST_EXTEND, -1),
	OP(163, SET_UPDATE, -1), OP(164, DICT_MERGE, -1), OP(165, DICT_UPDATE, -1),
};

const struct cpy_opcode cpy_opcodes_310[256] = {
	COMMON,
	OP(30, GET_LEN, 1), OP(31, MATCH_MAPPING, 1), OP(32, MATCH_SEQUENCE, 1),
	OP(33, MATCH_KEYS, 2), OP(34, COPY_DICT_WITHOUT_KEYS, 0), OP(49, WITH_EXCEPT_START, 1),
	OP(54, END_ASYNC_FOR, -7), OP(74, LOAD_ASSERTION_ERROR, 1), OP(82, LIST_TO_TUPLE, 0),
	OP(89, POP_EXCEPT, -3), OP(99, ROT_N, 0), OP(117, IS_OP, -1), OP(118, CONTAINS_OP, -1),
	OP_(119, RERAISE, -3, .ends = true),
	FLOW_(121, JUMP_IF_NOT_EXC_MATCH, -2, ABSOLUTE, .jumped = -2), OP(129, GEN_START, 0),
	OP(152, MATCH_CLASS, -1), OP(162, LIST_EXTEND, -1), OP(163, SET_UPDATE, -1),
	OP(164, DICT_MERGE, -1), OP(165, DICT_UPDATE, -1),
};
/* clang-format on */
