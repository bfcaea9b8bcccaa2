/* SPDX-License-Identifier: MIT */
/* C structs of _collections, _functools, _operator and itertools. */
#include "runtime/cpython/structs.h"

#define DEQUE_ITEMS 64          /* of a block */
#define DEQUE_BLOCK (8 * (DEQUE_ITEMS + 2))
#define TEE_ITEMS 57            /* of a _tee_dataobject */

/* ---- deque: leftblock 24, leftindex 40; a block is left 0, items 8, right 520 ---- */

static void walk_deque(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	const rg_image *image = walk->cpy->image;
	uint64_t count = cpy_word(walk->cpy, body + CPY_OB_SIZE);
	uint64_t block = cpy_word(walk->cpy, body + 24);
	uint64_t index = cpy_word(walk->cpy, body + 40), i, item;
	struct cpy_chain chain = { .limit = 1 };

	(void)type;
	for (i = 0; i < count; i++, index++) {
		if (index == DEQUE_ITEMS) {
			block = cpy_word(walk->cpy, block + DEQUE_BLOCK - 8);
			index = 0;
			if (cpy_chain_closes(&chain, block))
				block = 0;
		}
		if (index > DEQUE_ITEMS || !rg_image_u64(image, block + 8 + 8 * index, &item)) {
			cpy_undecoded(walk->cpy, walk->object);
			return;
		}
		cpy_emit(walk, item, RG_REFERENCE_STRONG, CPY_LABEL_INDEX, NULL, i);
	}
}

static bool size_deque(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		       uint64_t *ret)
{
	uint64_t count, left, size = type->basicsize;

	if (!rg_image_u64(cpy->image, body + CPY_OB_SIZE, &count) ||
	    !rg_image_u64(cpy->image, body + 40, &left) || left > DEQUE_ITEMS || count >> 60 ||
	    !cpy_add_product(&size, (left + count + DEQUE_ITEMS - 1) / DEQUE_ITEMS, DEQUE_BLOCK))
		return false;
	*ret = size;
	return true;
}

/* ---- OrderedDict: od_first 48, od_fast_nodes_size 72; a node is key 0, next 16 ---- */

/* Each node owns its key once more, beside the dict. */
static void walk_odict(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	uint64_t node = cpy_word(walk->cpy, body + 48);
	struct cpy_chain chain = { .limit = 1 };
	uint64_t key;

	(void)type;
	for (; node; node = cpy_word(walk->cpy, node + 16)) {
		if (!rg_image_u64(walk->cpy->image, node, &key) || cpy_chain_closes(&chain, node)) {
			cpy_undecoded(walk->cpy, walk->object);
			return;
		}
		cpy_emit(walk, key, RG_REFERENCE_STRONG, CPY_LABEL_KEY, NULL, key);
	}
}

static bool size_odict(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		       uint64_t *ret)
{
	uint64_t size, used, slots;

	if (!cpy_dict_size(cpy, type, body, &size) ||
	    !rg_image_u64(cpy->image, body + 16, &used) ||
	    !rg_image_u64(cpy->image, body + 72, &slots) || !cpy_add_product(&size, slots, 8) ||
	    (cpy_word(cpy, body + 48) && !cpy_add_product(&size, used, 32)))
		return false;
	*ret = size;
	return true;
}

/* ---- lru_cache -------------------------------------------------------------- */

/*
 * The wrapper (links in a ring from root 16: prev 16, next 24, key 40, result 48;
 * cache 72) shows the collector what its links own, since these are not tracked:
 * so these references are the wrapper's here as well, and links have none.
 */
static void walk_lru_cache(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	struct cpy *cpy = walk->cpy;
	uint64_t root = walk->object, link = cpy_word(cpy, body + 24);
	struct cpy_chain chain = { .limit = 1 };

	(void)type;
	cpy_emit_field(walk, body, 72, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, ".cache");
	for (; link && link != root; link = cpy_get(cpy, link, 24)) {
		uint64_t key, result;

		if (!cpy_read_field(cpy, link, 40, &key) ||
		    !cpy_read_field(cpy, link, 48, &result) ||
		    cpy_chain_closes(&chain, link)) {
			cpy_undecoded(walk->cpy, walk->object);
			return;
		}
		/* The ring owns its links, and so does the cache. */
		cpy_emit(walk, link, RG_REFERENCE_UNTRAVERSED | RG_REFERENCE_PLUMBING,
			 CPY_LABEL_TEXT, "link", 0);
		cpy_emit(walk, key, RG_REFERENCE_STRONG, CPY_LABEL_KEY, NULL, key);
		cpy_emit(walk, result, RG_REFERENCE_STRONG, CPY_LABEL_VALUE, NULL, key);
	}
}

/* ---- methodcaller, 3.13: vectorcall_args 40, vectorcall_kwnames 48 ---------------- */

/* The names are made, and the word set at all, with the arguments: at the first call. */
static void walk_method_caller(struct cpy_walk *walk, const struct cpy_type *type,
			       uint64_t body)
{
	(void)type;
	if (cpy_word(walk->cpy, body + 40))
		cpy_emit_field(walk, body, 48, RG_REFERENCE_UNTRAVERSED, ".vectorcall_kwnames");
}

/* ---- itertools -------------------------------------------------------------- */

/* numread 24, values 40. */
static void walk_tee_data(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	uint32_t count = cpy_word32(walk->cpy, body + 24);

	(void)type;
	cpy_emit_strided(walk, body + 40, count < TEE_ITEMS ? count : TEE_ITEMS, 8,
			 RG_REFERENCE_STRONG, NULL);
}

/* Adds one word for each of the items of the tuple at @tuple. */
static bool add_indices(const struct cpy *cpy, uint64_t tuple, uint64_t *size)
{
	uint64_t count;

	return cpy_read_field(cpy, tuple, CPY_OB_SIZE, &count) &&
	       cpy_add_product(size, count, 8);
}

static bool size_product(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			 uint64_t *ret)
{
	uint64_t size = type->basicsize;

	if (!add_indices(cpy, cpy_word(cpy, body + 16), &size))
		return false;
	*ret = size;
	return true;
}

/* r 40. */
static bool size_combinations(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			      uint64_t *ret)
{
	uint64_t size = type->basicsize, count;

	if (!rg_image_u64(cpy->image, body + 40, &count) || !cpy_add_product(&size, count, 8))
		return false;
	*ret = size;
	return true;
}

/* r 48. */
static bool size_permutations(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			      uint64_t *ret)
{
	uint64_t size = type->basicsize, count;

	if (!rg_image_u64(cpy->image, body + 48, &count) || !cpy_add_product(&size, count, 8) ||
	    !add_indices(cpy, cpy_word(cpy, body + 16), &size))
		return false;
	*ret = size;
	return true;
}

const struct cpy_struct cpy_structs_collections[] = {
	/* _collections. */
	{ CPY_ROW("collections.deque", 8, 10, 80), .walk = walk_deque, .size = size_deque,
	  .length = cpy_var_length },
	{ CPY_ROW("collections.deque", 11, 15, 216), .walk = walk_deque, .size = size_deque,
	  .length = cpy_var_length },
	{ CPY_ROW("_collections._deque_iterator", 8, 11, 56), CPY_FIELDS(OWN(32, ".deque")) },
	{ CPY_ROW("_collections._deque_reverse_iterator", 8, 11, 56),
	  CPY_FIELDS(OWN(32, ".deque")) },
	{ CPY_ROW("collections._deque_iterator", 12, 15, 56), CPY_FIELDS(OWN(32, ".deque")) },
	{ CPY_ROW("collections._deque_reverse_iterator", 12, 15, 56),
	  CPY_FIELDS(OWN(32, ".deque")) },
	{ CPY_ROW("collections.defaultdict", 8, 15, 56), CPY_FIELDS(OWN(48, ".default_factory")),
	  .base = "dict" },
	{ CPY_ROW("collections.OrderedDict", 8, 15, 112), .base = "dict", .walk = walk_odict,
	  .size = size_odict },
	{ CPY_ROW("_collections._tuplegetter", 8, 11, 32), CPY_FIELDS(OWN(24, ".__doc__")) },
	{ CPY_ROW("collections._tuplegetter", 12, 15, 32), CPY_FIELDS(OWN(24, ".__doc__")) },

	/* _functools. */
	{ CPY_ROW("functools.partial", 8, 13, 64), CPY_FIELDS(OWN(16, ".func"), OWN(24, ".args"),
	  OWN(32, ".keywords")) },
	{ CPY_ROW("functools.partial", 14, 15, 80), CPY_FIELDS(OWN(16, ".func"), OWN(24, ".args"),
	  OWN(32, ".keywords"), BOR(56, ".placeholder")) },
	{ CPY_ROW("functools._PlaceholderType", 14, 15, 16) },
	{ CPY_ROW("functools.KeyWrapper", 8, 15, 32), CPY_FIELDS(OWN(16, ".cmp"),
	  OWN(24, ".obj")) },
	{ CPY_ROW("functools._lru_cache_wrapper", 8, 8, 128), CPY_FIELDS(OWN(88, ".func"),
	  OWN(112, ".cache_info_type")), .walk = walk_lru_cache },
	{ CPY_ROW("functools._lru_cache_wrapper", 9, 9, 136), CPY_FIELDS(OWN(88, ".func"),
	  OWN(112, ".cache_info_type")), .walk = walk_lru_cache },
	{ CPY_ROW("functools._lru_cache_wrapper", 10, 15, 152), CPY_FIELDS(OWN(88, ".func"),
	  OWN(112, ".kwd_mark"), OWN(120, ".lru_list_elem_type"), OWN(128, ".cache_info_type")),
	  .walk = walk_lru_cache },
	{ CPY_ROW("functools._lru_list_elem", 8, 15, 56) },

	/* _operator. */
	{ CPY_ROW("operator.itemgetter", 8, 10, 40), CPY_FIELDS(OWN(24, ".item")) },
	{ CPY_ROW("operator.attrgetter", 8, 10, 32), CPY_FIELDS(OWN(24, ".attr")) },
	{ CPY_ROW("operator.methodcaller", 8, 9, 40), CPY_FIELDS(HID(16, ".name"),
	  OWN(24, ".args"), OWN(32, ".kwds")) },
	{ CPY_ROW("operator.itemgetter", 11, 15, 48), CPY_FIELDS(OWN(24, ".item")) },
	{ CPY_ROW("operator.attrgetter", 11, 15, 40), CPY_FIELDS(OWN(24, ".attr")) },
	{ CPY_ROW("operator.methodcaller", 10, 12, 40), CPY_FIELDS(OWN(16, ".name"),
	  OWN(24, ".args"), OWN(32, ".kwds")) },
	{ CPY_ROW("operator.methodcaller", 14, 15, 64), CPY_FIELDS(OWN(16, ".name"),
	  OWN(24, ".args"), OWN(32, ".kwds"), OWN(40, ".vectorcall_args"),
	  OWN(48, ".vectorcall_kwnames")) },
	{ CPY_ROW("operator.methodcaller", 13, 13, 64), CPY_FIELDS(OWN(16, ".name"),
	  OWN(24, ".args"), OWN(32, ".kwds")), .walk = walk_method_caller },

	/* itertools. */
	{ CPY_ROW("itertools._grouper", 8, 15, 32), CPY_FIELDS(OWN(16, ".parent"),
	  OWN(24, ".tgtkey")) },
	{ CPY_ROW("itertools.groupby", 8, 11, 64), CPY_FIELDS(OWN(16, ".it"), OWN(24, ".keyfunc"),
	  OWN(32, ".tgtkey"), OWN(40, ".currkey"), OWN(48, ".currvalue"),
	  BOR(56, ".currgrouper")) },
	{ CPY_ROW("itertools.groupby", 12, 15, 72), CPY_FIELDS(OWN(16, ".it"), OWN(24, ".keyfunc"),
	  OWN(32, ".tgtkey"), OWN(40, ".currkey"), OWN(48, ".currvalue"),
	  BOR(56, ".currgrouper")) },
	{ CPY_ROW("itertools._tee", 8, 11, 40), CPY_FIELDS(OWN(16, ".dataobj")) },
	{ CPY_ROW("itertools._tee", 12, 15, 48), CPY_FIELDS(OWN(16, ".dataobj")) },
	{ CPY_ROW("itertools._tee_dataobject", 8, 15, 496), CPY_FIELDS(OWN(16, ".it"),
	  OWN(32, ".nextlink")), .walk = walk_tee_data },
	{ CPY_ROW("itertools.accumulate", 8, 11, 48), CPY_FIELDS(OWN(16, ".total"), OWN(24, ".it"),
	  OWN(32, ".func"), OWN(40, ".initial")) },
	{ CPY_ROW("itertools.accumulate", 12, 15, 56), CPY_FIELDS(OWN(16, ".total"), OWN(24, ".it"),
	  OWN(32, ".func"), OWN(40, ".initial")) },
	{ CPY_ROW("itertools.batched", 12, 12, 32), CPY_FIELDS(OWN(16, ".it")) },
	{ CPY_ROW("itertools.batched", 13, 15, 40), CPY_FIELDS(OWN(16, ".it")) },
	{ CPY_ROW("itertools.chain", 8, 15, 32), CPY_FIELDS(OWN(16, ".source"),
	  OWN(24, ".active")) },
	{ CPY_ROW("itertools.combinations", 8, 15, 56), CPY_FIELDS(OWN(16, ".pool"),
	  OWN(32, ".result")), .size = size_combinations },
	{ CPY_ROW("itertools.combinations_with_replacement", 8, 15, 56),
	  CPY_FIELDS(OWN(16, ".pool"), OWN(32, ".result")), .size = size_combinations },
	{ CPY_ROW("itertools.permutations", 8, 15, 64), CPY_FIELDS(OWN(16, ".pool"),
	  OWN(40, ".result")), .size = size_permutations },
	{ CPY_ROW("itertools.product", 8, 15, 48), CPY_FIELDS(OWN(16, ".pools"),
	  OWN(32, ".result")), .size = size_product },
	{ CPY_ROW("itertools.compress", 8, 15, 32), CPY_FIELDS(OWN(16, ".data"),
	  OWN(24, ".selectors")) },
	{ CPY_ROW("itertools.count", 8, 15, 40), CPY_FIELDS(OWN(24, ".long_cnt"),
	  OWN(32, ".long_step")) },
	{ CPY_ROW("itertools.cycle", 8, 13, 48), CPY_FIELDS(OWN(16, ".it"), OWN(24, ".saved")) },
	{ CPY_ROW("itertools.cycle", 14, 15, 40), CPY_FIELDS(OWN(16, ".it"), OWN(24, ".saved")) },
	{ CPY_ROW("itertools.dropwhile", 8, 15, 40), CPY_FIELDS(OWN(16, ".func"),
	  OWN(24, ".it")) },
	{ CPY_ROW("itertools.takewhile", 8, 15, 40), CPY_FIELDS(OWN(16, ".func"),
	  OWN(24, ".it")) },
	{ CPY_ROW("itertools.filterfalse", 8, 15, 32), CPY_FIELDS(OWN(16, ".func"),
	  OWN(24, ".it")) },
	{ CPY_ROW("itertools.starmap", 8, 15, 32), CPY_FIELDS(OWN(16, ".func"), OWN(24, ".it")) },
	{ CPY_ROW("itertools.islice", 8, 15, 56), CPY_FIELDS(OWN(16, ".it")) },
	{ CPY_ROW("itertools.pairwise", 10, 12, 32), CPY_FIELDS(OWN(16, ".it"), OWN(24, ".old")) },
	{ CPY_ROW("itertools.pairwise", 13, 15, 40), CPY_FIELDS(OWN(16, ".it"), OWN(24, ".old"),
	  OWN(32, ".result")) },
	{ CPY_ROW("itertools.repeat", 8, 15, 32), CPY_FIELDS(OWN(16, ".element")) },
	{ CPY_ROW("itertools.zip_longest", 8, 15, 56), CPY_FIELDS(OWN(32, ".ittuple"),
	  OWN(40, ".result"), OWN(48, ".fillvalue")) },
	{ .name = NULL },
};
