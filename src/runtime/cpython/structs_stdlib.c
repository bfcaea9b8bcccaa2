/* SPDX-License-Identifier: MIT */
/* C structs of the rest of the standard library: asyncio, threads, dates, numbers, ctypes. */
#include "runtime/cpython/structs.h"

/* ---- queue.SimpleQueue ------------------------------------------------------ */

/* 3.13: a ring: get_idx 32, items 40, items_cap 48, num_items 56. */
static void walk_simple_queue(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	struct cpy *cpy = walk->cpy;
	uint64_t first = cpy_word(cpy, body + 32), items = cpy_word(cpy, body + 40);
	uint64_t capacity = cpy_word(cpy, body + 48), count = cpy_word(cpy, body + 56);
	uint64_t i, item;

	(void)type;
	if (cpy->minor < 13)
		return;
	if (count > capacity || (count && first >= capacity)) {
		cpy_undecoded(walk->cpy, walk->object);
		return;
	}
	for (i = 0; i < count; i++) {
		uint64_t at = i < capacity - first ? first + i : i - (capacity - first);

		if (!rg_image_u64(cpy->image, items + 8 * at, &item)) {
			cpy_undecoded(walk->cpy, walk->object);
			return;
		}
		cpy_emit(walk, item, RG_REFERENCE_STRONG, CPY_LABEL_INDEX, NULL, i);
	}
}

/* Some releases of 3.13 count the ring, the first ones do not. */
static bool ring_is_counted(const struct cpy *cpy, const struct cpy_type *type)
{
	/* Looking up a name changes nothing in the state. */
	return cpy->minor >= 13 && type->solid_type &&
	       cpy_dict_get((struct cpy *)cpy, type->solid_type->dict, "__sizeof__");
}

static bool size_simple_queue(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			      uint64_t *ret)
{
	/* That __sizeof__ takes the size of the struct, not of the type. */
	if (ring_is_counted(cpy, type))
		return cpy_size_plus(cpy, type->row->basicsize, body + 40, body + 48, 8, ret);
	*ret = type->basicsize;
	return true;
}

static uint64_t owned_simple_queue(const struct cpy *cpy, const struct cpy_type *type,
				   uint64_t body)
{
	if (cpy->minor < 13 || ring_is_counted(cpy, type))
		return 0;
	return cpy_owned_block(cpy, body + 40, body + 48, 8);
}

/* Before the ring: lst 32, of which lst_pos 40 items are gone. */
static bool length_simple_queue(const struct cpy *cpy, const struct cpy_type *type,
				uint64_t body, uint64_t *ret)
{
	uint64_t list = cpy_word(cpy, body + 32), gone = cpy_word(cpy, body + 40), count;

	(void)type;
	if (cpy->minor >= 13)
		return rg_image_u64(cpy->image, body + 56, ret);
	if (!cpy_read_field(cpy, list, CPY_OB_SIZE, &count) || gone > count)
		return false;
	*ret = count - gone;
	return true;
}

/* ---- dates ------------------------------------------------------------------ */

/* tzinfo is there only if hastzinfo (a byte at 24) says so: the object ends before it else. */
static void walk_datetime(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	if (cpy_word32(walk->cpy, body + 24) & 0xff)
		cpy_emit_field(walk, body, 40, RG_REFERENCE_UNTRAVERSED, ".tzinfo");
}

static void walk_time(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	if (cpy_word32(walk->cpy, body + 24) & 0xff)
		cpy_emit_field(walk, body, 32, RG_REFERENCE_UNTRAVERSED, ".tzinfo");
}

#define TTINFO 32 /* utcoff 0, dstoff 8, tzname 16 */

static void emit_ttinfo(struct cpy_walk *walk, uint64_t at, const char *const labels[3])
{
	unsigned i;

	for (i = 0; i < 3; i++)
		cpy_emit_field(walk, at, 8 * i, RG_REFERENCE_UNTRAVERSED, labels[i]);
}

/* num_ttinfos 48, tzrule_after: std 96, dst 128, std_only 184; _ttinfos 192. */
static void walk_zoneinfo(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	static const char *const std[] = { ".std.utcoff", ".std.dstoff", ".std.tzname" };
	static const char *const dst[] = { ".dst.utcoff", ".dst.dstoff", ".dst.tzname" };
	static const char *const all[] = { ".utcoff", ".dstoff", ".tzname" };
	uint64_t infos = cpy_word(walk->cpy, body + 192);
	uint64_t count = cpy_word(walk->cpy, body + 48);
	unsigned i;

	(void)type;
	emit_ttinfo(walk, body + 96, std);
	if (!(cpy_word32(walk->cpy, body + 184) & 0xff))
		emit_ttinfo(walk, body + 128, dst);
	for (i = 0; infos && i < 3; i++)
		cpy_emit_strided(walk, infos + 8 * i, count, TTINFO, RG_REFERENCE_UNTRAVERSED,
				 all[i]);
}

/* num_transitions 40: four lists of words; and the ttinfos. */
static uint64_t owned_zoneinfo(const struct cpy *cpy, const struct cpy_type *type,
			       uint64_t body)
{
	(void)type;
	return cpy_owned_block(cpy, body + 56, body + 40, 4 * 8) +
	       cpy_owned_block(cpy, body + 192, body + 48, TTINFO);
}

/* ---- decimal ---------------------------------------------------------------- */

#define MPD_NOT_OWNED 0xe0 /* MPD_STATIC_DATA, MPD_SHARED_DATA, MPD_CONST_DATA */

/* flags (a byte) 24, alloc 56 in words. */
static bool size_decimal(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			 uint64_t *ret)
{
	uint64_t size = type->basicsize, words;
	uint32_t flags;

	if (!rg_image_u32(cpy->image, body + 24, &flags) ||
	    !rg_image_u64(cpy->image, body + 56, &words) ||
	    (!(flags & MPD_NOT_OWNED) && !cpy_add_product(&size, words, 8)))
		return false;
	*ret = size;
	return true;
}

/* ---- ctypes ----------------------------------------------------------------- */

/* b_ptr 16, b_needsfree 24, b_size 40; small values lie in the object, at 72. */
static uint64_t owned_cdata(const struct cpy *cpy, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	if (!cpy_word32(cpy, body + 24) || cpy_word(cpy, body + 16) == body + 72)
		return 0;
	return cpy_owned_block(cpy, body + 16, body + 40, 1);
}

/* What a type's description owns: length, elements, format and ndim at these addresses. */
static bool add_description(const struct cpy *cpy, uint64_t length, uint64_t elements,
			    uint64_t format, uint64_t ndim, uint64_t *size)
{
	uint64_t bytes, count, string = cpy_word(cpy, format);
	uint32_t dimensions;

	if (string) {
		if (!cpy_c_string_size(cpy, string, &bytes))
			return false;
		*size += bytes;
	}
	if (cpy_word(cpy, elements) &&
	    (!rg_image_u64(cpy->image, length, &count) || count >> 60 ||
	     !cpy_add_product(size, count + 1, 8)))
		return false;
	return rg_image_u32(cpy->image, ndim, &dimensions) &&
	       cpy_add_product(size, dimensions, 8);
}

/*
 * Up to 3.12 a ctypes type's dict (264) is a StgDict, which owns proto 96 but leaves
 * it to the type to show it: some do.  The reference is the type's here.
 */
static void emit_proto(struct cpy_walk *walk, uint64_t body, uint8_t kind)
{
	struct cpy *cpy = walk->cpy;
	uint64_t dict = cpy_word(cpy, body + 264);

	/* Base types of the module itself have a plain dict. */
	if (dict && cpy_get(cpy, cpy_type_word(cpy, dict), 32) - cpy->shift == 192)
		cpy_emit_field(walk, cpy_body(cpy, dict), 96, kind, ".proto");
}

static void walk_shown_proto(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	emit_proto(walk, body, RG_REFERENCE_STRONG);
}

static void walk_hidden_proto(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	emit_proto(walk, body, RG_REFERENCE_UNTRAVERSED);
}

/*
 * The size of a StgDict: length 64, elements 88, format 168, ndim 176.  What it has
 * beyond a dict counts twice.
 */
static bool size_stgdict(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			 uint64_t *ret)
{
	uint64_t size;

	if (!cpy_dict_size(cpy, type, body, &size) ||
	    !add_description(cpy, body + 64, body + 88, body + 168, body + 176, &size))
		return false;
	*ret = size + (192 - 48);
	return true;
}

/*
 * From 3.13 on a StgInfo follows the type at 928 (944 from 3.14 on, 960 in free-threaded
 * builds of 3.15, since it is aligned): initialized 0,
 * length 24, elements 48, format 136, ndim 144 (144 and 152).  This __sizeof__ leaves
 * out the type's shared keys.
 */
static bool size_ctypes_type(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			     uint64_t *ret)
{
	uint64_t after = cpy->minor <= 13 ? 928 : type->row->basicsize == 1136 ? 960 : 944;
	uint64_t info = body + after, size = type->basicsize, count;
	uint64_t format = info + (cpy->minor > 13 ? 144 : 136);

	if (!rg_image_u64(cpy->image, body + CPY_OB_SIZE, &count) ||
	    !cpy_add_product(&size, count, type->itemsize) ||
	    (cpy_word32(cpy, info) &&
	     !add_description(cpy, info + 24, info + 48, format, format + 8, &size)))
		return false;
	*ret = size;
	return true;
}

/* @at: where the StgInfo is. */
#define CTYPES_INFO(at)                                                                            \
	CPY_FIELDS(OWN((at) + 56, ".proto"), OWN((at) + 88, ".argtypes"),                          \
		   OWN((at) + 96, ".converters"), OWN((at) + 104, ".restype"),                     \
		   OWN((at) + 112, ".checker"), OWN((at) + 120, ".pointer_type"),                  \
		   OWN((at) + 128, ".module"))
#define CTYPES_META(name)                                                                          \
	{ CPY_ROW(name, 14, 15, 1120), CTYPES_INFO(944), .base = "type",                           \
	  .size = size_ctypes_type },                                                              \
	{ CPY_ROW(name, 15, 15, 1136), CTYPES_INFO(960), .base = "type",                           \
	  .size = size_ctypes_type }

/* ---- interpreters ----------------------------------------------------------- */

/* view 16 -> Py_buffer, whose obj is at 8. */
static void walk_buffer_view(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	uint64_t view = cpy_word(walk->cpy, body + 16);

	(void)type;
	if (view)
		cpy_emit_field(walk, view, 8, RG_REFERENCE_UNTRAVERSED, ".view.obj");
}

const struct cpy_struct cpy_structs_stdlib[] = {
	/* _asyncio. */
	{ CPY_ROW("_asyncio.Future", 8, 8, 104), CPY_FIELDS(OWN(16, "._loop"),
	  OWN(24, ".callback0"), OWN(32, ".context0"), OWN(40, "._callbacks"),
	  OWN(48, "._exception"), OWN(56, "._result"), OWN(64, "._source_traceback")) },
	{ CPY_ROW("_asyncio.Future", 9, 9, 144), CPY_FIELDS(OWN(16, "._loop"),
	  OWN(24, ".callback0"), OWN(32, ".context0"), OWN(40, "._callbacks"),
	  OWN(48, "._exception"), OWN(56, "._result"), OWN(64, "._source_traceback"),
	  OWN(72, "._cancel_message"), OWN(112, ".cancelled_exc_type"),
	  OWN(120, ".cancelled_exc_value"), OWN(128, ".cancelled_exc_traceback")) },
	{ CPY_ROW("_asyncio.Future", 10, 10, 152), CPY_FIELDS(OWN(16, "._loop"),
	  OWN(24, ".callback0"), OWN(32, ".context0"), OWN(40, "._callbacks"),
	  OWN(48, "._exception"), OWN(56, ".exception_tb"), OWN(64, "._result"),
	  OWN(72, "._source_traceback"), OWN(80, "._cancel_message"),
	  OWN(120, ".cancelled_exc_type"), OWN(128, ".cancelled_exc_value"),
	  OWN(136, ".cancelled_exc_traceback")) },
	{ CPY_ROW("_asyncio.Future", 11, 12, 128), CPY_FIELDS(OWN(16, "._loop"),
	  OWN(24, ".callback0"), OWN(32, ".context0"), OWN(40, "._callbacks"),
	  OWN(48, "._exception"), OWN(56, ".exception_tb"), OWN(64, "._result"),
	  OWN(72, "._source_traceback"), OWN(80, "._cancel_message"), OWN(120, ".cancelled_exc")) },
	{ CPY_ROW("_asyncio.Future", 13, 13, 104), CPY_FIELDS(OWN(16, "._loop"),
	  OWN(24, ".callback0"), OWN(32, ".context0"), OWN(40, "._callbacks"),
	  OWN(48, "._exception"), OWN(56, ".exception_tb"), OWN(64, "._result"),
	  OWN(72, "._source_traceback"), OWN(80, "._cancel_message"), OWN(88, ".cancelled_exc")) },
	{ CPY_ROW("_asyncio.Future", 14, 15, 112), CPY_FIELDS(OWN(16, "._loop"),
	  OWN(24, ".callback0"), OWN(32, ".context0"), OWN(40, "._callbacks"),
	  OWN(48, "._exception"), OWN(56, ".exception_tb"), OWN(64, "._result"),
	  OWN(72, "._source_traceback"), OWN(80, "._cancel_message"), OWN(88, ".cancelled_exc"),
	  OWN(96, "._asyncio_awaited_by")) },
	{ CPY_ROW("_asyncio.Task", 8, 8, 144), CPY_FIELDS(OWN(16, "._loop"),
	  OWN(24, ".callback0"), OWN(32, ".context0"), OWN(40, "._callbacks"),
	  OWN(48, "._exception"), OWN(56, "._result"), OWN(64, "._source_traceback"),
	  OWN(104, "._fut_waiter"), OWN(112, ".coro"), OWN(120, ".name"), OWN(128, ".context")) },
	{ CPY_ROW("_asyncio.Task", 9, 9, 184), CPY_FIELDS(OWN(16, "._loop"),
	  OWN(24, ".callback0"), OWN(32, ".context0"), OWN(40, "._callbacks"),
	  OWN(48, "._exception"), OWN(56, "._result"), OWN(64, "._source_traceback"),
	  OWN(72, "._cancel_message"), OWN(112, ".cancelled_exc_type"),
	  OWN(120, ".cancelled_exc_value"), OWN(128, ".cancelled_exc_traceback"),
	  OWN(144, "._fut_waiter"), OWN(152, ".coro"), OWN(160, ".name"), OWN(168, ".context")) },
	{ CPY_ROW("_asyncio.Task", 10, 10, 192), CPY_FIELDS(OWN(16, "._loop"),
	  OWN(24, ".callback0"), OWN(32, ".context0"), OWN(40, "._callbacks"),
	  OWN(48, "._exception"), OWN(56, ".exception_tb"), OWN(64, "._result"),
	  OWN(72, "._source_traceback"), OWN(80, "._cancel_message"),
	  OWN(120, ".cancelled_exc_type"), OWN(128, ".cancelled_exc_value"),
	  OWN(136, ".cancelled_exc_traceback"), OWN(152, "._fut_waiter"), OWN(160, ".coro"),
	  OWN(168, ".name"), OWN(176, ".context")) },
	{ CPY_ROW("TaskWakeupMethWrapper", 8, 9, 24), CPY_FIELDS(OWN(16, ".task")) },
	{ CPY_ROW("_asyncio.Task", 11, 12, 176), CPY_FIELDS(OWN(16, "._loop"),
	  OWN(24, ".callback0"), OWN(32, ".context0"), OWN(40, "._callbacks"),
	  OWN(48, "._exception"), OWN(56, ".exception_tb"), OWN(64, "._result"),
	  OWN(72, "._source_traceback"), OWN(80, "._cancel_message"), OWN(120, ".cancelled_exc"),
	  OWN(128, "._fut_waiter"), OWN(136, ".coro"), OWN(144, ".name"), OWN(152, ".context")) },
	{ CPY_ROW("_asyncio.Task", 13, 13, 144), CPY_FIELDS(OWN(16, "._loop"),
	  OWN(24, ".callback0"), OWN(32, ".context0"), OWN(40, "._callbacks"),
	  OWN(48, "._exception"), OWN(56, ".exception_tb"), OWN(64, "._result"),
	  OWN(72, "._source_traceback"), OWN(80, "._cancel_message"), OWN(88, ".cancelled_exc"),
	  OWN(112, "._fut_waiter"), OWN(120, ".coro"), OWN(128, ".name"), OWN(136, ".context")) },
	{ CPY_ROW("_asyncio.Task", 14, 15, 168), CPY_FIELDS(OWN(16, "._loop"),
	  OWN(24, ".callback0"), OWN(32, ".context0"), OWN(40, "._callbacks"),
	  OWN(48, "._exception"), OWN(56, ".exception_tb"), OWN(64, "._result"),
	  OWN(72, "._source_traceback"), OWN(80, "._cancel_message"), OWN(88, ".cancelled_exc"),
	  OWN(96, "._asyncio_awaited_by"), OWN(120, "._fut_waiter"), OWN(128, ".coro"),
	  OWN(136, ".name"), OWN(144, ".context")) },
	/* Free-threaded: with the number of its thread. */
	{ CPY_ROW("_asyncio.Task", 14, 15, 176), CPY_FIELDS(OWN(16, "._loop"),
	  OWN(24, ".callback0"), OWN(32, ".context0"), OWN(40, "._callbacks"),
	  OWN(48, "._exception"), OWN(56, ".exception_tb"), OWN(64, "._result"),
	  OWN(72, "._source_traceback"), OWN(80, "._cancel_message"), OWN(88, ".cancelled_exc"),
	  OWN(96, "._asyncio_awaited_by"), OWN(120, "._fut_waiter"), OWN(128, ".coro"),
	  OWN(136, ".name"), OWN(144, ".context")) },
	{ CPY_ROW("_asyncio.FutureIter", 8, 15, 24), CPY_FIELDS(OWN(16, ".future")) },
	{ CPY_ROW("TaskStepMethWrapper", 8, 11, 32), CPY_FIELDS(OWN(16, ".task"),
	  OWN(24, ".arg")) },
	{ CPY_ROW("_asyncio.TaskStepMethWrapper", 12, 15, 32), CPY_FIELDS(OWN(16, ".task"),
	  OWN(24, ".arg")) },
	{ CPY_ROW("_RunningLoopHolder", 8, 11, 32), CPY_FIELDS(HID(16, ".loop")) },

	/* Threads, queues, processes. */
	{ CPY_ROW("_thread.lock", 8, 13, 40) },
	{ CPY_ROW("_thread.RLock", 8, 13, 48) },
	{ CPY_ROW("_thread.RLock", 14, 15, 40) },
	{ CPY_ROW("_thread._ThreadHandle", 13, 15, 24) },
	{ CPY_ROW("_multiprocessing.SemLock", 8, 15, 56) },
	{ CPY_ROW("_thread.lock", 13, 15, 24) },
	{ CPY_ROW("_thread._local", 8, 12, 64), CPY_FIELDS(HID(16, ".key"), OWN(24, ".args"),
	  OWN(32, ".kw"), OWN(48, ".dummies"), HID(56, ".wr_callback")) },
	{ CPY_ROW("_thread._local", 13, 15, 56), CPY_FIELDS(OWN(16, ".args"), OWN(24, ".kw"),
	  OWN(40, ".localdicts"), OWN(48, ".thread_watchdogs")) },
	{ CPY_ROW("_thread._localdummy", 8, 12, 32), CPY_FIELDS(BOR(16, ".localdict")) },
	{ CPY_ROW("_thread._localdummy", 13, 15, 24) },
	{ CPY_ROW("_queue.SimpleQueue", 8, 12, 56), CPY_FIELDS(OWN(32, ".lst")),
	  .walk = walk_simple_queue, .size = size_simple_queue, .owned = owned_simple_queue,
	  .length = length_simple_queue },
	{ CPY_ROW("_queue.SimpleQueue", 13, 15, 72), .walk = walk_simple_queue,
	  .size = size_simple_queue, .owned = owned_simple_queue, .length = length_simple_queue },
	{ CPY_ROW("_xxsubinterpreters.ChannelID", 8, 11, 40) },
	{ CPY_ROW("_xxinterpchannels.ChannelID", 12, 12, 40) },
	{ CPY_ROW("_interpchannels.ChannelID", 13, 15, 40) },
	{ CPY_ROW("_interpreters.CrossInterpreterBufferView", 13, 15, 32),
	  .walk = walk_buffer_view },

	/* Classes and profiling. */
	{ CPY_ROW("_abc_data", 8, 8, 48), CPY_FIELDS(OWN(16, "._abc_registry"),
	  OWN(24, "._abc_cache"), OWN(32, "._abc_negative_cache")) },
	{ CPY_ROW("_abc._abc_data", 9, 15, 48), CPY_FIELDS(OWN(16, "._abc_registry"),
	  OWN(24, "._abc_cache"), OWN(32, "._abc_negative_cache")) },
	{ CPY_ROW("_lsprof.Profiler", 8, 11, 64), CPY_FIELDS(HID(48, ".externalTimer")) },
	{ CPY_ROW("_lsprof.Profiler", 12, 12, 80), CPY_FIELDS(HID(48, ".externalTimer"),
	  HID(72, ".missing")) },
	{ CPY_ROW("_lsprof.Profiler", 13, 15, 80), CPY_FIELDS(OWN(48, ".externalTimer"),
	  HID(72, ".missing")) },
	{ CPY_ROW("_tokenize.TokenizerIter", 11, 11, 24) },
	{ CPY_ROW("_tokenize.TokenizerIter", 12, 12, 32) },
	{ CPY_ROW("_tokenize.TokenizerIter", 13, 15, 64), CPY_FIELDS(HID(32, ".last_line")) },
	{ CPY_ROW("unicodedata.GraphemeBreakIterator", 15, 15, 64), CPY_FIELDS(OWN(16, ".str")) },
	{ CPY_ROW("unicodedata.Segment", 15, 15, 40), CPY_FIELDS(OWN(16, ".str")) },
	{ CPY_ROW("_typing._ConstEvaluator", 14, 15, 24), CPY_FIELDS(OWN(16, ".value")) },
	{ CPY_ROW("unicodedata.UCD", 8, 15, 40) },
	{ CPY_ROW("_ast.AST", 8, 8, 24) },
	{ CPY_ROW("ast.AST", 9, 15, 24) },

	/* Dates and numbers. */
	{ CPY_ROW("datetime.date", 8, 15, 32) },
	{ CPY_ROW("datetime.timedelta", 8, 15, 40) },
	{ CPY_ROW("datetime.tzinfo", 8, 15, 16) },
	{ CPY_ROW("datetime.datetime", 8, 15, 48), .walk = walk_datetime },
	{ CPY_ROW("datetime.time", 8, 15, 40), .walk = walk_time },
	{ CPY_ROW("datetime.timezone", 8, 15, 32), CPY_FIELDS(HID(16, ".offset"),
	  HID(24, ".name")) },
	{ CPY_ROW("datetime.IsoCalendarDate", 9, 13, 32), .base = "tuple" },
	{ CPY_ROW("datetime.IsoCalendarDate", 14, 15, 40), .base = "tuple" },
	{ CPY_ROW("zoneinfo.ZoneInfo", 9, 11, 208), CPY_FIELDS(HID(16, ".key"),
	  HID(24, ".file_repr")), .walk = walk_zoneinfo, .owned = owned_zoneinfo },
	{ CPY_ROW("zoneinfo.ZoneInfo", 12, 15, 208), CPY_FIELDS(OWN(16, ".key"),
	  HID(24, ".file_repr")), .walk = walk_zoneinfo, .owned = owned_zoneinfo },
	{ CPY_ROW("decimal.Decimal", 8, 15, 104), .size = size_decimal },
	{ CPY_ROW("decimal.Context", 8, 12, 96), CPY_FIELDS(HID(64, ".traps"),
	  HID(72, ".flags")) },
	{ CPY_ROW("decimal.Context", 13, 13, 96), CPY_FIELDS(OWN(64, ".traps"),
	  OWN(72, ".flags")) },
	{ CPY_ROW("decimal.Context", 14, 15, 104), CPY_FIELDS(OWN(64, ".traps"),
	  OWN(72, ".flags")) },
	{ CPY_ROW("decimal.ContextManager", 8, 12, 32), CPY_FIELDS(HID(16, ".local"),
	  HID(24, ".global")) },
	{ CPY_ROW("decimal.ContextManager", 13, 15, 32), CPY_FIELDS(OWN(16, ".local"),
	  OWN(24, ".global")) },
	{ CPY_ROW("decimal.SignalDictMixin", 8, 15, 24) },

	/* ctypes. */
	{ CPY_ROW("_ctypes._CData", 8, 15, 96), CPY_FIELDS(OWN(32, "._b_base_"),
	  OWN(64, "._objects")), .owned = owned_cdata },
	{ CPY_ROW("_ctypes.Structure", 8, 15, 96), CPY_FIELDS(OWN(32, "._b_base_"),
	  OWN(64, "._objects")), .owned = owned_cdata },
	{ CPY_ROW("_ctypes.Union", 8, 15, 96), CPY_FIELDS(OWN(32, "._b_base_"),
	  OWN(64, "._objects")), .owned = owned_cdata },
	{ CPY_ROW("_ctypes.Array", 8, 15, 96), CPY_FIELDS(OWN(32, "._b_base_"),
	  OWN(64, "._objects")), .owned = owned_cdata },
	{ CPY_ROW("_ctypes._Pointer", 8, 15, 96), CPY_FIELDS(OWN(32, "._b_base_"),
	  OWN(64, "._objects")), .owned = owned_cdata },
	{ CPY_ROW("_ctypes._SimpleCData", 8, 15, 96), CPY_FIELDS(OWN(32, "._b_base_"),
	  OWN(64, "._objects")), .owned = owned_cdata },
	{ CPY_ROW("_ctypes.PyCFuncPtr", 8, 9, 160), CPY_FIELDS(OWN(32, "._b_base_"),
	  OWN(64, "._objects"), OWN(96, ".thunk"), OWN(104, ".callable"), OWN(112, ".converters"),
	  OWN(120, ".argtypes"), OWN(128, ".restype"), OWN(136, ".checker"), OWN(144, ".errcheck"),
	  OWN(152, ".paramflags")), .owned = owned_cdata },
	{ CPY_ROW("_ctypes.CFuncPtr", 10, 15, 160), CPY_FIELDS(OWN(32, "._b_base_"),
	  OWN(64, "._objects"), OWN(96, ".thunk"), OWN(104, ".callable"), OWN(112, ".converters"),
	  OWN(120, ".argtypes"), OWN(128, ".restype"), OWN(136, ".checker"), OWN(144, ".errcheck"),
	  OWN(152, ".paramflags")), .owned = owned_cdata },
	{ CPY_ROW("_ctypes.CField", 8, 13, 72), CPY_FIELDS(OWN(40, ".proto")) },
	{ CPY_ROW("ctypes.CField", 14, 15, 80), CPY_FIELDS(OWN(40, ".proto"), HID(72, ".name")) },
	{ CPY_ROW("_ctypes.CThunkObject", 8, 15, 128), CPY_FIELDS(OWN(80, ".converters"),
	  OWN(88, ".callable"), OWN(96, ".restype")) },
	{ CPY_ROW("CArgObject", 8, 11, 64), CPY_FIELDS(HID(48, "._obj")) },
	{ CPY_ROW("_ctypes.CArgObject", 12, 13, 64), CPY_FIELDS(OWN(48, "._obj")) },
	{ CPY_ROW("_ctypes.CArgObject", 14, 15, 80), CPY_FIELDS(OWN(64, "._obj")) },
	{ CPY_ROW("_ctypes.DictRemover", 8, 11, 32), CPY_FIELDS(HID(16, ".key"),
	  HID(24, ".dict")) },
	{ CPY_ROW("_ctypes.DictRemover", 12, 15, 32), CPY_FIELDS(OWN(16, ".key"),
	  OWN(24, ".dict")) },
	{ CPY_ROW("_ctypes.StructParam_Type", 8, 9, 24) },
	{ CPY_ROW("_ctypes.StructParam_Type", 10, 15, 32), CPY_FIELDS(HID(24, ".keep")) },
	{ CPY_ROW("StgDict", 8, 12, 192), CPY_FIELDS(HID(128, ".argtypes"),
	  HID(136, ".converters"), HID(144, ".restype"), HID(152, ".checker")), .base = "dict",
	  .size = size_stgdict },
	{ CPY_ROW("_ctypes.PyCStructType", 8, 9, 880), .base = "type",
	  .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.PyCStructType", 10, 10, 888), .base = "type",
	  .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.UnionType", 8, 9, 880), .base = "type",
	  .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.UnionType", 10, 10, 888), .base = "type",
	  .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.PyCPointerType", 8, 9, 880), .base = "type",
	  .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.PyCPointerType", 10, 10, 888), .base = "type",
	  .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.PyCArrayType", 8, 9, 880), .base = "type",
	  .walk = walk_hidden_proto },
	{ CPY_ROW("_ctypes.PyCArrayType", 10, 10, 888), .base = "type",
	  .walk = walk_hidden_proto },
	{ CPY_ROW("_ctypes.PyCSimpleType", 8, 9, 880), .base = "type",
	  .walk = walk_hidden_proto },
	{ CPY_ROW("_ctypes.PyCSimpleType", 10, 10, 888), .base = "type",
	  .walk = walk_hidden_proto },
	{ CPY_ROW("_ctypes.PyCFuncPtrType", 8, 9, 880), .base = "type",
	  .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.PyCFuncPtrType", 10, 10, 888), .base = "type",
	  .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.PyCStructType", 11, 11, 904), .base = "type", .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.PyCStructType", 12, 12, 920), .base = "type", .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.UnionType", 11, 11, 904), .base = "type", .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.UnionType", 12, 12, 920), .base = "type", .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.PyCPointerType", 11, 11, 904), .base = "type",
	  .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.PyCPointerType", 12, 12, 920), .base = "type",
	  .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.PyCArrayType", 11, 11, 904), .base = "type", .walk = walk_hidden_proto },
	{ CPY_ROW("_ctypes.PyCArrayType", 12, 12, 920), .base = "type", .walk = walk_hidden_proto },
	{ CPY_ROW("_ctypes.PyCSimpleType", 11, 11, 904), .base = "type",
	  .walk = walk_hidden_proto },
	{ CPY_ROW("_ctypes.PyCSimpleType", 12, 12, 920), .base = "type",
	  .walk = walk_hidden_proto },
	{ CPY_ROW("_ctypes.PyCFuncPtrType", 11, 11, 904), .base = "type",
	  .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.PyCFuncPtrType", 12, 12, 920), .base = "type",
	  .walk = walk_shown_proto },
	{ CPY_ROW("_ctypes.CType_Type", 13, 13, 1088), CPY_FIELDS(OWN(984, ".proto"),
	  OWN(1016, ".argtypes"), OWN(1024, ".converters"), OWN(1032, ".restype"),
	  OWN(1040, ".checker"), OWN(1048, ".module")), .base = "type", .size = size_ctypes_type },
	{ CPY_ROW("_ctypes.PyCStructType", 13, 13, 1088), CPY_FIELDS(OWN(984, ".proto"),
	  OWN(1016, ".argtypes"), OWN(1024, ".converters"), OWN(1032, ".restype"),
	  OWN(1040, ".checker"), OWN(1048, ".module")), .base = "type", .size = size_ctypes_type },
	{ CPY_ROW("_ctypes.UnionType", 13, 13, 1088), CPY_FIELDS(OWN(984, ".proto"),
	  OWN(1016, ".argtypes"), OWN(1024, ".converters"), OWN(1032, ".restype"),
	  OWN(1040, ".checker"), OWN(1048, ".module")), .base = "type", .size = size_ctypes_type },
	{ CPY_ROW("_ctypes.PyCPointerType", 13, 13, 1088), CPY_FIELDS(OWN(984, ".proto"),
	  OWN(1016, ".argtypes"), OWN(1024, ".converters"), OWN(1032, ".restype"),
	  OWN(1040, ".checker"), OWN(1048, ".module")), .base = "type", .size = size_ctypes_type },
	{ CPY_ROW("_ctypes.PyCArrayType", 13, 13, 1088), CPY_FIELDS(OWN(984, ".proto"),
	  OWN(1016, ".argtypes"), OWN(1024, ".converters"), OWN(1032, ".restype"),
	  OWN(1040, ".checker"), OWN(1048, ".module")), .base = "type", .size = size_ctypes_type },
	{ CPY_ROW("_ctypes.PyCSimpleType", 13, 13, 1088), CPY_FIELDS(OWN(984, ".proto"),
	  OWN(1016, ".argtypes"), OWN(1024, ".converters"), OWN(1032, ".restype"),
	  OWN(1040, ".checker"), OWN(1048, ".module")), .base = "type", .size = size_ctypes_type },
	{ CPY_ROW("_ctypes.PyCFuncPtrType", 13, 13, 1088), CPY_FIELDS(OWN(984, ".proto"),
	  OWN(1016, ".argtypes"), OWN(1024, ".converters"), OWN(1032, ".restype"),
	  OWN(1040, ".checker"), OWN(1048, ".module")), .base = "type", .size = size_ctypes_type },

	CTYPES_META("_ctypes.CType_Type"),
	CTYPES_META("_ctypes.PyCStructType"),
	CTYPES_META("_ctypes.UnionType"),
	CTYPES_META("_ctypes.PyCPointerType"),
	CTYPES_META("_ctypes.PyCArrayType"),
	CTYPES_META("_ctypes.PyCSimpleType"),
	CTYPES_META("_ctypes.PyCFuncPtrType"),

	/* Samples that come with the interpreter. */
	{ CPY_ROW("xxsubtype.spamdict", 8, 15, 56), .base = "dict" },
	{ CPY_ROW("xxsubtype.spamlist", 8, 15, 48), .base = "list" },
	{ .name = NULL },
};
