/* SPDX-License-Identifier: MIT */
/* Perl's names as text: keys, symbols, subs; for labels, roots and frames. */
#ifndef RG_RUNTIME_PERL_NAME_H
#define RG_RUNTIME_PERL_NAME_H

#include "runtime/perl/walk.h"

#define PL_NAME 512 /* names that are longer are cut */

/* pl_is_scalar - whether an expression for @sv is the value, not a reference to it. */
static inline bool pl_is_scalar(const struct pl_sv *sv)
{
	return sv->type < PL_PVAV && sv->type != PL_PVGV && sv->type != PL_REGEXP;
}

/* A text in a buffer of fixed size. */
struct pl_text {
	char *at;
	size_t size;
	size_t length; /* without what did not fit; never above size */
	bool cut;      /* something did not fit */
};

void pl_puts(struct pl_text *text, const char *string);
void pl_put_number(struct pl_text *text, uint64_t number);
void pl_put_bytes(struct pl_text *text, const char *bytes, size_t count);
/* pl_put_finish - closes it with a NUL. */
void pl_put_finish(struct pl_text *text);

/* pl_is_word - whether @text is an identifier: what stands bare in braces. */
bool pl_is_word(const char *text, size_t length);
/* pl_is_package_word - whether it is "A", "A::B" or "A::B::". */
bool pl_is_package_word(const char *text);
/* pl_put_hek - the HEK at @hek for people: what is no text becomes '?'; false: unreadable. */
bool pl_put_hek(const struct pl *pl, struct pl_text *text, uint64_t hek);
/*
 * pl_put_key_code - the HEK at @hek as it stands in braces: bare, or as a literal;
 * false: cannot be written.
 */
bool pl_put_key_code(const struct pl *pl, struct pl_text *text, uint64_t hek);
/* pl_put_package - "main" of the stash at @stash; false: it has no name. */
bool pl_put_package(const struct pl *pl, struct pl_text *text, uint64_t stash);
/* pl_put_symbol - "$main::x" of the glob @glob; its effective glob's name if that has one. */
bool pl_put_symbol(const struct pl *pl, struct pl_text *text, const struct pl_sv *glob,
		   const char *sigil);
/* pl_symbol_is_code - whether the name of @glob is one that can be written as code. */
bool pl_symbol_is_code(const struct pl *pl, const struct pl_sv *glob);
/* pl_put_sub - "main::f", "main::__ANON__", "(eval)" of the CV at @code. */
void pl_put_sub(const struct pl *pl, struct pl_text *text, uint64_t code);
/* pl_cop - the file and line of the COP at @cop; false: none. */
bool pl_cop(const struct pl *pl, uint64_t cop, char *ret_file, size_t size, uint32_t *ret_line);

#endif
