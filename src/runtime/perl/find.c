/* SPDX-License-Identifier: MIT */
/*
 * Finding Perl in an image: by the variables that it exports (PL_curinterp where it is
 * threaded, else PL_sv_arenaroot and all the others), else by the shape of what a
 * word of writable data points to.  A process can hold several Perls, libperl in a
 * server and so on: one is read, the others are noted.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/perl/private.h"

#define MANY 16 /* more Perls than this in a process are a hostile dump */
#define SUPPORTED "this refgraph reads " PL_READS

/* One Perl of the process. */
struct finding {
	const struct rg_module *module; /* NULL: in none, or not known */
	struct pl_layout layout;
	struct pl_interpreter interpreter;
	unsigned int minor, patch;      /* 5.minor.patch */
};

struct search {
	struct pl *pl;
	struct finding found[MANY];
	size_t count;
	rg_error *error; /* why the first of those that were not read was not */
};

/*
 * Whether the head at @address may be PL_sv_undef: nothing but read-only.  Its count is
 * no mark of it, -DDEBUGGING has it low (sv.h, SvREFCNT_IMMORTAL).
 */
static bool may_be_undef(const struct pl *pl, uint64_t address)
{
	const uint32_t mark = PL_READONLY | PL_PROTECT;

	return !pl_word(pl, address) &&
	       (pl_word32(pl, address + 12) & (mark | PL_OK | 0xff)) == mark;
}

/* ---- whether it fits --------------------------------------------------------- */

/*
 * PL_patchlevel is "v5.36.0", or once $^V was used a reference to a hash of package
 * version, which has that under "original" (perl.c, perl_construct; vutil.c).
 */
static bool read_version(const struct pl *pl, const struct pl_interpreter *interpreter,
			 struct finding *ret)
{
	struct pl_sv sv;
	char text[24];

	if (!pl_sv_read(pl, pl_field(pl, interpreter, PL_FIELD_patchlevel), &sv))
		return false;
	if (sv.flags & PL_ROK && (!pl_sv_read(pl, sv.u, &sv) ||
				  !pl_sv_read(pl, pl_hash_get(pl, &sv, "original"), &sv)))
		return false;
	return sv.flags & PL_pPOK && rg_image_string(pl->image, sv.u, text, sizeof(text)) &&
	       sscanf(text, "v5.%3u.%3u", &ret->minor, &ret->patch) == 2;
}

/*
 * What does not fit about @interpreter, in words, or NULL: what perl.c and sv.c make
 * of these variables before any program runs.
 */
static const char *misfit(const struct pl *pl, const struct pl_interpreter *interpreter)
{
	struct pl_sv yes, stash;
	uint64_t name;
	char text[8];

	if (!may_be_undef(pl, pl_field_at(interpreter, PL_FIELD_sv_undef)))
		return "PL_sv_undef is not where it should be";
	if (!pl_sv_read(pl, pl_field_at(interpreter, PL_FIELD_sv_yes), &yes) ||
	    yes.type != PL_PVNV || !(yes.flags & PL_POK))
		return "PL_sv_yes is not where it should be";
	if (!pl_sv_read(pl, pl_field(pl, interpreter, PL_FIELD_defstash), &stash) ||
	    !pl_stash_name(pl, &stash, &name) ||
	    pl_hek(pl, name, text, sizeof(text), NULL) != 4 || strcmp(text, "main"))
		return "PL_defstash is no stash that is called main";
	if (!pl_is_pointer(pl, pl_field(pl, interpreter, PL_FIELD_sv_arenaroot)))
		return "PL_sv_arenaroot is no arena";
	return NULL;
}

/* The interpreter whose struct is at @address, by pl->layout; what does not fit, or NULL. */
static const char *read_struct(const struct pl *pl, uint64_t address, struct pl_interpreter *ret)
{
	unsigned int i;

	memset(ret, 0, sizeof(*ret));
	ret->address = address;
	for (i = 0; i < PL_FIELD_COUNT; i++)
		if (pl->layout.field[i] != PL_ABSENT)
			ret->variable[i] = address + pl->layout.field[i];
	return misfit(pl, ret);
}

bool pl_interpreter_at(const struct pl *pl, uint64_t address, struct pl_interpreter *ret)
{
	/* Most words that are looked at point to no such thing. */
	uint64_t undef = address + pl->layout.field[PL_FIELD_sv_undef];

	if (!pl_is_pointer(pl, address) || !may_be_undef(pl, undef))
		return false;
	return !read_struct(pl, address, ret);
}

/*
 * Tries all layouts on the struct at @address, or those of the variables in @ret that
 * are there already: the release's own, and those near to it.  What does not fit
 * about the first, or NULL.
 */
static const char *try_layouts(struct pl *pl, unsigned int minor, bool threaded, uint64_t address,
			       struct finding *ret)
{
	const char *reason = NULL;
	unsigned int pass, i;

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; pl_layout_at(i, &pl->layout); i++) {
			const char *wrong;

			if (pl->layout.threaded != threaded ||
			    (pl->layout.minor == minor) != !pass)
				continue;
			wrong = threaded ? read_struct(pl, address, &ret->interpreter)
					 : misfit(pl, &ret->interpreter);
			if (!wrong && !read_version(pl, &ret->interpreter, ret))
				wrong = "PL_patchlevel is no version";
			if (wrong) {
				reason = reason ? reason : wrong;
				continue;
			}
			/* The next pass comes to the one that is meant. */
			if (!pass && ret->minor != minor)
				continue;
			if (pass) {
				/* Of several that fit, the nearest. */
				struct pl_layout nearest;

				if (pl_layout_find(ret->minor, threaded, &nearest) &&
				    nearest.minor != pl->layout.minor)
					continue;
				pl->layout.nearest = pl->layout.minor != ret->minor;
			}
			ret->layout = pl->layout;
			return NULL;
		}
	}
	return reason ? reason : "no table is for such a build";
}

/* ---- by symbols --------------------------------------------------------------- */

static uint64_t symbol(const struct pl *pl, const struct rg_module *module, const char *name)
{
	uint64_t at, size;

	return rg_image_symbol(pl->image, module, name, &at, &size) ? at : 0;
}

static void fail(struct search *search, rg_error *error)
{
	if (search->error)
		rg_error_free(error);
	else
		search->error = error;
}

static void refuse(struct search *search, const struct rg_module *module, unsigned int minor,
		   unsigned int patch, const char *reason)
{
	bool lacks = search->pl->image->missing_count > 0;

	/* Of a dump that lacks something the caller says what. */
	fail(search, rg_error_new(lacks ? RG_ERROR_CORRUPT : RG_ERROR_UNSUPPORTED,
				  "found Perl 5.%u.%u in %s, but %s: memory is missing from the "
				  "dump, or it is built in a way that is not known (" SUPPORTED ")",
				  minor, patch, module->path, reason));
}

/* Variables that each stand for themselves. */
static void read_variables(const struct pl *pl, const struct rg_module *module,
			   struct pl_interpreter *ret)
{
	static const enum pl_field immortals[] = { PL_FIELD_sv_yes, PL_FIELD_sv_undef,
						   PL_FIELD_sv_no, PL_FIELD_sv_zero };
	uint64_t array;
	char name[64];
	unsigned int i;

	memset(ret, 0, sizeof(*ret));
	for (i = 0; i < PL_FIELD_COUNT; i++) {
		snprintf(name, sizeof(name), "PL_%s", pl_field_name((enum pl_field)i));
		ret->variable[i] = symbol(pl, module, name);
	}
	ret->address = ret->variable[PL_FIELD_sv_arenaroot];
	/* perl.h, since 5.28: PL_sv_immortals[4] has these in this order. */
	array = symbol(pl, module, "PL_sv_immortals");
	for (i = 0; array && i < 4; i++)
		ret->variable[immortals[i]] = array + 24 * i;
}

static void by_symbol(struct search *search, const struct rg_module *module)
{
	struct pl *pl = search->pl;
	struct finding *finding = &search->found[search->count];
	uint64_t current = symbol(pl, module, "PL_curinterp");
	uint64_t arenas = symbol(pl, module, "PL_sv_arenaroot");
	unsigned int minor = pl_byte(pl, symbol(pl, module, "PL_version"));
	unsigned int patch = pl_byte(pl, symbol(pl, module, "PL_subversion"));
	const char *reason;

	/* One that was mapped and never ran is none. */
	if ((!current && !arenas) || !pl_word(pl, arenas ? arenas : current))
		return;
	memset(finding, 0, sizeof(*finding));
	finding->module = module;
	if (arenas)
		read_variables(pl, module, &finding->interpreter);
	reason = try_layouts(pl, minor, !arenas, arenas ? 0 : pl_word(pl, current), finding);
	if (reason)
		refuse(search, module, minor, patch, reason);
	else
		search->count++;
}

/* ---- by structure --------------------------------------------------------------- */

const struct rg_module *pl_module_of(const rg_image *image, uint64_t address)
{
	const struct rg_mapping *mapping = rg_image_mapping_of(image, address);
	const struct rg_mapping *best = NULL;
	size_t i;

	/* Zeroed data lies behind the mapping of the rest. */
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

/* The struct interpreter that a word of @segment points to. */
static bool scan_segment(struct search *search, const struct rg_segment *segment,
			 unsigned int undef)
{
	struct pl *pl = search->pl;
	struct finding *finding = &search->found[search->count];
	uint64_t limit = segment->end - segment->start, at;

	/* Static data is small; heaps that lie behind it are not searched. */
	if (limit > UINT64_C(64) << 20)
		limit = UINT64_C(64) << 20;
	for (at = -segment->start & 7; at + 8 <= limit; at += 8) {
		uint64_t word = pl_load64(segment->bytes + at);

		if (!word || word & 7 || !pl_is_pointer(pl, word) ||
		    !may_be_undef(pl, word + undef))
			continue;
		memset(finding, 0, sizeof(*finding));
		if (try_layouts(pl, 0, true, word, finding))
			continue;
		finding->module = pl_module_of(pl->image, segment->start + at);
		search->count++;
		return true;
	}
	return false;
}

/*
 * Whether an arena of heads is at @address: sv.c, Perl_sv_add_arena, gives its first
 * head the next one and a number, and all others a type or the mark of free ones.
 */
static bool is_arena(const struct pl *pl, uint64_t address)
{
	uint64_t next = pl_word(pl, address), i;
	uint32_t count = pl_word32(pl, address + 8), type;

	if (!pl_is_pointer(pl, address) || count < 16 || count > 65536 ||
	    pl_word32(pl, address + 12) & ~(uint32_t)PL_FAKE ||
	    (next && !pl_is_pointer(pl, next)) || !rg_image_at(pl->image, address, 24 * count))
		return false;
	for (i = 1; i < count; i++) {
		type = pl_word32(pl, address + 24 * i + 12) & 0xff;
		if (type >= PL_TYPES && type != PL_FREED)
			return false;
	}
	return true;
}

/* PL_sv_immortals[4] of a build without threads, in static data: yes, undef, no, zero. */
static bool are_immortals(const unsigned char *bytes)
{
	const uint32_t types[] = { PL_PVNV, PL_NULL, PL_PVNV, PL_PVNV };
	struct pl_sv sv;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		pl_sv_load(0, bytes + 24 * i, &sv);
		if (sv.type != types[i] || !sv.refcount || !(sv.flags & PL_READONLY) ||
		    !(sv.flags & PL_PROTECT) || (sv.type == PL_NULL) != !sv.any)
			return false;
	}
	return true;
}

/*
 * The variables of a build without threads that can be told by what they hold, each a
 * static of its own: the rest stays unknown, and with it most roots.
 */
static void note_variable(struct search *search, uint64_t at, uint64_t word, struct finding *ret)
{
	struct pl *pl = search->pl;
	struct pl_interpreter *interpreter = &ret->interpreter;
	struct pl_interpreter one = { .variable = { [PL_FIELD_patchlevel] = at } };
	struct pl_sv sv;
	uint64_t name;
	char text[8];

	if (!pl_is_pointer(pl, word))
		return;
	if (!interpreter->variable[PL_FIELD_sv_arenaroot] && is_arena(pl, word)) {
		interpreter->variable[PL_FIELD_sv_arenaroot] = interpreter->address = at;
		return;
	}
	if (!pl_sv_read(pl, word, &sv))
		return;
	if (!interpreter->variable[PL_FIELD_defstash] && pl_stash_name(pl, &sv, &name) &&
	    pl_hek(pl, name, text, sizeof(text), NULL) == 4 && !strcmp(text, "main"))
		interpreter->variable[PL_FIELD_defstash] = at;
	else if (!interpreter->variable[PL_FIELD_patchlevel] && read_version(pl, &one, ret))
		interpreter->variable[PL_FIELD_patchlevel] = at;
}

static bool find_variables(struct search *search, const struct rg_module *module,
			   struct finding *ret)
{
	struct pl *pl = search->pl;
	size_t i;

	for (i = 0; i < pl->image->segment_count; i++) {
		const struct rg_segment *segment = &pl->image->segments[i];
		uint64_t limit = segment->end - segment->start, at;

		if (!segment->writable || pl_module_of(pl->image, segment->start) != module)
			continue;
		if (limit > UINT64_C(4) << 20)
			limit = UINT64_C(4) << 20;
		for (at = -segment->start & 7; at + 8 <= limit; at += 8)
			note_variable(search, segment->start + at, pl_load64(segment->bytes + at),
				      ret);
	}
	return !misfit(pl, &ret->interpreter) && read_version(pl, &ret->interpreter, ret);
}

static bool by_immortals(struct search *search, const struct rg_segment *segment)
{
	static const enum pl_field names[] = { PL_FIELD_sv_yes, PL_FIELD_sv_undef, PL_FIELD_sv_no,
					       PL_FIELD_sv_zero };
	struct pl *pl = search->pl;
	struct finding *finding = &search->found[search->count];
	uint64_t limit = segment->end - segment->start, at;
	unsigned int column, i;

	if (limit > UINT64_C(4) << 20)
		limit = UINT64_C(4) << 20;
	for (at = -segment->start & 7; at + 96 <= limit; at += 8) {
		if (!are_immortals(segment->bytes + at))
			continue;
		for (column = 0; pl_layout_at(column, &pl->layout); column++) {
			if (pl->layout.threaded)
				continue;
			memset(finding, 0, sizeof(*finding));
			finding->module = pl_module_of(pl->image, segment->start + at);
			for (i = 0; i < 4; i++)
				finding->interpreter.variable[names[i]] =
					segment->start + at + 24 * i;
			if (!find_variables(search, finding->module, finding) ||
			    !pl_layout_find(finding->minor, false, &finding->layout))
				continue;
			search->count++;
			return true;
		}
		return false;
	}
	return false;
}

static void by_structure(struct search *search)
{
	const rg_image *image = search->pl->image;
	struct pl_layout layout;
	unsigned int column, before = UINT32_MAX;
	size_t i;

	for (column = 0; pl_layout_at(column, &layout); column++) {
		unsigned int undef = layout.field[PL_FIELD_sv_undef];

		if (!layout.threaded || undef == before)
			continue;
		before = undef;
		for (i = 0; i < image->segment_count; i++)
			if (image->segments[i].writable &&
			    (!image->mapping_count ||
			     pl_module_of(image, image->segments[i].start)) &&
			    scan_segment(search, &image->segments[i], undef))
				return;
	}
	for (i = 0; i < image->segment_count; i++)
		if (image->segments[i].writable && image->mapping_count &&
		    pl_module_of(image, image->segments[i].start) &&
		    by_immortals(search, &image->segments[i]))
			return;
}

/* ---- which one -------------------------------------------------------------------- */

static void version_text(const struct finding *finding, char *ret, size_t size)
{
	snprintf(ret, size, "5.%u.%u", finding->minor, finding->patch);
}

static bool is_named(const struct finding *finding, const char *which)
{
	const char *name = finding->module ? strrchr(finding->module->path, '/') : NULL;
	size_t length = strlen(which);
	char version[32];

	if (!strncmp(which, "0x", 2))
		return finding->interpreter.address == strtoull(which, NULL, 16);
	version_text(finding, version, sizeof(version));
	return (!strncmp(version, which, length) && (!version[length] || version[length] == '.')) ||
	       (finding->module && !strcmp(finding->module->path, which)) ||
	       (name && !strcmp(name + 1, which));
}

/* Adds "5.36.0 (0x55.., /usr/bin/perl)" to the sentence at @ret. */
static void list(const struct finding *finding, char *ret, size_t size)
{
	size_t length = strlen(ret);
	char version[32];

	version_text(finding, version, sizeof(version));
	snprintf(ret + length, size - length, "%s%s (0x%" PRIx64 "%s%.160s)", length ? ", " : "",
		 version, finding->interpreter.address, finding->module ? ", " : "",
		 finding->module ? finding->module->path : "");
}

static rg_error *choose(const struct search *search, const char *which, size_t *ret)
{
	char names[512] = "";
	size_t i, matches = 0;

	for (i = 0; i < search->count; i++) {
		list(&search->found[i], names, sizeof(names));
		if (is_named(&search->found[i], which)) {
			*ret = i;
			matches++;
		}
	}
	if (matches == 1)
		return NULL;
	return rg_error_new(RG_ERROR_NOT_FOUND, "%s Perl of this process is %s: there %s %s",
			    matches ? "more than one" : "no", which,
			    search->count == 1 ? "is" : "are", names);
}

/* The executable's own, else the first one. */
static size_t best_of(const struct search *search)
{
	const char *executable = rg_image_executable(search->pl->image);
	size_t i;

	for (i = 0; i < search->count; i++)
		if (search->found[i].module && !strcmp(search->found[i].module->path, executable))
			return i;
	return 0;
}

/* Remembers what there is; and says what is not read, unless that was the caller's choice. */
static rg_error *note_all(const struct search *search, size_t chosen, bool asked)
{
	struct pl *pl = search->pl;
	char sentence[640], names[512] = "", version[32];
	size_t i;

	for (i = 0; i < search->count; i++) {
		const struct finding *finding = &search->found[i];
		struct rg_runtime_info info = { .address = finding->interpreter.address };

		version_text(finding, version, sizeof(version));
		info.version = rg_strdup(version);
		info.file = finding->module ? finding->module->path : "";
		info.read = i == chosen;
		if (!info.version)
			return rg_error_no_memory();
		if (!rg_vector_push(&pl->runtimes, info)) {
			rg_free((char *)info.version);
			return rg_error_no_memory();
		}
		if (i != chosen)
			list(finding, names, sizeof(names));
	}
	if (search->count < 2 || asked)
		return NULL;
	snprintf(sentence, sizeof(sentence),
		 "this process holds %zu Perls, and the objects of one are read: the others are "
		 "%s (choose one with --runtime)", search->count, names);
	return rg_image_lacks(pl->image, sentence);
}

static rg_error *take(struct pl *pl, const struct finding *finding)
{
	const struct pl_interpreter *first = &finding->interpreter;
	uint64_t size = 0;
	char note[96] = "";

	pl->layout = finding->layout;
	pl->module = finding->module;
	pl->yes = pl_word(pl, pl_field_at(first, PL_FIELD_sv_yes) + 16);
	pl->no = pl_word(pl, pl_field_at(first, PL_FIELD_sv_no) + 16);
	if (pl->module)
		pl->placeholder = symbol(pl, pl->module, "PL_sv_placeholder");
	version_text(finding, pl->version, sizeof(pl->version));
	if (pl->layout.nearest)
		snprintf(note, sizeof(note), ", not verified: read as 5.%u, whose layout it fits",
			 pl->layout.minor);
	if (!*note && !pl_field_at(first, PL_FIELD_curstackinfo))
		snprintf(note, sizeof(note), ", without symbols: most of its roots are unknown");
	/* perl.h: a U16 that says what sizeof(struct interpreter) is. */
	if (pl->module && pl->layout.threaded)
		size = pl_word32(pl, symbol(pl, pl->module, "PL_interp_size")) & UINT16_MAX;
	if (!*note && size && size != pl->layout.at.interpreter_size)
		snprintf(note, sizeof(note),
			 ", not verified: an interpreter has %u bytes, not %u", (unsigned)size,
			 pl->layout.at.interpreter_size);
	snprintf(pl->build, sizeof(pl->build), "%.300s, %s%s",
		 pl->module ? pl->module->path : "in no file",
		 pl->layout.threaded ? "with threads" : "without threads", note);
	RG_TRY(pl_add_interpreter(pl, first));
	return pl_find_interpreters(pl);
}

static rg_error *search_all(struct search *search, const char *which, bool *ret)
{
	const rg_image *image = search->pl->image;
	size_t i, chosen;

	for (i = 0; i < image->module_count && search->count < MANY; i++)
		if (image->modules[i].is_elf)
			by_symbol(search, &image->modules[i]);
	if (!search->count && !search->error)
		by_structure(search);
	if (!search->count) {
		rg_error *error = search->error;

		search->error = NULL;
		return error;
	}
	chosen = best_of(search);
	if (which)
		RG_TRY(choose(search, which, &chosen));
	RG_TRY(take(search->pl, &search->found[chosen]));
	*ret = true;
	return note_all(search, chosen, which != NULL);
}

rg_error *pl_find(struct pl *pl, const char *which, bool *ret)
{
	struct search *search = rg_calloc(1, sizeof(*search));
	rg_error *error;

	*ret = false;
	if (!search)
		return rg_error_no_memory();
	search->pl = pl;
	error = search_all(search, which, ret);
	rg_error_free(search->error);
	rg_free(search);
	return error;
}
