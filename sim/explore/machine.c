/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/machine.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "model/affinity.h"
#include "model/check.h"
#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/pool.h"
#include "model/switch.h"
#include "model/walk.h"

enum { MM = 0 /* there is but one */, COPY_PIECE = 64 };

#define PC(pc) (1u << (pc))
enum {
	/* can be picked by a CPU */
	RUNNABLE = PC(PC_USER) | PC(PC_FORKS) | PC(PC_VFORKS) | PC(PC_SHOWS) | PC(PC_VSHOWS) |
	           PC(PC_EXITS) | PC(PC_LEAVES) | PC(PC_LEAVES_TO_FAIL) | PC(PC_EXEC) |
	           PC(PC_EXEC_TO_FAIL) | PC(PC_RETURNS),
	SHOWING = PC(PC_SHOWS) | PC(PC_VSHOWS),
	IN_EXEC = PC(PC_EXEC) | PC(PC_EXEC_TO_FAIL),
	/* there, with an affinity that can be changed */
	PRESENT = RUNNABLE | PC(PC_WAITS),
};

static bool is_at(const struct machine *machine, uint32_t task, unsigned pcs)
{
	return pcs >> machine->pc[task] & 1;
}

static const struct model_cpu *cpu_of(const struct machine *machine, uint32_t cpu)
{
	return model_cpu_const(machine_model_const(machine), cpu);
}

static const struct model_task *task_of(const struct machine *machine, uint32_t task)
{
	return model_task_const(machine_model_const(machine), task);
}

static uint16_t all_cpus(const struct machine_config *config)
{
	return (uint16_t)((1u << config->cpus_count) - 1);
}

static bool may_run_on(const struct machine *machine, const struct machine_config *config,
	uint32_t task, uint32_t cpu)
{
	return config->allowed >> cpu & 1 || machine->wide >> task & 1;
}

/* Beginning */

static void start_alone(struct machine *machine, const struct machine_config *config, uint32_t cpu)
{
	struct model *model = machine_model(machine);
	struct step step;

	task_create(model, 0, MM, config->group[0], cpu);
	task_show(model, 0);
	step = fork_begin(model, cpu, 0, 0, NULL);
	if (step.outcome == STEP_SPINS) /* a get of two steps */
		step = fork_spin(model, MM, NULL);
	assert(step.outcome == STEP_DONE);
	switch_out(model, cpu, NULL);
	step = switch_in(model, cpu, 0, NULL);
	assert(step.outcome == STEP_DONE);
	machine->pc[0] = PC_USER;
}

/* False if the fork spins in get: nobody is there who could give a number back. */
static bool fork_alone(
	struct machine *machine, const struct machine_config *config, uint32_t cpu, uint32_t child)
{
	struct model *model = machine_model(machine);
	struct step step;

	task_create(model, child, MM, config->group[child], cpu);
	if (!config->protocol.early_count)
		task_show(model, child);
	step = fork_begin(model, cpu, 0, child, NULL);
	if (step.outcome == STEP_SPINS) /* a get of two steps */
		step = fork_spin(model, MM, NULL);
	/* Where children are counted before they are visible a walk may have nobody to visit. */
	while (step.outcome == STEP_WINDOW && machine_mm(machine)->phase != PHASE_COMPLETE)
		step = walk_step(model, MM, NULL);
	if (machine_mm(machine)->phase == PHASE_COMPLETE)
		step = walk_complete(model, MM, NULL);
	task_show(model, child);
	machine->pc[child] = PC_USER;
	return step.outcome == STEP_DONE;
}

bool machine_start(struct machine *machine, const struct machine_config *config)
{
	const struct model_config model_config = {
		.protocol = config->protocol,
		.cpus_count = config->cpus_count,
		.nr_cpu_ids = config->cpus_count,
		.tasks_count = config->tasks_max,
		.mms_count = 1,
		.extents_count = 1,
	};
	uint64_t allowed = config->allowed;
	uint32_t cpu = (uint32_t)__builtin_ctz(config->allowed);
	bool can_start = true;
	struct step step;

	assert(config->cpus_count >= 1 && config->cpus_count <= MACHINE_CPUS_MAX);
	assert(config->tasks_start >= 1 && config->tasks_start <= config->tasks_max);
	assert(config->tasks_max <= MACHINE_TASKS_MAX);
	assert(config->allowed != 0 && !(config->allowed & ~all_cpus(config)));
	assert(model_size(&model_config) + COPY_PIECE <= sizeof(machine->block));
	memset(machine, 0, sizeof(*machine));
	model_init(machine->block, &model_config);
	step = mm_create(machine_model(machine), MM, &allowed);
	assert(step.outcome == STEP_DONE);
	(void)step;
	memcpy(machine->left, config->may, sizeof(config->may));
	start_alone(machine, config, cpu);
	for (uint32_t task = 1; can_start && task < config->tasks_start; task++)
		can_start = fork_alone(machine, config, cpu, task);
	return can_start;
}

/* What comes before the CPUs is the same for all states of an exploration: the only mm has had its
 * extent from the start. The rest is copied in pieces of a size that the compiler knows; the block
 * ends with room for the last one. */
void machine_copy(struct machine *to, const struct machine *from)
{
	const struct model *model = machine_model_const(from);

	memcpy(to, from, offsetof(struct machine, block));
	for (size_t at = model->cpus_at; at < model->size; at += COPY_PIECE)
		memcpy((char *)to->block + at, (const char *)from->block + at, COPY_PIECE);
}

/* What can be done */

uint8_t machine_initiator(const struct machine *machine)
{
	const struct model_mm *mm = machine_mm(machine);

	if (mm->phase == PHASE_IDLE || mm->initiator == TASK_NONE)
		return STEP_TASK_NONE;
	return (uint8_t)mm->initiator;
}

static bool is_free(const struct machine *machine, uint32_t cpu)
{
	return cpu_of(machine, cpu)->phase == CPU_FREE;
}

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
	       (machine_mm(machine)->cursor > 0 || pool_has_room(machine_model_const(machine), MM));
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

/* CPUs or users that a walk in any order has not been to. */
static uint16_t walk_remaining(const struct machine *machine, const struct machine_config *config)
{
	const struct model_mm *mm = machine_mm(machine);
	uint16_t left = 0;

	if (mm->phase == PHASE_WALK_CPUS)
		return (uint16_t)(all_cpus(config) & ~machine->walked);
	for (uint32_t task = 0; task < config->tasks_max; task++) {
		if (task_of(machine, task)->active && task != mm->initiator)
			left |= (uint16_t)(1u << task);
	}
	return left & (uint16_t)~machine->walked;
}

static bool is_any_order(const struct machine *machine, const struct machine_config *config)
{
	return machine_mm(machine)->phase == PHASE_WALK_CPUS ? config->any_cpu_order
	                                                     : config->any_task_order;
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
	if (gives_up(machine) && fork_gets(machine) && machine_mm(machine)->cursor == 0)
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
		return NULL;
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

/* Doing */

static bool is_weak(const struct machine_config *config)
{
	return config->weak && config->protocol.split_mode;
}

/* The words of @old are stored that @cpu has written; the other CPUs may not see it yet. */
static void stored(
	struct machine *machine, const struct machine_config *config, uint32_t cpu, uint8_t old)
{
	for (uint32_t other = 0; is_weak(config) && other < config->cpus_count; other++) {
		if (other != cpu)
			machine->view[other] |= old;
	}
}

/* The mode that @cpu reads: what it has seen new it will not see old again. */
static uint8_t read_mode(struct machine *machine, const struct explore_step *step)
{
	uint8_t mode = machine_mm(machine)->mode, seen;

	if (step->sees == SEES_PRESENT)
		seen = mode;
	else
		seen = step->sees;
	if (!((seen ^ mode) & MODE_PER_CPU))
		machine->view[step->cpu] &= (uint8_t)~VIEW_OLD_PERCPU;
	if (!((seen ^ mode) & MODE_TRANSIT))
		machine->view[step->cpu] &= (uint8_t)~VIEW_OLD_TRANSIT;
	return seen;
}

static void forget_task(struct machine *machine, uint32_t task)
{
	task_destroy(machine_model(machine), task);
	machine->pc[task] = PC_FREE;
	machine->wide &= (uint16_t) ~(1u << task);
}

static void leave(
	struct machine *machine, const struct explore_step *step, struct model_observer *observer)
{
	uint32_t prev = cpu_of(machine, step->cpu)->curr;

	if (prev == TASK_NONE) {
		switch_out(machine_model(machine), step->cpu, observer);
		return;
	}
	if (cid_is_in_transit(task_of(machine, prev)->cid))
		switch_out_seeing(
			machine_model(machine), step->cpu, read_mode(machine, step), observer);
	else
		switch_out(machine_model(machine), step->cpu, observer);
	if (machine->pc[prev] == PC_DEAD)
		forget_task(machine, prev);
}

static enum step_outcome enter(
	struct machine *machine, const struct explore_step *step, struct model_observer *observer)
{
	struct model *model = machine_model(machine);
	const struct model_task *t;

	if (step->task == STEP_TASK_NONE)
		return switch_in(model, step->cpu, TASK_NONE, observer).outcome;
	t = task_of(machine, step->task);
	/* Its queue's rq lock was taken, and what its holder had seen comes along. */
	machine->view[step->cpu] &= machine->view[t->cpu];
	if (!t->active)
		return switch_in(model, step->cpu, step->task, observer).outcome;
	return switch_in_seeing(model, step->cpu, step->task, read_mode(machine, step), observer)
	        .outcome;
}

uint16_t machine_floating(const struct machine *machine)
{
	const struct model *model = machine_model_const(machine);
	uint16_t floating = 0;

	for (uint32_t task = 0; task < model->tasks_count; task++) {
		if (is_at(machine, task, PRESENT) && !model_is_running(model, task) &&
			is_free(machine, task_of(machine, task)->cpu))
			floating |= (uint16_t)(1u << task);
	}
	return floating;
}

uint16_t machine_can_be_stuck(
	const struct machine *machine, const struct machine_config *config, uint32_t cpu)
{
	uint16_t floating = machine_floating(machine);

	return config->allowed >> cpu & 1 ? floating : floating & machine->wide;
}

/* Say where the floating tasks are as the switch on step.cpu begins: those of step.stuck in its
 * queue, all others, as far as they can, not. */
static void place(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	uint16_t floating = machine_floating(machine) & (uint16_t) ~(1u << step->task);

	for (; floating; floating &= (uint16_t)(floating - 1)) {
		uint32_t task = (uint32_t)__builtin_ctz(floating);
		struct model_task *t = model_task(machine_model(machine), task);

		if (step->stuck >> task & 1)
			t->cpu = step->cpu;
		for (uint32_t cpu = 0; t->cpu == step->cpu && !(step->stuck >> task & 1) &&
				       cpu < config->cpus_count;
			cpu++) {
			if (cpu != step->cpu && is_free(machine, cpu) &&
				may_run_on(machine, config, task, cpu))
				t->cpu = cpu & (MODEL_CPUS_MAX - 1);
		}
	}
}

static enum step_outcome apply_out(
	struct machine *machine, const struct explore_step *step, struct model_observer *observer)
{
	leave(machine, step, observer);
	return switch_in(machine_model(machine), step->cpu, TASK_NONE, observer).outcome;
}

static enum step_outcome apply_in(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	if (machine_floats(config))
		place(machine, config, step);
	switch_out(machine_model(machine), step->cpu, observer);
	return enter(machine, step, observer);
}

/* One that is gone from the mm leaves its CPU idle: nothing can tell the difference. */
static void bury(struct machine *machine, const struct machine_config *config, uint32_t task)
{
	uint32_t cpu = task_of(machine, task)->cpu;

	machine->pc[task] = PC_DEAD;
	for (uint32_t other = 0; other < config->tasks_max; other++) {
		if (machine->pc[other] == PC_WAITS && machine->partner[other] == task) {
			machine->pc[other] = PC_USER;
			machine->partner[other] = 0;
		}
	}
	if (!config->reduced || !cid_is_unset(task_of(machine, task)->cid))
		return;
	switch_out(machine_model(machine), cpu, NULL);
	switch_in(machine_model(machine), cpu, TASK_NONE, NULL);
	forget_task(machine, task);
}

static void child_is_there(struct machine *machine, uint32_t parent, enum machine_pc then)
{
	uint32_t child = machine->partner[parent];

	machine->pc[child] = PC_USER;
	machine->partner[child] = 0;
	machine->pc[parent] = (uint8_t)then;
	if (then == PC_USER)
		machine->partner[parent] = 0;
}

/* The mutex that @task held is free again: what it was in the middle of is over. */
static void op_done(struct machine *machine, const struct machine_config *config, uint32_t task)
{
	bool early = config->protocol.early_count;

	switch ((enum machine_pc)machine->pc[task]) {
	case PC_FORKS:
		if (early)
			machine->pc[task] = PC_SHOWS;
		else
			child_is_there(machine, task, PC_USER);
		break;
	case PC_VFORKS:
		if (early)
			machine->pc[task] = PC_VSHOWS;
		else
			child_is_there(machine, task, PC_WAITS);
		break;
	case PC_EXITS:
		bury(machine, config, task);
		break;
	case PC_LEAVES:
		machine->pc[task] = PC_EXEC;
		break;
	case PC_LEAVES_TO_FAIL:
		machine->pc[task] = PC_EXEC_TO_FAIL;
		break;
	case PC_RETURNS:
		machine->pc[task] = PC_USER;
		break;
	case PC_FREE:
	case PC_BORN:
	case PC_USER:
	case PC_SHOWS:
	case PC_VSHOWS:
	case PC_WAITS:
	case PC_DEAD:
	case PC_EXEC:
	case PC_EXEC_TO_FAIL:
	case PC_COUNT:
		assert(!"an operation under way");
	}
}

/* @task has begun an operation, on its CPU, with outcome @step. */
static enum step_outcome begun(struct machine *machine, const struct machine_config *config,
	uint32_t task, struct step step)
{
	const struct model_mm *mm = machine_mm(machine);

	machine->view[task_of(machine, task)->cpu] = 0; /* with the mutex comes what its last holder
	                                                 * has written */
	if (step.outcome == STEP_WINDOW) {
		stored(machine, config, task_of(machine, task)->cpu,
			VIEW_OLD_PERCPU | (mm->mode & MODE_TRANSIT ? VIEW_OLD_TRANSIT : 0));
		machine->walked = 0;
	} else if (step.outcome == STEP_DONE) {
		op_done(machine, config, task);
	}
	if (mm->users == 0)
		machine->work = 0;
	return step.outcome;
}

static void spend(struct machine *machine, enum machine_op op)
{
	if (machine->left[op] > 0)
		machine->left[op]--;
}

/* A thread group that no task is in, for a child that is the first of it. */
static uint32_t new_group(const struct machine *machine, const struct machine_config *config)
{
	uint32_t used = 0;

	for (uint32_t task = 0; task < config->tasks_max; task++) {
		if (machine->pc[task] != PC_FREE &&
			task_of(machine, task)->group >= MACHINE_TASKS_MAX)
			used |= 1u << (task_of(machine, task)->group - MACHINE_TASKS_MAX);
	}
	return MACHINE_TASKS_MAX + (uint32_t)__builtin_ctz(~used);
}

static enum step_outcome apply_fork(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	struct model *model = machine_model(machine);
	const struct model_task *parent = task_of(machine, step->task);

	task_create(model, step->child, MM,
		step->verb == VERB_FORK ? parent->group : new_group(machine, config), parent->cpu);
	if (!config->protocol.early_count)
		task_show(model, step->child);
	spend(machine, step->verb - VERB_FORK + MACHINE_FORKS);
	machine->pc[step->child] = PC_BORN;
	machine->partner[step->child] = step->task;
	machine->pc[step->task] = step->verb == VERB_VFORK ? PC_VFORKS : PC_FORKS;
	machine->partner[step->task] = step->child;
	machine->wide &= (uint16_t) ~(1u << step->child);
	machine->wide |= (uint16_t)((machine->wide >> step->task & 1) << step->child);
	return begun(machine, config, step->task,
		fork_begin(model, parent->cpu, step->task, step->child, observer));
}

static enum step_outcome apply_leave_mm(struct machine *machine,
	const struct machine_config *config, const struct explore_step *step, enum machine_op op,
	enum machine_pc pc, struct model_observer *observer)
{
	spend(machine, op);
	machine->pc[step->task] = (uint8_t)pc;
	return begun(machine, config, step->task,
		exit_begin(machine_model(machine), task_of(machine, step->task)->cpu, step->task,
			observer));
}

static enum step_outcome apply_exec_end(struct machine *machine,
	const struct machine_config *config, const struct explore_step *step,
	struct model_observer *observer)
{
	if (machine->pc[step->task] == PC_EXEC) {
		bury(machine, config, step->task);
		return STEP_DONE;
	}
	machine->pc[step->task] = PC_RETURNS;
	return begun(machine, config, step->task,
		fork_begin(machine_model(machine), task_of(machine, step->task)->cpu, step->task,
			step->task, observer));
}

static enum step_outcome apply_show(struct machine *machine, const struct explore_step *step)
{
	uint32_t child = machine->partner[step->task];

	task_show(machine_model(machine), child);
	child_is_there(
		machine, step->task, machine->pc[step->task] == PC_VSHOWS ? PC_WAITS : PC_USER);
	return STEP_DONE;
}

/* A walk in any order goes on: not with what comes next in the kernel's order. */
static void walked_to(struct machine *machine, const struct machine_config *config,
	enum mm_phase walk, uint32_t target)
{
	struct model_mm *mm = model_mm(machine_model(machine), MM);
	uint16_t left;

	machine->walked |= (uint16_t)(1u << target);
	mm->phase = (uint8_t)walk;
	left = walk_remaining(machine, config);
	if (left) {
		mm->cursor = (uint32_t)__builtin_ctz(left);
	} else {
		mm->phase = PHASE_COMPLETE;
		machine->walked = 0;
	}
}

static enum step_outcome apply_walk(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	struct model_mm *mm = model_mm(machine_model(machine), MM);
	bool any = is_any_order(machine, config);
	enum mm_phase walk = mm->phase;
	uint32_t target, cpu;
	struct step done;

	if (step->cpu != STEP_CPU_NONE)
		mm->cursor = step->cpu;
	if (step->task != STEP_TASK_NONE)
		mm->cursor = step->task;
	target = mm->cursor;
	cpu = walk_next_cpu(machine_model(machine), MM);
	done = walk_step(machine_model(machine), MM, observer);
	machine->waiting = done.outcome == STEP_NEEDS_RQ_LOCK;
	if (machine->waiting)
		return done.outcome;
	machine->view[cpu] = 0;
	if (any)
		walked_to(machine, config, walk, target);
	return mm->phase == PHASE_COMPLETE ? STEP_DONE : STEP_WINDOW;
}

/* A step of whoever holds the mutex, by @initiator; if it was the last, what that was in is over.
 */
static enum step_outcome held_step(struct machine *machine, const struct machine_config *config,
	uint32_t initiator, struct step step)
{
	if (machine_mm(machine)->phase == PHASE_IDLE && initiator != TASK_NONE)
		op_done(machine, config, initiator);
	return step.outcome;
}

static enum step_outcome apply_complete(struct machine *machine,
	const struct machine_config *config, struct model_observer *observer)
{
	const struct model_mm *mm = machine_mm(machine);
	uint32_t initiator = mm->initiator;
	uint32_t cpu = initiator == TASK_NONE ? MACHINE_CPUS_MAX /* as the work began */
	                                      : task_of(machine, initiator)->cpu;

	if (mm->mode & MODE_TRANSIT)
		stored(machine, config, cpu, VIEW_OLD_TRANSIT);
	return held_step(
		machine, config, initiator, walk_complete(machine_model(machine), MM, observer));
}

/* Who the initiator is must be asked before: the step that ends the get forgets it. */
static enum step_outcome apply_fork_retry(struct machine *machine,
	const struct machine_config *config, struct model_observer *observer)
{
	uint32_t initiator = machine_mm(machine)->initiator;
	struct step step = fork_spin(machine_model(machine), MM, observer);

	return held_step(machine, config, initiator, step);
}

static enum step_outcome apply_fork_give_up(
	struct machine *machine, const struct machine_config *config)
{
	uint32_t initiator = machine_mm(machine)->initiator;

	fork_give_up(machine_model(machine), MM);
	return held_step(machine, config, initiator, step_is(STEP_DONE, 0));
}

static enum step_outcome apply_affinity(
	struct machine *machine, const struct explore_step *step, struct model_observer *observer)
{
	struct step done = affinity_change(machine_model(machine), step->task, NULL, observer);

	spend(machine, MACHINE_AFFINITIES);
	machine->wide |= (uint16_t)(1u << step->task);
	if (machine_mm(machine)->update_deferred)
		machine->work = 1;
	return done.outcome;
}

/* By a kernel thread, of which it does not matter where it runs. */
static enum step_outcome apply_work(struct machine *machine, const struct machine_config *config,
	struct model_observer *observer)
{
	struct step step;

	machine->work = 0;
	step = affinity_deferred(machine_model(machine), MM, 0, observer);
	if (step.outcome == STEP_WINDOW) {
		stored(machine, config, MACHINE_CPUS_MAX,
			VIEW_OLD_PERCPU |
				(machine_mm(machine)->mode & MODE_TRANSIT ? VIEW_OLD_TRANSIT : 0));
		machine->walked = 0;
	}
	return step.outcome;
}

static enum step_outcome apply_migrate(struct machine *machine, const struct explore_step *step)
{
	uint32_t from = task_of(machine, step->task)->cpu;

	task_migrate(machine_model(machine), step->task, step->cpu);
	machine->view[step->cpu] &= machine->view[from];
	return STEP_DONE;
}

static enum step_outcome apply_give_up(struct machine *machine, const struct explore_step *step)
{
	switch_give_up(machine_model(machine), step->cpu);
	return STEP_DONE;
}

enum step_outcome machine_apply(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	struct model *model = machine_model(machine);

	switch ((enum step_verb)step->verb) {
	case VERB_OUT:
		return apply_out(machine, step, observer);
	case VERB_IN:
		return apply_in(machine, config, step, observer);
	case VERB_LEAVE:
		leave(machine, step, observer);
		return STEP_DONE;
	case VERB_ENTER:
		return enter(machine, step, observer);
	case VERB_RETRY:
		return switch_spin(model, step->cpu, observer).outcome;
	case VERB_GIVE_UP:
		return apply_give_up(machine, step);
	case VERB_MIGRATE:
		return apply_migrate(machine, step);
	case VERB_FORK:
	case VERB_CLONE_VM:
	case VERB_VFORK:
		return apply_fork(machine, config, step, observer);
	case VERB_SHOW:
		return apply_show(machine, step);
	case VERB_WALK:
		return apply_walk(machine, config, step, observer);
	case VERB_COMPLETE:
		return apply_complete(machine, config, observer);
	case VERB_FORK_RETRY:
		return apply_fork_retry(machine, config, observer);
	case VERB_FORK_GIVE_UP:
		return apply_fork_give_up(machine, config);
	case VERB_EXIT:
		return apply_leave_mm(machine, config, step, MACHINE_EXITS, PC_EXITS, observer);
	case VERB_EXEC:
		return apply_leave_mm(machine, config, step, MACHINE_EXECS, PC_LEAVES, observer);
	case VERB_FAILED_EXEC:
		return apply_leave_mm(
			machine, config, step, MACHINE_FAILED_EXECS, PC_LEAVES_TO_FAIL, observer);
	case VERB_EXEC_END:
		return apply_exec_end(machine, config, step, observer);
	case VERB_AFFINITY:
		return apply_affinity(machine, step, observer);
	case VERB_WORK:
		return apply_work(machine, config, observer);
	case VERB_COUNT:
		break;
	}
	assert(!"a step");
	return STEP_DONE;
}

/* Asking */

unsigned machine_check(const struct machine *machine)
{
	uint64_t seen[1];

	return check_mm(machine_model_const(machine), MM, seen);
}

bool machine_spins(const struct machine *machine)
{
	const struct model *model = machine_model_const(machine);
	uint8_t phase = machine_mm(machine)->phase;
	bool gets = phase == PHASE_GET_LOCKED || phase == PHASE_GET_MUTEX;

	for (uint32_t cpu = 0; !gets && cpu < model->cpus_count; cpu++)
		gets = cpu_of(machine, cpu)->phase == CPU_SPINS;
	return gets && !pool_has_room(model, MM);
}
