/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/scan.h"
#include "sim/trace/text-fields.h"

/*
 * Plain events of the kernel, as tracefs and trace-cmd write them ("prev_comm=a prev_pid=1 …"), raw
 * (trace-cmd report -R), or as the plugins of trace-cmd do ("a:1 [120] S ==> b:2 [120]"). A comm
 * may have anything in it, up to its length: it ends where all that must follow it does.
 */

enum {
	STATE_IDLE = 0x402, /* TASK_IDLE of the kernel: D, without load */
	STATE_REPORT_IDLE = 0x80,
	STATE_REPORT = 0xff, /* bits of a state in an event; above: preempted */
	STATE_DEAD = 0x30,   /* EXIT_DEAD, EXIT_ZOMBIE */
	CLONE_VM = 0x100,
	CLONE_THREAD = 0x10000,
};

/* A comm, then @key (" pid=") and a pid, then @after. Returns where the pid ends. */
static const char *scan_comm(
	const char *at, const char *key, const char *after, struct trace_task *task)
{
	g_assert(*key == ' ');
	for (size_t length = 0; length <= TRACE_COMM_MAX + 1; length++) {
		const char *end = scan_text(at + length, key);
		uint64_t pid;

		end = end ? number_scan(end, &pid) : NULL;
		if (end && scan_text(end, after) && pid <= TRACE_PID_MAX) {
			trace_set_comm(task->comm, at, length);
			task->pid = (uint32_t)pid;
			return end;
		}
		if (at[length] == '\0')
			return NULL;
	}
	return NULL;
}

/* After @key, wherever that is. */
static const char *find(const char *at, const char *key)
{
	const char *found = strstr(at, key);

	return found ? found + strlen(key) : NULL;
}

/* The number after @key, wherever that is, up to @max. */
static bool find_number(const char *at, const char *key, uint64_t max, uint32_t *number)
{
	uint64_t value;

	at = find(at, key);
	if (!at || !number_scan(at, &value) || value > max)
		return false;
	*number = (uint32_t)value;
	return true;
}

/* The comm before @end, which ends with ":PID". */
static bool set_colon_task(const char *start, const char *end, struct trace_task *task)
{
	const char *colon = end;
	uint64_t pid;

	g_assert(start <= end);
	while (colon > start && *colon != ':')
		colon--;
	if (*colon != ':' || number_scan(colon + 1, &pid) != end || pid > TRACE_PID_MAX)
		return false;
	task->pid = (uint32_t)pid;
	trace_set_comm(task->comm, start, (size_t)(colon - start));
	return true;
}

/* "COMM:PID [PRIO]", the first of @start; returns where it ends. */
static const char *scan_plugin_task(const char *start, struct trace_task *task)
{
	const char *bracket = start;

	while ((bracket = strstr(bracket, " [")) != NULL) {
		const char *end = bracket + 2 + (bracket[2] == '-');
		uint64_t priority;

		end = number_scan(end, &priority);
		if (end && *end == ']' && set_colon_task(start, bracket, task))
			return end + 1;
		bracket++;
	}
	return NULL;
}

/* "S", "R+", "D|K" */
static const char *scan_state_letters(const char *at, uint64_t *state)
{
	static const struct {
		char letter;
		uint16_t bits;
	} letters[] = {
		{ 'S', 1 },
		{ 'D', 2 },
		{ 'T', 4 },
		{ 't', 8 },
		{ 'X', 0x10 },
		{ 'Z', 0x20 },
		{ 'P', 0x40 },
		{ 'I', STATE_IDLE },
	};
	const char *start = at;

	*state = 0;
	for (; *at != ' ' && *at != '\0'; at++) {
		if (!g_ascii_isalpha(*at) && *at != '+' && *at != '|')
			return NULL;
		for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
			if (letters[i].letter == *at)
				*state |= letters[i].bits;
		}
	}
	return at == start ? NULL : at;
}

/* A state, by letters or as the bits that the event has. */
static const char *scan_state(const char *at, struct trace_event *event)
{
	uint64_t state;

	if (number_is_digit(*at)) {
		at = number_scan_any(at, &state);
		state &= STATE_REPORT;
		if (state & STATE_REPORT_IDLE)
			state = (state & ~(uint64_t)STATE_REPORT_IDLE) | STATE_IDLE;
	} else {
		at = scan_state_letters(at, &state);
	}
	if (!at || (*at != ' ' && *at != '\0'))
		return NULL;
	event->prev_state = state;
	event->prev_dead = state & STATE_DEAD;
	return at;
}

static const char *scan_switch(const char *at, struct trace_event *event)
{
	const char *prev = scan_text(at, "prev_comm=");

	if (!prev) {
		at = scan_plugin_task(at, &event->prev);
		at = at && *at == ' ' ? scan_state(at + 1, event) : NULL;
		at = at ? scan_text(at, " ==> ") : NULL;
		return at ? scan_plugin_task(at, &event->task) : NULL;
	}
	at = scan_comm(prev, " prev_pid=", " prev_prio=", &event->prev);
	at = at ? find(at, " prev_state=") : NULL;
	at = at ? scan_state(at, event) : NULL;
	at = at ? find(at, " next_comm=") : NULL;
	return at ? scan_comm(at, " next_pid=", " next_prio=", &event->task) : NULL;
}

static bool parse_switch(const struct text_event *text, struct trace_event *event, GError **error)
{
	g_assert(event->kind == TRACE_SWITCH);
	return scan_switch(text->fields, event) ||
	       text_fail_missing(text,
		       "prev_comm=COMM prev_pid=PID … prev_state=STATE ==> next_comm=COMM "
		       "next_pid=PID",
		       error);
}

static bool parse_wake(const struct text_event *text, struct trace_event *event, GError **error)
{
	const char *at = scan_text(text->fields, "comm=");
	bool plain = at;

	g_assert(event->kind == TRACE_WAKE);
	at = plain ? scan_comm(at, " pid=", " prio=", &event->task)
	           : scan_plugin_task(text->fields, &event->task);
	return (at && find_number(at, plain ? " target_cpu=" : " CPU:", TRACE_CPUS_MAX - 1,
			      &event->other_cpu)) ||
	       text_fail_missing(text, "comm=COMM pid=PID … target_cpu=CPU", error);
}

static bool parse_migrate(const struct text_event *text, struct trace_event *event, GError **error)
{
	const char *at = scan_text(text->fields, "comm=");

	g_assert(event->kind == TRACE_MIGRATE);
	at = at ? scan_comm(at, " pid=", " prio=", &event->task) : NULL;
	return (at && find_number(at, " dest_cpu=", TRACE_CPUS_MAX - 1, &event->other_cpu)) ||
	       text_fail_missing(text, "comm=COMM pid=PID … dest_cpu=CPU", error);
}

/* The names of the parent's fields are not those that the kernel writes as text. */
static const char *scan_parent(const char *at, struct trace_task *parent)
{
	const char *raw = scan_text(at, "parent_comm=");

	if (raw)
		return scan_comm(raw, " parent_pid=", " child_comm=", parent);
	at = scan_text(at, "comm=");
	return at ? scan_comm(at, " pid=", " child_comm=", parent) : NULL;
}

static bool parse_fork(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct trace_task parent;
	const char *at = scan_parent(text->fields, &parent);

	g_assert(event->kind == TRACE_NEW_TASK);
	at = at ? scan_text(at, " child_comm=") : NULL;
	at = at ? scan_comm(at, " child_pid=", "", &event->task) : NULL;
	return at ||
	       text_fail_missing(text, "comm=COMM pid=PID child_comm=COMM child_pid=PID", error);
}

static bool parse_exit(const struct text_event *text, struct trace_event *event, GError **error)
{
	const char *at = scan_text(text->fields, "comm=");

	g_assert(event->kind == TRACE_TASK_GONE);
	at = at ? scan_comm(at, " pid=", " prio=", &event->task) : NULL;
	return at || text_fail_missing(text, "comm=COMM pid=PID", error);
}

/* The file's name may have anything in it: the pids are the last two. */
static bool parse_exec(const struct text_event *text, struct trace_event *event, GError **error)
{
	const char *at = strrchr(text->fields, '='), *start = text->fields;

	g_assert(event->kind == TRACE_EXEC);
	while (at && at > start && !g_str_has_prefix(at, " pid="))
		at--;
	return (at && find_number(at, " pid=", TRACE_PID_MAX, &event->task.pid) &&
		       find_number(at, " old_pid=", TRACE_PID_MAX, &event->old_pid)) ||
	       text_fail_missing(text, "filename=NAME pid=PID old_pid=PID", error);
}

static bool kernel_new_task(
	const struct text_event *text, struct trace_event *event, GError **error)
{
	const char *at = scan_text(text->fields, "pid="), *flags_at;
	uint64_t pid, flags;

	g_assert(event->kind == TRACE_NEW_TASK);
	at = at ? number_scan(at, &pid) : NULL;
	at = at && pid <= TRACE_PID_MAX ? scan_text(at, " comm=") : NULL;
	flags_at = at ? find(at, " clone_flags=") : NULL;
	if (flags_at && flags_at[0] == '0' && flags_at[1] == 'x')
		flags_at += 2;
	if (!flags_at || !number_scan_hex(flags_at, &flags))
		return text_fail_missing(text, "pid=PID comm=COMM clone_flags=FLAGS", error);
	event->task.pid = (uint32_t)pid;
	trace_set_comm(event->task.comm, at, (size_t)(strstr(at, " clone_flags=") - at));
	event->new_mm = !(flags & CLONE_VM);
	event->new_group = !(flags & CLONE_THREAD);
	return true;
}

#define ROW(name, kind, parse)                                                                     \
	{                                                                                          \
		name, sizeof(name) - 1, kind, parse                                                \
	}

static const struct text_name events[] = {
	ROW("sched_switch", TRACE_SWITCH, parse_switch),
	ROW("sched_waking", TRACE_WAKE, parse_wake),
	ROW("sched_wakeup", TRACE_WAKE, parse_wake),
	ROW("sched_wakeup_new", TRACE_WAKE, parse_wake),
	ROW("sched_migrate_task", TRACE_MIGRATE, parse_migrate),
	ROW("sched_process_fork", TRACE_NEW_TASK, parse_fork),
	ROW("sched_process_exit", TRACE_TASK_GONE, parse_exit),
	ROW("sched_process_exec", TRACE_EXEC, parse_exec),
	ROW("task_newtask", TRACE_NEW_TASK, kernel_new_task),
};

const struct text_name *text_kernel_find(const char *name, size_t length)
{
	if (length < events[0].length)
		return NULL; /* it is the shortest one */
	for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
		if (events[i].length == length && memcmp(events[i].name, name, length) == 0)
			return &events[i];
	}
	return NULL;
}
