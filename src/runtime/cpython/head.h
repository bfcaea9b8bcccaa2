/* SPDX-License-Identifier: MIT */
/*
 * What stands in the first bytes of an object, by build: how often it is
 * referred to, whether it lives, what the collector knows of it, its type.
 *
 * Builds with a GIL count in one word at 0.  Free-threaded ones (Include/object.h
 * of 3.13 and later) have the thread that owns the object at 0, a byte of the
 * collector's at 11, its own count, 32 bits, at 12, and at 16 what all other threads
 * have added or taken, four times over, below which stand two bits of flags.
 * The count is the sum of both, and can be too high on purpose: objects that
 * everybody uses are counted late, and have _Py_REF_DEFERRED more than references
 * (3.13: one more); and of types, code and namespaces each thread keeps a count
 * of its own, which cpy_head_count() leaves out.
 */
#ifndef RG_RUNTIME_CPYTHON_HEAD_H
#define RG_RUNTIME_CPYTHON_HEAD_H

#include "runtime/cpython/cpython.h"

/* The collector's byte of a free-threaded build. */
#define CPY_BITS 11
#define CPY_BIT_TRACKED 1
#define CPY_BIT_FINALIZED 2
#define CPY_BIT_FROZEN 8
#define CPY_BIT_DEFERRED 64

#define CPY_LOCAL_COUNT 12
#define CPY_SHARED_COUNT 16
#define CPY_SHARED_SHIFT 2
#define CPY_LOCAL_IMMORTAL UINT32_MAX

static inline uint64_t cpy_load64(const void *at)
{
	uint64_t word;

	memcpy(&word, at, 8);
	return word;
}

static inline uint32_t cpy_load32(const void *at)
{
	uint32_t word;

	memcpy(&word, at, 4);
	return word;
}

/* The bytes of the head of the object at @object, cpy_head_size() of them; NULL: not at hand. */
static inline const unsigned char *cpy_head_at(const struct cpy *cpy, uint64_t object)
{
	return rg_image_at(cpy->image, object, cpy_head_size(cpy));
}

/* ob_type in the head whose bytes are @head. */
static inline uint64_t cpy_head_type(const struct cpy *cpy, const unsigned char *head)
{
	return cpy_load64(head + cpy->shift + CPY_TYPE);
}

/* The sum of both counts of a free-threaded build, as they stand there. */
static inline int64_t cpy_head_sum(const unsigned char *head)
{
	int64_t shared = (int64_t)cpy_load64(head + CPY_SHARED_COUNT);

	return (shared >> CPY_SHARED_SHIFT) + cpy_load32(head + CPY_LOCAL_COUNT);
}

/* Whether the counts in @head can be those of a living object. */
static inline bool cpy_head_lives(const struct cpy *cpy, const unsigned char *head)
{
	if (__builtin_expect(cpy->layout.count.is_split, 0))
		return cpy_head_sum(head) > 0;
	return (cpy_load64(head) & cpy->layout.count.mask) - 1 < cpy->layout.count.limit;
}

static inline bool cpy_head_immortal(const struct cpy *cpy, const unsigned char *head)
{
	uint64_t word = cpy_load64(head);

	if (__builtin_expect(cpy->layout.count.is_split, 0))
		return cpy_load32(head + CPY_LOCAL_COUNT) == CPY_LOCAL_IMMORTAL;
	if (!cpy->layout.count.is_narrow)
		return word > UINT64_C(500000000); /* static objects start at 999,999,999 */
	return word >> 31 & 1;
}

/* The number of references that @head says there are. */
static inline int64_t cpy_head_count(const struct cpy *cpy, const unsigned char *head)
{
	uint64_t word = cpy_load64(head);
	int64_t sum;

	if (__builtin_expect(cpy->layout.count.is_split, 0)) {
		sum = cpy_head_sum(head);
		if (head[CPY_BITS] & CPY_BIT_DEFERRED && !cpy_head_immortal(cpy, head))
			sum -= (int64_t)cpy->layout.count.deferred;
		return sum;
	}
	return (int64_t)(cpy->layout.count.is_narrow ? word & UINT32_MAX : word);
}

/* cpy_immortal - whether the object at @object is one of those that are not counted. */
static inline bool cpy_immortal(const struct cpy *cpy, uint64_t object)
{
	const unsigned char *head = cpy_head_at(cpy, object);

	return head && cpy_head_immortal(cpy, head);
}

/*
 * cpy_head_tracked, cpy_head_finalized - whether the collector knows the object at
 * @object, which is one of its own (is_gc, and no static type) and has its head at
 * @head; and whether its finalizer has run.
 */
static inline bool cpy_head_tracked(const struct cpy *cpy, const unsigned char *head,
				    uint64_t object)
{
	if (cpy->layout.free_threaded)
		return head[CPY_BITS] & CPY_BIT_TRACKED;
	return cpy_word(cpy, object - 16) != 0;
}

static inline bool cpy_head_finalized(const struct cpy *cpy, const unsigned char *head,
				      uint64_t object)
{
	if (cpy->layout.free_threaded)
		return head[CPY_BITS] & CPY_BIT_FINALIZED;
	return cpy_word(cpy, object - 8) & 1;
}

/* cpy_head_frozen - the same for gc.freeze(); with a GIL a list says so. */
static inline bool cpy_head_frozen(const struct cpy *cpy, const unsigned char *head)
{
	return cpy->layout.free_threaded && head[CPY_BITS] & CPY_BIT_FROZEN;
}

/* cpy_is_heap_type - whether the type at @type is none of those that are static data. */
static inline bool cpy_is_heap_type(const struct cpy *cpy, uint64_t type)
{
	return cpy_get(cpy, type, 168) & CPY_TPFLAG_HEAPTYPE;
}

/*
 * cpy_str_state - the lowest byte of the state of a str whose body's bytes are @at: interned 0-1,
 * kind 2-4, compact 5, ascii 6, ready or static 7.
 */
static inline unsigned cpy_str_state(const struct cpy *cpy, const unsigned char *at)
{
	if (cpy->layout.str.has_wide_state)
		return (at[32] & 3u) | (at[33] & 63u) << 2;
	return at[32];
}

#endif
