/* SPDX-License-Identifier: MIT */
/* growth as a gate: conditions that must not hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/growth.h"


int gate_parse(struct cli *cli, struct growth_gate *gate)
{
	const struct cli_list *words = &cli->options.fail_if;

	if (cli->options.junit && !words->count) {
		cli_say("growth: --junit writes how --fail-if went: give at least one");
		return CLI_TROUBLE;
	}
	gate->conditions = calloc(words->count + 1, sizeof(*gate->conditions));
	gate->judgements = calloc(words->count + 1, sizeof(*gate->judgements));
	if (!gate->conditions || !gate->judgements)
		return cli_no_memory();
	for (; gate->count < words->count; gate->count++) {
		const char *text = words->items[gate->count];
		rg_error *error = rg_condition_parse(text, &gate->conditions[gate->count]);
		bool invalid;

		if (!error)
			continue;
		invalid = rg_error_code(error) == RG_ERROR_INVALID;
		cli_say("growth: --fail-if: %s", rg_error_message(error));
		rg_error_free(error);
		if (invalid)
			cli_point_at(text, rg_condition_fault(text));
		return CLI_TROUBLE;
	}
	return CLI_OK;
}

char *gate_value(const struct rg_condition_fact *fact, double value, char buffer[GATE_VALUE_SIZE])
{
	char count[RG_FORMAT_SIZE], bytes[RG_FORMAT_SIZE];
	double size = value < 0 ? -value : value;

	if (!(size < 0x1p53))
		snprintf(buffer, GATE_VALUE_SIZE, "%.6g", value);
	else if (size > (double)(uint64_t)size)
		snprintf(buffer, GATE_VALUE_SIZE, "%.2f", value);
	else
		snprintf(buffer, GATE_VALUE_SIZE, "%s%s", value < 0 ? "-" : "",
			 rg_format_count((uint64_t)size, count));
	if (fact->bytes && size >= 1024 && size < 0x1p53)
		snprintf(buffer + strlen(buffer), RG_FORMAT_SIZE + 8, " (%s%s)",
			 value < 0 ? "-" : "", rg_format_bytes((uint64_t)size, bytes));
	return buffer;
}

/* "refgraph: DUMP: CONDITION: it is 1,204, the limit 1,000", or the comparisons that made it so. */
static int say_violation(const struct growth_gate *gate, size_t which)
{
	const struct rg_judgement *judgement = gate->judgements[which];
	char value[GATE_VALUE_SIZE], limit[GATE_VALUE_SIZE];
	rg_error *error;
	rg_sink *sink;

	error = rg_sink_memory(&sink);
	if (error)
		return cli_fail(error);
	rg_sink_printf(sink, "%s: failed: %.1000s: ", gate->dump,
		       rg_condition_text(gate->conditions[which]));
	for (size_t i = 0; i < judgement->fact_count; i++) {
		const struct rg_condition_fact *fact = &judgement->facts[i];

		if (judgement->fact_count > 1)
			rg_sink_printf(sink, "%s%.500s is %s, ", i ? "; " : "", fact->text,
				       fact->holds ? "true" : "false");
		rg_sink_printf(sink, "value %s, limit %s", gate_value(fact, fact->value, value),
			       gate_value(fact, fact->limit, limit));
	}
	cli_say("%s", rg_sink_bytes(sink, NULL));
	rg_sink_free(sink);
	return CLI_OK;
}

bool gate_left_out(const struct growth_gate *gate, const char *pattern)
{
	const struct growth_series *series = gate->series;

	for (size_t d = 0; d < series->count; d++)
		for (size_t i = 0; series->whole[d] && i < series->whole[d]->count; i++)
			if (rg_pattern_match(pattern, series->whole[d]->rows[i].name) ||
			    rg_pattern_match(pattern, series->whole[d]->rows[i].short_name))
				return true;
	return false;
}

/* What a pattern may have meant. */
static void say_unknown(const struct growth_gate *gate, const char *pattern)
{
	struct cli_hints hints = { .word = pattern };
	char list[512];

	if (gate_left_out(gate, pattern)) {
		cli_say("%s leaves out all of type '%s', so --fail-if counts 0 of it",
			gate->left_out_by, pattern);
		return;
	}
	for (size_t i = 0; i < gate->growth->count; i++)
		cli_hints_offer(&hints, gate->growth->rows[i].name,
				gate->growth->rows[i].short_name);
	if (!strpbrk(pattern, "*?") && cli_hints_text(&hints, list, sizeof(list)))
		cli_say("no dump has a type '%s', so --fail-if counts 0 of it; near: %s", pattern,
			list);
	else
		cli_say("no dump has a type '%s', so --fail-if counts 0 of it; refgraph types "
			"-n 0 %s lists them all", pattern, gate->dump);
}

/* What a path may have meant: most are long, and differ in the last attribute. */
static void say_unknown_container(const struct growth_series *series, const char *pattern)
{
	struct cli_hints hints = { .word = pattern };
	char list[512];

	for (size_t i = 0; i < series->grown->count; i++) {
		const char *path = series->grown->rows[i].path;
		const char *dot = path ? strrchr(path, '.') : NULL;

		if (path)
			cli_hints_offer(&hints, path, dot ? dot + 1 : path);
	}
	if (!strpbrk(pattern, "*?") && cli_hints_text(&hints, list, sizeof(list)))
		cli_say("no dump has a container of 16 elements or more at '%s', so --fail-if "
			"counts 0 of it; near: %s", pattern, list);
	else
		cli_say("no dump has a container of 16 elements or more at '%s', so --fail-if "
			"counts 0 of it; refgraph growth --containers -n 0 lists those that grew",
			pattern);
}

unsigned int gate_needs(const struct growth_gate *gate)
{
	unsigned int needs = 0;

	for (size_t i = 0; i < gate->count; i++)
		needs |= rg_condition_needs(gate->conditions[i]);
	return needs;
}

int gate_judge(struct cli *cli, const struct growth_series *series, struct growth_gate *gate)
{
	struct rg_condition_subject subject = { .size = sizeof(subject) };
	struct rg_growth_options options;
	rg_error *error;
	int status = CLI_OK;

	if (!gate->count)
		return CLI_OK;
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.warmup = (size_t)cli->options.warmup;
	options.all = true;
	gate->dump = series->infos[series->count - 1].path;
	gate->series = series;
	cli_left_out_by(cli, gate->left_out_by, sizeof(gate->left_out_by));
	error = rg_growth_find((const struct rg_type_table *const *)series->tables, series->count,
			       &options, &gate->growth);
	subject.growth = gate->growth;
	subject.containers = series->grown;
	subject.survivors = series->survivors;
	for (size_t i = 0; !error && i < gate->count; i++) {
		error = rg_condition_judge_all(gate->conditions[i], &subject,
					       &gate->judgements[i]);
		if (!error)
			gate->violated += gate->judgements[i]->holds;
	}
	if (error)
		return cli_fail(error);
	for (size_t i = 0; i < gate->count; i++) {
		const struct rg_judgement *judgement = gate->judgements[i];

		for (size_t u = 0; u < judgement->unknown_count; u++)
			say_unknown(gate, judgement->unknown[u]);
		for (size_t u = 0; u < judgement->unknown_container_count; u++)
			say_unknown_container(series, judgement->unknown_containers[u]);
	}
	for (size_t i = 0; !status && i < gate->count; i++)
		if (gate->judgements[i]->holds)
			status = say_violation(gate, i);
	return status;
}

void gate_free(struct growth_gate *gate)
{
	for (size_t i = 0; i < gate->count; i++) {
		rg_condition_free(gate->conditions[i]);
		rg_judgement_free(gate->judgements[i]);
	}
	free(gate->conditions);
	free(gate->judgements);
	rg_growth_free(gate->growth);
}
