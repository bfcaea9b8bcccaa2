/* SPDX-License-Identifier: MIT */
/*
 * What the newcomers of a container weigh: of all that it leads to over
 * newcomers alone, what it dominates and what others lead to as well; and
 * whether tables are of one process, without which there are no newcomers.
 */
#include "base/error.h"

#include <string.h>

#include "analysis/dominator_tree.h"
#include "base/alloc.h"
#include "base/bitset.h"
#include "base/sort.h"
#include "graph/store.h"

#define LOOKS 16000000 /* references */

struct weighing {
	const rg_graph *graph;
	const struct rg_dominators *dominators;
	const uint64_t *newcomers;
	uint32_t *enter; /* by vertex: its number in preorder of the tree of dominators */
	uint32_t *leave; /* by vertex: the first number behind what it dominates */
	uint32_t *stamp; /* by object: the row that came here last; in preorder what comes next */
	rg_id *queue;
	uint64_t looks;
};

/* Numbers what is below @top in preorder, from *@number on. */
static void number_below(struct weighing *weighing, const rg_dominator_tree *tree, rg_id top,
			 uint32_t *number)
{
	rg_id at = top;
	uint32_t *next = weighing->leave; /* meanwhile: into tree->child */

	weighing->enter[at] = (*number)++;
	next[at] = tree->first[at];
	for (;;) {
		if (next[at] < tree->first[at + 1]) {
			at = tree->child[next[at]++];
			weighing->enter[at] = (*number)++;
			next[at] = tree->first[at];
			continue;
		}
		next[at] = *number;
		if (at == top)
			return;
		at = weighing->dominators->dominator[at];
	}
}

static rg_error *number_all(struct weighing *weighing)
{
	const struct rg_dominators *dominators = weighing->dominators;
	rg_dominator_tree *tree;
	uint32_t number = 0;

	RG_TRY(rg_dominator_tree_new(dominators, &tree));
	number_below(weighing, tree, dominators->objects, &number);
	if (dominators->holder_count > 1)
		number_below(weighing, tree,
			     dominators->objects + (rg_id)dominators->holder_count - 1, &number);
	rg_dominator_tree_free(tree);
	return NULL;
}

static bool is_part(const struct weighing *weighing, rg_id source, rg_id target, uint8_t kind)
{
	return kind & RG_REFERENCE_PLUMBING &&
	       rg_graph_owner(weighing->graph, target) == source;
}

static void add(uint64_t *sum, uint64_t bytes)
{
	if (__builtin_add_overflow(*sum, bytes, sum))
		*sum = UINT64_MAX;
}

/* Breadth-first from @top over newcomers, and over parts of what is gone through. */
static bool weigh(struct weighing *weighing, rg_id top, uint32_t stamp,
		  struct rg_container_growth_row *row)
{
	const rg_graph *graph = weighing->graph;
	rg_id head = 0, tail = 0;

	weighing->queue[tail++] = top;
	weighing->stamp[top] = stamp;
	while (head < tail) {
		rg_id id = weighing->queue[head++];
		struct rg_references out = rg_graph_references(graph, id);

		if (out.count > weighing->looks) {
			weighing->looks = 0;
			return false;
		}
		weighing->looks -= out.count;
		for (size_t i = 0; i < out.count; i++) {
			rg_id target = out.target[i];
			bool is_new;

			if (weighing->stamp[target] == stamp || !rg_store_counted(out.kind[i]))
				continue;
			is_new = rg_bitset_test(weighing->newcomers, target);
			if (!is_new && !is_part(weighing, id, target, out.kind[i]))
				continue;
			weighing->stamp[target] = stamp;
			weighing->queue[tail++] = target;
			if (!is_new)
				continue;
			row->newcomers++;
			add(weighing->enter[target] >= weighing->enter[top] &&
			    weighing->enter[target] < weighing->leave[top] ? &row->exclusive
									   : &row->shared,
			    rg_store_size(graph, target));
			add(weighing->enter[target] >= weighing->enter[top] &&
			    weighing->enter[target] < weighing->leave[top] ? &row->exclusive
									   : &row->shared,
			    rg_store_owned(graph, target));
		}
	}
	return true;
}

static void weigh_rows(struct weighing *weighing, struct rg_container_growth *growth)
{
	/* The rows are the result's own. */
	struct rg_container_growth_row *rows = (struct rg_container_growth_row *)growth->rows;

	for (size_t i = 0; i < growth->count && weighing->looks; i++) {
		struct rg_container_growth_row row = rows[i];
		rg_id id = rg_graph_find(weighing->graph, row.address);

		if (row.element_delta <= 0 || row.containers[growth->dumps - 1] != 1 ||
		    id == RG_NONE)
			continue;
		row.newcomers = row.exclusive = row.shared = 0;
		row.weighed = weigh(weighing, id, (uint32_t)i + 1, &row);
		if (row.weighed)
			rows[i] = row;
	}
}

rg_error *rg_container_growth_weigh(struct rg_container_growth *growth, const rg_graph *graph,
				    const struct rg_dominators *dominators,
				    const struct rg_newcomers *newcomers)
{
	struct weighing weighing = { .graph = graph, .dominators = dominators,
				     .newcomers = newcomers->set, .looks = LOOKS };
	size_t vertices = (size_t)dominators->objects + dominators->holder_count;
	rg_error *error = NULL;

	weighing.enter = rg_calloc(vertices + 1, sizeof(*weighing.enter));
	weighing.leave = rg_calloc(vertices + 1, sizeof(*weighing.leave));
	weighing.stamp = rg_calloc((size_t)graph->count + 1, sizeof(*weighing.stamp));
	weighing.queue = rg_alloc(((size_t)graph->count + 1) * sizeof(*weighing.queue));
	if (!weighing.enter || !weighing.leave || !weighing.stamp || !weighing.queue)
		error = rg_error_no_memory();
	if (!error)
		error = number_all(&weighing);
	if (!error)
		weigh_rows(&weighing, growth);
	rg_free(weighing.enter);
	rg_free(weighing.leave);
	rg_free(weighing.stamp);
	rg_free(weighing.queue);
	return error;
}

/* ---- one process ------------------------------------------------------------------ */

static int compare_types(const void *a, const void *b, void *user)
{
	const struct rg_type_row *left = *(const struct rg_type_row *const *)a;
	const struct rg_type_row *right = *(const struct rg_type_row *const *)b;
	int order = strcmp(left->name, right->name);

	(void)user;
	return order ? order : (left->type_address > right->type_address) -
			       (left->type_address < right->type_address);
}

static const struct rg_type_row **sorted(const struct rg_type_table *table)
{
	const struct rg_type_row **rows = rg_alloc((table->count + 1) * sizeof(*rows));

	for (size_t i = 0; rows && i < table->count; i++)
		rows[i] = &table->rows[i];
	if (rows)
		rg_sort(rows, table->count, sizeof(*rows), compare_types, NULL);
	return rows;
}

bool rg_types_of_one_process(const struct rg_type_table *before,
			     const struct rg_type_table *after)
{
	const struct rg_type_row **left = sorted(before), **right = sorted(after);
	size_t i = 0, j = 0, both = 0, same = 0;

	while (left && right && i < before->count && j < after->count) {
		int order = strcmp(left[i]->name, right[j]->name);

		if (!order && left[i]->type_address && right[j]->type_address) {
			both++;
			same += left[i]->type_address == right[j]->type_address;
		}
		i += order <= 0;
		j += order >= 0;
	}
	rg_free(left);
	rg_free(right);
	return both && same * 10 >= both * 9;
}
