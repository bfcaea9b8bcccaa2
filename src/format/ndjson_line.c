/* SPDX-License-Identifier: MIT */
/* Taking a line of a portable dump apart: what it is about, and its references. */
#include "format/ndjson_line.h"

#include <refgraph/refgraph.h>

#include "base/alloc.h"

enum rg_ndjson_line rg_ndjson_line_kind(const char *line, size_t length, uint64_t *ret_address)
{
	static const struct {
		const char *key;
		enum rg_ndjson_line kind;
	} known[] = {
		{ "address", RG_LINE_OBJECT }, { "root", RG_LINE_ROOT },
		{ "thread", RG_LINE_THREAD },  { "typedef", RG_LINE_TYPEDEF },
		{ "end", RG_LINE_END },        { "refgraph", RG_LINE_HEADER },
		{ "task", RG_LINE_TASK },
	};
	struct rg_json_scan scan;
	struct rg_json_slice key;

	rg_json_scan_init(&scan, line, length);
	if (!rg_json_enter(&scan, '{'))
		return RG_LINE_BAD;
	while (rg_json_key(&scan, &key)) {
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
			if (!rg_json_is(&key, known[i].key))
				continue;
			if (known[i].kind != RG_LINE_OBJECT && known[i].kind != RG_LINE_ROOT)
				return known[i].kind;
			return rg_json_u64(&scan, ret_address) ? known[i].kind : RG_LINE_BAD;
		}
		if (!rg_json_skip(&scan))
			return RG_LINE_BAD;
	}
	return scan.failed ? RG_LINE_BAD : RG_LINE_OTHER;
}

/* An array of addresses, appended to @v by @push as references of @kind. */
static bool addresses(struct rg_json_scan *scan, struct rg_ndjson_references *refs, bool counted,
		      uint8_t kind)
{
	if (!rg_json_enter(scan, '['))
		return true;
	while (rg_json_element(scan)) {
		struct rg_ndjson_reference reference = { 0, kind, { NULL, 0 } };

		if (!rg_json_u64(scan, &reference.target)) {
			refs->bad++;
			if (!rg_json_skip(scan))
				return true;
			/* Kept as a place: labels and indices count it. */
			reference.target = 0;
		}
		if (!(counted ? rg_vector_push(&refs->counted, reference)
			      : rg_vector_push(&refs->others, reference)))
			return false;
	}
	return true;
}

/* Labels for the @count references at @first; superfluous ones are ignored. */
static void labels(struct rg_json_scan *scan, struct rg_ndjson_reference *first, size_t count)
{
	size_t i = 0;

	if (!rg_json_enter(scan, '['))
		return;
	while (rg_json_element(scan)) {
		struct rg_json_slice label;

		if (rg_json_string(scan, &label)) {
			if (i < count)
				first[i].label = label;
		} else if (!rg_json_skip(scan)) {
			return;
		}
		i++;
	}
}

/* Sets @set in the kind of the counted references whose indices come. */
static void mark(struct rg_json_scan *scan, struct rg_ndjson_references *refs, uint8_t clear,
		 uint8_t set)
{
	if (!rg_json_enter(scan, '['))
		return;
	while (rg_json_element(scan)) {
		uint64_t index;

		if (!rg_json_u64(scan, &index)) {
			refs->bad++;
			if (!rg_json_skip(scan))
				return;
		} else if (index >= refs->counted.count) {
			refs->bad++;
		} else {
			struct rg_ndjson_reference *r = &refs->counted.data[index];

			r->kind = (uint8_t)((r->kind & ~clear) | set);
		}
	}
}

static bool places(struct rg_json_scan *scan, struct rg_ndjson_references *refs)
{
	if (!rg_json_enter(scan, '['))
		return true;
	while (rg_json_element(scan)) {
		uint64_t place;

		if (!rg_json_u64(scan, &place)) {
			refs->bad++;
			place = UINT64_MAX;
			if (!rg_json_skip(scan))
				return true;
		}
		if (!rg_vector_push(&refs->at, place))
			return false;
	}
	return true;
}

/* Puts counted and other references into one order: by "at" where it makes sense. */
static bool merge(struct rg_ndjson_references *refs)
{
	size_t total = refs->counted.count + refs->others.count, next = 0;
	bool placed = refs->at.count == refs->others.count;
	const struct rg_ndjson_reference nothing = { 0, UINT8_MAX, { NULL, 0 } };

	refs->all.count = 0;
	while (refs->all.count < total)
		if (!rg_vector_push(&refs->all, nothing))
			return false;
	for (size_t i = 0; placed && i < refs->at.count; i++) {
		if (refs->at.data[i] >= total || refs->all.data[refs->at.data[i]].kind != UINT8_MAX)
			placed = false;
		else
			refs->all.data[refs->at.data[i]] = refs->others.data[i];
	}
	if (!placed) {
		for (size_t i = 0; i < refs->others.count; i++)
			refs->all.data[refs->counted.count + i] = refs->others.data[i];
		for (size_t i = 0; i < refs->counted.count; i++)
			refs->all.data[i] = refs->counted.data[i];
		return true;
	}
	for (size_t i = 0; i < total; i++)
		if (refs->all.data[i].kind == UINT8_MAX)
			refs->all.data[i] = refs->counted.data[next++];
	return true;
}

bool rg_ndjson_references(const char *line, size_t length, struct rg_ndjson_references *refs)
{
	struct rg_json_scan scan;
	struct rg_json_slice key;
	/* Arrays that refer to others may come before them: kept for a second look. */
	struct rg_json_scan refs_labels = { 0 }, borrowed_labels = { 0 }, weak_labels = { 0 };
	struct rg_json_scan inferred = { 0 }, untraversed = { 0 }, plumbing = { 0 };
	struct rg_json_scan routine = { 0 }, names = { 0 };
	struct rg_json_scan borrowed = { 0 }, weak = { 0 };
	size_t borrowed_count;

	refs->counted.count = refs->others.count = refs->at.count = refs->all.count = 0;
	rg_json_scan_init(&scan, line, length);
	if (!rg_json_enter(&scan, '{'))
		return true;
	while (rg_json_key(&scan, &key)) {
		struct rg_json_scan here = scan;

		if (rg_json_is(&key, "refs")) {
			refs->counted.count = 0;
			if (!addresses(&here, refs, true, RG_REFERENCE_STRONG))
				return false;
		} else if (rg_json_is(&key, "labels")) {
			refs_labels = here;
		} else if (rg_json_is(&key, "borrowed_labels")) {
			borrowed_labels = here;
		} else if (rg_json_is(&key, "weak_labels")) {
			weak_labels = here;
		} else if (rg_json_is(&key, "inferred")) {
			inferred = here;
		} else if (rg_json_is(&key, "untraversed")) {
			untraversed = here;
		} else if (rg_json_is(&key, "plumbing")) {
			plumbing = here;
		} else if (rg_json_is(&key, "routine")) {
			routine = here;
		} else if (rg_json_is(&key, "names")) {
			names = here;
		} else if (rg_json_is(&key, "borrowed")) {
			borrowed = here;
		} else if (rg_json_is(&key, "weak")) {
			weak = here;
		} else if (rg_json_is(&key, "at")) {
			refs->at.count = 0;
			if (!places(&here, refs))
				return false;
		}
		if (!rg_json_skip(&scan))
			break;
	}
	if (borrowed.at && !addresses(&borrowed, refs, false, RG_REFERENCE_BORROWED))
		return false;
	borrowed_count = refs->others.count;
	if (weak.at && !addresses(&weak, refs, false, RG_REFERENCE_WEAK))
		return false;
	if (refs_labels.at)
		labels(&refs_labels, refs->counted.data, refs->counted.count);
	if (borrowed_labels.at)
		labels(&borrowed_labels, refs->others.data, borrowed_count);
	if (weak_labels.at && refs->others.count > borrowed_count)
		labels(&weak_labels, refs->others.data + borrowed_count,
		       refs->others.count - borrowed_count);
	if (untraversed.at)
		mark(&untraversed, refs, RG_REFERENCE_KIND_MASK, RG_REFERENCE_UNTRAVERSED);
	if (inferred.at)
		mark(&inferred, refs, RG_REFERENCE_KIND_MASK, RG_REFERENCE_INFERRED);
	if (plumbing.at)
		mark(&plumbing, refs, 0, RG_REFERENCE_PLUMBING);
	if (routine.at)
		mark(&routine, refs, 0, RG_REFERENCE_ROUTINE);
	if (names.at)
		mark(&names, refs, 0, RG_REFERENCE_NAME);
	return merge(refs);
}

void rg_ndjson_references_free(struct rg_ndjson_references *refs)
{
	rg_vector_free(&refs->all);
	rg_vector_free(&refs->counted);
	rg_vector_free(&refs->others);
	rg_vector_free(&refs->at);
}
