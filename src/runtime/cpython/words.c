/* SPDX-License-Identifier: MIT */
/* What is called what in Python, and how its labels are written. */
#include "runtime/cpython/private.h"

static const char *const back[] = {
	"__self__", "__traceback__", "tb_frame", "f_back", "__closure__", NULL,
};
static const char *const locals[] = { "local", "cell", "inlined", "stack", NULL };
static const char *const frame[] = { ".gi_frame", ".cr_frame", ".ag_frame", NULL };
static const char *const installed[] = { "/site-packages/", "/dist-packages/", NULL };
static const char *const library[] = { NULL };
/* IPython's and the interpreter's own. */
static const char *const history_modules[] = { "__main__", "builtins", NULL };
static const char *const history[] = { "Out", "_oh", "_", "__", "___", "_#", NULL };

const struct rg_words cpy_words = {
	.language = "Python",
	.module = "module",
	.modules = "modules",
	.interpreters = "interpreters",
	.finalizer = "__del__",
	.collector_off = " (gc.disable)",
	.weaken_one = "a weak reference there frees",
	.weaken_all = "weak references there free",
	.kept_module = "gc",
	.kept_label = ".garbage",
	.syntax = ".[",
	.namespace_part = ".__dict__",
	.element = "",
	.back = back,
	.frame = frame,
	.locals = locals,
	.sigils = "",
	.main_module = "__main__",
	.separator = ".",
	.installed = installed,
	.library = library,
	.history_modules = history_modules,
	.history = history,
	.coroutine = "coroutine",
};
