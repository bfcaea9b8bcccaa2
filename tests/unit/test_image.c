/* SPDX-License-Identifier: MIT */
/* The image of sound cores: segments, threads, modules, bytes from mapped files, symbols. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image/image.h"
#include "support/synth_core.h"
#include "unit/runner.h"

#define BASE UINT64_C(0x7f0000000000)
#define HEAP UINT64_C(0x555500000000)

static char directory[] = "/tmp/refgraph-image-XXXXXX";
static char core_path[64], module_path[64];
static const unsigned char id_a[20] = { 0xaa, 0xbb, 1, 2, 3 }, id_b[20] = { 0xcc, 0xdd, 4 };

static int setup(void)
{
	if (!mkdtemp(directory))
		return 1;
	snprintf(core_path, sizeof(core_path), "%s/core", directory);
	snprintf(module_path, sizeof(module_path), "%s/libsynth.so", directory);
	return 0;
}

static int teardown(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return system(command);
}

/* A heap page with a text in it, a thread, a process: what every core here has. */
static struct synth_core *core_with_heap(void)
{
	struct synth_core *core = synth_core_new();
	unsigned char heap[0x2000] = "the heap";

	memcpy(heap + 0x1ffc, "\1\2\3\4", 4);
	synth_core_process(core, 4711);
	synth_core_thread(core, 4711, 0x7ffc00001000, 0x7f0000abc700);
	synth_core_thread(core, 4712, 0x7f1100001000, 0x7f0000abd700);
	synth_core_load(core, HEAP, sizeof(heap), PF_R | PF_W, heap, sizeof(heap));
	return core;
}

/*
 * Maps a synthetic module at BASE as a kernel core holds it: the first page and
 * what was written, not the rest.
 */
static void map_module(struct synth_core *core, const char *path, enum synth_hash hash,
		       const unsigned char *id, size_t id_size)
{
	unsigned char module[SYNTH_MODULE_SIZE];

	synth_module(module, hash, id, id_size, BASE);
	synth_core_load(core, BASE, 0x2000, PF_R, module, 0x1000);
	synth_core_load(core, BASE + 0x2000, 0x1000, PF_R | PF_X, NULL, 0);
	synth_core_load(core, BASE + 0x3000, 0x1000, PF_R | PF_W, module + 0x3000, 0x1000);
	synth_core_map(core, BASE, BASE + 0x2000, 0, path);
	synth_core_map(core, BASE + 0x2000, BASE + 0x3000, 0x2000, path);
	synth_core_map(core, BASE + 0x3000, BASE + 0x4000, 0x3000, path);
}

static void write_module(const char *path, enum synth_hash hash, const unsigned char *id,
			 size_t id_size)
{
	unsigned char module[SYNTH_MODULE_SIZE];

	/* On disk the pointers are not relocated. */
	synth_module(module, hash, id, id_size, 0);
	synth_write(path, module, sizeof(module));
}

/* Writes and frees @core. */
static void put_core(struct synth_core *core)
{
	size_t size;
	unsigned char *bytes = synth_core_bytes(core, &size);

	synth_write(core_path, bytes, size);
	free(bytes);
	synth_core_free(core);
}

static rg_image *open_core(const struct rg_image_options *options)
{
	rg_image *image = NULL;
	rg_error *error = rg_image_open_core(core_path, options, &image);

	if (error) {
		printf("# %s\n", rg_error_message(error));
		rg_error_free(error);
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(image);
	return image;
}

static bool lacks(const rg_image *image, const char *words)
{
	for (size_t i = 0; i < image->missing_count; i++)
		if (strstr(image->missing[i], words))
			return true;
	for (size_t i = 0; i < image->missing_count; i++)
		printf("# %s\n", image->missing[i]);
	return false;
}

static void reads_memory_threads_and_process(void)
{
	rg_image *image;
	char text[16];
	uint64_t word = 1;
	uint32_t half;

	put_core(core_with_heap());
	image = open_core(NULL);
	CU_ASSERT_TRUE(image->complete);
	CU_ASSERT_EQUAL(image->missing_count, 0);
	CU_ASSERT_EQUAL(image->pid, 4711);
	CU_ASSERT_EQUAL(image->dump_bytes, 0x2000);
	CU_ASSERT_EQUAL_FATAL(image->thread_count, 2);
	CU_ASSERT_EQUAL(image->threads[0].native_id, 4711);
	CU_ASSERT_EQUAL(image->threads[1].stack_pointer, 0x7f1100001000);
	CU_ASSERT_EQUAL(image->threads[1].fs_base, 0x7f0000abd700);
	CU_ASSERT_EQUAL(image->threads[1].registers[26], 26);
	CU_ASSERT_EQUAL(image->threads[1].register_count, 27);
	CU_ASSERT_TRUE(rg_image_string(image, HEAP, text, sizeof(text)));
	CU_ASSERT_STRING_EQUAL(text, "the heap");
	CU_ASSERT_TRUE(rg_image_string(image, HEAP, text, 4));
	CU_ASSERT_STRING_EQUAL(text, "the");
	CU_ASSERT_TRUE(rg_image_u32(image, HEAP + 0x1ffc, &half));
	CU_ASSERT_EQUAL(half, 0x04030201);
	CU_ASSERT_FALSE(rg_image_u64(image, HEAP + 0x1ffc, &word));
	CU_ASSERT_FALSE(rg_image_u64(image, HEAP - 4, &word));
	CU_ASSERT_PTR_NULL(rg_image_at(image, HEAP, UINT64_MAX));
	CU_ASSERT_PTR_NULL(rg_image_at(image, UINT64_MAX, 1));
	CU_ASSERT_PTR_NULL(rg_image_at(image, 0, 1));
	CU_ASSERT_PTR_NOT_NULL(rg_image_at(image, HEAP, 0x2000));
	CU_ASSERT_PTR_NULL(rg_image_at(image, HEAP, 0x2001));
	CU_ASSERT_TRUE(rg_image_segment(image, HEAP)->writable);
	rg_image_close(image);
}

static void reads_aarch64_threads(void)
{
	struct synth_core *core = synth_core_new();
	rg_image *image;

	synth_core_options(core)->machine = EM_AARCH64;
	synth_core_thread(core, 7, 0xffff0000, 0xabcd000);
	synth_core_load(core, HEAP, 0x1000, PF_R | PF_W, "x", 1);
	put_core(core);
	image = open_core(NULL);
	CU_ASSERT_EQUAL_FATAL(image->thread_count, 1);
	CU_ASSERT_EQUAL(image->threads[0].register_count, 34);
	CU_ASSERT_EQUAL(image->threads[0].stack_pointer, 0xffff0000);
	CU_ASSERT_EQUAL(image->threads[0].registers[30], 30);
	CU_ASSERT_EQUAL(image->threads[0].fs_base, 0xabcd000);
	CU_ASSERT_EQUAL(image->pid, 7);
	rg_image_close(image);
}

static void counts_segments_beyond_sixteen_bits(void)
{
	struct synth_core *core = core_with_heap();
	rg_image *image;

	synth_core_options(core)->extended_numbering = true;
	put_core(core);
	image = open_core(NULL);
	CU_ASSERT_TRUE(image->complete);
	CU_ASSERT_EQUAL(image->segment_count, 1);
	rg_image_close(image);
}

static void two_segments_can_share_a_page(void)
{
	static const unsigned char a[] = "first half", b[] = "second half";
	struct rg_segment segments[] = {
		{ HEAP + 0x800, HEAP + 0x800 + sizeof(b), b, false, false },
		{ HEAP + 0x100, HEAP + 0x100 + sizeof(a), a, true, false },
		{ HEAP + 0x800 + sizeof(b), HEAP + 0x800 + sizeof(b) + sizeof(a), a, true, false },
	};
	rg_image *image;
	char text[32];
	rg_error *error = rg_image_from_segments(segments, 3, &image);

	CU_ASSERT_PTR_NULL_FATAL(error);
	CU_ASSERT_TRUE(image->complete);
	CU_ASSERT_EQUAL(image->segments[0].start, HEAP + 0x100);
	CU_ASSERT_TRUE(rg_image_string(image, HEAP + 0x800, text, sizeof(text)));
	CU_ASSERT_STRING_EQUAL(text, "second half");
	CU_ASSERT_PTR_NULL(rg_image_segment(image, HEAP + 0x700));
	CU_ASSERT_PTR_NULL(rg_image_segment(image, HEAP));
	/* Across the border of two segments. */
	CU_ASSERT_PTR_NULL(rg_image_at(image, HEAP + 0x800, sizeof(b) + 5));
	CU_ASSERT_TRUE(rg_image_read(image, HEAP + 0x800, text, sizeof(b) + 5));
	CU_ASSERT_EQUAL(memcmp(text, "second half\0first", sizeof(b) + 5), 0);
	CU_ASSERT_FALSE(rg_image_read(image, HEAP + 0x100, text, sizeof(a) + 1));
	rg_image_close(image);

	segments[1].end = HEAP + 0x801;
	error = rg_image_from_segments(segments, 2, &image);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	CU_ASSERT_PTR_NULL(rg_image_from_segments(NULL, 0, &image));
	CU_ASSERT_PTR_NULL(rg_image_segment(image, 0));
	CU_ASSERT_PTR_NULL(rg_image_symbol_at(image, 1));
	rg_image_close(image);
}

static void finds_modules(void)
{
	struct synth_core *core = core_with_heap();
	const struct rg_mapping *mapping;
	rg_image *image;

	map_module(core, "/nowhere/libsynth.so", SYNTH_GNU_HASH, id_a, sizeof(id_a));
	synth_core_map(core, HEAP - 0x4000, HEAP - 0x3000, 0x8000, "/nowhere/a font");
	synth_core_load(core, HEAP - 0x4000, 0x1000, PF_R, NULL, 0);
	synth_core_options(core)->page_units = true;
	put_core(core);
	image = open_core(NULL);
	CU_ASSERT_EQUAL(image->mapping_count, 4);
	CU_ASSERT_EQUAL_FATAL(image->module_count, 2);
	CU_ASSERT_STRING_EQUAL(image->modules[0].path, "/nowhere/a font");
	CU_ASSERT_FALSE(image->modules[0].is_elf);
	CU_ASSERT_TRUE(image->modules[1].is_elf);
	CU_ASSERT_EQUAL(image->modules[1].base, BASE);
	CU_ASSERT_EQUAL(image->modules[1].bias, BASE);
	CU_ASSERT_EQUAL(image->modules[1].build_id_size, sizeof(id_a));
	CU_ASSERT_EQUAL(memcmp(image->modules[1].build_id, id_a, sizeof(id_a)), 0);
	mapping = rg_image_mapping_of(image, BASE + 0x3fff);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mapping);
	CU_ASSERT_TRUE(mapping->writable);
	CU_ASSERT_EQUAL(mapping->module, 1);
	CU_ASSERT_EQUAL(mapping->file_offset, 0x3000);
	CU_ASSERT_FALSE(rg_image_mapping_of(image, BASE)->writable);
	CU_ASSERT_PTR_NULL(rg_image_mapping_of(image, BASE + 0x4000));
	CU_ASSERT_PTR_NULL(rg_image_mapping_of(image, 0));
	/* The font is not missed, the library is. */
	CU_ASSERT_EQUAL(image->modules[1].state, RG_MODULE_ABSENT);
	CU_ASSERT_EQUAL(image->missing_count, 1);
	CU_ASSERT_TRUE(lacks(image, "read-only data of /nowhere/libsynth.so"));
	CU_ASSERT_TRUE(lacks(image, "aabb010203000000.. in the core"));
	rg_image_close(image);
}

/* Mapped as small libraries are whose data share their first page. */
static void one_module_with_its_first_page_twice(void)
{
	struct synth_core *core = core_with_heap();
	unsigned char module[SYNTH_MODULE_SIZE];
	rg_image *image;

	synth_module(module, SYNTH_GNU_HASH, id_a, sizeof(id_a), BASE);
	for (uint64_t copy = 0; copy < 2; copy++) {
		uint64_t base = BASE + copy * 0x10000;

		synth_core_load(core, base, SYNTH_MODULE_SIZE, PF_R, module, SYNTH_MODULE_SIZE);
		synth_core_map(core, base, base + 0x3000, 0, "/nowhere/twice.so");
		synth_core_map(core, base + 0x3000, base + 0x4000, 0, "/nowhere/twice.so");
	}
	put_core(core);
	image = open_core(NULL);
	CU_ASSERT_EQUAL_FATAL(image->module_count, 2);
	CU_ASSERT_EQUAL(image->modules[0].base, BASE);
	CU_ASSERT_EQUAL(image->modules[1].base, BASE + 0x10000);
	CU_ASSERT_TRUE(image->complete);
	rg_image_close(image);
}

static void check_filled(const rg_image *image)
{
	const struct rg_segment *segment = rg_image_segment(image, BASE + SYNTH_RODATA);
	char text[32];

	CU_ASSERT_TRUE(rg_image_string(image, BASE + SYNTH_RODATA, text, sizeof(text)));
	CU_ASSERT_STRING_EQUAL(text, "rodata of a module");
	CU_ASSERT_TRUE(segment && segment->from_file && !segment->writable);
	CU_ASSERT_FALSE(rg_image_segment(image, BASE)->from_file);
	CU_ASSERT_FALSE(rg_image_segment(image, BASE + 0x3000)->from_file);
	CU_ASSERT_EQUAL(image->dump_bytes, 0x4000);
}

static void takes_missing_bytes_from_the_file(void)
{
	struct synth_core *core = core_with_heap();
	rg_image *image;

	write_module(module_path, SYNTH_GNU_HASH, id_a, sizeof(id_a));
	map_module(core, module_path, SYNTH_GNU_HASH, id_a, sizeof(id_a));
	put_core(core);
	image = open_core(NULL);
	CU_ASSERT_TRUE(image->complete);
	CU_ASSERT_EQUAL(image->modules[0].state, RG_MODULE_AGREES);
	CU_ASSERT_STRING_EQUAL(image->modules[0].file, module_path);
	check_filled(image);
	rg_image_close(image);
}

static void refuses_another_build(void)
{
	struct synth_core *core = core_with_heap();
	rg_image *image;

	write_module(module_path, SYNTH_GNU_HASH, id_b, sizeof(id_b));
	map_module(core, module_path, SYNTH_GNU_HASH, id_a, sizeof(id_a));
	put_core(core);
	image = open_core(NULL);
	CU_ASSERT_FALSE(image->complete);
	CU_ASSERT_EQUAL(image->modules[0].state, RG_MODULE_MISMATCH);
	CU_ASSERT_PTR_NULL(image->modules[0].file);
	CU_ASSERT_TRUE(lacks(image, "another build"));
	CU_ASSERT_TRUE(lacks(image, "ccdd040000000000.. on disk"));
	CU_ASSERT_PTR_NULL(rg_image_at(image, BASE + SYNTH_RODATA, 1));
	rg_image_close(image);
}

static void looks_under_sysroots_first(void)
{
	struct synth_core *core = core_with_heap();
	char root[2][80], command[256], path[160];
	const char *roots[2] = { root[0], root[1] };
	struct rg_image_options options = { .sysroots = roots, .sysroot_count = 2 };
	rg_image *image;

	for (int i = 0; i < 2; i++) {
		snprintf(root[i], sizeof(root[i]), "%s/root%d", directory, i);
		snprintf(command, sizeof(command), "mkdir -p '%s/usr/lib'", root[i]);
		CU_ASSERT_EQUAL_FATAL(system(command), 0);
		snprintf(path, sizeof(path), "%s/usr/lib/libsynth.so", root[i]);
		write_module(path, SYNTH_GNU_HASH, i ? id_a : id_b, sizeof(id_a));
	}
	map_module(core, "/usr/lib/libsynth.so (deleted)", SYNTH_GNU_HASH, id_a, sizeof(id_a));
	put_core(core);
	image = open_core(&options);
	CU_ASSERT_TRUE(image->complete);
	CU_ASSERT_EQUAL(image->modules[0].state, RG_MODULE_AGREES);
	CU_ASSERT_STRING_EQUAL(image->modules[0].file, path);
	CU_ASSERT_STRING_EQUAL(image->modules[0].path, "/usr/lib/libsynth.so (deleted)");
	check_filled(image);
	rg_image_close(image);
}

static void exe_takes_the_place_of_the_executable(void)
{
	struct synth_core *core = core_with_heap();
	struct rg_image_options options = { .exe = module_path };
	rg_image *image;
	rg_error *error;

	/* By build-id, whatever the kernel says was executed (here: nothing). */
	write_module(module_path, SYNTH_GNU_HASH, id_a, sizeof(id_a));
	map_module(core, "/nowhere/program", SYNTH_GNU_HASH, id_a, sizeof(id_a));
	put_core(core);
	image = open_core(&options);
	CU_ASSERT_TRUE(image->complete);
	CU_ASSERT_EQUAL(image->modules[0].state, RG_MODULE_AGREES);
	check_filled(image);
	rg_image_close(image);

	/* By NT_AUXV, where memory has no build-id: used, but said to be unverified. */
	core = core_with_heap();
	map_module(core, "/nowhere/program", SYNTH_GNU_HASH, NULL, 0);
	synth_core_auxv(core, AT_PHDR, BASE + 64);
	put_core(core);
	image = open_core(&options);
	CU_ASSERT_FALSE(image->complete);
	CU_ASSERT_TRUE(lacks(image, "without being verified"));
	CU_ASSERT_EQUAL(image->modules[0].state, RG_MODULE_UNKNOWN);
	check_filled(image);
	rg_image_close(image);

	/* Another build is another build, named or not. */
	core = core_with_heap();
	map_module(core, "/nowhere/program", SYNTH_GNU_HASH, id_b, sizeof(id_b));
	synth_core_auxv(core, AT_ENTRY, BASE + 0x2000);
	put_core(core);
	error = rg_image_open_core(core_path, &options, &image);
	CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_INVALID);
	CU_ASSERT_PTR_NOT_NULL(strstr(rg_error_message(error), "is another build than"));
	rg_error_free(error);
}

static void an_exe_that_is_none_is_an_error(void)
{
	struct rg_image_options options = { .exe = core_path };
	rg_image *image;
	rg_error *error;

	put_core(core_with_heap());
	error = rg_image_open_core(core_path, &options, &image);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	options.exe = "/nowhere/at/all";
	error = rg_image_open_core(core_path, &options, &image);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_IO);
	rg_error_free(error);
}

static void no_build_id_means_unknown(void)
{
	struct synth_core *core = core_with_heap();
	rg_image *image;

	write_module(module_path, SYNTH_GNU_HASH, NULL, 0);
	map_module(core, module_path, SYNTH_GNU_HASH, NULL, 0);
	put_core(core);
	image = open_core(NULL);
	CU_ASSERT_EQUAL(image->modules[0].state, RG_MODULE_UNKNOWN);
	CU_ASSERT_TRUE(lacks(image, "nothing shows"));
	CU_ASSERT_PTR_NULL(rg_image_at(image, BASE + SYNTH_RODATA, 1));
	rg_image_close(image);
}

static void check_symbols(rg_image *image)
{
	const struct rg_module *module = &image->modules[0];
	uint64_t address = 0, size = 0;
	const char *name;

	CU_ASSERT_TRUE(rg_image_symbol(image, module, "synth_alpha", &address, &size));
	CU_ASSERT_EQUAL(address, BASE + SYNTH_DATA);
	CU_ASSERT_EQUAL(size, 16);
	CU_ASSERT_TRUE(rg_image_symbol(image, module, "synth_beta", &address, &size));
	CU_ASSERT_EQUAL(address, BASE + SYNTH_RODATA);
	address = 5;
	CU_ASSERT_FALSE(rg_image_symbol(image, module, "elsewhere", &address, &size));
	CU_ASSERT_FALSE(rg_image_symbol(image, module, "synth_alph", &address, &size));
	CU_ASSERT_FALSE(rg_image_symbol(image, module, "", &address, &size));
	CU_ASSERT_EQUAL(address, 5);
	name = rg_image_symbol_at(image, BASE + SYNTH_DATA);
	CU_ASSERT_PTR_NOT_NULL_FATAL(name);
	CU_ASSERT_STRING_EQUAL(name, "synth_alpha");
	CU_ASSERT_PTR_EQUAL(name, rg_image_symbol_at(image, BASE + SYNTH_DATA));
	CU_ASSERT_STRING_EQUAL(rg_image_symbol_at(image, BASE + SYNTH_RODATA), "synth_beta");
	CU_ASSERT_PTR_NULL(rg_image_symbol_at(image, BASE + SYNTH_DATA + 1));
	CU_ASSERT_PTR_NULL(rg_image_symbol_at(image, 0));
}

static void finds_symbols_by_each_table(void)
{
	for (int hash = SYNTH_GNU_HASH; hash <= SYNTH_NO_HASH; hash++) {
		struct synth_core *core = core_with_heap();
		unsigned char module[SYNTH_MODULE_SIZE];
		rg_image *image;

		/* Tables from the file. */
		write_module(module_path, hash, id_a, sizeof(id_a));
		map_module(core, module_path, hash, id_a, sizeof(id_a));
		put_core(core);
		image = open_core(NULL);
		check_symbols(image);
		rg_image_close(image);

		/* Tables from memory, relocated (glibc) and not (musl). */
		for (uint64_t bias = 0; bias <= BASE; bias += BASE) {
			core = core_with_heap();
			synth_module(module, hash, id_a, sizeof(id_a), bias);
			synth_core_load(core, BASE, sizeof(module), PF_R | PF_W, module,
					sizeof(module));
			synth_core_map(core, BASE, BASE + sizeof(module), 0, "/nowhere/x.so");
			put_core(core);
			image = open_core(NULL);
			CU_ASSERT_TRUE(image->complete);
			check_symbols(image);
			rg_image_close(image);
		}
	}
}

/* gcore of the system's Python: _PyRuntime is found, and "dict" in the file's read-only data. */
static void reads_a_real_python(void)
{
	static const char python[] = "/usr/bin/python3";
	char command[512];
	bool found = false;
	rg_image *image;

	if (access(python, X_OK) != 0 || system("command -v gcore >/dev/null 2>&1") != 0) {
		rg_skip("no python3 or no gcore here");
		return;
	}
	snprintf(command, sizeof(command),
		 "cd '%s' && { %s -c 'import time; print(1, flush=True); time.sleep(60)' >ready & "
		 "pid=$!; i=0; while [ ! -s ready ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); "
		 "done; env -u PYTHONHOME -u PYTHONPATH timeout 60 gcore -o real $pid "
		 ">/dev/null 2>&1; kill $pid; wait $pid 2>/dev/null; mv real.$pid core; }",
		 directory, python);
	if (system(command) != 0) {
		rg_skip("gcore cannot dump here");
		return;
	}
	image = open_core(NULL);
	CU_ASSERT_TRUE(image->complete);
	CU_ASSERT_TRUE(image->pid > 0);
	CU_ASSERT_TRUE(image->thread_count >= 1);
	for (size_t i = 0; i < image->module_count; i++) {
		uint64_t address, size, name = 0;
		char text[16] = "";

		if (!rg_image_symbol(image, &image->modules[i], "_PyRuntime", &address, &size))
			continue;
		found = true;
		CU_ASSERT_STRING_EQUAL(rg_image_symbol_at(image, address), "_PyRuntime");
		CU_ASSERT_TRUE_FATAL(rg_image_symbol(image, &image->modules[i], "PyDict_Type",
						     &address, &size));
		CU_ASSERT_TRUE(rg_image_u64(image, address + 24, &name));
		CU_ASSERT_TRUE(rg_image_string(image, name, text, sizeof(text)));
		CU_ASSERT_STRING_EQUAL(text, "dict");
	}
	CU_ASSERT_TRUE(found);
	rg_image_close(image);
}

static const struct rg_test tests[] = {
	RG_TEST(reads_memory_threads_and_process),
	RG_TEST(reads_aarch64_threads),
	RG_TEST(counts_segments_beyond_sixteen_bits),
	RG_TEST(two_segments_can_share_a_page),
	RG_TEST(finds_modules),
	RG_TEST(one_module_with_its_first_page_twice),
	RG_TEST(takes_missing_bytes_from_the_file),
	RG_TEST(refuses_another_build),
	RG_TEST(looks_under_sysroots_first),
	RG_TEST(exe_takes_the_place_of_the_executable),
	RG_TEST(an_exe_that_is_none_is_an_error),
	RG_TEST(no_build_id_means_unknown),
	RG_TEST(finds_symbols_by_each_table),
	RG_TEST(reads_a_real_python),
	{ 0 },
};

const struct rg_suite rg_suite_image = { "image", setup, teardown, tests };
