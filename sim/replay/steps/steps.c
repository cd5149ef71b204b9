/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/steps/private.h"

#include <string.h>

/* What a line does: each name that the log has. */
static const struct {
	const char *name;
	void (*handle)(struct steps_line *line); /* NULL: nothing that the model knows of */
	bool waits; /* for the step that it is part of: nothing is to be checked yet */
} lines[] = {
	/* the most frequent ones first */
	{ "switch", steps_on_switch, false },
	{ "tracing_mark_write", NULL, true },
	{ "walk", steps_on_walk, false },
	{ "task_new", steps_on_task_new, false },
	{ "task_gone", steps_on_task_gone, false },
	{ "fork", steps_on_fork, false },
	{ "exit", steps_on_exit, false },
	{ "mode_switch", steps_on_mode_switch, true },
	{ "window", steps_on_window, true },
	{ "complete", steps_on_complete, false },
	{ "mm_new", steps_on_mm_new, false },
	{ "mm_end", steps_on_mm_end, false },
	{ "show", steps_on_show, false },
	{ "join", steps_on_join, false },
	{ "start", steps_on_start, false },
	{ "undo_fork", steps_on_undo_fork, false },
	{ "exec_leave", steps_on_exit, false },
	{ "exec_join", steps_on_exec_join, false },
	{ "exec", steps_on_exec, false },
	{ "work", steps_on_work, false },
	{ "affinity", steps_on_affinity, false },
	{ "affinity_broken", NULL, false },
	{ "spin", steps_on_spin, false },
	{ "spin_end", steps_on_spin_end, false },
	{ "give_up", steps_on_give_up, false },
	{ "cpu_online", NULL, false },
	{ "cpu_offline", NULL, false },
	{ "end", steps_on_end, false },
};

struct steps *steps_new(struct replay *replay)
{
	struct steps *steps = g_new0(struct steps, 1);

	steps->replay = replay;
	steps_tables_new(steps);
	steps->accounts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	steps->processes = g_ptr_array_new();
	steps->cpus = g_new0(struct steps_cpu, replay->scenario->cpus_count);
	for (uint32_t cpu = 0; cpu < replay->scenario->cpus_count; cpu++)
		steps->cpus[cpu] =
			(struct steps_cpu){ .spin_mm = MM_NONE, .saw = { EMIT_NO_MM, 0 } };
	steps->windows = steps_windows_new(replay->recorder);
	if (replay->options->comm || replay->options->pid)
		verdict_note(replay->verdict,
			"the log of a run is compared as a whole: --comm and --pid are for traces "
			"of kernels");
	return steps;
}

void steps_free(struct steps *steps)
{
	if (!steps)
		return;
	played_free(steps->played);
	steps_windows_free(steps->windows);
	g_free(steps->cpus);
	g_ptr_array_free(steps->processes, TRUE);
	g_hash_table_unref(steps->accounts);
	steps_tables_free(steps);
	g_free(steps);
}

/* Who is still there; the users of an mm that was given up are not known. */
static void compare_alive(struct steps_line *line)
{
	struct steps *steps = line->steps;
	guint given_up = g_hash_table_size(steps->given_up);
	uint64_t users = 0;

	for (uint32_t mm = 0; mm < steps->mms->len; mm++)
		users += steps_mm(steps, mm)->live ? model_mm(steps->model, mm)->users : 0;
	steps_compare(line, "tasks", steps->tasks_alive);
	steps_compare(line, "mms", g_hash_table_size(steps->numbers) + given_up);
	if (given_up == 0)
		steps_compare(line, "users", users);
}

void steps_on_end(struct steps_line *line)
{
	struct steps *steps = line->steps;

	steps_records_end(steps);
	steps->ended = true;
	compare_alive(line);
	steps_compare_counts(line, steps->replay->recorder->result);
	steps_compare_totals(line);
}

static bool fail(const struct steps_line *line, GError **error)
{
	const struct trace_event *event = line->event;

	if (!line->steps->begun)
		g_set_error(error, TRACE_ERROR, TRACE_ERROR_INPUT,
			"line %" G_GUINT64_FORMAT ": the log does not begin with the mms that it "
			"speaks of: an older cidsim wrote it, run the scenario again",
			event->line);
	else if (line->broken)
		g_set_error(error, TRACE_ERROR, TRACE_ERROR_INPUT, "line %" G_GUINT64_FORMAT ": %s",
			event->line, line->lacks);
	else
		g_set_error(error, TRACE_ERROR, TRACE_ERROR_INPUT,
			"line %" G_GUINT64_FORMAT ": mmcid:%s does not tell %s", event->line,
			event->kind == TRACE_NOTE ? event->name : trace_kind_to_string(event->kind),
			line->lacks);
	return false;
}

static bool fail_unknown(const struct trace_event *event, GError **error)
{
	g_set_error(error, TRACE_ERROR, TRACE_ERROR_INPUT,
		"line %" G_GUINT64_FORMAT ": there is no event mmcid:%s, did a newer cidsim write "
		"the log?",
		event->line, event->name);
	return false;
}

static bool handle_note(struct steps_line *line, GError **error)
{
	struct steps *steps = line->steps;
	const char *name = line->event->name;
	size_t i = 0;

	while (i < G_N_ELEMENTS(lines) && !g_str_equal(lines[i].name, name))
		i++;
	if (i == G_N_ELEMENTS(lines))
		return fail_unknown(line->event, error);
	/* A log begins with its first mm; marks may come before. */
	if (!steps->begun && !lines[i].waits)
		steps->begun = g_str_equal(name, "mm_new") || !lines[i].handle;
	if (!steps->begun && lines[i].handle)
		return fail(line, error);
	if (lines[i].handle)
		lines[i].handle(line);
	if (!lines[i].waits)
		steps_windows_check(line);
	return line->lacks ? fail(line, error) : true;
}

static bool begins_played(const struct steps *steps, const struct trace_event *event)
{
	return !steps->begun && event->kind == TRACE_NOTE && g_str_equal(event->name, "machine");
}

static bool handle(struct steps_line *line, GError **error)
{
	struct steps *steps = line->steps;
	const struct trace_event *event = line->event;

	if (begins_played(steps, event)) {
		steps->begun = true;
		steps->played = played_new(line);
		return line->lacks ? fail(line, error) : true;
	}
	if (steps->played) {
		played_line(steps->played, line);
		return line->lacks ? fail(line, error) : true;
	}
	steps_check_due(line);
	steps_count(steps, event, steps->replay->recorder->result);
	if (event->kind == TRACE_NOTE)
		return handle_note(line, error);
	if (event->kind == TRACE_MIGRATE)
		steps_on_migrate(line);
	return line->lacks ? fail(line, error) : true;
}

bool steps_event(struct steps *steps, const struct trace_event *event, GError **error)
{
	struct steps_line line = {
		.steps = steps,
		.event = event,
		.cpu = replay_cpu(steps->replay, event->cpu),
	};
	bool mark = event->kind == TRACE_NOTE && g_str_equal(event->name, "tracing_mark_write");
	bool ok;

	if (line.cpu == UINT32_MAX) {
		line.lacks = "a CPU that is possible";
		return fail(&line, error);
	}
	if (steps->ended && !mark) {
		g_set_error(error, TRACE_ERROR, TRACE_ERROR_INPUT,
			"line %" G_GUINT64_FORMAT ": the log goes on after its end", event->line);
		return false;
	}
	ok = handle(&line, error);
	if (!mark)
		steps_ring_add(steps, event);
	return ok;
}

/* What the report lists of each process. */
static void sum_up(struct steps *steps)
{
	GPtrArray *accounts = steps->replay->recorder->result->accounts;

	for (guint i = 0; i < accounts->len; i++) {
		const struct record_account *account = accounts->pdata[i];
		struct replay_process *process = steps->processes->pdata[i];

		process->users_max = MAX(process->users_max, account->users_max);
		process->states_max = 1;
		process->to_percpu += account->to_percpu;
		process->to_task += account->to_task;
	}
}

void steps_end(struct steps *steps)
{
	struct recorder *recorder = steps->replay->recorder;

	if (!steps->ended)
		verdict_note(steps->replay->verdict,
			"the log has no line mmcid:end: it breaks off, or its run was ended");
	if (steps->played)
		played_end(steps->played);
	else if (!steps->ended)
		steps_records_end(steps);
	for (uint32_t mm = 0; mm < steps->mms->len; mm++) {
		if (steps_mm(steps, mm)->live)
			recorder_mm_finish(recorder, steps->model, mm);
	}
	sum_up(steps);
	recorder->sink = steps_windows_sink(steps->windows);
}
