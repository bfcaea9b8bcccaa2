/* SPDX-License-Identifier: MIT */
/*
 * Calls: the stacks of an interpreter, struct stackinfo of cop.h, one for the program
 * and one more whenever perl calls a sub of its own accord; their contexts, with what
 * those own; and the calls among them as the frames of a thread, with the lexicals of
 * each.
 *
 * A frame is at the line of the COP that was current when the next one was entered,
 * which that one keeps as blk_oldcop; the innermost is at PL_curcop.
 */
#include "runtime/perl/root.h"

#include <stdio.h>

#define STACKS_LIMIT (1u << 20)
#define CONTEXTS_LIMIT (1 << 26)
#define PAD_LIMIT (1u << 20)

/* One frame in words; offsets into the text. */
struct text_frame {
	size_t function, file;
	uint32_t line;
};

struct frames {
	struct pl_roots *roots;
	RG_VECTOR(struct text_frame) list;
	struct rg_buffer text;
	uint64_t cop; /* where the frame that comes next is */
	uint32_t thread;
};

/* ---- what a frame holds ------------------------------------------------------------- */

static rg_error *put_lexical(struct pl_roots *roots, uint64_t value, uint64_t name)
{
	char text[PL_NAME];
	struct pl_sv sv;
	uint32_t flags;

	if (!name || !pl_padname_read(roots->pl, name, text, sizeof(text), &flags) ||
	    flags & PL_PADNAME_OUR || !pl_sv_read(roots->pl, value, &sv) ||
	    sv.flags & PL_PADSTALE)
		return NULL;
	rg_buffer_printf(&roots->name, "%s %s",
			 flags & PL_PADNAME_OUTER   ? "captured"
			 : flags & PL_PADNAME_STATE ? "state"
						    : "my",
			 text);
	return pl_roots_variable(roots, value, RG_ROOT_LOCAL, NULL);
}

/* The variables of the sub @code at @depth: its pad owns them. */
static rg_error *put_pad(struct pl_roots *roots, uint64_t code, uint64_t depth)
{
	const struct pl_members *at = &roots->pl->layout.at;
	uint64_t list, array, max, names, count, i, value;
	struct pl_sv sv, pad;
	uint32_t flags;

	if (!rg_builder_marked(roots->builder, code) || !pl_sv_read(roots->pl, code, &sv) ||
	    (sv.type != PL_PVCV && sv.type != PL_PVFM) ||
	    !rg_image_u32(roots->pl->image, sv.any + at->cv_flags, &flags) ||
	    flags & PL_CVf_ISXSUB)
		return NULL;
	list = pl_word(roots->pl, sv.any + at->cv_padlist);
	max = pl_word(roots->pl, list + at->padlist_max);
	array = pl_word(roots->pl, list + at->padlist_array);
	if (!list || !array || !depth || depth > max ||
	    !pl_sv_read(roots->pl, pl_word(roots->pl, array + 8 * depth), &pad) ||
	    pad.type != PL_PVAV)
		return NULL;
	names = pl_word(roots->pl, array);
	count = pl_word(roots->pl, pad.any + at->av_fill) + 1;
	for (i = 1; i < count && i < PAD_LIMIT; i++) {
		uint64_t name = pl_padname(roots->pl, names, i);

		if (name && rg_image_u64(roots->pl->image, pad.u + 8 * i, &value) && value)
			RG_TRY(put_lexical(roots, value, name));
	}
	/* Its arguments, as the pad has them for the call. */
	return pl_roots_named(roots, pl_word(roots->pl, pad.u), RG_ROOT_LOCAL, 0, "@_");
}

/* ---- frames --------------------------------------------------------------------------- */

/* Begins the frame of @code, or if that is 0 one called @word. */
static rg_error *put_frame(struct frames *frames, uint64_t code, const char *word, uint64_t depth)
{
	struct pl_roots *roots = frames->roots;
	size_t before = roots->prefix;
	char function[PL_NAME], file[1024];
	struct pl_text text = { function, sizeof(function), 0, false };
	struct text_frame one = { .function = frames->text.length };
	const char *base;
	rg_error *error;

	if (word)
		pl_puts(&text, word);
	else
		pl_put_sub(roots->pl, &text, code);
	pl_put_finish(&text);
	(void)pl_cop(roots->pl, frames->cop, file, sizeof(file), &one.line);
	rg_buffer_append(&frames->text, function, strlen(function) + 1);
	one.file = frames->text.length;
	rg_buffer_append(&frames->text, file, strlen(file) + 1);
	if (!rg_vector_push(&frames->list, one))
		return rg_error_no_memory();
	base = strrchr(file, '/');
	rg_buffer_printf(&roots->name, "frame %s (%s:%u), ", function,
			 base ? base + 1 : file[0] ? file : "?", (unsigned int)one.line);
	pl_roots_prefix(roots);
	roots->init.frame = (uint32_t)(frames->list.count - 1);
	error = code ? put_pad(roots, code, depth) : NULL;
	roots->init.frame = RG_NONE;
	roots->prefix = before;
	pl_roots_cut(roots, before);
	return error;
}

/* What the contexts of loops, substitutions and the like own. */
static rg_error *put_block(struct pl_roots *roots, uint64_t context, uint8_t byte)
{
	const struct pl_members *at = &roots->pl->layout.at;
	const struct pl_numbers *number = &roots->pl->layout.number;
	unsigned int type = byte & number->CXTYPEMASK;
	rg_error *error = NULL;
	uint64_t saved;

	if (type >= number->CXt_LOOP_ARY && type <= number->CXt_LOOP_LIST &&
	    byte & (number->CXp_FOR_PAD | number->CXp_FOR_GV))
		RG_TRY(pl_roots_named(roots, pl_word(roots->pl, context + at->cx_loop_itersave),
				      RG_ROOT_THREAD, 1, "loop variable put aside"));
	if (type == number->CXt_LOOP_ARY)
		return pl_roots_named(roots, pl_word(roots->pl, context + at->cx_loop_ary),
				      RG_ROOT_THREAD, 1, "array of a loop");
	if (type == number->CXt_LOOP_LAZYSV) {
		RG_TRY(pl_roots_named(roots, pl_word(roots->pl, context + at->cx_loop_cur),
				      RG_ROOT_THREAD, 1, "range of a loop"));
		return pl_roots_named(roots, pl_word(roots->pl, context + at->cx_loop_end),
				      RG_ROOT_THREAD, 1, "range of a loop");
	}
	if (type == number->CXt_GIVEN)
		return pl_roots_named(roots, pl_word(roots->pl, context + at->cx_givwhen_defsv),
				      RG_ROOT_THREAD, 1, "$_ put aside");
	if (type != number->CXt_SUBST)
		return NULL;
	RG_TRY(pl_roots_named(roots, pl_word(roots->pl, context + at->cx_subst_targ),
			      RG_ROOT_THREAD, 1, "target of s///"));
	RG_TRY(pl_roots_named(roots, pl_word(roots->pl, context + at->cx_subst_rx),
			      RG_ROOT_THREAD, 1, "pattern of s///"));
	/* rxres_save() of pp_ctl.c puts the pattern's text second. */
	saved = pl_word(roots->pl, context + at->cx_subst_rxres);
	if (saved)
		RG_TRY(pl_roots_named(roots, pl_word(roots->pl, saved + 8), RG_ROOT_THREAD, 1,
				      "text of s///"));
	roots->init.tentative = true;
	error = pl_roots_named(roots, pl_word(roots->pl, context + at->cx_subst_dstr),
			       RG_ROOT_THREAD, 1, "result of s///");
	roots->init.tentative = false;
	return error;
}

static rg_error *put_sub(struct frames *frames, uint64_t context, uint8_t byte)
{
	struct pl_roots *roots = frames->roots;
	const struct pl_members *at = &roots->pl->layout.at;
	uint64_t code = pl_word(roots->pl, context + at->cx_sub_cv);
	uint64_t depth = (uint64_t)pl_word32(roots->pl, context + at->cx_sub_olddepth) + 1;

	RG_TRY(put_frame(frames, code, NULL, depth));
	RG_TRY(pl_roots_named(roots, code, RG_ROOT_THREAD, 1, "running sub"));
	if (byte & roots->pl->layout.number.CXp_HASARGS)
		return pl_roots_named(roots, pl_word(roots->pl, context + at->cx_sub_savearray),
				      RG_ROOT_THREAD, 1, "@_ put aside");
	return NULL;
}

/* An eval or require; the kind of its op stands in the upper bits of blk_u16. */
static rg_error *put_eval(struct frames *frames, uint64_t context, uint8_t byte)
{
	struct pl_roots *roots = frames->roots;
	const struct pl_members *at = &roots->pl->layout.at;
	const struct pl_numbers *number = &roots->pl->layout.number;
	uint32_t bits = pl_word32(roots->pl, context + at->cx_u16) & 0xffff;
	uint64_t code = pl_word(roots->pl, context + at->cx_eval_cv);
	uint16_t block = number->CXp_EVALBLOCK != PL_ABSENT ? number->CXp_EVALBLOCK
							     : number->CXp_TRYBLOCK;

	if (block != PL_ABSENT && byte & block)
		return put_frame(frames, 0, "(eval)", 0);
	RG_TRY(put_frame(frames, code, bits >> 7 == number->OP_REQUIRE ? "(require)" : "(eval)",
			 1));
	RG_TRY(pl_roots_named(roots, pl_word(roots->pl, context + at->cx_eval_old_namesv),
			      RG_ROOT_THREAD, 1, "name of a required file"));
	if (bits & 0x40)
		return pl_roots_named(roots, pl_word(roots->pl, context + at->cx_eval_cur_text),
				      RG_ROOT_THREAD, 1, "text of an eval");
	return NULL;
}

static rg_error *put_context(struct frames *frames, uint64_t context)
{
	struct pl_roots *roots = frames->roots;
	const struct pl_members *at = &roots->pl->layout.at;
	const struct pl_numbers *number = &roots->pl->layout.number;
	uint8_t byte = pl_byte(roots->pl, context + at->cx_type);
	unsigned int type = byte & number->CXTYPEMASK;

	if (type == number->CXt_SUB) {
		RG_TRY(put_sub(frames, context, byte));
	} else if (type == number->CXt_FORMAT) {
		uint64_t code = pl_word(roots->pl, context + at->cx_format_cv);

		RG_TRY(put_frame(frames, code, NULL, 1));
		RG_TRY(pl_roots_named(roots, code, RG_ROOT_THREAD, 1, "running format"));
		RG_TRY(pl_roots_named(roots,
				      pl_word(roots->pl, context + at->cx_format_dfoutgv),
				      RG_ROOT_THREAD, 1, "selected handle put aside"));
	} else if (type == number->CXt_EVAL) {
		RG_TRY(put_eval(frames, context, byte));
	} else {
		return put_block(roots, context, byte);
	}
	frames->cop = pl_word(roots->pl, context + at->cx_oldcop);
	return NULL;
}

static rg_error *put_stack(struct frames *frames, uint64_t info)
{
	struct pl_roots *roots = frames->roots;
	const struct pl_members *at = &roots->pl->layout.at;
	uint64_t contexts = pl_word(roots->pl, info + at->si_cxstack);
	int64_t top = (int32_t)pl_word32(roots->pl, info + at->si_cxix);

	RG_TRY(pl_roots_named(roots, pl_word(roots->pl, info + at->si_stack), RG_ROOT_THREAD, 1,
			      "argument stack"));
	if (!contexts || top >= CONTEXTS_LIMIT)
		return NULL;
	for (; top >= 0; top--) {
		uint64_t context = contexts + (uint64_t)top * at->size_cx;

		/* What is cut off is not there for the ones below either. */
		if (!rg_image_at(roots->pl->image, context, at->size_cx))
			break;
		RG_TRY(put_context(frames, context));
	}
	return NULL;
}

/* From the newest on; beyond it those that were used once and are kept. */
static rg_error *put_stacks(struct frames *frames)
{
	struct pl_roots *roots = frames->roots;
	const struct pl_members *at = &roots->pl->layout.at;
	uint64_t current = pl_field(roots->pl, roots->interpreter, PL_FIELD_curstackinfo);
	uint64_t info, next;
	unsigned int count;

	for (info = current, count = 0; info && count < STACKS_LIMIT; count++) {
		if (!rg_image_u64(roots->pl->image, info + at->si_next, &next))
			break;
		RG_TRY(put_stack(frames, info));
		info = pl_word(roots->pl, info + at->si_prev);
	}
	info = current ? pl_word(roots->pl, current + at->si_next) : 0;
	for (count = 0; info && count < STACKS_LIMIT; count++) {
		if (!rg_image_u64(roots->pl->image, info + at->si_next, &next))
			break;
		RG_TRY(pl_roots_named(roots, pl_word(roots->pl, info + at->si_stack),
				      RG_ROOT_THREAD, 1, "argument stack"));
		info = next;
	}
	return put_frame(frames, pl_field(roots->pl, roots->interpreter, PL_FIELD_main_cv),
			 "main program", 1);
}

/* ---- the thread --------------------------------------------------------------------------- */

static const struct rg_image_thread *kernel_thread(const struct pl_roots *roots)
{
	const rg_image *image = roots->pl->image;
	size_t i;

	for (i = 0; i < image->thread_count; i++)
		if (roots->interpreter->thread &&
		    image->threads[i].fs_base == roots->interpreter->thread)
			return &image->threads[i];
	return NULL;
}

static rg_error *add_thread(struct frames *frames, const char *name)
{
	struct pl_roots *roots = frames->roots;
	const struct rg_image_thread *kernel = kernel_thread(roots);
	char call[RG_SYSTEM_CALL_SIZE] = "";
	struct rg_thread thread = {
		.id = roots->interpreter->thread,
		.name = name,
		.frame_count = frames->list.count,
		.state = "",
		.system_call = call,
		.object = RG_NONE,
		.exception = RG_NONE,
	};
	struct rg_frame *list = rg_calloc(frames->list.count, sizeof(*list));
	rg_error *error;
	size_t i;

	if (!list || rg_buffer_failed(&frames->text)) {
		rg_free(list);
		return rg_error_no_memory();
	}
	for (i = 0; i < frames->list.count; i++)
		list[i] = (struct rg_frame){
			.function = frames->text.data + frames->list.data[i].function,
			.file = frames->text.data + frames->list.data[i].file,
			.line = frames->list.data[i].line,
			.object = RG_NONE,
		};
	if (kernel) {
		thread.native_id = kernel->native_id;
		if (!rg_image_system_call(roots->pl->image, kernel, call))
			thread.flags |= RG_THREAD_RUNNING;
	}
	thread.frames = list;
	error = rg_builder_thread(roots->builder, &thread);
	rg_free(list);
	return error;
}

rg_error *pl_roots_frames(struct pl_roots *roots, uint32_t thread)
{
	struct frames frames = {
		.roots = roots,
		.text = RG_BUFFER_INIT,
		.cop = pl_field(roots->pl, roots->interpreter, PL_FIELD_curcop),
		.thread = thread,
	};
	char name[32] = "main";
	rg_error *error;

	if (thread)
		snprintf(name, sizeof(name), "%u", (unsigned int)thread);
	pl_roots_cut(roots, 0);
	rg_buffer_printf(&roots->name, "thread %s, ", name);
	pl_roots_prefix(roots);
	roots->init.thread = thread;
	error = put_stacks(&frames);
	roots->init.thread = RG_NONE;
	if (!error)
		error = add_thread(&frames, name);
	roots->pl->threads++;
	rg_vector_free(&frames.list);
	rg_buffer_free(&frames.text);
	return error;
}
