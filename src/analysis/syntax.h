/* SPDX-License-Identifier: MIT */
/* What a label is, by the words of its language: an attribute, a key, an index. */
#ifndef RG_ANALYSIS_SYNTAX_H
#define RG_ANALYSIS_SYNTAX_H

#include <refgraph/refgraph.h>

/* rg_syntax_is_identifier - whether @text, @length bytes long, is a name in most languages. */
bool rg_syntax_is_identifier(const char *text, size_t length);

/* rg_syntax_is_namespace - whether keys behind the label @held are attributes of its source. */
bool rg_syntax_is_namespace(const struct rg_words *words, const char *held);

/*
 * rg_syntax_name - the name of the attribute that @label, of a reference of an object of
 * @type, is in braces, its length to *@ret_length; NULL: it is none.
 */
const char *rg_syntax_name(const struct rg_words *words, const struct rg_type *type,
			   const char *label, size_t *ret_length);

/* rg_syntax_is_bare - whether @type is one of the language itself, known by a bare name. */
bool rg_syntax_is_bare(const struct rg_type *type);

#endif
