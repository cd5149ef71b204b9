/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLAY_WATCH_PRIVATE_H
#define CIDSIM_SIM_PLAY_WATCH_PRIVATE_H

/* What the watchers share: of CPUs (watch-cpus.c), of tasks (watch-tasks.c), of all (watch.c). */

#include "sim/play/play.h"
#include "sim/play/watch.h"
#include "sim/record/emit.h"

enum { MM = 0, ACCOUNT = 0 };

struct watch_cpu_state {
	/* the task that the first half of a switch has taken off, until the second half */
	enum record_prev_state left_state;
	struct emit_side left_side;
	uint64_t since_ns; /* its task is there, or it idles, since */
	uint64_t spin_since_ns;
	struct emit_seen seen;
};

static const struct emit_side nobody = { TASK_NONE, ACCOUNT_NONE, 0 };

struct watch {
	struct recorder *recorder;
	struct emitter emit;
	const struct machine_config *config;
	/* the step that is being recorded */
	const struct machine *before, *after;
	const struct explore_step *step;
	struct watch_cpu_state cpus[MACHINE_CPUS_MAX];
	uint64_t fork_spin_since_ns;
	uint32_t group_pid[MACHINE_TASKS_MAX];
	uint16_t shown[MACHINE_TASKS_MAX]; /* the CID that user space saw last */
	uint16_t elsewhere;                /* tasks that an exec has taken to another mm */
};

static inline uint64_t watch_now(const struct watch *watch)
{
	return watch->recorder->now_ns;
}

static inline struct record_result *watch_totals(const struct watch *watch)
{
	return watch->recorder->result;
}

static inline const struct model_cpu *watch_cpu_of(const struct machine *machine, uint32_t cpu)
{
	return model_cpu_const(machine_model_const(machine), cpu);
}

static inline const struct model_task *watch_task_of(const struct machine *machine, uint32_t task)
{
	return model_task_const(machine_model_const(machine), task);
}

static inline bool watch_is_elsewhere(const struct watch *watch, uint32_t task)
{
	return watch->elsewhere >> task & 1;
}

/* A note of the log, by who runs on @cpu after the step. */
static inline void watch_note(
	struct watch *watch, uint32_t cpu, const char *event, const char *text)
{
	emit_note(&watch->emit, cpu, watch_cpu_of(watch->after, cpu)->curr, event, text);
}

/* watch-cpus.c */

/* What the step has changed of @cpu: switches, stays, spins. */
void watch_cpu(struct watch *watch, uint32_t cpu);

/* A get of a fork has begun to spin, or has ended. */
void watch_fork_spin(struct watch *watch);

/* Is the holder of the mutex in the get of a fork that did not end at once? */
bool watch_fork_spins(const struct machine *machine);

/* rseq is written: user space sees the word of @task, which runs on @cpu, as it is now. */
void watch_show_cid(struct watch *watch, uint32_t cpu, uint32_t task);

/* @task has been on @cpu until now. */
void watch_end_stay(struct watch *watch, uint32_t cpu, uint32_t task);

/* The switch on @cpu, from the task that the first half has taken off, to @next. */
void watch_log_switch(struct watch *watch, uint32_t cpu, uint32_t next);

/* watch-tasks.c */

/* @task is new, or has come from another CPU: before its switches. */
void watch_place(struct watch *watch, uint32_t task);

/* What the step has changed of @task: fork, exit, exec, wake-up. */
void watch_task(struct watch *watch, uint32_t task);

/* The id of the thread group of @task. */
uint32_t watch_group_pid(const struct watch *watch, const struct machine *machine, uint32_t task);

#endif
