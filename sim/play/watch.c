/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/play/watch.h"

#include "sim/machine/step-text.h"
#include "sim/play/log.h"
#include "sim/play/watch-private.h"

static struct record_task name_of(void *context, uint32_t task)
{
	const struct watch *watch = context;
	struct record_task name = { .name = "<idle>" };

	if (task == TASK_NONE)
		return name;
	g_assert(task < watch->config->tasks_max);
	name.pid = PLAY_PID_FIRST + task;
	name.group_pid = watch->group_pid[task];
	g_snprintf(name.name, sizeof(name.name), "T%u", task);
	return name;
}

struct watch *watch_new(struct recorder *recorder, const struct machine_config *config)
{
	struct watch *watch = g_new0(struct watch, 1);

	g_assert(config->cpus_count <= MACHINE_CPUS_MAX && config->tasks_max <= MACHINE_TASKS_MAX);
	g_assert(recorder->result->accounts->len > ACCOUNT);
	watch->recorder = recorder;
	watch->emit = (struct emitter){ recorder, name_of, watch };
	watch->config = config;
	return watch;
}

void watch_free(struct watch *watch)
{
	g_free(watch);
}

static void count_tasks(struct watch *watch)
{
	uint32_t alive = 0;

	g_assert(watch->after);
	for (uint32_t task = 0; task < watch->config->tasks_max; task++)
		alive += watch->after->pc[task] != PC_FREE && watch->after->pc[task] != PC_DEAD;
	watch_totals(watch)->tasks_max = MAX(watch_totals(watch)->tasks_max, alive);
}

/* Where @step takes place. Of the deferred work it is not known: CPU 0. */
static uint32_t cpu_of_step(const struct watch *watch)
{
	const struct explore_step *step = watch->step;
	uint8_t initiator = machine_initiator(watch->before);

	if (step->verb == VERB_WALK || step->verb == VERB_COMPLETE ||
		step->verb == VERB_FORK_RETRY || step->verb == VERB_FORK_GIVE_UP)
		return initiator == STEP_TASK_NONE ? 0
		                                   : watch_task_of(watch->before, initiator)->cpu;
	if (step->cpu != STEP_CPU_NONE)
		return step->cpu;
	return step->task == STEP_TASK_NONE ? 0 : watch_task_of(watch->before, step->task)->cpu;
}

static void log_step(struct watch *watch, uint32_t number)
{
	const struct explore_step *step = watch->step;
	char text[STEP_TEXT_MAX];
	g_autoptr(GString) note = NULL;

	if (!emit_logs(&watch->emit))
		return;
	g_assert(cpu_of_step(watch) < watch->config->cpus_count);
	step_print(step, text);
	note = g_string_new(NULL);
	g_string_printf(note, "step=%u text=\"%s\" ", number, text);
	play_log_state(note, watch->after, watch->config);
	watch_note(watch, cpu_of_step(watch), step_verb_to_string((enum step_verb)step->verb),
		note->str);
}

static void log_machine(struct watch *watch)
{
	g_autoptr(GString) note = NULL;

	if (!emit_logs(&watch->emit))
		return;
	note = g_string_new("mm=mm ");
	play_log_machine(note, watch->config);
	watch_note(watch, 0, "machine", note->str);
	g_string_truncate(note, 0);
	play_log_state(note, watch->after, watch->config);
	watch_note(watch, 0, "begin", note->str);
}

/* The step and all words after it. */
static void mix(struct watch *watch)
{
	const struct explore_step *step = watch->step;
	const struct machine *machine = watch->after;

	recorder_mix(watch->recorder, (uint64_t)step->verb << 32 | (uint32_t)step->cpu << 24 |
					      (uint32_t)step->task << 16 |
					      (uint32_t)step->child << 8 | step->sees);
	for (uint32_t cpu = 0; cpu < watch->config->cpus_count; cpu++)
		recorder_mix(watch->recorder,
			(uint64_t)watch_cpu_of(machine, cpu)->curr << 16 |
				model_word(machine_model_const(machine), machine_mm(machine), cpu));
	for (uint32_t task = 0; task < watch->config->tasks_max; task++)
		recorder_mix(watch->recorder,
			(uint64_t)machine->pc[task] << 16 | watch_task_of(machine, task)->cid);
}

void watch_step(struct watch *watch, const struct machine *before, const struct machine *after,
	const struct explore_step *step, uint32_t number)
{
	g_assert(before != after && number > 0);
	watch->before = before;
	watch->after = after;
	watch->step = step;
	watch_totals(watch)->events++;
	watch_totals(watch)->affinity_changes += step->verb == VERB_AFFINITY;
	mix(watch);
	recorder_mm_update(watch->recorder, machine_model_const(after), MM);
	log_step(watch, number); /* first the step, then what can be seen of it */
	for (uint32_t task = 0; task < watch->config->tasks_max; task++)
		watch_place(watch, task);
	for (uint32_t cpu = 0; cpu < watch->config->cpus_count; cpu++)
		watch_cpu(watch, cpu);
	watch_fork_spin(watch);
	for (uint32_t task = 0; task < watch->config->tasks_max; task++)
		watch_task(watch, task);
	count_tasks(watch);
}

void watch_begin(struct watch *watch, const struct machine *machine)
{
	g_assert(!watch->after); /* once */
	watch->before = watch->after = machine;
	for (uint32_t task = 0; task < MACHINE_TASKS_MAX; task++)
		watch->shown[task] = CID_UNSET;
	for (uint32_t task = 0; task < watch->config->tasks_start; task++)
		watch->group_pid[task] = watch_group_pid(watch, machine, task);
	recorder_mm_begin(watch->recorder, machine_model_const(machine), MM, ACCOUNT);
	log_machine(watch);
	for (uint32_t cpu = 0; cpu < watch->config->cpus_count; cpu++) {
		uint32_t curr = watch_cpu_of(machine, cpu)->curr;

		watch->cpus[cpu] =
			(struct watch_cpu_state){ .left_side = nobody, .seen = { EMIT_NO_MM, 0 } };
		if (curr == TASK_NONE)
			continue;
		watch->cpus[cpu].seen.mm = MM;
		watch->shown[curr] = watch->cpus[cpu].seen.cid =
			watch_task_of(machine, curr)->cid & (CID_NUMBER | CID_UNSET);
		watch_log_switch(watch, cpu, curr);
	}
	count_tasks(watch);
}

void watch_end(struct watch *watch, const struct machine *machine)
{
	g_assert(watch->after); /* it has begun */
	watch->before = watch->after = machine;
	for (uint32_t cpu = 0; cpu < watch->config->cpus_count; cpu++) {
		const struct model_cpu *c = watch_cpu_of(machine, cpu);

		if (c->curr != TASK_NONE && !watch_is_elsewhere(watch, c->curr))
			watch_end_stay(watch, cpu, c->curr);
		else if (c->curr == TASK_NONE)
			emit_idle(&watch->emit, watch->cpus[cpu].since_ns);
		if (c->phase == CPU_SPINS)
			recorder_spun(watch->recorder, MM,
				watch_now(watch) - watch->cpus[cpu].spin_since_ns);
	}
	if (watch_fork_spins(machine))
		recorder_spun(watch->recorder, MM, watch_now(watch) - watch->fork_spin_since_ns);
	emit_end(&watch->emit, watch_cpu_of(watch->after, 0)->curr, "");
}
