/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/steps/private.h"

#include <string.h>

#include "sim/base/cpu-ids.h"

/* mms and tasks that come and go. */

/* The account of @name, which is new unless another mm has had it. */
static uint32_t account_of(struct steps_line *line, const char *name)
{
	struct steps *steps = line->steps;
	gpointer found = g_hash_table_lookup(steps->accounts, name);
	struct replay_process *process;
	uint32_t account;

	if (found)
		return GPOINTER_TO_UINT(found) - 1;
	account = recorder_add_account(
		steps->replay->recorder, g_strdup(name), 0, steps->processes->len);
	process = verdict_add_process(steps->replay->verdict, name, 0, line->event->line);
	g_ptr_array_add(steps->processes, process);
	g_hash_table_insert(steps->accounts, g_strdup(name), GUINT_TO_POINTER(account + 1));
	return account;
}

uint64_t *steps_read_mask(struct steps_line *line)
{
	const struct scenario *scenario = line->steps->replay->scenario;
	g_autofree char *list = g_malloc(CPU_IDS_TEXT_MAX);
	g_autofree struct cpu_ids *ids = g_new0(struct cpu_ids, 1);
	g_autofree char *wrong = NULL;
	uint32_t known = 0;
	uint64_t *mask;

	if (!trace_field(line->event->text, "mask", list, CPU_IDS_TEXT_MAX)) {
		line->lacks = "mask";
		return NULL;
	}
	if (g_str_equal(list, "all"))
		return NULL;
	wrong = cpu_ids_read(list, ids);
	mask = g_new0(uint64_t, (scenario->cpus_count + 63) / 64);
	for (uint32_t cpu = 0; !wrong && cpu < scenario->cpus_count; cpu++) {
		if (!cpu_ids_has(ids, scenario->cpu_ids[cpu]))
			continue;
		mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
		known++;
	}
	if (wrong || known != ids->count || known == 0) {
		line->lacks = "a mask of possible CPUs";
		g_free(mask);
		return NULL;
	}
	return mask;
}

void steps_on_mm_new(struct steps_line *line)
{
	struct steps *steps = line->steps;
	uint64_t number = steps_number(line, "mm_id");
	g_autofree uint64_t *mask = steps_read_mask(line);
	char name[128], transit[8];
	uint32_t mm, account;

	if (!trace_field(line->event->text, "mm", name, sizeof(name)))
		line->lacks = "mm";
	if (line->lacks)
		return;
	if (number > UINT32_MAX || steps_mm_of(steps, number) != MM_NONE ||
		steps_is_given_up(steps, number)) {
		steps_impossible(line, MM_NONE, "there is such an mm already");
		return;
	}
	mm = steps_take_mm(steps, (uint32_t)number);
	if (mm == MM_NONE) {
		line->lacks = "more than 65536 mms are alive at once";
		line->broken = true;
		return;
	}
	account = account_of(line, name);
	while (mm_create(steps->model, mm, mask).outcome == STEP_NEEDS_EXTENT)
		steps_grow_extents(steps);
	if (trace_field(line->event->text, "transit", transit, sizeof(transit)))
		mm_inherit(steps->model, mm, MODE_TRANSIT);
	steps_mm(steps, mm)->process = steps->processes->pdata[account];
	recorder_mm_begin(steps->replay->recorder, steps->model, mm, account);
	steps_compare(line, "allowed", model_mm(steps->model, mm)->allowed_count);
	steps_judge_or_give_up(line, mm);
}

void steps_on_mm_end(struct steps_line *line)
{
	struct steps *steps = line->steps;
	uint64_t number = steps_number(line, "mm_id");
	uint32_t mm = steps_mm_of(steps, number);
	const struct model_mm *m;

	if (line->lacks)
		return;
	if (mm == MM_NONE) {
		if (!steps_is_given_up(steps, number))
			steps_impossible(line, MM_NONE, "there is no such mm");
		g_hash_table_remove(steps->given_up, GUINT_TO_POINTER((guint)number));
		return;
	}
	m = model_mm(steps->model, mm);
	if (m->users > 0 || m->phase != PHASE_IDLE || steps_mm(steps, mm)->tasks > 0) {
		steps_impossible(line, mm, "it has tasks: %u, %u of them counted",
			steps_mm(steps, mm)->tasks, m->users);
		g_hash_table_remove(steps->given_up, GUINT_TO_POINTER((guint)number));
		return;
	}
	recorder_mm_end(steps->replay->recorder, steps->model, mm);
	mm_destroy(steps->model, mm);
	steps_drop_mm(steps, mm);
}

/* The task whose pid the line calls @key. TASK_NONE: it has none, or there is none of that pid. */
static uint32_t task_of(struct steps_line *line, const char *key)
{
	uint64_t pid = steps_number(line, key);

	return line->lacks ? TASK_NONE : steps_task_of(line->steps, pid);
}

/* A task, as the line has it. */
struct newcomer {
	uint64_t pid, group_pid, visible;
	uint32_t cpu, mm;
	bool lost; /* its mm was given up */
	char comm[16];
};

static uint32_t cpu_field(struct steps_line *line)
{
	uint64_t id = steps_number(line, "cpu");
	uint32_t cpu = id > UINT32_MAX ? UINT32_MAX : replay_cpu(line->steps->replay, (uint32_t)id);

	if (cpu == UINT32_MAX && !line->lacks)
		line->lacks = "cpu, a possible CPU";
	return cpu;
}

static struct newcomer read_newcomer(struct steps_line *line)
{
	struct steps *steps = line->steps;
	struct newcomer task = {
		.pid = steps_number(line, "pid"),
		.group_pid = steps_number(line, "group"),
		.visible = steps_number(line, "visible"),
		.cpu = cpu_field(line),
		.mm = MM_NONE,
	};
	uint64_t number;

	if (!trace_field(line->event->text, "comm", task.comm, sizeof(task.comm)))
		line->lacks = "comm";
	if (!line->lacks && (task.pid == 0 || task.pid >= TRACE_TASK_FOREIGN))
		line->lacks = "pid, the number of a task";
	if (!line->lacks && trace_field_number(line->event->text, "mm_id", &number)) {
		task.mm = steps_mm_of(steps, number);
		task.lost = task.mm == MM_NONE;
		if (task.lost && !steps_is_given_up(steps, number))
			steps_impossible(line, MM_NONE, "there is no such mm");
	}
	return task;
}

static void count_task(struct steps *steps, struct steps_mm *mm, const struct newcomer *from)
{
	mm->tasks++;
	/* Beyond a limit one process stands for many. */
	if (mm->process->tgid == 0 && steps->replay->verdict->processes_more == 0)
		mm->process->tgid = (uint32_t)from->group_pid;
}

static void create(struct steps *steps, const struct newcomer *from, uint32_t task, uint32_t group)
{
	struct steps_task *t = steps_task(steps, task);
	struct record_result *totals = steps->replay->recorder->result;

	g_assert(from->cpu < steps->replay->scenario->cpus_count);
	memcpy(t->comm, from->comm, sizeof(t->comm));
	t->lost = from->lost;
	task_create(steps->model, task, from->mm, group, from->cpu);
	if (from->visible)
		task_show(steps->model, task);
	if (group != task)
		steps_task(steps, group)->threads++;
	if (from->mm != MM_NONE)
		count_task(steps, steps_mm(steps, from->mm), from);
	steps->tasks_alive++;
	totals->tasks_max = MAX(totals->tasks_max, steps->tasks_alive);
}

void steps_on_task_new(struct steps_line *line)
{
	struct steps *steps = line->steps;
	struct newcomer from = read_newcomer(line);
	uint32_t task, group = TASK_NONE;

	if (line->lacks)
		return;
	if (steps_first_of(steps, from.pid) != TASK_NONE) {
		steps_impossible(line, from.mm, "there is a task of that pid already");
		return;
	}
	if (from.group_pid != from.pid) {
		group = steps_first_of(steps, from.group_pid);
		if (group == TASK_NONE)
			steps_impossible(line, MM_NONE, "there is no such thread group");
	}
	task = steps_take_task(steps, (uint32_t)from.pid);
	if (task == TASK_NONE) {
		line->lacks = "more than 4194304 tasks are alive at once";
		line->broken = true;
		return;
	}
	create(steps, &from, task, group == TASK_NONE ? task : group);
}

/* Is @task in the middle of something that the mutex of its mm is held for? */
static bool is_busy(struct steps *steps, uint32_t task, uint32_t mm)
{
	const struct model_mm *m;

	if (mm == MM_NONE)
		return false;
	m = model_mm(steps->model, mm);
	return m->phase != PHASE_IDLE && (m->initiator == task || m->child == task);
}

void steps_on_task_gone(struct steps_line *line)
{
	struct steps *steps = line->steps;
	uint32_t task = task_of(line, "pid"), mm = steps_mm_of_task(steps, task), group;

	if (line->lacks)
		return;
	if (task == TASK_NONE) {
		steps_impossible(line, MM_NONE, "there is no such task");
		return;
	}
	if (model_is_running(steps->model, task)) {
		steps_impossible(line, mm, "that task runs");
		return;
	}
	if (model_task(steps->model, task)->active || is_busy(steps, task, mm)) {
		steps_impossible(line, mm, "that task has not left its mm");
		mm = MM_NONE; /* it has none any more */
	}
	group = model_task(steps->model, task)->group;
	task_destroy(steps->model, task);
	if (mm != MM_NONE)
		steps_mm(steps, mm)->tasks--;
	steps_drop_task(steps, task, group);
	steps->tasks_alive--;
}

void steps_on_show(struct steps_line *line)
{
	uint32_t task = task_of(line, "pid");

	if (line->lacks)
		return;
	if (task == TASK_NONE)
		steps_impossible(line, MM_NONE, "there is no such task");
	else
		task_show(line->steps->model, task);
}

void steps_on_join(struct steps_line *line)
{
	struct steps *steps = line->steps;
	uint32_t task = task_of(line, "pid"), old = steps_mm_of_task(steps, task), group;
	uint64_t number = steps_number(line, "mm_id");
	uint32_t mm = steps_mm_of(steps, number);

	if (line->lacks)
		return;
	if (task == TASK_NONE || mm == MM_NONE) {
		steps_impossible(line, mm, "there is no such %s", mm == MM_NONE ? "mm" : "task");
		return;
	}
	if (model_task(steps->model, task)->active || is_busy(steps, task, old)) {
		steps_impossible(line, old, "that task has not left its mm");
		old = MM_NONE;
	}
	if (model_is_running(steps->model, task))
		steps_records_split(steps, model_task(steps->model, task)->cpu);
	group = model_task(steps->model, task)->group;
	exec_join(steps->model, task, mm);
	steps_task(steps, task)->lost = false;
	steps_mm(steps, mm)->tasks++;
	if (old != MM_NONE)
		steps_mm(steps, old)->tasks--;
	if (group != task)
		steps_leave_group(steps, group);
}

void steps_on_migrate(struct steps_line *line)
{
	struct steps *steps = line->steps;
	const struct trace_event *event = line->event;
	uint32_t task = steps_task_of(steps, event->task.pid);
	uint32_t cpu = replay_cpu(steps->replay, event->other_cpu);

	if (cpu == UINT32_MAX)
		line->lacks = "a possible CPU";
	else if (task == TASK_NONE)
		steps_impossible(line, MM_NONE, "there is no such task");
	else if (model_is_running(steps->model, task))
		steps_impossible(line, MM_NONE, "that task runs");
	else
		task_migrate(steps->model, task, cpu);
}
