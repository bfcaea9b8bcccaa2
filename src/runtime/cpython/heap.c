/* SPDX-License-Identifier: MIT */
/*
 * Marks every object: those on the collector's lists, those that roots refer
 * to, and whatever these refer to in turn.
 *
 * Memory latency is the cost.  A candidate's head is prefetched and the
 * candidate parked in a small ring until its bytes have arrived; an object whose
 * turn to be walked comes soon has its body and its tables prefetched.
 */
#include "base/bitset.h"
#include "runtime/cpython/mimalloc.h"
#include "runtime/cpython/private.h"

#define RING 32
#define BATCH 256
#define AHEAD_OBJECT 16
#define AHEAD_BODY 8
#define STACK_MAX (UINT64_C(8) << 20)

#define TORN_LIST                                                                                  \
	"a list of the collector's objects breaks off: what lies beyond, and is found in no "      \
	"other way, is in no answer: dump again"
#define TORN_PAGE                                                                                  \
	"a list of free blocks breaks off: what was freed may be among the objects: dump again"

struct candidate {
	uint64_t address;
	const unsigned char *bytes;
	uint64_t source; /* the object that refers to it */
	uint8_t kind;
};

/* An object to be walked. */
struct pending {
	uint64_t address;
	const struct cpy_type *type;
};

struct heap {
	struct cpy *cpy;
	rg_builder *builder;
	struct cpy_infer *infer;
	struct candidate ring[RING];
	unsigned ring_at;
	RG_VECTOR(struct pending) queue;
	size_t queue_at;
	uint64_t budget;  /* references still believed: more than fit the image are not */
	uint64_t marked, announced;
	bool torn;        /* a list of the collector's breaks off */
	bool suspect;     /* or may do so */
	bool lacking;     /* objects lie in memory that the dump lacks */
	bool failed;      /* no memory */
	bool searching;   /* nothing led here: it was found in the allocator's memory */
	RG_VECTOR(uint64_t) keepers; /* objects that may own memory of any content */
	struct cpy_walk walk;
};

/*
 * Something counted by @source is no object.  Where the dump lacks the memory it
 * stood in, that is one object missing, whoever refers to it; else @source makes
 * no sense, and counts once, however many such references it has.
 */
static void miss(struct heap *heap, uint64_t source, uint64_t target, uint64_t missing,
		 uint8_t kind)
{
	if (kind != RG_REFERENCE_STRONG && kind != RG_REFERENCE_UNTRAVERSED)
		return;
	if (missing & 7 || !rg_image_was_mapped(heap->cpy->image, missing)) {
		cpy_undecoded(heap->cpy, source);
		return;
	}
	heap->lacking = heap->suspect = true;
	cpy_undecoded(heap->cpy, target);
}

/* Static types that are seen for the first time through what was found are no find. */
static bool note_unreached(struct heap *heap, uint64_t address, const struct cpy_type *type)
{
	if (type->is_type && !cpy_is_heap_type(heap->cpy, address))
		return true;
	return rg_vector_push(&heap->cpy->private->unreached, address);
}

/* Marks the object at @address, whose first bytes are @bytes, and queues it for walking. */
static void settle(struct heap *heap, uint64_t address, const unsigned char *bytes, uint64_t source,
		   uint8_t kind)
{
	struct cpy *cpy = heap->cpy;
	const struct cpy_type *type = NULL;
	int fresh;

	if (rg_builder_marked(heap->builder, address))
		return;
	if (cpy_head_lives(cpy, bytes))
		type = cpy_type_fast(cpy, cpy_head_type(cpy, bytes));
	if (__builtin_expect(!type, 0)) {
		miss(heap, source, address, cpy_head_type(cpy, bytes), kind);
		return;
	}
	fresh = rg_builder_mark(heap->builder, address);
	if (__builtin_expect(fresh <= 0, 0)) {
		heap->failed |= fresh < 0;
		return;
	}
	heap->marked++;
	if (__builtin_expect(heap->searching, 0) && !note_unreached(heap, address, type))
		heap->failed = true;
	if (__builtin_expect(type->keeps_memory, 0) && !rg_vector_push(&heap->keepers, address))
		heap->failed = true;
	if (type->is_leaf)
		return;
	if (__builtin_expect(type->is_opaque, 0) && !cpy_infer_add(heap->infer, type, address))
		heap->failed = true;
	if (!rg_vector_push(&heap->queue, ((struct pending){ address, type })))
		heap->failed = true;
}

/* Looks at @target later, when its bytes have come near. */
static inline void consider(struct heap *heap, uint64_t target, uint64_t source, uint8_t kind)
{
	struct candidate *slot;
	const unsigned char *bytes;

	if (rg_builder_marked(heap->builder, target))
		return;
	bytes = target & 7 ? NULL : cpy_head_at(heap->cpy, target);
	if (__builtin_expect(!bytes, 0)) {
		miss(heap, source, target, target, kind);
		return;
	}
	__builtin_prefetch(bytes);
	rg_builder_prefetch(heap->builder, target);
	slot = &heap->ring[heap->ring_at++ % RING];
	if (slot->address)
		settle(heap, slot->address, slot->bytes, slot->source, slot->kind);
	*slot = (struct candidate){ target, bytes, source, kind };
}

static void settle_ring(struct heap *heap)
{
	unsigned i;

	for (i = 0; i < RING; i++) {
		struct candidate slot = heap->ring[(heap->ring_at + i) % RING];

		heap->ring[(heap->ring_at + i) % RING].address = 0;
		if (slot.address)
			settle(heap, slot.address, slot.bytes, slot.source, slot.kind);
	}
}

static void mark_references(struct cpy_walk *walk)
{
	struct heap *heap = walk->user;
	unsigned i;

	heap->budget = heap->budget > walk->count ? heap->budget - walk->count : 0;
	for (i = 0; i < walk->count; i++) {
		const struct cpy_reference *reference = &walk->references[i];
		uint8_t kind = reference->kind & RG_REFERENCE_KIND_MASK;

		/* Pointers that own nothing may dangle; those of the interned dict do not. */
		if (kind == RG_REFERENCE_BORROWED && !walk->type->is_dict)
			continue;
		/* What is inferred of these is judged over all instances first. */
		if (kind == RG_REFERENCE_INFERRED && walk->type->is_opaque)
			continue;
		consider(heap, reference->target, walk->object, kind);
	}
}

/*
 * What lies next to @object on a list that is torn elsewhere: an object whose
 * own link leads back here, so nothing that merely looks like one.
 */
static void consider_neighbours(struct heap *heap, uint64_t object, const struct cpy_type *type)
{
	struct cpy *cpy = heap->cpy;
	unsigned link;

	if (cpy->layout.free_threaded || !type->is_gc ||
	    (type->is_type && !cpy_is_heap_type(cpy, object)))
		return;
	for (link = 0; link <= 8; link += 8) {
		uint64_t at = cpy_word(cpy, object - 16 + link) & ~UINT64_C(3);

		if (at && (cpy_word(cpy, at + 8 - link) & ~UINT64_C(3)) == object - 16)
			consider(heap, at + 16, object, RG_REFERENCE_BORROWED);
	}
}

/* Brings near what the walk of @pending will read beside the object itself. */
static inline void prefetch_tables(struct heap *heap, const struct pending *pending)
{
	const struct cpy_type *type = pending->type;
	const unsigned char *bytes, *table;
	uint64_t at = 0;

	bytes = rg_image_at(heap->cpy->image, pending->address - 32, 72 + heap->cpy->shift);
	if (!bytes)
		return;
	if (type->flags & CPY_TPFLAG_LIST)
		at = cpy_load64(bytes + heap->cpy->shift + 32 + 24);
	else if (type->flags & CPY_TPFLAG_DICT)
		at = cpy_load64(bytes + heap->cpy->shift + 32 + 32);
	else if (type->flags & CPY_TPFLAG_MANAGED_DICT && !heap->cpy->layout.dict.inline_values)
		at = (heap->cpy->minor <= 11 ? cpy_load64(bytes) : cpy_load64(bytes + 8)) & ~7ull;
	if (!at)
		return;
	table = rg_image_at(heap->cpy->image, at, 8);
	if (table)
		__builtin_prefetch(table);
}

static rg_error *announce(struct heap *heap)
{
	heap->announced = heap->marked;
	return rg_progress_step(&heap->cpy->progress, "reading objects", heap->marked, 0);
}

/* Walks everything that is queued, and what that queues. */
static rg_error *drain(struct heap *heap)
{
	struct cpy *cpy = heap->cpy;

	do {
		while (heap->queue_at < heap->queue.count) {
			size_t at = heap->queue_at++;
			size_t left = heap->queue.count - at;
			const struct pending *pending = &heap->queue.data[at];

			if (left > AHEAD_OBJECT) {
				const unsigned char *bytes = rg_image_at(
					cpy->image, pending[AHEAD_OBJECT].address - 32, 64);

				if (bytes) {
					__builtin_prefetch(bytes);
					__builtin_prefetch(bytes + 63);
				}
			}
			if (left > AHEAD_BODY)
				prefetch_tables(heap, &pending[AHEAD_BODY]);
			heap->walk.object = pending->address;
			heap->walk.type = pending->type;
			cpy_walk_object(&heap->walk);
			if (__builtin_expect(heap->suspect, 0))
				consider_neighbours(heap, heap->walk.object, heap->walk.type);
			if (heap->failed || cpy->private->failed)
				return rg_error_no_memory();
			if (__builtin_expect(heap->marked - heap->announced > 1 << 16, 0))
				RG_TRY(announce(heap));
			if (!heap->budget)
				return rg_error_new(RG_ERROR_CORRUPT,
						    "the dump's objects claim more references "
						    "than its memory can hold: it is damaged");
		}
		/* The queue is empty: what it held is not needed any more. */
		heap->queue.count = heap->queue_at = 0;
		settle_ring(heap);
	} while (heap->queue.count);
	return heap->failed ? rg_error_no_memory() : NULL;
}

/* ---- the collector's lists ---------------------------------------------------- */

/*
 * Goes from the collector's head at *@ret_next, whose bytes go to *@ret_bytes, to
 * the one that @link (0 forwards, 8 backwards) names; false when the list breaks off.
 */
static bool follow(const struct cpy *cpy, unsigned link, uint64_t *ret_next,
		   const unsigned char **ret_bytes)
{
	uint64_t at = *ret_next;

	*ret_bytes = at & 7 ? NULL : rg_image_at(cpy->image, at, 16 + cpy_head_size(cpy));
	if (!*ret_bytes)
		return false;
	*ret_next = cpy_load64(*ret_bytes + link) & ~UINT64_C(3);
	return true;
}

/*
 * Marks what stands on the list of @head, read through @link; with @checked only as far as
 * the other links lead back.  *ret_broken: 0 when it leads back to the head; else the
 * object whose link makes no sense, or @head.
 */
static rg_error *mark_along(struct heap *heap, uint64_t head, unsigned link, bool checked,
			    uint64_t *ret_broken)
{
	struct cpy *cpy = heap->cpy;
	uint64_t limit = cpy->private->image_bytes / 16;
	uint64_t at = cpy_word(cpy, head + link) & ~UINT64_C(3), last = head;
	const unsigned char *bytes;

	for (; at != head && limit; limit--) {
		uint64_t object = at + 16, before = last == head ? head : last - 16;

		if (!follow(cpy, link, &at, &bytes))
			break;
		if (checked && (cpy_load64(bytes + 8 - link) & ~UINT64_C(3)) != before) {
			at = 0;
			break;
		}
		last = object;
		settle(heap, object, bytes + 16, object, RG_REFERENCE_STRONG);
		if (heap->queue.count >= BATCH)
			RG_TRY(drain(heap));
	}
	if (at == head)
		*ret_broken = 0;
	else
		*ret_broken = rg_image_was_mapped(cpy->image, at) ? head : last;
	return drain(heap);
}

/*
 * While an object is being put on the list it breaks off in one direction: there its link
 * may still be what stood in that memory, and lead through what was freed.  The other
 * direction has all that is on it.  Torn in both, what lies between is lost.
 */
static rg_error *mark_list(struct heap *heap, uint64_t head)
{
	/* A collection keeps counts where the links back are. */
	bool checked = !heap->cpy->collector.collecting, suspect = heap->suspect;
	uint64_t broken, behind;

	RG_TRY(mark_along(heap, head, 0, checked, &broken));
	if (!broken)
		return NULL;
	heap->suspect = true;
	RG_TRY(mark_along(heap, head, 8, false, &behind));
	if (behind && checked)
		RG_TRY(mark_along(heap, head, 0, false, &broken));
	if (!behind || !broken) {
		heap->suspect = suspect;
		return NULL;
	}
	heap->torn = true;
	if (broken != head)
		cpy_undecoded(heap->cpy, broken);
	return NULL;
}

/* Whether the head of a list that holds something stands at @at: both ends lead back. */
static bool is_head(const struct cpy *cpy, uint64_t at, uint64_t next, uint64_t prev)
{
	return next && prev && next != at && !((next | prev) & 7) &&
	       (cpy_word(cpy, next + 8) & ~UINT64_C(3)) == at &&
	       (cpy_word(cpy, prev) & ~UINT64_C(3)) == at;
}

/*
 * A collection under way, which can run Python code, has taken garbage off the
 * generations' lists and on to its own, whose heads stand on the C stack.
 */
static rg_error *mark_set_aside(struct heap *heap)
{
	struct cpy *cpy = heap->cpy;
	const rg_image *image = cpy->image;
	size_t i;

	for (i = 0; i < image->thread_count; i++) {
		uint64_t at = (image->threads[i].stack_pointer + 7) & ~UINT64_C(7), end, next, prev;
		const struct rg_segment *segment = rg_image_segment(image, at);

		end = segment ? segment->end : 0;
		if (end > at && end - at > STACK_MAX)
			end = at + STACK_MAX;
		for (; at < end && end - at >= 16; at += 8) {
			next = cpy_load64(segment->bytes + (at - segment->start)) & ~UINT64_C(3);
			prev = cpy_load64(segment->bytes + (at - segment->start) + 8) &
			       ~UINT64_C(3);
			if (is_head(cpy, at, next, prev))
				RG_TRY(mark_list(heap, at));
		}
	}
	return NULL;
}

static rg_error *mark_interpreter(struct heap *heap, const struct cpy_interpreter *interpreter)
{
	uint64_t gc = cpy_collector_of(heap->cpy, interpreter->address);
	unsigned i;

	for (i = 0; i < 3; i++)
		RG_TRY(mark_list(heap, gc + heap->cpy->layout.gc.generations + 24 * i));
	return mark_list(heap, gc + heap->cpy->layout.gc.permanent);
}

/*
 * What the collector of a free-threaded build knows: no list has it, but a bit in
 * each object, which it finds by walking the heaps, as is done here.
 */
static rg_error *mark_page(void *user, const struct cpy_mimalloc_page *page)
{
	struct heap *heap = user;
	struct cpy *cpy = heap->cpy;
	const unsigned char *head;
	uint64_t object;
	uint32_t i;

	if (page->heap != CPY_HEAP_GC && page->heap != CPY_HEAP_GC_PRE)
		return NULL;
	heap->torn |= page->is_torn;
	for (i = 0; i < page->count; i++) {
		if (rg_bitset_test(page->is_free, i))
			continue;
		object = cpy_mimalloc_object(cpy, page, page->start + i * page->size);
		head = cpy_head_at(cpy, object);
		if (!head || !(head[CPY_BITS] & CPY_BIT_TRACKED))
			continue;
		settle(heap, object, head, object, RG_REFERENCE_STRONG);
		if (heap->queue.count >= BATCH)
			RG_TRY(drain(heap));
	}
	return NULL;
}

void cpy_heap_frozen(struct cpy *cpy, void (*each)(void *user, uint64_t object), void *user)
{
	uint64_t limit = cpy->private->image_bytes / 16;
	size_t i;

	/* Free-threaded: each of them says so itself. */
	for (i = 0; !cpy->layout.free_threaded && i < cpy->interpreter_count; i++) {
		uint64_t head = cpy_collector_of(cpy, cpy->interpreters[i].address) +
				cpy->layout.gc.permanent;
		uint64_t at = cpy_word(cpy, head) & ~UINT64_C(3), object;
		const unsigned char *bytes;

		for (; at != head && limit; limit--) {
			object = at + 16;
			if (!follow(cpy, 0, &at, &bytes))
				break;
			each(user, object);
		}
		/* One collector for all interpreters. */
		if (cpy->layout.runtime.gc)
			break;
	}
}

/* ---- roots and the closure ------------------------------------------------------ */

static rg_error *mark_root(void *user, const struct rg_root_init *root)
{
	consider(user, root->address, 0, RG_REFERENCE_BORROWED);
	return NULL;
}

static rg_error *mark_inferred(void *user, uint64_t target)
{
	consider(user, target, 0, RG_REFERENCE_INFERRED);
	return NULL;
}

static void mark_salvaged(void *user, uint64_t object)
{
	consider(user, object, 0, RG_REFERENCE_BORROWED);
}

/* References that are inferred, and types, until neither leads to anything new. */
static rg_error *mark_rest(struct heap *heap, size_t *types)
{
	struct cpy *cpy = heap->cpy;
	bool fresh = true;

	while (fresh) {
		RG_TRY(cpy_infer_round(heap->infer, mark_inferred, heap, &fresh));
		RG_TRY(drain(heap));
		/* What is the type of an object is one itself, though nothing may own it. */
		for (; *types < cpy->type_count; ++*types, fresh = true)
			consider(heap, cpy->types[*types]->address, 0, RG_REFERENCE_BORROWED);
		RG_TRY(drain(heap));
	}
	return NULL;
}

/* What nothing leads to, and what that refers to. */
static rg_error *mark_unreached(struct heap *heap, size_t *types)
{
	struct cpy *cpy = heap->cpy;
	bool lists_whole = !cpy->collector.collecting && !heap->torn;

	/*
	 * Where memory is missing, what leads to an object may be, and so may what proves
	 * that memory is no object.
	 */
	if (!cpy->private->memory_whole || heap->lacking)
		return NULL;
	heap->searching = !heap->torn;
	RG_TRY(cpy_unreached(cpy, heap->builder, heap->keepers.data, heap->keepers.count,
			     !lists_whole, mark_salvaged, heap));
	RG_TRY(drain(heap));
	return mark_rest(heap, types);
}

static rg_error *mark_all(struct heap *heap)
{
	struct cpy *cpy = heap->cpy;
	size_t i, types = 0;

	if (cpy->layout.free_threaded) {
		RG_TRY(cpy_mimalloc_pages(cpy, mark_page, heap));
		RG_TRY(drain(heap));
	}
	for (i = 0; !cpy->layout.free_threaded && i < cpy->interpreter_count; i++)
		RG_TRY(mark_interpreter(heap, &cpy->interpreters[i]));
	if (cpy->collector.collecting && !cpy->layout.free_threaded)
		RG_TRY(mark_set_aside(heap));
	RG_TRY(cpy_roots(cpy, mark_root, heap));
	/* Up to 3.11 a static of C holds the dict of interned strings, which has no other root. */
	for (i = 0; i < cpy->interpreter_count; i++)
		if (cpy->interpreters[i].interned)
			consider(heap, cpy->interpreters[i].interned, 0, RG_REFERENCE_BORROWED);
	RG_TRY(drain(heap));
	/* Where memory is missing, what led to an object may be: they are looked for themselves. */
	if ((heap->torn || heap->lacking) && !cpy->layout.free_threaded) {
		cpy_pools_salvage(cpy, mark_salvaged, heap);
		RG_TRY(drain(heap));
	}
	RG_TRY(mark_rest(heap, &types));
	RG_TRY(mark_unreached(heap, &types));
	cpy->private->places = cpy_infer_number(heap->infer);
	if (heap->lacking && cpy->image->complete)
		RG_TRY(rg_image_lacks(cpy->image,
				      "objects lie in memory that the dump leaves out: dump with "
				      "coredump_filter 0x37, and what the program excludes "
				      "(MADV_DONTDUMP) before it does so"));
	if (heap->torn)
		RG_TRY(rg_image_lacks(cpy->image,
				      cpy->layout.free_threaded ? TORN_PAGE : TORN_LIST));
	return cpy->private->failed ? rg_error_no_memory() : NULL;
}

rg_error *cpy_heap_mark(struct cpy *cpy, rg_builder *builder)
{
	struct heap *heap = rg_calloc(1, sizeof(*heap));
	rg_error *error;

	if (!heap)
		return rg_error_no_memory();
	heap->cpy = cpy;
	heap->builder = builder;
	heap->suspect = !cpy->image->complete;
	/* Every reference is a word of the image of its own, but for a few shared tables. */
	heap->budget = cpy->private->image_bytes / 4 + (1 << 20);
	heap->walk.cpy = cpy;
	heap->walk.flush = mark_references;
	heap->walk.user = heap;
	cpy->private->counts_late = true;
	error = cpy_infer_new(cpy, &heap->infer);
	if (!error)
		error = mark_all(heap);
	cpy->private->counts_late = false;
	cpy_infer_free(heap->infer);
	rg_vector_free(&heap->queue);
	rg_vector_free(&heap->keepers);
	rg_free(heap);
	return error;
}
