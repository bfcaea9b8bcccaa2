/* SPDX-License-Identifier: MIT */
/*
 * The tables of execution_layout.h.  A field of thread or interpreter state
 * stands here only if it owns its reference: caches of borrowed pointers
 * (callable_cache, common_consts, objreduce, type_slots_pname, func_state)
 * are left out.  What interned_strings refers to is not counted: the walker of
 * dicts knows that one.
 */
#include "runtime/cpython/execution_layout.h"

static const struct cpy_state_field thread_311[] = {
	{ 80, "c_profileobj" },
	{ 88, "c_traceobj" },
	{ 96, "curexc_type" },
	{ 104, "curexc_value" },
	{ 112, "curexc_traceback" },
	{ 128, "dict" },
	{ 144, "async_exc" },
	{ 192, "on_delete_data" },
	{ 208, "async_gen_firstiter" },
	{ 216, "async_gen_finalizer" },
	{ 224, "context" },
	{ 320, "exc_state" },
	{ 0, NULL },
};

static const struct cpy_state_field thread_312[] = {
	{ 80, "c_profileobj" },
	{ 88, "c_traceobj" },
	{ 96, "current_exception" },
	{ 112, "dict" },
	{ 128, "async_exc" },
	{ 176, "on_delete_data" },
	{ 192, "async_gen_firstiter" },
	{ 200, "async_gen_finalizer" },
	{ 208, "context" },
	{ 256, "exc_state" },
	{ 0, NULL },
};

static const struct cpy_state_field thread_313[] = {
	{ 96, "c_profileobj" },
	{ 104, "c_traceobj" },
	{ 112, "current_exception" },
	{ 128, "dict" },
	{ 144, "async_exc" },
	{ 192, "async_gen_firstiter" },
	{ 200, "async_gen_finalizer" },
	{ 208, "context" },
	{ 256, "exc_state" },
	{ 288, "threading_local_key" },
	{ 296, "threading_local_sentinel" },
	{ 304, "asyncio_running_loop" },
	{ 0, NULL },
};

/* @size: sizeof(PyThreadState); the rest of a thread's state stands behind it. */
#define THREAD_314(size)                                                                           \
	{                                                                                          \
		{ 96, "c_profileobj" },                                                            \
		{ 104, "c_traceobj" },                                                             \
		{ 112, "current_exception" },                                                      \
		{ 128, "dict" },                                                                   \
		{ 144, "async_exc" },                                                              \
		{ 192, "async_gen_firstiter" },                                                    \
		{ 200, "async_gen_finalizer" },                                                    \
		{ 208, "context" },                                                                \
		{ 256, "exc_state" },                                                              \
		{ 288, "threading_local_key" },                                                    \
		{ 296, "threading_local_sentinel" },                                               \
		{ (size) + 32, "asyncio_running_loop" },                                           \
		{ (size) + 40, "asyncio_running_task" },                                           \
		{ 0, NULL },                                                                       \
	}

static const struct cpy_state_field thread_314[] = THREAD_314(832);
static const struct cpy_state_field thread_314_first[] = THREAD_314(824);

static const struct cpy_state_field thread_315[] = {
	{ 120, "c_profileobj" },
	{ 128, "c_traceobj" },
	{ 136, "current_exception" },
	{ 152, "dict" },
	{ 168, "async_exc" },
	{ 216, "async_gen_firstiter" },
	{ 224, "async_gen_finalizer" },
	{ 232, "context" },
	{ 288, "exc_state" },
	{ 328, "threading_local_key" },
	{ 336, "threading_local_sentinel" },
	{ 1024, "asyncio_running_loop" },
	{ 1032, "asyncio_running_task" },
	{ 0, NULL },
};

/* Free-threaded: one word more before it. */
static const struct cpy_state_field thread_313t[] = {
	{ 96, "c_profileobj" },
	{ 104, "c_traceobj" },
	{ 112, "current_exception" },
	{ 128, "dict" },
	{ 144, "async_exc" },
	{ 192, "async_gen_firstiter" },
	{ 200, "async_gen_finalizer" },
	{ 208, "context" },
	{ 256, "exc_state" },
	{ 288, "threading_local_key" },
	{ 296, "threading_local_sentinel" },
	{ 312, "asyncio_running_loop" },
	{ 0, NULL },
};

static const struct cpy_state_field interpreter_311[] = {
	{ 856, "gc.garbage" },
	{ 864, "gc.callbacks" },
	{ 888, "modules" },
	{ 896, "modules_by_index" },
	{ 904, "sysdict" },
	{ 912, "builtins" },
	{ 920, "importlib" },
	{ 936, "codec_search_path" },
	{ 944, "codec_search_cache" },
	{ 952, "codec_error_registry" },
	{ 1400, "dict" },
	{ 1408, "builtins_copy" },
	{ 1416, "import_func" },
	{ 3480, "before_forkers" },
	{ 3488, "after_forkers_parent" },
	{ 3496, "after_forkers_child" },
	{ 3504, "warnings.filters" },
	{ 3512, "warnings.once_registry" },
	{ 3520, "warnings.default_action" },
	{ 3552, "audit_hooks" },
	{ 7128, "errnomap" },
	{ 7152, "PyExc_ExceptionGroup" },
	{ 0, NULL },
};

static const struct cpy_state_field interpreter_312[] = {
	{ 320, "gc.garbage" },
	{ 328, "gc.callbacks" },
	{ 352, "sysdict" },
	{ 360, "builtins" },
	{ 944, "modules" },
	{ 952, "modules_by_index" },
	{ 960, "importlib" },
	{ 984, "import_func" },
	{ 1248, "codec_search_path" },
	{ 1256, "codec_search_cache" },
	{ 1264, "codec_error_registry" },
	{ 1720, "dict" },
	{ 1728, "sysdict_copy" },
	{ 1736, "builtins_copy" },
	{ 3872, "before_forkers" },
	{ 3880, "after_forkers_parent" },
	{ 3888, "after_forkers_child" },
	{ 3896, "warnings.filters" },
	{ 3904, "warnings.once_registry" },
	{ 3912, "warnings.default_action" },
	{ 267208, "audit_hooks" },
	{ 273400, "errnomap" },
	{ 273424, "PyExc_ExceptionGroup" },
	{ 381736, "interpreter_trampoline" },
	{ 382936, "interned_strings" },
	{ 382944, "str_replace_inf" },
	{ 383048, "generic_type" },
	{ 383056, "typevar_type" },
	{ 383064, "typevartuple_type" },
	{ 383072, "paramspec_type" },
	{ 383080, "paramspecargs_type" },
	{ 383088, "paramspeckwargs_type" },
	{ 0, NULL },
};

static const struct cpy_state_field interpreter_313[] = {
	{ 7608, "gc.garbage" },
	{ 7616, "gc.callbacks" },
	{ 7640, "sysdict" },
	{ 7648, "builtins" },
	{ 7656, "modules" },
	{ 7664, "modules_by_index" },
	{ 7672, "importlib" },
	{ 7696, "import_func" },
	{ 7960, "codec_search_path" },
	{ 7968, "codec_search_cache" },
	{ 7976, "codec_error_registry" },
	{ 8448, "dict" },
	{ 8456, "sysdict_copy" },
	{ 8464, "builtins_copy" },
	{ 10624, "PyExc_NotShareableError" },
	{ 10632, "before_forkers" },
	{ 10640, "after_forkers_parent" },
	{ 10648, "after_forkers_child" },
	{ 10656, "warnings.filters" },
	{ 10664, "warnings.once_registry" },
	{ 10672, "warnings.default_action" },
	{ 10808, "audit_hooks" },
	{ 82640, "errnomap" },
	{ 82664, "PyExc_ExceptionGroup" },
	{ 194328, "interned_strings" },
	{ 194336, "str_replace_inf" },
	{ 194440, "generic_type" },
	{ 194448, "typevar_type" },
	{ 194456, "typevartuple_type" },
	{ 194464, "paramspec_type" },
	{ 194472, "paramspecargs_type" },
	{ 194480, "paramspeckwargs_type" },
	{ 0, NULL },
};

/* @lower, @lowest: see layout.c. */
#define INTERPRETER_314(lower, lowest)                                                             \
	{                                                                                          \
		{ 7608, "gc.garbage" },  { 7616, "gc.callbacks" },                                 \
		{ 7672 - (lower), "sysdict" },                                                     \
		{ 7680 - (lower), "builtins" },                                                    \
		{ 7688 - (lower), "modules" },                                                     \
		{ 7696 - (lower), "modules_by_index" },                                            \
		{ 7704 - (lower), "importlib" },                                                   \
		{ 7728 - (lower), "import_func" },                                                 \
		{ 8000 - (lower), "codec_search_path" },                                           \
		{ 8008 - (lower), "codec_search_cache" },                                          \
		{ 8016 - (lower), "codec_error_registry" },                                        \
		{ 8496 - (lower), "dict" },                                                        \
		{ 8504 - (lower), "sysdict_copy" },                                                \
		{ 8512 - (lower), "builtins_copy" },                                               \
		{ 10688 - (lower), "PyExc_NotShareableError" },                                    \
		{ 10696 - (lower), "before_forkers" },                                             \
		{ 10704 - (lower), "after_forkers_parent" },                                       \
		{ 10712 - (lower), "after_forkers_child" },                                        \
		{ 10720 - (lower), "warnings.filters" },                                           \
		{ 10728 - (lower), "warnings.once_registry" },                                     \
		{ 10736 - (lower), "warnings.default_action" },                                    \
		{ 10776 - (lower), "warnings.context" },                                           \
		{ 10792 - (lower), "atexit.callbacks" },                                           \
		{ 10912 - (lowest), "audit_hooks" },                                               \
		{ 79888 - (lowest), "errnomap" },                                                  \
		{ 79912 - (lowest), "PyExc_ExceptionGroup" },                                      \
		{ 224624 - (lowest), "interned_strings" },                                         \
		{ 224728 - (lowest), "generic_type" },                                             \
		{ 224736 - (lowest), "typevar_type" },                                             \
		{ 224744 - (lowest), "typevartuple_type" },                                        \
		{ 224752 - (lowest), "paramspec_type" },                                           \
		{ 224760 - (lowest), "paramspecargs_type" },                                       \
		{ 224768 - (lowest), "paramspeckwargs_type" },                                     \
		{ 224776 - (lowest), "constevaluator_type" },                                      \
		{ 0, NULL },                                                                       \
	}

static const struct cpy_state_field interpreter_314[] = INTERPRETER_314(0, 0);
static const struct cpy_state_field interpreter_314_early[] = INTERPRETER_314(24, 24);
static const struct cpy_state_field interpreter_314_first[] = INTERPRETER_314(24, 32);

static const struct cpy_state_field interpreter_315[] = {
	{ 7528, "gc.garbage" },
	{ 7536, "gc.callbacks" },
	{ 7576, "sysdict" },
	{ 7584, "builtins" },
	{ 7592, "modules" },
	{ 7600, "modules_by_index" },
	{ 7608, "importlib" },
	{ 7632, "import_func" },
	{ 7640, "lazy_import_func" },
	{ 7656, "lazy_imports_filter" },
	{ 7664, "lazy_modules" },
	{ 7672, "lazy_pending_submodules" },
	{ 7952, "codec_search_path" },
	{ 7960, "codec_search_cache" },
	{ 7968, "codec_error_registry" },
	{ 8448, "dict" },
	{ 8456, "sysdict_copy" },
	{ 8464, "builtins_copy" },
	{ 10648, "PyExc_NotShareableError" },
	{ 10672, "before_forkers" },
	{ 10680, "after_forkers_parent" },
	{ 10688, "after_forkers_child" },
	{ 10696, "warnings.filters" },
	{ 10704, "warnings.once_registry" },
	{ 10712, "warnings.default_action" },
	{ 10752, "warnings.context" },
	{ 10768, "atexit.callbacks" },
	{ 10888, "audit_hooks" },
	{ 79896, "errnomap" },
	{ 79920, "PyExc_ExceptionGroup" },
	{ 224896, "interned_strings" },
	{ 224912, "generic_type" },
	{ 224920, "typevar_type" },
	{ 224928, "typevartuple_type" },
	{ 224936, "paramspec_type" },
	{ 224944, "paramspecargs_type" },
	{ 224952, "paramspeckwargs_type" },
	{ 224960, "constevaluator_type" },
	{ 224968, "dict_descr" },
	{ 224976, "weakref_descr" },
	{ 0, NULL },
};

/* Free-threaded builds; those of a newer mimalloc: see cpy_interpreter_shift(). */
static const struct cpy_state_field interpreter_313t[] = {
	{ 7608, "gc.garbage" },
	{ 7616, "gc.callbacks" },
	{ 7648, "sysdict" },
	{ 7656, "builtins" },
	{ 7664, "modules" },
	{ 7672, "modules_by_index" },
	{ 7680, "importlib" },
	{ 7704, "import_func" },
	{ 7976, "codec_search_path" },
	{ 7984, "codec_search_cache" },
	{ 7992, "codec_error_registry" },
	{ 8464, "dict" },
	{ 8472, "sysdict_copy" },
	{ 8480, "builtins_copy" },
	{ 10640, "PyExc_NotShareableError" },
	{ 10648, "before_forkers" },
	{ 10656, "after_forkers_parent" },
	{ 10664, "after_forkers_child" },
	{ 10672, "warnings.filters" },
	{ 10680, "warnings.once_registry" },
	{ 10688, "warnings.default_action" },
	{ 17440, "audit_hooks" },
	{ 85728, "errnomap" },
	{ 85752, "PyExc_ExceptionGroup" },
	{ 197416, "interned_strings" },
	{ 197528, "generic_type" },
	{ 197536, "typevar_type" },
	{ 197544, "typevartuple_type" },
	{ 197552, "paramspec_type" },
	{ 197560, "paramspecargs_type" },
	{ 197568, "paramspeckwargs_type" },
	{ 0, NULL },
};

static const struct cpy_state_field interpreter_314t[] = {
	{ 7608, "gc.garbage" },
	{ 7616, "gc.callbacks" },
	{ 7696, "sysdict" },
	{ 7704, "builtins" },
	{ 7712, "modules" },
	{ 7720, "modules_by_index" },
	{ 7728, "importlib" },
	{ 7752, "import_func" },
	{ 8032, "codec_search_path" },
	{ 8040, "codec_search_cache" },
	{ 8048, "codec_error_registry" },
	{ 8536, "dict" },
	{ 8544, "sysdict_copy" },
	{ 8552, "builtins_copy" },
	{ 10728, "PyExc_NotShareableError" },
	{ 10736, "before_forkers" },
	{ 10744, "after_forkers_parent" },
	{ 10752, "after_forkers_child" },
	{ 10760, "warnings.filters" },
	{ 10768, "warnings.once_registry" },
	{ 10776, "warnings.default_action" },
	{ 10816, "warnings.context" },
	{ 10840, "atexit.callbacks" },
	{ 17664, "audit_hooks" },
	{ 86008, "errnomap" },
	{ 86032, "PyExc_ExceptionGroup" },
	{ 230752, "interned_strings" },
	{ 230856, "generic_type" },
	{ 230864, "typevar_type" },
	{ 230872, "typevartuple_type" },
	{ 230880, "paramspec_type" },
	{ 230888, "paramspecargs_type" },
	{ 230896, "paramspeckwargs_type" },
	{ 230904, "constevaluator_type" },
	{ 0, NULL },
};

static const struct cpy_state_field interpreter_315t[] = {
	{ 7528, "gc.garbage" },
	{ 7536, "gc.callbacks" },
	{ 7576, "sysdict" },
	{ 7584, "builtins" },
	{ 7592, "modules" },
	{ 7600, "modules_by_index" },
	{ 7608, "importlib" },
	{ 7632, "import_func" },
	{ 7640, "lazy_import_func" },
	{ 7656, "lazy_imports_filter" },
	{ 7664, "lazy_modules" },
	{ 7672, "lazy_pending_submodules" },
	{ 7960, "codec_search_path" },
	{ 7968, "codec_search_cache" },
	{ 7976, "codec_error_registry" },
	{ 8464, "dict" },
	{ 8472, "sysdict_copy" },
	{ 8480, "builtins_copy" },
	{ 10664, "PyExc_NotShareableError" },
	{ 10688, "before_forkers" },
	{ 10696, "after_forkers_parent" },
	{ 10704, "after_forkers_child" },
	{ 10712, "warnings.filters" },
	{ 10720, "warnings.once_registry" },
	{ 10728, "warnings.default_action" },
	{ 10768, "warnings.context" },
	{ 10792, "atexit.callbacks" },
	{ 17600, "audit_hooks" },
	{ 85944, "errnomap" },
	{ 85968, "PyExc_ExceptionGroup" },
	{ 230952, "interned_strings" },
	{ 230968, "generic_type" },
	{ 230976, "typevar_type" },
	{ 230984, "typevartuple_type" },
	{ 230992, "paramspec_type" },
	{ 231000, "paramspecargs_type" },
	{ 231008, "paramspeckwargs_type" },
	{ 231016, "constevaluator_type" },
	{ 231024, "dict_descr" },
	{ 231032, "weakref_descr" },
	{ 0, NULL },
};

static const struct cpy_state_field runtime_311[] = { { 0, NULL } };

static const struct cpy_state_field runtime_312[] = {
	{ 464 + 1056, "signals.default_handler" },
	{ 464 + 1064, "signals.ignore_handler" },
	{ 0, NULL },
};

static const struct cpy_state_field runtime_313[] = {
	{ 1080 + 1056, "signals.default_handler" },
	{ 1080 + 1064, "signals.ignore_handler" },
	{ 0, NULL },
};

static const struct cpy_state_field runtime_314[] = {
	{ 1256 + 1056, "signals.default_handler" },
	{ 1256 + 1064, "signals.ignore_handler" },
	{ 0, NULL },
};

static const struct cpy_state_field runtime_315[] = {
	{ 1384 + 1056, "signals.default_handler" },
	{ 1384 + 1064, "signals.ignore_handler" },
	{ 0, NULL },
};

static const struct cpy_execution execution_311 = {
	.code = {
		.stacksize = 68, .nlocalsplus = 76, .firstlineno = 72, .localsplusnames = 96,
		.localspluskinds = 104, .filename = 112, .qualname = 128, .linetable = 136,
		.adaptive = 184, .extra = 176, .cached_code = 152,
	},
	.frame = {
		.code = 32, .function = 0, .locals = 24, .frame_object = 40, .previous = 48,
		.instruction = 56, .stacktop = 64, .owner = 69, .localsplus = 72,
	},
	.frame_object = { .frame = 24, .embedded = 48 },
	.generator = { .state = 75, .exc_value = 48, .origin = 64, .frame = 80, .cleared = 4 },
	.thread = {
		.size = 360, .current_frame = 56, .cframe_current = 8, .has_cframe = true,
		.dict = 128, .stack_chunk = 296,
		.exc_info = 120,
		.fields = thread_311,
	},
	.interpreter = {
		.modules = 888, .modules_by_index = 896, .fields = interpreter_311,
		.ast = 7176, .ast_end = 9056, .type_cache = 9056, .ids_size = 3592,
		.ids_array = 3600, .atexit = 3536, .atexit_count = 3544,
	},
	.runtime = { .current = 576, .fields = runtime_311 },
	.future = { .state = 88 },
};

static const struct cpy_execution execution_312 = {
	.code = {
		.stacksize = 64, .nlocalsplus = 72, .firstlineno = 68, .localsplusnames = 96,
		.localspluskinds = 104, .filename = 112, .qualname = 128, .linetable = 136,
		.adaptive = 192, .extra = 184, .cached = 152,
	},
	.frame = {
		.code = 0, .function = 16, .locals = 40, .frame_object = 48, .previous = 8,
		.instruction = 56, .stacktop = 64, .owner = 70, .localsplus = 72,
	},
	.frame_object = { .frame = 24, .embedded = 48 },
	.generator = { .state = 67, .exc_value = 40, .origin = 56, .frame = 72, .cleared = 4 },
	.thread = {
		.size = 288, .current_frame = 56, .cframe_current = 0, .has_cframe = true,
		.dict = 112, .stack_chunk = 232,
		.exc_info = 104,
		.fields = thread_312,
	},
	.interpreter = {
		.modules = 944, .modules_by_index = 952, .fields = interpreter_312,
		.ast = 273448, .ast_end = 275384, .type_cache = 275392, .ids_size = 267392,
		.ids_array = 267400, .atexit = 3944, .atexit_count = 3952,
		.callables = 381784, .callables_end = 382872, .tools = 382872,
		.tools_end = 382936, .gil = 1040,
	},
	.runtime = { .signals = 464, .fields = runtime_312 },
	.future = { .state = 88 },
};

static const struct cpy_execution execution_313 = {
	.code = {
		.stacksize = 64, .nlocalsplus = 72, .firstlineno = 68, .localsplusnames = 96,
		.localspluskinds = 104, .filename = 112, .qualname = 128, .linetable = 136,
		.adaptive = 200, .extra = 192, .cached = 160, .executors = 152,
	},
	.frame = {
		.code = 0, .function = 16, .locals = 40, .frame_object = 48, .previous = 8,
		.instruction = 56, .stacktop = 64, .owner = 70, .localsplus = 72,
	},
	.frame_object = { .frame = 24, .embedded = 64 },
	.generator = { .state = 67, .exc_value = 40, .origin = 56, .frame = 72, .cleared = 4 },
	.thread = {
		.size = 312, .current_frame = 72, .dict = 128, .stack_chunk = 232,
		.local_key = 288, .local_sentinel = 296,
		.exc_info = 120,
		.fields = thread_313,
	},
	.interpreter = {
		.modules = 7656, .modules_by_index = 7664, .fields = interpreter_313,
		.ast = 82704, .ast_end = 84648, .type_cache = 84656, .ids_size = 14536,
		.ids_array = 14544, .atexit = 10712, .atexit_count = 10720,
		.callables = 193176, .callables_end = 194264, .tools = 194264,
		.tools_end = 194328, .gil = 7752,
	},
	.runtime = { .signals = 1080, .fields = runtime_313 },
	.future = { .state = 96 },
};

/* @lower, @lowest: see layout.c; @size_: see THREAD_314. */
#define EXECUTION_314(lower, lowest, size_, fields_, threads_)                                     \
	{                                                                                          \
		.code = {                                                                          \
			.stacksize = 64, .nlocalsplus = 72, .firstlineno = 68,                     \
			.localsplusnames = 96, .localspluskinds = 104, .filename = 112,            \
			.qualname = 128, .linetable = 136, .adaptive = 208, .extra = 200,          \
			.cached = 160, .executors = 152,                                           \
		},                                                                                 \
		.frame = {                                                                         \
			.code = 0, .function = 16, .locals = 40, .frame_object = 48,               \
			.previous = 8, .instruction = 56, .stackpointer = 64, .owner = 74,         \
			.localsplus = 80, .is_tagged = true,                                       \
		},                                                                                 \
		.frame_object = { .frame = 24, .embedded = 72 },                                   \
		.generator = {                                                                     \
			.state = 67, .exc_value = 40, .origin = 56, .frame = 72, .cleared = 4,     \
		},                                                                                 \
		.thread = {                                                                        \
			.size = size_, .stack_chunk = 232, .current_frame = 72, .dict = 128,       \
			.local_key = 288, .local_sentinel = 296, .exc_info = 120,                  \
			.fields = threads_,                                                        \
		},                                                                                 \
		.interpreter = {                                                                   \
			.modules = 7688 - (lower), .modules_by_index = 7696 - (lower),             \
			.fields = fields_,                                                         \
			.ast = 79952 - (lowest), .ast_end = 81920 - (lowest),                      \
			.type_cache = 81928 - (lowest), .ids_size = 11792 - (lowest),              \
			.ids_array = 11800 - (lowest), .callables = 223280 - (lowest),             \
			.callables_end = 224496 - (lowest), .tools = 224496 - (lowest),            \
			.tools_end = 224560 - (lowest), .gil = 7784 - (lower),                     \
		},                                                                                 \
		.runtime = { .signals = 1256, .fields = runtime_314 },                             \
		.future = { .state = 104 },                                                        \
	}

static const struct cpy_execution execution_314 =
	EXECUTION_314(0, 0, 832, interpreter_314, thread_314);
static const struct cpy_execution execution_314_early =
	EXECUTION_314(24, 24, 832, interpreter_314_early, thread_314);
static const struct cpy_execution execution_314_first =
	EXECUTION_314(24, 32, 824, interpreter_314_first, thread_314_first);

static const struct cpy_execution execution_315 = {
	.code = {
		.stacksize = 64, .nlocalsplus = 72, .firstlineno = 68, .localsplusnames = 96,
		.localspluskinds = 104, .filename = 112, .qualname = 128, .linetable = 136,
		.adaptive = 208, .extra = 200, .cached = 160, .executors = 152,
	},
	.frame = {
		.code = 0, .function = 16, .locals = 40, .frame_object = 48, .previous = 8,
		.instruction = 56, .stackpointer = 64, .owner = 74, .localsplus = 80,
		.is_tagged = true,
	},
	.frame_object = { .frame = 24, .embedded = 72 },
	.generator = {
		.state = 67, .exc_value = 40, .origin = 56, .frame = 72, .cleared = 5,
	},
	.thread = {
		.size = 888, .stack_chunk = 256, .current_frame = 72, .dict = 152,
		.local_key = 328, .local_sentinel = 336, .exc_info = 144,
		.fields = thread_315,
	},
	.interpreter = {
		.modules = 7592, .modules_by_index = 7600, .fields = interpreter_315,
		.ast = 79960, .ast_end = 81944, .type_cache = 81952, .ids_size = 11800,
		.ids_array = 11808, .callables = 223552, .callables_end = 224768,
		.tools = 224768, .tools_end = 224832, .gil = 7736,
	},
	.runtime = { .signals = 1384, .fields = runtime_315 },
	.future = { .state = 104 },
};

/* ---- free-threaded -------------------------------------------------------- */

static const struct cpy_execution execution_313t = {
	.code = {
		.stacksize = 64, .nlocalsplus = 72, .firstlineno = 68, .localsplusnames = 96,
		.localspluskinds = 104, .filename = 112, .qualname = 128, .linetable = 136,
		.adaptive = 200, .extra = 192, .cached = 160, .executors = 152,
	},
	.frame = {
		.code = 0, .function = 16, .locals = 40, .frame_object = 48, .previous = 8,
		.instruction = 56, .stacktop = 64, .owner = 70, .localsplus = 72,
	},
	.frame_object = { .frame = 24, .embedded = 64 },
	.generator = { .state = 67, .exc_value = 40, .origin = 56, .frame = 72, .cleared = 4 },
	.thread = {
		.size = 17824, .current_frame = 72, .dict = 128, .stack_chunk = 232,
		.local_key = 288, .local_sentinel = 296, .exc_info = 120, .fields = thread_313t,
	},
	.interpreter = {
		.modules = 7664, .modules_by_index = 7672, .fields = interpreter_313t,
		.ast = 85792, .ast_end = 87736, .type_cache = 87744, .ids_size = 17624,
		.ids_array = 17632, .atexit = 10728, .atexit_count = 10736,
		.callables = 196264, .callables_end = 197352, .tools = 197352,
		.tools_end = 197416, .gil = 7768,
	},
	.runtime = { .signals = 1080, .fields = runtime_313 },
	.future = { .state = 96 },
};

static const struct cpy_execution execution_314t = {
	.code = {
		.stacksize = 64, .nlocalsplus = 72, .firstlineno = 68, .localsplusnames = 96,
		.localspluskinds = 104, .filename = 112, .qualname = 128, .linetable = 136,
		.adaptive = 216, .extra = 200, .cached = 160, .executors = 152,
		.unique_id = 184, .copies = 208,
	},
	.frame = {
		.code = 0, .function = 16, .locals = 40, .frame_object = 48, .previous = 8,
		.instruction = 56, .stackpointer = 64, .owner = 78, .localsplus = 80,
		.is_tagged = true,
	},
	.frame_object = { .frame = 24, .embedded = 72 },
	.generator = { .state = 67, .exc_value = 40, .origin = 56, .frame = 72, .cleared = 4 },
	.thread = {
		.size = 15608, .stack_chunk = 232, .current_frame = 72, .dict = 128,
		.local_key = 288, .local_sentinel = 296, .exc_info = 120, .fields = thread_314,
	},
	.interpreter = {
		.modules = 7712, .modules_by_index = 7720, .fields = interpreter_314t,
		.ast = 86072, .ast_end = 88040, .type_cache = 88048, .ids_size = 17912,
		.ids_array = 17920, .callables = 229400, .callables_end = 230616,
		.tools = 230616, .tools_end = 230680, .gil = 7816,
	},
	.runtime = { .signals = 1256, .fields = runtime_314 },
	.future = { .state = 104 },
};

static const struct cpy_execution execution_315t = {
	.code = {
		.stacksize = 64, .nlocalsplus = 72, .firstlineno = 68, .localsplusnames = 96,
		.localspluskinds = 104, .filename = 112, .qualname = 128, .linetable = 136,
		.adaptive = 216, .extra = 200, .cached = 160, .executors = 152,
		.unique_id = 184, .copies = 208,
	},
	.frame = {
		.code = 0, .function = 16, .locals = 40, .frame_object = 48, .previous = 8,
		.instruction = 56, .stackpointer = 64, .owner = 78, .localsplus = 80,
		.is_tagged = true,
	},
	.frame_object = { .frame = 24, .embedded = 72 },
	.generator = { .state = 67, .exc_value = 40, .origin = 56, .frame = 72, .cleared = 5 },
	.thread = {
		.size = 15800, .stack_chunk = 256, .current_frame = 72, .dict = 152,
		.local_key = 328, .local_sentinel = 336, .exc_info = 144, .fields = thread_315,
	},
	.interpreter = {
		.modules = 7592, .modules_by_index = 7600, .fields = interpreter_315t,
		.ast = 86008, .ast_end = 87992, .type_cache = 88000, .ids_size = 17848,
		.ids_array = 17856, .callables = 229600, .callables_end = 230816,
		.tools = 230816, .tools_end = 230880, .gil = 7744,
	},
	.runtime = { .signals = 1384, .fields = runtime_315 },
	.future = { .state = 104 },
};

const struct cpy_execution *cpy_execution_table(const struct cpy *cpy)
{
	if (cpy->layout.free_threaded)
		return cpy->minor <= 13   ? &execution_313t
		       : cpy->minor == 14 ? &execution_314t
					  : &execution_315t;
	if (cpy->minor <= 10)
		return cpy_execution_older(cpy);
	if (cpy->minor == 11)
		return &execution_311;
	if (cpy->minor == 12)
		return &execution_312;
	if (cpy->minor == 13)
		return &execution_313;
	if (cpy->minor == 14)
		return cpy->layout.last_patch == 4   ? &execution_314_first
		       : cpy->layout.last_patch == 5 ? &execution_314_early
						     : &execution_314;
	return &execution_315;
}
