/* SPDX-License-Identifier: MIT */
/*
 * mimalloc's segments, and the blocks in them.
 *
 * A segment is 32 MiB, aligned to as much, and begins with its state and an
 * array of slices, one for each 64 KiB; a page is one or more slices, and the
 * first of them its state (mi_segment_t and mi_page_t of mimalloc/types.h).  No
 * list is followed to find them: segments of threads that have ended are on
 * other lists than those of running ones.  What tells a segment is its cookie,
 * its own address and a number that all segments of a process share.
 *
 * Which blocks of a page are free its three lists say: those it hands out next,
 * those freed since, and those that other threads freed.  All others are in use.
 */
#include "base/bitset.h"
#include "runtime/cpython/mimalloc.h"
#include "runtime/cpython/private.h"

#define SEGMENT_SIZE (UINT64_C(32) << 20)
#define SLICE_SIZE UINT64_C(65536)
#define SLICES_MAX 512
#define INFO_SLICES_MAX 7
#define HUGE_BLOCK (UINT64_C(1) << 31) /* and more: as large as the page */
#define CONSTANTS_MAX 64
#define DEBUG_PREFIX 16
#define DEBUG_FILL 0xfd

/* Where segment and page keep what; of the page all that both generations agree on is below. */
struct shape {
	uint16_t cookie, segment_slices, info_slices, kind, entries, slices;
	uint16_t slice_size;
	uint16_t tag, tag_shift;
	uint16_t free, local_free, thread_free;
	uint16_t used;
	uint16_t block_size;
	uint16_t page_start; /* 0: by the size of a block */
	bool is_wide;        /* block_size is a word, used 16 bits */
};

#define PAGE_SLICE_COUNT 0
#define PAGE_CAPACITY 10

static const struct shape shapes[] = {
	[CPY_MIMALLOC_212] = {
		.cookie = 216, .segment_slices = 224, .info_slices = 232, .kind = 240,
		.entries = 248, .slices = 264, .slice_size = 96, .tag = 8, .tag_shift = 3,
		.free = 16, .used = 24, .block_size = 28, .local_free = 32, .thread_free = 40,
	},
	[CPY_MIMALLOC_252] = {
		.cookie = 224, .segment_slices = 248, .info_slices = 256, .kind = 264,
		.entries = 272, .slices = 288, .slice_size = 112, .tag = 35, .free = 16,
		.local_free = 24, .used = 32, .block_size = 40, .page_start = 48,
		.thread_free = 56, .is_wide = true,
	},
};

/* The segments of a process. */
struct segments {
	const struct cpy *cpy;
	const struct shape *shape;
	uint64_t constant; /* of their cookies */
	enum cpy_mimalloc_generation generation;
};

/* The bytes of the segment at @at, its state and all slices; NULL: none stands there. */
static const unsigned char *segment_at(const struct cpy *cpy, const struct shape *shape,
				       uint64_t at)
{
	const unsigned char *bytes = rg_image_at(cpy->image, at, shape->slices + shape->slice_size);
	uint64_t slices, info, entries;
	uint32_t kind;

	if (!bytes || !cpy_load64(bytes + shape->cookie))
		return NULL;
	slices = cpy_load64(bytes + shape->segment_slices);
	info = cpy_load64(bytes + shape->info_slices);
	entries = cpy_load64(bytes + shape->entries);
	kind = cpy_load32(bytes + shape->kind);
	if (!info || info > INFO_SLICES_MAX || !entries || entries > SLICES_MAX ||
	    entries > slices || info > entries || kind > 1 || (!kind && slices != SLICES_MAX) ||
	    cpy_load32(bytes + shape->slices + PAGE_SLICE_COUNT) != info)
		return NULL;
	return rg_image_at(cpy->image, at, shape->slices + shape->slice_size * entries);
}

/* Calls @each for every address at which a segment may begin. */
static rg_error *each_place(const struct cpy *cpy, rg_error *(*each)(void *user, uint64_t at),
			    void *user)
{
	const rg_image *image = cpy->image;
	uint64_t last = 0;
	size_t i;

	for (i = 0; i < image->segment_count; i++) {
		const struct rg_segment *segment = &image->segments[i];
		uint64_t at = (segment->start + SEGMENT_SIZE - 1) & ~(SEGMENT_SIZE - 1);

		if (!segment->writable || segment->from_file)
			continue;
		for (; at >= segment->start && at < segment->end; at += SEGMENT_SIZE) {
			if (at == last)
				continue;
			last = at;
			RG_TRY(each(user, at));
		}
	}
	return NULL;
}

struct census {
	const struct cpy *cpy;
	const struct shape *shape;
	uint64_t constants[CONSTANTS_MAX];
	uint32_t counts[CONSTANTS_MAX];
	unsigned used;
};

static rg_error *count_segment(void *user, uint64_t at)
{
	struct census *census = user;
	const unsigned char *bytes = segment_at(census->cpy, census->shape, at);
	uint64_t constant;
	unsigned i;

	if (!bytes)
		return NULL;
	constant = cpy_load64(bytes + census->shape->cookie) ^ at;
	for (i = 0; i < census->used && census->constants[i] != constant; i++)
		;
	if (i == CONSTANTS_MAX)
		return NULL;
	if (i == census->used) {
		census->constants[census->used++] = constant;
		census->counts[i] = 0;
	}
	census->counts[i]++;
	return NULL;
}

/* Which shape and cookie most segments have. */
static struct segments find_segments(const struct cpy *cpy)
{
	struct segments best = { .cpy = cpy };
	uint32_t most = 0;
	unsigned g, i;

	for (g = CPY_MIMALLOC_212; g <= CPY_MIMALLOC_252; g++) {
		struct census census = { .cpy = cpy, .shape = &shapes[g] };

		/* Nothing there can fail. */
		rg_error_free(each_place(cpy, count_segment, &census));
		for (i = 0; i < census.used; i++) {
			if (census.counts[i] <= most)
				continue;
			most = census.counts[i];
			best.shape = &shapes[g];
			best.constant = census.constants[i];
			best.generation = (enum cpy_mimalloc_generation)g;
		}
	}
	return best;
}

enum cpy_mimalloc_generation cpy_mimalloc_generation(const struct cpy *cpy)
{
	return find_segments(cpy).generation;
}

/* ---- pages ------------------------------------------------------------------ */

struct walk {
	struct segments segments;
	rg_error *(*each)(void *user, const struct cpy_mimalloc_page *page);
	void *user;
	uint64_t is_free[CPY_MIMALLOC_BLOCKS / 64 + 1];
};

/* Adds the list of blocks that begins at @block to those that are free. */
static void add_free(struct walk *walk, struct cpy_mimalloc_page *page,
		     const unsigned char *bytes, uint64_t block)
{
	uint64_t number;

	while (block) {
		number = (block - page->start) / page->size;
		if (block < page->start || number >= page->count ||
		    (block - page->start) % page->size ||
		    !rg_bitset_claim(walk->is_free, number)) {
			page->is_torn = true;
			return;
		}
		block = bytes ? cpy_load64(bytes + (block - page->start))
			      : cpy_word(walk->segments.cpy, block);
	}
}

static uint64_t offset_of_first(uint64_t size)
{
	return size < 8 ? 0 : size <= 64 ? 3 * size : size <= 512 ? size : 0;
}

/* Reads the page that slice @index of the segment at @at begins, whose state is @state. */
static bool read_page(struct walk *walk, uint64_t at, uint64_t index, const unsigned char *state,
		      struct cpy_mimalloc_page *ret)
{
	const struct shape *shape = walk->segments.shape;
	struct cpy_mimalloc_page page = { .is_free = walk->is_free };
	uint64_t first = at + index * SLICE_SIZE, slices = cpy_load32(state + PAGE_SLICE_COUNT);
	const unsigned char *bytes;
	uint16_t capacity, used;

	page.size = shape->is_wide ? cpy_load64(state + shape->block_size)
				   : cpy_load32(state + shape->block_size);
	/* 0: a span of free slices. */
	if (page.size <= 1)
		return false;
	page.end = first + slices * SLICE_SIZE;
	if (page.size >= HUGE_BLOCK)
		page.size = slices * SLICE_SIZE;
	page.start = shape->page_start ? cpy_load64(state + shape->page_start)
				       : first + offset_of_first(page.size);
	memcpy(&capacity, state + PAGE_CAPACITY, 2);
	page.count = capacity;
	page.heap = (enum cpy_mimalloc_heap)(state[shape->tag] >> shape->tag_shift & 15);
	if (shape->is_wide) {
		memcpy(&used, state + shape->used, 2);
		page.used = used;
	} else {
		page.used = cpy_load32(state + shape->used);
	}
	if (page.start < first || page.start >= page.end || page.size < 8 || page.size % 8 ||
	    page.count > (page.end - page.start) / page.size || page.heap > CPY_HEAP_GC_PRE)
		return false;
	bytes = rg_image_at(walk->segments.cpy->image, page.start, page.count * page.size);
	memset(walk->is_free, 0, page.count / 8 + 8);
	add_free(walk, &page, bytes, cpy_load64(state + shape->free));
	add_free(walk, &page, bytes, cpy_load64(state + shape->local_free));
	add_free(walk, &page, bytes, cpy_load64(state + shape->thread_free) & ~UINT64_C(3));
	*ret = page;
	return true;
}

static rg_error *walk_segment(void *user, uint64_t at)
{
	struct walk *walk = user;
	const struct shape *shape = walk->segments.shape;
	const unsigned char *bytes = segment_at(walk->segments.cpy, shape, at), *state;
	uint64_t entries, count, i;
	struct cpy_mimalloc_page page;

	if (!bytes || (cpy_load64(bytes + shape->cookie) ^ at) != walk->segments.constant)
		return NULL;
	entries = cpy_load64(bytes + shape->entries);
	for (i = cpy_load64(bytes + shape->info_slices); i < entries; i += count) {
		state = bytes + shape->slices + shape->slice_size * i;
		count = cpy_load32(state + PAGE_SLICE_COUNT);
		if (!count)
			break;
		if (read_page(walk, at, i, state, &page))
			RG_TRY(walk->each(walk->user, &page));
	}
	return NULL;
}

rg_error *cpy_mimalloc_pages(const struct cpy *cpy,
			     rg_error *(*each)(void *user, const struct cpy_mimalloc_page *page),
			     void *user)
{
	struct walk walk = { .segments = find_segments(cpy), .each = each, .user = user };

	if (!walk.segments.shape)
		return NULL;
	return each_place(cpy, walk_segment, &walk);
}

/* ---- blocks ----------------------------------------------------------------- */

struct blocks {
	void (*each)(void *user, uint64_t start, uint64_t size);
	void *user;
};

static rg_error *put_blocks(void *user, const struct cpy_mimalloc_page *page)
{
	const struct blocks *blocks = user;
	uint32_t i;

	if (page->heap == CPY_HEAP_MEMORY)
		return NULL;
	for (i = 0; i < page->count; i++)
		if (!rg_bitset_test(page->is_free, i))
			blocks->each(blocks->user, page->start + i * page->size, page->size);
	return NULL;
}

void cpy_mimalloc_blocks(const struct cpy *cpy,
			 void (*each)(void *user, uint64_t start, uint64_t size), void *user)
{
	struct blocks blocks = { each, user };

	/* The callback has no way to fail. */
	rg_error_free(cpy_mimalloc_pages(cpy, put_blocks, &blocks));
}

/* Whether the debug hooks have put a size and a letter before what they handed out. */
static bool has_debug_prefix(const struct cpy *cpy, uint64_t block)
{
	const unsigned char *at = rg_image_at(cpy->image, block, DEBUG_PREFIX);
	unsigned i;

	if (!at || (at[8] != 'o' && at[8] != 'm' && at[8] != 'r'))
		return false;
	for (i = 9; i < DEBUG_PREFIX; i++)
		if (at[i] != DEBUG_FILL)
			return false;
	return true;
}

uint64_t cpy_mimalloc_object(const struct cpy *cpy, const struct cpy_mimalloc_page *page,
			     uint64_t block)
{
	if (has_debug_prefix(cpy, block))
		block += DEBUG_PREFIX;
	return page->heap == CPY_HEAP_GC_PRE ? block + 16 : block;
}

static rg_error *sum_free(void *user, const struct cpy_mimalloc_page *page)
{
	uint64_t *sum = user, room = (page->end - page->start) / page->size;

	if (page->used < room)
		*sum += (room - page->used) * page->size;
	return NULL;
}

uint64_t cpy_mimalloc_free(const struct cpy *cpy)
{
	uint64_t sum = 0;

	rg_error_free(cpy_mimalloc_pages(cpy, sum_free, &sum));
	return sum;
}

/* ---- what is the allocator's own --------------------------------------------- */

struct own {
	struct segments segments;
	rg_error *(*each)(void *user, uint64_t start, uint64_t end);
	void *user;
};

static rg_error *own_state(void *user, uint64_t at)
{
	const struct own *own = user;
	const struct shape *shape = own->segments.shape;
	const unsigned char *bytes = segment_at(own->segments.cpy, shape, at);

	if (!bytes || (cpy_load64(bytes + shape->cookie) ^ at) != own->segments.constant)
		return NULL;
	return own->each(own->user, at,
			 at + cpy_load64(bytes + shape->info_slices) * SLICE_SIZE);
}

static rg_error *own_page(void *user, const struct cpy_mimalloc_page *page)
{
	const struct own *own = user;
	uint64_t block = page->start;
	uint32_t i;

	for (i = 0; i < page->count; i++, block += page->size)
		if (rg_bitset_test(page->is_free, i))
			RG_TRY(own->each(own->user, block, block + page->size));
	return block < page->end ? own->each(own->user, block, page->end) : NULL;
}

rg_error *cpy_mimalloc_own(const struct cpy *cpy,
			   rg_error *(*each)(void *user, uint64_t start, uint64_t end), void *user)
{
	struct own own = { .segments = find_segments(cpy), .each = each, .user = user };

	if (!own.segments.shape)
		return NULL;
	RG_TRY(each_place(cpy, own_state, &own));
	return cpy_mimalloc_pages(cpy, own_page, &own);
}
