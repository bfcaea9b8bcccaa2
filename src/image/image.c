/* SPDX-License-Identifier: MIT */
/*
 * The image itself: its table of segments, the page map over it, reads that
 * cross segments, and its end.  Knows nothing of ELF.
 */
#include "image/image.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "image/private.h"

rg_error *rg_image_new(rg_image **ret)
{
	rg_image *image = rg_calloc(1, sizeof(*image));

	if (!image)
		return rg_error_no_memory();
	image->private = rg_calloc(1, sizeof(*image->private));
	if (!image->private) {
		rg_free(image);
		return rg_error_no_memory();
	}
	image->private->core.fd = -1;
	image->private->page_size = RG_PAGE_SIZE;
	image->private->executable = SIZE_MAX;
	image->complete = true;
	*ret = image;
	return NULL;
}

void rg_image_close(rg_image *image)
{
	struct rg_image_private *private;

	if (!image)
		return;
	private = image->private;
	for (size_t i = 0; private->modules && i < image->module_count; i++) {
		rg_free(private->modules[i].phdrs);
		rg_free(private->modules[i].file_name);
		rg_file_close(&private->modules[i].file);
	}
	for (size_t i = 0; i < private->names.count; i++)
		rg_free(private->names.data[i]);
	for (size_t i = 0; i < image->missing_count; i++)
		rg_free(image->missing[i]);
	rg_free(private->modules);
	rg_free(private->core_path);
	rg_free(private->file_note);
	rg_vector_free(&private->loads);
	rg_vector_free(&private->symbols);
	rg_vector_free(&private->names);
	rg_map_free(&private->symbol_names);
	rg_file_close(&private->core);
	rg_free(private);
	rg_pagemap_free(&image->pages);
	rg_free(image->segments);
	rg_free(image->mappings);
	rg_free(image->modules);
	rg_free(image->threads);
	rg_free(image->missing);
	rg_free(image);
}

rg_error *rg_image_lacks(rg_image *image, const char *sentence)
{
	char *copy;

	if (!rg_vector_grow(&image->missing, &image->private->missing_capacity,
			    image->missing_count, sizeof(*image->missing)))
		return rg_error_no_memory();
	copy = rg_strdup(sentence);
	if (!copy)
		return rg_error_no_memory();
	image->missing[image->missing_count++] = copy;
	image->complete = false;
	return NULL;
}

rg_error *rg_image_lacks_format(rg_image *image, const char *format, ...)
{
	va_list args;
	int length;
	char *sentence;
	rg_error *error;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	sentence = length < 0 ? NULL : rg_alloc((size_t)length + 1);
	if (!sentence)
		return rg_error_no_memory();
	va_start(args, format);
	vsnprintf(sentence, (size_t)length + 1, format, args);
	va_end(args);
	error = rg_image_lacks(image, sentence);
	rg_free(sentence);
	return error;
}

static int compare_segments(const void *a, const void *b)
{
	const struct rg_segment *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	/* Of two that start together the longer comes first; the rest keeps the order total. */
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1;
	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? -1 : 1;
	return 0;
}

/* Cuts overlaps and joins what is one piece in memory and in the file. */
static size_t tidy(struct rg_segment *segments, size_t *count)
{
	size_t overlaps = 0, kept = 0;
	uint64_t end = 0;

	for (size_t i = 0; i < *count; i++) {
		struct rg_segment segment = segments[i];
		struct rg_segment *last = kept ? &segments[kept - 1] : NULL;

		if (segment.start >= segment.end)
			continue;
		if (segment.start < end) {
			overlaps++;
			if (segment.end <= end)
				continue;
			segment.bytes += end - segment.start;
			segment.start = end;
		}
		end = segment.end;
		if (last && last->end == segment.start && last->writable == segment.writable &&
		    last->from_file == segment.from_file &&
		    last->bytes + (last->end - last->start) == segment.bytes)
			last->end = segment.end;
		else
			segments[kept++] = segment;
	}
	*count = kept;
	return overlaps;
}

/* Enters segment number @value into the map: the first that has a page keeps it. */
static bool map_pages(struct rg_pagemap *map, const struct rg_segment *segment, uint32_t value)
{
	uint64_t page = segment->start >> RG_PAGE_BITS;
	uint64_t last = (segment->end - 1) >> RG_PAGE_BITS;

	for (;;) {
		uint64_t chunk_last = page | (RG_CHUNK_PAGES - 1);
		uint64_t count = (chunk_last < last ? chunk_last : last) - page + 1;
		uint32_t *cells = rg_pagemap_cell(map, page);

		if (!cells)
			return false;
		if (!cells[0])
			cells[0] = value;
		for (uint64_t i = 1; i < count; i++)
			cells[i] = value;
		if (last - page < count)
			return true;
		page += count;
	}
}

rg_error *rg_image_set_segments(rg_image *image, rg_segments *segments, size_t *ret_overlaps)
{
	struct rg_pagemap pages = { NULL, 0, 0 };
	size_t count = segments->count, overlaps;

	if (count > 1)
		qsort(segments->data, count, sizeof(*segments->data), compare_segments);
	overlaps = tidy(segments->data, &count);
	if (count >= UINT32_MAX)
		return rg_error_new(RG_ERROR_LIMIT, "the dump has more than 2^32 segments");
	for (size_t i = 0; i < count; i++) {
		if (!map_pages(&pages, &segments->data[i], (uint32_t)(i + 1))) {
			rg_pagemap_free(&pages);
			return rg_error_no_memory();
		}
	}
	rg_pagemap_free(&image->pages);
	rg_free(image->segments);
	image->pages = pages;
	image->segments = segments->data;
	image->segment_count = count;
	segments->data = NULL;
	rg_vector_free(segments);
	*ret_overlaps = overlaps;
	return NULL;
}

rg_error *rg_image_from_segments(const struct rg_segment *segments, size_t count, rg_image **ret)
{
	rg_image *image;
	rg_segments copy = { NULL, 0, 0 };
	rg_error *error;
	size_t overlaps = 0;

	RG_TRY(rg_image_new(&image));
	copy.data = rg_calloc(count, sizeof(*copy.data));
	if (!copy.data) {
		rg_image_close(image);
		return rg_error_no_memory();
	}
	copy.count = copy.capacity = count;
	for (size_t i = 0; i < count; i++) {
		copy.data[i] = segments[i];
		if (segments[i].end > segments[i].start)
			image->dump_bytes += segments[i].end - segments[i].start;
	}
	error = rg_image_set_segments(image, &copy, &overlaps);
	if (!error && overlaps)
		error = rg_error_new(RG_ERROR_INVALID, "the segments of an image must not overlap");
	if (error) {
		rg_vector_free(&copy);
		rg_image_close(image);
		return error;
	}
	*ret = image;
	return NULL;
}

const struct rg_segment *rg_image_segment_slow(const rg_image *image, uint64_t address)
{
	size_t low = 0, high = image->segment_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (image->segments[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < image->segment_count && image->segments[low].start <= address)
		return &image->segments[low];
	return NULL;
}

bool rg_image_read(const rg_image *image, uint64_t address, void *ret, size_t size)
{
	unsigned char *out = ret;

	while (size) {
		const struct rg_segment *segment = rg_image_segment(image, address);
		uint64_t piece;

		if (!segment)
			return false;
		piece = segment->end - address;
		if (piece > size)
			piece = size;
		memcpy(out, segment->bytes + (address - segment->start), (size_t)piece);
		out += piece;
		address += piece;
		size -= (size_t)piece;
	}
	return true;
}

bool rg_image_string(const rg_image *image, uint64_t address, char *ret, size_t size)
{
	size_t length = 0;

	if (!size)
		return false;
	while (length < size - 1) {
		const struct rg_segment *segment = rg_image_segment(image, address);
		const unsigned char *at, *nul;
		uint64_t piece;

		if (!segment)
			return false;
		at = segment->bytes + (address - segment->start);
		piece = segment->end - address;
		if (piece > size - 1 - length)
			piece = size - 1 - length;
		nul = memchr(at, '\0', (size_t)piece);
		if (nul)
			piece = (uint64_t)(nul - at);
		memcpy(ret + length, at, (size_t)piece);
		length += (size_t)piece;
		address += piece;
		if (nul)
			break;
	}
	ret[length] = '\0';
	return true;
}

const struct rg_mapping *rg_image_mapping_of(const rg_image *image, uint64_t address)
{
	size_t low = 0, high = image->mapping_count;

	/* The last mapping that starts at or below the address. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (image->mappings[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low && address < image->mappings[low - 1].end)
		return &image->mappings[low - 1];
	return NULL;
}

uint64_t rg_image_salt(const rg_image *image)
{
	uint64_t low = 0, high = 0, at = image->private->at_random;

	if (!at || !rg_image_u64(image, at, &low) || !rg_image_u64(image, at + 8, &high))
		return 0;
	/* Not zero, which would say that there is none. */
	return (low ^ high) | 1;
}
