/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/scan.h"
#include "sim/trace/text.h"

/*
 * What perf script writes of tasks:
 *
 *     PERF_RECORD_FORK(TGID:PID):(PARENT_TGID:PARENT_PID)
 *     PERF_RECORD_EXIT(TGID:PID):(PARENT_TGID:PARENT_PID)
 *     PERF_RECORD_COMM exec: NAME:TGID/PID
 *
 * perf record writes a fork for each task that is there when it begins, at the time 0. So a trace
 * that has them shows all threads of a process.
 */

struct perf_task {
	uint32_t tgid, pid;
};

/* "(TGID:PID)" */
static const char *scan_task(const char *at, struct perf_task *task)
{
	uint64_t tgid, pid;

	at = *at == '(' ? number_scan(at + 1, &tgid) : NULL;
	at = at && *at == ':' ? number_scan(at + 1, &pid) : NULL;
	if (!at || *at != ')' || tgid > TRACE_PID_MAX || pid > TRACE_PID_MAX)
		return NULL;
	*task = (struct perf_task){ (uint32_t)tgid, (uint32_t)pid };
	return at + 1;
}

static const char *scan_tasks(const char *at, struct perf_task *task, struct perf_task *parent)
{
	at = scan_task(at, task);
	at = at && *at == ':' ? scan_task(at + 1, parent) : NULL;
	g_assert(!at || (task->pid <= TRACE_PID_MAX && parent->pid <= TRACE_PID_MAX));
	return at;
}

static enum trace_read read_fork(
	struct trace_event *event, struct perf_task task, struct perf_task parent)
{
	event->kind = TRACE_NEW_TASK;
	event->pid = parent.pid;
	event->tgid = parent.tgid;
	event->task.pid = task.pid;
	event->task.tgid = task.tgid;
	memcpy(event->task.comm, event->comm, sizeof(event->task.comm));
	event->new_group = task.tgid != parent.tgid;
	return READ_EVENT;
}

static enum trace_read read_exit(struct trace_event *event, struct perf_task task)
{
	event->kind = TRACE_TASK_GONE;
	event->pid = event->task.pid = task.pid;
	event->tgid = event->task.tgid = task.tgid;
	return READ_EVENT;
}

/* "NAME:TGID/PID"; the name may have anything in it. */
static enum trace_read read_exec(const char *at, struct trace_event *event)
{
	const char *colon = strrchr(at, ':');
	uint64_t tgid, pid;

	at = colon ? number_scan(colon + 1, &tgid) : NULL;
	if (!at || *at != '/' || !number_scan(at + 1, &pid) || pid > TRACE_PID_MAX)
		return READ_NOTHING;
	event->kind = TRACE_EXEC;
	event->pid = event->task.pid = event->old_pid = (uint32_t)pid;
	return READ_EVENT;
}

static enum trace_read read_lost(const char *at, struct trace_event *event)
{
	event->kind = TRACE_LOST;
	if (!number_scan(at, &event->lost))
		event->lost = 0; /* it is not known how many */
	return READ_EVENT;
}

enum trace_read text_perf_record(struct trace *trace, const char *record, struct trace_event *event)
{
	struct perf_task task, parent;
	const char *at;
	enum trace_read read = READ_NOTHING;

	if ((at = scan_text(record, "PERF_RECORD_FORK")) && scan_tasks(at, &task, &parent))
		read = read_fork(event, task, parent);
	else if ((at = scan_text(record, "PERF_RECORD_EXIT")) && scan_tasks(at, &task, &parent))
		read = read_exit(event, task);
	else if ((at = scan_text(record, "PERF_RECORD_COMM exec: ")))
		read = read_exec(at, event);
	else if ((at = scan_text(record, "PERF_RECORD_LOST lost ")))
		read = read_lost(at, event);
	if (read == READ_NOTHING) {
		g_autofree char *name = g_strndup(record, strcspn(record, "(: "));

		trace_ignore(trace, name, 1);
	}
	return read;
}
