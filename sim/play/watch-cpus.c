/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/pool.h"
#include "sim/play/watch-private.h"

void watch_show_cid(struct watch *watch, uint32_t cpu, uint32_t task)
{
	g_assert(watch_cpu_of(watch->after, cpu)->curr == task);
	watch->shown[task] =
		emit_show_cid(recorder_account(watch->recorder, MM), watch->shown[task],
			&watch->cpus[cpu].seen, MM, watch_task_of(watch->after, task)->cid);
}

void watch_end_stay(struct watch *watch, uint32_t cpu, uint32_t task)
{
	g_assert(cpu < watch->config->cpus_count && task < watch->config->tasks_max);
	emit_stay(&watch->emit, cpu, PLAY_PID_FIRST + task, ACCOUNT, watch->cpus[cpu].since_ns,
		cid_number(watch->shown[task]));
}

void watch_log_switch(struct watch *watch, uint32_t cpu, uint32_t next)
{
	const struct watch_cpu_state *c = &watch->cpus[cpu];
	struct emit_side entered = { .task = next, .account = ACCOUNT_NONE };
	cid_word cpu_word = 0;

	g_assert(next == TASK_NONE || !watch_is_elsewhere(watch, next));
	if (next != TASK_NONE) {
		entered.account = ACCOUNT;
		entered.word = watch_task_of(watch->after, next)->cid;
		cpu_word = model_word(
			machine_model_const(watch->after), machine_mm(watch->after), cpu);
	}
	emit_switch(&watch->emit, cpu, &c->left_side, c->left_state, &entered, cpu_word,
		next != TASK_NONE && watch_cpu_of(watch->after, cpu)->phase == CPU_SPINS);
}

/* One that is gone once it is off its CPU has nothing that its word could be seen of any more. */
static void remember_left(struct watch *watch, uint32_t cpu, uint32_t prev)
{
	struct watch_cpu_state *c = &watch->cpus[cpu];

	g_assert(c->left_side.task == TASK_NONE); /* one switch at a time */
	c->left_side = (struct emit_side){ prev, ACCOUNT, CID_UNSET };
	if (watch_is_elsewhere(watch, prev))
		c->left_side.account = ACCOUNT_NONE;
	if (watch->after->pc[prev] == PC_FREE) {
		c->left_state = watch_is_elsewhere(watch, prev) ? PREV_RUNNABLE : PREV_DEAD;
		return;
	}
	c->left_state = watch->after->pc[prev] == PC_WAITS ? PREV_BLOCKED : PREV_RUNNABLE;
	c->left_side.word = watch_task_of(watch->after, prev)->cid;
}

static bool in_window(const struct watch *watch, uint32_t task)
{
	return watch->recorder->mms[MM].in_window && machine_initiator(watch->after) == task;
}

/* The first half of a switch on @cpu. */
static void left(struct watch *watch, uint32_t cpu, uint32_t prev)
{
	if (prev == TASK_NONE)
		return;
	g_assert(watch->cpus[cpu].since_ns <= watch_now(watch));
	if (!watch_is_elsewhere(watch, prev))
		watch_end_stay(watch, cpu, prev);
	watch->cpus[cpu].since_ns = watch_now(watch);
	remember_left(watch, cpu, prev);
	if (in_window(watch, prev))
		recorder_initiator_out(watch->recorder, MM);
}

/* The second half. */
static void entered(struct watch *watch, uint32_t cpu, uint32_t next)
{
	struct watch_cpu_state *c = &watch->cpus[cpu];

	if (c->left_side.task == TASK_NONE && next == TASK_NONE)
		return;
	emit_switched(&watch->emit);
	if (next != TASK_NONE) {
		emit_idle(&watch->emit, c->since_ns);
		c->since_ns = watch_now(watch);
	}
	watch_log_switch(watch, cpu, next);
	c->left_side = nobody;
	c->left_state = PREV_RUNNABLE;
	if (next == TASK_NONE)
		return;
	if (in_window(watch, next))
		recorder_initiator_in(watch->recorder, MM);
	if (watch_cpu_of(watch->after, cpu)->phase == CPU_SPINS) {
		c->spin_since_ns = watch_now(watch);
		watch_note(watch, cpu, "spin", "mm=mm");
	} else if (watch_task_of(watch->after, next)->active) {
		watch_show_cid(watch, cpu, next);
	}
}

static void end_spin(struct watch *watch, uint32_t cpu, uint64_t since_ns)
{
	g_autofree char *text =
		g_strdup_printf("ns=%" G_GUINT64_FORMAT, watch_now(watch) - since_ns);

	g_assert(since_ns <= watch_now(watch));
	recorder_spun(watch->recorder, MM, watch_now(watch) - since_ns);
	watch_note(watch, cpu, "spin_end", text);
}

void watch_cpu(struct watch *watch, uint32_t cpu)
{
	const struct model_cpu *old = watch_cpu_of(watch->before, cpu);
	const struct model_cpu *new = watch_cpu_of(watch->after, cpu);
	bool at_once = old->phase != CPU_BETWEEN && new->phase != CPU_BETWEEN;
	bool second_half = old->phase == CPU_BETWEEN && new->phase != CPU_BETWEEN;

	if (old->curr != TASK_NONE && old->curr != new->curr)
		left(watch, cpu, old->curr);
	if (at_once ? old->curr != new->curr : second_half)
		entered(watch, cpu, new->curr);
	if (old->phase == CPU_SPINS && new->phase != CPU_SPINS) {
		end_spin(watch, cpu, watch->cpus[cpu].spin_since_ns);
		watch_show_cid(watch, cpu, new->curr);
	}
}

bool watch_fork_spins(const struct machine *machine)
{
	uint8_t phase = machine_mm(machine)->phase;

	/* after complete the first try may still be due */
	return phase == PHASE_GET_LOCKED ||
	       (phase == PHASE_GET_MUTEX && !pool_has_room(machine_model_const(machine), MM));
}

void watch_fork_spin(struct watch *watch)
{
	bool spun = watch_fork_spins(watch->before), spins = watch_fork_spins(watch->after);
	const struct machine *spinning = spins ? watch->after : watch->before;
	uint32_t cpu;

	if (spun == spins)
		return;
	cpu = watch_task_of(spinning, machine_mm(spinning)->initiator)->cpu;
	g_assert(cpu < watch->config->cpus_count);
	if (spun) {
		end_spin(watch, cpu, watch->fork_spin_since_ns);
		return;
	}
	watch->fork_spin_since_ns = watch_now(watch);
	watch_note(watch, cpu, "spin", "mm=mm");
}
