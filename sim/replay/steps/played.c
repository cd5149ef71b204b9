/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/machine/machine.h"
#include "sim/machine/step-text.h"
#include "sim/play/watch.h"
#include "sim/play/log.h"
#include "sim/play/play.h"
#include "sim/replay/steps/private.h"

/* The log of a scenario with [steps]: a line has a step as it is written there, and the whole
 * state that it led to. So the machine of the player takes it again. */

struct played {
	struct steps *steps;
	struct machine_config config;
	struct machine machine;
	struct watch *watch; /* NULL: not begun */
	struct replay_process *process;
	uint64_t taken;            /* steps */
	struct record_result told; /* sums of the lines that show what steps have led to */
	bool given_up, ended;
};

static uint32_t pid_of_task(void *context, uint32_t task)
{
	(void)context;
	return PLAY_PID_FIRST + task;
}

static void give_up(struct played *played)
{
	played->given_up = true;
	verdict_note(played->steps->replay->verdict,
		"the steps are not compared any more from the first one on that differs");
}

/* The numbers of @key, with commas between them; false if they are not @count, each below 16. */
static bool read_list(struct steps_line *line, const char *key, uint32_t count, uint8_t *list)
{
	char text[128] = "";
	g_auto(GStrv) words = NULL;
	guint64 number;

	if (!trace_field(line->event->text, key, text, sizeof(text)))
		return false;
	words = g_strsplit(text, ",", -1);
	if (g_strv_length(words) != count)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (!g_ascii_string_to_unsigned(words[i], 10, 0, 15, &number, NULL))
			return false;
		list[i] = (uint8_t)number;
	}
	return true;
}

static bool read_sizes(struct steps_line *line, struct machine_config *config)
{
	uint32_t cpus = config->cpus_count;
	uint64_t start = steps_number(line, "start"), max = steps_number(line, "max");
	uint64_t allowed = steps_number(line, "allowed");

	if (cpus > MACHINE_CPUS_MAX || max > MACHINE_TASKS_MAX || start < 1 || start > max ||
		allowed == 0 || allowed >> cpus != 0)
		return false;
	config->tasks_start = (uint32_t)start;
	config->tasks_max = (uint32_t)max;
	config->allowed = (uint16_t)allowed;
	return read_list(line, "groups", config->tasks_start, config->group) &&
	       read_list(line, "may", MACHINE_OPS, config->may);
}

struct played *played_new(struct steps_line *line)
{
	struct steps *steps = line->steps;
	struct replay *replay = steps->replay;
	struct played *played = g_new0(struct played, 1);
	char made[8];

	played->steps = steps;
	played->config.protocol = replay->scenario->protocol;
	played->config.cpus_count = replay->scenario->cpus_count;
	if (!read_sizes(line, &played->config) && !line->lacks)
		line->lacks = "a machine that can be";
	played->config.made_in_window =
		trace_field(line->event->text, "made_in_window", made, sizeof(made));
	played->config.weak = steps_number(line, "weak");
	played->config.reduced = steps_number(line, "reduced");
	played->config.any_cpu_order = steps_number(line, "any_cpu_order");
	played->config.any_task_order = steps_number(line, "any_task_order");
	replay->recorder->pid = pid_of_task;
	recorder_add_account(replay->recorder, g_strdup("mm"), 0, 0);
	played->process =
		verdict_add_process(replay->verdict, "mm", PLAY_PID_FIRST, line->event->line);
	g_ptr_array_add(steps->processes, played->process);
	steps_windows_keep(steps->windows);
	return played;
}

void played_free(struct played *played)
{
	if (!played)
		return;
	if (played->watch)
		watch_free(played->watch);
	g_free(played);
}

static void impossible(struct played *played, struct steps_line *line, const char *why)
{
	steps_impossible(line, MM_NONE, "%s", why);
	give_up(played);
}

/* The state that the line has, against that of the machine. */
static void judge(struct played *played, struct steps_line *line)
{
	const char *told = strstr(line->event->text, "mode=");
	GString *model = g_string_new(NULL);

	play_log_state(model, &played->machine, &played->config);
	steps_judge_texts(line, told ? told : "", model->str);
	if (line->differs)
		give_up(played);
	g_string_free(model, TRUE);
}

static void begin(struct played *played, struct steps_line *line)
{
	if (played->watch) {
		impossible(played, line, "it has begun already");
		return;
	}
	if (!machine_start(&played->machine, &played->config)) {
		impossible(played, line, "these tasks cannot be forked, the last has no number");
		return;
	}
	played->watch = watch_new(played->steps->replay->recorder, &played->config);
	watch_begin(played->watch, &played->machine);
	judge(played, line);
}

static void take(struct played *played, struct steps_line *line, const struct explore_step *step)
{
	struct machine before = played->machine;
	struct recorder *recorder = played->steps->replay->recorder;

	played->taken++;
	machine_apply(&played->machine, &played->config, step, recorder_observer(recorder, 0));
	watch_step(played->watch, &before, &played->machine, step, (uint32_t)played->taken);
	judge(played, line);
}

static void on_step(struct played *played, struct steps_line *line)
{
	const struct machine_config *config = &played->config;
	char text[STEP_TEXT_MAX] = "";
	struct explore_step step;
	g_autofree char *wrong = NULL, *why = NULL;

	if (!trace_field(line->event->text, "text", text, sizeof(text)))
		line->lacks = "text";
	wrong = step_read(text, config->cpus_count, config->tasks_max, &step);
	if (wrong && !line->lacks)
		line->lacks = "a step";
	if (line->lacks)
		return;
	g_snprintf(line->what, sizeof(line->what), "step %" G_GUINT64_FORMAT ": %s",
		played->taken + 1, text);
	why = play_refusal(&played->machine, config, &step);
	if (why)
		impossible(played, line, why);
	else if (steps_number(line, "step") != played->taken + 1)
		impossible(played, line, "another step is due");
	else if (!g_str_equal(line->event->name, step_verb_to_string(step.verb)))
		impossible(played, line, "that is another step than the event says");
	else
		take(played, line, &step);
}

static void on_played_switch(struct played *played, struct steps_line *line)
{
	struct record_task prev, next;
	struct record_switch fact;

	line->is_switch = true;
	if (!steps_windows_next_switch(played->steps->windows, &fact, &prev, &next)) {
		impossible(played, line, "no switch comes of that step");
		return;
	}
	steps_compare(line, "prev_pid", prev.pid);
	steps_compare(line, "next_pid", next.pid);
	steps_compare_word(line, "prev_word", fact.prev_word);
	steps_compare_word(line, "next_word", fact.next_word);
	steps_compare_word(line, "cpu_word", fact.cpu_word);
	if (fact.spins || strstr(line->event->text, " spins="))
		steps_compare(line, "spins", fact.spins);
	if (fact.prev_account != ACCOUNT_NONE || fact.next_account != ACCOUNT_NONE)
		steps_judge(line, MM_NONE);
}

/* A note that comes of a step. */
static void on_shown(struct played *played, struct steps_line *line)
{
	g_autofree char *made = steps_windows_next_note(played->steps->windows);
	g_autofree char *told = g_strdup_printf("%s: %s", line->event->name, line->event->text);

	if (made)
		steps_judge_texts(line, told, made);
	else
		impossible(played, line, "nothing of the kind comes of that step");
}

/* All that comes of the last step has been told. */
static void check_rest(struct played *played, struct steps_line *line)
{
	struct record_task prev, next;
	struct record_switch fact;
	char *note;

	while (steps_windows_next_switch(played->steps->windows, &fact, &prev, &next)) {
		if (prev.pid || next.pid)
			steps_impossible(line, MM_NONE,
				"the switch from %u to %u before it is not told", prev.pid,
				next.pid);
	}
	while ((note = steps_windows_next_note(played->steps->windows))) {
		steps_impossible(line, MM_NONE, "it is not told before it: %s", note);
		g_free(note);
	}
}

static void on_end(struct played *played, struct steps_line *line)
{
	played->ended = played->steps->ended = true;
	watch_end(played->watch, &played->machine);
	steps_compare(line, "events", played->steps->replay->recorder->result->events);
	steps_compare_counts(line, played->steps->replay->recorder->result);
	steps_compare_totals(line);
	line->values_count = 0;
	steps_compare_counts(line, &played->told);
	if (line->differs)
		steps_judge(line, MM_NONE);
}

/* Events of which a step is told otherwise: of an exec by its own lines too, which have a number.
 */
static bool is_shown(const struct trace_event *event)
{
	uint64_t number;

	if (g_str_equal(event->name, "exec"))
		return !trace_field_number(event->text, "step", &number);
	return g_str_equal(event->name, "spin") || g_str_equal(event->name, "spin_end");
}

/* A step, or the beginning or the end of all. */
static void on_main_line(struct played *played, struct steps_line *line)
{
	const char *name = line->event->name;
	uint64_t number;

	check_rest(played, line);
	if (g_str_equal(name, "begin"))
		begin(played, line);
	else if (played->watch && trace_field_number(line->event->text, "step", &number))
		on_step(played, line);
	else if (played->watch && g_str_equal(name, "end"))
		on_end(played, line);
	else
		line->lacks = "a step, or it is an unknown event";
	steps_windows_check(line);
}

static void on_note(struct played *played, struct steps_line *line)
{
	const char *name = line->event->name;

	if (g_str_equal(name, "mode_switch"))
		steps_on_mode_switch(line);
	else if (g_str_equal(name, "window"))
		steps_on_window(line);
	else if (g_str_equal(name, "switch"))
		on_played_switch(played, line);
	else if (is_shown(line->event))
		on_shown(played, line);
	else if (!g_str_equal(name, "tracing_mark_write"))
		on_main_line(played, line);
}

void played_line(struct played *played, struct steps_line *line)
{
	line->process = played->process;
	if (!played->given_up)
		steps_check_due(line);
	if (played->taken > 0) /* who runs as it begins is told too, and is no switch */
		steps_count(played->steps, line->event, &played->told);
	if (line->event->kind == TRACE_NOTE && !played->given_up)
		on_note(played, line);
	else if (line->event->kind == TRACE_NOTE && g_str_equal(line->event->name, "end"))
		played->steps->ended = true;
}

void played_end(struct played *played)
{
	if (!played->watch)
		return;
	if (!played->ended)
		watch_end(played->watch, &played->machine);
	recorder_mm_finish(
		played->steps->replay->recorder, machine_model_const(&played->machine), 0);
}
