/* SPDX-License-Identifier: MIT */
/* Neighbourhoods against a plain walk over small graphs, and what a hub costs. */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "support/oracle.h"
#include "support/synth.h"

static rg_id owner_of(const rg_graph *graph, rg_id id, bool plumbing)
{
	while (!plumbing && rg_graph_owner(graph, id) != RG_NONE)
		id = rg_graph_owner(graph, id);
	return id;
}

/* How many shown references there are from one shown object to another. */
static void fill(const rg_graph *graph, const struct rg_neighborhood_options *options,
		 uint64_t ret[ORACLE_MOST][ORACLE_MOST])
{
	memset(ret, 0, sizeof(uint64_t[ORACLE_MOST][ORACLE_MOST]));
	for (rg_id u = 0; u < rg_graph_object_count(graph); u++) {
		struct rg_references out = rg_graph_references(graph, u);

		for (size_t i = 0; i < out.count; i++) {
			uint8_t kind = out.kind[i] & RG_REFERENCE_KIND_MASK;
			bool part = out.kind[i] & RG_REFERENCE_PLUMBING &&
				    rg_graph_owner(graph, out.target[i]) == u;

			if ((kind > RG_REFERENCE_INFERRED && !options->weak) ||
			    (part && !options->plumbing))
				continue;
			ret[owner_of(graph, u, options->plumbing)]
			   [owner_of(graph, out.target[i], options->plumbing)]++;
		}
	}
}

static bool wanted(const rg_graph *graph, const struct rg_neighborhood_options *options, rg_id id)
{
	const char *name = rg_graph_type(graph, rg_graph_object(graph, id).type)->name;

	return !options->ignore_count || strcmp(name, options->ignore[0]) != 0;
}

static void check(const rg_graph *graph, const struct rg_neighborhood_options *options,
		  rg_id target, const struct rg_neighborhood *found)
{
	static uint64_t refers[ORACLE_MOST][ORACLE_MOST];
	bool back = options->direction == RG_DIRECTION_BACK;
	rg_id count = rg_graph_object_count(graph);
	uint32_t node_of[ORACLE_MOST];
	bool unlimited = options->too_many > ORACLE_MOST && options->limit_nodes > ORACLE_MOST;
	unsigned int distance[ORACLE_MOST];

	fill(graph, options, refers);
	memset(node_of, 0xff, sizeof(node_of));
	for (rg_id v = 0; v < count; v++)
		distance[v] = 1000;
	distance[owner_of(graph, target, options->plumbing)] = 0;
	for (unsigned int d = 0; d < options->depth; d++)
		for (rg_id u = 0; u < count; u++)
			for (rg_id v = 0; v < count; v++)
				if (distance[u] == d && distance[v] > d + 1 &&
				    wanted(graph, options, v) &&
				    (back ? refers[v][u] : refers[u][v]))
					distance[v] = d + 1;
	CU_ASSERT_EQUAL_FATAL(found->nodes[0].object, owner_of(graph, target, options->plumbing));
	CU_ASSERT_FATAL(found->nodes[0].target);
	CU_ASSERT_FATAL(found->node_count <= options->limit_nodes);
	for (size_t n = 0; n < found->node_count; n++) {
		const struct rg_neighbor *node = &found->nodes[n];

		CU_ASSERT_EQUAL_FATAL(node_of[node->object], UINT32_MAX);
		node_of[node->object] = (uint32_t)n;
		if (unlimited)
			CU_ASSERT_EQUAL_FATAL(node->depth, distance[node->object]);
		CU_ASSERT_EQUAL_FATAL(node->expanded, node->depth < options->depth);
	}
	for (rg_id v = 0; unlimited && v < count; v++)
		CU_ASSERT_EQUAL_FATAL(node_of[v] != UINT32_MAX, distance[v] < 1000);
	for (size_t n = 0; n < found->node_count; n++) {
		const struct rg_neighbor *node = &found->nodes[n];
		uint64_t left_out = 0, folded = 0;

		for (rg_id v = 0; v < count; v++)
			left_out += v != node->object && node_of[v] == UINT32_MAX &&
				    wanted(graph, options, v) &&
				    (back ? refers[v][node->object] : refers[node->object][v]);
		for (size_t f = 0; f < found->fold_count; f++)
			folded += found->folds[f].node == n ? found->folds[f].count : 0;
		CU_ASSERT_EQUAL_FATAL(node->folded, folded);
		CU_ASSERT_EQUAL_FATAL(folded, node->expanded ? left_out : 0);
		CU_ASSERT_EQUAL_FATAL(node->cut, !node->expanded && left_out > 0);
	}
	for (size_t e = 0; e < found->edge_count; e++) {
		const struct rg_neighbor_edge *edge = &found->edges[e];
		rg_id from = found->nodes[edge->from].object, to = found->nodes[edge->to].object;

		CU_ASSERT_FATAL(found->nodes[back ? edge->to : edge->from].expanded);
		CU_ASSERT_FATAL(edge->count > 0 && edge->count <= refers[from][to]);
		CU_ASSERT_EQUAL_FATAL(edge->step_count, edge->count < 4 ? edge->count : 4);
		refers[from][to] -= edge->count;
		for (size_t s = 0; s < edge->step_count; s++) {
			struct rg_references out =
				rg_graph_references(graph, edge->steps[s].source);

			CU_ASSERT_EQUAL_FATAL(out.target[edge->steps[s].index],
					      edge->steps[s].target);
			CU_ASSERT_EQUAL_FATAL(out.kind[edge->steps[s].index] &
					      RG_REFERENCE_KIND_MASK, edge->kind);
			CU_ASSERT_EQUAL_FATAL(
				owner_of(graph, edge->steps[s].source, options->plumbing), from);
			CU_ASSERT_EQUAL_FATAL(
				owner_of(graph, edge->steps[s].target, options->plumbing), to);
		}
	}
	/* Every reference between two that are here is in an edge. */
	for (size_t a = 0; a < found->node_count; a++)
		for (size_t b = 0; b < found->node_count; b++)
			if (found->nodes[back ? b : a].expanded)
				CU_ASSERT_EQUAL_FATAL(refers[found->nodes[a].object]
							    [found->nodes[b].object], 0);
}

static void agrees_with_a_plain_walk(void)
{
	static const char *const ignored[] = { "T1" };
	struct synth_random random = { 31 };

	for (unsigned int round = 0; round < 8000; round++) {
		struct synth *synth = synth_small(&random, 14);
		struct rg_neighborhood_options options = { .size = sizeof(options) };
		rg_id target = synth_random(&random, synth->count);
		struct rg_neighborhood *found;
		rg_builder *builder;

		/* Parts of objects with smaller ids, so that there is no ring of parts. */
		for (size_t i = 0; i < synth->reference_count; i++)
			if (synth->references[i].to > synth->references[i].from &&
			    synth_random(&random, 4) == 0)
				synth->references[i].kind |= RG_REFERENCE_PLUMBING;
		builder = synth_must(synth);
		options.direction = round % 2 ? RG_DIRECTION_BACK : RG_DIRECTION_FORWARD;
		options.depth = 1 + synth_random(&random, 4);
		options.plumbing = round % 3 == 0;
		options.weak = round % 5 == 0;
		options.everything = true;
		options.too_many = round % 4 ? 1000 : 1 + synth_random(&random, 3);
		options.limit_nodes = round % 7 ? 1000 : 1 + synth_random(&random, 6);
		options.ignore = ignored;
		options.ignore_count = round % 11 == 0;
		CU_ASSERT_PTR_NULL_FATAL(rg_neighborhood_find(rg_builder_graph(builder), &target, 1,
							      &options, &found));
		check(rg_builder_graph(builder), &options, target, found);
		rg_neighborhood_free(found);
		rg_builder_free(builder);
		synth_free(synth);
	}
}

static void stops_at_modules_and_folds_parts(void)
{
	const uint8_t part = RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING;
	struct rg_neighborhood_options options = { .size = sizeof(options) };
	struct synth *synth = synth_new(4, 1);
	struct rg_neighborhood *found;
	rg_builder *builder;
	rg_id target = 2;
	char label[32];

	/* 0 refers to module 1, whose __dict__ 3 holds the target. */
	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, "['app']");
	synth_refer(synth, 1, 3, part, ".__dict__");
	synth_refer(synth, 3, 2, RG_REFERENCE_STRONG, "['x']");
	synth_refer(synth, 3, 2, RG_REFERENCE_STRONG, "['y']");
	synth->objects[1].flags |= RG_OBJECT_MODULE;
	synth_root(synth, 1, RG_ROOT_MODULE, 0, "sys.modules['app']");
	builder = synth_must(synth);
	CU_ASSERT_PTR_NULL_FATAL(
		rg_neighborhood_find(rg_builder_graph(builder), &target, 1, &options, &found));
	CU_ASSERT_EQUAL_FATAL(found->node_count, 2);
	CU_ASSERT_EQUAL(found->nodes[1].object, 1);
	CU_ASSERT(!found->nodes[1].expanded);
	CU_ASSERT(found->nodes[1].cut);
	CU_ASSERT_EQUAL_FATAL(found->edge_count, 1);
	CU_ASSERT_EQUAL(found->edges[0].count, 2);
	(void)rg_step_label(rg_builder_graph(builder), &found->edges[0].steps[1], RG_LABELS_ALL,
			    label, sizeof(label));
	CU_ASSERT_STRING_EQUAL(label, ".y");
	CU_ASSERT_EQUAL_FATAL(found->root_count, 1);
	CU_ASSERT_EQUAL(found->roots[0].node, 1);
	rg_neighborhood_free(found);
	options.past_modules = true;
	options.plumbing = true;
	CU_ASSERT_PTR_NULL_FATAL(
		rg_neighborhood_find(rg_builder_graph(builder), &target, 1, &options, &found));
	CU_ASSERT_EQUAL(found->node_count, 4);
	rg_neighborhood_free(found);
	rg_builder_free(builder);
	synth_free(synth);
}

/* What explains nothing is left out and counted, but never all that holds an object. */
static void leaves_out_what_explains_nothing(void)
{
	const uint8_t routine = RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE;
	const uint8_t name = RG_REFERENCE_STRONG | RG_REFERENCE_NAME;
	struct rg_neighborhood_options options = { .size = sizeof(options), .depth = 1 };
	struct synth *synth = synth_new(8, 1);
	struct rg_neighborhood *found;
	rg_builder *builder;
	rg_id target = 1, class = 2;

	/* 1 is an instance of 2, has an attribute 3, its key 4, and refers to immortal 5. */
	synth_refer(synth, 1, 2, routine, ".__class__");
	synth_refer(synth, 1, 3, RG_REFERENCE_STRONG, ".a");
	synth_refer(synth, 1, 4, name, "key 'a'");
	synth_refer(synth, 1, 5, RG_REFERENCE_STRONG, ".b");
	/* Held by 0 and, as routine, by 6; 2 is held by its instances alone; 7 is static. */
	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, "[0]");
	synth_refer(synth, 6, 1, routine, ".__globals__");
	synth_refer(synth, 7, 1, RG_REFERENCE_STRONG, "[1]");
	synth->objects[5].flags |= RG_OBJECT_IMMORTAL;
	synth_root(synth, 7, RG_ROOT_STATIC, 0, "static");
	synth_root(synth, 1, RG_ROOT_INTERPRETER, 0, "type cache");
	synth->roots[1].routine = true;
	builder = synth_must(synth);
	CU_ASSERT_PTR_NULL_FATAL(
		rg_neighborhood_find(rg_builder_graph(builder), &target, 1, &options, &found));
	CU_ASSERT_EQUAL_FATAL(found->node_count, 2);
	CU_ASSERT_EQUAL(found->nodes[1].object, 0);
	CU_ASSERT_EQUAL(found->edge_count, 1);
	CU_ASSERT_EQUAL(found->root_count, 0);
	CU_ASSERT_EQUAL(found->nodes[0].folded, 0);
	CU_ASSERT_EQUAL(found->left_out.routine, 1);
	CU_ASSERT_EQUAL(found->left_out.immortal, 1);
	CU_ASSERT_EQUAL(found->left_out.roots, 1);
	rg_neighborhood_free(found);
	/* Nothing else holds the class. */
	CU_ASSERT_PTR_NULL_FATAL(
		rg_neighborhood_find(rg_builder_graph(builder), &class, 1, &options, &found));
	CU_ASSERT_EQUAL(found->node_count, 2);
	CU_ASSERT_EQUAL(found->edge_count, 1);
	CU_ASSERT_EQUAL(found->left_out.routine, 0);
	rg_neighborhood_free(found);
	options.direction = RG_DIRECTION_FORWARD;
	CU_ASSERT_PTR_NULL_FATAL(
		rg_neighborhood_find(rg_builder_graph(builder), &target, 1, &options, &found));
	CU_ASSERT_EQUAL_FATAL(found->node_count, 2);
	CU_ASSERT_EQUAL(found->nodes[1].object, 3);
	CU_ASSERT_EQUAL(found->left_out.routine, 1);
	CU_ASSERT_EQUAL(found->left_out.names, 1);
	CU_ASSERT_EQUAL(found->left_out.immortal, 1);
	rg_neighborhood_free(found);
	options.everything = true;
	CU_ASSERT_PTR_NULL_FATAL(
		rg_neighborhood_find(rg_builder_graph(builder), &target, 1, &options, &found));
	CU_ASSERT_EQUAL(found->node_count, 5);
	CU_ASSERT_EQUAL(found->left_out.routine, 0);
	rg_neighborhood_free(found);
	rg_builder_free(builder);
	synth_free(synth);
}

/*
 * Among 5,000 referrers, which have as many of their own, the one that a
 * module's list leads to is drawn, and the way to it, however little room there is.
 */
static void the_holder_survives_folding(void)
{
	const rg_id hub = 5000, list = 2 * hub + 1, module = list + 1;
	struct synth *synth = synth_new(module + 1, 1);
	rg_builder *builder;
	rg_id target = 0;

	for (rg_id id = 1; id <= hub; id++) {
		synth_refer(synth, id, 0, RG_REFERENCE_STRONG, ".all");
		synth_refer(synth, hub + id, id, RG_REFERENCE_STRONG, ".a");
		synth_refer(synth, hub + id, id % hub + 1, RG_REFERENCE_STRONG, ".b");
	}
	synth_refer(synth, list, hub - 7, RG_REFERENCE_STRONG, "[0]");
	synth_refer(synth, module, list, RG_REFERENCE_STRONG, ".leak");
	synth->objects[module].flags |= RG_OBJECT_MODULE;
	synth_root(synth, module, RG_ROOT_MODULE, 0, "sys.modules['app']");
	builder = synth_must(synth);
	for (size_t limit = 5; limit <= 40; limit += 5) {
		struct rg_neighborhood_options options = {
			.size = sizeof(options), .depth = 3, .limit_nodes = limit,
		};
		struct rg_neighborhood *found;
		size_t boxes, depth = 0;

		CU_ASSERT_PTR_NULL_FATAL(rg_neighborhood_find(rg_builder_graph(builder), &target,
							      1, &options, &found));
		boxes = found->node_count + found->root_count;
		for (size_t n = 0; n < found->node_count; n++) {
			boxes += found->nodes[n].folded > 0;
			if (found->nodes[n].object == module)
				depth = found->nodes[n].depth;
		}
		CU_ASSERT(boxes <= limit);
		/* Four objects on the way, a root, and what is folded of three of them. */
		CU_ASSERT_EQUAL(depth, limit >= 10 ? 3 : depth);
		rg_neighborhood_free(found);
	}
	rg_builder_free(builder);
	synth_free(synth);
}

/* 300,000 objects below one list: each of those drawn is referred to by the hub. */
static void draws_below_a_hub(void)
{
	const rg_id count = 300000;
	struct rg_neighborhood_options options = { .size = sizeof(options), .depth = 5,
						   .too_many = 10 };
	struct synth *synth = synth_new(count, 2);
	struct rg_neighborhood *found;
	rg_builder *builder;
	rg_id target = count / 2;

	for (rg_id id = 1; id < count; id++) {
		synth->objects[id].type = 1;
		synth_refer(synth, 0, id, RG_REFERENCE_STRONG, "[0]");
		synth_refer(synth, id, 0, RG_REFERENCE_STRONG, ".all");
	}
	builder = synth_must(synth);
	CU_ASSERT_PTR_NULL_FATAL(
		rg_neighborhood_find(rg_builder_graph(builder), &target, 1, &options, &found));
	CU_ASSERT_EQUAL_FATAL(found->node_count, 12);
	CU_ASSERT_EQUAL(found->nodes[1].object, 0);
	CU_ASSERT_EQUAL(found->nodes[1].folded, count - 12);
	CU_ASSERT_EQUAL_FATAL(found->fold_count, 1);
	CU_ASSERT_EQUAL(found->folds[0].type, 1);
	rg_neighborhood_free(found);
	rg_builder_free(builder);
	synth_free(synth);
}

static void survives_failed_allocations(void)
{
	struct rg_neighborhood_options options = { .size = sizeof(options), .too_many = 2 };
	struct synth_random random = { 9 };
	struct synth *synth = synth_small(&random, 40);
	rg_builder *builder;
	rg_id target = 0;
	int64_t failures = 0;

	for (rg_id id = 1; id < synth->count; id++)
		synth_refer(synth, id, id / 3, RG_REFERENCE_STRONG, NULL);
	synth_root(synth, 1, RG_ROOT_MODULE, 0, "m");
	builder = synth_must(synth);
	for (;; failures++) {
		struct rg_neighborhood *found = NULL;
		rg_error *error;

		rg_alloc_fail_after(failures);
		error = rg_neighborhood_find(rg_builder_graph(builder), &target, 1, &options,
					     &found);
		rg_alloc_fail_after(-1);
		rg_neighborhood_free(found);
		if (!error)
			break;
		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
		CU_ASSERT_FATAL(failures < 200);
	}
	CU_ASSERT(failures >= 10);
	rg_builder_free(builder);
	synth_free(synth);
}

static const struct rg_test tests[] = {
	RG_TEST(agrees_with_a_plain_walk),
	RG_TEST(stops_at_modules_and_folds_parts),
	RG_TEST(leaves_out_what_explains_nothing),
	RG_TEST(the_holder_survives_folding),
	RG_TEST(draws_below_a_hub),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_neighborhood = {
	"analysis_neighborhood", NULL, NULL, tests
};
