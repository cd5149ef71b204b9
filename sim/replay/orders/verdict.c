/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/verdict.h"

#include <string.h>

static void free_process(gpointer data)
{
	struct replay_process *process = data;

	g_free(process->name);
	g_free(process);
}

static void difference_free(gpointer data)
{
	struct replay_difference *difference = data;

	g_free(difference->what);
	g_free(difference->trace);
	g_free(difference->model);
	g_free(difference->around);
	g_free(difference);
}

static void free_note(gpointer data)
{
	struct replay_note *note = data;

	g_free(note->text);
	g_free(note);
}

struct replay_verdict *verdict_new(void)
{
	struct replay_verdict *verdict = g_new0(struct replay_verdict, 1);

	verdict->processes = g_ptr_array_new_with_free_func(free_process);
	verdict->differences = g_ptr_array_new_with_free_func(difference_free);
	verdict->notes = g_ptr_array_new_with_free_func(free_note);
	verdict->left_out = g_ptr_array_new_with_free_func(g_free);
	return verdict;
}

void verdict_free(struct replay_verdict *verdict)
{
	if (!verdict)
		return;
	g_ptr_array_free(verdict->differences, TRUE);
	g_ptr_array_free(verdict->processes, TRUE);
	g_ptr_array_free(verdict->notes, TRUE);
	g_ptr_array_free(verdict->left_out, TRUE);
	g_free(verdict);
}

/* Beyond the limit all share one: a trace may have millions, and memory must not grow with it. */
struct replay_process *verdict_add_process(
	struct replay_verdict *verdict, const char *name, uint32_t tgid, uint64_t first_line)
{
	struct replay_process *process;

	if (verdict->processes->len >= REPLAY_PROCESSES_MAX) {
		verdict->processes_more++;
		process = g_ptr_array_index(verdict->processes, REPLAY_PROCESSES_MAX - 1);
		g_free(process->name);
		process->name = g_strdup("(others)");
		process->tgid = 0;
		return process;
	}
	process = g_new0(struct replay_process, 1);
	process->name = g_strdup(name && *name ? name : "?");
	process->tgid = tgid;
	process->first_line = first_line;
	g_ptr_array_add(verdict->processes, process);
	return process;
}

/* The last note of @kind, and how many are listed; NULL if none is. Sets *@said if one is @text. */
static struct replay_note *last_of_kind(const struct replay_verdict *verdict, const char *kind,
	const char *text, guint *count, bool *said)
{
	struct replay_note *last = NULL;

	*count = 0;
	*said = false;
	for (guint i = 0; i < verdict->notes->len; i++) {
		struct replay_note *note = verdict->notes->pdata[i];

		if (strcmp(note->kind, kind) != 0)
			continue;
		last = note;
		*said |= g_str_equal(note->text, text);
		++*count;
	}
	g_assert(*count <= REPLAY_NOTES_MAX);
	return last;
}

void verdict_note(struct replay_verdict *verdict, const char *format, ...)
{
	struct replay_note *last, *note;
	va_list arguments;
	guint count;
	bool said;
	char *text;

	g_assert(*format);
	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	last = last_of_kind(verdict, format, text, &count, &said);
	if (said || count == REPLAY_NOTES_MAX) {
		last->more += !said;
		g_free(text);
		return;
	}
	note = g_new0(struct replay_note, 1);
	*note = (struct replay_note){ .kind = format, .text = text };
	g_ptr_array_add(verdict->notes, note);
}

char *verdict_note_text(const struct replay_note *note)
{
	return note->more ? g_strdup_printf("%s (and %" G_GUINT64_FORMAT " more like this)",
				    note->text, note->more)
	                  : g_strdup(note->text);
}

void verdict_leave_out(struct replay_verdict *verdict, const char *name)
{
	if (*name && verdict->left_out->len < REPLAY_LEFT_OUT_MAX &&
		!g_ptr_array_find_with_equal_func(verdict->left_out, name, g_str_equal, NULL))
		g_ptr_array_add(verdict->left_out, g_strdup(name));
}

void verdict_add_difference(struct replay_verdict *verdict, struct replay_difference difference)
{
	struct replay_difference *kept = g_memdup2(&difference, sizeof(difference));

	g_assert(difference.process && difference.what && difference.trace && difference.model);
	if (verdict->differences->len >= REPLAY_DIFFERENCES_MAX)
		difference_free(kept);
	else
		g_ptr_array_add(verdict->differences, kept);
}

static void restart_process(struct replay_process *process)
{
	process->switches = process->others = (struct replay_counts){ 0 };
	process->taken_over = process->lost = process->predicted = 0;
	process->users_max = process->states_max = 0;
	process->to_percpu = process->to_task = 0;
}

void verdict_restart(struct replay_verdict *verdict, uint64_t from_ns)
{
	g_ptr_array_set_size(verdict->differences, 0);
	for (guint i = 0; i < verdict->processes->len; i++)
		restart_process(verdict->processes->pdata[i]);
	verdict->events = 0;
	verdict->from_ns = from_ns;
	g_assert(verdict->differences->len == 0);
}

static void add_counts(struct replay_counts *sum, const struct replay_counts *counts)
{
	g_assert(counts->compared ==
		 counts->agreed + counts->hidden + counts->unexplained + counts->undecided);
	sum->compared += counts->compared;
	sum->agreed += counts->agreed;
	sum->hidden += counts->hidden;
	sum->unexplained += counts->unexplained;
	sum->undecided += counts->undecided;
}

void verdict_sum(struct replay_verdict *verdict)
{
	memset(&verdict->switches, 0, sizeof(verdict->switches));
	memset(&verdict->others, 0, sizeof(verdict->others));
	verdict->taken_over = verdict->predicted = 0;
	g_assert(verdict->processes->len <= REPLAY_PROCESSES_MAX);
	for (guint i = 0; i < verdict->processes->len; i++) {
		const struct replay_process *process = g_ptr_array_index(verdict->processes, i);

		add_counts(&verdict->switches, &process->switches);
		add_counts(&verdict->others, &process->others);
		verdict->taken_over += process->taken_over;
		verdict->predicted += process->predicted;
	}
}
