/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/internal.h"

/*
 * Timed actions. Those that somebody else does to a task (affinity, waking, CPUs) are done at
 * once; those that a task does itself are asked of it, and it does them as soon as it is in user
 * space on a CPU: a task that sleeps is woken for it.
 */

/* The run cannot do what stands in @line. */
static void fail(struct engine *engine, uint32_t line, const char *what)
{
	if (engine->input_error)
		return;
	engine->input_error = g_string_new(NULL);
	g_string_printf(engine->input_error, "%u: %s", line, what);
	engine->ended = true;
	engine->ended_why = "bad action";
}

static bool is_alive(struct engine *engine, uint32_t task, uint32_t pid)
{
	const struct sim_task *t;

	if (task == TASK_NONE)
		return false;
	t = sim_task(engine, task);
	/* One on its way out does nothing more that is asked of it. */
	return t->pid == pid && t->state != TASK_FREE && t->state != TASK_DIES &&
	       t->op != OP_EXIT && !t->leaves;
}

void actions_ask(struct engine *engine, uint32_t task, uint32_t pid, const struct request *request,
	uint32_t line)
{
	struct sim_task *t;
	struct request *copy, *first;

	if (!is_alive(engine, task, pid)) {
		fail(engine, line, "the task of this action does not exist at that time");
		return;
	}
	t = sim_task(engine, task);
	copy = g_memdup2(request, sizeof(*request));
	copy->next = NULL;
	first = g_hash_table_lookup(engine->requests, GUINT_TO_POINTER(task + 1));
	if (first) {
		while (first->next)
			first = first->next;
		first->next = copy;
	} else {
		g_hash_table_insert(engine->requests, GUINT_TO_POINTER(task + 1), copy);
	}
	t->asked = 1;
	if (t->stage != STAGE_USER)
		return; /* it comes back from the kernel by itself */
	if (t->state == TASK_RUNS)
		cpus_kick(engine, model_task(engine->model, task)->cpu);
	else if (t->state == TASK_SLEEPS || t->state == TASK_WAITS)
		cpus_wake_soon(engine, task);
}

bool actions_take(struct engine *engine, uint32_t task, struct request *request)
{
	gpointer key = GUINT_TO_POINTER(task + 1);
	struct request *first = g_hash_table_lookup(engine->requests, key);

	if (!first) {
		sim_task(engine, task)->asked = 0;
		return false;
	}
	*request = *first;
	g_hash_table_remove(engine->requests, key);
	if (request->next)
		g_hash_table_insert(engine->requests, key, request->next);
	else
		sim_task(engine, task)->asked = 0;
	g_free(first);
	return true;
}

void actions_forget(struct engine *engine, uint32_t task)
{
	struct request request;

	while (sim_task(engine, task)->asked && actions_take(engine, task, &request))
		continue;
}

static void wake(struct engine *engine, uint32_t task)
{
	const struct sim_task *t = sim_task(engine, task);

	if (t->stage == STAGE_USER && (t->state == TASK_SLEEPS || t->state == TASK_WAITS))
		cpus_wake_soon(engine, task);
}

/* The action, done to or by one task. */
static void act_on(
	struct engine *engine, const struct scenario_action *action, uint32_t task, uint32_t pid)
{
	struct request request = {
		.verb = action->verb,
		.unit = engine->unit_of_group + action->target,
		.mm = action->target,
		.count = action->count,
		.number = INDEX_NONE,
		.sleep_ns = action->sleep_ns,
	};

	if (!is_alive(engine, task, pid)) {
		fail(engine, action->line, "the task of this action does not exist at that time");
	} else if (action->verb == ACT_AFFINITY) {
		kernel_affinity_now(engine, task, mask_intern(engine, &action->cpus));
	} else if (action->verb == ACT_WAKE) {
		wake(engine, task);
	} else {
		actions_ask(engine, task, pid, &request, action->line);
	}
}

static void act_on_cpus(struct engine *engine, const struct scenario_action *action)
{
	bool online = action->verb == ACT_CPU_ON;

	for (uint32_t cpu = 0; cpu < engine->cpus_count; cpu++) {
		if (!cpu_set_has(&action->cpus, cpu))
			continue;
		if (!online && engine->cpus[cpu].online && engine->online_count == 1) {
			fail(engine, action->line, "the last CPU cannot go offline");
			return;
		}
		cpus_set_online(engine, cpu, online);
	}
}

static GArray *members_of(struct engine *engine, const struct scenario_ref *ref)
{
	uint32_t unit = ref->index;

	switch (ref->kind) {
	case REF_NONE:
		return NULL;
	case REF_MM_MAIN:
		unit += engine->unit_of_mm;
		break;
	case REF_GROUP:
		unit += engine->unit_of_group;
		break;
	case REF_RAMP:
		unit += engine->unit_of_ramp;
		break;
	case REF_POOL:
		unit += engine->unit_of_worker;
		break;
	}
	return g_array_index(engine->units, struct unit, unit).members;
}

/* A fork without "by TASK": the first task of the (first process of the) group's mm does it. */
static void act_by_first_task(struct engine *engine, const struct scenario_action *action)
{
	uint32_t mm = action->verb == ACT_FORK_PROCESS
	                      ? action->target
	                      : engine->scenario->groups[action->target].mm;
	uint32_t process = engine->scenario->mms[mm].first;

	act_on(engine, action, engine->main_of_process[process], engine->main_pid[process]);
}

static void act(struct engine *engine, const struct scenario_action *action)
{
	GArray *members = members_of(engine, &action->who);
	guint found = 0;

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

		if (!is_alive(engine, who.task, who.pid))
			continue;
		act_on(engine, action, who.task, who.pid);
		found++;
	}
	if (found == 0)
		fail(engine, action->line, "no such task exists at that time");
}

uint64_t actions_next_ns(const struct engine *engine)
{
	if (engine->next_moment == engine->timeline->len)
		return NEVER;
	return g_array_index(engine->timeline, struct moment, engine->next_moment).time_ns;
}

void actions_do(struct engine *engine)
{
	struct moment moment =
		g_array_index(engine->timeline, struct moment, engine->next_moment++);

	recorder_mix(engine->recorder, moment.time_ns ^ (uint64_t)moment.kind << 62);
	if (moment.kind == MOMENT_ACTION)
		act(engine, &engine->scenario->actions[moment.index]);
	else
		workload_moment(engine, &moment);
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

void actions_plan(struct engine *engine)
{
	const struct scenario *s = engine->scenario;

	engine->timeline = g_array_new(FALSE, FALSE, sizeof(struct moment));
	for (uint32_t mm = 0; mm < s->mms_count; mm++) {
		for (uint32_t process = 0; process < s->mms[mm].count; process++)
			add_moment(
				engine->timeline, s->mms[mm].start_ns, MOMENT_PROCESS, mm, process);
	}
	for (uint32_t group = 0; group < s->groups_count; group++) {
		const struct scenario_mm *mm = &s->mms[s->groups[group].mm];
		uint64_t at = MAX(s->groups[group].start_ns, mm->start_ns);

		for (uint32_t process = 0; s->groups[group].count && process < mm->count; process++)
			add_moment(engine->timeline, at, MOMENT_GROUP, group, process);
	}
	for (uint32_t action = 0; action < s->actions_count; action++)
		add_moment(engine->timeline, s->actions[action].time_ns, MOMENT_ACTION, action, 0);
	g_array_sort(engine->timeline, compare_moments);
}
