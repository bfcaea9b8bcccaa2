/* SPDX-License-Identifier: MIT */
/* The words where a graph is of no runtime that is known. */
#include "graph/store.h"

static const char *const none[] = { NULL };
static const char *const locals[] = { "local", "stack", NULL };

static const struct rg_words neutral = {
	.language = "",
	.module = "module",
	.modules = "modules",
	.interpreters = "interpreters",
	.finalizer = "finalizer",
	.collector_off = "",
	.weaken_one = "a weak reference there frees",
	.weaken_all = "weak references there free",
	.syntax = ".[",
	.element = "",
	.back = none,
	.frame = none,
	.locals = locals,
	.sigils = "",
	.main_module = "main",
	.separator = ".",
	.installed = none,
	.library = none,
	.history_modules = none,
	.history = none,
	.coroutine = "",
};

const struct rg_words *rg_graph_words(const rg_graph *graph)
{
	return graph->words ? graph->words : &neutral;
}

void rg_builder_words(rg_builder *builder, const struct rg_words *words)
{
	rg_builder_graph(builder)->words = words;
}
