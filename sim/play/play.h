/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLAY_PLAY_H
#define CIDSIM_SIM_PLAY_PLAY_H

/*
 * Plays the steps of a scenario, one after another, and keeps the records of a run. (The engine
 * runs scenarios without [steps].) Step N takes effect at N us of simulated time, and the play ends
 * 1 us after the last one, so that its result can be seen. The mm is called "mm", tasks T0, T1 ...
 * with the pids 1000, 1001 ...
 *
 * A property that [explore] checks is reported once, where it breaks first; a spin that nothing can
 * end is reported at the end. Whether one can end takes a search; if that is interrupted or needs
 * more than PLAY_SPIN_BYTES, the result is cut short.
 */

#include <signal.h>

#include "sim/machine/machine.h"
#include "sim/record/lane.h"

struct play;

enum { PLAY_PID_FIRST = 1000, PLAY_STEP_NS = 1000, PLAY_SPIN_BYTES = 1 << 29 };

/* @scenario has [steps], and must live as long as the play and its result. */
struct play *play_new(const struct scenario *scenario);

/* The accounts of the play, struct record_account. */
GPtrArray *play_accounts(struct play *play);

/* Send the records to @sink (borrowed). To be called before play_run(). */
void play_set_sink(struct play *play, const struct record_sink *sink);

/* What the play has counted so far. It is the play's until play_run() returns it. */
const struct record_result *play_totals(const struct play *play);

/* Call @after with @context at the start and after each step, at @now_ns. To be called before
 * play_run(). */
void play_set_after(
	struct play *play, void (*after)(void *context, uint64_t now_ns), void *context);

/* What is on @cpu now; for @after. */
void play_lane(const struct play *play, uint32_t cpu, struct record_lane *lane);

/* Set it to 1, from a signal handler too, to cut play_run() short. */
volatile sig_atomic_t *play_interrupted(struct play *play);

/*
 * Play to the end, or to a step that cannot be taken, and judge the expectations. Returns the
 * result, to be freed with record_result_free(); its input_error names such a step and why. To be
 * called once.
 */
struct record_result *play_run(struct play *play);

/* Why @step cannot be taken on @machine now, which the caller frees; NULL if it can. */
char *play_refusal(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step);

/* "LINE: which step": that @step, the @number-th, cannot be taken because of @why. " which step" of
 * one that an option has set, which has no line. The caller frees it. */
char *play_refusal_text(const struct scenario_step *step, uint32_t number, const char *why);

void play_free(struct play *play);

#endif
