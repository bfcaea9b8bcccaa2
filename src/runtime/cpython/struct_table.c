/* SPDX-License-Identifier: MIT */
/* All tables of C structs, and how a type finds its row among them. */
#include "runtime/cpython/private.h"

static const struct cpy_struct *const tables[] = {
	cpy_structs_core,
	cpy_structs_execution,
	cpy_structs_execution_older,
	cpy_structs_builtin,
	cpy_structs_collections,
	cpy_structs_io,
	cpy_structs_stdlib,
	cpy_structs_extension,
};

/* Never 0, which the map cannot hold. */
static uint64_t hash_name(const char *name)
{
	uint64_t hash = rg_hash_bytes(name, strlen(name));

	return hash ? hash : 1;
}

static bool build(const struct cpy *cpy)
{
	struct cpy_private *private = cpy->private;
	uint8_t of_build = cpy->layout.free_threaded ? CPY_FREE_THREADED : CPY_WITH_GIL;
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const struct cpy_struct *row = tables[i];

		for (; row->name; row++) {
			uint64_t hash = hash_name(row->name);
			const uint32_t *before = rg_map_find(&private->row_index, hash);
			struct cpy_row entry = { row, before ? *before : 0 };

			if (cpy->minor < row->since || cpy->minor > row->until ||
			    (row->build && row->build != of_build))
				continue;
			if (!rg_vector_push(&private->rows, entry) ||
			    !rg_map_put(&private->row_index, hash, (uint32_t)private->rows.count))
				return false;
		}
	}
	return true;
}

const struct cpy_struct *cpy_struct_find(const struct cpy *cpy, const char *tp_name,
					 uint64_t basicsize)
{
	struct cpy_private *private = cpy->private;
	const struct cpy_struct *found = NULL;
	const uint32_t *at;
	uint32_t i;

	if (!private->rows.count && !build(cpy)) {
		private->failed = true;
		return NULL;
	}
	at = rg_map_find(&private->row_index, hash_name(tp_name));
	/* Chains run backwards: the first row of the tables is the last one here. */
	for (i = at ? *at : 0; i; i = private->rows.data[i - 1].next) {
		const struct cpy_struct *row = private->rows.data[i - 1].row;

		if (!strcmp(row->name, tp_name) &&
		    (!row->basicsize || !basicsize || row->basicsize == basicsize))
			found = row;
	}
	return found;
}
