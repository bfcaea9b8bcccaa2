/* SPDX-License-Identifier: MIT */
/* refgraph refcounts: references that nothing in the dump explains. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

#define WORDS_SIZE 512
#define PLACE_SIZE 256
#define MOST_TYPES 8 /* shown to people beside the objects */

static const struct rg_column columns[] = {
	{ "Unexplained", "external", RG_COLUMN_DELTA },
	{ "Count", "refcount", RG_COLUMN_COUNT },
	{ "Found", "explained", RG_COLUMN_COUNT },
	{ "Object", "object", RG_COLUMN_TEXT },
	{ "Held by", "attributed", RG_COLUMN_TEXT },
	{ NULL, "address", RG_COLUMN_TEXT },
	{ NULL, "type", RG_COLUMN_TEXT },
	{ NULL, "unreached", RG_COLUMN_COUNT },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))
#define SHOWN_COLUMNS 5

/* Rows of one kind stand together: the order of rg_audit.rows. */
enum kind { NOTHING_HOLDS, C_MAY_HOLD, OVER_EXPLAINED, WHOLLY_EXPLAINED, KINDS };

/* What one dump gave. */
struct result {
	rg_dump *dump;
	const rg_graph *graph;
	struct rg_attribution *attribution;
	struct rg_audit *audit;
	struct cli_objects named;
	uint64_t counts[KINDS], references[KINDS]; /* of the rows */
};

static enum kind kind_of(const struct rg_audit_row *row)
{
	if (row->external < 0)
		return OVER_EXPLAINED;
	if (!row->external)
		return WHOLLY_EXPLAINED;
	return row->place_count ? C_MAY_HOLD : NOTHING_HOLDS;
}

static size_t shown_rows(const struct cli *cli, const struct result *result)
{
	bool machine = cli->options.format != CLI_TABLE;
	uint64_t limit = machine && !cli->options.limit_given ? 0 : cli->options.limit;

	return limit && limit < result->audit->count ? (size_t)limit : result->audit->count;
}

/* "python3.11 .bss+0x40, stack of thread 4711 and 3 more" */
static void places_text(const struct result *result, const struct rg_audit_row *row, size_t most,
			char *buffer, size_t size)
{
	size_t at = 0;

	buffer[0] = '\0';
	for (size_t i = 0; i < row->place_count && i < most && at < size; i++) {
		char place[PLACE_SIZE];

		rg_place_name(result->dump, &row->places[i], place, sizeof(place));
		at += (size_t)snprintf(buffer + at, size - at, "%s%s", i ? ", " : "", place);
	}
	if (row->place_count > most && at < size)
		snprintf(buffer + at, size - at, " and %zu more", row->place_count - most);
}

static void add_row(struct cli *cli, const struct result *result, const struct rg_audit_row *row,
		    rg_table *table)
{
	struct rg_object object = rg_graph_object(result->graph, row->object);
	bool csv = cli->options.format == CLI_CSV;
	char words[WORDS_SIZE], line[WORDS_SIZE + 64], places[4 * PLACE_SIZE], address[24];

	snprintf(address, sizeof(address), "0x%" PRIx64, object.address);
	cli_describe(cli, result->graph, row->object, words, sizeof(words));
	snprintf(line, sizeof(line), csv ? "%s" : "%s at %s", words, address);
	places_text(result, row, csv ? RG_MOST_PLACES : 2, places, sizeof(places));
	rg_table_number(table, row->external);
	if (row->refcount < 0)
		rg_table_empty(table);
	else
		rg_table_number(table, row->refcount);
	rg_table_number(table, (int64_t)row->explained);
	rg_table_text(table, line);
	if (csv)
		rg_table_text(table, places);
	else if (row->unreached)
		rg_table_text(table, row->place_count ? places
				     : result->attribution->known
					     ? "nothing refers to it: lost in C"
					     : "nothing refers to it");
	else
		rg_table_text(table, row->refcount < 0 ? "its count is not kept" : places);
	if (!csv)
		return;
	rg_table_text(table, address);
	rg_table_text(table, cli_type_name(cli, result->graph, object.type));
	rg_table_number(table, row->unreached);
}

static void add_heading(const struct cli *cli, const struct result *result, enum kind kind,
			rg_table *table)
{
	static const char *const titles[] = {
		[NOTHING_HOLDS] = "Nothing accounts for these",
		[C_MAY_HOLD] = "Words in C's memory may account for these",
		[OVER_EXPLAINED] = "More references were found than counted",
		[WHOLLY_EXPLAINED] = "Wholly explained",
	};
	char line[256], objects[RG_FORMAT_SIZE], references[RG_FORMAT_SIZE];

	snprintf(line, sizeof(line), "%s%s%s %s", titles[kind], cli->dot,
		 rg_format_count(result->counts[kind], objects),
		 result->counts[kind] == 1 ? "object" : "objects");
	if (kind < OVER_EXPLAINED)
		snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s%s %s", cli->dot,
			 rg_format_count(result->references[kind], references),
			 result->references[kind] == 1 ? "reference" : "references");
	rg_table_heading(table, line);
}

static int put_rows(struct cli *cli, const struct result *result)
{
	struct rg_table_style style = cli_table_style(cli);
	bool csv = cli->options.format == CLI_CSV;
	size_t shown = shown_rows(cli, result);
	enum kind last = KINDS;
	rg_table *table;
	rg_error *error = rg_table_new(columns, csv ? COLUMNS : SHOWN_COLUMNS, &table);

	if (error)
		return cli_fail(error);
	for (size_t i = 0; i < shown; i++) {
		const struct rg_audit_row *row = &result->audit->rows[i];
		enum kind kind = kind_of(row);

		/* Named objects come in the order of the command line. */
		if (kind != last && !csv && !result->named.count)
			add_heading(cli, result, kind, table);
		last = kind;
		add_row(cli, result, row, table);
	}
	error = csv ? rg_table_csv(table, cli->sink) : rg_table_write(table, &style, cli->sink);
	rg_table_free(table);
	return error ? cli_fail(error) : CLI_OK;
}

static int put_types(struct cli *cli, const struct result *result)
{
	static const struct rg_column of_types[] = {
		{ "Unexplained", NULL, RG_COLUMN_DELTA },
		{ "Objects", NULL, RG_COLUMN_COUNT },
		{ "In C", NULL, RG_COLUMN_COUNT },
		{ "Type", NULL, RG_COLUMN_TEXT },
	};
	struct rg_table_style style = cli_table_style(cli);
	const struct rg_audit *audit = result->audit;
	size_t shown = cli->options.limit_given ? (size_t)cli->options.limit : MOST_TYPES;
	rg_table *table;
	rg_error *error = rg_table_new(of_types, sizeof(of_types) / sizeof(of_types[0]), &table);

	if (error)
		return cli_fail(error);
	for (size_t i = 0; i < audit->type_count && (!shown || i < shown); i++) {
		const struct rg_audit_type *type = &audit->types[i];

		rg_table_number(table, (int64_t)type->references);
		rg_table_number(table, (int64_t)type->objects);
		rg_table_number(table, (int64_t)type->attributed);
		rg_table_text(table, cli_type_name(cli, result->graph, type->type));
	}
	rg_sink_puts(cli->sink, "\n");
	error = rg_table_write(table, &style, cli->sink);
	rg_table_free(table);
	return error ? cli_fail(error) : CLI_OK;
}

/* The answer in a line: how many, and how many of them nothing at all refers to. */
static void put_summary(struct cli *cli, const struct result *result)
{
	const struct rg_audit *audit = result->audit;
	uint64_t found = audit->attributed + audit->unexplained;
	char number[RG_FORMAT_SIZE], part[RG_FORMAT_SIZE], lost[RG_FORMAT_SIZE];

	rg_sink_puts(cli->sink, cli_bold(cli));
	if (!found)
		rg_sink_printf(cli->sink, "every count is explained: %s %s\n",
			       rg_format_count(audit->counted, number),
			       audit->counted == 1 ? "object" : "objects");
	else
		rg_sink_printf(cli->sink, "%s of %s %s referred to more often than the dump "
			       "explains; %s of them by nothing at all\n",
			       rg_format_count(found, number),
			       rg_format_count(audit->counted, part),
			       found == 1 ? "objects is" : "objects are",
			       audit->unreached ? rg_format_count(audit->unreached, lost)
						: "none");
	rg_sink_puts(cli->sink, cli_plain(cli));
	if (audit->over_explained)
		rg_sink_printf(cli->sink, "%s %s fewer references counted than were found: an "
			       "error of refgraph, or of the dump\n",
			       rg_format_count(audit->over_explained, number),
			       audit->over_explained == 1 ? "object has" : "objects have");
	if (!result->attribution->known && found)
		rg_sink_puts(cli->sink, "whether C's memory names them is not known: this form of "
			     "a dump has objects alone\n");
}

static int report(struct cli *cli, const struct result *result)
{
	const struct rg_dump_info *info = rg_dump_info(result->dump);
	const struct rg_audit *audit = result->audit;
	size_t shown = shown_rows(cli, result);
	char number[RG_FORMAT_SIZE];
	uint64_t left;
	int status = CLI_OK;

	cli_head(cli, info);
	put_summary(cli, result);
	if (audit->count) {
		rg_sink_puts(cli->sink, "\n");
		status = put_rows(cli, result);
	}
	if (!status && audit->type_count && !result->named.count)
		status = put_types(cli, result);
	if (status)
		return status;
	rg_sink_puts(cli->sink, "\n");
	left = audit->attributed + audit->unexplained + audit->over_explained;
	if (cli_selects(cli) && !result->named.count && left > audit->count)
		rg_sink_printf(cli->sink, "left out by --module or --no-stdlib: %s objects\n",
			       rg_format_count(left - audit->count, number));
	if (shown < audit->count)
		rg_sink_printf(cli->sink, "%s more objects: -n 0 shows all\n",
			       rg_format_count(audit->count - shown, number));
	rg_sink_puts(cli->sink, "next: refgraph ");
	rg_sink_puts(cli->sink, audit->count ? "objects " : "cycles ");
	rg_sink_text(cli->sink, info->path);
	if (audit->count)
		rg_sink_printf(cli->sink, " 0x%" PRIx64,
			       rg_graph_object(result->graph, audit->rows[0].object).address);
	rg_sink_puts(cli->sink, "\n");
	return CLI_OK;
}

static void put_row_json(const struct cli *cli, rg_json *json, const struct result *result,
			 const struct rg_audit_row *row)
{
	struct rg_object object = rg_graph_object(result->graph, row->object);
	char place[PLACE_SIZE];

	rg_json_put_object(json, NULL);
	rg_json_put_address(json, "address", object.address);
	rg_json_put_string(json, "type", cli_type_name(cli, result->graph, object.type));
	if (row->refcount < 0)
		rg_json_put_null(json, "refcount");
	else
		rg_json_put_i64(json, "refcount", row->refcount);
	rg_json_put_u64(json, "explained", row->explained);
	rg_json_put_array(json, "attributed");
	for (size_t i = 0; i < row->place_count; i++) {
		rg_place_name(result->dump, &row->places[i], place, sizeof(place));
		rg_json_put_string(json, NULL, place);
	}
	rg_json_put_end(json);
	rg_json_put_i64(json, "external", row->external);
	rg_json_put_bool(json, "unreached", row->unreached);
	rg_json_put_end(json);
}

static int report_json(struct cli *cli, const struct result *result)
{
	const struct rg_dump_info *info = rg_dump_info(result->dump);
	const struct rg_audit *audit = result->audit;
	size_t shown = shown_rows(cli, result);
	rg_json *json;
	int status = cli_json_begin(cli, &info, 1, &json);

	if (status)
		return status;
	rg_json_put_u64(json, "counted", audit->counted);
	rg_json_put_u64(json, "immortal", audit->immortal);
	rg_json_put_u64(json, "explained", audit->explained);
	rg_json_put_u64(json, "attributed", audit->attributed);
	rg_json_put_u64(json, "unexplained", audit->unexplained);
	rg_json_put_u64(json, "over_explained", audit->over_explained);
	rg_json_put_u64(json, "unreached", audit->unreached);
	rg_json_put_u64(json, "references", audit->references);
	rg_json_put_bool(json, "attribution", result->attribution->known);
	rg_json_put_array(json, "types");
	for (size_t i = 0; i < audit->type_count; i++) {
		const struct rg_audit_type *type = &audit->types[i];

		rg_json_put_object(json, NULL);
		rg_json_put_string(json, "type", cli_type_name(cli, result->graph, type->type));
		rg_json_put_u64(json, "objects", type->objects);
		rg_json_put_u64(json, "attributed", type->attributed);
		rg_json_put_u64(json, "unreached", type->unreached);
		rg_json_put_u64(json, "references", type->references);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	rg_json_put_array(json, "objects");
	for (size_t i = 0; i < shown; i++)
		put_row_json(cli, json, result, &audit->rows[i]);
	rg_json_put_end(json);
	return cli_json_end(json);
}

static int look(struct cli *cli, struct result *result)
{
	struct rg_audit_options options;
	rg_error *error = rg_dump_graph(result->dump, &result->graph);

	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.select = cli_selection(cli);
	options.objects = result->named.ids;
	options.object_count = result->named.count;
	cli_progress_stage("looking at C's memory");
	if (!error && rg_graph_has_refcounts(result->graph))
		error = rg_dump_attribute(result->dump, &result->attribution);
	options.attribution = result->attribution;
	if (!error)
		error = rg_audit_find(result->graph, &options, &result->audit);
	if (error)
		return cli_fail(error);
	for (size_t i = 0; i < result->audit->count; i++) {
		const struct rg_audit_row *row = &result->audit->rows[i];

		result->counts[kind_of(row)]++;
		result->references[kind_of(row)] += (uint64_t)row->external;
	}
	return CLI_OK;
}

static int run(struct cli *cli)
{
	struct result result;
	size_t named = (size_t)cli->operand_count - 1;
	int status, opened;

	memset(&result, 0, sizeof(result));
	status = cli_load(cli, cli->operands[0], &result.dump);
	if (status)
		return status;
	if (named)
		status = cli_find(result.dump, cli->operands + 1, named, &result.named);
	if (!status)
		status = look(cli, &result);
	if (!status)
		status = cli_gate(cli, rg_dump_info(result.dump), result.counts[NOTHING_HOLDS]);
	if (status != CLI_TROUBLE) {
		opened = cli_open(cli);
		if (!opened && cli->options.format == CLI_JSON)
			opened = report_json(cli, &result);
		else if (!opened && cli->options.format == CLI_CSV)
			opened = put_rows(cli, &result);
		else if (!opened)
			opened = report(cli, &result);
		status = opened ? opened : status;
	}
	free(result.named.ids);
	rg_audit_free(result.audit);
	rg_attribution_free(result.attribution);
	rg_dump_close(result.dump);
	return status;
}

static const struct cli_option options[] = {
	{ 'n', "limit", "N", CLI_NUMBER, CLI_FIELD(limit), NULL,
	  "show N objects, 0 for all (20; in JSON and CSV all)" },
	{ 0, "short", NULL, CLI_FLAG, CLI_FIELD(short_names), NULL, "names without modules" },
	{ 0, "exit-code", NULL, CLI_FLAG, CLI_FIELD(exit_code), NULL,
	  "exit with 1 if nothing accounts for some reference" },
	{ 0, "allow-incomplete", NULL, CLI_FLAG, CLI_FIELD(allow_incomplete), NULL,
	  "let --exit-code judge an incomplete dump" },
	CLI_SELECT_OPTIONS,
	CLI_OPTIONS_END,
};

const struct cli_command cli_refcounts = {
	.name = "refcounts",
	.operands = "DUMP [OBJECT...]",
	.summary = "references that nothing in the dump explains",
	.text = "Holds every object's count against the references found to it: what is left\n"
		"is held by C code, or lost. Objects whose address stands in C's memory come\n"
		"last, with the place. Objects that are named come alone, explained or not.",
	.options = options,
	.formats = CLI_ANY(CLI_TABLE) | CLI_ANY(CLI_JSON) | CLI_ANY(CLI_CSV),
	.format = CLI_TABLE,
	.least = 1,
	.most = -1,
	.run = run,
};
