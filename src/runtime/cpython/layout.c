/* SPDX-License-Identifier: MIT */
/*
 * The offsets of each supported release series, as its own headers have them.
 * Read from 3.11.2, 3.11.7, 3.12.1, 3.13.0 and 3.13.5; what is known to move
 * within a series is probed by discover.c.
 */
#include <stddef.h>

#include "runtime/cpython/layout.h"

static const struct cpy_layout layouts[] = {
	{
		.since = 0x030b,
		.until = 0x030b,
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
		.integer = { .has_tag = false, .digits = 24 },
		.dict = { .values_prefix = 1, .inline_values = false },
	},
	{
		.since = 0x030c,
		.until = 0x030c,
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
		.integer = { .has_tag = true, .digits = 24 },
		.dict = { .values_prefix = 1, .inline_values = false },
	},
	{
		.since = 0x030d,
		.until = 0x030d,
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
		.integer = { .has_tag = true, .digits = 24 },
		.dict = { .values_prefix = 0, .inline_values = true },
	},
};

const struct cpy_layout *cpy_layout_find(uint32_t hexversion)
{
	uint32_t series = hexversion >> 16;
	size_t i;

	for (i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (series >= layouts[i].since && series <= layouts[i].until)
			return &layouts[i];
	return NULL;
}
