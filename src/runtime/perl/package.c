/* SPDX-License-Identifier: MIT */
/*
 * What is known of a package that objects are blessed into: the classes that it
 * inherits from, whether one of them has a DESTROY, and whose code it is.
 */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/perl/private.h"

#define MOST_BASES 64
#define NAME_SIZE 200

/* Names of a package and of all that it inherits from, itself first. */
struct bases {
	char names[MOST_BASES][NAME_SIZE];
	unsigned int count;
};

static void add_name(struct bases *bases, const char *name)
{
	unsigned int i;

	for (i = 0; i < bases->count; i++)
		if (!strcmp(bases->names[i], name))
			return;
	if (*name && bases->count < MOST_BASES)
		snprintf(bases->names[bases->count++], NAME_SIZE, "%s", name);
}

/* The hash of the glob that @key names in @stash: a package below it, for "Name::". */
static uint64_t glob_slot(struct pl *pl, uint64_t stash, const char *key, unsigned int slot)
{
	struct pl_sv sv;

	if (!pl_sv_read(pl, stash, &sv) || !pl_sv_read(pl, pl_hash_get(pl, &sv, key), &sv) ||
	    !pl_is_glob(&sv))
		return 0;
	return pl_word(pl, sv.u + slot);
}

/* The stash of the package called @name, from main:: down; 0: there is none. */
static uint64_t find_stash(struct pl *pl, const char *name)
{
	uint64_t stash = pl_field(pl, &pl->interpreters[0], PL_FIELD_defstash);
	char key[NAME_SIZE];
	unsigned int depth;

	for (depth = 0; stash && depth < 32; depth++) {
		const char *next = strstr(name, "::");
		size_t length = next ? (size_t)(next - name) : strlen(name);

		snprintf(key, sizeof(key), "%.*s::", (int)length, name);
		stash = glob_slot(pl, stash, key, pl->layout.at.gp_hv);
		if (!next)
			return stash;
		name = next + 2;
	}
	return 0;
}

/* Adds the strings of the array at @address. */
static void add_array(struct pl *pl, struct bases *bases, uint64_t address)
{
	struct pl_sv array, name;
	uint64_t fill, i;
	char text[NAME_SIZE];

	if (!pl_sv_read(pl, address, &array) || array.type != PL_PVAV)
		return;
	fill = pl_word(pl, array.any + pl->layout.at.av_fill);
	for (i = 0; fill < MOST_BASES && i <= fill; i++)
		if (pl_sv_read(pl, pl_word(pl, array.u + 8 * i), &name) &&
		    name.flags & PL_pPOK &&
		    rg_image_string(pl->image, name.u, text, sizeof(text)))
			add_name(bases, text);
}

/* What perl has worked out for method calls, else @ISA, class by class. */
static void find_bases(struct pl *pl, uint64_t stash, struct bases *bases)
{
	const struct pl_members *at = &pl->layout.at;
	struct pl_hash hash;
	struct pl_sv sv;
	uint64_t meta;
	unsigned int i;

	if (pl_sv_read(pl, stash, &sv) && pl_hash_read(pl, &sv, &hash) && hash.aux) {
		meta = pl_word(pl, hash.aux + at->aux_mro_meta);
		if (meta)
			add_array(pl, bases, pl_word(pl, meta + at->mro_linear_current));
	}
	for (i = bases->count > 1 ? bases->count : 0; i < bases->count; i++) {
		if (i)
			stash = find_stash(pl, bases->names[i]);
		add_array(pl, bases, glob_slot(pl, stash, "ISA", at->gp_av));
	}
}

/* Whether the package of @stash itself has a sub called DESTROY, and no cached one. */
static bool has_destroy(struct pl *pl, uint64_t stash)
{
	const struct pl_members *at = &pl->layout.at;
	struct pl_sv sv;

	if (!pl_sv_read(pl, stash, &sv) || !pl_sv_read(pl, pl_hash_get(pl, &sv, "DESTROY"), &sv))
		return false;
	/* gv.h: a stash can hold a reference to a sub where a glob would be. */
	if (sv.flags & PL_ROK)
		return true;
	return pl_is_glob(&sv) && pl_word(pl, sv.u + at->gp_cv) &&
	       !pl_word32(pl, sv.u + at->gp_cvgen);
}

/* ---- whose it is ----------------------------------------------------------------- */

/* Packages that perl itself has, without a file. */
static const char *const builtin[] = { "Regexp", "version", "UNIVERSAL", "IO::File", "IO::Handle",
				       "utf8", "re", "mro", "Internals", "PerlIO::Layer",
				       "Tie::Hash::NamedCapture", "builtin" };

/* By the folders that perls are installed with: config.sh's privlib, vendorlib, sitelib. */
static enum rg_origin origin_of_file(const char *path)
{
	if (*path != '/')
		return RG_ORIGIN_PROGRAM;
	if (strstr(path, "/site_perl/") || strstr(path, "/vendor_perl/"))
		return RG_ORIGIN_PACKAGE;
	if (strstr(path, "/core_perl/") || strstr(path, "/perl-base/") ||
	    strstr(path, "/lib/5.") || strstr(path, "/perl5/5."))
		return RG_ORIGIN_RUNTIME;
	if (strstr(path, "/perl/5."))
		return strstr(path, "/local/") ? RG_ORIGIN_PACKAGE : RG_ORIGIN_RUNTIME;
	return strstr(path, "/perl5/") ? RG_ORIGIN_PACKAGE : RG_ORIGIN_PROGRAM;
}

/* The path that %INC has for package @name, or one that its name begins with. */
static bool find_file(struct pl *pl, const char *name, char *ret, size_t size)
{
	struct pl_sv glob, inc, path;
	char key[NAME_SIZE + 8], rest[NAME_SIZE];
	size_t i, out;

	if (!pl_sv_read(pl, pl_field(pl, &pl->interpreters[0], PL_FIELD_incgv), &glob) ||
	    !pl_is_glob(&glob) ||
	    !pl_sv_read(pl, pl_word(pl, glob.u + pl->layout.at.gp_hv), &inc))
		return false;
	snprintf(rest, sizeof(rest), "%s", name);
	while (*rest) {
		char *last = NULL, *next;

		for (i = out = 0; rest[i]; i++) {
			if (rest[i] == ':' && rest[i + 1] == ':') {
				key[out++] = '/';
				i++;
			} else {
				key[out++] = rest[i];
			}
		}
		snprintf(key + out, sizeof(key) - out, ".pm");
		if (pl_sv_read(pl, pl_hash_get(pl, &inc, key), &path) && path.flags & PL_pPOK)
			return rg_image_string(pl->image, path.u, ret, size);
		for (next = rest; (next = strstr(next, "::")); next += 2)
			last = next;
		if (!last)
			return false;
		*last = '\0';
	}
	return false;
}

static enum rg_origin find_origin(struct pl *pl, const char *name)
{
	char path[512];
	size_t i;

	for (i = 0; i < sizeof(builtin) / sizeof(builtin[0]); i++)
		if (!strcmp(name, builtin[i]))
			return RG_ORIGIN_RUNTIME;
	return find_file(pl, name, path, sizeof(path)) ? origin_of_file(path) : RG_ORIGIN_PROGRAM;
}

void pl_package(struct pl *pl, uint64_t stash, const char *name, struct pl_package *ret)
{
	struct bases *bases = rg_calloc(1, sizeof(*bases));
	unsigned int i;

	memset(ret, 0, sizeof(*ret));
	if (!bases) {
		pl->failed = true;
		return;
	}
	add_name(bases, name);
	/* Each look-up walks a stash: a hostile dump has types without end. */
	if (pl->packages++ < 4096)
		find_bases(pl, stash, bases);
	for (i = 0; i < bases->count; i++) {
		if (!ret->role)
			ret->role = pl_role(bases->names[i]);
		if (!ret->has_destroy && pl->packages < 4096)
			ret->has_destroy =
				has_destroy(pl, i ? find_stash(pl, bases->names[i]) : stash);
	}
	ret->origin = pl->packages < 4096 ? find_origin(pl, name) : RG_ORIGIN_UNKNOWN;
	rg_free(bases);
}
