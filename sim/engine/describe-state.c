/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdarg.h>

#include "model/pool.h"
#include "sim/base/cpu-ids.h"
#include "sim/engine/describe.h"
#include "sim/engine/internal.h"
#include "sim/engine/spins.h"
#include "sim/machine/describe.h"

/* Lines at the most, of a kind. */
enum { MMS_MAX = 8, CPUS_MAX = 32, TASKS_MAX = 32 };

static bool is_spinning(const struct engine *engine, uint32_t cpu)
{
	uint8_t state = sim_cpu(engine, cpu)->state;

	return state == CPU_SPINS_SWITCH || state == CPU_SPINS_FORK;
}

static uint32_t account_of_mm(const struct engine *engine, uint32_t mm)
{
	return engine->recorder->mms[mm].account;
}

static const char *mm_name(const struct engine *engine, uint32_t mm)
{
	return record_account_name(engine->totals->accounts, account_of_mm(engine, mm), "-");
}

void engine_lane(struct engine *engine, uint32_t cpu, struct record_lane *lane)
{
	uint32_t curr = model_cpu(engine->model, cpu)->curr;
	const struct model_task *t;

	g_assert(cpu < engine->cpus.count);
	*lane = (struct record_lane){ .task = tasks_name(engine, curr),
		.account = ACCOUNT_NONE,
		.spins = is_spinning(engine, cpu) };
	if (curr == TASK_NONE) {
		if (engine->mms.used == 1 && model_mm(engine->model, 0)->live)
			lane->cpu_word = model_word(engine->model, model_mm(engine->model, 0), cpu);
		return;
	}
	t = model_task(engine->model, curr);
	lane->word = t->cid;
	if (!t->has_mm)
		return;
	lane->account = account_of_mm(engine, t->mm);
	lane->cpu_word = model_word(engine->model, model_mm(engine->model, t->mm), cpu);
}

static void add_task(struct engine *engine, GString *text, uint32_t task)
{
	struct record_task name = tasks_name(engine, task);

	g_assert(task != TASK_NONE);
	g_string_append_printf(text, "%s %u", name.name, name.pid);
}

static void add_word(GString *text, const char *what, cid_word word)
{
	char buffer[DESCRIBE_WORD_MAX];

	g_string_append_printf(text, "%sword %s", what, describe_word(word, buffer));
}

/* "; fork: walk": the operation that @task is in, and its stage. */
static void add_op(struct engine *engine, GString *text, uint32_t task)
{
	const struct sim_task *t = sim_task(engine, task);

	if (t->op != OP_NONE)
		g_string_append_printf(text, "; %s: %s", task_op_to_string((enum task_op)t->op),
			task_stage_to_string((enum task_stage)t->stage));
}

static void add_taken(struct engine *engine, GString *text, uint32_t mm)
{
	struct cpu_ids taken = { 0 };
	g_autofree char *list = NULL;

	for (uint32_t number = 0; number < engine->cpus.count; number++) {
		if (pool_is_taken(engine->model, mm, number))
			cpu_ids_add(&taken, number);
	}
	list = taken.count > 0 ? cpu_ids_to_string(&taken) : g_strdup("none");
	g_string_append_printf(text, "; CIDs taken: %s\n", list);
}

static void add_owner(struct engine *engine, GString *text, uint32_t mm)
{
	uint32_t owner = sim_mm(engine, mm)->mutex_owner, cpu;

	if (owner == TASK_NONE)
		return;
	g_string_append(text, "  ");
	add_task(engine, text, owner);
	g_string_append(text, " holds the mutex");
	add_op(engine, text, owner);
	cpu = model_task(engine->model, owner)->cpu;
	if (sim_cpu(engine, cpu)->curr == owner && sim_cpu(engine, cpu)->state == CPU_WAITS_RQ_LOCK)
		g_string_append_printf(text, ", waits for the rq lock of CPU%u",
			sim_cpu_id(engine, engine->cpus.details[cpu].waits_for));
	g_string_append_c(text, '\n');
}

static void add_mm(struct engine *engine, GString *text, uint32_t mm)
{
	const struct model_mm *m = model_mm(engine->model, mm);

	g_assert(m->live);
	g_string_append_printf(text,
		"%s: mode %s%s; %u user%s; max_cids %u; pcpu_thrs %u\n  CPUs allowed %u",
		mm_name(engine, mm), mm_is_per_cpu(m) ? "per CPU" : "per task",
		m->mode & MODE_TRANSIT ? " in transit" : "", m->users, m->users == 1 ? "" : "s",
		m->max_cids, m->pcpu_thrs, m->allowed_count);
	add_taken(engine, text, mm);
	add_owner(engine, text, mm);
}

static void add_running(struct engine *engine, GString *text, uint32_t cpu, uint32_t curr)
{
	const struct model_task *t = model_task(engine->model, curr);

	g_assert(t->cpu == cpu);
	g_string_append_printf(text, "CPU%u: ", sim_cpu_id(engine, cpu));
	if (t->has_mm)
		add_word(text, "", model_word(engine->model, model_mm(engine->model, t->mm), cpu));
	g_string_append(text, t->has_mm ? "; runs " : "runs ");
	add_task(engine, text, curr);
	if (t->has_mm)
		add_word(text, " with ", t->cid);
	add_op(engine, text, curr);
	if (is_spinning(engine, cpu))
		g_string_append_printf(text, "; spins in get, holds %s",
			sim_cpu(engine, cpu)->state == CPU_SPINS_FORK ? "the mm's lock"
								      : "its rq lock");
	g_string_append_c(text, '\n');
}

/* With one mm also an idle CPU has its word. */
static void add_cpu(struct engine *engine, GString *text, uint32_t cpu, uint32_t only_mm)
{
	uint32_t curr = model_cpu(engine->model, cpu)->curr;

	if (curr != TASK_NONE) {
		add_running(engine, text, cpu, curr);
		return;
	}
	g_string_append_printf(text, "CPU%u: ", sim_cpu_id(engine, cpu));
	if (only_mm != MM_NONE) {
		add_word(
			text, "", model_word(engine->model, model_mm(engine->model, only_mm), cpu));
		g_string_append(text, "; ");
	}
	g_string_append(text, sim_cpu(engine, cpu)->online ? "idles\n" : "is offline\n");
}

static const char *const waits[TASK_STATES] = {
	[TASK_WAITS] = "waits",
	[TASK_SLEEPS] = "sleeps",
	[TASK_QUEUED] = "queued",
	[TASK_BLOCKED] = "waits for the mutex",
};

/* One that does not run, but has a CID or waits for who holds the mutex. */
static bool add_waiting(struct engine *engine, GString *text, uint32_t task)
{
	const struct model_task *t = model_task(engine->model, task);
	const struct sim_task *s = sim_task(engine, task);

	if (model_is_running(engine->model, task) || !waits[s->state] ||
		(cid_is_unset(t->cid) && s->state != TASK_BLOCKED))
		return false;
	add_task(engine, text, task);
	add_word(text, ": ", t->cid);
	g_string_append_printf(text, "; %s, CPU%u\n", waits[s->state], sim_cpu_id(engine, t->cpu));
	return true;
}

static uint32_t add_tasks(struct engine *engine, GString *text, uint32_t mm, uint32_t shown)
{
	const struct model_mm *m = model_mm(engine->model, mm);
	uint32_t task = m->newest;

	if (task == TASK_NONE)
		return shown;
	do {
		task = model_task(engine->model, task)->newer; /* the oldest first */
		if (shown < TASKS_MAX && model_task(engine->model, task)->active)
			shown += add_waiting(engine, text, task);
	} while (task != m->newest && shown < TASKS_MAX);
	return shown;
}

static void add_cut(GString *text, uint32_t count, uint32_t max, const char *what)
{
	if (count > max)
		g_string_append_printf(text, "… %u more %s\n", count - max, what);
}

char *engine_describe(struct engine *engine)
{
	GString *text = g_string_new(NULL);
	uint32_t live = 0, shown = 0, only = MM_NONE;

	for (uint32_t mm = 0; mm < engine->mms.used; mm++) {
		if (!model_mm(engine->model, mm)->live)
			continue;
		if (live++ < MMS_MAX)
			add_mm(engine, text, mm);
		only = live == 1 ? mm : MM_NONE;
	}
	add_cut(text, live, MMS_MAX, "mms");
	for (uint32_t cpu = 0; cpu < MIN(engine->cpus.count, CPUS_MAX); cpu++)
		add_cpu(engine, text, cpu, only);
	add_cut(text, engine->cpus.count, CPUS_MAX, "CPUs");
	for (uint32_t mm = 0; mm < engine->mms.used && shown < TASKS_MAX; mm++) {
		if (model_mm(engine->model, mm)->live)
			shown = add_tasks(engine, text, mm, shown);
	}
	if (shown == TASKS_MAX)
		g_string_append(text, "… and maybe more tasks with CIDs\n");
	return g_string_free(text, FALSE);
}
