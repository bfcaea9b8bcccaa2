/* SPDX-License-Identifier: MIT */
/* refgraph growth: what grew over two or more dumps. */
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
	}
	free(series->infos);
	free(series->views);
	free(series->tables);
	rg_growth_free(series->growth);
}

static int read_one(struct cli *cli, struct growth_series *series, size_t at)
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
	error = rg_types(rg_dump_objects(dump), &options, &series->tables[at]);
	if (error)
		status = cli_fail(error);
	else if (!keep_info(rg_dump_info(dump), &series->infos[at]))
		status = cli_no_memory();
	rg_dump_close(dump);
	return status;
}

static int read_all(struct cli *cli, struct growth_series *series)
{
	int status = CLI_OK;

	series->count = (size_t)cli->operand_count;
	series->infos = calloc(series->count, sizeof(*series->infos));
	series->views = calloc(series->count, sizeof(*series->views));
	series->tables = calloc(series->count, sizeof(*series->tables));
	if (!series->infos || !series->views || !series->tables)
		return cli_no_memory();
	for (size_t i = 0; !status && i < series->count; i++) {
		series->views[i] = &series->infos[i];
		status = read_one(cli, series, i);
	}
	return status;
}

static int run(struct cli *cli)
{
	static const enum rg_type_order orders[] = {
		RG_TYPES_BY_BYTES, RG_TYPES_BY_COUNT, RG_TYPES_BY_NAME,
	};
	struct rg_growth_options options;
	struct growth_series series;
	rg_error *error;
	int status;

	memset(&series, 0, sizeof(series));
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.peak = cli->options.peak;
	options.order = orders[cli->options.sort];
	status = read_all(cli, &series);
	if (!status) {
		error = rg_growth_find((const struct rg_type_table *const *)series.tables,
				       series.count, &options, &series.growth);
		status = error ? cli_fail(error) : cli_open(cli);
	}
	if (!status)
		status = cli->options.format == CLI_JSON ? growth_report_json(cli, &series)
			 : cli->options.format == CLI_CSV ? growth_report_csv(cli, &series)
							  : growth_report(cli, &series);
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
