/* SPDX-License-Identifier: MIT */
/*
 * The references of one SV in a fixed order.  Which of them are counted is what
 * sv.c, av.c, hv.c, gv.c, pad.c and scope.c of 5.18 to 5.42 do when the holder is
 * freed; the file does not say, and Devel::MAT's own words on it differ here and
 * there (an EGV and the formats of an IO are not counted, a backrefs list twice).
 */
#include "format/pmat.h"

#include <string.h>

#include "base/alloc.h"

struct walk {
	const struct rg_pmat_file *s;
	const struct rg_pmat_record *record;
	rg_pmat_edge_fn *each;
	void *user;
};

static rg_error *emit(const struct walk *w, uint64_t target, uint8_t kind,
		      enum rg_pmat_label what, uint64_t value, const struct rg_pmat_string *text)
{
	struct rg_pmat_edge edge = { .target = target, .kind = kind, .what = what,
				     .value = value };

	if (!target)
		return NULL;
	if (text)
		edge.text = *text;
	return w->each(w->user, &edge);
}

static rg_error *emit_word(const struct walk *w, uint64_t target, uint8_t kind, const char *word)
{
	struct rg_pmat_string text = { word, strlen(word) };

	return emit(w, target, kind, RG_PMAT_WORD, 0, &text);
}

/* Whether there is an SV of @type at @address; sets *ret if so. */
static bool is_a(const struct rg_pmat_file *s, uint64_t address, unsigned int type,
		 struct rg_pmat_record *ret)
{
	return rg_pmat_find(s, address, ret) && ret->type == type;
}

/* A reference scalar that only its container holds is a part of that. */
static uint8_t part_kind(const struct walk *w, uint64_t target)
{
	struct rg_pmat_record part;

	if (rg_pmat_find(w->s, target, &part) && part.type == RG_PMAT_REF && part.refcount == 1)
		return RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING;
	return RG_REFERENCE_STRONG;
}

static rg_error *walk_array(const struct walk *w)
{
	struct rg_pmat_cursor cursor = { w->s, w->record->body, false };
	bool owns = !(rg_pmat_number_of(w->s, w->record, w->s->word, 1) & 1);
	bool is_pad = w->s->pads.all.count > 0;

	if (is_pad) {
		size_t at = rg_pmat_first(&w->s->pads, w->record->address);

		is_pad = at < w->s->pads.all.count &&
			 w->s->pads.all.data[at].address == w->record->address;
	}
	for (uint64_t i = 0; i < w->record->count; i++) {
		uint64_t target = rg_pmat_pointer(&cursor);
		uint8_t kind = !target ? 0 : owns ? part_kind(w, target) : RG_REFERENCE_BORROWED;

		RG_TRY(emit(w, target, kind, is_pad ? RG_PMAT_LEXICAL : RG_PMAT_INDEX, i, NULL));
	}
	return NULL;
}

static rg_error *walk_hash(const struct walk *w)
{
	static const char *const names[] = { "linear @ISA of all", "linear @ISA",
					     "next::method cache", "@ISA cache" };
	struct rg_pmat_cursor cursor = { w->s, w->record->body, false };
	uint64_t backrefs = rg_pmat_pointer_of(w->s, w->record, 0);
	bool is_stash = w->record->type != RG_PMAT_HASH;
	struct rg_pmat_record other;

	/* Of several referrers an array that has two counts, both this hash's; else the one. */
	if (is_a(w->s, backrefs, RG_PMAT_ARRAY, &other)) {
		RG_TRY(emit_word(w, backrefs, RG_REFERENCE_STRONG, "backreferences"));
		RG_TRY(emit_word(w, backrefs, RG_REFERENCE_STRONG, "backreferences"));
	} else {
		RG_TRY(emit_word(w, backrefs, RG_REFERENCE_BORROWED, "backreferences"));
	}
	for (uint64_t i = 0; i < w->record->count; i++) {
		struct rg_pmat_string key = rg_pmat_string(&cursor);
		uint64_t target;
		bool is_glob;

		if (w->s->minor >= 6)
			rg_pmat_pointer(&cursor);
		target = rg_pmat_pointer(&cursor);
		is_glob = target && is_stash && is_a(w->s, target, RG_PMAT_GLOB, &other);
		RG_TRY(emit(w, target,
			    is_glob  ? RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING
			    : target ? part_kind(w, target)
				     : 0,
			    is_glob ? RG_PMAT_SYMBOL : RG_PMAT_KEY, i, &key));
	}
	/* What a stash's method resolution keeps; of both lists the second is in the first. */
	for (unsigned int i = 0; is_stash && i < 4; i++)
		RG_TRY(emit_word(w, rg_pmat_pointer_of(w->s, w->record, 1 + i),
				 i == 1 && rg_pmat_pointer_of(w->s, w->record, 1) ?
					 RG_REFERENCE_BORROWED :
					 RG_REFERENCE_STRONG,
				 names[i]));
	if (w->record->type == RG_PMAT_CLASS)
		RG_TRY(emit_word(w, rg_pmat_pointer_of(w->s, w->record, 5), RG_REFERENCE_STRONG,
				 "ADJUST blocks"));
	return NULL;
}

/* The fields of an object have their names in its class. */
static rg_error *walk_object(const struct walk *w)
{
	struct rg_pmat_cursor cursor = { w->s, w->record->body, false };
	struct rg_pmat_cursor fields = { w->s, 0, true };
	struct rg_pmat_record class;

	if (is_a(w->s, w->record->blessed, RG_PMAT_CLASS, &class)) {
		fields = (struct rg_pmat_cursor){ w->s, class.body, false };
		for (uint64_t i = 0; i < class.count && !fields.failed; i++) {
			rg_pmat_string(&fields);
			rg_pmat_skip(&fields, w->s->minor >= 6 ? 2 : 1, w->s->pointer);
		}
	}
	/* They come in the order of their numbers, those of a base class before its own. */
	for (uint64_t i = 0; i < w->record->count; i++) {
		struct rg_pmat_cursor next = fields;
		struct rg_pmat_string name = { NULL, 0 };
		uint64_t target = rg_pmat_pointer(&cursor);

		if (rg_pmat_u8(&next) == 1 && rg_pmat_word(&next) == i) {
			name = rg_pmat_string(&next);
			if (!next.failed)
				fields = next;
		}
		RG_TRY(emit(w, target, target ? part_kind(w, target) : 0,
			    name.text ? RG_PMAT_WORD : RG_PMAT_INDEX, i, &name));
	}
	return NULL;
}

/* What a glob's slots are called, in the order of its pointers from the second on. */
static const char slot_names[] = "$@%&*IF";

/*
 * Globs that were assigned to each other share one body, which owns the slots
 * once; it is told by the name under which it was made, the EGV.
 */
static bool shares_body(const struct walk *w)
{
	struct rg_pmat_record first;
	uint64_t egv = rg_pmat_pointer_of(w->s, w->record, 5);

	if (!egv || egv == w->record->address || !is_a(w->s, egv, RG_PMAT_GLOB, &first))
		return false;
	for (unsigned int i = 1; i < 8; i++)
		if (rg_pmat_pointer_of(w->s, w->record, i) != rg_pmat_pointer_of(w->s, &first, i))
			return false;
	return true;
}

static rg_error *walk_glob(const struct walk *w)
{
	uint8_t owned = shares_body(w) ? RG_REFERENCE_BORROWED : RG_REFERENCE_STRONG;

	for (unsigned int i = 0; i < 7; i++) {
		uint64_t target = rg_pmat_pointer_of(w->s, w->record, i + 1);
		uint8_t kind = slot_names[i] == '*' ? RG_REFERENCE_BORROWED : owned;

		RG_TRY(emit(w, target, kind, RG_PMAT_SLOT, (uint64_t)slot_names[i], NULL));
	}
	return NULL;
}

/* The constants and globs of an op tree; it is shared by a closure and what that was made from. */
static bool owns_tree(const struct walk *w)
{
	uint64_t tree = rg_pmat_number_of(w->s, w->record, w->s->word + 1, w->s->pointer);
	size_t at = rg_pmat_first(&w->s->codes, tree);
	struct rg_pmat_record first;

	if (!tree || at >= w->s->codes.all.count || w->s->codes.all.data[at].address != tree)
		return true;
	return rg_pmat_head(w->s, w->s->codes.all.data[at].offset & ~RG_PMAT_LATER, &first) &&
	       first.address == w->record->address;
}

static rg_error *walk_code_parts(const struct walk *w, uint8_t flags)
{
	struct rg_pmat_cursor cursor = { w->s, w->record->body, false };
	uint8_t owned = owns_tree(w) ? RG_REFERENCE_STRONG : RG_REFERENCE_BORROWED;
	struct rg_pmat_code_part part;

	while (rg_pmat_next_part(&cursor, &part)) {
		if (part.kind == RG_PMAT_CONSTANT)
			RG_TRY(emit_word(w, part.pointer, owned, "constant"));
		else if (part.kind == RG_PMAT_CODE_GLOB)
			RG_TRY(emit_word(w, part.pointer, owned, "global"));
		else if (part.kind == RG_PMAT_PADNAMES)
			RG_TRY(emit_word(w, part.pointer, RG_REFERENCE_STRONG,
					 "names of its lexicals"));
		else if (part.kind == RG_PMAT_PAD)
			RG_TRY(emit(w, part.pointer, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING,
				    RG_PMAT_NOTHING, part.index, NULL));
		/* A closure has the names of what it was made from. */
		else if (part.kind == RG_PMAT_PADNAME && !(flags & RG_PMAT_CODE_CLONED))
			RG_TRY(emit_word(w, part.pointer, RG_REFERENCE_INFERRED, "our"));
	}
	return NULL;
}

static rg_error *walk_code(const struct walk *w)
{
	uint8_t flags = (uint8_t)rg_pmat_number_of(w->s, w->record, w->s->word, 1);

	RG_TRY(emit_word(w, rg_pmat_pointer_of(w->s, w->record, 2),
			 flags & RG_PMAT_CODE_WEAKOUTSIDE ? RG_REFERENCE_BORROWED :
							    RG_REFERENCE_STRONG,
			 "enclosing scope"));
	RG_TRY(emit_word(w, rg_pmat_pointer_of(w->s, w->record, 0), RG_REFERENCE_BORROWED,
			 "package"));
	RG_TRY(emit_word(w, rg_pmat_pointer_of(w->s, w->record, 1),
			 flags & RG_PMAT_CODE_OWNS_GLOB ? RG_REFERENCE_STRONG :
							  RG_REFERENCE_BORROWED,
			 "glob"));
	RG_TRY(emit_word(w, rg_pmat_pointer_of(w->s, w->record, 4), RG_REFERENCE_STRONG,
			 "constant value"));
	RG_TRY(emit_word(w, rg_pmat_pointer_of(w->s, w->record, 3), RG_REFERENCE_STRONG,
			 "pads"));
	return walk_code_parts(w, flags);
}

static rg_error *walk_struct(const struct walk *w)
{
	struct rg_pmat_fields fields;
	struct rg_pmat_string name;
	uint64_t pointer;

	rg_pmat_fields(w->s, w->record->blessed, w->record->body, &fields);
	while (rg_pmat_next_field(&fields, &name, &pointer))
		RG_TRY(emit(w, pointer, RG_REFERENCE_INFERRED, RG_PMAT_WORD, 0, &name));
	return NULL;
}

/* Magic: its object, and a key that is an SV. */
static rg_error *walk_magic(const struct walk *w, struct rg_pmat_cursor *cursor)
{
	const struct rg_pmat_sizes *sizes = &w->s->extensions[RG_PMAT_MAGIC];
	uint64_t start = cursor->at, object;
	uint8_t spell = rg_pmat_u8(cursor), flags = rg_pmat_u8(cursor);
	uint8_t kind = flags & 1 ? RG_REFERENCE_STRONG : RG_REFERENCE_BORROWED;

	cursor->at = start;
	rg_pmat_skip(cursor, 1, sizes->bytes);
	object = rg_pmat_pointer(cursor);
	RG_TRY(emit(w, object, kind, RG_PMAT_SPELL, spell, NULL));
	if (spell == '<' && flags & 1)
		RG_TRY(emit(w, object, kind, RG_PMAT_SPELL, spell, NULL));
	return emit(w, rg_pmat_pointer(cursor), RG_REFERENCE_STRONG, RG_PMAT_SPELL, spell, NULL);
}

static rg_error *walk_extensions(const struct walk *w)
{
	const struct rg_pmat_entries *extended = &w->s->extended;

	for (size_t i = rg_pmat_first(extended, w->record->address);
	     i < extended->all.count && extended->all.data[i].address == w->record->address; i++) {
		struct rg_pmat_cursor cursor = { w->s, extended->all.data[i].offset, false };
		unsigned int type = rg_pmat_u8(&cursor);
		const struct rg_pmat_sizes *sizes = &w->s->extensions[type];
		struct rg_pmat_string name;
		uint64_t target;

		rg_pmat_pointer(&cursor);
		if (type == RG_PMAT_MAGIC) {
			RG_TRY(walk_magic(w, &cursor));
		} else if (type == RG_PMAT_NOTE) {
			rg_pmat_skip(&cursor, 1, sizes->bytes);
			target = rg_pmat_pointer(&cursor);
			name = rg_pmat_string(&cursor);
			RG_TRY(emit(w, target, RG_REFERENCE_INFERRED, RG_PMAT_WORD, 0, &name));
		}
	}
	return NULL;
}

rg_error *rg_pmat_walk(const struct rg_pmat_file *s, const struct rg_pmat_record *record,
		       rg_pmat_edge_fn *each, void *user)
{
	struct walk w = { s, record, each, user };

	switch (record->type) {
	case RG_PMAT_GLOB:
		RG_TRY(walk_glob(&w));
		break;
	case RG_PMAT_SCALAR:
		RG_TRY(emit_word(&w, rg_pmat_pointer_of(s, record, 0), RG_REFERENCE_STRONG,
				 "our"));
		break;
	case RG_PMAT_REF:
		RG_TRY(emit_word(&w, rg_pmat_pointer_of(s, record, 0),
				 rg_pmat_number_of(s, record, 0, 1) & 1 ? RG_REFERENCE_WEAK :
									  RG_REFERENCE_STRONG,
				 "->"));
		RG_TRY(emit_word(&w, rg_pmat_pointer_of(s, record, 1), RG_REFERENCE_STRONG,
				 "our"));
		break;
	case RG_PMAT_ARRAY:
		RG_TRY(walk_array(&w));
		break;
	case RG_PMAT_HASH:
	case RG_PMAT_STASH:
	case RG_PMAT_CLASS:
		RG_TRY(walk_hash(&w));
		break;
	case RG_PMAT_CODE:
		RG_TRY(walk_code(&w));
		break;
	case RG_PMAT_IO:
		RG_TRY(emit_word(&w, rg_pmat_pointer_of(s, record, 0), RG_REFERENCE_BORROWED,
				 "top format"));
		RG_TRY(emit_word(&w, rg_pmat_pointer_of(s, record, 1), RG_REFERENCE_BORROWED,
				 "format"));
		RG_TRY(emit_word(&w, rg_pmat_pointer_of(s, record, 2), RG_REFERENCE_BORROWED,
				 "bottom format"));
		break;
	case RG_PMAT_LVALUE:
		RG_TRY(emit_word(&w, rg_pmat_pointer_of(s, record, 0),
				 rg_pmat_number_of(s, record, 0, 1) == 't' ?
					 RG_REFERENCE_BORROWED :
					 RG_REFERENCE_STRONG,
				 "target"));
		break;
	case RG_PMAT_OBJECT:
		RG_TRY(walk_object(&w));
		break;
	case RG_PMAT_STRUCT:
		RG_TRY(walk_struct(&w));
		break;
	}
	if (record->type != RG_PMAT_STRUCT)
		RG_TRY(emit_word(&w, record->blessed,
				 RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE, "blessed into"));
	return walk_extensions(&w);
}

struct rg_pmat_padname *rg_pmat_padnames(const struct rg_pmat_file *s,
					 const struct rg_pmat_record *record)
{
	size_t at = rg_pmat_first(&s->pads, record->address);
	struct rg_pmat_padname *names;
	struct rg_pmat_cursor cursor = { s, 0, false };
	struct rg_pmat_code_part part;
	struct rg_pmat_record code;

	if (at >= s->pads.all.count || s->pads.all.data[at].address != record->address ||
	    !rg_pmat_head(s, s->pads.all.data[at].offset, &code))
		return NULL;
	names = rg_calloc((size_t)record->count, sizeof(*names));
	cursor.at = code.body;
	while (names && rg_pmat_next_part(&cursor, &part)) {
		if (part.index < record->count && part.kind == RG_PMAT_PADNAME)
			names[part.index].at = part.at;
		else if (part.index < record->count && part.kind == RG_PMAT_PADNAME_FLAGS)
			names[part.index].flags = part.flags;
	}
	return names;
}
