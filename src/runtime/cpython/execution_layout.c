/* SPDX-License-Identifier: MIT */
/*
 * The tables of execution_layout.h.  A field of thread or interpreter state
 * stands here only if it owns its reference: caches of borrowed pointers
 * (callable_cache, objreduce, type_slots_pname, the func_state of 3.13)
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
	.generator = { .state = 75, .exc_value = 48, .origin = 64, .frame = 80 },
	.thread = {
		.current_frame = 56, .cframe_current = 8, .has_cframe = true, .dict = 128,
		.fields = thread_311,
	},
	.interpreter = {
		.modules = 888, .modules_by_index = 896, .fields = interpreter_311,
		.ast = 7176, .ast_end = 9056, .type_cache = 9056, .ids_size = 3592,
		.ids_array = 3600, .atexit = 3536, .atexit_count = 3544,
	},
	.runtime = { .fields = runtime_311 },
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
	.generator = { .state = 67, .exc_value = 40, .origin = 56, .frame = 72 },
	.thread = {
		.current_frame = 56, .cframe_current = 0, .has_cframe = true, .dict = 112,
		.fields = thread_312,
	},
	.interpreter = {
		.modules = 944, .modules_by_index = 952, .fields = interpreter_312,
		.ast = 273448, .ast_end = 275384, .type_cache = 275392, .ids_size = 267392,
		.ids_array = 267400, .atexit = 3944, .atexit_count = 3952,
		.callables = 381784, .callables_end = 382872, .tools = 382872,
		.tools_end = 382936,
	},
	.runtime = { .signals = 464, .fields = runtime_312 },
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
	.generator = { .state = 67, .exc_value = 40, .origin = 56, .frame = 72 },
	.thread = {
		.current_frame = 72, .dict = 128, .local_key = 288, .local_sentinel = 296,
		.fields = thread_313,
	},
	.interpreter = {
		.modules = 7656, .modules_by_index = 7664, .fields = interpreter_313,
		.ast = 82704, .ast_end = 84648, .type_cache = 84656, .ids_size = 14536,
		.ids_array = 14544, .atexit = 10712, .atexit_count = 10720,
		.callables = 193176, .callables_end = 194264, .tools = 194264,
		.tools_end = 194328,
	},
	.runtime = { .signals = 1080, .fields = runtime_313 },
};

const struct cpy_execution *cpy_execution_layout(const struct cpy *cpy)
{
	if (cpy->minor <= 11)
		return &execution_311;
	return cpy->minor == 12 ? &execution_312 : &execution_313;
}
