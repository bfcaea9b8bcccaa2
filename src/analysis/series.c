/* SPDX-License-Identifier: MIT */
/* What a row of growth says of its numbers. */
#include "analysis/series.h"

int64_t rg_series_difference(uint64_t later, uint64_t earlier)
{
	if (later >= earlier)
		return later - earlier > INT64_MAX ? INT64_MAX : (int64_t)(later - earlier);
	return earlier - later > INT64_MAX ? INT64_MIN : -(int64_t)(earlier - later);
}

bool rg_series_flat(const uint64_t *numbers, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (numbers[i] != numbers[0])
			return false;
	return true;
}

enum rg_verdict rg_series_judge(const uint64_t *numbers, size_t count, size_t *ret_grown)
{
	size_t steps = count - 1, grown = 0, tail = 0;
	uint64_t last = numbers[steps], highest = 0; /* of those before the last */

	for (size_t i = 0; i < steps; i++) {
		grown += numbers[i + 1] > numbers[i];
		if (numbers[i] > highest)
			highest = numbers[i];
	}
	*ret_grown = grown;
	if (last > highest && grown + steps / 6 >= steps)
		return RG_VERDICT_CLIMBING;
	while (tail < steps && numbers[steps - tail - 1] == last)
		tail++;
	return last > numbers[0] && last == highest && 4 * tail >= steps ? RG_VERDICT_PLATEAUED
									: RG_VERDICT_NOISE;
}

double rg_series_slope(const uint64_t *numbers, size_t count)
{
	__int128 covariance = 0, variance = 0;

	for (size_t i = 0; i < count; i++) {
		/* Twice the distance from the middle dump. */
		__int128 x = 2 * (__int128)i - (__int128)(count - 1);

		covariance += x * ((__int128)numbers[i] - (__int128)numbers[0]);
		variance += x * x;
	}
	return (double)(2 * covariance) / (double)variance;
}
