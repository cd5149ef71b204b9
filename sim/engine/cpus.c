/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/internal.h"

#include <assert.h>

/* The current task of @c has run until now. */
static void charge(struct engine *engine, struct sim_cpu *c)
{
	struct sim_task *t = sim_task(engine, c->curr);
	uint64_t ran, due;

	if (engine->now_ns <= c->run_start_ns)
		return;
	ran = engine->now_ns - c->run_start_ns;
	due = task_due(t);
	task_set_due(t, due > ran ? due - ran : 0);
	c->run_start_ns = engine->now_ns;
}

/* Events after the end of the run are not kept: they would never be handled. */
static void set_event(struct engine *engine, uint32_t cpu, uint64_t time_ns)
{
	cputree_set(
		engine->tree, cpu, time_ns <= engine->scenario->time_ns ? time_ns : CPUTREE_NEVER);
}

/* Asked for something that it does at once, in user space as it is. */
static bool is_interrupted(const struct sim_task *t)
{
	return t->stage == STAGE_USER && (t->asked || t->leaves);
}

static void arm(struct engine *engine, uint32_t cpu)
{
	const struct sim_cpu *c = &engine->cpus[cpu];
	const struct sim_task *t = sim_task(engine, c->curr);
	uint64_t at = c->run_start_ns + task_due(t);

	if (c->queue.live && c->slice_end_ns < at)
		at = MAX(c->slice_end_ns, c->lock_until_ns);
	if (c->resched || is_interrupted(t))
		at = c->lock_until_ns;
	set_event(engine, cpu, MAX(at, engine->now_ns));
}

void cpus_kick(struct engine *engine, uint32_t cpu)
{
	const struct sim_cpu *c = &engine->cpus[cpu];

	if (c->state == CPU_RUNS)
		set_event(engine, cpu, MAX(engine->now_ns, c->lock_until_ns));
}

void cpus_queue_moved(void *context, uint32_t task, uint32_t position)
{
	struct engine *engine = context;

	engine->tasks[task].position = position;
}

static void push(struct engine *engine, uint32_t cpu, uint32_t task, bool front)
{
	struct sim_task *t = sim_task(engine, task);
	struct runq *queue = &engine->cpus[cpu].queue;

	t->state = TASK_QUEUED;
	t->position = front ? runq_push_front(queue, task, &engine->queue_owner)
	                    : runq_push(queue, task, &engine->queue_owner);
}

static void load_up(struct engine *engine, uint32_t cpu)
{
	if (engine->loads && engine->cpus[cpu].online)
		loads_up(engine->loads, cpu);
}

static void load_down(struct engine *engine, uint32_t cpu)
{
	if (engine->loads && engine->cpus[cpu].online)
		loads_down(engine->loads, cpu);
}

void cpus_dequeue(struct engine *engine, uint32_t task)
{
	uint32_t cpu = model_task(engine->model, task)->cpu;

	assert(sim_task(engine, task)->state == TASK_QUEUED);
	runq_remove(&engine->cpus[cpu].queue, sim_task(engine, task)->position);
	load_down(engine, cpu);
	sim_task(engine, task)->state = TASK_WAITS;
}

void cpus_show_cid(struct engine *engine, uint32_t cpu, uint32_t task, uint32_t mm)
{
	struct sim_task *t = sim_task(engine, task);

	t->shown = emit_show_cid(recorder_account(engine->recorder, mm), t->shown,
		&engine->cpus[cpu].seen, engine->mms[mm].serial,
		model_task(engine->model, task)->cid);
}

static uint32_t account_of(struct engine *engine, const struct model_task *t)
{
	return t->has_mm ? engine->recorder->mms[t->mm].account : ACCOUNT_NONE;
}

static void end_stay(struct engine *engine, uint32_t cpu, uint32_t task)
{
	const struct sim_task *t = sim_task(engine, task);

	emit_stay(&engine->emit, cpu, t->pid, account_of(engine, model_task(engine->model, task)),
		engine->details[cpu].stay_start_ns, cid_number(t->shown));
}

void cpus_split_stay(struct engine *engine, uint32_t cpu)
{
	if (engine->stays && engine->cpus[cpu].curr != TASK_NONE)
		end_stay(engine, cpu, engine->cpus[cpu].curr);
	engine->details[cpu].stay_start_ns = engine->now_ns;
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
	struct sim_cpu *c = &engine->cpus[cpu];
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
		recorder_initiator_out(engine->recorder, kernel_window_mm(engine, prev));
	transit = cid_is_in_transit(t->cid);
	switch_out(
		engine->model, cpu, t->has_mm ? recorder_observer(engine->recorder, t->mm) : NULL);
	if (transit && t->has_mm)
		engine_after_step(engine, t->mm);
}

/* The second half: @next gets @cpu. Returns false if it spins in get. */
static bool enter_cpu(struct engine *engine, uint32_t cpu, uint32_t next)
{
	struct model_task *t;
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
		return true;
	}
	observer = recorder_observer(engine->recorder, t->mm);
	bit_ops = observer->count[OBSERVE_BIT_OPS];
	step = switch_in(engine->model, cpu, next, observer);
	if (step.outcome == STEP_FOUND)
		step = spins_set_found(engine, cpu, step, observer);
	if (step.outcome == STEP_SPINS) {
		spins_begin(engine, cpu, t->mm);
		return false;
	}
	cpus_show_cid(engine, cpu, next, t->mm);
	if (bit_ops != observer->count[OBSERVE_BIT_OPS] || engine->check_steps)
		engine_after_step(engine, t->mm);
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
	recorder_mix(engine->recorder, engine->now_ns << 13 | cpu);
	recorder_mix(engine->recorder, pid_of(engine, prev) << 32 | pid_of(engine, next));
	recorder_mix(engine->recorder, words);
}

/* The task that has just got @cpu begins to run there. */
static void begin_run(struct engine *engine, uint32_t cpu)
{
	struct sim_cpu *c = &engine->cpus[cpu];
	struct sim_task *t = sim_task(engine, c->curr);

	c->state = CPU_RUNS;
	c->lock_until_ns = c->run_start_ns = engine->now_ns + engine->scenario->costs.switch_ns;
	c->slice_end_ns = c->run_start_ns + engine->scenario->sched.slice_ns;
	engine->details[cpu].stay_start_ns = engine->now_ns;
	c->next_hint = runq_peek(&c->queue);
	if (t->in_window)
		recorder_initiator_in(engine->recorder, kernel_window_mm(engine, c->curr));
	arm(engine, cpu);
}

static void switch_to(struct engine *engine, uint32_t cpu, uint32_t next)
{
	struct sim_cpu *c = &engine->cpus[cpu];
	uint32_t prev = c->curr;
	bool got;

	emit_switched(&engine->emit);
	c->resched = false;
	leave_cpu(engine, cpu, prev);
	c->curr = next;
	if (next != TASK_NONE)
		sim_task(engine, next)->state = TASK_RUNS;
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
		cputree_set(engine->tree, cpu, CPUTREE_NEVER);
	} else if (got) {
		begin_run(engine, cpu);
	}
}

static void move_to(struct engine *engine, uint32_t task, uint32_t cpu)
{
	uint32_t from = model_task(engine->model, task)->cpu;

	if (from == cpu)
		return;
	task_migrate(engine->model, task, cpu);
	recorder_mix(engine->recorder, (uint64_t)sim_task(engine, task)->pid << 16 | cpu);
	emit_migration(&engine->emit, engine->cpus[cpu].curr, task, from, cpu);
}

/* The next task for @cpu, taken out of where it waits; TASK_NONE = idle. */
static uint32_t pick(struct engine *engine, uint32_t cpu)
{
	struct sim_cpu *c = &engine->cpus[cpu];
	uint32_t task;

	if (c->queue.live)
		return runq_pop(&c->queue);
	if (!c->online)
		return TASK_NONE;
	task = engine->policy->pull(engine, cpu);
	if (task == TASK_NONE)
		return TASK_NONE;
	cpus_dequeue(engine, task);
	move_to(engine, task, cpu);
	load_up(engine, cpu);
	return task;
}

/* No CPU that @task may run on is online: the kernel lets it run anywhere. */
static void break_affinity(struct engine *engine, uint32_t task)
{
	if (engine->log)
		log_note(engine, model_task(engine->model, task)->cpu, "affinity_broken", "pid=%u",
			sim_task(engine, task)->pid);
	kernel_affinity_now(engine, task, 0);
	sim_task(engine, task)->mask = 0; /* at once, also where its mm has to wait for a lock */
}

static uint32_t place(struct engine *engine, uint32_t task, bool is_new)
{
	uint32_t cpu = engine->policy->place(engine, task, is_new);

	if (cpu != CPU_NONE)
		return cpu;
	break_affinity(engine, task);
	cpu = engine->policy->place(engine, task, is_new);
	assert(cpu != CPU_NONE); /* one CPU is always online */
	return cpu;
}

/* Put @task, which is nowhere, in the queue of the CPU that the policy wants: returned. */
static uint32_t put(struct engine *engine, uint32_t task, bool is_new, bool *preempts)
{
	uint32_t cpu = place(engine, task, is_new);

	*preempts = engine->policy->preempts(engine, cpu, task);
	move_to(engine, task, cpu);
	push(engine, cpu, task, *preempts);
	load_up(engine, cpu);
	return cpu;
}

/* A task was put in the queue of @cpu. */
static void attend(struct engine *engine, uint32_t cpu, bool preempts)
{
	struct sim_cpu *c = &engine->cpus[cpu];

	if (c->state == CPU_IDLE) {
		switch_to(engine, cpu, pick(engine, cpu));
	} else if (preempts) {
		c->resched = true;
		cpus_kick(engine, cpu);
	} else if (c->state == CPU_RUNS && c->queue.live == 1) {
		arm(engine, cpu); /* the slice matters from now on */
	}
}

static void enqueue(struct engine *engine, uint32_t task, bool is_new)
{
	bool preempts;
	uint32_t cpu = put(engine, task, is_new, &preempts);

	attend(engine, cpu, preempts);
}

void cpus_wake(struct engine *engine, uint32_t task, bool is_new)
{
	struct sim_task *t = sim_task(engine, task);
	bool preempts;
	uint32_t cpu;

	assert(t->state == TASK_SLEEPS || t->state == TASK_WAITS || t->state == TASK_BLOCKED);
	if (t->state != TASK_BLOCKED)
		task_set_due(t, 0); /* it was the time to wake up */
	t->state = TASK_WAITS;
	recorder_mix(engine->recorder, (uint64_t)t->pid << 20 ^ engine->now_ns);
	cpu = put(engine, task, is_new, &preempts);
	emit_wakeup(&engine->emit, cpu, engine->cpus[cpu].curr, task, is_new);
	attend(engine, cpu, preempts);
}

void cpus_sleep_until(struct engine *engine, uint32_t task, uint64_t time_ns)
{
	struct sim_task *t = sim_task(engine, task);

	t->state = TASK_SLEEPS;
	if (time_ns > engine->scenario->time_ns) {
		task_set_due(t, engine->scenario->time_ns + 1);
		engine->beyond = true;
		return;
	}
	task_set_due(t, time_ns);
	wheel_insert(engine->wheel, time_ns, task);
}

void cpus_wake_soon(struct engine *engine, uint32_t task)
{
	uint64_t at = engine->now_ns + engine->scenario->costs.wakeup_ns;
	const struct sim_task *t = sim_task(engine, task);

	if (t->state == TASK_SLEEPS && task_due(t) <= at)
		return; /* it wakes up before that */
	cpus_sleep_until(engine, task, at);
}

static bool may_stay(struct engine *engine, uint32_t cpu, uint32_t task)
{
	return engine->cpus[cpu].online &&
	       cpu_set_has(mask_of(engine, sim_task(engine, task)), cpu);
}

/* The current task of @cpu gives way: to the next in the queue, or to another CPU. */
static void preempt(struct engine *engine, uint32_t cpu)
{
	struct sim_cpu *c = &engine->cpus[cpu];
	uint32_t task = c->curr;

	if (may_stay(engine, cpu, task)) {
		if (!c->queue.live) {
			c->resched = false;
			c->slice_end_ns = engine->now_ns + engine->scenario->sched.slice_ns;
			arm(engine, cpu);
			return;
		}
		push(engine, cpu, task, false);
		switch_to(engine, cpu, pick(engine, cpu));
		return;
	}
	/* It is still in state RUNS while it is switched out: it only moves, it does not sleep. */
	load_down(engine, cpu);
	switch_to(engine, cpu, pick(engine, cpu));
	sim_task(engine, task)->state = TASK_WAITS;
	enqueue(engine, task, false);
}

void cpus_leave(struct engine *engine, uint32_t cpu, uint32_t task)
{
	load_down(engine, cpu);
	switch_to(engine, cpu, pick(engine, cpu));
	if (sim_task(engine, task)->state == TASK_DIES)
		task_free(engine, task);
}

void cpus_event(struct engine *engine, uint32_t cpu)
{
	struct sim_cpu *c = &engine->cpus[cpu];
	uint32_t task = c->curr;
	struct sim_task *t = sim_task(engine, task);
	enum advance advance = ADVANCE_RUNS;

	assert(task != TASK_NONE);
	if (c->state == CPU_WAITS_RQ_LOCK) {
		c->state = CPU_RUNS;
		advance = kernel_walk_step(engine, cpu, task);
	} else {
		charge(engine, c);
	}
	for (;;) {
		t = sim_task(engine, task); /* the table may have grown */
		if (advance != ADVANCE_RUNS || (task_due(t) > 0 && !is_interrupted(t)))
			break;
		advance = kernel_advance(engine, cpu, task);
	}
	switch (advance) {
	case ADVANCE_LEAVES:
		cpus_leave(engine, cpu, task);
		return;
	case ADVANCE_STUCK:
		return;
	case ADVANCE_RUNS:
		break;
	}
	if (c->resched || (c->queue.live && engine->now_ns >= c->slice_end_ns) ||
		!may_stay(engine, cpu, task))
		preempt(engine, cpu);
	else
		arm(engine, cpu);
}

/* CPUs whose walk waits for the rq lock of @cpu can have it at the end of its switch. */
static void release_waiters(struct engine *engine, uint32_t cpu)
{
	guint kept = 0;

	for (guint i = 0; i < engine->lock_waiters->len; i++) {
		uint32_t waiter = g_array_index(engine->lock_waiters, uint32_t, i);

		if (engine->details[waiter].waits_for == cpu)
			set_event(engine, waiter, engine->cpus[cpu].lock_until_ns);
		else
			g_array_index(engine->lock_waiters, uint32_t, kept++) = waiter;
	}
	g_array_set_size(engine->lock_waiters, kept);
}

static void empty_queue(struct engine *engine, uint32_t cpu)
{
	struct runq *queue = &engine->cpus[cpu].queue;

	while (queue->live) {
		uint32_t task = runq_pop(queue);

		sim_task(engine, task)->state = TASK_WAITS;
		enqueue(engine, task, false);
	}
}

void cpus_spin_ended(struct engine *engine, uint32_t cpu)
{
	struct sim_cpu *c = &engine->cpus[cpu];
	uint32_t mm = model_task(engine->model, c->curr)->mm;

	cpus_show_cid(engine, cpu, c->curr, mm);
	begin_run(engine, cpu);
	release_waiters(engine, cpu);
	if (!c->online)
		empty_queue(engine, cpu);
}

void cpus_affinity_changed(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	uint32_t cpu = model_task(engine->model, task)->cpu;

	if (may_stay(engine, cpu, task))
		return;
	if (t->state == TASK_QUEUED) {
		cpus_dequeue(engine, task);
		enqueue(engine, task, false);
	} else if (t->state == TASK_RUNS) {
		engine->cpus[cpu].resched = true;
		cpus_kick(engine, cpu);
	}
}

/* @cpu, idle, takes what there is to run. */
static void run_next(struct engine *engine, uint32_t cpu)
{
	uint32_t next = pick(engine, cpu);

	if (next != TASK_NONE)
		switch_to(engine, cpu, next);
}

void cpus_set_online(struct engine *engine, uint32_t cpu, bool online)
{
	struct sim_cpu *c = &engine->cpus[cpu];

	if (c->online == online)
		return;
	recorder_mix(engine->recorder, (uint64_t)online << 13 | cpu);
	if (engine->log)
		log_note(engine, cpu, online ? "cpu_online" : "cpu_offline", "cpu=%u",
			engine->scenario->cpu_ids[cpu]);
	if (online) {
		c->online = true;
		engine->online_count++;
		if (engine->loads)
			loads_add(engine->loads, cpu, c->queue.live + (c->curr != TASK_NONE));
		if (c->state == CPU_IDLE)
			run_next(engine, cpu);
		return;
	}
	if (engine->loads)
		loads_remove(engine->loads, cpu);
	engine->online_count--;
	c->online = false;
	/* A switch that spins keeps its rq lock: what is queued there stays until it ends. */
	if (c->lock_until_ns != NEVER)
		empty_queue(engine, cpu);
	c->resched = c->curr != TASK_NONE;
	cpus_kick(engine, cpu);
}
