/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_TEE_H
#define CIDSIM_SIM_RECORD_TEE_H

#include "sim/record/record.h"

/* Two sinks as one: each record goes to both. It lies at a place of the caller's while it is used.
 */
struct record_tee {
	struct record_sink sink; /* what drivers get */
	const struct record_sink *first, *second;
};

/* Neither is NULL; both outlive @tee. What neither takes the tee does not take either. */
void record_tee_init(
	struct record_tee *tee, const struct record_sink *first, const struct record_sink *second);

#endif
