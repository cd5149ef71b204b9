/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

TEST(masks_need_an_online_cpu_when_they_are_set)
{
	parse_bad("[machine]\nonline=0\n[mm a]\ncpus=1-3\n",
		"F:3: none of its CPUs is online when it starts");
	parse_good("[machine]\nonline=0\n[mm a]\ncpus=1-3\nstart=2ms\n[at 1ms]\ncpu-on=1\n");
	parse_bad("[mm a]\ncpus=1-3\nstart=2ms\n[at 1ms]\ncpu-off=1-3\n",
		"F:1: none of its CPUs is online when it starts");
	parse_bad("[mm a]\n[at 1ms]\ncpu-off=2\n[at 2ms]\naffinity=a : 2\n",
		"F:5: affinity: none of these CPUs is online at that time");
	parse_good("[mm a]\n[at 2ms]\naffinity=a : 2\n[at 1ms]\ncpu-off=2\ncpu-on=2\n");
	parse_bad("[mm a]\n[at 1ms]\ncpu-off=0-2;3\n", "F:3: cpu-off: no CPU would be left online");
}
