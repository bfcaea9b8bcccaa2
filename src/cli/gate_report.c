/* SPDX-License-Identifier: MIT */
/* How a gate went, for programs: JSON, JUnit's XML, and GitHub's annotations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/growth.h"

#define MOST_ROWS 10 /* of types, in a failure's text */

void gate_json(const struct growth_gate *gate, rg_json *json)
{
	rg_json_put_array(json, "violations");
	for (size_t i = 0; i < gate->count; i++) {
		const struct rg_judgement *judgement = gate->judgements[i];

		for (size_t f = 0; judgement->holds && f < judgement->fact_count; f++) {
			const struct rg_condition_fact *fact = &judgement->facts[f];

			rg_json_put_object(json, NULL);
			rg_json_put_string(json, "expression",
					   rg_condition_text(gate->conditions[i]));
			rg_json_put_string(json, "comparison", fact->text);
			rg_json_put_bool(json, "holds", fact->holds);
			rg_json_put_double(json, "value", fact->value);
			rg_json_put_double(json, "limit", fact->limit);
			rg_json_put_end(json);
		}
	}
	rg_json_put_end(json);
}

/* "delta_count(app.*) > 0: value 3, limit 0", a line a deciding comparison. */
static void put_facts(const struct rg_judgement *judgement, rg_sink *sink)
{
	char value[GATE_VALUE_SIZE], limit[GATE_VALUE_SIZE];

	for (size_t i = 0; i < judgement->fact_count; i++) {
		const struct rg_condition_fact *fact = &judgement->facts[i];

		rg_sink_text(sink, fact->text);
		rg_sink_printf(sink, ": value %s, limit %s\n", gate_value(fact, fact->value, value),
			       gate_value(fact, fact->limit, limit));
	}
}

static bool changed(const struct rg_growth_row *row)
{
	return row->count_delta || row->bytes_delta || row->owned_delta;
}

/* The types that the condition is about, those that grew most first. */
static void put_rows(const rg_condition *condition, const struct rg_growth *growth, rg_sink *sink)
{
	char before[RG_FORMAT_SIZE], after[RG_FORMAT_SIZE], delta[RG_FORMAT_SIZE];
	char bytes[RG_FORMAT_SIZE];
	size_t shown = 0, more = 0;
	bool any = false; /* changed: then the others are left out */

	for (size_t i = 0; !any && i < growth->count; i++)
		any = changed(&growth->rows[i]) &&
		      rg_condition_concerns(condition, &growth->rows[i]);
	for (size_t i = 0; i < growth->count; i++) {
		const struct rg_growth_row *row = &growth->rows[i];

		if (any != changed(row) || !rg_condition_concerns(condition, row))
			continue;
		if (shown == MOST_ROWS) {
			more++;
			continue;
		}
		shown++;
		rg_sink_text(sink, row->name);
		rg_sink_printf(sink, ": %s to %s (%s), %s",
			       rg_format_count(row->counts[growth->warmup], before),
			       rg_format_count(row->counts[growth->dumps - 1], after),
			       rg_format_delta(row->count_delta, delta),
			       rg_format_bytes_delta(row->bytes_delta, bytes));
		if (row->owned_delta)
			rg_sink_printf(sink, ", %s owned",
				       rg_format_bytes_delta(row->owned_delta, bytes));
		rg_sink_puts(sink, "\n");
	}
	if (more)
		rg_sink_printf(sink, "and %zu more %s\n", more, more == 1 ? "type" : "types");
}

/* The containers that the condition is about: those that grew most first. */
static void put_containers(const rg_condition *condition,
			   const struct rg_container_growth *containers, rg_sink *sink)
{
	char before[RG_FORMAT_SIZE], after[RG_FORMAT_SIZE], delta[RG_FORMAT_SIZE];
	char bytes[RG_FORMAT_SIZE];
	size_t shown = 0, more = 0;

	for (size_t i = 0; containers && i < containers->count; i++) {
		const struct rg_container_growth_row *row = &containers->rows[i];

		if (!rg_condition_concerns_container(condition, row))
			continue;
		if (shown == MOST_ROWS) {
			more++;
			continue;
		}
		shown++;
		rg_sink_text(sink, row->path ? row->path : row->shape);
		rg_sink_printf(sink, ": %s to %s elements (%s), %s retained\n",
			       rg_format_count(row->elements[containers->warmup], before),
			       rg_format_count(row->elements[containers->dumps - 1], after),
			       rg_format_delta(row->element_delta, delta),
			       rg_format_bytes_delta(row->retained_delta, bytes));
	}
	if (more)
		rg_sink_printf(sink, "and %zu more %s\n", more,
			       more == 1 ? "container" : "containers");
}

/* What there is to say about a condition, clean and in lines; NULL: said why not. */
static rg_sink *text_of(const struct growth_gate *gate, size_t which, bool rows)
{
	const struct rg_judgement *judgement = gate->judgements[which];
	rg_sink *sink;
	rg_error *error = rg_sink_memory(&sink);

	if (error) {
		cli_fail(error);
		return NULL;
	}
	put_facts(judgement, sink);
	if (rows)
		put_rows(gate->conditions[which], gate->growth, sink);
	if (rows)
		put_containers(gate->conditions[which], gate->series->grown, sink);
	if (!rg_sink_failed(sink))
		return sink;
	rg_sink_free(sink);
	cli_no_memory();
	return NULL;
}

/* Clean text between tags or, as one line, in an attribute. */
static void put_xml(rg_sink *sink, const char *clean, bool attribute)
{
	for (; *clean; clean++) {
		switch (*clean) {
		case '&':
			rg_sink_puts(sink, "&amp;");
			break;
		case '<':
			rg_sink_puts(sink, "&lt;");
			break;
		case '>':
			rg_sink_puts(sink, "&gt;");
			break;
		case '"':
			rg_sink_puts(sink, "&quot;");
			break;
		case '\n':
			if (clean[1] || !attribute)
				rg_sink_puts(sink, attribute ? "; " : "\n");
			break;
		default:
			rg_sink_write(sink, clean, 1);
		}
	}
}

static int put_case(const struct growth_gate *gate, size_t which, rg_sink *sink)
{
	bool failed = gate->judgements[which]->holds;
	rg_sink *name, *facts = text_of(gate, which, false), *all = text_of(gate, which, true);
	rg_error *error = rg_sink_memory(&name);

	if (error) {
		cli_fail(error);
	} else if (facts && all) {
		rg_sink_text(name, rg_condition_text(gate->conditions[which]));
		rg_sink_puts(sink, "    <testcase classname=\"refgraph.growth\" name=\"");
		put_xml(sink, rg_sink_bytes(name, NULL), true);
		rg_sink_puts(sink, "\" time=\"0\">\n");
		if (failed) {
			rg_sink_puts(sink, "      <failure type=\"violation\" message=\"");
			put_xml(sink, rg_sink_bytes(facts, NULL), true);
			rg_sink_puts(sink, "\">");
		} else {
			rg_sink_puts(sink, "      <system-out>");
		}
		put_xml(sink, rg_sink_bytes(failed ? all : facts, NULL), false);
		rg_sink_puts(sink, failed ? "</failure>\n" : "</system-out>\n");
		rg_sink_puts(sink, "    </testcase>\n");
	}
	rg_sink_free(facts);
	rg_sink_free(all);
	if (error)
		return CLI_TROUBLE;
	rg_sink_free(name);
	return facts && all ? CLI_OK : CLI_TROUBLE;
}

int gate_junit(const struct cli *cli, const struct growth_gate *gate)
{
	int status = CLI_OK;
	rg_sink *sink;
	rg_error *error;

	if (!cli->options.junit)
		return CLI_OK;
	error = rg_sink_file(cli->options.junit, &sink);
	if (error)
		return cli_fail(error);
	rg_sink_printf(sink,
		       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		       "<testsuites tests=\"%zu\" failures=\"%zu\" errors=\"0\" time=\"0\">\n"
		       "  <testsuite name=\"refgraph growth\" tests=\"%zu\" failures=\"%zu\" "
		       "errors=\"0\" skipped=\"0\" time=\"0\">\n",
		       gate->count, gate->violated, gate->count, gate->violated);
	for (size_t i = 0; !status && i < gate->count; i++)
		status = put_case(gate, i, sink);
	rg_sink_puts(sink, "  </testsuite>\n</testsuites>\n");
	if (!status) {
		error = rg_sink_commit(sink);
		if (error)
			status = cli_fail(error);
	}
	rg_sink_free(sink);
	return status;
}

/* A command of GitHub's runner: its lines are one. */
static void put_command(FILE *file, const char *kind, const char *clean)
{
	size_t length = strlen(clean);

	while (length && clean[length - 1] == '\n')
		length--;
	fprintf(file, "::%s title=refgraph growth::", kind);
	for (size_t i = 0; i < length; i++) {
		if (clean[i] == '%')
			fputs("%25", file);
		else if (clean[i] == '\n')
			fputs("%0A", file);
		else
			fputc(clean[i], file);
	}
	fputc('\n', file);
}

static int annotate_condition(const struct growth_gate *gate, size_t which)
{
	const struct rg_judgement *judgement = gate->judgements[which];
	rg_sink *text, *all;
	rg_error *error;

	for (size_t u = 0; u < judgement->unknown_count; u++) {
		error = rg_sink_memory(&text);
		if (error)
			return cli_fail(error);
		if (gate_left_out(gate, judgement->unknown[u])) {
			rg_sink_text(text, gate->left_out_by);
			rg_sink_puts(text, " leaves out all of type '");
		} else {
			rg_sink_puts(text, "no dump has a type '");
		}
		rg_sink_text(text, judgement->unknown[u]);
		rg_sink_puts(text, "', so --fail-if counts 0 of it");
		put_command(stderr, "warning", rg_sink_bytes(text, NULL));
		rg_sink_free(text);
	}
	for (size_t u = 0; u < judgement->unknown_container_count; u++) {
		error = rg_sink_memory(&text);
		if (error)
			return cli_fail(error);
		rg_sink_puts(text, "no dump has a container of 16 elements or more at '");
		rg_sink_text(text, judgement->unknown_containers[u]);
		rg_sink_puts(text, "', so --fail-if counts 0 of it");
		put_command(stderr, "warning", rg_sink_bytes(text, NULL));
		rg_sink_free(text);
	}
	if (!judgement->holds)
		return CLI_OK;
	all = text_of(gate, which, true);
	if (!all)
		return CLI_TROUBLE;
	error = rg_sink_memory(&text);
	if (!error) {
		rg_sink_text(text, gate->dump);
		rg_sink_puts(text, " fails on ");
		rg_sink_text(text, rg_condition_text(gate->conditions[which]));
		rg_sink_puts(text, "\n");
		rg_sink_puts(text, rg_sink_bytes(all, NULL));
		put_command(stderr, "error", rg_sink_bytes(text, NULL));
		rg_sink_free(text);
	}
	rg_sink_free(all);
	return error ? cli_fail(error) : CLI_OK;
}

int gate_annotate(const struct cli *cli, const struct growth_gate *gate)
{
	const char *actions = getenv("GITHUB_ACTIONS");
	int status = CLI_OK;

	if (cli->options.annotate == 2 ||
	    (cli->options.annotate == 0 && (!actions || strcmp(actions, "true") != 0)))
		return CLI_OK;
	for (size_t i = 0; !status && i < gate->count; i++)
		status = annotate_condition(gate, i);
	return status;
}
