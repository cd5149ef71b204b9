/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/replay-world.h"

#include <check.h>

#include "sim/replay/kernels.h"

enum { CPUS = 4 };

static uint32_t same_pid(void *context, uint32_t task)
{
	(void)context;
	return task;
}

struct replay_world *replay_world_new(const char *revision, bool stepwise)
{
	const struct scenario_overrides overrides = { .revision = revision };
	struct replay_world *w = g_new0(struct replay_world, 1);

	w->info = (struct trace_info){ .kernel = "",
		.workload = "",
		.revision = "",
		.flags = "",
		.scenario = "",
		.stepwise = stepwise,
		.possible = g_array_new(FALSE, FALSE, sizeof(uint32_t)) };
	w->options.orders_max = 64;
	w->replay.options = &w->options;
	w->replay.info = &w->info;
	w->replay.scenario = machine_of_trace("trace", &w->info, "0-3", &overrides, NULL);
	ck_assert_ptr_nonnull(w->replay.scenario);
	w->replay.recorder = recorder_new(w->replay.scenario, NULL, 0, same_pid, NULL);
	w->replay.verdict = verdict_new();
	w->tables = tables_new(&w->replay);
	return w;
}

void replay_world_free(struct replay_world *w)
{
	events_end(w->tables);
	tables_free(w->tables);
	record_result_free(recorder_finish(w->replay.recorder, NULL));
	recorder_free(w->replay.recorder);
	verdict_free(w->replay.verdict);
	scenario_free(w->replay.scenario);
	g_array_free(w->info.possible, TRUE);
	g_free(w);
}

struct trace_event world_event(
	struct replay_world *w, enum trace_kind kind, uint32_t pid, uint32_t cpu)
{
	struct trace_event event = {
		.kind = kind,
		.line = ++w->line,
		.time_ns = w->line * 1000,
		.cpu = cpu,
		.pid = pid,
		.changed = -1,
		.new_mm = -1,
		.new_group = -1,
		.other_cpu = UINT32_MAX,
		.cpu_word = TRACE_WORD_UNKNOWN,
		.prev_cpu_word = TRACE_WORD_UNKNOWN,
	};

	event.task = (struct trace_task){
		.pid = TRACE_PID_UNKNOWN, .word = TRACE_WORD_UNKNOWN, .active = -1
	};
	event.prev = event.task;
	event.mm.deferred = event.prev_mm.deferred = -1;
	return event;
}

void world_take(struct replay_world *w, struct trace_event event)
{
	w->replay.recorder->now_ns = event.time_ns;
	events_next(w->tables, &event);
}

struct trace_mm world_values(uint8_t mode, uint32_t users, uint32_t max_cids, uint32_t thrs)
{
	return (struct trace_mm){
		.known = true,
		.address = WORLD_MM,
		.mode = mode,
		.users = users,
		.max_cids = max_cids,
		.pcpu_thrs = thrs,
		.allowed_count = CPUS,
		.deferred = -1,
	};
}

static struct trace_event about(struct replay_world *w, enum trace_kind kind, uint32_t pid,
	uint32_t cpu, uint32_t task, uint32_t word)
{
	struct trace_event event = world_event(w, kind, pid, cpu);

	event.task.pid = task;
	event.task.tgid = 100;
	event.task.mm_known = true;
	event.task.mm = event.mm.address = WORLD_MM;
	event.task.word = word;
	return event;
}

/* Entry, decision and return. */
static void op(struct replay_world *w, enum trace_kind kind, uint32_t pid, uint32_t task,
	uint32_t cpu, uint32_t before, uint32_t after)
{
	struct trace_event event = about(w, kind, pid, cpu, task, before);

	if (kind == TRACE_FORK && !world_process(w))
		event.mm = world_values(0, 0, 0, 0);
	world_take(w, event);
	event = world_event(w, TRACE_DECIDE, pid, cpu);
	event.mm.address = WORLD_MM;
	world_take(w, event);
	event = world_event(w, TRACE_DECIDE_END, pid, cpu);
	event.mm.address = WORLD_MM;
	world_take(w, event);
	world_take(w, about(w, kind == TRACE_FORK ? TRACE_FORK_END : TRACE_EXIT_END, pid, cpu, task,
			      after));
}

void world_fork(struct replay_world *w, uint32_t pid, uint32_t child, uint32_t cpu, uint32_t word)
{
	op(w, TRACE_FORK, pid, child, cpu, CID_KERNEL_UNSET, word);
}

void world_exit(struct replay_world *w, uint32_t pid, uint32_t cpu, uint32_t word)
{
	op(w, TRACE_EXIT, pid, pid, cpu, word, CID_KERNEL_UNSET);
}

void world_switch(struct replay_world *w, uint32_t cpu, uint32_t prev, uint32_t prev_word,
	uint32_t next, uint32_t next_word)
{
	struct trace_event event = world_event(w, TRACE_SWITCH, prev, cpu);

	event.prev.pid = prev;
	event.prev.word = prev_word;
	event.task.pid = next;
	event.task.word = next_word;
	world_take(w, event);
}

struct process *world_process(const struct replay_world *w)
{
	return tables_at(w->tables, WORLD_MM);
}

const struct model *world_model(const struct replay_world *w)
{
	ck_assert_ptr_nonnull(world_process(w));
	ck_assert_uint_eq(states_count(&world_process(w)->mm->states), 1);
	return &states_first(&world_process(w)->mm->states)->model;
}

guint world_differences(const struct replay_world *w)
{
	return w->replay.verdict->differences->len;
}
