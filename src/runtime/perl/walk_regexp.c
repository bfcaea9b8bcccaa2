/* SPDX-License-Identifier: MIT */
/*
 * Compiled patterns: what struct regexp of regexp.h and the engine's own part,
 * regexp_internal of regcomp.h, hold.
 */
#include "runtime/perl/walk.h"

#define DATA_LIMIT 65536 /* items of a pattern */
#define CODE_BLOCKS 65536
#define CODE_BLOCK_SIZE 32 /* struct reg_code_block, regexp.h: its pattern stands at 24 */
#define CODE_BLOCK_PATTERN 24

/* What the letters in reg_data.what stand for, as regfree_internal() of regcomp.c has them. */
static bool is_known_letter(unsigned char letter)
{
	return letter && strchr("arsSuflLtT%", letter);
}

static bool is_counted_letter(unsigned char letter)
{
	return letter && strchr("arsSu", letter);
}

static void walk_data(struct pl_walk *walk, uint64_t data)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint32_t count, i;
	const unsigned char *what;

	if (!data || !rg_image_u32(walk->pl->image, data + at->rxd_count, &count) ||
	    count > DATA_LIMIT)
		return;
	what = rg_image_at(walk->pl->image, pl_word(walk->pl, data + at->rxd_what), count);
	if (!what)
		return;
	/* Another engine keeps what it likes there. */
	for (i = 0; i < count; i++)
		if (!is_known_letter(what[i]))
			return;
	for (i = 0; i < count; i++)
		if (is_counted_letter(what[i]))
			pl_emit_text(walk, pl_word(walk->pl, data + at->rxd_data + 8 * (uint64_t)i),
				     RG_REFERENCE_STRONG, "pattern data");
}

/* Patterns that literal code in this one was taken from. */
static void walk_code_blocks(struct pl_walk *walk, uint64_t blocks)
{
	uint32_t shared, count, i;
	uint64_t array;
	uint8_t kind;

	if (!blocks || !rg_image_u32(walk->pl->image, blocks, &shared) ||
	    !rg_image_u32(walk->pl->image, blocks + 4, &count) || count > CODE_BLOCKS)
		return;
	kind = shared <= 1 || pl_claims(walk, blocks) ? RG_REFERENCE_STRONG
						      : RG_REFERENCE_BORROWED;
	array = pl_word(walk->pl, blocks + 8);
	for (i = 0; i < count; i++)
		pl_emit_text(walk,
			     pl_word(walk->pl, array + CODE_BLOCK_SIZE * (uint64_t)i +
						       CODE_BLOCK_PATTERN),
			     kind, "pattern of a code block");
}

static void walk_substrings(struct pl_walk *walk, uint64_t substrs)
{
	const struct pl_members *at = &walk->pl->layout.at;
	unsigned int i;

	/* The third only repeats one of the others. */
	for (i = 0; substrs && i < 2; i++) {
		uint64_t datum = substrs + at->substrs_data + (uint64_t)i * at->size_substr;

		pl_emit_text(walk, pl_word(walk->pl, datum + at->substr_sv), RG_REFERENCE_STRONG,
			     "substring");
		pl_emit_text(walk, pl_word(walk->pl, datum + at->substr_utf8), RG_REFERENCE_STRONG,
			     "substring");
	}
}

void pl_walk_regexp(struct pl_walk *walk, uint64_t body)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t mother, internal;

	if (!body)
		return;
	if (!rg_image_u64(walk->pl->image, body + at->re_mother, &mother)) {
		pl_walk_failed(walk);
		return;
	}
	internal = pl_word(walk->pl, body + at->re_private);
	pl_emit_text(walk, mother, RG_REFERENCE_STRONG, "pattern it was copied from");
	/* A copy borrows the names of its groups, and the engine's part. */
	pl_emit_text(walk, pl_word(walk->pl, body + at->re_paren_names),
		     mother ? RG_REFERENCE_BORROWED : RG_REFERENCE_STRONG, "names of groups");
	if (!mother && internal) {
		walk_data(walk, pl_word(walk->pl, internal + at->rxi_data));
		walk_code_blocks(walk, pl_word(walk->pl, internal + at->rxi_code_blocks));
	}
	walk_substrings(walk, pl_word(walk->pl, body + at->re_substrs));
	if (at->re_saved_copy != PL_ABSENT)
		pl_emit_text(walk, pl_word(walk->pl, body + at->re_saved_copy),
			     RG_REFERENCE_STRONG, "text last matched");
	pl_emit_text(walk, pl_word(walk->pl, body + at->re_qr_anoncv), RG_REFERENCE_STRONG,
		     "code of the pattern");
}
