/* SPDX-License-Identifier: MIT */
/* Signatures: what they keep, what they leave out, and what they fold. */
#include "unit/runner.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "support/synth.h"

/* The signature of the best chain to @target; RG_NONE: the last object. */
static struct rg_signature *sign(struct synth *synth, rg_id target)
{
	rg_builder *builder = synth_must(synth);
	const rg_graph *graph = rg_builder_graph(builder);
	rg_id id = target == RG_NONE ? synth->count - 1 : target;
	struct rg_signature *signature;
	struct rg_chains *chains;

	CU_ASSERT_PTR_NULL_FATAL(rg_chains_find(graph, &id, 1, NULL, &chains));
	CU_ASSERT_EQUAL_FATAL(chains->count, 1);
	CU_ASSERT_PTR_NULL_FATAL(rg_signature_find(graph, &chains->chains[0], &signature));
	rg_chains_free(chains);
	rg_builder_free(builder);
	return signature;
}

static void expect(struct synth *synth, const char *text)
{
	struct rg_signature *signature = sign(synth, RG_NONE);

	CU_ASSERT_STRING_EQUAL(signature->text, text);
	rg_signature_free(signature);
}

/* A chain of objects with these labels, NULL-terminated, from @root. */
static struct synth *line_of(const char *const *labels, enum rg_root_kind kind, const char *root)
{
	struct synth *synth;
	rg_id count = 0;

	while (labels[count])
		count++;
	synth = synth_new(count + 1, 1);
	for (rg_id i = 0; i < count; i++)
		synth_refer(synth, i, i + 1, RG_REFERENCE_STRONG, labels[i]);
	synth_root(synth, 0, kind, 1, root);
	return synth;
}

static void keeps_names_and_no_keys(void)
{
	const uint8_t part = RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING;
	struct synth *synth = synth_new(9, 3);
	struct rg_signature *signature;

	synth->types[1].name = "dict";
	synth->types[2].name = "app.Node";
	for (rg_id id = 1; id < 5; id++)
		synth->objects[id].type = id % 2 ? 1 : 2;
	synth_refer(synth, 0, 1, part, ".__dict__");
	synth_refer(synth, 1, 2, RG_REFERENCE_STRONG, "['cache2']");
	synth_refer(synth, 2, 3, part, ".cache");
	synth_refer(synth, 3, 4, RG_REFERENCE_STRONG, "['password']");
	synth_refer(synth, 4, 5, RG_REFERENCE_STRONG, "[17]");
	synth_refer(synth, 5, 6, RG_REFERENCE_STRONG, "{'a'}");
	synth_refer(synth, 6, 7, RG_REFERENCE_STRONG, "key 'k'");
	synth_refer(synth, 7, 8, RG_REFERENCE_STRONG, ".__defaults__[1]");
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "sys.modules['app2']");
	signature = sign(synth, RG_NONE);
	CU_ASSERT_STRING_EQUAL(signature->text,
			       "sys.modules['app2']>T0.cache2>app.Node.cache[*]>app.Node[*]>T0"
			       "{*}>T0{key}>T0.__defaults__[*]>T0");
	CU_ASSERT_EQUAL(strncmp(signature->id, "sig1:", 5), 0);
	CU_ASSERT_EQUAL(strlen(signature->id), 21);
	rg_signature_free(signature);
	/* Only what an object has of its own by that name is a namespace. */
	signature = sign(synth, 3);
	CU_ASSERT_STRING_EQUAL(signature->text,
			       "sys.modules['app2']>T0.cache2>app.Node.cache>dict");
	rg_signature_free(signature);
	synth_free(synth);
}

static void leaves_out_numbers(void)
{
	const char *const labels[] = {
		"local x", "stack 3", ".x2", "+16", "[+8]", "module state 0x7f001", "at 12", NULL,
	};
	struct synth *synth = line_of(labels, RG_ROOT_STATIC, "static type X2");

	expect(synth, "static type X2>T0 local x>T0 stack *>T0.x2>T0+*>T0[+*]>T0"
		      " module state *>T0 at *>T0");
	synth_free(synth);
}

/* A root of this name, alone. */
static void expect_root(enum rg_root_kind kind, const char *name, const char *expected)
{
	const char *const none[] = { NULL };
	struct synth *synth = line_of(none, kind, name);

	expect(synth, expected);
	synth_free(synth);
}

static void names_roots_without_threads(void)
{
	expect_root(RG_ROOT_MODULE, "sys.modules['a.b1']", "sys.modules['a.b1']>T0");
	expect_root(RG_ROOT_LOCAL, "thread Worker-3, frame A.run (a, b.py:31), local x",
		    "frame A.run, local x>T0");
	expect_root(RG_ROOT_LOCAL, "thread 4711, frame <module> (a.py:7), stack 2",
		    "frame <module>, stack *>T0");
	expect_root(RG_ROOT_THREAD_LOCAL, "thread 4711, thread-local local.rows",
		    "thread, thread-local local.rows>T0");
	expect_root(RG_ROOT_THREAD, "thread Thread-1 (f), exc_state", "thread, exc_state>T0");
	expect_root(RG_ROOT_INTERPRETER, "interpreter 12 codec_search_path",
		    "interpreter * codec_search_path>T0");
}

/* A head, @count objects in turns of @period labels, and a list at the end. */
static char *folded(rg_id count, rg_id period)
{
	static const char *const names[] = { ".a", ".b", ".c", ".d", ".e" };
	const char *labels[300] = { ".head" };
	struct rg_signature *signature;
	struct synth *synth;
	static char text[4096];

	for (rg_id i = 0; i < count; i++)
		labels[i + 1] = names[i % period];
	labels[count + 1] = ".rows";
	synth = line_of(labels, RG_ROOT_MODULE, "m");
	signature = sign(synth, RG_NONE);
	snprintf(text, sizeof(text), "%s", signature->text);
	rg_signature_free(signature);
	synth_free(synth);
	return text;
}

static void folds_repetitions(void)
{
	CU_ASSERT_STRING_EQUAL(folded(0, 1), "m>T0.head>T0.rows>T0");
	CU_ASSERT_STRING_EQUAL(folded(1, 1), "m>T0.head>T0.a>T0.rows>T0");
	for (rg_id count = 2; count < 200; count++)
		CU_ASSERT_STRING_EQUAL(folded(count, 1), "m>T0.head>T0(.a>T0)+.rows>T0");
	for (rg_id count = 4; count < 200; count += 2)
		CU_ASSERT_STRING_EQUAL(folded(count, 2), "m>T0.head>T0(.a>T0.b>T0)+.rows>T0");
	for (rg_id count = 8; count < 200; count += 4)
		CU_ASSERT_STRING_EQUAL(folded(count, 4),
				       "m>T0.head>T0(.a>T0.b>T0.c>T0.d>T0)+.rows>T0");
	/* Five together are no repetition. */
	CU_ASSERT_STRING_EQUAL(folded(10, 5), "m>T0.head>T0.a>T0.b>T0.c>T0.d>T0.e>T0.a>T0.b>T0.c>T0"
					      ".d>T0.e>T0.rows>T0");
}

static void folds_within_what_is_folded(void)
{
	const char *const labels[] = {
		".a", ".a", ".b", ".a", ".a", ".a", ".b", ".a", ".a", ".b", ".end", NULL
	};
	struct synth *synth = line_of(labels, RG_ROOT_MODULE, "m");

	expect(synth, "m>T0((.a>T0)+.b>T0)+.end>T0");
	synth_free(synth);
}

static void cuts_what_is_too_long(void)
{
	char names[300][8];
	const char *labels[300];
	struct rg_signature *signature, *longer;
	struct synth *synth;

	for (size_t i = 0; i < 299; i++) {
		snprintf(names[i], sizeof(names[i]), ".x%zu", i * i % 1009);
		labels[i] = names[i];
	}
	labels[250] = NULL;
	synth = line_of(labels, RG_ROOT_MODULE, "m");
	signature = sign(synth, RG_NONE);
	CU_ASSERT_PTR_NOT_NULL(strstr(signature->text, ">T0....x"));
	CU_ASSERT(strlen(signature->text) < 1000);
	synth_free(synth);
	/* What is between does not matter, how it ends does. */
	labels[250] = labels[249];
	labels[251] = NULL;
	synth = line_of(labels, RG_ROOT_MODULE, "m");
	longer = sign(synth, RG_NONE);
	CU_ASSERT_STRING_EQUAL(signature->text, longer->text);
	CU_ASSERT_STRING_EQUAL(signature->id, longer->id);
	CU_ASSERT_EQUAL(signature->hash, longer->hash);
	rg_signature_free(signature);
	rg_signature_free(longer);
	synth_free(synth);
}

/* An id is for ever: who changes the rules changes the version. */
static void an_id_is_for_ever(void)
{
	const char *const labels[] = { ".cache", "['k']", NULL };
	struct synth *synth = line_of(labels, RG_ROOT_MODULE, "sys.modules['app']");
	struct rg_signature *signature = sign(synth, RG_NONE);

	CU_ASSERT_STRING_EQUAL(signature->text, "sys.modules['app']>T0.cache>T0[*]>T0");
	CU_ASSERT_STRING_EQUAL(signature->id, "sig1:8252292773fa13dc");
	rg_signature_free(signature);
	synth_free(synth);
}

static void follows_a_long_list(void)
{
	const rg_id count = 300000;
	struct synth *synth = synth_new(count, 1);

	for (rg_id id = 0; id + 1 < count; id++)
		synth_refer(synth, id, id + 1, RG_REFERENCE_STRONG, ".next");
	synth_root(synth, 0, RG_ROOT_LOCAL, 1, "thread main, frame f (a.py:1), local x");
	expect(synth, "frame f, local x>T0(.next>T0)+");
	synth_free(synth);
}

static void fails_cleanly_without_memory(void)
{
	const char *const labels[] = { ".a", ".a", ".b", ".a", ".a", ".b", NULL };
	struct synth *synth = line_of(labels, RG_ROOT_MODULE, "m");
	rg_builder *builder = synth_must(synth);
	const rg_graph *graph = rg_builder_graph(builder);
	rg_id target = synth->count - 1;
	struct rg_signature *signature = NULL;
	struct rg_chains *chains;
	rg_error *error;
	int64_t n = 0;

	CU_ASSERT_PTR_NULL_FATAL(rg_chains_find(graph, &target, 1, NULL, &chains));
	do {
		rg_alloc_fail_after(n++);
		error = rg_signature_find(graph, &chains->chains[0], &signature);
		rg_alloc_fail_after(-1);
		if (error) {
			CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
			CU_ASSERT_PTR_NULL(signature);
			rg_error_free(error);
		}
	} while (error && n < 1000);
	CU_ASSERT(n > 5);
	CU_ASSERT_PTR_NOT_NULL_FATAL(signature);
	CU_ASSERT_STRING_EQUAL(signature->text, "m>T0((.a>T0)+.b>T0)+");
	rg_signature_free(signature);
	rg_chains_free(chains);
	rg_builder_free(builder);
	synth_free(synth);
}

static const struct rg_test tests[] = {
	RG_TEST(keeps_names_and_no_keys),
	RG_TEST(leaves_out_numbers),
	RG_TEST(names_roots_without_threads),
	RG_TEST(folds_repetitions),
	RG_TEST(folds_within_what_is_folded),
	RG_TEST(cuts_what_is_too_long),
	RG_TEST(an_id_is_for_ever),
	RG_TEST(follows_a_long_list),
	RG_TEST(fails_cleanly_without_memory),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_signature = { "analysis_signature", NULL, NULL, tests };
