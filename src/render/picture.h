/* SPDX-License-Identifier: MIT */
/* What the files that make and show pictures share. */
#ifndef RG_RENDER_PICTURE_H
#define RG_RENDER_PICTURE_H

#include "base/error.h"
#include "base/map.h"
#include "base/vector.h"

/* An edge while it may still grow: how many labels its text holds. */
struct rg_picture_labels {
	unsigned int shown;
	bool cut;
};

struct rg_picture {
	bool backwards;
	RG_VECTOR(struct rg_picture_node) nodes;
	RG_VECTOR(struct rg_picture_edge) edges;
	RG_VECTOR(struct rg_picture_labels) labels; /* parallel to edges */
	struct rg_map edge_of; /* ends and kind -> index of the edge */
	char *caption;         /* NULL for none */
	char *legend;          /* NULL until asked for */
	const struct rg_words *words; /* of the graph it is of; NULL until an object is there */
};

#endif
