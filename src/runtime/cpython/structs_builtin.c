/* SPDX-License-Identifier: MIT */
/* C structs of the interpreter itself that have no walker of their own: views and iterators. */
#include "runtime/cpython/structs.h"

/* A range's length is an int object. */
static bool range_length(const struct cpy *cpy, const struct cpy_type *type, uint64_t object,
			 uint64_t *ret)
{
	int64_t length;

	(void)type;
	/* Reading a small int changes nothing in the state. */
	if (!cpy_long((struct cpy *)cpy, cpy_word(cpy, object + 40), &length) || length < 0)
		return false;
	*ret = (uint64_t)length;
	return true;
}

const struct cpy_struct cpy_structs_builtin[] = {
	/* No references. */
	{ CPY_ROW("EncodingMap", 11, 13, 64) },
	{ CPY_ROW("InterpreterID", 11, 12, 24) },
	{ CPY_ROW("stderrprinter", 11, 13, 24) },
	{ CPY_ROW("sys.legacy_event_handler", 12, 13, 32) },

	/* Views, slices, ranges, proxies. */
	{ CPY_ROW("slice", 11, 13, 40), CPY_FIELDS(OWN(16, ".start"), OWN(24, ".stop"),
	  OWN(32, ".step")) },
	{ CPY_ROW("range", 11, 13, 48), CPY_FIELDS(HID(16, ".start"), HID(24, ".stop"),
	  HID(32, ".step"), HID(40, ".length")), .length = range_length },
	{ CPY_ROW("mappingproxy", 11, 13, 24), CPY_FIELDS(OWN(16, ".mapping")) },
	{ CPY_ROW("memoryview", 11, 13, 144), CPY_FIELDS(OWN(24, ".mbuf"), BOR(64, ".obj")) },
	{ CPY_ROW("managedbuffer", 11, 13, 112), CPY_FIELDS(OWN(40, ".obj")) },
	{ CPY_ROW("_buffer_wrapper", 12, 13, 32), CPY_FIELDS(OWN(16, ".mv"), OWN(24, ".obj")) },
	{ CPY_ROW("pickle.PickleBuffer", 11, 13, 104), CPY_FIELDS(OWN(24, ".obj")) },
	{ CPY_ROW("dict_keys", 11, 13, 24), CPY_FIELDS(OWN(16, ".mapping")) },
	{ CPY_ROW("dict_values", 11, 13, 24), CPY_FIELDS(OWN(16, ".mapping")) },
	{ CPY_ROW("dict_items", 11, 13, 24), CPY_FIELDS(OWN(16, ".mapping")) },
	{ CPY_ROW("odict_keys", 11, 13, 24), CPY_FIELDS(OWN(16, ".mapping")) },
	{ CPY_ROW("odict_values", 11, 13, 24), CPY_FIELDS(OWN(16, ".mapping")) },
	{ CPY_ROW("odict_items", 11, 13, 24), CPY_FIELDS(OWN(16, ".mapping")) },
	{ CPY_ROW("InstructionSequence", 13, 13, 64), CPY_FIELDS(OWN(56, ".nested")) },
	{ CPY_ROW("symtable entry", 11, 12, 120), CPY_FIELDS(HID(16, ".id"), HID(24, ".symbols"),
	  HID(32, ".name"), HID(40, ".varnames"), HID(48, ".children"), HID(56, ".directives")) },
	{ CPY_ROW("symtable entry", 13, 13, 144), CPY_FIELDS(HID(16, ".id"), HID(24, ".symbols"),
	  HID(32, ".name"), HID(40, ".varnames"), HID(48, ".children"), HID(56, ".directives"),
	  HID(64, ".mangled_names")) },

	/* Iterators. */
	{ CPY_ROW("iterator", 11, 13, 32), CPY_FIELDS(OWN(24, ".it_seq")) },
	{ CPY_ROW("callable_iterator", 11, 13, 32), CPY_FIELDS(OWN(16, ".it_callable"),
	  OWN(24, ".it_sentinel")) },
	{ CPY_ROW("list_iterator", 11, 13, 32), CPY_FIELDS(OWN(24, ".it_seq")) },
	{ CPY_ROW("list_reverseiterator", 11, 13, 32), CPY_FIELDS(OWN(24, ".it_seq")) },
	{ CPY_ROW("tuple_iterator", 11, 13, 32), CPY_FIELDS(OWN(24, ".it_seq")) },
	{ CPY_ROW("str_iterator", 11, 13, 32), CPY_FIELDS(OWN(24, ".it_seq")) },
	{ CPY_ROW("str_ascii_iterator", 11, 13, 32), CPY_FIELDS(OWN(24, ".it_seq")) },
	{ CPY_ROW("bytes_iterator", 11, 13, 32), CPY_FIELDS(OWN(24, ".it_seq")) },
	{ CPY_ROW("bytearray_iterator", 11, 13, 32), CPY_FIELDS(OWN(24, ".it_seq")) },
	{ CPY_ROW("memory_iterator", 11, 13, 48), CPY_FIELDS(OWN(24, ".it_seq")) },
	{ CPY_ROW("dict_keyiterator", 11, 13, 56), CPY_FIELDS(OWN(16, ".di_dict"),
	  OWN(40, ".di_result")) },
	{ CPY_ROW("dict_valueiterator", 11, 13, 56), CPY_FIELDS(OWN(16, ".di_dict"),
	  OWN(40, ".di_result")) },
	{ CPY_ROW("dict_itemiterator", 11, 13, 56), CPY_FIELDS(OWN(16, ".di_dict"),
	  OWN(40, ".di_result")) },
	{ CPY_ROW("dict_reversekeyiterator", 11, 13, 56), CPY_FIELDS(OWN(16, ".di_dict"),
	  OWN(40, ".di_result")) },
	{ CPY_ROW("dict_reversevalueiterator", 11, 13, 56), CPY_FIELDS(OWN(16, ".di_dict"),
	  OWN(40, ".di_result")) },
	{ CPY_ROW("dict_reverseitemiterator", 11, 13, 56), CPY_FIELDS(OWN(16, ".di_dict"),
	  OWN(40, ".di_result")) },
	{ CPY_ROW("odict_iterator", 11, 13, 64), CPY_FIELDS(OWN(24, ".di_odict"),
	  OWN(48, ".di_current"), OWN(56, ".di_result")) },
	{ CPY_ROW("set_iterator", 11, 13, 48), CPY_FIELDS(OWN(16, ".si_set")) },
	{ CPY_ROW("range_iterator", 11, 11, 48) },
	{ CPY_ROW("range_iterator", 12, 13, 40) },
	{ CPY_ROW("longrange_iterator", 11, 11, 48), CPY_FIELDS(HID(16, ".index"),
	  HID(24, ".start"), HID(32, ".step"), HID(40, ".len")) },
	{ CPY_ROW("longrange_iterator", 12, 13, 40), CPY_FIELDS(HID(16, ".start"), HID(24, ".step"),
	  HID(32, ".len")) },
	{ CPY_ROW("enumerate", 11, 13, 56), CPY_FIELDS(OWN(24, ".en_sit"), OWN(32, ".en_result"),
	  OWN(40, ".en_longindex")) },
	{ CPY_ROW("reversed", 11, 13, 32), CPY_FIELDS(OWN(24, ".seq")) },
	{ CPY_ROW("zip", 11, 13, 48), CPY_FIELDS(OWN(24, ".ittuple"), OWN(32, ".result")) },
	{ CPY_ROW("map", 11, 13, 32), CPY_FIELDS(OWN(16, ".iters"), OWN(24, ".func")) },
	{ CPY_ROW("filter", 11, 13, 32), CPY_FIELDS(OWN(16, ".func"), OWN(24, ".it")) },
	{ CPY_ROW("line_iterator", 11, 13, 64), CPY_FIELDS(HID(16, ".li_code")) },
	{ CPY_ROW("positions_iterator", 11, 13, 80), CPY_FIELDS(HID(16, ".pi_code")) },
	{ CPY_ROW("fieldnameiterator", 11, 13, 56), CPY_FIELDS(HID(16, ".str")) },
	{ CPY_ROW("formatteriterator", 11, 13, 48), CPY_FIELDS(HID(16, ".str")) },

	/* Struct sequences: tuples whose type says how many items they have. */
	{ CPY_ROW("UnraisableHookArgs", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("asyncgen_hooks", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("sys.flags", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("sys.float_info", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("sys.hash_info", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("sys.int_info", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("sys.thread_info", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("sys.version_info", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("_thread._ExceptHookArgs", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("_lsprof.profiler_entry", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("_lsprof.profiler_subentry", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("curses.ncurses_version", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("grp.struct_group", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("pwd.struct_passwd", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("spwd.struct_spwd", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("os.stat_result", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("os.statvfs_result", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("os.terminal_size", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("posix.sched_param", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("posix.times_result", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("posix.uname_result", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("posix.waitid_result", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("resource.struct_rusage", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("signal.struct_siginfo", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("time.struct_time", 11, 13, 0), .base = "tuple" },
	{ CPY_ROW("_interpchannels.ChannelInfo", 11, 13, 0), .base = "tuple" },
	{ .name = NULL },
};
