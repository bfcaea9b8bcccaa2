/* SPDX-License-Identifier: MIT */
/* Numbers for people: grouped by thousands, bytes by powers of 1024. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <refgraph/refgraph.h>

char *rg_format_count(uint64_t value, char buffer[RG_FORMAT_SIZE])
{
	char digits[24];
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, value), at = 0;

	for (size_t i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			buffer[at++] = ',';
		buffer[at++] = digits[i];
	}
	buffer[at] = '\0';
	return buffer;
}

/* The magnitude without overflow at INT64_MIN. */
static uint64_t magnitude(int64_t value)
{
	return value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;
}

char *rg_format_delta(int64_t value, char buffer[RG_FORMAT_SIZE])
{
	char *at = buffer;

	if (value)
		*at++ = value < 0 ? '-' : '+';
	rg_format_count(magnitude(value), at);
	return buffer;
}

char *rg_format_bytes(uint64_t bytes, char buffer[RG_FORMAT_SIZE])
{
	static const char units[] = "KMGTPE";
	unsigned int unit = 0;
	uint64_t tenths;

	if (bytes < 1024) {
		snprintf(buffer, RG_FORMAT_SIZE, "%" PRIu64 " B", bytes);
		return buffer;
	}
	/* Rounded to a tenth with integers: the same everywhere. */
	while (unit < 5 && bytes >> (10 * (unit + 1)) >= 1024)
		unit++;
	tenths = (bytes >> (10 * unit)) * 10;
	tenths = (tenths + 512) / 1024;
	if (unit) {
		uint64_t scaled = bytes >> (10 * unit - 4); /* sixteenths keep the rounding true */

		tenths = (scaled * 10 + 8192) / 16384;
	}
	if (tenths >= 10240 && unit < 5) {
		tenths = (tenths + 512) / 1024;
		unit++;
	}
	snprintf(buffer, RG_FORMAT_SIZE, "%" PRIu64 ".%u %ciB", tenths / 10,
		 (unsigned int)(tenths % 10), units[unit]);
	return buffer;
}

char *rg_format_bytes_delta(int64_t bytes, char buffer[RG_FORMAT_SIZE])
{
	char *at = buffer;

	if (bytes)
		*at++ = bytes < 0 ? '-' : '+';
	rg_format_bytes(magnitude(bytes), at);
	return buffer;
}
