/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/internal.h"

#include <assert.h>
#include <string.h>

#include "model/candidate.h"

/*
 * CPUs that spin in get. They try again whenever the mm may have freed a number. From time to time
 * all of them are looked at together: where nothing that could free a number can run any more, the
 * run is over with a live lock. Source: docs/protocol.md, sections 4, 8 (I3) and 11.
 *
 * With bounded-get every spin ends by itself after so many rounds, so none is a live lock: its task
 * goes on without a number. Source: docs/protocol.md, section 7, bounded-get.
 */

enum { CHECK_PERIOD_NS = 1000000, ROUNDS_MAX = 32 };

uint32_t spins_mm(struct engine *engine, uint32_t cpu)
{
	const struct sim_cpu *c = &engine->cpus[cpu];
	const struct sim_task *t = sim_task(engine, c->curr);

	if (c->state == CPU_SPINS_FORK && t->op == OP_FORK)
		return model_task(engine->model, op_of(engine, t)->child)->mm;
	return model_task(engine->model, c->curr)->mm;
}

uint32_t spins_task(struct engine *engine, uint32_t cpu)
{
	const struct sim_cpu *c = &engine->cpus[cpu];
	const struct sim_task *t = sim_task(engine, c->curr);

	return c->state == CPU_SPINS_FORK && t->op == OP_FORK ? op_of(engine, t)->child : c->curr;
}

void spins_begin(struct engine *engine, uint32_t cpu, uint32_t mm)
{
	struct sim_cpu *c = &engine->cpus[cpu];

	if (c->state != CPU_SPINS_FORK) {
		c->state = CPU_SPINS_SWITCH;
		c->lock_until_ns = NEVER;
		engine->details[cpu].stay_start_ns = engine->now_ns;
	}
	engine->details[cpu].spin_since_ns = engine->now_ns;
	cputree_set(engine->tree, cpu, CPUTREE_NEVER);
	engine->mms[mm].spinners++;
	g_array_append_val(engine->spinning, cpu);
	engine->spin_check_ns = engine->livelock_check_ns = engine->now_ns;
}

void spins_log(struct engine *engine, uint32_t cpu)
{
	uint32_t mm = spins_mm(engine, cpu);
	const char *name = recorder_account(engine->recorder, mm)->name;
	const char *quote = strchr(name, ' ') ? "\"" : "";

	log_note(engine, cpu, "spin", "mm=%s%s%s pid=%u mm_id=%u", quote, name, quote,
		sim_task(engine, spins_task(engine, cpu))->pid, engine->mms[mm].serial);
}

static void apply_late_affinities(struct engine *engine)
{
	GArray *late = engine->late_affinities;

	engine->late_affinities = g_array_new(FALSE, FALSE, sizeof(struct late_affinity));
	for (guint i = 0; i < late->len; i++) {
		struct late_affinity change = g_array_index(late, struct late_affinity, i);

		if (sim_task(engine, change.task)->pid == change.pid &&
			sim_task(engine, change.task)->state != TASK_FREE)
			kernel_affinity_now(engine, change.task, change.mask);
	}
	g_array_free(late, TRUE);
}

static void log_end(struct engine *engine, uint32_t cpu, uint32_t mm, const char *how)
{
	const struct model_mm *m = model_mm(engine->model, mm);
	uint32_t task = spins_task(engine, cpu);
	struct log_text text;

	log_begin(&text);
	log_number(&text, "ns=", engine->now_ns - engine->details[cpu].spin_since_ns);
	log_pid(engine, &text, " pid=", task);
	log_word(&text, " word=", model_task(engine->model, task)->cid);
	log_word(&text, " cpu_word=", model_word(engine->model, m, cpu));
	log_number(&text, " taken=", m->taken);
	log_mm(engine, &text, mm);
	log_send(engine, cpu, how, &text);
}

/* The spin of @cpu is over, as @how says in the log. */
static void ended(struct engine *engine, uint32_t cpu, uint32_t mm, const char *how)
{
	struct sim_cpu *c = &engine->cpus[cpu];

	engine->mms[mm].spinners--;
	recorder_spun(engine->recorder, mm, engine->now_ns - engine->details[cpu].spin_since_ns);
	recorder_mix(engine->recorder, (uint64_t)cpu << 48 ^ engine->now_ns);
	if (engine->log)
		log_end(engine, cpu, mm, how);
	if (c->state == CPU_SPINS_FORK)
		kernel_fork_got(engine, cpu);
	else
		cpus_spin_ended(engine, cpu);
	if (engine->late_affinities->len > 0)
		apply_late_affinities(engine);
}

struct step spins_set_found(
	struct engine *engine, uint32_t cpu, struct step step, struct model_observer *observer)
{
	if (step.outcome == STEP_FOUND)
		return switch_spin(engine->model, cpu, observer);
	return step;
}

struct step spins_set_found_by_fork(struct engine *engine, uint32_t mm, struct step step)
{
	if (step.outcome == STEP_FOUND)
		return fork_spin(engine->model, mm, recorder_observer(engine->recorder, mm));
	return step;
}

static bool try_again(struct engine *engine, uint32_t cpu, uint32_t mm)
{
	struct model_observer *observer = recorder_observer(engine->recorder, mm);
	struct step step;

	if (engine->cpus[cpu].state == CPU_SPINS_FORK)
		step = spins_set_found_by_fork(engine, mm, fork_spin(engine->model, mm, observer));
	else
		step = spins_set_found(
			engine, cpu, switch_spin(engine->model, cpu, observer), observer);
	return step.outcome == STEP_DONE;
}

static bool is_bounded(const struct engine *engine)
{
	return engine->model->protocol.bounded_get;
}

/* When the spin of @cpu gives up; its first round was the get that found nothing. */
static uint64_t gives_up_ns(const struct engine *engine, uint32_t cpu)
{
	if (!is_bounded(engine))
		return NEVER;
	return engine->details[cpu].spin_since_ns +
	       ROUNDS_MAX * engine->scenario->costs.get_round_ns;
}

static void give_up(struct engine *engine, uint32_t cpu, uint32_t mm)
{
	if (engine->cpus[cpu].state == CPU_SPINS_FORK)
		fork_give_up(engine->model, mm);
	else
		switch_give_up(engine->model, cpu);
	recorder_account(engine->recorder, mm)->gave_up++;
	recorder_mix(engine->recorder, cpu);
	engine_after_step(engine, mm);
	engine_after_window(engine, mm); /* what user space sees now matters in large mms, too */
}

/* Not at once: the step that freed a bit may be half of a switch. */
void spins_retry_soon(struct engine *engine)
{
	engine->spin_check_ns = engine->now_ns;
}

static void retry_all(struct engine *engine)
{
	for (guint i = 0; i < engine->spinning->len;) {
		uint32_t cpu = g_array_index(engine->spinning, uint32_t, i);
		uint32_t mm = spins_mm(engine, cpu);

		bool got = try_again(engine, cpu, mm);

		if (!got && engine->now_ns < gives_up_ns(engine, cpu)) {
			i++;
			continue;
		}
		g_array_remove_index(engine->spinning, i);
		if (got)
			recorder_mm_update(engine->recorder, engine->model, mm);
		else
			give_up(engine, cpu, mm);
		ended(engine, cpu, mm, got ? "spin_end" : "give_up");
		i = 0; /* what followed may have changed the list */
	}
}

/* Looking for live locks: which CPUs can still do something? */

static bool is_stuck(struct engine *engine, const bool *freed, uint32_t cpu)
{
	const struct sim_cpu *c = &engine->cpus[cpu];
	uint32_t waits_for;

	if (c->state == CPU_SPINS_SWITCH || c->state == CPU_SPINS_FORK)
		return !freed[cpu];
	if (c->state != CPU_WAITS_RQ_LOCK)
		return false;
	waits_for = engine->details[cpu].waits_for;
	return engine->cpus[waits_for].state == CPU_SPINS_SWITCH && !freed[waits_for];
}

static bool has_free_cpu(struct engine *engine, const bool *freed, const struct cpu_set *mask)
{
	for (uint32_t cpu = 0; cpu < engine->cpus_count; cpu++) {
		if (engine->cpus[cpu].online && cpu_set_has(mask, cpu) &&
			!is_stuck(engine, freed, cpu))
			return true;
	}
	return false;
}

/* Can @task come to run, or go on running, at some time? One that waits for somebody else cannot
 * by itself, and a queue cannot be reached while its rq lock is held. */
static bool can_run(struct engine *engine, const bool *freed, uint32_t task)
{
	const struct sim_task *t = sim_task(engine, task);
	const struct cpu_set *mask = mask_of(engine, t);
	uint32_t cpu = model_task(engine->model, task)->cpu;

	switch ((enum task_state)t->state) {
	case TASK_QUEUED:
		if (!is_stuck(engine, freed, cpu))
			return true;
		/* Another CPU may pull it, unless the rq lock here is held. */
		if (engine->cpus[cpu].state == CPU_SPINS_SWITCH ||
			!engine->scenario->sched.idle_pull)
			return false;
		return has_free_cpu(engine, freed, mask);
	case TASK_RUNS:
		return !is_stuck(engine, freed, cpu);
	case TASK_SLEEPS:
		return has_free_cpu(engine, freed, mask);
	case TASK_WAITS:
	case TASK_BLOCKED:
	case TASK_DIES:
	case TASK_FREE:
		break;
	}
	return false;
}

/* Could switches of @task, a user of @mm which can run, free a number of it? */
static bool switch_may_free(struct engine *engine, const struct model_mm *mm, uint32_t task)
{
	const struct model_task *t = model_task(engine->model, task);

	if (cid_is_in_transit(t->cid) || cid_is_task_owned(t->cid))
		return true;
	/* In a window it may take over a CPU's number in transit, and give it back. */
	return mm->mode & MODE_TRANSIT;
}

/* Is there anything left that could free a number of @mm? When in doubt, yes. */
static bool can_free(struct engine *engine, const bool *freed, uint32_t mm)
{
	const struct model_mm *m = model_mm(engine->model, mm);
	uint32_t owner = engine->mms[mm].mutex_owner;
	uint32_t task = m->newest;

	if (actions_next_ns(engine) != NEVER)
		return true;
	if (owner != TASK_NONE && can_run(engine, freed, owner))
		return true;
	if (task == TASK_NONE)
		return false;
	do {
		/* With the mutex free any task may exit or fork. */
		if (can_run(engine, freed, task) &&
			(owner == TASK_NONE || switch_may_free(engine, m, task)))
			return true;
		task = model_task(engine->model, task)->older;
	} while (task != m->newest);
	return false;
}

/* CPUs whose spin may yet end, found step by step: each may let others go on. */
static bool *find_freed(struct engine *engine)
{
	bool *freed = g_new0(bool, engine->cpus_count);
	bool more = true;

	while (more) {
		more = false;
		for (guint i = 0; i < engine->spinning->len; i++) {
			uint32_t cpu = g_array_index(engine->spinning, uint32_t, i);

			if (freed[cpu] || !can_free(engine, freed, spins_mm(engine, cpu)))
				continue;
			freed[cpu] = more = true;
		}
	}
	return freed;
}

/* End the run if there are spins that cannot end; each mm that has some is told of. */
static void tell_livelocks(struct engine *engine)
{
	bool *freed = find_freed(engine);
	uint32_t told = MM_NONE;

	for (guint i = 0; i < engine->spinning->len; i++) {
		uint32_t cpu = g_array_index(engine->spinning, uint32_t, i);
		uint32_t mm = spins_mm(engine, cpu);

		if (freed[cpu] || mm == told)
			continue;
		told = mm;
		engine->totals->livelocks++;
		recorder_violation(engine->recorder, "I3", mm, describe_spins(engine, mm, freed));
		engine->ended = true;
		engine->ended_why = "live lock";
	}
	g_free(freed);
}

/* The next time that a spin gives up; each began when those before it in the list had. */
static uint64_t next_give_up_ns(const struct engine *engine)
{
	return gives_up_ns(engine, g_array_index(engine->spinning, uint32_t, 0));
}

void spins_check(struct engine *engine)
{
	engine->spin_check_ns = NEVER;
	retry_all(engine);
	if (engine->spinning->len == 0)
		return;
	if (is_bounded(engine)) {
		engine->spin_check_ns = MIN(engine->spin_check_ns, next_give_up_ns(engine));
		return;
	}
	if (engine->now_ns >= engine->livelock_check_ns) {
		engine->livelock_check_ns = engine->now_ns + CHECK_PERIOD_NS;
		tell_livelocks(engine);
	}
	engine->spin_check_ns = MIN(engine->spin_check_ns, engine->livelock_check_ns);
}

void spins_at_end(struct engine *engine)
{
	bool over = engine->ended || is_bounded(engine); /* told already, undecided, no live lock */

	if (!over)
		tell_livelocks(engine);
	over = over || engine->ended;
	for (guint i = 0; i < engine->spinning->len; i++) {
		uint32_t cpu = g_array_index(engine->spinning, uint32_t, i);
		uint32_t mm = spins_mm(engine, cpu);

		recorder_spun(
			engine->recorder, mm, engine->now_ns - engine->details[cpu].spin_since_ns);
		if (!over)
			recorder_violation(
				engine->recorder, "I3", mm, describe_spins(engine, mm, NULL));
	}
}
