/* SPDX-License-Identifier: MIT */
/*
 * A picture of a part of the graph, as data: boxes, arrows, and how each is to
 * look.  Whatever draws it (a terminal tree, DOT, a page) takes the words and
 * the colours from here, so that all of them agree.
 *
 * The vocabulary is that of objgraph: boxes that grow darker with the distance
 * from what was asked for, red text for that itself, green modules, blue for
 * what is highlighted, a red mark where a finalizer waits.
 */
#ifndef REFGRAPH_PICTURE_H
#define REFGRAPH_PICTURE_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

typedef struct rg_picture rg_picture;

/* What a box stands for. */
enum rg_shape {
	RG_SHAPE_OBJECT = 0,
	RG_SHAPE_ROOT = 1,      /* a place outside the graph */
	RG_SHAPE_FOLD = 2,      /* objects that are counted and not drawn */
	RG_SHAPE_FINALIZER = 3, /* a mark beside an object with a finalizer */
};

/* What is said of a box by its look. */
enum rg_node_flag {
	RG_NODE_TARGET = 1u << 0,      /* what the picture was asked for */
	RG_NODE_MODULE = 1u << 1,
	RG_NODE_HIGHLIGHT = 1u << 2,   /* chosen by the user */
	RG_NODE_UNREACHABLE = 1u << 3, /* garbage that waits for a collector */
	RG_NODE_LOST = 1u << 4,        /* garbage that no collector will find */
	RG_NODE_CUT = 1u << 5,         /* has neighbours beyond the depth that are not drawn */
};

/* One box.  Text is clean, UTF-8, and belongs to the picture. */
struct rg_picture_node {
	const char *id;        /* unique, stable between runs: "o7f3a10c4e2d0" */
	enum rg_shape shape;
	const char *title;     /* the type's name, the root's name, "+ 1,204 more dict" */
	const char *text;      /* further lines, separated by \n; "" for none */
	rg_id object;          /* or RG_NONE */
	uint64_t address;      /* of the object, else 0 */
	unsigned int depth;    /* distance from the targets */
	uint32_t flags;        /* rg_node_flag */
	int64_t refcount;      /* shown behind the title; negative: not shown */
	char fill[8];          /* "#rrggbb", given by the picture */
	char ink[8];           /* the colour of its text, given by the picture */
};

/* One arrow, from the referrer to what it refers to; parallel ones are one. */
struct rg_picture_edge {
	uint32_t from, to;     /* indices of nodes */
	const char *label;     /* "" for none; of parallel references up to three */
	uint64_t count;        /* references it stands for */
	uint32_t labelled;     /* how many of them the label names; given by the picture */
	uint8_t kind;          /* rg_reference_kind */
};

/*
 * rg_picture_new - an empty picture; with @backwards its depth counts against
 * the arrows (who refers to the targets).  *@ret is released with
 * rg_picture_free().  Errors: RG_ERROR_NO_MEMORY.  O(1).
 */
RG_API RG_MUST_CHECK rg_error *rg_picture_new(bool backwards, rg_picture **ret);

/* rg_picture_free - releases @picture; NULL is allowed.  O(nodes + edges); cannot fail. */
RG_API void rg_picture_free(rg_picture *picture);

/*
 * rg_picture_add_node - adds a copy of @node; fill and ink are ignored, title
 * and text are cleaned as rg_text_clean() does (line ends in text stay) and
 * shortened.  Its index, which edges use, is the number of nodes before it.
 * Errors: RG_ERROR_NO_MEMORY, RG_ERROR_LIMIT (over 2^28 nodes).
 * O(length of the strings).
 */
RG_API RG_MUST_CHECK rg_error *rg_picture_add_node(rg_picture *picture,
						   const struct rg_picture_node *node,
						   uint32_t *ret_index);

/*
 * rg_picture_add_edge - adds a copy of @edge; one with the same ends and kind
 * as an earlier one adds to that one's label and count.
 * Errors: RG_ERROR_NO_MEMORY, RG_ERROR_INVALID (an end that is no node).  O(1).
 */
RG_API RG_MUST_CHECK rg_error *rg_picture_add_edge(rg_picture *picture,
						   const struct rg_picture_edge *edge);

/*
 * rg_picture_set_caption - the lines below the picture; copied, and cleaned but for line ends.
 * Errors: RG_ERROR_NO_MEMORY.  O(length).
 */
RG_API RG_MUST_CHECK rg_error *rg_picture_set_caption(rg_picture *picture, const char *caption);

/*
 * rg_picture_nodes - the boxes, with their colours; their number goes to
 * @ret_count.  Owned by the picture, valid until it is changed.  O(nodes);
 * cannot fail.
 */
RG_API const struct rg_picture_node *rg_picture_nodes(rg_picture *picture, size_t *ret_count);

/*
 * rg_picture_edges - the arrows; their number goes to @ret_count.  Owned by the
 * picture, valid until it is changed.  O(1); cannot fail.
 */
RG_API const struct rg_picture_edge *rg_picture_edges(const rg_picture *picture,
						      size_t *ret_count);

/*
 * rg_picture_caption - the lines below the picture, "" for none; owned by the
 * picture.  O(1); cannot fail.
 */
RG_API const char *rg_picture_caption(const rg_picture *picture);

/*
 * rg_picture_legend - what the looks mean that occur in the picture, on one
 * line; owned by the picture, valid until it is changed.
 * Errors: RG_ERROR_NO_MEMORY.  O(nodes + edges).
 */
RG_API RG_MUST_CHECK rg_error *rg_picture_legend(rg_picture *picture, const char **ret);

/* How objects are put into a picture.  @size lets the struct grow. */
struct rg_draw_options {
	size_t size;
	bool backwards;                 /* a neighbourhood of who refers to the targets */
	bool refcounts;                 /* "[2]" behind the type */
	bool sizes;
	bool short_names;
	bool plumbing;                  /* as the neighbourhood was made */
	bool values;                    /* contents of strings and numbers */
	enum rg_label_policy labels;
	const char *const *highlight;   /* patterns of types drawn in blue */
	size_t highlight_count;
	const struct rg_garbage *garbage; /* marks what is unreachable; or NULL */
};

/*
 * rg_picture_add_object - adds object @id of @graph as a node of @flags at
 * @depth, in words and looks as @options (NULL: all defaults) has it; its index
 * goes to *@ret_index.  @picture keeps copies alone, and belongs to the caller.
 * Errors: as rg_picture_add_node().  O(length of what is said of it).
 */
RG_API RG_MUST_CHECK rg_error *rg_picture_add_object(rg_picture *picture, const rg_graph *graph,
						     rg_id id, unsigned int depth, uint32_t flags,
						     const struct rg_draw_options *options,
						     uint32_t *ret_index);

/*
 * rg_picture_add_root - adds @root, which belongs to @graph, as a node and an
 * edge from it to node @index; @number makes its id unique.  Its own index goes
 * to *@ret_index.  @picture keeps copies alone, and belongs to the caller.
 * Errors: as rg_picture_add_node().  O(length of its name).
 */
RG_API RG_MUST_CHECK rg_error *rg_picture_add_root(rg_picture *picture, const rg_graph *graph,
						   const struct rg_root *root, uint32_t index,
						   size_t number, uint32_t *ret_index);

/*
 * rg_picture_draw - @neighborhood of @graph as a picture; @options may be NULL.
 * *@ret is released with rg_picture_free() and needs neither of them any more.
 * Errors: RG_ERROR_NO_MEMORY, RG_ERROR_LIMIT.
 * O(nodes + edges + references of the objects whose edges are labelled).
 */
RG_API RG_MUST_CHECK rg_error *rg_picture_draw(const rg_graph *graph,
					       const struct rg_neighborhood *neighborhood,
					       const struct rg_draw_options *options,
					       rg_picture **ret);

/* How a tree looks on a terminal. */
struct rg_tree_style {
	size_t width; /* columns; 0: lines are not shortened */
	bool color;
	bool ascii;   /* no line-drawing characters */
};

/*
 * rg_picture_tree - writes the picture to @sink as a tree of lines that begins
 * with each target.  An object met twice is followed once, at its smallest
 * depth.  Errors: RG_ERROR_NO_MEMORY; failures to write stay with the sink.
 * O(nodes + edges).
 */
RG_API RG_MUST_CHECK rg_error *rg_picture_tree(rg_picture *picture,
					       const struct rg_tree_style *style, rg_sink *sink);

#endif
