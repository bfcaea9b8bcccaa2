/* SPDX-License-Identifier: MIT */
/*
 * From where on a holder is suspect.  docs/leaks.md explains these numbers to users:
 * keep the two alike.
 */
#include "analysis/leaks.h"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)

#define FEW 8            /* elements that are suspect if each is big */
#define FEW_SHARE 10     /* percent of the living bytes that so few keep */
#define RECORDS_SHARE 10 /* percent that records keep */
#define PLAIN_SHARE 25   /* percent that a table of plain values keeps */
#define NOISE 20         /* what grew by a twentieth and less did not grow */

uint64_t leaks_percent(const struct leaks_work *work, double percent, uint64_t least)
{
	uint64_t bytes = (uint64_t)((double)work->living / 100 * percent);

	return bytes > least ? bytes : least;
}

struct leaks_limit leaks_limit(const struct leaks_work *work, enum leaks_whose whose)
{
	double share = work->how.share;
	uint64_t least = work->how.least, bytes = work->how.bytes;

	switch (whose) {
	case LEAKS_PROGRAM:
		break;
	case LEAKS_MIXED:
		return (struct leaks_limit){ 2 * least, leaks_percent(work, 3 * share, 4 * bytes) };
	case LEAKS_LOCAL:
	case LEAKS_PACKAGE:
	case LEAKS_RUNTIME:
		return (struct leaks_limit){ 10 * least,
					     leaks_percent(work, 10 * share, 4 * bytes) };
	}
	return (struct leaks_limit){ least, leaks_percent(work, share, bytes) };
}

bool leaks_exceeds(const struct leaks_work *work, enum leaks_whose whose, enum leaks_sort sort,
		   uint64_t count, uint64_t bytes)
{
	struct leaks_limit limit = leaks_limit(work, whose);
	uint64_t least = work->how.least;
	double share = work->how.share;

	if (sort != LEAKS_STRUCTURED) {
		double most = (sort == LEAKS_RECORDS ? RECORDS_SHARE : PLAIN_SHARE) * share;

		/* Texts and numbers of the runtime and of packages are tables, however large. */
		return whose <= LEAKS_LOCAL && count >= 10 * least &&
		       bytes >= leaks_percent(work, most, 4 * work->how.bytes);
	}
	if (count >= limit.count && bytes >= limit.bytes)
		return true;
	/* A few, each of them big. */
	return whose <= LEAKS_MIXED && count >= FEW &&
	       bytes >= leaks_percent(work, FEW_SHARE * share, 4 * work->how.bytes);
}

bool leaks_grew_by(uint64_t before, uint64_t now, uint64_t least)
{
	return now > before && now - before >= least && now - before > before / NOISE;
}

bool leaks_outgrows(const struct leaks_work *work, enum leaks_whose whose,
		    const struct leaks_growth *growth)
{
	uint64_t least = work->how.least, bytes = work->how.bytes / 4;
	uint64_t elements = growth->old_elements + (uint64_t)growth->elements;
	uint64_t retained = growth->old_retained + (uint64_t)growth->retained;

	if (growth->elements <= 0 || growth->retained <= 0 || !growth->steady)
		return false;
	if (whose >= LEAKS_LOCAL) {
		least *= 10;
		bytes = leaks_percent(work, work->how.share, 4 * work->how.bytes);
		return leaks_grew_by(growth->old_elements, elements, least) &&
		       leaks_grew_by(growth->old_retained, retained, bytes);
	}
	if (whose == LEAKS_MIXED) {
		least *= 2;
		bytes *= 2;
	}
	return (leaks_grew_by(growth->old_elements, elements, least) &&
		leaks_grew_by(growth->old_retained, retained, bytes / 8)) ||
	       (leaks_grew_by(growth->old_retained, retained, bytes) &&
		leaks_grew_by(growth->old_elements, elements, FEW));
}
