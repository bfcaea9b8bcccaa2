/* SPDX-License-Identifier: MIT */
/* refgraph retained: what objects, types, modules, roots and threads keep in memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/retained_tree.h"

/* --- the biggest ------------------------------------------------------------- */

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

/* What no root leads to: all below the last holder. */
static int find_unreachable(struct retained *retained)
{
	const struct rg_dominators *dominators = retained->dominators;
	rg_id *queue = malloc((dominators->unreachable_objects + 1) * sizeof(*queue));
	rg_id top = dominators->objects + (rg_id)dominators->holder_count - 1, at = top;
	size_t queued = 0, next = 0, count;

	retained->unreachable = calloc(dominators->objects / 64 + 1, sizeof(uint64_t));
	if (!queue || !retained->unreachable) {
		free(queue);
		return cli_no_memory();
	}
	for (;;) {
		const rg_id *child = rg_dominator_children(retained->tree, at, &count);

		for (size_t i = 0; i < count; i++) {
			retained->unreachable[child[i] / 64] |= UINT64_C(1) << (child[i] % 64);
			queue[queued++] = child[i];
		}
		if (next == queued)
			break;
		at = queue[next++];
	}
	free(queue);
	return CLI_OK;
}

/* By type whether --module and --no-stdlib let it pass. */
static bool *passing_types(const struct cli *cli, const rg_graph *graph)
{
	struct rg_type_selection selection = cli_selection(cli);
	rg_type_id count = rg_graph_type_count(graph);
	bool *passes = calloc((size_t)count + 1, sizeof(*passes));

	for (rg_type_id t = 0; passes && t < count; t++)
		passes[t] = rg_type_selected(rg_graph_type(graph, t), &selection);
	return passes;
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

/* The rows: living objects that stand for themselves, most retained first. */
static int find_biggest(const struct cli *cli, struct retained *retained)
{
	const struct rg_dominators *dominators = retained->dominators;
	uint64_t limit = cli->options.all ? 0 : cli->options.limit;
	bool few = limit && limit <= FEW;
	size_t room = few ? (size_t)limit : (size_t)dominators->alive_objects, kept = 0;
	struct sized *sorted = malloc((room + 1) * sizeof(*sorted));
	bool *passes = passing_types(cli, retained->graph);

	retained->rows.ids = malloc((room + 1) * sizeof(*retained->rows.ids));
	if (!sorted || !passes || !retained->rows.ids) {
		free(sorted);
		free(passes);
		return cli_no_memory();
	}
	for (rg_id id = 0; id < dominators->objects; id++) {
		struct sized entry = { dominators->retained[id], id };
		size_t at;

		if (!passes[rg_graph_object(retained->graph, id).type] ||
		    !retained_alive(retained, id) || retained_shown(cli, retained, id) != id)
			continue;
		retained->passing++;
		at = few ? place(sorted, kept, &entry) : kept;
		if (at == room)
			continue;
		kept += kept < room;
		memmove(sorted + at + 1, sorted + at, (kept - at - 1) * sizeof(*sorted));
		sorted[at] = entry;
	}
	if (!few)
		qsort(sorted, kept, sizeof(*sorted), by_size);
	if (limit && kept > limit)
		kept = (size_t)limit;
	for (size_t i = 0; i < kept; i++)
		retained->rows.ids[i] = sorted[i].id;
	retained->rows.count = kept;
	free(sorted);
	free(passes);
	return CLI_OK;
}

/* --- what is named ------------------------------------------------------------- */

/* All references from the objects of FROM to those of TO. */
static int add_cuts(struct retained *retained, const struct cli_objects *from,
		    const struct cli_objects *to, size_t *capacity)
{
	size_t words = rg_graph_object_count(retained->graph) / 64 + 1;
	uint64_t *wanted = calloc(words, sizeof(*wanted));

	if (!wanted)
		return cli_no_memory();
	for (size_t i = 0; i < to->count; i++)
		wanted[to->ids[i] / 64] |= UINT64_C(1) << (to->ids[i] % 64);
	for (size_t i = 0; i < from->count; i++) {
		struct rg_references out = rg_graph_references(retained->graph, from->ids[i]);

		for (size_t n = 0; n < out.count; n++) {
			rg_id target = out.target[n];

			if (!(wanted[target / 64] >> (target % 64) & 1) ||
			    (out.kind[n] & RG_REFERENCE_KIND_MASK) > RG_REFERENCE_INFERRED)
				continue;
			if (retained->cut_count == *capacity) {
				size_t larger = *capacity * 2 + 16;
				struct rg_step *more = realloc(retained->cuts,
							       larger * sizeof(*more));

				if (!more) {
					free(wanted);
					return cli_no_memory();
				}
				retained->cuts = more;
				*capacity = larger;
			}
			retained->cuts[retained->cut_count++] =
				(struct rg_step){ from->ids[i], n, target };
		}
	}
	free(wanted);
	return CLI_OK;
}

/* The last colon that is not inside of a query's braces or of quotation marks, or NULL. */
static const char *find_colon(const char *word)
{
	const char *found = NULL;
	size_t inside = 0;
	char quote = '\0';

	for (; *word; word++) {
		if (quote)
			quote = *word == quote ? '\0' : quote;
		else if (inside && (*word == '\'' || *word == '"'))
			quote = *word;
		else if (*word == '{')
			inside++;
		else if (*word == '}' && inside)
			inside--;
		else if (*word == ':' && !inside)
			found = word;
	}
	return found;
}

/* --cut FROM:TO; a type's name may hold colons, an address does not. */
static int find_cuts(const struct cli *cli, struct retained *retained)
{
	size_t capacity = 0;

	for (size_t i = 0; i < cli->options.cuts.count; i++) {
		const char *word = cli->options.cuts.items[i], *colon = find_colon(word);
		struct cli_objects from = { NULL, 0 }, to = { NULL, 0 };
		size_t before = retained->cut_count;
		char *first, *second;
		int status;

		if (!colon || colon == word || !colon[1]) {
			cli_say("retained: --cut wants FROM:TO, two objects, not '%s'", word);
			return CLI_TROUBLE;
		}
		first = strndup(word, (size_t)(colon - word));
		second = strdup(colon + 1);
		status = first && second ? CLI_OK : cli_no_memory();
		if (!status)
			status = cli_find(retained->dump, &first, 1, &from);
		if (!status)
			status = cli_find(retained->dump, &second, 1, &to);
		if (!status)
			status = add_cuts(retained, &from, &to, &capacity);
		free(from.ids);
		free(to.ids);
		free(first);
		free(second);
		if (status)
			return status;
		if (retained->cut_count == before) {
			cli_say("%s: no counted reference leads from %.*s to %s: refgraph refs "
				"shows what there is", rg_dump_info(retained->dump)->path,
				(int)(colon - word), word, colon + 1);
			return CLI_TROUBLE;
		}
	}
	return CLI_OK;
}

static int find_excluded(const struct cli *cli, struct retained *retained)
{
	const struct cli_list *list = &cli->options.excludes;

	return list->count ? cli_find(retained->dump, (char *const *)list->items, list->count,
				      &retained->excluded) : CLI_OK;
}

static int find_set(const struct cli *cli, struct retained *retained)
{
	struct rg_retained_options how;
	struct cli_objects alive = { NULL, 0 };
	rg_error *error;

	memset(&how, 0, sizeof(how));
	how.size = sizeof(how);
	how.cuts = retained->cuts;
	how.cut_count = retained->cut_count;
	how.excluded = retained->excluded.ids;
	how.excluded_count = retained->excluded.count;
	how.dominators = retained->dominators;
	error = rg_retained_find(retained->graph, retained->rows.ids, retained->rows.count, &how,
				 &retained->set);
	if (error)
		return cli_fail(error);
	retained->passing = retained->rows.count;
	retained->named = calloc(rg_graph_object_count(retained->graph) / 64 + 1, sizeof(uint64_t));
	if (!retained->named)
		return cli_no_memory();
	for (size_t i = 0; i < retained->rows.count; i++)
		retained->named[retained->rows.ids[i] / 64] |=
			UINT64_C(1) << (retained->rows.ids[i] % 64);
	if (!cli->options.release)
		return CLI_OK;
	alive.ids = malloc((retained->rows.count + 1) * sizeof(*alive.ids));
	if (!alive.ids)
		return cli_no_memory();
	for (size_t i = 0; i < retained->rows.count; i++)
		if (retained_alive(retained, retained->rows.ids[i]))
			alive.ids[alive.count++] = retained->rows.ids[i];
	error = rg_release_find(retained->graph, alive.ids, alive.count, retained->cuts,
				retained->cut_count, &retained->release);
	free(alive.ids);
	return error ? cli_fail(error) : CLI_OK;
}

/* The named ones in the order of what they retain. */
static int sort_named(struct retained *retained)
{
	struct sized *sorted = malloc((retained->rows.count + 1) * sizeof(*sorted));

	if (!sorted)
		return cli_no_memory();
	for (size_t i = 0; i < retained->rows.count; i++) {
		rg_id id = retained->rows.ids[i];

		sorted[i] = (struct sized){ retained->dominators->retained[id], id };
	}
	qsort(sorted, retained->rows.count, sizeof(*sorted), by_size);
	for (size_t i = 0; i < retained->rows.count; i++)
		retained->rows.ids[i] = sorted[i].id;
	free(sorted);
	return CLI_OK;
}

/* --- the command ------------------------------------------------------------------ */

static rg_error *find_tables(const struct cli *cli, struct retained *retained)
{
	struct rg_retained_types_options how;
	rg_error *error;

	memset(&how, 0, sizeof(how));
	how.size = sizeof(how);
	how.select = cli_selection(cli);
	error = rg_retained_types(retained->graph, retained->dominators, retained->tree, &how,
				  &retained->types);
	how.by_module = true;
	if (!error)
		error = rg_retained_types(retained->graph, retained->dominators, retained->tree,
					  &how, &retained->modules);
	return error;
}

static int look(struct cli *cli, struct retained *retained)
{
	struct rg_dominators_options how;
	rg_error *error = rg_dump_graph(retained->dump, &retained->graph);
	int status;

	memset(&how, 0, sizeof(how));
	how.size = sizeof(how);
	how.certify = cli->options.self_check;
	cli_progress_stage("finding dominators");
	if (!error)
		error = rg_dominators_find(retained->graph, &how, &retained->dominators);
	if (!error)
		error = rg_dominator_tree_new(retained->dominators, &retained->tree);
	if (!error)
		error = find_tables(cli, retained);
	if (error)
		return cli_fail(error);
	status = find_unreachable(retained);
	if (!status)
		status = find_cuts(cli, retained);
	if (!status)
		status = find_excluded(cli, retained);
	if (!status && retained->asked)
		status = find_set(cli, retained);
	if (!status)
		status = retained->asked ? sort_named(retained) : find_biggest(cli, retained);
	return status;
}

static int check(const struct cli *cli, const struct retained *retained)
{
	const struct cli_options *options = &cli->options;
	const char *what = options->release ? "--release" : "--exclude";

	if (!retained->asked && (options->release || options->excludes.count)) {
		cli_say("retained: %s is about objects or references: name them behind the dump, "
			"or with --cut", what);
		return CLI_TROUBLE;
	}
	if (options->tree && options->by) {
		cli_say("retained: --tree is one of objects: --by says nothing of it");
		return CLI_TROUBLE;
	}
	if (retained->asked && options->by) {
		cli_say("retained: --by is about the whole dump, not about objects that are named");
		return CLI_TROUBLE;
	}
	return CLI_OK;
}

static int write(struct cli *cli, const struct retained *retained)
{
	int status;

	/* A picture opens its output itself, once it is whole. */
	switch (cli->options.format) {
	case CLI_DOT:
	case CLI_SVG:
	case CLI_PNG:
	case CLI_PDF:
		return retained_draw(cli, retained);
	default:
		break;
	}
	status = cli_open(cli);
	if (status)
		return status;
	switch (cli->options.format) {
	case CLI_JSON:
		return retained_json(cli, retained);
	case CLI_CSV:
		return retained_csv(cli, retained);
	case CLI_COLLAPSED:
	case CLI_SPEEDSCOPE:
		return retained_flame(cli, retained);
	default:
		return retained_text(cli, retained);
	}
}

static int run(struct cli *cli)
{
	struct retained retained;
	size_t named = (size_t)cli->operand_count - 1;
	int status;

	memset(&retained, 0, sizeof(retained));
	retained.asked = named || cli->options.cuts.count;
	status = check(cli, &retained);
	if (!status)
		status = cli_load(cli, cli->operands[0], &retained.dump);
	if (!status && named)
		status = cli_find(retained.dump, cli->operands + 1, named, &retained.rows);
	if (!status)
		status = look(cli, &retained);
	if (!status)
		status = write(cli, &retained);
	free(retained.rows.ids);
	free(retained.excluded.ids);
	free(retained.cuts);
	free(retained.unreachable);
	free(retained.named);
	rg_retained_free(retained.set);
	rg_retained_types_free(retained.types);
	rg_retained_types_free(retained.modules);
	rg_dominator_tree_free(retained.tree);
	rg_dominators_free(retained.dominators);
	rg_dump_close(retained.dump);
	return status;
}

static const struct cli_option options[] = {
	{ 'n', "limit", "N", CLI_NUMBER, CLI_FIELD(limit), NULL, "show N rows, 0 for all (20)" },
	{ 'a', "all", NULL, CLI_FLAG, CLI_FIELD(all), NULL,
	  "every object; of a set also the addresses of what would go, in JSON" },
	{ 0, "by", "WHAT", CLI_CHOICE, CLI_FIELD(by), "object|type|module|root|thread",
	  "whose retained sizes to show" },
	{ 0, "tree", NULL, CLI_FLAG, CLI_FIELD(tree), NULL,
	  "the tree of dominators: what keeps what" },
	{ 'd', "depth", "N", CLI_NUMBER, CLI_FIELD(levels), NULL,
	  "how deep the tree goes (12; as stacks 100)" },
	{ 0, "share", "PERCENT", CLI_NUMBER, CLI_FIELD(share), NULL,
	  "count by type what keeps less than that (1; as stacks a hundredth of it)" },
	{ 0, "limit-nodes", "N", CLI_NUMBER, CLI_FIELD(limit_nodes), NULL,
	  "draw N branches in all (150; as stacks 20000 at least)" },
	{ 0, "cut", "REFERENCE", CLI_WORDS, CLI_FIELD(cuts), NULL,
	  "what would go without REFERENCE, two objects: FROM:TO; may be repeated" },
	{ 0, "exclude", "OBJECT", CLI_WORDS, CLI_FIELD(excludes), NULL,
	  "as if OBJECT, which may be a type, held nothing; may be repeated" },
	{ 0, "release", NULL, CLI_FLAG, CLI_FIELD(release), NULL,
	  "also what counts would free at once, before any collection" },
	{ 0, "self-check", NULL, CLI_FLAG, CLI_FIELD(self_check), NULL,
	  "prove the tree of dominators and all sums" },
	{ 0, "plumbing", NULL, CLI_FLAG, CLI_FIELD(plumbing), NULL,
	  "parts of objects, as their __dict__, stand for themselves" },
	{ 0, "short", NULL, CLI_FLAG, CLI_FIELD(short_names), NULL, "names without modules" },
	CLI_SELECT_OPTIONS,
	CLI_OPTIONS_END,
};

const struct cli_command cli_retained = {
	.name = "retained",
	.operands = "DUMP [OBJECT...]",
	.summary = "what would go with an object: what keeps memory in use",
	.text = "Shows what each object keeps alive: the bytes that would go if it went, exactly,\n"
		"by the tree of dominators. Of objects that are named, what would go with all of\n"
		"them together. What no root leads to stands apart and is in no other number.",
	.options = options,
	.formats = CLI_ANY(CLI_TABLE) | CLI_ANY(CLI_JSON) | CLI_ANY(CLI_CSV) |
		   CLI_ANY(CLI_DOT) | CLI_ANY(CLI_SVG) | CLI_ANY(CLI_PNG) | CLI_ANY(CLI_PDF) |
		   CLI_ANY(CLI_COLLAPSED) | CLI_ANY(CLI_SPEEDSCOPE),
	.format = CLI_TABLE,
	.least = 1,
	.most = -1,
	.run = run,
};
