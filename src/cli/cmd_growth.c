/* SPDX-License-Identifier: MIT */
/* refgraph growth: what grew over two or more dumps. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/growth.h"

/* Copies what reports need of @info; false: no memory. */
static bool keep_info(const struct rg_dump_info *info, struct rg_dump_info *kept)
{
	char **missing = calloc(info->missing_count + 1, sizeof(*missing));
	bool ok;

	*kept = *info;
	kept->path = strdup(info->path);
	kept->runtime_name = strdup(info->runtime_name);
	kept->version = strdup(info->version);
	ok = missing && kept->path && kept->runtime_name && kept->version;
	for (size_t i = 0; ok && i < info->missing_count; i++) {
		missing[i] = strdup(info->missing[i]);
		ok = missing[i] != NULL;
	}
	kept->missing = (const char *const *)missing;
	return ok;
}

static void free_info(struct rg_dump_info *kept)
{
	for (size_t i = 0; kept->missing && i < kept->missing_count; i++)
		free((char *)kept->missing[i]);
	free((void *)kept->missing);
	free((char *)kept->path);
	free((char *)kept->runtime_name);
	free((char *)kept->version);
}

static void free_series(struct growth_series *series)
{
	for (size_t i = 0; i < series->count; i++) {
		if (series->infos)
			free_info(&series->infos[i]);
		if (series->tables)
			rg_types_free(series->tables[i]);
		if (series->whole)
			rg_types_free(series->whole[i]);
	}
	free(series->infos);
	free(series->views);
	free(series->tables);
	growth_heap_free(series);
	free(series->whole);
	rg_growth_free(series->growth);
}

static int read_one(struct cli *cli, struct growth_series *series, size_t at,
		    const struct growth_wants *wants)
{
	struct rg_types_options options;
	rg_dump *dump = NULL;
	rg_error *error;
	int status = cli_load(cli, cli->operands[at], &dump);

	if (status)
		return status;
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.tracked_only = cli->options.tracked;
	options.short_names = cli->options.short_names;
	options.select = cli_selection(cli);
	error = rg_types(rg_dump_objects(dump), &options, &series->tables[at]);
	/* What a gate asks about may be there, and not be looked at. */
	if (!error && (cli->options.fail_if.count || wants->containers || wants->survivors) &&
	    (cli_selects(cli) || options.tracked_only)) {
		options.tracked_only = false;
		memset(&options.select, 0, sizeof(options.select));
		error = rg_types(rg_dump_objects(dump), &options, &series->whole[at]);
	}
	if (error)
		status = cli_fail(error);
	else if (!keep_info(rg_dump_info(dump), &series->infos[at]))
		status = cli_no_memory();
	if (!status)
		status = growth_heap_read(cli, series, at, dump, wants);
	rg_dump_close(dump);
	return status;
}

static int read_all(struct cli *cli, struct growth_series *series,
		    const struct growth_wants *wants)
{
	int status = CLI_OK;

	series->count = (size_t)cli->operand_count;
	series->infos = calloc(series->count, sizeof(*series->infos));
	series->views = calloc(series->count, sizeof(*series->views));
	series->tables = calloc(series->count, sizeof(*series->tables));
	series->whole = calloc(series->count, sizeof(*series->whole));
	series->containers = calloc(series->count, sizeof(struct rg_container_table *));
	if (!series->infos || !series->views || !series->tables || !series->whole ||
	    !series->containers)
		return cli_no_memory();
	for (size_t i = 0; !status && i < series->count; i++) {
		series->views[i] = &series->infos[i];
		status = read_one(cli, series, i, wants);
	}
	return status;
}

static int check_options(const struct cli *cli, bool survivors)
{
	uint64_t warmup = cli->options.warmup, dumps = (uint64_t)cli->operand_count;

	if (survivors && warmup < dumps && dumps - warmup < 3) {
		cli_say("growth: survivors want three dumps%s: one before, one after, and one "
			"in which what came is still there", warmup ? " after --warmup" : "");
		return CLI_TROUBLE;
	}
	if (dumps >= 2 && warmup <= dumps - 2)
		return CLI_OK;
	cli_say("growth: --warmup %" PRIu64 " of %" PRIu64 " dumps leaves too few to compare: at "
		"least two have to be left", warmup, dumps);
	return CLI_TROUBLE;
}

/* An incomplete dump may lack what would violate a gate. */
static int vouch(const struct cli *cli, const struct growth_series *series)
{
	const char *option = cli->options.fail_if.count ? "--fail-if"
			     : cli->options.exit_code   ? "--exit-code" : NULL;
	int status = CLI_OK;

	for (size_t i = 0; option && !status && i < series->count; i++)
		status = cli_vouch(cli, &series->infos[i], option);
	return status;
}

static int find_growth(const struct cli *cli, struct growth_series *series)
{
	static const enum rg_type_order orders[] = {
		RG_TYPES_BY_BYTES, RG_TYPES_BY_COUNT, RG_TYPES_BY_NAME,
	};
	struct rg_growth_options options;
	rg_error *error;

	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.peak = cli->options.peak;
	options.warmup = (size_t)cli->options.warmup;
	options.order = orders[cli->options.sort];
	error = rg_growth_find((const struct rg_type_table *const *)series->tables, series->count,
			       &options, &series->growth);
	return error ? cli_fail(error) : CLI_OK;
}

static int show(struct cli *cli, const struct growth_series *series, const struct growth_gate *gate)
{
	switch (cli->options.format) {
	case CLI_JSON:
		return growth_report_json(cli, series, gate);
	case CLI_CSV:
		return cli->options.containers  ? growth_containers_csv(cli, series)
		       : cli->options.survivors ? growth_survivors_csv(cli, series)
						: growth_report_csv(cli, series);
	default:
		return cli->options.containers  ? growth_containers_report(cli, series)
		       : cli->options.survivors ? growth_survivors_report(cli, series)
						: growth_report(cli, series);
	}
}

/* What --exit-code asks: whether any of the types that the report is about grew. */
static bool grew(const struct rg_growth *growth)
{
	for (size_t i = 0; i < growth->count; i++)
		if (growth->rows[i].count_delta > 0 || growth->rows[i].bytes_delta > 0 ||
		    growth->rows[i].owned_delta > 0)
			return true;
	return false;
}

static int run(struct cli *cli)
{
	struct growth_series series;
	struct growth_gate gate;
	struct growth_wants wants = { cli->options.containers, cli->options.survivors };
	int status;

	memset(&series, 0, sizeof(series));
	memset(&gate, 0, sizeof(gate));
	status = gate_parse(cli, &gate);
	wants.containers |= (gate_needs(&gate) & RG_CONDITION_NEEDS_CONTAINERS) != 0;
	wants.survivors |= (gate_needs(&gate) & RG_CONDITION_NEEDS_SURVIVORS) != 0;
	if (!status)
		status = check_options(cli, wants.survivors);
	if (!status)
		status = read_all(cli, &series, &wants);
	if (!status)
		status = vouch(cli, &series);
	if (!status)
		status = find_growth(cli, &series);
	if (!status)
		status = gate_judge(cli, &series, &gate);
	if (!status)
		status = gate_annotate(cli, &gate);
	if (!status)
		status = gate_junit(cli, &gate);
	if (!status)
		status = cli_open(cli);
	if (!status)
		status = show(cli, &series, &gate);
	/* A gate that fails is when the picture is wanted most. */
	if (!status && cli->options.graph)
		status = growth_graph(cli, &series);
	if (!status && (gate.violated || (cli->options.exit_code && grew(series.growth))))
		status = CLI_FINDING;
	gate_free(&gate);
	free_series(&series);
	return status;
}

static const struct cli_option options[] = {
	{ 'n', "limit", "N", CLI_NUMBER, CLI_FIELD(limit), NULL,
	  "show N types, 0 for all (20; in JSON and CSV all)" },
	{ 0, "sort", "ORDER", CLI_CHOICE, CLI_FIELD(sort), "bytes|count|name",
	  "by which change" },
	{ 0, "peak", NULL, CLI_FLAG, CLI_FIELD(peak), NULL,
	  "only types above their highest count so far, as objgraph has it" },
	{ 0, "tracked", NULL, CLI_FLAG, CLI_FIELD(tracked), NULL,
	  "only objects known to the cycle collector" },
	{ 0, "short", NULL, CLI_FLAG, CLI_FIELD(short_names), NULL,
	  "names without modules; types of one name become one" },
	{ 0, "warmup", "K", CLI_NUMBER, CLI_FIELD(warmup), NULL,
	  "show the first K dumps, but judge without them" },
	{ 0, "fail-if", "CONDITION", CLI_WORDS, CLI_FIELD(fail_if), NULL,
	  "exit with 1 if it holds, as count(app.Session) > 1000 or delta_bytes(*) > 10M; "
	  "may be repeated" },
	{ 0, "exit-code", NULL, CLI_FLAG, CLI_FIELD(exit_code), NULL,
	  "exit with 1 if anything grew" },
	{ 0, "allow-incomplete", NULL, CLI_FLAG, CLI_FIELD(allow_incomplete), NULL,
	  "let both judge incomplete dumps" },
	{ 0, "junit", "FILE", CLI_WORD, CLI_FIELD(junit), NULL,
	  "write how each --fail-if went to FILE, as JUnit does" },
	{ 0, "annotate", "WHEN", CLI_CHOICE, CLI_FIELD(annotate), "auto|github|never",
	  "tell GitHub on standard error; auto is where GITHUB_ACTIONS is true" },
	CLI_SELECT_OPTIONS,
	{ 0, "containers", NULL, CLI_FLAG, CLI_FIELD(containers), NULL,
	  "which container grew, with the expression that leads to it" },
	{ 0, "survivors", NULL, CLI_FLAG, CLI_FIELD(survivors), NULL,
	  "of three dumps or more: what came after the first, was in the last but one, and "
	  "stayed" },
	{ 0, "process", "WHICH", CLI_CHOICE, CLI_FIELD(process), "auto|same|different",
	  "whether containers are told by address and type, or by signature alone" },
	{ 0, "graph", "FILE", CLI_WORD, CLI_FIELD(graph), NULL,
	  "draw who holds the newcomers, or with --survivors these, as .svg, .png, .pdf or .dot" },
	CLI_OPTIONS_END,
};

const struct cli_command cli_growth = {
	.name = "growth",
	.operands = "DUMP DUMP...",
	.summary = "what grew over two or more dumps",
	.text = "Compares counts and bytes by type, oldest dump first. Shrinkage shows as well.",
	.options = options,
	.formats = CLI_ANY(CLI_TABLE) | CLI_ANY(CLI_JSON) | CLI_ANY(CLI_CSV),
	.format = CLI_TABLE,
	.least = 2,
	.most = -1,
	.run = run,
};
