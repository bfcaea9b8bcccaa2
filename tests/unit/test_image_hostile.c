/* SPDX-License-Identifier: MIT */
/*
 * The image of cores that are none, that are cut, damaged, compressed or made
 * to do harm, and of sound ones when memory or files fail.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "base/alloc.h"
#include "base/io.h"
#include "image/image.h"
#include "support/synth_core.h"
#include "unit/runner.h"

#define BASE UINT64_C(0x7f0000000000)
#define HEAP UINT64_C(0x555500000000)

static char directory[] = "/tmp/refgraph-hostile-XXXXXX";
static char core_path[64], module_path[64];
static const unsigned char id[20] = { 1, 2, 3 };

static int setup(void)
{
	if (!mkdtemp(directory) || setenv("TMPDIR", directory, 1) != 0)
		return 1;
	snprintf(core_path, sizeof(core_path), "%s/core", directory);
	snprintf(module_path, sizeof(module_path), "%s/libsynth.so", directory);
	return 0;
}

static int teardown(void)
{
	char command[128];

	unsetenv("TMPDIR");
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return system(command);
}

/* A core with everything in it; its module lacks a page that the file has. */
static struct synth_core *whole_core(void)
{
	struct synth_core *core = synth_core_new();
	unsigned char module[SYNTH_MODULE_SIZE], heap[0x3000];

	memset(heap, 'h', sizeof(heap));
	synth_module(module, SYNTH_GNU_HASH, id, sizeof(id), 0);
	synth_write(module_path, module, sizeof(module));
	synth_module(module, SYNTH_GNU_HASH, id, sizeof(id), BASE);
	synth_core_process(core, 99);
	for (uint32_t i = 0; i < 3; i++)
		synth_core_thread(core, 99 + i, HEAP + 0x100, BASE);
	synth_core_auxv(core, AT_PHDR, BASE + 64);
	synth_core_load(core, HEAP, sizeof(heap), PF_R | PF_W, heap, sizeof(heap));
	synth_core_load(core, BASE, 0x2000, PF_R, module, 0x1000);
	synth_core_load(core, BASE + 0x2000, 0x1000, PF_R | PF_X, NULL, 0);
	synth_core_load(core, BASE + 0x3000, 0x1000, PF_R | PF_W, module + 0x3000, 0x1000);
	synth_core_map(core, BASE, BASE + 0x2000, 0, module_path);
	synth_core_map(core, BASE + 0x2000, BASE + 0x3000, 0x2000, module_path);
	synth_core_map(core, BASE + 0x3000, BASE + 0x4000, 0x3000, module_path);
	synth_core_map(core, HEAP - 0x5000, HEAP - 0x4000, 0, "/nowhere/font");
	return core;
}

static unsigned char *bytes_of(struct synth_core *core, size_t *ret_size)
{
	unsigned char *bytes = synth_core_bytes(core, ret_size);

	synth_core_free(core);
	return bytes;
}

static void write_core(struct synth_core *core)
{
	size_t size;
	unsigned char *bytes = bytes_of(core, &size);

	synth_write(core_path, bytes, size);
	free(bytes);
}

/* Goes everywhere in an image that a reader would go. */
static uint64_t walk(rg_image *image)
{
	uint64_t sum = 0, address, size;
	unsigned char byte;
	bool sorted = true, readable = true;

	for (size_t i = 0; i < image->segment_count; i++) {
		const struct rg_segment *segment = &image->segments[i];

		sorted = sorted && segment->start < segment->end &&
			 (!i || image->segments[i - 1].end <= segment->start);
		/* The slow reads cross segments; the last page may end at 2^64 - 1. */
		for (uint64_t at = 0; at < segment->end - segment->start; at += 512) {
			readable = readable && rg_image_read(image, segment->start + at, &byte, 1);
			sum += byte;
		}
		sum += segment->bytes[segment->end - segment->start - 1];
	}
	CU_ASSERT_TRUE_FATAL(sorted && readable);
	for (size_t i = 0; i < image->module_count; i++) {
		sum += strlen(image->modules[i].path);
		if (rg_image_symbol(image, &image->modules[i], "synth_alpha", &address, &size))
			sum += rg_image_symbol_at(image, address) != NULL;
		sum += rg_image_symbol(image, &image->modules[i], "absent", &address, &size);
	}
	for (size_t i = 0; i < image->mapping_count; i++)
		CU_ASSERT_TRUE(image->mappings[i].module < image->module_count);
	for (size_t i = 0; i < image->missing_count; i++)
		sum += strlen(image->missing[i]);
	return sum;
}

/* Expects an error of @code whose sentence holds @words. */
static void expect_error(const char *path, enum rg_error_code code, const char *words)
{
	rg_image *image = NULL;
	rg_error *error = rg_image_open_core(path, NULL, &image);

	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_error_code(error), code);
	CU_ASSERT_PTR_NOT_NULL(strstr(rg_error_message(error), words));
	CU_ASSERT_PTR_NOT_NULL(strstr(rg_error_message(error), path));
	if (!strstr(rg_error_message(error), words))
		printf("# %s\n", rg_error_message(error));
	CU_ASSERT_PTR_NULL(image);
	rg_error_free(error);
}

static rg_image *open_core(void)
{
	rg_image *image = NULL;
	rg_error *error = rg_image_open_core(core_path, NULL, &image);

	if (error)
		printf("# %s\n", rg_error_message(error));
	rg_error_free(error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(image);
	return image;
}

static void names_what_is_no_core(void)
{
	struct synth_core *core;

	synth_write(core_path, "", 0);
	expect_error(core_path, RG_ERROR_NOT_A_DUMP, "is empty");
	synth_write(core_path, "hello, world\n", 13);
	expect_error(core_path, RG_ERROR_NOT_A_DUMP, "not an ELF file");
	synth_write(core_path, "\177ELF\2\1\1", 7);
	expect_error(core_path, RG_ERROR_CORRUPT, "cut off in its ELF header");
	expect_error(directory, RG_ERROR_NOT_A_DUMP, "directory");
	expect_error("/dev/null", RG_ERROR_NOT_A_DUMP, "not a regular file");
	expect_error("/nowhere/core", RG_ERROR_IO, "No such file");
	core = whole_core();
	synth_core_options(core)->type = ET_DYN;
	write_core(core);
	expect_error(core_path, RG_ERROR_NOT_A_DUMP, "not a core: dump a running process");
	core = whole_core();
	synth_core_options(core)->class = ELFCLASS32;
	write_core(core);
	expect_error(core_path, RG_ERROR_UNSUPPORTED, "32-bit");
	core = whole_core();
	synth_core_options(core)->data = ELFDATA2MSB;
	write_core(core);
	expect_error(core_path, RG_ERROR_UNSUPPORTED, "big-endian");
	core = whole_core();
	synth_core_options(core)->machine = EM_RISCV;
	write_core(core);
	expect_error(core_path, RG_ERROR_UNSUPPORTED, "machine 243");
	core = whole_core();
	synth_core_options(core)->class = 7;
	write_core(core);
	expect_error(core_path, RG_ERROR_NOT_A_DUMP, "no valid ELF header");
}

static void a_cut_core_gives_what_it_has(void)
{
	size_t size;
	unsigned char *bytes = bytes_of(whole_core(), &size);
	size_t opened = 0;

	for (size_t i = 0; i < 40; i++) {
		size_t cut = i * size / 40;
		rg_image *image = NULL;
		rg_error *error;

		synth_write(core_path, bytes, cut);
		error = rg_image_open_core(core_path, NULL, &image);
		if (error) {
			CU_ASSERT_PTR_NULL(image);
			rg_error_free(error);
			continue;
		}
		opened++;
		CU_ASSERT_FALSE(image->complete);
		CU_ASSERT_TRUE(image->missing_count > 0);
		CU_ASSERT_TRUE(image->dump_bytes <= cut);
		walk(image);
		rg_image_close(image);
	}
	CU_ASSERT_TRUE(opened > 30);
	/* Cut in the middle of the heap: its first half is there, byte for byte. */
	synth_write(core_path, bytes, size - 0x2000 - 0x1800);
	free(bytes);
	{
		rg_image *image = open_core();

		CU_ASSERT_PTR_NOT_NULL(rg_image_at(image, HEAP, 0x1800));
		CU_ASSERT_PTR_NULL(rg_image_at(image, HEAP, 0x1801));
		CU_ASSERT_PTR_NOT_NULL(strstr(image->missing[0], "is cut off at "));
		rg_image_close(image);
	}
}

static void no_flipped_word_crashes_it(void)
{
	size_t size, whole = 0;
	unsigned char *bytes = bytes_of(whole_core(), &size);
	uint64_t seed = 12345;

	for (int i = 0; i < 400; i++) {
		rg_image *image = NULL;
		rg_error *error;
		uint64_t old, word;
		size_t at;

		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		/* Headers and notes for the most part: the rest is only data. */
		at = (size_t)(seed >> 33) % (i % 4 ? 0x900 : size - 8);
		memcpy(&old, bytes + at, 8);
		word = i % 3 == 0 ? ~old : i % 3 == 1 ? seed : UINT64_MAX - (seed >> 48);
		memcpy(bytes + at, &word, 8);
		synth_write(core_path, bytes, size);
		error = rg_image_open_core(core_path, NULL, &image);
		if (!error) {
			whole++;
			walk(image);
			rg_image_close(image);
		}
		rg_error_free(error);
		memcpy(bytes + at, &old, 8);
	}
	CU_ASSERT_TRUE(whole > 100);
	free(bytes);
}

/* The same for what lies in the module's own headers and tables. */
static void no_flipped_word_of_a_module_crashes_it(void)
{
	unsigned char module[SYNTH_MODULE_SIZE];
	uint64_t seed = 99;

	for (int i = 0; i < 400; i++) {
		struct synth_core *core = synth_core_new();
		static const size_t starts[] = { 0, 0x1000, 0x3000, 0x400 };
		static const size_t sizes[] = { 0x158, 0x230, 0x80, 0x60 };
		rg_image *image;
		uint64_t word;
		size_t at;

		synth_module(module, i % 3, id, sizeof(id), BASE);
		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		at = starts[i % 4] + (size_t)(seed >> 33) % sizes[i % 4];
		word = i % 2 ? seed : UINT64_MAX - (seed >> 40);
		memcpy(module + at, &word, 8);
		synth_core_load(core, BASE, sizeof(module), PF_R | PF_W, module, sizeof(module));
		synth_core_map(core, BASE, BASE + sizeof(module), 0, "/nowhere/x.so");
		write_core(core);
		image = open_core();
		walk(image);
		rg_image_close(image);
	}
}

/* The same for the file on disk. */
static void no_flipped_word_of_a_file_crashes_it(void)
{
	unsigned char module[SYNTH_MODULE_SIZE];
	uint64_t seed = 7;

	write_core(whole_core());
	for (int i = 0; i < 200; i++) {
		rg_image *image;
		uint64_t word;

		synth_module(module, SYNTH_GNU_HASH, id, sizeof(id), 0);
		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		word = i % 2 ? seed : UINT64_MAX - (seed >> 40);
		memcpy(module + (size_t)(seed >> 33) % (i % 3 ? 0x158 : 0x1230), &word, 8);
		synth_write(module_path, module, i % 5 ? sizeof(module) : (size_t)i * 80);
		image = open_core();
		walk(image);
		rg_image_close(image);
	}
}

static void overlapping_segments_are_cut(void)
{
	struct synth_core *core = synth_core_new();
	unsigned char a[0x2000], b[0x2000];
	rg_image *image;

	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	synth_core_load(core, HEAP + 0x1000, sizeof(b), PF_R | PF_W, b, sizeof(b));
	synth_core_load(core, HEAP, sizeof(a), PF_R | PF_W, a, sizeof(a));
	write_core(core);
	image = open_core();
	CU_ASSERT_FALSE(image->complete);
	CU_ASSERT_EQUAL(image->dump_bytes, 0x3000);
	CU_ASSERT_EQUAL(*(const char *)rg_image_at(image, HEAP + 0x1fff, 1), 'a');
	CU_ASSERT_EQUAL(*(const char *)rg_image_at(image, HEAP + 0x2000, 1), 'b');
	CU_ASSERT_PTR_NOT_NULL(strstr(image->missing[0], "overlap"));
	rg_image_close(image);
}

static void says_what_notes_are_missing(void)
{
	struct synth_core *core = synth_core_new();
	rg_image *image;

	synth_core_options(core)->no_file_note = true;
	synth_core_load(core, HEAP, 0x1000, PF_R, "r", 1);
	write_core(core);
	image = open_core();
	CU_ASSERT_EQUAL_FATAL(image->missing_count, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(image->missing[0], "no writable memory"));
	CU_ASSERT_PTR_NOT_NULL(strstr(image->missing[1], "NT_FILE"));
	rg_image_close(image);
}

/* Many program headers that all lead to the same bytes. */
static void headers_cannot_multiply_the_file(void)
{
	struct synth_core *core = synth_core_new();
	unsigned char *bytes, heap[0x10000];
	size_t size;

	memset(heap, 0, sizeof(heap));
	synth_core_load(core, HEAP, sizeof(heap), PF_R | PF_W, heap, sizeof(heap));
	for (uint64_t i = 1; i < 20000; i++)
		synth_core_load(core, HEAP + i * 0x100000, 0x10000, PF_R | PF_W, NULL, 0);
	bytes = bytes_of(core, &size);
	for (size_t i = 2; i < 20001; i++) {
		Elf64_Phdr *phdr = (Elf64_Phdr *)(bytes + sizeof(Elf64_Ehdr)) + i;

		phdr->p_offset = phdr[1 - (ptrdiff_t)i].p_offset;
		phdr->p_filesz = 0x10000;
	}
	synth_write(core_path, bytes, size);
	free(bytes);
	expect_error(core_path, RG_ERROR_LIMIT, "far more memory than the file holds");
}

/* Addresses at the very end of the address space. */
static void the_last_page_is_no_trap(void)
{
	struct synth_core *core = synth_core_new();
	static const unsigned char page[0x2000] = { 1 };
	rg_image *image;

	synth_core_load(core, -(uint64_t)0x1000, 0x1000, PF_R | PF_W, page, 0x1000);
	synth_core_load(core, -(uint64_t)0x2000, 0xfff, PF_R | PF_W, page, 0x2000);
	synth_core_load(core, 0, 0x1000, PF_R | PF_W, page, 0x1000);
	synth_core_map(core, 0, UINT64_MAX, 0, "/nowhere/x.so");
	synth_core_map(core, -(uint64_t)0x1000, UINT64_MAX, INT64_MAX - 1, "/nowhere/y.so");
	write_core(core);
	image = open_core();
	walk(image);
	CU_ASSERT_PTR_NULL(rg_image_at(image, UINT64_MAX, 1));
	CU_ASSERT_PTR_NOT_NULL(rg_image_at(image, 0, 1));
	CU_ASSERT_FALSE(image->complete);
	rg_image_close(image);
}

static void a_large_core_with_holes_opens(void)
{
	struct synth_core *core = synth_core_new();
	size_t size;
	unsigned char *bytes;
	Elf64_Phdr *phdr;
	const uint64_t large = UINT64_C(5) << 30;
	rg_image *image;
	uint64_t word;
	int fd;

	synth_core_load(core, HEAP, large, PF_R | PF_W, NULL, 0);
	bytes = bytes_of(core, &size);
	phdr = (Elf64_Phdr *)(bytes + sizeof(Elf64_Ehdr)) + 1;
	phdr->p_offset = 0x1000;
	phdr->p_filesz = large;
	synth_write(core_path, bytes, size);
	free(bytes);
	fd = open(core_path, O_WRONLY);
	CU_ASSERT_TRUE_FATAL(fd >= 0);
	if (ftruncate(fd, (off_t)(large + 0x1000)) != 0 ||
	    pwrite(fd, "the end.", 8, (off_t)(large + 0x1000 - 8)) != 8) {
		close(fd);
		rg_skip("no room for a file of 5 GiB with holes");
		return;
	}
	close(fd);
	image = open_core();
	CU_ASSERT_TRUE(image->complete);
	CU_ASSERT_EQUAL(image->dump_bytes, large);
	CU_ASSERT_TRUE(rg_image_u64(image, HEAP + large - 8, &word));
	CU_ASSERT_EQUAL(memcmp(&word, "the end.", 8), 0);
	CU_ASSERT_TRUE(rg_image_u64(image, HEAP + large / 2, &word));
	CU_ASSERT_EQUAL(word, 0);
	rg_image_close(image);
	unlink(core_path);
}

/* Every allocation failed once: no memory is the answer, or the image is whole. */
static void every_allocation_can_fail(void)
{
	struct rg_image_options options = { .exe = module_path };
	int64_t i;

	write_core(whole_core());
	for (i = 0; i < 10000; i++) {
		rg_image *image = NULL;
		rg_error *error;

		rg_alloc_fail_after(i);
		error = rg_image_open_core(core_path, &options, &image);
		rg_alloc_fail_after(-1);
		if (!error) {
			CU_ASSERT_TRUE(image->complete);
			rg_image_close(image);
			break;
		}
		CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		CU_ASSERT_PTR_NULL(image);
		rg_error_free(error);
	}
	CU_ASSERT_TRUE(i > 20 && i < 10000);
	for (i = 0; i < 100; i++) {
		rg_image *image = open_core();
		const char *name;

		rg_alloc_fail_after(i);
		name = rg_image_symbol_at(image, BASE + SYNTH_DATA);
		rg_alloc_fail_after(-1);
		/* What failed for want of memory works when there is some. */
		CU_ASSERT_PTR_NOT_NULL(rg_image_symbol_at(image, BASE + SYNTH_DATA));
		rg_image_close(image);
		if (name)
			break;
	}
	CU_ASSERT_TRUE(i > 0 && i < 100);
}

/* Every call to the system failed once. */
static void io_failures(bool compressed)
{
	int64_t i;

	for (i = 0; i < 1000; i++) {
		rg_image *image = NULL;
		rg_error *error;
		bool whole;

		rg_io_fail_after(i);
		error = rg_image_open_core(core_path, NULL, &image);
		rg_io_fail_after(-1);
		if (error) {
			CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_IO);
			CU_ASSERT_PTR_NULL(image);
			rg_error_free(error);
			continue;
		}
		/* The core was read and the library's file was not, or both were. */
		whole = image->complete;
		CU_ASSERT_EQUAL(image->modules[1].state,
				whole ? RG_MODULE_AGREES : RG_MODULE_ABSENT);
		rg_image_close(image);
		if (whole)
			break;
	}
	/* The hook lets every later call fail too: the last failure is the library's. */
	CU_ASSERT_TRUE(i >= (compressed ? 8 : 6) && i < 1000);
}

static void every_io_call_can_fail(void)
{
	write_core(whole_core());
	io_failures(false);
}

#ifdef HAVE_ZSTD
static void write_zstd(const unsigned char *bytes, size_t size, size_t cut)
{
	size_t bound = ZSTD_compressBound(size), packed;
	unsigned char *out = malloc(bound);

	packed = ZSTD_compress(out, bound, bytes, size, 3);
	CU_ASSERT_TRUE_FATAL(!ZSTD_isError(packed));
	synth_write(core_path, out, packed - cut);
	free(out);
}

static void reads_zstd(void)
{
	size_t size, noise = 0x80000;
	unsigned char *bytes, *heap = calloc(1, noise);
	struct synth_core *core = whole_core();
	uint64_t seed = 3;
	rg_image *image;

	/* Noise does not compress, so that a cut in it is felt; zeros become holes. */
	for (size_t i = 0; i < noise / 2; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1;
		heap[i] = (unsigned char)(seed >> 56);
	}
	synth_core_load(core, HEAP + 0x100000, noise, PF_R | PF_W, heap, noise);
	bytes = bytes_of(core, &size);
	write_zstd(bytes, size, 0);
	image = open_core();
	CU_ASSERT_TRUE(image->complete);
	CU_ASSERT_PTR_NOT_NULL_FATAL(rg_image_at(image, HEAP + 0x100000, noise));
	CU_ASSERT_EQUAL(memcmp(rg_image_at(image, HEAP + 0x100000, noise), heap, noise), 0);
	walk(image);
	rg_image_close(image);
	io_failures(true);

	for (int64_t i = 0;; i++) {
		rg_error *error;

		rg_alloc_fail_after(i);
		error = rg_image_open_core(core_path, NULL, &image);
		rg_alloc_fail_after(-1);
		if (!error)
			break;
		CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
	}
	rg_image_close(image);

	write_zstd(bytes, size, 1000);
	image = open_core();
	CU_ASSERT_FALSE(image->complete);
	CU_ASSERT_PTR_NOT_NULL(strstr(image->missing[0], "cannot be decompressed beyond"));
	CU_ASSERT_PTR_NOT_NULL(rg_image_at(image, HEAP, 0x3000));
	walk(image);
	rg_image_close(image);

	write_zstd((const unsigned char *)"plain text", 10, 0);
	expect_error(core_path, RG_ERROR_NOT_A_DUMP, "not an ELF core");
	synth_write(core_path, "\x28\xb5\x2f\xfd garbage", 12);
	expect_error(core_path, RG_ERROR_CORRUPT, "nothing of it can be decompressed");
	free(heap);
	free(bytes);
}

/* A few kilobytes that would become 1.5 GiB. */
static void a_bomb_is_refused(void)
{
	size_t size = UINT64_C(1) << 28, packed, bound;
	unsigned char *bytes = calloc(1, size), *out;

	memcpy(bytes, ELFMAG, SELFMAG);
	bound = ZSTD_compressBound(size);
	out = malloc(bound);
	packed = ZSTD_compress(out, bound, bytes, size, 1);
	CU_ASSERT_TRUE_FATAL(!ZSTD_isError(packed));
	free(bytes);
	/* Frames can follow each other. */
	bytes = malloc(packed * 6);
	for (size_t i = 0; i < 6; i++)
		memcpy(bytes + i * packed, out, packed);
	synth_write(core_path, bytes, packed * 6);
	free(bytes);
	free(out);
	expect_error(core_path, RG_ERROR_LIMIT, "decompresses to more than");
}
#else
static void reads_zstd(void)
{
	synth_write(core_path, "\x28\xb5\x2f\xfd", 4);
	expect_error(core_path, RG_ERROR_UNSUPPORTED, "decompress it first (zstd -d");
}

static void a_bomb_is_refused(void)
{
	rg_skip("built without zstd");
}
#endif

/* Compresses the core with @command, if there is such a program. */
static void reads_packed(const char *program, bool built_in)
{
	char command[256];
	rg_image *image;
	struct stat st;

	snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", program);
	if (system(command) != 0) {
		rg_skip("the program that compresses is not here");
		return;
	}
	write_core(whole_core());
	/* Twice: two members in one file make one core. */
	snprintf(command, sizeof(command),
		 "cd '%s' && head -c 5000 core | %s -c >packed && tail -c +5001 core | %s -c "
		 ">>packed && mv packed core", directory, program, program);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	if (!built_in) {
		expect_error(core_path, RG_ERROR_UNSUPPORTED, "decompress it first");
		return;
	}
	image = open_core();
	CU_ASSERT_TRUE(image->complete);
	CU_ASSERT_EQUAL(image->thread_count, 3);
	walk(image);
	rg_image_close(image);
	/* Without its end it is not whole, and that is said or an error. */
	CU_ASSERT_EQUAL_FATAL(stat(core_path, &st), 0);
	for (off_t cut = 1; cut < st.st_size - 64; cut += st.st_size / 4) {
		rg_error *error;

		CU_ASSERT_EQUAL_FATAL(truncate(core_path, st.st_size - cut), 0);
		error = rg_image_open_core(core_path, NULL, &image);
		if (!error) {
			CU_ASSERT_FALSE(image->complete);
			walk(image);
			rg_image_close(image);
		}
		CU_ASSERT_TRUE(!error || rg_error_code(error) == RG_ERROR_CORRUPT);
		rg_error_free(error);
	}
}

static void reads_gzip(void)
{
#ifdef HAVE_ZLIB
	reads_packed("gzip", true);
#else
	reads_packed("gzip", false);
#endif
}

static void reads_xz(void)
{
#ifdef HAVE_LZMA
	reads_packed("xz", true);
#else
	reads_packed("xz", false);
#endif
}

static void names_the_command_for_lz4(void)
{
	synth_write(core_path, "\x04\x22\x4d\x18 and so on", 14);
	expect_error(core_path, RG_ERROR_UNSUPPORTED, "decompress it first (lz4 -d");
}

static const struct rg_test tests[] = {
	RG_TEST(names_what_is_no_core),
	RG_TEST(a_cut_core_gives_what_it_has),
	RG_TEST(no_flipped_word_crashes_it),
	RG_TEST(no_flipped_word_of_a_module_crashes_it),
	RG_TEST(no_flipped_word_of_a_file_crashes_it),
	RG_TEST(overlapping_segments_are_cut),
	RG_TEST(says_what_notes_are_missing),
	RG_TEST(headers_cannot_multiply_the_file),
	RG_TEST(the_last_page_is_no_trap),
	RG_TEST(a_large_core_with_holes_opens),
	RG_TEST(every_allocation_can_fail),
	RG_TEST(every_io_call_can_fail),
	RG_TEST(reads_zstd),
	RG_TEST(a_bomb_is_refused),
	RG_TEST(reads_gzip),
	RG_TEST(reads_xz),
	RG_TEST(names_the_command_for_lz4),
	{ 0 },
};

const struct rg_suite rg_suite_image_hostile = { "image_hostile", setup, teardown, tests };
