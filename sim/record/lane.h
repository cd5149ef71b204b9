/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_LANE_H
#define CIDSIM_SIM_RECORD_LANE_H

#include "sim/record/record.h"

/* A CPU at an instant, as a driver sees it. */
struct record_lane {
	struct record_task task; /* who runs there; pid 0: it idles */
	uint32_t account;        /* of the task; UINT32_MAX: no mm, or not known */
	cid_word word;           /* of the task */
	cid_word cpu_word;       /* of the CPU in the mm of the task; idle: in the only mm, or 0 */
	bool unknown;            /* the words are not known */
	bool spins;              /* in get */
};

#endif
