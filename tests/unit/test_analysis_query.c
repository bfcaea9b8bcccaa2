/* SPDX-License-Identifier: MIT */
/* Queries: what is one, what each test of the language says, and what it does with nonsense. */
#include "unit/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "support/synth.h"

/*
 * A module's dict holds a cache of sessions; two sessions in a cycle are
 * garbage, one of them in a frozen one; a str is what both are called.
 *
 *	0 module   -.__dict__->  1 dict (a part)
 *	1          -['cache']->  2 list of 3 and 4, ['limit'] -> 8, key 'cache' -> 9
 *	3 Session  -.user-> 5 str 'bob', .size -> 8 int 7;   -.__dict__-> 6 dict (a part)
 *	6          -['token']-> 7 bytes
 *	4 Session  -.user-> 9 str 'cache'
 *	10 Node <-> 11 Node
 *	12 OrderedDict -['a b']-> 8, -{'k'}-> 9
 */
#define OBJECTS 13

static struct rg_description words[OBJECTS];

static struct synth *make(void)
{
	static const struct {
		const char *name, *short_name, *module;
		enum rg_origin origin;
		enum rg_role role;
	} types[] = {
		{ "module", "module", "", RG_ORIGIN_RUNTIME, RG_ROLE_NONE },
		{ "dict", "dict", "", RG_ORIGIN_RUNTIME, RG_ROLE_COLLECTION },
		{ "list", "list", "", RG_ORIGIN_RUNTIME, RG_ROLE_COLLECTION },
		{ "app.web.Session", "Session", "app.web", RG_ORIGIN_PROGRAM, RG_ROLE_SESSION },
		{ "str", "str", "", RG_ORIGIN_RUNTIME, RG_ROLE_NONE },
		{ "int", "int", "", RG_ORIGIN_RUNTIME, RG_ROLE_NONE },
		{ "bytes", "bytes", "", RG_ORIGIN_RUNTIME, RG_ROLE_NONE },
		{ "f.<locals>.Node", "Node", "f", RG_ORIGIN_PACKAGE, RG_ROLE_NONE },
		{ "(odd) 'type'", "x", "", RG_ORIGIN_UNKNOWN, RG_ROLE_CACHE },
	};
	static const rg_type_id type_of[OBJECTS] = { 0, 1, 2, 3, 3, 4, 1, 6, 5, 4, 7, 7, 8 };
	struct synth *synth = synth_new(OBJECTS, sizeof(types) / sizeof(types[0]));

	memset(words, 0, sizeof(words));
	for (rg_id id = 0; id < OBJECTS; id++) {
		synth->objects[id].type = type_of[id];
		synth->objects[id].size = 100 + 10 * id;
		words[id].descriptor = -1;
	}
	for (uint32_t t = 0; t < synth->type_count; t++)
		synth->types[t] = (struct rg_type_init){
			.name = types[t].name, .short_name = types[t].short_name,
			.module = types[t].module, .origin = types[t].origin,
			.role = types[t].role,
		};
	synth->objects[2].owned = 4096;
	synth->objects[1].flags |= RG_OBJECT_PLUMBING;
	synth->objects[6].flags |= RG_OBJECT_PLUMBING;
	synth->objects[0].flags |= RG_OBJECT_MODULE;
	synth->objects[8].flags |= RG_OBJECT_IMMORTAL;
	synth->objects[8].flags &= ~(uint32_t)RG_OBJECT_TRACKED;
	synth->objects[11].flags |= RG_OBJECT_FINALIZER;
	synth->objects[12].flags |= RG_OBJECT_OPAQUE | RG_OBJECT_UNREACHED;
	strcpy(words[0].name, "app");
	strcpy(words[0].text, "/srv/app.py");
	strcpy(words[5].value, "'bob'");
	strcpy(words[9].value, "\"ca'che\"");
	strcpy(words[7].value, "b'\\'x'");
	strcpy(words[8].value, "7");
	words[2].has_length = words[12].has_length = true;
	words[2].length = 2;
	words[12].length = 1000;
	words[12].has_bound = words[3].has_bound = true;
	words[12].bound = UINT64_MAX;
	words[3].bound = 5;
	words[4].has_open = words[3].has_open = words[4].open = true;
	words[4].descriptor = 17;
	words[7].has_shown = true;
	words[7].shown = 3;
	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, ".__dict__");
	synth_refer(synth, 1, 2, RG_REFERENCE_STRONG, "['cache']");
	synth_refer(synth, 1, 8, RG_REFERENCE_STRONG, "['limit']");
	synth_refer(synth, 1, 9, RG_REFERENCE_STRONG | RG_REFERENCE_NAME, "key 'cache'");
	synth_refer(synth, 2, 3, RG_REFERENCE_STRONG, "[0]");
	synth_refer(synth, 2, 4, RG_REFERENCE_STRONG, "[1]");
	synth_refer(synth, 3, 5, RG_REFERENCE_STRONG, ".user");
	synth_refer(synth, 3, 8, RG_REFERENCE_STRONG, ".size");
	synth_refer(synth, 3, 6, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, ".__dict__");
	synth_refer(synth, 6, 7, RG_REFERENCE_STRONG, "['token']");
	synth_refer(synth, 4, 9, RG_REFERENCE_STRONG, ".user");
	synth_refer(synth, 4, 3, RG_REFERENCE_WEAK, ".friend");
	synth_refer(synth, 10, 11, RG_REFERENCE_STRONG, ".next");
	synth_refer(synth, 11, 10, RG_REFERENCE_STRONG, ".next");
	synth_refer(synth, 12, 8, RG_REFERENCE_STRONG, "['a b']");
	synth_refer(synth, 12, 9, RG_REFERENCE_STRONG, "{'k'}");
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "sys.modules['app']");
	synth_root(synth, 12, RG_ROOT_LOCAL, 1, "thread 1 local x");
	synth->words = words;
	return synth;
}

/* What @text selects, as "2 3 4". */
static void list(const rg_graph *graph, const char *text, char ret[128])
{
	struct rg_query_result *result = NULL;
	rg_query *query = NULL;
	rg_error *error = rg_query_parse(text, &query);
	size_t at = 0;

	if (error)
		printf("# %s: %s\n", text, rg_error_message(error));
	CU_ASSERT_PTR_NULL_FATAL(error);
	CU_ASSERT_STRING_EQUAL(rg_query_text(query), text);
	CU_ASSERT_EQUAL(rg_query_fault(text), SIZE_MAX);
	error = rg_query_select(graph, query, NULL, &result);
	if (error)
		printf("# %s: %s\n", text, rg_error_message(error));
	CU_ASSERT_PTR_NULL_FATAL(error);
	ret[0] = '\0';
	for (size_t i = 0; i < result->count; i++)
		at += (size_t)sprintf(ret + at, "%s%u", i ? " " : "", (unsigned)result->ids[i]);
	rg_query_result_free(result);
	rg_query_free(query);
}

struct expected {
	const char *text, *ids;
};

static void check(const struct expected *cases, size_t count)
{
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	char found[128];

	for (size_t i = 0; i < count; i++) {
		list(rg_builder_graph(builder), cases[i].text, found);
		if (strcmp(found, cases[i].ids))
			printf("# %s: %s, not %s\n", cases[i].text, found, cases[i].ids);
		CU_ASSERT_STRING_EQUAL(found, cases[i].ids);
	}
	rg_builder_free(builder);
	synth_free(synth);
}
#define CHECK(cases) check(cases, sizeof(cases) / sizeof((cases)[0]))

static void tells_types_and_flags(void)
{
	static const struct expected cases[] = {
		{ "type = app.web.Session", "3 4" },
		{ "type=Session", "3 4" },
		{ "type == app.*", "3 4" },
		{ "type != *t", "0 3 4 5 7 9 10 11 12" },
		{ "type = f.<locals>.Node", "10 11" },
		{ "type = \"(odd) 'type'\"", "12" },
		{ "'(odd) ?type?'", "12" },
		{ "'f.<locals>.Node'", "10 11" },
		{ "'Session#1' or 'list#largest' or 'str#0'", "2 4 5" },
		{ "module = app", "3 4" },
		{ "module != app and module = *", "0 1 2 5 6 7 8 9 10 11 12" },
		{ "origin = package", "10 11" },
		{ "origin = p*", "3 4 10 11" },
		{ "role = collection", "1 2 6" },
		{ "role = none and type = b*", "7" },
		{ "tracked and not plumbing", "0 2 3 4 5 7 9 10 11 12" },
		{ "immortal", "8" },
		{ "frozen", "" },
		{ "finalizer or is_module", "0 11" },
		{ "is_type or unreadable", "" },
		{ "opaque and unreached", "12" },
		{ "unreachable", "10 11" },
		{ "lost", "" },
		{ "open", "4" },
		{ "not open and type = Session", "3" },
		{ "0x1020 or 0x10C0", "2 12" },
		{ "not 0x1000 and root = *", "12" },
	};

	CHECK(cases);
}

static void tells_numbers(void)
{
	static const struct expected cases[] = {
		{ "size > 210", "12" },
		{ "size >= 210 and size <= 210", "11" },
		{ "210 < size", "12" },
		{ "size = 150", "5" },
		{ "size != 150 and size < 170", "0 1 2 3 4 6" },
		{ "owned = 4K", "2" },
		{ "size + owned > 4.1K", "2" },
		{ "size - owned < 0", "2" },
		{ "-size + 100 = 0", "0" },
		{ "size + owned - 4216 == 0 - 0", "2" },
		{ "owned > 50%", "2" },
		{ "retained > 210 and type = Session", "3" },
		{ "retained = size and type = Session", "4" },
		{ "refcount = 3", "9" },
		{ "refcount >= 0 and immortal", "" },
		{ "not refcount >= 0", "8" },
		{ "external = 0 and refcount > 1", "9" },
		{ "external != 0", "" },
		{ "in = 3", "8 9" },
		{ "in = 0", "0 12" },
		{ "out > in", "0 1 2 3 12" },
		{ "out = 3", "1 3" },
		{ "depth = 0", "0 12" },
		{ "depth = 1", "1 8 9" },
		{ "depth > 3", "5 6 7" },
		{ "not depth >= 0", "10 11" },
		{ "len > 1", "2 12" },
		{ "len < 5 or len = 1000", "2 12" },
		{ "bound > 1000", "12" },
		{ "bound = 5", "3" },
		{ "shown + 1 = 4", "7" },
		{ "descriptor >= 0", "4" },
		{ "descriptor != 17", "" },
	};

	CHECK(cases);
}

static void tells_texts_and_labels(void)
{
	static const struct expected cases[] = {
		{ "name = app", "0" },
		{ "name != x", "0" },
		{ "text = '*/app.py'", "0" },
		{ "value = bob", "5" },
		{ "value = \"'bob'\"", "5" },
		{ "value = 'b?b'", "5" },
		{ "value = \"ca'che\"", "9" },
		{ "value = \"'x\"", "7" },
		{ "value != bob", "7 8 9" },
		{ "value = 7", "8" },
		{ "value > 6", "8" },
		{ "value > -1 and value <= 7.5", "8" },
		{ "value < 7", "" },
		{ "attr(user)", "3 4" },
		{ "attr(user) = bob", "3" },
		{ "attr(user) != 'bob'", "4" },
		{ "attr(size) > 6", "3" },
		{ "attr(s*) = 7", "3" },
		{ "attr(token)", "3" },
		{ "attr(cache)", "0" },
		{ "attr(cache, type = list and len = 2)", "0" },
		{ "attr(limit, immortal)", "0" },
		{ "attr(friend, type = Session)", "4" },
		{ "attr(__dict__)", "0 3" },
		{ "key(cache)", "1" },
		{ "key('cache', list)", "1" },
		{ "key(cache, Session#1)", "" },
		{ "key(token)", "6" },
		{ "key(k)", "12" },
		{ "key('a b') = 7", "12" },
		{ "key(1)", "2" },
		{ "key(k) = x", "" },
		{ "root = 'sys.modules*'", "0" },
		{ "root = local", "12" },
		{ "root != local", "0" },
	};

	CHECK(cases);
}

static void tells_relations(void)
{
	static const struct expected cases[] = {
		{ "referrer(list)", "3 4" },
		{ "referrer(type = list)", "3 4" },
		{ "referrer(Session)", "5 6 7 8 9" },
		{ "referrer('Session#0')", "5 6 7 8" },
		{ "referrer(0x1030)", "5 6 7 8" },
		{ "referrer(module)", "1 2 8 9" },
		{ "referrer(referrer(dict))", "3 4" },
		{ "referent(list)", "0 1" },
		{ "referent(bytes)", "3 6" },
		{ "referent(size>200)", "10" },
		{ "referent(tracked) and type = Session", "3 4" },
		{ "referent(f.<locals>.Node)", "10 11" },
		{ "referrer(f.<locals>.Node#0)", "11" },
		{ "reachable_from(0x1020)", "2 3 4 5 6 7 8 9" },
		{ "reachable_from(Session#largest)", "4 9" },
		{ "reachable_from(Node)", "10 11" },
		{ "retained_by(Session#0)", "3 5 6 7" },
		{ "retained_by(list)", "2 3 4 5 6 7" },
		{ "retained_by(unreachable)", "" },
		{ "retained_by(type = none)", "" },
		{ "dominator(list)", "3 4" },
		{ "dominator(Session#0)", "5 6 7" },
		{ "dominator((size > 1 and (not immortal)))", "1 2 3 4 5 6 7 11" },
	};

	CHECK(cases);
}

static void joins(void)
{
	static const struct expected cases[] = {
		{ "type = list or type = str and size > 160", "2 9" },
		{ "(type = list or type = str) and size > 160", "9" },
		{ "not type = list and size < 130", "0 1" },
		{ "not (type = list or size >= 110)", "0" },
		{ "not not type = list", "2" },
		{ "unreachable and size > 1G and retained > 1G", "" },
		{ "size > 190 or unreachable or size < 110", "0 10 11 12" },
		{ "size<130 and size>100", "1 2" },
	};

	CHECK(cases);
}

static void refuse(const char *text, size_t place, const char *expected)
{
	rg_query *query = NULL;
	rg_error *error = rg_query_parse(text, &query);
	char column[40];

	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	sprintf(column, "column %zu: ", place + 1);
	if (strncmp(rg_error_message(error), column, strlen(column)) ||
	    !strstr(rg_error_message(error), expected))
		printf("# %.60s: %s\n", text, rg_error_message(error));
	CU_ASSERT_EQUAL(strncmp(rg_error_message(error), column, strlen(column)), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(rg_error_message(error), expected));
	CU_ASSERT_EQUAL(rg_query_fault(text), place);
	rg_error_free(error);
}

static void says_where_it_is_wrong(void)
{
	refuse("", 0, "expected a test");
	refuse("   ", 3, "expected a test");
	refuse("siez > 3", 0, "not 'siez'; near: size");
	refuse("size > 3 and tpye = x", 13, "not 'tpye'; near: type");
	refuse("reachable(x)", 0, "near: reachable_from, unreachable");
	refuse("quux", 0, "not 'quux'");
	refuse("size", 4, "expected one of > >= < <= = !=");
	refuse("size >", 6, "expected a number or the name of one");
	refuse("size > big", 7, "expected a number or the name of one");
	refuse("size + onwed > 3", 7, "not 'onwed'; near: owned");
	refuse("size > type", 7, "expected a number");
	refuse("1 < 2", 0, "expected the name of a number");
	refuse("size > 3e5", 7, "not '3e5'");
	refuse("5% < size", 0, "expected no %");
	refuse("len > 5%", 6, "expected no %");
	refuse("size + 1 > 5%", 11, "expected no %");
	refuse("type", 4, "expected = or !=");
	refuse("type > x", 7, "expected = or != before a name");
	refuse("type =", 6, "expected a name or a pattern");
	refuse("type = 'x", 7, "expected a name or a pattern");
	refuse("type = ''", 7, "expected a name or a pattern");
	refuse("origin = mars", 9, "expected one of runtime, package, program, unknown");
	refuse("role = clown", 7, "expected the name of a role");
	refuse("value > x", 8, "expected a number");
	refuse("value", 5, "expected one of = != > >= < <=");
	refuse("attr", 4, "expected ( and a name");
	refuse("key = x", 4, "expected ( and a key");
	refuse("attr()", 5, "expected a name or a pattern");
	refuse("attr(x", 6, "expected ) or a comma");
	refuse("attr(x y)", 7, "expected ) or a comma");
	refuse("attr(x, )", 8, "expected a test");
	refuse("attr(x, size > 3", 16, "expected and, or, or )");
	refuse("attr(x) >", 9, "expected a number");
	refuse("referrer", 8, "expected ( and objects");
	refuse("referrer()", 9, "expected a test");
	refuse("referrer(x", 9, "expected a test");
	refuse("referrer(size > 3", 17, "expected and, or, or )");
	refuse("referrer(x#y)", 9, "expected #N or #largest");
	refuse("referrer(x#)", 9, "expected #N or #largest");
	refuse("'x#99999999999'", 1, "expected #N or #largest");
	refuse("tracked = 1", 8, "expected and, or, or the end");
	refuse("tracked immortal", 8, "expected and, or, or the end");
	refuse("tracked and", 11, "expected a test");
	refuse("and tracked", 0, "expected a test");
	refuse("(tracked", 8, "expected and, or, or )");
	refuse("tracked)", 7, "expected and, or, or the end");
	refuse("0x12345678901234567", 0, "expected a test");
	refuse("0x", 0, "expected a test");
	refuse("tracked && frozen", 8, "not '&'");
	refuse("gr\xc3\xb6\xc3\x9f" "e > 3", 0, "expected a test");
	refuse("\x01", 0, "expected a test");
}

/* @count times @part, then @end. */
static char *repeat(const char *part, size_t count, const char *end)
{
	char *text = calloc(1, strlen(part) * count + strlen(end) + 40), *at = text;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	for (size_t i = 0; i < count; i++)
		at = stpcpy(at, part);
	strcpy(at, end);
	return text;
}

static void has_limits(void)
{
	static const struct {
		const char *part;
		size_t most;
		const char *end, *expected;
		char close;
	} cases[] = {
		{ "(", 31, "size>1", "32 within each other", ')' },
		{ "not ", 31, "size>1", "32 within each other", '\0' },
		{ "referrer((", 15, "size>1", "32 within each other", '\0' },
		{ "attr(x, ", 31, "size>1", "32 within each other", ')' },
		{ "size>1 or ", 99, "size>1", "100 tests", '\0' },
		{ "size>1 and ", 99, "size>1", "100 tests", '\0' },
		{ "1+", 248, "size>1", "250 numbers", '\0' },
		{ " ", 4090, "size>1", "4096 bytes", '\0' },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *most = repeat(cases[i].part, cases[i].most, cases[i].end);
		char *more = repeat(cases[i].part, cases[i].most + 1, cases[i].end);
		char *tens = repeat(cases[i].part, 100000, cases[i].end);
		size_t length = strlen(most);

		if (cases[i].close)
			memset(most + length, cases[i].close, cases[i].most);
		if (strncmp(cases[i].part, "referrer", 8) == 0)
			memset(most + length, ')', 2 * cases[i].most);
		CU_ASSERT_EQUAL(rg_query_fault(most), SIZE_MAX);
		refuse(more, rg_query_fault(more), cases[i].expected);
		CU_ASSERT(rg_query_fault(tens) <= 4096);
		free(most);
		free(more);
		free(tens);
	}
}

static void fails(const rg_graph *graph, const char *text, enum rg_error_code code,
		  const char *expected)
{
	struct rg_query_result *result = NULL;
	rg_query *query = NULL;
	rg_error *error;

	CU_ASSERT_PTR_NULL_FATAL(rg_query_parse(text, &query));
	error = rg_query_select(graph, query, NULL, &result);
	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_error_code(error), code);
	CU_ASSERT_PTR_NOT_NULL(strstr(rg_error_message(error), expected));
	CU_ASSERT_PTR_NULL(result);
	rg_error_free(error);
	rg_query_free(query);
}

static void says_what_the_dump_lacks(void)
{
	struct synth *synth = make(), *bare = make(), *rootless = synth_new(3, 1);
	rg_builder *builder = synth_must(synth), *objects, *no_roots;
	char found[128];

	fails(rg_builder_graph(builder), "0x1008", RG_ERROR_NOT_FOUND, "0x1008");
	fails(rg_builder_graph(builder), "referrer(list#1)", RG_ERROR_NOT_FOUND,
	      "only 1 objects of type 'list'");
	rg_builder_free(builder);
	synth_free(synth);

	/* Without references the others still work. */
	bare->no_references = true;
	objects = synth_must(bare);
	list(rg_builder_graph(objects), "type = list and size > 1 and len = 2", found);
	CU_ASSERT_STRING_EQUAL(found, "2");
	fails(rg_builder_graph(objects), "out > 1", RG_ERROR_INVALID, "references");
	rg_builder_free(objects);
	synth_free(bare);

	rootless->no_refcounts = true;
	no_roots = synth_must(rootless);
	fails(rg_builder_graph(no_roots), "depth > 1", RG_ERROR_INCOMPLETE, "roots");
	fails(rg_builder_graph(no_roots), "retained > 1", RG_ERROR_INCOMPLETE, "roots");
	fails(rg_builder_graph(no_roots), "unreachable", RG_ERROR_INCOMPLETE, "");
	/* What comes first leaves nothing to ask it about. */
	list(rg_builder_graph(no_roots), "depth > 1 and size > 1M", found);
	CU_ASSERT_STRING_EQUAL(found, "");
	rg_builder_free(no_roots);
	synth_free(rootless);
}

static void names_what_fits_no_type(void)
{
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	struct rg_query_result *result;
	rg_query *query;

	CU_ASSERT_PTR_NULL_FATAL(rg_query_parse("type = Sesion or referrer(nix) or module = appl "
						"or type != Sesion or 'list'", &query));
	CU_ASSERT_FALSE(!rg_query_needs_references(query));
	CU_ASSERT_PTR_NULL_FATAL(rg_query_select(rg_builder_graph(builder), query, NULL, &result));
	CU_ASSERT_EQUAL(result->count, OBJECTS);
	CU_ASSERT_EQUAL_FATAL(result->unknown_count, 2);
	CU_ASSERT_STRING_EQUAL(result->unknown[0], "Sesion");
	CU_ASSERT_STRING_EQUAL(result->unknown[1], "appl");
	rg_query_result_free(result);
	rg_query_free(query);
	rg_builder_free(builder);
	synth_free(synth);
}

static void knows_near_words(void)
{
	char near[16];

	CU_ASSERT(rg_query_near("retaind", near, sizeof(near)));
	CU_ASSERT_EQUAL(strncmp(near, "retained", 8), 0);
	CU_ASSERT_FALSE(rg_query_near("zzzzzzzz", near, sizeof(near)));
	CU_ASSERT_STRING_EQUAL(near, "");
	CU_ASSERT_FALSE(rg_query_near("x", near, sizeof(near)));
	CU_ASSERT(rg_query_near("typ", near, 3));
	CU_ASSERT_STRING_EQUAL(near, "ty");
}

/* Whatever it is given it says no, or yes and can be asked. */
static void survives_nonsense(void)
{
	static const char *const parts[] = {
		"size", "(", ")", "*", "type", "%", "5", " and ", " or ", "not ", ">", "<=", "'",
		"\"", "-", "+", "1.5K", " ", "\xff", "\x01", "=", "app.*", "9999999999999999999",
		"attr(", "key(", ",", "referrer(", "retained_by(", "0x1000", "#", "#0",
		"unreachable", "depth", "value", "retained", "!=", "{", "}",
	};
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	struct synth_random random = { 11 };
	size_t good = 0;

	for (int round = 0; round < 60000; round++) {
		char text[256] = "";
		size_t count = synth_random(&random, 10);
		rg_query *query = NULL;
		rg_error *error;

		for (size_t i = 0; i < count; i++)
			strcat(text, parts[synth_random(&random,
							sizeof(parts) / sizeof(parts[0]))]);
		error = rg_query_parse(text, &query);
		CU_ASSERT_EQUAL(error == NULL, rg_query_fault(text) == SIZE_MAX);
		if (error) {
			CU_ASSERT(rg_query_fault(text) <= strlen(text));
		} else {
			struct rg_query_result *result = NULL;

			error = rg_query_select(rg_builder_graph(builder), query, NULL, &result);
			CU_ASSERT(!error || rg_error_code(error) == RG_ERROR_NOT_FOUND);
			rg_query_result_free(result);
			good++;
		}
		rg_error_free(error);
		rg_query_free(query);
	}
	CU_ASSERT(good > 100);
	rg_builder_free(builder);
	synth_free(synth);
}

static void survives_failed_allocations(void)
{
	static const char text[] =
		"(attr(user, type = str) or referrer(list) or key(x) or in > 1 or unreachable or "
		"depth = 1) and not (retained > 1M and reachable_from(list)) or retained_by(dict) "
		"or 'str#0'";
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	int64_t failures = 0;

	for (;; failures++) {
		struct rg_query_result *result = NULL;
		rg_query *query = NULL;
		rg_error *error;

		rg_alloc_fail_after(failures);
		error = rg_query_parse(text, &query);
		if (!error)
			error = rg_query_select(rg_builder_graph(builder), query, NULL, &result);
		rg_alloc_fail_after(-1);
		rg_query_result_free(result);
		rg_query_free(query);
		if (!error)
			break;
		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
	}
	CU_ASSERT(failures > 20);
	rg_builder_free(builder);
	synth_free(synth);
}

static const struct rg_test tests[] = {
	RG_TEST(tells_types_and_flags),
	RG_TEST(tells_numbers),
	RG_TEST(tells_texts_and_labels),
	RG_TEST(tells_relations),
	RG_TEST(joins),
	RG_TEST(says_where_it_is_wrong),
	RG_TEST(has_limits),
	RG_TEST(says_what_the_dump_lacks),
	RG_TEST(names_what_fits_no_type),
	RG_TEST(knows_near_words),
	RG_TEST(survives_nonsense),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_query = { "analysis_query", NULL, NULL, tests };
