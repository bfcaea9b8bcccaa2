/* SPDX-License-Identifier: MIT */
/* Labels of references that leave a part of an object, without looking the part up each time. */
#ifndef RG_ANALYSIS_PATH_H
#define RG_ANALYSIS_PATH_H

#include <refgraph/refgraph.h>

#define RG_PATH_LABEL 512 /* longer labels of single references are cut */
#define RG_PATH_DEEPEST 8 /* parts of parts; a ring of parts must end somewhere */

/* What its owners' own labels put before that of a part's reference. */
struct rg_path_lead {
	const struct rg_words *words;
	char before[RG_PATH_DEEPEST * RG_PATH_LABEL];
	char held[RG_PATH_LABEL]; /* the last of them, which what follows may replace */
};

/* rg_path_lead_add - one more ownership, labelled @label, which may be changed. */
void rg_path_lead_add(struct rg_path_lead *lead, char label[RG_PATH_LABEL]);
/*
 * rg_path_lead_join - the label of the element that the ownerships of @lead and a reference
 * labelled @label, which may be changed, make together.  Written and returned as by rg_path_label.
 */
size_t rg_path_lead_join(const struct rg_path_lead *lead, char label[RG_PATH_LABEL], char *buffer,
			 size_t size);
/*
 * rg_path_generalise - "[3]" and "['k']" become "[*]", "key 'x'" "key *", in place; @owner:
 * the type of what the label begins at.
 */
void rg_path_generalise(const struct rg_words *words, const struct rg_type *owner, char *label);

#endif
