/* SPDX-License-Identifier: MIT */
/* refgraph cycles: unreachable cycles, and where to break them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

#define LABEL_SIZE 128
#define MOST_STEPS 6 /* of a long way around, shown to people */

/* What one dump gave. */
struct result {
	rg_dump *dump;
	const rg_graph *graph;
	struct rg_garbage *garbage;
	struct rg_cycles *cycles;
	size_t *picked;      /* which groups --module and --no-stdlib leave */
	size_t picked_count, picked_garbage;
	uint64_t objects, bytes, owned; /* of these */
};

static void get_label(const struct cli *cli, const rg_graph *graph, const struct rg_step *step,
		      char label[LABEL_SIZE])
{
	label[0] = '\0';
	rg_graph_label(graph, step->source, step->index,
		       (enum rg_label_policy)cli->options.labels, label, LABEL_SIZE);
}

static void put_name(const struct cli *cli, rg_sink *sink, const rg_graph *graph, rg_id id)
{
	struct rg_object object = rg_graph_object(graph, id);
	struct rg_description words;

	rg_graph_describe(graph, id, false, &words);
	rg_sink_text(sink, cli_type_name(cli, graph, object.type));
	rg_sink_puts(sink, *words.name ? " " : "");
	rg_sink_text(sink, words.name);
}

/* Whether @step leads on from a reference that is an object of its own. */
static bool is_between(const rg_graph *graph, const struct rg_step *step)
{
	const char *referent = rg_graph_words(graph)->referent;
	char label[16];

	return referent && rg_graph_label(graph, step->source, step->index, RG_LABELS_ALL, label,
					  sizeof(label)) == strlen(referent) &&
	       !strcmp(label, referent);
}

/* Whether @step goes into a part of its source. */
static bool is_part(const rg_graph *graph, const struct rg_step *step)
{
	return rg_graph_owner(graph, step->target) == step->source;
}

/* The way around: Node - .parent -> Node - .kids -> list - [0] -> back. */
static void put_cycle(const struct cli *cli, rg_sink *sink, bool ascii, const rg_graph *graph,
		      const struct rg_cycle_group *group)
{
	const char *line = ascii ? " - " : " \u2500 ";
	const char *arrow = ascii ? " -> " : " \u2192 ";
	bool folds = rg_graph_words(graph)->referent != NULL;
	char label[LABEL_SIZE], number[RG_FORMAT_SIZE];
	size_t shown = 0;

	if (!group->cycle_length) {
		put_name(cli, sink, graph,
			 group->example_count ? group->example[0] : group->objects[0]);
		return;
	}
	for (size_t i = 0; i < group->cycle_length; i++) {
		const struct rg_step *step = &group->cycle[i];

		if (group->cycle_length > MOST_STEPS + 1 && shown == MOST_STEPS) {
			rg_sink_printf(sink, "%s more%s",
				       rg_format_count(group->cycle_length - i, number), arrow);
			break;
		}
		/* What only stands between two others says nothing. */
		if (group->cycle_length > 1 && is_between(graph, step))
			continue;
		get_label(cli, graph, step, label);
		while (folds && !*label && i + 1 < group->cycle_length &&
		       is_part(graph, &group->cycle[i])) {
			i++;
			get_label(cli, graph, &group->cycle[i], label);
		}
		put_name(cli, sink, graph, step->source);
		if (*label) {
			rg_sink_puts(sink, line);
			rg_sink_text(sink, label);
		}
		rg_sink_puts(sink, arrow);
		shown++;
	}
	rg_sink_puts(sink, "back");
}

#define INDENT 9        /* of what is said below a way around */
#define INDENT_MORE 11  /* where that takes another line */

/* Attributes that all have to be weak: how the owner of a part of an object names them. */
static void put_cuts(const struct cli *cli, rg_sink *sink, const rg_graph *graph,
		     const struct rg_cycle_group *group)
{
	char label[LABEL_SIZE], number[RG_FORMAT_SIZE];
	bool all = group->cut_count > 1 || group->cuts[0].count > 1;
	const struct rg_words *words = rg_graph_words(graph);

	rg_sink_puts(sink, all ? "break at every " : "break at ");
	for (size_t c = 0; c < group->cut_count; c++) {
		cli_weak_label(cli, graph, &group->cuts[c].first, label, LABEL_SIZE);
		rg_sink_puts(sink, !c ? "" : c + 1 < group->cut_count ? ", " : " and ");
		rg_sink_text(sink, *label ? label : "reference");
	}
	rg_sink_printf(sink, ": %s ", all ? words->weaken_all : words->weaken_one);
	rg_sink_printf(sink, group->count > 1 ? "all %s" : "it",
		       rg_format_count(group->count, number));
}

static void put_break(const struct cli *cli, rg_sink *sink, const rg_graph *graph,
		      const struct rg_cycle_group *group)
{
	const struct rg_words *words = rg_graph_words(graph);
	struct rg_step at = words->referent ? rg_cycle_weak(graph, group) : group->break_at;
	char label[LABEL_SIZE], number[RG_FORMAT_SIZE];

	if (group->cut_count && cli->options.labels != RG_LABELS_NONE) {
		put_cuts(cli, sink, graph, group);
		return;
	}
	if (words->referent)
		cli_weak_label(cli, graph, &at, label, LABEL_SIZE);
	else
		get_label(cli, graph, &at, label);
	rg_sink_puts(sink, "break at ");
	if (*label)
		rg_sink_text(sink, label);
	else
		rg_sink_puts(sink, "the reference");
	rg_sink_puts(sink, " of ");
	put_name(cli, sink, graph, words->referent ? cli_shown(graph, at.source) : at.source);
	if (group->count > 1)
		rg_sink_printf(sink, ": %s all %s", words->weaken_one,
			       rg_format_count(group->count, number));
}

#define FEW_TYPES 3

/* Whose code runs before anything is freed. */
static void put_finalizers(struct cli *cli, const rg_graph *graph,
			   const struct rg_cycle_group *group)
{
	char number[RG_FORMAT_SIZE];

	if (!group->finalizers)
		return;
	rg_sink_printf(cli->sink, "%*s%s with a finalizer", INDENT, "",
		       rg_format_count(group->finalizers, number));
	for (size_t i = 0; i < group->finalizer_type_count && i < FEW_TYPES; i++) {
		rg_sink_puts(cli->sink, i ? ", " : ": ");
		rg_sink_text(cli->sink, cli_type_name(cli, graph, group->finalizer_types[i].type));
	}
	rg_sink_puts(cli->sink, group->finalizer_type_count > FEW_TYPES ? ", ...\n" : "\n");
}

/* What each keeps for itself, where that is not what has been said. */
static void put_retained(struct cli *cli, const rg_graph *graph,
			 const struct rg_cycle_group *group)
{
	const struct rg_root_cycle *cycles = group->root_cycles;
	char number[RG_FORMAT_SIZE];

	if (group->alive)
		return;
	if (group->retained != group->bytes + group->owned)
		rg_sink_printf(cli->sink, "%*sretain%s %s; several cycles lead to the rest\n",
			       INDENT, "", group->count > 1 ? "" : "s",
			       rg_format_bytes(group->retained, number));
	if (cycles[0].retained / 2 > group->retained / group->count)
		rg_sink_printf(cli->sink, "%*sthe largest, at 0x%" PRIx64 ", retains %s\n", INDENT,
			       "", rg_graph_object(graph, cycles[0].lowest).address,
			       rg_format_bytes(cycles[0].retained, number));
}

/* Cycles that hang from one that is broken are no better off. */
static void put_rest(struct cli *cli, const rg_graph *graph, const struct rg_cycle_group *group)
{
	const struct rg_words *words = rg_graph_words(graph);
	uint64_t retained = 0;
	char number[RG_FORMAT_SIZE];

	for (size_t i = 0; !group->alive && i < group->count; i++)
		if (group->root_cycles[i].lowest == group->example[0])
			retained = group->root_cycles[i].objects;
	if (group->verified && group->freed < retained)
		rg_sink_printf(cli->sink, "%*s%s %s from %s in other cycles, %s\n", INDENT, "",
			       rg_format_count(retained - group->freed, number),
			       retained - group->freed == 1 ? "object hangs" : "objects hang",
			       group->count > 1 ? "the first" : "it",
			       words->no_collector ? "which have to be broken as well"
						   : "for the collector all the same");
}

static int put_group(struct cli *cli, const rg_graph *graph, const struct rg_cycle_group *group)
{
	uint64_t bytes = group->bytes + group->owned;
	char number[RG_FORMAT_SIZE], more[RG_FORMAT_SIZE], size[RG_FORMAT_SIZE + 16];
	rg_sink *way, *end;
	rg_error *error = rg_sink_memory(&way);
	size_t column;

	if (error)
		return cli_fail(error);
	error = rg_sink_memory(&end);
	if (error) {
		rg_sink_free(way);
		return cli_fail(error);
	}
	put_cycle(cli, way, cli->ascii, graph, group);
	if (group->has_break || group->cut_count)
		put_break(cli, end, graph, group);
	rg_sink_printf(cli->sink, "%7s %s  ", rg_format_count(group->count, number),
		       cli->ascii ? "x" : "\u00d7");
	column = cli_put_wrapped(cli, rg_sink_bytes(way, NULL),
				 cli->ascii ? " -> " : " \u2192 ", INDENT + 2, INDENT_MORE);
	snprintf(size, sizeof(size), "    %s%s",
		 rg_format_bytes(group->count ? bytes / group->count : bytes, number),
		 group->count > 1 ? " each" : "");
	cli_put_wrapped(cli, size, "each", column, INDENT_MORE - 4);
	rg_sink_puts(cli->sink, "\n");
	if (group->object_count > group->member_count)
		rg_sink_printf(cli->sink, "         %s object%s from %s\n",
			       rg_format_count(group->object_count - group->member_count, number),
			       group->object_count - group->member_count > 1 ? "s hang" : " hangs",
			       group->count > 1 ? "them" : "it");
	put_retained(cli, graph, group);
	put_finalizers(cli, graph, group);
	if (group->lost && !rg_graph_words(graph)->no_collector)
		rg_sink_printf(cli->sink, "         %s of %s lost: no collector will free them\n",
			       rg_format_count(group->lost, number),
			       rg_format_count(group->object_count, more));
	if (group->alive)
		rg_sink_puts(cli->sink, "         alive: something still refers to it\n");
	if (!group->certain)
		rg_sink_puts(cli->sink, "         not certain: rests on inferred references\n");
	if (*rg_sink_bytes(end, NULL)) {
		rg_sink_printf(cli->sink, "%*s", INDENT, "");
		cli_put_wrapped(cli, rg_sink_bytes(end, NULL), " ", INDENT, INDENT_MORE);
		rg_sink_puts(cli->sink, "\n");
		put_rest(cli, graph, group);
	}
	rg_sink_free(way);
	rg_sink_free(end);
	return CLI_OK;
}

/* The first line of the answer: how much there is, and what becomes of it. */
static void put_summary(struct cli *cli, const struct result *result)
{
	const struct rg_garbage *garbage = result->garbage;
	const struct rg_collector *collector = &rg_dump_info(result->dump)->collector;
	char number[RG_FORMAT_SIZE], objects[RG_FORMAT_SIZE], bytes[RG_FORMAT_SIZE];
	uint64_t all = garbage->objects + garbage->lost_objects;
	char text[CLI_NO_COLLECTOR];
	size_t shapes = 0;

	for (size_t i = 0; i < result->cycles->count; i++)
		shapes += !result->cycles->groups[i].alive;
	if (!all) {
		rg_sink_puts(cli->sink, "nothing is unreachable\n");
	} else {
		rg_sink_printf(cli->sink, "%s unreachable %s in %zu %s, %s %s, %s",
			       rg_format_count(result->cycles->cycles, number),
			       result->cycles->cycles == 1 ? "cycle" : "cycles", shapes,
			       shapes == 1 ? "shape" : "shapes", rg_format_count(all, objects),
			       all == 1 ? "object" : "objects",
			       rg_format_bytes(garbage->bytes + garbage->owned +
					       garbage->lost_bytes + garbage->lost_owned, bytes));
		if (collector->absent)
			rg_sink_printf(cli->sink, ": %s, they stay for good",
				       cli_no_collector(rg_dump_info(result->dump), text));
		else if (garbage->objects && collector->known)
			rg_sink_puts(cli->sink, collector->enabled
				? ": the collector will free them when it runs next"
				: ": the collector would free them; it is disabled");
		rg_sink_puts(cli->sink, "\n");
	}
	if (result->cycles->shared_objects)
		rg_sink_printf(cli->sink, "%s of the objects, %s: several cycles lead there, and "
			       "none of them retains that\n",
			       rg_format_count(result->cycles->shared_objects, number),
			       rg_format_bytes(result->cycles->shared_bytes, bytes));
	if (garbage->lost_objects && !collector->absent)
		rg_sink_printf(cli->sink, "%s of the objects are lost: no collector finds them\n",
			       rg_format_count(garbage->lost_objects, number));
	if (garbage->overcounted)
		rg_sink_printf(cli->sink, "%s objects have more references than their count says: "
			       "taken for alive\n", rg_format_count(garbage->overcounted, number));
	if (garbage->by_roots)
		rg_sink_puts(cli->sink, "the dump has no reference counts: unreachable is what no "
			     "root reaches\n");
}

/* Picks the groups that have an object of a selected type. */
static int pick(struct cli *cli, struct result *result)
{
	struct rg_type_selection selection = cli_selection(cli);
	const struct rg_cycles *cycles = result->cycles;

	result->picked = malloc((cycles->count + 1) * sizeof(*result->picked));
	if (!result->picked)
		return cli_no_memory();
	for (size_t i = 0; i < cycles->count; i++) {
		const struct rg_cycle_group *group = &cycles->groups[i];
		size_t t = 0;

		while (t < group->type_count &&
		       !rg_type_selected(rg_graph_type(result->graph, group->types[t].type),
					 &selection))
			t++;
		if (t == group->type_count)
			continue;
		result->picked[result->picked_count++] = i;
		result->picked_garbage += !group->alive;
		result->objects += group->object_count;
		result->bytes += group->bytes;
		result->owned += group->owned;
	}
	return CLI_OK;
}

static size_t shown_groups(const struct cli *cli, const struct result *result)
{
	uint64_t limit = cli->options.limit;

	return limit && limit < result->picked_count ? (size_t)limit : result->picked_count;
}

static int report(struct cli *cli, const struct result *result)
{
	const struct rg_dump_info *info = rg_dump_info(result->dump);
	const struct rg_cycles *cycles = result->cycles;
	size_t shown = shown_groups(cli, result), left = cycles->count - result->picked_count;
	char number[RG_FORMAT_SIZE];

	cli_head(cli, info);
	rg_sink_puts(cli->sink, cli_bold(cli));
	put_summary(cli, result);
	rg_sink_puts(cli->sink, cli_plain(cli));
	for (size_t i = 0; i < shown; i++) {
		rg_sink_puts(cli->sink, "\n");
		if (put_group(cli, result->graph, &cycles->groups[result->picked[i]]))
			return CLI_TROUBLE;
	}
	if (left)
		rg_sink_printf(cli->sink, "\nleft out by --module or --no-stdlib: %s %s\n",
			       rg_format_count(left, number), left == 1 ? "shape" : "shapes");
	if (shown < result->picked_count)
		rg_sink_printf(cli->sink, "\n%s more %s: -n 0 shows all\n",
			       rg_format_count(result->picked_count - shown, number),
			       result->picked_count - shown == 1 ? "shape" : "shapes");
	rg_sink_printf(cli->sink, "\nnext: refgraph %s",
		       result->picked_count ? "backrefs" : "types");
	cli_put_dump(cli, info->path);
	if (result->picked_count) {
		const struct rg_cycle_group *group = &cycles->groups[result->picked[0]];
		rg_id id = group->example_count ? group->example[0] : group->objects[0];

		rg_sink_printf(cli->sink, " 0x%" PRIx64 " -o cycle.svg",
			       rg_graph_object(result->graph, id).address);
	}
	rg_sink_puts(cli->sink, "\n");
	return CLI_OK;
}

/* A text that is put together, as a cell. */
static int add_text(rg_table *table, const struct cli *cli, const struct result *result,
		    const struct rg_cycle_group *group, bool is_break)
{
	char label[LABEL_SIZE];
	rg_sink *sink;
	rg_error *error = rg_sink_memory(&sink);

	if (error)
		return cli_fail(error);
	if (!is_break) {
		put_cycle(cli, sink, true, result->graph, group);
	} else if (group->cut_count) {
		for (size_t c = 0; c < group->cut_count; c++) {
			label[0] = '\0';
			rg_step_label(result->graph, &group->cuts[c].first,
				      (enum rg_label_policy)cli->options.labels, label, LABEL_SIZE);
			rg_sink_puts(sink, c ? " " : "");
			rg_sink_text(sink, label);
		}
	} else if (group->has_break) {
		get_label(cli, result->graph, &group->break_at, label);
		put_name(cli, sink, result->graph, group->break_at.source);
		rg_sink_puts(sink, *label ? " - " : "");
		rg_sink_text(sink, label);
	}
	rg_table_text(table, rg_sink_bytes(sink, NULL));
	rg_sink_free(sink);
	return CLI_OK;
}

static int add_csv_row(rg_table *table, const struct cli *cli, const struct result *result,
		       size_t id)
{
	const struct rg_cycle_group *group = &result->cycles->groups[id];
	rg_id example = group->example_count ? group->example[0] : group->objects[0];
	char text[24];
	int status;

	rg_table_number(table, (int64_t)id);
	snprintf(text, sizeof(text), "%016" PRIx64, group->shape);
	rg_table_text(table, text);
	rg_table_number(table, (int64_t)group->count);
	rg_table_text(table, group->alive ? "true" : "false");
	rg_table_number(table, (int64_t)group->object_count);
	rg_table_number(table, (int64_t)group->member_count);
	rg_table_number(table, (int64_t)group->bytes);
	rg_table_number(table, (int64_t)group->owned);
	rg_table_number(table, (int64_t)((group->bytes + group->owned) /
					 (group->count ? group->count : 1)));
	rg_table_number(table, (int64_t)group->lost);
	rg_table_number(table, (int64_t)group->finalizers);
	rg_table_text(table, group->certain ? "true" : "false");
	snprintf(text, sizeof(text), "0x%" PRIx64,
		 rg_graph_object(result->graph, example).address);
	rg_table_text(table, text);
	status = add_text(table, cli, result, group, false);
	if (!status)
		status = add_text(table, cli, result, group, true);
	if (group->alive) {
		rg_table_empty(table);
		rg_table_empty(table);
	} else {
		rg_table_number(table, (int64_t)group->retained);
		rg_table_number(table, (int64_t)group->freed);
	}
	return status;
}

static int report_csv(struct cli *cli, const struct result *result)
{
	static const struct rg_column raw[] = {
		{ "Id", "id", RG_COLUMN_COUNT },
		{ "Shape", "shape", RG_COLUMN_TEXT },
		{ "Count", "count", RG_COLUMN_COUNT },
		{ "Alive", "alive", RG_COLUMN_TEXT },
		{ "Objects", "objects", RG_COLUMN_COUNT },
		{ "Members", "members", RG_COLUMN_COUNT },
		{ "Size", "bytes", RG_COLUMN_BYTES },
		{ "Owned", "owned", RG_COLUMN_BYTES },
		{ "Each", "each", RG_COLUMN_BYTES },
		{ "Lost", "lost", RG_COLUMN_COUNT },
		{ "Finalizers", "finalizers", RG_COLUMN_COUNT },
		{ "Certain", "certain", RG_COLUMN_TEXT },
		{ "Example", "example", RG_COLUMN_TEXT },
		{ "Cycle", "cycle", RG_COLUMN_TEXT },
		{ "Break", "break", RG_COLUMN_TEXT },
		{ "Retained", "retained", RG_COLUMN_BYTES },
		{ "Freed", "freed", RG_COLUMN_COUNT },
	};
	size_t shown = cli->options.limit_given ? shown_groups(cli, result)
						: result->picked_count;
	int status = CLI_OK;
	rg_table *table;
	rg_error *error = rg_table_new(raw, sizeof(raw) / sizeof(raw[0]), &table);

	if (error)
		return cli_fail(error);
	for (size_t i = 0; !status && i < shown; i++)
		status = add_csv_row(table, cli, result, result->picked[i]);
	error = status ? NULL : rg_table_csv(table, cli->sink);
	rg_table_free(table);
	return error ? cli_fail(error) : status;
}

static void put_step(const struct cli *cli, rg_json *json, const rg_graph *graph,
		     const struct rg_step *step)
{
	struct rg_object object = rg_graph_object(graph, step->source);
	char label[LABEL_SIZE];

	get_label(cli, graph, step, label);
	rg_json_put_address(json, "address", object.address);
	rg_json_put_string(json, "type", cli_type_name(cli, graph, object.type));
	rg_json_put_string(json, "label", *label ? label : NULL);
}

static void put_types(const struct cli *cli, rg_json *json, const char *key,
		      const rg_graph *graph, const struct rg_type_count *types, size_t count)
{
	rg_json_put_array(json, key);
	for (size_t i = 0; i < count; i++) {
		rg_json_put_object(json, NULL);
		rg_json_put_string(json, "type", cli_type_name(cli, graph, types[i].type));
		rg_json_put_u64(json, "count", types[i].count);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
}

/* What root cycles keep; what is alive has none. */
static void put_root_cycles(rg_json *json, const rg_graph *graph,
			    const struct rg_cycle_group *group)
{
	size_t count = group->alive ? 0 : group->count;

	if (group->alive)
		rg_json_put_null(json, "retained");
	else
		rg_json_put_u64(json, "retained", group->retained);
	rg_json_put_array(json, "root_cycles");
	for (size_t i = 0; i < count; i++) {
		const struct rg_root_cycle *cycle = &group->root_cycles[i];

		rg_json_put_object(json, NULL);
		rg_json_put_address(json, "address",
				    rg_graph_object(graph, cycle->lowest).address);
		rg_json_put_u64(json, "members", cycle->members);
		rg_json_put_u64(json, "objects", cycle->objects);
		rg_json_put_u64(json, "retained", cycle->retained);
		rg_json_put_u64(json, "finalizers", cycle->finalizers);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
}

/* What breaking one cycle gives; null where nothing is claimed. */
static void put_freed(rg_json *json, const struct rg_cycle_group *group)
{
	rg_json_put_bool(json, "verified", group->verified);
	if (group->alive || !group->verified) {
		rg_json_put_null(json, "freed");
		return;
	}
	rg_json_put_object(json, "freed");
	rg_json_put_u64(json, "objects", group->freed);
	rg_json_put_u64(json, "bytes", group->freed_bytes);
	rg_json_put_end(json);
}

static void put_group_json(const struct cli *cli, rg_json *json, const rg_graph *graph,
			   const struct rg_cycle_group *group, size_t id)
{
	char shape[24];

	snprintf(shape, sizeof(shape), "%016" PRIx64, group->shape);
	rg_json_put_object(json, NULL);
	rg_json_put_u64(json, "id", id);
	rg_json_put_string(json, "shape", shape);
	rg_json_put_u64(json, "count", group->count);
	rg_json_put_bool(json, "alive", group->alive);
	rg_json_put_u64(json, "members", group->member_count);
	rg_json_put_u64(json, "bytes", group->bytes);
	rg_json_put_u64(json, "owned", group->owned);
	rg_json_put_u64(json, "lost", group->lost);
	rg_json_put_u64(json, "finalizers", group->finalizers);
	rg_json_put_bool(json, "certain", group->certain);
	put_types(cli, json, "finalizer_types", graph, group->finalizer_types,
		  group->finalizer_type_count);
	put_types(cli, json, "types", graph, group->types, group->type_count);
	put_root_cycles(json, graph, group);
	/* label: how the previous element reaches this one; the last reaches the first. */
	rg_json_put_array(json, "cycle");
	for (size_t i = 0; i < group->cycle_length; i++) {
		const struct rg_step *into = &group->cycle[i ? i - 1 : group->cycle_length - 1];
		struct rg_object object = rg_graph_object(graph, group->cycle[i].source);
		char label[LABEL_SIZE];

		get_label(cli, graph, into, label);
		rg_json_put_object(json, NULL);
		rg_json_put_address(json, "address", object.address);
		rg_json_put_string(json, "type", cli_type_name(cli, graph, object.type));
		rg_json_put_string(json, "label", *label ? label : NULL);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	if (group->has_break) {
		rg_json_put_object(json, "break");
		put_step(cli, json, graph, &group->break_at);
		rg_json_put_end(json);
	} else {
		rg_json_put_null(json, "break");
	}
	rg_json_put_array(json, "break_attributes");
	for (size_t i = 0; i < group->cut_count; i++) {
		char label[LABEL_SIZE];

		label[0] = '\0';
		rg_step_label(graph, &group->cuts[i].first,
			      (enum rg_label_policy)cli->options.labels, label, LABEL_SIZE);
		rg_json_put_object(json, NULL);
		rg_json_put_string(json, "label", *label ? label : NULL);
		rg_json_put_u64(json, "count", group->cuts[i].count);
		rg_json_put_address(json, "address",
				    rg_graph_object(graph, group->cuts[i].first.source).address);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	put_freed(json, group);
	rg_json_put_array(json, "objects");
	for (size_t i = 0; i < group->object_count; i++)
		rg_json_put_address(json, NULL, rg_graph_object(graph, group->objects[i]).address);
	rg_json_put_end(json);
	rg_json_put_end(json);
}

static int report_json(struct cli *cli, struct result *result)
{
	const struct rg_dump_info *info = rg_dump_info(result->dump);
	const struct rg_garbage *garbage = result->garbage;
	size_t shown = cli->options.limit_given ? shown_groups(cli, result)
						: result->picked_count;
	rg_json *json;
	int status = cli_json_begin(cli, &info, 1, &json);

	if (status)
		return status;
	rg_json_put_u64(json, "unreachable_objects", garbage->objects);
	rg_json_put_u64(json, "unreachable_tracked", garbage->tracked);
	rg_json_put_u64(json, "unreachable_bytes", garbage->bytes);
	rg_json_put_u64(json, "unreachable_owned", garbage->owned);
	rg_json_put_u64(json, "lost_objects", garbage->lost_objects);
	rg_json_put_u64(json, "lost_bytes", garbage->lost_bytes);
	rg_json_put_u64(json, "overcounted", garbage->overcounted);
	rg_json_put_bool(json, "certain", garbage->certain);
	cli_json_collector(json, info);
	rg_json_put_u64(json, "cycles", result->cycles->cycles);
	rg_json_put_object(json, "shared");
	rg_json_put_u64(json, "objects", result->cycles->shared_objects);
	rg_json_put_u64(json, "bytes", result->cycles->shared_bytes);
	rg_json_put_end(json);
	cli_json_selected(json, result->objects, result->bytes, result->owned);
	rg_json_put_array(json, "groups");
	for (size_t i = 0; i < shown; i++)
		put_group_json(cli, json, result->graph,
			       &result->cycles->groups[result->picked[i]], result->picked[i]);
	rg_json_put_end(json);
	return cli_json_end(json);
}

static int run(struct cli *cli)
{
	struct result result;
	struct rg_cycles_options options;
	rg_error *error;
	int status;

	memset(&result, 0, sizeof(result));
	status = cli_load(cli, cli->operands[0], &result.dump);
	if (status)
		return status;
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.all = cli->options.all;
	error = rg_dump_graph(result.dump, &result.graph);
	cli_progress_stage("looking for unreachable objects");
	if (!error)
		error = rg_garbage_find(result.graph, &result.garbage);
	cli_progress_stage("grouping cycles");
	if (!error)
		error = rg_cycles_find(result.graph, result.garbage, &options, &result.cycles);
	status = error ? cli_fail(error) : pick(cli, &result);
	if (!status)
		status = cli_gate(cli, rg_dump_info(result.dump),
				  cli_selects(cli) ? result.picked_garbage
						   : result.garbage->objects ||
							     result.garbage->lost_objects);
	if (status != CLI_TROUBLE) {
		int opened = cli_open(cli);

		if (!opened && cli->options.format == CLI_JSON)
			opened = report_json(cli, &result);
		else if (!opened && cli->options.format == CLI_CSV)
			opened = report_csv(cli, &result);
		else if (!opened)
			opened = report(cli, &result);
		status = opened ? opened : status;
	}
	free(result.picked);
	rg_cycles_free(result.cycles);
	rg_garbage_free(result.garbage);
	rg_dump_close(result.dump);
	return status;
}

static const struct cli_option options[] = {
	{ 'a', "all", NULL, CLI_FLAG, CLI_FIELD(all), NULL, "also cycles that are alive" },
	{ 'n', "limit", "N", CLI_NUMBER, CLI_FIELD(limit), NULL,
	  "show N shapes, 0 for all (20; in JSON and CSV all)" },
	{ 0, "short", NULL, CLI_FLAG, CLI_FIELD(short_names), NULL, "names without modules" },
	{ 0, "exit-code", NULL, CLI_FLAG, CLI_FIELD(exit_code), NULL,
	  "exit with 1 if anything is unreachable" },
	{ 0, "allow-incomplete", NULL, CLI_FLAG, CLI_FIELD(allow_incomplete), NULL,
	  "let --exit-code judge an incomplete dump" },
	CLI_SELECT_OPTIONS,
	CLI_OPTIONS_END,
};

const struct cli_command cli_cycles = {
	.name = "cycles",
	.operands = "DUMP",
	.summary = "unreachable cycles, and where to break them",
	.text = "Finds the objects that the runtime's own collector would free if it ran now, and\n"
		"those that none will, grouped by the cycles that keep them.",
	.options = options,
	.formats = CLI_ANY(CLI_TABLE) | CLI_ANY(CLI_JSON) | CLI_ANY(CLI_CSV),
	.format = CLI_TABLE,
	.least = 1,
	.most = 1,
	.run = run,
};
