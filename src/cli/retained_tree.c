/* SPDX-License-Identifier: MIT */
/* Which part of the tree of dominators is shown: built breadth-first, within limits. */
#include "cli/retained_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the children of one branch of one type come to. */
struct sum {
	uint64_t all;    /* bytes */
	uint64_t bytes;  /* of those that do not stand alone */
	uint64_t big;    /* how many could */
	uint32_t branch; /* + 1, once it has one */
};

/* So many of one type stand alone; of more only those that keep a good part of all these. */
#define MOST_ALIKE 5

struct build {
	const struct cli *cli;
	const struct retained *retained;
	const struct retained_limits *limits;
	struct retained_tree *tree;
	size_t vertex_count;
	struct sum *sums;  /* by type */
	rg_id *kids;       /* children of the branch that is looked at */
	rg_type_id *types; /* of these; RG_NONE for what is no object */
	size_t kid_count;
	rg_id *parts;      /* vertices whose children are those of the branch */
};

static uint64_t retained_of(const struct build *build, rg_id vertex)
{
	return build->retained->dominators->retained[vertex];
}

/* A part that is shown as its owner has its children counted as the owner's. */
static bool is_part(const struct build *build, rg_id vertex)
{
	return vertex < build->retained->dominators->objects &&
	       retained_shown(build->cli, build->retained, vertex) != vertex;
}

/* A root and the only object it keeps are one line. */
static bool is_passed(const struct build *build, rg_id vertex)
{
	const struct rg_dominators *dominators = build->retained->dominators;
	size_t count;

	if (vertex < dominators->objects)
		return false;
	rg_dominator_children(build->retained->tree, vertex, &count);
	return dominators->holders[vertex - dominators->objects].kind == RG_HOLDER_ROOT ||
	       !count || !dominators->retained[vertex];
}

static void add_kid(struct build *build, rg_id vertex)
{
	bool object = vertex < build->retained->dominators->objects;

	build->types[build->kid_count] =
		object ? rg_graph_object(build->retained->graph, vertex).type : RG_NONE;
	build->kids[build->kid_count++] = vertex;
}

/* The children of all that @branch stands for. */
static void find_kids(struct build *build, const struct branch *branch)
{
	size_t parts = 0;

	build->kid_count = 0;
	for (size_t i = 0; i < branch->many; i++) {
		build->parts[parts++] = build->tree->vertices[branch->first + i];
		while (parts) {
			size_t count;
			const rg_id *child = rg_dominator_children(
				build->retained->tree, build->parts[--parts], &count);

			/* Parts and roots are few, and none of them is a child twice. */
			for (size_t c = 0; c < count; c++) {
				if (is_part(build, child[c]) || is_passed(build, child[c]))
					build->parts[parts++] = child[c];
				else
					add_kid(build, child[c]);
			}
		}
	}
}

static int by_retained(const void *a, const void *b)
{
	const struct branch *one = a, *other = b;

	if ((one->kind == BRANCH_REST) != (other->kind == BRANCH_REST))
		return one->kind == BRANCH_REST ? 1 : -1;
	if (one->retained != other->retained)
		return one->retained > other->retained ? -1 : 1;
	return (one->vertex > other->vertex) - (one->vertex < other->vertex);
}

/* The sum that child number @i counts in, or NULL for what is no object. */
static struct sum *sum_of(const struct build *build, size_t i)
{
	return build->types[i] == RG_NONE ? NULL : &build->sums[build->types[i]];
}

static bool is_big(const struct build *build, rg_id vertex)
{
	return retained_of(build, vertex) >= build->limits->least &&
	       retained_of(build, vertex) > 0;
}

/* Whether child number @i has a branch of its own; the sums of types are known. */
static bool is_alone(const struct build *build, size_t i)
{
	const struct sum *sum = sum_of(build, i);
	rg_id vertex = build->kids[i];

	if (!is_big(build, vertex))
		return false;
	/* The namespace of a module has a name, others of its type or not. */
	return !sum || sum->big <= MOST_ALIKE ||
	       retained_of(build, vertex) >= sum->all / MOST_ALIKE ||
	       rg_graph_owner(build->retained->graph, vertex) != RG_NONE;
}

static struct branch *add_branch(struct build *build, enum branch_kind kind, uint32_t parent)
{
	struct branch *branch = &build->tree->branches[build->tree->count++];

	*branch = (struct branch){
		.kind = kind, .vertex = RG_NONE, .parent = parent,
		.depth = build->tree->branches[parent].depth + 1,
	};
	return branch;
}

static void add_to(struct build *build, struct branch *branch, rg_id vertex)
{
	if (branch->vertex == RG_NONE)
		branch->vertex = vertex;
	branch->count++;
	branch->retained += retained_of(build, vertex);
}

/* Gives each branch of the children a stretch of vertices, and fills it. */
static void hand_out(struct build *build, uint32_t begin, uint32_t rest)
{
	struct branch *branches = build->tree->branches;

	for (uint32_t b = begin; b < build->tree->count; b++) {
		branches[b].first = build->vertex_count;
		if (b != rest)
			build->vertex_count += branches[b].count;
	}
	for (size_t i = 0; i < build->kid_count; i++) {
		struct sum *sum = sum_of(build, i);
		struct branch *branch;

		if (is_alone(build, i) || !sum || !sum->branch)
			continue;
		branch = &branches[sum->branch - 1];
		build->tree->vertices[branch->first + branch->many++] = build->kids[i];
	}
	for (uint32_t b = begin; b < build->tree->count; b++)
		if (branches[b].kind == BRANCH_ONE)
			build->tree->vertices[branches[b].first + branches[b].many++] =
				branches[b].vertex;
}

static void forget_sums(struct build *build)
{
	for (size_t i = 0; i < build->kid_count; i++) {
		struct sum *sum = sum_of(build, i);

		if (sum)
			*sum = (struct sum){ 0 };
	}
}

/* Branches for the children of branch @at, as long as there is room. */
static void expand(struct build *build, uint32_t at)
{
	struct retained_tree *tree = build->tree;
	uint32_t begin = tree->count, rest = RG_NONE, room;

	find_kids(build, &tree->branches[at]);
	for (size_t i = 0; i < build->kid_count; i++) {
		struct sum *sum = sum_of(build, i);

		if (!sum)
			continue;
		sum->all += retained_of(build, build->kids[i]);
		sum->big += is_big(build, build->kids[i]);
	}
	for (size_t i = 0; i < build->kid_count; i++) {
		struct sum *sum = sum_of(build, i);

		if (sum && !is_alone(build, i))
			sum->bytes += retained_of(build, build->kids[i]);
	}
	for (size_t i = 0; i < build->kid_count; i++) {
		rg_id kid = build->kids[i];
		struct sum *sum = sum_of(build, i);
		bool big = is_alone(build, i);

		room = build->limits->branches - tree->count;
		if (!big && sum && sum->branch) {
			add_to(build, &tree->branches[sum->branch - 1], kid);
		} else if (room > 1 && (big || (sum && sum->bytes >= build->limits->least))) {
			add_to(build, add_branch(build, big ? BRANCH_ONE : BRANCH_TYPE, at), kid);
			if (!big)
				sum->branch = tree->count;
		} else {
			if (rest == RG_NONE && room) {
				add_branch(build, BRANCH_REST, at);
				rest = tree->count - 1;
			}
			if (rest != RG_NONE)
				add_to(build, &tree->branches[rest], kid);
		}
	}
	hand_out(build, begin, rest);
	forget_sums(build);
	for (uint32_t b = begin; b < tree->count; b++)
		tree->branches[at].own -= tree->branches[b].retained;
	qsort(tree->branches + begin, tree->count - begin, sizeof(*tree->branches), by_retained);
	for (uint32_t b = begin; b < tree->count; b++)
		tree->branches[b].own = tree->branches[b].retained;
}

/* The first branch: everything that is alive, or what was named. */
static void add_top(struct build *build)
{
	const struct retained *retained = build->retained;
	struct branch *top = build->tree->branches;
	size_t parts = 0;

	*top = (struct branch){ .kind = BRANCH_ONE, .vertex = retained->dominators->objects };
	build->tree->count = 1;
	if (!retained->asked) {
		build->tree->vertices[build->vertex_count++] = top->vertex;
		top->retained = retained->dominators->alive_bytes;
		top->count = 1;
	}
	/* One that stands below another is in that one's branch. */
	if (retained->asked)
		build->parts[parts++] = top->vertex;
	while (parts) {
		rg_id at = build->parts[--parts];
		size_t count;
		const rg_id *child = rg_dominator_children(retained->tree, at, &count);

		if (at >= retained->dominators->objects ||
		    !(retained->named[at / 64] >> (at % 64) & 1)) {
			memcpy(build->parts + parts, child, count * sizeof(*child));
			parts += count;
			continue;
		}
		build->tree->vertices[build->vertex_count++] = at;
		top->vertex = top->count++ && top->vertex < at ? top->vertex : at;
		top->retained += retained_of(build, at);
	}
	top->many = build->vertex_count;
	top->own = top->retained;
	if (retained->asked && top->count != 1)
		top->kind = BRANCH_TYPE;
}

int retained_tree_new(const struct cli *cli, const struct retained *retained,
		      const struct retained_limits *limits, struct retained_tree *ret)
{
	size_t vertices = retained->dominators->objects + retained->dominators->holder_count + 1;
	struct build build = { .cli = cli, .retained = retained, .limits = limits, .tree = ret };

	ret->branches = calloc(limits->branches + 1, sizeof(*ret->branches));
	ret->vertices = malloc(vertices * sizeof(*ret->vertices));
	build.sums = calloc((size_t)rg_graph_type_count(retained->graph) + 1, sizeof(*build.sums));
	build.kids = malloc(vertices * sizeof(*build.kids));
	build.parts = malloc(vertices * sizeof(*build.parts));
	build.types = malloc(vertices * sizeof(*build.types));
	if (ret->branches && ret->vertices && build.sums && build.kids && build.parts &&
	    build.types) {
		add_top(&build);
		for (uint32_t b = 0; b < ret->count; b++)
			if (ret->branches[b].kind != BRANCH_REST &&
			    ret->branches[b].depth < limits->depth)
				expand(&build, b);
	} else {
		retained_tree_free(ret);
	}
	free(build.sums);
	free(build.kids);
	free(build.parts);
	free(build.types);
	return ret->branches ? CLI_OK : cli_no_memory();
}

void retained_tree_free(struct retained_tree *tree)
{
	free(tree->branches);
	free(tree->vertices);
	*tree = (struct retained_tree){ NULL, 0, NULL };
}

#define TREE_DEPTH 12
#define FINE_DEPTH 100
#define FINE_BRANCHES 20000

struct retained_limits retained_limits_of(const struct cli *cli, const struct retained *retained,
					  bool fine)
{
	const struct cli_options *options = &cli->options;
	struct retained_limits limits = {
		.depth = fine ? FINE_DEPTH : TREE_DEPTH,
		.branches = fine ? FINE_BRANCHES : (uint32_t)options->limit_nodes,
	};
	uint64_t all = retained->asked ? retained->set->bytes : retained->dominators->alive_bytes;

	if (options->levels)
		limits.depth = options->levels < UINT32_MAX ? (uint32_t)options->levels
							    : UINT32_MAX;
	if (options->limit_nodes > FINE_BRANCHES * UINT64_C(100))
		limits.branches = FINE_BRANCHES * 100;
	else if (fine && options->limit_nodes > FINE_BRANCHES)
		limits.branches = (uint32_t)options->limit_nodes;
	if (!limits.branches)
		limits.branches = FINE_BRANCHES * 100;
	if (options->share != UINT64_MAX)
		limits.least = (uint64_t)((unsigned __int128)all * options->share / 100);
	else
		limits.least = all / (fine ? 10000 : 100);
	return limits;
}

/* Many are told by a label that the first, the last and one between have in common. */
void retained_branch_label(const struct cli *cli, const struct retained *retained,
			   const struct retained_tree *tree, const struct branch *branch,
			   char *buffer, size_t size)
{
	const rg_id *vertices = tree->vertices + branch->first;
	const size_t samples[] = { branch->many / 2, branch->many ? branch->many - 1 : 0 };
	bool alike = branch->kind == BRANCH_TYPE;
	char other[RETAINED_WORDS];

	buffer[0] = '\0';
	if (branch->kind == BRANCH_REST || !branch->depth)
		return;
	if (!retained_label(cli, retained, branch->vertex, alike, buffer, size) && !alike)
		retained_owner_label(cli, retained, branch->vertex, buffer, size);
	for (size_t i = 0; alike && i < 2; i++) {
		retained_label(cli, retained, vertices[samples[i]], alike, other, sizeof(other));
		if (strcmp(buffer, other) != 0)
			buffer[0] = '\0';
	}
}

void retained_branch_words(const struct cli *cli, const struct retained *retained,
			   const struct branch *branch, char *buffer, size_t size)
{
	const struct rg_dominators *dominators = retained->dominators;
	char number[RG_FORMAT_SIZE], name[RETAINED_WORDS], line[RETAINED_WORDS + 64];

	rg_format_count(branch->count, number);
	if (branch->kind == BRANCH_REST)
		snprintf(buffer, size, "%s more", number);
	else if (!branch->depth && !retained->asked)
		snprintf(buffer, size, "all living objects");
	else if (!branch->depth && branch->kind == BRANCH_TYPE)
		snprintf(buffer, size, "%s objects", number);
	else if (branch->vertex >= dominators->objects)
		retained_holder(retained, branch->vertex - dominators->objects, buffer, size);
	else if (branch->kind == BRANCH_ONE)
		cli_describe(cli, retained->graph, branch->vertex, buffer, size);
	else {
		rg_text_clean(cli_type_name(cli, retained->graph,
					    rg_graph_object(retained->graph,
							    branch->vertex).type),
			      name, sizeof(name));
		snprintf(line, sizeof(line), "%s %s %s", number, cli->ascii ? "x" : "\u00d7", name);
		snprintf(buffer, size, "%s", line);
	}
}
