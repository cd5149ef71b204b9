/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/dispatch.h"

#include "model/switch.h"
#include "sim/engine/after-step.h"
#include "sim/engine/due.h"
#include "sim/engine/internal.h"
#include "sim/engine/spins.h"
#include "sim/engine/tasks.h"

static inline void show_cid(struct engine *engine, uint32_t cpu, uint32_t task, uint32_t mm,
	struct record_account *account)
{
	struct sim_task *t = sim_task(engine, task);

	t->shown = emit_show_cid(account, t->shown, &sim_cpu(engine, cpu)->seen,
		sim_mm(engine, mm)->serial, model_task(engine->model, task)->cid);
}

void dispatch_show_cid(struct engine *engine, uint32_t cpu, uint32_t task, uint32_t mm)
{
	show_cid(engine, cpu, task, mm, recorder_account(engine->recorder, mm));
}

static uint32_t account_of(struct engine *engine, const struct model_task *t)
{
	return t->has_mm ? engine->recorder->mms[t->mm].account : ACCOUNT_NONE;
}

static void end_stay(struct engine *engine, uint32_t cpu, uint32_t task)
{
	const struct sim_task *t = sim_task(engine, task);

	g_assert(engine->cpus.details[cpu].stay_start_ns <= engine->now_ns);
	emit_stay(&engine->emit, cpu, t->pid, account_of(engine, model_task(engine->model, task)),
		engine->cpus.details[cpu].stay_start_ns, cid_number(t->shown));
}

void dispatch_split_stay(struct engine *engine, uint32_t cpu)
{
	g_assert(cpu < engine->cpus.count);
	if (engine->stays && sim_cpu(engine, cpu)->curr != TASK_NONE)
		end_stay(engine, cpu, sim_cpu(engine, cpu)->curr);
	engine->cpus.details[cpu].stay_start_ns = engine->now_ns;
}

static enum record_prev_state prev_state(const struct sim_task *t)
{
	switch ((enum task_state)t->state) {
	case TASK_DIES:
	case TASK_FREE:
		return PREV_DEAD;
	case TASK_QUEUED:
	case TASK_RUNS:
		return PREV_RUNNABLE;
	case TASK_BLOCKED:
		return PREV_BLOCKED;
	case TASK_WAITS:
	case TASK_SLEEPS:
	case TASK_MOVES:
	case TASK_STATES:
		break;
	}
	return PREV_SLEEPS;
}

static struct emit_side side_of(struct engine *engine, uint32_t task)
{
	struct emit_side side = { .task = task, .account = ACCOUNT_NONE };
	const struct model_task *t;

	if (task == TASK_NONE)
		return side;
	t = model_task(engine->model, task);
	side.account = account_of(engine, t);
	side.word = t->cid;
	return side;
}

static void log_switch(
	struct engine *engine, uint32_t cpu, uint32_t prev, uint32_t next, bool spins)
{
	struct emit_side left = side_of(engine, prev), entered = side_of(engine, next);
	cid_word cpu_word = 0;

	g_assert(!spins || entered.account != ACCOUNT_NONE); /* who has no mm gets no CID */
	if (entered.account != ACCOUNT_NONE)
		cpu_word = model_word(engine->model,
			model_mm(engine->model, model_task(engine->model, next)->mm), cpu);
	emit_switch(&engine->emit, cpu, &left,
		prev == TASK_NONE ? PREV_RUNNABLE : prev_state(sim_task(engine, prev)), &entered,
		cpu_word, spins);
}

/* The first half: @prev, if any, leaves @cpu. */
static void leave_cpu(struct engine *engine, uint32_t cpu, uint32_t prev)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);
	const struct model_task *t;
	bool transit;

	if (prev == TASK_NONE) {
		emit_idle(&engine->emit, c->run_start_ns);
		switch_out(engine->model, cpu, NULL);
		return;
	}
	t = model_task(engine->model, prev);
	if (engine->stays)
		end_stay(engine, cpu, prev);
	if (sim_task(engine, prev)->in_window)
		recorder_initiator_out(engine->recorder, tasks_op_mm(engine, prev));
	transit = t->has_mm && cid_is_in_transit(t->cid);
	/* Without a number in transit nothing changes but who runs: there is nothing to observe. */
	switch_out(engine->model, cpu, transit ? recorder_observer(engine->recorder, t->mm) : NULL);
	if (t->has_mm)
		after_touch(engine, t->mm, cpu, prev);
	if (transit)
		after_step(engine, t->mm);
}

/* The second half: @next gets @cpu. Returns false if it spins in get. */
static bool enter_cpu(struct engine *engine, uint32_t cpu, uint32_t next)
{
	struct model_task *t;
	struct record_account *account;
	struct model_observer *observer;
	uint64_t bit_ops;
	struct step step;

	if (next == TASK_NONE) {
		switch_in(engine->model, cpu, TASK_NONE, NULL);
		return true;
	}
	t = model_task(engine->model, next);
	if (!t->has_mm || !t->active) {
		switch_in(engine->model, cpu, next, NULL);
		if (t->has_mm)
			after_touch(engine, t->mm, cpu, next);
		return true;
	}
	account = recorder_account(engine->recorder, t->mm);
	observer = &account->observer;
	bit_ops = observer->count[OBSERVE_BIT_OPS];
	step = switch_in(engine->model, cpu, next, observer);
	if (step.outcome == STEP_FOUND)
		step = spins_set_found(engine, cpu, step, observer);
	after_touch(engine, t->mm, cpu, next);
	if (step.outcome == STEP_SPINS) {
		spins_begin(engine, cpu, t->mm);
		return false;
	}
	show_cid(engine, cpu, next, t->mm, account);
	if (bit_ops != observer->count[OBSERVE_BIT_OPS] || engine->checks.on)
		after_step(engine, t->mm);
	return true;
}

static uint64_t pid_of(struct engine *engine, uint32_t task)
{
	return task == TASK_NONE ? 0 : sim_task(engine, task)->pid;
}

static void mix_switch(struct engine *engine, uint32_t cpu, uint32_t prev, uint32_t next)
{
	uint64_t words = 0;

	if (prev != TASK_NONE)
		words = model_task(engine->model, prev)->cid;
	if (next != TASK_NONE) {
		const struct model_task *t = model_task(engine->model, next);

		words |= (uint64_t)t->cid << 16;
		if (t->has_mm)
			words |= (uint64_t)model_word(
					 engine->model, model_mm(engine->model, t->mm), cpu)
			         << 32;
	}
	recorder_mix_three(engine->recorder, engine->now_ns << 13 | cpu,
		pid_of(engine, prev) << 32 | pid_of(engine, next), words);
}

/* The task that has just got @cpu begins to run there. */
inline void dispatch_begin_run(struct engine *engine, uint32_t cpu)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);
	struct sim_task *t = sim_task(engine, c->curr);

	c->state = CPU_RUNS;
	c->lock_until_ns = c->run_start_ns = engine->now_ns + engine->scenario->costs.switch_ns;
	c->slice_end_ns = c->run_start_ns + engine->scenario->sched.slice_ns;
	if (engine->stays)
		engine->cpus.details[cpu].stay_start_ns = engine->now_ns;
	c->next_hint = runq_peek(&c->queue);
	if (t->in_window)
		recorder_initiator_in(engine->recorder, tasks_op_mm(engine, c->curr));
	c->drawn = t->fresh && engine->userspace->draw_burst(engine, c->curr);
	due_arm(engine, cpu);
}

inline void dispatch_to(struct engine *engine, uint32_t cpu, uint32_t next)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);
	uint32_t prev = c->curr;
	bool got;

	emit_switched(&engine->emit);
	c->resched = false;
	leave_cpu(engine, cpu, prev);
	c->curr = next;
	if (next != TASK_NONE)
		task_set_state(sim_task(engine, next), TASK_RUNS);
	got = enter_cpu(engine, cpu, next);
	mix_switch(engine, cpu, prev, next);
	if (engine->log)
		log_switch(engine, cpu, prev, next, !got);
	if (engine->log && !got)
		spins_log(engine, cpu);
	if (next == TASK_NONE) {
		c->state = CPU_IDLE;
		c->run_start_ns = engine->now_ns;
		c->lock_until_ns = engine->now_ns + engine->scenario->costs.switch_ns;
		due_never(engine, cpu);
	} else if (got) {
		dispatch_begin_run(engine, cpu);
	}
}
