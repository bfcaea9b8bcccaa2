/* SPDX-License-Identifier: MIT */
/*
 * Objects that nothing leads to: the allocator's blocks are looked through for
 * those that hold an object, though no root and no other object refers to it.
 * A reference lost in C code leaves exactly such objects; others are held by C
 * alone, which the search for their address tells.
 *
 * Most blocks are objects that are known already, or tables.  A block is believed
 * to hold an object only if everything that must be true of one is: a count as
 * living ones have it (the allocator's link stands there in what was freed), a
 * type that is one and lives, at the distance that this type's objects have from
 * their block; a block of the very size that such an object is given; fields that
 * make sense, and references to nothing but living objects; and no object that
 * keeps memory of any content has this block for it.
 */
#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/private.h"

#define STR_LONGEST (UINT64_C(1) << 60) /* characters: no sum with its size runs over */
#define COUNT_MAX (INT64_C(1) << 31) /* of an object that is not immortal */
#define LEAD 16                        /* what debug hooks put before a block */
#define FORBIDDEN UINT64_C(0xfdfdfdfdfdfdfd00)
#define DIGIT_BITS 30
#define GC_FINALIZED 1u

struct found {
	uint64_t object;
	uint64_t block;
};

struct search {
	struct cpy *cpy;
	const rg_builder *builder;
	enum cpy_blocks which;
	bool tracked;
	bool unsound;   /* a reference of the object at hand leads to none */
	bool failed;    /* no memory */
	uint64_t budget; /* words still looked at: a whole dump has no more */
	RG_VECTOR(struct found) found;
	struct cpy_walk walk;
};

/* ---- the size of what holds an object ------------------------------------------------ */

static uint64_t item_count(const struct cpy *cpy, const struct cpy_type *type, uint64_t object)
{
	uint64_t count = cpy_get(cpy, object, CPY_HEAD);

	if (cpy->layout.integer.has_tag && type->flags & CPY_TPFLAG_LONG)
		return count >> 3 ? count >> 3 : 1;
	if ((int64_t)count < 0)
		count = -count;
	/* A struct sequence's length leaves out its hidden items. */
	return type->hidden_items > count ? type->hidden_items : count;
}

/* What follows a str's header in the same block; false: its state is none. */
static bool str_size(const struct cpy *cpy, const struct cpy_type *type, uint64_t object,
		     uint64_t *ret)
{
	const unsigned char *at = rg_image_at(cpy->image, cpy_body(cpy, object), 40);
	unsigned state = at ? cpy_str_state(cpy, at) : 0, kind = state >> 2 & 7;
	uint64_t length = cpy_get(cpy, object, CPY_HEAD);

	if (!at || length >> 40)
		return false;
	if (!(state & 0x20)) {
		*ret = type->basicsize;
		return true;
	}
	if (kind != 1 && kind != 2 && kind != 4)
		return false;
	*ret = state & 0x40 ? cpy->layout.str.ascii_header + length + 1
			    : cpy->layout.str.compact_header + (length + 1) * kind;
	return !(state & 0x40) || kind == 1;
}

/*
 * Whether the object of @type at @object, @before bytes into what the allocator
 * was asked for, fits into that: @asked bytes if debug hooks say so, else what
 * was rounded to @size.
 */
static bool fits(const struct search *search, const struct cpy_type *type, uint64_t object,
		 uint64_t before, uint64_t asked, uint64_t size)
{
	const struct cpy *cpy = search->cpy;
	uint64_t need = type->basicsize, items = 0, more;
	bool shrinks = type->flags & (CPY_TPFLAG_BYTES | CPY_TPFLAG_UNICODE | CPY_TPFLAG_TUPLE);
	bool normalizes = type->flags & CPY_TPFLAG_LONG;

	if (type->flags & CPY_TPFLAG_UNICODE) {
		if (!str_size(cpy, type, object, &need))
			return false;
	} else if (type->itemsize) {
		items = item_count(cpy, type, object);
		if (items >> 40)
			return false;
		need += items * type->itemsize;
		if (type->flags & CPY_TPFLAG_LONG && !type->is_heap)
			need = cpy->layout.integer.digits + items * type->itemsize;
	}
	if (type->flags & CPY_TPFLAG_INLINE_VALUES) {
		uint64_t values = cpy_shared_size(cpy, type->cached_keys);

		need += ((values + 7) & ~UINT64_C(7)) + 8 * (values + 1);
	}
	/* Without a time zone there is no room for one. */
	if (type->row && !strncmp(type->row->name, "datetime.", 9) &&
	    (!strcmp(type->row->name + 9, "time") || !strcmp(type->row->name + 9, "datetime")) &&
	    !(cpy_get32(cpy, object, CPY_HEAD + 8) & 255))
		need -= 8;
	need += before + cpy->shift;
	/* Generic allocation adds an item for a sentinel. */
	more = type->itemsize ? (need + type->itemsize + 7) & ~UINT64_C(7) : need;
	if (asked)
		return asked == need || asked == more || asked == ((need + 7) & ~UINT64_C(7)) ||
		       (normalizes && asked > need);
	if (cpy_block_fits(search->which, need, size) || cpy_block_fits(search->which, more, size))
		return true;
	/* What becomes shorter by less than a quarter stays where it is; ints always do. */
	return need <= size && (normalizes || (shrinks && 4 * need > 3 * size));
}

/* ---- what the object says --------------------------------------------------------------- */

static bool str_is_sound(const struct cpy *cpy, uint64_t object)
{
	const unsigned char *at = rg_image_at(cpy->image, cpy_body(cpy, object), 40);
	unsigned state = at ? cpy_str_state(cpy, at) : 0, kind = state >> 2 & 7;
	uint64_t length = cpy_get(cpy, object, CPY_HEAD), i;
	const unsigned char *text;

	if (length >= STR_LONGEST)
		return false;
	if (!(state & 0x20)) {
		uint64_t data = cpy_get(cpy, object, cpy->layout.str.data);

		return kind && data && rg_image_at(cpy->image, data, (length + 1) * kind);
	}
	text = rg_image_at(cpy->image,
			   cpy_body(cpy, object) + (state & 0x40 ? cpy->layout.str.ascii_header
								 : cpy->layout.str.compact_header),
			   (length + 1) * kind);
	if (!text)
		return false;
	for (i = 0; i < kind; i++)
		if (text[length * kind + i])
			return false;
	if (!(state & 0x40))
		return true;
	for (i = 0; i < length; i++)
		if (text[i] >= 0x80)
			return false;
	return true;
}

static bool int_is_sound(const struct cpy *cpy, const struct cpy_type *type, uint64_t object)
{
	uint64_t count = item_count(cpy, type, object), i, size;
	uint32_t digit = 1;

	/* Else its digits are more than its block, which was looked at, has room for. */
	if (type->itemsize != 4)
		return false;
	if (cpy->layout.integer.has_tag) {
		size = cpy_get(cpy, object, CPY_HEAD);
		if ((size & 3) == 3)
			return false;
		/* Of zero, the one digit is. */
		if ((size & 3) == 1)
			return size >> 3 <= 1 &&
			       !cpy_get32(cpy, object, cpy->layout.integer.digits);
	}
	if (!rg_image_at(cpy->image, cpy_body(cpy, object) + cpy->layout.integer.digits, 4 * count))
		return false;
	for (i = 0; i < count; i++) {
		digit = cpy_get32(cpy, object, cpy->layout.integer.digits + 4 * i);
		if (digit >> DIGIT_BITS)
			return false;
	}
	return digit != 0;
}

static bool bytes_is_sound(const struct cpy *cpy, uint64_t object)
{
	uint64_t length = cpy_get(cpy, object, CPY_HEAD);
	const unsigned char *end =
		rg_image_at(cpy->image, cpy_body(cpy, object) + 32 + length, 1);

	return end && !*end;
}

static bool tuple_is_sound(const struct cpy *cpy, const struct cpy_type *type, uint64_t object)
{
	uint64_t count = cpy_get(cpy, object, CPY_HEAD), i;

	if (type->itemsize != 8)
		return false;
	for (i = 0; i < count; i++)
		if (!cpy_get(cpy, object, cpy->layout.tuple.items + 8 * i))
			return false;
	return true;
}

/* Whether what is referred to are objects: of the references that own something. */
static void check_references(struct cpy_walk *walk)
{
	struct search *search = walk->user;
	unsigned i;

	search->budget = search->budget > walk->count ? search->budget - walk->count : 0;
	for (i = 0; i < walk->count && !search->unsound; i++) {
		uint8_t kind = walk->references[i].kind & RG_REFERENCE_KIND_MASK;

		if (kind == RG_REFERENCE_WEAK || kind == RG_REFERENCE_BORROWED)
			continue;
		search->unsound = !cpy_type_of(search->cpy, walk->references[i].target);
	}
}

static bool is_sound(struct search *search, const struct cpy_type *type, uint64_t object)
{
	struct cpy *cpy = search->cpy;

	if (!rg_image_at(cpy->image, cpy_body(cpy, object), type->basicsize))
		return false;
	if (type->flags & CPY_TPFLAG_UNICODE && !str_is_sound(cpy, object))
		return false;
	if (type->flags & CPY_TPFLAG_LONG && !int_is_sound(cpy, type, object))
		return false;
	if (type->flags & CPY_TPFLAG_BYTES && !bytes_is_sound(cpy, object))
		return false;
	if (type->flags & CPY_TPFLAG_TUPLE && !type->is_heap && !tuple_is_sound(cpy, type, object))
		return false;
	if (type->is_leaf)
		return true;
	if (!search->budget)
		return false;
	search->unsound = cpy->private->misread = false;
	cpy->private->trying = true;
	search->walk.object = object;
	search->walk.type = type;
	cpy_walk_object(&search->walk);
	cpy->private->trying = false;
	return !search->unsound && !cpy->private->misread;
}

/* The collector's head of what it does not know; with @tracked also one that is on a list. */
static bool head_fits(const struct search *search, uint64_t object)
{
	const struct cpy *cpy = search->cpy;
	uint64_t next = cpy_word(cpy, object - 16), prev = cpy_word(cpy, object - 8);

	if (cpy->layout.free_threaded)
		return true;
	if (!next)
		return !(prev & ~(uint64_t)GC_FINALIZED);
	if (!search->tracked)
		return false;
	next &= ~UINT64_C(3);
	/* While it collects, the word before is a count, and the next may be set apart. */
	return next && !(next & 7) && rg_image_at(cpy->image, next, 16);
}

/*
 * Whether the object, which nothing leads to, is a frame that is being made or freed:
 * up to 3.10 one names code, globals and caller before it owns them, and when it no
 * longer does, and the collector does not know it (_PyFrame_New_NoTrack and frame_dealloc
 * of Objects/frameobject.c; what outlives its call is tracked).
 */
static bool is_midway(const struct cpy *cpy, const struct cpy_type *type, uint64_t object)
{
	return cpy->minor <= 10 && type->row && !strcmp(type->row->name, "frame") &&
	       !cpy_word(cpy, object - 16);
}

/* ---- blocks ------------------------------------------------------------------------------ */

/* Whether the counts in the head of what may be an object are those of one that lives. */
static inline bool count_fits(const struct cpy *cpy, const unsigned char *head)
{
	uint64_t count = cpy_load64(head) & cpy->layout.count.mask;

	if (!cpy_head_lives(cpy, head))
		return false;
	if (cpy->layout.count.is_split)
		return cpy_head_immortal(cpy, head) || cpy_head_sum(head) < COUNT_MAX ||
		       head[CPY_BITS] & CPY_BIT_DEFERRED;
	if (cpy->layout.count.is_narrow && cpy_head_immortal(cpy, head))
		return true;
	/* Where memory is mapped below 4 GiB, what begins a struct of C's can be an address. */
	return count < (uint64_t)COUNT_MAX && !rg_image_segment(cpy->image, count);
}

/*
 * The object @prefix bytes behind @at, where the memory begins that was asked
 * for: 0 if there is none.
 */
static uint64_t object_in(struct search *search, uint64_t at, uint32_t prefix, uint64_t asked,
			  uint64_t size)
{
	struct cpy *cpy = search->cpy;
	uint64_t object = at + prefix, word;
	const struct cpy_type *type;
	const unsigned char *head = cpy_head_at(cpy, object);

	if (!head || !count_fits(cpy, head))
		return 0;
	word = cpy_head_type(cpy, head);
	if (word & 7 || !rg_image_segment(cpy->image, word))
		return 0;
	type = cpy_type_fast(cpy, word);
	if (!type || type->prefix != prefix ||
	    (type->is_heap && !rg_builder_marked(search->builder, type->address)))
		return 0;
	if (!fits(search, type, object, prefix, asked, size) ||
	    (type->is_gc && !head_fits(search, object)) || is_midway(cpy, type, object) ||
	    !is_sound(search, type, object))
		return 0;
	return object;
}

/*
 * Skips what debug hooks write before memory: 8 bytes of its length, who asked for
 * it, and 7 times 0xfd; large memory is handed on, and so has that twice.  False:
 * it is no object's.
 */
static bool skip_lead(const struct cpy *cpy, uint64_t *at, uint64_t *size, uint64_t *ret_asked)
{
	const unsigned char *bytes;
	unsigned layers;

	*ret_asked = 0;
	for (layers = 0; layers < 2; layers++) {
		bytes = *size < LEAD + cpy_head_size(cpy) ? NULL
							   : rg_image_at(cpy->image, *at, LEAD);
		if (!bytes || (cpy_load64(bytes + 8) & ~UINT64_C(255)) != FORBIDDEN)
			return !layers;
		*ret_asked = __builtin_bswap64(cpy_load64(bytes));
		*size -= LEAD;
		*at += LEAD;
		if (!*ret_asked || *ret_asked > *size)
			return false;
		if (bytes[8] == 'o')
			return true;
	}
	return false;
}

static void look_into(void *user, uint64_t start, uint64_t size)
{
	struct search *search = user;
	uint64_t at = start, asked, object = 0;
	uint32_t prefix;

	if (rg_builder_marked_near(search->builder, start, size < 64 ? size : 64))
		return;
	if (!skip_lead(search->cpy, &at, &size, &asked))
		return;
	for (prefix = 0; prefix <= 32 && prefix + cpy_head_size(search->cpy) <= size && !object;
	     prefix += 16)
		object = object_in(search, at, prefix, asked, size);
	if (object && !rg_vector_push(&search->found, ((struct found){ object, at })))
		search->failed = true;
}

/* ---- memory that objects keep -------------------------------------------------------------- */

bool cpy_keeps_memory(const struct cpy_type *type)
{
	/* Their memory holds nothing but objects, or none is theirs. */
	static const char *const plain[] = {
		"object", "int", "bool", "float", "complex", "str", "bytes", "tuple", "list",
		"dict", "set", "frozenset", "function", "cell", "method", "range", "slice",
		"builtin_function_or_method", "method_descriptor", "wrapper_descriptor",
		"getset_descriptor", "member_descriptor", "classmethod_descriptor", "classmethod",
		"staticmethod", "property", "weakref", "weakref.ReferenceType", "generator",
		"datetime.date", "datetime.datetime", "datetime.time", "datetime.timedelta",
	};
	size_t n;

	if (type->is_opaque || !type->row)
		return true;
	for (n = 0; n < sizeof(plain) / sizeof(plain[0]); n++)
		if (!strcmp(type->row->name, plain[n]))
			return false;
	return true;
}

/* The finds by the addresses that a pointer to one can have. */
struct finds {
	struct rg_map index;
	uint64_t low, high;
};

/*
 * Takes out what words of the @size bytes at @start point at: it is memory of who
 * stands there; with @objects also if they point at the object in it.
 */
static void drop_named(struct search *search, const struct finds *finds, uint64_t start,
		       uint64_t size, bool objects)
{
	const unsigned char *bytes = rg_image_at(search->cpy->image, start, size);
	uint64_t at;

	search->budget = search->budget > size / 8 ? search->budget - size / 8 : 0;
	/* Of a dump that is damaged so much nothing is believed. */
	if (!search->budget) {
		search->found.count = 0;
		return;
	}
	for (at = 0; bytes && at + 8 <= size; at += 8) {
		uint64_t word = cpy_load64(bytes + at);
		const uint32_t *find = word < finds->low || word > finds->high
					       ? NULL : rg_map_find(&finds->index, word);

		if (find && *find < search->found.count &&
		    (objects || word == search->found.data[*find].block))
			search->found.data[*find].object = 0;
	}
}

/* The finds that objects at @keepers, or the interpreter's own state, have as memory. */
static rg_error *drop_kept(struct search *search, const uint64_t *keepers, size_t count)
{
	struct cpy *cpy = search->cpy;
	struct finds finds = { .low = UINT64_MAX };
	size_t i;

	for (i = 0; i < search->found.count; i++) {
		const struct found *found = &search->found.data[i];

		if (!rg_map_put(&finds.index, found->block, (uint32_t)i) ||
		    !rg_map_put(&finds.index, found->object, (uint32_t)i)) {
			rg_map_free(&finds.index);
			return rg_error_no_memory();
		}
		finds.low = found->block < finds.low ? found->block : finds.low;
		finds.high = found->object > finds.high ? found->object : finds.high;
	}
	for (i = 0; i < count; i++) {
		const struct cpy_type *type = cpy_type_of(cpy, keepers[i]);
		uint64_t size = type ? type->basicsize : CPY_HEAD;

		/* Static types have no heap type's tail; C's variables follow them. */
		if (type && type->is_type && !cpy_is_heap_type(cpy, keepers[i]))
			size = cpy->layout.str.type_size;
		drop_named(search, &finds, cpy_body(cpy, keepers[i]) + CPY_HEAD, size - CPY_HEAD,
			   true);
	}
	/* What was on a free list there may live again. */
	drop_named(search, &finds, cpy->runtime, cpy->layout.runtime.size, false);
	for (i = 0; i < cpy->interpreter_count; i++)
		drop_named(search, &finds, cpy->interpreters[i].address,
			   cpy->layout.interpreter.size, false);
	for (i = 0; i < cpy->thread_count; i++)
		drop_named(search, &finds, cpy->threads[i].address,
			   cpy_execution_layout(cpy)->thread.size, false);
	rg_map_free(&finds.index);
	return NULL;
}

rg_error *cpy_unreached(struct cpy *cpy, const rg_builder *builder, const uint64_t *keepers,
			size_t keeper_count, bool tracked,
			void (*each)(void *user, uint64_t object), void *user)
{
	struct search *search = rg_calloc(1, sizeof(*search));
	rg_error *error = NULL;
	size_t i;

	if (!search)
		return rg_error_no_memory();
	search->cpy = cpy;
	search->builder = builder;
	search->tracked = tracked;
	search->budget = cpy->private->image_bytes / 2 + (1 << 20);
	search->walk.cpy = cpy;
	search->walk.flush = check_references;
	search->walk.user = search;
	cpy_blocks(cpy, &search->which, look_into, search);
	if (search->failed)
		error = rg_error_no_memory();
	if (!error && search->found.count)
		error = drop_kept(search, keepers, keeper_count);
	for (i = 0; !error && i < search->found.count; i++)
		if (search->found.data[i].object)
			each(user, search->found.data[i].object);
	rg_vector_free(&search->found);
	rg_free(search);
	return error;
}
