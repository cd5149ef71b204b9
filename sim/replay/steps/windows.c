/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/steps/private.h"

#include <string.h>

#include "sim/record/csv.h"

/*
 * Mode switches and windows are told by lines of their own, before that of the step which they
 * come from. They wait here until the model makes the same ones, or does not. To hear of those,
 * this stands before the sink of the recorder.
 */

/* A line that waits. */
struct waiting {
	bool window;
	char *text;
};

/* A switch, with the names that it points to. */
struct kept_switch {
	struct record_switch record;
	struct record_task prev, next;
};

struct steps_windows {
	const struct record_sink *behind; /* the recorder's; NULL: none */
	struct record_sink own;
	GQueue *waiting;  /* struct waiting */
	GQueue *switches; /* struct kept_switch, of played steps */
	GQueue *notes;    /* char *, the same */
	/* of the line that is handled */
	unsigned agreed;
	GString *trace, *model; /* what differs; empty = nothing */
	uint32_t account;       /* ... of which */
};

static void sample(void *context, const struct record_sample *record)
{
	const struct record_sink *behind = ((struct steps_windows *)context)->behind;

	behind->sample(behind->context, record);
}

static void stay(void *context, const struct record_stay *record)
{
	const struct record_sink *behind = ((struct steps_windows *)context)->behind;

	behind->stay(behind->context, record);
}

/* The first line that waits, if it is of that kind. NULL: none. */
static char *next_waiting(struct steps_windows *windows, bool window)
{
	struct waiting *waiting = g_queue_peek_head(windows->waiting);
	char *text;

	if (!waiting || waiting->window != window)
		return NULL;
	text = waiting->text;
	g_free(g_queue_pop_head(windows->waiting));
	return text;
}

struct number {
	const char *key;
	uint64_t value;
};

static void compare(struct steps_windows *windows, const char *text, const char *kind,
	uint32_t account, const char *direction, const struct number *numbers, size_t count)
{
	char found[16] = "";
	bool same = text && trace_field(text, "direction", found, sizeof(found)) &&
	            g_str_equal(found, direction);

	for (size_t i = 0; same && i < count; i++) {
		uint64_t number;

		same = trace_field_number(text, numbers[i].key, &number) &&
		       number == numbers[i].value;
	}
	if (same) {
		windows->agreed++;
		return;
	}
	windows->account = account;
	g_string_append_printf(windows->trace, "%s%s", kind, text ? " " : " is not told");
	g_string_append_printf(windows->trace, "%s\n", text ? text : "");
	g_string_append_printf(windows->model, "%s direction=%s", kind, direction);
	for (size_t i = 0; i < count; i++)
		g_string_append_printf(
			windows->model, " %s=%" G_GUINT64_FORMAT, numbers[i].key, numbers[i].value);
	g_string_append_c(windows->model, '\n');
}

static void mode_switch(void *context, const struct record_mode_switch *record)
{
	struct steps_windows *windows = context;
	g_autofree char *text = next_waiting(windows, false);
	const struct number numbers[] = {
		{ "users", record->users },
		{ "allowed", record->allowed_count },
		{ "max_cids_before", record->max_cids_before },
		{ "max_cids_after", record->max_cids_after },
		{ "pcpu_thrs_before", record->thrs_before },
		{ "pcpu_thrs_after", record->thrs_after },
	};

	compare(windows, text, "mode_switch", record->account, csv_direction(record->to_percpu),
		numbers, G_N_ELEMENTS(numbers));
	if (windows->behind && windows->behind->mode_switch)
		windows->behind->mode_switch(windows->behind->context, record);
}

static void window(void *context, const struct record_window *record)
{
	struct steps_windows *windows = context;
	g_autofree char *text = next_waiting(windows, true);
	const struct number numbers[] = {
		{ "duration_ns", record->close_ns - record->opened.time_ns },
		{ "steps", record->steps },
		{ "moved", record->moved },
		{ "dropped", record->dropped },
		{ "handed", record->handed },
		{ "settled", record->settled },
		{ "out_dropped", record->out_dropped },
		{ "bit_ops", record->bit_ops },
		{ "spins", record->spins },
		{ "spin_ns", record->spin_ns },
		{ "preempted_ns", record->preempted_ns },
	};

	compare(windows, text, "window", record->opened.account,
		csv_direction(record->opened.to_percpu), numbers, G_N_ELEMENTS(numbers));
	if (windows->behind && windows->behind->window)
		windows->behind->window(windows->behind->context, record);
}

static void sched_switch(void *context, const struct record_switch *record)
{
	struct steps_windows *windows = context;

	struct kept_switch *kept = g_new(struct kept_switch, 1);

	*kept = (struct kept_switch){ *record, *record->prev, *record->next };
	g_queue_push_tail(windows->switches, kept);
}

/* Steps are told by their words: those notes are for the log. */
static void note(void *context, const struct record_note *record)
{
	struct steps_windows *windows = context;

	if (g_str_equal(record->event, "spin") || g_str_equal(record->event, "spin_end") ||
		(g_str_equal(record->event, "exec") && !g_str_has_prefix(record->text, "step=")))
		g_queue_push_tail(
			windows->notes, g_strdup_printf("%s: %s", record->event, record->text));
}

struct steps_windows *steps_windows_new(struct recorder *recorder)
{
	struct steps_windows *windows = g_new0(struct steps_windows, 1);
	const struct record_sink *behind = recorder->sink;

	windows->behind = behind;
	windows->own = (struct record_sink){
		.context = windows,
		.sample = behind && behind->sample ? sample : NULL,
		.stay = behind && behind->stay ? stay : NULL,
		.mode_switch = mode_switch,
		.window = window,
	};
	windows->waiting = g_queue_new();
	windows->switches = g_queue_new();
	windows->notes = g_queue_new();
	windows->trace = g_string_new(NULL);
	windows->model = g_string_new(NULL);
	recorder->sink = &windows->own;
	return windows;
}

static void waiting_free(gpointer data)
{
	struct waiting *waiting = data;

	g_free(waiting->text);
	g_free(waiting);
}

void steps_windows_free(struct steps_windows *windows)
{
	g_queue_free_full(windows->waiting, waiting_free);
	g_queue_free_full(windows->switches, g_free);
	g_queue_free_full(windows->notes, g_free);
	g_string_free(windows->trace, TRUE);
	g_string_free(windows->model, TRUE);
	g_free(windows);
}

const struct record_sink *steps_windows_sink(const struct steps_windows *windows)
{
	return windows->behind;
}

void steps_windows_keep(struct steps_windows *windows)
{
	windows->own.sched_switch = sched_switch;
	windows->own.note = note;
}

char *steps_windows_next_note(struct steps_windows *windows)
{
	return g_queue_pop_head(windows->notes);
}

bool steps_windows_next_switch(struct steps_windows *windows, struct record_switch *record,
	struct record_task *prev, struct record_task *next)
{
	struct kept_switch *kept = g_queue_pop_head(windows->switches);

	if (!kept)
		return false;
	*prev = kept->prev;
	*next = kept->next;
	*record = kept->record;
	record->prev = prev;
	record->next = next;
	g_free(kept);
	return true;
}

static void wait_for_step(struct steps_line *line, bool window)
{
	struct waiting *waiting = g_new(struct waiting, 1);

	waiting->window = window;
	waiting->text = g_strdup(line->event->text);
	g_queue_push_tail(line->steps->windows->waiting, waiting);
}

void steps_on_mode_switch(struct steps_line *line)
{
	wait_for_step(line, false);
}

void steps_on_window(struct steps_line *line)
{
	wait_for_step(line, true);
}

/* What is told and was not made. */
static void take_rest(struct steps_windows *windows)
{
	struct waiting *waiting;

	while ((waiting = g_queue_pop_head(windows->waiting))) {
		g_string_append_printf(windows->trace, "%s %s\n",
			waiting->window ? "window" : "mode_switch", waiting->text);
		g_string_append(windows->model, "no such thing\n");
		waiting_free(waiting);
	}
}

void steps_windows_check(struct steps_line *line)
{
	struct steps *steps = line->steps;
	struct steps_windows *windows = steps->windows;
	struct replay_process *process;

	if (windows->agreed == 0 && windows->trace->len == 0 && g_queue_is_empty(windows->waiting))
		return;
	process = line->process ? line->process
	          : windows->account < steps->processes->len
	                  ? steps->processes->pdata[windows->account]
	                  : steps_unknown(line);
	/* A given-up mm makes no windows any more. */
	if (g_hash_table_size(steps->given_up) == 0)
		take_rest(windows);
	else
		g_queue_clear_full(windows->waiting, waiting_free);
	process->others.compared += windows->agreed;
	process->others.agreed += windows->agreed;
	if (windows->trace->len > 0) {
		process->others.compared++;
		process->others.unexplained++;
		g_string_truncate(windows->trace, windows->trace->len - 1);
		g_string_truncate(windows->model, windows->model->len - 1);
		steps_add_difference(line, process, MM_NONE, g_strdup(windows->trace->str),
			g_strdup(windows->model->str));
	}
	g_string_truncate(windows->trace, 0);
	g_string_truncate(windows->model, 0);
	windows->agreed = 0;
}
