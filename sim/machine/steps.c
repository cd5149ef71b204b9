/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>
#include <stddef.h>

#include "model/pool.h"
#include "model/walk.h"
#include "sim/machine/private.h"

/* What can be done */

/* On a CPU, and not in the middle of its switch. */
static bool is_executing(const struct machine *machine, uint32_t task)
{
	return model_is_running(machine_model_const(machine), task) &&
	       is_free(machine, task_of(machine, task)->cpu);
}

/* Not to be switched out. */
static bool is_pinned(const struct machine *machine, uint32_t task)
{
	const struct model_mm *mm = machine_mm(machine);

	return mm->phase != PHASE_IDLE && mm->initiator == task &&
	       (machine->waiting || mm->phase == PHASE_GET_LOCKED);
}

static bool can_pull(const struct machine *machine, const struct machine_config *config,
	uint32_t task, uint32_t cpu)
{
	uint32_t from = task_of(machine, task)->cpu;

	return is_at(machine, task, RUNNABLE) &&
	       !model_is_running(machine_model_const(machine), task) &&
	       (from == cpu || is_free(machine, from)) && may_run_on(machine, config, task, cpu);
}

static bool can_leave(const struct machine *machine, uint32_t cpu)
{
	const struct model_cpu *c = cpu_of(machine, cpu);

	return c->phase == CPU_FREE && (c->curr == TASK_NONE || !is_pinned(machine, c->curr));
}

static bool can_retry(const struct machine *machine, uint32_t cpu)
{
	const struct model_cpu *c = cpu_of(machine, cpu);

	return c->phase == CPU_SPINS &&
	       (c->found > 0 || pool_has_room(machine_model_const(machine), MM));
}

static bool fork_gets(const struct machine *machine)
{
	uint8_t phase = machine_mm(machine)->phase;

	return (phase == PHASE_GET_LOCKED || phase == PHASE_GET_MUTEX) &&
	       is_executing(machine, machine_mm(machine)->initiator);
}

static bool can_fork_retry(const struct machine *machine)
{
	return fork_gets(machine) &&
	       (machine_mm(machine)->found > 0 || pool_has_room(machine_model_const(machine), MM));
}

static bool gives_up(const struct machine *machine)
{
	return machine_model_const(machine)->protocol.bounded_get;
}

static bool mutex_is_free(const struct machine *machine)
{
	return machine_mm(machine)->phase == PHASE_IDLE;
}

/* Can @task, in user space, begin something that may happen only so often? */
static bool can_begin(const struct machine *machine, uint32_t task, enum machine_op op)
{
	return machine->left[op] > 0 && machine->pc[task] == PC_USER &&
	       is_executing(machine, task) && mutex_is_free(machine);
}

static bool can_exit(
	const struct machine *machine, const struct machine_config *config, uint32_t task)
{
	return can_begin(machine, task, MACHINE_EXITS) ||
	       (config->may_all_exit && machine->pc[task] == PC_USER &&
		       is_executing(machine, task) && mutex_is_free(machine));
}

static bool can_end_exec(const struct machine *machine, uint32_t task)
{
	return is_at(machine, task, IN_EXEC) && is_executing(machine, task) &&
	       (machine->pc[task] == PC_EXEC || mutex_is_free(machine));
}

static bool can_change_affinity(
	const struct machine *machine, const struct machine_config *config, uint32_t task)
{
	return machine->left[MACHINE_AFFINITIES] > 0 && is_at(machine, task, PRESENT) &&
	       !(machine->wide >> task & 1) && config->allowed != all_cpus(config) &&
	       is_free(machine, task_of(machine, task)->cpu) &&
	       machine_mm(machine)->phase != PHASE_GET_LOCKED;
}

static bool initiator_goes_on(const struct machine *machine)
{
	uint32_t initiator = machine_mm(machine)->initiator;

	return initiator == TASK_NONE || is_executing(machine, initiator);
}

static bool can_walk(const struct machine *machine)
{
	uint8_t phase = machine_mm(machine)->phase;

	if ((phase != PHASE_WALK_TASKS && phase != PHASE_WALK_CPUS) || !initiator_goes_on(machine))
		return false;
	return !machine->waiting ||
	       is_free(machine, walk_next_cpu(machine_model_const(machine), MM));
}

static bool can_complete(const struct machine *machine)
{
	return machine_mm(machine)->phase == PHASE_COMPLETE && initiator_goes_on(machine);
}

static bool can_work(const struct machine *machine)
{
	return machine->work && mutex_is_free(machine);
}

/* Does @task sit in a queue that it could be taken from? */
static bool can_be_taken(const struct machine *machine, uint32_t task)
{
	return is_at(machine, task, PRESENT) &&
	       !model_is_running(machine_model_const(machine), task) &&
	       is_free(machine, task_of(machine, task)->cpu);
}

static bool can_migrate(const struct machine *machine, const struct machine_config *config,
	uint32_t task, uint32_t cpu)
{
	return can_be_taken(machine, task) && task_of(machine, task)->cpu != cpu &&
	       is_free(machine, cpu) && may_run_on(machine, config, task, cpu);
}

static uint32_t free_slot(const struct machine *machine, const struct machine_config *config)
{
	uint32_t task = 0;

	while (task < config->tasks_max && machine->pc[task] != PC_FREE)
		task++;
	return task;
}

/* Listing */

struct list {
	const struct machine *machine;
	const struct machine_config *config;
	struct machine_twins twins;
	struct explore_step *steps;
	unsigned count;
};

static void list_add(struct list *list, enum step_verb verb, uint32_t cpu, uint32_t task)
{
	assert(list->count < MACHINE_STEPS_MAX);
	list->steps[list->count++] = (struct explore_step){
		.verb = (uint8_t)verb,
		.cpu = (uint8_t)cpu,
		.task = (uint8_t)task,
		.child = STEP_TASK_NONE,
		.sees = SEES_PRESENT,
	};
}

/* A step that reads the mode on @cpu, which may see old words of it: one for each thing to see. */
static void list_add_reading(
	struct list *list, enum step_verb verb, uint32_t cpu, uint32_t task, uint8_t view)
{
	uint8_t mode = machine_mm(list->machine)->mode;

	list_add(list, verb, cpu, task);
	for (unsigned old = 1; view && old <= (VIEW_OLD_PERCPU | VIEW_OLD_TRANSIT); old++) {
		if (old & ~view)
			continue;
		list_add(list, verb, cpu, task);
		list->steps[list->count - 1].sees = mode ^
		                                    (old & VIEW_OLD_PERCPU ? MODE_PER_CPU : 0) ^
		                                    (old & VIEW_OLD_TRANSIT ? MODE_TRANSIT : 0);
	}
}

static void list_out(struct list *list, uint32_t cpu)
{
	const struct machine *machine = list->machine;
	uint32_t curr = cpu_of(machine, cpu)->curr;
	enum step_verb verb = list->config->reduced ? VERB_OUT : VERB_LEAVE;
	uint8_t view = 0;

	if (!can_leave(machine, cpu) || (verb == VERB_OUT && curr == TASK_NONE))
		return;
	if (curr != TASK_NONE && cid_is_in_transit(task_of(machine, curr)->cid))
		view = machine->view[cpu];
	list_add_reading(list, verb, cpu, STEP_TASK_NONE, view);
}

static void list_in(struct list *list, uint32_t cpu)
{
	const struct machine *machine = list->machine;
	const struct model_cpu *c = cpu_of(machine, cpu);
	enum step_verb verb = list->config->reduced ? VERB_IN : VERB_ENTER;

	if (c->phase != (verb == VERB_IN ? CPU_FREE : CPU_BETWEEN) || c->curr != TASK_NONE)
		return;
	for (uint32_t task = 0; task < list->config->tasks_max; task++) {
		uint8_t view = machine->view[cpu];

		if (list->twins.tasks >> task & 1 || !can_pull(machine, list->config, task, cpu))
			continue;
		view &= machine->view[task_of(machine, task)->cpu];
		if (!task_of(machine, task)->active)
			view = 0;
		list_add_reading(list, verb, cpu, task, view);
	}
	if (verb == VERB_ENTER)
		list_add(list, verb, cpu, STEP_TASK_NONE);
}

static void list_spin(struct list *list, uint32_t cpu)
{
	if (can_retry(list->machine, cpu))
		list_add(list, VERB_RETRY, cpu, STEP_TASK_NONE);
	if (gives_up(list->machine) && cpu_of(list->machine, cpu)->phase == CPU_SPINS &&
		cpu_of(list->machine, cpu)->found == 0)
		list_add(list, VERB_GIVE_UP, cpu, STEP_TASK_NONE);
}

static void list_forks(struct list *list, uint32_t task)
{
	static const struct {
		enum machine_op op;
		enum step_verb verb;
	} forks[] = {
		{ MACHINE_FORKS, VERB_FORK },
		{ MACHINE_CLONE_VMS, VERB_CLONE_VM },
		{ MACHINE_VFORKS, VERB_VFORK },
	};
	uint32_t child = free_slot(list->machine, list->config);

	if (child == list->config->tasks_max)
		return;
	for (size_t i = 0; i < sizeof(forks) / sizeof(*forks); i++) {
		if (!can_begin(list->machine, task, forks[i].op))
			continue;
		list_add(list, forks[i].verb, STEP_CPU_NONE, task);
		list->steps[list->count - 1].child = (uint8_t)child;
	}
}

/* What @task does, once it is on a CPU. */
static void list_task(struct list *list, uint32_t task)
{
	const struct machine *machine = list->machine;

	list_forks(list, task);
	if (can_exit(machine, list->config, task))
		list_add(list, VERB_EXIT, STEP_CPU_NONE, task);
	if (can_begin(machine, task, MACHINE_EXECS))
		list_add(list, VERB_EXEC, STEP_CPU_NONE, task);
	if (can_begin(machine, task, MACHINE_FAILED_EXECS))
		list_add(list, VERB_FAILED_EXEC, STEP_CPU_NONE, task);
	if (can_end_exec(machine, task))
		list_add(list, VERB_EXEC_END, STEP_CPU_NONE, task);
	if (is_at(machine, task, SHOWING) && is_executing(machine, task))
		list_add(list, VERB_SHOW, STEP_CPU_NONE, task);
}

static void list_walk(struct list *list)
{
	const struct machine *machine = list->machine;
	uint16_t left;
	bool cpus;

	if (!can_walk(machine))
		return;
	if (!is_any_order(machine, list->config) || machine->waiting) {
		list_add(list, VERB_WALK, STEP_CPU_NONE, STEP_TASK_NONE);
		return;
	}
	cpus = machine_mm(machine)->phase == PHASE_WALK_CPUS;
	left = walk_remaining(machine, list->config);
	left &= (uint16_t) ~(cpus ? list->twins.cpus : list->twins.tasks);
	for (; left; left &= (uint16_t)(left - 1)) {
		uint32_t target = (uint32_t)__builtin_ctz(left);

		if (cpus)
			list_add(list, VERB_WALK, target, STEP_TASK_NONE);
		else
			list_add(list, VERB_WALK, STEP_CPU_NONE, target);
	}
}

/* What whoever holds the mutex does next. */
static void list_holder(struct list *list)
{
	const struct machine *machine = list->machine;

	list_walk(list);
	if (can_complete(machine))
		list_add(list, VERB_COMPLETE, STEP_CPU_NONE, STEP_TASK_NONE);
	if (can_fork_retry(machine))
		list_add(list, VERB_FORK_RETRY, STEP_CPU_NONE, STEP_TASK_NONE);
	if (gives_up(machine) && fork_gets(machine) && machine_mm(machine)->found == 0)
		list_add(list, VERB_FORK_GIVE_UP, STEP_CPU_NONE, STEP_TASK_NONE);
}

static void list_migrations(struct list *list, uint32_t task)
{
	const struct machine *machine = list->machine;

	if (!can_be_taken(machine, task))
		return;
	for (uint32_t cpu = 0; cpu < list->config->cpus_count; cpu++) {
		if (cpu != task_of(machine, task)->cpu && is_free(machine, cpu) &&
			may_run_on(machine, list->config, task, cpu))
			list_add(list, VERB_MIGRATE, cpu, task);
	}
}

unsigned machine_steps(const struct machine *machine, const struct machine_config *config,
	struct machine_twins twins, struct explore_step *steps)
{
	struct list list = { machine, config, twins, steps, 0 };

	if (machine_mm(machine)->phase != PHASE_IDLE)
		list_holder(&list);
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++) {
		const struct model_cpu *c = cpu_of(machine, cpu);

		if (twins.cpus >> cpu & 1)
			continue;
		if (c->phase == CPU_FREE && c->curr != TASK_NONE)
			list_task(&list, c->curr);
		list_out(&list, cpu);
		list_in(&list, cpu);
		if (c->phase == CPU_SPINS)
			list_spin(&list, cpu);
	}
	for (uint32_t task = 0; machine->left[MACHINE_AFFINITIES] > 0 && task < config->tasks_max;
		task++) {
		if (!(twins.tasks >> task & 1) && can_change_affinity(machine, config, task))
			list_add(&list, VERB_AFFINITY, STEP_CPU_NONE, task);
	}
	if (can_work(machine))
		list_add(&list, VERB_WORK, STEP_CPU_NONE, STEP_TASK_NONE);
	for (uint32_t task = 0; !machine_floats(config) && task < config->tasks_max; task++)
		list_migrations(&list, task);
	return list.count;
}

/* Refusing: the same rules, told */

static const char *refuse_in(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	const struct model_cpu *c = cpu_of(machine, step->cpu);

	if (step->verb == VERB_IN && (c->phase != CPU_FREE || c->curr != TASK_NONE))
		return "that CPU does not idle";
	if (step->verb == VERB_ENTER && c->phase != CPU_BETWEEN)
		return "that CPU has not left its task";
	if (step->task == STEP_TASK_NONE)
		return step->verb == VERB_ENTER ? NULL : "it names no task";
	if (!is_at(machine, step->task, RUNNABLE))
		return "there is no such task that could run";
	if (!can_pull(machine, config, step->task, step->cpu))
		return "that task cannot be had: it runs, may not run there, or waits in the queue "
		       "of a CPU whose rq lock is held";
	return NULL;
}

static const char *refuse_begin(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	if (machine->pc[step->task] != PC_USER || !is_executing(machine, step->task))
		return "that task does not run in user space";
	if (!mutex_is_free(machine))
		return "the mutex of the mm is held";
	if (step->verb != VERB_FORK && step->verb != VERB_CLONE_VM && step->verb != VERB_VFORK)
		return NULL;
	if (step->child >= config->tasks_max || machine->pc[step->child] != PC_FREE)
		return "there is a task of the child's number already, or too many tasks";
	return NULL;
}

static const char *refuse_walk(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	uint16_t left = walk_remaining(machine, config);
	bool cpus = machine_mm(machine)->phase == PHASE_WALK_CPUS;

	if (!can_walk(machine))
		return "no walk is under way, or its initiator does not run, or waits for a rq "
		       "lock";
	if (step->cpu == STEP_CPU_NONE && step->task == STEP_TASK_NONE)
		return NULL;
	if (!is_any_order(machine, config) || machine->waiting)
		return "the walk has an order of its own here";
	if (cpus ? step->cpu == STEP_CPU_NONE || !(left >> step->cpu & 1)
		 : step->task == STEP_TASK_NONE || !(left >> step->task & 1))
		return "the walk is not due there";
	return NULL;
}

static const char *refuse_unless(bool can, const char *why)
{
	return can ? NULL : why;
}

const char *machine_refuses(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	static const char no_task[] = "there is no such task, or it is not where it could";

	switch ((enum step_verb)step->verb) {
	case VERB_OUT:
		if (cpu_of(machine, step->cpu)->curr == TASK_NONE)
			return "that CPU idles";
		return refuse_unless(can_leave(machine, step->cpu),
			"its task cannot be switched out: it spins, or waits for a lock");
	case VERB_LEAVE:
		return refuse_unless(can_leave(machine, step->cpu),
			"its task cannot be switched out: it spins, or waits for a lock");
	case VERB_IN:
	case VERB_ENTER:
		return refuse_in(machine, config, step);
	case VERB_RETRY:
		return refuse_unless(
			can_retry(machine, step->cpu), "no get spins there, or it finds nothing");
	case VERB_GIVE_UP:
		return refuse_unless(
			gives_up(machine) && cpu_of(machine, step->cpu)->phase == CPU_SPINS,
			"no get spins there, or this revision's does not give up");
	case VERB_MIGRATE:
		return refuse_unless(can_migrate(machine, config, step->task, step->cpu),
			"that task runs, is there, may not run there, or a rq lock is held");
	case VERB_FORK:
	case VERB_CLONE_VM:
	case VERB_VFORK:
	case VERB_EXIT:
	case VERB_EXEC:
	case VERB_FAILED_EXEC:
		return refuse_begin(machine, config, step);
	case VERB_SHOW:
		return refuse_unless(
			is_at(machine, step->task, SHOWING) && is_executing(machine, step->task),
			no_task);
	case VERB_WALK:
		return refuse_walk(machine, config, step);
	case VERB_COMPLETE:
		return refuse_unless(can_complete(machine),
			"the walk is not over, or its initiator does not run");
	case VERB_FORK_RETRY:
		return refuse_unless(
			can_fork_retry(machine), "no fork spins in get, or it finds nothing");
	case VERB_FORK_GIVE_UP:
		return refuse_unless(gives_up(machine) && fork_gets(machine),
			"no fork spins in get, or this revision's does not give up");
	case VERB_EXEC_END:
		return refuse_unless(can_end_exec(machine, step->task),
			"that task is in no exec, does not run, or the mutex is held");
	case VERB_AFFINITY:
		return refuse_unless(can_change_affinity(machine, config, step->task),
			"that task may run everywhere already, or a lock is held");
	case VERB_WORK:
		return refuse_unless(can_work(machine), "no work is queued, or the mutex is held");
	case VERB_COUNT:
		break;
	}
	return "there is no such step";
}
