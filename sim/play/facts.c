/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/play/facts.h"

#include <string.h>

#include "sim/machine/step-text.h"
#include "sim/play/log.h"
#include "sim/play/play.h"
#include "sim/record/emit.h"

enum { MM = 0, ACCOUNT = 0 };

struct facts_cpu {
	/* whom the first half of a switch has taken off, while it is under way */
	enum record_prev_state left_state;
	struct emit_side left_side;
	uint64_t since_ns; /* its task is there, or it idles, since */
	uint64_t spin_since_ns;
	struct emit_seen seen;
};

static const struct emit_side nobody = { TASK_NONE, ACCOUNT_NONE, 0 };

struct facts {
	struct recorder *recorder;
	struct emitter emit;
	const struct machine_config *config;
	/* what is being told */
	const struct machine *before, *after;
	const struct explore_step *step;
	struct facts_cpu cpus[MACHINE_CPUS_MAX];
	uint64_t fork_spin_since_ns;
	uint32_t group_pid[MACHINE_TASKS_MAX];
	uint16_t shown[MACHINE_TASKS_MAX]; /* the CID that user space saw last */
	uint16_t elsewhere;                /* tasks that an exec has taken to another mm */
};

static uint64_t now(const struct facts *facts)
{
	return facts->recorder->now_ns;
}

static struct record_result *totals(const struct facts *facts)
{
	return facts->recorder->result;
}

static const struct model_cpu *cpu_of(const struct machine *machine, uint32_t cpu)
{
	return model_cpu_const(machine_model_const(machine), cpu);
}

static const struct model_task *task_of(const struct machine *machine, uint32_t task)
{
	return model_task_const(machine_model_const(machine), task);
}

static bool is_elsewhere(const struct facts *facts, uint32_t task)
{
	return facts->elsewhere >> task & 1;
}

static struct record_task name_of(void *context, uint32_t task)
{
	const struct facts *facts = context;
	struct record_task name = { .name = "<idle>" };

	if (task == TASK_NONE)
		return name;
	name.pid = PLAY_PID_FIRST + task;
	name.group_pid = facts->group_pid[task];
	g_snprintf(name.name, sizeof(name.name), "T%u", task);
	return name;
}

struct facts *facts_new(struct recorder *recorder, const struct machine_config *config)
{
	struct facts *facts = g_new0(struct facts, 1);

	facts->recorder = recorder;
	facts->emit = (struct emitter){ recorder, name_of, facts };
	facts->config = config;
	return facts;
}

void facts_free(struct facts *facts)
{
	g_free(facts);
}

static void log_note(struct facts *facts, uint32_t cpu, const char *event, const char *text)
{
	emit_note(&facts->emit, cpu, cpu_of(facts->after, cpu)->curr, event, text);
}

/* Switches */

/* rseq is written: user space sees the word of @task, which runs on @cpu, as it is now. */
static void show_cid(struct facts *facts, uint32_t cpu, uint32_t task)
{
	facts->shown[task] = emit_show_cid(recorder_account(facts->recorder, MM),
		facts->shown[task], &facts->cpus[cpu].seen, MM, task_of(facts->after, task)->cid);
}

/* @task has been on @cpu until now. */
static void end_stay(struct facts *facts, uint32_t cpu, uint32_t task)
{
	emit_stay(&facts->emit, cpu, PLAY_PID_FIRST + task, ACCOUNT, facts->cpus[cpu].since_ns,
		cid_number(facts->shown[task]));
}

static void log_switch(struct facts *facts, uint32_t cpu, uint32_t next)
{
	const struct facts_cpu *c = &facts->cpus[cpu];
	struct emit_side entered = { .task = next, .account = ACCOUNT_NONE };
	cid_word cpu_word = 0;

	if (next != TASK_NONE) {
		entered.account = ACCOUNT;
		entered.word = task_of(facts->after, next)->cid;
		cpu_word = model_word(
			machine_model_const(facts->after), machine_mm(facts->after), cpu);
	}
	emit_switch(&facts->emit, cpu, &c->left_side, c->left_state, &entered, cpu_word,
		next != TASK_NONE && cpu_of(facts->after, cpu)->phase == CPU_SPINS);
}

/* One that is gone once it is off its CPU has nothing that its word could be seen of any more. */
static void remember_left(struct facts *facts, uint32_t cpu, uint32_t prev)
{
	struct facts_cpu *c = &facts->cpus[cpu];

	c->left_side = (struct emit_side){ prev, ACCOUNT, CID_UNSET };
	if (is_elsewhere(facts, prev))
		c->left_side.account = ACCOUNT_NONE;
	if (facts->after->pc[prev] == PC_FREE) {
		c->left_state = is_elsewhere(facts, prev) ? PREV_RUNNABLE : PREV_DEAD;
		return;
	}
	c->left_state = facts->after->pc[prev] == PC_WAITS ? PREV_BLOCKED : PREV_RUNNABLE;
	c->left_side.word = task_of(facts->after, prev)->cid;
}

static bool in_window(const struct facts *facts, uint32_t task)
{
	return facts->recorder->mms[MM].in_window && machine_initiator(facts->after) == task;
}

/* The first half of a switch on @cpu. */
static void left(struct facts *facts, uint32_t cpu, uint32_t prev)
{
	if (prev == TASK_NONE)
		return;
	if (!is_elsewhere(facts, prev))
		end_stay(facts, cpu, prev);
	facts->cpus[cpu].since_ns = now(facts);
	remember_left(facts, cpu, prev);
	if (in_window(facts, prev))
		recorder_initiator_out(facts->recorder, MM);
}

/* The second half. */
static void entered(struct facts *facts, uint32_t cpu, uint32_t next)
{
	struct facts_cpu *c = &facts->cpus[cpu];

	if (c->left_side.task == TASK_NONE && next == TASK_NONE)
		return;
	emit_switched(&facts->emit);
	if (next != TASK_NONE) {
		emit_idle(&facts->emit, c->since_ns);
		c->since_ns = now(facts);
	}
	log_switch(facts, cpu, next);
	c->left_side = nobody;
	c->left_state = PREV_RUNNABLE;
	if (next == TASK_NONE)
		return;
	if (in_window(facts, next))
		recorder_initiator_in(facts->recorder, MM);
	if (cpu_of(facts->after, cpu)->phase == CPU_SPINS) {
		c->spin_since_ns = now(facts);
		log_note(facts, cpu, "spin", "mm=mm");
	} else if (task_of(facts->after, next)->active) {
		show_cid(facts, cpu, next);
	}
}

static void end_spin(struct facts *facts, uint32_t cpu, uint64_t since_ns)
{
	g_autofree char *text = g_strdup_printf("ns=%" G_GUINT64_FORMAT, now(facts) - since_ns);

	recorder_spun(facts->recorder, MM, now(facts) - since_ns);
	log_note(facts, cpu, "spin_end", text);
}

static void compare_cpu(struct facts *facts, uint32_t cpu)
{
	const struct model_cpu *old = cpu_of(facts->before, cpu);
	const struct model_cpu *new = cpu_of(facts->after, cpu);
	bool whole = old->phase != CPU_BETWEEN && new->phase != CPU_BETWEEN;
	bool second_half = old->phase == CPU_BETWEEN && new->phase != CPU_BETWEEN;

	if (old->curr != TASK_NONE && old->curr != new->curr)
		left(facts, cpu, old->curr);
	if (whole ? old->curr != new->curr : second_half)
		entered(facts, cpu, new->curr);
	if (old->phase == CPU_SPINS && new->phase != CPU_SPINS) {
		end_spin(facts, cpu, facts->cpus[cpu].spin_since_ns);
		show_cid(facts, cpu, new->curr);
	}
}

/* Is the holder of the mutex in the get of a fork, as it could not be had at once? */
static bool fork_spins(const struct machine *machine)
{
	uint8_t phase = machine_mm(machine)->phase;

	return phase == PHASE_GET_LOCKED || phase == PHASE_GET_MUTEX;
}

static void compare_fork_spin(struct facts *facts)
{
	bool spun = fork_spins(facts->before), spins = fork_spins(facts->after);
	const struct machine *spinning = spins ? facts->after : facts->before;
	uint32_t cpu;

	if (spun == spins)
		return;
	cpu = task_of(spinning, machine_mm(spinning)->initiator)->cpu;
	if (spun) {
		end_spin(facts, cpu, facts->fork_spin_since_ns);
		return;
	}
	facts->fork_spin_since_ns = now(facts);
	log_note(facts, cpu, "spin", "mm=mm");
}

/* Tasks */

static uint32_t group_pid(const struct facts *facts, const struct machine *machine, uint32_t task)
{
	uint32_t group = task_of(machine, task)->group;

	for (uint32_t other = 0; other < facts->config->tasks_max; other++) {
		if (other != task && machine->pc[other] != PC_FREE &&
			facts->group_pid[other] != 0 && task_of(machine, other)->group == group)
			return facts->group_pid[other];
	}
	return PLAY_PID_FIRST + task;
}

static void log_wakeup(struct facts *facts, uint32_t task, bool is_new)
{
	uint32_t cpu = task_of(facts->after, task)->cpu;

	emit_wakeup(&facts->emit, cpu, cpu_of(facts->after, cpu)->curr, task, is_new);
}

/* The fork of @task is over, maybe with the step that has begun it: it can run. */
static void end_fork(struct facts *facts, uint32_t task)
{
	bool at_once = facts->before->pc[task] == PC_FREE;
	uint32_t parent = at_once ? facts->step->task : facts->before->partner[task];

	emit_fork(&facts->emit, task_of(facts->after, parent)->cpu, parent, task);
	log_wakeup(facts, task, true);
}

/* An exec is over. One that failed goes on here, with the CID that it has now. */
static void end_exec(struct facts *facts, uint32_t task, bool failed)
{
	uint32_t cpu = task_of(facts->after, task)->cpu;

	emit_exec(&facts->emit, cpu, task, failed, task_of(facts->after, task)->cid);
	end_stay(facts, cpu, task);
	facts->cpus[cpu].since_ns = now(facts);
	if (failed)
		show_cid(facts, cpu, task);
	else
		facts->elsewhere |= (uint16_t)(1U << task);
}

/* Before switches are told: who comes from another CPU has moved first. */
static void compare_place(struct facts *facts, uint32_t task)
{
	uint32_t from = task_of(facts->before, task)->cpu, to = task_of(facts->after, task)->cpu;

	if (facts->before->pc[task] == PC_FREE && facts->after->pc[task] != PC_FREE) {
		facts->group_pid[task] = group_pid(facts, facts->after, task);
		facts->shown[task] = CID_UNSET;
		facts->elsewhere &= (uint16_t) ~(1U << task);
	} else if (facts->after->pc[task] != PC_FREE && from != to) {
		emit_migration(
			&facts->emit, cpu_of(facts->before, to)->curr, task, from, to);
	}
}

static void compare_task(struct facts *facts, uint32_t task)
{
	enum machine_pc old = facts->before->pc[task], new = facts->after->pc[task];

	if (old == new)
		return;
	if (new == PC_DEAD && old == PC_EXEC)
		end_exec(facts, task, false);
	else if (new == PC_DEAD)
		emit_exit(&facts->emit, task_of(facts->after, task)->cpu, task);
	else if (new == PC_USER && (old == PC_EXEC_TO_FAIL || old == PC_RETURNS))
		end_exec(facts, task, true);
	else if (new == PC_USER && old == PC_WAITS)
		log_wakeup(facts, task, false);
	else if (new == PC_USER && (old == PC_BORN || old == PC_FREE))
		end_fork(facts, task);
}

static void count_tasks(struct facts *facts)
{
	uint32_t alive = 0;

	for (uint32_t task = 0; task < facts->config->tasks_max; task++)
		alive += facts->after->pc[task] != PC_FREE && facts->after->pc[task] != PC_DEAD;
	totals(facts)->tasks_max = MAX(totals(facts)->tasks_max, alive);
}

/* Steps */

/* Where @step takes place. Of the deferred work it is not known: CPU 0. */
static uint32_t cpu_of_step(const struct facts *facts)
{
	const struct explore_step *step = facts->step;
	uint8_t initiator = machine_initiator(facts->before);

	if (step->verb == VERB_WALK || step->verb == VERB_COMPLETE ||
		step->verb == VERB_FORK_RETRY || step->verb == VERB_FORK_GIVE_UP)
		return initiator == STEP_TASK_NONE ? 0 : task_of(facts->before, initiator)->cpu;
	if (step->cpu != STEP_CPU_NONE)
		return step->cpu;
	return step->task == STEP_TASK_NONE ? 0 : task_of(facts->before, step->task)->cpu;
}

static void log_step(struct facts *facts, uint32_t number)
{
	const struct explore_step *step = facts->step;
	char text[STEP_TEXT_MAX];
	g_autoptr(GString) note = NULL;

	if (!emit_logs(&facts->emit))
		return;
	step_print(step, text);
	note = g_string_new(NULL);
	g_string_printf(note, "step=%u text=\"%s\" ", number, text);
	play_log_state(note, facts->after, facts->config);
	log_note(facts, cpu_of_step(facts), step_verb_to_string((enum step_verb)step->verb),
		note->str);
}

static void log_machine(struct facts *facts)
{
	g_autoptr(GString) note = NULL;

	if (!emit_logs(&facts->emit))
		return;
	note = g_string_new("mm=mm ");
	play_log_machine(note, facts->config);
	log_note(facts, 0, "machine", note->str);
	g_string_truncate(note, 0);
	play_log_state(note, facts->after, facts->config);
	log_note(facts, 0, "begin", note->str);
}

/* The step and all words after it. */
static void mix(struct facts *facts)
{
	const struct explore_step *step = facts->step;
	const struct machine *machine = facts->after;

	recorder_mix(facts->recorder, (uint64_t)step->verb << 32 | (uint32_t)step->cpu << 24 |
					      (uint32_t)step->task << 16 |
					      (uint32_t)step->child << 8 | step->sees);
	for (uint32_t cpu = 0; cpu < facts->config->cpus_count; cpu++)
		recorder_mix(facts->recorder,
			(uint64_t)cpu_of(machine, cpu)->curr << 16 |
				model_word(machine_model_const(machine), machine_mm(machine), cpu));
	for (uint32_t task = 0; task < facts->config->tasks_max; task++)
		recorder_mix(facts->recorder,
			(uint64_t)machine->pc[task] << 16 | task_of(machine, task)->cid);
}

void facts_step(struct facts *facts, const struct machine *before, const struct machine *after,
	const struct explore_step *step, uint32_t number)
{
	facts->before = before;
	facts->after = after;
	facts->step = step;
	totals(facts)->events++;
	totals(facts)->affinity_changes += step->verb == VERB_AFFINITY;
	mix(facts);
	recorder_mm_update(facts->recorder, machine_model_const(after), MM);
	log_step(facts, number); /* first the step, then what can be seen of it */
	for (uint32_t task = 0; task < facts->config->tasks_max; task++)
		compare_place(facts, task);
	for (uint32_t cpu = 0; cpu < facts->config->cpus_count; cpu++)
		compare_cpu(facts, cpu);
	compare_fork_spin(facts);
	for (uint32_t task = 0; task < facts->config->tasks_max; task++)
		compare_task(facts, task);
	count_tasks(facts);
}

void facts_begin(struct facts *facts, const struct machine *machine)
{
	facts->before = facts->after = machine;
	for (uint32_t task = 0; task < MACHINE_TASKS_MAX; task++)
		facts->shown[task] = CID_UNSET;
	for (uint32_t task = 0; task < facts->config->tasks_start; task++)
		facts->group_pid[task] = group_pid(facts, machine, task);
	recorder_mm_begin(facts->recorder, machine_model_const(machine), MM, ACCOUNT);
	log_machine(facts);
	for (uint32_t cpu = 0; cpu < facts->config->cpus_count; cpu++) {
		uint32_t curr = cpu_of(machine, cpu)->curr;

		facts->cpus[cpu] = (struct facts_cpu){ .left_side = nobody,
			.seen = { EMIT_NO_MM, 0 } };
		if (curr == TASK_NONE)
			continue;
		facts->cpus[cpu].seen.mm = MM;
		facts->shown[curr] = facts->cpus[cpu].seen.cid =
			task_of(machine, curr)->cid & (CID_NUMBER | CID_UNSET);
		log_switch(facts, cpu, curr);
	}
	count_tasks(facts);
}

void facts_end(struct facts *facts, const struct machine *machine)
{
	facts->before = facts->after = machine;
	for (uint32_t cpu = 0; cpu < facts->config->cpus_count; cpu++) {
		const struct model_cpu *c = cpu_of(machine, cpu);

		if (c->curr != TASK_NONE && !is_elsewhere(facts, c->curr))
			end_stay(facts, cpu, c->curr);
		else if (c->curr == TASK_NONE)
			emit_idle(&facts->emit, facts->cpus[cpu].since_ns);
		if (c->phase == CPU_SPINS)
			recorder_spun(
				facts->recorder, MM, now(facts) - facts->cpus[cpu].spin_since_ns);
	}
	if (fork_spins(machine))
		recorder_spun(facts->recorder, MM, now(facts) - facts->fork_spin_since_ns);
	emit_end(&facts->emit, cpu_of(facts->after, 0)->curr, "");
}
