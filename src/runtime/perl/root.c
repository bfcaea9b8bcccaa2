/* SPDX-License-Identifier: MIT */
/*
 * Roots: what outside the SVs refers to one.  A variable of the interpreter is given
 * the count it owns, so that the accounting can subtract it: what perl_destruct() of
 * perl.c gives back, and what others take when they set it.
 */
#include "runtime/perl/root.h"

#include <stdio.h>

#define TEMPS_LIMIT (1u << 26)
#define PARSERS_LIMIT 4096

/* How a variable of the interpreter holds its SV. */
enum hold {
	OWNS,       /* one count */
	MAIN_OWNS,  /* one, but for a clone's: perl_clone() of sv.c takes none */
	BORROWS,    /* none */
	PERHAPS,    /* one, as far as nothing else explains it */
};

struct variable {
	enum pl_field field;
	enum hold hold;
	bool routine; /* of perl's own: says nothing of why its SV lives */
};

/*
 * perl.c: perl_destruct(), S_init_main_stash(), Perl_init_debugger(); the rest where each
 * is set.  Beside the fields proper there are copies, which own nothing.
 */
static const struct variable variables[] = {
	{ PL_FIELD_main_cv, OWNS, false },
	{ PL_FIELD_warnhook, OWNS, false },
	{ PL_FIELD_diehook, OWNS, false },
	{ PL_FIELD_beginav, PERHAPS, false },
	{ PL_FIELD_unitcheckav, PERHAPS, false },
	{ PL_FIELD_checkav, OWNS, false },
	{ PL_FIELD_initav, OWNS, false },
	{ PL_FIELD_endav, OWNS, false },
	{ PL_FIELD_beginav_save, OWNS, false },
	{ PL_FIELD_unitcheckav_save, OWNS, false },
	{ PL_FIELD_checkav_save, OWNS, false },
	{ PL_FIELD_errors, OWNS, false },
	{ PL_FIELD_defgv, MAIN_OWNS, true },
	{ PL_FIELD_errgv, MAIN_OWNS, true },
	{ PL_FIELD_hintgv, OWNS, true },
	{ PL_FIELD_replgv, OWNS, true },
	{ PL_FIELD_incgv, OWNS, true },
	{ PL_FIELD_envgv, OWNS, true },
	{ PL_FIELD_argvgv, OWNS, true },
	{ PL_FIELD_argvout_stack, OWNS, true },
	{ PL_FIELD_defoutgv, OWNS, true },
	{ PL_FIELD_ofsgv, OWNS, true },
	{ PL_FIELD_ors_sv, OWNS, true },
	{ PL_FIELD_rs, OWNS, true },
	{ PL_FIELD_statname, OWNS, true },
	{ PL_FIELD_curstname, OWNS, true },
	{ PL_FIELD_curstash, OWNS, true },
	{ PL_FIELD_strtab, OWNS, true },
	{ PL_FIELD_fdpid, OWNS, true },
	{ PL_FIELD_preambleav, OWNS, true },
	{ PL_FIELD_modglobal, OWNS, true },
	{ PL_FIELD_subname, OWNS, true },
	{ PL_FIELD_toptarget, OWNS, true },
	{ PL_FIELD_bodytarget, OWNS, true },
	{ PL_FIELD_stashcache, OWNS, true },
	{ PL_FIELD_isarev, OWNS, true },
	{ PL_FIELD_registered_mros, OWNS, true },
	{ PL_FIELD_regex_padav, OWNS, true },
	{ PL_FIELD_patchlevel, OWNS, true },
	{ PL_FIELD_e_script, OWNS, true },
	{ PL_FIELD_mess_sv, PERHAPS, true },
	{ PL_FIELD_custom_ops, OWNS, true },
	{ PL_FIELD_custom_op_names, OWNS, true },
	{ PL_FIELD_custom_op_descs, OWNS, true },
	{ PL_FIELD_blockhooks, OWNS, true },
	{ PL_FIELD_DBgv, OWNS, true },
	{ PL_FIELD_DBline, OWNS, true },
	{ PL_FIELD_DBsub, OWNS, true },
	{ PL_FIELD_firstgv, OWNS, true },
	{ PL_FIELD_secondgv, OWNS, true },
	{ PL_FIELD_warn_locale, OWNS, true },
	{ PL_FIELD_numeric_radix_sv, OWNS, true },
	{ PL_FIELD_underlying_radix_sv, OWNS, true },
	{ PL_FIELD_scratch_langinfo, OWNS, true },
	{ PL_FIELD_langinfo_sv, OWNS, true },
	{ PL_FIELD_hook__require__before, OWNS, false },
	{ PL_FIELD_hook__require__after, OWNS, false },
	{ PL_FIELD_compcv, PERHAPS, true },
	{ PL_FIELD_DBsingle, BORROWS, true },
	{ PL_FIELD_DBtrace, BORROWS, true },
	{ PL_FIELD_DBsignal, BORROWS, true },
	{ PL_FIELD_dbargs, BORROWS, true },
	{ PL_FIELD_debstash, BORROWS, true },
	{ PL_FIELD_globalstash, BORROWS, true },
	{ PL_FIELD_formtarget, BORROWS, true },
	{ PL_FIELD_AboveLatin1, OWNS, true },
	{ PL_FIELD_Assigned_invlist, OWNS, true },
	{ PL_FIELD_GCB_invlist, OWNS, true },
	{ PL_FIELD_HasMultiCharFold, OWNS, true },
	{ PL_FIELD_InMultiCharFold, OWNS, true },
	{ PL_FIELD_Latin1, OWNS, true },
	{ PL_FIELD_LB_invlist, OWNS, true },
	{ PL_FIELD_SB_invlist, OWNS, true },
	{ PL_FIELD_SCX_invlist, OWNS, true },
	{ PL_FIELD_UpperLatin1, OWNS, true },
	{ PL_FIELD_in_some_fold, OWNS, true },
	{ PL_FIELD_utf8_foldclosures, OWNS, true },
	{ PL_FIELD_utf8_idcont, OWNS, true },
	{ PL_FIELD_utf8_idstart, OWNS, true },
	{ PL_FIELD_utf8_perl_idcont, OWNS, true },
	{ PL_FIELD_utf8_perl_idstart, OWNS, true },
	{ PL_FIELD_utf8_xidcont, OWNS, true },
	{ PL_FIELD_utf8_xidstart, OWNS, true },
	{ PL_FIELD_WB_invlist, OWNS, true },
	{ PL_FIELD_utf8_toupper, OWNS, true },
	{ PL_FIELD_utf8_totitle, OWNS, true },
	{ PL_FIELD_utf8_tolower, OWNS, true },
	{ PL_FIELD_utf8_tofold, OWNS, true },
	{ PL_FIELD_utf8_tosimplefold, OWNS, true },
	{ PL_FIELD_utf8_charname_begin, OWNS, true },
	{ PL_FIELD_utf8_charname_continue, OWNS, true },
	{ PL_FIELD_utf8_mark, OWNS, true },
	{ PL_FIELD_InBitmap, OWNS, true },
	{ PL_FIELD_CCC_non0_non230, OWNS, true },
	{ PL_FIELD_Private_Use, OWNS, true },
};

/* ---- one root ------------------------------------------------------------------- */

void pl_roots_prefix(struct pl_roots *roots)
{
	roots->prefix = roots->name.length;
}

void pl_roots_cut(struct pl_roots *roots, size_t length)
{
	if (roots->name.data && roots->name.length > length) {
		roots->name.length = length;
		roots->name.data[length] = '\0';
	}
}

rg_error *pl_roots_put(struct pl_roots *roots, uint64_t address, enum rg_root_kind kind,
		       uint32_t count)
{
	rg_error *error = NULL;

	if (rg_buffer_failed(&roots->name))
		return rg_error_no_memory();
	if (address) {
		roots->init.address = address;
		roots->init.kind = kind;
		roots->init.count = count;
		roots->init.name = rg_buffer_string(&roots->name);
		error = rg_builder_root(roots->builder, &roots->init);
	}
	pl_roots_cut(roots, roots->prefix);
	return error;
}

rg_error *pl_roots_named(struct pl_roots *roots, uint64_t address, enum rg_root_kind kind,
			 uint32_t count, const char *name)
{
	rg_buffer_puts(&roots->name, name);
	return pl_roots_put(roots, address, kind, count);
}

rg_error *pl_roots_variable(struct pl_roots *roots, uint64_t address, enum rg_root_kind kind,
			    const char *code)
{
	size_t prefix = roots->prefix;
	struct pl_sv sv, target;
	char behind[PL_NAME + 32];
	rg_error *error;

	pl_roots_prefix(roots);
	roots->init.code = code;
	/* A reference reads as what it refers to: $main::cache->{users} begins there. */
	error = pl_roots_put(roots, address, kind, 0);
	if (!error && pl_sv_read(roots->pl, address, &sv) && sv.flags & PL_ROK &&
	    !(sv.flags & PL_WEAKREF) && sv.type < PL_PVGV &&
	    pl_sv_read(roots->pl, sv.u, &target)) {
		if (code && pl_is_scalar(&target)) {
			snprintf(behind, sizeof(behind), "%s->$*", code);
			roots->init.code = behind;
		}
		error = pl_roots_put(roots, sv.u, kind, 0);
	}
	roots->init.code = NULL;
	roots->prefix = prefix;
	pl_roots_cut(roots, prefix);
	return error;
}

/* ---- variables of the interpreter --------------------------------------------------- */

static rg_error *put_variables(struct pl_roots *roots)
{
	const struct pl_interpreter *interpreter = roots->interpreter;
	rg_error *error = NULL;
	bool is_clone = interpreter != roots->pl->interpreters;
	size_t i;

	for (i = 0; !error && i < sizeof(variables) / sizeof(variables[0]); i++) {
		const struct variable *variable = &variables[i];
		bool owns = variable->hold != BORROWS &&
			    (variable->hold != MAIN_OWNS || !is_clone);

		roots->init.routine = variable->routine;
		roots->init.tentative = variable->hold == PERHAPS;
		rg_buffer_printf(&roots->name, "PL_%s", pl_field_name(variable->field));
		error = pl_roots_put(roots, pl_field(roots->pl, interpreter, variable->field),
				     RG_ROOT_INTERPRETER, owns);
	}
	roots->init.routine = false;
	roots->init.tentative = false;
	return error;
}

/* Whether the array at @at has @word before place @index: one of two names for it. */
static bool is_repeated(const struct pl *pl, uint64_t at, uint64_t index, uint64_t word)
{
	uint64_t i;

	for (i = 0; i < index; i++)
		if (pl_word(pl, at + 8 * i) == word)
			return true;
	return false;
}

/* An array of @count words, which is the variable itself or what it points to. */
static rg_error *put_words(struct pl_roots *roots, uint64_t at, uint64_t count, const char *name,
			   bool routine)
{
	rg_error *error = NULL;
	uint64_t i, word;

	roots->init.routine = routine;
	for (i = 0; at && !error && i < count; i++) {
		if (!rg_image_u64(roots->pl->image, at + 8 * i, &word))
			break;
		if (!word)
			continue;
		rg_buffer_printf(&roots->name, "%s[%llu]", name, (unsigned long long)i);
		error = pl_roots_put(roots, word, RG_ROOT_INTERPRETER,
				     !is_repeated(roots->pl, at, i, word));
	}
	roots->init.routine = false;
	return error;
}

static rg_error *put_arrays(struct pl_roots *roots)
{
	const struct pl_numbers *number = &roots->pl->layout.number;
	const struct pl_interpreter *interpreter = roots->interpreter;

	RG_TRY(put_words(roots, pl_field_at(interpreter, PL_FIELD_sv_consts),
			 number->SV_CONSTS_COUNT == PL_ABSENT ? 0 : number->SV_CONSTS_COUNT,
			 "PL_sv_consts", true));
	RG_TRY(put_words(roots, pl_field_at(interpreter, PL_FIELD_XPosix_ptrs),
			 number->POSIX_CC_COUNT == PL_ABSENT ? 0 : number->POSIX_CC_COUNT,
			 "PL_XPosix_ptrs", true));
	RG_TRY(put_words(roots, pl_field_at(interpreter, PL_FIELD_Posix_ptrs),
			 number->POSIX_CC_COUNT == PL_ABSENT ? 0 : number->POSIX_CC_COUNT,
			 "PL_Posix_ptrs", true));
	RG_TRY(put_words(roots, pl_field(roots->pl, interpreter, PL_FIELD_psig_ptr),
			 number->SIG_SIZE == PL_ABSENT ? 0 : number->SIG_SIZE, "signal handler",
			 false));
	return put_words(roots, pl_field(roots->pl, interpreter, PL_FIELD_psig_name),
			 number->SIG_SIZE == PL_ABSENT ? 0 : number->SIG_SIZE, "signal name",
			 true);
}

/* SVs that wait for the end of the statement. */
static rg_error *put_temps(struct pl_roots *roots)
{
	const struct pl_interpreter *interpreter = roots->interpreter;
	uint64_t stack = pl_field(roots->pl, interpreter, PL_FIELD_tmps_stack), word;
	int64_t top = (int64_t)pl_field(roots->pl, interpreter, PL_FIELD_tmps_ix), i;

	for (i = 0; stack && i <= top && i < TEMPS_LIMIT; i++) {
		if (!rg_image_u64(roots->pl->image, stack + 8 * (uint64_t)i, &word))
			break;
		rg_buffer_printf(&roots->name, "temporary %lld", (long long)i);
		RG_TRY(pl_roots_put(roots, word, RG_ROOT_THREAD, 1));
	}
	return NULL;
}

/* The parsers of files and strings that are being compiled: parser_free() of toke.c. */
static rg_error *put_parsers(struct pl_roots *roots)
{
	const struct pl_members *at = &roots->pl->layout.at;
	uint64_t parser = pl_field(roots->pl, roots->interpreter, PL_FIELD_parser);
	unsigned int count;

	for (count = 0; parser && count < PARSERS_LIMIT; count++) {
		const struct {
			uint16_t offset;
			const char *name;
		} fields[] = {
			{ at->parser_linestr, "parser: line" },
			{ at->parser_lex_stuff, "parser: quoted text" },
			{ at->parser_lex_repl, "parser: replacement" },
			{ at->parser_lex_sub_repl, "parser: outer replacement" },
			{ at->parser_rsfp_filters, "parser: source filters" },
		};
		size_t i;

		for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
			if (fields[i].offset == PL_ABSENT)
				continue;
			roots->init.tentative = i > 0;
			RG_TRY(pl_roots_named(roots, pl_word(roots->pl, parser + fields[i].offset),
					      RG_ROOT_INTERPRETER, 1, fields[i].name));
		}
		roots->init.tentative = false;
		parser = pl_word(roots->pl, parser + at->parser_old);
	}
	return NULL;
}

static rg_error *put_interpreter(struct pl_roots *roots, size_t index)
{
	roots->interpreter = &roots->pl->interpreters[index];
	pl_roots_cut(roots, 0);
	if (index)
		rg_buffer_printf(&roots->name, "interpreter %zu ", index);
	pl_roots_prefix(roots);
	RG_TRY(pl_roots_symbols(roots));
	RG_TRY(pl_roots_named(roots, pl_field(roots->pl, roots->interpreter, PL_FIELD_defstash),
			      RG_ROOT_INTERPRETER, 1, "main::"));
	RG_TRY(put_variables(roots));
	RG_TRY(put_arrays(roots));
	RG_TRY(put_parsers(roots));
	RG_TRY(pl_roots_save_stack(roots));
	RG_TRY(put_temps(roots));
	return pl_roots_frames(roots, (uint32_t)index);
}

rg_error *pl_roots(struct pl *pl, rg_builder *builder)
{
	struct pl_roots roots = {
		.pl = pl,
		.builder = builder,
		.name = RG_BUFFER_INIT,
		.init = { .thread = RG_NONE, .frame = RG_NONE },
	};
	rg_error *error = NULL;
	size_t i;

	for (i = 0; !error && i < pl->interpreter_count; i++)
		error = put_interpreter(&roots, i);
	rg_buffer_free(&roots.name);
	return error;
}
