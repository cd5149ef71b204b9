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
struct told {
	bool window;
	char *text;
};

/* A switch, with the names that it points to. */
struct kept_switch {
	struct record_switch fact;
	struct record_task prev, next;
};

struct steps_facts {
	const struct record_sink *behind; /* the recorder's; NULL: none */
	struct record_sink own;
	GQueue *told;     /* struct told */
	GQueue *switches; /* struct kept_switch, of played steps */
	GQueue *notes;    /* char *, the same */
	/* of the line that is handled */
	unsigned agreed;
	GString *trace, *model; /* what differs; empty = nothing */
	uint32_t account;       /* ... of which */
};

static void sample(void *context, const struct record_sample *fact)
{
	const struct record_sink *behind = ((struct steps_facts *)context)->behind;

	behind->sample(behind->context, fact);
}

static void stay(void *context, const struct record_stay *fact)
{
	const struct record_sink *behind = ((struct steps_facts *)context)->behind;

	behind->stay(behind->context, fact);
}

/* The first line that waits, if it is of that kind. NULL: none. */
static char *next_told(struct steps_facts *facts, bool window)
{
	struct told *told = g_queue_peek_head(facts->told);
	char *text;

	if (!told || told->window != window)
		return NULL;
	text = told->text;
	g_free(g_queue_pop_head(facts->told));
	return text;
}

struct number {
	const char *key;
	uint64_t value;
};

static void compare(struct steps_facts *facts, const char *text, const char *kind, uint32_t account,
	const char *direction, const struct number *numbers, size_t count)
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
		facts->agreed++;
		return;
	}
	facts->account = account;
	g_string_append_printf(facts->trace, "%s%s", kind, text ? " " : " is not told");
	g_string_append_printf(facts->trace, "%s\n", text ? text : "");
	g_string_append_printf(facts->model, "%s direction=%s", kind, direction);
	for (size_t i = 0; i < count; i++)
		g_string_append_printf(
			facts->model, " %s=%" G_GUINT64_FORMAT, numbers[i].key, numbers[i].value);
	g_string_append_c(facts->model, '\n');
}

static void mode_switch(void *context, const struct record_mode_switch *fact)
{
	struct steps_facts *facts = context;
	g_autofree char *text = next_told(facts, false);
	const struct number numbers[] = {
		{ "users", fact->users },
		{ "allowed", fact->allowed_count },
		{ "max_cids_before", fact->max_cids_before },
		{ "max_cids_after", fact->max_cids_after },
		{ "pcpu_thrs_before", fact->thrs_before },
		{ "pcpu_thrs_after", fact->thrs_after },
	};

	compare(facts, text, "mode_switch", fact->account, csv_direction(fact->to_percpu), numbers,
		G_N_ELEMENTS(numbers));
	if (facts->behind && facts->behind->mode_switch)
		facts->behind->mode_switch(facts->behind->context, fact);
}

static void window(void *context, const struct record_window *fact)
{
	struct steps_facts *facts = context;
	g_autofree char *text = next_told(facts, true);
	const struct number numbers[] = {
		{ "duration_ns", fact->close_ns - fact->opened.time_ns },
		{ "steps", fact->steps },
		{ "moved", fact->moved },
		{ "dropped", fact->dropped },
		{ "handed", fact->handed },
		{ "settled", fact->settled },
		{ "out_dropped", fact->out_dropped },
		{ "bit_ops", fact->bit_ops },
		{ "spins", fact->spins },
		{ "spin_ns", fact->spin_ns },
		{ "preempted_ns", fact->preempted_ns },
	};

	compare(facts, text, "window", fact->opened.account, csv_direction(fact->opened.to_percpu),
		numbers, G_N_ELEMENTS(numbers));
	if (facts->behind && facts->behind->window)
		facts->behind->window(facts->behind->context, fact);
}

static void sched_switch(void *context, const struct record_switch *fact)
{
	struct steps_facts *facts = context;

	struct kept_switch *kept = g_new(struct kept_switch, 1);

	*kept = (struct kept_switch){ *fact, *fact->prev, *fact->next };
	g_queue_push_tail(facts->switches, kept);
}

/* Steps are told by their words: those notes are for the log. */
static void note(void *context, const struct record_note *fact)
{
	struct steps_facts *facts = context;

	if (g_str_equal(fact->event, "spin") || g_str_equal(fact->event, "spin_end") ||
		(g_str_equal(fact->event, "exec") && !g_str_has_prefix(fact->text, "step=")))
		g_queue_push_tail(facts->notes, g_strdup_printf("%s: %s", fact->event, fact->text));
}

struct steps_facts *steps_facts_new(struct recorder *recorder)
{
	struct steps_facts *facts = g_new0(struct steps_facts, 1);
	const struct record_sink *behind = recorder->sink;

	facts->behind = behind;
	facts->own = (struct record_sink){
		.context = facts,
		.sample = behind && behind->sample ? sample : NULL,
		.stay = behind && behind->stay ? stay : NULL,
		.mode_switch = mode_switch,
		.window = window,
	};
	facts->told = g_queue_new();
	facts->switches = g_queue_new();
	facts->notes = g_queue_new();
	facts->trace = g_string_new(NULL);
	facts->model = g_string_new(NULL);
	recorder->sink = &facts->own;
	return facts;
}

static void told_free(gpointer data)
{
	struct told *told = data;

	g_free(told->text);
	g_free(told);
}

void steps_facts_free(struct steps_facts *facts)
{
	g_queue_free_full(facts->told, told_free);
	g_queue_free_full(facts->switches, g_free);
	g_queue_free_full(facts->notes, g_free);
	g_string_free(facts->trace, TRUE);
	g_string_free(facts->model, TRUE);
	g_free(facts);
}

const struct record_sink *steps_facts_sink(const struct steps_facts *facts)
{
	return facts->behind;
}

void steps_facts_keep(struct steps_facts *facts)
{
	facts->own.sched_switch = sched_switch;
	facts->own.note = note;
}

char *steps_facts_next_note(struct steps_facts *facts)
{
	return g_queue_pop_head(facts->notes);
}

bool steps_facts_next_switch(struct steps_facts *facts, struct record_switch *fact,
	struct record_task *prev, struct record_task *next)
{
	struct kept_switch *kept = g_queue_pop_head(facts->switches);

	if (!kept)
		return false;
	*prev = kept->prev;
	*next = kept->next;
	*fact = kept->fact;
	fact->prev = prev;
	fact->next = next;
	g_free(kept);
	return true;
}

static void wait_for_step(struct steps_line *line, bool window)
{
	struct told *told = g_new(struct told, 1);

	told->window = window;
	told->text = g_strdup(line->event->text);
	g_queue_push_tail(line->steps->facts->told, told);
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
static void take_rest(struct steps_facts *facts)
{
	struct told *told;

	while ((told = g_queue_pop_head(facts->told))) {
		g_string_append_printf(facts->trace, "%s %s\n",
			told->window ? "window" : "mode_switch", told->text);
		g_string_append(facts->model, "no such thing\n");
		told_free(told);
	}
}

void steps_facts_check(struct steps_line *line)
{
	struct steps *steps = line->steps;
	struct steps_facts *facts = steps->facts;
	struct replay_process *process;

	if (facts->agreed == 0 && facts->trace->len == 0 && g_queue_is_empty(facts->told))
		return;
	process = line->process                            ? line->process
	          : facts->account < steps->processes->len ? steps->processes->pdata[facts->account]
	                                                   : steps_unknown(line);
	/* A given-up mm makes no facts any more. */
	if (g_hash_table_size(steps->given_up) == 0)
		take_rest(facts);
	else
		g_queue_clear_full(facts->told, told_free);
	process->others.compared += facts->agreed;
	process->others.agreed += facts->agreed;
	if (facts->trace->len > 0) {
		process->others.compared++;
		process->others.unexplained++;
		g_string_truncate(facts->trace, facts->trace->len - 1);
		g_string_truncate(facts->model, facts->model->len - 1);
		steps_add_difference(line, process, MM_NONE, g_strdup(facts->trace->str),
			g_strdup(facts->model->str));
	}
	g_string_truncate(facts->trace, 0);
	g_string_truncate(facts->model, 0);
	facts->agreed = 0;
}
