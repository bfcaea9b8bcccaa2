/* SPDX-License-Identifier: MIT */
/* refgraph objects: one object in full. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/objects.h"

#define LABEL_SIZE 256
#define EXPRESSION_SIZE 4096
#define HELD_SIZE 64
/* What is asked of one object costs about as much as reading so many references. */
#define CHEAP_REFERENCES UINT64_C(20000000)

static const struct {
	uint32_t flag;
	const char *word;
} flag_words[] = {
	{ RG_OBJECT_TRACKED, "tracked" },     { RG_OBJECT_IMMORTAL, "immortal" },
	{ RG_OBJECT_UNREACHED, "unreached" },
	{ RG_OBJECT_FROZEN, "frozen" },	      { RG_OBJECT_FINALIZER, "finalizer" },
	{ RG_OBJECT_OPAQUE, "opaque" },	      { RG_OBJECT_UNREADABLE, "unreadable" },
	{ RG_OBJECT_PLUMBING, "plumbing" },   { RG_OBJECT_TYPE, "type" },
	{ RG_OBJECT_MODULE, "module" },
};
#define FLAG_WORDS (sizeof(flag_words) / sizeof(flag_words[0]))

void objects_flags(uint32_t flags, char buffer[OBJECTS_FLAGS])
{
	size_t at = 0;

	buffer[0] = '\0';
	for (size_t i = 0; i < FLAG_WORDS; i++)
		if (flags & flag_words[i].flag)
			at += (size_t)snprintf(buffer + at, OBJECTS_FLAGS - at, "%s%s",
					       at ? " " : "", flag_words[i].word);
}

/* --- what is known of it beside its own numbers ------------------------------------------- */

/* Each is missing where the dump does not tell, or where it would take long. */
struct facts {
	enum rg_state state;
	bool has_retained;
	uint64_t retained, retained_objects;
	struct rg_chains *chains;
	char expression[EXPRESSION_SIZE];
	bool has_expression, evaluates;
};

/* What does not work is not shown: the commands that are about it say why. */
static bool fine(rg_error *error)
{
	bool is_fine = !error;

	rg_error_free(error);
	return is_fine;
}

static void find_facts(const struct cli *cli, const rg_graph *graph, rg_id id, struct facts *ret)
{
	enum rg_label_policy labels = (enum rg_label_policy)cli->options.labels;
	struct rg_retained_set *set = NULL;
	struct rg_garbage *garbage = NULL;

	memset(ret, 0, sizeof(*ret));
	if (rg_graph_reference_count(graph) > CHEAP_REFERENCES)
		return;
	cli_progress_stage("looking at one object");
	if (fine(rg_garbage_find(graph, &garbage)))
		ret->state = rg_garbage_state(garbage, id);
	rg_garbage_free(garbage);
	if (ret->state != RG_STATE_ALIVE)
		return;
	if (fine(rg_retained_find(graph, &id, 1, NULL, &set))) {
		ret->has_retained = set->objects > 0;
		ret->retained = set->bytes;
		ret->retained_objects = set->objects;
	}
	rg_retained_free(set);
	if (!fine(rg_chains_find(graph, &id, 1, NULL, &ret->chains)) || !ret->chains->count)
		return;
	ret->has_expression = rg_path_expression(graph, ret->chains->chains, labels,
						 cli->options.plumbing, ret->expression,
						 EXPRESSION_SIZE) < EXPRESSION_SIZE;
	ret->evaluates = rg_path_evaluates(graph, ret->chains->chains, labels,
					cli->options.plumbing);
}

/* --- references -------------------------------------------------------------------------- */

/* What the walk over one object's references writes to. */
struct neighbours {
	struct cli *cli;
	const rg_graph *graph;
	struct rg_references references;
	rg_json *json;
	rg_table *table;
	bool as_owners;  /* parts are shown as what they are parts of */
};

/* One reference to or from @other: an object of JSON, or a row of the table. */
static void put_reference(struct neighbours *at, rg_id other, const char *label, const char *kind)
{
	struct rg_object object = rg_graph_object(at->graph, other);
	char words[OBJECTS_WORDS], address[24];

	if (at->json) {
		rg_json_put_object(at->json, NULL);
		rg_json_put_string(at->json, "label", *label ? label : NULL);
		rg_json_put_string(at->json, "kind", kind);
		rg_json_put_address(at->json, "address", object.address);
		rg_json_put_string(at->json, "type",
				   cli_type_name(at->cli, at->graph, object.type));
		rg_json_put_end(at->json);
		return;
	}
	snprintf(address, sizeof(address), "0x%" PRIx64, object.address);
	cli_describe(at->cli, at->graph, other, words, sizeof(words));
	rg_table_text(at->table, label);
	rg_table_text(at->table, address);
	rg_table_text(at->table, strcmp(kind, "strong") ? kind : "");
	rg_table_text(at->table, words);
}

static void each_reference(void *user, size_t index, const char *label)
{
	struct neighbours *at = user;

	put_reference(at, at->references.target[index], label,
		      cli_kind_word(at->references.kind[index]));
}

/* The first of the references of @id, labelled in one go. */
static void put_references(struct neighbours *at, rg_id id, size_t most)
{
	size_t count;

	at->references = rg_graph_references(at->graph, id);
	count = most && most < at->references.count ? most : at->references.count;
	rg_graph_labels(at->graph, id, 0, count, (enum rg_label_policy)at->cli->options.labels,
			each_reference, at);
}

/* The next reference of @source to @target from @from on, labelled; where it stands. */
static size_t label_between(const struct neighbours *at, rg_id source, rg_id target, size_t from,
			    char label[LABEL_SIZE])
{
	struct rg_references references = rg_graph_references(at->graph, source);
	size_t index = from;

	label[0] = '\0';
	while (index < references.count && references.target[index] != target)
		index++;
	if (index < references.count)
		rg_graph_label(at->graph, source, index,
			       (enum rg_label_policy)at->cli->options.labels, label, LABEL_SIZE);
	return index;
}

/* Whose part @source is, and the label of its reference as seen from there. */
static rg_id as_owner(const struct neighbours *at, rg_id source, size_t index, rg_id target,
		      char label[LABEL_SIZE])
{
	struct rg_step step = { source, index, target };
	rg_id owner = rg_graph_owner(at->graph, source);

	if (owner == RG_NONE || owner == target ||
	    index >= rg_graph_references(at->graph, source).count)
		return source;
	rg_step_label(at->graph, &step, (enum rg_label_policy)at->cli->options.labels, label,
		      LABEL_SIZE);
	return owner;
}

static void put_referrers(struct neighbours *at, rg_id id, size_t most)
{
	struct rg_referrers referrers = rg_graph_referrers(at->graph, id);
	char label[LABEL_SIZE];
	size_t index = 0;

	for (size_t i = 0; i < referrers.count && (!most || i < most); i++) {
		rg_id source = referrers.source[i];
		struct rg_references references = rg_graph_references(at->graph, source);

		/* One that refers several times comes as often: go on behind the last. */
		index = label_between(at, source, id,
				      i && referrers.source[i - 1] == source ? index + 1 : 0,
				      label);
		put_reference(at, at->as_owners ? as_owner(at, source, index, id, label) : source,
			      label, index < references.count
					     ? cli_kind_word(references.kind[index]) : "strong");
	}
}

/* --- JSON ---------------------------------------------------------------------------------- */

static void put_numbers(const struct cli *cli, rg_json *json, const rg_graph *graph, rg_id id)
{
	struct rg_object object = rg_graph_object(graph, id);
	struct rg_description words;

	rg_graph_describe(graph, id, cli->options.values, &words);
	rg_json_put_address(json, "address", object.address);
	rg_json_put_string(json, "type", cli_type_name(cli, graph, object.type));
	rg_json_put_u64(json, "size", object.size);
	rg_json_put_u64(json, "owned", object.owned);
	if (object.refcount >= 0)
		rg_json_put_i64(json, "refcount", object.refcount);
	else
		rg_json_put_null(json, "refcount");
	rg_json_put_array(json, "flags");
	for (size_t i = 0; i < FLAG_WORDS; i++)
		if (object.flags & flag_words[i].flag)
			rg_json_put_string(json, NULL, flag_words[i].word);
	rg_json_put_end(json);
	if (*words.name)
		rg_json_put_string(json, "name", words.name);
	if (words.has_length)
		rg_json_put_u64(json, "len", words.length);
	if (*words.text)
		rg_json_put_string(json, "text", words.text);
	if (*words.value)
		rg_json_put_string(json, "value", words.value);
}

static void put_facts(rg_json *json, const rg_graph *graph, rg_id id, const struct facts *facts)
{
	static const char *const states[] = { "alive", "unreachable", "lost" };
	const struct rg_type *type = rg_graph_type(graph, rg_graph_object(graph, id).type);
	struct rg_description words;

	rg_graph_describe(graph, id, false, &words);
	rg_json_put_string(json, "origin", rg_origin_name(type->origin));
	rg_json_put_string(json, "role", rg_role_name(type->role));
	if (words.has_open)
		rg_json_put_bool(json, "open", words.open);
	if (words.descriptor >= 0)
		rg_json_put_i64(json, "descriptor", words.descriptor);
	if (words.has_bound && words.bound != UINT64_MAX)
		rg_json_put_u64(json, "bound", words.bound);
	else if (words.has_bound)
		rg_json_put_null(json, "bound");
	if (words.has_shown)
		rg_json_put_u64(json, "shown", words.shown);
	rg_json_put_string(json, "state", states[facts->state]);
	if (facts->has_retained)
		rg_json_put_u64(json, "retained", facts->retained);
	else
		rg_json_put_null(json, "retained");
	rg_json_put_string(json, "path", facts->has_expression ? facts->expression : NULL);
	cli_json_evaluates(json, graph, facts->has_expression && facts->evaluates);
}

int objects_put_json(struct cli *cli, rg_json *json, const rg_graph *graph, rg_id id, bool full)
{
	struct neighbours at = { cli, graph, { NULL, NULL, 0 }, json, NULL, false };
	size_t most = cli->options.limit_given ? (size_t)cli->options.limit : 0;
	struct facts *facts = full ? malloc(sizeof(*facts)) : NULL;

	if (full && !facts)
		return cli_no_memory();
	rg_json_put_object(json, NULL);
	put_numbers(cli, json, graph, id);
	if (full) {
		find_facts(cli, graph, id, facts);
		rg_json_put_i64(json, "external", rg_graph_external(graph, id));
		put_facts(json, graph, id, facts);
		rg_json_put_array(json, "references");
		put_references(&at, id, most);
		rg_json_put_end(json);
		rg_json_put_array(json, "referrers");
		put_referrers(&at, id, most);
		rg_json_put_end(json);
		rg_chains_free(facts->chains);
	}
	rg_json_put_end(json);
	free(facts);
	return CLI_OK;
}

/* --- text ------------------------------------------------------------------------------------ */

/* What a reader sees the references of an object as. */
enum side { FIELDS, ELEMENTS, OTHERS, SIDES };

struct row {
	char label[LABEL_SIZE];
	rg_id target;
	uint8_t kind;
};

/* The rows of all sides, the first of each. */
struct sides {
	const rg_graph *graph;
	struct rg_references references; /* of the object or part at work */
	char held[HELD_SIZE];  /* how the object refers to this part; "" for itself */
	bool with_parts;       /* parts stand for themselves */
	rg_id object;
	size_t most;           /* rows of a side; 0: all */
	struct row *rows[SIDES];
	size_t kept[SIDES], room[SIDES];
	uint64_t counts[SIDES];
	uint64_t names;        /* keys that only name a field */
	bool failed;
	bool has_class;
};

static bool is_identifier(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '_' && c < 0x80 &&
		    !(i && c >= '0' && c <= '9'))
			return false;
	}
	return length > 0;
}

/* A label of a part, as seen from the object: what a namespace has as ['x'] is .x. */
static void put_label(const struct sides *sides, const char *label, char ret[LABEL_SIZE])
{
	const char *part = rg_graph_words(sides->graph)->namespace_part;
	size_t length = strlen(label);

	if (part && !strcmp(sides->held, part) && length > 4 && !strncmp(label, "['", 2) &&
	    !strcmp(label + length - 2, "']") && is_identifier(label + 2, length - 4))
		snprintf(ret, LABEL_SIZE, ".%.*s", (int)(length - 4), label + 2);
	else if (*sides->held && label[0] >= 'a' && label[0] <= 'z')
		snprintf(ret, LABEL_SIZE, "%s %s", sides->held, label);
	else
		snprintf(ret, LABEL_SIZE, "%s%s", sides->held, label);
}

static void each_row(void *user, size_t index, const char *label)
{
	struct sides *sides = user;
	rg_id target = sides->references.target[index];
	uint8_t kind = sides->references.kind[index];
	bool is_key = !strncmp(label, "key ", 4);
	char first = *sides->held ? *sides->held : *label;
	enum side side;
	struct row *row;

	/* A part of it is shown by what is in it, a key by what it leads to. */
	if (!sides->with_parts && kind & RG_REFERENCE_PLUMBING &&
	    rg_graph_owner(sides->graph, target) == sides->object)
		return;
	if (is_key && (kind & RG_REFERENCE_NAME || *sides->held)) {
		sides->names++;
		return;
	}
	side = is_key || (!*sides->held && label[0] != '.' && label[0] != '[' && label[0] != '{')
		       ? OTHERS
	       : !*sides->held && (label[0] == '[' || label[0] == '{') ? ELEMENTS : FIELDS;
	/* Where keys stand in braces, those of an object of a class are its fields. */
	if (rg_graph_words(sides->graph)->brace_keys)
		side = first == '[' || (first == '{' && !sides->has_class) ? ELEMENTS
		       : first == '{' ? FIELDS : OTHERS;
	if (sides->counts[side]++ >= sides->most && sides->most)
		return;
	if (sides->kept[side] == sides->room[side]) {
		size_t larger = sides->room[side] * 2 + 16;
		struct row *rows = realloc(sides->rows[side], larger * sizeof(*rows));

		if (!rows) {
			sides->failed = true;
			return;
		}
		sides->rows[side] = rows;
		sides->room[side] = larger;
	}
	row = &sides->rows[side][sides->kept[side]++];
	put_label(sides, label, row->label);
	row->target = target;
	row->kind = kind;
}

static void see(struct sides *sides, const struct cli *cli, rg_id id)
{
	sides->references = rg_graph_references(sides->graph, id);
	rg_graph_labels(sides->graph, id, 0, sides->references.count,
			(enum rg_label_policy)cli->options.labels, each_row, sides);
}

/* The object's own references, then those of its parts. */
static void find_sides(struct sides *sides, const struct cli *cli)
{
	struct rg_references own = rg_graph_references(sides->graph, sides->object);

	see(sides, cli, sides->object);
	for (size_t i = 0; i < own.count && !sides->with_parts; i++) {
		if (!(own.kind[i] & RG_REFERENCE_PLUMBING) ||
		    rg_graph_owner(sides->graph, own.target[i]) != sides->object)
			continue;
		rg_graph_label(sides->graph, sides->object, i,
			       (enum rg_label_policy)cli->options.labels, sides->held, HELD_SIZE);
		see(sides, cli, own.target[i]);
	}
}

static rg_error *new_table(rg_table **ret)
{
	static const struct rg_column columns[] = {
		{ "Label", NULL, RG_COLUMN_TEXT },
		{ "Address", NULL, RG_COLUMN_TEXT },
		{ "Kind", NULL, RG_COLUMN_TEXT },
		{ "Object", NULL, RG_COLUMN_TEXT },
	};

	return rg_table_new(columns, sizeof(columns) / sizeof(columns[0]), ret);
}

/* Writes @table below its heading, and how many rows of @all it lacks. */
static int put_table(struct cli *cli, rg_table *table, uint64_t all)
{
	struct rg_table_style style = cli_table_style(cli);
	uint64_t most = cli->options.limit;
	char number[RG_FORMAT_SIZE];
	rg_error *error;

	style.indent = 2;
	error = rg_table_write(table, &style, cli->sink);
	rg_table_free(table);
	if (error)
		return cli_fail(error);
	if (most && most < all)
		rg_sink_printf(cli->sink, "  and %s more: -n 0 shows all\n",
			       rg_format_count(all - most, number));
	return CLI_OK;
}

static int put_side(struct cli *cli, const struct sides *sides, enum side side)
{
	static const char *const one[] = { "field", "element", "other reference from it" };
	static const char *const many[] = { "fields", "elements", "other references from it" };
	struct neighbours at = { cli, sides->graph, sides->references, NULL, NULL, false };
	char number[RG_FORMAT_SIZE];
	rg_error *error;

	if (!sides->counts[side])
		return CLI_OK;
	rg_sink_printf(cli->sink, "\n%s %s\n", rg_format_count(sides->counts[side], number),
		       sides->counts[side] == 1 ? one[side] : many[side]);
	error = new_table(&at.table);
	if (error)
		return cli_fail(error);
	for (size_t i = 0; i < sides->kept[side]; i++)
		put_reference(&at, sides->rows[side][i].target, sides->rows[side][i].label,
			      cli_kind_word(sides->rows[side][i].kind));
	return put_table(cli, at.table, sides->counts[side]);
}

static int put_sides(struct cli *cli, const rg_graph *graph, rg_id id)
{
	struct sides sides;
	int status = CLI_OK;

	memset(&sides, 0, sizeof(sides));
	sides.graph = graph;
	sides.object = id;
	sides.with_parts = cli->options.plumbing;
	sides.has_class = *rg_graph_type(graph, rg_graph_object(graph, id).type)->module;
	sides.most = (size_t)cli->options.limit;
	find_sides(&sides, cli);
	if (sides.failed)
		status = cli_no_memory();
	for (enum side side = FIELDS; side < SIDES && !status; side++)
		status = put_side(cli, &sides, side);
	if (!status && !sides.counts[FIELDS] && !sides.counts[ELEMENTS] && !sides.counts[OTHERS])
		rg_sink_puts(cli->sink, "\n0 references from it\n");
	for (int side = 0; side < SIDES; side++)
		free(sides.rows[side]);
	return status;
}

static int put_referring(struct cli *cli, const rg_graph *graph, rg_id id)
{
	struct neighbours at = { cli, graph, { NULL, NULL, 0 }, NULL, NULL,
				 !cli->options.plumbing };
	size_t all = rg_graph_referrers(graph, id).count;
	char number[RG_FORMAT_SIZE];
	rg_error *error;

	if (!all) {
		rg_sink_puts(cli->sink, "\n0 references to it\n");
		return CLI_OK;
	}
	rg_sink_printf(cli->sink, "\n%s %s\n", rg_format_count(all, number),
		       all == 1 ? "reference to it" : "references to it");
	error = new_table(&at.table);
	if (error)
		return cli_fail(error);
	put_referrers(&at, id, (size_t)cli->options.limit);
	return put_table(cli, at.table, all);
}

static void put_fact(struct cli *cli, const char *name, const char *text)
{
	rg_sink_printf(cli->sink, "  %-10s", name);
	rg_sink_text(cli->sink, text);
	rg_sink_puts(cli->sink, "\n");
}

static void put_description(struct cli *cli, const rg_graph *graph, rg_id id)
{
	char number[RG_FORMAT_SIZE], text[RG_FORMAT_SIZE + 32];
	struct rg_description words;

	rg_graph_describe(graph, id, cli->options.values, &words);
	if (words.has_open) {
		snprintf(text, sizeof(text), "%s", words.open ? "yes" : "no");
		if (words.open && words.descriptor >= 0)
			snprintf(text, sizeof(text), "yes, descriptor %lld",
				 (long long)words.descriptor);
		put_fact(cli, "open", text);
	}
	if (words.has_bound && words.bound == UINT64_MAX)
		put_fact(cli, "bound", "none: it keeps everything");
	else if (words.has_bound)
		put_fact(cli, "bound", rg_format_count(words.bound, number));
	if (words.has_shown)
		put_fact(cli, "shows", rg_format_bytes(words.shown, number));
	if (*words.value)
		put_fact(cli, "value", words.value);
}

static void put_head(struct cli *cli, const rg_graph *graph, rg_id id, const struct facts *facts)
{
	struct rg_object object = rg_graph_object(graph, id);
	const struct rg_type *type = rg_graph_type(graph, object.type);
	char words[OBJECTS_WORDS], flags[OBJECTS_FLAGS];
	char number[RG_FORMAT_SIZE], other[RG_FORMAT_SIZE];
	int64_t external = rg_graph_external(graph, id);
	bool no_collector = rg_graph_words(graph)->no_collector;
	size_t root_count;
	const struct rg_root *roots = rg_graph_roots(graph, &root_count);

	objects_flags(object.flags, flags);
	cli_describe(cli, graph, id, words, sizeof(words));
	rg_sink_printf(cli->sink, "\n%s%s%s at 0x%" PRIx64 "\n", cli_bold(cli), words,
		       cli_plain(cli), object.address);
	if (type->role != RG_ROLE_NONE)
		put_fact(cli, "role", rg_role_name(type->role));
	put_fact(cli, "size", rg_format_bytes(object.size, number));
	if (object.owned)
		put_fact(cli, "owned", rg_format_bytes(object.owned, number));
	if (facts->has_retained)
		rg_sink_printf(cli->sink, "  %-10s%s: %s %s would go with it\n", "retained",
			       rg_format_bytes(facts->retained, number),
			       rg_format_count(facts->retained_objects, other),
			       facts->retained_objects == 1 ? "object" : "objects");
	if (object.refcount >= 0 && !(object.flags & RG_OBJECT_IMMORTAL))
		put_fact(cli, "refcount", rg_format_count((uint64_t)object.refcount, number));
	if (external)
		rg_sink_printf(cli->sink, "  %-10s%s of its references are not explained\n",
			       "external", rg_format_delta(external, number));
	if (*flags)
		put_fact(cli, "flags", flags);
	put_description(cli, graph, id);
	if (facts->state != RG_STATE_ALIVE)
		put_fact(cli, "state",
			 facts->state == RG_STATE_LOST
				 ? no_collector ? "unreachable: it stays for good"
				 : "lost: nothing holds it, and no collector will find it"
				 : "unreachable: only garbage holds it");
	for (size_t i = 0; i < root_count; i++)
		if (roots[i].object == id)
			put_fact(cli, "root", roots[i].name);
	if (facts->has_expression)
		put_fact(cli, "path", facts->expression);
}

int objects_look(struct cli *cli, rg_dump *dump, const rg_graph *graph, rg_id id)
{
	struct facts *facts = malloc(sizeof(*facts));
	bool is_garbage;
	int status;

	if (!facts)
		return cli_no_memory();
	find_facts(cli, graph, id, facts);
	cli_head(cli, rg_dump_info(dump));
	put_head(cli, graph, id, facts);
	is_garbage = facts->state != RG_STATE_ALIVE;
	rg_chains_free(facts->chains);
	free(facts);
	status = put_sides(cli, graph, id);
	if (!status)
		status = put_referring(cli, graph, id);
	rg_sink_printf(cli->sink, "\nnext: refgraph %s", is_garbage ? "backrefs" : "chain");
	cli_put_dump(cli, rg_dump_info(dump)->path);
	rg_sink_printf(cli->sink, " 0x%" PRIx64 "\n", rg_graph_object(graph, id).address);
	return status;
}
