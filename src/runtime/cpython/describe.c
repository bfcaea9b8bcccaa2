/* SPDX-License-Identifier: MIT */
/* What can be said of one object in words: its name, where it is from, how much it holds. */
#include <stdio.h>

#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/private.h"

/* The first row of @type's that has a row of that name. */
static bool is_row(const struct cpy_type *type, const char *name)
{
	uint32_t i;

	for (i = 0; i < type->row_count; i++)
		if (!strcmp(type->rows[i]->name, name))
			return true;
	return false;
}

/* Text of the target goes to terminals: no control characters. */
static void tame(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

static void copy_str(struct cpy *cpy, uint64_t object, char *ret, size_t size)
{
	if (cpy_str(cpy, object, ret, size) < 0)
		ret[0] = '\0';
	tame(ret);
}

static void describe_code(struct cpy *cpy, uint64_t code, struct rg_description *ret)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	uint32_t line = cpy_get32(cpy, code, layout->code.firstlineno);
	char file[200];

	copy_str(cpy, cpy_get(cpy, code, layout->code.filename), file, sizeof(file));
	if (file[0])
		snprintf(ret->text, sizeof(ret->text), "%s:%u", file, line);
	if (!ret->name[0])
		copy_str(cpy, cpy_get(cpy, code, layout->code.qualname), ret->name,
			 sizeof(ret->name));
}

static void describe_builtin(struct cpy *cpy, uint64_t object, struct rg_description *ret)
{
	uint64_t method = cpy_get(cpy, object, 16);

	if (!rg_image_string(cpy->image, cpy_word(cpy, method), ret->name, sizeof(ret->name)))
		ret->name[0] = '\0';
	tame(ret->name);
}

static void describe_method(struct cpy *cpy, uint64_t object, struct rg_description *ret)
{
	uint64_t function = cpy_get(cpy, object, 16);
	const struct cpy_type *type = cpy_type_of(cpy, function);

	if (!type || !is_row(type, "function"))
		return;
	copy_str(cpy, cpy_function_name(cpy, function), ret->name, sizeof(ret->name));
	describe_code(cpy, cpy_function_code(cpy, function), ret);
}

static void describe_frame(struct cpy *cpy, uint64_t object, struct rg_description *ret)
{
	const struct cpy_heap_frame *older = cpy_execution_layout(cpy)->heap_frame;

	if (older)
		describe_code(cpy, cpy_get(cpy, object, older->code), ret);
	else
		describe_code(cpy, cpy_frame_code(cpy, cpy_get(cpy, object, 24)), ret);
}

static void describe_generator(struct cpy *cpy, uint64_t object, struct rg_description *ret)
{
	uint64_t frame = cpy_body(cpy, object) + (cpy->minor <= 11 ? 80 : 72);
	unsigned shift = cpy->minor <= 9 ? 8 : 0;

	/* gi_code and gi_qualname; gi_running stands before them up to 3.9. */
	if (cpy->minor <= 10) {
		copy_str(cpy, cpy_get(cpy, object, 48 + shift), ret->name, sizeof(ret->name));
		describe_code(cpy, cpy_get(cpy, object, 24 + shift), ret);
		return;
	}
	copy_str(cpy, cpy_get(cpy, object, cpy->minor <= 11 ? 40 : 32), ret->name,
		 sizeof(ret->name));
	describe_code(cpy, cpy_frame_code(cpy, frame), ret);
}

static void describe_module(struct cpy *cpy, uint64_t object, struct rg_description *ret)
{
	uint64_t dict = cpy_get(cpy, object, 16), file;

	copy_str(cpy, cpy_dict_get(cpy, dict, "__name__"), ret->name, sizeof(ret->name));
	file = cpy_dict_get(cpy, dict, "__file__");
	if (file)
		copy_str(cpy, file, ret->text, sizeof(ret->text));
}

void cpy_describe(void *user, const rg_graph *graph, rg_id id, bool values,
		  struct rg_description *ret)
{
	struct cpy *cpy = user;
	uint64_t object = rg_graph_object(graph, id).address;
	const struct cpy_type *type = cpy_type_of(cpy, object);
	uint32_t i;

	if (!type)
		return;
	for (i = 0; i < type->row_count; i++)
		if (type->rows[i]->length)
			ret->has_length =
				type->rows[i]->length(cpy, type, cpy_body(cpy, object),
						      &ret->length);
	if (type->is_type) {
		const struct cpy_type *named = cpy_type_at(cpy, object);

		if (named)
			snprintf(ret->name, sizeof(ret->name), "%s", named->name);
	} else if (is_row(type, "module")) {
		describe_module(cpy, object, ret);
	} else if (is_row(type, "function")) {
		copy_str(cpy, cpy_function_name(cpy, object), ret->name, sizeof(ret->name));
		describe_code(cpy, cpy_function_code(cpy, object), ret);
	} else if (is_row(type, "method")) {
		describe_method(cpy, object, ret);
	} else if (is_row(type, "builtin_function_or_method")) {
		describe_builtin(cpy, object, ret);
	} else if (is_row(type, "code")) {
		describe_code(cpy, object, ret);
	} else if (is_row(type, "frame")) {
		describe_frame(cpy, object, ret);
	} else if (is_row(type, "generator") || is_row(type, "coroutine") ||
		   is_row(type, "async_generator")) {
		describe_generator(cpy, object, ret);
	} else {
		cpy_describe_role(cpy, type, object, ret);
		tame(ret->text);
	}
	if (values && (object == cpy->none || is_row(type, "str") || is_row(type, "int") ||
		       is_row(type, "bool") || is_row(type, "float") || is_row(type, "bytes"))) {
		struct cpy_text text = { ret->value, sizeof(ret->value), 0 };

		cpy_text_repr(cpy, &text, object);
		cpy_text_finish(&text);
	}
}
