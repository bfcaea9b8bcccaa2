/* SPDX-License-Identifier: MIT */
/*
 * All references of one SV: the class it is blessed into and its magic, which all
 * larger bodies have, then what its type holds.
 */
#include "runtime/perl/walk.h"

#define MAGIC_LIMIT 65536 /* of one SV: a list that is longer runs in a ring */
#define PROGRESS 65536    /* objects between two reports */
#define OVERLOADS 256     /* methods of overloading, NofAMmeth is about 70 */
#define STACKS_LIMIT 65536
#define LAYERS 256        /* of one handle */

#define MAGIC_REFCOUNTED 2 /* MGf_REFCOUNTED, mg.h */

/* The letters of magic whose mg_ptr is an SV of another interpreter: threads::shared. */
#define MAGIC_SHARED "nNP"

void pl_emit(struct pl_walk *walk, uint64_t target, uint8_t kind, enum pl_label what,
	     uint64_t value)
{
	struct pl_edge edge = { target, value, kind, (uint8_t)what };

	if (target && !walk->error)
		walk->error = walk->each(walk->user, &edge);
}

void pl_emit_text(struct pl_walk *walk, uint64_t target, uint8_t kind, const char *text)
{
	pl_emit(walk, target, kind, PL_LABEL_TEXT, (uint64_t)(uintptr_t)text);
}

/* Which SV has it is kept in 32 bits of its address: SVs are multiples of 8. */
bool pl_claims(struct pl_walk *walk, uint64_t address)
{
	struct rg_map *claims = &walk->pl->shared.claims;
	const uint32_t *owner = rg_map_find(claims, address);
	uint32_t self = (uint32_t)(walk->sv.address >> 3);

	if (owner)
		return *owner == self;
	if (walk->claims && !rg_map_put(claims, address, self) && !walk->error)
		walk->error = rg_error_no_memory();
	return true;
}

void pl_emit_array(struct pl_walk *walk, uint64_t at, uint64_t count, uint8_t kind,
		   enum pl_label what)
{
	bool holds = kind == RG_REFERENCE_STRONG &&
		     (what == PL_LABEL_ELEMENT || what == PL_LABEL_FIELD);
	const unsigned char *bytes;
	uint64_t i, word;

	if (!count || !at)
		return;
	pl_walk_spend(walk, count);
	bytes = count >> 48 ? NULL : rg_image_at(walk->pl->image, at, count * 8);
	for (i = 0; i < count && !walk->error; i++) {
		if (bytes) {
			memcpy(&word, bytes + 8 * i, 8);
		} else if (!rg_image_u64(walk->pl->image, at + 8 * i, &word)) {
			/* Cut off: what follows is as unreadable as this. */
			pl_walk_failed(walk);
			return;
		}
		if (word)
			pl_emit(walk, word, holds ? pl_holder_kind(walk->pl, word) : kind, what, i);
	}
}

/* ---- magic ------------------------------------------------------------------- */

/* The table of overloaded operators of a class: struct am_table of perl.h. */
static void walk_overloads(struct pl_walk *walk, uint64_t table, uint64_t size)
{
	/* Flags are its first byte, methods stand from 8 on. */
	if (size < 8 || size > 8 + 8 * OVERLOADS || !(pl_byte(walk->pl, table) & 1))
		return;
	pl_emit_array(walk, table + 8, (size - 8) / 8, RG_REFERENCE_STRONG, PL_LABEL_OVERLOAD);
}

static void walk_one_magic(struct pl_walk *walk, uint64_t magic)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t object = pl_word(walk->pl, magic + at->magic_obj);
	uint64_t pointer = pl_word(walk->pl, magic + at->magic_ptr);
	int64_t length = (int64_t)pl_word(walk->pl, magic + at->magic_len);
	uint8_t type = pl_byte(walk->pl, magic + at->magic_type);
	uint8_t flags = pl_byte(walk->pl, magic + at->magic_flags);
	uint8_t kind = flags & MAGIC_REFCOUNTED ? RG_REFERENCE_STRONG : RG_REFERENCE_BORROWED;
	struct pl_sv list;

	if (type == '<') {
		/* Held twice, so that it outlives its elements: sv_add_backref() of sv.c. */
		if (pl_sv_read(walk->pl, object, &list) && list.type == PL_PVAV)
			pl_emit_text(walk, object, RG_REFERENCE_STRONG, PL_TEXT_BACKREFS);
		pl_emit_text(walk, object, kind, PL_TEXT_BACKREFS);
		return;
	}
	pl_emit(walk, object, kind, PL_LABEL_MAGIC, type);
	if (length == PL_SVKEY)
		pl_emit(walk, pointer, RG_REFERENCE_STRONG, PL_LABEL_MAGIC_KEY, type);
	else if (type == 'c' && length > 0)
		walk_overloads(walk, pointer, (uint64_t)length);
	else if (!length && type && strchr(MAGIC_SHARED, type) && pointer % 8 == 0)
		pl_emit(walk, pointer, RG_REFERENCE_STRONG, PL_LABEL_MAGIC_KEY, type);
}

void pl_walk_magic(struct pl_walk *walk)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t magic = pl_word(walk->pl, walk->sv.any + at->mg_magic);
	unsigned int count;

	for (count = 0; magic && count < MAGIC_LIMIT && !walk->error; count++) {
		uint64_t next;

		if (!rg_image_u64(walk->pl->image, magic + at->magic_next, &next)) {
			pl_walk_failed(walk);
			return;
		}
		walk_one_magic(walk, magic);
		magic = next;
	}
}

/* ---- the small ones ------------------------------------------------------------ */

static void walk_reference(struct pl_walk *walk)
{
	uint8_t kind = walk->sv.flags & PL_WEAKREF ? RG_REFERENCE_WEAK : RG_REFERENCE_STRONG;

	pl_emit(walk, walk->sv.u, kind, PL_LABEL_REFERENT, 0);
}

/* Whether this is the argument stack that is in use: its fill is where the stack ends. */
static bool is_current_stack(struct pl_walk *walk, uint64_t *ret_count)
{
	const struct pl *pl = walk->pl;
	uint64_t top;
	size_t i;

	for (i = 0; i < pl->interpreter_count; i++) {
		if (pl_field(pl, &pl->interpreters[i], PL_FIELD_curstack) != walk->sv.address)
			continue;
		top = pl_field(pl, &pl->interpreters[i], PL_FIELD_stack_sp);
		*ret_count = top < walk->sv.u ? 0 : (top - walk->sv.u) / 8 + 1;
		return true;
	}
	return false;
}

uint8_t pl_holder_kind(const struct pl *pl, uint64_t value)
{
	const unsigned char *head = value & 7 ? NULL : rg_image_at(pl->image, value, 24);
	uint32_t flags = head ? pl_load32(head + 12) : 0;
	uint8_t type = (uint8_t)flags;

	if (flags & PL_ROK && type < PL_PVGV && type != PL_INVLIST && type != PL_REGEXP)
		return RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING;
	return RG_REFERENCE_STRONG;
}

/* A sub does not keep the globs that it names: their packages do. */
static uint8_t pad_kind(const struct pl *pl, uint64_t value, enum pl_label what)
{
	struct pl_sv sv;

	if (rg_map_find(&pl->uncounted, value))
		return RG_REFERENCE_BORROWED;
	if (what == PL_LABEL_TEMPORARY && pl_sv_read(pl, value, &sv) && sv.type == PL_PVGV)
		return RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE;
	return pl_holder_kind(pl, value);
}

static void walk_pad(struct pl_walk *walk, const struct pl_pad *pad, uint64_t count)
{
	uint64_t i, word, name;
	uint32_t flags;
	char text[64];

	pl_walk_spend(walk, count);
	for (i = 0; i < count && !walk->error; i++) {
		enum pl_label what = PL_LABEL_TEMPORARY;
		uint64_t value = i;

		if (!rg_image_u64(walk->pl->image, walk->sv.u + 8 * i, &word)) {
			pl_walk_failed(walk);
			return;
		}
		if (!word)
			continue;
		if (!i) {
			pl_emit_text(walk, word, RG_REFERENCE_STRONG, "@_");
			continue;
		}
		name = pl_padname(walk->pl, pad->names, i);
		/* A name without text is that of a constant, or of a temporary for good. */
		if (name && pl_padname_read(walk->pl, name, text, sizeof(text), &flags)) {
			what = PL_LABEL_LEXICAL;
			value = name;
		}
		pl_emit(walk, word, pad_kind(walk->pl, word, what), what, value);
	}
}

/* A class's ADJUST blocks: @inherited of them are counted in the list that they are from. */
static void walk_adjust(struct pl_walk *walk, uint64_t count, uint64_t inherited)
{
	uint64_t i, word;

	pl_walk_spend(walk, count);
	for (i = 0; i < count && !walk->error; i++) {
		if (!rg_image_u64(walk->pl->image, walk->sv.u + 8 * i, &word)) {
			pl_walk_failed(walk);
			return;
		}
		pl_emit(walk, word, i < inherited ? RG_REFERENCE_BORROWED : RG_REFERENCE_STRONG,
			PL_LABEL_ELEMENT, i);
	}
}

static void walk_array(struct pl_walk *walk)
{
	struct pl *pl = walk->pl;
	uint64_t count = pl_word(pl, walk->sv.any + pl->layout.at.av_fill) + 1;
	/* Stacks count nothing, whatever their flags: from 5.40 on some are said to be real. */
	bool is_real = walk->sv.flags & PL_REAL &&
		       !rg_map_find(&pl->shared.stacks, walk->sv.address);
	struct pl_pad pad;

	if (!is_real && is_current_stack(walk, &count)) {
		if (count >> 32)
			return;
		pl_emit_array(walk, walk->sv.u, count, RG_REFERENCE_BORROWED, PL_LABEL_STACK);
		return;
	}
	/* -1 is an empty array; nothing fills more than memory. */
	if ((int64_t)count <= 0 || count >> 48)
		return;
	if (is_real && pl_pad_find(pl, walk->sv.address, &pad))
		walk_pad(walk, &pad, count);
	else if (is_real && rg_map_find(&pl->uncounted, walk->sv.address))
		walk_adjust(walk, count, *rg_map_find(&pl->uncounted, walk->sv.address));
	else
		pl_emit_array(walk, walk->sv.u, count,
			      is_real ? RG_REFERENCE_STRONG : RG_REFERENCE_BORROWED,
			      PL_LABEL_ELEMENT);
}

/* An object of feature 'class', from 5.38 on: struct xobject of sv.h. */
static void walk_object(struct pl_walk *walk)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t count;

	if (at->obj_maxfield == PL_ABSENT || at->obj_iter == PL_ABSENT)
		return;
	count = pl_word(walk->pl, walk->sv.any + at->obj_maxfield) + 1;
	/* The array of fields follows the place of the iterator. */
	if ((int64_t)count > 0 && !(count >> 48))
		pl_emit_array(walk, pl_word(walk->pl, walk->sv.any + at->obj_iter + 8), count,
			      RG_REFERENCE_STRONG, PL_LABEL_FIELD);
}

static void walk_lvalue(struct pl_walk *walk)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t target = pl_word(walk->pl, walk->sv.any + at->lv_targ);
	uint64_t hek;

	switch (pl_byte(walk->pl, walk->sv.any + at->lv_type)) {
	case 'T':
		/* A hash entry of its own, with an SV for a key: what tie makes. */
		hek = pl_word(walk->pl, target + at->he_hek);
		if (hek)
			pl_emit_text(walk, pl_word(walk->pl, hek + at->hek_key),
				     RG_REFERENCE_STRONG, "key");
		break;
	case 't':
		pl_emit_text(walk, target, RG_REFERENCE_BORROWED, "target");
		break;
	default:
		pl_emit_text(walk, target, RG_REFERENCE_STRONG, "target");
		break;
	}
}

/*
 * The layers of a handle, perliol.h, that hold SVs: a file in memory its scalar,
 * ext/PerlIO-scalar; an encoding what it was made of, ext/PerlIO-encoding, behind the
 * buffer that is 48 bytes.
 */
static void walk_layers(struct pl_walk *walk, uint64_t handle)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t layer = handle ? pl_word(walk->pl, handle) : 0, next, body;
	unsigned int count;
	char name[16];

	for (count = 0; layer && count < LAYERS; count++) {
		if (!rg_image_u64(walk->pl->image, layer + at->perlio_next, &next))
			return;
		if (!rg_image_string(walk->pl->image,
				     pl_word(walk->pl,
					     pl_word(walk->pl, layer + at->perlio_tab) +
						     at->perlio_tab_name),
				     name, sizeof(name)))
			name[0] = '\0';
		body = layer + at->size_perlio;
		if (!strcmp(name, "scalar")) {
			pl_emit_text(walk, pl_word(walk->pl, body), RG_REFERENCE_STRONG,
				     "file in memory");
		} else if (!strcmp(name, "encoding")) {
			body += 48;
			pl_emit_text(walk, pl_word(walk->pl, body), RG_REFERENCE_STRONG,
				     "encoding: buffer");
			pl_emit_text(walk, pl_word(walk->pl, body + 8), RG_REFERENCE_STRONG,
				     "encoding");
			pl_emit_text(walk, pl_word(walk->pl, body + 16), RG_REFERENCE_STRONG,
				     "encoding: check");
		}
		layer = next;
	}
}

static void walk_handle(struct pl_walk *walk)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t body = walk->sv.any, out = pl_word(walk->pl, body + at->io_ofp);

	walk_layers(walk, walk->sv.u);
	if (out != walk->sv.u)
		walk_layers(walk, out);
	/* sv_clear() lets none of them go: they are counted by their stash alone. */
	pl_emit_text(walk, pl_word(walk->pl, body + at->io_top_gv), RG_REFERENCE_BORROWED,
		     "top of form");
	pl_emit_text(walk, pl_word(walk->pl, body + at->io_fmt_gv), RG_REFERENCE_BORROWED,
		     "format");
	pl_emit_text(walk, pl_word(walk->pl, body + at->io_bottom_gv), RG_REFERENCE_BORROWED,
		     "bottom of form");
}

/* ---- all of them -------------------------------------------------------------------- */

/* A scalar that holds a pattern itself, as glob assignment and ${qr//} make them. */
static bool is_regexp_value(const struct pl_sv *sv)
{
	return sv->flags & PL_FAKE && !(sv->flags & PL_SCREAM);
}

static void walk_body(struct pl_walk *walk)
{
	const struct pl_members *at = &walk->pl->layout.at;

	switch (walk->sv.type) {
	case PL_PVAV:
		walk_array(walk);
		return;
	case PL_PVHV:
		pl_walk_hash(walk);
		return;
	case PL_PVCV:
	case PL_PVFM:
		pl_walk_code(walk);
		return;
	case PL_PVOBJ:
		walk_object(walk);
		return;
	case PL_PVIO:
		walk_handle(walk);
		return;
	case PL_REGEXP:
		pl_walk_regexp(walk, walk->sv.any);
		return;
	case PL_PVLV:
		walk_lvalue(walk);
		if (pl_is_glob(&walk->sv))
			pl_walk_glob(walk);
		else if (is_regexp_value(&walk->sv))
			pl_walk_regexp(walk, pl_word(walk->pl, walk->sv.any + at->pv_len));
		break;
	case PL_PVGV:
		if (pl_is_glob(&walk->sv))
			pl_walk_glob(walk);
		break;
	default:
		break;
	}
	if (walk->sv.flags & PL_ROK && walk->sv.type != PL_NULL)
		walk_reference(walk);
}

static rg_error *walk_all(struct pl_walk *walk)
{
	const struct pl_members *at = &walk->pl->layout.at;

	/* All bodies from PVMG on begin with the class and the magic. */
	if (walk->sv.type >= PL_PVMG && walk->sv.any) {
		if (walk->sv.flags & PL_OBJECT)
			pl_emit_text(walk, pl_word(walk->pl, walk->sv.any + at->mg_stash),
				     RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE,
				     PL_TEXT_BLESSED);
		pl_walk_magic(walk);
	}
	if (!walk->error)
		walk_body(walk);
	return walk->error;
}

/* ---- the graph ---------------------------------------------------------------------- */

struct pass {
	struct pl *pl;
	rg_builder *builder;
	uint64_t count;
};

static rg_error *add_reference(void *user, const struct pl_edge *edge)
{
	struct pass *pass = user;
	rg_id target = rg_builder_find(pass->builder, edge->target);

	return target == RG_NONE ? NULL
				 : rg_builder_reference(pass->builder, target, edge->kind);
}

static rg_error *walk_one(void *user, rg_id id, uint64_t address)
{
	struct pass *pass = user;
	struct pl_sv sv;

	if (id % PROGRESS == 0)
		RG_TRY(rg_builder_step(pass->builder, "references", id, pass->count));
	if (pl_sv_read(pass->pl, address, &sv))
		RG_TRY(pl_walk(pass->pl, &sv, add_reference, pass));
	else
		pl_undecoded(pass->pl, address);
	RG_TRY(pl_spent(pass->pl));
	return rg_builder_next(pass->builder);
}

/* Notes the argument stacks that lead on from @info by the member at @link. */
static bool note_stacks(struct pl *pl, uint64_t info, uint16_t link)
{
	unsigned int count;

	for (count = 0; info && count < STACKS_LIMIT; count++) {
		uint64_t stack = pl_word(pl, info + pl->layout.at.si_stack);

		if (stack && !rg_map_put(&pl->shared.stacks, stack, 1))
			return false;
		info = pl_word(pl, info + link);
	}
	return true;
}

rg_error *pl_references(void *state, rg_builder *builder)
{
	struct pl *pl = state;
	const struct pl_members *at = &pl->layout.at;
	struct pass pass = { pl, builder, rg_graph_object_count(rg_builder_graph(builder)) };
	size_t i;

	for (i = 0; i < pl->interpreter_count; i++) {
		uint64_t info = pl_field(pl, &pl->interpreters[i], PL_FIELD_curstackinfo);

		if (!note_stacks(pl, info, at->si_prev) || !note_stacks(pl, info, at->si_next))
			return rg_error_no_memory();
	}
	RG_TRY(rg_builder_each(builder, walk_one, &pass));
	RG_TRY(pl_roots(pl, builder));
	return pl->failed ? rg_error_no_memory() : NULL;
}

rg_error *pl_walk(struct pl *pl, const struct pl_sv *sv, pl_edge_fn *each, void *user)
{
	struct pl_walk walk = { .pl = pl, .sv = *sv, .each = each, .user = user, .claims = true };

	return walk_all(&walk);
}

rg_error *pl_walk_again(struct pl *pl, const struct pl_sv *sv, pl_edge_fn *each, void *user)
{
	struct pl_walk walk = { .pl = pl, .sv = *sv, .each = each, .user = user };

	return walk_all(&walk);
}
