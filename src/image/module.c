/* SPDX-License-Identifier: MIT */
/*
 * From the list of mapped files to modules: which mappings belong together,
 * where a module begins, and what its ELF headers in memory say of it.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "image/private.h"

enum {
	MAX_PHDRS = 256,           /* real ones have about a dozen */
	MAX_NOTE_BYTES = 64 << 10, /* of one PT_NOTE; the build-id takes 36 */
};

/* A mapping with its name, while they are being sorted. */
struct named {
	struct rg_mapping mapping;
	const char *name;
};

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = x->name == y->name ? 0 : strcmp(x->name, y->name);

	if (order)
		return order;
	if (x->mapping.start != y->mapping.start)
		return x->mapping.start < y->mapping.start ? -1 : 1;
	return 0;
}

static int compare_starts(const void *a, const void *b)
{
	const struct rg_mapping *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return x->module < y->module ? -1 : x->module > y->module;
}

/* A run of mappings in name order that make one module. */
struct run {
	uint64_t low;
	size_t first, count;
};

static int compare_runs(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* Reads the ELF header at @base; the number of its program headers, 0 if it is none. */
static size_t read_elf_header(const rg_image *image, uint64_t base, Elf64_Ehdr *ret)
{
	if (!rg_image_read(image, base, ret, sizeof(*ret)) ||
	    memcmp(ret->e_ident, ELFMAG, SELFMAG) != 0 ||
	    ret->e_ident[EI_CLASS] != ELFCLASS64 || ret->e_ident[EI_DATA] != ELFDATA2LSB ||
	    ret->e_phentsize != sizeof(Elf64_Phdr) || ret->e_phnum > MAX_PHDRS)
		return 0;
	return ret->e_phnum;
}

/* How far the module loaded at @base reaches beyond it, by its headers in memory; 0: unknown. */
static uint64_t extent(const rg_image *image, uint64_t base)
{
	Elf64_Ehdr header;
	size_t count = read_elf_header(image, base, &header);
	uint64_t low = UINT64_MAX, high = 0, end;

	for (size_t i = 0; i < count; i++) {
		Elf64_Phdr phdr;

		if (!rg_image_read(image, base + header.e_phoff + i * sizeof(phdr), &phdr,
				   sizeof(phdr)))
			return 0;
		if (phdr.p_type != PT_LOAD ||
		    __builtin_add_overflow(phdr.p_vaddr, phdr.p_memsz, &end))
			continue;
		if (phdr.p_vaddr < low)
			low = phdr.p_vaddr;
		if (end > high)
			high = end;
	}
	return high > low ? high - low : 0;
}

/*
 * Does @next begin another module of the same name as the one at @base?  A file
 * loaded twice maps its first page twice, but so does a small library whose data
 * share that page: such a mapping lies within what the headers announce.
 */
static bool begins_another(const rg_image *image, uint64_t base, const struct rg_mapping *next)
{
	uint64_t size;

	if (next->file_offset)
		return false;
	size = extent(image, base);
	return size && next->start - base >= size;
}

static rg_error *group(rg_image *image, struct named *named, struct run *runs)
{
	struct rg_image_private *private = image->private;
	size_t count = image->mapping_count, run_count = 0;

	for (size_t i = 0; i < count; i++) {
		struct run *run = run_count ? &runs[run_count - 1] : NULL;

		if (!run || strcmp(named[i].name, named[run->first].name) != 0 ||
		    (!named[run->first].mapping.file_offset &&
		     begins_another(image, named[run->first].mapping.start, &named[i].mapping)))
			runs[run_count++] = (struct run){ named[i].mapping.start, i, 1 };
		else
			run->count++;
	}
	if (run_count)
		qsort(runs, run_count, sizeof(*runs), compare_runs);
	image->modules = rg_calloc(run_count, sizeof(*image->modules));
	private->modules = rg_calloc(run_count, sizeof(*private->modules));
	if (!image->modules || !private->modules)
		return rg_error_no_memory();
	image->module_count = run_count;
	for (size_t i = 0; i < run_count; i++) {
		struct rg_module *module = &image->modules[i];
		const struct run *run = &runs[i];
		bool based = false;

		private->modules[i].file.fd = -1;
		private->modules[i].low = run->low;
		module->path = named[run->first].name;
		module->base = run->low;
		for (size_t j = run->first; j < run->first + run->count; j++) {
			struct rg_mapping *mapping = &named[j].mapping;

			mapping->module = (uint32_t)i;
			private->modules[i].high = mapping->end;
			if (!mapping->file_offset && !based) {
				based = true;
				module->base = mapping->start;
			}
		}
		private->modules[i].has_first_page = based;
	}
	for (size_t i = 0; i < count; i++)
		image->mappings[i] = named[i].mapping;
	return NULL;
}

/* The core's PT_LOAD that holds @address, or NULL.  Overlapping ones: one of them. */
const struct rg_core_load *rg_image_load_of(const rg_image *image, uint64_t address)
{
	const rg_core_loads *loads = &image->private->loads;
	size_t low = 0, high = loads->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (loads->data[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && address < loads->data[low - 1].end ? &loads->data[low - 1] : NULL;
}

bool rg_image_was_mapped(const rg_image *image, uint64_t address)
{
	return rg_image_load_of(image, address) && !rg_image_segment(image, address);
}

/* Drops mappings that overlap the one before: no process has such. */
static rg_error *sort_mappings(rg_image *image)
{
	size_t kept = 0, count = image->mapping_count;

	if (count)
		qsort(image->mappings, count, sizeof(*image->mappings), compare_starts);
	for (size_t i = 0; i < count; i++) {
		struct rg_mapping *mapping = &image->mappings[i];
		const struct rg_core_load *load = rg_image_load_of(image, mapping->start);

		if (kept && mapping->start < image->mappings[kept - 1].end)
			continue;
		mapping->writable = load && load->flags & PF_W;
		image->mappings[kept++] = *mapping;
	}
	image->mapping_count = kept;
	if (kept < count)
		return rg_image_lacks_format(image, "%s: %zu entries in its list of mapped files "
					     "(NT_FILE) overlap others: dump again",
					     image->private->core_path, count - kept);
	return NULL;
}

void rg_module_bias(struct rg_module *module, const struct rg_module_private *private)
{
	for (size_t i = 0; i < private->phdr_count; i++) {
		const Elf64_Phdr *phdr = &private->phdrs[i];

		if (phdr->p_type == PT_LOAD) {
			/* Modulo 2^64, as addresses: hostile values wrap and lead nowhere. */
			module->bias = module->base - (phdr->p_vaddr - phdr->p_offset);
			return;
		}
	}
}

static void read_build_id(const rg_image *image, struct rg_module *module,
			  const struct rg_module_private *private, unsigned char *buffer)
{
	for (size_t i = 0; i < private->phdr_count; i++) {
		const Elf64_Phdr *phdr = &private->phdrs[i];

		if (phdr->p_type != PT_NOTE || phdr->p_memsz > MAX_NOTE_BYTES ||
		    !rg_image_read(image, module->bias + phdr->p_vaddr, buffer, phdr->p_memsz))
			continue;
		if (rg_elf_build_id(buffer, phdr->p_memsz, phdr->p_align, module->build_id,
				    &module->build_id_size))
			return;
	}
}

static rg_error *read_headers(rg_image *image, size_t index, unsigned char *buffer)
{
	struct rg_module *module = &image->modules[index];
	struct rg_module_private *private = &image->private->modules[index];
	unsigned char magic[SELFMAG];
	Elf64_Ehdr header;
	size_t count;

	if (!private->has_first_page ||
	    !rg_image_read(image, module->base, magic, sizeof(magic)))
		return NULL;
	private->first_page_known = true;
	module->is_elf = memcmp(magic, ELFMAG, SELFMAG) == 0;
	count = read_elf_header(image, module->base, &header);
	if (!count)
		return NULL;
	private->phdrs = rg_calloc(count, sizeof(*private->phdrs));
	if (!private->phdrs)
		return rg_error_no_memory();
	if (!rg_image_read(image, module->base + header.e_phoff, private->phdrs,
			   count * sizeof(*private->phdrs))) {
		rg_free(private->phdrs);
		private->phdrs = NULL;
		return NULL;
	}
	private->phdr_count = count;
	rg_module_bias(module, private);
	read_build_id(image, module, private, buffer);
	return NULL;
}

static bool wants_interpreter(const struct rg_module_private *private)
{
	for (size_t i = 0; i < private->phdr_count; i++)
		if (private->phdrs[i].p_type == PT_INTERP)
			return true;
	return false;
}

/*
 * What the kernel executed is what NT_AUXV points into.  Where that is ld.so,
 * which needs no interpreter itself, it is the program that ld.so was told to
 * run: the one module that does and is no library (libc.so.6 does too).
 */
static size_t find_executable(const rg_image *image)
{
	const struct rg_image_private *private = image->private;
	const struct rg_mapping *mapping = NULL;

	if (private->at_phdr)
		mapping = rg_image_mapping_of(image, private->at_phdr);
	if (!mapping && private->at_entry)
		mapping = rg_image_mapping_of(image, private->at_entry);
	if (!mapping)
		return SIZE_MAX;
	if (!wants_interpreter(&private->modules[mapping->module]))
		for (size_t i = 0; i < image->module_count; i++)
			if (wants_interpreter(&private->modules[i]) &&
			    !strstr(image->modules[i].path, ".so"))
				return i;
	return mapping->module;
}

const char *rg_image_executable(const rg_image *image)
{
	size_t module = find_executable(image);

	return module < image->module_count ? image->modules[module].path : "";
}

rg_error *rg_image_find_modules(rg_image *image)
{
	size_t count = image->mapping_count;
	struct named *named = rg_calloc(count, sizeof(*named));
	struct run *runs = rg_calloc(count, sizeof(*runs));
	unsigned char *buffer = rg_alloc(MAX_NOTE_BYTES);
	rg_error *error = NULL;

	if (!named || !runs || !buffer)
		error = rg_error_no_memory();
	if (!error) {
		for (size_t i = 0; i < count; i++) {
			named[i].mapping = image->mappings[i];
			named[i].name = image->private->file_note + image->mappings[i].module;
		}
		if (count)
			qsort(named, count, sizeof(*named), compare_named);
		error = group(image, named, runs);
	}
	if (!error)
		error = sort_mappings(image);
	for (size_t i = 0; !error && i < image->module_count; i++)
		error = read_headers(image, i, buffer);
	if (!error)
		image->private->executable = find_executable(image);
	rg_free(buffer);
	rg_free(runs);
	rg_free(named);
	return error;
}
