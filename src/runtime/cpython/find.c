/* SPDX-License-Identifier: MIT */
/*
 * Finding CPython in an image: the exported _PyRuntime, else the cookie that
 * 3.13 and later begin it with, else the shape of it in writable data.  A
 * process can hold several: one is read, the others are noted.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/cpython/private.h"

#define OLDEST_SERIES 0x0308 /* of those that layout.c has tables for */
#define NEWEST_SERIES 0x030f
#define MANY 64 /* more CPythons than this in a process are a hostile dump */
#define SUPPORTED "this refgraph reads " CPY_READS

/* All that were found, and why the first of those that were not could not be. */
struct search {
	struct cpy_finding found[MANY];
	size_t count;
	rg_error *error;
};

rg_error *cpy_unsupported(const char *version, const char *variant)
{
	return rg_error_new(RG_ERROR_UNSUPPORTED,
			    "found CPython %s%s, but " SUPPORTED ": a newer one may read more",
			    version, variant);
}

void cpy_version_text(uint32_t hex, char *ret, size_t size)
{
	static const char *const levels[] = { "a", "b", "rc", "" };
	unsigned level = hex >> 4 & 15;

	if (level >= 0xa && level < 0xd)
		snprintf(ret, size, "%u.%u.%u%s%u", hex >> 24, hex >> 16 & 255, hex >> 8 & 255,
			 levels[level - 0xa], hex & 15);
	else if (!(hex & 0xffff))
		/* Only the series is known: no release has a level of 0. */
		snprintf(ret, size, "%u.%u", hex >> 24, hex >> 16 & 255);
	else
		snprintf(ret, size, "%u.%u.%u", hex >> 24, hex >> 16 & 255, hex >> 8 & 255);
}

/* The series that a module's path names: "libpython3.10.so.1.0" is 0x030a; 0: none. */
static uint32_t path_series(const char *path)
{
	const char *at = strstr(path, "python");
	char *end;
	long major, minor;

	for (; at; at = strstr(at + 1, "python")) {
		major = strtol(at + 6, &end, 10);
		if (strchr(at, '/') || *end != '.' || major < 2 || major > 3)
			continue;
		minor = strtol(end + 1, NULL, 10);
		if (minor > 0 && minor < 100)
			return (uint32_t)major << 8 | (uint32_t)minor;
	}
	return 0;
}

const struct rg_module *cpy_module_of(const rg_image *image, uint64_t address)
{
	const struct rg_mapping *mapping = rg_image_mapping_of(image, address);
	const struct rg_mapping *best = NULL;
	size_t i;

	for (i = 0; !mapping && i < image->mapping_count; i++)
		if (image->mappings[i].end <= address &&
		    (!best || image->mappings[i].end > best->end))
			best = &image->mappings[i];
	if (!mapping)
		mapping = best;
	if (!mapping || mapping->module >= image->module_count)
		return NULL;
	return &image->modules[mapping->module];
}

/* ---- the three ways ------------------------------------------------------- */

static bool has_cookie(struct cpy *cpy, uint64_t runtime, struct cpy_finding *ret)
{
	const unsigned char *at = rg_image_at(cpy->image, runtime, 24);

	if (!at || cpy_load64(at) != CPY_COOKIE)
		return false;
	ret->runtime = runtime;
	ret->hexversion = (uint32_t)cpy_load64(at + 8);
	ret->free_threaded = cpy_load64(at + 16) != 0;
	return ret->hexversion >> 24 == 3;
}

/* By the version in the interpreter's own sys.hexversion, if @layout fits. */
static bool has_shape(struct cpy *cpy, uint64_t runtime, uint32_t series, bool free_threaded,
		      struct cpy_finding *ret)
{
	const struct cpy_layout *layout = cpy_layout_find(series << 16, free_threaded);
	uint64_t interpreter, value;
	int64_t hexversion;

	if (!layout)
		return false;
	interpreter = cpy_word(cpy, runtime + layout->runtime.interpreters_main);
	cpy->type_type = cpy_fits(cpy, layout, interpreter);
	if (!cpy->type_type)
		return false;
	cpy->layout = *layout;
	cpy->minor = (uint8_t)(series & 255);
	value = cpy_dict_get(cpy, cpy_word(cpy, interpreter + layout->interpreter.sysdict),
			     "hexversion");
	if (!value || !cpy_long(cpy, value, &hexversion) ||
	    (uint64_t)hexversion >> 16 != series)
		return false;
	ret->runtime = runtime;
	ret->hexversion = (uint32_t)hexversion;
	ret->free_threaded = free_threaded;
	return true;
}

/* The same, where the pointer to the main interpreter stands at @main. */
static bool has_shape_behind(struct cpy *cpy, uint64_t main, uint32_t series, bool free_threaded,
			     struct cpy_finding *ret)
{
	const struct cpy_layout *layout = cpy_layout_find(series << 16, free_threaded);

	return layout && has_shape(cpy, main - layout->runtime.interpreters_main, series,
				   free_threaded, ret);
}

static bool has_any_shape(struct cpy *cpy, uint64_t runtime, struct cpy_finding *ret)
{
	uint32_t series;

	for (series = OLDEST_SERIES; series <= NEWEST_SERIES; series++)
		if (has_shape(cpy, runtime, series, false, ret) ||
		    has_shape(cpy, runtime, series, true, ret))
			return true;
	return false;
}

/*
 * By the version that the file itself tells, where the dump lacks the dict that
 * says so: the runtime's own state must all be there.
 */
static bool has_part(struct cpy *cpy, const struct rg_module *module, uint64_t runtime,
		     struct cpy_finding *ret)
{
	const struct cpy_layout *layout;
	uint32_t hexversion = 0;
	uint64_t at, size, interpreter;

	if (rg_image_symbol(cpy->image, module, "Py_Version", &at, &size))
		hexversion = cpy_word32(cpy, at);
	if (hexversion >> 24 != 3)
		hexversion = path_series(module->path) << 16;
	layout = cpy_layout_find(hexversion, false);
	if (!layout || !rg_image_at(cpy->image, runtime, layout->runtime.size))
		return false;
	interpreter = cpy_word(cpy, runtime + layout->runtime.interpreters_main);
	if (!cpy_fits(cpy, layout, interpreter))
		return false;
	ret->runtime = runtime;
	ret->hexversion = hexversion;
	return true;
}

/*
 * Up to 3.12 a build can trace references: its objects begin with two more words.
 * Told by the type of the dict that the interpreter keeps, and the type of that.
 */
static bool traces_references(const struct cpy *cpy, uint64_t runtime)
{
	uint32_t series;

	for (series = OLDEST_SERIES; series <= 0x030c; series++) {
		const struct cpy_layout *layout = cpy_layout_find(series << 16, false);
		uint64_t interpreter = cpy_word(cpy, runtime + layout->runtime.interpreters_main);
		uint64_t dict = cpy_word(cpy, interpreter + layout->interpreter.sysdict);
		uint64_t type = cpy_word(cpy, dict + 24), meta = cpy_word(cpy, type + 24);

		if (cpy_is_pointer(cpy, meta) && cpy_word(cpy, meta + 24) == meta &&
		    cpy_word(cpy, meta + 184) & CPY_TPFLAG_TYPE &&
		    cpy_word(cpy, type + 184) & CPY_TPFLAG_DICT)
			return true;
	}
	return false;
}

/* Whether the runtime was only ever mapped: an interpreter is not, or no more, in it. */
static bool is_idle(const struct cpy *cpy, const struct cpy_finding *finding)
{
	const struct cpy_layout *layout = cpy_layout_find(finding->hexversion,
							  finding->free_threaded);
	uint64_t place = layout ? layout->runtime.interpreters_main : 0, word;

	/* What 3.13 and later say of themselves goes before the table. */
	if (cpy_word(cpy, finding->runtime) == CPY_COOKIE)
		place = cpy_word(cpy, finding->runtime + 40);
	return place && place < UINT32_MAX &&
	       rg_image_u64(cpy->image, finding->runtime + place, &word) && !word;
}

/* Why what stands at @runtime in @module cannot be read; NULL: it is no CPython at all. */
static rg_error *refuse(struct cpy *cpy, const struct rg_module *module, uint64_t runtime)
{
	struct cpy_finding idle = { .runtime = runtime };
	uint32_t series = path_series(module->path);
	uint64_t size, at;
	char version[32];

	if (rg_image_symbol(cpy->image, module, "Py_Version", &at, &size))
		idle.hexversion = cpy_word32(cpy, at);
	if (idle.hexversion >> 24 != 3)
		idle.hexversion = series << 16;
	/* Another program's file of the same symbol, or never initialised. */
	if (!idle.hexversion && !cpy_word(cpy, runtime))
		return NULL;
	cpy_version_text(idle.hexversion, version, sizeof(version));
	if (idle.hexversion && !cpy_layout_find(idle.hexversion, false))
		return cpy_unsupported(version, "");
	if (traces_references(cpy, runtime))
		return cpy_unsupported(version, " built to trace references (--with-trace-refs), "
						"whose objects begin with two more words");
	if (idle.hexversion && is_idle(cpy, &idle))
		return rg_error_new(RG_ERROR_NO_RUNTIME,
				    "found CPython %s in %s, but no interpreter was running in it",
				    version, module->path);
	if (idle.hexversion & 0xffff)
		return rg_error_new(RG_ERROR_CORRUPT,
				    "found CPython %s in %s, but the interpreter's state "
				    "is missing from the dump or damaged",
				    version, module->path);
	return rg_error_new(RG_ERROR_CORRUPT,
			    "found CPython in %s, but its state could not be read: "
			    "the dump lacks the file's writable data, or the release "
			    "is not supported (" SUPPORTED ")",
			    module->path);
}

/* Keeps the first of several errors. */
static void fail(struct search *search, rg_error *error)
{
	if (search->error)
		rg_error_free(error);
	else
		search->error = error;
}

static void by_symbol(struct cpy *cpy, struct search *search)
{
	rg_image *image = cpy->image;
	size_t i;

	for (i = 0; i < image->module_count && search->count < MANY; i++) {
		const struct rg_module *module = &image->modules[i];
		struct cpy_finding *finding = &search->found[search->count];
		uint64_t runtime, size;

		if (!module->is_elf ||
		    !rg_image_symbol(image, module, "_PyRuntime", &runtime, &size))
			continue;
		*finding = (struct cpy_finding){ .module = module };
		cpy->module = module;
		cpy->type_symbol = 0;
		if (has_cookie(cpy, runtime, finding) ? !is_idle(cpy, finding)
						      : has_any_shape(cpy, runtime, finding) ||
						   has_part(cpy, module, runtime, finding))
			search->count++;
		else
			fail(search, refuse(cpy, module, runtime));
	}
	cpy->module = NULL;
	cpy->type_symbol = 0;
}

/* Releases before 3.7 have no _PyRuntime: told by their types and the name of the file. */
static rg_error *refuse_old(struct cpy *cpy)
{
	rg_image *image = cpy->image;
	uint64_t address, size;
	char version[32];
	size_t i;

	for (i = 0; i < image->module_count; i++) {
		uint32_t series = path_series(image->modules[i].path);

		if (!series || cpy_layout_find(series << 16, false) || !image->modules[i].is_elf ||
		    !rg_image_symbol(image, &image->modules[i], "PyType_Type", &address, &size))
			continue;
		snprintf(version, sizeof(version), "%u.%u", series >> 8, series & 255);
		return cpy_unsupported(version, "");
	}
	return NULL;
}

/*
 * Looks at every aligned word of writable data near mapped files: first for the
 * cookie, then for two equal pointers to an interpreter.
 */
static bool by_scan(struct cpy *cpy, bool cookie, struct cpy_finding *ret)
{
	rg_image *image = cpy->image;
	uint32_t series;
	size_t i;

	for (i = 0; i < image->segment_count; i++) {
		const struct rg_segment *segment = &image->segments[i];
		uint64_t at, limit, before = 0, word;

		/* A core cut off before its notes does not say which files there were. */
		if (!segment->writable ||
		    (image->mapping_count && !cpy_module_of(image, segment->start)))
			continue;
		/* Static data is small; heaps that lie behind it are not searched. */
		limit = segment->end - segment->start;
		if (limit > UINT64_C(64) << 20)
			limit = UINT64_C(64) << 20;
		for (at = segment->start + (-segment->start & 7), word = 0;
		     at - segment->start + 8 <= limit; at += 8, before = word) {
			word = cpy_load64(segment->bytes + (at - segment->start));
			if (cookie) {
				if (word == CPY_COOKIE && has_cookie(cpy, at, ret))
					return true;
				continue;
			}
			if (!word || word != before || !cpy_is_pointer(cpy, word))
				continue;
			for (series = OLDEST_SERIES; series <= NEWEST_SERIES; series++)
				if (has_shape_behind(cpy, at, series, false, ret) ||
				    has_shape_behind(cpy, at, series, true, ret))
					return true;
		}
	}
	return false;
}

/* ---- which one ------------------------------------------------------------- */

static bool is_version(uint32_t hexversion, const char *which)
{
	size_t length = strlen(which);
	char version[32];

	cpy_version_text(hexversion, version, sizeof(version));
	return !strncmp(version, which, length) && (!version[length] || version[length] == '.');
}

static bool is_file(const struct rg_module *module, const char *which)
{
	const char *name = module ? strrchr(module->path, '/') : NULL;

	return name && (!strcmp(module->path, which) || !strcmp(name + 1, which));
}

/* Adds "3.12.1 (0x7f.., /usr/lib/libpython3.12.so.1.0)" to the sentence at @ret. */
static void list(const struct cpy_finding *finding, char *ret, size_t size)
{
	size_t length = strlen(ret);
	char version[32];

	cpy_version_text(finding->hexversion, version, sizeof(version));
	snprintf(ret + length, size - length, "%s%s (0x%" PRIx64 "%s%.160s)", length ? ", " : "",
		 version, finding->runtime, finding->module ? ", " : "",
		 finding->module ? finding->module->path : "");
}

/* The one at an address that the caller gave, whatever its symbols say. */
static void add_address(struct cpy *cpy, struct search *search, uint64_t runtime)
{
	struct cpy_finding finding = { .module = cpy_module_of(cpy->image, runtime) };
	size_t i;

	for (i = 0; i < search->count && search->found[i].runtime != runtime; i++)
		;
	if (i == search->count && i < MANY &&
	    (has_cookie(cpy, runtime, &finding) || has_any_shape(cpy, runtime, &finding)))
		search->found[search->count++] = finding;
}

/* The index of the one that @which names. */
static rg_error *choose(struct cpy *cpy, struct search *search, const char *which, size_t *ret)
{
	bool is_address = !strncmp(which, "0x", 2);
	uint64_t address = is_address ? strtoull(which, NULL, 16) : 0;
	char names[512] = "";
	size_t i, matches = 0;

	if (is_address)
		add_address(cpy, search, address);
	for (i = 0; i < search->count; i++) {
		const struct cpy_finding *finding = &search->found[i];

		if (is_address ? finding->runtime != address
			       : !is_version(finding->hexversion, which) &&
					 !is_file(finding->module, which))
			continue;
		*ret = i;
		matches++;
	}
	if (matches == 1)
		return NULL;
	for (i = 0; i < search->count; i++)
		list(&search->found[i], names, sizeof(names));
	return rg_error_new(RG_ERROR_NOT_FOUND, "%s CPython of this process is %s: there %s %s",
			    matches ? "more than one" : "no", which,
			    search->count == 1 ? "is" : "are", names[0] ? names : "none");
}

/* The executable's own, else the first one. */
static size_t best_of(const struct cpy *cpy, const struct search *search)
{
	const char *executable = rg_image_executable(cpy->image);
	size_t i;

	for (i = 0; i < search->count; i++)
		if (search->found[i].module && !strcmp(search->found[i].module->path, executable))
			return i;
	return 0;
}

/* Remembers what there is; and says what is not read, unless that was the caller's choice. */
static rg_error *note_all(struct cpy *cpy, const struct search *search, size_t chosen, bool asked)
{
	char sentence[640], names[512] = "";
	size_t i;

	for (i = 0; i < search->count; i++) {
		const struct cpy_finding *finding = &search->found[i];
		struct rg_runtime_info info = { .address = finding->runtime };
		char version[32];

		cpy_version_text(finding->hexversion, version, sizeof(version));
		info.version = cpy_keep_string(cpy, version);
		info.file = finding->module ? finding->module->path : "";
		info.read = i == chosen;
		if (!info.version || !rg_vector_push(&cpy->private->runtimes, info))
			return rg_error_no_memory();
		if (i != chosen)
			list(finding, names, sizeof(names));
	}
	if (!names[0] || asked)
		return NULL;
	snprintf(sentence, sizeof(sentence),
		 "the process holds another CPython, which is not read: %s: choose with "
		 "--runtime, by version, file or address", names);
	return rg_image_lacks(cpy->image, sentence);
}

rg_error *cpy_find(struct cpy *cpy, const char *which, struct cpy_finding *ret, bool *ret_found)
{
	struct search search = { .count = 0 };
	size_t chosen = 0;
	rg_error *error = NULL;

	by_symbol(cpy, &search);
	if (!search.count && !search.error &&
	    (by_scan(cpy, true, &search.found[0]) || by_scan(cpy, false, &search.found[0]))) {
		search.found[0].module = cpy_module_of(cpy->image, search.found[0].runtime);
		search.count = 1;
	}
	if (which && (search.count || !strncmp(which, "0x", 2)))
		error = choose(cpy, &search, which, &chosen);
	else if (!search.count)
		error = search.error ? search.error : refuse_old(cpy);
	else
		chosen = best_of(cpy, &search);
	if (error != search.error)
		rg_error_free(search.error);
	if (error)
		return error;
	*ret_found = search.count > 0;
	if (!search.count)
		return NULL;
	*ret = search.found[chosen];
	return note_all(cpy, &search, chosen, which != NULL);
}
