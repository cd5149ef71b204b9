/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/internal.h"

#include "model/lifecycle.h"

enum { MM = 0 };

void users_run_there(struct order_mm *mm, uint32_t task, uint32_t cpu)
{
	for (guint i = 0; i < states_count(&mm->states); i++) {
		struct model *model = &state_changes(states_at(&mm->states, i))->model;

		order_state_take_off(states_at(&mm->states, i), task);
		model_task(model, task)->cpu = cpu & (MODEL_CPUS_MAX - 1);
		model_cpu(model, cpu)->curr = task;
	}
}

/* Has the last user of @mm come back from an exec that failed? */
static bool comes_back(
	const struct order_mm *mm, const struct seen_task *task, const struct trace_event *event)
{
	/* A new mm has no mode yet. */
	return event->task.pid == event->pid &&
	       ((task && task->mm == mm && task->left) || event->mm.mode != 0);
}

/* The mm that a fork adds a user to; a new one if there is none. NULL: none that is replayed. */
static struct order_mm *mm_of_fork(struct orders *orders, const struct trace_event *event,
	uint64_t address, const struct seen_task *task)
{
	struct order_mm *mm = tasks_mm_at(orders, address);
	bool first = event->mm.known && event->mm.users == 0, guessed = false;
	g_autofree uint64_t *mask = NULL;

	if (mm && !(first && !comes_back(mm, task, event)))
		return mm;
	if (mm)
		tasks_drop_mm(orders, mm); /* the address is used again */
	if (!first || event->mm.mode != 0)
		return tasks_existing_mm(orders, address, event, event->task.tgid);
	if (!tasks_selects(orders, event))
		return NULL;
	mask = affinity_first_mask(orders, event, &guessed);
	mm = tasks_new_mm(orders, address, mask,
		event->task.comm[0] ? event->task.comm : event->comm, event->task.tgid,
		event->line);
	mm->mask_guessed = guessed;
	/* Its exit from the old mm was not seen: it may be back there, from an exec that failed. */
	for (uint32_t cpu = 0; event->task.pid == event->pid && !(task && task->left) &&
			       cpu < mm->config.cpus_count;
		cpu++)
		order_mm_set_unknown_cpu(mm, cpu, true);
	return mm;
}

/* On 6.19 a child has no pid yet in its fork, and shows that of its parent, or none. */
static bool is_nameless(const struct orders *orders, const struct trace_event *event,
	const struct seen_task *runner)
{
	bool early = orders->replay->scenario->protocol.walk_users == WALK_USERS_SYSTEM;

	if (!tasks_is_pid(event->task.pid))
		return true;
	if (event->task.pid != event->pid || (runner && runner->left))
		return false;
	return (runner && runner->mm) || (early && event->mm.known && event->mm.users > 0);
}

static uint64_t address_of(const struct trace_event *event)
{
	if (event->task.mm_known && event->task.mm)
		return event->task.mm;
	return event->mm.address;
}

static uint32_t child_of(struct orders *orders, struct order_mm *mm, struct seen_task *runner,
	const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task;

	if (is_nameless(orders, event, runner)) {
		uint32_t group = event->tgid ? event->tgid : runner ? runner->tgid : 0;
		uint32_t child = order_mm_add_task(
			mm, TRACE_PID_UNKNOWN, group ? group : mm->process->tgid, cpu);

		if (runner) {
			runner->nameless = child;
			runner->nameless_mm = mm->slot;
		}
		return child;
	}
	task = tasks_get(orders, event->task.pid, event->task.tgid);
	/* Only who execs comes back; another child is a new task, even if the pid is known. */
	if (task->mm != mm || !task->left || event->task.pid != event->pid)
		tasks_attach(orders, task, mm, cpu);
	if (event->task.pid == event->pid) {
		task->cpu = cpu;
		task->since_ns = orders->replay->recorder->now_ns;
		users_run_there(mm, task->task, cpu);
	}
	return task->task;
}

void on_fork(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *runner = tasks_find(orders, event->pid);
	struct seen_task *task =
		tasks_is_pid(event->task.pid) ? tasks_find(orders, event->task.pid) : NULL;
	struct order_mm *mm = mm_of_fork(orders, event, address_of(event), task);
	struct observation seen = observation_of("fork");
	uint32_t child;

	orders->lifecycle = true;
	runner = tasks_find(orders, event->pid);
	if (!mm)
		return;
	child = child_of(orders, mm, runner, event, cpu);
	runner = tasks_find(orders, event->pid);
	order_mm_add_op(mm, (struct order_op){
				    .kind = ORDER_FORK,
				    .pid = event->pid,
				    .initiator = tasks_index(runner, mm),
				    .task = child,
				    .cpu = cpu,
				    .line = event->line,
			    });
	if (mm->adopts)
		adopt_learn(orders, mm, event);
	observation_add(&seen, child, &event->task);
	orders_look(orders, mm, cpu, event, &seen);
	orders_remember(orders, mm, event);
}

bool users_settle(struct orders *orders, struct order_mm *mm, uint64_t line)
{
	if (mm->current.id == 0)
		return true;
	mm->current.released = true;
	order_settle(mm, (struct order_actor){ .kind = ACTOR_CURRENT, .line = mm->current.line });
	if (states_count(&mm->states) == 0)
		return false;
	if (mm->window_told)
		mm->window_line = line;
	tell_complete(orders, mm);
	mm->current.id = 0;
	for (guint i = 0; i < states_count(&mm->states); i++)
		state_changes(states_at(&mm->states, i))->current_done = 0;
	/* Per task all users' words will be seen, and then it is no guess any more. */
	if (mm->guess && !mm_is_per_cpu(model_mm_const(&states_first(&mm->states)->model, MM)))
		adopt_begin(orders, mm);
	return true;
}

void users_finish(struct orders *orders, struct order_mm *mm, const struct trace_event *event)
{
	if (!users_settle(orders, mm, event->line))
		orders_stuck(orders, mm, event, "fork or exit before that");
}

/* The op of @event->pid ends: *@op. False if none is known. */
static bool end_op(struct orders *orders, struct order_mm *mm, const struct trace_event *event,
	struct order_op *op)
{
	struct order_op *found;

	if (mm->current.id != 0 && mm->current.pid == event->pid) {
		*op = mm->current;
		users_finish(orders, mm, event);
		return true;
	}
	found = order_mm_find_op(mm, event->pid, true);
	if (!found)
		found = order_mm_find_op(mm, event->pid, false);
	if (!found)
		return false;
	*op = *found;
	order_mm_drop_op(mm, op->id);
	if (!op->over && !mm->adopts)
		orders_stuck(orders, mm, event, "decision, which the trace does not show,");
	return true;
}

struct order_mm *users_mm(struct orders *orders, const struct trace_event *event)
{
	struct order_mm *mm = tasks_mm_at(orders, address_of(event));
	struct seen_task *task;

	if (mm)
		return mm;
	task = tasks_is_pid(event->task.pid) ? tasks_find(orders, event->task.pid) : NULL;
	if (!task || !task->mm)
		task = tasks_find(orders, event->pid);
	return task ? task->mm : NULL;
}

static void after_op(struct orders *orders, struct order_mm *mm, const struct trace_event *event)
{
	orders_remember(orders, mm, event);
	if (mm->adopts) {
		adopt_learn(orders, mm, event);
		adopt_try(orders, mm, event);
	}
	tell_update(orders, mm);
}

/* What ends with @event began before the trace, or before @mm had to begin anew. */
static void began_before(
	struct orders *orders, struct order_mm *mm, const struct trace_event *event)
{
	if (mm->adopts)
		after_op(orders, mm, event);
}

void on_fork_end(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct order_mm *mm = users_mm(orders, event);
	struct observation seen = observation_of("return of the fork");
	struct seen_task *task;
	struct order_op op;
	bool itself;

	if (!mm)
		return;
	if (!end_op(orders, mm, event, &op)) {
		began_before(orders, mm, event);
		return;
	}
	task = tasks_find(orders, event->pid);
	itself = event->task.pid == event->pid && tasks_index(task, mm) == op.task;
	if (itself)
		task->left = false;
	order_mm_show(mm, op.task, itself);
	orders->replay->recorder->result->forks += event->task.pid != event->pid;
	orders->replay->recorder->result->execs += event->task.pid == event->pid;
	observation_add(&seen, op.task, &event->task);
	orders_look(orders, mm, cpu, event, &seen);
	after_op(orders, mm, event);
}

/* Exits */

void on_exit(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task = tasks_known(orders, &event->task, event);
	struct observation seen = observation_of("exit");
	struct order_mm *mm;

	orders->lifecycle = true;
	if (!task || !task->mm || event->task.active == 0)
		return;
	mm = task->mm;
	observation_add(&seen, task->task, &event->task);
	orders_look(orders, mm, cpu, event, &seen);
	orders_remember(orders, mm, event);
	if (mm->adopts)
		adopt_learn(orders, mm, event);
	order_mm_add_op(mm, (struct order_op){
				    .kind = ORDER_EXIT,
				    .pid = event->pid,
				    .initiator = task->task,
				    .task = task->task,
				    .cpu = cpu,
				    .line = event->line,
			    });
}

void on_exit_end(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct order_mm *mm = users_mm(orders, event);
	struct observation seen = observation_of("return of the exit");
	struct seen_task *task = tasks_find(orders, event->task.pid);
	struct order_op op;

	if (!mm)
		return;
	if (!end_op(orders, mm, event, &op)) {
		began_before(orders, mm, event);
		return;
	}
	observation_add(&seen, op.task, &event->task);
	orders_look(orders, mm, cpu, event, &seen);
	if (task && task->mm == mm) {
		task->left = true;
		task->active = 0;
	}
	orders->replay->recorder->result->exits++;
	after_op(orders, mm, event);
}

/* Decisions */

/* The mutex is held by @op: what held it before is over, and an exit has left its mm. */
static bool take_mutex(struct orders *orders, struct order_mm *mm, const struct order_op *op,
	const struct trace_event *event)
{
	struct order_op before = mm->current;
	guint index = (guint)(op - (const struct order_op *)(void *)mm->ops->data);

	users_finish(orders, mm, event);
	if (mm->adopts)
		return false;
	if (before.id != 0) {
		before.over = true;
		g_array_append_val(mm->ops, before);
	}
	op = &g_array_index(mm->ops, struct order_op, index);
	if (op->kind == ORDER_EXIT)
		order_settle(mm, (struct order_actor){
					 .kind = ACTOR_LEAVE, .index = index, .line = op->line });
	for (guint i = states_count(&mm->states); i-- > 0;) {
		struct order_state *state = states_at(&mm->states, i);
		bool fits = state->holder == (op->kind == ORDER_EXIT ? op->id : 0);

		states_rule_out(&mm->states, i, !fits);
	}
	states_compact(&mm->states);
	if (states_count(&mm->states) > 0)
		return true;
	orders_stuck(orders, mm, event, "way to the decision");
	return false;
}

/* The deferred work is a kernel thread's. */
static bool is_worker(struct orders *orders, const struct trace_event *event)
{
	const struct seen_task *task = tasks_find(orders, event->pid);

	return (!task || !task->mm) && g_str_has_prefix(event->comm, "kworker");
}

void on_decide(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct order_mm *mm = users_mm(orders, event);
	struct observation seen = observation_of("values before the decision");
	struct order_op *op;

	if (!mm)
		return;
	orders_remember(orders, mm, event);
	if (mm->adopts) {
		adopt_learn(orders, mm, event);
		return;
	}
	op = order_mm_find_op(mm, event->pid, false);
	if (!op && is_worker(orders, event))
		op = order_mm_add_op(mm, (struct order_op){ .kind = ORDER_WORK,
						 .pid = event->pid,
						 .initiator = TASK_NONE,
						 .task = TASK_NONE });
	if (!op) {
		/* A recorder that filters by thread group leaves out who shares the mm from
		 * another one. */
		orders_give_up(orders, mm, event,
			"the trace lacks the fork or exit of a decision, that of a vfork or "
			"CLONE_VM child?");
		return;
	}
	op->cpu = cpu;
	op->line = event->line;
	if (event->mm.known)
		order_mm_weigh(mm, event->mm.allowed_count);
	if (!take_mutex(orders, mm, op, event))
		return;
	op = order_mm_find_op(mm, event->pid, false);
	mm->current = *op;
	g_array_set_size(mm->visited, 0);
	order_mm_drop_op(mm, op->id);
	seen.values = event->mm.known ? &event->mm : NULL;
	seen.users_more = mm->current.kind == ORDER_FORK;
	order_affinities_may_be_over(mm);
	orders_observe(orders, mm, event, &seen);
}

void on_decide_end(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct order_mm *mm = users_mm(orders, event);
	struct observation seen = observation_of("decision");

	if (!mm)
		return;
	orders_remember(orders, mm, event);
	if (mm->adopts) {
		adopt_learn(orders, mm, event);
		return;
	}
	if (mm->current.id == 0 || mm->current.pid != event->pid) {
		orders_doubt(orders, mm, event, "the trace lacks the beginning of a decision");
		return;
	}
	mm->current.cpu = cpu;
	mm->current.line = event->line;
	order_settle_decision(mm);
	if (states_count(&mm->states) == 0) {
		orders_stuck(orders, mm, event, "decision");
		return;
	}
	seen.values = event->mm.known ? &event->mm : NULL;
	seen.changed = event->changed;
	orders_observe(orders, mm, event, &seen);
	mm->current.released = true;
	if (!mm->adopts) {
		orders->locks[cpu] = mm;
		tell_decision(orders, mm, event->pid);
		tell_update(orders, mm);
	}
}

/* Walks */

/* Note that the walk has been to @task. Was it seen to have been there before? */
static bool visits_again(struct order_mm *mm, uint32_t task)
{
	for (guint i = 0; i < mm->visited->len; i++) {
		if (g_array_index(mm->visited, uint32_t, i) == task)
			return true;
	}
	g_array_append_val(mm->visited, task);
	return false;
}

void on_walk(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct order_mm *mm = users_mm(orders, event);
	bool up_to = event->kind == TRACE_CPU_WALK || event->kind == TRACE_TASK_STEP_BEGIN;
	uint32_t task = TASK_NONE, visited = UINT32_MAX;
	struct seen_task *t;

	if (!mm || mm->adopts || mm->current.id == 0 || mm->current.pid != event->pid)
		return;
	orders_remember(orders, mm, event);
	mm->current.cpu = cpu;
	if (event->kind == TRACE_CPU_WALK)
		visited = 0;
	else if (event->kind == TRACE_CPU_WALK_END)
		visited = mm->config.cpus_count - 1;
	else if (event->kind == TRACE_CPU_STEP)
		visited = replay_cpu(orders->replay, event->other_cpu);
	else if ((t = tasks_find(orders, event->task.pid)) != NULL && t->mm == mm)
		task = t->task;
	if (task == TASK_NONE && visited == UINT32_MAX)
		return;
	/* A walk over the system also comes by tasks that have left, and does nothing there. */
	if (task != TASK_NONE && !model_task_const(&states_first(&mm->states)->model, task)->active)
		return;
	if (event->kind == TRACE_TASK_STEP_BEGIN)
		order_learn_groups(mm, task);
	order_settle_walk(mm, task, visited, up_to, !up_to && visits_again(mm, task));
	mm->current.line = event->line;
	if (states_count(&mm->states) == 0)
		orders_stuck(orders, mm, event, "step of the walk");
	else
		tell_update(orders, mm);
}
