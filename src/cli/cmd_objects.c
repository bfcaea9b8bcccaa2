/* SPDX-License-Identifier: MIT */
/* refgraph objects: list them, filter them, look at one in full. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

#define WORDS_SIZE 512
#define LABEL_SIZE 256

enum order { BY_SIZE, BY_ADDRESS };

static const struct rg_column columns[] = {
	{ "Address", "address", RG_COLUMN_TEXT },
	{ "Size", "size", RG_COLUMN_BYTES },
	{ "Owned", "owned", RG_COLUMN_BYTES },
	{ "Refcount", "refcount", RG_COLUMN_COUNT },
	{ "Flags", "flags", RG_COLUMN_TEXT },
	{ "Object", "object", RG_COLUMN_TEXT },
	{ NULL, "type", RG_COLUMN_TEXT },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

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

static void flags_text(uint32_t flags, char buffer[128])
{
	size_t at = 0;

	buffer[0] = '\0';
	for (size_t i = 0; i < FLAG_WORDS; i++)
		if (flags & flag_words[i].flag)
			at += (size_t)snprintf(buffer + at, 128 - at, "%s%s", at ? " " : "",
					       flag_words[i].word);
}

/* An object and what it takes with what it owns: worked out once, not at each comparison. */
struct sized {
	uint64_t bytes;
	rg_id id;
};

static int by_size(const void *a, const void *b)
{
	const struct sized *one = a, *other = b;

	if (one->bytes != other->bytes)
		return one->bytes > other->bytes ? -1 : 1;
	return one->id < other->id ? -1 : one->id > other->id;
}

/* Where @entry belongs among the @count sorted ones. */
static size_t place(const struct sized *sorted, size_t count, const struct sized *entry)
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;

		if (by_size(&sorted[middle], entry) < 0)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

#define FEW 1024 /* so few are kept in order while the others pass by */

/* Puts the @shown biggest first, the biggest of all at the front. */
static int put_biggest_first(const rg_graph *graph, struct cli_objects *objects, size_t shown)
{
	bool few = shown <= FEW;
	struct sized *sorted = malloc(((few ? shown : objects->count) + 1) * sizeof(*sorted));
	size_t kept = 0;

	if (!sorted)
		return cli_no_memory();
	for (size_t i = 0; i < objects->count; i++) {
		struct rg_object object = rg_graph_object(graph, objects->ids[i]);
		struct sized entry = { object.size + object.owned, objects->ids[i] };
		size_t at = few ? place(sorted, kept, &entry) : kept;

		if (few && at == shown)
			continue;
		kept += kept < (few ? shown : objects->count);
		memmove(sorted + at + 1, sorted + at, (kept - at - 1) * sizeof(*sorted));
		sorted[at] = entry;
	}
	if (!few)
		qsort(sorted, kept, sizeof(*sorted), by_size);
	for (size_t i = 0; i < shown; i++)
		objects->ids[i] = sorted[i].id;
	free(sorted);
	return CLI_OK;
}

/* How much there is of some objects. */
struct totals {
	uint64_t types, objects, bytes, owned;
};

static void add_up(struct totals *totals, const struct rg_object *object)
{
	totals->objects++;
	totals->bytes += object->size;
	totals->owned += object->owned;
}

/* What the filters let through, and what the choice of modules alone kept out. */
struct chosen {
	struct totals all, kept, left_out;
};

enum choice { NOT_WANTED, NOT_SELECTED, LEFT_OUT, WANTED };

/* Keeps what the filters let through; without objects named, of all there are. */
static int filter(const struct cli *cli, const rg_graph *graph, struct cli_objects *objects,
		  struct chosen *ret)
{
	struct rg_type_selection selection = cli_selection(cli);
	rg_type_id type_count = rg_graph_type_count(graph);
	unsigned char *choices = calloc((size_t)type_count + 1, sizeof(*choices));
	size_t kept = 0;

	if (!choices)
		return cli_no_memory();
	for (rg_type_id t = 0; t < type_count; t++) {
		const struct rg_type *type = rg_graph_type(graph, t);
		bool wanted = !cli->options.only_types.count;

		for (size_t i = 0; i < cli->options.only_types.count; i++)
			wanted = wanted || cli_match(cli->options.only_types.items[i], type);
		for (size_t i = 0; i < cli->options.ignore_types.count; i++)
			wanted = wanted && !cli_match(cli->options.ignore_types.items[i], type);
		choices[t] = !wanted ? NOT_WANTED
			     : rg_type_selected(type, &selection) ? WANTED : NOT_SELECTED;
	}
	for (size_t i = 0; i < objects->count; i++) {
		struct rg_object object = rg_graph_object(graph, objects->ids[i]);

		add_up(&ret->all, &object);
		if (choices[object.type] == NOT_WANTED ||
		    (cli->options.tracked && !(object.flags & RG_OBJECT_TRACKED)))
			continue;
		if (choices[object.type] == WANTED) {
			objects->ids[kept++] = objects->ids[i];
			add_up(&ret->kept, &object);
			continue;
		}
		ret->left_out.types += choices[object.type] == NOT_SELECTED;
		choices[object.type] = LEFT_OUT;
		add_up(&ret->left_out, &object);
	}
	objects->count = kept;
	free(choices);
	return CLI_OK;
}

static int everything(const rg_graph *graph, struct cli_objects *ret)
{
	rg_id count = rg_graph_object_count(graph);

	ret->ids = malloc(((size_t)count + 1) * sizeof(*ret->ids));
	if (!ret->ids)
		return cli_no_memory();
	for (rg_id id = 0; id < count; id++)
		ret->ids[id] = id;
	ret->count = count;
	return CLI_OK;
}

static void fill(struct cli *cli, const rg_graph *graph, const struct cli_objects *objects,
		 size_t shown, bool raw, rg_table *table)
{
	char words[WORDS_SIZE], flags[128], address[24];

	for (size_t i = 0; i < shown; i++) {
		struct rg_object object = rg_graph_object(graph, objects->ids[i]);

		snprintf(address, sizeof(address), "0x%" PRIx64, object.address);
		flags_text(object.flags, flags);
		cli_describe(cli, graph, objects->ids[i], words, sizeof(words));
		rg_table_text(table, address);
		rg_table_number(table, (int64_t)object.size);
		if (object.owned || raw)
			rg_table_number(table, (int64_t)object.owned);
		else
			rg_table_empty(table);
		if (object.refcount >= 0 && !(object.flags & RG_OBJECT_IMMORTAL))
			rg_table_number(table, object.refcount);
		else
			rg_table_empty(table);
		rg_table_text(table, flags);
		rg_table_text(table, words);
		if (raw)
			rg_table_text(table, cli_type_name(cli, graph, object.type));
	}
}

static int list(struct cli *cli, rg_dump *dump, const struct cli_objects *objects,
		const struct chosen *chosen, size_t shown)
{
	struct rg_table_style style = cli_table_style(cli);
	bool csv = cli->options.format == CLI_CSV;
	char number[RG_FORMAT_SIZE], all[RG_FORMAT_SIZE];
	rg_table *table;
	rg_error *error = rg_table_new(columns, csv ? COLUMNS : COLUMNS - 1, &table);

	if (error)
		return cli_fail(error);
	fill(cli, rg_dump_objects(dump), objects, shown, csv, table);
	if (!csv) {
		cli_head(cli, rg_dump_info(dump));
		rg_sink_puts(cli->sink, "\n");
	}
	error = csv ? rg_table_csv(table, cli->sink) : rg_table_write(table, &style, cli->sink);
	rg_table_free(table);
	if (error)
		return cli_fail(error);
	if (csv)
		return CLI_OK;
	rg_sink_puts(cli->sink, "\n");
	cli_put_left_out(cli, chosen->left_out.types, chosen->left_out.objects,
			 chosen->left_out.bytes, chosen->all.bytes);
	if (shown < objects->count)
		rg_sink_printf(cli->sink, "%s of %s objects: -n 0 shows all\n",
			       rg_format_count(shown, number),
			       rg_format_count(objects->count, all));
	if (objects->count) {
		rg_sink_puts(cli->sink, "next: refgraph objects");
		cli_put_dump(cli, rg_dump_info(dump)->path);
		rg_sink_printf(cli->sink, " 0x%" PRIx64 "\n",
			       rg_graph_object(rg_dump_objects(dump), objects->ids[0]).address);
	}
	return CLI_OK;
}

static void put_object_json(const struct cli *cli, rg_json *json, const rg_graph *graph, rg_id id)
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

/* What the walk over one object's references writes to. */
struct neighbours {
	struct cli *cli;
	const rg_graph *graph;
	struct rg_references references;
	rg_json *json;
	rg_table *table;
};

/* One reference to or from @other: an object of JSON, or a row of the table. */
static void put_reference(struct neighbours *at, rg_id other, const char *label, const char *kind)
{
	struct rg_object object = rg_graph_object(at->graph, other);
	char words[WORDS_SIZE], address[24];

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
		put_reference(at, source, label,
			      index < references.count ? cli_kind_word(references.kind[index])
						       : "strong");
	}
}

/* One of the two tables of a full view. */
static int put_side(struct cli *cli, const rg_graph *graph, rg_id id, bool out)
{
	static const struct rg_column side[] = {
		{ "Label", NULL, RG_COLUMN_TEXT },
		{ "Address", NULL, RG_COLUMN_TEXT },
		{ "Kind", NULL, RG_COLUMN_TEXT },
		{ "Object", NULL, RG_COLUMN_TEXT },
	};
	struct rg_table_style style = cli_table_style(cli);
	struct neighbours at = { cli, graph, { NULL, NULL, 0 }, NULL, NULL };
	size_t all = out ? rg_graph_references(graph, id).count
			 : rg_graph_referrers(graph, id).count;
	size_t most = (size_t)cli->options.limit;
	char number[RG_FORMAT_SIZE];
	rg_error *error;

	rg_sink_printf(cli->sink, "\n%s %s\n", rg_format_count(all, number),
		       out ? (all == 1 ? "reference from it" : "references from it")
			   : (all == 1 ? "reference to it" : "references to it"));
	if (!all)
		return CLI_OK;
	error = rg_table_new(side, sizeof(side) / sizeof(side[0]), &at.table);
	if (error)
		return cli_fail(error);
	if (out)
		put_references(&at, id, most);
	else
		put_referrers(&at, id, most);
	style.indent = 2;
	error = rg_table_write(at.table, &style, cli->sink);
	rg_table_free(at.table);
	if (error)
		return cli_fail(error);
	if (most && most < all)
		rg_sink_printf(cli->sink, "  and %s more: -n 0 shows all\n",
			       rg_format_count(all - most, number));
	return CLI_OK;
}

static int look(struct cli *cli, rg_dump *dump, const rg_graph *graph, rg_id id)
{
	struct rg_object object = rg_graph_object(graph, id);
	char words[WORDS_SIZE], flags[128], number[RG_FORMAT_SIZE];
	int64_t external = rg_graph_external(graph, id);
	size_t root_count;
	const struct rg_root *roots = rg_graph_roots(graph, &root_count);
	int status;

	flags_text(object.flags, flags);
	cli_describe(cli, graph, id, words, sizeof(words));
	cli_head(cli, rg_dump_info(dump));
	rg_sink_printf(cli->sink, "\n%s%s%s at 0x%" PRIx64 "\n", cli_bold(cli), words,
		       cli_plain(cli), object.address);
	rg_sink_printf(cli->sink, "  %-10s%s\n", "size", rg_format_bytes(object.size, number));
	if (object.owned)
		rg_sink_printf(cli->sink, "  %-10s%s\n", "owned",
			       rg_format_bytes(object.owned, number));
	if (object.refcount >= 0 && !(object.flags & RG_OBJECT_IMMORTAL))
		rg_sink_printf(cli->sink, "  %-10s%s\n", "refcount",
			       rg_format_count((uint64_t)object.refcount, number));
	if (external)
		rg_sink_printf(cli->sink, "  %-10s%s of its references are not explained\n",
			       "external", rg_format_delta(external, number));
	if (*flags)
		rg_sink_printf(cli->sink, "  %-10s%s\n", "flags", flags);
	for (size_t i = 0; i < root_count; i++) {
		if (roots[i].object != id)
			continue;
		rg_sink_printf(cli->sink, "  %-10s", "root");
		rg_sink_text(cli->sink, roots[i].name);
		rg_sink_puts(cli->sink, "\n");
	}
	status = put_side(cli, graph, id, true);
	if (!status)
		status = put_side(cli, graph, id, false);
	rg_sink_puts(cli->sink, "\nnext: refgraph chain");
	cli_put_dump(cli, rg_dump_info(dump)->path);
	rg_sink_printf(cli->sink, " 0x%" PRIx64 "\n", object.address);
	return status;
}

static int report_json(struct cli *cli, rg_dump *dump, const rg_graph *graph,
		       const struct cli_objects *objects, const struct chosen *chosen,
		       size_t shown, bool full)
{
	const struct rg_dump_info *info = rg_dump_info(dump);
	struct neighbours at = { cli, graph, { NULL, NULL, 0 }, NULL, NULL };
	size_t most = cli->options.limit_given ? (size_t)cli->options.limit : 0;
	int status = cli_json_begin(cli, &info, 1, &at.json);

	if (status)
		return status;
	rg_json_put_u64(at.json, "count", objects->count);
	cli_json_selected(at.json, chosen->kept.objects, chosen->kept.bytes, chosen->kept.owned);
	rg_json_put_array(at.json, "objects");
	for (size_t i = 0; i < shown; i++) {
		rg_json_put_object(at.json, NULL);
		put_object_json(cli, at.json, graph, objects->ids[i]);
		if (full) {
			rg_json_put_i64(at.json, "external",
					rg_graph_external(graph, objects->ids[i]));
			rg_json_put_array(at.json, "references");
			put_references(&at, objects->ids[i], most);
			rg_json_put_end(at.json);
			rg_json_put_array(at.json, "referrers");
			put_referrers(&at, objects->ids[i], most);
			rg_json_put_end(at.json);
		}
		rg_json_put_end(at.json);
	}
	rg_json_put_end(at.json);
	return cli_json_end(at.json);
}

static int show(struct cli *cli, rg_dump *dump, struct cli_objects *objects,
		const struct chosen *chosen, bool full)
{
	bool everything_asked = cli->options.format != CLI_TABLE && !cli->options.limit_given;
	uint64_t limit = everything_asked ? 0 : cli->options.limit;
	size_t shown = limit && limit < objects->count ? (size_t)limit : objects->count;
	const rg_graph *graph = rg_dump_objects(dump);
	rg_error *error = NULL;
	int status;

	if (full) {
		error = rg_dump_graph(dump, &graph);
		if (error)
			return cli_fail(error);
	} else if (cli->options.sort == BY_SIZE) {
		status = put_biggest_first(graph, objects, shown);
		if (status)
			return status;
	}
	status = cli_open(cli);
	if (status)
		return status;
	if (cli->options.format == CLI_JSON)
		return report_json(cli, dump, graph, objects, chosen, shown, full);
	if (full && cli->options.format == CLI_TABLE)
		return look(cli, dump, graph, objects->ids[0]);
	return list(cli, dump, objects, chosen, shown);
}

static int run(struct cli *cli)
{
	struct cli_objects objects = { NULL, 0 };
	struct chosen chosen;
	size_t named = (size_t)cli->operand_count - 1;
	rg_dump *dump = NULL;
	int status = cli_load(cli, cli->operands[0], &dump);

	if (status)
		return status;
	memset(&chosen, 0, sizeof(chosen));
	if (named)
		status = cli_find_any(dump, cli->operands + 1, named, &objects);
	else
		status = everything(rg_dump_objects(dump), &objects);
	if (!status)
		status = filter(cli, rg_dump_objects(dump), &objects, &chosen);
	if (!status)
		status = show(cli, dump, &objects, &chosen, named && objects.count == 1);
	free(objects.ids);
	rg_dump_close(dump);
	return status;
}

static const struct cli_option options[] = {
	{ 'n', "limit", "N", CLI_NUMBER, CLI_FIELD(limit), NULL,
	  "show N objects, 0 for all (20; in JSON and CSV all)" },
	{ 0, "sort", "ORDER", CLI_CHOICE, CLI_FIELD(sort), "size|address",
	  "in which order" },
	{ 0, "only-type", "GLOB", CLI_WORDS, CLI_FIELD(only_types), NULL,
	  "only objects of these types; may be repeated" },
	{ 0, "ignore-type", "GLOB", CLI_WORDS, CLI_FIELD(ignore_types), NULL,
	  "none of these types; may be repeated" },
	{ 0, "tracked", NULL, CLI_FLAG, CLI_FIELD(tracked), NULL,
	  "only objects known to the cycle collector" },
	{ 0, "short", NULL, CLI_FLAG, CLI_FIELD(short_names), NULL, "names without modules" },
	CLI_SELECT_OPTIONS,
	CLI_OPTIONS_END,
};

const struct cli_command cli_objects_command = {
	.name = "objects",
	.operands = "DUMP [OBJECT...]",
	.summary = "list objects, filter them, look at one",
	.text = "Lists objects, all or those named, the biggest first. Of a single one it shows\n"
		"everything: what it refers to, what refers to it, and which roots are on it.",
	.options = options,
	.formats = CLI_ANY(CLI_TABLE) | CLI_ANY(CLI_JSON) | CLI_ANY(CLI_CSV),
	.format = CLI_TABLE,
	.least = 1,
	.most = -1,
	.run = run,
};
