/* SPDX-License-Identifier: MIT */
/* Garbage in groups: root cycles of one shape, and what hangs from them. */
#include "base/error.h"

#include <string.h>

#include "analysis/cut.h"
#include "analysis/cycles_retained.h"
#include "analysis/ring.h"
#include "analysis/shape.h"
#include "analysis/subset.h"
#include "base/alloc.h"
#include "base/options.h"
#include "base/sort.h"

/* A component that is listed. */
struct listed {
	uint64_t shape;
	rg_id lowest;       /* its first member */
	uint32_t component;
};

/* A group whose arrays still grow: where in them its own parts begin. */
struct draft {
	struct rg_cycle_group public;
	uint32_t example;   /* component */
	size_t objects_at;
	size_t types_at;
	size_t example_at;
	size_t cycle_at;
	size_t cuts_at;
	size_t finalizers_at;
	size_t roots_at;    /* of garbage */
};

struct result {
	struct rg_cycles public;
	struct rg_cycle_group *groups;
	RG_VECTOR(struct draft) drafts;
	RG_VECTOR(rg_id) ids;
	RG_VECTOR(struct rg_type_count) types;
	RG_VECTOR(struct rg_step) steps;
	RG_VECTOR(struct rg_cut) cuts;
	struct rg_root_cycle *roots; /* by group, as they are listed */
};

/* One pass over a set of objects: the garbage, or what is alive. */
struct pass {
	struct result *result;
	const struct rg_garbage *garbage;
	struct rg_subset subset;
	bool alive;
	struct listed *listed;
	size_t listed_count;
	uint64_t *referred;   /* components that others refer to */
	uint64_t *cyclic;
	uint64_t *shared;     /* components that hang from several groups */
	uint32_t *group;      /* by component: which draft of this pass, or RG_NONE */
	size_t first_draft;
};

static int compare_by_shape(const void *a, const void *b, void *user)
{
	const struct listed *left = a, *right = b;

	(void)user;
	if (left->shape != right->shape)
		return left->shape > right->shape ? 1 : -1;
	return (left->lowest > right->lowest) - (left->lowest < right->lowest);
}

static int compare_by_lowest(const void *a, const void *b, void *user)
{
	const struct listed *left = a, *right = b;

	(void)user;
	return (left->lowest > right->lowest) - (left->lowest < right->lowest);
}

static int compare_drafts(const void *a, const void *b, void *user)
{
	const struct rg_cycle_group *left = &((const struct draft *)a)->public;
	const struct rg_cycle_group *right = &((const struct draft *)b)->public;
	const struct result *result = user;
	rg_id left_lowest = result->ids.data[((const struct draft *)a)->example_at];
	rg_id right_lowest = result->ids.data[((const struct draft *)b)->example_at];

	if (left->alive != right->alive)
		return left->alive ? 1 : -1;
	if (left->bytes + left->owned != right->bytes + right->owned)
		return left->bytes + left->owned > right->bytes + right->owned ? -1 : 1;
	return (left_lowest > right_lowest) - (left_lowest < right_lowest);
}

static int compare_types(const void *a, const void *b, void *user)
{
	const struct rg_type_count *left = a, *right = b;
	const rg_graph *graph = user;
	int order;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	order = strcmp(graph->types.data[left->type].name, graph->types.data[right->type].name);
	return order ? order : (left->type > right->type) - (left->type < right->type);
}

/* Which components are cycles, and which others refer to. */
static void look_at_references(struct pass *pass)
{
	const struct rg_subset *subset = &pass->subset;
	const rg_graph *graph = subset->graph;

	for (rg_id v = 0; v < subset->count; v++) {
		rg_id id = subset->ids[v];
		uint32_t component = subset->component[v];

		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id w = rg_subset_follow(subset, i);

			if (w == RG_NONE)
				continue;
			if (subset->component[w] == component)
				rg_bitset_add(pass->cyclic, component);
			else
				rg_bitset_add(pass->referred, subset->component[w]);
		}
	}
}

static bool is_listed(const struct pass *pass, uint32_t component)
{
	if (pass->alive)
		return rg_bitset_test(pass->cyclic, component);
	return !rg_bitset_test(pass->referred, component);
}

/* Makes the groups: one for each shape, in the order of their lowest objects. */
static rg_error *make_drafts(struct pass *pass)
{
	const struct rg_subset *subset = &pass->subset;
	uint32_t *components;
	uint64_t *shapes;
	size_t count = 0;
	size_t kept = 0;
	rg_error *error = NULL;

	for (uint32_t c = 0; c < subset->components; c++)
		count += is_listed(pass, c);
	pass->listed_count = count;
	pass->listed = rg_alloc(count * sizeof(*pass->listed));
	components = rg_alloc(count * sizeof(*components));
	shapes = rg_alloc(count * sizeof(*shapes));
	if (!pass->listed || !components || !shapes) {
		error = rg_error_no_memory();
		goto out;
	}
	for (uint32_t c = 0; c < subset->components; c++)
		if (is_listed(pass, c))
			components[kept++] = c;
	error = rg_shapes(subset, components, count, shapes);
	if (error)
		goto out;
	for (size_t i = 0; i < count; i++)
		pass->listed[i] = (struct listed){
			shapes[i], subset->members[subset->first[components[i]]], components[i]
		};
	/* All of one shape take the place of the first: first by shape, then by that. */
	rg_sort(pass->listed, count, sizeof(*pass->listed), compare_by_shape, NULL);
	kept = 0;
	for (size_t i = 0; i < count; i++) {
		struct draft draft = { .example = pass->listed[i].component };

		if (i && pass->listed[i].shape == pass->listed[i - 1].shape)
			continue;
		draft.public.shape = pass->listed[i].shape;
		draft.public.alive = pass->alive;
		draft.public.certain = true;
		if (!rg_vector_push(&pass->result->drafts, draft)) {
			error = rg_error_no_memory();
			goto out;
		}
	}
out:
	rg_free(components);
	rg_free(shapes);
	return error;
}

/* Orders the drafts of this pass by their lowest objects and gives them their components. */
static rg_error *number_drafts(struct pass *pass)
{
	struct draft *drafts = pass->result->drafts.data + pass->first_draft;
	size_t count = pass->result->drafts.count - pass->first_draft;
	struct listed *order = rg_alloc(count * sizeof(*order));
	size_t draft = 0;

	if (!order)
		return rg_error_no_memory();
	for (size_t i = 0; i < pass->listed_count; i++)
		if (!i || pass->listed[i].shape != pass->listed[i - 1].shape)
			order[draft++] = pass->listed[i];
	rg_sort(order, count, sizeof(*order), compare_by_lowest, NULL);
	for (size_t d = 0; d < count; d++) {
		drafts[d].public.shape = order[d].shape;
		drafts[d].example = order[d].component;
		pass->group[order[d].component] = (uint32_t)d;
	}
	rg_free(order);
	for (size_t i = 0; i < pass->listed_count; i++) {
		uint32_t *group = &pass->group[pass->listed[i].component];

		if (i && pass->listed[i].shape == pass->listed[i - 1].shape)
			*group = pass->group[pass->listed[i - 1].component];
		drafts[*group].public.count++;
		if (!pass->alive &&
		    rg_bitset_test(pass->cyclic, pass->listed[i].component))
			pass->result->public.cycles++;
	}
	return NULL;
}

/* Hands groups down to what hangs from them: components in topological order. */
static void hand_down(struct pass *pass)
{
	const struct rg_subset *subset = &pass->subset;
	const rg_graph *graph = subset->graph;

	for (uint32_t c = subset->components; c-- > 0;) {
		bool shared = rg_bitset_test(pass->shared, c);

		for (rg_id m = subset->first[c]; m < subset->first[c + 1]; m++) {
			rg_id id = subset->ids[subset->members[m]];

			for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
				rg_id w = rg_subset_follow(subset, i);
				uint32_t d = w != RG_NONE ? subset->component[w] : c;

				if (d == c)
					continue;
				if (shared || (pass->group[d] != RG_NONE &&
					       pass->group[d] != pass->group[c]))
					rg_bitset_add(pass->shared, d);
				if (pass->group[c] < pass->group[d])
					pass->group[d] = pass->group[c];
			}
		}
	}
}

static void note_inference(struct pass *pass, struct draft *drafts)
{
	const struct rg_subset *subset = &pass->subset;
	const rg_graph *graph = subset->graph;

	for (rg_id v = 0; v < subset->count; v++) {
		rg_id id = subset->ids[v];

		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id w = rg_subset_follow(subset, i);

			if (w == RG_NONE ||
			    (graph->kind[i] & RG_REFERENCE_KIND_MASK) != RG_REFERENCE_INFERRED)
				continue;
			if (pass->group[subset->component[w]] != RG_NONE)
				drafts[pass->group[subset->component[w]]].public.certain = false;
		}
	}
}

/* Fills in the objects of all drafts of this pass: counted, then placed. */
static bool place_objects(struct pass *pass, struct draft *drafts, size_t count)
{
	const struct rg_subset *subset = &pass->subset;
	const rg_graph *graph = subset->graph;
	struct result *result = pass->result;
	size_t at = result->ids.count, sum = 0;

	for (rg_id v = 0; v < subset->count; v++)
		if (pass->group[subset->component[v]] != RG_NONE)
			drafts[pass->group[subset->component[v]]].public.object_count++;
	for (size_t d = 0; d < count; d++) {
		drafts[d].objects_at = at + sum;
		sum += drafts[d].public.object_count;
		drafts[d].public.object_count = 0;
	}
	if (sum) {
		rg_id *ids = rg_realloc(result->ids.data, at + sum, sizeof(*ids));

		if (!ids)
			return false;
		result->ids.data = ids;
		result->ids.count = result->ids.capacity = at + sum;
	}
	for (rg_id v = 0; v < subset->count; v++) {
		uint32_t component = subset->component[v];
		rg_id id = subset->ids[v];
		struct draft *draft;

		if (pass->group[component] == RG_NONE)
			continue;
		draft = &drafts[pass->group[component]];
		result->ids.data[draft->objects_at + draft->public.object_count++] = id;
		draft->public.bytes += rg_store_size(graph, id);
		draft->public.owned += rg_store_owned(graph, id);
		draft->public.member_count += rg_bitset_test(pass->cyclic, component);
		draft->public.shared += rg_bitset_test(pass->shared, component);
		draft->public.finalizers += !!(graph->flags[id] & RG_OBJECT_FINALIZER);
		if (!pass->alive)
			draft->public.lost += rg_bitset_test(pass->garbage->lost_set, id);
	}
	return true;
}

/* The types of @ids, with @finalizers of those with one, to result->types; false: no memory. */
static bool add_types(const struct pass *pass, const rg_id *ids, size_t count, bool finalizers,
		      uint64_t *counts, size_t *ret_at, size_t *ret_count)
{
	const rg_graph *graph = pass->subset.graph;
	struct result *result = pass->result;
	size_t at = result->types.count;

	for (size_t i = 0; i < count; i++) {
		struct rg_type_count row = { graph->type[ids[i]], 0 };

		if (finalizers && !(graph->flags[ids[i]] & RG_OBJECT_FINALIZER))
			continue;
		if (!counts[row.type]++ && !rg_vector_push(&result->types, row))
			return false;
	}
	for (size_t t = at; t < result->types.count; t++) {
		struct rg_type_count *row = &result->types.data[t];

		row->count = counts[row->type];
		counts[row->type] = 0;
	}
	*ret_at = at;
	*ret_count = result->types.count - at;
	rg_sort(result->types.data + at, *ret_count, sizeof(*result->types.data), compare_types,
		(void *)(uintptr_t)graph);
	return true;
}

/* Counts the types of each draft's objects. */
static bool count_types(struct pass *pass, struct draft *drafts, size_t count)
{
	uint64_t *counts = rg_calloc(pass->subset.graph->types.count, sizeof(*counts));
	bool ok = counts;

	for (size_t d = 0; ok && d < count; d++) {
		struct rg_cycle_group *group = &drafts[d].public;
		const rg_id *ids = pass->result->ids.data + drafts[d].objects_at;

		ok = add_types(pass, ids, group->object_count, false, counts, &drafts[d].types_at,
			       &group->type_count);
		if (ok && group->finalizers)
			ok = add_types(pass, ids, group->object_count, true, counts,
				       &drafts[d].finalizers_at, &group->finalizer_type_count);
	}
	rg_free(counts);
	return ok;
}

static int compare_root_cycles(const void *a, const void *b, void *user)
{
	const struct rg_root_cycle *left = a, *right = b;

	(void)user;
	if (left->retained != right->retained)
		return left->retained > right->retained ? -1 : 1;
	return (left->lowest > right->lowest) - (left->lowest < right->lowest);
}

/* What each root cycle retains; those of one shape are listed side by side. */
static rg_error *add_roots(struct pass *pass, struct draft *drafts, size_t count)
{
	struct result *result = pass->result;
	struct rg_root_cycle *roots = rg_alloc(pass->listed_count * sizeof(*roots)), shared;
	uint32_t *components = rg_alloc(pass->listed_count * sizeof(*components));
	rg_error *error;

	result->roots = roots;
	if (!roots || !components) {
		rg_free(components);
		return rg_error_no_memory();
	}
	for (size_t i = 0; i < pass->listed_count; i++)
		components[i] = pass->listed[i].component;
	error = rg_cycles_retained(&pass->subset, components, pass->listed_count, roots, &shared);
	rg_free(components);
	if (error)
		return error;
	result->public.shared_objects = shared.objects;
	result->public.shared_bytes = shared.retained;
	for (size_t i = 0; i < pass->listed_count; i++) {
		struct draft *draft = &drafts[pass->group[pass->listed[i].component]];

		if (!i || pass->listed[i].shape != pass->listed[i - 1].shape)
			draft->roots_at = i;
		draft->public.retained += roots[i].retained;
		if (draft->public.retained < roots[i].retained)
			draft->public.retained = UINT64_MAX;
	}
	for (size_t d = 0; d < count; d++)
		rg_sort(roots + drafts[d].roots_at, drafts[d].public.count, sizeof(*roots),
			compare_root_cycles, NULL);
	return NULL;
}

/* Where to break the example of @draft, which ring->best goes around. */
static rg_error *show_break(struct result *result, struct rg_ring *ring, struct draft *draft)
{
	struct rg_cycle_group *group = &draft->public;
	struct rg_cut cuts[RG_CUT_MOST];
	size_t last;

	draft->cuts_at = result->cuts.count;
	if (!ring->best.count)
		return NULL;
	group->has_break = rg_ring_break(ring, draft->example, &last);
	if (!group->has_break)
		last = rg_ring_likeliest(ring);
	if (group->has_break)
		group->break_at = ring->best.data[last];
	/* The way around ends with what is to be broken. */
	rg_ring_turn(ring, last);
	if (group->has_break && rg_ring_leads_back(ring, &group->break_at))
		return NULL;
	RG_TRY(rg_cut_find(ring, draft->example, group->has_break, cuts, &group->cut_count));
	if (group->has_break && group->cut_count)
		rg_ring_turn(ring, rg_ring_likeliest(ring));
	for (size_t c = 0; c < group->cut_count; c++)
		if (!rg_vector_push(&result->cuts, cuts[c]))
			return rg_error_no_memory();
	return NULL;
}

/*
 * Takes away what is to be broken and looks what goes.  Where it was found the
 * example was without a cycle then; whatever was in it has to go by counts alone.
 */
static rg_error *verify(struct pass *pass, const struct rg_ring *ring,
			struct rg_removal *removal, struct draft *draft)
{
	const struct rg_subset *subset = &pass->subset;
	const rg_graph *graph = subset->graph;
	struct rg_cycle_group *group = &draft->public;
	const struct rg_step *at = &group->break_at;
	bool tries[2] = { group->has_break, group->cut_count > 0 };

	group->verified = tries[0] || tries[1];
	for (size_t t = 0; !pass->alive && t < 2; t++) {
		uint64_t single = group->has_break ? graph->offset[at->source] + at->index : 0;
		rg_id members = 0;

		if (!tries[t])
			continue;
		RG_TRY(rg_removal_try(removal, t ? ring->cut.data : &single,
				      t ? ring->cut.count : 1));
		group->freed = removal->freed.count;
		group->freed_bytes = 0;
		for (size_t i = 0; i < removal->freed.count; i++) {
			rg_id v = removal->freed.data[i];

			members += subset->component[v] == draft->example;
			group->freed_bytes += rg_store_size(graph, subset->ids[v]) +
					      rg_store_owned(graph, subset->ids[v]);
		}
		group->verified &= members == group->example_count;
	}
	return NULL;
}

/* The members of a draft's example, a way around it, and where to break it. */
static rg_error *show_example(struct pass *pass, struct rg_ring *ring, struct rg_removal *removal,
			      struct draft *draft)
{
	const struct rg_subset *subset = &pass->subset;
	struct result *result = pass->result;
	uint32_t example = draft->example;

	draft->example_at = result->ids.count;
	for (rg_id m = subset->first[example]; m < subset->first[example + 1]; m++)
		if (!rg_vector_push(&result->ids, subset->ids[subset->members[m]]))
			return rg_error_no_memory();
	draft->public.example_count = result->ids.count - draft->example_at;
	RG_TRY(rg_ring_find(ring, example));
	RG_TRY(show_break(result, ring, draft));
	RG_TRY(verify(pass, ring, removal, draft));
	draft->cycle_at = result->steps.count;
	for (size_t i = 0; i < ring->best.count; i++)
		if (!rg_vector_push(&result->steps, ring->best.data[i]))
			return rg_error_no_memory();
	draft->public.cycle_length = ring->best.count;
	return NULL;
}

static rg_error *show_examples(struct pass *pass, struct draft *drafts, size_t count)
{
	struct rg_removal removal = { .subset = &pass->subset };
	struct rg_ring ring;
	rg_error *error;

	RG_TRY(rg_ring_init(&ring, &pass->subset));
	error = pass->alive ? NULL : rg_removal_init(&removal, &pass->subset);
	for (size_t d = 0; !error && d < count; d++)
		error = show_example(pass, &ring, &removal, &drafts[d]);
	rg_removal_free(&removal);
	rg_ring_free(&ring);
	return error;
}

static rg_error *run(struct pass *pass)
{
	uint32_t components;
	struct draft *drafts;
	size_t count;

	RG_TRY(rg_subset_components(&pass->subset));
	components = pass->subset.components;
	pass->referred = rg_bitset_new(components);
	pass->cyclic = rg_bitset_new(components);
	pass->shared = rg_bitset_new(components);
	pass->group = rg_alloc((size_t)components * sizeof(*pass->group));
	if (!pass->referred || !pass->cyclic || !pass->shared || !pass->group)
		return rg_error_no_memory();
	memset(pass->group, 0xff, (size_t)components * sizeof(*pass->group));
	look_at_references(pass);
	RG_TRY(make_drafts(pass));
	count = pass->result->drafts.count - pass->first_draft;
	if (!count)
		return NULL;
	RG_TRY(number_drafts(pass));
	drafts = pass->result->drafts.data + pass->first_draft;
	if (!pass->alive)
		hand_down(pass);
	note_inference(pass, drafts);
	if (!place_objects(pass, drafts, count) || !count_types(pass, drafts, count))
		return rg_error_no_memory();
	if (!pass->alive)
		RG_TRY(add_roots(pass, drafts, count));
	return show_examples(pass, drafts, count);
}

static rg_error *run_on(struct result *result, const rg_graph *graph,
			const struct rg_garbage *garbage, const uint64_t *set, bool alive)
{
	struct pass pass = {
		.result = result,
		.garbage = garbage,
		.alive = alive,
		.first_draft = result->drafts.count,
	};
	rg_error *error;

	RG_TRY(rg_subset_init(&pass.subset, graph, set));
	error = pass.subset.count ? run(&pass) : NULL;
	rg_subset_free(&pass.subset);
	rg_free(pass.listed);
	rg_free(pass.referred);
	rg_free(pass.cyclic);
	rg_free(pass.shared);
	rg_free(pass.group);
	return error;
}

/* Now that nothing moves any more: from positions to pointers. */
static bool publish(struct result *result)
{
	size_t count = result->drafts.count;

	rg_sort(result->drafts.data, count, sizeof(*result->drafts.data), compare_drafts, result);
	result->groups = rg_alloc(count * sizeof(*result->groups));
	if (!result->groups)
		return false;
	for (size_t d = 0; d < count; d++) {
		const struct draft *draft = &result->drafts.data[d];
		struct rg_cycle_group *group = &result->groups[d];

		*group = draft->public;
		group->objects = result->ids.data + draft->objects_at;
		group->types = result->types.data + draft->types_at;
		if (group->finalizer_type_count)
			group->finalizer_types = result->types.data + draft->finalizers_at;
		if (!group->alive)
			group->root_cycles = result->roots + draft->roots_at;
		group->example = result->ids.data + draft->example_at;
		if (group->cut_count)
			group->cuts = result->cuts.data + draft->cuts_at;
		if (group->cycle_length)
			group->cycle = result->steps.data + draft->cycle_at;
	}
	rg_vector_free(&result->drafts);
	result->public.groups = result->groups;
	result->public.count = count;
	return true;
}

rg_error *rg_cycles_find(const rg_graph *graph, const struct rg_garbage *garbage,
			 const struct rg_cycles_options *options, struct rg_cycles **ret)
{
	struct rg_cycles_options how;
	size_t words = graph->count / 64 + 1;
	struct result *result;
	uint64_t *set;
	rg_error *error;

	RG_TRY(rg_options_read(options, sizeof(how), &how));
	set = rg_bitset_new(graph->count);
	result = rg_calloc(1, sizeof(*result));
	if (!set || !result) {
		error = rg_error_no_memory();
		goto out;
	}
	for (size_t w = 0; w < words; w++)
		set[w] = garbage->unreachable_set[w] | garbage->going_set[w] | garbage->lost_set[w];
	error = run_on(result, graph, garbage, set, false);
	if (!error && how.all) {
		for (size_t w = 0; w < words; w++)
			set[w] = ~set[w];
		set[words - 1] &= (UINT64_C(1) << (graph->count % 64)) - 1;
		/* What refers to nothing is most of a heap, and in no cycle. */
		for (rg_id id = 0; id < graph->count; id++)
			if (graph->offset[id] == graph->offset[id + 1])
				rg_bitset_remove(set, id);
		error = run_on(result, graph, garbage, set, true);
	}
	if (!error && !publish(result))
		error = rg_error_no_memory();
out:
	rg_free(set);
	if (error)
		rg_cycles_free(result ? &result->public : NULL);
	else
		*ret = &result->public;
	return error;
}

struct rg_step rg_cycle_weak(const rg_graph *graph, const struct rg_cycle_group *group)
{
	struct rg_step step = group->cut_count ? group->cuts[0].first : group->break_at;
	const char *referent = rg_graph_words(graph)->referent;
	char label[16];

	if (!referent || graph->flags[step.source] & RG_OBJECT_PLUMBING ||
	    rg_graph_label(graph, step.source, step.index, RG_LABELS_ALL, label, sizeof(label)) !=
		    strlen(referent) || strcmp(label, referent) != 0)
		return step;
	for (size_t i = 0; i < group->cycle_length; i++)
		if (group->cycle[i].target == step.source)
			return group->cycle[i];
	return step;
}

void rg_cycles_free(struct rg_cycles *cycles)
{
	struct result *result = (struct result *)cycles;

	if (!result)
		return;
	rg_free(result->groups);
	rg_free(result->roots);
	rg_vector_free(&result->drafts);
	rg_vector_free(&result->ids);
	rg_vector_free(&result->types);
	rg_vector_free(&result->steps);
	rg_vector_free(&result->cuts);
	rg_free(result);
}
