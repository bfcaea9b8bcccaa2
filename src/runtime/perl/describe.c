/* SPDX-License-Identifier: MIT */
/* What an object is, in words; what it contains only where values are asked for. */
#include <inttypes.h>
#include <stdio.h>

#include "runtime/perl/private.h"

/* What would confuse whoever reads a line. */
static void tame(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

/* ---- names and places ---------------------------------------------------------------- */

static void put_place(const struct pl *pl, uint64_t file, uint32_t line, char *ret, size_t size)
{
	char path[200];

	if (!file || !rg_image_string(pl->image, file, path, sizeof(path)) || !*path)
		return;
	if (line)
		snprintf(ret, size, "%s:%" PRIu32, path, line);
	else
		snprintf(ret, size, "%s", path);
	tame(ret);
}

/* "Package::name" by a stash and the name of what is in it. */
static void put_name(const struct pl *pl, uint64_t stash, uint64_t hek, char *ret, size_t size)
{
	char package[120] = "", name[120];
	struct pl_sv sv;
	uint64_t of;

	if (pl_hek(pl, hek, name, sizeof(name), NULL) < 0)
		return;
	if (pl_sv_read(pl, stash, &sv) && pl_stash_name(pl, &sv, &of))
		pl_hek(pl, of, package, sizeof(package), NULL);
	snprintf(ret, size, "%s%s%s", package, *package ? "::" : "", name);
	tame(ret);
}

static void describe_glob(const struct pl *pl, const struct pl_sv *glob,
			  struct rg_description *ret)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t file;

	put_name(pl, pl_word(pl, glob->any + at->gv_stash), pl_word(pl, glob->any + at->gv_namehek),
		 ret->name, sizeof(ret->name));
	/* gv.h: 31 bits of line stand behind gp_egv. */
	file = pl_word(pl, glob->u + at->gp_file_hek);
	if (file)
		put_place(pl, file + at->hek_key, pl_word32(pl, glob->u + at->gp_egv + 8) << 1 >> 1,
			  ret->text, sizeof(ret->text));
}

static void describe_code(const struct pl *pl, const struct pl_sv *code,
			  struct rg_description *ret)
{
	const struct pl_members *at = &pl->layout.at;
	uint32_t flags = pl_word32(pl, code->any + at->cv_flags), line = 0;
	uint64_t named = pl_word(pl, code->any + at->cv_gv), start;
	struct pl_sv glob;

	if (flags & PL_CVf_NAMED)
		put_name(pl, pl_word(pl, code->any + at->cv_stash), named, ret->name,
			 sizeof(ret->name));
	else if (pl_sv_read(pl, named, &glob) && pl_is_glob(&glob))
		put_name(pl, pl_word(pl, glob.any + at->gv_stash),
			 pl_word(pl, glob.any + at->gv_namehek), ret->name, sizeof(ret->name));
	if (!(flags & (PL_CVf_ISXSUB | PL_CVf_CONST))) {
		start = pl_word(pl, code->any + at->cv_start);
		/* Nine bits of type behind op_targ: the first statement has a line. */
		if (start && (pl_word32(pl, start + at->op_targ + 8) & 0x1ff) ==
				     pl->layout.number.OP_NEXTSTATE)
			line = pl_word32(pl, start + at->cop_line);
	}
	put_place(pl, pl_word(pl, code->any + at->cv_file), line, ret->text, sizeof(ret->text));
}

/* ---- files ----------------------------------------------------------------------------- */

/*
 * The descriptor at the bottom of the layers of @file, a PerlIO *: that points to a
 * PerlIOl *, the topmost, and the bottom one is of kind "unix", whose struct goes on
 * with the descriptor (perlio.c, PerlIOUnix).
 */
static int64_t descriptor_of(const struct pl *pl, uint64_t file)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t layer = pl_word(pl, file), next;
	char name[8];
	unsigned int i;

	for (i = 0; layer && i < 32; i++, layer = next) {
		uint64_t tab = pl_word(pl, layer + at->perlio_tab);

		next = pl_word(pl, layer + at->perlio_next);
		if (next)
			continue;
		if (rg_image_string(pl->image, pl_word(pl, tab + at->perlio_tab_name), name,
				    sizeof(name)) && strcmp(name, "unix"))
			return -1;
		return (int32_t)pl_word32(pl, layer + at->size_perlio);
	}
	return -1;
}

static void describe_io(const struct pl *pl, const struct pl_sv *io, struct rg_description *ret)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t file = io->u ? io->u : pl_word(pl, io->any + at->io_ofp);

	ret->has_open = true;
	ret->descriptor = -1;
	ret->open = file && pl_word(pl, file);
	if (ret->open)
		ret->descriptor = descriptor_of(pl, file);
	if (!ret->open && pl_word(pl, io->any + at->io_dirp))
		ret->open = true;
}

/* ---- values ----------------------------------------------------------------------------- */

/* A string as a Perl program would write it, cut where it gets long. */
static void put_string(const struct pl *pl, const struct pl_sv *sv, char *ret, size_t size)
{
	uint64_t length = pl_word(pl, sv->any + pl->layout.at.pv_cur);
	bool utf8 = (sv->flags & PL_UTF8) != 0;
	unsigned char bytes[96];
	size_t part = length < sizeof(bytes) ? (size_t)length : sizeof(bytes), out = 0, i;

	if (!pl_read(pl, sv->u, bytes, part))
		return;
	/* Not in the middle of a character. */
	while (utf8 && part < length && part && (bytes[part - 1] & 0xc0) == 0x80)
		part--;
	if (utf8 && part < length && part && bytes[part - 1] >= 0xc0)
		part--;
	ret[out++] = '"';
	for (i = 0; i < part && out + 16 < size; i++) {
		unsigned char c = bytes[i];

		if (c == '"' || c == '\\' || c == '$' || c == '@')
			out += (size_t)snprintf(ret + out, size - out, "\\%c", c);
		else if (c == '\n')
			out += (size_t)snprintf(ret + out, size - out, "\\n");
		else if (c == '\t')
			out += (size_t)snprintf(ret + out, size - out, "\\t");
		else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8))
			out += (size_t)snprintf(ret + out, size - out, "\\x%02x", c);
		else
			ret[out++] = (char)c;
	}
	/* Whole characters alone: what was cut within one goes. */
	while (utf8 && i < part && out > 1 && (bytes[i] & 0xc0) == 0x80 && i--)
		out--;
	snprintf(ret + out, size - out, "%s", i < length ? "\"..." : "\"");
}

static void put_value(const struct pl *pl, const struct pl_sv *sv, char *ret, size_t size)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t word;
	double number;

	if (sv->type > PL_PVMG && sv->type != PL_PVLV && sv->type != PL_REGEXP)
		return;
	if (sv->type == PL_INVLIST || sv->flags & PL_ROK)
		return;
	if (sv->type == PL_REGEXP || (sv->flags & PL_pPOK && !pl_is_bool(pl, sv))) {
		put_string(pl, sv, ret, size);
	} else if (pl_is_bool(pl, sv)) {
		snprintf(ret, size, "%s", sv->u == pl->yes ? "!!1" : "!!0");
	} else if (sv->flags & (PL_IOK | PL_pIOK) && !(sv->flags & PL_NOK)) {
		word = pl_word(pl, sv->any + at->iv);
		if (sv->flags & PL_IsUV)
			snprintf(ret, size, "%" PRIu64, word);
		else
			snprintf(ret, size, "%" PRId64, (int64_t)word);
	} else if (sv->flags & (PL_NOK | PL_pNOK)) {
		word = pl_word(pl, sv->any + at->nv);
		memcpy(&number, &word, sizeof(number));
		snprintf(ret, size, "%.15g", number);
	} else if (!(sv->flags & PL_OK)) {
		snprintf(ret, size, "undef");
	}
}

void pl_describe(void *user, const rg_graph *graph, rg_id id, bool values,
		 struct rg_description *ret)
{
	struct pl *pl = user;
	struct pl_hash hash;
	struct pl_sv sv, io;
	uint64_t name;

	if (!pl_sv_read(pl, rg_graph_object(graph, id).address, &sv))
		return;
	switch (sv.type) {
	case PL_PVAV:
		ret->has_length = rg_image_u64(pl->image, sv.any + pl->layout.at.av_fill,
					       &ret->length);
		ret->length++;
		break;
	case PL_PVHV:
		if (pl_hash_read(pl, &sv, &hash)) {
			ret->has_length = true;
			ret->length = hash.keys;
		}
		if (pl_stash_name(pl, &sv, &name)) {
			pl_hek(pl, name, ret->name, sizeof(ret->name), NULL);
			tame(ret->name);
		}
		break;
	case PL_PVCV:
	case PL_PVFM:
		describe_code(pl, &sv, ret);
		break;
	case PL_PVIO:
		describe_io(pl, &sv, ret);
		break;
	default:
		break;
	}
	if (pl_is_glob(&sv)) {
		describe_glob(pl, &sv, ret);
		if (pl_sv_read(pl, pl_word(pl, sv.u + pl->layout.at.gp_io), &io) &&
		    io.type == PL_PVIO)
			describe_io(pl, &io, ret);
	} else if (values) {
		put_value(pl, &sv, ret->value, sizeof(ret->value));
	}
}
