/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/census.h"

#include <string.h>

enum { EVENTS_BETWEEN_LOOKS = 4096 };

/* A task, by pid. */
struct counted_task {
	uint32_t tgid; /* 0 = not known */
	char comm[16];
	uint64_t forks, exits, switches, shown;
};

static void free_row(gpointer data)
{
	struct census_row *row = data;

	g_free(row->name);
	g_free(row);
}

void census_free(struct census *census)
{
	if (!census)
		return;
	g_ptr_array_free(census->rows, TRUE);
	g_free(census);
}

/* NULL: idle, or not known. */
static struct counted_task *task_of(
	GHashTable *tasks, uint32_t pid, uint32_t tgid, const char *comm)
{
	struct counted_task *task;

	if (pid == 0 || pid >= TRACE_TASK_FOREIGN)
		return NULL;
	task = g_hash_table_lookup(tasks, GUINT_TO_POINTER(pid));
	if (!task) {
		task = g_new0(struct counted_task, 1);
		g_hash_table_insert(tasks, GUINT_TO_POINTER(pid), task);
	}
	if (tgid)
		task->tgid = tgid;
	if (*comm)
		g_strlcpy(task->comm, comm, sizeof(task->comm));
	return task;
}

static bool shows(const struct trace_task *task)
{
	return task->word != TRACE_WORD_UNKNOWN || (task->mm_known && task->mm);
}

/* A child that shares the mm is in the thread group of its parent, unless the trace says that it
 * has its own. */
static void count_fork(GHashTable *tasks, const struct trace_event *event,
	struct counted_task *parent, struct counted_task *child)
{
	bool process = event->new_mm == 1 || (event->new_mm < 0 && event->new_group == 1);

	g_assert(event->kind == TRACE_NEW_TASK);
	if (!process && parent)
		parent->forks++;
	if (!child || child->tgid)
		return;
	if (event->new_group == 1)
		child->tgid = event->task.pid;
	else if (event->new_group == 0 && parent)
		child->tgid = parent->tgid ? parent->tgid : event->pid;
	if (event->new_group == 0 && parent && !parent->tgid)
		parent->tgid = event->pid;
	g_assert(g_hash_table_size(tasks) > 0);
}

static void count_event(GHashTable *tasks, const struct trace_event *event)
{
	struct counted_task *runner = task_of(tasks, event->pid, event->tgid, event->comm);
	struct counted_task *task =
		task_of(tasks, event->task.pid, event->task.tgid, event->task.comm);
	struct counted_task *prev =
		task_of(tasks, event->prev.pid, event->prev.tgid, event->prev.comm);

	if (task && (shows(&event->task) || event->mm.known))
		task->shown++;
	else if (prev && shows(&event->prev))
		prev->shown++;
	else if (runner && event->mm.known)
		runner->shown++;
	if (task && event->kind == TRACE_SWITCH)
		task->switches++;
	if (task && event->kind == TRACE_TASK_GONE)
		task->exits++;
	if (event->kind == TRACE_NEW_TASK)
		count_fork(tasks, event, runner, task);
}

/* The row of @task, by thread group or by name. */
static struct census_row *row_of(
	GHashTable *groups, GHashTable *names, GPtrArray *rows, const struct counted_task *task)
{
	struct census_row *row = task->tgid
	                                 ? g_hash_table_lookup(groups, GUINT_TO_POINTER(task->tgid))
	                                 : g_hash_table_lookup(names, task->comm);

	if (row)
		return row;
	row = g_new0(struct census_row, 1);
	row->tgid = task->tgid;
	row->name = g_strdup(task->comm);
	g_ptr_array_add(rows, row);
	if (task->tgid)
		g_hash_table_insert(groups, GUINT_TO_POINTER(task->tgid), row);
	else
		g_hash_table_insert(names, row->name, row);
	return row;
}

static void add_task(struct census_row *row, const struct counted_task *task)
{
	row->threads++;
	row->forks += task->forks;
	row->exits += task->exits;
	row->switches += task->switches;
	row->shown += task->shown;
}

static gint by_switches(gconstpointer a, gconstpointer b)
{
	const struct census_row *x = *(struct census_row *const *)a;
	const struct census_row *y = *(struct census_row *const *)b;

	if (x->switches != y->switches)
		return x->switches < y->switches ? 1 : -1;
	if (x->tgid != y->tgid)
		return x->tgid < y->tgid ? -1 : 1;
	return strcmp(x->name, y->name);
}

static gint by_number(gconstpointer a, gconstpointer b)
{
	return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

/* The pids, ascending: the order of a hash table is none. */
static GArray *sorted_pids(GHashTable *tasks)
{
	GArray *pids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, tasks);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		uint32_t pid = GPOINTER_TO_UINT(key);

		g_array_append_val(pids, pid);
	}
	g_array_sort(pids, by_number);
	return pids;
}

static void sum_up(struct census *census, GHashTable *tasks)
{
	g_autoptr(GHashTable) groups = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GArray) pids = sorted_pids(tasks);

	for (guint i = 0; i < pids->len; i++) {
		uint32_t pid = g_array_index(pids, uint32_t, i);
		const struct counted_task *task = g_hash_table_lookup(tasks, GUINT_TO_POINTER(pid));
		struct census_row *row = row_of(groups, names, census->rows, task);

		if (task->tgid && (pid == task->tgid || !*row->name)) {
			g_free(row->name);
			row->name = g_strdup(task->comm);
		}
		add_task(row, task);
	}
	g_ptr_array_sort(census->rows, by_switches);
}

struct census *census_take(struct trace *trace, bool (*stop)(void), GError **error)
{
	struct census *census = g_new0(struct census, 1);
	g_autoptr(GHashTable) tasks = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	struct trace_event event;
	bool stopped = false;

	census->rows = g_ptr_array_new_with_free_func(free_row);
	while (!stopped && trace_next(trace, &event, error)) {
		count_event(tasks, &event);
		stopped = ++census->events % EVENTS_BETWEEN_LOOKS == 0 && stop && stop();
	}
	sum_up(census, tasks);
	return census;
}
