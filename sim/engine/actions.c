/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/actions.h"

#include "sim/engine/affinity.h"
#include "sim/engine/cpus.h"
#include "sim/engine/internal.h"
#include "sim/engine/processes.h"
#include "sim/engine/queues.h"
#include "sim/engine/workload.h"

/* The action, done to or by one task. */
static void act_on(
	struct engine *engine, const struct scenario_action *action, uint32_t task, uint32_t pid)
{
	struct request request = {
		.verb = action->verb,
		.unit = engine->units.first[UNIT_GROUP] + action->target,
		.mm = action->target,
		.count = action->count,
		.number = INDEX_NONE,
		.sleep_ns = action->sleep_ns,
	};

	g_assert(task == TASK_NONE || task < engine->tasks.used);
	if (!workload_is_alive(engine, task, pid)) {
		workload_fail(engine, action->line,
			"the task of this action does not exist at that time");
	} else if (action->verb == ACT_AFFINITY) {
		affinity_set(engine, task, masks_intern(&engine->masks, &action->cpus));
	} else if (action->verb == ACT_WAKE) {
		queues_wake_idle(engine, task);
	} else {
		workload_ask(engine, task, pid, &request, action->line);
	}
}

static void act_on_cpus(struct engine *engine, const struct scenario_action *action)
{
	bool online = action->verb == ACT_CPU_ON;

	g_assert(action->verb == ACT_CPU_ON || action->verb == ACT_CPU_OFF);
	for (uint32_t cpu = 0; cpu < engine->cpus.count; cpu++) {
		if (!cpu_set_has(&action->cpus, cpu))
			continue;
		if (!online && sim_cpu(engine, cpu)->online && engine->cpus.online == 1) {
			workload_fail(engine, action->line, "the last CPU cannot go offline");
			return;
		}
		cpus_set_online(engine, cpu, online);
	}
}

/* A fork without "by TASK": the first task of the (first process of the) group's mm does it. */
static void act_by_first_task(struct engine *engine, const struct scenario_action *action)
{
	uint32_t mm = action->verb == ACT_FORK_PROCESS
	                      ? action->target
	                      : engine->scenario->groups[action->target].mm;
	uint32_t process = engine->scenario->mms[mm].first;

	g_assert(process < engine->scenario->processes_count);
	act_on(engine, action, engine->processes.main[process], engine->processes.pid[process]);
}

static void act(struct engine *engine, const struct scenario_action *action)
{
	GArray *members = units_members(&engine->units, &action->who);
	guint found = 0;

	g_assert(action->time_ns == engine->now_ns && !engine->end.ended);
	if (action->verb == ACT_CPU_OFF || action->verb == ACT_CPU_ON) {
		act_on_cpus(engine, action);
		return;
	}
	if (!members) {
		act_by_first_task(engine, action);
		return;
	}
	if (action->who.number >= 0) {
		struct member none = { .task = TASK_NONE };
		struct member who =
			action->who.number < members->len
				? g_array_index(members, struct member, action->who.number)
				: none;

		act_on(engine, action, who.task, who.pid);
		return;
	}
	for (guint i = 0; i < members->len; i++) {
		struct member who = g_array_index(members, struct member, i);

		if (!workload_is_alive(engine, who.task, who.pid))
			continue;
		act_on(engine, action, who.task, who.pid);
		found++;
	}
	if (found == 0)
		workload_fail(engine, action->line, "no such task exists at that time");
}

uint64_t actions_next_ns(const struct engine *engine)
{
	if (engine->timeline.next == engine->timeline.moments->len)
		return NEVER;
	return g_array_index(engine->timeline.moments, struct moment, engine->timeline.next)
	        .time_ns;
}

void actions_do(struct engine *engine)
{
	struct moment moment =
		g_array_index(engine->timeline.moments, struct moment, engine->timeline.next++);

	g_assert(engine->timeline.next <= engine->timeline.moments->len);
	g_assert(moment.time_ns == engine->now_ns);
	recorder_mix(engine->recorder, moment.time_ns ^ (uint64_t)moment.kind << 62);
	if (moment.kind == MOMENT_ACTION)
		act(engine, &engine->scenario->actions[moment.index]);
	else if (moment.kind == MOMENT_PROCESS)
		processes_start(engine, moment.index, moment.process);
	else
		processes_start_group(engine, moment.index, moment.process);
}

static gint compare_moments(gconstpointer a, gconstpointer b)
{
	const struct moment *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return x->process < y->process ? -1 : x->process > y->process;
}

static void add_moment(
	GArray *timeline, uint64_t time_ns, enum moment_kind kind, uint32_t index, uint32_t process)
{
	struct moment moment = { time_ns, kind, index, process };

	g_array_append_val(timeline, moment);
}

void actions_init(struct engine *engine)
{
	const struct scenario *s = engine->scenario;

	g_assert(engine->now_ns == 0);
	engine->timeline.moments = g_array_new(FALSE, FALSE, sizeof(struct moment));
	for (uint32_t mm = 0; mm < s->mms_count; mm++) {
		for (uint32_t process = 0; process < s->mms[mm].count; process++)
			add_moment(engine->timeline.moments, s->mms[mm].start_ns, MOMENT_PROCESS,
				mm, process);
	}
	for (uint32_t group = 0; group < s->groups_count; group++) {
		const struct scenario_mm *mm = &s->mms[s->groups[group].mm];
		uint64_t at = MAX(s->groups[group].start_ns, mm->start_ns);

		for (uint32_t process = 0; s->groups[group].count && process < mm->count; process++)
			add_moment(engine->timeline.moments, at, MOMENT_GROUP, group, process);
	}
	for (uint32_t action = 0; action < s->actions_count; action++)
		add_moment(engine->timeline.moments, s->actions[action].time_ns, MOMENT_ACTION,
			action, 0);
	g_assert(engine->timeline.moments->len >= s->processes_count + s->actions_count);
	g_array_sort(engine->timeline.moments, compare_moments);
}

void actions_clear(struct timeline *timeline)
{
	g_array_free(timeline->moments, TRUE);
}
