/* SPDX-License-Identifier: MIT */
/*
 * The search for leaks: what all kinds need is found first, by two threads if there
 * may be two; then each kind adds candidates; what is about the same holder becomes
 * one, what merely stands above or below another goes, and the rest is ranked.
 */
#include "analysis/leaks.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/sort.h"

#define DEEPEST 8        /* parts of parts */
#define FARTHEST 4096    /* steps up the tree of dominators from one holder to another */
#define MOST_SUSPECTS 100
#define SHARE 1.0        /* percent */
#define LEAST 100
#define BYTES (UINT64_C(256) << 10)
#define PROVEN 100       /* as much as a byte that is only suspected */
#define ABOVE 0.5        /* of what a holder keeps is in another: that one is told of */

struct result {
	struct rg_leaks public;
	struct rg_suspect *suspects;
	RG_VECTOR(struct leaks_candidate) candidates; /* what suspects point at */
	struct rg_chains *biggest;
};

const char *rg_leak_kind_name(enum rg_leak_kind kind)
{
	static const char *const names[] = {
		[RG_LEAK_CONTAINER] = "container",
		[RG_LEAK_TYPE] = "type",
		[RG_LEAK_CACHE] = "cache",
		[RG_LEAK_EXCEPTION] = "exception",
		[RG_LEAK_FRAME] = "frame",
		[RG_LEAK_GARBAGE] = "garbage",
		[RG_LEAK_UNCOLLECTABLE] = "uncollectable",
		[RG_LEAK_LOST] = "lost",
		[RG_LEAK_RESOURCE] = "resource",
		[RG_LEAK_VIEW] = "view",
		[RG_LEAK_HISTORY] = "history",
		[RG_LEAK_THREAD_LOCAL] = "thread-local",
		[RG_LEAK_TASK] = "task",
		[RG_LEAK_COROUTINE] = "coroutine",
		[RG_LEAK_BUFFER] = "buffer",
	};

	return (size_t)kind < sizeof(names) / sizeof(names[0]) ? names[kind] : "other";
}

/* --- candidates ------------------------------------------------------------------ */

struct leaks_candidate *leaks_add(struct leaks_work *work, enum rg_leak_kind kind, rg_id holder)
{
	struct leaks_candidate candidate;

	memset(&candidate, 0, sizeof(candidate));
	candidate.kind = kind;
	candidate.holder = holder;
	candidate.type = RG_NONE;
	candidate.whose = LEAKS_PROGRAM;
	if (!rg_vector_push(&work->found, candidate))
		return NULL;
	return &work->found.data[work->found.count - 1];
}

bool leaks_tell(struct leaks_candidate *candidate, const struct rg_leak_fact *fact)
{
	return rg_vector_push(&candidate->facts, *fact);
}

bool leaks_tell_growth(struct leaks_candidate *candidate, const struct leaks_growth *growth)
{
	struct rg_leak_fact fact = { RG_FACT_GREW, 0, 0, 0, RG_NONE, RG_NONE };

	fact.kind = growth->known ? RG_FACT_GREW : RG_FACT_NEW;
	fact.count = growth->elements;
	fact.bytes = growth->retained;
	return leaks_tell(candidate, &fact);
}

void leaks_name(struct leaks_candidate *candidate, rg_id object)
{
	for (size_t i = 0; i < candidate->object_count; i++)
		if (candidate->objects[i] == object)
			return;
	if (candidate->object_count < LEAKS_OBJECTS)
		candidate->objects[candidate->object_count++] = object;
}

uint64_t leaks_kept(const struct leaks_work *work, rg_id holder, uint64_t bytes)
{
	uint64_t most = work->living + work->dominators->unreachable_bytes;

	if (holder != RG_NONE && bytes < work->dominators->retained[holder] &&
	    !(work->graph->flags[holder] & (RG_OBJECT_TYPE | RG_OBJECT_MODULE)))
		bytes = work->dominators->retained[holder];
	return bytes < most ? bytes : most;
}

int leaks_compare_numbers(const void *a, const void *b, void *user)
{
	const uint64_t *left = a, *right = b;

	(void)user;
	return (*left > *right) - (*left < *right);
}

static void free_candidate(struct leaks_candidate *candidate)
{
	rg_vector_free(&candidate->facts);
	rg_chains_free(candidate->chains);
	rg_free(candidate->text);
	candidate->chains = NULL;
	candidate->text = NULL;
}

/* --- what all kinds need ----------------------------------------------------------- */

/* What a second thread finds, beside the dominators. */
struct beside {
	struct leaks_work *work;
	rg_error *error;
};

static void *find_beside(void *user)
{
	struct beside *beside = user;
	struct leaks_work *work = beside->work;

	if (work->graph->has_refcounts)
		beside->error = rg_garbage_find(work->graph, &work->garbage);
	if (!beside->error)
		beside->error = rg_chain_tree_new(work->graph, NULL, &work->tree);
	return NULL;
}

static rg_error *find_basics(struct leaks_work *work)
{
	struct beside beside = { work, NULL };
	pthread_t thread;
	bool two = work->how.threads > 1 &&
		   pthread_create(&thread, NULL, find_beside, &beside) == 0;
	rg_error *error = rg_dominators_find(work->graph, NULL, &work->dominators);

	if (two)
		pthread_join(thread, NULL);
	else if (!error)
		find_beside(&beside);
	if (error) {
		rg_error_free(beside.error);
		return error;
	}
	return beside.error;
}

static rg_error *find_keepers(struct leaks_work *work)
{
	const rg_graph *graph = work->graph;

	work->keeper = rg_alloc((size_t)graph->count * sizeof(*work->keeper));
	work->children = rg_calloc((size_t)graph->count + 1, sizeof(*work->children));
	work->slot = rg_calloc((size_t)graph->count + 1, sizeof(*work->slot));
	work->type_flags = rg_calloc(graph->types.count + 1, 1);
	if (!work->keeper || !work->children || !work->slot || !work->type_flags)
		return rg_error_no_memory();
	for (rg_id id = 0; id < graph->count; id++)
		work->keeper[id] = id;
	for (size_t i = 0; i < graph->plumbing_count; i++) {
		rg_id at = graph->plumbing[i];

		for (int depth = 0; depth < DEEPEST && graph->flags[at] & RG_OBJECT_PLUMBING;
		     depth++)
			at = rg_graph_owner(graph, at);
		work->keeper[graph->plumbing[i]] = at;
	}
	for (rg_id id = 0; id < graph->count; id++) {
		rg_id above = work->dominators->dominator[id];

		if (above >= work->dominators->objects || work->keeper[id] != id)
			continue;
		above = work->keeper[above];
		work->children[above] += above != id;
	}
	for (size_t t = 0; t < graph->types.count; t++) {
		const struct rg_type *type = &graph->types.data[t];
		bool runtime = type->origin == RG_ORIGIN_RUNTIME ||
			       leaks_is_builtin(type);

		if (runtime && type->role == RG_ROLE_NONE)
			work->type_flags[t] |= LEAKS_TYPE_PLAIN;
	}
	return NULL;
}

static rg_error *read_options(const struct rg_leaks_options *given, struct leaks_work *work)
{
	RG_TRY(rg_options_read(given, sizeof(work->how), &work->how));
	if (!(work->how.share > 0))
		work->how.share = SHARE;
	if (!work->how.least)
		work->how.least = LEAST;
	if (!work->how.bytes)
		work->how.bytes = BYTES;
	if (!work->how.most)
		work->how.most = MOST_SUSPECTS;
	return NULL;
}

static rg_error *start(struct leaks_work *work)
{
	if (!work->graph->offset)
		return rg_error_new(RG_ERROR_INVALID, "the graph has no references");
	RG_TRY(find_basics(work));
	work->living = work->dominators->alive_bytes;
	RG_TRY(find_keepers(work));
	return leaks_whose_init(work);
}

static void free_work(struct leaks_work *work)
{
	for (size_t i = 0; i < work->found.count; i++)
		free_candidate(&work->found.data[i]);
	rg_vector_free(&work->found);
	rg_dominators_free(work->dominators);
	rg_garbage_free(work->garbage);
	rg_chain_tree_free(work->tree);
	rg_free(work->keeper);
	rg_free(work->children);
	rg_free(work->slot);
	rg_free(work->type_flags);
	rg_map_free(&work->module_origin);
	rg_map_free(&work->class_origin);
}

/* --- one culprit is told once ------------------------------------------------------- */

/* What says more about a holder than another kind, first. */
static unsigned int telling(enum rg_leak_kind kind)
{
	static const unsigned char order[] = {
		[RG_LEAK_HISTORY] = 0,
		[RG_LEAK_UNCOLLECTABLE] = 1,
		[RG_LEAK_CACHE] = 2,
		[RG_LEAK_EXCEPTION] = 3,
		[RG_LEAK_RESOURCE] = 4,
		[RG_LEAK_COROUTINE] = 5,
		[RG_LEAK_TASK] = 6,
		[RG_LEAK_FRAME] = 7,
		[RG_LEAK_VIEW] = 8,
		[RG_LEAK_CONTAINER] = 9,
		[RG_LEAK_THREAD_LOCAL] = 10,
		[RG_LEAK_TYPE] = 11,
		[RG_LEAK_LOST] = 12,
		[RG_LEAK_GARBAGE] = 13,
		[RG_LEAK_BUFFER] = 14,
	};

	return order[kind];
}

static int compare_holders(const void *a, const void *b, void *user)
{
	const struct leaks_candidate *left = a, *right = b;
	unsigned int one = telling(left->kind), other = telling(right->kind);

	(void)user;
	if (left->holder != right->holder)
		return left->holder < right->holder ? -1 : 1;
	if (one != other)
		return one < other ? -1 : 1;
	if (left->weight != right->weight)
		return left->weight > right->weight ? -1 : 1;
	if (left->type != right->type)
		return left->type < right->type ? -1 : 1;
	return (left->count < right->count) - (left->count > right->count);
}

/* Whether @candidate has a fact like @fact already. */
static bool knows(const struct leaks_candidate *candidate, const struct rg_leak_fact *fact)
{
	for (size_t i = 0; i < candidate->facts.count; i++)
		if (candidate->facts.data[i].kind == fact->kind &&
		    (fact->kind != RG_FACT_ELEMENTS ||
		     candidate->facts.data[i].type == fact->type))
			return true;
	return false;
}

static bool merge(struct leaks_candidate *into, struct leaks_candidate *from)
{
	for (size_t i = 0; i < from->facts.count; i++)
		if (!knows(into, &from->facts.data[i]) &&
		    !leaks_tell(into, &from->facts.data[i]))
			return false;
	for (size_t i = 0; i < from->object_count; i++)
		leaks_name(into, from->objects[i]);
	if (from->retained > into->retained)
		into->retained = from->retained;
	if (from->weight > into->weight)
		into->weight = from->weight;
	from->dropped = true;
	return true;
}

static bool merge_holders(struct leaks_work *work)
{
	struct leaks_candidate *found = work->found.data;

	if (work->found.count > 1)
		rg_sort(found, work->found.count, sizeof(*found), compare_holders, NULL);
	for (size_t i = 0, first = 0; i < work->found.count; i++) {
		if (i && found[i].holder != RG_NONE && found[i].holder == found[first].holder) {
			if (!merge(&found[first], &found[i]))
				return false;
		} else {
			first = i;
		}
	}
	return true;
}

/* Where a container of a type grew, that explains why there are more of it. */
static void drop_explained(struct leaks_work *work)
{
	struct leaks_candidate *found = work->found.data;

	for (size_t i = 0; i < work->found.count; i++)
		for (size_t k = 0; k < work->found.count; k++)
			if (found[i].kind == RG_LEAK_TYPE && found[k].kind == RG_LEAK_CONTAINER &&
			    !found[k].dropped && found[k].type == found[i].type)
				found[i].dropped = true;
}

/*
 * Of two holders one of which is below the other in the tree of dominators: where the
 * lower has most of what the upper has, the upper only stands above; else the lower
 * is a part of what the upper has.
 */
static void drop_nested(struct leaks_work *work)
{
	struct leaks_candidate *found = work->found.data;
	const struct rg_dominators *dominators = work->dominators;

	for (size_t i = 0; i < work->found.count; i++)
		if (found[i].holder != RG_NONE && !found[i].dropped)
			work->slot[found[i].holder] = (uint32_t)i + 1;
	for (size_t i = 0; i < work->found.count; i++) {
		rg_id at = found[i].holder;

		if (at == RG_NONE || found[i].dropped)
			continue;
		for (unsigned int steps = 0; steps < FARTHEST; steps++) {
			struct leaks_candidate *above;

			at = dominators->dominator[at];
			if (at >= dominators->objects)
				break;
			if (work->keeper[at] == found[i].holder || !work->slot[work->keeper[at]])
				continue;
			above = &found[work->slot[work->keeper[at]] - 1];
			if ((double)found[i].weight >= ABOVE * (double)above->weight)
				above->dropped = true;
			else
				found[i].dropped = true;
			break;
		}
	}
	for (size_t i = 0; i < work->found.count; i++)
		if (found[i].holder != RG_NONE)
			work->slot[found[i].holder] = 0;
}

/* Holders of the very same elements: the one with the better chain is told. */
static bool drop_twins(struct leaks_work *work)
{
	struct leaks_candidate *found = work->found.data;

	for (size_t i = 0; i < work->found.count; i++) {
		if (found[i].dropped || found[i].kind != RG_LEAK_CONTAINER || found[i].exclusive)
			continue;
		for (size_t k = i + 1; k < work->found.count; k++) {
			struct rg_leak_fact fact = { RG_FACT_ALSO, 0, 0, 0, RG_NONE, RG_NONE };
			bool swap;
			struct leaks_candidate *kept, *gone;

			if (found[k].dropped || found[k].kind != RG_LEAK_CONTAINER ||
			    found[k].exclusive || found[k].type != found[i].type ||
			    found[k].count != found[i].count ||
			    found[k].objects[0] != found[i].objects[0])
				continue;
			swap = found[k].whose < found[i].whose ||
			       (found[k].whose == found[i].whose &&
				found[k].chains->chains[0].length <
					found[i].chains->chains[0].length);
			kept = &found[swap ? k : i];
			gone = &found[swap ? i : k];
			fact.object = gone->holder;
			if (!leaks_tell(kept, &fact))
				return false;
			gone->dropped = true;
			if (swap)
				break;
		}
	}
	return true;
}

/* --- chains and signatures ------------------------------------------------------------ */

static rg_error *sign(struct leaks_work *work, struct leaks_candidate *candidate)
{
	struct rg_signature *signature;

	if (candidate->holder != RG_NONE)
		RG_TRY(rg_chain_tree_find(work->tree, candidate->holder, &candidate->chains));
	if (candidate->chains && candidate->chains->count) {
		RG_TRY(rg_signature_find(work->graph, &candidate->chains->chains[0],
					 &signature));
		candidate->text = rg_strdup(signature->text);
		memcpy(candidate->id, signature->id, sizeof(candidate->id));
		rg_signature_free(signature);
	} else {
		const char *type = candidate->type == RG_NONE ? "" :
				   work->graph->types.data[candidate->type].name;
		char text[512];

		snprintf(text, sizeof(text), "%s>%s", rg_leak_kind_name(candidate->kind), type);
		candidate->text = rg_strdup(text);
		snprintf(candidate->id, sizeof(candidate->id), "sig1:%016" PRIx64,
			 rg_hash_bytes(text, strlen(text)) ^ candidate->shape);
	}
	return candidate->text ? NULL : rg_error_no_memory();
}

static int compare_signatures(const void *a, const void *b, void *user)
{
	const struct leaks_candidate *left = a, *right = b;
	int order;

	(void)user;
	if (left->dropped != right->dropped)
		return left->dropped ? 1 : -1;
	if (left->dropped)
		return (left->holder > right->holder) - (left->holder < right->holder);
	order = strcmp(left->id, right->id);
	if (order)
		return order;
	if (left->weight != right->weight)
		return left->weight > right->weight ? -1 : 1;
	return (left->holder > right->holder) - (left->holder < right->holder);
}

/* Holders that cannot be told apart by signature are one suspect, many times. */
static bool merge_signatures(struct leaks_work *work)
{
	struct leaks_candidate *found = work->found.data;
	struct rg_leak_fact fact = { RG_FACT_ALIKE, 1, 0, 0, RG_NONE, RG_NONE };

	if (work->found.count > 1)
		rg_sort(found, work->found.count, sizeof(*found), compare_signatures, NULL);
	for (size_t i = 0, first = 0; i <= work->found.count; i++) {
		bool same = i < work->found.count && i > first && !found[i].dropped &&
			    strcmp(found[i].id, found[first].id) == 0 &&
			    found[i].kind == found[first].kind;

		if (same) {
			fact.count++;
			found[first].count += found[i].count;
			found[first].retained += found[i].retained;
			found[first].weight += found[i].weight;
			if (found[i].holder != RG_NONE)
				leaks_name(&found[first], found[i].holder);
			found[i].dropped = true;
			continue;
		}
		if (fact.count > 1 && !leaks_tell(&found[first], &fact))
			return false;
		fact.count = 1;
		first = i;
	}
	return true;
}

/* --- ranking -------------------------------------------------------------------------- */

/* How much a byte counts: what the program itself holds is what it can let go. */
static double score(const struct leaks_candidate *candidate)
{
	static const double factors[] = {
		[LEAKS_PROGRAM] = 1.0,
		[LEAKS_MIXED] = 0.6,
		[LEAKS_LOCAL] = 0.4,
		[LEAKS_PACKAGE] = 0.25,
		[LEAKS_RUNTIME] = 0.2,
	};

	/* What is no mere suspicion comes first, but for what is next to nothing. */
	return (double)candidate->weight * factors[candidate->whose] *
	       (candidate->proven ? PROVEN : 1);
}

static int compare_scores(const void *a, const void *b, void *user)
{
	const struct leaks_candidate *left = a, *right = b;
	double one = score(left), other = score(right);
	int order;

	(void)user;
	if (left->dropped != right->dropped)
		return left->dropped ? 1 : -1;
	if (one > other || one < other)
		return one > other ? -1 : 1;
	order = strcmp(left->id, right->id);
	return order ? order : (left->holder > right->holder) - (left->holder < right->holder);
}

static rg_error *settle(struct leaks_work *work)
{
	if (!merge_holders(work))
		return rg_error_no_memory();
	if (leaks_compares(work))
		drop_explained(work);
	drop_nested(work);
	for (size_t i = 0; i < work->found.count; i++)
		if (!work->found.data[i].dropped)
			RG_TRY(sign(work, &work->found.data[i]));
	if (!drop_twins(work) || !merge_signatures(work))
		return rg_error_no_memory();
	if (work->found.count > 1)
		rg_sort(work->found.data, work->found.count, sizeof(*work->found.data),
			compare_scores, NULL);
	return NULL;
}

/* --- the result ------------------------------------------------------------------------- */

static void publish_one(struct leaks_candidate *candidate, struct rg_suspect *ret)
{
	bool held = candidate->holder != RG_NONE;

	/* The holder comes first. */
	if (held && candidate->object_count < LEAKS_OBJECTS)
		candidate->object_count++;
	if (held) {
		memmove(candidate->objects + 1, candidate->objects,
			(candidate->object_count - 1) * sizeof(*candidate->objects));
		candidate->objects[0] = candidate->holder;
	}
	*ret = (struct rg_suspect){
		.kind = candidate->kind,
		.signature = candidate->id,
		.shape = candidate->text,
		.object = candidate->holder,
		.origin = leaks_origin(candidate->whose),
		.local = candidate->whose == LEAKS_LOCAL,
		.type = candidate->type,
		.count = candidate->count,
		.retained = candidate->retained,
		.exclusive = candidate->exclusive,
		.objects = candidate->objects,
		.object_count = candidate->object_count,
		.facts = candidate->facts.data,
		.fact_count = candidate->facts.count,
	};
	if (candidate->chains && candidate->chains->count)
		ret->chain = &candidate->chains->chains[0];
}

#define BIGGEST 16 /* that are looked at for one of the program's */

/* For orientation where nothing stands out: the biggest that the program holds. */
static rg_error *find_biggest(struct leaks_work *work, struct result *result)
{
	const rg_graph *graph = work->graph;
	const uint64_t *retained = work->dominators->retained;
	rg_id best[BIGGEST];
	size_t count = 0;

	for (rg_id id = 0; id < graph->count; id++) {
		size_t at = count;

		if ((count == BIGGEST && retained[id] <= retained[best[count - 1]]) ||
		    work->keeper[id] != id || !leaks_is_alive(work, id) ||
		    graph->flags[id] & (RG_OBJECT_TYPE | RG_OBJECT_MODULE | RG_OBJECT_IMMORTAL))
			continue;
		if (count < BIGGEST)
			count++;
		else
			at--;
		for (; at && retained[best[at - 1]] < retained[id]; at--)
			best[at] = best[at - 1];
		best[at] = id;
	}
	for (size_t i = 0; i < count; i++) {
		enum leaks_whose whose;

		RG_TRY(leaks_whose(work, best[i], &whose));
		if (whose > LEAKS_LOCAL)
			continue;
		RG_TRY(rg_chain_tree_find(work->tree, best[i], &result->biggest));
		result->public.biggest = best[i];
		result->public.biggest_bytes = retained[best[i]];
		if (result->biggest->count)
			result->public.biggest_chain = &result->biggest->chains[0];
		return NULL;
	}
	return NULL;
}

static rg_error *publish(struct leaks_work *work, struct result *result)
{
	size_t kept = 0;

	while (kept < work->found.count && !work->found.data[kept].dropped &&
	       kept < work->how.most)
		kept++;
	result->suspects = rg_calloc(kept + 1, sizeof(*result->suspects));
	if (!result->suspects)
		return rg_error_no_memory();
	result->public.biggest = RG_NONE;
	if (!kept)
		RG_TRY(find_biggest(work, result));
	memcpy(&result->candidates, &work->found, sizeof(result->candidates));
	memset(&work->found, 0, sizeof(work->found));
	for (size_t i = 0; i < kept; i++)
		publish_one(&result->candidates.data[i], &result->suspects[i]);
	result->public.suspects = result->suspects;
	result->public.count = kept;
	result->public.living = work->living;
	result->public.waiting = work->dominators->unreachable_bytes;
	result->public.no_counts = !work->graph->has_refcounts;
	return NULL;
}

static rg_error *look(struct leaks_work *work)
{
	static rg_error *(*const kinds[])(struct leaks_work *work) = {
		leaks_containers, leaks_types,     leaks_caches, leaks_exceptions, leaks_garbage,
		leaks_lost,       leaks_resources, leaks_views,  leaks_history,    leaks_tasks,
		leaks_buffers,
	};

	RG_TRY(start(work));
	if (leaks_compares(work))
		RG_TRY(leaks_before_same(work));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		RG_TRY(kinds[i](work));
	return settle(work);
}

rg_error *rg_leaks_find(const rg_graph *graph, const struct rg_leaks_options *options,
			struct rg_leaks **ret)
{
	struct leaks_work work = { .graph = graph };
	struct result *result;
	rg_error *error;

	RG_TRY(read_options(options, &work));
	result = rg_calloc(1, sizeof(*result));
	if (!result)
		return rg_error_no_memory();
	error = look(&work);
	if (!error)
		error = publish(&work, result);
	free_work(&work);
	if (error) {
		rg_leaks_free(&result->public);
		return error;
	}
	*ret = &result->public;
	return NULL;
}

void rg_leaks_free(struct rg_leaks *leaks)
{
	struct result *result = (struct result *)leaks;

	if (!result)
		return;
	for (size_t i = 0; i < result->candidates.count; i++)
		free_candidate(&result->candidates.data[i]);
	rg_vector_free(&result->candidates);
	rg_free(result->suspects);
	rg_chains_free(result->biggest);
	rg_free(result);
}

rg_error *rg_leaks_note(const rg_graph *graph, const struct rg_leaks_options *options,
			struct rg_leaks_before **ret)
{
	struct leaks_work work = { .graph = graph };
	struct rg_leaks_before *before;
	rg_error *error;

	RG_TRY(read_options(options, &work));
	before = rg_calloc(1, sizeof(*before));
	if (!before)
		return rg_error_no_memory();
	error = start(&work);
	if (!error)
		error = leaks_before_note(&work, before);
	free_work(&work);
	if (error) {
		rg_leaks_before_free(before);
		return error;
	}
	*ret = before;
	return NULL;
}
