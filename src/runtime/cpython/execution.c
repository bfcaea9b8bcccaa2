/* SPDX-License-Identifier: MIT */
/*
 * The table of what executes: functions, code, frames, generators, methods,
 * descriptors, modules, exceptions, contexts, and the types of annotations.
 *
 * CPY_OWNED is what tp_traverse visits, read from the traverse functions of
 * 3.11.7, 3.12.1 and 3.13.0; the rest of what an object owns is
 * CPY_UNTRAVERSED.  A field at tp_dictoffset (func_dict, md_dict, cm_dict, the
 * dict of exceptions and of SimpleNamespace) is emitted for all types alike by
 * cpy_walk_object() and so stands in no list here.
 */
#include "runtime/cpython/execution.h"

#define OWNED(offset, label) { offset, CPY_OWNED, label }
#define UNTRAVERSED(offset, label) { offset, CPY_UNTRAVERSED, label }
#define ROUTINE(offset, label) { offset, CPY_OWNED | CPY_ROUTINE, label }
#define PART(offset, label) { offset, CPY_OWNED | CPY_PART, label }
#define NAME(offset, label) { offset, CPY_OWNED | CPY_NAME, label }
#define HIDDEN_NAME(offset, label) { offset, CPY_UNTRAVERSED | CPY_NAME, label }
#define BORROWED(offset, label) { offset, CPY_BORROWED, label }
#define END { 0, 0, NULL }

/* ---- functions and what they are made of -------------------------------- */

static const struct cpy_field function_311[] = {
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

static const struct cpy_field function_312[] = {
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
	OWNED(120, ".__type_params__"),
	END,
};

static const struct cpy_field function_314[] = {
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
	OWNED(120, ".__annotate__"),
	OWNED(128, ".__type_params__"),
	END,
};

/* Code objects are unknown to the collector: nothing of theirs is visited. */
static const struct cpy_field code_fields[] = {
	UNTRAVERSED(24, ".co_consts"),
	HIDDEN_NAME(32, ".co_names"),
	HIDDEN_NAME(40, ".co_exceptiontable"),
	HIDDEN_NAME(96, ".co_localsplusnames"),
	HIDDEN_NAME(104, ".co_localspluskinds"),
	HIDDEN_NAME(112, ".co_filename"),
	HIDDEN_NAME(120, ".co_name"),
	HIDDEN_NAME(128, ".co_qualname"),
	HIDDEN_NAME(136, ".co_linetable"),
	END,
};

/* Free-threaded: the collector's own, which sees the constants. */
static const struct cpy_field code_threaded[] = {
	OWNED(24, ".co_consts"),
	HIDDEN_NAME(32, ".co_names"),
	HIDDEN_NAME(40, ".co_exceptiontable"),
	HIDDEN_NAME(96, ".co_localsplusnames"),
	HIDDEN_NAME(104, ".co_localspluskinds"),
	HIDDEN_NAME(112, ".co_filename"),
	HIDDEN_NAME(120, ".co_name"),
	HIDDEN_NAME(128, ".co_qualname"),
	HIDDEN_NAME(136, ".co_linetable"),
	END,
};

static const struct cpy_field cell_fields[] = { OWNED(16, ".cell_contents"), END };

static const struct cpy_field method_fields[] = {
	OWNED(16, ".__func__"),
	OWNED(24, ".__self__"),
	END,
};

static const struct cpy_field instancemethod_fields[] = { OWNED(16, ".__func__"), END };

static const struct cpy_field builtin_fields[] = {
	OWNED(24, ".__self__"),
	NAME(32, ".__module__"),
	END,
};

static const struct cpy_field builtin_method_fields[] = { OWNED(56, ".mm_class"), END };

static const struct cpy_field method_wrapper_fields[] = {
	OWNED(16, ".descr"),
	OWNED(24, ".__self__"),
	END,
};

static const struct cpy_field descriptor_fields[] = {
	ROUTINE(16, ".__objclass__"),
	HIDDEN_NAME(24, ".__name__"),
	HIDDEN_NAME(32, ".__qualname__"),
	END,
};

static const struct cpy_field property_fields[] = {
	OWNED(16, ".fget"),
	OWNED(24, ".fset"),
	OWNED(32, ".fdel"),
	NAME(40, ".__doc__"),
	NAME(48, ".__name__"),
	END,
};

static const struct cpy_field wrapped_function_fields[] = { OWNED(16, ".__func__"), END };

static const struct cpy_field super_fields[] = {
	OWNED(16, ".__thisclass__"),
	OWNED(24, ".__self__"),
	OWNED(32, ".__self_class__"),
	END,
};

static const struct cpy_field module_fields[] = { HIDDEN_NAME(48, ".md_name"), END };
static const struct cpy_field module_315[] = { HIDDEN_NAME(40, ".md_name"), END };

/* ---- frames and generators ---------------------------------------------- */

static const struct cpy_field frame_311[] = {
	OWNED(16, ".f_back"),
	OWNED(32, ".f_trace"),
	END,
};

static const struct cpy_field frame_313[] = {
	OWNED(16, ".f_back"),
	OWNED(32, ".f_trace"),
	OWNED(48, ".f_extra_locals"),
	OWNED(56, ".f_locals_cache"),
	END,
};

static const struct cpy_field frame_314[] = {
	OWNED(16, ".f_back"),
	OWNED(32, ".f_trace"),
	OWNED(48, ".f_extra_locals"),
	OWNED(56, ".f_locals_cache"),
	OWNED(64, ".f_overwritten_fast_locals"),
	END,
};

static const struct cpy_field frame_proxy_fields[] = { OWNED(16, ".frame"), END };

static const struct cpy_field traceback_fields[] = {
	OWNED(16, ".tb_next"),
	OWNED(24, ".tb_frame"),
	END,
};

static const struct cpy_field generator_311[] = {
	OWNED(16, ".gi_code"),
	NAME(32, ".__name__"),
	NAME(40, ".__qualname__"),
	OWNED(48, ".gi_exc_state"),
	END,
};

static const struct cpy_field generator_312[] = {
	NAME(24, ".__name__"),
	NAME(32, ".__qualname__"),
	OWNED(40, ".gi_exc_state"),
	END,
};

static const struct cpy_field coroutine_311[] = {
	OWNED(16, ".cr_code"),
	NAME(32, ".__name__"),
	NAME(40, ".__qualname__"),
	OWNED(48, ".cr_exc_state"),
	UNTRAVERSED(64, ".cr_origin"),
	END,
};

static const struct cpy_field coroutine_312[] = {
	NAME(24, ".__name__"),
	NAME(32, ".__qualname__"),
	OWNED(40, ".cr_exc_state"),
	UNTRAVERSED(56, ".cr_origin"),
	END,
};

static const struct cpy_field async_generator_311[] = {
	OWNED(16, ".ag_code"),
	NAME(32, ".__name__"),
	NAME(40, ".__qualname__"),
	OWNED(48, ".ag_exc_state"),
	OWNED(64, ".ag_finalizer"),
	END,
};

static const struct cpy_field async_generator_312[] = {
	NAME(24, ".__name__"),
	NAME(32, ".__qualname__"),
	OWNED(40, ".ag_exc_state"),
	OWNED(56, ".ag_finalizer"),
	END,
};

static const struct cpy_field asend_fields[] = {
	OWNED(16, ".ags_gen"),
	OWNED(24, ".ags_sendval"),
	END,
};

static const struct cpy_field athrow_fields[] = {
	OWNED(16, ".agt_gen"),
	OWNED(24, ".agt_args"),
	END,
};

static const struct cpy_field athrow_315[] = {
	OWNED(16, ".agt_gen"),
	OWNED(24, ".agt_typ"),
	OWNED(32, ".agt_tb"),
	OWNED(40, ".agt_val"),
	END,
};

static const struct cpy_field wrapped_value_fields[] = { OWNED(16, ".agw_val"), END };

static const struct cpy_field anext_fields[] = {
	OWNED(16, ".wrapped"),
	OWNED(24, ".default_value"),
	END,
};

static const struct cpy_field coroutine_wrapper_fields[] = { OWNED(16, ".cw_coroutine"), END };

/* ---- exceptions ---------------------------------------------------------- */

static const struct cpy_field exception_fields[] = {
	OWNED(24, ".args"),
	OWNED(32, ".__notes__"),
	OWNED(40, ".__traceback__"),
	OWNED(48, ".__context__"),
	OWNED(56, ".__cause__"),
	END,
};

static const struct cpy_field stop_iteration_fields[] = { OWNED(72, ".value"), END };
static const struct cpy_field system_exit_fields[] = { OWNED(72, ".code"), END };
static const struct cpy_field name_error_fields[] = { OWNED(72, ".name"), END };

static const struct cpy_field attribute_error_fields[] = {
	OWNED(72, ".obj"),
	OWNED(80, ".name"),
	END,
};

static const struct cpy_field group_fields[] = {
	OWNED(72, ".message"),
	OWNED(80, ".exceptions"),
	END,
};

static const struct cpy_field late_group_fields[] = {
	OWNED(72, ".message"),
	OWNED(80, ".exceptions"),
	OWNED(88, ".exceptions_str"),
	END,
};

static const struct cpy_field import_error_311[] = {
	OWNED(72, ".msg"),
	OWNED(80, ".name"),
	OWNED(88, ".path"),
	END,
};

static const struct cpy_field import_error_312[] = {
	OWNED(72, ".msg"),
	OWNED(80, ".name"),
	OWNED(88, ".path"),
	OWNED(96, ".name_from"),
	END,
};

static const struct cpy_field os_error_fields[] = {
	OWNED(72, ".errno"),
	OWNED(80, ".strerror"),
	OWNED(88, ".filename"),
	OWNED(96, ".filename2"),
	END,
};

static const struct cpy_field syntax_error_fields[] = {
	OWNED(72, ".msg"),
	OWNED(80, ".filename"),
	OWNED(88, ".lineno"),
	OWNED(96, ".offset"),
	OWNED(104, ".end_lineno"),
	OWNED(112, ".end_offset"),
	OWNED(120, ".text"),
	OWNED(128, ".print_file_and_line"),
	END,
};

static const struct cpy_field syntax_error_314[] = {
	OWNED(72, ".msg"),
	OWNED(80, ".filename"),
	OWNED(88, ".lineno"),
	OWNED(96, ".offset"),
	OWNED(104, ".end_lineno"),
	OWNED(112, ".end_offset"),
	OWNED(120, ".text"),
	OWNED(128, ".print_file_and_line"),
	OWNED(136, ".metadata"),
	END,
};

static const struct cpy_field unicode_error_fields[] = {
	OWNED(72, ".encoding"),
	OWNED(80, ".object"),
	OWNED(104, ".reason"),
	END,
};

/* ---- contexts ------------------------------------------------------------ */

static const struct cpy_field context_fields[] = {
	OWNED(16, ".ctx_prev"),
	OWNED(24, ".ctx_vars"),
	END,
};

static const struct cpy_field context_variable_fields[] = {
	OWNED(16, ".name"),
	OWNED(24, ".default"),
	BORROWED(32, ".var_cached"),
	END,
};

/* Free-threaded: without a cache. */
static const struct cpy_field context_variable_plain[] = {
	OWNED(16, ".name"),
	OWNED(24, ".default"),
	END,
};

static const struct cpy_field token_fields[] = {
	OWNED(16, ".ctx"),
	OWNED(24, ".var"),
	OWNED(32, ".old_value"),
	END,
};

static const struct cpy_field hamt_fields[] = { OWNED(16, ".h_root"), END };
static const struct cpy_field hamt_iterator_fields[] = { OWNED(16, ".hi_obj"), END };

/* ---- annotations --------------------------------------------------------- */

static const struct cpy_field alias_fields[] = {
	OWNED(16, ".__origin__"),
	OWNED(24, ".__args__"),
	OWNED(32, ".__parameters__"),
	END,
};

static const struct cpy_field alias_iterator_fields[] = { OWNED(16, ".obj"), END };

static const struct cpy_field union_fields[] = {
	OWNED(16, ".__args__"),
	OWNED(24, ".__parameters__"),
	END,
};

static const struct cpy_field union_314[] = {
	OWNED(16, ".__args__"),
	OWNED(24, ".hashable_args"),
	OWNED(32, ".unhashable_args"),
	OWNED(40, ".__parameters__"),
	END,
};

static const struct cpy_field type_alias_fields[] = {
	HIDDEN_NAME(16, ".__name__"),
	OWNED(24, ".__type_params__"),
	OWNED(32, ".compute_value"),
	OWNED(40, ".__value__"),
	NAME(48, ".__module__"),
	END,
};

static const struct cpy_field type_alias_315[] = {
	HIDDEN_NAME(16, ".__name__"),
	HIDDEN_NAME(24, ".__qualname__"),
	OWNED(32, ".__type_params__"),
	OWNED(40, ".compute_value"),
	OWNED(48, ".__value__"),
	NAME(56, ".__module__"),
	END,
};

static const struct cpy_field type_variable_312[] = {
	HIDDEN_NAME(16, ".__name__"),
	OWNED(24, ".__bound__"),
	OWNED(32, ".evaluate_bound"),
	OWNED(40, ".__constraints__"),
	OWNED(48, ".evaluate_constraints"),
	END,
};

static const struct cpy_field type_variable_313[] = {
	HIDDEN_NAME(16, ".__name__"),
	OWNED(24, ".__bound__"),
	OWNED(32, ".evaluate_bound"),
	OWNED(40, ".__constraints__"),
	OWNED(48, ".evaluate_constraints"),
	OWNED(56, ".__default__"),
	OWNED(64, ".evaluate_default"),
	END,
};

static const struct cpy_field parameters_312[] = {
	HIDDEN_NAME(16, ".__name__"),
	OWNED(24, ".__bound__"),
	END,
};

static const struct cpy_field parameters_313[] = {
	HIDDEN_NAME(16, ".__name__"),
	OWNED(24, ".__bound__"),
	OWNED(32, ".__default__"),
	OWNED(40, ".evaluate_default"),
	END,
};

static const struct cpy_field type_tuple_312[] = { HIDDEN_NAME(16, ".__name__"), END };

static const struct cpy_field type_tuple_313[] = {
	HIDDEN_NAME(16, ".__name__"),
	OWNED(24, ".__default__"),
	OWNED(32, ".evaluate_default"),
	END,
};

static const struct cpy_field type_tuple_315[] = {
	HIDDEN_NAME(16, ".__name__"),
	OWNED(24, ".__bound__"),
	OWNED(32, ".__default__"),
	OWNED(40, ".evaluate_default"),
	END,
};

static const struct cpy_field parameters_part_fields[] = { OWNED(16, ".__origin__"), END };

/* ---- the table ----------------------------------------------------------- */

#define ROW(name_, since_, until_, size_, fields_)                                                 \
	{                                                                                          \
		.name = name_, .since = since_, .until = until_, .basicsize = size_,               \
		.fields = fields_,                                                                 \
	}
#define EXCEPTION(name_, size_, fields_)                                                           \
	{                                                                                          \
		.name = name_, .since = 11, .until = 15, .basicsize = size_,                       \
		.base = "BaseException", .fields = fields_,                                        \
	}
#define PLAIN_EXCEPTION(name_) EXCEPTION(name_, 72, NULL)
#define OS_EXCEPTION(name_) EXCEPTION(name_, 112, os_error_fields)
#define IMPORT_EXCEPTION(name_)                                                                    \
	{                                                                                          \
		.name = name_, .since = 11, .until = 11, .basicsize = 96,                          \
		.base = "BaseException", .fields = import_error_311,                               \
	}, {                                                                                       \
		.name = name_, .since = 12, .until = 15, .basicsize = 104,                         \
		.base = "BaseException", .fields = import_error_312,                               \
	}
#define CODE(since_, build_, size_, fields_)                                                       \
	{                                                                                          \
		.name = "code", .since = since_, .until = since_, .build = build_,                 \
		.basicsize = size_, .fields = fields_, .walk = cpy_walk_code,                      \
		.size = cpy_size_code,                                                             \
	}
#define FRAME(since_, until_, size_, fields_)                                                      \
	{                                                                                          \
		.name = "frame", .since = since_, .until = until_, .basicsize = size_,             \
		.fields = fields_, .walk = cpy_walk_frame_object, .size = cpy_size_frame_object,   \
	}
#define GENERATOR(name_, since_, until_, size_, fields_, walk_)                                    \
	{                                                                                          \
		.name = name_, .since = since_, .until = until_, .basicsize = size_,               \
		.fields = fields_, .walk = walk_, .size = cpy_size_generator,                      \
	}
#define WALKED(name_, size_, fields_, walk_)                                                       \
	{                                                                                          \
		.name = name_, .since = 8, .until = 15, .basicsize = size_, .fields = fields_,     \
		.walk = walk_,                                                                     \
	}

const struct cpy_struct cpy_structs_execution[] = {
	ROW("function", 11, 11, 136, function_311),
	ROW("function", 12, 13, 144, function_312),
	ROW("function", 14, 15, 152, function_314),
	CODE(11, CPY_WITH_GIL, 184, code_fields),
	CODE(12, CPY_WITH_GIL, 192, code_fields),
	CODE(13, CPY_WITH_GIL, 200, code_fields),
	CODE(14, CPY_WITH_GIL, 208, code_fields),
	CODE(15, CPY_WITH_GIL, 208, code_fields),
	CODE(13, CPY_FREE_THREADED, 200, code_threaded),
	CODE(14, CPY_FREE_THREADED, 216, code_threaded),
	CODE(15, CPY_FREE_THREADED, 216, code_threaded),
	ROW("cell", 8, 15, 24, cell_fields),
	ROW("method", 8, 15, 48, method_fields),
	ROW("instancemethod", 8, 15, 24, instancemethod_fields),
	ROW("builtin_function_or_method", 8, 15, 56, builtin_fields),
	{
		.name = "builtin_method", .since = 9, .until = 15, .basicsize = 64,
		.base = "builtin_function_or_method", .fields = builtin_method_fields,
	},
	ROW("method-wrapper", 8, 15, 32, method_wrapper_fields),
	ROW("wrapper_descriptor", 8, 15, 56, descriptor_fields),
	ROW("method_descriptor", 8, 15, 56, descriptor_fields),
	ROW("classmethod_descriptor", 8, 15, 56, descriptor_fields),
	ROW("member_descriptor", 8, 15, 48, descriptor_fields),
	ROW("getset_descriptor", 8, 15, 48, descriptor_fields),
	ROW("property", 10, 15, 64, property_fields),
	ROW("classmethod", 8, 15, 32, wrapped_function_fields),
	ROW("staticmethod", 8, 15, 32, wrapped_function_fields),
	ROW("super", 8, 15, 40, super_fields),
	WALKED("module", 56, module_fields, cpy_walk_module),
	WALKED("module", 64, module_fields, cpy_walk_module),
	WALKED("module", 104, module_315, cpy_walk_module),
	ROW("moduledef", 8, 15, 104, NULL),
	WALKED("PyCapsule", 0, NULL, cpy_walk_capsule),
	ROW("types.SimpleNamespace", 8, 15, 24, NULL),

	FRAME(11, 12, 120, frame_311),
	FRAME(13, 13, 136, frame_313),
	FRAME(14, 15, 152, frame_314),
	ROW("FrameLocalsProxy", 13, 15, 24, frame_proxy_fields),
	ROW("traceback", 8, 15, 40, traceback_fields),
	GENERATOR("generator", 11, 11, 152, generator_311, cpy_walk_generator),
	GENERATOR("generator", 12, 13, 144, generator_312, cpy_walk_generator),
	GENERATOR("generator", 14, 15, 152, generator_312, cpy_walk_generator),
	GENERATOR("coroutine", 11, 11, 152, coroutine_311, cpy_walk_coroutine),
	GENERATOR("coroutine", 12, 13, 144, coroutine_312, cpy_walk_coroutine),
	GENERATOR("coroutine", 14, 15, 152, coroutine_312, cpy_walk_coroutine),
	GENERATOR("async_generator", 11, 11, 152, async_generator_311, cpy_walk_async_generator),
	GENERATOR("async_generator", 12, 13, 144, async_generator_312, cpy_walk_async_generator),
	GENERATOR("async_generator", 14, 15, 152, async_generator_312, cpy_walk_async_generator),
	ROW("async_generator_asend", 8, 15, 40, asend_fields),
	ROW("async_generator_athrow", 8, 14, 40, athrow_fields),
	ROW("async_generator_athrow", 15, 15, 56, athrow_315),
	ROW("async_generator_wrapped_value", 8, 15, 24, wrapped_value_fields),
	ROW("anext_awaitable", 10, 15, 32, anext_fields),
	ROW("coroutine_wrapper", 8, 15, 24, coroutine_wrapper_fields),

	ROW("BaseException", 11, 15, 72, exception_fields),
	PLAIN_EXCEPTION("ArithmeticError"),
	PLAIN_EXCEPTION("AssertionError"),
	PLAIN_EXCEPTION("BufferError"),
	PLAIN_EXCEPTION("BytesWarning"),
	PLAIN_EXCEPTION("DeprecationWarning"),
	PLAIN_EXCEPTION("EOFError"),
	PLAIN_EXCEPTION("EncodingWarning"),
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
	PLAIN_EXCEPTION("PythonFinalizationError"),
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
	PLAIN_EXCEPTION("interpreters.InterpreterError"),
	PLAIN_EXCEPTION("interpreters.InterpreterNotFoundError"),
	PLAIN_EXCEPTION("concurrent.interpreters.InterpreterError"),
	PLAIN_EXCEPTION("concurrent.interpreters.InterpreterNotFoundError"),
	PLAIN_EXCEPTION("_csv.Error"),
	EXCEPTION("StopIteration", 80, stop_iteration_fields),
	EXCEPTION("SystemExit", 80, system_exit_fields),
	EXCEPTION("NameError", 80, name_error_fields),
	EXCEPTION("UnboundLocalError", 80, name_error_fields),
	EXCEPTION("AttributeError", 88, attribute_error_fields),
	EXCEPTION("BaseExceptionGroup", 88, group_fields),
	EXCEPTION("BaseExceptionGroup", 96, late_group_fields),
	IMPORT_EXCEPTION("ImportError"),
	IMPORT_EXCEPTION("ModuleNotFoundError"),
	IMPORT_EXCEPTION("ImportCycleError"),
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
	EXCEPTION("SyntaxError", 136, syntax_error_fields),
	EXCEPTION("IndentationError", 136, syntax_error_fields),
	EXCEPTION("TabError", 136, syntax_error_fields),
	EXCEPTION("_IncompleteInputError", 136, syntax_error_fields),
	EXCEPTION("SyntaxError", 144, syntax_error_314),
	EXCEPTION("IndentationError", 144, syntax_error_314),
	EXCEPTION("TabError", 144, syntax_error_314),
	EXCEPTION("_IncompleteInputError", 144, syntax_error_314),
	EXCEPTION("UnicodeDecodeError", 112, unicode_error_fields),
	EXCEPTION("UnicodeEncodeError", 112, unicode_error_fields),
	EXCEPTION("UnicodeTranslateError", 112, unicode_error_fields),

	ROW("_contextvars.Context", 10, 15, 48, context_fields),
	ROW("_contextvars.ContextVar", 10, 15, 64, context_variable_fields),
	ROW("_contextvars.ContextVar", 13, 15, 40, context_variable_plain),
	ROW("_contextvars.Token", 10, 15, 48, token_fields),
	ROW("Token.MISSING", 8, 15, 16, NULL),
	ROW("hamt", 8, 15, 40, hamt_fields),
	WALKED("hamt_array_node", 280, NULL, cpy_walk_hamt_array),
	WALKED("hamt_bitmap_node", 32, NULL, cpy_walk_hamt_pairs),
	WALKED("hamt_collision_node", 32, NULL, cpy_walk_hamt_pairs),
	ROW("items", 8, 15, 168, hamt_iterator_fields),
	ROW("keys", 8, 15, 168, hamt_iterator_fields),
	ROW("values", 8, 15, 168, hamt_iterator_fields),

	ROW("types.GenericAlias", 11, 15, 64, alias_fields),
	ROW("generic_alias_iterator", 11, 15, 24, alias_iterator_fields),
	ROW("types.UnionType", 10, 13, 32, union_fields),
	ROW("typing.Union", 14, 15, 56, union_314),
	ROW("typing.TypeAliasType", 15, 15, 64, type_alias_315),
	ROW("typing.TypeAliasType", 12, 14, 56, type_alias_fields),
	ROW("typing.TypeVar", 12, 12, 64, type_variable_312),
	ROW("typing.TypeVar", 13, 15, 80, type_variable_313),
	ROW("typing.ParamSpec", 12, 12, 40, parameters_312),
	ROW("typing.ParamSpec", 13, 15, 56, parameters_313),
	ROW("typing.TypeVarTuple", 12, 12, 24, type_tuple_312),
	ROW("typing.TypeVarTuple", 13, 14, 40, type_tuple_313),
	ROW("typing.TypeVarTuple", 15, 15, 56, type_tuple_315),
	ROW("typing.ParamSpecArgs", 12, 15, 24, parameters_part_fields),
	ROW("typing.ParamSpecKwargs", 12, 15, 24, parameters_part_fields),
	ROW("typing.Generic", 12, 15, 16, NULL),
	ROW("NoDefaultType", 13, 15, 16, NULL),
	{ .name = NULL },
};
