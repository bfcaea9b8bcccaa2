/* SPDX-License-Identifier: MIT */
/* The JSON of refgraph retained. */
#include <stdlib.h>

#include "cli/retained.h"

static void put_rows(const struct cli *cli, rg_json *json, const struct retained *retained)
{
	const struct rg_dominators *dominators = retained->dominators;

	rg_json_put_array(json, "objects");
	for (size_t i = 0; i < retained->rows.count; i++) {
		rg_id id = retained->rows.ids[i], above = dominators->dominator[id];
		struct rg_object object = rg_graph_object(retained->graph, id);
		char label[RETAINED_WORDS], holder[2 * RETAINED_WORDS + 8];

		rg_json_put_object(json, NULL);
		rg_json_put_address(json, "address", object.address);
		rg_json_put_string(json, "type", cli_type_name(cli, retained->graph, object.type));
		rg_json_put_u64(json, "size", object.size);
		rg_json_put_u64(json, "owned", object.owned);
		rg_json_put_u64(json, "retained", dominators->retained[id]);
		if (above < dominators->objects)
			rg_json_put_address(json, "dominator",
					    rg_graph_object(retained->graph, above).address);
		else
			rg_json_put_null(json, "dominator");
		if (retained_label(cli, retained, id, false, label, sizeof(label)))
			rg_json_put_string(json, "label", label);
		else
			rg_json_put_null(json, "label");
		retained_held_by(cli, retained, id, holder, sizeof(holder));
		rg_json_put_string(json, "held_by", holder);
		rg_json_put_bool(json, "unreachable", !retained_alive(retained, id));
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
}

static void put_groups(const struct cli *cli, rg_json *json, const struct retained *retained,
		       const struct rg_retained_table *groups, const char *list, const char *key)
{
	rg_json_put_array(json, list);
	for (size_t i = 0; i < groups->count; i++) {
		const struct rg_retained_row *row = &groups->rows[i];

		rg_json_put_object(json, NULL);
		rg_json_put_string(json, key, groups == retained->types
				   ? cli_type_name(cli, retained->graph, row->type) : row->name);
		rg_json_put_u64(json, "count", row->count);
		rg_json_put_u64(json, "bytes", row->bytes);
		rg_json_put_u64(json, "owned", row->owned);
		rg_json_put_u64(json, "retained", row->retained);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
}

static int put_roots(rg_json *json, const struct retained *retained)
{
	size_t count;
	struct retained_root *rows = retained_roots(retained, &count);

	if (!rows)
		return cli_no_memory();
	rg_json_put_array(json, "roots");
	for (size_t i = 0; i < count; i++) {
		rg_json_put_object(json, NULL);
		rg_json_put_string(json, "root", rows[i].name);
		rg_json_put_string(json, "root_kind",
				   rows[i].root ? rg_root_kind_name(rows[i].root->kind) : NULL);
		if (rows[i].object != RG_NONE)
			rg_json_put_address(json, "address",
					    rg_graph_object(retained->graph,
							    rows[i].object).address);
		else
			rg_json_put_null(json, "address");
		rg_json_put_u64(json, "retained", rows[i].retained);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	free(rows);
	return CLI_OK;
}

static void put_threads(rg_json *json, const struct retained *retained)
{
	size_t count;
	const struct rg_thread *threads = rg_graph_threads(retained->graph, &count);

	rg_json_put_array(json, "threads");
	for (size_t i = 0; i < retained->dominators->holder_count; i++) {
		const struct rg_holder *holder = &retained->dominators->holders[i];

		if (holder->kind != RG_HOLDER_THREAD)
			continue;
		rg_json_put_object(json, NULL);
		rg_json_put_address(json, "id", threads[holder->thread].id);
		rg_json_put_u64(json, "native_id", threads[holder->thread].native_id);
		rg_json_put_string(json, "name", threads[holder->thread].name);
		rg_json_put_u64(json, "retained", holder->retained);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
}

static void put_sum(rg_json *json, const char *key, uint64_t objects, uint64_t bytes)
{
	rg_json_put_object(json, key);
	rg_json_put_u64(json, "objects", objects);
	rg_json_put_u64(json, "bytes", bytes);
	rg_json_put_end(json);
}

static void put_set(const struct cli *cli, rg_json *json, const struct retained *retained)
{
	const struct rg_retained_set *set = retained->set;

	rg_json_put_object(json, "set");
	rg_json_put_u64(json, "members", set->members);
	rg_json_put_u64(json, "references", retained->cut_count);
	rg_json_put_u64(json, "excluded", retained->excluded.count);
	rg_json_put_u64(json, "unreachable", set->unreachable);
	rg_json_put_u64(json, "objects", set->objects);
	rg_json_put_u64(json, "tracked", set->tracked);
	rg_json_put_u64(json, "retained", set->bytes);
	rg_json_put_u64(json, "minimum", set->minimum);
	if (cli->options.release)
		put_sum(json, "release", retained->release.objects, retained->release.bytes);
	else
		rg_json_put_null(json, "release");
	if (cli->options.all) {
		rg_json_put_array(json, "addresses");
		for (rg_id id = 0; id < retained->dominators->objects; id++)
			if (set->set[id / 64] >> (id % 64) & 1)
				rg_json_put_address(json, NULL,
						    rg_graph_object(retained->graph, id).address);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
}

int retained_json(struct cli *cli, const struct retained *retained)
{
	const struct rg_dump_info *info = rg_dump_info(retained->dump);
	const struct rg_dominators *dominators = retained->dominators;
	rg_json *json;
	int status = cli_json_begin(cli, &info, 1, &json);

	if (status)
		return status;
	put_sum(json, "alive", dominators->alive_objects, dominators->alive_bytes);
	put_sum(json, "unreachable", dominators->unreachable_objects,
		dominators->unreachable_bytes);
	rg_json_put_bool(json, "certified", dominators->certified);
	if (retained->asked)
		put_set(cli, json, retained);
	put_rows(cli, json, retained);
	if (!retained->asked) {
		put_groups(cli, json, retained, retained->types, "types", "type");
		put_groups(cli, json, retained, retained->modules, "modules", "module");
		status = put_roots(json, retained);
		put_threads(json, retained);
	}
	if (status) {
		rg_json_free(json);
		return status;
	}
	return cli_json_end(json);
}
