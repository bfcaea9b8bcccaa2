/* SPDX-License-Identifier: MIT */
/* refgraph info: what a dump is, on one screen. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

static void row(rg_sink *sink, const char *name, const char *value)
{
	if (!*value)
		return;
	rg_sink_printf(sink, "  %-14s", name);
	rg_sink_text(sink, value);
	rg_sink_puts(sink, "\n");
}

static void count_row(rg_sink *sink, const char *name, uint64_t value)
{
	char number[RG_FORMAT_SIZE];

	row(sink, name, rg_format_count(value, number));
}

/* Which process it was: what the core says beside its memory. */
static void process_rows(struct cli *cli, const struct rg_dump_info *info)
{
	rg_sink *sink = cli->sink;
	const char *name = info->signal ? sigabbrev_np(info->signal) : NULL;

	row(sink, "command", info->command);
	row(sink, "executable", info->executable);
	if (!info->pid)
		return;
	rg_sink_printf(sink, "  %-14s%" PRIu64, "process", info->pid);
	if (info->signal)
		rg_sink_printf(sink, ", ended by signal %d", info->signal);
	if (name)
		rg_sink_printf(sink, " (SIG%s)", name);
	rg_sink_puts(sink, "\n");
}

/* Where the dump's memory went, so that what refgraph does not explain is seen. */
struct account {
	uint64_t objects, allocator_free, other, total;
	uint64_t elsewhere; /* bytes of objects that lie in mapped files, not in the dump */
};

static struct account account_for(const struct rg_dump_info *info)
{
	uint64_t known = info->object_bytes + info->allocator_free;

	return (struct account){
		.objects = info->object_bytes,
		.allocator_free = info->allocator_free,
		.other = info->total_bytes > known ? info->total_bytes - known : 0,
		.total = info->total_bytes,
		.elsewhere = info->total_bytes && known > info->total_bytes
				     ? known - info->total_bytes : 0,
	};
}

static void memory_row(struct cli *cli, const struct rg_dump_info *info)
{
	struct account account = account_for(info);
	char a[RG_FORMAT_SIZE], b[RG_FORMAT_SIZE], c[RG_FORMAT_SIZE], d[RG_FORMAT_SIZE];
	char text[4 * RG_FORMAT_SIZE + 128];
	size_t at;

	at = (size_t)snprintf(text, sizeof(text), "%s in objects",
			      rg_format_bytes(account.objects, a));
	if (account.allocator_free)
		at += (size_t)snprintf(text + at, sizeof(text) - at, ", %s free in the allocator",
				       rg_format_bytes(account.allocator_free, b));
	if (account.elsewhere)
		snprintf(text + at, sizeof(text) - at,
			 ", %s more than the %s in the dump: some is missing",
			 rg_format_bytes(account.elsewhere, c), rg_format_bytes(account.total, d));
	else if (account.total)
		snprintf(text + at, sizeof(text) - at, ", %s other, of %s in the dump",
			 rg_format_bytes(account.other, c), rg_format_bytes(account.total, d));
	rg_sink_printf(cli->sink, "  %-14s", "memory");
	cli_put_wrapped(cli, text, ", ", 16, 16);
	rg_sink_puts(cli->sink, "\n");
}

/* Objects that only the allocator's books led to, and pools in which it was at work. */
static void unreached_row(rg_sink *sink, const struct rg_dump_info *info)
{
	char number[RG_FORMAT_SIZE], text[RG_FORMAT_SIZE + 96];

	if (info->unreached) {
		snprintf(text, sizeof(text), "%s that no root leads to: held by C, or lost "
			 "(refgraph refcounts)", rg_format_count(info->unreached, number));
		row(sink, "unreached", text);
	}
	if (info->allocator_torn) {
		snprintf(text, sizeof(text), "at work in %s of its pools",
			 rg_format_count(info->allocator_torn, number));
		row(sink, "allocator", text);
	}
}

/* What the first lines say is missing: what that costs, and how to have it. */
static void cost_rows(struct cli *cli, const struct rg_dump_info *info)
{
	if (info->complete)
		return;
	row(cli->sink, "so", "what is shown was there, but objects, references and names can be");
	row(cli->sink, "", "missing from any answer: chains may not be found, objects look lost;");
	row(cli->sink, "", "--fail-if and --exit-code want --allow-incomplete");
}

/* The others, of several that the process held. */
static void runtime_rows(struct cli *cli, const struct rg_dump_info *info)
{
	bool first = true;

	for (size_t i = 0; i < info->runtime_count; i++) {
		const struct rg_runtime_info *other = &info->runtimes[i];

		if (other->read)
			continue;
		rg_sink_printf(cli->sink, "  %-14s", first ? "not read" : "");
		rg_sink_text(cli->sink, info->runtime_name);
		rg_sink_puts(cli->sink, " ");
		rg_sink_text(cli->sink, other->version);
		rg_sink_printf(cli->sink, " at 0x%" PRIx64, other->address);
		rg_sink_puts(cli->sink, *other->file ? ", " : "");
		rg_sink_text(cli->sink, other->file);
		rg_sink_puts(cli->sink, "\n");
		first = false;
	}
}

static void collector_row(rg_sink *sink, const struct rg_dump_info *info)
{
	const struct rg_collector *collector = &info->collector;
	char number[RG_FORMAT_SIZE];

	if (collector->absent)
		row(sink, "collector", "none: cycles that nothing refers to stay for good");
	if (!collector->known || collector->absent)
		return;
	rg_sink_printf(sink, "  %-14s%s%s", "collector", collector->enabled ? "on" : "off",
		       collector->collecting ? ", in the middle of a collection" : "");
	if (collector->frozen)
		rg_sink_printf(sink, ", %s objects frozen",
			       rg_format_count(collector->frozen, number));
	rg_sink_puts(sink, "\n");
}

static void thread_rows(rg_sink *sink, const rg_graph *graph)
{
	size_t count;
	const struct rg_thread *threads = rg_graph_threads(graph, &count);
	char number[RG_FORMAT_SIZE];

	for (size_t i = 0; i < count && i < 20; i++) {
		const struct rg_thread *thread = &threads[i];

		rg_sink_printf(sink, "  %-14s", i ? "" : "running");
		if (*thread->name) {
			rg_sink_text(sink, thread->name);
			rg_sink_puts(sink, ": ");
		}
		if (thread->frame_count) {
			rg_sink_text(sink, thread->frames[0].function);
			rg_sink_puts(sink, ", ");
			rg_sink_text(sink, thread->frames[0].file);
			if (thread->frames[0].line)
				rg_sink_printf(sink, ":%u", thread->frames[0].line);
		} else {
			rg_sink_puts(sink, "no frame");
		}
		rg_sink_puts(sink, "\n");
	}
	if (count > 20)
		rg_sink_printf(sink, "  %-14sand %s more threads\n", "",
			       rg_format_count(count - 20, number));
}

static void report(struct cli *cli, const rg_dump *dump, const rg_graph *graph, uint64_t types)
{
	const struct rg_dump_info *info = rg_dump_info(dump);
	rg_sink *sink = cli->sink;
	size_t roots;

	(void)rg_graph_roots(graph, &roots);
	cli_head(cli, info);
	rg_sink_puts(sink, "\n");
	cost_rows(cli, info);
	process_rows(cli, info);
	row(sink, "form", info->format);
	rg_sink_printf(sink, "  %-14s", "runtime");
	rg_sink_text(sink, info->runtime_name);
	rg_sink_puts(sink, *info->version ? " " : "");
	rg_sink_text(sink, info->version);
	rg_sink_puts(sink, "\n");
	row(sink, "build", info->build);
	runtime_rows(cli, info);
	if (info->interpreters)
		count_row(sink, info->words->interpreters, info->interpreters);
	if (info->threads)
		count_row(sink, "threads", info->threads);
	thread_rows(sink, graph);
	count_row(sink, "objects", info->objects);
	unreached_row(sink, info);
	count_row(sink, "types", types);
	count_row(sink, "references", rg_graph_reference_count(graph));
	count_row(sink, "roots", roots);
	if (!info->has_refcounts)
		row(sink, "counts", "none in this dump: unreachable is what no root reaches");
	collector_row(sink, info);
	memory_row(cli, info);
	rg_sink_puts(sink, "\nnext: refgraph types");
	cli_put_dump(cli, info->path);
	rg_sink_puts(sink, "\n");
}

static void put_runtimes(rg_json *json, const struct rg_dump_info *info)
{
	rg_json_put_array(json, "runtimes");
	for (size_t i = 0; i < info->runtime_count; i++) {
		rg_json_put_object(json, NULL);
		rg_json_put_string(json, "version", info->runtimes[i].version);
		rg_json_put_string(json, "file", info->runtimes[i].file);
		rg_json_put_address(json, "address", info->runtimes[i].address);
		rg_json_put_bool(json, "read", info->runtimes[i].read);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
}

static void put_threads(rg_json *json, const rg_graph *graph)
{
	size_t count;
	const struct rg_thread *threads = rg_graph_threads(graph, &count);

	rg_json_put_array(json, "stacks");
	for (size_t i = 0; i < count; i++) {
		rg_json_put_object(json, NULL);
		rg_json_put_address(json, "id", threads[i].id);
		rg_json_put_u64(json, "native_id", threads[i].native_id);
		rg_json_put_string(json, "name", threads[i].name);
		rg_json_put_array(json, "frames");
		for (size_t f = 0; f < threads[i].frame_count; f++) {
			rg_json_put_object(json, NULL);
			rg_json_put_string(json, "function", threads[i].frames[f].function);
			rg_json_put_string(json, "file", threads[i].frames[f].file);
			rg_json_put_u64(json, "line", threads[i].frames[f].line);
			rg_json_put_end(json);
		}
		rg_json_put_end(json);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
}

static int report_json(struct cli *cli, rg_dump *dump, const rg_graph *graph, uint64_t types)
{
	const struct rg_dump_info *info = rg_dump_info(dump);
	struct account account = account_for(info);
	rg_json *json;
	size_t roots;
	int status = cli_json_begin(cli, &info, 1, &json);

	if (status)
		return status;
	(void)rg_graph_roots(graph, &roots);
	rg_json_put_string(json, "format", info->format);
	rg_json_put_string(json, "runtime", info->runtime);
	rg_json_put_string(json, "version", info->version);
	rg_json_put_string(json, "build", info->build);
	put_runtimes(json, info);
	rg_json_put_u64(json, "interpreters", info->interpreters);
	rg_json_put_u64(json, "threads", info->threads);
	rg_json_put_u64(json, "objects", info->objects);
	rg_json_put_u64(json, "types", types);
	rg_json_put_u64(json, "references", rg_graph_reference_count(graph));
	rg_json_put_u64(json, "roots", roots);
	rg_json_put_bool(json, "has_refcounts", info->has_refcounts);
	rg_json_put_object(json, "accounted");
	rg_json_put_u64(json, "objects", account.objects);
	rg_json_put_u64(json, "allocator_free", account.allocator_free);
	rg_json_put_u64(json, "other", account.other);
	rg_json_put_u64(json, "total", account.total);
	rg_json_put_u64(json, "elsewhere", account.elsewhere);
	rg_json_put_end(json);
	rg_json_put_u64(json, "unreached", info->unreached);
	rg_json_put_object(json, "allocator");
	rg_json_put_u64(json, "pools", info->allocator_pools);
	rg_json_put_u64(json, "blocks", info->allocator_blocks);
	rg_json_put_u64(json, "bytes", info->allocator_bytes);
	rg_json_put_u64(json, "torn", info->allocator_torn);
	rg_json_put_end(json);
	rg_json_put_object(json, "process");
	rg_json_put_u64(json, "pid", info->pid);
	rg_json_put_string(json, "command", info->command);
	rg_json_put_string(json, "executable", info->executable);
	rg_json_put_i64(json, "signal", info->signal);
	rg_json_put_end(json);
	cli_json_collector(json, info);
	put_threads(json, graph);
	return cli_json_end(json);
}

static int run(struct cli *cli)
{
	const rg_graph *graph;
	struct rg_type_table *types = NULL;
	rg_dump *dump = NULL;
	rg_error *error;
	int status = cli_load(cli, cli->operands[0], &dump);

	if (status)
		return status;
	error = rg_dump_graph(dump, &graph);
	if (!error)
		error = rg_types(graph, NULL, &types);
	status = error ? cli_fail(error) : cli_open(cli);
	if (!status && cli->options.format == CLI_JSON)
		status = report_json(cli, dump, graph, types->count);
	else if (!status)
		report(cli, dump, graph, types->count);
	rg_types_free(types);
	rg_dump_close(dump);
	return status;
}

const struct cli_command cli_info = {
	.name = "info",
	.operands = "DUMP",
	.summary = "what this dump is: runtime, threads, objects, what is missing",
	.text = "Says what a dump is and whether it is whole.",
	.formats = CLI_ANY(CLI_TABLE) | CLI_ANY(CLI_JSON),
	.format = CLI_TABLE,
	.least = 1,
	.most = 1,
	.run = run,
};
