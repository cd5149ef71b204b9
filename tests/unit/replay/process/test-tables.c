/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What pids, addresses and CPUs of a trace stand for. */

#include <signal.h>

#include "sim/replay/process/tables.h"
#include "tests/lib/suite.h"

static struct scenario scenario = { .cpus_count = 2 };
static struct replay_options options;
static struct trace_info info;
static struct replay replay = { .scenario = &scenario, .options = &options, .info = &info };

/* Proves that pids of tasks differ from those of no task. */
TEST(pids_of_tasks)
{
	ck_assert(tables_is_task(1));
	ck_assert(!tables_is_task(0));
	ck_assert(!tables_is_task(TRACE_PID_UNKNOWN));
	ck_assert(!tables_is_task(TRACE_TASK_FOREIGN));
}

/* Proves that a task is made once, and that a later event adds its thread group. */
TEST(a_task_is_made_once)
{
	struct tables *tables = tables_new(&replay);
	struct seen_task *task = tables_get(tables, 7, 0);

	ck_assert_ptr_eq(tables_find(tables, 7), task);
	ck_assert_ptr_null(tables_find(tables, 8));
	ck_assert_uint_eq(task->cpu, UINT32_MAX);
	ck_assert_int_eq(task->active, -1);
	ck_assert_ptr_eq(tables_get(tables, 7, 5), task);
	ck_assert_uint_eq(task->tgid, 5);
	ck_assert_uint_eq(tables_index(task, (struct process *)tables), TASK_NONE);
	ck_assert_uint_eq(tables_index(NULL, NULL), TASK_NONE);
	tables_free(tables);
}

/* The array of tasks by pid grows from 1 << 10 to 1 << 23; what is beyond is only in the hash
 * table. */
static const uint32_t edges[] = { 1, 2, (1 << 10) - 1, 1 << 10, 1 << 22, (1 << 23) - 1, 1 << 23,
	TRACE_TASK_FOREIGN - 1 };

/* Proves that a task is found by its pid alone, wherever it is kept, until it is taken out; in any
 * order of pids. */
TEST_RANGE(a_task_is_found_by_its_pid, 0, 2)
{
	enum { EDGES = G_N_ELEMENTS(edges) };
	struct tables *tables = tables_new(&replay);
	struct seen_task *tasks[EDGES];

	for (unsigned i = 0; i < EDGES; i++) {
		unsigned at = _i ? EDGES - 1 - i : i;

		ck_assert_ptr_null(tables_find(tables, edges[at]));
		tasks[at] = tables_get(tables, edges[at], 0);
		ck_assert_uint_eq(tasks[at]->pid, edges[at]);
	}
	for (unsigned i = 0; i < EDGES; i++) {
		ck_assert_ptr_eq(tables_find(tables, edges[i]), tasks[i]);
		ck_assert_ptr_eq(tables_get(tables, edges[i], 0), tasks[i]);
	}
	ck_assert_ptr_null(tables_find(tables, 3));
	ck_assert_ptr_null(tables_find(tables, (1 << 23) + 1));
	for (unsigned i = 0; i < EDGES; i++) {
		tables_steal(tables, tasks[i]);
		ck_assert_ptr_null(tables_find(tables, edges[i]));
		ck_assert_ptr_eq(tables_get(tables, edges[i], 0), tables_find(tables, edges[i]));
		ck_assert(i + 1 == EDGES || tables_find(tables, edges[i + 1]) == tasks[i + 1]);
		g_ptr_array_add(tables->buried, tasks[i]);
	}
	tables_free(tables);
}

/* Proves that the user's selection holds for any task that an event is about, and that names which
 * it leaves out are kept. */
TEST(selection)
{
	struct tables *tables;
	struct trace_event event = { .pid = 3, .comm = "a" };

	replay.verdict = verdict_new();
	tables = tables_new(&replay);
	event.task.pid = 4;
	event.prev.tgid = 5;
	ck_assert(tables_select(tables, &event));
	options.pid = 4;
	ck_assert(tables_select(tables, &event));
	options.pid = 9;
	ck_assert(!tables_select(tables, &event));
	ck_assert(!tables_select(tables, &event));
	ck_assert_uint_eq(replay.verdict->left_out->len, 1); /* each name once */
	ck_assert_str_eq(replay.verdict->left_out->pdata[0], "a");
	options.pid = 0;
	tables_free(tables);
	verdict_free(replay.verdict);
	replay.verdict = NULL;
}

/* Proves that a CPU has room for the switches of two processes, and that they end apart. */
TEST(two_switches_on_a_cpu)
{
	struct tables *tables = tables_new(&replay);
	struct process a = { 0 }, b = { 0 };

	tables_add_switch(tables, &a, 1);
	tables_add_switch(tables, &b, 1);
	tables_end_switch(tables, &a, 1);
	ck_assert_ptr_null(tables->cpus[1].switches[0]);
	ck_assert_ptr_eq(tables->cpus[1].switches[1], &b);
	tables_free(tables);
}

TEST_SIGNAL(no_third_switch_on_a_cpu, SIGABRT)
{
	struct tables *tables = tables_new(&replay);
	struct process a = { 0 };

	for (int i = 0; i <= TABLES_PER_CPU; i++)
		tables_add_switch(tables, &a, 0);
}

TEST_SIGNAL(no_cpu_beyond_the_last, SIGABRT)
{
	tables_end_switch(tables_new(&replay), NULL, 2);
}

TEST_SIGNAL(no_process_is_left_behind, SIGABRT)
{
	struct tables *tables = tables_new(&replay);
	struct process a = { 0 };
	uint32_t slot = tables_slot(tables);

	tables->all->pdata[slot] = &a;
	tables_free(tables);
}

static unsigned tasks_of(const struct process *process)
{
	unsigned count = 0;

	for (const struct seen_task *task = process->tasks; task; task = task->after) {
		ck_assert_ptr_eq(task->process, process);
		ck_assert(!task->before || task->before->after == task);
		count++;
	}
	return count;
}

/* Proves that a process has a list of its tasks, whichever leaves or moves to another one. */
TEST_RANGE(a_task_is_in_the_list_of_its_process, 0, 3)
{
	struct process process = { 0 }, other = { 0 };
	struct seen_task tasks[3] = { 0 };

	for (int i = 0; i < 3; i++)
		tables_set_process(&tasks[i], &process);
	ck_assert_uint_eq(tasks_of(&process), 3);
	tables_set_process(&tasks[_i], &other);
	ck_assert_uint_eq(tasks_of(&process), 2);
	ck_assert_uint_eq(tasks_of(&other), 1);
	tables_set_process(&tasks[_i], NULL);
	ck_assert_uint_eq(tasks_of(&other), 0);
	tables_set_process(&tasks[_i], NULL);
	while (process.tasks)
		tables_set_process(process.tasks, NULL);
	for (int i = 0; i < 3; i++)
		ck_assert(!tasks[i].process && !tasks[i].before && !tasks[i].after);
}
