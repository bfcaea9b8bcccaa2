/* SPDX-License-Identifier: MIT */
/*
 * Finding Perl in an image, and every interpreter in it: by the variables that it
 * exports (PL_curinterp where it is threaded, else PL_sv_arenaroot and so on).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/perl/private.h"

#define IMMORTAL_COUNT 0x40000000u /* sv.h: SvREFCNT_IMMORTAL is about twice that */

/* Whether the variables of @interpreter are what perl makes of them: perl.c, sv.c. */
static bool fits(const struct pl *pl, const struct pl_interpreter *interpreter)
{
	struct pl_sv undef, yes, stash;
	uint64_t name;
	char text[8];

	if (!pl_sv_read(pl, pl_field_at(interpreter, PL_FIELD_sv_undef), &undef) ||
	    undef.type != PL_NULL || undef.any || !(undef.flags & PL_READONLY) ||
	    undef.refcount < IMMORTAL_COUNT)
		return false;
	if (!pl_sv_read(pl, pl_field_at(interpreter, PL_FIELD_sv_yes), &yes) ||
	    yes.type != PL_PVNV || !(yes.flags & PL_POK))
		return false;
	if (!pl_sv_read(pl, pl_field(pl, interpreter, PL_FIELD_defstash), &stash) ||
	    !pl_stash_name(pl, &stash, &name) ||
	    pl_hek(pl, name, text, sizeof(text), NULL) != 4 || strcmp(text, "main"))
		return false;
	return pl_is_pointer(pl, pl_field(pl, interpreter, PL_FIELD_sv_arenaroot));
}

/* The interpreter whose struct is at @address, by pl->layout; false: there is none. */
static bool read_interpreter(const struct pl *pl, uint64_t address, struct pl_interpreter *ret)
{
	unsigned int i;

	if (!pl_is_pointer(pl, address))
		return false;
	memset(ret, 0, sizeof(*ret));
	ret->address = address;
	for (i = 0; i < PL_FIELD_COUNT; i++)
		if (pl->layout.field[i] != PL_ABSENT)
			ret->variable[i] = address + pl->layout.field[i];
	return fits(pl, ret);
}

static rg_error *add(struct pl *pl, const struct pl_interpreter *interpreter)
{
	struct pl_interpreter *more;
	size_t i;

	for (i = 0; i < pl->interpreter_count; i++)
		if (pl->interpreters[i].address == interpreter->address)
			return NULL;
	more = rg_realloc(pl->interpreters, pl->interpreter_count + 1, sizeof(*more));
	if (!more)
		return rg_error_no_memory();
	pl->interpreters = more;
	more[pl->interpreter_count++] = *interpreter;
	return NULL;
}

static uint8_t version_part(const struct pl *pl, const struct rg_module *module, const char *name)
{
	uint64_t at, size;

	return rg_image_symbol(pl->image, module, name, &at, &size) ? pl_byte(pl, at) : 0;
}

static rg_error *by_symbol(struct pl *pl, const struct rg_module *module)
{
	struct pl_interpreter interpreter;
	uint64_t at, size;
	unsigned int minor;

	if (!rg_image_symbol(pl->image, module, "PL_curinterp", &at, &size))
		return NULL;
	minor = version_part(pl, module, "PL_version");
	if (!pl_layout_find(minor, true, &pl->layout))
		return NULL;
	if (!read_interpreter(pl, pl_word(pl, at), &interpreter))
		return NULL;
	pl->module = module;
	snprintf(pl->version, sizeof(pl->version), "5.%u.%u", minor,
		 version_part(pl, module, "PL_subversion"));
	if (rg_image_symbol(pl->image, module, "PL_sv_placeholder", &at, &size))
		pl->placeholder = at;
	return add(pl, &interpreter);
}

rg_error *pl_find(struct pl *pl, const char *which, bool *ret)
{
	size_t i;

	(void)which;
	for (i = 0; i < pl->image->module_count && !pl->interpreter_count; i++)
		if (pl->image->modules[i].is_elf)
			RG_TRY(by_symbol(pl, &pl->image->modules[i]));
	if (pl->interpreter_count) {
		pl->interpreters[0].is_main = true;
		pl->yes = pl_word(pl, pl_field_at(&pl->interpreters[0], PL_FIELD_sv_yes) + 16);
		pl->no = pl_word(pl, pl_field_at(&pl->interpreters[0], PL_FIELD_sv_no) + 16);
		snprintf(pl->build, sizeof(pl->build), "%s, %s", pl->module->path,
			 pl->layout.threaded ? "with threads" : "without threads");
	}
	*ret = pl->interpreter_count > 0;
	return NULL;
}
