/* SPDX-License-Identifier: MIT */
/*
 * Devel::MAT's dumps: written here in each form, word size and byte order, read back;
 * cut at every byte, damaged at every byte, and without memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/io.h"
#include "unit/runner.h"

/* A dump as it is written, and how. */
struct shape {
	unsigned int minor, word, pointer, real;
	bool big;
};

struct writer {
	struct shape shape;
	struct rg_buffer out;
};

static const struct shape shapes[] = {
	{ 4, 8, 8, 8, false }, { 4, 4, 4, 8, true }, { 5, 8, 8, 10, true }, { 5, 8, 4, 8, false },
	{ 6, 8, 8, 8, false }, { 6, 4, 4, 8, true },  { 3, 8, 8, 8, false }, { 2, 4, 4, 8, false },
};

#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static void put(struct writer *w, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++) {
		unsigned int place = w->shape.big ? size - 1 - i : i;

		rg_buffer_putc(&w->out, (char)(place < 8 ? value >> 8 * place : 0));
	}
}

static void put_word(struct writer *w, uint64_t value)
{
	put(w, value, w->shape.word);
}

static void put_pointer(struct writer *w, uint64_t value)
{
	put(w, value, w->shape.pointer);
}

static void put_pointers(struct writer *w, const uint64_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_pointer(w, values[i]);
}

static void put_string(struct writer *w, const char *text)
{
	put_word(w, text ? strlen(text) : UINT64_MAX);
	if (text)
		rg_buffer_puts(&w->out, text);
}

static void put_sizes(struct writer *w, unsigned int bytes, unsigned int pointers,
		      unsigned int strings)
{
	put(w, bytes, 1);
	put(w, pointers, 1);
	put(w, strings, 1);
}

static void put_head(struct writer *w)
{
	unsigned int word = w->shape.word, pointer = w->shape.pointer;
	unsigned int more = w->shape.minor >= 6 ? pointer : 0;

	rg_buffer_puts(&w->out, "PMAT");
	put(w, (w->shape.big ? 1u : 0) | (word == 8 ? 2u : 0) | (pointer == 8 ? 4u : 0) |
	       (w->shape.real > 8 ? 8u : 0) | 16u, 1);
	put(w, 0, 2);
	put(w, w->shape.minor, 1);
	put(w, 5u << 24 | 36u << 16, 4);
	put(w, 18, 1);
	put_sizes(w, 4 + pointer + word, 1, 0);
	put_sizes(w, word + more, 8, 2);
	put_sizes(w, 1 + 2 * word + w->shape.real, 1, 1);
	put_sizes(w, 1, 2, 0);
	put_sizes(w, 1 + word, 0, 0);
	put_sizes(w, word, 1, 0);
	put_sizes(w, word, 5, 1);
	put_sizes(w, 5 + word + pointer + more, 5, 2);
	put_sizes(w, 2 * word, 3, 0);
	put_sizes(w, 1 + 2 * word, 1, 0);
	for (int i = 10; i < 16; i++)
		put_sizes(w, 0, 0, 0);
	put_sizes(w, word, 0, 0);
	put_sizes(w, word, 6, 1);
	if (w->shape.minor >= 4) {
		put(w, 9, 1);
		put_sizes(w, 2, 3, 0);
		for (int i = 0; i < 3; i++)
			put_sizes(w, 0, 1, 0);
		put_sizes(w, word, 1, 0);
		put_sizes(w, 0, 2, 0);
		put_sizes(w, 0, 1, 0);
		put_sizes(w, 0, 1, 1);
		put_sizes(w, 2 * word, 0, 1);
	}
	put(w, 4, 1);
	put_sizes(w, 1 + word, 0, 1);
	put_sizes(w, 4, 2, 0);
	put_sizes(w, 0, 0, 0);
	put_sizes(w, 0, 1, 0);
	put_pointers(w, (uint64_t[]){ 0x10, 0x20, 0x30 }, 3);
	put(w, 3, 4);
	put_string(w, "defstash");
	put_pointer(w, 0x1000);
	put_string(w, "envgv");
	put_pointer(w, 0x1100);
	put_string(w, "main_cv");
	put_pointer(w, 0);
	put_word(w, 1);
	put_pointer(w, 0x18c0);
}

static void put_sv(struct writer *w, unsigned int type, uint64_t address, uint32_t count,
		   uint64_t size, uint64_t blessed)
{
	put(w, type, 1);
	put_pointer(w, address);
	put(w, count, 4);
	put_word(w, size);
	put_pointer(w, blessed);
}

static void put_glob(struct writer *w, uint64_t address, const uint64_t slots[8],
		     const char *name)
{
	put_sv(w, 1, address, 1, 100, 0);
	put_word(w, 3);
	if (w->shape.minor >= 6)
		put_pointer(w, 0x7777);
	put_pointers(w, slots, 8);
	put_string(w, name);
	put_string(w, "a.pl");
}

static void put_ref(struct writer *w, uint64_t address, uint32_t count, uint64_t target, bool weak)
{
	put_sv(w, 3, address, count, 24, 0);
	put(w, weak, 1);
	put_pointers(w, (uint64_t[]){ target, 0 }, 2);
}

static void put_scalar(struct writer *w, uint64_t address, unsigned int flags, uint64_t number,
		       const char *text)
{
	put_sv(w, 2, address, 1, 40, 0);
	put(w, flags, 1);
	put_word(w, number);
	put(w, 0, w->shape.real);
	put_word(w, text ? strlen(text) : 0);
	put_pointer(w, 0);
	put_string(w, text);
}

static void put_pair(struct writer *w, const char *key, uint64_t value)
{
	put_string(w, key);
	if (w->shape.minor >= 6)
		put_pointer(w, 0x7777);
	put_pointer(w, value);
}

static void put_stash(struct writer *w, unsigned int type, uint64_t address, const char *name,
		      unsigned int pairs)
{
	put_sv(w, type, address, address == 0x1300 ? 3 : 1, 200, 0);
	put_word(w, pairs);
	put_pointers(w, (uint64_t[]){ 0, 0, 0, 0, 0, 0 }, type == 17 ? 6 : 5);
	put_string(w, name);
}

static void put_code(struct writer *w)
{
	put_sv(w, 7, 0x1700, 2, 128, 0);
	put_word(w, 9);
	put(w, 0, 1);
	put_pointer(w, 0x9000);
	put(w, 1, 4);
	if (w->shape.minor >= 6)
		put_pointer(w, 0);
	put_pointers(w, (uint64_t[]){ 0x1300, 0x1180, 0, 0, 0 }, 5);
	put_string(w, "a.pl");
	put_string(w, NULL);
	put(w, 2, 1); /* a constant's index */
	put_word(w, 1);
	put(w, 7, 1); /* the names */
	put_pointer(w, 0);
	put(w, 5, 1); /* a name */
	put_word(w, 1);
	put_string(w, "$self");
	put_pointer(w, 0);
	put(w, 5, 1);
	put_word(w, 2);
	put_string(w, "%seen");
	put_pointer(w, 0);
	put(w, 9, 1); /* its flags: from outside */
	put_word(w, 2);
	put(w, 1, 1);
	put(w, 8, 1); /* the pad */
	put_word(w, 1);
	put_pointer(w, 0x1740);
	put(w, 0, 1);
}

static void put_class(struct writer *w)
{
	put_stash(w, 17, 0x1a00, "Point", 0);
	put(w, 1, 1);
	put_word(w, 0);
	put_string(w, "$x");
	put(w, 0, 1);
	put_sv(w, 16, 0x1a80, 1, 48, 0x1a00);
	put_word(w, 1);
	put_pointer(w, 0x1ac0);
	put_scalar(w, 0x1ac0, 1, 7, NULL);
}

/* A struct of an XS module, of which one field is an SV. */
static void put_struct(struct writer *w)
{
	put(w, 0xf0, 1);
	put_word(w, 0);
	put_word(w, 3);
	put_string(w, "Some/Struct");
	put_string(w, "flag");
	put(w, 1, 1);
	put_string(w, "the value");
	put(w, 0, 1);
	put_string(w, "number");
	put(w, 4, 1);
	put_sv(w, 0x7f, 0x1b00, UINT32_MAX, 64, 0);
	put(w, 1, 1);
	put_pointer(w, 0x1640);
	put_word(w, 12);
}

static void put_svs(struct writer *w)
{
	put_stash(w, 6, 0x1000, "main", 2);
	put_pair(w, "Foo::", 0x1100);
	put_pair(w, "x", 0x1200);
	put_glob(w, 0x1100, (uint64_t[]){ 0x1000, 0, 0, 0x1300, 0, 0x1100, 0, 0 }, "Foo::");
	put_glob(w, 0x1180, (uint64_t[]){ 0x1300, 0, 0, 0, 0x1700, 0x1180, 0, 0 }, "DESTROY");
	put_glob(w, 0x1200, (uint64_t[]){ 0x1000, 0x1400, 0, 0, 0, 0x1200, 0, 0 }, "x");
	put_stash(w, 6, 0x1300, "Foo", 1);
	put_pair(w, "DESTROY", 0x1180);
	put_ref(w, 0x1400, 1, 0x1500, false);
	put_sv(w, 5, 0x1500, 1, 120, 0x1300);
	put_word(w, 2);
	put_pointer(w, 0);
	put_pair(w, "k", 0x1600);
	put_pair(w, "odd key", 0x1640);
	put_ref(w, 0x1600, 1, 0x1680, false);
	put_scalar(w, 0x1640, 8, 0, "secret");
	put_sv(w, 4, 0x1680, 1, 80, 0);
	put_word(w, 3);
	put(w, 0, 1);
	put_pointers(w, (uint64_t[]){ 0x16c0, 0, 0x10 }, 3);
	put_ref(w, 0x16c0, 1, 0x1500, true);
	if (w->shape.minor >= 4) {
		put(w, 0x80, 1); /* the backref of the weak one */
		put_pointer(w, 0x1500);
		put(w, '<', 1);
		put(w, 0, 1);
		put_pointers(w, (uint64_t[]){ 0x16c0, 0, 0x9999 }, 3);
	}
	put_code(w);
	put_sv(w, 4, 0x1740, 1, 80, 0);
	put_word(w, 3);
	put(w, 0, 1);
	put_pointers(w, (uint64_t[]){ 0, 0x1780, 0x17c0 }, 3);
	put_scalar(w, 0x1780, 1, 5, NULL);
	put_scalar(w, 0x17c0, 0, 0, NULL);
	/* Two that hold each other, and nobody else. */
	put_ref(w, 0x1800, 1, 0x1840, false);
	put_sv(w, 5, 0x1840, 1, 120, 0x1300);
	put_word(w, 1);
	put_pointer(w, 0);
	put_pair(w, "me", 0x1800);
	put_scalar(w, 0x18c0, 3, 12, NULL);
	if (w->shape.minor >= 5)
		put_class(w);
	if (w->shape.minor >= 4)
		put_struct(w);
	put(w, 0, 1);
}

static void put_tail(struct writer *w)
{
	put(w, 2, 1); /* eval {} called at line 7 */
	put(w, 0, 1);
	put_word(w, 7);
	put_string(w, "a.pl");
	put(w, 1, 1); /* the sub, called at line 8 */
	put(w, 1, 1);
	put_word(w, 8);
	put_string(w, "b.pl");
	put(w, 0, 4);
	put_pointers(w, (uint64_t[]){ 0x1700, 0 }, 2);
	put(w, 0, 1);
	put_word(w, 1);
	put_pointer(w, 0x18c0);
	put_word(w, 0);
}

static void write_dump(const struct shape *shape, struct rg_buffer *ret)
{
	struct writer w = { *shape, RG_BUFFER_INIT };

	put_head(&w);
	put_svs(&w);
	put_tail(&w);
	CU_ASSERT_FALSE_FATAL(rg_buffer_failed(&w.out));
	*ret = w.out;
}

static void save(const char *text, size_t length, char path[64])
{
	int fd;

	strcpy(path, "/tmp/refgraph-test-XXXXXX");
	fd = mkstemp(path);
	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_PTR_NULL_FATAL(rg_io_write(fd, text, length, path));
	close(fd);
}

static rg_error *open_bytes(const char *bytes, size_t length, rg_dump **ret)
{
	char path[64];
	rg_error *error;

	save(bytes, length, path);
	error = rg_dump_open(path, NULL, ret);
	unlink(path);
	return error;
}

static const char *type_of(const rg_graph *graph, uint64_t address)
{
	rg_id id = rg_graph_find(graph, address);

	CU_ASSERT_NOT_EQUAL_FATAL(id, RG_NONE);
	return rg_graph_type(graph, rg_graph_object(graph, id).type)->name;
}

/* Whether @from refers to @to by @label, with the kind and bits @kind. */
static bool refers(const rg_graph *graph, uint64_t from, uint64_t to, const char *label,
		   uint8_t kind)
{
	rg_id source = rg_graph_find(graph, from), target = rg_graph_find(graph, to);
	struct rg_references refs = rg_graph_references(graph, source);
	char text[64];

	for (size_t i = 0; i < refs.count; i++) {
		rg_graph_label(graph, source, i, RG_LABELS_ALL, text, sizeof(text));
		if (refs.target[i] == target && !strcmp(text, label))
			return refs.kind[i] == kind;
	}
	return false;
}

static bool has_root(const rg_graph *graph, uint64_t address, const char *name, uint32_t count)
{
	rg_id id = rg_graph_find(graph, address);
	size_t number;
	const struct rg_root *roots = rg_graph_roots(graph, &number);

	for (size_t i = 0; i < number; i++)
		if (roots[i].object == id && !strcmp(roots[i].name, name))
			return roots[i].count == count;
	return false;
}

static void check_types(const rg_graph *graph, unsigned int minor)
{
	CU_ASSERT_STRING_EQUAL(type_of(graph, 0x1000), "STASH");
	CU_ASSERT_STRING_EQUAL(type_of(graph, 0x1100), "GLOB");
	CU_ASSERT_STRING_EQUAL(type_of(graph, 0x1500), "HASH(Foo)");
	CU_ASSERT_STRING_EQUAL(type_of(graph, 0x1600), "REF");
	CU_ASSERT_STRING_EQUAL(type_of(graph, 0x1680), "ARRAY");
	CU_ASSERT_STRING_EQUAL(type_of(graph, 0x1700), "CODE");
	CU_ASSERT_STRING_EQUAL(type_of(graph, 0x1740), "PAD");
	CU_ASSERT_STRING_EQUAL(type_of(graph, 0x1780), "SCALAR");
	CU_ASSERT_STRING_EQUAL(type_of(graph, 0x17c0), "UNDEF");
	CU_ASSERT_STRING_EQUAL(type_of(graph, 0x10), "UNDEF");
	CU_ASSERT_STRING_EQUAL(type_of(graph, 0x20), "BOOL");
	if (minor >= 5) {
		CU_ASSERT_STRING_EQUAL(type_of(graph, 0x1a00), "CLASS");
		CU_ASSERT_STRING_EQUAL(type_of(graph, 0x1a80), "OBJECT(Point)");
		CU_ASSERT_TRUE(refers(graph, 0x1a80, 0x1ac0, "$x", RG_REFERENCE_STRONG));
	}
	if (minor >= 4) {
		CU_ASSERT_STRING_EQUAL(type_of(graph, 0x1b00), "C_STRUCT(Some/Struct)");
		/* The hash has its only count, so the struct cannot have one. */
		CU_ASSERT_TRUE(refers(graph, 0x1b00, 0x1640, "the value", RG_REFERENCE_BORROWED));
	}
}

static void check_references(const rg_graph *graph, unsigned int minor)
{
	const uint8_t part = RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING;

	CU_ASSERT_TRUE(refers(graph, 0x1000, 0x1200, "", part));
	CU_ASSERT_TRUE(refers(graph, 0x1200, 0x1400, "$main::x", RG_REFERENCE_STRONG));
	CU_ASSERT_TRUE(refers(graph, 0x1100, 0x1300, "%Foo::", RG_REFERENCE_STRONG));
	CU_ASSERT_TRUE(refers(graph, 0x1180, 0x1700, "&Foo::DESTROY", RG_REFERENCE_STRONG));
	CU_ASSERT_TRUE(refers(graph, 0x1400, 0x1500, "->", RG_REFERENCE_STRONG));
	CU_ASSERT_TRUE(refers(graph, 0x1500, 0x1600, "{k}", part));
	CU_ASSERT_TRUE(refers(graph, 0x1500, 0x1640, "{'odd key'}", RG_REFERENCE_STRONG));
	CU_ASSERT_TRUE(refers(graph, 0x1500, 0x1300, "blessed into",
			      RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE));
	CU_ASSERT_TRUE(refers(graph, 0x1680, 0x16c0, "[0]", part));
	CU_ASSERT_TRUE(refers(graph, 0x1680, 0x10, "[2]", RG_REFERENCE_STRONG));
	CU_ASSERT_TRUE(refers(graph, 0x16c0, 0x1500, "->", RG_REFERENCE_WEAK));
	CU_ASSERT_TRUE(refers(graph, 0x1700, 0x1740, "", part));
	CU_ASSERT_TRUE(refers(graph, 0x1740, 0x1780, "$self", RG_REFERENCE_STRONG));
	CU_ASSERT_TRUE(refers(graph, 0x1740, 0x17c0, "captured %seen", RG_REFERENCE_STRONG));
	if (minor >= 4)
		CU_ASSERT_TRUE(refers(graph, 0x1500, 0x16c0, "backreferences",
				      RG_REFERENCE_BORROWED));
}

static void check_rest(const rg_graph *graph)
{
	rg_id object = rg_graph_find(graph, 0x1500), code = rg_graph_find(graph, 0x1700);
	const struct rg_thread *threads;
	struct rg_garbage *garbage = NULL;
	struct rg_description what;
	char label[64];
	size_t count;

	CU_ASSERT_TRUE(has_root(graph, 0x1000, "PL_defstash", 1));
	CU_ASSERT_TRUE(has_root(graph, 0x1100, "PL_envgv", 0));
	CU_ASSERT_TRUE(has_root(graph, 0x1400, "$main::x", 0));
	CU_ASSERT_TRUE(has_root(graph, 0x18c0, "temporary 0", 1));
	CU_ASSERT_TRUE(has_root(graph, 0x18c0, "argument 0", 0));
	CU_ASSERT_TRUE(has_root(graph, 0x1700, "running sub", 1));
	CU_ASSERT_TRUE(has_root(graph, 0x1780, "frame Foo::DESTROY, my $self", 0));
	CU_ASSERT_TRUE(has_root(graph, 0x17c0, "frame Foo::DESTROY, captured %seen", 0));
	threads = rg_graph_threads(graph, &count);
	CU_ASSERT_EQUAL_FATAL(count, 1);
	CU_ASSERT_EQUAL_FATAL(threads[0].frame_count, 3);
	CU_ASSERT_STRING_EQUAL(threads[0].frames[0].function, "(eval)");
	CU_ASSERT_EQUAL(threads[0].frames[0].line, 0);
	CU_ASSERT_STRING_EQUAL(threads[0].frames[1].function, "Foo::DESTROY");
	CU_ASSERT_STRING_EQUAL(threads[0].frames[1].file, "a.pl");
	CU_ASSERT_EQUAL(threads[0].frames[1].line, 7);
	CU_ASSERT_STRING_EQUAL(threads[0].frames[2].file, "b.pl");
	CU_ASSERT_PTR_NULL_FATAL(rg_garbage_find(graph, &garbage));
	CU_ASSERT_EQUAL(garbage->lost_objects, 2);
	CU_ASSERT_EQUAL(garbage->overcounted, 0);
	rg_garbage_free(garbage);
	CU_ASSERT_TRUE(rg_graph_object(graph, object).flags & RG_OBJECT_FINALIZER);
	CU_ASSERT_EQUAL(rg_graph_object(graph, object).size, 120);
	CU_ASSERT_EQUAL(rg_graph_object(graph, object).refcount, 1);
	rg_graph_describe(graph, code, false, &what);
	CU_ASSERT_STRING_EQUAL(what.name, "Foo::DESTROY");
	CU_ASSERT_STRING_EQUAL(what.text, "a.pl:9");
	rg_graph_describe(graph, rg_graph_find(graph, 0x1640), true, &what);
	CU_ASSERT_STRING_EQUAL(what.value, "\"secret\"");
	rg_graph_describe(graph, rg_graph_find(graph, 0x1640), false, &what);
	CU_ASSERT_STRING_EQUAL(what.value, "");
	rg_graph_describe(graph, rg_graph_find(graph, 0x18c0), true, &what);
	CU_ASSERT_STRING_EQUAL(what.value, "12");
	/* A key that is no name of an attribute may be a secret. */
	rg_graph_label(graph, object, 1, RG_LABELS_NAMES, label, sizeof(label));
	CU_ASSERT_STRING_EQUAL(label, "{<key>}");
}

static void every_form_is_read(void)
{
	for (size_t i = 0; i < SHAPES; i++) {
		const struct rg_dump_info *info;
		const rg_graph *graph;
		rg_dump *dump = NULL;
		struct rg_buffer text;

		write_dump(&shapes[i], &text);
		CU_ASSERT_PTR_NULL_FATAL(open_bytes(text.data, text.length, &dump));
		CU_ASSERT_PTR_NULL_FATAL(rg_dump_graph(dump, &graph));
		info = rg_dump_info(dump);
		CU_ASSERT_STRING_EQUAL(info->format, "Devel::MAT dump");
		CU_ASSERT_STRING_EQUAL(info->version, "5.36.0");
		CU_ASSERT_TRUE(info->complete && info->has_refcounts && !info->unreadable);
		CU_ASSERT_EQUAL(rg_graph_object_count(graph),
				21 + (shapes[i].minor >= 4) + 3 * (shapes[i].minor >= 5));
		check_types(graph, shapes[i].minor);
		check_references(graph, shapes[i].minor);
		check_rest(graph);
		rg_dump_close(dump);
		rg_buffer_free(&text);
	}
}

static rg_error *discard(void *user, const void *bytes, size_t length)
{
	(void)user;
	(void)bytes;
	(void)length;
	return NULL;
}

/* Everything that can be asked of a dump; *ret_complete as it says of itself. */
static rg_error *whole_way(const char *path, bool *ret_complete)
{
	struct rg_convert_options options = { sizeof(options), RG_LABELS_ALL, true };
	rg_dump *dump = NULL;
	rg_error *error = rg_dump_open(path, NULL, &dump);

	if (!error)
		error = rg_dump_convert(dump, &options, discard, NULL);
	if (!error)
		*ret_complete = rg_dump_info(dump)->complete;
	rg_dump_close(dump);
	return error;
}

static void cut_anywhere_it_says_so(void)
{
	for (size_t i = 0; i < SHAPES; i++) {
		struct rg_buffer text;
		char path[64];

		write_dump(&shapes[i], &text);
		save(text.data, text.length, path);
		for (size_t length = text.length; length-- > 0;) {
			bool complete = true;
			/* Older files end where the stack of temporaries begins. */
			bool old = length == text.length - 2 * shapes[i].word - shapes[i].pointer;
			rg_error *error;

			CU_ASSERT_EQUAL_FATAL(truncate(path, (off_t)length), 0);
			error = whole_way(path, &complete);
			CU_ASSERT_TRUE(error || !complete || old);
			rg_error_free(error);
		}
		unlink(path);
		rg_buffer_free(&text);
	}
}

/* Every byte; one of many where each is slow and somebody asks for less (RG_GRAPHS). */
static size_t step(void)
{
	return getenv("RG_GRAPHS") ? 37 : 1;
}

static void damage_never_crashes(void)
{
	static const unsigned char bytes[] = { 0x00, 0x01, 0x7f, 0x80, 0xf0, 0xff };
	bool complete;

	for (size_t i = 0; i < 6; i += 1 + i % 2) {
		struct rg_buffer text;
		unsigned int read = 0;
		char path[64];

		write_dump(&shapes[i], &text);
		for (size_t at = 0; at < text.length; at += step()) {
			char old = text.data[at];

			for (size_t k = 0; k < sizeof(bytes); k++) {
				rg_error *error;

				text.data[at] = (char)bytes[k];
				save(text.data, text.length, path);
				error = whole_way(path, &complete);
				read += !error;
				rg_error_free(error);
				unlink(path);
			}
			text.data[at] = old;
		}
		CU_ASSERT_TRUE(read > 0);
		rg_buffer_free(&text);
	}
}

static void expect(const char *bytes, size_t length, enum rg_error_code code, const char *says)
{
	rg_dump *dump = NULL;
	rg_error *error = open_bytes(bytes, length, &dump);

	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_error_code(error), code);
	CU_ASSERT_PTR_NOT_NULL(strstr(rg_error_message(error), says));
	rg_error_free(error);
}

static void what_cannot_be_read_is_refused(void)
{
	struct rg_buffer text;

	write_dump(&shapes[0], &text);
	expect(text.data, 40, RG_ERROR_CORRUPT, "ends within its head");
	text.data[13] = 3;
	expect(text.data, text.length, RG_ERROR_CORRUPT, "no room for addresses");
	text.data[7] = 7;
	expect(text.data, text.length, RG_ERROR_UNSUPPORTED, "form 0.7");
	text.data[7] = 1;
	expect(text.data, text.length, RG_ERROR_UNSUPPORTED, "form 0.1");
	text.data[4] = 0x40;
	expect(text.data, text.length, RG_ERROR_NOT_A_DUMP, "is no dump");
	rg_buffer_free(&text);
}

static void every_failure_is_an_error(void)
{
	unsigned int silent = 0;
	bool complete, reached = true;
	struct rg_buffer text;
	char path[64];

	write_dump(&shapes[4], &text);
	save(text.data, text.length, path);
	for (int64_t n = 0; reached; n++) {
		rg_dump *dump = NULL;
		const rg_graph *graph;
		rg_error *error;

		rg_alloc_fail_after(n);
		error = rg_dump_open(path, NULL, &dump);
		if (!error)
			error = rg_dump_graph(dump, &graph);
		reached = rg_alloc_count() > (uint64_t)n;
		rg_alloc_fail_after(-1);
		silent += reached && !error;
		rg_error_free(error);
		rg_dump_close(dump);
	}
	CU_ASSERT_EQUAL(silent, 0);
	/* A label or value that there was no memory for is none: words cannot fail. */
	reached = true;
	for (int64_t n = 0; reached; n += 3) {
		rg_error *error;

		rg_alloc_fail_after(n);
		error = whole_way(path, &complete);
		reached = rg_alloc_count() > (uint64_t)n;
		rg_alloc_fail_after(-1);
		rg_error_free(error);
	}
	unlink(path);
	rg_buffer_free(&text);
}

static const struct rg_test tests[] = {
	RG_TEST(every_form_is_read),
	RG_TEST(cut_anywhere_it_says_so),
	RG_TEST(damage_never_crashes),
	RG_TEST(what_cannot_be_read_is_refused),
	RG_TEST(every_failure_is_an_error),
	{ 0 },
};

const struct rg_suite rg_suite_pmat = { "pmat", NULL, NULL, tests };
