/* SPDX-License-Identifier: MIT */
/*
 * Finding CPython in an image: the exported _PyRuntime, else the cookie that
 * 3.13 and later begin it with, else the shape of it in writable data.  What is
 * found is checked against the layout before anything else believes it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/private.h"

#define COOKIE UINT64_C(0x7970677562656478) /* "xdebugpy" */
#define OLDEST_SERIES 0x0308 /* of those that layout.c has tables for */
#define NEWEST_SERIES 0x030f
#define INTERPRETERS_MAX 4096
#define INTERPRETER_SHIFT_MAX 1024 /* what options of the build add to its state */
#define THREADS_MAX 65536
#define STATIC_DATA_MAX (UINT64_C(8) << 20)
#define SUPPORTED "this refgraph reads " CPY_READS

/* What looking at one address for _PyRuntime gives. */
struct finding {
	uint64_t runtime;
	uint32_t hexversion;
	bool free_threaded;
	const struct rg_module *module;
};

static rg_error *unsupported(const char *version, const char *variant)
{
	return rg_error_new(RG_ERROR_UNSUPPORTED,
			    "found CPython %s%s, but " SUPPORTED ": a newer one may read more",
			    version, variant);
}

static void version_text(uint32_t hex, char *ret, size_t size)
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

/* The module that maps @address, or whose zeroed data lies right behind its mapping. */
static const struct rg_module *module_of(const rg_image *image, uint64_t address)
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

static bool is_pointer(const struct cpy *cpy, uint64_t address)
{
	return address && !(address & 7) && rg_image_at(cpy->image, address, 8);
}

/* PyType_Type, as the type of the type of @object; 0 if @object is no dict. */
static uint64_t type_of_dict(const struct cpy *cpy, uint64_t object)
{
	uint64_t type = is_pointer(cpy, object) ? cpy_type_word(cpy, object) : 0;
	uint64_t meta = is_pointer(cpy, type) ? cpy_type_word(cpy, type) : 0;

	if (!is_pointer(cpy, meta) || cpy_type_word(cpy, meta) != meta)
		return 0;
	if (!(cpy_get(cpy, type, 168) & CPY_TPFLAG_DICT) ||
	    !(cpy_get(cpy, meta, 168) & CPY_TPFLAG_TYPE))
		return 0;
	return meta;
}

/* Whether @address is a pointer into memory that the process had and the dump lacks. */
static bool is_lacking(const struct cpy *cpy, uint64_t address)
{
	return address && !(address & 7) && rg_image_was_mapped(cpy->image, address);
}

/* Whether the thread state at @thread belongs to @interpreter, as far as the dump tells. */
static bool thread_fits(const struct cpy *cpy, const struct cpy_layout *layout, uint64_t thread,
			uint64_t interpreter)
{
	if (!is_pointer(cpy, thread))
		return is_lacking(cpy, thread);
	return cpy_word(cpy, thread + layout->thread.interpreter) == interpreter;
}

/*
 * Where the dump lacks the memory of the dicts that tell PyType_Type, it is
 * found by its symbol, else as the type of a type in the table of static ones;
 * 0 unless what the pointers say of the interpreter is at least possible.
 */
static uint64_t fits_partly(struct cpy *cpy, const struct cpy_layout *layout,
			    uint64_t interpreter)
{
	const uint32_t fields[] = { layout->interpreter.sysdict, layout->interpreter.builtins,
				    layout->interpreter.modules };
	uint64_t type = cpy->type_symbol, size;
	bool lacking = false;
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		uint64_t dict = cpy_word(cpy, interpreter + fields[i]);

		if (!is_pointer(cpy, dict) && !is_lacking(cpy, dict))
			return 0;
		if (is_pointer(cpy, dict) && is_pointer(cpy, cpy_type_word(cpy, dict)))
			continue;
		lacking = true;
	}
	if (!lacking)
		return 0;
	for (i = 0; !type && i < cpy->image->module_count; i++)
		if (cpy->image->modules[i].is_elf)
			(void)rg_image_symbol(cpy->image, &cpy->image->modules[i], "PyType_Type",
					      &type, &size);
	/* Looked for once: 1 is no address of a type. */
	cpy->type_symbol = type ? type : 1;
	if (!is_pointer(cpy, type) && layout->interpreter.static_types_stride) {
		type = cpy_word(cpy, interpreter + layout->interpreter.static_types);
		type = is_pointer(cpy, type) ? cpy_type_word(cpy, type) : 0;
	}
	if (!is_pointer(cpy, type) || cpy_type_word(cpy, type) != type ||
	    !(cpy_get(cpy, type, 168) & CPY_TPFLAG_TYPE))
		return 0;
	return type;
}

/* Whether @layout fits the interpreter at @interpreter; returns PyType_Type. */
static uint64_t fits(struct cpy *cpy, const struct cpy_layout *layout, uint64_t interpreter)
{
	uint64_t thread, type, sysdict, builtins;

	if (!is_pointer(cpy, interpreter))
		return 0;
	thread = cpy_word(cpy, interpreter + layout->interpreter.threads_head);
	if (thread && !thread_fits(cpy, layout, thread, interpreter))
		return 0;
	sysdict = cpy_word(cpy, interpreter + layout->interpreter.sysdict);
	builtins = cpy_word(cpy, interpreter + layout->interpreter.builtins);
	type = type_of_dict(cpy, sysdict);
	if (!type)
		return fits_partly(cpy, layout, interpreter);
	if (!type || type_of_dict(cpy, builtins) != type ||
	    cpy_type_word(cpy, builtins) != cpy_type_word(cpy, sysdict))
		return 0;
	return type;
}

/* ---- the three ways ------------------------------------------------------- */

static bool has_cookie(struct cpy *cpy, uint64_t runtime, struct finding *ret)
{
	const unsigned char *at = rg_image_at(cpy->image, runtime, 24);

	if (!at || cpy_load64(at) != COOKIE)
		return false;
	ret->runtime = runtime;
	ret->hexversion = (uint32_t)cpy_load64(at + 8);
	ret->free_threaded = cpy_load64(at + 16) != 0;
	return ret->hexversion >> 24 == 3;
}

/* By the version in the interpreter's own sys.hexversion, if @layout fits. */
static bool has_shape(struct cpy *cpy, uint64_t runtime, uint32_t series, struct finding *ret)
{
	const struct cpy_layout *layout = cpy_layout_find(series << 16);
	uint64_t interpreter, value;
	int64_t hexversion;

	if (!layout)
		return false;
	interpreter = cpy_word(cpy, runtime + layout->runtime.interpreters_main);
	cpy->type_type = fits(cpy, layout, interpreter);
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
	return true;
}

static bool has_any_shape(struct cpy *cpy, uint64_t runtime, struct finding *ret)
{
	uint32_t series;

	for (series = OLDEST_SERIES; series <= NEWEST_SERIES; series++)
		if (has_shape(cpy, runtime, series, ret))
			return true;
	return false;
}

/*
 * By the version that the file itself tells, where the dump lacks the dict that
 * says so: the runtime's own state must all be there.
 */
static bool has_part(struct cpy *cpy, const struct rg_module *module, uint64_t runtime,
		     struct finding *ret)
{
	const struct cpy_layout *layout;
	uint32_t hexversion = 0;
	uint64_t at, size, interpreter;

	if (rg_image_symbol(cpy->image, module, "Py_Version", &at, &size))
		hexversion = cpy_word32(cpy, at);
	if (hexversion >> 24 != 3)
		hexversion = path_series(module->path) << 16;
	layout = cpy_layout_find(hexversion);
	if (!layout || !rg_image_at(cpy->image, runtime, layout->runtime.size))
		return false;
	interpreter = cpy_word(cpy, runtime + layout->runtime.interpreters_main);
	if (!fits(cpy, layout, interpreter))
		return false;
	ret->runtime = runtime;
	ret->hexversion = hexversion;
	return true;
}

static rg_error *by_symbol(struct cpy *cpy, struct finding *ret, bool *ret_found)
{
	rg_image *image = cpy->image;
	size_t i;

	for (i = 0; i < image->module_count; i++) {
		const struct rg_module *module = &image->modules[i];
		uint64_t runtime, size, at;
		uint32_t series;

		if (!module->is_elf ||
		    !rg_image_symbol(image, module, "_PyRuntime", &runtime, &size))
			continue;
		ret->module = module;
		if (has_cookie(cpy, runtime, ret) || has_any_shape(cpy, runtime, ret) ||
		    has_part(cpy, module, runtime, ret)) {
			*ret_found = true;
			return NULL;
		}
		if (rg_image_symbol(image, module, "Py_Version", &at, &size) &&
		    (ret->hexversion = cpy_word32(cpy, at)) >> 24 == 3) {
			char version[32];

			version_text(ret->hexversion, version, sizeof(version));
			if (!cpy_layout_find(ret->hexversion))
				return unsupported(version, "");
			return rg_error_new(RG_ERROR_CORRUPT,
					    "found CPython %s in %s, but the interpreter's state "
					    "is missing from the dump or damaged",
					    version, module->path);
		}
		series = path_series(module->path);
		if (series && !cpy_layout_find(series << 16)) {
			char version[32];

			snprintf(version, sizeof(version), "%u.%u", series >> 8, series & 255);
			return unsupported(version, "");
		}
		/* Another program's file of the same symbol, or never initialised. */
		if (!series && !cpy_word(cpy, runtime))
			continue;
		return rg_error_new(RG_ERROR_CORRUPT,
				    "found CPython in %s, but its state could not be read: "
				    "the dump lacks the file's writable data, or the release "
				    "is not supported (" SUPPORTED ")",
				    module->path);
	}
	return NULL;
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

		if (!series || cpy_layout_find(series << 16) || !image->modules[i].is_elf ||
		    !rg_image_symbol(image, &image->modules[i], "PyType_Type", &address, &size))
			continue;
		snprintf(version, sizeof(version), "%u.%u", series >> 8, series & 255);
		return unsupported(version, "");
	}
	return NULL;
}

/* Says which other CPythons live in the process: embedding can load a second one. */
static rg_error *note_others(struct cpy *cpy)
{
	rg_image *image = cpy->image;
	struct cpy state = *cpy;
	rg_error *error = NULL;
	size_t i;

	for (i = 0; !error && i < image->module_count; i++) {
		struct finding other = { 0 };
		uint64_t runtime, size;

		if (!image->modules[i].is_elf || &image->modules[i] == state.module ||
		    !rg_image_symbol(image, &image->modules[i], "_PyRuntime", &runtime, &size) ||
		    runtime == state.runtime)
			continue;
		if (has_any_shape(cpy, runtime, &other)) {
			char version[32], sentence[512];

			version_text(other.hexversion, version, sizeof(version));
			snprintf(sentence, sizeof(sentence),
				 "the process holds another CPython, %s in %.300s: only the one "
				 "of %s is read", version, image->modules[i].path, state.version);
			error = rg_image_lacks(image, sentence);
		}
	}
	*cpy = state;
	return error;
}

/*
 * Looks at every aligned word of writable data near mapped files: first for the
 * cookie, then for two equal pointers to an interpreter.
 */
static bool by_scan(struct cpy *cpy, bool cookie, struct finding *ret)
{
	rg_image *image = cpy->image;
	uint32_t series;
	size_t i;

	for (i = 0; i < image->segment_count; i++) {
		const struct rg_segment *segment = &image->segments[i];
		uint64_t at, limit, before = 0, word;

		/* A core cut off before its notes does not say which files there were. */
		if (!segment->writable ||
		    (image->mapping_count && !module_of(image, segment->start)))
			continue;
		/* Static data is small; heaps that lie behind it are not searched. */
		limit = segment->end - segment->start;
		if (limit > UINT64_C(64) << 20)
			limit = UINT64_C(64) << 20;
		for (at = segment->start + (-segment->start & 7), word = 0;
		     at - segment->start + 8 <= limit; at += 8, before = word) {
			word = cpy_load64(segment->bytes + (at - segment->start));
			if (cookie) {
				if (word == COOKIE && has_cookie(cpy, at, ret))
					return true;
				continue;
			}
			if (!word || word != before || !is_pointer(cpy, word))
				continue;
			for (series = OLDEST_SERIES; series <= NEWEST_SERIES; series++)
				if (has_shape(cpy,
					      at - cpy_layout_find(series << 16)
							   ->runtime.interpreters_main,
					      series, ret))
					return true;
		}
	}
	return false;
}

/* ---- checking -------------------------------------------------------------- */

/* Whether three circular list heads stand at @at, 24 bytes apart. */
static bool heads_fit(const struct cpy *cpy, uint64_t at)
{
	unsigned i;

	for (i = 0; i < 3; i++, at += 24) {
		uint64_t next = cpy_word(cpy, at) & ~UINT64_C(3);
		uint64_t before = cpy_word(cpy, at + 8) & ~UINT64_C(3);

		if (!next || !before || (cpy_word(cpy, next + 8) & ~UINT64_C(3)) != at ||
		    (cpy_word(cpy, before) & ~UINT64_C(3)) != at)
			return false;
	}
	return true;
}

/* The collector's lists: their place differs between builds of one release. */
static rg_error *probe_collector(struct cpy *cpy, uint64_t interpreter)
{
	static const uint8_t places[] = { 24, 20, 8 };
	uint64_t gc = cpy_collector_of(cpy, interpreter);
	bool collecting = cpy_word32(cpy, gc + cpy->layout.gc.collecting) == 1;
	size_t i;

	if (heads_fit(cpy, gc + cpy->layout.gc.generations))
		return NULL;
	for (i = 0; i < sizeof(places); i++)
		if (heads_fit(cpy, gc + places[i])) {
			cpy->layout.gc.generations = places[i];
			return NULL;
		}
	/* A damaged or half-moved list must not keep the others from being read. */
	for (i = 0; cpy->layout.gc.youngest && i < sizeof(places); i++)
		if (cpy_word(cpy, gc + cpy->layout.gc.youngest) == gc + places[i]) {
			cpy->layout.gc.generations = places[i];
			return NULL;
		}
	return rg_error_new(RG_ERROR_CORRUPT,
			    "found CPython %s, but its collector's lists are not where this "
			    "release has them%s: the dump is damaged or the build is unusual",
			    cpy->version, collecting ? " (a collection was under way)" : "");
}

/* The table of static types: found by its own indices where it has moved. */
static void probe_static_types(struct cpy *cpy, uint64_t interpreter)
{
	uint32_t stride = cpy->layout.interpreter.static_types_stride;
	uint32_t at, i;

	if (!stride)
		return;
	for (at = 0; at + 4 * stride < cpy->layout.interpreter.size; at += 8) {
		uint64_t base = interpreter +
				(at ? at - 8 : cpy->layout.interpreter.static_types);

		for (i = 0; i < 4; i++) {
			uint64_t type = cpy_word(cpy, base + i * stride);

			if (!is_pointer(cpy, type) || cpy_get(cpy, type, 360) != i + 1)
				break;
		}
		if (i == 4) {
			cpy->layout.interpreter.static_types = (uint32_t)(base - interpreter);
			return;
		}
	}
	cpy->layout.interpreter.static_types_count = 0;
}

/* The dict of interned strings: before 3.12 a static of the interpreter's file. */
static bool looks_interned(const struct cpy *cpy, uint64_t dict, uint64_t dict_type)
{
	struct cpy_dict table;
	uint64_t i, key, value, seen = 0;

	if (!is_pointer(cpy, dict) || cpy_type_word(cpy, dict) != dict_type ||
	    !cpy_dict_read(cpy, dict, &table) || table.count < 500)
		return false;
	for (i = 0; i < table.count && seen < 64; i++) {
		if (!cpy_dict_entry(cpy, &table, i, &key, &value))
			continue;
		if (key != value)
			return false;
		seen++;
	}
	return seen == 64;
}

static uint64_t find_interned(struct cpy *cpy, uint64_t interpreter, uint64_t dict_type)
{
	const rg_image *image = cpy->image;
	size_t i;

	if (cpy->layout.interpreter.interned) {
		uint64_t dict = cpy_word(cpy, interpreter + cpy->layout.interpreter.interned);

		return is_pointer(cpy, dict) && cpy_type_word(cpy, dict) == dict_type ? dict : 0;
	}
	for (i = 0; i < image->segment_count; i++) {
		const struct rg_segment *segment = &image->segments[i];
		uint64_t at, limit = segment->end - segment->start;

		if (!segment->writable || module_of(image, segment->start) != cpy->module)
			continue;
		if (!cpy->module && (segment->end + STATIC_DATA_MAX < cpy->runtime ||
				     segment->start > cpy->runtime + STATIC_DATA_MAX))
			continue;
		if (limit > STATIC_DATA_MAX)
			limit = STATIC_DATA_MAX;
		for (at = -segment->start & 7; at + 8 <= limit; at += 8)
			if (looks_interned(cpy, cpy_load64(segment->bytes + at), dict_type))
				return cpy_load64(segment->bytes + at);
	}
	return 0;
}

/* The kernel's number of the thread that has @id as pthread_self(): where its registers point. */
static uint64_t native_id_of(const struct cpy *cpy, uint64_t id)
{
	size_t i;

	for (i = 0; id && i < cpy->image->thread_count; i++)
		if (cpy->image->threads[i].fs_base == id)
			return cpy->image->threads[i].native_id;
	return 0;
}

static rg_error *read_threads(struct cpy *cpy, uint32_t index)
{
	uint64_t at = cpy_word(cpy, cpy->interpreters[index].address +
					    cpy->layout.interpreter.threads_head);
	size_t first = cpy->thread_count;

	for (; at && cpy->thread_count - first < THREADS_MAX;
	     at = cpy_word(cpy, at + cpy->layout.thread.next)) {
		struct cpy_thread *threads;
		uint64_t stack;

		if (!is_pointer(cpy, at) || cpy_word(cpy, at + cpy->layout.thread.interpreter) !=
						    cpy->interpreters[index].address) {
			cpy->unreadable++;
			break;
		}
		stack = cpy_word(cpy, at + (cpy->layout.thread.cframe
						    ? cpy->layout.thread.cframe
						    : cpy->layout.thread.current_frame));
		if (cpy->image->complete && is_lacking(cpy, stack))
			RG_TRY(rg_image_lacks(cpy->image,
					      "a thread's stack is left out of the dump: what its "
					      "frames hold is in no answer: dump with "
					      "coredump_filter 0x37"));
		threads = rg_realloc(cpy->threads, cpy->thread_count + 1, sizeof(*threads));
		if (!threads)
			return rg_error_no_memory();
		cpy->threads = threads;
		threads[cpy->thread_count++] = (struct cpy_thread){
			.address = at,
			.interpreter = index,
			.id = cpy_word(cpy, at + cpy->layout.thread.thread_id),
			.native_id = cpy_word(cpy, at + cpy->layout.thread.native_thread_id),
		};
		/* Not on record up to 3.10. */
		if (!cpy->layout.thread.native_thread_id)
			threads[cpy->thread_count - 1].native_id =
				native_id_of(cpy, threads[cpy->thread_count - 1].id);
	}
	return NULL;
}

static rg_error *add_interpreter(struct cpy *cpy, uint64_t address)
{
	struct cpy_interpreter *grown = rg_realloc(cpy->interpreters, cpy->interpreter_count + 1,
						   sizeof(*grown));

	if (!grown)
		return rg_error_no_memory();
	cpy->interpreters = grown;
	grown[cpy->interpreter_count++] = (struct cpy_interpreter){
		.address = address,
		.id = cpy_word(cpy, address + cpy->layout.interpreter.id),
	};
	return NULL;
}

static rg_error *read_interpreters(struct cpy *cpy)
{
	uint64_t at = cpy_word(cpy, cpy->runtime + cpy->layout.runtime.interpreters_head);
	uint64_t main = cpy_word(cpy, cpy->runtime + cpy->layout.runtime.interpreters_main);
	uint32_t i;

	for (; at && cpy->interpreter_count < INTERPRETERS_MAX;
	     at = cpy_word(cpy, at + cpy->layout.interpreter.next)) {
		for (i = 0; i < cpy->interpreter_count; i++)
			if (cpy->interpreters[i].address == at)
				break;
		if (i < cpy->interpreter_count || fits(cpy, &cpy->layout, at) != cpy->type_type) {
			cpy->unreadable++;
			break;
		}
		RG_TRY(add_interpreter(cpy, at));
	}
	/* Where the list breaks off before it, the runtime still knows the main one. */
	for (i = 0; i < cpy->interpreter_count && cpy->interpreters[i].address != main; i++)
		;
	if (i == cpy->interpreter_count && at && fits(cpy, &cpy->layout, main) == cpy->type_type)
		RG_TRY(add_interpreter(cpy, main));
	/* The list is newest first; the main one leads here. */
	for (i = 0; i < cpy->interpreter_count; i++)
		if (cpy->interpreters[i].address == main) {
			struct cpy_interpreter first = cpy->interpreters[0];

			cpy->interpreters[0] = cpy->interpreters[i];
			cpy->interpreters[i] = first;
			break;
		}
	if (!cpy->interpreter_count)
		return rg_error_new(RG_ERROR_CORRUPT,
				    "found CPython %s, but its interpreter's state does not fit "
				    "that release: the dump is damaged or the build is unusual",
				    cpy->version);
	for (i = 0; i < cpy->interpreter_count; i++)
		RG_TRY(read_threads(cpy, i));
	return NULL;
}

static void read_collector(struct cpy *cpy)
{
	uint64_t gc = cpy_collector_of(cpy, cpy->interpreters[0].address);

	cpy->collector.known = true;
	cpy->collector.enabled = cpy_word32(cpy, gc + cpy->layout.gc.enabled) != 0;
	cpy->collector.collecting = cpy_word32(cpy, gc + cpy->layout.gc.collecting) != 0;
}

static void describe_build(struct cpy *cpy)
{
	const struct rg_module *module = cpy->module;
	char id[65] = "";
	size_t i;

	if (!module) {
		snprintf(cpy->build, sizeof(cpy->build), "found by the shape of its state");
		return;
	}
	for (i = 0; i < module->build_id_size && i < 32; i++)
		snprintf(id + 2 * i, 3, "%02x", module->build_id[i]);
	snprintf(cpy->build, sizeof(cpy->build), "%.256s%s%s%s%.160s", module->path,
		 id[0] ? ", build-id " : "", id, cpy->private->layout_note[0] ? "; " : "",
		 cpy->private->layout_note);
}

/* Says that the dump lacks what the interpreter needs for its own state, unless that is known. */
static rg_error *note_lacking(struct cpy *cpy, uint64_t interpreter)
{
	const uint32_t fields[] = { cpy->layout.interpreter.sysdict,
				    cpy->layout.interpreter.builtins,
				    cpy->layout.interpreter.modules,
				    cpy->layout.interpreter.threads_head };
	size_t i;

	for (i = 0; cpy->image->complete && i < sizeof(fields) / sizeof(fields[0]); i++)
		if (is_lacking(cpy, cpy_word(cpy, interpreter + fields[i])))
			return rg_image_lacks(cpy->image, "memory of the interpreter's own is left "
					      "out of the dump: most objects may be in no answer: "
					      "dump with coredump_filter 0x37");
	return NULL;
}

/*
 * The table for what was found.  A series can have several, told by the version;
 * but where the runtime tells its own offsets, these decide.  A series newer than
 * all tables is tried with the newest one.
 */
static const struct cpy_layout *choose_layout(const struct cpy *cpy, const struct finding *finding)
{
	const struct cpy_layout *best = cpy_layout_find(finding->hexversion), *layout = NULL;
	unsigned least, differ;

	if (!best && finding->hexversion >> 16 > cpy_layout_newest()->until &&
	    cpy_word(cpy, finding->runtime) == COOKIE)
		return cpy_layout_newest();
	if (!best || (best->since & 255) < 13)
		return best;
	least = cpy_debug_offsets_differ(cpy, finding->runtime, best);
	while ((layout = cpy_layout_next(finding->hexversion, layout)) != NULL) {
		differ = cpy_debug_offsets_differ(cpy, finding->runtime, layout);
		if (differ < least) {
			least = differ;
			best = layout;
		}
	}
	return best;
}

/* Lets the debug offsets correct the tables, and says what has not been seen before. */
static rg_error *apply_offsets(struct cpy *cpy)
{
	uint32_t patch = cpy->hexversion >> 8 & 255;
	struct cpy_execution *execution;
	char sentence[256];

	if (cpy->minor < 13 || cpy_word(cpy, cpy->runtime) != COOKIE)
		return NULL;
	execution = cpy_keep(cpy, sizeof(*execution));
	if (!execution)
		return rg_error_no_memory();
	*execution = *cpy_execution_table(cpy);
	RG_TRY(cpy_debug_offsets_apply(cpy, execution));
	cpy->execution = execution;
	if (cpy->hexversion >> 16 <= cpy->layout.until) {
		if (patch > cpy->layout.checked_patch && cpy->layout.checked_patch &&
		    !cpy->private->layout_note[0])
			snprintf(cpy->private->layout_note, sizeof(cpy->private->layout_note),
				 "newer than any release checked, its debug offsets agree");
		return NULL;
	}
	snprintf(sentence, sizeof(sentence),
		 "CPython %s is newer than all that this refgraph was checked with: it is read "
		 "like 3.%u, as far as its own debug offsets agree, and unverified",
		 cpy->version, cpy->minor);
	return rg_image_lacks(cpy->image, sentence);
}

rg_error *cpy_discover(struct cpy *cpy, bool *ret)
{
	struct finding finding = { 0 };
	const struct cpy_layout *layout;
	uint64_t interpreter;
	bool found = false;
	uint32_t known, i;
	int32_t shift;

	RG_TRY(by_symbol(cpy, &finding, &found));
	if (!found)
		found = by_scan(cpy, true, &finding) || by_scan(cpy, false, &finding);
	if (!found) {
		RG_TRY(refuse_old(cpy));
		*ret = false;
		return NULL;
	}
	if (!finding.module)
		finding.module = module_of(cpy->image, finding.runtime);
	version_text(finding.hexversion, cpy->version, sizeof(cpy->version));
	if (finding.free_threaded)
		return unsupported(cpy->version, " (free-threaded)");
	layout = choose_layout(cpy, &finding);
	if (!layout)
		return unsupported(cpy->version, "");
	cpy->layout = *layout;
	cpy->runtime = finding.runtime;
	cpy->hexversion = finding.hexversion;
	cpy->minor = layout->until & 255;
	cpy->module = finding.module;
	RG_TRY(apply_offsets(cpy));
	interpreter = cpy_word(cpy, cpy->runtime + cpy->layout.runtime.interpreters_main);
	cpy->type_type = fits(cpy, &cpy->layout, interpreter);
	if (!cpy->type_type)
		return rg_error_new(RG_ERROR_CORRUPT,
				    "found CPython %s, but its interpreter's state does not fit "
				    "that release: the dump is damaged or the build is unusual",
				    cpy->version);
	cpy->lookdict = cpy_find_lookdict(cpy);
	RG_TRY(probe_collector(cpy, interpreter));
	RG_TRY(note_lacking(cpy, interpreter));
	known = cpy->layout.interpreter.static_types;
	probe_static_types(cpy, interpreter);
	shift = (int32_t)(cpy->layout.interpreter.static_types - known);
	if (shift && shift < INTERPRETER_SHIFT_MAX && shift > -INTERPRETER_SHIFT_MAX)
		RG_TRY(cpy_interpreter_shift(cpy, interpreter, shift));
	RG_TRY(read_interpreters(cpy));
	cpy->none = cpy_dict_get(cpy, cpy_word(cpy, interpreter + cpy->layout.interpreter.builtins),
				 "None");
	cpy->builtins_dict = cpy_word(cpy, interpreter + cpy->layout.interpreter.builtins);
	cpy->builtins = cpy_dict_get(cpy,
				     cpy_word(cpy, interpreter + cpy->layout.interpreter.modules),
				     "builtins");
	for (i = 0; i < cpy->interpreter_count; i++) {
		uint64_t at = cpy->interpreters[i].address;
		uint64_t sysdict = cpy_word(cpy, at + cpy->layout.interpreter.sysdict);

		cpy->interpreters[i].modules =
			cpy_word(cpy, at + cpy->layout.interpreter.modules);
		cpy->interpreters[i].interned = find_interned(cpy, at, cpy_type_word(cpy, sysdict));
	}
	read_collector(cpy);
	describe_build(cpy);
	RG_TRY(note_others(cpy));
	*ret = true;
	return NULL;
}
