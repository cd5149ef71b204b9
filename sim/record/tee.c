/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/tee.h"

/* Call @member of both sinks that have it. */
#define BOTH(context, member, ...)                                                                 \
	do {                                                                                       \
		const struct record_tee *tee_ = (context);                                         \
		if (tee_->first->member)                                                           \
			tee_->first->member(tee_->first->context, __VA_ARGS__);                    \
		if (tee_->second->member)                                                          \
			tee_->second->member(tee_->second->context, __VA_ARGS__);                  \
	} while (0)

static void tee_sample(void *context, const struct record_sample *sample)
{
	BOTH(context, sample, sample);
}

static void tee_mode_switch(void *context, const struct record_mode_switch *mode_switch)
{
	BOTH(context, mode_switch, mode_switch);
}

static void tee_window(void *context, const struct record_window *window)
{
	BOTH(context, window, window);
}

static void tee_stay(void *context, const struct record_stay *stay)
{
	BOTH(context, stay, stay);
}

static void tee_switch(void *context, const struct record_switch *sched_switch)
{
	BOTH(context, sched_switch, sched_switch);
}

static void tee_wakeup(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *woken, bool is_new,
	uint32_t target_cpu)
{
	BOTH(context, sched_wakeup, time_ns, on_cpu, running, woken, is_new, target_cpu);
}

static void tee_fork(void *context, uint64_t time_ns, uint32_t cpu,
	const struct record_task *parent, const struct record_task *child)
{
	BOTH(context, sched_fork, time_ns, cpu, parent, child);
}

static void tee_exit(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	BOTH(context, sched_exit, time_ns, cpu, task);
}

static void tee_migrate(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *task, uint32_t from,
	uint32_t to)
{
	BOTH(context, sched_migrate, time_ns, on_cpu, running, task, from, to);
}

static void tee_note(void *context, const struct record_note *note)
{
	BOTH(context, note, note);
}

#define WANTED(member) (first->member || second->member)

void record_tee_init(
	struct record_tee *tee, const struct record_sink *first, const struct record_sink *second)
{
	g_assert(first && second && first != second);
	*tee = (struct record_tee){
		.first = first,
		.second = second,
		.sink = {
			.context = tee,
			.sample = WANTED(sample) ? tee_sample : NULL,
			.mode_switch = WANTED(mode_switch) ? tee_mode_switch : NULL,
			.window = WANTED(window) ? tee_window : NULL,
			.stay = WANTED(stay) ? tee_stay : NULL,
			.sched_switch = WANTED(sched_switch) ? tee_switch : NULL,
			.sched_wakeup = WANTED(sched_wakeup) ? tee_wakeup : NULL,
			.sched_fork = WANTED(sched_fork) ? tee_fork : NULL,
			.sched_exit = WANTED(sched_exit) ? tee_exit : NULL,
			.sched_migrate = WANTED(sched_migrate) ? tee_migrate : NULL,
			.note = WANTED(note) ? tee_note : NULL,
		},
	};
}
