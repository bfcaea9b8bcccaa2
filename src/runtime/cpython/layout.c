/* SPDX-License-Identifier: MIT */
/*
 * The offsets of each supported release series, as its own headers have them.
 * Read from 3.8.18, 3.9.18, 3.10.13, 3.11.2, 3.11.7, 3.12.1, 3.13.0, 3.13.5, 3.13.15,
 * 3.14.8, 3.14.10, 3.15.0 and 3.15.2, free-threaded from 3.13.15, 3.14.7, 3.14.10, 3.15.0
 * and 3.15.2; what is known to move within a series is probed by discover.c.
 */
#include <stddef.h>

#include "runtime/cpython/layout.h"

/* From 3.14 on flags stand above the count and its overflow: those known are in the lowest byte. */
#define COUNT_WITH_FLAGS                                                                           \
	{ .mask = ~(UINT64_C(0xff) << 48), .limit = UINT32_MAX, .is_narrow = true }

/*
 * @lower: bytes that the interpreter's state stands lower behind the collector's; @lowest:
 * the same behind what tells when memory may be freed (qsbr), which stands before obmalloc.
 */
#define LAYOUT_314(lower, lowest, last_patch_, checked_patch_, youngest_)                          \
	{                                                                                          \
		.since = 0x030e,                                                                   \
		.until = 0x030e,                                                                   \
		.last_patch = last_patch_,                                                         \
		.checked_patch = checked_patch_,                                                   \
		.runtime = {                                                                       \
			.size = 316616 - (lowest),                                                 \
			.interpreters_head = 808,                                                  \
			.interpreters_main = 816,                                                  \
		},                                                                                 \
		.interpreter = {                                                                   \
			.size = 225864 - (lowest),                                                 \
			.next = 7272,                                                              \
			.id = 7280,                                                                \
			.threads_head = 7344,                                                      \
			.gc = 7408,                                                                \
			.sysdict = 7672 - (lower),                                                 \
			.builtins = 7680 - (lower),                                                \
			.modules = 7688 - (lower),                                                 \
			.static_types = 180240 - (lowest),                                         \
			.static_types_stride = 48,                                                 \
			.static_types_count = 200,                                                 \
			.static_type_dict = 24,                                                    \
			.static_type_subclasses = 32,                                              \
			.extension_types = 189856 - (lowest),                                      \
			.extension_types_count = 10,                                               \
			.interned = 224624 - (lowest),                                             \
			.obmalloc = 10904 - (lowest),                                              \
		},                                                                                 \
		.gc = {                                                                            \
			.generations = 24,                                                         \
			.permanent = 96,                                                           \
			.enabled = 12,                                                             \
			.collecting = 192,                                                         \
			.garbage = 200,                                                            \
			.callbacks = 208,                                                          \
			.youngest = youngest_,                                                     \
		},                                                                                 \
		.thread = {                                                                        \
			.next = 8,                                                                 \
			.interpreter = 16,                                                         \
			.thread_id = 152,                                                          \
			.native_thread_id = 160,                                                   \
			.current_frame = 72,                                                       \
		},                                                                                 \
		.heap_type = {                                                                     \
			.size = 936,                                                               \
			.name = 856,                                                               \
			.slots = 864,                                                              \
			.qualname = 872,                                                           \
			.cached_keys = 880,                                                        \
			.module = 888,                                                             \
			.tp_name_copy = 896,                                                       \
		},                                                                                 \
		.str = {                                                                           \
			.type_size = 416,                                                          \
			.ascii_header = 40,                                                        \
			.compact_header = 56,                                                      \
			.utf8_length = 40,                                                         \
			.utf8 = 48,                                                                \
			.data = 56,                                                                \
		},                                                                                 \
		.count = COUNT_WITH_FLAGS,                                                         \
		.tuple = { .items = 32 },                                                          \
		.module = { .definition = 24, .state = 32, .name = 48 },                           \
		.integer = { .has_tag = true, .digits = 24 },                                      \
		.dict = { .values_prefix = 0, .inline_values = true },                             \
	}

/* What 3.8, 3.9 and 3.10 have in common. */
#define GC_TO_310                                                                                  \
	.gc = {                                                                                    \
		.generations = 24,                                                                 \
		.permanent = 104,                                                                  \
		.enabled = 12,                                                                     \
		.collecting = 200,                                                                 \
		.garbage = 208,                                                                    \
		.callbacks = 216,                                                                  \
		.youngest = 96,                                                                    \
	}
#define COMMON_TO_310                                                                              \
	.count = { .mask = UINT64_MAX, .limit = UINT64_C(1) << 40 }, .tuple = { .items = 24 },     \
	.module = { .definition = 24, .state = 32, .name = 48 },                                   \
	.integer = { .has_tag = false, .digits = 24 }
#define THREAD_TO_310                                                                              \
	.thread = {                                                                                \
		.next = 8,                                                                         \
		.interpreter = 16,                                                                 \
		.thread_id = 176,                                                                  \
		.current_frame = 24,                                                               \
	}
#define STR_TO_310(type_size_)                                                                     \
	.str = {                                                                                   \
		.type_size = type_size_,                                                           \
		.ascii_header = 48,                                                                \
		.compact_header = 72,                                                              \
		.utf8_length = 48,                                                                 \
		.utf8 = 56,                                                                        \
		.data = 72,                                                                        \
		.wstr = 40,                                                                        \
		.has_ready = true,                                                                 \
	}

static const struct cpy_layout layouts[] = {
	{
		.since = 0x0308,
		.until = 0x0308,
		.checked_patch = 18,
		.runtime = {
			.size = 1464,
			.interpreters_head = 32,
			.interpreters_main = 40,
			.gc = 344,
		},
		.interpreter = {
			.size = 2720,
			.next = 0,
			.id = 16,
			.threads_head = 8,
			.sysdict = 72,
			.builtins = 80,
			.modules = 56,
		},
		GC_TO_310,
		THREAD_TO_310,
		.heap_type = {
			.size = 880,
			.name = 848,
			.slots = 856,
			.qualname = 864,
			.cached_keys = 872,
		},
		STR_TO_310(416),
		COMMON_TO_310,
		.dict = { .has_lookup = true },
		.pool = { .size = 4096 },
	},
	{
		.since = 0x0309,
		.until = 0x0309,
		.checked_patch = 18,
		.runtime = { .size = 656, .interpreters_head = 32, .interpreters_main = 40 },
		.interpreter = {
			.size = 5656,
			.next = 0,
			.id = 24,
			.threads_head = 8,
			.gc = 616,
			.sysdict = 872,
			.builtins = 880,
			.modules = 856,
		},
		GC_TO_310,
		THREAD_TO_310,
		.heap_type = {
			.size = 880,
			.name = 840,
			.slots = 848,
			.qualname = 856,
			.cached_keys = 864,
			.module = 872,
		},
		STR_TO_310(408),
		COMMON_TO_310,
		.dict = { .has_lookup = true },
		.pool = { .size = 4096 },
	},
	{
		.since = 0x030a,
		.until = 0x030a,
		.checked_patch = 13,
		.runtime = { .size = 672, .interpreters_head = 32, .interpreters_main = 40 },
		.interpreter = {
			.size = 113528,
			.next = 0,
			.id = 24,
			.threads_head = 8,
			.gc = 616,
			.sysdict = 872,
			.builtins = 880,
			.modules = 856,
		},
		GC_TO_310,
		THREAD_TO_310,
		.heap_type = {
			.size = 888,
			.name = 848,
			.slots = 856,
			.qualname = 864,
			.cached_keys = 872,
			.module = 880,
		},
		STR_TO_310(408),
		COMMON_TO_310,
		.dict = { .has_lookup = true },
	},
	{
		.since = 0x030b,
		.until = 0x030b,
		.checked_patch = 7,
		.runtime = { .size = 166688, .interpreters_head = 40, .interpreters_main = 48 },
		.interpreter = {
			.size = 107752,
			.next = 0,
			.id = 48,
			.threads_head = 16,
			.gc = 648,
			.sysdict = 904,
			.builtins = 912,
			.modules = 888,
		},
		.gc = {
			.generations = 24,
			.permanent = 104,
			.enabled = 12,
			.collecting = 200,
			.garbage = 208,
			.callbacks = 216,
			.youngest = 96,
		},
		.thread = {
			.next = 8,
			.interpreter = 16,
			.thread_id = 152,
			.native_thread_id = 160,
			.cframe = 56,
			.cframe_current = 8,
		},
		.heap_type = {
			.size = 904,
			.name = 848,
			.slots = 856,
			.qualname = 864,
			.cached_keys = 872,
			.module = 880,
			.tp_name_copy = 888,
		},
		.str = {
			.type_size = 408,
			.ascii_header = 48,
			.compact_header = 72,
			.utf8_length = 48,
			.utf8 = 56,
			.data = 72,
			.wstr = 40,
			.has_ready = true,
		},
		.count = { .mask = UINT64_MAX, .limit = UINT64_C(1) << 40 },
		.tuple = { .items = 24 },
		.module = { .definition = 24, .state = 32, .name = 48 },
		.integer = { .has_tag = false, .digits = 24 },
		.dict = { .values_prefix = 1, .inline_values = false },
	},
	{
		.since = 0x030c,
		.until = 0x030c,
		.checked_patch = 1,
		.runtime = { .size = 459944, .interpreters_head = 40, .interpreters_main = 48 },
		.interpreter = {
			.size = 383552,
			.next = 0,
			.id = 8,
			.threads_head = 72,
			.gc = 112,
			.sysdict = 352,
			.builtins = 360,
			.modules = 944,
			.static_types = 373704,
			.static_types_stride = 40,
			.static_types_count = 200,
			.static_type_dict = 16,
			.static_type_subclasses = 24,
			.interned = 382936,
			.obmalloc = 3960,
		},
		.gc = {
			.generations = 24,
			.permanent = 104,
			.enabled = 12,
			.collecting = 200,
			.garbage = 208,
			.callbacks = 216,
			.youngest = 96,
		},
		.thread = {
			.next = 8,
			.interpreter = 16,
			.thread_id = 136,
			.native_thread_id = 144,
			.cframe = 56,
			.cframe_current = 0,
		},
		.heap_type = {
			.size = 920,
			.name = 856,
			.slots = 864,
			.qualname = 872,
			.cached_keys = 880,
			.module = 888,
			.tp_name_copy = 896,
		},
		.str = {
			.type_size = 416,
			.ascii_header = 40,
			.compact_header = 56,
			.utf8_length = 40,
			.utf8 = 48,
			.data = 56,
		},
		.count = { .mask = UINT64_MAX, .limit = UINT32_MAX, .is_narrow = true },
		.tuple = { .items = 24 },
		.module = { .definition = 24, .state = 32, .name = 48 },
		.integer = { .has_tag = true, .digits = 24 },
		.dict = { .values_prefix = 1, .inline_values = false },
	},
	{
		.since = 0x030d,
		.until = 0x030d,
		.checked_patch = 15,
		.runtime = { .size = 283320, .interpreters_head = 632, .interpreters_main = 640 },
		.interpreter = {
			.size = 194968,
			.next = 7264,
			.id = 7272,
			.threads_head = 7344,
			.gc = 7400,
			.sysdict = 7640,
			.builtins = 7648,
			.modules = 7656,
			.static_types = 182968,
			.static_types_stride = 48,
			.static_types_count = 200,
			.static_type_dict = 24,
			.static_type_subclasses = 32,
			.extension_types = 192584,
			.extension_types_count = 10,
			.interned = 194328,
			.obmalloc = 10800,
		},
		.gc = {
			.generations = 24,
			.permanent = 104,
			.enabled = 12,
			.collecting = 200,
			.garbage = 208,
			.callbacks = 216,
			.youngest = 96,
		},
		.thread = {
			.next = 8,
			.interpreter = 16,
			.thread_id = 152,
			.native_thread_id = 160,
			.current_frame = 72,
		},
		.heap_type = {
			.size = 928,
			.name = 856,
			.slots = 864,
			.qualname = 872,
			.cached_keys = 880,
			.module = 888,
			.tp_name_copy = 896,
		},
		.str = {
			.type_size = 416,
			.ascii_header = 40,
			.compact_header = 56,
			.utf8_length = 40,
			.utf8 = 48,
			.data = 56,
		},
		.count = { .mask = UINT64_MAX, .limit = UINT32_MAX, .is_narrow = true },
		.tuple = { .items = 24 },
		.module = { .definition = 24, .state = 32, .name = 48 },
		.integer = { .has_tag = true, .digits = 24 },
		.dict = { .values_prefix = 0, .inline_values = true },
	},
	/*
	 * 3.14.0 to 3.14.4 collect incrementally: their collector's state is 24 bytes
	 * shorter, and all of the interpreter that follows stands that much lower.  Up to
	 * 3.14.3 qsbr lacks `array_raw`, and threads `datastack_cached_chunk`.
	 */
	LAYOUT_314(24, 32, 4, 3, 0),
	LAYOUT_314(24, 24, 5, 4, 0),
	LAYOUT_314(0, 0, 0, 10, 256),
	{
		.since = 0x030f,
		.until = 0x030f,
		.checked_patch = 2,
		.runtime = { .size = 346560, .interpreters_head = 936, .interpreters_main = 944 },
		.interpreter = {
			.size = 226232,
			.next = 7264,
			.id = 7272,
			.threads_head = 7336,
			.gc = 7400,
			.sysdict = 7576,
			.builtins = 7584,
			.modules = 7592,
			.static_types = 180264,
			.static_types_stride = 48,
			.static_types_count = 203,
			.static_type_dict = 24,
			.static_type_subclasses = 32,
			.extension_types = 190024,
			.extension_types_count = 10,
			.interned = 224896,
			.obmalloc = 10880,
		},
		.gc = {
			.generations = 8,
			.permanent = 80,
			.enabled = 0,
			.collecting = 112,
			.garbage = 128,
			.callbacks = 136,
			.youngest = 168,
		},
		.thread = {
			.next = 8,
			.interpreter = 16,
			.thread_id = 176,
			.native_thread_id = 184,
			.current_frame = 72,
		},
		.heap_type = {
			.size = 944,
			.name = 864,
			.slots = 872,
			.qualname = 880,
			.cached_keys = 888,
			.module = 896,
			.tp_name_copy = 904,
		},
		.str = {
			.type_size = 424,
			.ascii_header = 40,
			.compact_header = 56,
			.utf8_length = 40,
			.utf8 = 48,
			.data = 56,
		},
		.count = COUNT_WITH_FLAGS,
		.tuple = { .items = 32 },
		.module = {
			.definition = 88,
			.has_definition = 48,
			.state = 24,
			.state_size = 56,
			.name = 40,
		},
		.integer = { .has_tag = true, .digits = 24 },
		.dict = { .values_prefix = 0, .inline_values = true },
	},
};

/*
 * Free-threaded builds: 16 bytes stand before ob_type, objects lie in mimalloc's heaps,
 * and no list of the collector's holds them.  From 3.14 on types, code and the dicts of
 * modules have a number under which each thread counts its own references.
 */
#define COUNT_SPLIT(deferred_) { .is_split = true, .deferred = deferred_ }
#define DEFERRED_313 1
#define DEFERRED ((UINT64_C(1) << 60) - 1) /* _Py_REF_DEFERRED */
#define THREADED .free_threaded = true, .shift = 16
#define STATIC_TYPES(at, count, extensions)                                                        \
	.static_types = at, .static_types_stride = 48, .static_types_count = count,                \
	.static_type_dict = 24, .static_type_subclasses = 32, .extension_types = extensions,       \
	.extension_types_count = 10
#define STR_THREADED(type_size_, wide)                                                             \
	{ .type_size = type_size_, .ascii_header = 40, .compact_header = 56, .utf8_length = 40,    \
	  .utf8 = 48, .data = 56, .has_wide_state = wide }

static const struct cpy_layout threaded[] = {
	{
		.since = 0x030d,
		.until = 0x030d,
		.checked_patch = 15,
		THREADED,
		.runtime = { .size = 328384, .interpreters_head = 632, .interpreters_main = 640 },
		.interpreter = {
			.size = 215616,
			.next = 7264,
			.id = 7272,
			.threads_head = 7344,
			.gc = 7400,
			.sysdict = 7648,
			.builtins = 7656,
			.modules = 7664,
			STATIC_TYPES(186056, 200, 195672),
			.interned = 197416,
			.obmalloc = 17432,
			.moving = 10816,
		},
		.gc = {
			.enabled = 12,
			.collecting = 200,
			.garbage = 208,
			.callbacks = 216,
		},
		.thread = {
			.next = 8,
			.interpreter = 16,
			.thread_id = 152,
			.native_thread_id = 160,
			.current_frame = 72,
			.size = 312,
			.merging = 17808,
		},
		.heap_type = {
			.size = 928,
			.name = 856,
			.slots = 864,
			.qualname = 872,
			.cached_keys = 880,
			.module = 888,
			.tp_name_copy = 896,
		},
		.str = STR_THREADED(416, false),
		.count = COUNT_SPLIT(DEFERRED_313),
		.tuple = { .items = 24 },
		.module = { .definition = 24, .state = 32, .name = 48 },
		.integer = { .has_tag = true, .digits = 24 },
		.dict = { .inline_values = true },
	},
	{
		.since = 0x030e,
		.until = 0x030e,
		.checked_patch = 10,
		THREADED,
		.runtime = { .size = 362368, .interpreters_head = 808, .interpreters_main = 816 },
		.interpreter = {
			.size = 246720,
			.next = 7272,
			.id = 7280,
			.threads_head = 7344,
			.gc = 7408,
			.sysdict = 7696,
			.builtins = 7704,
			.modules = 7712,
			STATIC_TYPES(186360, 200, 195976),
			.interned = 230752,
			.obmalloc = 17656,
			.moving = 10944,
		},
		.gc = {
			.enabled = 12,
			.collecting = 192,
			.garbage = 200,
			.callbacks = 208,
		},
		.thread = {
			.next = 8,
			.interpreter = 16,
			.thread_id = 152,
			.native_thread_id = 160,
			.current_frame = 72,
			.size = 832,
			.counts = 15496,
			.merging = 15480,
		},
		.heap_type = {
			.size = 944,
			.name = 856,
			.slots = 864,
			.qualname = 872,
			.cached_keys = 880,
			.module = 888,
			.tp_name_copy = 896,
			.unique_id = 936,
		},
		.str = STR_THREADED(416, true),
		.count = COUNT_SPLIT(DEFERRED),
		.tuple = { .items = 32 },
		.module = { .definition = 24, .state = 32, .name = 48 },
		.integer = { .has_tag = true, .digits = 24 },
		.dict = { .inline_values = true, .unique_id = 28 },
	},
	{
		.since = 0x030f,
		.until = 0x030f,
		.checked_patch = 2,
		THREADED,
		.runtime = { .size = 406016, .interpreters_head = 936, .interpreters_main = 944 },
		.interpreter = {
			.size = 247040,
			.next = 7264,
			.id = 7272,
			.threads_head = 7336,
			.gc = 7400,
			.sysdict = 7576,
			.builtins = 7584,
			.modules = 7592,
			STATIC_TYPES(186312, 203, 196072),
			.interned = 230952,
			.obmalloc = 17592,
			.moving = 10880,
		},
		.gc = {
			.enabled = 0,
			.collecting = 112,
			.garbage = 128,
			.callbacks = 136,
		},
		.thread = {
			.next = 8,
			.interpreter = 16,
			.thread_id = 176,
			.native_thread_id = 184,
			.current_frame = 72,
			.size = 888,
			.counts = 15696,
			.merging = 15680,
		},
		.heap_type = {
			.size = 952,
			.name = 864,
			.slots = 872,
			.qualname = 880,
			.cached_keys = 888,
			.module = 896,
			.tp_name_copy = 904,
			.unique_id = 944,
		},
		.str = STR_THREADED(424, true),
		.count = COUNT_SPLIT(DEFERRED),
		.tuple = { .items = 32 },
		.module = {
			.definition = 88,
			.has_definition = 48,
			.state = 24,
			.state_size = 56,
			.name = 40,
		},
		.integer = { .has_tag = true, .digits = 24 },
		.dict = { .inline_values = true, .unique_id = 28 },
	},
};

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

const struct cpy_layout *cpy_layout_next(uint32_t hexversion, bool free_threaded,
					 const struct cpy_layout *before)
{
	const struct cpy_layout *table = free_threaded ? threaded : layouts;
	size_t count = free_threaded ? COUNT_OF(threaded) : COUNT_OF(layouts);
	uint32_t series = hexversion >> 16;
	size_t i = before ? (size_t)(before - table) + 1 : 0;

	for (; i < count; i++)
		if (series >= table[i].since && series <= table[i].until)
			return &table[i];
	return NULL;
}

const struct cpy_layout *cpy_layout_find(uint32_t hexversion, bool free_threaded)
{
	const struct cpy_layout *layout = NULL;
	uint32_t patch = hexversion >> 8 & 255;

	do
		layout = cpy_layout_next(hexversion, free_threaded, layout);
	while (layout && layout->last_patch && patch >= layout->last_patch);
	return layout;
}

const struct cpy_layout *cpy_layout_newest(bool free_threaded)
{
	return free_threaded ? &threaded[COUNT_OF(threaded) - 1] : &layouts[COUNT_OF(layouts) - 1];
}
