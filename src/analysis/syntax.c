/* SPDX-License-Identifier: MIT */
/* What a label is, by the words of its language: an attribute, a key, an index. */
#include "analysis/syntax.h"

#include <string.h>

bool rg_syntax_is_identifier(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
			      c >= 0x80;

		if (!letter && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return length > 0;
}

bool rg_syntax_is_namespace(const struct rg_words *words, const char *held)
{
	return words->namespace_part && strcmp(held, words->namespace_part) == 0;
}

const char *rg_syntax_name(const struct rg_words *words, const struct rg_type *type,
			   const char *label, size_t *ret_length)
{
	size_t length;

	if (!words->brace_keys || label[0] != '{' || !*type->module)
		return NULL;
	length = strcspn(label + 1, "}");
	if (label[1 + length] != '}' || !rg_syntax_is_identifier(label + 1, length))
		return NULL;
	*ret_length = length;
	return label + 1;
}

bool rg_syntax_is_bare(const struct rg_type *type)
{
	return !strchr(type->name, '.') && !(*type->module && strstr(type->name, type->module));
}
