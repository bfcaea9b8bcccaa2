/* SPDX-License-Identifier: MIT */
/* What is said of a suspect: its title, its path, what speaks for it, and how to go on. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/leaks.h"

#define WORDS_SIZE 512
#define TITLE_SIZE 1024
#define EXPRESSION_GUESS 4096

/* ---- pieces --------------------------------------------------------------------- */

static const char *type_name(const struct cli *cli, const struct leaks *leaks, rg_type_id type)
{
	return type == RG_NONE ? "object" : cli_type_name(cli, leaks->graph, type);
}

static const char *holder_name(const struct cli *cli, const struct leaks *leaks,
			       const struct rg_suspect *suspect)
{
	return type_name(cli, leaks, rg_graph_object(leaks->graph, suspect->object).type);
}

static const struct rg_leak_fact *fact_of(const struct rg_suspect *suspect, enum rg_fact_kind kind)
{
	for (size_t i = 0; i < suspect->fact_count; i++)
		if (suspect->facts[i].kind == kind)
			return &suspect->facts[i];
	return NULL;
}

/* How many holders there are of the same signature. */
static uint64_t alike(const struct rg_suspect *suspect)
{
	const struct rg_leak_fact *fact = fact_of(suspect, RG_FACT_ALIKE);

	return fact ? (uint64_t)fact->count : 1;
}

/* "62% of memory (188.2 MiB)" */
static void memory_words(const struct leaks *leaks, uint64_t bytes, char *buffer, size_t size)
{
	uint64_t whole = leaks->found->living + leaks->found->waiting;
	double percent = whole ? (double)bytes * 100 / (double)whole : 0;
	char number[RG_FORMAT_SIZE];

	if (percent > 100)
		percent = 100;
	if (percent < 1)
		snprintf(buffer, size, "%s", rg_format_bytes(bytes, number));
	else
		snprintf(buffer, size, "%.0f%% of memory (%s)", percent,
			 rg_format_bytes(bytes, number));
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static char *format(const char *text, ...) __attribute__((format(printf, 1, 2)));

static char *format(const char *text, ...)
{
	char line[TITLE_SIZE];
	va_list arguments;

	va_start(arguments, text);
	vsnprintf(line, sizeof(line), text, arguments);
	va_end(arguments);
	return strdup(line);
}

/* ---- titles ----------------------------------------------------------------------- */

static const char *role_word(enum rg_role role)
{
	switch (role) {
	case RG_ROLE_FILE:
		return "file";
	case RG_ROLE_SOCKET:
		return "socket";
	case RG_ROLE_CONNECTION:
		return "connection";
	case RG_ROLE_CURSOR:
		return "cursor";
	case RG_ROLE_SESSION:
		return "session";
	default:
		return "resource";
	}
}

static char *container_title(const struct cli *cli, const struct leaks *leaks,
			     const struct rg_suspect *suspect, const char *memory)
{
	uint64_t holders = alike(suspect);
	const char *name = holder_name(cli, leaks, suspect);
	const char *verb = suspect->exclusive ? "keep" : "hold";
	char number[RG_FORMAT_SIZE];

	if (holders > 1)
		return format("%s of one kind, %s, %s %s", rg_format_count(holders, number), name,
			      verb, memory);
	return format("One %s %ss %s", name, verb, memory);
}

static char *resource_title(const struct cli *cli, const struct leaks *leaks,
			    const struct rg_suspect *suspect)
{
	const struct rg_leak_fact *dead = fact_of(suspect, RG_FACT_UNREACHABLE);
	const struct rg_type *type = rg_graph_type(leaks->graph, suspect->type);
	char number[RG_FORMAT_SIZE];

	if (suspect->object == RG_NONE && dead)
		return format("%s %s%s that nothing refers to are still open (%s)",
			      rg_format_count(suspect->count, number), role_word(type->role),
			      plural(suspect->count), type_name(cli, leaks, suspect->type));
	return format("%s %s%s have not been closed (%s)",
		      rg_format_count(suspect->count, number), role_word(type->role),
		      plural(suspect->count), type_name(cli, leaks, suspect->type));
}

static const char *collector_words(const struct rg_suspect *suspect)
{
	return fact_of(suspect, RG_FACT_COLLECTOR_OFF) ? "the collector is off"
						       : "the collector is far behind";
}

static char *lost_title(const struct cli *cli, const struct leaks *leaks,
			const struct rg_suspect *suspect, const char *memory)
{
	char number[RG_FORMAT_SIZE];

	if (fact_of(suspect, RG_FACT_UNREFERRED) || suspect->fact_count)
		return format("%s %s, held by references that nothing explains, keep %s",
			      rg_format_count(suspect->count, number),
			      type_name(cli, leaks, suspect->type), memory);
	return format("%s lost object%s keep %s: nothing refers to them, no collector frees them",
		      rg_format_count(suspect->count, number), plural(suspect->count), memory);
}

char *leaks_title(const struct cli *cli, const struct leaks *leaks,
		  const struct rg_suspect *suspect)
{
	char memory[128], number[RG_FORMAT_SIZE], bytes[RG_FORMAT_SIZE];
	const char *type = type_name(cli, leaks, suspect->type);
	const struct rg_dump_info *info = rg_dump_info(leaks->dump);
	const struct rg_leak_fact *fact;

	memory_words(leaks, suspect->retained, memory, sizeof(memory));
	rg_format_count(suspect->count, number);
	switch (suspect->kind) {
	case RG_LEAK_CONTAINER:
	case RG_LEAK_THREAD_LOCAL:
		return container_title(cli, leaks, suspect, memory);
	case RG_LEAK_TYPE:
		return format("%s %s below one %s keep %s", number, type,
			      holder_name(cli, leaks, suspect), memory);
	case RG_LEAK_CACHE:
		return format("%s keeps %s", fact_of(suspect, RG_FACT_BOUND)
			      ? "A cache with a large bound" : "A cache without bound", memory);
	case RG_LEAK_EXCEPTION:
		return suspect->count == 1
			? format("One stored exception keeps %s", memory)
			: format("%s stored exceptions keep %s", number, memory);
	case RG_LEAK_FRAME:
		return suspect->count == 1 ? format("One stored frame keeps %s", memory)
					   : format("%s stored frames keep %s", number, memory);
	case RG_LEAK_GARBAGE:
		if (info->collector.absent)
			return format("%s leaked %s of %s keep%s %s", number,
				      suspect->count == 1 ? "cycle" : "cycles", type,
				      suspect->count == 1 ? "s" : "", memory);
		return format("%s unreachable cycle%s keep%s %s: %s", number,
			      plural(suspect->count), suspect->count == 1 ? "s" : "", memory,
			      collector_words(suspect));
	case RG_LEAK_UNCOLLECTABLE:
		return format("%s object%s that the collector has set aside keep %s", number,
			      plural(suspect->count), memory);
	case RG_LEAK_LOST:
		return lost_title(cli, leaks, suspect, memory);
	case RG_LEAK_RESOURCE:
		return resource_title(cli, leaks, suspect);
	case RG_LEAK_VIEW:
		fact = fact_of(suspect, RG_FACT_SHOWN);
		return format("%s view%s of %s keep%s %s", number, plural(suspect->count),
			      rg_format_bytes(fact ? (uint64_t)fact->count : 0, bytes),
			      suspect->count == 1 ? "s" : "", memory);
	case RG_LEAK_HISTORY:
		return format("The history of the interactive session keeps %s", memory);
	case RG_LEAK_TASK:
		return format("%s tasks wait below one %s", number,
			      holder_name(cli, leaks, suspect));
	case RG_LEAK_COROUTINE:
		return format("%s coroutines that nobody runs keep %s", number, memory);
	case RG_LEAK_BUFFER:
		return suspect->count == 1
			? format("One %s that grows has %s", type, memory)
			: format("%s %s that grow together have %s", number, type, memory);
	}
	return format("%s keeps %s", type, memory);
}

/* ---- path ----------------------------------------------------------------------------- */

char *leaks_path(const struct cli *cli, const struct leaks *leaks, const struct rg_chain *chain)
{
	enum rg_label_policy labels = (enum rg_label_policy)cli->options.labels;
	char *text = malloc(EXPRESSION_GUESS), *longer;
	size_t length;

	if (!text)
		return NULL;
	text[0] = '\0';
	if (!chain)
		return text;
	length = rg_path_expression(leaks->graph, chain, labels, false, text, EXPRESSION_GUESS);
	if (length < EXPRESSION_GUESS)
		return text;
	longer = realloc(text, length + 1);
	if (!longer) {
		free(text);
		return NULL;
	}
	rg_path_expression(leaks->graph, chain, labels, false, longer, length + 1);
	return longer;
}

/* ---- evidence --------------------------------------------------------------------------- */

/* "monday.core", of the first dump that was compared. */
static const char *since(const struct leaks *leaks)
{
	const char *path = leaks->before_count ? leaks->earlier[0] : "";
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static char *example_words(const struct cli *cli, const struct leaks *leaks, rg_id id)
{
	struct rg_description words;
	char text[WORDS_SIZE];

	cli_describe(cli, leaks->graph, id, text, sizeof(text));
	rg_graph_describe(leaks->graph, id, false, &words);
	if (words.has_open && words.descriptor >= 0)
		return format("for example %s, descriptor %" PRId64 ", at 0x%" PRIx64, text,
			      words.descriptor, rg_graph_object(leaks->graph, id).address);
	return format("for example %s at 0x%" PRIx64, text,
		      rg_graph_object(leaks->graph, id).address);
}

static char *also_words(const struct cli *cli, const struct leaks *leaks, rg_id id)
{
	struct rg_description words;
	char text[WORDS_SIZE];

	cli_describe(cli, leaks->graph, id, text, sizeof(text));
	rg_graph_describe(leaks->graph, id, false, &words);
	return format("%s at 0x%" PRIx64 " holds the same", text,
		      rg_graph_object(leaks->graph, id).address);
}

/* Why it stays, and what would let it go. */
static char *break_words(const struct cli *cli, const struct leaks *leaks,
			 const struct rg_leak_fact *fact)
{
	const struct rg_words *words = rg_graph_words(leaks->graph);
	struct rg_references out = rg_graph_references(leaks->graph, fact->object);
	struct rg_step step = { fact->object, (size_t)fact->bound, out.target[fact->bound] };
	char label[WORDS_SIZE], reason[CLI_NO_COLLECTOR], count[RG_FORMAT_SIZE];
	rg_id shown = cli_shown(leaks->graph, fact->object);
	bool all = fact->count > 1, every = fact->bytes > fact->count;

	cli_weak_label(cli, leaks->graph, &step, label, sizeof(label));
	return format("%s; break at %s%s of %s: %s %s%s",
		      cli_no_collector(rg_dump_info(leaks->dump), reason),
		      every ? "every " : "", *label ? label : "reference",
		      type_name(cli, leaks, rg_graph_object(leaks->graph, shown).type),
		      every ? words->weaken_all : words->weaken_one, all ? "all " : "it",
		      all ? rg_format_count((uint64_t)fact->count, count) : "");
}

static char *fact_words(const struct cli *cli, const struct leaks *leaks,
			const struct rg_leak_fact *fact)
{
	char count[RG_FORMAT_SIZE], bytes[RG_FORMAT_SIZE], delta[RG_FORMAT_SIZE];
	const char *type = type_name(cli, leaks, fact->type);
	const struct rg_words *words = rg_graph_words(leaks->graph);

	rg_format_count((uint64_t)fact->count, count);
	rg_format_bytes((uint64_t)fact->bytes, bytes);
	switch (fact->kind) {
	case RG_FACT_ELEMENTS:
		if (fact->type == RG_NONE && words->no_collector)
			return format("%s objects in them and below, %s", count, bytes);
		return format("%s %s %s, %s", count, cli->ascii ? "x" : "\u00d7", type, bytes);
	case RG_FACT_GREW:
		rg_format_bytes_delta(fact->bytes, delta);
		if (!fact->count)
			return format("%s since %s", delta, since(leaks));
		rg_format_delta(fact->count, count);
		return format("%s and %s since %s", count, delta, since(leaks));
	case RG_FACT_NEW:
		return format("not in %s", since(leaks));
	case RG_FACT_UNBOUNDED:
		return format("%s %s, any number more will fit", count,
			      fact->count == 1 ? "entry" : "entries");
	case RG_FACT_BOUND:
		rg_format_count(fact->bound, delta);
		return format("%s %s of %s at most", count, fact->count == 1 ? "entry" : "entries",
			      delta);
	case RG_FACT_SHARED:
		return format("others hold %s of it as well", bytes);
	case RG_FACT_ALSO:
		return also_words(cli, leaks, fact->object);
	case RG_FACT_ALIKE:
		return format("%s holders reached in the same way", count);
	case RG_FACT_COLLECTOR_OFF:
		return format("%s objects wait; the collector is disabled%s", count,
			      words->collector_off);
	case RG_FACT_COLLECTOR_FROZEN:
		return format("%s more objects are frozen: it never looks at them", count);
	case RG_FACT_COLLECTOR_BEHIND:
		return format("%s objects wait although the collector is on", count);
	case RG_FACT_CYCLES:
		return format("%s %s a cycle with %s, %s", count, cli->ascii ? "x" : "\u00d7",
			      type, bytes);
	case RG_FACT_FINALIZERS:
		return format("%s with a finalizer", count);
	case RG_FACT_TRACEBACKS:
		return fact->count ? format("%s with a traceback, which keeps frames and their "
					    "variables", count)
				   : format("their variables live as long as they do");
	case RG_FACT_OPEN:
		return format("%s certainly open", count);
	case RG_FACT_UNREACHABLE:
		return format("%s of the open ones are unreachable: %s would close them", count,
			      words->no_collector ? "nothing" : "only the collector");
	case RG_FACT_EXAMPLE:
		return example_words(cli, leaks, fact->object);
	case RG_FACT_SHOWN:
		return format("each keeps all of the %s that it is cut from; a copy would not",
			      type);
	case RG_FACT_UNREFERRED:
		return format("to %s of them nothing in the dump refers: lost in C", count);
	case RG_FACT_WAITS:
		return format("they wait for a %s and the like", type);
	case RG_FACT_BREAK:
		return break_words(cli, leaks, fact);
	}
	return strdup("");
}

char *leaks_evidence(const struct cli *cli, const struct leaks *leaks,
		     const struct rg_suspect *suspect, size_t index, bool *ret_end)
{
	char words[WORDS_SIZE];

	*ret_end = false;
	/* First what the holder is. */
	if (suspect->object != RG_NONE && !index) {
		cli_describe(cli, leaks->graph, suspect->object, words, sizeof(words));
		return format("%s%s", words, suspect->local
			      ? ", of a function that is running" : "");
	}
	index -= suspect->object != RG_NONE;
	if (index < suspect->fact_count)
		return fact_words(cli, leaks, &suspect->facts[index]);
	*ret_end = true;
	return NULL;
}

/* ---- how to go on -------------------------------------------------------------------------- */

static void put_address(struct cli *cli, const struct leaks *leaks, rg_id id)
{
	rg_sink_printf(cli->sink, " 0x%" PRIx64, rg_graph_object(leaks->graph, id).address);
}

static void put_command(struct cli *cli, const struct leaks *leaks, const char *command)
{
	rg_sink_printf(cli->sink, "refgraph %s", command);
	cli_put_dump(cli, rg_dump_info(leaks->dump)->path);
}

char *leaks_next(struct cli *cli, const struct leaks *leaks, const struct rg_suspect *suspect,
		 size_t rank)
{
	rg_id first = suspect->object != RG_NONE ? suspect->object
		      : suspect->object_count ? suspect->objects[0] : RG_NONE;
	rg_sink *before = cli->sink;
	char *text;

	if (rg_sink_memory(&cli->sink)) {
		cli->sink = before;
		return NULL;
	}
	switch (suspect->kind) {
	case RG_LEAK_GARBAGE:
		put_command(cli, leaks, "cycles");
		break;
	case RG_LEAK_LOST:
		put_command(cli, leaks, first == RG_NONE ? "cycles" : "refcounts");
		if (first != RG_NONE)
			put_address(cli, leaks, first);
		break;
	case RG_LEAK_TASK:
		put_command(cli, leaks, "threads --async");
		break;
	case RG_LEAK_EXCEPTION:
	case RG_LEAK_COROUTINE:
	case RG_LEAK_VIEW:
	case RG_LEAK_FRAME:
		put_command(cli, leaks, "refs --depth 4");
		put_address(cli, leaks, suspect->object_count > 1 ? suspect->objects[1] : first);
		break;
	case RG_LEAK_RESOURCE:
		put_command(cli, leaks, "backrefs");
		put_address(cli, leaks, suspect->object_count > 1 ? suspect->objects[1] : first);
		rg_sink_printf(cli->sink, " -o suspect-%zu.svg", rank);
		break;
	default:
		put_command(cli, leaks, first == RG_NONE ? "retained" : "backrefs");
		if (first == RG_NONE)
			break;
		put_address(cli, leaks, first);
		rg_sink_printf(cli->sink, " -o suspect-%zu.svg", rank);
		break;
	}
	text = strdup(rg_sink_bytes(cli->sink, NULL));
	rg_sink_free(cli->sink);
	cli->sink = before;
	return text;
}
