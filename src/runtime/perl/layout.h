/* SPDX-License-Identifier: MIT */
/*
 * What differs between builds of Perl 5: where things stand in its structs, and
 * how it numbers them.  Three lists name all that is read; layout_data.c has the
 * numbers, a column a build, as the compiler gives them for perl's own headers.
 *
 * What holds for every release from 5.28 to 5.42 is written here as a number:
 * the head of an SV (sv.h: sv_any 0, sv_refcnt 8, sv_flags 12, sv_u 16), SvTYPE
 * and the flags (sv.h), the kinds of padnames (pad.h).
 */
#ifndef RG_RUNTIME_PERL_LAYOUT_H
#define RG_RUNTIME_PERL_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

/* A number that a build does not have: nothing of that name is there. */
#define PL_ABSENT UINT16_MAX

/*
 * Variables of an interpreter, intrpvar.h: PL_stack_sp and so on.  Threaded builds
 * keep them in struct interpreter, the others each for itself.
 */
#define PL_FIELDS(X)                                                                               \
	X(stack_sp) X(op) X(curpad) X(stack_base) X(stack_max) X(savestack) X(savestack_ix)        \
	X(savestack_max) X(scopestack) X(scopestack_ix) X(tmps_stack) X(tmps_ix) X(tmps_floor)     \
	X(tmps_max) X(markstack) X(markstack_ptr) X(sub_generation) X(strtab) X(curpm)             \
	X(curpm_under) X(defgv) X(defstash) X(curstash) X(curcop) X(curstack) X(curstackinfo)      \
	X(mainstack) X(sv_count) X(sv_root) X(sv_arenaroot) X(reg_curpm) X(regmatch_slab)          \
	X(comppad) X(sv_yes) X(sv_undef) X(sv_no) X(sv_zero) X(padname_undef)      \
	X(padname_const) X(Sv) X(parser) X(stashcache) X(statgv) X(statname) X(rs) X(last_in_gv)   \
	X(ofsgv) X(defoutgv) X(formtarget) X(bodytarget) X(toptarget) X(errors)                    \
	X(hv_fetch_ent_mh) X(sortstash) X(firstgv) X(secondgv) X(warn_locale) X(envgv) X(incgv)    \
	X(hintgv) X(diehook) X(warnhook) X(patchlevel) X(e_script) X(statusvalue) X(stdingv)       \
	X(stderrgv) X(argvgv) X(argvoutgv) X(argvout_stack) X(replgv) X(errgv) X(DBgv) X(DBline)   \
	X(DBsub) X(DBsingle) X(DBtrace) X(DBsignal) X(dbargs) X(debstash) X(globalstash)           \
	X(curstname) X(beginav) X(endav) X(unitcheckav) X(checkav) X(initav) X(fdpid) X(main_cv)   \
	X(main_root) X(main_start) X(eval_root) X(eval_start) X(preambleav) X(mess_sv) X(ors_sv)   \
	X(origargc) X(origargv) X(modglobal) X(compiling) X(compcv) X(comppad_name) X(DBcv)        \
	X(body_roots) X(subname) X(phase) X(numeric_radix_sv) X(psig_ptr) X(psig_name)             \
	X(ptr_table) X(beginav_save) X(body_arenas) X(regex_pad) X(regex_padav) X(stashpad)        \
	X(stashpadmax) X(stashpadix) X(custom_op_names) X(custom_op_descs) X(perlio)               \
	X(known_layers) X(def_layerlist) X(checkav_save) X(unitcheckav_save) X(isarev)             \
	X(registered_mros) X(blockhooks) X(custom_ops) X(Xpv) X(debug_pad) X(my_cxt_list)          \
	X(my_cxt_size) X(memory_debug_header) X(sv_consts) X(AboveLatin1) X(Assigned_invlist)      \
	X(GCB_invlist) X(HasMultiCharFold) X(InMultiCharFold) X(Latin1) X(LB_invlist)              \
	X(SB_invlist) X(SCX_invlist) X(UpperLatin1) X(in_some_fold) X(utf8_foldclosures)           \
	X(utf8_idcont) X(utf8_idstart) X(utf8_perl_idcont) X(utf8_perl_idstart)                    \
	X(utf8_xidcont) X(utf8_xidstart) X(WB_invlist) X(XPosix_ptrs) X(Posix_ptrs)                \
	X(utf8_toupper) X(utf8_totitle) X(utf8_tolower) X(utf8_tofold) X(utf8_tosimplefold)        \
	X(utf8_charname_begin) X(utf8_charname_continue) X(utf8_mark) X(InBitmap)                  \
	X(CCC_non0_non230) X(Private_Use)                  \
	X(scratch_langinfo) X(hook__require__before) X(hook__require__after)                       \
	X(curlocales) X(langinfo_sv) X(underlying_radix_sv)               \
	X(lockhook) X(threadhook) X(destroyhook) X(sharehook)

/*
 * Members of structs: the struct, the member, and what it is called here.  A member
 * "sizeof" is the size of the struct.
 */
#define PL_MEMBERS(X)                                                                              \
	/* sv.h, av.h */                                                                           \
	X(struct interpreter, sizeof, interpreter_size)                                            \
	X(SV, sizeof, sv_size)                                                                     \
	X(XPVMG, xmg_stash, mg_stash)                                                              \
	X(XPVMG, xmg_u.xmg_magic, mg_magic)                                                        \
	X(XPVMG, xpv_cur, pv_cur)                                                                  \
	X(XPVMG, xpv_len_u.xpvlenu_len, pv_len)                                                    \
	X(XPVMG, xiv_u.xivu_iv, iv)                                                                \
	X(XPVMG, xnv_u.xnv_nv, nv)                                                                 \
	X(XPV, sizeof, size_pv)                                                                    \
	X(XPVIV, sizeof, size_pviv)                                                                \
	X(XPVNV, sizeof, size_pvnv)                                                                \
	X(XPVMG, sizeof, size_pvmg)                                                                \
	X(XINVLIST, sizeof, size_invlist)                                                          \
	X(regexp, sizeof, size_regexp)                                                             \
	X(XPVGV, sizeof, size_pvgv)                                                                \
	X(XPVLV, sizeof, size_pvlv)                                                                \
	X(XPVAV, sizeof, size_pvav)                                                                \
	X(XPVHV, sizeof, size_pvhv)                                                                \
	X(XPVCV, sizeof, size_pvcv)                                                                \
	X(XPVFM, sizeof, size_pvfm)                                                                \
	X(XPVIO, sizeof, size_pvio)                                                                \
	X(struct xobject, sizeof, size_pvobj)                                                      \
	X(XPVAV, xav_fill, av_fill)                                                                \
	X(XPVAV, xav_max, av_max)                                                                  \
	X(XPVAV, xav_alloc, av_alloc)                                                              \
	X(struct xobject, xobject_maxfield, obj_maxfield)                                          \
	X(struct xobject, xobject_iter_sv_at, obj_iter)                                            \
	X(XPVLV, xlv_targoff_u.xlvu_targoff, lv_targoff)                                           \
	X(XPVLV, xlv_targlen, lv_targlen)                                                          \
	X(XPVLV, xlv_targ, lv_targ)                                                                \
	X(XPVLV, xlv_type, lv_type)                                                                \
	X(XPVLV, xlv_flags, lv_flags)                                                              \
	X(XPVIO, xio_ofp, io_ofp)                                                                  \
	X(XPVIO, xio_dirpu, io_dirp)                                                               \
	X(XPVIO, xio_top_name, io_top_name)                                                        \
	X(XPVIO, xio_top_gv, io_top_gv)                                                            \
	X(XPVIO, xio_fmt_name, io_fmt_name)                                                        \
	X(XPVIO, xio_fmt_gv, io_fmt_gv)                                                            \
	X(XPVIO, xio_bottom_name, io_bottom_name)                                                  \
	X(XPVIO, xio_bottom_gv, io_bottom_gv)                                                      \
	X(XPVIO, xio_type, io_type)                                                                \
	X(XPVIO, xio_flags, io_flags)                                                              \
	/* perliol.h: what a PerlIO * points to is a pointer to the first of these. */             \
	X(struct _PerlIO, next, perlio_next)                                                       \
	X(struct _PerlIO, tab, perlio_tab)                                                         \
	X(struct _PerlIO, flags, perlio_flags)                                                     \
	X(struct _PerlIO, sizeof, size_perlio)                                                     \
	X(struct _PerlIO_funcs, name, perlio_tab_name)                                             \
	/* gv.h; the name of a glob is a HEK where an integer would stand. */                      \
	X(XPVGV, xiv_u.xivu_namehek, gv_namehek)                                                   \
	X(XPVGV, xnv_u.xgv_stash, gv_stash)                                                        \
	X(GP, sizeof, size_gp)                                                                     \
	X(GP, gp_sv, gp_sv)                                                                        \
	X(GP, gp_io, gp_io)                                                                        \
	X(GP, gp_cv, gp_cv)                                                                        \
	X(GP, gp_cvgen, gp_cvgen)                                                                  \
	X(GP, gp_refcnt, gp_refcnt)                                                                \
	X(GP, gp_hv, gp_hv)                                                                        \
	X(GP, gp_av, gp_av)                                                                        \
	X(GP, gp_form, gp_form)                                                                    \
	X(GP, gp_egv, gp_egv)                                                                      \
	X(GP, gp_file_hek, gp_file_hek)                                                            \
	/* hv.h: from 5.36 on the auxiliary part follows the body, before that the buckets. */     \
	X(XPVHV, xhv_keys, hv_keys)                                                                \
	X(XPVHV, xhv_max, hv_max)                                                                  \
	X(struct xpvhv_with_aux, xhv_aux, hv_aux)                                                  \
	X(struct xpvhv_aux, sizeof, size_aux)                                                      \
	X(struct xpvhv_aux, xhv_name_u, aux_name)                                                  \
	X(struct xpvhv_aux, xhv_backreferences, aux_backreferences)                                \
	X(struct xpvhv_aux, xhv_eiter, aux_eiter)                                                  \
	X(struct xpvhv_aux, xhv_riter, aux_riter)                                                  \
	X(struct xpvhv_aux, xhv_name_count, aux_name_count)                                        \
	X(struct xpvhv_aux, xhv_mro_meta, aux_mro_meta)                                            \
	X(struct xpvhv_aux, xhv_aux_flags, aux_flags)                                              \
	X(struct xpvhv_aux, xhv_class_superclass, aux_class_superclass)                            \
	X(struct xpvhv_aux, xhv_class_initfields_cv, aux_class_initfields)                         \
	X(struct xpvhv_aux, xhv_class_adjust_blocks, aux_class_adjust)                             \
	X(struct xpvhv_aux, xhv_class_fields, aux_class_fields)                                    \
	X(struct xpvhv_aux, xhv_class_next_fieldix, aux_class_next_field)                          \
	X(struct xpvhv_aux, xhv_class_param_map, aux_class_params)                                 \
	X(struct xpvhv_aux, xhv_class_suspended_initfields_compcv, aux_class_suspended)            \
	X(struct mro_meta, sizeof, size_mro)                                                       \
	X(struct mro_meta, mro_linear_all, mro_linear_all)                                         \
	X(struct mro_meta, mro_linear_current, mro_linear_current)                                 \
	X(struct mro_meta, mro_nextmethod, mro_nextmethod)                                         \
	X(struct mro_meta, isa, mro_isa)                                                           \
	X(struct mro_meta, super, mro_super)                                                       \
	X(struct mro_meta, destroy, mro_destroy)                                                   \
	X(struct mro_meta, destroy_gen, mro_destroy_gen)                                           \
	X(HE, sizeof, size_he)                                                                     \
	X(HE, hent_next, he_next)                                                                  \
	X(HE, hent_hek, he_hek)                                                                    \
	X(HE, he_valu, he_value)                                                                   \
	X(HEK, hek_hash, hek_hash)                                                                 \
	X(HEK, hek_len, hek_len)                                                                   \
	X(HEK, hek_key, hek_key)                                                                   \
	X(struct shared_he, shared_he_hek, shared_hek)                                             \
	/* cv.h, pad.h */                                                                          \
	X(XPVCV, xcv_stash, cv_stash)                                                              \
	X(XPVCV, xcv_start_u, cv_start)                                                            \
	X(XPVCV, xcv_root_u, cv_root)                                                              \
	X(XPVCV, xcv_gv_u, cv_gv)                                                                  \
	X(XPVCV, xcv_file, cv_file)                                                                \
	X(XPVCV, xcv_padlist_u, cv_padlist)                                                        \
	X(XPVCV, xcv_outside, cv_outside)                                                          \
	X(XPVCV, xcv_outside_seq, cv_outside_seq)                                                  \
	X(XPVCV, xcv_flags, cv_flags)                                                              \
	X(XPVCV, xcv_depth, cv_depth)                                                              \
	X(PADLIST, sizeof, size_padlist)                                                           \
	X(PADLIST, xpadl_max, padlist_max)                                                         \
	X(PADLIST, xpadl_arr, padlist_array)                                                       \
	X(PADNAMELIST, sizeof, size_padnames)                                                      \
	X(PADNAMELIST, xpadnl_fill, padnames_fill)                                                 \
	X(PADNAMELIST, xpadnl_alloc, padnames_array)                                               \
	X(PADNAMELIST, xpadnl_max, padnames_max)                                                   \
	X(PADNAMELIST, xpadnl_max_named, padnames_max_named)                                       \
	X(PADNAMELIST, xpadnl_refcnt, padnames_refcnt)                                             \
	X(PADNAME, sizeof, size_padname)                                                           \
	X(PADNAME, xpadn_pv, padname_pv)                                                           \
	X(PADNAME, xpadn_ourstash, padname_ourstash)                                               \
	X(PADNAME, xpadn_type_u, padname_type)                                                     \
	X(PADNAME, xpadn_low, padname_low)                                                         \
	X(PADNAME, xpadn_high, padname_high)                                                       \
	X(PADNAME, xpadn_refcnt, padname_refcnt)                                                   \
	X(PADNAME, xpadn_len, padname_len)                                                         \
	X(PADNAME, xpadn_flags, padname_flags)                                                     \
	X(PADNAME, xpadn_fieldinfo, padname_fieldinfo)                                             \
	X(struct padname_fieldinfo, refcount, fieldinfo_refcount)                                  \
	X(struct padname_fieldinfo, fieldstash, fieldinfo_stash)                                   \
	X(struct padname_fieldinfo, defop, fieldinfo_defop)                                        \
	X(struct padname_fieldinfo, paramname, fieldinfo_paramname)                                \
	/* mg.h */                                                                                 \
	X(MAGIC, sizeof, size_magic)                                                               \
	X(MAGIC, mg_moremagic, magic_next)                                                         \
	X(MAGIC, mg_virtual, magic_virtual)                                                        \
	X(MAGIC, mg_private, magic_private)                                                        \
	X(MAGIC, mg_type, magic_type)                                                              \
	X(MAGIC, mg_flags, magic_flags)                                                            \
	X(MAGIC, mg_len, magic_len)                                                                \
	X(MAGIC, mg_obj, magic_obj)                                                                \
	X(MAGIC, mg_ptr, magic_ptr)                                                                \
	/* regexp.h, regcomp.h */                                                                  \
	X(regexp, engine, re_engine)                                                               \
	X(regexp, mother_re, re_mother)                                                            \
	X(regexp, paren_names, re_paren_names)                                                     \
	X(regexp, extflags, re_extflags)                                                           \
	X(regexp, nparens, re_nparens)                                                             \
	X(regexp, substrs, re_substrs)                                                             \
	X(regexp, pprivate, re_private)                                                            \
	X(regexp, offs, re_offs)                                                                   \
	X(regexp, subbeg, re_subbeg)                                                               \
	X(regexp, saved_copy, re_saved_copy)                                                       \
	X(regexp, sublen, re_sublen)                                                               \
	X(regexp, qr_anoncv, re_qr_anoncv)                                                         \
	X(struct reg_substr_datum, sizeof, size_substr)                                            \
	X(struct reg_substr_datum, substr, substr_sv)                                              \
	X(struct reg_substr_datum, utf8_substr, substr_utf8)                                       \
	X(struct reg_substr_data, data, substrs_data)                                              \
	X(struct reg_substr_data, sizeof, size_substrs)                                            \
	X(regexp_internal, data, rxi_data)                                                         \
	X(regexp_internal, code_blocks, rxi_code_blocks)                                           \
	X(struct reg_data, count, rxd_count)                                                       \
	X(struct reg_data, what, rxd_what)                                                         \
	X(struct reg_data, data, rxd_data)                                                         \
	/* op.h, cop.h */                                                                          \
	X(OP, sizeof, size_op)                                                                     \
	X(OP, op_next, op_next)                                                                    \
	X(OP, op_sibparent, op_sibparent)                                                          \
	X(OP, op_ppaddr, op_ppaddr)                                                                \
	X(OP, op_targ, op_targ)                                                                    \
	X(OP, op_flags, op_flags)                                                                  \
	X(OP, op_private, op_private)                                                              \
	X(UNOP, op_first, op_first)                                                                \
	X(SVOP, op_sv, op_sv)                                                                      \
	X(PADOP, op_padix, op_padix)                                                               \
	X(UNOP_AUX, op_aux, op_aux)                                                                \
	X(PMOP, op_pmflags, op_pmflags)                                                            \
	X(PMOP, op_pmoffset, op_pmoffset)                                                          \
	X(PMOP, op_pmregexp, op_pmregexp)                                                          \
	X(PMOP, op_pmreplrootu, op_pmreplroot)                                                     \
	X(PMOP, op_pmstashstartu, op_pmstashstart)                                                 \
	X(PMOP, op_code_list, op_code_list)                                                        \
	X(METHOP, op_u, op_meth)                                                                   \
	X(METHOP, op_rclass_targ, op_rclass_targ)                                                  \
	X(METHOP, op_rclass_sv, op_rclass_sv)                                                      \
	X(COP, sizeof, size_cop)                                                                   \
	X(COP, cop_line, cop_line)                                                                 \
	X(COP, cop_stashoff, cop_stashoff)                                                         \
	X(COP, cop_file, cop_file)                                                                 \
	X(COP, cop_stash, cop_stash)                                                               \
	X(COP, cop_filegv, cop_filegv)                                                             \
	X(COP, cop_seq, cop_seq)                                                                   \
	X(COP, cop_warnings, cop_warnings)                                                         \
	X(COP, cop_hints_hash, cop_hints_hash)                                                     \
	/* cop.h: stacks and contexts */                                                           \
	X(PERL_SI, si_stack, si_stack)                                                             \
	X(PERL_SI, si_cxstack, si_cxstack)                                                         \
	X(PERL_SI, si_prev, si_prev)                                                               \
	X(PERL_SI, si_next, si_next)                                                               \
	X(PERL_SI, si_cxix, si_cxix)                                                               \
	X(PERL_SI, si_cxmax, si_cxmax)                                                             \
	X(PERL_SI, si_type, si_type)                                                               \
	X(PERL_CONTEXT, sizeof, size_cx)                                                           \
	X(PERL_CONTEXT, cx_u.cx_subst.sbu_type, cx_type)                                           \
	X(PERL_CONTEXT, cx_u.cx_blk.blku_gimme, cx_gimme)                                          \
	X(PERL_CONTEXT, cx_u.cx_blk.blku_u16, cx_u16)                                              \
	X(PERL_CONTEXT, cx_u.cx_blk.blku_oldsaveix, cx_oldsaveix)                                  \
	X(PERL_CONTEXT, cx_u.cx_blk.blku_oldsp, cx_oldsp)                                          \
	X(PERL_CONTEXT, cx_u.cx_blk.blku_oldcop, cx_oldcop)                                        \
	X(PERL_CONTEXT, cx_u.cx_blk.blku_oldpm, cx_oldpm)                                          \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_sub.retop, cx_sub_retop)                            \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_sub.cv, cx_sub_cv)                                  \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_sub.olddepth, cx_sub_olddepth)                      \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_sub.savearray, cx_sub_savearray)                    \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_sub.prevcomppad, cx_sub_prevcomppad)                \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_format.cv, cx_format_cv)                            \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_format.gv, cx_format_gv)                            \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_format.dfoutgv, cx_format_dfoutgv)                  \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_eval.old_namesv, cx_eval_old_namesv)                \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_eval.cur_text, cx_eval_cur_text)                    \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_eval.cv, cx_eval_cv)                                \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_loop.itervar_u, cx_loop_itervar)                    \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_loop.itersave, cx_loop_itersave)                    \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_loop.state_u.ary.ary, cx_loop_ary)                  \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_loop.state_u.lazysv.cur, cx_loop_cur)               \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_loop.state_u.lazysv.end, cx_loop_end)               \
	X(PERL_CONTEXT, cx_u.cx_blk.blk_u.blku_givwhen.defsv_save, cx_givwhen_defsv)               \
	X(PERL_CONTEXT, cx_u.cx_subst.sbu_dstr, cx_subst_dstr)                                     \
	X(PERL_CONTEXT, cx_u.cx_subst.sbu_targ, cx_subst_targ)                                     \
	X(PERL_CONTEXT, cx_u.cx_subst.sbu_rx, cx_subst_rx)                                         \
	X(PERL_CONTEXT, cx_u.cx_subst.sbu_rxres, cx_subst_rxres)                                   \
	/* parser.h */                                                                             \
	X(yy_parser, sizeof, size_parser)                                                          \
	X(yy_parser, old_parser, parser_old)                                                       \
	X(yy_parser, lex_stuff, parser_lex_stuff)                                                  \
	X(yy_parser, lex_repl, parser_lex_repl)                                                    \
	X(yy_parser, linestr, parser_linestr)                                                      \
	X(yy_parser, rsfp, parser_rsfp)                                                            \
	X(yy_parser, rsfp_filters, parser_rsfp_filters)                                            \
	X(yy_parser, error_count, parser_error_count)                                              \
	X(yy_parser, in_my_stash, parser_in_my_stash)                                              \
	X(yy_parser, lex_sub_repl, parser_lex_sub_repl)                                            \
	/* sv.h: pointer tables of a clone under way; regcomp.c */                                 \
	X(struct ptr_tbl, tbl_ary, ptr_tbl_array)                                                  \
	X(struct ptr_tbl, tbl_max, ptr_tbl_max)

/* Numbers that perl gives to things: the constant's name in its headers. */
#define PL_NUMBERS(X)                                                                              \
	/* scope.h: what stands on the save stack */                                               \
	X(SAVEt_ALLOC) X(SAVEt_CLEARPADRANGE) X(SAVEt_CLEARSV) X(SAVEt_REGCONTEXT)                 \
	X(SAVEt_TMPSFLOOR) X(SAVEt_BOOL) X(SAVEt_COMPILE_WARNINGS) X(SAVEt_COMPPAD)                \
	X(SAVEt_FREECOPHH) X(SAVEt_FREEOP) X(SAVEt_FREEPV) X(SAVEt_FREESV) X(SAVEt_I16)            \
	X(SAVEt_I32_SMALL) X(SAVEt_I8) X(SAVEt_INT_SMALL) X(SAVEt_MORTALIZESV) X(SAVEt_NSTAB)      \
	X(SAVEt_OP) X(SAVEt_PARSER) X(SAVEt_STACK_POS)                                             \
	X(SAVEt_READONLY_OFF) X(SAVEt_FREEPADNAME) X(SAVEt_STRLEN_SMALL)                           \
	X(SAVEt_FREE_REXC_STATE) X(SAVEt_FREERCPV) X(SAVEt_AV) X(SAVEt_DESTRUCTOR)                 \
	X(SAVEt_DESTRUCTOR_X) X(SAVEt_GENERIC_PVREF) X(SAVEt_GENERIC_SVREF) X(SAVEt_GP)            \
	X(SAVEt_GVSV) X(SAVEt_HINTS) X(SAVEt_HPTR) X(SAVEt_HV) X(SAVEt_I32) X(SAVEt_INT)           \
	X(SAVEt_ITEM) X(SAVEt_IV) X(SAVEt_LONG) X(SAVEt_PPTR) X(SAVEt_SAVESWITCHSTACK)             \
	X(SAVEt_SHARED_PVREF) X(SAVEt_SPTR) X(SAVEt_STRLEN) X(SAVEt_SV) X(SAVEt_SVREF)             \
	X(SAVEt_PADSV_AND_MORTALIZE) X(SAVEt_SET_SVFLAGS) X(SAVEt_GVSLOT) X(SAVEt_AELEM)           \
	X(SAVEt_VPTR) X(SAVEt_ADELETE) X(SAVEt_APTR) X(SAVEt_RCPV) X(SAVEt_HELEM)                  \
	X(SAVEt_DELETE) X(SAVEt_HINTS_HH) X(SAVE_TIGHT_SHIFT) X(SAVE_MASK)                         \
	/* cop.h */                                                                                \
	X(CXt_NULL) X(CXt_WHEN) X(CXt_BLOCK) X(CXt_GIVEN) X(CXt_LOOP_ARY) X(CXt_LOOP_LAZYSV)       \
	X(CXt_LOOP_LAZYIV) X(CXt_LOOP_LIST) X(CXt_LOOP_PLAIN) X(CXt_SUB) X(CXt_FORMAT)             \
	X(CXt_EVAL) X(CXt_SUBST) X(CXt_DEFER) X(CXTYPEMASK) X(CXp_HASARGS) X(CXp_SUB_RE)           \
	X(CXp_FOR_DEF) X(CXp_FOR_LVREF) X(CXp_FOR_GV) X(CXp_FOR_PAD) X(CXp_REAL)                   \
	X(CXp_EVALBLOCK) X(CXp_TRY) X(CXp_TRYBLOCK)                                                \
	/* opnames.h */                                                                            \
	X(OP_NULL) X(OP_CONST) X(OP_GVSV) X(OP_GV) X(OP_PADSV) X(OP_PADAV) X(OP_PADHV)             \
	X(OP_PADANY) X(OP_RV2GV) X(OP_RV2SV) X(OP_RV2CV) X(OP_ANONCODE) X(OP_REGCRESET)            \
	X(OP_REGCOMP) X(OP_MATCH) X(OP_QR) X(OP_SUBST) X(OP_SUBSTCONT) X(OP_TRANS)                 \
	X(OP_TRANSR) X(OP_MULTICONCAT) X(OP_AELEMFAST) X(OP_AELEMFAST_LEX) X(OP_MULTIDEREF)        \
	X(OP_SPLIT) X(OP_ENTERSUB) X(OP_NEXTSTATE) X(OP_DBSTATE) X(OP_METHOD)                      \
	X(OP_METHOD_NAMED) X(OP_METHOD_SUPER) X(OP_METHOD_REDIR) X(OP_METHOD_REDIR_SUPER)          \
	X(OP_REQUIRE) X(OP_ENTEREVAL) X(OP_HINTSEVAL) X(OP_CUSTOM) X(OP_FREED) X(OP_DUMP)          \
	X(OP_ARGCHECK) X(OP_ARGELEM) X(OP_ARGDEFELEM) X(OP_METHSTART) X(OP_INITFIELD)              \
	X(OP_EMPTYAVHV) X(OP_LVREF) X(OP_LAST) X(OP_NEXT) X(OP_REDO) X(OP_GOTO)                    \
	/* perl.h */                                                                               \
	X(PERL_ARENA_ROOTS_SIZE) X(SV_CONSTS_COUNT) X(POSIX_CC_COUNT) X(SIG_SIZE)

#define PL_FIELD_NAME(name) PL_FIELD_##name,
enum pl_field { PL_FIELDS(PL_FIELD_NAME) PL_FIELD_COUNT };
#undef PL_FIELD_NAME

#define PL_MEMBER_NAME(in, member, name) uint16_t name;
#define PL_NUMBER_NAME(name) uint16_t name;
struct pl_members { PL_MEMBERS(PL_MEMBER_NAME) };
struct pl_numbers { PL_NUMBERS(PL_NUMBER_NAME) };
#undef PL_MEMBER_NAME
#undef PL_NUMBER_NAME

#define PL_MEMBER_COUNT (sizeof(struct pl_members) / sizeof(uint16_t))
#define PL_NUMBER_COUNT (sizeof(struct pl_numbers) / sizeof(uint16_t))

/* One build: 5.36 with threads, and so on. */
struct pl_layout {
	uint8_t minor;   /* of 5.minor */
	bool threaded;   /* -Dusethreads or -Dusemultiplicity: there is a struct interpreter */
	bool nearest;    /* no table is this release's: taken from one that is near */
	uint16_t field[PL_FIELD_COUNT]; /* in struct interpreter; PL_ABSENT where not threaded */
	struct pl_members at;
	struct pl_numbers number;
};

/*
 * pl_layout_find - the layout of 5.@minor, or of the release nearest to it; false when
 * there is none that can be tried.
 */
bool pl_layout_find(unsigned int minor, bool threaded, struct pl_layout *ret);
/* pl_layout_at - the layout of column @index of the tables; false behind the last one. */
bool pl_layout_at(unsigned int index, struct pl_layout *ret);
/* pl_field_name - "defstash": as perl's headers have it, without PL_. */
const char *pl_field_name(enum pl_field field);

#endif
