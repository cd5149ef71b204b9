/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/ftrace.h"

#include "sim/base/cpu-ids.h"
#include "sim/record/csv.h"
#include "sim/record/ftrace-private.h"

static const char header[] = "#\n"
			     "#                                          _-----=> irqs-off\n"
			     "#                                         / _----=> need-resched\n"
			     "#                                        | / _---=> hardirq/softirq\n"
			     "#                                        || / _--=> preempt-depth\n"
			     "#                                        ||| /     delay\n"
			     "#           TASK-PID       TGID    CPU#  ||||   TIMESTAMP  FUNCTION\n"
			     "#              | |           |       |   ||||      |         |\n";

static void add_possible(struct output *out, const struct scenario *scenario)
{
	struct cpu_ids ids = { 0 };
	g_autofree char *list = NULL;

	for (uint32_t cpu = 0; cpu < scenario->cpus_count; cpu++)
		cpu_ids_add(&ids, scenario->cpu_ids[cpu]);
	/* A number alone would be how many there are. */
	list = scenario->cpus_count > 1
	               ? cpu_ids_to_string(&ids)
	               : g_strdup_printf("%u-%u", scenario->cpu_ids[0], scenario->cpu_ids[0]);
	csv_comment(out, "possible", list);
}

struct ftrace *ftrace_new(
	struct output *out, const struct scenario *scenario, const GPtrArray *accounts)
{
	struct ftrace *ftrace = g_new0(struct ftrace, 1);

	g_assert(scenario->cpus_count > 0);
	ftrace->out = out;
	ftrace->scenario = scenario;
	ftrace->accounts = accounts;
	ftrace->running = g_new0(struct record_task, scenario->cpus_count);
	ftrace->tracks = g_array_new(FALSE, TRUE, sizeof(struct track));
	ftrace->slices = g_array_new(FALSE, FALSE, sizeof(struct slice));

	/* Perfetto knows the format by the first line, and skips all others that begin with '#'. */
	output_text(out, "# tracer: nop\n#\n");
	csv_made(out, scenario);
	csv_revision(out, scenario);
	output_text(out, "# seed ");
	output_number(out, scenario->seed);
	output_char(out, '\n');
	add_possible(out, scenario);
	output_text(out, header);
	return ftrace;
}

void ftrace_free(struct ftrace *ftrace)
{
	if (!ftrace)
		return;
	g_free(ftrace->running);
	g_array_free(ftrace->tracks, TRUE);
	g_array_free(ftrace->slices, TRUE);
	g_free(ftrace);
}

/* The word as the kernel prints it: 0x and eight digits. */
static char *put_word(char *at, const char *key, cid_word word)
{
	return output_format_hex(ftrace_put_text(at, key), cid_to_kernel(word), 8);
}

/* comm of a task in fields; idle tasks have one name per CPU. */
static char *put_comm(
	char *at, const struct ftrace *ftrace, const struct record_task *task, uint32_t cpu)
{
	if (task->pid == 0)
		return ftrace_put_key(at, "swapper/", ftrace_cpu_id(ftrace, cpu));
	return ftrace_put_name(at, task->name, sizeof(task->name));
}

/* Idle is always runnable but never preempted. Records have no difference between a task that
 * yields (R in the kernel) and one that is preempted. */
static const char *state_text(const struct record_task *task, enum record_prev_state state)
{
	switch (state) {
	case PREV_RUNNABLE:
		return task->pid ? "R+" : "R";
	case PREV_SLEEPS:
		return "S";
	case PREV_BLOCKED:
		return "D";
	case PREV_DEAD:
		return "X";
	}
	g_assert_not_reached();
}

static void add_words(struct ftrace *ftrace, const struct record_switch *sched_switch)
{
	char *at;

	output_advance(ftrace->out, ftrace_put_text(ftrace_begin_line(ftrace, sched_switch->time_ns,
							    sched_switch->cpu, sched_switch->prev),
					    "mmcid:switch:"));
	ftrace_add_account(ftrace, " prev_mm=", sched_switch->prev_account);
	at = output_reserve(ftrace->out, 256);
	at = ftrace_put_key(at, " prev_pid=", sched_switch->prev->pid);
	at = put_word(at, " prev_word=", sched_switch->prev_word);
	output_advance(ftrace->out, at);
	ftrace_add_account(ftrace, " next_mm=", sched_switch->next_account);
	at = output_reserve(ftrace->out, 256);
	at = ftrace_put_key(at, " next_pid=", sched_switch->next->pid);
	at = put_word(at, " next_word=", sched_switch->next_word);
	at = put_word(at, " cpu_word=", sched_switch->cpu_word);
	if (sched_switch->spins)
		at = ftrace_put_text(at, " spins=1");
	ftrace_end_line(ftrace, at);
}

void ftrace_switch(struct ftrace *ftrace, const struct record_switch *sched_switch)
{
	const struct record_task *prev = sched_switch->prev, *next = sched_switch->next;
	uint32_t cpu = sched_switch->cpu;
	char *at = ftrace_begin_line(ftrace, sched_switch->time_ns, cpu, prev);

	g_assert(ftrace->running[cpu].pid == prev->pid);
	at = put_comm(ftrace_put_text(at, "sched_switch: prev_comm="), ftrace, prev, cpu);
	at = ftrace_put_key(at, " prev_pid=", prev->pid);
	at = ftrace_put_text(at, " prev_prio=120 prev_state=");
	at = ftrace_put_text(at, state_text(prev, sched_switch->prev_state));
	at = put_comm(ftrace_put_text(at, " ==> next_comm="), ftrace, next, cpu);
	at = ftrace_put_key(at, " next_pid=", next->pid);
	ftrace_end_line(ftrace, ftrace_put_text(at, " next_prio=120"));

	if (prev->pid || next->pid)
		add_words(ftrace, sched_switch);
	ftrace->running[cpu] = *next;
	ftrace_learn_process(ftrace, sched_switch->time_ns, sched_switch->prev_account, prev);
	ftrace_learn_process(ftrace, sched_switch->time_ns, sched_switch->next_account, next);
}

/* "event: comm=… pid=… prio=120", the beginning of most scheduler events. */
static char *put_task_event(char *at, struct ftrace *ftrace, const char *event,
	const struct record_task *task, uint32_t cpu)
{
	at = put_comm(ftrace_put_text(ftrace_put_text(at, event), ": comm="), ftrace, task, cpu);
	at = ftrace_put_key(at, " pid=", task->pid);
	return ftrace_put_text(at, " prio=120");
}

static void add_wakeup(struct ftrace *ftrace, const char *event, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *woken, uint32_t target_cpu)
{
	char *at = ftrace_begin_line(ftrace, time_ns, on_cpu, running);

	at = put_task_event(at, ftrace, event, woken, target_cpu);
	at = output_format_wide(
		ftrace_put_text(at, " target_cpu="), ftrace_cpu_id(ftrace, target_cpu), 3, '0');
	ftrace_end_line(ftrace, at);
}

void ftrace_wakeup(struct ftrace *ftrace, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *woken, bool is_new,
	uint32_t target_cpu)
{
	/* As in the kernel, but at one instant. Perfetto takes "runnable" from sched_waking. */
	if (!is_new)
		add_wakeup(ftrace, "sched_waking", time_ns, on_cpu, running, woken, target_cpu);
	add_wakeup(ftrace, is_new ? "sched_wakeup_new" : "sched_wakeup", time_ns, on_cpu, running,
		woken, target_cpu);
}

void ftrace_fork(struct ftrace *ftrace, uint64_t time_ns, uint32_t cpu,
	const struct record_task *parent, const struct record_task *child)
{
	char *at = ftrace_begin_line(ftrace, time_ns, cpu, parent);

	g_assert(parent->pid != child->pid);
	at = put_comm(ftrace_put_text(at, "sched_process_fork: comm="), ftrace, parent, cpu);
	at = ftrace_put_key(at, " pid=", parent->pid);
	at = put_comm(ftrace_put_text(at, " child_comm="), ftrace, child, cpu);
	ftrace_end_line(ftrace, ftrace_put_key(at, " child_pid=", child->pid));
}

void ftrace_exit(
	struct ftrace *ftrace, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	char *at = ftrace_begin_line(ftrace, time_ns, cpu, task);

	ftrace_end_line(ftrace, put_task_event(at, ftrace, "sched_process_exit", task, cpu));
}

void ftrace_migrate(struct ftrace *ftrace, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *task, uint32_t from,
	uint32_t to)
{
	char *at = ftrace_begin_line(ftrace, time_ns, on_cpu, running);

	g_assert(from != to);
	at = put_task_event(at, ftrace, "sched_migrate_task", task, from);
	at = ftrace_put_key(at, " orig_cpu=", ftrace_cpu_id(ftrace, from));
	ftrace_end_line(ftrace, ftrace_put_key(at, " dest_cpu=", ftrace_cpu_id(ftrace, to)));
}

void ftrace_note(struct ftrace *ftrace, const struct record_note *note)
{
	output_advance(ftrace->out,
		ftrace_put_text(
			ftrace_begin_line(ftrace, note->time_ns, note->cpu, note->task), "mmcid:"));
	ftrace_add_text(ftrace, note->event, '|');
	output_text(ftrace->out, ": ");
	ftrace_add_text(ftrace, note->text ? note->text : "", '|');
	output_char(ftrace->out, '\n');
}
