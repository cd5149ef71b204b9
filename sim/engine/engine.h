/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_ENGINE_H
#define CIDSIM_SIM_ENGINE_ENGINE_H

/*
 * The simulator: virtual time, CPUs that schedule, tasks that do what the scenario says, and the
 * steps of the model in the order of time.
 *
 * Order of events: by time; at the same time, in this order: processes, groups and actions of the
 * scenario, in the order of the file; wake-ups by task; CPUs by index; a look at CPUs that spin;
 * expectations at an instant. Nothing else decides, so a scenario and a seed give one run.
 *
 * A step of the model takes effect at one instant of simulated time, at the end of what it costs;
 * the rq lock of a switch is held from there on for the cost of the switch, and by a switch that
 * spins until it ends.
 */

#include <signal.h>

#include "sim/record/lane.h"

struct engine;

/* @scenario must live as long as the engine and its result. Until engine_set_sink() facts go
 * nowhere but into the totals, and cost nothing. */
struct engine *engine_new(const struct scenario *scenario);

/* The accounts of the run, struct record_account: more may come while it runs. */
GPtrArray *engine_accounts(struct engine *engine);

/* What the run has counted so far. It is the engine's until engine_run() returns it. For tests and
 * benches. */
const struct record_result *engine_totals(const struct engine *engine);

/* The time of the last event. */
uint64_t engine_now_ns(const struct engine *engine);

/* Send facts to @sink (borrowed, NULL = none) from now on. To be called before engine_run(). */
void engine_set_sink(struct engine *engine, const struct record_sink *sink);

enum { ENGINE_EVENTS_AT_ONCE = 40000 }; /* a good number for callers that do other things between */

/* Handle the next @events events. Returns false once there are no more, or the run is over for
 * another reason; engine_run() then only sums up. An event is a wake-up, an action of the scenario,
 * an instant at which a CPU has something to do, or one at which CPUs that spin try again. A burst
 * begins without one. */
bool engine_advance(struct engine *engine, uint64_t events);

/* What is on @cpu, a dense index, after the last event. */
void engine_lane(struct engine *engine, uint32_t cpu, struct record_lane *lane);

/* How the run stands after the last event, in lines: the mms, the CPUs, tasks that wait and have a
 * CID; of many only the first. The caller frees it. Not after engine_run(). */
char *engine_describe(struct engine *engine);

/* Run to the end and judge the expectations. Returns the result, to be freed with
 * record_result_free(). To be called once. */
struct record_result *engine_run(struct engine *engine);

/* Setting this flag, also from a signal handler, ends the run early: result.ended says so. */
volatile sig_atomic_t *engine_interrupted(struct engine *engine);

/* Bytes that the engine holds for tasks, run queues, timers and the model. For tests and benches.
 */
uint64_t engine_bytes(const struct engine *engine);

void engine_free(struct engine *engine);

#endif
