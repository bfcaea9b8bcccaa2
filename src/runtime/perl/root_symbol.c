/* SPDX-License-Identifier: MIT */
/*
 * Package variables and subs: every slot of every glob that a stash leads to, by the
 * name a program knows it by.  They own nothing: their globs do.
 */
#include "runtime/perl/root.h"

#define OK_FLAGS 0x0000ff00u /* SvOK: defined */

struct symbols {
	struct pl_roots *roots;
	RG_VECTOR(uint64_t) stashes; /* those to come, and those that are done */
	struct rg_map seen;
	uint64_t stash;
};

static rg_error *put_slot(struct symbols *symbols, const struct pl_sv *glob, uint64_t slot,
			  const char *sigil, const char *behind)
{
	struct pl_roots *roots = symbols->roots;
	struct pl *pl = roots->pl;
	char name[PL_NAME], code[PL_NAME + 8];
	struct pl_text text = { name, sizeof(name), 0, false };
	struct pl_text as_code = { code, sizeof(code), 0, false };

	if (!pl_put_symbol(pl, &text, glob, sigil))
		return NULL;
	pl_puts(&text, behind);
	pl_put_finish(&text);
	rg_buffer_puts(&roots->name, name);
	if (text.cut || !pl_symbol_is_code(pl, glob) || roots->interpreter != pl->interpreters)
		return pl_roots_variable(roots, slot, RG_ROOT_MODULE, NULL);
	/* A scalar is itself, all else a reference to it: what follows is an arrow. */
	if (*sigil != '$' && !*behind)
		pl_puts(&as_code, "(\\");
	pl_puts(&as_code, name);
	if (*sigil != '$' && !*behind)
		pl_puts(&as_code, ")");
	pl_put_finish(&as_code);
	return pl_roots_variable(roots, slot, RG_ROOT_MODULE, code);
}

/* Whether the sub @code is at home elsewhere: this name of it was imported. */
static bool is_imported(const struct pl *pl, uint64_t code, const struct pl_sv *glob)
{
	const struct pl_members *at = &pl->layout.at;
	uint32_t flags;
	struct pl_sv sv;

	if (!pl_sv_read(pl, code, &sv) || sv.type != PL_PVCV ||
	    !rg_image_u32(pl->image, sv.any + at->cv_flags, &flags))
		return false;
	if (flags & PL_CVf_NAMED)
		return pl_word(pl, sv.any + at->cv_stash) !=
		       pl_word(pl, glob->any + at->gv_stash);
	return pl_word(pl, sv.any + at->cv_gv) != glob->address;
}

/* A hash in a glob: a variable, or the stash of a package, which comes later. */
static rg_error *put_hash(struct symbols *symbols, const struct pl_sv *glob, uint64_t hash)
{
	struct pl_sv sv;
	uint64_t name;

	if (!hash)
		return NULL;
	if (!pl_sv_read(symbols->roots->pl, hash, &sv) ||
	    !pl_stash_name(symbols->roots->pl, &sv, &name))
		return put_slot(symbols, glob, hash, "%", "");
	if (rg_map_find(&symbols->seen, hash))
		return NULL;
	if (!rg_map_put(&symbols->seen, hash, 1) || !rg_vector_push(&symbols->stashes, hash))
		return rg_error_no_memory();
	return NULL;
}

static rg_error *put_glob(struct symbols *symbols, const struct pl_sv *glob)
{
	struct pl_roots *roots = symbols->roots;
	struct pl *pl = roots->pl;
	const struct pl_members *at = &pl->layout.at;
	uint64_t gp = glob->u, slot;
	rg_error *error;
	struct pl_sv sv;

	if (!gp || !rg_image_at(pl->image, gp, at->size_gp))
		return NULL;
	slot = pl_word(pl, gp + at->gp_sv);
	if (slot && pl_sv_read(pl, slot, &sv) && sv.flags & OK_FLAGS)
		RG_TRY(put_slot(symbols, glob, slot, "$", ""));
	slot = pl_word(pl, gp + at->gp_av);
	if (slot)
		RG_TRY(put_slot(symbols, glob, slot, "@", ""));
	RG_TRY(put_hash(symbols, glob, pl_word(pl, gp + at->gp_hv)));
	slot = pl_word(pl, gp + at->gp_cv);
	if (slot) {
		roots->init.importer = is_imported(pl, slot, glob);
		error = put_slot(symbols, glob, slot, "&", "");
		roots->init.importer = false;
		RG_TRY(error);
	}
	slot = pl_word(pl, gp + at->gp_io);
	if (slot)
		RG_TRY(put_slot(symbols, glob, slot, "*", "{IO}"));
	slot = pl_word(pl, gp + at->gp_form);
	return slot ? put_slot(symbols, glob, slot, "*", "{FORMAT}") : NULL;
}

/* The stash itself: packages are what modules are elsewhere. */
static rg_error *put_package(struct symbols *symbols, const struct pl_sv *stash)
{
	struct pl_roots *roots = symbols->roots;
	char name[PL_NAME], code[PL_NAME + 8];
	struct pl_text text = { name, sizeof(name), 0, false };
	struct pl_text as_code = { code, sizeof(code), 0, false };
	rg_error *error;

	if (!pl_put_package(roots->pl, &text, stash->address))
		return NULL;
	pl_puts(&text, "::");
	pl_put_finish(&text);
	pl_puts(&as_code, "(\\%");
	pl_puts(&as_code, name);
	pl_puts(&as_code, ")");
	pl_put_finish(&as_code);
	if (!text.cut && roots->interpreter == roots->pl->interpreters &&
	    pl_is_package_word(name))
		roots->init.code = code;
	error = pl_roots_named(roots, stash->address, RG_ROOT_MODULE, 0, name);
	roots->init.code = NULL;
	return error;
}

/* A sub that needs no glob: the stash has a reference to it. */
static rg_error *put_bare_sub(struct symbols *symbols, const struct pl_sv *reference, uint64_t hek)
{
	struct pl_roots *roots = symbols->roots;
	char name[PL_NAME];
	struct pl_text text = { name, sizeof(name), 0, false };
	struct pl_sv code;

	if (!pl_sv_read(roots->pl, reference->u, &code) || code.type != PL_PVCV)
		return NULL;
	pl_puts(&text, "&");
	if (!pl_put_package(roots->pl, &text, symbols->stash))
		return NULL;
	pl_puts(&text, "::");
	if (!pl_put_hek(roots->pl, &text, hek))
		return NULL;
	pl_put_finish(&text);
	return pl_roots_named(roots, reference->u, RG_ROOT_MODULE, 0, name);
}

static rg_error *put_symbol(void *user, const struct pl_edge *edge)
{
	struct symbols *symbols = user;
	struct pl_sv sv;

	if (edge->what != PL_LABEL_SYMBOL ||
	    !rg_builder_marked(symbols->roots->builder, edge->target) ||
	    !pl_sv_read(symbols->roots->pl, edge->target, &sv))
		return NULL;
	if (pl_is_glob(&sv))
		return put_glob(symbols, &sv);
	return sv.flags & PL_ROK ? put_bare_sub(symbols, &sv, edge->value) : NULL;
}

rg_error *pl_roots_symbols(struct pl_roots *roots)
{
	struct symbols symbols = { .roots = roots };
	uint64_t first = pl_field(roots->pl, roots->interpreter, PL_FIELD_defstash);
	rg_error *error = NULL;
	struct pl_sv sv;
	size_t i;

	if (!first)
		return NULL;
	if (!rg_map_put(&symbols.seen, first, 1) || !rg_vector_push(&symbols.stashes, first))
		error = rg_error_no_memory();
	for (i = 0; !error && i < symbols.stashes.count; i++) {
		symbols.stash = symbols.stashes.data[i];
		if (rg_builder_marked(roots->builder, symbols.stash) &&
		    pl_sv_read(roots->pl, symbols.stash, &sv) && sv.type == PL_PVHV) {
			error = put_package(&symbols, &sv);
			if (!error)
				error = pl_walk_again(roots->pl, &sv, put_symbol, &symbols);
		}
	}
	rg_map_free(&symbols.seen);
	rg_vector_free(&symbols.stashes);
	return error;
}
