/* SPDX-License-Identifier: MIT */
/*
 * From the _PyRuntime that find.c found to the state that all else reads: the
 * layout is chosen, checked against the structure that is there, and corrected
 * where builds are known to differ, before anything believes it.
 */
#include <stdio.h>

#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/mimalloc.h"
#include "runtime/cpython/private.h"

#define INTERPRETERS_MAX 4096
#define INTERPRETER_SHIFT_MAX 1024 /* what options of the build add to its state */
#define THREADS_MAX 65536
#define THREAD_SHIFT_252 (4 * (3088 - 3064) + 5120 - 1608) /* mi_heap_t and mi_tld_t */
#define STATIC_DATA_MAX (UINT64_C(8) << 20)

/* PyType_Type, as the type of the type of @object; 0 if @object is no dict. */
static uint64_t type_of_dict(const struct cpy *cpy, uint64_t object)
{
	uint64_t type = cpy_is_pointer(cpy, object) ? cpy_type_word(cpy, object) : 0;
	uint64_t meta = cpy_is_pointer(cpy, type) ? cpy_type_word(cpy, type) : 0;

	if (!cpy_is_pointer(cpy, meta) || cpy_type_word(cpy, meta) != meta)
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
	if (!cpy_is_pointer(cpy, thread))
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

		if (!cpy_is_pointer(cpy, dict) && !is_lacking(cpy, dict))
			return 0;
		if (cpy_is_pointer(cpy, dict) && cpy_is_pointer(cpy, cpy_type_word(cpy, dict)))
			continue;
		lacking = true;
	}
	if (!lacking)
		return 0;
	for (i = 0; !type && i < cpy->image->module_count; i++)
		if (cpy->image->modules[i].is_elf &&
		    (!cpy->module || cpy->module == &cpy->image->modules[i]))
			(void)rg_image_symbol(cpy->image, &cpy->image->modules[i], "PyType_Type",
					      &type, &size);
	/* Looked for once: 1 is no address of a type. */
	cpy->type_symbol = type ? type : 1;
	if (!cpy_is_pointer(cpy, type) && layout->interpreter.static_types_stride) {
		type = cpy_word(cpy, interpreter + layout->interpreter.static_types);
		type = cpy_is_pointer(cpy, type) ? cpy_type_word(cpy, type) : 0;
	}
	if (!cpy_is_pointer(cpy, type) || cpy_type_word(cpy, type) != type ||
	    !(cpy_get(cpy, type, 168) & CPY_TPFLAG_TYPE))
		return 0;
	return type;
}

uint64_t cpy_fits(struct cpy *cpy, const struct cpy_layout *layout, uint64_t interpreter)
{
	uint64_t thread, type, sysdict, builtins;

	if (!cpy_is_pointer(cpy, interpreter))
		return 0;
	cpy->shift = layout->shift;
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

	/* Free-threaded: mimalloc's heaps are walked instead. */
	if (cpy->layout.free_threaded || heads_fit(cpy, gc + cpy->layout.gc.generations))
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

			if (!cpy_is_pointer(cpy, type) || cpy_get(cpy, type, 360) != i + 1)
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

	if (!cpy_is_pointer(cpy, dict) || cpy_type_word(cpy, dict) != dict_type ||
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

		return cpy_is_pointer(cpy, dict) && cpy_type_word(cpy, dict) == dict_type ? dict
											  : 0;
	}
	for (i = 0; i < image->segment_count; i++) {
		const struct rg_segment *segment = &image->segments[i];
		uint64_t at, limit = segment->end - segment->start;

		if (!segment->writable || cpy_module_of(image, segment->start) != cpy->module)
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

		if (!cpy_is_pointer(cpy, at) ||
		    cpy_word(cpy, at + cpy->layout.thread.interpreter) !=
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
		if (i < cpy->interpreter_count ||
		    cpy_fits(cpy, &cpy->layout, at) != cpy->type_type) {
			cpy->unreadable++;
			break;
		}
		RG_TRY(add_interpreter(cpy, at));
	}
	/* Where the list breaks off before it, the runtime still knows the main one. */
	for (i = 0; i < cpy->interpreter_count && cpy->interpreters[i].address != main; i++)
		;
	if (i == cpy->interpreter_count && at &&
	    cpy_fits(cpy, &cpy->layout, main) == cpy->type_type)
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
static const struct cpy_layout *choose_layout(const struct cpy *cpy,
					      const struct cpy_finding *finding)
{
	bool threaded = finding->free_threaded;
	const struct cpy_layout *best = cpy_layout_find(finding->hexversion, threaded);
	const struct cpy_layout *newest = cpy_layout_newest(threaded), *layout = NULL;
	unsigned least, differ;

	if (!best && finding->hexversion >> 16 > newest->until &&
	    cpy_word(cpy, finding->runtime) == CPY_COOKIE)
		return newest;
	if (!best || (best->since & 255) < 13)
		return best;
	least = cpy_debug_offsets_differ(cpy, finding->runtime, best);
	while ((layout = cpy_layout_next(finding->hexversion, threaded, layout)) != NULL) {
		differ = cpy_debug_offsets_differ(cpy, finding->runtime, layout);
		if (differ < least) {
			least = differ;
			best = layout;
		}
	}
	return best;
}

/* Notes that this very release has not been seen before, and @what stands for it all the same. */
static void note_unverified(struct cpy *cpy, const char *what)
{
	uint32_t patch = cpy->hexversion >> 8 & 255;

	if (cpy->layout.checked_patch && patch > cpy->layout.checked_patch &&
	    !cpy->private->layout_note[0])
		snprintf(cpy->private->layout_note, sizeof(cpy->private->layout_note),
			 "newer than any release checked, and unverified; %s", what);
}

/* A newer mimalloc has longer states of heaps, which stand in a thread's own before the counts. */
static void probe_mimalloc(struct cpy *cpy)
{
	if (!cpy->layout.free_threaded || cpy_mimalloc_generation(cpy) != CPY_MIMALLOC_252)
		return;
	cpy->layout.thread.merging += THREAD_SHIFT_252;
	cpy->layout.thread.counts += cpy->layout.thread.counts ? THREAD_SHIFT_252 : 0;
}

/* Lets the debug offsets correct the tables, and says what has not been seen before. */
static rg_error *apply_offsets(struct cpy *cpy)
{
	struct cpy_execution *execution;
	char sentence[256];

	if (cpy->minor < 13 || cpy_word(cpy, cpy->runtime) != CPY_COOKIE) {
		note_unverified(cpy, "its structure fits");
		return NULL;
	}
	execution = cpy_keep(cpy, sizeof(*execution));
	if (!execution)
		return rg_error_no_memory();
	*execution = *cpy_execution_table(cpy);
	RG_TRY(cpy_debug_offsets_apply(cpy, execution));
	cpy->execution = execution;
	if (cpy->hexversion >> 16 <= cpy->layout.until) {
		note_unverified(cpy, "its debug offsets agree");
		return NULL;
	}
	snprintf(sentence, sizeof(sentence),
		 "CPython %s is newer than all that this refgraph was checked with: it is read "
		 "like 3.%u, as far as its own debug offsets agree, and unverified",
		 cpy->version, cpy->minor);
	return rg_image_lacks(cpy->image, sentence);
}

rg_error *cpy_discover(struct cpy *cpy, const char *which, bool *ret)
{
	struct cpy_finding finding = { 0 };
	const struct cpy_layout *layout;
	uint64_t interpreter;
	bool found = false;
	uint32_t known, i;
	int32_t shift;

	RG_TRY(cpy_find(cpy, which, &finding, &found));
	if (!found) {
		*ret = false;
		return NULL;
	}
	cpy_version_text(finding.hexversion, cpy->version, sizeof(cpy->version));
	/* As its program is called: python3.14t. */
	if (finding.free_threaded)
		snprintf(cpy->version + strlen(cpy->version),
			 sizeof(cpy->version) - strlen(cpy->version), "t");
	layout = choose_layout(cpy, &finding);
	if (!layout)
		return cpy_unsupported(cpy->version, "");
	cpy->layout = *layout;
	cpy->shift = layout->shift;
	cpy->runtime = finding.runtime;
	cpy->hexversion = finding.hexversion;
	cpy->minor = layout->until & 255;
	cpy->module = finding.module;
	RG_TRY(apply_offsets(cpy));
	interpreter = cpy_word(cpy, cpy->runtime + cpy->layout.runtime.interpreters_main);
	cpy->type_type = cpy_fits(cpy, &cpy->layout, interpreter);
	if (!cpy->type_type)
		return rg_error_new(RG_ERROR_CORRUPT,
				    "found CPython %s, but its interpreter's state does not fit "
				    "that release: the dump is damaged or the build is unusual",
				    cpy->version);
	probe_mimalloc(cpy);
	cpy->lookdict = cpy_find_lookdict(cpy);
	RG_TRY(probe_collector(cpy, interpreter));
	RG_TRY(note_lacking(cpy, interpreter));
	known = cpy->layout.interpreter.static_types;
	probe_static_types(cpy, interpreter);
	shift = (int32_t)(cpy->layout.interpreter.static_types - known);
	if (shift && shift < INTERPRETER_SHIFT_MAX && shift > -INTERPRETER_SHIFT_MAX)
		RG_TRY(cpy_interpreter_shift(cpy, interpreter, shift));
	RG_TRY(cpy_config_shift(cpy, interpreter));
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
	*ret = true;
	return NULL;
}
