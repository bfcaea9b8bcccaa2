/* SPDX-License-Identifier: MIT */
/*
 * The tables of C structs of CPython: that no two rows contradict each other and
 * none points outside its struct; that walkers read what an interpreter would
 * have written; and that they come back from anything else.
 */
#include "runtime/cpython/private.h"
#include "runtime/cpython/structs.h"
#include "unit/runner.h"

static const struct cpy_struct *const tables[] = {
	cpy_structs_core,   cpy_structs_execution, cpy_structs_builtin,   cpy_structs_collections,
	cpy_structs_io,     cpy_structs_stdlib,    cpy_structs_extension,
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))
#define ROWS_AT_MOST 2000 /* a table without an end is longer */

/* The first thing wrong with a row, or NULL. */
static const char *complaint(const struct cpy_struct *row)
{
	const struct cpy_field *field, *other;

	if (row->since > row->until || row->since < 8 || row->until > 15)
		return "versions";
	if (row->basicsize && row->basicsize < 16)
		return "smaller than an object";
	if (!row->name[0] || strlen(row->name) > 200)
		return "name";
	for (field = row->fields; field && field->label; field++) {
		if (field->label[0] != '.' || !field->label[1])
			return "a label that is no attribute";
		if (field->offset < 16 || field->offset % 8)
			return "an offset that no reference can have";
		if (row->basicsize && field->offset + 8u > row->basicsize)
			return "a field outside the struct";
		if ((field->hold & 3) > CPY_WEAK ||
		    field->hold & ~(3 | CPY_PART | CPY_ROUTINE | CPY_NAME))
			return "hold";
		for (other = row->fields; other < field; other++)
			if (other->offset == field->offset)
				return "two fields at one offset";
	}
	return NULL;
}

static void every_row_fits_its_struct(void)
{
	size_t i, count;

	for (i = 0; i < TABLES; i++) {
		const struct cpy_struct *row;

		count = 0;
		for (row = tables[i]; row->name && count < ROWS_AT_MOST; row++, count++) {
			const char *wrong = complaint(row);

			if (wrong)
				printf("# %s: %s\n", row->name, wrong);
			CU_ASSERT_PTR_NULL(wrong);
		}
		CU_ASSERT(count > 0 && count < ROWS_AT_MOST);
	}
}

static bool rows_contradict(const struct cpy_struct *a, const struct cpy_struct *b)
{
	return !strcmp(a->name, b->name) && a->since <= b->until && b->since <= a->until &&
	       (!a->build || !b->build || a->build == b->build) &&
	       (a->basicsize == b->basicsize || !a->basicsize || !b->basicsize);
}

static void no_two_rows_are_for_one_type(void)
{
	const struct cpy_struct *a, *b;
	size_t i, k, found = 0;

	for (i = 0; i < TABLES; i++) {
		for (a = tables[i]; a->name; a++) {
			for (b = a + 1; b->name; b++)
				found += rows_contradict(a, b);
			for (k = i + 1; k < TABLES; k++) {
				for (b = tables[k]; b->name; b++) {
					if (rows_contradict(a, b)) {
						printf("# %s stands in two tables\n", a->name);
						found++;
					}
				}
			}
		}
	}
	CU_ASSERT_EQUAL(found, 0);
}

/* Whether there is a row called @name in @minor. */
static bool has_row(const char *name, unsigned minor)
{
	const struct cpy_struct *row;
	size_t i;

	for (i = 0; i < TABLES; i++)
		for (row = tables[i]; row->name; row++)
			if (!strcmp(row->name, name) && row->since <= minor && minor <= row->until)
				return true;
	return false;
}

static void every_base_has_a_row(void)
{
	const struct cpy_struct *row;
	unsigned minor;
	size_t i;

	for (i = 0; i < TABLES; i++)
		for (row = tables[i]; row->name; row++)
			for (minor = row->since; row->base && minor <= row->until; minor++)
				CU_ASSERT(has_row(row->base, minor));
}

/* ---- memory to walk ---------------------------------------------------------- */

/* Words at their own address, so that pointers in them are just that. */
static uint64_t memory[4096];
static struct cpy cpy;
static struct cpy_private private;
static struct cpy_type type;
static struct cpy_walk walk;
static uint64_t emitted, checksum;

#define AT(index) ((uint64_t)(uintptr_t)&memory[index])

static void count_references(struct cpy_walk *from)
{
	unsigned i;

	for (i = 0; i < from->count; i++)
		checksum = checksum * 31 + from->references[i].target;
	emitted += from->count;
}

static void open_memory(unsigned minor)
{
	struct rg_segment segment = {
		.start = AT(0), .end = AT(0) + sizeof(memory),
		.bytes = (const unsigned char *)memory, .writable = true,
	};
	rg_error *error;

	memset(&cpy, 0, sizeof(cpy));
	memset(&private, 0, sizeof(private));
	cpy.private = &private;
	cpy.minor = (uint8_t)minor;
	cpy.hexversion = 0x03000000 | minor << 16 | 0x0900;
	error = rg_image_from_segments(&segment, 1, &cpy.image);
	CU_ASSERT_PTR_NULL_FATAL(error);
}

static void close_memory(void)
{
	rg_image_close(cpy.image);
	rg_map_free(&private.row_index);
	rg_map_free(&private.undecoded);
	rg_vector_free(&private.rows);
}

/* The row's own walker over the object at @object; what it emitted is in walk. */
static const struct cpy_struct *walk_one(const char *name, uint32_t basicsize, uint64_t object)
{
	const struct cpy_struct *row = cpy_struct_find(&cpy, name, basicsize);

	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	memset(&type, 0, sizeof(type));
	type.row = row;
	type.basicsize = row->basicsize;
	type.solid_type = &type;
	walk.cpy = &cpy;
	walk.object = object;
	walk.type = &type;
	walk.count = 0;
	walk.flush = count_references;
	emitted = 0;
	if (row->walk)
		row->walk(&walk, &type, object);
	return row;
}

/* A deque that begins in the last two places of a block: its third item is in the next one. */
static void deque_items_go_on_in_the_next_block(void)
{
	const struct cpy_struct *row;
	uint64_t size, length;

	memset(memory, 0, sizeof(memory));
	open_memory(12);
	memory[2] = 3;             /* ob_size */
	memory[3] = AT(100);       /* leftblock */
	memory[4] = AT(200);       /* rightblock */
	memory[5] = 62;            /* leftindex */
	memory[100 + 1 + 62] = 0x1000;
	memory[100 + 1 + 63] = 0x2000;
	memory[100 + 65] = AT(200);
	memory[200 + 1] = 0x3000;
	row = walk_one("collections.deque", 216, AT(0));
	CU_ASSERT_EQUAL(walk.count, 3);
	CU_ASSERT_EQUAL(walk.references[0].target, 0x1000);
	CU_ASSERT_EQUAL(walk.references[1].target, 0x2000);
	CU_ASSERT_EQUAL(walk.references[2].target, 0x3000);
	CU_ASSERT_EQUAL(walk.references[2].label, CPY_LABEL_INDEX);
	CU_ASSERT_EQUAL(walk.references[2].arg, 2);
	CU_ASSERT_TRUE(row->size(&cpy, &type, AT(0), &size));
	CU_ASSERT_EQUAL(size, 216 + 2 * 528);
	CU_ASSERT_TRUE(row->length(&cpy, &type, AT(0), &length));
	CU_ASSERT_EQUAL(length, 3);
	CU_ASSERT_EQUAL(cpy.unreadable, 0);
	close_memory();
}

static void ordered_dict_owns_its_keys_again(void)
{
	memset(memory, 0, sizeof(memory));
	open_memory(13);
	memory[6] = AT(100);       /* od_first */
	memory[100] = 0x1000;      /* key, hash, next, prev */
	memory[102] = AT(200);
	memory[200] = 0x2000;
	(void)walk_one("collections.OrderedDict", 112, AT(0));
	CU_ASSERT_EQUAL(walk.count, 2);
	CU_ASSERT_EQUAL(walk.references[0].target, 0x1000);
	CU_ASSERT_EQUAL(walk.references[1].target, 0x2000);
	CU_ASSERT_EQUAL(walk.references[1].label, CPY_LABEL_KEY);
	close_memory();
}

static void lru_cache_owns_what_its_links_hold(void)
{
	memset(memory, 0, sizeof(memory));
	open_memory(11);
	memory[3] = AT(100);       /* root.next */
	memory[9] = AT(300);       /* cache */
	memory[103] = AT(0);       /* the link's next is the root again */
	memory[105] = 0x1000;      /* key */
	memory[106] = 0x2000;      /* result */
	(void)walk_one("functools._lru_cache_wrapper", 152, AT(0));
	CU_ASSERT_EQUAL(walk.count, 4);
	CU_ASSERT_EQUAL(walk.references[0].target, AT(300));
	CU_ASSERT(walk.references[0].kind & RG_REFERENCE_PLUMBING);
	CU_ASSERT_EQUAL(walk.references[1].target, AT(100));
	CU_ASSERT_EQUAL(walk.references[2].target, 0x1000);
	CU_ASSERT_EQUAL(walk.references[3].target, 0x2000);
	CU_ASSERT_EQUAL(walk.references[3].arg, 0x1000);
	close_memory();
}

/* Three items in a ring of four that begin at the third place. */
static void simple_queue_goes_around_its_ring(void)
{
	memset(memory, 0, sizeof(memory));
	open_memory(13);
	memory[4] = 2;             /* get_idx */
	memory[5] = AT(100);       /* items */
	memory[6] = 4;             /* items_cap */
	memory[7] = 3;             /* num_items */
	memory[100] = 0x3000;
	memory[101] = 0x4000;      /* not an item any more */
	memory[102] = 0x1000;
	memory[103] = 0x2000;
	(void)walk_one("_queue.SimpleQueue", 72, AT(0));
	CU_ASSERT_EQUAL(walk.count, 3);
	CU_ASSERT_EQUAL(walk.references[0].target, 0x1000);
	CU_ASSERT_EQUAL(walk.references[1].target, 0x2000);
	CU_ASSERT_EQUAL(walk.references[2].target, 0x3000);
	close_memory();
}

static void element_text_has_a_tag_in_its_pointer(void)
{
	const struct cpy_struct *row;
	uint64_t size, length;

	memset(memory, 0, sizeof(memory));
	open_memory(12);
	memory[3] = 0x1001;        /* text, to be joined */
	memory[4] = 0x2000;        /* tail */
	memory[5] = AT(100);       /* extra */
	memory[100] = 0x3000;      /* attrib */
	memory[101] = 1;           /* length */
	memory[102] = 8;           /* allocated */
	memory[103] = AT(200);     /* children, not those in extra */
	memory[200] = 0x4000;
	row = walk_one("xml.etree.ElementTree.Element", 56, AT(0));
	CU_ASSERT_EQUAL(walk.count, 4);
	CU_ASSERT_EQUAL(walk.references[0].target, 0x1000);
	CU_ASSERT_EQUAL(walk.references[1].target, 0x2000);
	CU_ASSERT_EQUAL(walk.references[2].target, 0x3000);
	CU_ASSERT_EQUAL(walk.references[3].target, 0x4000);
	CU_ASSERT_TRUE(row->size(&cpy, &type, AT(0), &size));
	CU_ASSERT_EQUAL(size, 56 + 64 + 8 * 8);
	CU_ASSERT_TRUE(row->length(&cpy, &type, AT(0), &length));
	CU_ASSERT_EQUAL(length, 1);
	close_memory();
}

/* The memo was hidden from the collector before 3.11.7 and 3.12.1. */
static void pickle_memo_is_traversed_since_a_patch(void)
{
	static const struct {
		uint32_t hexversion;
		uint8_t minor, kind;
	} cases[] = {
		{ 0x030b02f0, 11, RG_REFERENCE_UNTRAVERSED },
		{ 0x030b07f0, 11, RG_REFERENCE_STRONG },
		{ 0x030c00f0, 12, RG_REFERENCE_UNTRAVERSED },
		{ 0x030c01f0, 12, RG_REFERENCE_STRONG },
	};
	size_t i;

	memset(memory, 0, sizeof(memory));
	memory[3] = AT(100);       /* memo */
	memory[4] = 2;             /* memo_size */
	memory[101] = 0x1000;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		open_memory(cases[i].minor);
		cpy.hexversion = cases[i].hexversion;
		(void)walk_one("_pickle.Unpickler", 272, AT(0));
		CU_ASSERT_EQUAL(walk.count, 1);
		CU_ASSERT_EQUAL(walk.references[0].kind, cases[i].kind);
		close_memory();
	}
}

/* A time without a zone ends before the word where the zone would be. */
static void datetime_without_zone_refers_to_nothing(void)
{
	memset(memory, 0xff, sizeof(memory));
	open_memory(11);
	memory[3] = 0;             /* hastzinfo */
	(void)walk_one("datetime.datetime", 48, AT(0));
	CU_ASSERT_EQUAL(walk.count, 0);
	memory[3] = 1;
	memory[5] = 0x1000;
	(void)walk_one("datetime.datetime", 48, AT(0));
	CU_ASSERT_EQUAL(walk.count, 1);
	CU_ASSERT_EQUAL(walk.references[0].target, 0x1000);
	close_memory();
}

/* Everything a row can do, over whatever is in memory; hangs and faults are the failures. */
static void try_everything(void)
{
	const struct cpy_struct *row;
	uint64_t ignored;
	size_t i;

	for (i = 2; i < TABLES; i++) {
		for (row = tables[i]; row->name; row++) {
			if (cpy.minor < row->since || cpy.minor > row->until)
				continue;
			(void)walk_one(row->name, row->basicsize, AT(0));
			if (row->size)
				(void)row->size(&cpy, &type, AT(0), &ignored);
			if (row->owned)
				(void)row->owned(&cpy, &type, AT(0));
			if (row->length)
				(void)row->length(&cpy, &type, AT(0), &ignored);
			CU_ASSERT(emitted + walk.count < 100 * sizeof(memory));
		}
	}
}

static void walkers_come_back_from_hostile_memory(void)
{
	const size_t words = sizeof(memory) / sizeof(memory[0]);
	uint64_t random = 88172645463325252;
	unsigned minor, round;
	size_t i;

	for (minor = 11; minor <= 13; minor++) {
		for (round = 0; round < 24; round++) {
			for (i = 0; i < words; i++) {
				random ^= random << 13;
				random ^= random >> 7;
				random ^= random << 17;
				switch (round) {
				case 0: /* all pointers lead back to the object */
					memory[i] = AT(0);
					break;
				case 1: /* and to the end of what is there */
					memory[i] = AT(words - 1);
					break;
				case 2:
					memory[i] = UINT64_MAX;
					break;
				case 3:
					memory[i] = UINT64_C(1) << 60;
					break;
				default: /* pointers, small and huge numbers */
					memory[i] = random % 4 ? AT(random / 8 % words)
						: random % 8 < 4 ? random % 100 : random;
				}
			}
			open_memory(minor);
			try_everything();
			close_memory();
		}
	}
}

static const struct rg_test tests[] = {
	RG_TEST(every_row_fits_its_struct),
	RG_TEST(no_two_rows_are_for_one_type),
	RG_TEST(every_base_has_a_row),
	RG_TEST(deque_items_go_on_in_the_next_block),
	RG_TEST(ordered_dict_owns_its_keys_again),
	RG_TEST(lru_cache_owns_what_its_links_hold),
	RG_TEST(simple_queue_goes_around_its_ring),
	RG_TEST(element_text_has_a_tag_in_its_pointer),
	RG_TEST(pickle_memo_is_traversed_since_a_patch),
	RG_TEST(datetime_without_zone_refers_to_nothing),
	RG_TEST(walkers_come_back_from_hostile_memory),
	{ 0 },
};

const struct rg_suite rg_suite_structs = { "structs", NULL, NULL, tests };
