/* SPDX-License-Identifier: MIT */
/*
 * Holders of many objects of one kind: whatever refers to many, and whatever
 * dominates many although it refers to few of them (the way into a net).  What is
 * shared with another holder counts for both; leaks.c tells of the better one.
 */
#include "analysis/leaks.h"

#include "base/alloc.h"
#include "base/sort.h"

#define FEW 8            /* elements below which nothing is a holder of many */
#define DEEPEST 8        /* parts of parts */
#define MOST_HOLDERS 1024 /* whose chain is looked at: those with the most bytes */
#define BUDGET (1u << 22) /* references that are looked through for their signatures */

/* What a holder has of one type. */
struct stock {
	uint64_t count, bytes, own; /* own: bytes of those that it alone holds */
	rg_id example[LEAKS_OBJECTS - 1];
	uint32_t examples;
};

/* A holder that may have too much. */
struct hoard {
	rg_id holder;
	rg_type_id type;
	enum leaks_sort sort;
	uint64_t elements, bytes, retained, weight;
	rg_type_id second;            /* the type that keeps most beside, or RG_NONE */
	uint64_t second_count, second_bytes;
	uint64_t shape;               /* of its signature; 0: not made */
	enum leaks_whose whose;
	struct stock stock;
	struct leaks_growth growth;
};

struct count {
	struct leaks_work *work;
	struct stock *stocks;         /* by type */
	RG_VECTOR(rg_type_id) touched;
	RG_VECTOR(rg_id) parts;
	RG_VECTOR(struct hoard) hoards;
	uint32_t *references;         /* by object: of it and its parts */
	uint64_t least_bytes;
};

/* What is there once, because somebody wrote it: but classes can be made as a program runs. */
static bool is_definition(const struct leaks_work *work, rg_id id)
{
	uint16_t flags = work->graph->flags[id];

	if (flags & RG_OBJECT_TYPE && !(flags & RG_OBJECT_IMMORTAL))
		return leaks_class_origin(work, id) != RG_ORIGIN_PROGRAM;
	return flags & (RG_OBJECT_MODULE | RG_OBJECT_IMMORTAL);
}

static bool add_element(struct count *count, rg_id holder, rg_id id)
{
	struct leaks_work *work = count->work;
	rg_type_id type = work->graph->type[id];
	struct stock *stock = &count->stocks[type];
	uint64_t retained = work->dominators->retained[id];
	rg_id above = work->dominators->dominator[id];

	/* Who keeps the holder itself is no element of it. */
	if (is_definition(work, id) || work->dominators->dominator[holder] == id)
		return true;
	if (!stock->count && !rg_vector_push(&count->touched, type))
		return false;
	stock->count++;
	if (__builtin_add_overflow(stock->bytes, retained, &stock->bytes))
		stock->bytes = UINT64_MAX;
	if (above < work->dominators->objects && work->keeper[above] == holder &&
	    __builtin_add_overflow(stock->own, retained, &stock->own))
		stock->own = UINT64_MAX;
	if (stock->examples < LEAKS_OBJECTS - 1)
		stock->example[stock->examples++] = id;
	return true;
}

/* All that the holder and its parts refer to. */
static bool look_through(struct count *count, rg_id holder)
{
	const struct leaks_work *work = count->work;
	const rg_graph *graph = work->graph;

	count->parts.count = 0;
	if (!rg_vector_push(&count->parts, holder))
		return false;
	for (size_t next = 0; next < count->parts.count; next++) {
		rg_id part = count->parts.data[next];
		uint64_t end = graph->offset[part + 1];

		for (uint64_t i = graph->offset[part]; i < end; i++) {
			rg_id target = graph->target[i], shown;

			if (i + 8 < end)
				__builtin_prefetch(&work->keeper[graph->target[i + 8]]);
			if (!rg_store_counted(graph->kind[i]) ||
			    graph->kind[i] & RG_REFERENCE_ROUTINE)
				continue;
			shown = work->keeper[target];
			if (shown == holder) {
				if (target != holder && graph->kind[i] & RG_REFERENCE_PLUMBING &&
				    !rg_vector_push(&count->parts, target))
					return false;
				continue;
			}
			if (!add_element(count, holder, shown))
				return false;
		}
	}
	return true;
}

/* How much the bytes of a type say: most of what somebody wrote. */
static uint64_t worth(const struct leaks_work *work, rg_type_id type, uint64_t bytes)
{
	enum rg_origin origin = work->graph->types.data[type].origin;

	return bytes > UINT64_MAX / 8 ? bytes
	       : origin == RG_ORIGIN_PROGRAM ? 8 * bytes
	       : origin == RG_ORIGIN_PACKAGE ? 2 * bytes : bytes;
}

/* Of what was counted the type that says most. */
static void choose(struct count *count, rg_id holder, struct hoard *ret)
{
	struct leaks_work *work = count->work;
	struct hoard best = { .holder = holder, .type = RG_NONE, .sort = LEAKS_PLAIN };
	uint64_t most = 0;

	for (size_t i = 0; i < count->touched.count; i++) {
		rg_type_id type = count->touched.data[i];
		struct stock *stock = &count->stocks[type];
		uint64_t bytes = worth(work, type, stock->bytes);

		if (stock->count < FEW)
			continue;
		if (best.type == RG_NONE || bytes > most || (bytes == most && type < best.type)) {
			best.type = type;
			best.stock = *stock;
			most = bytes;
		}
	}
	if (best.type != RG_NONE)
		best.sort = leaks_sort_of(work, best.stock.example[0]);
	best.second = RG_NONE;
	for (size_t i = 0; i < count->touched.count; i++) {
		rg_type_id type = count->touched.data[i];
		const struct stock *stock = &count->stocks[type];

		if (type == best.type || stock->bytes < best.stock.bytes / 10 ||
		    (best.second != RG_NONE && (stock->bytes < best.second_bytes ||
			(stock->bytes == best.second_bytes && type > best.second))))
			continue;
		best.second = type;
		best.second_count = stock->count;
		best.second_bytes = stock->bytes;
	}
	*ret = best;
}

static void forget(struct count *count)
{
	for (size_t i = 0; i < count->touched.count; i++)
		count->stocks[count->touched.data[i]] = (struct stock){ .count = 0 };
	count->touched.count = 0;
}

/* Keeps the holder just counted if what it has could be too much for anybody. */
static rg_error *keep(struct count *count, rg_id holder)
{
	struct leaks_work *work = count->work;
	struct hoard hoard;

	choose(count, holder, &hoard);
	forget(count);
	if (hoard.type == RG_NONE)
		return NULL;
	hoard.retained = work->dominators->retained[holder];
	hoard.elements = count->references[holder] > work->children[holder]
				 ? count->references[holder] : work->children[holder];
	hoard.bytes = hoard.retained > hoard.stock.bytes ? hoard.retained : hoard.stock.bytes;
	if (hoard.bytes > work->living)
		hoard.bytes = work->living;
	hoard.weight = hoard.bytes;
	if (hoard.bytes < count->least_bytes)
		return NULL;
	if (leaks_compares(work)) {
		RG_TRY(leaks_before_grew(work, holder, hoard.elements,
					 leaks_held_by(work, holder), &hoard.growth));
		if (hoard.growth.elements <= 0 || hoard.growth.retained <= 0 ||
		    !hoard.growth.steady)
			return NULL;
		hoard.weight = (uint64_t)hoard.growth.retained;
	}
	return rg_vector_push(&count->hoards, hoard) ? NULL : rg_error_no_memory();
}

/* Namespaces hold what is defined there, one of each name. */
static bool is_namespace(const struct leaks_work *work, rg_id id)
{
	return work->graph->flags[id] & (RG_OBJECT_TYPE | RG_OBJECT_MODULE) ||
	       work->graph->types.data[work->graph->type[id]].role == RG_ROLE_FRAME;
}

/* leaks_caches() looks at those. */
static bool is_cache(const struct leaks_work *work, rg_id id)
{
	return work->graph->types.data[work->graph->type[id]].role == RG_ROLE_CACHE;
}

/* What refers to many. */
static rg_error *look_at_references(struct count *count)
{
	struct leaks_work *work = count->work;

	for (rg_id id = 0; id < work->graph->count; id++) {
		if (count->references[id] < FEW || work->keeper[id] != id ||
		    (work->dominators->retained[id] < count->least_bytes &&
		     count->references[id] < work->how.least))
			continue;
		if (is_namespace(work, id) || is_cache(work, id) || !leaks_is_alive(work, id))
			continue;
		if (!look_through(count, id))
			return rg_error_no_memory();
		RG_TRY(keep(count, id));
	}
	return NULL;
}

/* What dominates many more than it refers to: the elements of all such in one pass. */
static rg_error *look_at_dominators(struct count *count)
{
	struct leaks_work *work = count->work;
	const struct rg_dominators *dominators = work->dominators;
	RG_VECTOR(rg_id) holders = { NULL, 0, 0 };
	RG_VECTOR(uint64_t) pairs = { NULL, 0, 0 }; /* holder, element */
	rg_error *error = NULL;
	size_t at = 0;

	for (rg_id id = 0; !error && id < work->graph->count; id++) {
		if (work->children[id] < work->how.least ||
		    work->children[id] / 2 < count->references[id] || work->keeper[id] != id ||
		    is_cache(work, id) ||
		    dominators->retained[id] < count->least_bytes || !leaks_is_alive(work, id))
			continue;
		if (rg_vector_push(&holders, id))
			work->slot[id] = 1;
		else
			error = rg_error_no_memory();
	}
	for (rg_id id = 0; !error && holders.count && id < work->graph->count; id++) {
		rg_id above = dominators->dominator[id], holder;

		if (above >= dominators->objects || work->keeper[id] != id)
			continue;
		holder = work->keeper[above];
		if (work->slot[holder] && holder != id &&
		    !rg_vector_push(&pairs, (uint64_t)holder << 32 | id))
			error = rg_error_no_memory();
	}
	for (size_t i = 0; i < holders.count; i++)
		work->slot[holders.data[i]] = 0;
	if (!error && pairs.count > 1)
		rg_sort(pairs.data, pairs.count, sizeof(*pairs.data), leaks_compare_numbers, NULL);
	while (!error && at < pairs.count) {
		rg_id holder = (rg_id)(pairs.data[at] >> 32);

		for (; !error && at < pairs.count && pairs.data[at] >> 32 == holder; at++)
			if (!add_element(count, holder, (rg_id)pairs.data[at]))
				error = rg_error_no_memory();
		if (!error)
			error = keep(count, holder);
	}
	rg_vector_free(&holders);
	rg_vector_free(&pairs);
	return error;
}

static int compare_hoards(const void *a, const void *b, void *user)
{
	const struct hoard *left = a, *right = b;

	(void)user;
	if (left->weight != right->weight)
		return left->weight > right->weight ? -1 : 1;
	if (left->holder != right->holder)
		return left->holder < right->holder ? -1 : 1;
	return (left->stock.count < right->stock.count) - (left->stock.count > right->stock.count);
}

/* In items, as people count: of a dict a key and its value are one. */
static struct leaks_growth in_items(const struct leaks_work *work, const struct hoard *hoard)
{
	struct leaks_growth growth = hoard->growth;
	struct rg_description words;

	rg_graph_describe(work->graph, hoard->holder, false, &words);
	if (words.has_length && words.length > 1 && hoard->elements / words.length == 2)
		growth.elements /= 2;
	return growth;
}

static rg_error *suspect(struct leaks_work *work, const struct hoard *hoard,
			 enum leaks_whose whose)
{
	struct leaks_growth growth;
	enum rg_leak_kind kind = is_namespace(work, hoard->holder) ||
				 hoard->stock.count > 2 * hoard->elements
					 ? RG_LEAK_TYPE : RG_LEAK_CONTAINER;
	struct leaks_candidate *candidate = leaks_add(work, kind, hoard->holder);
	struct rg_leak_fact fact = { RG_FACT_ELEMENTS, 0, 0, 0, hoard->type, RG_NONE };
	bool ok;

	if (!candidate)
		return rg_error_no_memory();
	candidate->whose = whose;
	candidate->type = hoard->type;
	candidate->count = hoard->stock.count;
	candidate->retained = hoard->bytes;
	candidate->weight = hoard->weight;
	candidate->exclusive = hoard->stock.own >= hoard->stock.bytes / 10 * 9;
	for (uint32_t i = 0; i < hoard->stock.examples; i++)
		leaks_name(candidate, hoard->stock.example[i]);
	fact.count = (int64_t)hoard->stock.count;
	fact.bytes = (int64_t)(hoard->stock.bytes < work->living ? hoard->stock.bytes
								  : work->living);
	ok = leaks_tell(candidate, &fact);
	if (ok && hoard->second != RG_NONE) {
		struct rg_leak_fact beside = { RG_FACT_ELEMENTS, (int64_t)hoard->second_count,
					       (int64_t)hoard->second_bytes, 0, hoard->second,
					       RG_NONE };

		ok = leaks_tell(candidate, &beside);
	}
	if (ok && leaks_compares(work)) {
		growth = in_items(work, hoard);
		ok = leaks_tell_growth(candidate, &growth);
	}
	if (ok && !candidate->exclusive) {
		fact.kind = RG_FACT_SHARED;
		fact.bytes = (int64_t)(hoard->stock.bytes - hoard->stock.own);
		ok = leaks_tell(candidate, &fact);
	}
	return ok ? NULL : rg_error_no_memory();
}

/* Whose each is, and the signature by which those are one that are reached alike. */
static rg_error *sign(struct leaks_work *work, struct hoard *hoard, uint64_t *budget)
{
	const rg_graph *graph = work->graph;
	struct rg_signature *signature;
	struct rg_chains *chains;
	uint64_t cost = 0;
	rg_error *error = NULL;

	RG_TRY(rg_chain_tree_find(work->tree, hoard->holder, &chains));
	hoard->whose = LEAKS_RUNTIME;
	if (chains->count) {
		const struct rg_chain *chain = &chains->chains[0];

		hoard->whose = leaks_whose_chain(work, chain);
		for (size_t i = 0; i < chain->length; i++)
			cost += graph->offset[chain->steps[i].source + 1] -
				graph->offset[chain->steps[i].source];
		if (cost <= *budget) {
			*budget -= cost;
			error = rg_signature_find(graph, chain, &signature);
			if (!error) {
				hoard->shape = signature->hash;
				rg_signature_free(signature);
			}
		}
	}
	rg_chains_free(chains);
	return error;
}

static int compare_shapes(const void *a, const void *b, void *user)
{
	const struct hoard *left = a, *right = b;

	if (left->shape != right->shape)
		return left->shape < right->shape ? -1 : 1;
	return compare_hoards(a, b, user);
}

/* Those of one signature together: several that are each small can be a leak. */
static rg_error *judge_group(struct leaks_work *work, const struct hoard *hoards, size_t count)
{
	struct hoard sum = hoards[0];
	uint64_t seen;

	for (size_t i = 1; i < count; i++) {
		const struct hoard *hoard = &hoards[i];

		sum.stock.count += hoard->stock.count;
		if (__builtin_add_overflow(sum.bytes, hoard->bytes, &sum.bytes))
			sum.bytes = UINT64_MAX;
		sum.growth.elements += hoard->growth.elements;
		sum.growth.retained += hoard->growth.retained;
		sum.growth.old_elements += hoard->growth.old_elements;
		sum.growth.old_retained += hoard->growth.old_retained;
	}
	seen = sum.stock.count;
	if (sum.bytes > work->living)
		sum.bytes = work->living;
	/* All that a whole module or class has is not one thing. */
	if (is_namespace(work, sum.holder) && sum.whose < LEAKS_LOCAL)
		seen /= 10;
	if (leaks_compares(work) ? !leaks_outgrows(work, sum.whose, &sum.growth)
				 : !leaks_exceeds(work, sum.whose, sum.sort, seen, sum.bytes))
		return NULL;
	for (size_t i = 0; i < count; i++)
		RG_TRY(suspect(work, &hoards[i], hoards[i].whose));
	return NULL;
}

static rg_error *judge(struct count *count)
{
	struct leaks_work *work = count->work;
	struct hoard *hoards = count->hoards.data;
	size_t most = count->hoards.count < MOST_HOLDERS ? count->hoards.count : MOST_HOLDERS;
	uint64_t budget = BUDGET;
	size_t end;

	if (count->hoards.count > 1)
		rg_sort(hoards, count->hoards.count, sizeof(*hoards), compare_hoards, NULL);
	for (size_t i = 0; i < most; i++)
		RG_TRY(sign(work, &hoards[i], &budget));
	if (most > 1)
		rg_sort(hoards, most, sizeof(*hoards), compare_shapes, NULL);
	for (size_t first = 0; first < most; first = end) {
		end = first + 1;
		while (hoards[first].shape && end < most &&
		       hoards[end].shape == hoards[first].shape)
			end++;
		RG_TRY(judge_group(work, &hoards[first], end - first));
	}
	return NULL;
}

rg_error *leaks_containers(struct leaks_work *work)
{
	const rg_graph *graph = work->graph;
	struct count count = { .work = work };
	rg_error *error = NULL;

	count.least_bytes = leaks_compares(work) ? work->how.bytes / 32
						 : leaks_limit(work, LEAKS_PROGRAM).bytes / 16;
	count.stocks = rg_calloc(graph->types.count + 1, sizeof(*count.stocks));
	count.references = leaks_count_references(work);
	if (!count.stocks || !count.references)
		error = rg_error_no_memory();
	if (!error)
		error = look_at_references(&count);
	if (!error)
		error = look_at_dominators(&count);
	if (!error)
		error = judge(&count);
	rg_free(count.stocks);
	rg_free(count.references);
	rg_vector_free(&count.touched);
	rg_vector_free(&count.parts);
	rg_vector_free(&count.hoards);
	return error;
}
