/* SPDX-License-Identifier: MIT */
/* refgraph leaks: what looks like a leak, the worst first. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/leaks.h"

#define MOST 1000 /* suspects that are looked into */

static struct rg_leaks_options how_of(const struct cli *cli, const struct leaks *leaks)
{
	struct rg_leaks_options how;

	memset(&how, 0, sizeof(how));
	how.size = sizeof(how);
	if (cli->options.share != UINT64_MAX)
		how.share = cli->options.share ? (double)cli->options.share : 1e-9;
	how.least = cli->options.least;
	how.bytes = cli->options.least_bytes;
	how.before = (const struct rg_leaks_before *const *)leaks->before;
	how.before_count = leaks->before_count;
	how.threads = 2;
	how.most = MOST;
	return how;
}

/* What is to be known of an earlier dump, which is closed again. */
static int note(struct cli *cli, struct leaks *leaks, const char *path)
{
	struct rg_leaks_options how = how_of(cli, leaks);
	const rg_graph *graph;
	rg_dump *dump = NULL;
	rg_error *error;
	int status = cli_load(cli, path, &dump);

	if (status)
		return status;
	how.before = NULL;
	how.before_count = 0;
	error = rg_dump_graph(dump, &graph);
	cli_progress_stage("looking at the earlier dump");
	if (!error)
		error = rg_leaks_note(graph, &how, &leaks->before[leaks->before_count]);
	if (!error) {
		leaks->earlier[leaks->before_count] = strdup(path);
		if (!leaks->earlier[leaks->before_count++])
			status = cli_no_memory();
	}
	if (!error && !status && cli->options.exit_code)
		status = cli_vouch(cli, rg_dump_info(dump), "--exit-code");
	rg_dump_close(dump);
	return error ? cli_fail(error) : status;
}

static int note_all(struct cli *cli, struct leaks *leaks)
{
	size_t count = (size_t)cli->operand_count;
	int status = CLI_OK;

	leaks->before = calloc(count + 1, sizeof(*leaks->before));
	leaks->earlier = calloc(count + 1, sizeof(*leaks->earlier));
	if (!leaks->before || !leaks->earlier)
		return cli_no_memory();
	if (leaks->baseline_is_dump)
		status = note(cli, leaks, cli->options.baseline);
	for (size_t i = 0; !status && i + 1 < count; i++)
		status = note(cli, leaks, cli->operands[i]);
	return status;
}

static int look(struct cli *cli, struct leaks *leaks)
{
	struct rg_leaks_options how = how_of(cli, leaks);
	rg_error *error = rg_dump_graph(leaks->dump, &leaks->graph);

	how.collector = &rg_dump_info(leaks->dump)->collector;
	cli_progress_stage("looking for leaks");
	if (!error)
		error = rg_leaks_find(leaks->graph, &how, &leaks->found);
	return error ? cli_fail(error) : CLI_OK;
}

/* All that was found becomes what is known. */
static int update(struct cli *cli, const struct leaks *leaks)
{
	rg_sink *before = cli->sink;
	rg_error *error;
	int status;

	if (!cli->options.update_baseline)
		return CLI_OK;
	error = rg_sink_file(cli->options.baseline, &cli->sink);
	if (error) {
		cli->sink = before;
		return cli_fail(error);
	}
	status = leaks_json(cli, leaks, true);
	error = status ? NULL : rg_sink_commit(cli->sink);
	rg_sink_free(cli->sink);
	cli->sink = before;
	return error ? cli_fail(error) : status;
}

static int write(struct cli *cli, const struct leaks *leaks)
{
	int status = cli_open(cli);

	if (status)
		return status;
	if (cli->options.format == CLI_JSON)
		return leaks_json(cli, leaks, false);
	if (cli->options.format == CLI_CSV)
		return leaks_csv(cli, leaks);
	return leaks_text(cli, leaks);
}

static void free_leaks(struct leaks *leaks)
{
	for (size_t i = 0; i < leaks->before_count; i++) {
		rg_leaks_before_free(leaks->before[i]);
		free(leaks->earlier[i]);
	}
	free(leaks->before);
	free(leaks->earlier);
	leaks_filter_free(leaks);
	rg_leaks_free(leaks->found);
	rg_dump_close(leaks->dump);
}

static int run(struct cli *cli)
{
	struct leaks leaks;
	int status = CLI_OK, written;

	memset(&leaks, 0, sizeof(leaks));
	if (cli->options.update_baseline && !cli->options.baseline) {
		cli_say("leaks: --update-baseline wants --baseline FILE, which it writes");
		status = CLI_TROUBLE;
	}
	if (!status)
		status = leaks_read_rules(cli, &leaks);
	if (!status)
		status = leaks_read_baseline(cli, &leaks);
	if (!status)
		status = note_all(cli, &leaks);
	if (!status)
		status = cli_load(cli, cli->operands[cli->operand_count - 1], &leaks.dump);
	if (!status)
		status = look(cli, &leaks);
	if (!status)
		status = leaks_filter(cli, &leaks);
	if (!status)
		status = cli_gate(cli, rg_dump_info(leaks.dump), leaks.shown_count);
	if (status != CLI_TROUBLE) {
		written = write(cli, &leaks);
		leaks_say_unused(cli, &leaks);
		if (!written)
			written = update(cli, &leaks);
		status = written ? written : status;
	}
	free_leaks(&leaks);
	return status;
}

static const struct cli_option options[] = {
	{ 'n', "limit", "N", CLI_NUMBER, CLI_FIELD(limit), NULL,
	  "show N suspects, 0 for all (10; in JSON and CSV all)" },
	{ 0, "share", "PERCENT", CLI_NUMBER, CLI_FIELD(share), NULL,
	  "suspect what keeps PERCENT of the living bytes and more (1)" },
	{ 0, "least", "N", CLI_NUMBER, CLI_FIELD(least), NULL,
	  "and has N elements of one kind and more (100)" },
	{ 0, "least-bytes", "N", CLI_NUMBER, CLI_FIELD(least_bytes), NULL,
	  "and keeps N bytes and more (262144)" },
	{ 0, "baseline", "FILE", CLI_WORD, CLI_FIELD(baseline), NULL,
	  "only what is new or grew since FILE: JSON of leaks, or an earlier dump" },
	{ 0, "update-baseline", NULL, CLI_FLAG, CLI_FIELD(update_baseline), NULL,
	  "write all suspects to the baseline FILE" },
	{ 0, "suppressions", "FILE", CLI_WORD, CLI_FIELD(suppressions), NULL,
	  "leave out what a line of FILE fits: signature:, kind:, type: or path: and a pattern" },
	{ 0, "short", NULL, CLI_FLAG, CLI_FIELD(short_names), NULL, "names without modules" },
	{ 0, "exit-code", NULL, CLI_FLAG, CLI_FIELD(exit_code), NULL,
	  "exit with 1 if something stands out" },
	{ 0, "allow-incomplete", NULL, CLI_FLAG, CLI_FIELD(allow_incomplete), NULL,
	  "let --exit-code judge an incomplete dump" },
	CLI_OPTIONS_END,
};

const struct cli_command cli_leaks = {
	.name = "leaks",
	.operands = "DUMP...",
	.summary = "what looks like a leak, the worst first, and what speaks for it",
	.text = "Names suspects: containers that keep many objects of one kind, caches without\n"
		"bound, stored exceptions, garbage that waits, lost references, resources left\n"
		"open and more, each with its evidence and the next command. With several\n"
		"dumps, oldest first, only what is new or grew in the last one.",
	.options = options,
	.formats = CLI_ANY(CLI_TABLE) | CLI_ANY(CLI_JSON) | CLI_ANY(CLI_CSV),
	.format = CLI_TABLE,
	.least = 1,
	.most = -1,
	.run = run,
};
