/* SPDX-License-Identifier: MIT */
/*
 * Opening an ELF core: from its program headers to an image, with a list of
 * what a cut or contradictory file lacks.
 *
 * The file stays mapped.  If somebody truncates it meanwhile, reading the lost
 * part raises SIGBUS: a library must not install a handler for that, and
 * copying every core would cost what mapping saves.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "image/private.h"

enum {
	MAX_NOTE_SEGMENTS = 64, /* a core has one */
	SPARE_PAGES = 64 << 10, /* program headers may claim this and twice the file */
};

/* What was found to be cut off. */
struct cut {
	size_t segments;
	uint64_t end; /* where the file should end */
};

static rg_error *check_kind(const struct rg_elf *elf, const char *path)
{
	if (elf->type != ET_CORE)
		return rg_error_new(RG_ERROR_NOT_A_DUMP,
				    "%s: is an ELF executable, shared object or object file, not a "
				    "core: dump a running process with gcore PID", path);
	if (elf->machine != EM_X86_64 && elf->machine != EM_AARCH64)
		return rg_error_new(RG_ERROR_UNSUPPORTED,
				    "%s: is of ELF machine %u: only x86-64 (62) and AArch64 (183) "
				    "can be read", path, elf->machine);
	if (!elf->phdr_usable)
		return rg_error_new(RG_ERROR_CORRUPT,
				    "%s: holds no program headers, so no memory: it is %llu bytes "
				    "long, cut off or damaged: dump again", path,
				    (unsigned long long)elf->size);
	return NULL;
}

/* How much of the file's range [@offset, @offset + @size) is there; the rest goes into @cut. */
static uint64_t usable(const struct rg_elf *elf, uint64_t offset, uint64_t size, struct cut *cut)
{
	uint64_t there = offset < elf->size ? elf->size - offset : 0, end;

	if (__builtin_add_overflow(offset, size, &end))
		end = UINT64_MAX;
	if (end > cut->end)
		cut->end = end;
	if (there >= size)
		return size;
	cut->segments++;
	return there;
}

static int compare_loads(const void *a, const void *b)
{
	const struct rg_core_load *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return x->bytes < y->bytes ? -1 : x->bytes > y->bytes;
}

/* Collects the PT_LOADs; segments get those bytes that are in the file. */
static rg_error *read_loads(rg_image *image, const struct rg_elf *elf, rg_segments *segments,
			    struct cut *cut)
{
	struct rg_image_private *private = image->private;
	uint64_t budget = elf->size / RG_PAGE_SIZE * 2 + SPARE_PAGES;
	uint64_t senseless = 0;

	for (uint64_t i = 0; i < elf->phdr_usable; i++) {
		struct rg_core_load load;
		struct rg_segment segment;
		Elf64_Phdr phdr;
		uint64_t pages;

		if (!rg_elf_phdr(elf, i, &phdr) || phdr.p_type != PT_LOAD || !phdr.p_memsz)
			continue;
		load = (struct rg_core_load){ .start = phdr.p_vaddr, .flags = phdr.p_flags };
		if (__builtin_add_overflow(phdr.p_vaddr, phdr.p_memsz, &load.end)) {
			senseless++;
			continue;
		}
		if (phdr.p_filesz > phdr.p_memsz) {
			senseless++;
			phdr.p_filesz = phdr.p_memsz;
		}
		load.size = phdr.p_filesz ? usable(elf, phdr.p_offset, phdr.p_filesz, cut) : 0;
		load.bytes = load.size ? elf->data + phdr.p_offset : NULL;
		if (!rg_vector_push(&private->loads, load))
			return rg_error_no_memory();
		if (!load.size)
			continue;
		segment = (struct rg_segment){ load.start, load.start + load.size, load.bytes,
					       load.flags & PF_W, false };
		pages = ((segment.end - 1) >> RG_PAGE_BITS) - (segment.start >> RG_PAGE_BITS) + 1;
		if (pages > budget)
			return rg_error_new(
				RG_ERROR_LIMIT,
				"%s: its program headers claim far more memory than the "
				"file holds: it is damaged, dump again",
				private->core_path);
		budget -= pages;
		if (!rg_vector_push(segments, segment))
			return rg_error_no_memory();
	}
	if (private->loads.count > 1)
		qsort(private->loads.data, private->loads.count, sizeof(*private->loads.data),
		      compare_loads);
	if (senseless)
		return rg_image_lacks_format(image, "%s: %llu of its program headers make no "
					     "sense: it is damaged, dump again",
					     private->core_path, (unsigned long long)senseless);
	return NULL;
}

static rg_error *read_notes(rg_image *image, const struct rg_elf *elf, struct cut *cut)
{
	size_t seen = 0;

	for (uint64_t i = 0; i < elf->phdr_usable && seen < MAX_NOTE_SEGMENTS; i++) {
		Elf64_Phdr phdr;

		if (!rg_elf_phdr(elf, i, &phdr) || phdr.p_type != PT_NOTE)
			continue;
		seen++;
		RG_TRY(rg_elf_notes(elf, phdr.p_offset,
				    usable(elf, phdr.p_offset, phdr.p_filesz, cut),
				    rg_image_read_note, image));
	}
	return NULL;
}

/* Says where a core ends before it should, in the largest unit that shows the difference. */
static rg_error *note_cut(rg_image *image, uint64_t size, uint64_t end)
{
	const char *unit = "bytes";
	unsigned shift = 0;

	if (end >= UINT64_C(10) << 20) {
		unit = "MiB";
		shift = 20;
	} else if (end >= 10 << 10) {
		unit = "KiB";
		shift = 10;
	}
	return rg_image_lacks_format(
		image,
		"%s: is cut off at %llu of %llu %s: what lay in the rest, and what only that "
		"refers to, is in no answer: dump again, with room on the disk and no size "
		"limit (ulimit -c, coredump.conf)",
		image->private->core_path, (unsigned long long)(size >> shift),
		(unsigned long long)((end + (UINT64_C(1) << shift) - 1) >> shift), unit);
}

/* Says what is not there of the core itself. */
static rg_error *note_gaps(rg_image *image, const struct rg_elf *elf, const struct cut *cut,
			   size_t overlaps)
{
	const char *path = image->private->core_path;
	bool writable = false;

	if (elf->phdr_usable < elf->phdr_count)
		RG_TRY(rg_image_lacks_format(image, "%s: is cut off: only %llu of its %llu program "
					     "headers are there: dump again, with room on the disk "
					     "and no size limit (ulimit -c, coredump.conf)", path,
					     (unsigned long long)elf->phdr_usable,
					     (unsigned long long)elf->phdr_count));
	if (cut->segments)
		RG_TRY(note_cut(image, elf->size, cut->end));
	if (overlaps)
		RG_TRY(rg_image_lacks_format(image,
					     "%s: %zu of its segments overlap others: it is "
					     "damaged, dump again",
					     path, overlaps));
	for (size_t i = 0; i < image->segment_count && !writable; i++)
		writable = image->segments[i].writable;
	if (!writable)
		RG_TRY(rg_image_lacks_format(image,
					     "%s: holds no writable memory, so no heap: dump "
					     "with coredump_filter 0x33 or 0x37",
					     path));
	if (!image->private->has_file_note)
		RG_TRY(rg_image_lacks_format(image,
					     "%s: holds no list of mapped files (NT_FILE), so "
					     "that neither modules nor their symbols can be found: "
					     "dump with gcore or let the kernel write the core",
					     path));
	return NULL;
}

static rg_error *read_core(rg_image *image, const struct rg_elf *elf,
			   const struct rg_image_options *options)
{
	rg_segments segments = { NULL, 0, 0 };
	struct cut cut = { 0 };
	size_t overlaps = 0;
	rg_error *error;

	RG_TRY(check_kind(elf, image->private->core_path));
	image->private->machine = elf->machine;
	error = read_loads(image, elf, &segments, &cut);
	if (!error)
		error = read_notes(image, elf, &cut);
	if (!error)
		error = rg_image_set_segments(image, &segments, &overlaps);
	rg_vector_free(&segments);
	if (error)
		return error;
	for (size_t i = 0; i < image->segment_count; i++)
		image->dump_bytes += image->segments[i].end - image->segments[i].start;
	RG_TRY(note_gaps(image, elf, &cut, overlaps));
	RG_TRY(rg_image_find_modules(image));
	return rg_image_fill(image, options);
}

rg_error *rg_image_open_core(const char *path, const struct rg_image_options *options,
			     rg_image **ret)
{
	static const struct rg_image_options none;
	struct rg_image_private *private;
	char *note = NULL;
	struct rg_elf elf;
	rg_image *image;
	rg_error *error;

	RG_TRY(rg_image_new(&image));
	private = image->private;
	private->core_path = rg_strdup(path);
	error = private->core_path ? rg_file_open(path, &private->core) : rg_error_no_memory();
	if (!error)
		error = rg_image_unpack(&private->core, path,
					options ? &options->progress : &none.progress, &note);
	if (!error && note)
		error = rg_image_lacks(image, note);
	rg_free(note);
	if (!error)
		error = rg_elf_open(private->core.data, private->core.size, path, &elf);
	if (!error) {
		error = read_core(image, &elf, options ? options : &none);
		rg_elf_close(&elf);
	}
	if (error) {
		rg_image_close(image);
		return error;
	}
	*ret = image;
	return NULL;
}
