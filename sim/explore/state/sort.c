/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/sort.h"

/* By digits, the lowest first. A digit is bits in which the states differ, and what lies between.
 */

enum { DIGIT_BITS = 8, FEW = 48 /* for which the simplest way is the fastest */ };

static void sort_few(state_id *ids, uint64_t count)
{
	for (uint64_t i = 1; i < count; i++) {
		state_id one = ids[i];
		uint64_t at = i;

		for (; at > 0 && ids[at - 1] > one; at--)
			ids[at] = ids[at - 1];
		ids[at] = one;
	}
}

static void sort_by_digit(const state_id *from, state_id *to, uint64_t count, unsigned at)
{
	const uint64_t mask = (1u << DIGIT_BITS) - 1;
	uint64_t place[1 << DIGIT_BITS] = { 0 }, sum = 0;

	for (uint64_t i = 0; i < count; i++)
		place[from[i] >> at & mask]++;
	for (unsigned digit = 0; digit <= mask; digit++) {
		uint64_t many = place[digit];

		place[digit] = sum;
		sum += many;
	}
	for (uint64_t i = 0; i < count; i++)
		to[place[from[i] >> at & mask]++] = from[i];
}

/* The bits in which some states differ. */
static uint64_t differ(const state_id *ids, uint64_t count)
{
	uint64_t differ = 0;

	for (uint64_t i = 1; i < count; i++)
		differ |= ids[i] ^ ids[0];
	return differ;
}

state_id *sort_states(state_id *ids, state_id *scratch, uint64_t count)
{
	uint64_t left;

	if (count < FEW) {
		sort_few(ids, count);
		return ids;
	}
	left = differ(ids, count);
	while (left != 0) {
		unsigned at = (unsigned)__builtin_ctzll(left);
		state_id *sorted = scratch;

		sort_by_digit(ids, sorted, count, at);
		scratch = ids;
		ids = sorted;
		left &= at + DIGIT_BITS < 64 ? UINT64_MAX << (at + DIGIT_BITS) : 0;
	}
	return ids;
}
