/* SPDX-License-Identifier: MIT */
/* From the SVs of a .pmat file to a graph: types, objects, references, roots, call frames. */
#include "format/pmat.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"

/* What the types of a file are called where they are not blessed. */
static const char *const type_names[] = {
	[RG_PMAT_GLOB] = "GLOB",	 [RG_PMAT_SCALAR] = "SCALAR",
	[RG_PMAT_REF] = "REF",		 [RG_PMAT_ARRAY] = "ARRAY",
	[RG_PMAT_HASH] = "HASH",	 [RG_PMAT_STASH] = "STASH",
	[RG_PMAT_CODE] = "CODE",	 [RG_PMAT_IO] = "IO",
	[RG_PMAT_LVALUE] = "LVALUE",	 [RG_PMAT_REGEXP] = "REGEXP",
	[RG_PMAT_FORMAT] = "FORMAT",	 [RG_PMAT_INVLIST] = "INVLIST",
	[RG_PMAT_UNDEF] = "UNDEF",	 [RG_PMAT_YES] = "BOOL",
	[RG_PMAT_NO] = "BOOL",		 [RG_PMAT_OBJECT] = "OBJECT",
	[RG_PMAT_CLASS] = "CLASS",	 [RG_PMAT_STRUCT] = "C_STRUCT",
};

#define PAD_KEY 0x101u /* a pad is written as an array: a type of its own among the keys */

static bool is_pad(const struct rg_pmat_file *s, uint64_t address)
{
	size_t at = rg_pmat_first(&s->pads, address);

	return at < s->pads.all.count && s->pads.all.data[at].address == address;
}

/* The name of a blessed SV's package, of a struct's type; "" where it is neither. */
static void put_class(const struct rg_pmat_file *s, const struct rg_pmat_record *record,
		      struct rg_buffer *ret)
{
	struct rg_pmat_record class;

	if (record->type == RG_PMAT_STRUCT) {
		const uint32_t *found = rg_map_find(&s->struct_index, record->blessed + 1);
		struct rg_pmat_cursor cursor = { s, 0, !found };
		struct rg_pmat_string name;

		if (found)
			cursor.at = s->structs.all.data[*found].offset;
		rg_pmat_skip(&cursor, 1, 1 + 2 * (uint64_t)s->word);
		name = rg_pmat_string(&cursor);
		rg_pmat_put_string(ret, &name);
	} else if (record->blessed) {
		if (rg_pmat_find(s, record->blessed, &class) && class.strings[0].text)
			rg_pmat_put_string(ret, &class.strings[0]);
		else
			rg_buffer_puts(ret, "__ANON__");
	}
}

static rg_error *add_type(struct rg_pmat_file *s, const struct rg_pmat_record *record,
			  unsigned int key, rg_type_id *ret)
{
	const char *base = key == PAD_KEY	 ? "PAD"
			   : key < RG_PMAT_MAGIC ? type_names[key]
						 : "UNKNOWN";
	struct rg_buffer class = RG_BUFFER_INIT, name = RG_BUFFER_INIT;
	const char *last;
	rg_error *error;

	put_class(s, record, &class);
	rg_buffer_printf(&name, class.length ? "%s(%s)" : "%s", base, rg_buffer_string(&class));
	last = strrchr(rg_buffer_string(&class), ':');
	if (rg_buffer_failed(&class) || rg_buffer_failed(&name)) {
		error = rg_error_no_memory();
	} else {
		struct rg_type_init init = {
			.name = rg_buffer_string(&name),
			.short_name = last	     ? last + 1
				      : class.length ? rg_buffer_string(&class)
						     : base,
			.module = rg_buffer_string(&class),
			.address = record->type == RG_PMAT_STRUCT ? 0 : record->blessed,
			.origin = class.length ? RG_ORIGIN_UNKNOWN : RG_ORIGIN_RUNTIME,
			.role = key == RG_PMAT_ARRAY || key == RG_PMAT_HASH
					? RG_ROLE_COLLECTION
					: key == RG_PMAT_IO ? RG_ROLE_FILE : RG_ROLE_NONE,
		};

		error = rg_builder_add_type(s->builder, &init, ret);
	}
	rg_buffer_free(&class);
	rg_buffer_free(&name);
	return error;
}

/* The type of @record: found, or added. */
static rg_error *type_of(struct rg_pmat_file *s, const struct rg_pmat_record *record,
			 rg_type_id *ret)
{
	unsigned int key = record->type;
	uint64_t at;
	const uint32_t *found;

	if (key == RG_PMAT_SCALAR && !(rg_pmat_number_of(s, record, 0, 1) & 0x0d))
		key = RG_PMAT_UNDEF;
	if (key == RG_PMAT_NO)
		key = RG_PMAT_YES;
	if (key == RG_PMAT_ARRAY && is_pad(s, record->address))
		key = PAD_KEY;
	if (key < RG_PMAT_MAGIC && (key > RG_PMAT_CLASS ? key != RG_PMAT_STRUCT : !type_names[key]))
		key = RG_PMAT_UNKNOWN;
	/* A stash is a multiple of 8 bytes; what is none is a number, or damaged. */
	at = record->blessed * 512 + key;
	found = record->blessed < UINT64_MAX / 512 ? rg_map_find(&s->types, at) : NULL;
	if (found) {
		*ret = *found;
		return NULL;
	}
	RG_TRY(add_type(s, record, key, ret));
	if (record->blessed < UINT64_MAX / 512 && !rg_map_put(&s->types, at, *ret))
		return rg_error_no_memory();
	return NULL;
}

/* Whether the class at @stash has a method DESTROY of its own. */
static bool has_destructor(struct rg_pmat_file *s, uint64_t stash)
{
	struct rg_pmat_record class, glob;
	struct rg_pmat_cursor cursor = { s, 0, false };

	if (!rg_pmat_find(s, stash, &class) ||
	    (class.type != RG_PMAT_STASH && class.type != RG_PMAT_CLASS))
		return false;
	cursor.at = class.body;
	for (uint64_t i = 0; i < class.count; i++) {
		struct rg_pmat_string key = rg_pmat_string(&cursor);
		uint64_t value;

		if (s->minor >= 6)
			rg_pmat_pointer(&cursor);
		value = rg_pmat_pointer(&cursor);
		if (key.length == 7 && !memcmp(key.text, "DESTROY", 7))
			return rg_pmat_find(s, value, &glob) &&
			       (glob.type != RG_PMAT_GLOB || rg_pmat_pointer_of(s, &glob, 4));
	}
	return false;
}

/* The same, asked for once a class. */
static rg_error *finalizer(struct rg_pmat_file *s, struct rg_map *known, uint64_t stash,
			   uint32_t *flags)
{
	const uint32_t *found = rg_map_find(known, stash);
	bool has;

	if (!stash)
		return NULL;
	has = found ? *found : has_destructor(s, stash);
	if (!found && !rg_map_put(known, stash, has))
		return rg_error_no_memory();
	if (has)
		*flags |= RG_OBJECT_FINALIZER;
	return NULL;
}

static rg_error *set_object(struct rg_pmat_file *s, struct rg_map *destructors, rg_id id)
{
	struct rg_object object = { .refcount = -1 };
	struct rg_pmat_record record = { .type = RG_PMAT_UNDEF };
	uint64_t offset = s->svs_at.all.data[id].offset;

	if (!offset) {
		/* An immortal: of the three only undef has no value. */
		record.type = s->svs_at.all.data[id].address == s->immortals[0] ? RG_PMAT_UNDEF :
										    RG_PMAT_YES;
		object.flags = RG_OBJECT_IMMORTAL;
	} else if (!rg_pmat_head(s, offset, &record)) {
		object.flags = RG_OBJECT_UNREADABLE;
	} else {
		object.size = record.size;
		/* What is no SV has a count of -1. */
		if (record.type != RG_PMAT_STRUCT)
			object.refcount = record.refcount;
		if (record.type == RG_PMAT_STASH || record.type == RG_PMAT_CLASS)
			object.flags |= RG_OBJECT_MODULE;
		if (record.type != RG_PMAT_STRUCT)
			RG_TRY(finalizer(s, destructors, record.blessed, &object.flags));
	}
	RG_TRY(type_of(s, &record, &object.type));
	return rg_builder_set(s->builder, id, &object);
}

rg_error *rg_pmat_objects(void *user, rg_builder *builder)
{
	struct rg_pmat_file *s = user;
	struct rg_map destructors = { 0 };
	rg_error *error = NULL;
	uint64_t bits = 0;
	rg_id count;

	s->builder = builder;
	for (size_t i = 0; i < s->svs_at.all.count; i++)
		bits |= s->svs_at.all.data[i].address;
	rg_builder_granule(builder, bits & 1 ? 0 : bits & 2 ? 1 : bits & 4 ? 2 : 3);
	for (size_t i = 0; i < s->svs_at.all.count; i++)
		if (rg_builder_mark(builder, s->svs_at.all.data[i].address) < 0)
			return rg_error_no_memory();
	RG_TRY(rg_builder_index(builder, &count));
	for (rg_id id = 0; id < count && !error; id++) {
		error = set_object(s, &destructors, id);
		if (!error && !(id & 0xffff))
			error = rg_builder_step(builder, "reading objects", id, count);
	}
	rg_map_free(&destructors);
	return error;
}

static rg_error *add_edge(void *user, const struct rg_pmat_edge *edge)
{
	struct rg_pmat_file *s = user;
	rg_id target = rg_builder_find(s->builder, edge->target);

	/* A pointer to what is in no arena, as a placeholder in a hash is. */
	return target == RG_NONE ? NULL : rg_builder_reference(s->builder, target, edge->kind);
}

/* ---- roots ------------------------------------------------------------------ */

static rg_error *put_root(struct rg_pmat_file *s, uint64_t address, enum rg_root_kind kind,
			  uint32_t count, uint32_t frame, const char *name)
{
	bool of_frame = kind == RG_ROOT_LOCAL;
	struct rg_root_init root = {
		.address = address,
		.kind = kind,
		.count = count,
		.thread = of_frame || kind == RG_ROOT_THREAD ? 0 : RG_NONE,
		.frame = of_frame ? frame : RG_NONE,
		.name = name,
	};

	return address ? rg_builder_root(s->builder, &root) : NULL;
}

static bool is(const struct rg_pmat_string *string, const char *word)
{
	return string->length == strlen(word) && !memcmp(string->text, word, string->length);
}

/*
 * The fields of interpreter state.  Some only point at what its stash owns; that
 * is what perl_destruct() does not free.
 */
static rg_error *put_field(struct rg_pmat_file *s, const struct rg_pmat_string *name,
			   uint64_t address)
{
	static const char *const borrowed[] = {
		"envgv", "tmpsv", "argvgv", "firstgv", "secondgv", "hintgv", "defoutgv_egv",
		"curstash", "mainstack_sv",
	};
	static const char *const words[][2] = {
		{ "tmpsv", "PL_Sv" },
		{ "modglobalhv", "PL_modglobal" },
		{ "fdpidav", "PL_fdpid" },
	};
	struct rg_buffer text = RG_BUFFER_INIT;
	enum rg_root_kind kind = is(name, "main_cv") ? RG_ROOT_MODULE : RG_ROOT_INTERPRETER;
	uint32_t count = 1;
	rg_error *error;

	for (size_t i = 0; i < sizeof(borrowed) / sizeof(borrowed[0]); i++)
		if (is(name, borrowed[i]))
			count = 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is(name, words[i][0]))
			rg_buffer_puts(&text, words[i][1]);
	if (!text.length) {
		rg_buffer_puts(&text, "PL_");
		rg_pmat_put_string(&text, name);
	}
	error = rg_buffer_failed(&text)
			? rg_error_no_memory()
			: put_root(s, address, kind, count, 0, rg_buffer_string(&text));
	rg_buffer_free(&text);
	return error;
}

static rg_error *put_fields(struct rg_pmat_file *s)
{
	struct rg_pmat_cursor cursor = { s, s->roots, false };

	for (uint64_t i = 0; i < s->root_count; i++) {
		struct rg_pmat_string name = rg_pmat_string(&cursor);
		uint64_t address = rg_pmat_pointer(&cursor);

		if (name.text && is(&name, "main_cv"))
			s->main_code = address;
		if (name.text)
			RG_TRY(put_field(s, &name, address));
	}
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = { "PL_sv_undef", "PL_sv_yes", "PL_sv_no" };

		RG_TRY(put_root(s, s->immortals[i], RG_ROOT_STATIC, 0, 0, names[i]));
	}
	return NULL;
}

/* Whether @name can stand in a program as it is: "$Foo::Bar::x". */
static bool is_symbol(const char *name)
{
	if (name[1] >= '0' && name[1] <= '9')
		return false;
	for (const char *c = name + 1; *c; c++) {
		bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			      (*c >= '0' && *c <= '9') || *c == '_';

		if (!letter && !(*c == ':' && (c[1] == ':' || c[-1] == ':')))
			return false;
	}
	return name[1] != '\0';
}

/*
 * A variable, and if it is a reference what that is to: $main::cache->{users} begins
 * there.  As code a scalar is itself, all else a reference to it.
 */
static rg_error *put_variable(struct rg_pmat_file *s, uint64_t address, const char *name)
{
	struct rg_root_init root = { .address = address, .kind = RG_ROOT_MODULE,
				     .thread = RG_NONE, .frame = RG_NONE, .name = name };
	struct rg_buffer code = RG_BUFFER_INIT;
	struct rg_pmat_record value;
	rg_error *error;

	if (is_symbol(name)) {
		rg_buffer_puts(&code, *name == '$' ? "" : "\\");
		rg_buffer_puts(&code, name);
		root.code = rg_buffer_string(&code);
	}
	error = rg_buffer_failed(&code) ? rg_error_no_memory() :
					  rg_builder_root(s->builder, &root);
	if (!error && *name == '$' && rg_pmat_find(s, address, &value) &&
	    value.type == RG_PMAT_REF && !(rg_pmat_number_of(s, &value, 0, 1) & 1)) {
		root.address = rg_pmat_pointer_of(s, &value, 0);
		/* A scalar behind it is not what the variable's value is. */
		if (rg_pmat_find(s, root.address, &value) && !rg_pmat_is_scalar(&value))
			error = rg_builder_root(s->builder, &root);
	}
	rg_buffer_free(&code);
	return error;
}

/* Each variable of a package by its full name: what of a glob's body is there. */
static rg_error *put_variables(struct rg_pmat_file *s, const struct rg_pmat_record *glob)
{
	static const char sigils[] = "$@%&";
	struct rg_buffer name = RG_BUFFER_INIT;
	rg_error *error = NULL;

	for (unsigned int i = 0; i < 4 && !error; i++) {
		uint64_t address = rg_pmat_pointer_of(s, glob, i + 1);

		if (!address)
			continue;
		rg_buffer_clear(&name);
		rg_buffer_putc(&name, sigils[i]);
		rg_pmat_put_symbol(s, glob, &name);
		error = rg_buffer_failed(&name)
				? rg_error_no_memory()
				: put_variable(s, address, rg_buffer_string(&name));
	}
	rg_buffer_free(&name);
	return error;
}

static rg_error *put_list(struct rg_pmat_file *s, uint64_t at, uint64_t count, uint32_t counted,
			  const char *name)
{
	struct rg_pmat_cursor cursor = { s, at, false };
	char text[64];

	for (uint64_t i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "%s %llu", name, (unsigned long long)i);
		RG_TRY(put_root(s, rg_pmat_pointer(&cursor), RG_ROOT_THREAD, counted, 0, text));
	}
	return NULL;
}

/*
 * Values that local has put aside: the save stack owns them, twice unless they still
 * stand where they stood, and what they are to go back into.
 */
static rg_error *put_saved(struct rg_pmat_file *s, const struct rg_pmat_entry *entry)
{
	static const char *const names[] = {
		"scalar put aside by local", "array put aside by local", "hash put aside by local",
		"element put aside by local", "element put aside by local",
		"slot of a glob put aside by local",
	};
	struct rg_pmat_cursor cursor = { s, entry->offset, false };
	unsigned int type = rg_pmat_u8(&cursor);
	struct rg_root_init root = { .kind = RG_ROOT_THREAD, .count = 1, .thread = 0,
				     .frame = RG_NONE };

	if (type < RG_PMAT_SAVED_SV || type > RG_PMAT_SAVED_CV)
		return NULL;
	root.name = names[type - RG_PMAT_SAVED_SV];
	root.address = rg_pmat_pointer(&cursor);
	if (type != RG_PMAT_SAVED_CV && root.address)
		RG_TRY(rg_builder_root(s->builder, &root));
	rg_pmat_skip(&cursor, 1, s->extensions[type].bytes);
	for (unsigned int i = s->extensions[type].pointers; i; i--) {
		root.address = rg_pmat_pointer(&cursor);
		if (!root.address)
			continue;
		RG_TRY(rg_builder_root(s->builder, &root));
		root.tentative = true;
		if (i == 1 && type != RG_PMAT_SAVED_AV && type != RG_PMAT_SAVED_HV)
			RG_TRY(rg_builder_root(s->builder, &root));
		root.tentative = false;
	}
	return NULL;
}

/* ---- call frames ------------------------------------------------------------ */

struct frames {
	RG_VECTOR(struct rg_frame) all;
};

static void free_frames(struct frames *frames)
{
	for (size_t i = 0; i < frames->all.count; i++) {
		rg_free((char *)(uintptr_t)frames->all.data[i].function);
		rg_free((char *)(uintptr_t)frames->all.data[i].file);
	}
	rg_vector_free(&frames->all);
}

static rg_error *add_frame(struct frames *frames, const char *function)
{
	struct rg_frame frame = { .object = RG_NONE };

	frame.function = rg_strdup(function);
	frame.file = rg_strdup("");
	if (frame.function && frame.file && rg_vector_push(&frames->all, frame))
		return NULL;
	rg_free((char *)(uintptr_t)frame.function);
	rg_free((char *)(uintptr_t)frame.file);
	return rg_error_no_memory();
}

/* A frame says from where it was called: that is where the next outer one is. */
static rg_error *set_place(struct frames *frames, size_t index, const char *file, uint64_t line)
{
	char *copy;

	if (index >= frames->all.count)
		return NULL;
	copy = rg_strdup(file);
	if (!copy)
		return rg_error_no_memory();
	rg_free((char *)(uintptr_t)frames->all.data[index].file);
	frames->all.data[index].file = copy;
	frames->all.data[index].line = line > UINT32_MAX ? 0 : (uint32_t)line;
	return NULL;
}

/* The lexicals of @code at @depth, which its pad owns, and what runs them. */
static rg_error *put_lexicals(struct rg_pmat_file *s, const struct rg_pmat_record *code,
			      uint64_t depth, uint32_t frame, const char *function)
{
	struct rg_pmat_cursor cursor = { s, code->body, false };
	struct rg_buffer text = RG_BUFFER_INIT;
	struct rg_pmat_padname *names;
	struct rg_pmat_code_part part;
	struct rg_pmat_record pad;
	rg_error *error = NULL;
	bool found = false;

	while (!found && rg_pmat_next_part(&cursor, &part))
		found = part.kind == RG_PMAT_PAD && part.index == depth &&
			rg_pmat_find(s, part.pointer, &pad) && pad.type == RG_PMAT_ARRAY;
	names = found ? rg_pmat_padnames(s, &pad) : NULL;
	if (!names)
		return NULL;
	cursor = (struct rg_pmat_cursor){ s, pad.body, false };
	for (uint64_t i = 0; i < pad.count && !error; i++) {
		struct rg_pmat_cursor at = { s, names[i].at, false };
		uint64_t value = rg_pmat_pointer(&cursor);
		struct rg_pmat_string name;

		if (!names[i].at || names[i].flags & RG_PMAT_PADNAME_OUR)
			continue;
		name = rg_pmat_string(&at);
		rg_buffer_clear(&text);
		rg_buffer_printf(&text, "frame %s, %s ", function,
				 names[i].flags & RG_PMAT_PADNAME_OUTER	  ? "captured"
				 : names[i].flags & RG_PMAT_PADNAME_STATE ? "state"
									  : "my");
		rg_pmat_put_string(&text, &name);
		error = rg_buffer_failed(&text) ? rg_error_no_memory() :
						  put_root(s, value, RG_ROOT_LOCAL, 0, frame,
							   rg_buffer_string(&text));
	}
	rg_buffer_free(&text);
	rg_free(names);
	return error;
}

/* A sub that runs, once for each frame of it. */
static rg_error *put_running(struct rg_pmat_file *s, struct frames *frames,
			     const struct rg_pmat_record *code, uint64_t depth)
{
	uint32_t frame = (uint32_t)frames->all.count - 1;

	RG_TRY(put_root(s, code->address, RG_ROOT_THREAD, 1, 0, "running sub"));
	return put_lexicals(s, code, depth, frame, frames->all.data[frame].function);
}

static rg_error *read_frame(struct rg_pmat_file *s, struct rg_pmat_cursor *cursor,
			    unsigned int type, struct frames *frames)
{
	const struct rg_pmat_sizes *parts[2] = { &s->contexts[0], &s->contexts[type] };
	struct rg_buffer name = RG_BUFFER_INIT, file = RG_BUFFER_INIT;
	struct rg_pmat_string string = { NULL, 0 };
	struct rg_pmat_cursor own = *cursor;
	struct rg_pmat_record record;
	uint64_t line, code = 0, depth = 0;
	bool has_sub;
	rg_error *error;

	rg_pmat_u8(&own);
	line = parts[0]->bytes >= 1 + s->word ? rg_pmat_word(&own) : 0;
	for (size_t i = 0; i < 2; i++) {
		own = *cursor;
		if (i && parts[i]->bytes >= 4)
			depth = (uint64_t)rg_pmat_u32(&own) + 1;
		rg_pmat_skip(cursor, 1, parts[i]->bytes);
		own = *cursor;
		rg_pmat_skip(cursor, parts[i]->pointers, s->pointer);
		if (i && type == 1 && parts[i]->pointers)
			code = rg_pmat_pointer(&own);
		for (unsigned int k = 0; k < parts[i]->strings; k++) {
			struct rg_pmat_string next = rg_pmat_string(cursor);

			if (!i && !k)
				string = next;
		}
	}
	has_sub = type == 1 && rg_pmat_find(s, code, &record) && record.type == RG_PMAT_CODE;
	if (has_sub)
		rg_pmat_put_code(s, &record, &name);
	else
		rg_buffer_puts(&name, type == 1 ? "?" : "(eval)");
	rg_pmat_put_string(&file, &string);
	error = rg_buffer_failed(&name) || rg_buffer_failed(&file)
			? rg_error_no_memory()
			: add_frame(frames, rg_buffer_string(&name));
	/* Its caller's place goes to the frame that comes next; kept here until there is one. */
	if (!error)
		error = set_place(frames, frames->all.count - 1, rg_buffer_string(&file), line);
	if (!error && has_sub)
		error = put_running(s, frames, &record, depth);
	rg_buffer_free(&name);
	rg_buffer_free(&file);
	return error;
}

/* Moves each place from the frame that was called there to the one that called. */
static void move_places(struct frames *frames)
{
	const char *none = frames->all.data[frames->all.count - 1].file;

	for (size_t i = frames->all.count; i-- > 1;) {
		frames->all.data[i].file = frames->all.data[i - 1].file;
		frames->all.data[i].line = frames->all.data[i - 1].line;
	}
	frames->all.data[0].file = none;
	frames->all.data[0].line = 0;
}

static rg_error *put_frames(struct rg_pmat_file *s)
{
	struct rg_thread thread = { .name = "main", .flags = RG_THREAD_CURRENT, .state = "",
				    .system_call = "", .object = RG_NONE, .exception = RG_NONE };
	struct rg_pmat_cursor cursor = { s, s->contexts_at, false };
	struct frames frames = { 0 };
	struct rg_pmat_record code;
	rg_error *error = NULL;

	for (uint64_t i = 0; i < s->frames && !error; i++)
		error = read_frame(s, &cursor, rg_pmat_u8(&cursor), &frames);
	if (!error)
		error = add_frame(&frames, "main program");
	if (!error && rg_pmat_find(s, s->main_code, &code) && code.type == RG_PMAT_CODE)
		error = put_lexicals(s, &code, 1, (uint32_t)frames.all.count - 1, "main program");
	if (!error) {
		move_places(&frames);
		thread.frames = frames.all.data;
		thread.frame_count = frames.all.count;
		error = rg_builder_thread(s->builder, &thread);
	}
	free_frames(&frames);
	return error;
}

rg_error *rg_pmat_references(void *user, rg_builder *builder)
{
	struct rg_pmat_file *s = user;
	size_t count = s->svs_at.all.count;
	struct rg_pmat_record record;

	for (size_t i = 0; i < count; i++) {
		uint64_t offset = s->svs_at.all.data[i].offset;

		if (offset && rg_pmat_head(s, offset, &record))
			RG_TRY(rg_pmat_walk(s, &record, add_edge, s));
		if (!(i & 0xffff))
			RG_TRY(rg_builder_step(builder, "reading references", i, count));
		RG_TRY(rg_builder_next(builder));
	}
	for (size_t i = 0; i < count; i++) {
		uint64_t offset = s->svs_at.all.data[i].offset;

		if (offset && s->file.data[offset] == RG_PMAT_GLOB &&
		    rg_pmat_head(s, offset, &record))
			RG_TRY(put_variables(s, &record));
	}
	RG_TRY(put_fields(s));
	for (size_t i = 0; i < s->extended.all.count; i++)
		RG_TRY(put_saved(s, &s->extended.all.data[i]));
	RG_TRY(put_list(s, s->stack, s->stack_count, 0, "argument"));
	RG_TRY(put_list(s, s->mortals, s->mortal_count, 1, "temporary"));
	return put_frames(s);
}
