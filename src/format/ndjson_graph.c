/* SPDX-License-Identifier: MIT */
/* From the lines of a portable dump to a graph: types, objects, references, threads, roots. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "format/ndjson_line.h"
#include "format/ndjson_state.h"

/* What a typedef says beside name and address; nothing where there is none. */
struct definition {
	char *module, *short_name; /* NULL: as the name has it */
	enum rg_origin origin;
	enum rg_role role;
};

/* The type called @name (escapes unresolved) at @address: found, or added. */
static rg_error *type_of(struct rg_ndjson_file *s, const struct rg_json_slice *name,
			 uint64_t address, const struct definition *definition, rg_type_id *ret)
{
	uint64_t hash = rg_hash_bytes(name->text, name->length);
	uint64_t at = (hash ^ address * UINT64_C(0x9e3779b97f4a7c15)) | 1;
	struct rg_buffer text = RG_BUFFER_INIT, head = RG_BUFFER_INIT;
	struct rg_ndjson_type key = { *name, address, 0 };
	const uint32_t *found;
	const char *dot;
	rg_error *error;

	while ((found = rg_map_find(&s->type_index, at)) != NULL) {
		const struct rg_ndjson_type *known = &s->types.data[*found - 1];

		if (known->address == address && known->name.length == name->length &&
		    !memcmp(known->name.text, name->text, name->length)) {
			*ret = known->id;
			return NULL;
		}
		at += 2;
	}
	rg_json_text(name, &text);
	dot = strrchr(rg_buffer_string(&text), '.');
	rg_buffer_append(&head, rg_buffer_string(&text),
			 dot ? (size_t)(dot - rg_buffer_string(&text)) : 0);
	error = rg_buffer_failed(&text) || rg_buffer_failed(&head) ? rg_error_no_memory() : NULL;
	if (!error) {
		struct rg_type_init init = {
			.name = rg_buffer_string(&text),
			.short_name = definition->short_name ? definition->short_name
				      : dot		     ? dot + 1
							     : rg_buffer_string(&text),
			.module = definition->module ? definition->module
						     : rg_buffer_string(&head),
			.address = address,
			.origin = definition->origin,
			.role = definition->role,
		};

		error = rg_builder_add_type(s->builder, &init, &key.id);
	}
	if (!error && (!rg_vector_push(&s->types, key) ||
		       !rg_map_put(&s->type_index, at, (uint32_t)s->types.count)))
		error = rg_error_no_memory();
	if (!error)
		*ret = key.id;
	rg_buffer_free(&text);
	rg_buffer_free(&head);
	return error;
}

static enum rg_origin read_origin(struct rg_json_scan *scan)
{
	static const enum rg_origin known[] = {
		RG_ORIGIN_RUNTIME, RG_ORIGIN_PACKAGE, RG_ORIGIN_PROGRAM,
	};
	struct rg_json_slice word;

	if (rg_json_string(scan, &word))
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (rg_json_is(&word, rg_origin_name(known[i])))
				return known[i];
	return RG_ORIGIN_UNKNOWN;
}

static enum rg_role read_role(struct rg_json_scan *scan)
{
	struct rg_json_slice word;

	if (rg_json_string(scan, &word))
		for (int role = RG_ROLE_NONE; role <= RG_ROLE_THREAD_LOCAL; role++)
			if (rg_json_is(&word, rg_role_name((enum rg_role)role)))
				return (enum rg_role)role;
	return RG_ROLE_NONE;
}

static rg_error *read_typedef(struct rg_ndjson_file *s, uint64_t offset)
{
	struct rg_json_scan scan;
	struct rg_json_slice key, name = { NULL, 0 };
	struct definition definition = { NULL, NULL, RG_ORIGIN_UNKNOWN, RG_ROLE_NONE };
	uint64_t address = 0;
	rg_type_id id;
	rg_error *error = NULL;

	rg_ndjson_scan(s, offset, &scan);
	while (!error && rg_json_key(&scan, &key)) {
		struct rg_json_scan here = scan;

		if (rg_json_is(&key, "typedef"))
			rg_json_string(&here, &name);
		else if (rg_json_is(&key, "type_address"))
			rg_json_u64(&here, &address);
		else if (rg_json_is(&key, "module"))
			error = rg_ndjson_string(&here, &definition.module);
		else if (rg_json_is(&key, "short_name"))
			error = rg_ndjson_string(&here, &definition.short_name);
		else if (rg_json_is(&key, "origin"))
			definition.origin = read_origin(&here);
		else if (rg_json_is(&key, "role"))
			definition.role = read_role(&here);
		if (!rg_json_skip(&scan))
			break;
	}
	if (!error && name.text)
		error = type_of(s, &name, address, &definition, &id);
	rg_free(definition.module);
	rg_free(definition.short_name);
	return error;
}

/* The numbers of the object whose line is at @offset. */
static rg_error *read_object(struct rg_ndjson_file *s, uint64_t offset, struct rg_object *ret)
{
	static const struct {
		const char *key;
		uint32_t flag;
	} flags[] = {
		{ "tracked", RG_OBJECT_TRACKED },     { "immortal", RG_OBJECT_IMMORTAL },
		{ "frozen", RG_OBJECT_FROZEN },       { "finalizer", RG_OBJECT_FINALIZER },
		{ "opaque", RG_OBJECT_OPAQUE },       { "unreadable", RG_OBJECT_UNREADABLE },
		{ "is_type", RG_OBJECT_TYPE },        { "is_module", RG_OBJECT_MODULE },
		{ "is_routine", RG_OBJECT_ROUTINE },  { "unreached", RG_OBJECT_UNREACHED },
	};
	struct rg_json_scan scan;
	static const struct definition none;
	struct rg_json_slice key, name = { "?", 1 };
	uint64_t type_address = 0;

	*ret = (struct rg_object){ .refcount = -1 };
	rg_ndjson_scan(s, offset, &scan);
	while (rg_json_key(&scan, &key)) {
		struct rg_json_scan here = scan;
		bool set;

		if (rg_json_is(&key, "type"))
			rg_json_string(&here, &name);
		else if (rg_json_is(&key, "type_address"))
			rg_json_u64(&here, &type_address);
		else if (rg_json_is(&key, "size"))
			rg_json_u64(&here, &ret->size);
		else if (rg_json_is(&key, "owned"))
			rg_json_u64(&here, &ret->owned);
		else if (rg_json_is(&key, "refcount"))
			rg_json_i64(&here, &ret->refcount);
		else
			for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
				if (rg_json_is(&key, flags[i].key) && rg_json_bool(&here, &set) &&
				    set)
					ret->flags |= flags[i].flag;
		if (!rg_json_skip(&scan))
			break;
	}
	if (scan.failed)
		s->unreadable++;
	if (ret->refcount >= 0)
		s->has_refcounts = true;
	return type_of(s, &name, type_address, &none, &ret->type);
}

rg_error *rg_ndjson_objects(void *user, rg_builder *builder)
{
	struct rg_ndjson_file *s = user;
	uint64_t bits = 0;
	rg_id count;

	s->builder = builder;
	/* Any runtime may write a dump, so addresses may be no multiples of 8, or mere numbers. */
	for (size_t i = 0; i < s->entries.count; i++)
		bits |= s->entries.data[i].address;
	rg_builder_granule(builder, bits & 1 ? 0 : bits & 2 ? 1 : bits & 4 ? 2 : 3);
	for (size_t i = 0; i < s->entries.count; i++)
		if (rg_builder_mark(builder, s->entries.data[i].address) < 0)
			return rg_error_no_memory();
	RG_TRY(rg_builder_index(builder, &count));
	if (count != s->entries.count)
		return rg_error_new(RG_ERROR_CORRUPT, "two objects of the portable dump have one "
						      "address");
	for (size_t i = 0; i < s->typedefs.count; i++)
		RG_TRY(read_typedef(s, s->typedefs.data[i]));
	for (rg_id id = 0; id < count; id++) {
		struct rg_object object;

		RG_TRY(read_object(s, s->entries.data[id].offset, &object));
		RG_TRY(rg_builder_set(builder, id, &object));
		if (!(id & 0xffff))
			RG_TRY(rg_builder_step(builder, "reading objects", id, count));
	}
	return NULL;
}

static rg_error *read_root(struct rg_ndjson_file *s, uint64_t offset)
{
	struct rg_root_init root = { .kind = RG_ROOT_INTERPRETER, .thread = RG_NONE,
				     .frame = RG_NONE, .name = "" };
	struct rg_json_scan scan;
	struct rg_json_slice key, word = { NULL, 0 };
	uint64_t thread = 0, value;
	bool of_thread = false;
	char *name = NULL, *code = NULL;
	rg_error *error = NULL;

	rg_ndjson_scan(s, offset, &scan);
	while (!error && rg_json_key(&scan, &key)) {
		struct rg_json_scan here = scan;

		if (rg_json_is(&key, "root"))
			rg_json_u64(&here, &root.address);
		else if (rg_json_is(&key, "label"))
			error = rg_ndjson_string(&here, &name);
		else if (rg_json_is(&key, "code"))
			error = rg_ndjson_string(&here, &code);
		else if (rg_json_is(&key, "kind"))
			rg_json_string(&here, &word);
		else if (rg_json_is(&key, "count") && rg_json_u64(&here, &value))
			root.count = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
		else if (rg_json_is(&key, "thread"))
			of_thread = rg_json_u64(&here, &thread);
		else if (rg_json_is(&key, "frame") && rg_json_u64(&here, &value))
			root.frame = value > UINT32_MAX ? RG_NONE : (uint32_t)value;
		else if (rg_json_is(&key, "routine"))
			rg_json_bool(&here, &root.routine);
		else if (rg_json_is(&key, "importer"))
			rg_json_bool(&here, &root.importer);
		if (!rg_json_skip(&scan))
			break;
	}
	for (size_t i = 0; word.text && i <= RG_ROOT_EXTERNAL; i++)
		if (rg_json_is(&word, rg_root_kind_name((enum rg_root_kind)i)))
			root.kind = (enum rg_root_kind)i;
	for (size_t i = 0; of_thread && i < s->thread_ids.count; i++)
		if (s->thread_ids.data[i] == thread)
			root.thread = (uint32_t)i;
	root.name = name ? name : "";
	root.code = code;
	/* With counts at hand external roots are found anew, and would count twice. */
	if (!error && !(root.kind == RG_ROOT_EXTERNAL && s->has_refcounts))
		error = rg_builder_root(s->builder, &root);
	rg_free(name);
	rg_free(code);
	return error;
}

static rg_error *read_references(struct rg_ndjson_file *s, struct rg_ndjson_references *refs)
{
	for (size_t i = 0; i < s->entries.count; i++) {
		const char *line;
		size_t length = rg_ndjson_line(s, s->entries.data[i].offset, &line);

		if (!rg_ndjson_references(line, length, refs))
			return rg_error_no_memory();
		for (size_t k = 0; k < refs->all.count; k++) {
			rg_id target = rg_builder_find(s->builder, refs->all.data[k].target);

			if (target == RG_NONE)
				s->unreadable++;
			else
				RG_TRY(rg_builder_reference(s->builder, target,
							    refs->all.data[k].kind));
		}
		if (!(i & 0xffff))
			RG_TRY(rg_builder_step(s->builder, "reading references", i,
					       s->entries.count));
		RG_TRY(rg_builder_next(s->builder));
	}
	return NULL;
}

rg_error *rg_ndjson_graph(void *user, rg_builder *builder)
{
	struct rg_ndjson_file *s = user;
	struct rg_ndjson_references refs = { 0 };
	rg_error *error;

	s->builder = builder;
	error = read_references(s, &refs);
	rg_ndjson_references_free(&refs);
	for (size_t i = 0; i < s->threads.count && !error; i++)
		error = rg_ndjson_thread(s, s->threads.data[i]);
	for (size_t i = 0; i < s->tasks.count && !error; i++)
		error = rg_ndjson_task(s, s->tasks.data[i]);
	for (size_t i = 0; i < s->roots.count && !error; i++)
		error = read_root(s, s->roots.data[i]);
	return error;
}
