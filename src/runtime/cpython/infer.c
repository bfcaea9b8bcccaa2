/* SPDX-License-Identifier: MIT */
/*
 * Types of C extensions whose layout is unknown.  A word of the body counts as a
 * reference only if in every instance it is a valid object or null; a word that
 * in every instance is null or leads to a block of its own counts as an array of
 * references, as long as some other word says in every instance how many of the
 * block's words are objects or null, or as all of them are.  What is found so
 * leads to further objects, among them further instances: so this goes in
 * rounds, until a round finds nothing new.  Whether the counts of the targets
 * allow that such a place owns them is settled by graph/places.c.
 */
#include <stdio.h>

#include "base/bitset.h"
#include "runtime/cpython/private.h"

#define ITEM_WORDS_MAX 64
#define ARRAY_WORDS_MAX (UINT64_C(1) << 24)
#define ARRAY_PASSES 4 /* over all memory */
/* More words than any struct has that leads to arrays. */
#define BODY_WORDS_MAX 128
/* What malloc() gives may be so many words larger than what was asked for. */
#define SLACK_WORDS 4
#define INDEX_BITS 40 /* of the label of an array's item: its place stands above */

/* How the length of an array is told. */
enum length_kind {
	LENGTH_WORD,  /* by a word of the body */
	LENGTH_HALF,  /* by the lower half of one */
	LENGTH_END,   /* by a pointer to its end */
	LENGTH_KINDS,
	LENGTH_BLOCK = LENGTH_KINDS, /* by the size of the block */
};

/* One way to tell the length of one array. */
struct length {
	uint32_t at;      /* of the word, in the body */
	uint8_t kind;
	uint64_t covered; /* objects within it, over all instances */
	uint64_t sum;     /* of the lengths */
};

/* A word that may lead to an array. */
struct array {
	uint32_t at;
	bool begun;       /* it led to a block once */
	bool ruled_out;
	struct length chosen; /* with covered 0: none */
	struct length shorter;
	RG_VECTOR(struct length) lengths; /* those that nothing rules out */
};

/* What is known of the instances of one opaque type; lives as long as the state. */
struct cpy_inferred {
	/* Its places begin here: one a word, one a word of an item, one a word's array's tail. */
	uint32_t first;
	uint32_t words;
	uint32_t item_words;
	uint32_t array_count;
	uint64_t *is_reference; /* bit i: the word at 8 * i */
	uint64_t is_item; /* bit i: word i of every item */
	struct read_array {
		uint32_t at;
		struct length length;
		/* A shorter one that is possible as well: behind it may stand leftovers. */
		struct length shorter;
	} *arrays;
};

/* The same while it is being found out. */
struct opaque {
	struct cpy_type *type;
	RG_VECTOR(uint64_t) instances;
	size_t judged;    /* instances before this one have had their say */
	size_t announced; /* the references of those before this one have been handed out */
	RG_VECTOR(struct array) arrays;
	struct cpy_inferred *found;
};

struct cpy_infer {
	struct cpy *cpy;
	RG_VECTOR(struct opaque) types;
	struct rg_map index; /* solid type's address -> index */
	RG_VECTOR(uint32_t) objects; /* of an array: how many stand before its word i */
	uint64_t array_words; /* of all arrays, that are yet to be looked at */
};

rg_error *cpy_infer_new(struct cpy *cpy, struct cpy_infer **ret)
{
	struct cpy_infer *infer = rg_calloc(1, sizeof(*infer));

	if (!infer)
		return rg_error_no_memory();
	infer->cpy = cpy;
	/* Arrays do not overlap, unless a dump is made up; most are looked at once or twice. */
	infer->array_words = ARRAY_PASSES * (cpy->private->image_bytes / 8) + ARRAY_WORDS_MAX;
	*ret = infer;
	return NULL;
}

void cpy_infer_free(struct cpy_infer *infer)
{
	size_t i, j;

	if (!infer)
		return;
	for (i = 0; i < infer->types.count; i++) {
		struct opaque *opaque = &infer->types.data[i];

		for (j = 0; j < opaque->arrays.count; j++)
			rg_vector_free(&opaque->arrays.data[j].lengths);
		rg_vector_free(&opaque->arrays);
		rg_vector_free(&opaque->instances);
	}
	rg_vector_free(&infer->types);
	rg_vector_free(&infer->objects);
	rg_map_free(&infer->index);
	rg_free(infer);
}

/* The words behind the struct, all items together. */
static uint64_t item_words(const struct cpy *cpy, const struct cpy_type *type, uint64_t object)
{
	uint64_t items;

	if (!type->solid_type->inferred->item_words)
		return 0;
	items = cpy_get(cpy, object, CPY_HEAD);
	if ((int64_t)items < 0)
		items = -items;
	return items >> 32 ? 0 : items * type->solid_type->inferred->item_words;
}

/* Whether the word at @at of the body is read in another way than by scanning. */
static bool is_known(const struct cpy_type *type, uint32_t at)
{
	uint32_t i;

	if (at == type->weaklistoffset || (int64_t)at == type->dictoffset)
		return true;
	/* Declared members are exact: emitted as slots. */
	for (i = 0; i < type->slot_count; i++)
		if (!type->slots[i].itemsize && type->slots[i].offset == at)
			return true;
	return false;
}

static bool add_lengths(struct array *array, const struct cpy_type *type)
{
	struct length length = { 0 };
	uint32_t at, kind;

	for (at = CPY_HEAD; at + 8 <= type->scan_to; at += 8)
		for (kind = 0; kind < LENGTH_KINDS && at != array->at; kind++) {
			length.at = at;
			length.kind = (uint8_t)kind;
			if (!rg_vector_push(&array->lengths, length))
				return false;
			/* The upper half of a word may be a length of its own. */
			length.at = at + 4;
			if (kind == LENGTH_HALF && !rg_vector_push(&array->lengths, length))
				return false;
		}
	length.at = 0;
	length.kind = LENGTH_BLOCK;
	return rg_vector_push(&array->lengths, length);
}

/* Which words of the body may hold references, or lead to arrays of these, at all. */
static bool begin(struct cpy *cpy, struct opaque *opaque)
{
	struct cpy_type *type = opaque->type;
	struct cpy_inferred *found = cpy_keep(cpy, sizeof(*found));
	uint32_t at;

	if (!found)
		return false;
	opaque->found = found;
	found->words = type->scan_to / 8;
	found->is_reference = cpy_keep(cpy, 8 * (found->words / 64 + 1));
	if (!found->is_reference)
		return false;
	if (type->itemsize && type->itemsize % 8 == 0 && type->basicsize % 8 == 0 &&
	    type->scan_to == type->basicsize && type->itemsize <= 8 * ITEM_WORDS_MAX) {
		found->item_words = (uint32_t)(type->itemsize / 8);
		found->is_item = UINT64_MAX >> (64 - found->item_words);
	}
	for (at = (type->scan_from + 7) & ~7u; at + 8 <= type->scan_to; at += 8) {
		struct array array = { .at = at };

		if (is_known(type, at))
			continue;
		/* The length of a variable-size object. */
		if (at == CPY_HEAD && type->itemsize)
			continue;
		rg_bitset_add(found->is_reference, at / 8);
		if (found->words <= BODY_WORDS_MAX && !rg_vector_push(&opaque->arrays, array))
			return false;
	}
	type->inferred = found;
	return true;
}

bool cpy_infer_add(struct cpy_infer *infer, const struct cpy_type *type, uint64_t object)
{
	struct cpy_type *solid = type->solid_type;
	const uint32_t *index = rg_map_find(&infer->index, solid->address);
	struct opaque opaque = { .type = solid };

	if (!index) {
		if (!rg_map_put(&infer->index, solid->address, (uint32_t)infer->types.count) ||
		    !rg_vector_push(&infer->types, opaque) ||
		    !begin(infer->cpy, &infer->types.data[infer->types.count - 1]))
			return false;
		index = rg_map_find(&infer->index, solid->address);
	}
	return rg_vector_push(&infer->types.data[*index].instances, object);
}

/* Whether the collector's head before the object at @object, if there must be one, makes sense. */
static bool has_head(const struct cpy *cpy, const struct cpy_type *type, uint64_t object)
{
	uint64_t next, last;

	if (!type->is_gc || type->is_type || cpy->shift || cpy->collector.collecting)
		return true;
	if (!rg_image_u64(cpy->image, object - 16, &next) ||
	    !rg_image_u64(cpy->image, object - 8, &last))
		return false;
	if (!next)
		return last < 4;
	return (cpy_word(cpy, (next & ~UINT64_C(3)) + 8) & ~UINT64_C(3)) == object - 16;
}

/* Null or an object, not something within one that looks so. */
static bool is_object(struct cpy *cpy, uint64_t word)
{
	const struct cpy_type *type = word ? cpy_type_of(cpy, word) : NULL;

	/* Most str are smaller than their type says. */
	return !word || (type &&
			 cpy_may_begin(cpy, word, type->prefix,
				       type->flags & CPY_TPFLAG_UNICODE ? CPY_HEAD
									: type->basicsize) &&
			 has_head(cpy, type, word));
}

/* ---- arrays ------------------------------------------------------------------- */

/* How many items there are by @length, of a block at @block with room for @room words. */
static bool read_length(const struct cpy *cpy, const struct length *length, uint64_t body,
			uint64_t block, uint64_t room, uint64_t *ret)
{
	uint64_t word;
	uint32_t half;

	switch (length->kind) {
	case LENGTH_HALF:
		if (!rg_image_u32(cpy->image, body + length->at, &half))
			return false;
		word = half;
		break;
	case LENGTH_END:
		if (!rg_image_u64(cpy->image, body + length->at, &word) || word < block ||
		    (word - block) % 8)
			return false;
		word = (word - block) / 8;
		break;
	case LENGTH_BLOCK:
		word = room;
		break;
	default:
		if (!rg_image_u64(cpy->image, body + length->at, &word))
			return false;
	}
	if (word > room)
		return false;
	*ret = word;
	return true;
}

/*
 * How many words from @block on, at most @room, are objects or null; before each
 * of them infer->objects says how many objects there are.  False: no memory.
 */
static bool count_objects(struct cpy_infer *infer, uint64_t block, uint64_t room, uint64_t *ret)
{
	struct cpy *cpy = infer->cpy;
	uint32_t objects = 0;
	uint64_t i, word;

	infer->objects.count = 0;
	for (i = 0;; i++) {
		if (!rg_vector_push(&infer->objects, objects))
			return false;
		if (i >= room || !rg_image_u64(cpy->image, block + 8 * i, &word) ||
		    !is_object(cpy, word))
			break;
		objects += word != 0;
	}
	*ret = i;
	return true;
}

static void rule_out(struct array *array)
{
	array->ruled_out = true;
	array->chosen.covered = 0;
	rg_vector_free(&array->lengths);
}

/*
 * Takes from @array what the instance of @type whose body is at @body rules out;
 * false: no memory.
 */
static bool judge_array(struct cpy_infer *infer, struct array *array, const struct cpy_type *type,
			uint64_t body)
{
	uint64_t block, room, valid, length;
	size_t i, kept = 0;

	/* What has no block may have any length. */
	if (!rg_image_u64(infer->cpy->image, body + array->at, &block) || !block)
		return true;
	room = cpy_block_room(infer->cpy, block) / 8;
	if (!room || room > ARRAY_WORDS_MAX || room > infer->array_words) {
		rule_out(array);
		return true;
	}
	if (!array->begun && !add_lengths(array, type))
		return false;
	array->begun = true;
	if (!count_objects(infer, block, room, &valid))
		return false;
	infer->array_words -= valid;
	for (i = 0; i < array->lengths.count; i++) {
		struct length way = array->lengths.data[i];

		if (way.kind == LENGTH_BLOCK && valid && valid + SLACK_WORDS >= room)
			length = valid;
		else if (!read_length(infer->cpy, &way, body, block, room, &length) ||
			 length > valid)
			continue;
		way.sum += length;
		way.covered += infer->objects.data[length];
		array->lengths.data[kept++] = way;
	}
	array->lengths.count = kept;
	if (!kept)
		rule_out(array);
	return true;
}

/*
 * The way that finds most objects, and of several of these the shortest; if @below is
 * not NULL, of those only that find less than it.
 */
static struct length choose_length(const struct array *array, const struct length *below)
{
	struct length best = { 0 };
	size_t i;

	for (i = 0; i < array->lengths.count; i++) {
		const struct length *way = &array->lengths.data[i];

		if (below && (way->covered >= below->covered || way->sum >= below->sum))
			continue;
		if (way->covered > best.covered ||
		    (way->covered && way->covered == best.covered && way->sum < best.sum))
			best = *way;
	}
	return best;
}

/* Puts what is known of the arrays where walks find it; false: no memory. */
static bool choose_arrays(struct cpy *cpy, struct opaque *opaque)
{
	struct cpy_inferred *found = opaque->found;
	uint32_t count = 0;
	size_t i;

	for (i = 0; i < opaque->arrays.count; i++) {
		struct array *array = &opaque->arrays.data[i];
		struct length chosen = { 0 };

		if (!rg_bitset_test(found->is_reference, array->at / 8))
			chosen = choose_length(array, NULL);
		/* The older instances are to be read in another way. */
		if (chosen.at != array->chosen.at || chosen.kind != array->chosen.kind)
			opaque->announced = 0;
		array->chosen = chosen;
		array->shorter = chosen.covered ? choose_length(array, &chosen) : chosen;
		count += chosen.covered > 0;
	}
	if (count > found->array_count) {
		found->arrays = cpy_keep(cpy, count * sizeof(*found->arrays));
		if (!found->arrays)
			return false;
	}
	found->array_count = 0;
	for (i = 0; i < opaque->arrays.count; i++) {
		const struct array *array = &opaque->arrays.data[i];

		if (array->chosen.covered)
			found->arrays[found->array_count++] = (struct read_array){
				.at = array->at,
				.length = array->chosen,
				.shorter = array->shorter,
			};
	}
	return true;
}

/* ---- instances ---------------------------------------------------------------- */

/* Takes from @opaque what the instance at @object rules out; false: no memory. */
static bool judge(struct cpy_infer *infer, struct opaque *opaque, uint64_t object)
{
	struct cpy *cpy = infer->cpy;
	const struct cpy_type *type = opaque->type;
	struct cpy_inferred *found = opaque->found;
	uint64_t items, i, word, body = cpy_body(cpy, object);
	uint32_t at;
	size_t n;

	for (at = (type->scan_from + 7) & ~7u; at + 8 <= type->scan_to; at += 8) {
		if (!rg_bitset_test(found->is_reference, at / 8) ||
		    !rg_image_u64(cpy->image, body + at, &word))
			continue;
		if (word == object || !is_object(cpy, word))
			rg_bitset_remove(found->is_reference, at / 8);
	}
	items = found->is_item ? item_words(cpy, type, object) : 0;
	for (i = 0; i < items; i++) {
		uint64_t bit = UINT64_C(1) << i % found->item_words;

		if (!rg_image_u64(cpy->image, body + type->basicsize + 8 * i, &word)) {
			found->is_item = 0;
			break;
		}
		if (found->is_item & bit && !is_object(cpy, word))
			found->is_item &= ~bit;
	}
	for (n = 0; n < opaque->arrays.count; n++)
		if (!opaque->arrays.data[n].ruled_out &&
		    !judge_array(infer, &opaque->arrays.data[n], type, body))
			return false;
	return true;
}

/* Where inferred references go: to a walk, or to whoever asks for targets. */
struct taker {
	struct cpy_walk *walk;
	rg_error *(*each)(void *user, uint64_t target);
	void *user;
};

static rg_error *take(const struct taker *taker, uint64_t target, uint8_t label, uint64_t arg)
{
	if (!target)
		return NULL;
	if (taker->each)
		return taker->each(taker->user, target);
	cpy_emit(taker->walk, target, RG_REFERENCE_INFERRED, label, NULL, arg);
	return NULL;
}

static rg_error *take_array(const struct cpy *cpy, const struct taker *taker,
			    const struct read_array *array, uint64_t body)
{
	uint64_t block = cpy_word(cpy, body + array->at), room, length, i, word;

	room = block ? cpy_block_room(cpy, block) / 8 : 0;
	if (room > ARRAY_WORDS_MAX || !read_length(cpy, &array->length, body, block, room, &length))
		return NULL;
	for (i = 0; i < length; i++) {
		if (!rg_image_u64(cpy->image, block + 8 * i, &word))
			break;
		/* The last words of a block may lie behind what was asked for. */
		if (array->length.kind == LENGTH_BLOCK && !is_object((struct cpy *)cpy, word))
			break;
		RG_TRY(take(taker, word, CPY_LABEL_OFFSET_ITEM,
			    (uint64_t)(cpy->shift + array->at) << INDEX_BITS | i));
	}
	return NULL;
}

static rg_error *take_all(const struct cpy *cpy, const struct taker *taker,
			  const struct cpy_type *type, uint64_t object)
{
	const struct cpy_inferred *found = type->inferred;
	uint64_t items, i, word, body = cpy_body(cpy, object);
	uint32_t at;

	for (at = (type->scan_from + 7) & ~7u; at + 8 <= type->scan_to; at += 8)
		if (rg_bitset_test(found->is_reference, at / 8))
			RG_TRY(take(taker, cpy_word(cpy, body + at), CPY_LABEL_OFFSET,
				    cpy->shift + at));
	for (i = 0; i < found->array_count; i++)
		RG_TRY(take_array(cpy, taker, &found->arrays[i], body));
	items = found->is_item ? item_words(cpy, type, object) : 0;
	for (i = 0; i < items; i++) {
		if (!(found->is_item >> i % found->item_words & 1))
			continue;
		if (!rg_image_u64(cpy->image, body + type->basicsize + 8 * i, &word)) {
			cpy_undecoded((struct cpy *)cpy, object);
			break;
		}
		if (found->item_words == 1)
			RG_TRY(take(taker, word, CPY_LABEL_INDEX, i));
		else
			RG_TRY(take(taker, word, CPY_LABEL_OFFSET,
				    cpy->shift + type->basicsize + 8 * i));
	}
	return NULL;
}

rg_error *cpy_infer_round(struct cpy_infer *infer,
			  rg_error *(*each)(void *user, uint64_t target), void *user, bool *ret)
{
	struct taker taker = { .each = each, .user = user };
	bool fresh = false;
	size_t i, j;

	for (i = 0; i < infer->types.count; i++) {
		struct opaque *opaque = &infer->types.data[i];
		size_t count = opaque->instances.count;

		if (opaque->judged == count)
			continue;
		fresh = true;
		for (; opaque->judged < count; opaque->judged++)
			if (!judge(infer, opaque, opaque->instances.data[opaque->judged]))
				return rg_error_no_memory();
		if (!choose_arrays(infer->cpy, opaque))
			return rg_error_no_memory();
		j = opaque->announced;
		opaque->announced = count;
		/* Each may add instances, and so move the table of types. */
		for (; j < count; j++)
			RG_TRY(take_all(infer->cpy, &taker, infer->types.data[i].type,
					infer->types.data[i].instances.data[j]));
	}
	*ret = fresh;
	return NULL;
}

uint32_t cpy_infer_number(struct cpy_infer *infer)
{
	uint32_t number = 0;
	size_t i;

	for (i = 0; i < infer->types.count; i++) {
		struct cpy_inferred *found = infer->types.data[i].found;

		found->first = number;
		number += 2 * found->words + found->item_words;
	}
	return number;
}

/* Whether item @index of the array at word @at is behind the shorter length it may have. */
static bool is_tail(const struct cpy *cpy, const struct cpy_inferred *found, uint64_t object,
		    uint64_t at, uint64_t index)
{
	uint64_t body = cpy_body(cpy, object), block, room, length;
	uint32_t i;

	for (i = 0; i < found->array_count; i++)
		if (found->arrays[i].at == at)
			break;
	if (i == found->array_count || !found->arrays[i].shorter.covered)
		return false;
	block = cpy_word(cpy, body + at);
	room = cpy_block_room(cpy, block) / 8;
	return read_length(cpy, &found->arrays[i].shorter, body, block, room, &length) &&
	       index >= length;
}

uint32_t cpy_infer_place(const struct cpy *cpy, const struct cpy_type *type, uint64_t object,
			 const struct cpy_reference *reference)
{
	const struct cpy_inferred *found = type->solid_type ? type->solid_type->inferred : NULL;
	uint64_t at = reference->arg, index = at & ((UINT64_C(1) << INDEX_BITS) - 1);
	uint32_t first;

	if (!found || reference->text)
		return RG_NONE;
	first = found->first;
	if (reference->label == CPY_LABEL_INDEX)
		return first + found->words;
	if (reference->label == CPY_LABEL_OFFSET_ITEM) {
		at = (at >> INDEX_BITS) - cpy->shift;
		if (is_tail(cpy, found, object, at, index))
			first += found->words + found->item_words;
		return first + (uint32_t)(at / 8);
	}
	at = (at - cpy->shift) / 8;
	if (at >= found->words && found->item_words)
		at = found->words + (at - found->words) % found->item_words;
	return first + (uint32_t)at;
}

void cpy_put_offset_item(struct cpy_text *text, uint64_t arg)
{
	char number[64];

	snprintf(number, sizeof(number), "+%llu[%llu]", (unsigned long long)(arg >> INDEX_BITS),
		 (unsigned long long)(arg & ((UINT64_C(1) << INDEX_BITS) - 1)));
	cpy_text_puts(text, number);
}

void cpy_emit_inferred(struct cpy_walk *walk)
{
	const struct cpy_type *solid = walk->type->solid_type;
	struct taker taker = { .walk = walk };

	/* Nothing that is handed to a walk fails. */
	if (solid && solid->inferred)
		rg_error_free(take_all(walk->cpy, &taker, solid, walk->object));
}
