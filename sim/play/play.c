/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/play/play.h"

#include <assert.h>

#include "sim/machine/describe.h"
#include "sim/machine/invariants.h"
#include "sim/machine/step-text.h"
#include "sim/play/check.h"
#include "sim/play/row.h"
#include "sim/play/watch.h"
#include "sim/record/expect.h"
#include "sim/record/recorder.h"

enum { MM = 0 };

struct play {
	const struct scenario *scenario;
	const struct machine_config *config;
	struct recorder *recorder;
	struct watch *watch;
	struct machine machine, before; /* the last step */
	unsigned broken, reported; /* properties, as bits: now, and so far */
	volatile sig_atomic_t interrupted;
	void (*after)(void *context, uint64_t now_ns); /* NULL: nobody wants to know */
	void *after_context;
	struct play_seen seen;
};

static uint32_t pid_of_task(void *context, uint32_t task)
{
	(void)context;
	assert(task < MACHINE_TASKS_MAX);
	return PLAY_PID_FIRST + task;
}

struct play *play_new(const struct scenario *scenario)
{
	struct play *play = g_new0(struct play, 1);

	assert(scenario->explore.line > 0 && scenario->steps_line > 0);
	play->scenario = scenario;
	play->config = &scenario->explore.config;
	play->recorder = recorder_new(scenario, NULL, 1, pid_of_task, NULL);
	recorder_add_account(play->recorder, g_strdup("mm"), 0, 0);
	play->watch = watch_new(play->recorder, play->config);
	return play;
}

GPtrArray *play_accounts(struct play *play)
{
	assert(play->recorder->result); /* until play_run() has given it away */
	return play->recorder->result->accounts;
}

void play_set_sink(struct play *play, const struct record_sink *sink)
{
	assert(play->recorder->result && play->recorder->now_ns == 0); /* before play_run() */
	play->recorder->sink = sink;
}

const struct record_result *play_totals(const struct play *play)
{
	assert(play->recorder->result);
	return play->recorder->result;
}

void play_set_after(
	struct play *play, void (*after)(void *context, uint64_t now_ns), void *context)
{
	assert(play->recorder->now_ns == 0); /* before play_run() */
	play->after = after;
	play->after_context = context;
}

void play_lane(const struct play *play, uint32_t cpu, struct record_lane *lane)
{
	const struct model *model = machine_model_const(&play->machine);
	const struct model_cpu *c = model_cpu_const(model, cpu);

	assert(cpu < play->config->cpus_count);
	*lane = (struct record_lane){ .account = ACCOUNT_NONE };
	lane->cpu_word = model_word(model, machine_mm(&play->machine), cpu);
	if (c->curr == TASK_NONE)
		return;
	lane->account = 0;
	lane->task.pid = PLAY_PID_FIRST + c->curr;
	g_snprintf(lane->task.name, sizeof(lane->task.name), "T%u", c->curr);
	lane->word = model_task_const(model, c->curr)->cid;
	lane->spins = c->phase == CPU_SPINS;
}

static void show(const struct play *play)
{
	if (play->after)
		play->after(play->after_context, play->recorder->now_ns);
}

volatile sig_atomic_t *play_interrupted(struct play *play)
{
	return &play->interrupted;
}

void play_free(struct play *play)
{
	play_seen_clear(&play->seen);
	watch_free(play->watch);
	recorder_free(play->recorder);
	g_free(play);
}

/* Can @step, taken on @machine, read the mode that it names? It can read the old value of a word
 * only if that word was changed and its CPU may not have seen the change. */
static bool can_see(const struct machine *machine, const struct explore_step *step)
{
	uint8_t view, old;

	if (step->sees == SEES_PRESENT)
		return true;
	assert(step->cpu < MACHINE_CPUS_MAX);
	view = machine->view[step->cpu];
	if (step->task != STEP_TASK_NONE)
		view &= machine->view[model_task_const(machine_model_const(machine), step->task)
					      ->cpu];
	old = step->sees ^ machine_mm(machine)->mode;
	return (!(old & MODE_PER_CPU) || view & VIEW_OLD_PERCPU) &&
	       (!(old & MODE_TRANSIT) || view & VIEW_OLD_TRANSIT);
}

char *play_refusal(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	const char *why = machine_refuses(machine, config, step);
	enum machine_op op = machine_op_of(step);

	if (op < MACHINE_OPS && machine->left[op] == 0)
		return g_strdup_printf("[explore] has %s = %u, that is used up",
			scenario_op_to_string(op), config->may[op]);
	if (why)
		return g_strdup(why);
	if (!can_see(machine, step))
		return g_strdup_printf("it cannot see %s while the mode is %s",
			step_mode_to_string(step->sees),
			step_mode_to_string(machine_mm(machine)->mode));
	return NULL;
}

/* Report the properties that are broken now and have not been so far. */
static void report_broken(struct play *play)
{
	unsigned news = play->broken & ~play->reported;

	assert(!(play->broken & ~play->scenario->explore.check)); /* only what was asked for */
	play->reported |= news;
	for (; news; news &= news - 1)
		recorder_violation(play->recorder, scenario_property_to_string(news & -news), MM,
			describe_state(&play->machine, play->config));
}

/* @before is the machine before the step. */
static void check(struct play *play, const struct machine *before)
{
	play->broken = play_check(&play->seen, before, &play->machine, play->config,
		play->scenario->explore.check);
	report_broken(play);
	assert(!(play->broken & ~play->reported));
}

char *play_refusal_text(const struct scenario_step *step, uint32_t number, const char *why)
{
	g_autofree char *line =
		step->line > 0 ? g_strdup_printf("%" G_GUINT32_FORMAT ":", step->line) : NULL;
	char text[STEP_TEXT_MAX];

	step_print(&step->step, text);
	return g_strdup_printf(
		"%s step %" G_GUINT32_FORMAT ", \"%s\": %s", line ? line : "", number, text, why);
}

/* Returns false, and the result says why, if the step cannot be taken. */
static bool take(struct play *play, uint32_t index)
{
	const struct scenario_step *step = &play->scenario->steps[index];
	g_autofree char *why = play_refusal(&play->machine, play->config, &step->step);

	if (why) {
		play->recorder->result->input_error = play_refusal_text(step, index + 1, why);
		return false;
	}
	assert(play->recorder->now_ns == index * UINT64_C(1) * PLAY_STEP_NS);
	play->before = play->machine;
	play->recorder->now_ns = (index + UINT64_C(1)) * PLAY_STEP_NS;
	machine_apply(
		&play->machine, play->config, &step->step, recorder_observer(play->recorder, MM));
	machine_invariants_assert(&play->machine, play->config);
	watch_step(play->watch, &play->before, &play->machine, &step->step, index + 1);
	check(play, &play->before);
	show(play);
	return true;
}

/* I3: a spin is reported only where nothing that may follow ends it. */
static void check_spins(struct play *play)
{
	struct record_result *result = play->recorder->result;
	unsigned broken = 0;

	assert(!result->input_error); /* all steps were taken */
	switch (play_check_spins(&play->machine, play->config, play->scenario->explore.check,
		PLAY_SPIN_BYTES, &play->interrupted, &broken)) {
	case PLAY_SPINS_TOO_LARGE:
		result->input_error =
			g_strdup_printf("%u: the machine is too large to find out whether its "
					"spin can end, take fewer CPUs or tasks",
				play->scenario->explore.line);
		break;
	case PLAY_SPINS_GAVE_UP:
		result->ended = play->interrupted ? "interrupted" : "memory limit";
		break;
	case PLAY_SPINS_JUDGED:
		if (!broken)
			return;
		play->broken |= broken;
		result->livelocks++;
		result->ended = "live lock";
		report_broken(play);
	}
}

/* Hand the @taken-th step, which was the last one, to the sink: what follows from it is known. */
static void show_row(const struct play *play, uint32_t taken)
{
	const struct explore_step *step =
		taken > 0 ? &play->scenario->steps[taken - 1].step : NULL;

	if (play->recorder->sink && play->recorder->sink->step)
		play_row(play->recorder, &play->before, &play->machine, play->config, step, taken,
			play->broken);
}

static bool take_and_show(struct play *play, uint32_t index)
{
	show_row(play, index);
	return take(play, index);
}

struct record_result *play_run(struct play *play)
{
	struct recorder *recorder = play->recorder;
	uint32_t taken = 0;

	assert(recorder->result && recorder->now_ns == 0); /* once */
	machine_start(&play->machine, play->config);
	watch_begin(play->watch, &play->machine);
	check(play, &play->machine);
	show(play);
	recorder->result->ended = "end of the steps";
	while (taken < play->scenario->steps_count && take_and_show(play, taken))
		taken++;
	if (taken == play->scenario->steps_count) {
		check_spins(play);
		show(play);
		show_row(play, taken);
	}
	recorder->result->property = play->broken & -play->broken;
	recorder->now_ns += PLAY_STEP_NS;
	watch_end(play->watch, &play->machine);
	expect_judge_end(recorder);
	return recorder_finish(recorder, machine_model_const(&play->machine));
}
