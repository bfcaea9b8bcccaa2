/* SPDX-License-Identifier: MIT */
/*
 * What executes, as it was up to 3.10: rows and state of 3.8, 3.9 and 3.10, where
 * frames are objects of their own, generators refer to them, and an exception
 * under way is three words.  The table of structs continues that of execution.c,
 * whose first comment holds here; offsets and what is visited from 3.8.18, 3.9.18
 * and 3.10.13.
 */
#include "runtime/cpython/execution.h"
#include "runtime/cpython/execution_layout.h"

#define OWNED(offset, label) { offset, CPY_OWNED, label }
#define UNTRAVERSED(offset, label) { offset, CPY_UNTRAVERSED, label }
#define ROUTINE(offset, label) { offset, CPY_OWNED | CPY_ROUTINE, label }
#define PART(offset, label) { offset, CPY_OWNED | CPY_PART, label }
#define NAME(offset, label) { offset, CPY_OWNED | CPY_NAME, label }
#define HIDDEN_NAME(offset, label) { offset, CPY_UNTRAVERSED | CPY_NAME, label }
#define END { 0, 0, NULL }

static const struct cpy_field function_38[] = {
	OWNED(16, ".__code__"),
	ROUTINE(24, ".__globals__"),
	PART(32, ".__defaults__"),
	PART(40, ".__kwdefaults__"),
	PART(48, ".__closure__"),
	NAME(56, ".__doc__"),
	NAME(64, ".__name__"),
	NAME(88, ".__module__"),
	OWNED(96, ".__annotations__"),
	NAME(104, ".__qualname__"),
	END,
};

static const struct cpy_field function_310[] = {
	ROUTINE(16, ".__globals__"),
	ROUTINE(24, ".__builtins__"),
	NAME(32, ".__name__"),
	NAME(40, ".__qualname__"),
	OWNED(48, ".__code__"),
	PART(56, ".__defaults__"),
	PART(64, ".__kwdefaults__"),
	PART(72, ".__closure__"),
	NAME(80, ".__doc__"),
	NAME(104, ".__module__"),
	OWNED(112, ".__annotations__"),
	END,
};

/* The frame it keeps for its next call (co_zombieframe 128) has no owner. */
static const struct cpy_field code_fields[] = {
	HIDDEN_NAME(48, ".co_code"),
	UNTRAVERSED(56, ".co_consts"),
	HIDDEN_NAME(64, ".co_names"),
	HIDDEN_NAME(72, ".co_varnames"),
	HIDDEN_NAME(80, ".co_freevars"),
	HIDDEN_NAME(88, ".co_cellvars"),
	HIDDEN_NAME(104, ".co_filename"),
	HIDDEN_NAME(112, ".co_name"),
	HIDDEN_NAME(120, ".co_lnotab"),
	END,
};

static const struct cpy_field property_fields[] = {
	OWNED(16, ".fget"),
	OWNED(24, ".fset"),
	OWNED(32, ".fdel"),
	NAME(40, ".__doc__"),
	END,
};

static const struct cpy_field alias_fields[] = {
	OWNED(16, ".__origin__"),
	OWNED(24, ".__args__"),
	OWNED(32, ".__parameters__"),
	END,
};

/* ---- generators ----------------------------------------------------------- */

static const struct cpy_field generator_38[] = {
	OWNED(16, ".gi_frame"),
	OWNED(32, ".gi_code"),
	NAME(48, ".__name__"),
	NAME(56, ".__qualname__"),
	OWNED(64, ".gi_exc_state.exc_type"),
	OWNED(72, ".gi_exc_state.exc_value"),
	OWNED(80, ".gi_exc_state.exc_traceback"),
	END,
};

static const struct cpy_field generator_310[] = {
	OWNED(16, ".gi_frame"),
	OWNED(24, ".gi_code"),
	NAME(40, ".__name__"),
	NAME(48, ".__qualname__"),
	OWNED(56, ".gi_exc_state.exc_type"),
	OWNED(64, ".gi_exc_state.exc_value"),
	OWNED(72, ".gi_exc_state.exc_traceback"),
	END,
};

static const struct cpy_field coroutine_38[] = {
	OWNED(16, ".cr_frame"),
	OWNED(32, ".cr_code"),
	NAME(48, ".__name__"),
	NAME(56, ".__qualname__"),
	OWNED(64, ".cr_exc_state.exc_type"),
	OWNED(72, ".cr_exc_state.exc_value"),
	OWNED(80, ".cr_exc_state.exc_traceback"),
	UNTRAVERSED(96, ".cr_origin"),
	END,
};

static const struct cpy_field coroutine_310[] = {
	OWNED(16, ".cr_frame"),
	OWNED(24, ".cr_code"),
	NAME(40, ".__name__"),
	NAME(48, ".__qualname__"),
	OWNED(56, ".cr_exc_state.exc_type"),
	OWNED(64, ".cr_exc_state.exc_value"),
	OWNED(72, ".cr_exc_state.exc_traceback"),
	UNTRAVERSED(88, ".cr_origin"),
	END,
};

static const struct cpy_field async_generator_38[] = {
	OWNED(16, ".ag_frame"),
	OWNED(32, ".ag_code"),
	NAME(48, ".__name__"),
	NAME(56, ".__qualname__"),
	OWNED(64, ".ag_exc_state.exc_type"),
	OWNED(72, ".ag_exc_state.exc_value"),
	OWNED(80, ".ag_exc_state.exc_traceback"),
	OWNED(96, ".ag_finalizer"),
	END,
};

static const struct cpy_field async_generator_310[] = {
	OWNED(16, ".ag_frame"),
	OWNED(24, ".ag_code"),
	NAME(40, ".__name__"),
	NAME(48, ".__qualname__"),
	OWNED(56, ".ag_exc_state.exc_type"),
	OWNED(64, ".ag_exc_state.exc_value"),
	OWNED(72, ".ag_exc_state.exc_traceback"),
	OWNED(88, ".ag_finalizer"),
	END,
};

/* ---- exceptions ------------------------------------------------------------ */

static const struct cpy_field exception_fields[] = {
	OWNED(24, ".args"),
	OWNED(32, ".__traceback__"),
	OWNED(40, ".__context__"),
	OWNED(48, ".__cause__"),
	END,
};

static const struct cpy_field stop_iteration_fields[] = { OWNED(64, ".value"), END };
static const struct cpy_field system_exit_fields[] = { OWNED(64, ".code"), END };
static const struct cpy_field name_error_fields[] = { OWNED(64, ".name"), END };

static const struct cpy_field attribute_error_fields[] = {
	OWNED(64, ".obj"),
	OWNED(72, ".name"),
	END,
};

static const struct cpy_field import_error_fields[] = {
	OWNED(64, ".msg"),
	OWNED(72, ".name"),
	OWNED(80, ".path"),
	END,
};

static const struct cpy_field os_error_fields[] = {
	OWNED(64, ".errno"),
	OWNED(72, ".strerror"),
	OWNED(80, ".filename"),
	OWNED(88, ".filename2"),
	END,
};

static const struct cpy_field syntax_error_38[] = {
	OWNED(64, ".msg"),
	OWNED(72, ".filename"),
	OWNED(80, ".lineno"),
	OWNED(88, ".offset"),
	OWNED(96, ".text"),
	OWNED(104, ".print_file_and_line"),
	END,
};

static const struct cpy_field syntax_error_310[] = {
	OWNED(64, ".msg"),
	OWNED(72, ".filename"),
	OWNED(80, ".lineno"),
	OWNED(88, ".offset"),
	OWNED(96, ".end_lineno"),
	OWNED(104, ".end_offset"),
	OWNED(112, ".text"),
	OWNED(120, ".print_file_and_line"),
	END,
};

static const struct cpy_field unicode_error_fields[] = {
	OWNED(64, ".encoding"),
	OWNED(72, ".object"),
	OWNED(96, ".reason"),
	END,
};

static const struct cpy_field context_fields[] = {
	OWNED(16, ".ctx_prev"),
	OWNED(24, ".ctx_vars"),
	END,
};

static const struct cpy_field context_variable_fields[] = {
	OWNED(16, ".name"),
	OWNED(24, ".default"),
	{ 32, CPY_BORROWED, ".var_cached" },
	END,
};

static const struct cpy_field token_fields[] = {
	OWNED(16, ".ctx"),
	OWNED(24, ".var"),
	OWNED(32, ".old_value"),
	END,
};

/* ---- the table -------------------------------------------------------------- */

#define ROW(name_, since_, until_, size_, fields_)                                                 \
	{                                                                                          \
		.name = name_, .since = since_, .until = until_, .basicsize = size_,               \
		.fields = fields_,                                                                 \
	}
#define EXCEPTION(name_, since_, until_, size_, fields_)                                           \
	{                                                                                          \
		.name = name_, .since = since_, .until = until_, .basicsize = size_,               \
		.base = "BaseException", .fields = fields_,                                        \
	}
#define PLAIN_EXCEPTION(name_) EXCEPTION(name_, 8, 10, 64, NULL)
#define OS_EXCEPTION(name_) EXCEPTION(name_, 8, 10, 104, os_error_fields)
#define SYNTAX_EXCEPTION(name_)                                                                    \
	EXCEPTION(name_, 8, 9, 112, syntax_error_38),                                              \
	EXCEPTION(name_, 10, 10, 128, syntax_error_310)
#define FRAME(since_, until_, size_)                                                               \
	{                                                                                          \
		.name = "frame", .since = since_, .until = until_, .basicsize = size_,             \
		.walk = cpy_walk_heap_frame, .size = cpy_size_heap_frame,                          \
	}

const struct cpy_struct cpy_structs_execution_older[] = {
	ROW("function", 8, 9, 120, function_38),
	ROW("function", 10, 10, 128, function_310),
	{
		.name = "code", .since = 8, .until = 10, .basicsize = 176,
		.fields = code_fields, .size = cpy_size_older_code,
	},
	ROW("property", 8, 9, 56, property_fields),
	ROW("types.GenericAlias", 9, 10, 48, alias_fields),
	FRAME(8, 9, 368),
	FRAME(10, 10, 360),
	ROW("generator", 8, 9, 96, generator_38),
	ROW("generator", 10, 10, 88, generator_310),
	ROW("coroutine", 8, 9, 104, coroutine_38),
	ROW("coroutine", 10, 10, 96, coroutine_310),
	ROW("async_generator", 8, 9, 120, async_generator_38),
	ROW("async_generator", 10, 10, 112, async_generator_310),

	ROW("BaseException", 8, 10, 64, exception_fields),
	PLAIN_EXCEPTION("ArithmeticError"),
	PLAIN_EXCEPTION("AssertionError"),
	PLAIN_EXCEPTION("BufferError"),
	PLAIN_EXCEPTION("BytesWarning"),
	PLAIN_EXCEPTION("DeprecationWarning"),
	PLAIN_EXCEPTION("EOFError"),
	EXCEPTION("EncodingWarning", 10, 10, 64, NULL),
	PLAIN_EXCEPTION("Exception"),
	PLAIN_EXCEPTION("FloatingPointError"),
	PLAIN_EXCEPTION("FutureWarning"),
	PLAIN_EXCEPTION("GeneratorExit"),
	PLAIN_EXCEPTION("ImportWarning"),
	PLAIN_EXCEPTION("IndexError"),
	PLAIN_EXCEPTION("KeyError"),
	PLAIN_EXCEPTION("KeyboardInterrupt"),
	PLAIN_EXCEPTION("LookupError"),
	PLAIN_EXCEPTION("MemoryError"),
	PLAIN_EXCEPTION("NotImplementedError"),
	PLAIN_EXCEPTION("OverflowError"),
	PLAIN_EXCEPTION("PendingDeprecationWarning"),
	PLAIN_EXCEPTION("RecursionError"),
	PLAIN_EXCEPTION("ReferenceError"),
	PLAIN_EXCEPTION("ResourceWarning"),
	PLAIN_EXCEPTION("RuntimeError"),
	PLAIN_EXCEPTION("RuntimeWarning"),
	PLAIN_EXCEPTION("StopAsyncIteration"),
	PLAIN_EXCEPTION("SyntaxWarning"),
	PLAIN_EXCEPTION("SystemError"),
	PLAIN_EXCEPTION("TypeError"),
	PLAIN_EXCEPTION("UnicodeError"),
	PLAIN_EXCEPTION("UnicodeWarning"),
	PLAIN_EXCEPTION("UserWarning"),
	PLAIN_EXCEPTION("ValueError"),
	PLAIN_EXCEPTION("Warning"),
	PLAIN_EXCEPTION("ZeroDivisionError"),
	PLAIN_EXCEPTION("_csv.Error"),
	EXCEPTION("StopIteration", 8, 10, 72, stop_iteration_fields),
	EXCEPTION("SystemExit", 8, 10, 72, system_exit_fields),
	EXCEPTION("NameError", 8, 9, 64, NULL),
	EXCEPTION("UnboundLocalError", 8, 9, 64, NULL),
	EXCEPTION("NameError", 10, 10, 72, name_error_fields),
	EXCEPTION("UnboundLocalError", 10, 10, 72, name_error_fields),
	EXCEPTION("AttributeError", 8, 9, 64, NULL),
	EXCEPTION("AttributeError", 10, 10, 80, attribute_error_fields),
	EXCEPTION("ImportError", 8, 10, 88, import_error_fields),
	EXCEPTION("ModuleNotFoundError", 8, 10, 88, import_error_fields),
	OS_EXCEPTION("OSError"),
	OS_EXCEPTION("BlockingIOError"),
	OS_EXCEPTION("BrokenPipeError"),
	OS_EXCEPTION("ChildProcessError"),
	OS_EXCEPTION("ConnectionAbortedError"),
	OS_EXCEPTION("ConnectionError"),
	OS_EXCEPTION("ConnectionRefusedError"),
	OS_EXCEPTION("ConnectionResetError"),
	OS_EXCEPTION("FileExistsError"),
	OS_EXCEPTION("FileNotFoundError"),
	OS_EXCEPTION("InterruptedError"),
	OS_EXCEPTION("IsADirectoryError"),
	OS_EXCEPTION("NotADirectoryError"),
	OS_EXCEPTION("PermissionError"),
	OS_EXCEPTION("ProcessLookupError"),
	OS_EXCEPTION("TimeoutError"),
	OS_EXCEPTION("ssl.SSLError"),
	SYNTAX_EXCEPTION("SyntaxError"),
	SYNTAX_EXCEPTION("IndentationError"),
	SYNTAX_EXCEPTION("TabError"),
	EXCEPTION("UnicodeDecodeError", 8, 10, 104, unicode_error_fields),
	EXCEPTION("UnicodeEncodeError", 8, 10, 104, unicode_error_fields),
	EXCEPTION("UnicodeTranslateError", 8, 10, 104, unicode_error_fields),

	ROW("Context", 8, 9, 48, context_fields),
	ROW("ContextVar", 8, 9, 64, context_variable_fields),
	ROW("Token", 8, 9, 48, token_fields),
	{ .name = NULL },
};
