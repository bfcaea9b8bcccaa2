/* SPDX-License-Identifier: MIT */
/* refgraph objects: list them, filter them, look at one in full. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/objects.h"

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

static void add_up(struct objects_totals *totals, const struct rg_object *object)
{
	totals->objects++;
	totals->bytes += object->size;
	totals->owned += object->owned;
}

enum choice { NOT_WANTED, NOT_SELECTED, LEFT_OUT, WANTED };

/* Keeps what the filters let through; without objects named, of all there are. */
static int filter(const struct cli *cli, const rg_graph *graph, struct cli_objects *objects,
		  struct objects_chosen *ret)
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
	char words[OBJECTS_WORDS], flags[OBJECTS_FLAGS], address[24];

	for (size_t i = 0; i < shown; i++) {
		struct rg_object object = rg_graph_object(graph, objects->ids[i]);

		snprintf(address, sizeof(address), "0x%" PRIx64, object.address);
		objects_flags(object.flags, flags);
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
		const struct objects_chosen *chosen, size_t shown)
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

static int report_json(struct cli *cli, rg_dump *dump, const rg_graph *graph,
		       const struct cli_objects *objects, const struct objects_chosen *chosen,
		       size_t shown, bool full)
{
	const struct rg_dump_info *info = rg_dump_info(dump);
	rg_json *json;
	int status = cli_json_begin(cli, &info, 1, &json);

	if (status)
		return status;
	rg_json_put_u64(json, "count", objects->count);
	cli_json_selected(json, chosen->kept.objects, chosen->kept.bytes, chosen->kept.owned);
	rg_json_put_array(json, "objects");
	for (size_t i = 0; i < shown && !status; i++)
		status = objects_put_json(cli, json, graph, objects->ids[i], full);
	if (status) {
		rg_json_free(json);
		return status;
	}
	rg_json_put_end(json);
	return cli_json_end(json);
}

static int show(struct cli *cli, rg_dump *dump, struct cli_objects *objects,
		const struct objects_chosen *chosen, bool full)
{
	bool everything_asked = cli->options.format != CLI_TABLE && !cli->options.limit_given;
	uint64_t limit = everything_asked ? 0 : cli->options.limit;
	size_t shown = limit && limit < objects->count ? (size_t)limit : objects->count;
	const rg_graph *graph = rg_dump_objects(dump);
	rg_error *error = NULL;
	int status;

	if (full || cli->options.by > RG_GROUPS_BY_SIZE + 1) {
		error = rg_dump_graph(dump, &graph);
		if (error)
			return cli_fail(error);
	}
	if (cli->options.by)
		return objects_groups(cli, dump, graph, objects, chosen);
	if (!full && cli->options.sort == BY_SIZE) {
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
		return objects_look(cli, dump, graph, objects->ids[0]);
	return list(cli, dump, objects, chosen, shown);
}

static int run(struct cli *cli)
{
	struct cli_objects objects = { NULL, 0 };
	struct objects_chosen chosen;
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
	{ 0, "by", "WHAT", CLI_CHOICE, CLI_FIELD(by),
	  "object|type|module|size|referrer|via|container", "list groups instead" },
	{ 0, "plumbing", NULL, CLI_FLAG, CLI_FIELD(plumbing), NULL,
	  "show the parts of an object (__dict__) for themselves" },
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
	.text = "Lists objects, all or those named, the biggest first; with --by, groups of them.\n"
		"Of a single one it shows everything: fields and elements, what refers to it,\n"
		"what would go with it, and the way to it from a root.",
	.options = options,
	.formats = CLI_ANY(CLI_TABLE) | CLI_ANY(CLI_JSON) | CLI_ANY(CLI_CSV),
	.format = CLI_TABLE,
	.least = 1,
	.most = -1,
	.run = run,
};
