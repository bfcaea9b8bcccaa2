/* SPDX-License-Identifier: MIT */
/*
 * The tables of execution_layout.h for 3.8, 3.9 and 3.10, from the headers and
 * debug information of 3.8.18, 3.9.18 and 3.10.13.  What code, frames and
 * generators hold is said in execution_older.c and frame_object.c; a field of
 * state stands here only if it owns its reference (pyexitmodule does not).
 */
#include "runtime/cpython/execution_layout.h"

static const struct cpy_state_field thread_fields[] = {
	{ 72, "c_profileobj" },
	{ 80, "c_traceobj" },
	{ 88, "curexc_type" },
	{ 96, "curexc_value" },
	{ 104, "curexc_traceback" },
	{ 112, "exc_state.exc_type" },
	{ 120, "exc_state.exc_value" },
	{ 128, "exc_state.exc_traceback" },
	{ 152, "dict" },
	{ 168, "async_exc" },
	{ 208, "on_delete_data" },
	{ 224, "async_gen_firstiter" },
	{ 232, "async_gen_finalizer" },
	{ 240, "context" },
	{ 0, NULL },
};

static const struct cpy_state_field interpreter_38[] = {
	{ 56, "modules" },
	{ 64, "modules_by_index" },
	{ 72, "sysdict" },
	{ 80, "builtins" },
	{ 88, "importlib" },
	{ 120, "codec_search_path" },
	{ 128, "codec_search_cache" },
	{ 136, "codec_error_registry" },
	{ 544, "dict" },
	{ 552, "builtins_copy" },
	{ 560, "import_func" },
	{ 2624, "before_forkers" },
	{ 2632, "after_forkers_parent" },
	{ 2640, "after_forkers_child" },
	{ 2672, "warnings.filters" },
	{ 2680, "warnings.once_registry" },
	{ 2688, "warnings.default_action" },
	{ 2704, "audit_hooks" },
	{ 0, NULL },
};

static const struct cpy_state_field interpreter_39[] = {
	{ 824, "gc.garbage" },
	{ 832, "gc.callbacks" },
	{ 856, "modules" },
	{ 864, "modules_by_index" },
	{ 872, "sysdict" },
	{ 880, "builtins" },
	{ 888, "importlib" },
	{ 912, "codec_search_path" },
	{ 920, "codec_search_cache" },
	{ 928, "codec_error_registry" },
	{ 1376, "dict" },
	{ 1384, "builtins_copy" },
	{ 1392, "import_func" },
	{ 3456, "before_forkers" },
	{ 3464, "after_forkers_parent" },
	{ 3472, "after_forkers_child" },
	{ 3504, "warnings.filters" },
	{ 3512, "warnings.once_registry" },
	{ 3520, "warnings.default_action" },
	{ 3536, "audit_hooks" },
	{ 0, NULL },
};

static const struct cpy_state_field interpreter_310[] = {
	{ 824, "gc.garbage" },
	{ 832, "gc.callbacks" },
	{ 856, "modules" },
	{ 864, "modules_by_index" },
	{ 872, "sysdict" },
	{ 880, "builtins" },
	{ 888, "importlib" },
	{ 912, "codec_search_path" },
	{ 920, "codec_search_cache" },
	{ 928, "codec_error_registry" },
	{ 1344, "dict" },
	{ 1352, "builtins_copy" },
	{ 1360, "import_func" },
	{ 3424, "before_forkers" },
	{ 3432, "after_forkers_parent" },
	{ 3440, "after_forkers_child" },
	{ 3456, "warnings.filters" },
	{ 3464, "warnings.once_registry" },
	{ 3472, "warnings.default_action" },
	{ 3504, "audit_hooks" },
	{ 9800, "empty tuple" },
	{ 13312, "errnomap" },
	{ 0, NULL },
};

/* The collector's state is the runtime's in 3.8. */
static const struct cpy_state_field runtime_38[] = {
	{ 344 + 208, "gc.garbage" },
	{ 344 + 216, "gc.callbacks" },
	{ 0, NULL },
};

static const struct cpy_state_field runtime_fields[] = { { 0, NULL } };

static const struct cpy_heap_frame frame_38 = {
	.back = 24, .code = 32, .builtins = 40, .globals = 48, .locals = 56, .valuestack = 64,
	.stacktop = 72, .trace = 80, .generator = 96, .lasti = 104, .lineno = 108,
	.localsplus = 360, .executing = 116,
};

static const struct cpy_heap_frame frame_310 = {
	.back = 24, .code = 32, .builtins = 40, .globals = 48, .locals = 56, .valuestack = 64,
	.trace = 72, .stackdepth = 80, .generator = 88, .lasti = 96, .lineno = 100,
	.localsplus = 352, .state = 108,
};

/* A code object knows no qualified name yet. */
#define CODE                                                                                       \
	.code = { .stacksize = 32, .firstlineno = 40, .filename = 104, .qualname = 112,            \
		  .linetable = 120 }
#define THREAD(size_)                                                                              \
	.thread = { .size = size_, .current_frame = 24, .dict = 152, .exc_info = 144,         \
		    .fields = thread_fields }

static const struct cpy_execution execution_38 = {
	.heap_frame = &frame_38,
	CODE,
	THREAD(264),
	.interpreter = { .modules = 56, .modules_by_index = 64, .fields = interpreter_38 },
	.runtime = { .current = 1368, .fields = runtime_38 },
	.future = { .state = 72 },
};

static const struct cpy_execution execution_39 = {
	.heap_frame = &frame_38,
	CODE,
	THREAD(264),
	.interpreter = {
		.modules = 856, .modules_by_index = 864, .fields = interpreter_39,
		.cached = 3552, .cached_end = 5648,
	},
	.runtime = { .current = 568, .fields = runtime_fields },
	.future = { .state = 80 },
};

static const struct cpy_execution execution_310 = {
	.heap_frame = &frame_310,
	CODE,
	THREAD(280),
	.interpreter = {
		.modules = 856, .modules_by_index = 864, .fields = interpreter_310,
		.ast = 13344, .ast_end = 15216, .type_cache = 15216, .ids_size = 9760,
		.ids_array = 9768, .atexit = 3488, .atexit_count = 3496,
		/* bytes of one letter come between. */
		.cached = 3512, .cached_end = 5608, .strings = 5608, .strings_end = 9720,
	},
	.runtime = { .current = 568, .fields = runtime_fields },
	.future = { .state = 88 },
};

const struct cpy_execution *cpy_execution_older(const struct cpy *cpy)
{
	if (cpy->minor <= 8)
		return &execution_38;
	return cpy->minor == 9 ? &execution_39 : &execution_310;
}
