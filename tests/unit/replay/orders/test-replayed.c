/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The dense indexes of CPUs, whose ids in a trace may have gaps. */

#include "sim/replay/orders/replayed.h"

#include <string.h>

#include "tests/lib/suite.h"

enum { IDS_MAX = 8 };

static const struct {
	uint32_t count;
	uint16_t ids[IDS_MAX];
} machines[] = {
	{ 1, { 0 } },
	{ 1, { 5 } },
	{ 4, { 0, 1, 2, 3 } },
	{ 4, { 1, 2, 3, 4 } },
	{ 3, { 0, 2, 4 } },
	{ 5, { 0, 1, 4, 5, 65535 } },
	{ 8, { 2, 3, 5, 7, 11, 13, 17, 19 } },
};

/* Proves that each possible CPU has its place among them, and that no other CPU has one. */
TEST_ROWS(each_possible_cpu_has_its_index, machines)
{
	uint16_t ids[IDS_MAX];
	struct scenario scenario = { .cpus_count = machines[_i].count, .cpu_ids = ids };
	const struct replay replay = { .scenario = &scenario };
	uint32_t next = 0;

	memcpy(ids, machines[_i].ids, sizeof(ids));
	for (uint32_t id = 0; id <= UINT16_MAX + 1; id++) {
		uint32_t expected = UINT32_MAX;

		if (next < machines[_i].count && ids[next] == id)
			expected = next++;
		if (replay_cpu(&replay, id) != expected)
			ck_abort_msg("CPU %u: %u", id, replay_cpu(&replay, id));
	}
	ck_assert_uint_eq(next, machines[_i].count);
	ck_assert_uint_eq(replay_cpu(&replay, UINT32_MAX), UINT32_MAX);
}
