/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/text-cidsim.h"

#include <string.h>

#include "model/state.h"
#include "sim/base/cpu-ids.h"

enum { MM_NAME_MAX = 128 };

struct text_cidsim {
	struct trace *trace;
	bool begun, ended; /* the first mm, the last line was there */
	bool switch_due;   /* the words of a switch come next */
	uint32_t due_cpu;  /* ... of the one there, between these two */
	uint32_t due_prev_pid, due_next_pid;
	char name[MM_NAME_MAX]; /* of the mm that is new */
	/* of the line that was read last */
	struct trace_event events[LOG_EVENTS_MAX];
	unsigned count, given;
};

/* A note that is read. */
struct note {
	struct text_cidsim *log;
	const struct note_row *row;
	const char *text;
	const struct trace_event *blank; /* with the place and time of the line */
	const char *lacks; /* the first field that it must have and has not; NULL: none */
};

/* What an event takes from the fields of its note. */
enum {
	PID = 1,    /* pid: of the task, or of who does it */
	MM = 2,     /* mm_id */
	VALUES = 4, /* mode users max_cids pcpu_thrs allowed taken, and mm_id */
	TAKEN = 8,  /* taken alone, and mm_id */
};

struct note_row {
	const char *name;
	void (*read)(struct note *note); /* NULL: for viewers only, or said by another note */
	enum trace_kind kind;            /* of its first event */
	unsigned fields;                 /* ... of this event */
	const char *who; /* a decision: the field that is the pid of whom it is about */
};

struct text_cidsim *text_cidsim_new(struct trace *trace)
{
	struct text_cidsim *log = g_new0(struct text_cidsim, 1);

	g_assert(trace);
	log->trace = trace;
	return log;
}

void text_cidsim_free(struct text_cidsim *log)
{
	g_free(log);
}

/* Fields */

static void lacks(struct note *note, const char *what)
{
	if (!note->lacks)
		note->lacks = what;
}

static uint64_t number(struct note *note, const char *key, uint64_t max)
{
	uint64_t value = 0;

	if (trace_field_number(note->text, key, &value) && value <= max)
		return value;
	lacks(note, key);
	return 0;
}

static uint32_t number32(struct note *note, const char *key)
{
	return (uint32_t)number(note, key, UINT32_MAX);
}

/* All bits set is no word: it stands for one that is not known. */
static uint32_t word_of(struct note *note, const char *key)
{
	return (uint32_t)number(note, key, UINT32_MAX - 1);
}

static bool has(const struct note *note, const char *key)
{
	uint64_t value;

	return trace_field_number(note->text, key, &value);
}

static void set_task(
	struct note *note, struct trace_task *task, const char *pid_key, const char *word_key)
{
	task->pid = (uint32_t)number(note, pid_key, TRACE_PID_MAX);
	if (word_key)
		task->word = word_of(note, word_key);
}

static void set_mm(struct note *note, struct trace_mm *mm, unsigned fields)
{
	uint64_t mode;

	mm->address = number(note, "mm_id", UINT32_MAX) + 1;
	mm->taken_known = fields & (VALUES | TAKEN);
	if (mm->taken_known)
		mm->taken = number32(note, "taken");
	if (!(fields & VALUES))
		return;
	mode = number(note, "mode", CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT);
	mm->known = true;
	mm->mode = (uint8_t)((mode & CID_KERNEL_ONCPU ? MODE_PER_CPU : 0) |
			     (mode & CID_KERNEL_TRANSIT ? MODE_TRANSIT : 0));
	mm->users = number32(note, "users");
	mm->max_cids = number32(note, "max_cids");
	mm->pcpu_thrs = number32(note, "pcpu_thrs");
	mm->allowed_count = number32(note, "allowed");
}

static void outcome(const struct note *note, char text[16])
{
	if (!trace_field(note->text, "outcome", text, 16))
		text[0] = '\0';
}

/* The CPUs of the field "mask", into the room of the trace. */
static struct trace_bits cpus_of(struct note *note)
{
	struct trace *trace = note->log->trace;
	const GArray *possible = trace->info.possible;
	g_autofree struct cpu_ids *ids = g_new0(struct cpu_ids, 1);
	g_autofree char *list = g_malloc(CPU_IDS_TEXT_MAX), *wrong = NULL;
	uint32_t known = 0;

	if (!trace_field(note->text, "mask", list, CPU_IDS_TEXT_MAX))
		list[0] = '\0';
	memset(trace->mask, 0, sizeof(trace->mask));
	if (!g_str_equal(list, "all"))
		wrong = cpu_ids_read(list, ids);
	for (guint i = 0; !wrong && i < possible->len; i++) {
		uint32_t id = g_array_index(possible, uint32_t, i);

		if (ids->count > 0 && !cpu_ids_has(ids, id))
			continue;
		trace->mask[id / 64] |= UINT64_C(1) << id % 64;
		known++;
	}
	if (wrong || known == 0 || (ids->count > 0 && known != ids->count))
		lacks(note, "a mask of possible CPUs");
	return (struct trace_bits){ trace->mask, TRACE_MASK_WORDS };
}

/* Events */

/* One more event of the line, of @kind, with @fields. */
static struct trace_event *add(struct note *note, enum trace_kind kind, unsigned fields)
{
	struct text_cidsim *log = note->log;
	struct trace_event *event = &log->events[log->count++];

	g_assert(log->count <= LOG_EVENTS_MAX);
	*event = *note->blank;
	event->kind = kind;
	if (fields & PID)
		set_task(note, &event->task, "pid", NULL);
	if (fields & ~(unsigned)PID)
		set_mm(note, &event->mm, fields);
	return event;
}

static struct trace_event *add_first(struct note *note)
{
	return add(note, note->row->kind, note->row->fields);
}

static void read_plain(struct note *note)
{
	add_first(note);
}

/* The same by @pid. */
static struct trace_event *add_by(
	struct note *note, enum trace_kind kind, unsigned fields, uint32_t pid)
{
	struct trace_event *event = add(note, kind, fields);

	event->pid = pid;
	return event;
}

/* What came of a decision of @pid, or of the end of its window, and what it, its child and this CPU
 * have by now. */
static void add_outcome(struct note *note, uint32_t pid)
{
	struct trace_event *event;
	char text[16];

	outcome(note, text);
	if (g_str_equal(text, "done"))
		add_by(note, TRACE_OP_END, MM, pid);
	else if (g_str_equal(text, "spins"))
		add_by(note, TRACE_SPIN, MM, pid);
	else if (!g_str_equal(text, "window"))
		lacks(note, "outcome");
	event = add(note, TRACE_STATE, VALUES);
	set_task(note, &event->prev, "pid", "word");
	if (has(note, "child"))
		set_task(note, &event->task, "child", "child_word");
	event->cpu_word = word_of(note, "cpu_word");
	event->other_cpu = event->cpu;
}

static void read_complete(struct note *note)
{
	add_outcome(note, (uint32_t)number(note, "pid", TRACE_PID_MAX));
}

/* Nobody forks the first task of a process; the deferred work is begun by no event. */
static void read_decision(struct note *note)
{
	bool starts = g_str_equal(note->row->name, "start");
	uint32_t pid = (uint32_t)number(note, "pid", TRACE_PID_MAX);
	char text[16];

	pid = starts ? TRACE_PID_UNKNOWN : pid;
	if (note->row->who)
		set_task(note, &add_by(note, note->row->kind, MM, pid)->task, note->row->who, NULL);
	outcome(note, text);
	add_by(note, TRACE_DECIDE, MM, pid);
	add_by(note, TRACE_DECIDE_END, VALUES, pid)->changed = g_str_equal(text, "window");
	add_outcome(note, pid);
}

static void read_walk(struct note *note)
{
	struct trace_event *event = add_first(note), *state;

	event->other_cpu = (uint32_t)number(note, "cpu", TRACE_CPUS_MAX - 1);
	if (has(note, "pid"))
		set_task(note, &event->task, "pid", "word");
	state = add(note, TRACE_STATE, TAKEN);
	state->task = event->task;
	state->other_cpu = event->other_cpu;
	state->cpu_word = word_of(note, "cpu_word");
}

static void read_spin_end(struct note *note)
{
	struct trace_event *event = add_first(note);

	event->changed = g_str_equal(note->row->name, "spin_end");
	event->spun_ns = number(note, "ns", UINT64_MAX);
	event = add(note, TRACE_STATE, TAKEN);
	set_task(note, &event->task, "pid", "word");
	event->cpu_word = word_of(note, "cpu_word");
	event->other_cpu = event->cpu;
}

static void read_affinity(struct note *note)
{
	struct trace_event *event = add_first(note);
	uint32_t pid = event->task.pid;

	event->pid = pid;
	event->mask = cpus_of(note);
	if (!has(note, "mm_id"))
		return; /* a kernel thread */
	add_by(note, TRACE_AFFINITY_END, VALUES, pid);
	add_by(note, TRACE_STATE, VALUES, pid)->mm.deferred = number(note, "deferred", 1) != 0;
}

static void read_switch(struct note *note)
{
	struct text_cidsim *log = note->log;
	struct trace_event *event = add(note, has(note, "spins") ? TRACE_SPIN : TRACE_SWITCHED, 0);

	set_task(note, &event->prev, "prev_pid", "prev_word");
	set_task(note, &event->task, "next_pid", "next_word");
	event->cpu_word = word_of(note, "cpu_word");
	if (event->prev.pid != log->due_prev_pid || event->task.pid != log->due_next_pid ||
		event->cpu != log->due_cpu)
		lacks(note, "the pids and the CPU of the sched_switch before it");
	log->switch_due = false;
}

static void read_mm_new(struct note *note)
{
	struct text_cidsim *log = note->log;
	struct trace_event *event = add_first(note);

	log->begun = true;
	if (!trace_field(note->text, "mm", log->name, sizeof(log->name)))
		lacks(note, "mm");
	event->name = log->name;
	event->allowed = cpus_of(note);
	event->mm.allowed_count = number32(note, "allowed");
	event->mm.mode = has(note, "transit") ? MODE_TRANSIT : 0;
}

static void read_task_new(struct note *note)
{
	struct trace_event *event = add_first(note);
	struct trace_task *task = &event->task;

	if (task->pid == 0)
		lacks(note, "pid, that of a task");
	task->tgid = (uint32_t)number(note, "group", TRACE_PID_MAX);
	task->mm_known = true;
	if (has(note, "mm_id"))
		task->mm = number(note, "mm_id", UINT32_MAX) + 1;
	event->other_cpu = (uint32_t)number(note, "cpu", TRACE_CPUS_MAX - 1);
	if (!trace_field(note->text, "comm", task->comm, sizeof(task->comm)))
		lacks(note, "comm");
	if (number(note, "visible", 1))
		add(note, TRACE_TASK_SHOWN, PID);
}

static void read_exec(struct note *note)
{
	struct trace_event *event = add_first(note);

	event->task.word = word_of(note, "cid");
	event->changed = !number(note, "failed", 1);
}

static void read_end(struct note *note)
{
	add_first(note)->text = note->text;
	note->log->ended = true;
}

static const struct note_row rows[] = {
	/* the most frequent ones first */
	{ "switch", read_switch, TRACE_SWITCHED, 0, NULL },
	{ "tracing_mark_write", NULL, TRACE_KINDS, 0, NULL },
	{ "walk", read_walk, TRACE_WALK_STEP, MM, NULL },
	{ "task_new", read_task_new, TRACE_TASK_NEW, PID, NULL },
	{ "task_gone", read_plain, TRACE_TASK_FREED, PID, NULL },
	{ "fork", read_decision, TRACE_FORK, MM, "child" },
	{ "exit", read_decision, TRACE_EXIT, MM, "pid" },
	{ "mode_switch", read_plain, TRACE_FLIPPED, 0, NULL },
	{ "window", read_plain, TRACE_WINDOW, 0, NULL },
	{ "complete", read_complete, TRACE_OP_END, MM, NULL },
	{ "mm_new", read_mm_new, TRACE_MM_NEW, MM, NULL },
	{ "mm_end", read_plain, TRACE_MM_GONE, MM, NULL },
	{ "show", read_plain, TRACE_TASK_SHOWN, PID, NULL },
	{ "join", read_plain, TRACE_JOIN, PID | MM, NULL },
	{ "start", read_decision, TRACE_FORK, MM, "pid" },
	{ "undo_fork", read_decision, TRACE_EXIT, MM, "child" },
	{ "exec_leave", read_decision, TRACE_EXIT, MM, "pid" },
	{ "exec_join", read_decision, TRACE_FORK, MM, "pid" },
	{ "exec", read_exec, TRACE_BACK, PID, NULL },
	{ "work", read_decision, TRACE_DECIDE, MM, NULL },
	{ "affinity", read_affinity, TRACE_AFFINITY, PID, NULL },
	{ "spin_end", read_spin_end, TRACE_SPIN_END, MM, NULL },
	{ "give_up", read_spin_end, TRACE_SPIN_END, MM, NULL },
	{ "end", read_end, TRACE_TOTALS, 0, NULL },
	{ "spin", NULL, TRACE_KINDS, 0, NULL },
	{ "affinity_broken", NULL, TRACE_KINDS, 0, NULL },
	{ "cpu_online", NULL, TRACE_KINDS, 0, NULL },
	{ "cpu_offline", NULL, TRACE_KINDS, 0, NULL },
};

static const struct note_row *find_row(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (g_str_equal(rows[i].name, name))
			return &rows[i];
	}
	return NULL;
}

/* Can something other than a switch's words stand here? @mark: for viewers, after the end, too. */
static bool check_place(const struct text_cidsim *log, bool mark, GError **error)
{
	if (log->ended && !mark)
		return trace_fail(log->trace, error, "the log goes on after its end");
	return !log->switch_due ||
	       trace_fail(log->trace, error,
		       "the mmcid:switch of the sched_switch before it is missing");
}

/* NULL, and @error, if there is no such note or it cannot stand here. */
static const struct note_row *check_name(
	const struct text_cidsim *log, const char *name, GError **error)
{
	const struct note_row *row = find_row(name);

	if (!log->begun && g_str_equal(name, "machine"))
		trace_fail(log->trace, error,
			"the log is of a scenario with [steps], and is not replayed: play the "
			"scenario "
			"instead");
	else if (!row)
		trace_fail(log->trace, error,
			"there is no event mmcid:%s, did a newer cidsim write the log?", name);
	else if (!log->begun && row->read && row->kind != TRACE_MM_NEW)
		trace_fail(log->trace, error,
			"the log does not begin with its first mm: an older cidsim wrote it, run "
			"the "
			"scenario again");
	else if (row->kind == TRACE_SWITCHED && log->switch_due)
		return row;
	else if (row->kind == TRACE_SWITCHED)
		trace_fail(log->trace, error, "there is no sched_switch before it");
	else if (check_place(log, !row->read, error))
		return row;
	return NULL;
}

enum trace_read text_cidsim_note(struct text_cidsim *log, const char *name, const char *text,
	struct trace_event *event, GError **error)
{
	const struct note_row *row = check_name(log, name, error);
	struct note note = { .log = log, .row = row, .text = text, .blank = event };

	if (!row || !row->read)
		return row ? READ_NOTHING : READ_END;
	log->count = log->given = 0;
	row->read(&note);
	if (text_cidsim_next(log, event) && !note.lacks)
		return READ_EVENT;
	log->count = 0;
	trace_fail(log->trace, error, "event mmcid:%s without %s", name, note.lacks);
	return READ_END;
}

enum trace_read text_cidsim_event(
	struct text_cidsim *log, const char *name, struct trace_event *event, GError **error)
{
	if (!check_place(log, false, error))
		return READ_END;
	/* One that is woken shows up twice at once. */
	if (g_str_equal(name, "sched_waking"))
		return READ_NOTHING;
	event->prev_dead = false; /* task_gone says so */
	log->switch_due = event->kind == TRACE_SWITCH && (event->prev.pid || event->task.pid);
	log->due_cpu = event->cpu;
	log->due_prev_pid = event->prev.pid;
	log->due_next_pid = event->task.pid;
	return READ_EVENT;
}

bool text_cidsim_next(struct text_cidsim *log, struct trace_event *event)
{
	if (log->given >= log->count)
		return false;
	*event = log->events[log->given++];
	return true;
}

bool text_cidsim_ended(const struct text_cidsim *log)
{
	return log->ended;
}
