/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/kernel-record.h"

#include <string.h>

#include "sim/base/cpu-ids.h"
#include "sim/trace/trace.h"

/* An mm. */
struct part {
	struct shape shape;
	GArray *events;                 /* struct event */
	uint32_t pids[CODE_TASKS_MAX];  /* of its tasks; 0: none has this number */
	bool dead[CODE_TASKS_MAX];      /* it goes when it is switched out */
	uint32_t execs[CODE_TASKS_MAX]; /* which event the last exec of each is */
};

struct kernel_record {
	const struct scenario *scenario;
	uint32_t events, events_max;
	GPtrArray *parts; /* struct part, by the number of the mm */
	GArray *played;   /* struct load_part */
	GHashTable *mms;  /* of the tasks by pid: the number of the mm plus 1 */
	bool fails;
};

static void part_free(gpointer data)
{
	struct part *part = data;

	g_array_free(part->events, TRUE);
	g_free(part);
}

/* The part that task @pid is in; NULL: it has no mm. */
static struct part *part_of(const struct kernel_record *record, uint32_t pid)
{
	guint mm = GPOINTER_TO_UINT(g_hash_table_lookup(record->mms, GUINT_TO_POINTER(pid)));

	g_assert(mm <= record->parts->len);
	return mm > 0 ? record->parts->pdata[mm - 1] : NULL;
}

/* The number of @pid in @part; of pid 0 the lowest one that is free. */
static uint32_t number_of(struct kernel_record *record, const struct part *part, uint32_t pid)
{
	uint32_t number = 0;

	while (number < CODE_TASKS_MAX && part->pids[number] != pid)
		number++;
	if (number < CODE_TASKS_MAX)
		return number;
	record->fails = true;
	return 0;
}

static void add(struct kernel_record *record, struct part *part, struct event event)
{
	record->events++;
	g_array_append_val(part->events, event);
}

static void add_switch(struct kernel_record *record, struct part *part, uint32_t cpu, uint32_t to)
{
	add(record, part,
		(struct event){ .kind = EVENT_SWITCH, .a = (uint8_t)cpu, .b = (uint8_t)to });
}

static void add_of_task(struct kernel_record *record, struct part *part, enum event_kind kind,
	uint32_t pid, uint64_t mask)
{
	add(record, part,
		(struct event){ .kind = (uint8_t)kind,
			.a = (uint8_t)number_of(record, part, pid),
			.mask = mask });
}

/* Tasks and CPUs */

/* The lowest number that is free becomes that of @pid. */
static uint32_t take_number(struct kernel_record *record, struct part *part, uint32_t pid)
{
	uint32_t number = number_of(record, part, 0);

	part->pids[number] = pid;
	part->dead[number] = false;
	return number;
}

/* @pid is the first task of @part. T0 of a load runs when it begins. */
static void begin(struct kernel_record *record, struct part *part, uint32_t pid)
{
	take_number(record, part, pid);
	add_switch(record, part, (uint32_t)__builtin_ctzll(part->shape.allowed), EVENT_NOBODY);
}

/* @pid leaves @cpu. */
static void leave(struct kernel_record *record, struct part *part, uint32_t pid)
{
	uint32_t number = number_of(record, part, pid);

	if (part->dead[number])
		part->pids[number] = 0;
}

static void hear_switch(void *context, const struct record_switch *heard)
{
	struct kernel_record *record = context;
	struct part *from = part_of(record, heard->prev->pid);
	struct part *to = part_of(record, heard->next->pid);

	if (from && from != to)
		add_switch(record, from, heard->cpu, EVENT_NOBODY);
	if (to)
		add_switch(record, to, heard->cpu, number_of(record, to, heard->next->pid));
	if (from)
		leave(record, from, heard->prev->pid);
}

static void hear_fork(void *context, uint64_t time_ns, uint32_t cpu,
	const struct record_task *parent, const struct record_task *child)
{
	struct kernel_record *record = context;
	struct part *part = part_of(record, parent->pid);
	bool thread = parent->group_pid == child->group_pid;

	(void)time_ns;
	(void)cpu;
	if (part != part_of(record, child->pid))
		return; /* a process: its part has begun */
	add(record, part,
		(struct event){ .kind = thread ? EVENT_THREAD : EVENT_CLONE_VM,
			.a = (uint8_t)number_of(record, part, parent->pid),
			.b = (uint8_t)take_number(record, part, child->pid) });
}

static void hear_exit(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	struct kernel_record *record = context;
	struct part *part = part_of(record, task->pid);

	(void)time_ns;
	(void)cpu;
	add_of_task(record, part, EVENT_EXIT, task->pid, 0);
	part->dead[number_of(record, part, task->pid)] = true;
}

/* Notes */

struct note {
	uint32_t cpu, pid, mm; /* pid, mm: UINT32_MAX where the text has none */
	const char *text;
};

static uint32_t field(const char *text, const char *key)
{
	uint64_t number = UINT32_MAX;

	trace_field_number(text, key, &number);
	return (uint32_t)number;
}

/* The CPUs by index, of "mask=all" or a list of ids. */
static uint64_t mask_in(const struct kernel_record *record, const char *text)
{
	const struct scenario *scenario = record->scenario;
	const char *list = strstr(text, " mask=");
	struct cpu_ids ids = { 0 };
	uint64_t mask = 0;

	g_assert(list);
	list += strlen(" mask=");
	if (strcmp(list, "all") == 0)
		return UINT64_MAX >> (64 - scenario->cpus_count);
	g_free(cpu_ids_read(list, &ids));
	for (uint32_t cpu = 0; cpu < scenario->cpus_count; cpu++)
		mask |= (uint64_t)cpu_ids_has(&ids, scenario->cpu_ids[cpu]) << cpu;
	return mask;
}

static void note_mm(struct kernel_record *record, const struct note *note)
{
	struct part *part = g_new0(struct part, 1);

	g_assert(note->mm == record->parts->len);
	part->shape = (struct shape){ .cpus = record->scenario->cpus_count,
		.tasks_max = CODE_TASKS_MAX,
		.mms_max = 1,
		.allowed = mask_in(record, note->text),
		.failed_execs = true };
	part->events = g_array_new(FALSE, FALSE, sizeof(struct event));
	g_ptr_array_add(record->parts, part);
}

static struct part *put(struct kernel_record *record, uint32_t pid, uint32_t mm)
{
	g_hash_table_insert(record->mms, GUINT_TO_POINTER(pid), GUINT_TO_POINTER(mm + 1));
	return part_of(record, pid);
}

/* A child is there before its fork is over; of a fork that fails nothing else is heard. */
static void note_task(struct kernel_record *record, const struct note *note)
{
	struct part *part = note->mm == UINT32_MAX ? NULL : put(record, note->pid, note->mm);

	if (part && part->events->len == 0)
		begin(record, part, note->pid);
}

static void note_exec_leave(struct kernel_record *record, const struct note *note)
{
	struct part *part = part_of(record, note->pid);

	part->execs[number_of(record, part, note->pid)] = part->events->len;
	add_of_task(record, part, EVENT_EXEC, note->pid, 0);
}

/* The exec succeeds: it goes on, on the same CPU, as the first task of another mm. */
static void note_join(struct kernel_record *record, const struct note *note)
{
	struct part *part = part_of(record, note->pid);

	add_of_task(record, part, EVENT_GONE, note->pid, 0);
	add_switch(record, part, note->cpu, EVENT_NOBODY);
	part->pids[number_of(record, part, note->pid)] = 0;
	part = put(record, note->pid, note->mm);
	begin(record, part, note->pid);
	add_switch(record, part, note->cpu, 0);
}

static void note_exec(struct kernel_record *record, const struct note *note)
{
	struct part *part = part_of(record, note->pid);
	uint32_t number = number_of(record, part, note->pid);

	if (field(note->text, "failed") != 1)
		return;
	g_array_index(part->events, struct event, part->execs[number]).b = 1;
	add_of_task(record, part, EVENT_RETURN, note->pid, 0);
}

static void note_affinity(struct kernel_record *record, const struct note *note)
{
	struct part *part = part_of(record, note->pid);

	if (part)
		add_of_task(record, part, EVENT_AFFINITY, note->pid, mask_in(record, note->text));
}

static void hear_note(void *context, const struct record_note *heard)
{
	static const struct {
		const char *event;
		void (*note)(struct kernel_record *record, const struct note *note);
	} notes[] = {
		{ "mm_new", note_mm },
		{ "task_new", note_task },
		{ "exec_leave", note_exec_leave },
		{ "join", note_join },
		{ "exec", note_exec },
		{ "affinity", note_affinity },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
		if (strcmp(heard->event, notes[i].event) == 0)
			notes[i].note(context, &(struct note){ .cpu = heard->cpu,
						       .pid = field(heard->text, "pid"),
						       .mm = field(heard->text, "mm_id"),
						       .text = heard->text });
	}
}

/* All of it */

struct kernel_record *kernel_record_new(const struct scenario *scenario, uint32_t events_max)
{
	struct kernel_record *record = g_new0(struct kernel_record, 1);

	g_assert(scenario->cpus_count <= CODE_CPUS_MAX);
	record->scenario = scenario;
	record->events_max = events_max;
	record->parts = g_ptr_array_new_with_free_func(part_free);
	record->played = g_array_new(FALSE, FALSE, sizeof(struct load_part));
	record->mms = g_hash_table_new(NULL, NULL);
	return record;
}

void kernel_record_free(struct kernel_record *record)
{
	if (!record)
		return;
	g_ptr_array_unref(record->parts);
	g_array_free(record->played, TRUE);
	g_hash_table_unref(record->mms);
	g_free(record);
}

struct record_sink kernel_record_sink(struct kernel_record *record)
{
	return (struct record_sink){ .context = record,
		.sched_switch = hear_switch,
		.sched_fork = hear_fork,
		.sched_exit = hear_exit,
		.note = hear_note };
}

bool kernel_record_is_over(const struct kernel_record *record)
{
	return record->events >= record->events_max || record->fails;
}

bool kernel_record_load(struct kernel_record *record, struct load *load)
{
	g_array_set_size(record->played, 0);
	for (guint i = 0; i < record->parts->len; i++) {
		const struct part *part = record->parts->pdata[i];
		const struct load_part played = { .shape = part->shape,
			.events = (const struct event *)(const void *)part->events->data,
			.count = part->events->len };

		g_array_append_val(record->played, played);
	}
	load->parts = (const struct load_part *)(const void *)record->played->data;
	load->parts_count = record->played->len;
	load->count = record->events;
	return !record->fails;
}
