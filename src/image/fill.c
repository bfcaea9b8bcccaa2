/* SPDX-License-Identifier: MIT */
/*
 * Bytes that the core leaves out, taken from the mapped files.
 *
 * A kernel core and gcore both omit pages that the process never wrote: code and
 * read-only data.  A file's bytes are used only when its build-id is the one
 * found in the process's memory, and only for segments that the file itself
 * maps read-only: what is writable may have been relocated or written before
 * the core lost it.
 */
#include <limits.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "image/private.h"

enum {
	MAX_SENTENCES = 3,             /* one a module, then a summary of the others */
	MAX_FILE_SEGMENTS = 256 << 10, /* a process has 65,530 mappings at most by default */
	MAX_FILE_PAGES = 8 << 20,      /* 32 GiB of mapped files */
};

/* A module of which read-only bytes are nowhere to be had. */
struct rg_lacking {
	size_t module;
	uint64_t bytes;
};

struct filler {
	rg_image *image;
	const struct rg_image_options *options;
	size_t exe; /* the module that options->exe stands for, or SIZE_MAX */
	rg_segments segments;
	uint64_t pages;
	RG_VECTOR(struct rg_lacking) lacking;
};

static bool same_build_id(const struct rg_module *module, const unsigned char *id, size_t size)
{
	return size && size == module->build_id_size && memcmp(module->build_id, id, size) == 0;
}

/* The first eight bytes of a build-id in hexadecimal, or "none". */
static const char *short_id(const unsigned char *id, size_t size, char text[24])
{
	static const char digits[] = "0123456789abcdef";
	size_t shown = size < 8 ? size : 8, at = 0;

	if (!size)
		return "none";
	for (size_t i = 0; i < shown; i++) {
		text[at++] = digits[id[i] >> 4];
		text[at++] = digits[id[i] & 15];
	}
	memcpy(text + at, size > shown ? ".." : "", 3);
	return text;
}

/* A file that certainly is not what @module was: to use none would not be what was asked for. */
static rg_error *refuse_other(const struct rg_module *module,
			      const struct rg_candidate *candidate, const char *path)
{
	char in_core[24], on_disk[24];

	if (!module->build_id_size || !candidate->build_id_size ||
	    same_build_id(module, candidate->build_id, candidate->build_id_size))
		return NULL;
	return rg_error_new(RG_ERROR_INVALID,
			    "%s: is another build than the %s that was dumped (build-id %s, but %s "
			    "in the core): name the file that the process ran, or leave --exe out",
			    path, module->path,
			    short_id(candidate->build_id, candidate->build_id_size, on_disk),
			    short_id(module->build_id, module->build_id_size, in_core));
}

/*
 * Which module --exe names: the one whose build-id the file has, whatever it is
 * called (a program started through ld.so has that as its executable), else
 * what the kernel says it executed.
 */
static rg_error *place_exe(struct filler *filler)
{
	rg_image *image = filler->image;
	const char *path = filler->options->exe;
	struct rg_candidate candidate;
	rg_error *error;
	bool found;

	filler->exe = SIZE_MAX;
	if (!path)
		return NULL;
	RG_TRY(rg_file_open(path, &candidate.file));
	rg_file_close(&candidate.file);
	RG_TRY(rg_candidate_open(&candidate, path, image->private->machine, &found));
	if (!found || !candidate.is_elf) {
		if (found)
			rg_candidate_close(&candidate);
		return rg_error_new(RG_ERROR_INVALID,
				    "%s: is not an executable of the core's machine: name the "
				    "program that the process ran", path);
	}
	for (size_t i = 0; i < image->module_count && filler->exe == SIZE_MAX; i++)
		if (same_build_id(&image->modules[i], candidate.build_id, candidate.build_id_size))
			filler->exe = i;
	if (filler->exe == SIZE_MAX)
		filler->exe = image->private->executable;
	error = filler->exe == SIZE_MAX ? NULL
					: refuse_other(&image->modules[filler->exe], &candidate,
						       path);
	rg_candidate_close(&candidate);
	if (error)
		return error;
	if (filler->exe == SIZE_MAX)
		return rg_image_lacks_format(image, "%s: does not say which of its mappings is the "
					     "executable, so %s was not used: use --sysroot",
					     image->private->core_path, path);
	image->modules[filler->exe].is_elf = true;
	return NULL;
}

/* A piece of a mapping that no segment of the core covers. */
struct gap {
	uint64_t start, end;
};

/* The first gap in [@from, @end); false if there is none. */
static bool next_gap(const rg_image *image, uint64_t from, uint64_t end, struct gap *ret)
{
	size_t low = 0, high = image->segment_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (image->segments[middle].end <= from)
			low = middle + 1;
		else
			high = middle;
	}
	for (; from < end; low++) {
		if (low == image->segment_count || image->segments[low].start >= end) {
			*ret = (struct gap){ from, end };
			return true;
		}
		if (image->segments[low].start > from) {
			*ret = (struct gap){ from, image->segments[low].start };
			return true;
		}
		from = image->segments[low].end;
	}
	return false;
}

/*
 * The part of @gap, at file offset @offset, that @phdr maps; false if it is
 * none, writable or not there for reading.
 */
static bool clip_to_load(const Elf64_Phdr *phdr, uint64_t bias, uint64_t page_size,
			 const struct gap *gap, uint64_t offset, struct gap *ret)
{
	uint64_t mask = page_size - 1, vaddr = phdr->p_vaddr, end;
	uint64_t start = bias + (vaddr & ~mask);

	if (phdr->p_type != PT_LOAD || phdr->p_flags & PF_W || !(phdr->p_flags & PF_R) ||
	    __builtin_add_overflow(bias + vaddr, phdr->p_filesz, &end) ||
	    __builtin_add_overflow(end, mask, &end))
		return false;
	end &= ~mask;
	/* The headers must map this address from this offset, or they are not about it. */
	if (gap->start - bias - vaddr != offset - phdr->p_offset)
		return false;
	ret->start = gap->start > start ? gap->start : start;
	ret->end = gap->end < end ? gap->end : end;
	return ret->start < ret->end;
}

/*
 * Goes through what the core lacks of @mapping.  With @file: makes segments of
 * its bytes.  Returns in *ret_lacking how many bytes are still missing.
 */
static rg_error *fill_mapping(struct filler *filler, const struct rg_mapping *mapping,
			      const struct rg_file *file, uint64_t *ret_lacking)
{
	rg_image *image = filler->image;
	const struct rg_module *module = &image->modules[mapping->module];
	const struct rg_module_private *private = &image->private->modules[mapping->module];
	struct gap gap, part;

	for (uint64_t from = mapping->start; next_gap(image, from, mapping->end, &gap);
	     from = gap.end) {
		uint64_t offset = mapping->file_offset + (gap.start - mapping->start);

		if (!private->phdr_count) {
			/* Nothing says what it is: readable and not writable must do. */
			const struct rg_core_load *load = rg_image_load_of(image, gap.start);

			if (!load || (load->flags & PF_R && !(load->flags & PF_W)))
				*ret_lacking += gap.end - gap.start;
			continue;
		}
		for (size_t i = 0; i < private->phdr_count; i++) {
			struct rg_segment segment = { 0 };
			uint64_t at, size;

			if (!clip_to_load(&private->phdrs[i], module->bias,
					  image->private->page_size, &gap, offset, &part))
				continue;
			at = offset + (part.start - gap.start);
			size = file && at < file->size ? file->size - at : 0;
			if (size > part.end - part.start)
				size = part.end - part.start;
			*ret_lacking += part.end - part.start - size;
			if (!size)
				continue;
			/* The mapping's last page goes on beyond the end of the file: zeros. */
			if (part.end - part.start - size < image->private->page_size)
				*ret_lacking -= part.end - part.start - size;
			segment.start = part.start;
			segment.end = part.start + size;
			segment.bytes = file->data + at;
			segment.from_file = true;
			filler->pages += size / RG_PAGE_SIZE + 2;
			if (filler->segments.count >= MAX_FILE_SEGMENTS ||
			    filler->pages > MAX_FILE_PAGES)
				return rg_error_new(RG_ERROR_LIMIT,
						    "%s: its list of mapped files claims more than "
						    "a process can have: it is damaged, dump again",
						    image->private->core_path);
			if (!rg_vector_push(&filler->segments, segment))
				return rg_error_no_memory();
		}
	}
	return NULL;
}

/* The names to try for @module, in order: @index counts from 0; *ret NULL: no more. */
static rg_error *candidate_name(const struct filler *filler, size_t module, size_t index,
				char **ret)
{
	static const char deleted[] = " (deleted)";
	const struct rg_image_options *options = filler->options;
	const char *path = filler->image->modules[module].path;
	size_t length = strlen(path), root = 0;
	char *name;

	*ret = NULL;
	if (module == filler->exe) {
		if (index)
			return NULL;
		*ret = rg_strdup(options->exe);
		return *ret ? NULL : rg_error_no_memory();
	}
	/* The kernel writes absolute paths without dots; others come from no kernel. */
	if (index > options->sysroot_count || path[0] != '/' || strstr(path, "/../") ||
	    length > PATH_MAX)
		return NULL;
	if (length >= sizeof(deleted) &&
	    strcmp(path + length - (sizeof(deleted) - 1), deleted) == 0)
		length -= sizeof(deleted) - 1;
	if (index < options->sysroot_count)
		root = strlen(options->sysroots[index]);
	name = rg_alloc(root + length + 1);
	if (!name)
		return rg_error_no_memory();
	if (root)
		memcpy(name, options->sysroots[index], root);
	memcpy(name + root, path, length);
	name[root + length] = '\0';
	*ret = name;
	return NULL;
}

/* Tries the files for module @index until one agrees; sets its state and takes the file over. */
static rg_error *find_file(struct filler *filler, size_t index)
{
	rg_image *image = filler->image;
	struct rg_module *module = &image->modules[index];
	struct rg_module_private *private = &image->private->modules[index];

	module->state = RG_MODULE_ABSENT;
	for (size_t i = 0;; i++) {
		struct rg_candidate candidate;
		bool found, use;
		char *name;
		rg_error *error;

		RG_TRY(candidate_name(filler, index, i, &name));
		if (!name)
			return NULL;
		error = rg_candidate_open(&candidate, name, image->private->machine, &found);
		if (error || !found) {
			rg_free(name);
			if (error)
				return error;
			continue;
		}
		memcpy(module->file_build_id, candidate.build_id, sizeof(candidate.build_id));
		module->file_build_id_size = candidate.build_id_size;
		if (same_build_id(module, candidate.build_id, candidate.build_id_size))
			module->state = RG_MODULE_AGREES;
		else if (candidate.is_elf && (!module->build_id_size || !candidate.build_id_size))
			module->state = RG_MODULE_UNKNOWN;
		else
			module->state = RG_MODULE_MISMATCH;
		rg_free(private->file_name);
		private->file_name = name;
		use = candidate.is_elf &&
		      (module->state == RG_MODULE_AGREES ||
		       (module->state == RG_MODULE_UNKNOWN && index == filler->exe &&
			!module->build_id_size));
		if (!use) {
			rg_candidate_close(&candidate);
			continue;
		}
		module->file = name;
		module->is_elf = true;
		private->file = candidate.file;
		if (!private->phdr_count) {
			rg_free(private->phdrs);
			private->phdrs = candidate.phdrs;
			private->phdr_count = candidate.phdr_count;
			rg_module_bias(module, private);
		} else {
			rg_free(candidate.phdrs);
		}
		return NULL;
	}
}

static const char remedy[] =
	"name the right file with --exe or --sysroot, or dump with coredump_filter 0x37";

/* Says that read-only bytes of module @index are nowhere to be had, and why. */
static rg_error *note_module(rg_image *image, size_t index)
{
	const struct rg_module *module = &image->modules[index];
	const char *file = image->private->modules[index].file_name;
	const char *core = image->private->core_path;
	char in_core[24], on_disk[24];

	switch (module->state) {
	case RG_MODULE_AGREES:
		return rg_image_lacks_format(
			image,
			"%s: read-only data of %s are missing: %s has the "
			"right build-id but is shorter than what was mapped: %s",
			core, module->path, file, remedy);
	case RG_MODULE_MISMATCH:
		return rg_image_lacks_format(
			image,
			"%s: read-only data of %s are missing: the core "
			"leaves them out, and %s here is another build (build-id "
			"%s in the core, %s on disk): %s",
			core, module->path, file,
			short_id(module->build_id, module->build_id_size, in_core),
			short_id(module->file_build_id, module->file_build_id_size, on_disk),
			remedy);
	case RG_MODULE_UNKNOWN:
		return rg_image_lacks_format(
			image,
			"%s: read-only data of %s are missing: the core "
			"leaves them out, and nothing shows that %s here is the "
			"same build (build-id %s in the core, %s on disk): %s",
			core, module->path, file,
			short_id(module->build_id, module->build_id_size, in_core),
			short_id(module->file_build_id, module->file_build_id_size, on_disk),
			remedy);
	default:
		return rg_image_lacks_format(
			image,
			"%s: read-only data of %s are missing: the core "
			"leaves them out, and there is no such file here "
			"(build-id %s in the core): %s",
			core, module->path,
			short_id(module->build_id, module->build_id_size, in_core), remedy);
	}
}

/* Is it an ELF module, as far as one can tell when the core lacks its first page? */
static bool looks_like_elf(const rg_image *image, size_t index, const struct rg_mapping *mapping)
{
	const struct rg_module *module = &image->modules[index];
	const struct rg_core_load *load = rg_image_load_of(image, mapping->start);

	if (module->is_elf || image->private->modules[index].first_page_known)
		return module->is_elf;
	return index == image->private->executable || (load && load->flags & PF_X) ||
	       strstr(module->path, ".so") != NULL;
}

/* @mappings lists, grouped by module, the numbers of its mappings. */
static rg_error *fill_module(struct filler *filler, size_t index, const uint32_t *mappings,
			     size_t count)
{
	rg_image *image = filler->image;
	struct rg_module *module = &image->modules[index];
	uint64_t lacking = 0;

	for (size_t i = 0; i < count; i++)
		if (looks_like_elf(image, index, &image->mappings[mappings[i]]))
			module->is_elf = true;
	if (!module->is_elf)
		return NULL;
	for (size_t i = 0; i < count; i++)
		RG_TRY(fill_mapping(filler, &image->mappings[mappings[i]], NULL, &lacking));
	if (!lacking)
		return NULL;
	RG_TRY(find_file(filler, index));
	if (module->file) {
		lacking = 0;
		for (size_t i = 0; i < count; i++)
			RG_TRY(fill_mapping(filler, &image->mappings[mappings[i]],
					    &image->private->modules[index].file, &lacking));
		if (module->state == RG_MODULE_UNKNOWN)
			RG_TRY(rg_image_lacks_format(image,
						     "%s: holds no build-id of %s, so that %s "
						     "was used for it without being verified: dump "
						     "with coredump_filter 0x37",
						     image->private->core_path, module->path,
						     module->file));
	}
	if (lacking && !rg_vector_push(&filler->lacking, ((struct rg_lacking){ index, lacking })))
		return rg_error_no_memory();
	return NULL;
}

static int compare_lacking(const void *a, const void *b)
{
	const struct rg_lacking *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return x->module < y->module ? -1 : x->module > y->module;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * A sentence for each of those that lack most, which a runtime's own file is
 * among, and one for all others.  Where the core itself is cut off, that was
 * said before and is why: then one sentence does for all but a first one that
 * is known to be another build or gone.
 */
static rg_error *note_modules(struct filler *filler)
{
	rg_image *image = filler->image;
	size_t said = MAX_SENTENCES, count = filler->lacking.count;
	struct rg_buffer names = RG_BUFFER_INIT;
	rg_error *error = NULL;

	if (count > 1)
		qsort(filler->lacking.data, count, sizeof(*filler->lacking.data), compare_lacking);
	if (image->missing_count)
		said = count && image->modules[filler->lacking.data[0].module].build_id_size;
	for (size_t i = 0; !error && i < count && i < said; i++)
		error = note_module(image, filler->lacking.data[i].module);
	if (error || count <= said)
		return error;
	for (size_t i = said; i < count && i < said + 3; i++)
		rg_buffer_printf(&names, "%s%s", i > said ? ", " : "",
				 base_name(image->modules[filler->lacking.data[i].module].path));
	if (rg_buffer_failed(&names))
		error = rg_error_no_memory();
	else
		error = rg_image_lacks_format(image,
					      "%s: read-only data of %zu%s mapped files are "
					      "missing %s (%s%s)",
					      image->private->core_path, count - said,
					      said ? " more" : "",
					      said ? "in the same way" : "as well",
					      rg_buffer_string(&names),
					      count > said + 3 ? ", .." : "");
	rg_buffer_free(&names);
	return error;
}

static rg_error *fill_modules(struct filler *filler)
{
	rg_image *image = filler->image;
	size_t count = image->module_count;
	size_t *first = rg_calloc(count + 1, sizeof(*first));
	uint32_t *order = rg_calloc(image->mapping_count, sizeof(*order));
	rg_error *error = NULL;
	size_t at = 0;

	if (!first || !order)
		error = rg_error_no_memory();
	if (!error) {
		/* A counting sort of the mappings by module. */
		for (size_t i = 0; i < image->mapping_count; i++)
			first[image->mappings[i].module]++;
		for (size_t i = 0; i <= count; i++) {
			size_t own = first[i];

			first[i] = at;
			at += own;
		}
		for (size_t i = 0; i < image->mapping_count; i++)
			order[first[image->mappings[i].module]++] = (uint32_t)i;
	}
	at = 0;
	for (size_t i = 0; !error && i < count; i++) {
		error = fill_module(filler, i, order + at, first[i] - at);
		at = first[i];
	}
	rg_free(order);
	rg_free(first);
	return error;
}

/* Adds the new segments to those of the core. */
static rg_error *merge(struct filler *filler)
{
	rg_image *image = filler->image;
	size_t overlaps;

	if (!filler->segments.count)
		return NULL;
	for (size_t i = 0; i < image->segment_count; i++)
		if (!rg_vector_push(&filler->segments, image->segments[i]))
			return rg_error_no_memory();
	return rg_image_set_segments(image, &filler->segments, &overlaps);
}

rg_error *rg_image_fill(rg_image *image, const struct rg_image_options *options)
{
	struct filler filler = { .image = image, .options = options };
	rg_error *error = place_exe(&filler);

	if (!error)
		error = fill_modules(&filler);
	if (!error)
		error = merge(&filler);
	if (!error)
		error = note_modules(&filler);
	rg_vector_free(&filler.lacking);
	rg_vector_free(&filler.segments);
	return error;
}
