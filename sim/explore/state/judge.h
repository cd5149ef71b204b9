/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_JUDGE_H
#define CIDSIM_SIM_EXPLORE_STATE_JUDGE_H

/*
 * Which properties a machine breaks. Most are visible in the machine (machine_check()). Whether a
 * spin can end needs a small search (spin.h), for which a judge keeps the memory. One thread uses
 * one judge.
 */

#include "sim/explore/state/spin.h"
#include "sim/machine/machine.h"
#include "sim/proof/invariant.h"

struct judge {
	struct machine_config config;
	struct spin_checker *spins;  /* NULL: the machines are too large to ask whether spins end */
	struct invariant *invariant; /* NULL: it is not asked for */
};

/* For machines of @config, and the properties @check. With EXPLORE_INVARIANT among them the rules
 * of the proof must be there. To be cleared by judge_clear(). */
void judge_init(struct judge *judge, const struct machine_config *config, unsigned check);
void judge_clear(struct judge *judge);

/* Those of the properties @mask, CHECK_* and EXPLORE_* bits, that @machine breaks. Where
 * judge.spins is NULL neither CHECK_I3 nor EXPLORE_STUCK may be in @mask. */
unsigned judge_machine(const struct judge *judge, const struct machine *machine, unsigned mask);

/* Those of CHECK_I3, EXPLORE_STALL and EXPLORE_STUCK in @mask that @machine breaks. @checker may be
 * NULL if neither CHECK_I3 nor EXPLORE_STUCK is in @mask. */
unsigned judge_spins(struct spin_checker *checker, const struct machine *machine, unsigned mask);

/* Those of EXPLORE_TRANSIT and EXPLORE_WINDOW in @mask that @machine breaks. */
unsigned judge_transit(const struct machine *machine, unsigned mask);

/* EXPLORE_RETURN (B8): an affinity was widened in per-CPU mode, the users are fewer than the
 * threshold that entering would record at the new width, and nothing is under way that leads back
 * to per task. */
bool judge_never_returns(const struct machine *machine, const struct machine_config *config);

#endif
