/* SPDX-License-Identifier: MIT */
/*
 * The heaps of glibc's malloc: which of their memory is free, so that what was
 * left in it is not taken for something that still holds, and which is in use.
 *
 * A chunk begins with {size of the one before, own size and three flags}; its
 * memory follows.  Flag 1 says that the chunk before is in use, but what waits in
 * the per-thread cache and in the fast bins keeps looking so: there the first
 * word is the next of the list, from glibc 2.32 on crossed with the word's own
 * address >> 12 (malloc/malloc.c, PROTECT_PTR).
 *
 * What is large has pages of its own: flag 2, nothing before it, and a size of
 * whole pages, from which newer releases take the head.
 */
#include "image/image.h"

#define HEAD 16
#define IN_USE 1u
#define MAPPED 2u
#define PAGE UINT64_C(4096)
#define SMALLEST 32
#define LONGEST_CACHED 1056 /* sizes of chunks that the cache takes */
/* Behind the start of an arena's first heap: heap_info and malloc_state, by release. */
#define FIRST_MOST 0xa00

struct heap {
	const struct rg_segment *segment;
	uint64_t first; /* chunk */
	uint64_t top;   /* the last one, which is free */
};

static uint64_t word_at(const struct heap *heap, uint64_t address)
{
	uint64_t word;

	memcpy(&word, heap->segment->bytes + (address - heap->segment->start), 8);
	return word;
}

static uint64_t size_of(const struct heap *heap, uint64_t chunk)
{
	return word_at(heap, chunk + 8) & ~UINT64_C(7);
}

/* Whether chunks follow each other from @first to the end of the segment. */
static bool walks(struct heap *heap, uint64_t first)
{
	uint64_t end = heap->segment->end, chunk = first, size;
	unsigned count = 0;

	for (;; count++) {
		if (end - chunk < SMALLEST)
			return false;
		size = size_of(heap, chunk);
		if (size < SMALLEST || size % 16 || size > end - chunk)
			return false;
		if (size == end - chunk)
			break;
		chunk += size;
	}
	heap->first = first;
	heap->top = chunk;
	return count > 1;
}

static bool find_first(struct heap *heap)
{
	uint64_t start = heap->segment->start, at;

	if (start % 16 || heap->segment->end - start < FIRST_MOST + SMALLEST)
		return false;
	/* The first chunk has nothing before it that could be free. */
	for (at = start; at < start + FIRST_MOST; at += 16)
		if (word_at(heap, at + 8) & IN_USE && walks(heap, at))
			return true;
	return false;
}

/* Whether @chunk waits in a list of free ones that are not marked so. */
static bool is_cached(const struct heap *heap, uint64_t chunk, uint64_t size)
{
	uint64_t at = chunk + HEAD, next = word_at(heap, at) ^ at >> 12;

	if (size > LONGEST_CACHED)
		return false;
	if (!next)
		return true;
	if (next % 16 || next < heap->first || next >= heap->top)
		return false;
	/* The cache names the memory, fast bins the chunk. */
	return size_of(heap, next) == size ||
	       (next >= heap->first + HEAD && size_of(heap, next - HEAD) == size);
}

static rg_error *each_free(const struct heap *heap,
			   rg_error *(*each)(void *user, uint64_t start, uint64_t end), void *user)
{
	uint64_t chunk, size;

	for (chunk = heap->first; chunk < heap->top; chunk += size) {
		size = size_of(heap, chunk);
		/* What follows says of a chunk whether it is in use. */
		if (!(word_at(heap, chunk + size + 8) & IN_USE) || is_cached(heap, chunk, size))
			RG_TRY(each(user, chunk + HEAD, chunk + size));
	}
	return each(user, heap->top + HEAD, heap->segment->end);
}

rg_error *rg_image_malloc_free(const rg_image *image,
			       rg_error *(*each)(void *user, uint64_t start, uint64_t end),
			       void *user)
{
	for (size_t i = 0; i < image->segment_count; i++) {
		struct heap heap = { .segment = &image->segments[i] };

		if (heap.segment->writable && !heap.segment->from_file && find_first(&heap))
			RG_TRY(each_free(&heap, each, user));
	}
	return NULL;
}

struct used {
	void (*each)(void *user, uint64_t start, uint64_t size, bool mapped);
	void *user;
};

static void each_used(const struct heap *heap, const struct used *used)
{
	uint64_t chunk, size;

	for (chunk = heap->first; chunk < heap->top; chunk += size) {
		size = size_of(heap, chunk);
		/* The last word of a chunk in use is the first of the next one. */
		if (word_at(heap, chunk + size + 8) & IN_USE && !is_cached(heap, chunk, size))
			used->each(used->user, chunk + HEAD, size - 8, false);
	}
}

/* Chunks with pages of their own: the kernel lets those that meet become one segment. */
static void each_mapped(const struct rg_segment *segment, const struct used *used)
{
	uint64_t at = (segment->start + PAGE - 1) & ~(PAGE - 1), words[2], size;

	for (; at < segment->end && segment->end - at >= PAGE; at += size) {
		memcpy(words, segment->bytes + (at - segment->start), sizeof(words));
		size = (words[1] + HEAD) & ~(PAGE - 1);
		if (words[0] || (words[1] & 7) != MAPPED || !size ||
		    (words[1] - MAPPED != size && words[1] - MAPPED != size - HEAD) ||
		    size > segment->end - at) {
			size = PAGE;
			continue;
		}
		used->each(used->user, at + HEAD, size - HEAD, true);
	}
}

void rg_image_malloc_used(const rg_image *image,
			  void (*each)(void *user, uint64_t start, uint64_t size, bool mapped),
			  void *user)
{
	const struct used used = { each, user };

	for (size_t i = 0; i < image->segment_count; i++) {
		struct heap heap = { .segment = &image->segments[i] };

		if (!heap.segment->writable || heap.segment->from_file)
			continue;
		if (find_first(&heap))
			each_used(&heap, &used);
		else
			each_mapped(heap.segment, &used);
	}
}

uint64_t rg_image_malloc_room(const rg_image *image, uint64_t address)
{
	struct heap heap = { .segment = rg_image_segment(image, address) };
	uint64_t chunk = address - HEAD, size, next, room;

	if (!heap.segment || !heap.segment->writable || heap.segment->from_file || address % 16 ||
	    address - heap.segment->start < HEAD)
		return 0;
	room = heap.segment->end - address;
	size = size_of(&heap, chunk);
	if (word_at(&heap, chunk + 8) & MAPPED)
		return chunk % PAGE || size % PAGE || size < SMALLEST || size > room + HEAD
			       ? 0 : size - HEAD;
	if (size < SMALLEST || size % 16 || size > room)
		return 0;
	/* The chunk behind it says whether this one is in use, and has a size itself. */
	next = word_at(&heap, chunk + size + 8);
	return next & IN_USE && (next & ~UINT64_C(7)) >= 16 ? size - 8 : 0;
}
