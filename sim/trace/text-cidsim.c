/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/text-cidsim.h"

#include <string.h>

#include "model/state.h"
#include "sim/base/cpu-ids.h"
#include "sim/trace/text-note.h"

enum { MM_NAME_MAX = 128 };

struct text_cidsim {
	struct trace *trace;
	bool begun, ended; /* the first mm, the last line was there */
	bool switch_due;   /* the words of a switch come next */
	uint32_t due_cpu;  /* ... of the one there, between these two */
	uint32_t due_prev_pid, due_next_pid;
	char name[MM_NAME_MAX]; /* of the mm that is new */
	/* Of the line that was read last, without its first event. */
	struct trace_event events[LOG_EVENTS_MAX - 1];
	unsigned count, given;
};

/* Where and when a line was written: what all its events have from it. */
struct place {
	uint64_t line, time_ns;
	uint32_t cpu, pid, tgid;
	char comm[16];
};

/* A note that is read. */
struct note {
	struct text_cidsim *log;
	const struct note_row *row;
	const char *text;
	struct note_fields fields; /* of the text */
	struct trace_event *first; /* its first event: the caller's */
	struct place place;
	unsigned count;    /* of its events so far */
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
	enum note_field who; /* a decision: the pid of whom it is about; NOTE_NONE: nobody */
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

static uint64_t number(struct note *note, enum note_field field, uint64_t max)
{
	uint64_t value = 0;

	if (note_fields_number(&note->fields, field, &value) && value <= max)
		return value;
	lacks(note, note_field_to_string(field));
	return 0;
}

static uint32_t number32(struct note *note, enum note_field field)
{
	return (uint32_t)number(note, field, UINT32_MAX);
}

/* All bits set is no word: it stands for one that is not known. */
static uint32_t word_of(struct note *note, enum note_field field)
{
	return (uint32_t)number(note, field, UINT32_MAX - 1);
}

static bool has(const struct note *note, enum note_field field)
{
	uint64_t value;

	return note_fields_number(&note->fields, field, &value);
}

static void set_task(
	struct note *note, struct trace_task *task, enum note_field pid, enum note_field word)
{
	task->pid = (uint32_t)number(note, pid, TRACE_PID_MAX);
	if (word != NOTE_NONE)
		task->word = word_of(note, word);
}

static void set_mm(struct note *note, struct trace_mm *mm, unsigned fields)
{
	uint64_t mode;

	mm->address = number(note, NOTE_MM_ID, UINT32_MAX) + 1;
	mm->taken_known = fields & (VALUES | TAKEN);
	if (mm->taken_known)
		mm->taken = number32(note, NOTE_TAKEN);
	if (!(fields & VALUES))
		return;
	mode = number(note, NOTE_MODE, CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT);
	mm->known = true;
	mm->mode = (uint8_t)((mode & CID_KERNEL_ONCPU ? MODE_PER_CPU : 0) |
			     (mode & CID_KERNEL_TRANSIT ? MODE_TRANSIT : 0));
	mm->users = number32(note, NOTE_USERS);
	mm->max_cids = number32(note, NOTE_MAX_CIDS);
	mm->pcpu_thrs = number32(note, NOTE_PCPU_THRS);
	mm->allowed_count = number32(note, NOTE_ALLOWED);
}

static bool came_of_it(const struct note *note, const char *outcome)
{
	return note_fields_is(&note->fields, NOTE_OUTCOME, outcome);
}

/* The CPUs of the field "mask", into the room of the trace. */
static struct trace_bits cpus_of(struct note *note)
{
	struct trace *trace = note->log->trace;
	const GArray *possible = trace->info.possible;
	g_autofree struct cpu_ids *ids = g_new0(struct cpu_ids, 1);
	g_autofree char *list = g_malloc(CPU_IDS_TEXT_MAX), *wrong = NULL;
	uint32_t known = 0;

	if (!note_fields_text(&note->fields, NOTE_MASK, list, CPU_IDS_TEXT_MAX))
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

/* @event is at the place and time of the line, and nothing else is known of it. */
static void set_blank(const struct note *note, struct trace_event *event)
{
	*event = trace_event_blank;
	event->line = note->place.line;
	event->time_ns = note->place.time_ns;
	event->cpu = note->place.cpu;
	event->pid = note->place.pid;
	event->tgid = note->place.tgid;
	memcpy(event->comm, note->place.comm, sizeof(event->comm));
}

/* One more event of the line, of @kind, with @fields. */
static struct trace_event *add(struct note *note, enum trace_kind kind, unsigned fields)
{
	struct text_cidsim *log = note->log;
	struct trace_event *event = note->first;

	if (note->count++ > 0) {
		g_assert(log->count < G_N_ELEMENTS(log->events));
		event = &log->events[log->count++];
		set_blank(note, event);
	}
	event->kind = kind;
	if (fields & PID)
		set_task(note, &event->task, NOTE_PID, NOTE_NONE);
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

	if (came_of_it(note, "done"))
		add_by(note, TRACE_OP_END, MM, pid);
	else if (came_of_it(note, "spins"))
		add_by(note, TRACE_SPIN, MM, pid);
	else if (!came_of_it(note, "window"))
		lacks(note, "outcome");
	event = add(note, TRACE_STATE, VALUES);
	set_task(note, &event->prev, NOTE_PID, NOTE_WORD);
	if (has(note, NOTE_CHILD))
		set_task(note, &event->task, NOTE_CHILD, NOTE_CHILD_WORD);
	event->cpu_word = word_of(note, NOTE_CPU_WORD);
	event->other_cpu = event->cpu;
}

static void read_complete(struct note *note)
{
	add_outcome(note, (uint32_t)number(note, NOTE_PID, TRACE_PID_MAX));
}

/* Nobody forks the first task of a process; the deferred work is begun by no event. */
static void read_decision(struct note *note)
{
	bool starts = g_str_equal(note->row->name, "start");
	uint32_t pid = (uint32_t)number(note, NOTE_PID, TRACE_PID_MAX);

	pid = starts ? TRACE_PID_UNKNOWN : pid;
	if (note->row->who != NOTE_NONE)
		set_task(note, &add_by(note, note->row->kind, MM, pid)->task, note->row->who,
			NOTE_NONE);
	add_by(note, TRACE_DECIDE, MM, pid);
	add_by(note, TRACE_DECIDE_END, VALUES, pid)->changed = came_of_it(note, "window");
	add_outcome(note, pid);
}

static void read_walk(struct note *note)
{
	struct trace_event *event = add_first(note), *state;

	event->other_cpu = (uint32_t)number(note, NOTE_CPU, TRACE_CPUS_MAX - 1);
	if (has(note, NOTE_PID))
		set_task(note, &event->task, NOTE_PID, NOTE_WORD);
	state = add(note, TRACE_STATE, TAKEN);
	state->task = event->task;
	state->other_cpu = event->other_cpu;
	state->cpu_word = word_of(note, NOTE_CPU_WORD);
}

static void read_spin_end(struct note *note)
{
	struct trace_event *event = add_first(note);

	event->changed = g_str_equal(note->row->name, "spin_end");
	event->spun_ns = number(note, NOTE_NS, UINT64_MAX);
	event = add(note, TRACE_STATE, TAKEN);
	set_task(note, &event->task, NOTE_PID, NOTE_WORD);
	event->cpu_word = word_of(note, NOTE_CPU_WORD);
	event->other_cpu = event->cpu;
}

static void read_affinity(struct note *note)
{
	struct trace_event *event = add_first(note);
	uint32_t pid = event->task.pid;

	event->pid = pid;
	event->mask = cpus_of(note);
	if (!has(note, NOTE_MM_ID))
		return; /* a kernel thread */
	add_by(note, TRACE_AFFINITY_END, VALUES, pid);
	add_by(note, TRACE_STATE, VALUES, pid)->mm.deferred = number(note, NOTE_DEFERRED, 1) != 0;
}

static void read_switch(struct note *note)
{
	struct text_cidsim *log = note->log;
	struct trace_event *event =
		add(note, has(note, NOTE_SPINS) ? TRACE_SPIN : TRACE_SWITCHED, 0);

	set_task(note, &event->prev, NOTE_PREV_PID, NOTE_PREV_WORD);
	set_task(note, &event->task, NOTE_NEXT_PID, NOTE_NEXT_WORD);
	event->cpu_word = word_of(note, NOTE_CPU_WORD);
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
	if (!note_fields_text(&note->fields, NOTE_MM, log->name, sizeof(log->name)))
		lacks(note, "mm");
	event->name = log->name;
	event->allowed = cpus_of(note);
	event->mm.allowed_count = number32(note, NOTE_ALLOWED);
	event->mm.mode = has(note, NOTE_TRANSIT) ? MODE_TRANSIT : 0;
}

static void read_task_new(struct note *note)
{
	struct trace_event *event = add_first(note);
	struct trace_task *task = &event->task;

	if (task->pid == 0)
		lacks(note, "pid, that of a task");
	task->tgid = (uint32_t)number(note, NOTE_GROUP, TRACE_PID_MAX);
	task->mm_known = true;
	if (has(note, NOTE_MM_ID))
		task->mm = number(note, NOTE_MM_ID, UINT32_MAX) + 1;
	event->other_cpu = (uint32_t)number(note, NOTE_CPU, TRACE_CPUS_MAX - 1);
	if (!note_fields_text(&note->fields, NOTE_COMM, task->comm, sizeof(task->comm)))
		lacks(note, "comm");
	if (number(note, NOTE_VISIBLE, 1))
		add(note, TRACE_TASK_SHOWN, PID);
}

static void read_exec(struct note *note)
{
	struct trace_event *event = add_first(note);

	event->task.word = word_of(note, NOTE_CID);
	event->changed = !number(note, NOTE_FAILED, 1);
}

static void read_end(struct note *note)
{
	add_first(note)->text = note->text;
	note->log->ended = true;
}

static const struct note_row rows[] = {
	/* the most frequent ones first */
	{ "switch", read_switch, TRACE_SWITCHED, 0, NOTE_NONE },
	{ .name = "tracing_mark_write" },
	{ "walk", read_walk, TRACE_WALK_STEP, MM, NOTE_NONE },
	{ "task_new", read_task_new, TRACE_TASK_NEW, PID, NOTE_NONE },
	{ "task_gone", read_plain, TRACE_TASK_FREED, PID, NOTE_NONE },
	{ "fork", read_decision, TRACE_FORK, MM, NOTE_CHILD },
	{ "exit", read_decision, TRACE_EXIT, MM, NOTE_PID },
	{ "mode_switch", read_plain, TRACE_FLIPPED, 0, NOTE_NONE },
	{ "window", read_plain, TRACE_WINDOW, 0, NOTE_NONE },
	{ "complete", read_complete, TRACE_OP_END, MM, NOTE_NONE },
	{ "mm_new", read_mm_new, TRACE_MM_NEW, MM, NOTE_NONE },
	{ "mm_end", read_plain, TRACE_MM_GONE, MM, NOTE_NONE },
	{ "show", read_plain, TRACE_TASK_SHOWN, PID, NOTE_NONE },
	{ "join", read_plain, TRACE_JOIN, PID | MM, NOTE_NONE },
	{ "start", read_decision, TRACE_FORK, MM, NOTE_PID },
	{ "undo_fork", read_decision, TRACE_EXIT, MM, NOTE_CHILD },
	{ "exec_leave", read_decision, TRACE_EXIT, MM, NOTE_PID },
	{ "exec_join", read_decision, TRACE_FORK, MM, NOTE_PID },
	{ "exec", read_exec, TRACE_BACK, PID, NOTE_NONE },
	{ "work", read_decision, TRACE_DECIDE, MM, NOTE_NONE },
	{ "affinity", read_affinity, TRACE_AFFINITY, PID, NOTE_NONE },
	{ "spin_end", read_spin_end, TRACE_SPIN_END, MM, NOTE_NONE },
	{ "give_up", read_spin_end, TRACE_SPIN_END, MM, NOTE_NONE },
	{ "end", read_end, TRACE_TOTALS, 0, NOTE_NONE },
	{ .name = "spin" },
	{ .name = "affinity_broken" },
	{ .name = "cpu_online" },
	{ .name = "cpu_offline" },
};

static const struct note_row *find_row(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].name[0] == name[0] && g_str_equal(rows[i].name, name))
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
			"scenario instead");
	else if (!row)
		trace_fail(log->trace, error,
			"there is no event mmcid:%s, did a newer cidsim write the log?", name);
	else if (!log->begun && row->read && row->kind != TRACE_MM_NEW)
		trace_fail(log->trace, error,
			"the log does not begin with its first mm: an older cidsim wrote it, run "
			"the scenario again");
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
	struct note note;

	if (!row || !row->read)
		return row ? READ_NOTHING : READ_END;
	note.log = log;
	note.row = row;
	note.text = text;
	note.first = event;
	note.place = (struct place){ event->line, event->time_ns, event->cpu, event->pid,
		event->tgid, "" };
	memcpy(note.place.comm, event->comm, sizeof(event->comm));
	note.count = 0;
	note.lacks = NULL;
	note_fields_read(&note.fields, text);
	log->count = log->given = 0;
	row->read(&note);
	g_assert(note.count > 0);
	if (!note.lacks)
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
