/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/written.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/check.h"
#include "sim/base/cpu-ids.h"
#include "sim/base/failure.h"
#include "sim/base/text.h"
#include "sim/machine/describe.h"
#include "sim/machine/machine.h"
#include "sim/machine/step-text.h"

/* Comments that are read again. */
#define MACHINE "# code: "
#define EVENT "# event: "

/* The steps, for a machine */

struct scene {
	struct machine_config config;
	GArray *steps;                   /* struct explore_step: with the machine's numbers */
	uint8_t numbers[CODE_TASKS_MAX]; /* of a task in the machine; STEP_TASK_NONE: none */
	unsigned broken; /* CHECK_* bits of all states: what the model breaks, too */
};

static uint8_t number_of(const struct scene *scene, uint8_t task)
{
	return task < CODE_TASKS_MAX ? scene->numbers[task] : STEP_TASK_NONE;
}

/* A child gets the lowest number that is free. */
static uint8_t new_number(const struct machine *machine, const struct scene *scene)
{
	uint8_t number = 0;

	while (number + 1u < scene->config.tasks_max && machine->pc[number] != PC_FREE)
		number++;
	return number;
}

/* NULL, or why @step cannot be taken there. */
static const char *add_step(
	struct scene *scene, struct machine *machine, const struct explore_step *step)
{
	struct explore_step ours = *step;
	char text[STEP_TEXT_MAX];
	g_autofree char *wrong = NULL;
	const char *why;

	ours.task = number_of(scene, step->task);
	if (step->child != STEP_TASK_NONE)
		ours.child = new_number(machine, scene);
	if (step->child < CODE_TASKS_MAX)
		scene->numbers[step->child] = ours.child;
	/* What the code has made of memory may be anything: is it a step at all? */
	step_print(&ours, text);
	wrong = step_read(text, scene->config.cpus_count, scene->config.tasks_max, &ours);
	if (wrong)
		return "a step concerns a task of another process";
	why = machine_refuses(machine, &scene->config, &ours);
	if (why)
		return why;
	machine_apply(machine, &scene->config, &ours, NULL);
	scene->broken |= machine_check(machine);
	g_array_append_val(scene->steps, ours);
	return NULL;
}

/* How many steps of that kind there are; at most one more than a scenario can have. */
static uint8_t may(const struct path *path, enum step_verb verb)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < path->count; i++)
		count += path->steps[i].verb == verb;
	return (uint8_t)MIN(count, MACHINE_LEFT_MAX + 1);
}

static const char *set_config(struct scene *scene, const struct revision *revision,
	const struct lockstep_finding *finding)
{
	const struct shape *shape = &finding->log.shape;
	struct machine_config *config = &scene->config;

	if (shape->cpus > MACHINE_CPUS_MAX)
		return "a scenario has at most 16 CPUs";
	if (finding->path.count == PATH_MAX_STEPS)
		return "there are too many steps";
	*config = (struct machine_config){ .protocol = revision->protocol,
		.cpus_count = shape->cpus,
		.tasks_start = 1,
		.tasks_max = MACHINE_TASKS_MAX,
		.allowed = (uint16_t)shape->allowed,
		.made_in_window = shape->made_in_window,
		.may = { may(&finding->path, VERB_FORK), may(&finding->path, VERB_CLONE_VM),
			may(&finding->path, VERB_VFORK), may(&finding->path, VERB_EXIT),
			may(&finding->path, VERB_EXEC), may(&finding->path, VERB_FAILED_EXEC),
			may(&finding->path, VERB_AFFINITY) } };
	for (int op = 0; op < MACHINE_OPS; op++) {
		if (config->may[op] > MACHINE_LEFT_MAX)
			return "there is too much of one kind";
	}
	return NULL;
}

/* NULL, or why there is no such scenario. */
static const char *make_scene(struct scene *scene, const struct written_subject *subject,
	const struct lockstep_finding *finding)
{
	const char *why = NULL;
	struct machine machine;

	if (subject->other || finding->log.shape.alone)
		return "it was not beside the code";
	why = set_config(scene, subject->revision, finding);
	if (!why && !machine_start(&machine, &scene->config))
		why = "the machine cannot begin";
	memset(scene->numbers, STEP_TASK_NONE, sizeof(scene->numbers));
	scene->numbers[0] = 0;
	for (uint32_t i = 0; !why && i < finding->path.count; i++)
		why = add_step(scene, &machine, &finding->path.steps[i]);
	return why;
}

static void add_explore(GString *text, const struct scene *scene)
{
	static const char *const names[] = { "forks", "clone-vms", "vforks", "exits", "execs",
		"failed-execs", "affinities" };
	struct cpu_ids ids = { 0 };
	g_autofree char *list = NULL;

	for (uint32_t cpu = 0; cpu < scene->config.cpus_count; cpu++) {
		if (scene->config.allowed >> cpu & 1)
			cpu_ids_add(&ids, cpu);
	}
	list = cpu_ids_to_string(&ids);
	g_string_append_printf(text, "\n[explore]\ntasks = 1\ntasks-max = %u\nallowed = %s\n",
		MACHINE_TASKS_MAX, list);
	for (size_t op = 0; op < G_N_ELEMENTS(names); op++)
		g_string_append_printf(text, "%s = %u\n", names[op], scene->config.may[op]);
	if (scene->config.made_in_window)
		g_string_append(text, "made-in-window = on\n");
}

/* Only what holds is checked: the scenario is there to be played. */
static void add_check(GString *text, unsigned broken)
{
	const unsigned usual = CHECK_ALL_SAFETY | CHECK_I3;

	g_string_append(text, "check =");
	for (unsigned bit = CHECK_I1; bit <= CHECK_I8; bit <<= 1) {
		if (bit & usual & ~broken)
			g_string_append_printf(text, " %s", check_to_string(bit));
	}
	g_string_append_c(text, '\n');
}

static void add_scenario(GString *text, const char *title, const struct revision *revision,
	const struct scene *scene)
{
	g_string_append_printf(text,
		"\n[scenario]\ntitle = %s\nfound-with = %s\n\n[machine]\ncpus = %" PRIu32
		"\n\n[protocol]\nrevision = %s\n",
		title, revision->name, scene->config.cpus_count, revision->name);
	add_explore(text, scene);
	add_check(text, scene->broken);
	g_string_append(text, "\n[steps]\n");
	describe_steps(text, &scene->config, scene->steps);
}

/* Comments */

static void add_events(
	GString *text, const struct revision *revision, const struct lockstep_log *log)
{
	const struct shape *shape = &log->shape;

	g_string_append_printf(text,
		MACHINE "%s %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIx64 " %d%s%s%s\n",
		revision->name, shape->cpus, shape->tasks_max, shape->mms_max, shape->allowed,
		shape->failed_execs,
		shape->fine    ? " fine"
		: shape->alone ? " alone"
			       : "",
		shape->weak ? " weak" : "", shape->made_in_window ? " window" : "");
	for (uint32_t i = 0; i < log->count; i++) {
		const struct event *event = &log->events[i];

		g_string_append_printf(text, EVENT "%u %u %u %u %" PRIx64 "\n", event->kind,
			event->a, event->b, event->c, event->mask);
	}
}

static void add_story(GString *text, const char *story)
{
	g_auto(GStrv) lines = g_strsplit(story, "\n", -1);

	for (char **line = lines; *line; line++) {
		if (**line)
			g_string_append_printf(text, "#%s\n", text_clean(*line));
	}
}

/* Whose code it is, and how to play the file again. @plays: the model can play it. */
static void add_head(GString *text, const struct written_subject *subject, bool alone, bool plays)
{
	const char *again = subject->other ? "compare A B" : "check TREE";

	g_string_append_printf(text, "# The code of %s ", text_path(subject->tree));
	if (subject->other)
		g_string_append_printf(
			text, "(A) beside that of %s (B)", text_path(subject->other));
	else if (alone)
		g_string_append(text, "alone");
	else
		g_string_append_printf(text, "beside revision %s", subject->revision->name);
	g_string_append_printf(text,
		".\n# `cidsim kernel %s --replay FILE` plays the events below in the code.\n",
		again);
	if (plays)
		g_string_append(text, "# `cidsim run FILE` plays the steps in the model.\n");
	g_string_append(text, "#\n");
}

static char *title_of(const struct written_subject *subject, bool broken)
{
	g_autofree char *base = g_path_get_basename(subject->tree);

	return g_strdup_printf("%.40s: %s", text_clean(base),
		broken ? "a property is broken" : "where its code differs");
}

void written_print(GString *text, const struct written_subject *subject,
	const struct lockstep_finding *finding)
{
	struct scene scene = { .steps = g_array_new(FALSE, FALSE, sizeof(struct explore_step)) };
	const char *why = make_scene(&scene, subject, finding);
	g_autofree char *title = title_of(subject, finding->broken);

	add_head(text, subject, finding->log.shape.alone, !why);
	add_story(text, finding->story);
	g_string_append(text, "#\n");
	add_events(text, subject->revision, &finding->log);
	if (why)
		g_string_append_printf(text, "#\n# The model cannot play this: %s.\n", why);
	else
		add_scenario(text, title, subject->revision, &scene);
	g_array_free(scene.steps, TRUE);
}

/* Read */

static bool read_machine(const char *line, const struct revision **revision, struct shape *shape)
{
	char name[33], more[33] = "";
	int failed;

	if (sscanf(line, "%32s %9" SCNu32 " %9" SCNu32 " %9" SCNu32 " %16" SCNx64 " %9d%32[a-z ]", name,
		    &shape->cpus, &shape->tasks_max, &shape->mms_max, &shape->allowed, &failed,
		    more) < 6)
		return false;
	*revision = revision_find(name);
	shape->failed_execs = failed;
	shape->fine = strstr(more, " fine") != NULL;
	shape->alone = shape->fine || strstr(more, " alone") != NULL;
	shape->weak = shape->alone && strstr(more, " weak") != NULL;
	shape->made_in_window = strstr(more, " window") != NULL;
	return *revision && shape->cpus >= 1 && shape->cpus <= CODE_CPUS_MAX &&
	       shape->tasks_max >= 1 && shape->tasks_max <= CODE_TASKS_MAX && shape->mms_max >= 1 &&
	       shape->mms_max <= CODE_MMS_MAX && shape->allowed &&
	       !(shape->allowed & ~(UINT64_MAX >> (64 - shape->cpus)));
}

static bool read_event(const char *line, struct lockstep_log *log)
{
	struct event event;
	unsigned kind, a, b, c;
	uint64_t mask;

	if (log->count == LOCKSTEP_ROUND ||
		sscanf(line, "%9u %9u %9u %9u %16" SCNx64, &kind, &a, &b, &c, &mask) != 5 ||
		kind > UINT8_MAX || a > UINT8_MAX || b > UINT8_MAX || c > UINT8_MAX)
		return false;
	event = (struct event){ .kind = (uint8_t)kind,
		.a = (uint8_t)a,
		.b = (uint8_t)b,
		.c = (uint8_t)c,
		.mask = mask };
	if (!event_is_of(&event, &log->shape))
		return false;
	log->events[log->count++] = event;
	return true;
}

bool written_read(const char *path, const char *text, const struct revision **revision,
	struct lockstep_log *log, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	*revision = NULL;
	log->count = 0;
	for (guint i = 0; lines[i]; i++) {
		bool good = true;

		if (g_str_has_prefix(lines[i], MACHINE))
			good = !*revision &&
			       read_machine(lines[i] + strlen(MACHINE), revision, &log->shape);
		else if (g_str_has_prefix(lines[i], EVENT))
			good = *revision && read_event(lines[i] + strlen(EVENT), log);
		if (!good)
			return failure_input(error,
				"%s:%u: this comment is not one that `cidsim kernel -o` wrote",
				text_path(path), i + 1);
	}
	if (*revision)
		return true;
	return failure_input(error,
		"%s has no line \"" MACHINE "…\": `cidsim kernel -o` writes such files",
		text_path(path));
}
