/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The sequence chart of the [steps] of a scenario: it is played, and each state is a row. */
#include "sim/plot/steps.h"

#include <stddef.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/machine/describe.h"
#include "sim/play/play.h"
#include "sim/plot/kinds.h"
#include "sim/plot/run.h"
#include "sim/record/report.h"

enum {
	ROW_PIXELS = 40,
	ARROW_PIXELS = 12,    /* of a row: the step that leads to it */
	BROKEN_PIXELS = 17,   /* a line about a broken property */
	HEAD_PIXELS = 96,     /* title, names of lanes */
	FOOT_PIXELS = 22,     /* a row of the legend */
	FOOT_WIDE = 1300,     /* from here on it has one */
	TEXT_PIXELS = 216,    /* of the steps in words */
	COLUMNS_PIXELS = 264, /* of the mm, without the pool */
	CID_PIXELS = 13,
	RIGHT_PIXELS = 12,
	LANE_PIXELS = 118,
	STEP_LETTERS = 31, /* in a line */
	TITLE_PIXELS = 8,  /* of a letter */
};

struct chart {
	const struct scenario *scenario;
	const struct machine_config *config;
	const struct record_result *result;
	uint32_t first;         /* the step before the first that is drawn, 0: the start */
	struct machine *states; /* steps_count + 1 */
	struct model_observer observer;
	struct model_event *bad_drops; /* the same; bit 0: there was none */
	uint32_t row;                  /* for the observer */
	struct plot_page *page;
	struct steps_page state;
	FILE *steps, *arrows, *frames, *broken;
};

/* --- the states --- */

static const struct explore_step *step_of(const struct chart *chart, uint32_t row)
{
	g_assert(row >= 1 && row <= chart->scenario->steps_count);
	return &chart->scenario->steps[row - 1].step;
}

static void note_drop(struct model_observer *observer, const struct model_event *event)
{
	struct chart *chart = (struct chart *)((char *)observer - offsetof(struct chart, observer));

	g_assert(chart->row <= chart->scenario->steps_count);
	if (event->kind == EVENT_BAD_DROP)
		chart->bad_drops[chart->row] = *event;
}

/* The model does not say who. */
static void name_dropper(struct chart *chart, uint32_t row)
{
	const struct explore_step *step = step_of(chart, row);
	const struct model *before = machine_model_const(&chart->states[row - 1]);
	struct model_event *drop = &chart->bad_drops[row];

	drop->task = step->task == STEP_TASK_NONE ? TASK_NONE : step->task;
	if (step->cpu != STEP_CPU_NONE)
		drop->cpu = step->cpu;
	else if (drop->task != TASK_NONE)
		drop->cpu = model_task_const(before, drop->task)->cpu;
	if (drop->task == TASK_NONE)
		drop->task = model_cpu_const(before, drop->cpu)->curr;
	g_assert(drop->cpu < chart->config->cpus_count);
}

/* All steps can be taken: they have been played. */
static void make_states(struct chart *chart)
{
	chart->states = g_new0(struct machine, chart->scenario->steps_count + 1);
	chart->bad_drops = g_new0(struct model_event, chart->scenario->steps_count + 1);
	chart->observer.event = note_drop;
	machine_start(&chart->states[0], chart->config);
	for (uint32_t row = 1; row <= chart->scenario->steps_count; row++) {
		chart->states[row] = chart->states[row - 1];
		chart->row = row;
		machine_apply(
			&chart->states[row], chart->config, step_of(chart, row), &chart->observer);
		name_dropper(chart, row);
	}
}

/* Tasks with a higher number are never there. */
static uint32_t count_tasks(const struct chart *chart)
{
	uint32_t count = 1;

	for (uint32_t row = 0; row <= chart->scenario->steps_count; row++)
		for (uint32_t task = count; task < chart->config->tasks_max; task++)
			if (chart->states[row].pc[task] != PC_FREE)
				count = task + 1;
	return count;
}

/* --- a step --- */

/* Cut @text to lines of STEP_LETTERS, between words. */
static void write_words(struct chart *chart, uint32_t number, char *text)
{
	unsigned line = 0;

	while (*text) {
		char *end = text + strlen(text);

		if (end - text > STEP_LETTERS) {
			end = text + STEP_LETTERS;
			while (end > text && *end != ' ')
				end--;
			*end++ = '\0';
		}
		fprintf(chart->steps, "%u %u \"%.0u\" \"%s\"\n", chart->state.y, line,
			line ? 0 : number, text);
		line++;
		text = end;
	}
}

/* Whom a step reaches besides who takes it. */
enum reach { REACH_SELF, REACH_RUNNING, REACH_CPU, REACH_CHILD, REACH_PARTNER, REACH_WALK };

static const enum reach reaches[VERB_COUNT] = {
	[VERB_OUT] = REACH_RUNNING,
	[VERB_LEAVE] = REACH_RUNNING,
	[VERB_IN] = REACH_CPU,
	[VERB_ENTER] = REACH_CPU,
	[VERB_MIGRATE] = REACH_CPU,
	[VERB_FORK] = REACH_CHILD,
	[VERB_CLONE_VM] = REACH_CHILD,
	[VERB_VFORK] = REACH_CHILD,
	[VERB_SHOW] = REACH_PARTNER,
	[VERB_WALK] = REACH_WALK,
};

/* TASK_NONE, STEP_TASK_NONE: the mm itself. */
static int lane_of_task(const struct chart *chart, uint32_t task)
{
	bool is_there = task < chart->state.lanes - chart->config->cpus_count;

	g_assert(is_there || task == TASK_NONE || task == STEP_TASK_NONE ||
		 task < MACHINE_TASKS_MAX);
	return is_there ? steps_task_lane(chart->config, task) : STEPS_MODE;
}

static int lane_from(
	const struct chart *chart, const struct machine *before, const struct explore_step *step)
{
	if (step->task != STEP_TASK_NONE)
		return lane_of_task(chart, step->task);
	return step->cpu != STEP_CPU_NONE ? step->cpu
	                                  : lane_of_task(chart, machine_initiator(before));
}

static int lane_to(
	const struct chart *chart, const struct machine *before, const struct explore_step *step)
{
	const struct model_mm *mm = machine_mm(before);

	switch (reaches[step->verb]) {
	case REACH_RUNNING:
		return lane_of_task(
			chart, model_cpu_const(machine_model_const(before), step->cpu)->curr);
	case REACH_CPU:
		return step->cpu;
	case REACH_CHILD:
		return lane_of_task(chart, step->child);
	case REACH_PARTNER:
		return lane_of_task(chart, before->partner[step->task]);
	case REACH_WALK:
		return mm->phase == PHASE_WALK_CPUS ? (int)mm->cursor
		                                    : lane_of_task(chart, mm->cursor);
	case REACH_SELF:
		break;
	}
	return lane_from(chart, before, step);
}

/* From who takes the step to whom it reaches: lanes. The mm, if all that it does is its mode. */
static void write_arrow(struct chart *chart, const struct machine *before,
	const struct machine *after, const struct explore_step *step)
{
	int from = lane_from(chart, before, step), to = lane_to(chart, before, step);

	if (to == from && machine_mm(before)->mode != machine_mm(after)->mode)
		to = STEPS_MODE;
	g_assert(from >= STEPS_MODE && from < (int)chart->state.lanes);
	fprintf(chart->arrows, "%u %d %d\n", chart->state.y, from, to);
}

static void write_step(struct chart *chart, uint32_t row)
{
	const struct machine *before = &chart->states[row - 1];
	const struct explore_step *step = step_of(chart, row);
	g_autofree char *words = describe_step(before, step);

	g_assert(row >= 1);
	write_words(chart, row, words);
	write_arrow(chart, before, &chart->states[row], step);
}

/* --- what is broken after it --- */

static void write_reason(struct chart *chart, const char *text, bool is_name)
{
	g_assert(!strchr(text, '"'));
	fprintf(chart->broken, "%u %d \"%s\"\n", chart->state.y, is_name, text);
	chart->state.y += BROKEN_PIXELS;
}

static void write_blame(struct chart *chart, uint32_t row, unsigned property)
{
	struct steps_blame blame = { .reasons = g_ptr_array_new_with_free_func(g_free) };
	g_autofree char *name = g_strdup_printf("%s is broken: %s",
		scenario_property_to_string(property), scenario_property_describe(property));

	steps_find_blame(
		&blame, property, &chart->states[row], chart->config, &chart->bad_drops[row]);
	for (int lane = STEPS_MODE; lane < (int)chart->state.lanes; lane++)
		if (blame.lanes >> (lane - STEPS_MODE) & 1)
			fprintf(chart->frames, "%d %u\n", lane, chart->state.y - ROW_PIXELS);
	chart->state.legend |= STEPS_BROKEN;
	chart->state.y += BROKEN_PIXELS / 2;
	write_reason(chart, name, true);
	for (guint i = 0; i < blame.reasons->len; i++)
		write_reason(chart, blame.reasons->pdata[i], false);
	g_ptr_array_unref(blame.reasons);
}

static void write_broken(struct chart *chart, uint32_t row)
{
	const GPtrArray *violations = chart->result->violations;

	for (guint i = 0; i < violations->len; i++) {
		const struct record_violation *violation = violations->pdata[i];

		if (violation->time_ns == row * UINT64_C(1) * PLAY_STEP_NS)
			write_blame(chart, row, scenario_property_find(violation->property));
	}
}

/* --- the page --- */

static void write_rows(struct chart *chart)
{
	for (uint32_t row = chart->first; row <= chart->scenario->steps_count; row++) {
		chart->state.is_first = row == chart->first;
		if (row > chart->first)
			write_step(chart, row);
		steps_write_state(&chart->state, &chart->states[row]);
		chart->state.y += ROW_PIXELS;
		write_broken(chart, row);
	}
}

static bool write_files(struct chart *chart, GError **error)
{
	static const char *const names[] = { "words.dat", "texts.dat", "marks.dat", "steps.dat",
		"arrows.dat", "frames.dat", "broken.dat" };
	FILE **files[] = { &chart->state.words, &chart->state.texts, &chart->state.marks,
		&chart->steps, &chart->arrows, &chart->frames, &chart->broken };
	bool good = true;

	for (unsigned i = 0; good && i < G_N_ELEMENTS(names); i++) {
		*files[i] = plot_page_create(chart->page, names[i], error);
		good = *files[i];
	}
	if (good)
		write_rows(chart);
	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
		good = plot_page_close(*files[i], good ? error : NULL) && good;
	return good;
}

static void set_sizes(const struct chart *chart)
{
	g_autofree char *first =
		chart->first ? g_strdup_printf("after step %u", chart->first) : g_strdup("start");
	unsigned cpus = chart->config->cpus_count;
	struct plot_page *page = chart->page;
	unsigned columns = COLUMNS_PIXELS + CID_PIXELS * MAX(cpus + 1, 3);
	unsigned wide = TEXT_PIXELS + columns + chart->state.lanes * LANE_PIXELS + RIGHT_PIXELS;
	unsigned high = HEAD_PIXELS + chart->state.y + (wide < FOOT_WIDE ? 3 : 2) * FOOT_PIXELS;

	if (!page->width)
		page->width = MIN(wide, PLOT_SIZE_MAX);
	if (!page->height)
		page->height = CLAMP(high * page->width / wide, 1, PLOT_SIZE_MAX);
	g_assert(page->height <= PLOT_SIZE_MAX);
	plot_set_number(page, "WIDE", wide);
	plot_set_number(page, "HIGH", high);
	plot_set_number(page, "TEXT", TEXT_PIXELS);
	plot_set_number(page, "COLUMNS", columns);
	plot_set_number(page, "CID", CID_PIXELS);
	plot_set_number(page, "HEAD_HIGH", HEAD_PIXELS);
	plot_set_number(page, "CHART", chart->state.y);
	plot_set_number(page, "ROW", ROW_PIXELS);
	plot_set_number(page, "ARROW", ARROW_PIXELS);
	plot_set_text(page, "FIRST", first, 40);
	plot_set_number(page, "CPUS", cpus);
	plot_set_number(page, "LANES", chart->state.lanes);
	for (unsigned bit = 0; bit < 7; bit++)
		plot_set_number_at(page, "LEGEND", bit, chart->state.legend >> bit & 1);
}

static bool draw_chart(struct chart *chart, GError **error)
{
	bool good;

	make_states(chart);
	chart->state.config = chart->config;
	chart->state.lanes = chart->config->cpus_count + count_tasks(chart);
	good = write_files(chart, error);
	if (good)
		set_sizes(chart);
	g_free(chart->bad_drops);
	g_free(chart->states);
	return good;
}

/* --- the scenario --- */

static bool is_playable(const struct scenario *scenario, GError **error)
{
	if (scenario->steps_line)
		return true;
	return failure_input(error,
		"%s: has no [steps]; 'cidsim explore %s -o FILE' looks for some", scenario->path,
		scenario->path);
}

/* What breaks is at the end: of many steps the last ones are drawn. */
static uint32_t first_of(const struct scenario *scenario)
{
	uint32_t count = scenario->steps_count;

	return count > PLOT_STEPS_MAX ? count - PLOT_STEPS_MAX : 0;
}

static bool play_scenario(const struct scenario *scenario, struct plot_page *page, GError **error)
{
	struct play *play = play_new(scenario);
	struct record_result *result = play_run(play);
	struct chart chart = { .scenario = scenario,
		.config = &scenario->explore.config,
		.result = result,
		.first = first_of(scenario),
		.page = page };
	g_autofree char *where = NULL;
	bool good;

	if (result->input_error)
		good = failure_input(error, "%s",
			where = line_files_message(&scenario->files, result->input_error));
	else
		good = draw_chart(&chart, error);
	record_result_free(result);
	play_free(play);
	return good;
}

static struct scenario *load(
	const char *path, const struct scenario_overrides *overrides, GError **error)
{
	g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
	bool environment = false;
	struct scenario *scenario = scenario_load(path, overrides, faults, &environment);

	if (scenario)
		return scenario;
	g_assert(faults->len > 0);
	if (environment)
		failure_environment(error, "%s", (char *)faults->pdata[0]);
	else
		failure_input(error, "%s", (char *)faults->pdata[0]);
	return NULL;
}

/* What the run in @dir played, with its options. NULL sets @error. */
static struct scenario *load_of_run(const char *dir, GError **error)
{
	struct plot_run *run = plot_run_open(dir, error);
	struct scenario *scenario = NULL;

	if (run && (!run->command || strcmp(run->command[1], "run") != 0)) {
		failure_input(error, "%s: its report.json has no command of 'cidsim run'", dir);
	} else if (run) {
		g_auto(GStrv) sets = plot_run_option(run, "--set");
		g_auto(GStrv) revisions = plot_run_option(run, "--revision");
		const struct scenario_overrides overrides = { .set = (const char *const *)sets,
			.revision = revisions[0] };

		scenario = load(run->command[2], &overrides, error);
	}
	plot_run_free(run);
	return scenario;
}

static void set_steps_titles(const struct scenario *scenario, const struct plot_page *page)
{
	g_autofree char *name = g_path_get_basename(scenario->path);
	g_autofree char *revision = report_revision(scenario);
	uint32_t count = scenario->steps_count, first = first_of(scenario);
	g_autofree char *last =
		first ? g_strdup_printf("the last %u of ", count - first) : g_strdup("");
	g_autofree char *line = g_strdup_printf("%s%u step%s of %s, revision %s", last, count,
		count == 1 ? "" : "s", name, revision);
	unsigned letters_max = page->width / TITLE_PIXELS;

	g_assert(letters_max > 0);
	plot_set_text(page, "TITLE", scenario->title ? scenario->title : name, letters_max);
	plot_set_text(page, "SUBTITLE", line, letters_max);
}

bool plot_steps(const char *path, struct plot_page *page, GError **error)
{
	struct scenario *scenario = g_file_test(path, G_FILE_TEST_IS_DIR)
	                                    ? load_of_run(path, error)
	                                    : load(path, &(struct scenario_overrides){ 0 }, error);
	bool good =
		scenario && is_playable(scenario, error) && play_scenario(scenario, page, error);

	if (good)
		set_steps_titles(scenario, page);
	scenario_free(scenario);
	return good;
}
