/* SPDX-License-Identifier: MIT */
/*
 * The notes of a core: threads, the process's number, the auxiliary vector and
 * the list of mapped files.
 *
 * Layouts as the kernel writes them (struct elf_prstatus, elf_prpsinfo and
 * fill_files_note() in fs/binfmt_elf.c, include/linux/elfcore.h), 64-bit.
 */
#include <signal.h>

#include "base/alloc.h"
#include "image/private.h"

#ifndef NT_ARM_TLS
#define NT_ARM_TLS 0x401
#endif

enum {
	PRSTATUS_SIGNAL = 12,
	PRSTATUS_PID = 32,
	PRSTATUS_REGISTERS = 112,
	PRPSINFO_PID = 24,
	PRPSINFO_ARGUMENTS = 56,
	PRPSINFO_SIZE = 136,
	X86_64_REGISTERS = 27,
	X86_64_RSP = 19,
	X86_64_FS_BASE = 21,
	AARCH64_REGISTERS = 34,
	AARCH64_SP = 31,
};

static uint64_t u64_at(const unsigned char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint32_t u32_at(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* The signal of a thread that was merely stopped for a debugger says nothing. */
static int fatal_signal(uint32_t number)
{
	number &= 0xffff;
	return number > 64 || number == SIGSTOP || number == SIGTRAP ? 0 : (int)number;
}

static void read_process(rg_image *image, const unsigned char *desc, size_t size)
{
	size_t length;

	if (size >= PRPSINFO_PID + 4 && u32_at(desc + PRPSINFO_PID))
		image->pid = u32_at(desc + PRPSINFO_PID);
	if (size < PRPSINFO_SIZE)
		return;
	memcpy(image->command, desc + PRPSINFO_ARGUMENTS, sizeof(image->command) - 1);
	length = strlen(image->command);
	while (length && image->command[length - 1] == ' ')
		image->command[--length] = '\0';
}

static rg_error *read_thread(rg_image *image, const unsigned char *desc, size_t size)
{
	struct rg_image_thread thread = { 0 }, *threads;
	bool x86 = image->private->machine == EM_X86_64;
	size_t registers = x86 ? X86_64_REGISTERS : AARCH64_REGISTERS;

	if (size < PRSTATUS_REGISTERS + registers * 8)
		return NULL;
	thread.native_id = u32_at(desc + PRSTATUS_PID);
	/* The thread that died comes first. */
	if (!image->thread_count)
		image->signal = fatal_signal(u32_at(desc + PRSTATUS_SIGNAL));
	memcpy(thread.registers, desc + PRSTATUS_REGISTERS, registers * 8);
	thread.register_count = registers;
	thread.stack_pointer = thread.registers[x86 ? X86_64_RSP : AARCH64_SP];
	if (x86)
		thread.fs_base = thread.registers[X86_64_FS_BASE];
	/* Powers of two: the count alone says when the array is full. */
	if (!(image->thread_count & (image->thread_count - 1))) {
		threads = rg_realloc(image->threads,
				     image->thread_count ? image->thread_count * 2 : 1,
				     sizeof(*threads));
		if (!threads)
			return rg_error_no_memory();
		image->threads = threads;
	}
	image->threads[image->thread_count++] = thread;
	if (!image->pid)
		image->pid = thread.native_id;
	return NULL;
}

static void read_auxv(rg_image *image, const unsigned char *desc, size_t size)
{
	for (size_t at = 0; size - at >= 16; at += 16) {
		uint64_t value = u64_at(desc + at + 8);

		switch (u64_at(desc + at)) {
		case AT_NULL:
			return;
		case AT_PHDR:
			image->private->at_phdr = value;
			break;
		case AT_ENTRY:
			image->private->at_entry = value;
			break;
		case AT_RANDOM:
			image->private->at_random = value;
			break;
		case AT_PAGESZ:
			if (value >= RG_PAGE_SIZE && value <= 65536 && !(value & (value - 1)))
				image->private->page_size = value;
			break;
		}
	}
}

/*
 * NT_FILE: count, unit of the offsets, count times (start, end, offset), then
 * as many names.  Fills image->mappings, whose module is the place of the name
 * in the copy until rg_image_find_modules() has grouped them.
 */
static rg_error *read_files(rg_image *image, const unsigned char *desc, size_t size)
{
	struct rg_image_private *private = image->private;
	uint64_t count, unit, names, kept = 0;
	const unsigned char *at;

	if (private->has_file_note || size < 16)
		return NULL;
	count = u64_at(desc);
	unit = u64_at(desc + 8);
	/* One NUL at least for each name: so much for the count's bound. */
	if (count > (size - 16) / 25 || size > UINT32_MAX)
		return rg_image_lacks_format(image, "%s: its list of mapped files (NT_FILE) is "
					     "damaged and was left aside: dump again",
					     private->core_path);
	names = 16 + count * 24;
	image->mappings = rg_calloc(count, sizeof(*image->mappings));
	private->file_note = rg_alloc(size - names + 1);
	if (!image->mappings || !private->file_note)
		return rg_error_no_memory();
	private->has_file_note = true;
	memcpy(private->file_note, desc + names, size - names);
	private->file_note[size - names] = '\0';
	at = desc + names;
	for (uint64_t i = 0; i < count; i++) {
		const unsigned char *entry = desc + 16 + i * 24;
		size_t left = size - (size_t)(at - desc);
		const unsigned char *nul = left ? memchr(at, '\0', left) : NULL;
		struct rg_mapping mapping = {
			.start = u64_at(entry),
			.end = u64_at(entry + 8),
			.module = (uint32_t)(at - desc - names),
		};

		if (!nul)
			break;
		at = nul + 1;
		if (mapping.start >= mapping.end ||
		    __builtin_mul_overflow(u64_at(entry + 16), unit, &mapping.file_offset) ||
		    mapping.file_offset > INT64_MAX)
			continue;
		image->mappings[kept++] = mapping;
	}
	image->mapping_count = kept;
	if (kept < count)
		return rg_image_lacks_format(image, "%s: %llu of %llu entries in its list of "
					     "mapped files (NT_FILE) make no sense: dump again",
					     private->core_path,
					     (unsigned long long)(count - kept),
					     (unsigned long long)count);
	return NULL;
}

rg_error *rg_image_read_note(void *context, uint32_t type, const char *name, size_t name_length,
			     const unsigned char *desc, size_t desc_size)
{
	rg_image *image = context;
	bool linux_note = name_length == 5 && memcmp(name, "LINUX", 5) == 0;

	if (linux_note && type == NT_ARM_TLS && image->thread_count && desc_size >= 8 &&
	    image->private->machine == EM_AARCH64)
		image->threads[image->thread_count - 1].fs_base = u64_at(desc);
	if (name_length != 4 || memcmp(name, "CORE", 4) != 0)
		return NULL;
	switch (type) {
	case NT_PRSTATUS:
		return read_thread(image, desc, desc_size);
	case NT_PRPSINFO:
		read_process(image, desc, desc_size);
		return NULL;
	case NT_AUXV:
		read_auxv(image, desc, desc_size);
		return NULL;
	case NT_FILE:
		return read_files(image, desc, desc_size);
	default:
		return NULL;
	}
}
