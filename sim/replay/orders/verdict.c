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

struct replay_verdict *verdict_new(void)
{
	struct replay_verdict *verdict = g_new0(struct replay_verdict, 1);

	verdict->processes = g_ptr_array_new_with_free_func(free_process);
	verdict->differences = g_ptr_array_new_with_free_func(difference_free);
	verdict->notes = g_ptr_array_new_with_free_func(g_free);
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

void verdict_note(struct replay_verdict *verdict, const char *format, ...)
{
	g_assert(*format);
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	if (verdict->notes->len >= REPLAY_NOTES_MAX ||
		g_ptr_array_find_with_equal_func(verdict->notes, text, g_str_equal, NULL)) {
		verdict->notes_more += verdict->notes->len >= REPLAY_NOTES_MAX;
		g_free(text);
		return;
	}
	g_ptr_array_add(verdict->notes, text);
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
