/* SPDX-License-Identifier: MIT */
/* refgraph chain: why an object is alive. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/chain.h"
#include "cli/command.h"

#define LABEL_SIZE 256
#define WORDS_SIZE 512
#define MOST_CHAINS 1000
#define MOST_LINES 40        /* of one chain; the middle of a longer one is left out */
#define DEEPEST_INDENT 16
#define EXPRESSION_SIZE 65536
#define EXPRESSION_GUESS 4096
#define LONGEST_SHORT 200    /* steps of a chain that --each shows */
#define LONGEST_EXPRESSION 2000 /* shown to people */

struct result {
	rg_dump *dump;
	const rg_graph *graph;
	struct cli_objects targets;
	struct rg_chains *chains;
	rg_picture *picture;
};

/* An object on the way, and how what comes before reaches it. */
struct element {
	rg_id object;
	const struct rg_step *steps; /* NULL: the root itself refers to it */
	size_t step_count;
};

/* The elements of @chain, as a reader sees them; NULL: no memory. */
static struct element *elements_of(const struct cli *cli, const rg_graph *graph,
				   const struct rg_chain *chain, size_t *ret_count)
{
	struct element *elements = malloc((chain->length + 1) * sizeof(*elements));
	size_t count = 0;

	if (!elements)
		return NULL;
	elements[count++] = (struct element){
		chain->length ? chain->steps[0].source : chain->target, NULL, 0
	};
	for (size_t at = 0; at < chain->length;) {
		size_t taken = rg_path_next(graph, chain->steps + at, chain->length - at,
					    cli->options.plumbing);

		if (!taken)
			break;
		elements[count++] = (struct element){
			chain->steps[at + taken - 1].target, chain->steps + at, taken
		};
		at += taken;
	}
	*ret_count = count;
	return elements;
}

static void get_label(const struct cli *cli, const rg_graph *graph, const struct element *element,
		      char label[LABEL_SIZE])
{
	label[0] = '\0';
	if (element->steps)
		rg_path_label(graph, element->steps, element->step_count,
			      (enum rg_label_policy)cli->options.labels, label, LABEL_SIZE);
}

static void put_place(struct cli *cli, const rg_graph *graph, const struct rg_root *root)
{
	const struct rg_thread *threads;
	const struct rg_frame *frame;
	size_t count;

	threads = rg_graph_threads(graph, &count);
	if (root->thread == RG_NONE || root->thread >= count)
		return;
	rg_sink_puts(cli->sink, "  (");
	rg_sink_text(cli->sink, *threads[root->thread].name ? threads[root->thread].name
							     : "thread");
	if (root->frame != RG_NONE && root->frame < threads[root->thread].frame_count) {
		frame = &threads[root->thread].frames[root->frame];
		rg_sink_puts(cli->sink, ", ");
		rg_sink_text(cli->sink, frame->function);
		rg_sink_puts(cli->sink, ", ");
		rg_sink_text(cli->sink, frame->file);
		if (frame->line)
			rg_sink_printf(cli->sink, ":%" PRIu32, frame->line);
	}
	rg_sink_puts(cli->sink, ")");
}

static void put_element(struct cli *cli, const rg_graph *graph, const struct element *element,
			size_t line, bool last)
{
	size_t indent = line < DEEPEST_INDENT ? line : DEEPEST_INDENT;
	char label[LABEL_SIZE], clean[2 * LABEL_SIZE], words[WORDS_SIZE];

	get_label(cli, graph, element, label);
	rg_text_clean(*label ? label : "?", clean, sizeof(clean));
	cli_describe(cli, graph, element->object, words, sizeof(words));
	rg_sink_printf(cli->sink, "  %*s%s%s%s%s  %s  0x%" PRIx64 "%s\n", (int)(3 * (indent - 1)),
		       "", cli->ascii ? "`- " : "\u2514\u2500 ", cli_bold(cli), clean,
		       cli_plain(cli), words, rg_graph_object(graph, element->object).address,
		       !last ? "" : cli->ascii ? "  <- here" : "  \u2190 here");
}

/* Whose fault they are is the question that external references leave open. */
static void put_external(struct cli *cli, const struct rg_root *root)
{
	char number[RG_FORMAT_SIZE];

	if (root->kind != RG_ROOT_EXTERNAL)
		return;
	rg_sink_printf(cli->sink, "\n  %s reference%s that nothing in the dump explains: held by "
		       "C code, or taken and never given back\n",
		       rg_format_count(root->count, number), root->count == 1 ? "" : "s");
}

static int put_chain(struct cli *cli, const rg_graph *graph, const struct rg_chain *chain)
{
	char number[RG_FORMAT_SIZE], words[WORDS_SIZE];
	size_t count, line = 1;
	struct element *elements = elements_of(cli, graph, chain, &count);
	char *expression = malloc(EXPRESSION_SIZE);
	size_t length;

	if (!elements || !expression) {
		free(elements);
		free(expression);
		return cli_no_memory();
	}
	rg_sink_printf(cli->sink, "\n  %s", cli_bold(cli));
	rg_sink_text(cli->sink, chain->root->name);
	rg_sink_puts(cli->sink, cli_plain(cli));
	put_place(cli, graph, chain->root);
	cli_describe(cli, graph, elements[0].object, words, sizeof(words));
	rg_sink_printf(cli->sink, "  %s  0x%" PRIx64 "%s\n", words,
		       rg_graph_object(graph, elements[0].object).address,
		       count > 1 ? "" : cli->ascii ? "  <- here" : "  \u2190 here");
	for (size_t i = 1; i < count; i++, line++) {
		if (count > MOST_LINES && i == MOST_LINES / 2) {
			size_t skipped = count - MOST_LINES;

			rg_sink_printf(cli->sink, "  %*s... %s more steps ...\n",
				       3 * DEEPEST_INDENT, "", rg_format_count(skipped, number));
			i += skipped;
		}
		put_element(cli, graph, &elements[i], line, i + 1 == count);
	}
	expression[0] = '\0';
	length = rg_path_expression(graph, chain, (enum rg_label_policy)cli->options.labels,
				    cli->options.plumbing, expression, EXPRESSION_SIZE);
	if (length <= LONGEST_EXPRESSION) {
		rg_sink_puts(cli->sink, "\n  ");
		rg_sink_text(cli->sink, expression);
		rg_sink_puts(cli->sink, "\n");
	} else {
		rg_sink_printf(cli->sink, "\n  (an expression of %s bytes: --format json)\n",
			       rg_format_count(length, number));
	}
	put_external(cli, chain->root);
	free(elements);
	free(expression);
	return CLI_OK;
}

/* Of many objects one chain says little: what holds the others? */
static void put_next(struct cli *cli, const struct result *result, rg_id id)
{
	bool many = result->targets.count > 1;

	rg_sink_printf(cli->sink, "\nnext: refgraph %s", many ? "chain --merge" : "backrefs");
	cli_put_dump(cli, rg_dump_info(result->dump)->path);
	if (many) {
		for (int i = 1; i < cli->operand_count; i++)
			cli_put_object(cli, cli->operands[i], "");
		rg_sink_puts(cli->sink, "\n");
		return;
	}
	rg_sink_printf(cli->sink, " 0x%" PRIx64 " -o picture.svg\n",
		       rg_graph_object(result->graph, id).address);
}

/* Why there is no chain, and where to look next. */
static int put_none(struct cli *cli, const struct result *result)
{
	struct rg_garbage *garbage = NULL;
	const struct rg_dump_info *info = rg_dump_info(result->dump);
	char text[CLI_NO_COLLECTOR];
	bool collectable = true, dead = true;
	rg_error *error = rg_garbage_find(result->graph, &garbage);

	/* Without counts or roots nothing more can be said. */
	if (error && rg_error_code(error) != RG_ERROR_INCOMPLETE)
		return cli_fail(error);
	rg_error_free(error);
	for (size_t i = 0; garbage && i < result->targets.count; i++) {
		enum rg_state state = rg_garbage_state(garbage, result->targets.ids[i]);

		collectable &= state == RG_STATE_UNREACHABLE;
		dead &= state != RG_STATE_ALIVE;
	}
	rg_sink_puts(cli->sink, "\n  no root leads here: ");
	if (garbage && dead && info->collector.absent)
		rg_sink_printf(cli->sink, "it is leaked, only what is leaked as well refers to it; "
			       "%s\n", cli_no_collector(info, text));
	else if (garbage && collectable)
		rg_sink_puts(cli->sink, "it is unreachable, only other garbage refers to it; the "
					"collector would free it\n");
	else if (garbage && dead)
		rg_sink_puts(cli->sink, "it is lost, only what no collector will free refers to "
					"it\n");
	else
		rg_sink_puts(cli->sink, "what holds it is not in the dump\n");
	if (!rg_dump_info(result->dump)->complete)
		rg_sink_puts(cli->sink, "  the dump is incomplete: that is no proof that nothing "
					"holds it\n");
	rg_sink_printf(cli->sink, "\nnext: refgraph %s",
		       garbage && dead ? "cycles" : "backrefs");
	cli_put_dump(cli, rg_dump_info(result->dump)->path);
	if (!garbage || !dead)
		rg_sink_printf(cli->sink, " 0x%" PRIx64,
			       rg_graph_object(result->graph, result->targets.ids[0]).address);
	rg_sink_puts(cli->sink, "\n");
	rg_garbage_free(garbage);
	return CLI_OK;
}

static size_t wanted(const struct cli *cli)
{
	return cli->options.all || cli->options.chains > RG_CHAINS_MOST_DISJOINT
		       ? RG_CHAINS_MOST_DISJOINT : (size_t)cli->options.chains;
}

/* Each has to be cut somewhere, and no other needs a cut of its own. */
static void put_disjoint(struct cli *cli, size_t count)
{
	if (count < wanted(cli))
		rg_sink_printf(cli->sink, "\n  there are no more than %zu without a common object: "
			       "%zu reference%s at least would have to go\n", count, count,
			       count == 1 ? "" : "s");
}

static int report(struct cli *cli, const struct result *result)
{
	const struct rg_chains *chains = result->chains;
	rg_id first = chains->count ? chains->chains[0].target : result->targets.ids[0];
	struct rg_object object = rg_graph_object(result->graph, first);
	char words[WORDS_SIZE], number[RG_FORMAT_SIZE];
	int status = CLI_OK;

	cli_head(cli, rg_dump_info(result->dump));
	cli_describe(cli, result->graph, first, words, sizeof(words));
	rg_sink_printf(cli->sink, "%s%s%s at 0x%" PRIx64 "%s%s", cli_bold(cli), words,
		       cli_plain(cli), object.address, cli->dot,
		       rg_format_bytes(object.size + object.owned, number));
	if (result->targets.count > 1)
		rg_sink_printf(cli->sink, "%sone of %s asked for", cli->dot,
			       rg_format_count(result->targets.count, number));
	rg_sink_puts(cli->sink, "\n");
	for (size_t i = 0; !status && i < chains->count; i++)
		status = put_chain(cli, result->graph, &chains->chains[i]);
	if (chains->count && cli->options.disjoint)
		put_disjoint(cli, chains->count);
	if (!chains->count)
		status = put_none(cli, result);
	else if (!status)
		put_next(cli, result, first);
	return status;
}

char *chain_expression(const struct cli *cli, const rg_graph *graph, const struct rg_chain *chain)
{
	enum rg_label_policy labels = (enum rg_label_policy)cli->options.labels;
	char text[EXPRESSION_GUESS];
	size_t length = rg_path_expression(graph, chain, labels, cli->options.plumbing, text,
					   sizeof(text));
	char *expression = malloc(length + 1);

	if (!expression)
		return NULL;
	if (length < sizeof(text))
		memcpy(expression, text, length + 1);
	else
		rg_path_expression(graph, chain, labels, cli->options.plumbing, expression,
				   length + 1);
	return expression;
}

bool chain_evaluates(const struct cli *cli, const rg_graph *graph, const struct rg_chain *chain)
{
	return rg_path_evaluates(graph, chain, (enum rg_label_policy)cli->options.labels,
				 cli->options.plumbing);
}

static int put_chain_json(struct cli *cli, rg_json *json, const rg_graph *graph,
			  const struct rg_chain *chain)
{
	size_t count;
	struct element *elements = elements_of(cli, graph, chain, &count);
	char *expression = chain_expression(cli, graph, chain);
	struct rg_signature *signature = NULL;
	char label[LABEL_SIZE];
	rg_error *error;

	if (!elements || !expression) {
		free(elements);
		free(expression);
		return cli_no_memory();
	}
	error = rg_signature_find(graph, chain, &signature);
	if (error) {
		free(elements);
		free(expression);
		return cli_fail(error);
	}
	rg_json_put_object(json, NULL);
	rg_json_put_string(json, "root", chain->root->name);
	rg_json_put_string(json, "root_kind", rg_root_kind_name(chain->root->kind));
	rg_json_put_string(json, "expression", expression);
	cli_json_evaluates(json, graph, chain_evaluates(cli, graph, chain));
	rg_json_put_string(json, "signature", signature->id);
	rg_json_put_string(json, "shape",
			   cli->options.labels == RG_LABELS_NONE ? NULL : signature->text);
	rg_json_put_array(json, "objects");
	for (size_t i = 0; i < count; i++) {
		struct rg_object object = rg_graph_object(graph, elements[i].object);

		get_label(cli, graph, &elements[i], label);
		rg_json_put_object(json, NULL);
		rg_json_put_address(json, "address", object.address);
		rg_json_put_string(json, "type", cli_type_name(cli, graph, object.type));
		rg_json_put_string(json, "label", *label ? label : NULL);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	rg_json_put_end(json);
	rg_signature_free(signature);
	free(elements);
	free(expression);
	return CLI_OK;
}

static int report_json(struct cli *cli, const struct result *result)
{
	const struct rg_dump_info *info = rg_dump_info(result->dump);
	rg_json *json;
	int status = cli_json_begin(cli, &info, 1, &json);

	if (status)
		return status;
	rg_json_put_bool(json, "found", result->chains->count > 0);
	rg_json_put_array(json, "chains");
	for (size_t i = 0; !status && i < result->chains->count; i++)
		status = put_chain_json(cli, json, result->graph, &result->chains->chains[i]);
	if (status) {
		rg_json_free(json);
		return status;
	}
	rg_json_put_end(json);
	return cli_json_end(json);
}

/* Where an object stands in the picture: chains share what they have in common. */
struct drawn {
	rg_id *objects;
	uint32_t *nodes;
	size_t count;
};

static rg_error *draw_object(const struct result *result, const struct rg_draw_options *options,
			     struct drawn *drawn, rg_id id, unsigned int depth, bool target,
			     uint32_t *ret)
{
	rg_error *error;

	for (size_t i = 0; i < drawn->count; i++) {
		if (drawn->objects[i] == id) {
			*ret = drawn->nodes[i];
			return NULL;
		}
	}
	error = rg_picture_add_object(result->picture, result->graph, id, depth,
				      target ? RG_NODE_TARGET : 0u, options, ret);
	if (error)
		return error;
	drawn->objects[drawn->count] = id;
	drawn->nodes[drawn->count++] = *ret;
	return NULL;
}

/* From the target up to the root, so that depths count from the target. */
static rg_error *draw_chain(const struct cli *cli, const struct result *result,
			    const struct rg_draw_options *options,
			    const struct element *elements, size_t count,
			    const struct rg_root *root, size_t number, struct drawn *drawn)
{
	struct rg_picture_edge edge = { 0, 0, "", 1, 0, RG_REFERENCE_STRONG };
	char label[LABEL_SIZE];
	uint32_t at = 0;
	size_t known = drawn->count;
	rg_error *error = NULL;

	for (size_t i = count; !error && i-- > 0;) {
		bool fresh;

		known = drawn->count;
		error = draw_object(result, options, drawn, elements[i].object,
				    (unsigned int)(count - 1 - i), i + 1 == count, &at);
		fresh = drawn->count > known;
		if (!error && i + 1 < count) {
			get_label(cli, result->graph, &elements[i + 1], label);
			edge.from = at;
			edge.label = label;
			error = rg_picture_add_edge(result->picture, &edge);
		}
		edge.to = at;
		/* The rest of the way is in the picture already. */
		if (!error && !fresh && i + 1 < count)
			return NULL;
	}
	return error ? error : rg_picture_add_root(result->picture, result->graph, root, at,
						   number, &edge.from);
}

static int draw(struct cli *cli, struct result *result)
{
	struct rg_draw_options options;
	struct drawn drawn = { NULL, NULL, 0 };
	size_t most = 1;
	char caption[512];
	rg_error *error;
	int status = CLI_OK;

	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.short_names = cli->options.short_names;
	options.plumbing = cli->options.plumbing;
	options.values = cli->options.values;
	options.labels = (enum rg_label_policy)cli->options.labels;
	for (size_t i = 0; i < result->chains->count; i++)
		most += result->chains->chains[i].length + 1;
	if (most > cli->options.limit_nodes * 4) {
		cli_say("a picture of %zu objects is too large: ask for fewer chains, or for "
			"--format json", most);
		return CLI_TROUBLE;
	}
	drawn.objects = malloc(most * sizeof(*drawn.objects));
	drawn.nodes = malloc(most * sizeof(*drawn.nodes));
	error = rg_picture_new(true, &result->picture);
	if (!drawn.objects || !drawn.nodes)
		status = cli_no_memory();
	for (size_t i = 0; !status && !error && i < result->chains->count; i++) {
		const struct rg_chain *chain = &result->chains->chains[i];
		size_t count;
		struct element *elements = elements_of(cli, result->graph, chain, &count);

		if (!elements)
			status = cli_no_memory();
		else
			error = draw_chain(cli, result, &options, elements, count, chain->root, i,
					   &drawn);
		free(elements);
	}
	snprintf(caption, sizeof(caption), "%.200s: why %.200s is alive",
		 rg_dump_info(result->dump)->path, cli->operands[1]);
	if (!status && !error)
		error = rg_picture_set_caption(result->picture, caption);
	free(drawn.objects);
	free(drawn.nodes);
	if (error)
		return cli_fail(error);
	return status ? status : cli_draw(cli, result->picture);
}

static int show(struct cli *cli, struct result *result)
{
	int status;

	if (cli->options.format != CLI_TREE && cli->options.format != CLI_JSON) {
		if (result->chains->count)
			return draw(cli, result);
		cli_say("%s: no root leads to '%s', so there is nothing to draw",
			rg_dump_info(result->dump)->path, cli->operands[1]);
		return CLI_FINDING;
	}
	status = cli_open(cli);
	if (!status)
		status = cli->options.format == CLI_JSON ? report_json(cli, result)
							 : report(cli, result);
	return status ? status : result->chains->count ? CLI_OK : CLI_FINDING;
}

/* Where --each goes: to JSON, to rows of CSV, or with neither to lines. */
struct each {
	rg_json *json;
	rg_table *table;
};

/* A row of CSV; @expression is NULL where there is no chain, or one too long to write out. */
static void add_each(rg_table *table, struct rg_object object, const char *type,
		     const struct rg_chain *chain, const char *expression, bool evaluates)
{
	char address[24];

	snprintf(address, sizeof(address), "0x%" PRIx64, object.address);
	rg_table_text(table, address);
	rg_table_text(table, type);
	rg_table_text(table, chain ? "true" : "false");
	rg_table_text(table, chain ? chain->root->name : "");
	rg_table_text(table, chain ? rg_root_kind_name(chain->root->kind) : "");
	if (chain)
		rg_table_number(table, (int64_t)chain->length);
	else
		rg_table_empty(table);
	rg_table_text(table, expression ? expression : "");
	rg_table_text(table, evaluates ? "true" : "false");
}

/* The chain to one of many: a line, without what is on the way. */
static int put_short(struct cli *cli, const struct result *result, const struct each *each,
		     rg_id target, const struct rg_chain *chain)
{
	const rg_graph *graph = result->graph;
	struct rg_object object = rg_graph_object(graph, target);
	const char *type = cli_type_name(cli, graph, object.type);
	bool is_short = chain && chain->length <= LONGEST_SHORT;
	rg_json *json = each->json;
	char *expression = is_short ? chain_expression(cli, graph, chain) : NULL;
	struct rg_signature *signature = NULL;
	char number[RG_FORMAT_SIZE];
	rg_error *error;

	if (is_short && !expression)
		return cli_no_memory();
	if (json && is_short) {
		error = rg_signature_find(graph, chain, &signature);
		if (error) {
			free(expression);
			return cli_fail(error);
		}
	}
	if (json) {
		rg_json_put_object(json, NULL);
		rg_json_put_address(json, "address", object.address);
		rg_json_put_string(json, "type", type);
		rg_json_put_string(json, "root", chain ? chain->root->name : NULL);
		rg_json_put_string(json, "root_kind",
				   chain ? rg_root_kind_name(chain->root->kind) : NULL);
		rg_json_put_u64(json, "length", chain ? chain->length : 0);
		rg_json_put_string(json, "expression", expression);
		cli_json_evaluates(json, graph, is_short && chain_evaluates(cli, graph, chain));
		rg_json_put_string(json, "signature", signature ? signature->id : NULL);
		rg_json_put_end(json);
		rg_signature_free(signature);
	} else if (each->table) {
		add_each(each->table, object, type, chain, expression,
			 is_short && chain_evaluates(cli, graph, chain));
	} else {
		rg_sink_printf(cli->sink, "0x%" PRIx64 "  ", object.address);
		rg_sink_text(cli->sink, type);
		rg_sink_puts(cli->sink, "  ");
		if (expression)
			rg_sink_text(cli->sink, expression);
		else if (chain)
			rg_sink_printf(cli->sink, "(%s steps: ask for it alone)",
				       rg_format_count(chain->length, number));
		else
			rg_sink_puts(cli->sink, "(no root leads here)");
		rg_sink_puts(cli->sink, "\n");
	}
	free(expression);
	return CLI_OK;
}

static int put_all_short(struct cli *cli, const struct result *result, const rg_chain_tree *tree,
			 const struct each *each, bool *ret_found)
{
	int status = CLI_OK;

	*ret_found = true;
	for (size_t i = 0; !status && i < result->targets.count; i++) {
		rg_id target = result->targets.ids[i];
		struct rg_chains *chains = NULL;
		rg_error *error = rg_chain_tree_find(tree, target, &chains);

		if (error)
			return cli_fail(error);
		*ret_found = *ret_found && chains->count;
		status = put_short(cli, result, each, target,
				   chains->count ? &chains->chains[0] : NULL);
		rg_chains_free(chains);
	}
	return status;
}

static int finish_each(struct cli *cli, const struct each *each, bool found)
{
	rg_error *error;

	if (each->table) {
		error = rg_table_csv(each->table, cli->sink);
		return error ? cli_fail(error) : CLI_OK;
	}
	if (!each->json)
		return CLI_OK;
	rg_json_put_end(each->json);
	rg_json_put_bool(each->json, "found", found);
	return cli_json_end(each->json);
}

/* One line for each object. */
static int show_each(struct cli *cli, const struct result *result,
		     const struct rg_chains_options *chosen)
{
	struct rg_column raw[] = {
		{ "Address", "address", RG_COLUMN_TEXT },
		{ "Type", "type", RG_COLUMN_TEXT },
		{ "Found", "found", RG_COLUMN_TEXT },
		{ "Root", "root", RG_COLUMN_TEXT },
		{ "Root kind", "root_kind", RG_COLUMN_TEXT },
		{ "Length", "length", RG_COLUMN_COUNT },
		{ "Expression", "expression", RG_COLUMN_TEXT },
		{ NULL, "python", RG_COLUMN_TEXT },
	};
	const struct rg_dump_info *info = rg_dump_info(result->dump);
	enum cli_format format = (enum cli_format)cli->options.format;
	struct each each = { NULL, NULL };
	rg_chain_tree *tree = NULL;
	bool found = false;
	rg_error *error;
	int status;

	if (format != CLI_TREE && format != CLI_JSON && format != CLI_CSV) {
		cli_say("--each writes lines, or with --format json or csv rows: leave it out for "
			"a picture");
		return CLI_TROUBLE;
	}
	error = rg_chain_tree_new(result->graph, chosen, &tree);
	if (rg_graph_words(result->graph)->code_key)
		raw[7].key = rg_graph_words(result->graph)->code_key;
	if (!error && format == CLI_CSV)
		error = rg_table_new(raw, sizeof(raw) / sizeof(raw[0]), &each.table);
	status = error ? cli_fail(error) : cli_open(cli);
	if (!status && format == CLI_JSON)
		status = cli_json_begin(cli, &info, 1, &each.json);
	if (!status && each.json)
		rg_json_put_array(each.json, "each");
	if (!status) {
		status = put_all_short(cli, result, tree, &each, &found);
		if (!status)
			status = finish_each(cli, &each, found);
		else
			rg_json_free(each.json);
	}
	rg_table_free(each.table);
	rg_chain_tree_free(tree);
	return status ? status : found ? CLI_OK : CLI_FINDING;
}

/* Whether the options make sense together. */
static int check(const struct cli *cli)
{
	const struct cli_options *options = &cli->options;

	if (options->merge && (options->each || options->disjoint || options->all ||
			       options->chains != 1)) {
		cli_say("chain: --merge puts together the best chain of each object: leave out "
			"--each, --disjoint, --all and -k");
		return CLI_TROUBLE;
	}
	if (options->limit_given && !options->merge) {
		cli_say("chain: -n is about the lines of --merge; -k N asks for N chains");
		return CLI_TROUBLE;
	}
	if (options->each && options->disjoint) {
		cli_say("chain: --each shows one chain for each object: leave out --disjoint");
		return CLI_TROUBLE;
	}
	if (options->disjoint && options->chains > RG_CHAINS_MOST_DISJOINT) {
		cli_say("chain: --disjoint finds at most %d chains", RG_CHAINS_MOST_DISJOINT);
		return CLI_TROUBLE;
	}
	if (options->format == CLI_CSV && !options->each && !options->merge) {
		cli_say("chain: CSV has a row for every object: ask for it with --each, or with "
			"--merge for a row for every node of the tree");
		return CLI_TROUBLE;
	}
	if (options->format == CLI_COLLAPSED && !options->merge) {
		cli_say("chain: stacks are those of --merge");
		return CLI_TROUBLE;
	}
	return CLI_OK;
}

static int run(struct cli *cli)
{
	struct rg_chains_options options;
	struct result result;
	rg_error *error;
	int status;

	memset(&result, 0, sizeof(result));
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.shortest = cli->options.shortest;
	options.disjoint = cli->options.disjoint;
	options.count = cli->options.all ? MOST_CHAINS : (size_t)cli->options.chains;
	status = check(cli);
	if (status)
		return status;
	status = cli_load(cli, cli->operands[0], &result.dump);
	if (!status)
		status = cli_find(result.dump, cli->operands + 1, (size_t)cli->operand_count - 1,
				  &result.targets);
	if (!status) {
		error = rg_dump_graph(result.dump, &result.graph);
		cli_progress_stage("looking for chains");
		if (!error && !cli->options.each && !cli->options.merge)
			error = rg_chains_find(result.graph, result.targets.ids,
					       result.targets.count, &options, &result.chains);
		status = error ? cli_fail(error)
			 : cli->options.merge ? chain_merged(cli, result.dump, result.graph,
							     &result.targets)
			 : cli->options.each ? show_each(cli, &result, &options)
					     : show(cli, &result);
	}
	rg_picture_free(result.picture);
	rg_chains_free(result.chains);
	free(result.targets.ids);
	rg_dump_close(result.dump);
	return status;
}

static const struct cli_option options[] = {
	{ 'k', "count", "N", CLI_NUMBER, CLI_FIELD(chains), NULL,
	  "show N chains that differ in the last referrer (1)" },
	{ 'a', "all", NULL, CLI_FLAG, CLI_FIELD(all), NULL, "show all such chains, up to 1000" },
	{ 0, "disjoint", NULL, CLI_FLAG, CLI_FIELD(disjoint), NULL,
	  "chains without a common object but the last (with -k or --all, at most 8)" },
	{ 'm', "merge", NULL, CLI_FLAG, CLI_FIELD(merge), NULL,
	  "all objects together: the tree of what holds them, with counts and bytes" },
	{ 'n', "limit", "N", CLI_NUMBER, CLI_FIELD(limit), NULL,
	  "of that tree show N lines, 0 for all (10)" },
	{ 0, "each", NULL, CLI_FLAG, CLI_FIELD(each), NULL,
	  "a line for every object: the expression of its chain" },
	{ 0, "shortest", NULL, CLI_FLAG, CLI_FIELD(shortest), NULL,
	  "the shortest of all, whatever kind of root it is from" },
	{ 0, "short", NULL, CLI_FLAG, CLI_FIELD(short_names), NULL, "names without modules" },
	{ 0, "plumbing", NULL, CLI_FLAG, CLI_FIELD(plumbing), NULL,
	  "show the parts of objects (__dict__) for themselves" },
	CLI_OPTIONS_END,
};

const struct cli_command cli_chain = {
	.name = "chain",
	.operands = "DUMP OBJECT...",
	.summary = "why is this alive: the way from a root",
	.text = "Shows the shortest way from the best kind of root to any of the objects, and as\n"
		"an expression; with --merge the ways to all of them as one tree. Exits with 1\n"
		"when no root leads there.",
	.options = options,
	.formats = CLI_ANY(CLI_TREE) | CLI_ANY(CLI_JSON) | CLI_ANY(CLI_CSV) | CLI_ANY(CLI_DOT) |
		   CLI_ANY(CLI_SVG) | CLI_ANY(CLI_PNG) | CLI_ANY(CLI_PDF) |
		   CLI_ANY(CLI_COLLAPSED),
	.format = CLI_TREE,
	.least = 2,
	.most = -1,
	.run = run,
};
