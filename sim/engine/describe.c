/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/describe.h"

#include "sim/base/text.h"
#include "sim/engine/internal.h"
#include "sim/engine/spins.h"

enum { LINES_MAX = 32 }; /* CIDs and tasks that are listed */

static void describe_spin(struct engine *engine, GString *text, uint32_t cpu)
{
	const struct sim_cpu *c = sim_cpu(engine, cpu);
	g_autofree char *since = text_time(engine->cpus.details[cpu].spin_since_ns);
	struct record_task name = tasks_name(engine, c->curr);
	uint32_t mm = spins_mm(engine, cpu);

	g_string_append_printf(text,
		"CPU%u: task %u (%s) spins in get for a CID of %s since %s, %s\n",
		sim_cpu_id(engine, cpu), name.pid, name.name,
		recorder_account(engine->recorder, mm)->name, since,
		c->state == CPU_SPINS_FORK ? "holds the mm's mutex and lock, interrupts off"
					   : "holds the rq lock of this CPU");
}

static void describe_owner(struct engine *engine, GString *text, uint32_t mm)
{
	uint32_t owner = sim_mm(engine, mm)->mutex_owner, cpu;
	struct record_task name;

	if (owner == TASK_NONE)
		return;
	g_assert(sim_task(engine, owner)->op != OP_NONE);
	name = tasks_name(engine, owner);
	cpu = model_task(engine->model, owner)->cpu;
	g_string_append_printf(text, "CPU%u: task %u (%s) holds the mutex of %s",
		sim_cpu_id(engine, cpu), name.pid, name.name,
		recorder_account(engine->recorder, mm)->name);
	if (sim_cpu(engine, cpu)->curr == owner && sim_cpu(engine, cpu)->state == CPU_WAITS_RQ_LOCK)
		g_string_append_printf(text, ", its walk waits for the rq lock of CPU%u",
			sim_cpu_id(engine, engine->cpus.details[cpu].waits_for));
	g_string_append_c(text, '\n');
}

static void describe_cids(struct engine *engine, GString *text, uint32_t mm)
{
	const struct model_mm *m = model_mm(engine->model, mm);
	uint32_t task = TASK_NONE, shown = 0;

	for (uint32_t cpu = 0; cpu < engine->cpus.count && shown < LINES_MAX / 2; cpu++) {
		cid_word word = model_word(engine->model, m, cpu);

		if (!cid_is_cpu_owned(word))
			continue;
		g_string_append_printf(text, "CID %u: CPU-owned by CPU%u\n", cid_number(word),
			sim_cpu_id(engine, cpu));
		shown++;
	}
	while (shown < LINES_MAX &&
		(task = users_before(engine->model, mm, task)) != TASK_NONE) {
		const struct model_task *t = model_task(engine->model, task);

		if (cid_is_task_owned(t->cid) ||
			(cid_is_in_transit(t->cid) && !cid_is_unset(t->cid))) {
			g_string_append_printf(text, "CID %u: %s by task %u, %s CPU%u\n",
				cid_number(t->cid),
				cid_is_in_transit(t->cid) ? "in transit, held" : "task-owned",
				sim_task(engine, task)->pid,
				model_is_running(engine->model, task) ? "running on" : "last on",
				sim_cpu_id(engine, t->cpu));
			shown++;
		}
	}
}

static bool spins_for(struct engine *engine, uint32_t cpu, uint32_t mm)
{
	const struct sim_cpu *c = sim_cpu(engine, cpu);

	return (c->state == CPU_SPINS_SWITCH || c->state == CPU_SPINS_FORK) &&
	       spins_mm(engine, cpu) == mm;
}

static char *finish(GString *text)
{
	if (text->len > 0)
		g_string_truncate(text, text->len - 1); /* the last line end */
	return g_string_free(text, FALSE);
}

char *describe_spins(struct engine *engine, uint32_t mm, const bool *freed)
{
	GString *text = g_string_new(NULL);

	g_assert(model_mm(engine->model, mm)->live);
	for (guint i = 0; i < engine->spins.cpus->len; i++) {
		uint32_t cpu = g_array_index(engine->spins.cpus, uint32_t, i);

		if (spins_for(engine, cpu, mm) && !(freed && freed[cpu]))
			describe_spin(engine, text, cpu);
	}
	describe_owner(engine, text, mm);
	describe_cids(engine, text, mm);
	return finish(text);
}

static void describe_running(struct engine *engine, GString *text, uint32_t mm)
{
	uint32_t shown = 0;

	for (uint32_t cpu = 0; cpu < engine->cpus.count && shown < LINES_MAX; cpu++) {
		uint32_t curr = model_cpu(engine->model, cpu)->curr;
		const struct model_task *t =
			curr == TASK_NONE ? NULL : model_task(engine->model, curr);
		struct record_task name;

		if (!t || !t->has_mm || t->mm != mm)
			continue;
		g_assert(t->cpu == cpu);
		name = tasks_name(engine, curr);
		g_string_append_printf(text, "CPU%u: task %u (%s) runs, word 0x%x%s\n",
			sim_cpu_id(engine, cpu), name.pid, name.name, cid_to_kernel(t->cid),
			t->active ? "" : ", inactive");
		shown++;
	}
}

char *describe_mm(struct engine *engine, uint32_t mm)
{
	const struct model_mm *m = model_mm(engine->model, mm);
	GString *text = g_string_new(NULL);

	g_assert(m->live);
	g_string_append_printf(text,
		"mode %s%s, %u users, max_cids %u, pcpu_thrs %u, %u CIDs taken\n",
		mm_is_per_cpu(m) ? "per CPU" : "per task",
		m->mode & MODE_TRANSIT ? " in transit" : "", m->users, m->max_cids, m->pcpu_thrs,
		m->taken);
	describe_running(engine, text, mm);
	describe_owner(engine, text, mm);
	describe_cids(engine, text, mm);
	return finish(text);
}
