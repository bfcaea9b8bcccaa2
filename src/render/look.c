/* SPDX-License-Identifier: MIT */
/*
 * The look of a picture: which colour says what, and the legend that tells.
 * Colours are given as hue, saturation and value, as objgraph has them.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "render/picture.h"

#define ROOT_FILL "#ffe8a3"
#define MARK_FILL "#ff0000"

/* @hue in sixths of the circle times 100; the rest per cent. */
static void colour(unsigned int hue, unsigned int saturation, unsigned int value, char out[8])
{
	unsigned int sector = hue / 100 % 6, part = hue % 100;
	unsigned int v = value * 255 / 100;
	unsigned int low = v * (100 - saturation) / 100;
	unsigned int falling = v * (10000 - saturation * part) / 10000;
	unsigned int rising = v * (10000 - saturation * (100 - part)) / 10000;
	const unsigned int rgb[6][3] = {
		{ v, rising, low }, { falling, v, low }, { low, v, rising },
		{ low, falling, v }, { rising, low, v }, { v, low, falling },
	};

	snprintf(out, 8, "#%02x%02x%02x", rgb[sector][0] & 0xFF, rgb[sector][1] & 0xFF,
		 rgb[sector][2] & 0xFF);
}

/* Whether white reads better on @fill than black: by WCAG's relative luminance, roughly. */
static bool is_dark(const char fill[8])
{
	unsigned int rgb[3] = { 0 };

	sscanf(fill, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]);
	return 213 * rgb[0] * rgb[0] + 715 * rgb[1] * rgb[1] + 72 * rgb[2] * rgb[2] <
	       1000u * 255 * 255 * 18 / 100;
}

/* White fades to grey with the distance; modules are green, the chosen blue. */
static void give_look(struct rg_picture_node *node, unsigned int deepest)
{
	unsigned int value = deepest ? 100 - 60 * node->depth / deepest : 100;

	if (node->shape == RG_SHAPE_ROOT) {
		snprintf(node->fill, sizeof(node->fill), ROOT_FILL);
	} else if (node->shape == RG_SHAPE_FINALIZER) {
		snprintf(node->fill, sizeof(node->fill), MARK_FILL);
	} else if (node->shape == RG_SHAPE_FOLD) {
		colour(0, 100, value * 3 / 4, node->fill);
	} else if (node->flags & RG_NODE_HIGHLIGHT) {
		colour(360, 60, 50 + value / 2, node->fill);
	} else if (node->flags & RG_NODE_MODULE) {
		/* Red text must be read on it where it is what was asked for. */
		if (node->flags & RG_NODE_TARGET)
			colour(180, 25, 100, node->fill);
		else
			colour(180, 100 - value / 3, 40 + value / 2, node->fill);
	} else {
		colour(0, 0, value, node->fill);
	}
	snprintf(node->ink, sizeof(node->ink), "%s",
		 node->flags & RG_NODE_TARGET ? "#ff0000" : is_dark(node->fill) ? "#ffffff"
										: "#000000");
}

const struct rg_picture_node *rg_picture_nodes(rg_picture *picture, size_t *ret_count)
{
	unsigned int deepest = 0;

	for (size_t i = 0; i < picture->nodes.count; i++)
		if (picture->nodes.data[i].shape == RG_SHAPE_OBJECT &&
		    picture->nodes.data[i].depth > deepest)
			deepest = picture->nodes.data[i].depth;
	for (size_t i = 0; i < picture->nodes.count; i++) {
		struct rg_picture_node *node = &picture->nodes.data[i];

		if (node->depth > deepest && node->shape != RG_SHAPE_OBJECT)
			node->depth = deepest;
		give_look(node, deepest);
	}
	*ret_count = picture->nodes.count;
	return picture->nodes.data;
}

/* What occurs in a picture, as bits. */
enum seen {
	SEEN_MODULE = 1u << 0,
	SEEN_HIGHLIGHT = 1u << 1,
	SEEN_UNREACHABLE = 1u << 2,
	SEEN_LOST = 1u << 3,
	SEEN_CUT = 1u << 4,
	SEEN_ROOT = 1u << 5,
	SEEN_FOLD = 1u << 6,
	SEEN_FINALIZER = 1u << 7,
	SEEN_REFCOUNT = 1u << 8,
	SEEN_WEAK = 1u << 9,
	SEEN_INFERRED = 1u << 10,
	SEEN_BORROWED = 1u << 11,
};

static unsigned int look_around(const rg_picture *picture)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < picture->nodes.count; i++) {
		const struct rg_picture_node *node = &picture->nodes.data[i];

		seen |= node->flags & RG_NODE_MODULE ? SEEN_MODULE : 0u;
		seen |= node->flags & RG_NODE_HIGHLIGHT ? SEEN_HIGHLIGHT : 0u;
		seen |= node->flags & RG_NODE_UNREACHABLE ? SEEN_UNREACHABLE : 0u;
		seen |= node->flags & RG_NODE_LOST ? SEEN_LOST : 0u;
		seen |= node->flags & RG_NODE_CUT ? SEEN_CUT : 0u;
		seen |= node->shape == RG_SHAPE_ROOT ? SEEN_ROOT : 0u;
		seen |= node->shape == RG_SHAPE_FOLD ? SEEN_FOLD : 0u;
		seen |= node->shape == RG_SHAPE_FINALIZER ? SEEN_FINALIZER : 0u;
		seen |= node->refcount >= 0 ? SEEN_REFCOUNT : 0u;
	}
	for (size_t i = 0; i < picture->edges.count; i++) {
		uint8_t kind = picture->edges.data[i].kind;

		seen |= kind == RG_REFERENCE_WEAK ? SEEN_WEAK : 0u;
		seen |= kind == RG_REFERENCE_INFERRED ? SEEN_INFERRED : 0u;
		seen |= kind == RG_REFERENCE_BORROWED ? SEEN_BORROWED : 0u;
	}
	return seen;
}

rg_error *rg_picture_legend(rg_picture *picture, const char **ret)
{
	static const struct {
		unsigned int bit;
		const char *words;
	} entries[] = {
		{ SEEN_MODULE, "green: a " },
		{ SEEN_HIGHLIGHT, "blue: highlighted" },
		{ SEEN_ROOT, "yellow: a root" },
		{ SEEN_FOLD, "red box: counted, not drawn" },
		{ SEEN_FINALIZER, "red circle: has a finalizer" },
		{ SEEN_UNREACHABLE, "red dashed border: unreachable" },
		{ SEEN_LOST, "thick red border: lost" },
		{ SEEN_WEAK, "dashed arrow: weak" },
		{ SEEN_INFERRED, "dotted arrow with ?: inferred" },
		{ SEEN_BORROWED, "dotted grey arrow: not counted" },
		{ SEEN_REFCOUNT, "[n]: reference count" },
		{ SEEN_CUT, "\u22ef: goes on" },
	};
	const char *module = picture->words ? picture->words->module : "module";
	unsigned int seen = look_around(picture);
	struct rg_buffer out = RG_BUFFER_INIT;

	rg_buffer_puts(&out, "red text: asked for \u00b7 darker: further away");
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		if (seen & entries[i].bit)
			rg_buffer_printf(&out, " \u00b7 %s%s", entries[i].words,
					 entries[i].bit == SEEN_MODULE ? module
								       : "");
	if (rg_buffer_failed(&out)) {
		rg_buffer_free(&out);
		return rg_error_no_memory();
	}
	rg_free(picture->legend);
	picture->legend = out.data;
	*ret = picture->legend;
	return NULL;
}
