/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/machine/step-text.h"

#include <assert.h>
#include <glib.h>
#include <string.h>

#include "model/state.h"
#include "sim/base/values.h"

/* What an argument is, and so what of the step it fills. */
enum argument {
	NOTHING,
	A_CPU,
	A_TASK,
	A_TASK_OR_IDLE,
	A_CHILD,
	A_PLACE, /* a CPU, a task or nothing */
};

enum { ARGUMENTS_MAX = 2 };

static const struct {
	const char *word;
	enum argument arguments[ARGUMENTS_MAX];
	bool reads_mode; /* "sees MODE" may follow */
	const char *form;
} verbs[VERB_COUNT] = {
	[VERB_OUT] = { "out", { A_CPU }, true, "out CPU" },
	[VERB_IN] = { "in", { A_CPU, A_TASK }, true, "in CPU TASK" },
	[VERB_LEAVE] = { "leave", { A_CPU }, true, "leave CPU" },
	[VERB_ENTER] = { "enter", { A_CPU, A_TASK_OR_IDLE }, true,
		"enter CPU TASK or enter CPU idle" },
	[VERB_RETRY] = { "retry", { A_CPU }, false, "retry CPU" },
	[VERB_GIVE_UP] = { "give-up", { A_CPU }, false, "give-up CPU" },
	[VERB_MIGRATE] = { "migrate", { A_TASK, A_CPU }, false, "migrate TASK CPU" },
	[VERB_FORK] = { "fork", { A_TASK, A_CHILD }, false, "fork TASK CHILD" },
	[VERB_CLONE_VM] = { "clone-vm", { A_TASK, A_CHILD }, false, "clone-vm TASK CHILD" },
	[VERB_VFORK] = { "vfork", { A_TASK, A_CHILD }, false, "vfork TASK CHILD" },
	[VERB_SHOW] = { "show", { A_TASK }, false, "show TASK" },
	[VERB_WALK] = { "walk", { A_PLACE }, false, "walk, walk CPU or walk TASK" },
	[VERB_COMPLETE] = { "complete", { NOTHING }, false, "complete" },
	[VERB_FORK_RETRY] = { "fork-retry", { NOTHING }, false, "fork-retry" },
	[VERB_FORK_GIVE_UP] = { "fork-give-up", { NOTHING }, false, "fork-give-up" },
	[VERB_EXIT] = { "exit", { A_TASK }, false, "exit TASK" },
	[VERB_EXEC] = { "exec", { A_TASK }, false, "exec TASK" },
	[VERB_FAILED_EXEC] = { "failed-exec", { A_TASK }, false, "failed-exec TASK" },
	[VERB_EXEC_END] = { "exec-end", { A_TASK }, false, "exec-end TASK" },
	[VERB_AFFINITY] = { "affinity", { A_TASK }, false, "affinity TASK" },
	[VERB_WORK] = { "work", { NOTHING }, false, "work" },
};

static const char *const modes[] = {
	[0] = "task",
	[MODE_TRANSIT] = "task+t",
	[MODE_PER_CPU] = "cpu",
	[MODE_PER_CPU | MODE_TRANSIT] = "cpu+t",
};

const char *step_verb_to_string(enum step_verb verb)
{
	assert((size_t)verb < VERB_COUNT);
	return verbs[verb].word;
}

const char *step_mode_to_string(uint8_t mode)
{
	assert(mode < G_N_ELEMENTS(modes));
	return modes[mode];
}

/* The step that is read, and what it is read on. */
struct reader {
	const char *text; /* all of it */
	uint32_t cpus_count, tasks_max;
	struct explore_step step;
};

static char *unknown_verb(const char *word)
{
	const char *known[VERB_COUNT], *nearest;
	char *quoted = value_quote(word);
	GString *message = g_string_new(NULL);
	int verb = 0;

	for (int i = 0; i < VERB_COUNT; i++)
		known[i] = verbs[i].word;
	nearest = value_nearest(word, known, VERB_COUNT);
	g_string_append_printf(message, "unknown step %s, ", quoted);
	while (nearest != NULL && verbs[verb].word != nearest)
		verb++;
	if (nearest != NULL)
		g_string_append_printf(message, "did you mean '%s', written like %s%s?", nearest,
			verbs[verb].form, verbs[verb].reads_mode ? " [sees MODE]" : "");
	for (int i = 0; nearest == NULL && i < VERB_COUNT; i++)
		g_string_append_printf(message, "%s%s", i > 0 ? ", " : "the steps are ", known[i]);
	g_free(quoted);
	return g_string_free(message, FALSE);
}

/* @what is wrong with the step, NULL = its form; then how it is written. Takes @what over. */
static char *wrong_form(const struct reader *reader, char *what)
{
	uint8_t verb = reader->step.verb;
	char *quoted = what == NULL ? value_quote(reader->text) : NULL;
	char *message = g_strdup_printf("%s%s%s%s", what != NULL ? what : quoted,
		what != NULL ? ", the step is written like " : " is not written like ",
		verbs[verb].form, verbs[verb].reads_mode ? " [sees MODE]" : "");

	g_free(quoted);
	g_free(what);
	return message;
}

static bool is_number(const char *text, uint64_t *number)
{
	char *message = value_read_count(text, number);

	g_free(message);
	return message == NULL;
}

/* @word is not @what: "a CPU" or "a task". */
static char *wrong_kind(const struct reader *reader, const char *word, const char *what)
{
	char *quoted = value_quote(word);
	char *message = wrong_form(reader, g_strdup_printf("%s is not %s", quoted, what));

	g_free(quoted);
	return message;
}

static char *read_cpu(struct reader *reader, const char *word)
{
	uint64_t number;

	if (!is_number(word, &number))
		return wrong_kind(reader, word, "a CPU such as 1");
	if (number >= reader->cpus_count)
		return g_strdup_printf("CPU %s is not one of the possible CPUs, the last is %u",
			word, reader->cpus_count - 1);
	reader->step.cpu = (uint8_t)number;
	return NULL;
}

static char *read_task(struct reader *reader, const char *word, uint8_t *task)
{
	uint64_t number;

	if (word[0] != 'T' || !is_number(word + 1, &number))
		return wrong_kind(reader, word, "a task such as T2");
	if (number >= reader->tasks_max)
		return g_strdup_printf(
			"there is no task %s, the last is T%u", word, reader->tasks_max - 1);
	*task = (uint8_t)number;
	return NULL;
}

static char *read_argument(struct reader *reader, enum argument argument, const char *word)
{
	switch (argument) {
	case A_CPU:
		return read_cpu(reader, word);
	case A_TASK_OR_IDLE:
		if (strcmp(word, "idle") == 0)
			return NULL;
		return read_task(reader, word, &reader->step.task);
	case A_TASK:
		return read_task(reader, word, &reader->step.task);
	case A_CHILD:
		return read_task(reader, word, &reader->step.child);
	case A_PLACE:
		if (word[0] == 'T')
			return read_task(reader, word, &reader->step.task);
		return read_cpu(reader, word);
	case NOTHING:
		break;
	}
	return wrong_form(reader, NULL);
}

static char *read_mode(struct reader *reader, const char *word)
{
	uint8_t mode = 0;
	char *quoted, *message;

	while (mode < G_N_ELEMENTS(modes) && strcmp(modes[mode], word) != 0)
		mode++;
	if (mode < G_N_ELEMENTS(modes)) {
		reader->step.sees = mode;
		return NULL;
	}
	quoted = value_quote(word);
	message = g_strdup_printf(
		"%s is not a mode to be seen, write task, task+t, cpu or cpu+t", quoted);
	g_free(quoted);
	return message;
}

/* The words behind the verb. */
static char *read_arguments(struct reader *reader, char **words)
{
	uint8_t verb = reader->step.verb;
	char *message = NULL;

	for (int i = 0; message == NULL && i < ARGUMENTS_MAX; i++) {
		enum argument argument = verbs[verb].arguments[i];

		if (argument == NOTHING || (argument == A_PLACE && *words == NULL))
			break;
		message = *words != NULL ? read_argument(reader, argument, *words++)
		                         : wrong_form(reader, NULL);
	}
	if (message != NULL || *words == NULL)
		return message;
	if (strcmp(words[0], "sees") != 0 || !verbs[verb].reads_mode || words[1] == NULL ||
		words[2] != NULL)
		return wrong_form(reader, NULL);
	return read_mode(reader, words[1]);
}

static char *read_words(struct reader *reader, char **words)
{
	const char *word = words[0] != NULL ? words[0] : "";

	while (reader->step.verb < VERB_COUNT && strcmp(verbs[reader->step.verb].word, word) != 0)
		reader->step.verb++;
	if (reader->step.verb == VERB_COUNT)
		return unknown_verb(word);
	return read_arguments(reader, words + 1);
}

/* The words of @text, none of them empty. */
static char **split(const char *text)
{
	char **words = g_strsplit_set(text, " \t", -1);
	size_t kept = 0;

	for (size_t i = 0; words[i] != NULL; i++) {
		if (*words[i] != '\0')
			words[kept++] = words[i];
		else
			g_free(words[i]);
	}
	words[kept] = NULL;
	return words;
}

char *step_read(
	const char *text, uint32_t cpus_count, uint32_t tasks_max, struct explore_step *step)
{
	struct reader reader = {
		.text = text,
		.cpus_count = cpus_count,
		.tasks_max = tasks_max,
		.step = {
			.cpu = STEP_CPU_NONE,
			.task = STEP_TASK_NONE,
			.child = STEP_TASK_NONE,
			.sees = SEES_PRESENT,
		},
	};
	char **words = split(text);
	char *message = read_words(&reader, words);

	assert(cpus_count > 0 && cpus_count <= STEP_CPU_NONE);
	assert(tasks_max > 0 && tasks_max <= STEP_TASK_NONE);
	g_strfreev(words);
	if (message == NULL)
		*step = reader.step;
	return message;
}

/* One argument with a blank before it, at @at. Returns the end. */
static char *print_argument(const struct explore_step *step, enum argument argument, char *at)
{
	switch (argument) {
	case A_TASK_OR_IDLE:
		if (step->task == STEP_TASK_NONE)
			return at + g_snprintf(at, 6, " idle");
		return at + g_snprintf(at, 6, " T%u", step->task);
	case A_TASK:
		return at + g_snprintf(at, 6, " T%u", step->task);
	case A_CHILD:
		return at + g_snprintf(at, 6, " T%u", step->child);
	case A_PLACE:
		if (step->task != STEP_TASK_NONE)
			return at + g_snprintf(at, 6, " T%u", step->task);
		if (step->cpu == STEP_CPU_NONE)
			return at;
		return at + g_snprintf(at, 6, " %u", step->cpu);
	case A_CPU:
		return at + g_snprintf(at, 6, " %u", step->cpu);
	case NOTHING:
		break;
	}
	return at;
}

void step_print(const struct explore_step *step, char buffer[STEP_TEXT_MAX])
{
	char *end;

	assert(step->verb < VERB_COUNT);
	end = g_stpcpy(buffer, verbs[step->verb].word);
	for (int i = 0; i < ARGUMENTS_MAX; i++)
		end = print_argument(step, verbs[step->verb].arguments[i], end);
	if (verbs[step->verb].reads_mode && step->sees != SEES_PRESENT)
		end = g_stpcpy(g_stpcpy(end, " sees "), step_mode_to_string(step->sees));
	assert(end < buffer + STEP_TEXT_MAX);
}
