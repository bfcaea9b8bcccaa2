/* SPDX-License-Identifier: MIT */
/*
 * Words of C that name objects: one pass over the writable memory of the dumped
 * process, without what the runtime says is its own and what lies below the
 * stack pointers.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bitset.h"
#include "base/error.h"
#include "base/sort.h"
#include "base/vector.h"
#include "session/session.h"

#define PLACES_LIMIT ((size_t)1 << 24)
#define STEP (UINT64_C(1) << 24) /* bytes between two reports of progress */

/* Of a segment that is looked through: a bit for each word that is the runtime's own. */
struct words {
	uint64_t start, end;
	uint64_t *own;
};

/* Memory that is the live part of a thread's stack: from its stack pointer on. */
struct stack {
	uint64_t pointer, start, end; /* of the segment it lies in */
	uint64_t native_id;
};

struct search {
	const rg_image *image;
	const rg_graph *graph;
	struct rg_attribution *found;
	const struct rg_progress *progress;
	uint64_t low, high;  /* addresses of the first and the last wanted object */
	uint8_t *counts;     /* by object: 0 unless it is wanted; else 1 and places kept */
	struct words *words; /* by segment */
	RG_VECTOR(struct stack) stacks; /* by pointer */
	RG_VECTOR(struct rg_place) places;
	uint64_t passed;
};

static int compare_stacks(const void *a, const void *b, void *user)
{
	const struct stack *left = a, *right = b;

	(void)user;
	return (left->pointer > right->pointer) - (left->pointer < right->pointer);
}

static int compare_places(const void *a, const void *b, void *user)
{
	const struct rg_place *left = a, *right = b;

	(void)user;
	if (left->object != right->object)
		return left->object < right->object ? -1 : 1;
	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	if (left->native_id != right->native_id)
		return left->native_id < right->native_id ? -1 : 1;
	return (left->address > right->address) - (left->address < right->address);
}

/* Sets the bits @from .. @to - 1. */
static void set_bits(uint64_t *bits, uint64_t from, uint64_t to)
{
	for (; from < to && from % 64; from++)
		bits[from / 64] |= UINT64_C(1) << from % 64;
	for (; to - from >= 64; from += 64)
		bits[from / 64] = UINT64_MAX;
	for (; from < to; from++)
		bits[from / 64] |= UINT64_C(1) << from % 64;
}

/* Words that lie in [@start, @end), wholly or in part. */
static rg_error *add_own(void *user, uint64_t start, uint64_t end)
{
	struct search *search = user;

	while (start < end) {
		const struct rg_segment *segment = rg_image_segment(search->image, start);
		struct words *words;
		uint64_t until;

		if (!segment)
			return NULL;
		words = &search->words[segment - search->image->segments];
		until = end < segment->end ? end : segment->end;
		if (words->own)
			set_bits(words->own, (start - words->start) / 8,
				 (until - words->start + 7) / 8);
		start = until;
	}
	return NULL;
}

/* What can hold a word of C's: room for a bit a word. */
static rg_error *prepare(struct search *search)
{
	const rg_image *image = search->image;

	search->words = rg_calloc(image->segment_count + 1, sizeof(*search->words));
	if (!search->words)
		return rg_error_no_memory();
	for (size_t i = 0; i < image->segment_count; i++) {
		const struct rg_segment *segment = &image->segments[i];
		struct words *words = &search->words[i];

		if (!segment->writable || segment->from_file)
			continue;
		words->start = segment->start & ~UINT64_C(7);
		words->end = segment->end;
		words->own = rg_bitset_new((words->end - words->start) / 8 + 1);
		if (!words->own)
			return rg_error_no_memory();
	}
	return NULL;
}

/* Those with unexplained references: nothing of the others is of interest. */
static rg_error *find_wanted(struct search *search)
{
	const rg_graph *graph = search->graph;
	rg_id count = rg_graph_object_count(graph);

	search->counts = rg_calloc((size_t)count + 1, sizeof(*search->counts));
	if (!search->counts)
		return rg_error_no_memory();
	for (rg_id id = 0; id < count; id++) {
		if (rg_graph_external(graph, id) <= 0)
			continue;
		search->counts[id] = 1;
		if (!search->high)
			search->low = rg_graph_object(graph, id).address;
		search->high = rg_graph_object(graph, id).address;
	}
	return NULL;
}

static rg_error *find_stacks(struct search *search)
{
	const rg_image *image = search->image;

	for (size_t i = 0; i < image->thread_count; i++) {
		const struct rg_image_thread *thread = &image->threads[i];
		const struct rg_segment *segment =
			rg_image_segment(image, thread->stack_pointer);
		struct stack stack;

		if (!segment)
			continue;
		stack = (struct stack){ thread->stack_pointer, segment->start, segment->end,
					thread->native_id };
		if (!rg_vector_push(&search->stacks, stack))
			return rg_error_no_memory();
	}
	rg_sort(search->stacks.data, search->stacks.count, sizeof(*search->stacks.data),
		compare_stacks, NULL);
	return NULL;
}

/* If the word names a wanted object, it is a place of that. */
static rg_error *look_at(struct search *search, uint64_t word, const struct rg_place *where)
{
	struct rg_place place = *where;

	place.object = word - search->low <= search->high - search->low
			       ? rg_graph_find(search->graph, word) : RG_NONE;
	if (place.object == RG_NONE || !search->counts[place.object] ||
	    search->counts[place.object] > RG_MOST_PLACES ||
	    search->places.count >= PLACES_LIMIT)
		return NULL;
	search->found->objects += search->counts[place.object]++ == 1;
	return rg_vector_push(&search->places, place) ? NULL : rg_error_no_memory();
}

/* All words of [@start, @end), which lies in @segment, that are not the runtime's. */
static rg_error *scan(struct search *search, const struct rg_segment *segment, uint64_t start,
		      uint64_t end, const struct rg_place *where)
{
	const struct words *words = &search->words[segment - search->image->segments];
	const unsigned char *bytes = segment->bytes + (start - segment->start);
	struct rg_place place = *where;
	uint64_t at = start, word;

	search->found->scanned += end - start;
	for (; end - at >= 8; at += 8, bytes += 8) {
		memcpy(&word, bytes, 8);
		if (__builtin_expect(word - search->low > search->high - search->low, 1) ||
		    rg_bitset_test(words->own, (at - words->start) / 8))
			continue;
		place.address = at;
		RG_TRY(look_at(search, word, &place));
	}
	return NULL;
}

/* The stack pointer that @address lies above, the next one of the segment to *@ret_end. */
static const struct stack *stack_of(const struct search *search, const struct rg_segment *segment,
				    uint64_t address, uint64_t *ret_end)
{
	const struct stack *found = NULL;

	*ret_end = segment->end;
	for (size_t i = 0; i < search->stacks.count; i++) {
		const struct stack *stack = &search->stacks.data[i];

		if (stack->start != segment->start)
			continue;
		if (stack->pointer > address) {
			*ret_end = stack->pointer;
			break;
		}
		found = stack;
	}
	return found;
}

static bool is_stack(const struct search *search, const struct rg_segment *segment)
{
	for (size_t i = 0; i < search->stacks.count; i++)
		if (search->stacks.data[i].start == segment->start)
			return true;
	return false;
}

static rg_error *scan_stack(struct search *search, const struct rg_segment *segment)
{
	uint64_t at = (segment->start + 7) & ~UINT64_C(7), end;

	for (; at < segment->end; at = (end + 7) & ~UINT64_C(7)) {
		const struct stack *stack = stack_of(search, segment, at, &end);
		struct rg_place place = { .kind = RG_PLACE_STACK };

		/* What is below the pointer is dead. */
		if (!stack)
			continue;
		place.native_id = stack->native_id;
		RG_TRY(scan(search, segment, at, end, &place));
	}
	return NULL;
}

static rg_error *scan_segment(struct search *search, const struct rg_segment *segment)
{
	uint64_t at = (segment->start + 7) & ~UINT64_C(7), end, data, data_end;

	if (is_stack(search, segment))
		return scan_stack(search, segment);
	/* Variables and what follows them can stand in one segment. */
	for (; at < segment->end; at = (end + 7) & ~UINT64_C(7)) {
		struct rg_place place = { .kind = RG_PLACE_MEMORY };

		end = segment->end;
		if (rg_image_data_next(search->image, at, &data, &data_end)) {
			place.kind = data <= at ? RG_PLACE_DATA : RG_PLACE_MEMORY;
			data = data <= at ? data_end : data;
			end = data < end ? data : end;
		}
		/* So that progress is told of one that is large. */
		if (end - at > STEP)
			end = at + STEP;
		RG_TRY(scan(search, segment, at, end, &place));
		RG_TRY(rg_progress_step(search->progress, "looking at C's memory",
					search->passed += end - at, search->image->dump_bytes));
	}
	return NULL;
}

static rg_error *scan_registers(struct search *search)
{
	for (size_t i = 0; i < search->image->thread_count; i++) {
		const struct rg_image_thread *thread = &search->image->threads[i];

		for (size_t n = 0; n < thread->register_count; n++) {
			struct rg_place place = { .kind = RG_PLACE_REGISTER, .address = n,
						  .native_id = thread->native_id };

			RG_TRY(look_at(search, thread->registers[n], &place));
		}
	}
	return NULL;
}

static rg_error *search_all(struct search *search, rg_dump *dump)
{
	RG_TRY(find_wanted(search));
	if (!search->high)
		return NULL;
	RG_TRY(prepare(search));
	RG_TRY(rg_dump_own(dump, add_own, search));
	/* What is left in freed memory holds nothing either. */
	RG_TRY(rg_image_malloc_free(search->image, add_own, search));
	RG_TRY(find_stacks(search));
	for (size_t i = 0; i < search->image->segment_count; i++) {
		const struct rg_segment *segment = &search->image->segments[i];

		if (search->words[i].own)
			RG_TRY(scan_segment(search, segment));
	}
	return scan_registers(search);
}

rg_error *rg_dump_attribute(rg_dump *dump, struct rg_attribution **ret)
{
	struct search search = { .image = rg_dump_image(dump),
				 .progress = rg_dump_progress(dump) };
	rg_error *error = rg_dump_graph(dump, &search.graph);

	if (error)
		return error;
	search.found = rg_calloc(1, sizeof(*search.found));
	if (!search.found)
		return rg_error_no_memory();
	search.found->known = search.image != NULL;
	if (search.image)
		error = search_all(&search, dump);
	rg_free(search.counts);
	for (size_t i = 0; search.words && i < search.image->segment_count; i++)
		rg_free(search.words[i].own);
	rg_free(search.words);
	rg_vector_free(&search.stacks);
	if (error) {
		rg_vector_free(&search.places);
		rg_free(search.found);
		return error;
	}
	rg_sort(search.places.data, search.places.count, sizeof(*search.places.data),
		compare_places, NULL);
	search.found->places = search.places.data;
	search.found->count = search.places.count;
	*ret = search.found;
	return NULL;
}

void rg_attribution_free(struct rg_attribution *attribution)
{
	if (!attribution)
		return;
	rg_free((struct rg_place *)attribution->places);
	rg_free(attribution);
}

static int name_data(rg_image *image, const struct rg_place *place, char *buffer, size_t size)
{
	struct rg_image_data data;
	const char *base, *symbol;

	if (!rg_image_data_at(image, place->address, &data))
		return snprintf(buffer, size, "data at 0x%" PRIx64, place->address);
	base = strrchr(data.module->path, '/');
	base = base ? base + 1 : data.module->path;
	symbol = rg_image_symbol_at(image, place->address);
	return snprintf(buffer, size, "%s %s+0x%" PRIx64 "%s%s%s", base,
			data.is_bss ? ".bss" : ".data", data.offset, symbol ? " (" : "",
			symbol ? symbol : "", symbol ? ")" : "");
}

size_t rg_place_name(rg_dump *dump, const struct rg_place *place, char *buffer, size_t size)
{
	rg_image *image = rg_dump_image(dump);
	int length = -1;

	if (size)
		buffer[0] = '\0';
	if (!image)
		return 0;
	switch (place->kind) {
	case RG_PLACE_DATA:
		length = name_data(image, place, buffer, size);
		break;
	case RG_PLACE_MEMORY:
		length = snprintf(buffer, size, "memory at 0x%" PRIx64, place->address);
		break;
	case RG_PLACE_STACK:
		length = snprintf(buffer, size, "stack of thread %" PRIu64, place->native_id);
		break;
	case RG_PLACE_REGISTER:
		length = snprintf(buffer, size, "register %s of thread %" PRIu64,
				  rg_image_register_name(image, place->address), place->native_id);
		break;
	}
	return length > 0 ? (size_t)length : 0;
}
