/* SPDX-License-Identifier: MIT */
/*
 * The offsets of each supported release series, as its own headers have them.
 * Read from 3.8.18, 3.9.18, 3.10.13, 3.11.2, 3.11.7, 3.12.1, 3.13.0, 3.13.5, 3.13.15,
 * 3.14.8, 3.14.10, 3.15.0 and 3.15.2; what is known to move within a series is
 * probed by discover.c.
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

const struct cpy_layout *cpy_layout_find(uint32_t hexversion)
{
	uint32_t series = hexversion >> 16, patch = hexversion >> 8 & 255;
	size_t i;

	for (i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (series >= layouts[i].since && series <= layouts[i].until &&
		    (!layouts[i].last_patch || patch < layouts[i].last_patch))
			return &layouts[i];
	return NULL;
}

const struct cpy_layout *cpy_layout_next(uint32_t hexversion, const struct cpy_layout *before)
{
	uint32_t series = hexversion >> 16;
	size_t i = before ? (size_t)(before - layouts) + 1 : 0;

	for (; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (series >= layouts[i].since && series <= layouts[i].until)
			return &layouts[i];
	return NULL;
}

const struct cpy_layout *cpy_layout_newest(void)
{
	return &layouts[sizeof(layouts) / sizeof(layouts[0]) - 1];
}
