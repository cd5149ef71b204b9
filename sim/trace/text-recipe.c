/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/text-fields.h"

/* The dynamic events of the recipe, which docs/recording.md explains. */

static bool recipe_switch(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct text_fields fields;

	g_assert(event->kind == TRACE_SWITCH);
	if (!text_fields_read(text, &fields, error))
		return false;
	if (!text_fields_has(&fields, FIELD_PREV_PID) || !text_fields_has(&fields, FIELD_NEXT_PID))
		return text_fail_missing(text, "pp=PID and np=PID, the tasks", error);
	if (text_fields_has(&fields, FIELD_PREV_STATE)) {
		event->prev_state = fields.values[FIELD_PREV_STATE];
		event->prev_dead = event->prev_state & 0x80; /* TASK_DEAD */
	}
	if (!text_fields_set_task(text, &fields, FIELD_PREV_PID, &event->prev, error) ||
		!text_fields_set_task(text, &fields, FIELD_NEXT_PID, &event->task, error) ||
		!text_fields_set_mm(
			text, &fields, FIELD_MM, event->prev.mm, &event->prev_mm, error) ||
		!text_fields_set_mm(
			text, &fields, FIELD_NEXT_OF_MM, event->task.mm, &event->mm, error) ||
		!text_fields_set_cpu_word(
			text, &fields, FIELD_MM, event->prev.mm, &event->prev_cpu_word, error) ||
		!text_fields_set_cpu_word(
			text, &fields, FIELD_NEXT_OF_MM, event->task.mm, &event->cpu_word, error))
		return false;
	if (!event->task.mm)
		event->cpu_word = event->prev_cpu_word;
	return true;
}

/* Fields of a task and of its mm. */
static bool set_task_event(const struct text_event *text, struct text_fields *fields,
	struct trace_event *event, GError **error)
{
	g_assert(event->kind <= TRACE_KINDS);
	if (!text_fields_has(fields, FIELD_TASK_MM) && text_fields_has(fields, FIELD_THE_MM)) {
		fields->values[FIELD_TASK_MM] = fields->values[FIELD_THE_MM];
		fields->seen |= UINT64_C(1) << FIELD_TASK_MM;
	}
	return text_fields_set_task(text, fields, FIELD_TASK_PID, &event->task, error) &&
	       text_fields_set_mm(text, fields, FIELD_MM, event->task.mm, &event->mm, error) &&
	       text_fields_set_cpu_word(
		       text, fields, FIELD_MM, event->task.mm, &event->cpu_word, error);
}

/* The line itself says which task is now on the CPU, and only on some kernels what it has. */
static bool recipe_switched(
	const struct text_event *text, struct trace_event *event, GError **error)
{
	struct text_fields fields;

	g_assert(event->kind == TRACE_SWITCHED);
	if (!text_fields_read(text, &fields, error) ||
		!text_fields_check_max(text, &fields, FIELD_PREV_PID, TRACE_PID_MAX, error))
		return false;
	event->task.pid = event->pid;
	event->task.tgid = event->tgid;
	if (text_fields_has(&fields, FIELD_PREV_PID))
		event->prev.pid = (uint32_t)fields.values[FIELD_PREV_PID];
	if (text_fields_has(&fields, FIELD_IS_SWITCH) && !fields.values[FIELD_IS_SWITCH])
		event->kind = TRACE_KINDS;
	return set_task_event(text, &fields, event, error);
}

static bool recipe_task(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct text_fields fields;

	if (!text_fields_read(text, &fields, error))
		return false;
	if (!text_fields_has(&fields, FIELD_TASK_PID))
		return text_fail_missing(text, "tp=PID, the task", error);
	return set_task_event(text, &fields, event, error);
}

/* A fork or exit may have the word of the task only. In 6.19 a fork comes before the child
 * has a pid. */
static bool recipe_user(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct text_fields fields;

	g_assert(event->kind >= TRACE_FORK && event->kind <= TRACE_EXIT_END);
	if (!text_fields_read(text, &fields, error))
		return false;
	if (!text_fields_has(&fields, FIELD_TASK_PID) && !text_fields_has(&fields, FIELD_TASK_WORD))
		return text_fail_missing(
			text, "tp=PID, the task, or word=WORD, what it has", error);
	if (!set_task_event(text, &fields, event, error))
		return false;
	if (event->task.pid == 0)
		event->task.pid = TRACE_PID_UNKNOWN;
	return true;
}

static bool recipe_mm(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct text_fields fields;

	g_assert(event->kind >= TRACE_DECIDE && event->kind <= TRACE_CPU_WALK_END);
	if (!text_fields_read(text, &fields, error))
		return false;
	if (!text_fields_has(&fields, FIELD_THE_MM))
		return text_fail_missing(text, "m=ADDRESS, the mm", error);
	/* A kernel's bool may have garbage in the other bits of the register. */
	if (text_fields_has(&fields, FIELD_CHANGED))
		event->changed = (fields.values[FIELD_CHANGED] & 0xff) != 0;
	return text_fields_set_mm(
		       text, &fields, FIELD_MM, fields.values[FIELD_THE_MM], &event->mm, error) &&
	       text_fields_set_cpu_word(text, &fields, FIELD_MM, fields.values[FIELD_THE_MM],
		       &event->cpu_word, error);
}

static bool recipe_affinity(
	const struct text_event *text, struct trace_event *event, GError **error)
{
	struct text_fields fields;

	g_assert(event->kind == TRACE_AFFINITY);
	if (!text_fields_read_mask(text, &fields, text->trace->mask, error))
		return false;
	if (!text_fields_has(&fields, FIELD_TASK_PID))
		return text_fail_missing(text, "tp=PID, the task", error);
	if (fields.mask_words)
		event->mask = (struct trace_bits){ fields.mask, fields.mask_words };
	return set_task_event(text, &fields, event, error);
}

static bool recipe_migrate(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct text_fields fields;

	g_assert(event->kind == TRACE_MIGRATE);
	if (!text_fields_read(text, &fields, error))
		return false;
	if (!text_fields_has(&fields, FIELD_TASK_PID) || !text_fields_has(&fields, FIELD_CPU))
		return text_fail_missing(
			text, "tp=PID and dc=CPU, the task and where it goes", error);
	if (!text_fields_check_max(text, &fields, FIELD_CPU, TRACE_CPUS_MAX - 1, error))
		return false;
	event->other_cpu = (uint32_t)fields.values[FIELD_CPU];
	return set_task_event(text, &fields, event, error);
}

static bool recipe_cpu_step(
	const struct text_event *text, struct trace_event *event, GError **error)
{
	struct text_fields fields;

	g_assert(event->kind == TRACE_CPU_STEP);
	if (!text_fields_read(text, &fields, error))
		return false;
	if (!text_fields_has(&fields, FIELD_CPU))
		return text_fail_missing(text, "tc=CPU, that which was visited", error);
	if (!text_fields_check_max(text, &fields, FIELD_CPU, TRACE_CPUS_MAX - 1, error))
		return false;
	event->other_cpu = (uint32_t)fields.values[FIELD_CPU];
	return text_fields_set_mm(text, &fields, FIELD_MM,
		text_fields_has(&fields, FIELD_THE_MM) ? fields.values[FIELD_THE_MM] : 0,
		&event->mm, error);
}

static bool recipe_exec(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct text_fields fields;

	g_assert(event->kind == TRACE_EXEC);
	event->task.pid = event->pid;
	event->task.tgid = event->tgid;
	if (!text_fields_read(text, &fields, error) ||
		!text_fields_check_max(text, &fields, FIELD_OLD_PID, TRACE_PID_MAX, error))
		return false;
	if (text_fields_has(&fields, FIELD_OLD_PID))
		event->old_pid = (uint32_t)fields.values[FIELD_OLD_PID];
	return set_task_event(text, &fields, event, error);
}

static bool recipe_nothing(const struct text_event *text, struct trace_event *event, GError **error)
{
	(void)text;
	(void)event;
	(void)error;
	return true;
}

static const struct text_name events[] = {
	{ "sw", 2, TRACE_SWITCH, recipe_switch },
	{ "fin", 3, TRACE_SWITCHED, recipe_switched },
	{ "fst", 3, TRACE_SWITCHED, recipe_switched },
	{ "up", 2, TRACE_DECIDE, recipe_mm },
	{ "upr", 3, TRACE_DECIDE_END, recipe_mm },
	{ "fk", 2, TRACE_FORK, recipe_user },
	{ "fkr", 3, TRACE_FORK_END, recipe_user },
	{ "ex", 2, TRACE_EXIT, recipe_user },
	{ "exr", 3, TRACE_EXIT_END, recipe_user },
	{ "pf", 2, TRACE_NEW_TASK, recipe_task },
	{ "pe", 2, TRACE_TASK_GONE, recipe_task },
	{ "mig", 3, TRACE_MIGRATE, recipe_migrate },
	{ "ct", 2, TRACE_CPU_WALK, recipe_mm },
	{ "ctr", 3, TRACE_CPU_WALK_END, recipe_mm },
	{ "af", 2, TRACE_AFFINITY, recipe_affinity },
	{ "afr", 3, TRACE_AFFINITY_END, recipe_task },
	{ "tcs", 3, TRACE_TASK_STEP_BEGIN, recipe_task },
	{ "tcsr", 4, TRACE_TASK_STEP, recipe_task },
	{ "stc", 3, TRACE_TASK_STEP, recipe_task },
	{ "sct", 3, TRACE_CPU_STEP, recipe_cpu_step },
	{ "wk", 2, TRACE_WORK, recipe_nothing },
	{ "iw", 2, TRACE_IRQ_WORK, recipe_nothing },
	{ "xe", 2, TRACE_EXEC, recipe_exec },
	{ "wu", 2, TRACE_WAKE, recipe_task },
};

const struct text_name *text_recipe_find(const char *name, size_t length)
{
	if (length > 4)
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
		if (events[i].length == length && memcmp(events[i].name, name, length) == 0)
			return &events[i];
	}
	return NULL;
}
