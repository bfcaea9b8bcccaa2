/* SPDX-License-Identifier: MIT */
/* Words for what holds an object, and sums of what roots hold, for all reports of retained. */
#include "cli/retained.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t retained_share(const struct retained *retained, uint64_t bytes)
{
	uint64_t all = retained->dominators->alive_bytes;

	return all ? (uint64_t)((unsigned __int128)bytes * 1000 / all) : 0;
}

rg_id retained_shown(const struct cli *cli, const struct retained *retained, rg_id id)
{
	rg_id owner;

	if (cli->options.plumbing)
		return id;
	while ((owner = rg_graph_owner(retained->graph, id)) != RG_NONE &&
	       retained->dominators->dominator[id] == owner)
		id = owner;
	return id;
}

void retained_holder(const struct retained *retained, size_t index, char *buffer, size_t size)
{
	const struct rg_holder *holder = &retained->dominators->holders[index];
	size_t threads;
	const struct rg_thread *thread = rg_graph_threads(retained->graph, &threads);
	char line[RETAINED_WORDS];

	switch (holder->kind) {
	case RG_HOLDER_EVERYTHING:
		snprintf(line, sizeof(line), "several roots");
		break;
	case RG_HOLDER_FOREVER:
		snprintf(line, sizeof(line), "immortal and frozen objects");
		break;
	case RG_HOLDER_STATIC:
		snprintf(line, sizeof(line), "static data");
		break;
	case RG_HOLDER_EXTERNAL:
		snprintf(line, sizeof(line), "external references");
		break;
	case RG_HOLDER_THREAD:
		thread += holder->thread;
		snprintf(line, sizeof(line), "thread %" PRIu64 "%s%s",
			 thread->native_id ? thread->native_id : thread->id,
			 *thread->name ? " " : "", thread->name);
		break;
	case RG_HOLDER_ROOT:
		snprintf(line, sizeof(line), "%s", holder->root->name);
		break;
	case RG_HOLDER_UNREACHABLE:
		snprintf(line, sizeof(line), "no root");
		break;
	}
	rg_text_clean(line, buffer, size);
}

/* The best root that refers to @id, or NULL. */
static const struct rg_root *root_of(const struct retained *retained, rg_id id)
{
	size_t count;
	const struct rg_root *roots = rg_graph_roots(retained->graph, &count);

	for (size_t i = 0; i < count; i++)
		if (roots[i].object == id && roots[i].kind != RG_ROOT_EXTERNAL &&
		    roots[i].kind != RG_ROOT_STATIC)
			return &roots[i];
	return NULL;
}

/* The first counted reference from @source to @id as a step; false: there is none. */
static bool refers(const rg_graph *graph, rg_id source, rg_id id, struct rg_step *ret)
{
	struct rg_references out = rg_graph_references(graph, source);

	for (size_t i = 0; i < out.count; i++) {
		if (out.target[i] != id ||
		    (out.kind[i] & RG_REFERENCE_KIND_MASK) > RG_REFERENCE_INFERRED)
			continue;
		*ret = (struct rg_step){ source, i, id };
		return true;
	}
	return false;
}

bool retained_label(const struct cli *cli, const struct retained *retained, rg_id vertex,
		    bool alike, char *buffer, size_t size)
{
	const struct rg_dominators *dominators = retained->dominators;
	rg_id above = dominators->dominator[vertex];
	const struct rg_root *root;
	struct rg_step step;
	char label[RETAINED_WORDS];

	buffer[0] = '\0';
	if (vertex >= dominators->objects)
		return false;
	if (above >= dominators->objects) {
		/* Several that roots hold have as many names. */
		root = alike ? NULL : root_of(retained, vertex);
		if (!root || above == dominators->objects + dominators->holder_count - 1)
			return false;
		rg_text_clean(root->name, buffer, size);
		return true;
	}
	if (!refers(retained->graph, above, vertex, &step))
		return false;
	if (alike)
		rg_keeper_label(retained->graph, &step, (enum rg_label_policy)cli->options.labels,
				label, sizeof(label));
	else
		rg_step_label(retained->graph, &step, (enum rg_label_policy)cli->options.labels,
			      label, sizeof(label));
	rg_text_clean(label, buffer, size);
	return true;
}

bool retained_owner_label(const struct cli *cli, const struct retained *retained, rg_id id,
			  char *buffer, size_t size)
{
	rg_id owner = id < retained->dominators->objects ? rg_graph_owner(retained->graph, id)
							 : RG_NONE;
	char label[RETAINED_WORDS], clean[RETAINED_WORDS], words[RETAINED_WORDS];
	struct rg_step step;

	if (owner == RG_NONE || !refers(retained->graph, owner, id, &step))
		return false;
	rg_step_label(retained->graph, &step, (enum rg_label_policy)cli->options.labels, label,
		      sizeof(label));
	rg_text_clean(label, clean, sizeof(clean));
	cli_describe(cli, retained->graph, owner, words, sizeof(words));
	snprintf(buffer, size, "%s%s%s, and others", clean, *clean ? " of " : "part of ", words);
	return true;
}

void retained_held_by(const struct cli *cli, const struct retained *retained, rg_id id,
		      char *buffer, size_t size)
{
	rg_id above = retained->dominators->dominator[id];
	char label[RETAINED_WORDS], words[RETAINED_WORDS];
	bool direct = retained_label(cli, retained, id, false, label, sizeof(label));

	if (above >= retained->dominators->objects) {
		if (direct)
			snprintf(buffer, size, "%s", label);
		else if (!retained_owner_label(cli, retained, id, buffer, size))
			retained_holder(retained, above - retained->dominators->objects, buffer,
					size);
		return;
	}
	above = retained_shown(cli, retained, above);
	cli_describe(cli, retained->graph, above, words, sizeof(words));
	snprintf(buffer, size, "%s%s%s", direct ? label : "below",
		 direct && *label ? " of " : direct ? "" : " ", words);
}

static int by_retained(const void *a, const void *b)
{
	const struct retained_root *one = a, *other = b;

	if (one->retained != other->retained)
		return one->retained > other->retained ? -1 : 1;
	/* Roots stand in one array, in their order. */
	if (one->root != other->root)
		return one->root < other->root ? -1 : 1;
	return strcmp(one->name, other->name);
}

/* What stands right below the first holder, and no root refers to. */
static uint64_t shared_by_roots(const struct retained *retained)
{
	const struct rg_dominators *dominators = retained->dominators;
	size_t count, roots;
	const struct rg_root *root = rg_graph_roots(retained->graph, &roots);
	const rg_id *child = rg_dominator_children(retained->tree, dominators->objects, &count);
	uint64_t *named = calloc(dominators->objects / 64 + 1, sizeof(*named)), sum = 0;

	if (!named)
		return 0;
	for (size_t i = 0; i < roots; i++)
		if (!root[i].count)
			named[root[i].object / 64] |= UINT64_C(1) << (root[i].object % 64);
	for (size_t i = 0; i < count; i++)
		if (child[i] < dominators->objects &&
		    !(named[child[i] / 64] >> (child[i] % 64) & 1))
			sum += dominators->retained[child[i]];
	free(named);
	return sum;
}

struct retained_root *retained_roots(const struct retained *retained, size_t *ret_count)
{
	const struct rg_dominators *dominators = retained->dominators;
	size_t count, kept = 0;
	const struct rg_root *roots = rg_graph_roots(retained->graph, &count);
	struct retained_root *rows = calloc(count + dominators->holder_count + 1, sizeof(*rows));
	static const char *const others[] = {
		[RG_HOLDER_EVERYTHING] = "several roots together",
		[RG_HOLDER_FOREVER] = "immortal and frozen objects",
		[RG_HOLDER_STATIC] = "static data",
		[RG_HOLDER_EXTERNAL] = "external references",
	};

	if (!rows)
		return NULL;
	for (size_t i = 0; i < dominators->holder_count; i++) {
		const struct rg_holder *holder = &dominators->holders[i];
		struct retained_root row = { .retained = holder->retained, .object = RG_NONE };

		if (holder->kind == RG_HOLDER_ROOT) {
			row.root = holder->root;
			row.name = holder->root->name;
			row.object = holder->root->object;
		} else if (holder->kind <= RG_HOLDER_EXTERNAL) {
			row.name = others[holder->kind];
			if (holder->kind == RG_HOLDER_EVERYTHING)
				row.retained = shared_by_roots(retained);
		} else {
			continue;
		}
		rows[kept++] = row;
	}
	/* What an object owns, a module table for one, goes when the object does that it names. */
	for (size_t i = 0; i < count; i++)
		if (!roots[i].count && roots[i].kind != RG_ROOT_EXTERNAL &&
		    roots[i].kind != RG_ROOT_STATIC)
			rows[kept++] = (struct retained_root){
				.root = &roots[i], .name = roots[i].name,
				.retained = dominators->retained[roots[i].object],
				.object = roots[i].object,
			};
	qsort(rows, kept, sizeof(*rows), by_retained);
	*ret_count = kept;
	return rows;
}
