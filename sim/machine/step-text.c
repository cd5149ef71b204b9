/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/machine/step-text.h"

#include <assert.h>
#include <glib.h>
#include <string.h>

#include "sim/base/values.h"
#include "sim/machine/kinds.h"

static const char *const modes[] = {
	[0] = "task",
	[MODE_TRANSIT] = "task+t",
	[MODE_PER_CPU] = "cpu",
	[MODE_PER_CPU | MODE_TRANSIT] = "cpu+t",
};

const char *step_verb_to_string(enum step_verb verb)
{
	return step_kind(verb)->word;
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

static const char *sees_form(const struct step_kind *kind)
{
	return kind->reads_mode ? " [sees MODE]" : "";
}

/* The kind of steps whose word is @word, VERB_COUNT if there is none. */
static int find_verb(const char *word)
{
	int verb = 0;

	while (verb < VERB_COUNT && strcmp(step_kind((enum step_verb)verb)->word, word) != 0)
		verb++;
	return verb;
}

static char *unknown_verb(const char *word)
{
	const char *known[VERB_COUNT], *nearest;
	g_autofree char *quoted = value_quote(word);
	GString *message = g_string_new(NULL);

	for (int i = 0; i < VERB_COUNT; i++)
		known[i] = step_kind((enum step_verb)i)->word;
	nearest = value_nearest(word, known, VERB_COUNT);
	g_string_append_printf(message, "unknown step %s, ", quoted);
	if (nearest) {
		const struct step_kind *kind = step_kind((enum step_verb)find_verb(nearest));

		g_string_append_printf(message, "did you mean '%s', written like %s%s?", nearest,
			kind->form, sees_form(kind));
		return g_string_free(message, FALSE);
	}
	for (int i = 0; i < VERB_COUNT; i++)
		g_string_append_printf(message, "%s%s", i > 0 ? ", " : "the steps are ", known[i]);
	return g_string_free(message, FALSE);
}

/* @what is wrong with the step, NULL = its form; then how it is written. Takes @what over. */
static char *wrong_form(const struct reader *reader, char *what)
{
	const struct step_kind *kind = step_kind(reader->step.verb);
	g_autofree char *wrong = what;
	g_autofree char *quoted = value_quote(reader->text);

	return g_strdup_printf("%s%s%s%s", wrong ? wrong : quoted,
		wrong ? ", the step is written like " : " is not written like ", kind->form,
		sees_form(kind));
}

static bool is_number(const char *text, uint64_t *number)
{
	char *message = value_read_count(text, number);

	g_free(message);
	return !message;
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

static char *read_argument(struct reader *reader, enum step_argument argument, const char *word)
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
	const struct step_kind *kind = step_kind(reader->step.verb);
	char *message = NULL;

	for (int i = 0; !message && i < STEP_ARGUMENTS_MAX; i++) {
		enum step_argument argument = kind->arguments[i];

		if (argument == NOTHING || (argument == A_PLACE && !*words))
			break;
		message = *words ? read_argument(reader, argument, *words++)
		                         : wrong_form(reader, NULL);
	}
	if (message || !*words)
		return message;
	if (strcmp(words[0], "sees") != 0 || !kind->reads_mode || !words[1] ||
		words[2])
		return wrong_form(reader, NULL);
	return read_mode(reader, words[1]);
}

static char *read_words(struct reader *reader, char **words)
{
	const char *word = words[0] ? words[0] : "";
	int verb = find_verb(word);

	if (verb == VERB_COUNT)
		return unknown_verb(word);
	reader->step.verb = (uint8_t)verb;
	return read_arguments(reader, words + 1);
}

/* The words of @text, none of them empty. */
static char **split(const char *text)
{
	char **words = g_strsplit_set(text, " \t", -1);
	size_t kept = 0;

	for (size_t i = 0; words[i]; i++) {
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
	if (!message)
		*step = reader.step;
	return message;
}

/* One argument with a blank before it, at @at. Returns the end. */
static char *print_argument(const struct explore_step *step, enum step_argument argument, char *at)
{
	switch (argument) {
	case A_TASK_OR_IDLE:
		if (step->task == STEP_TASK_NONE)
			return at + g_snprintf(at, 6, " idle");
		return at + g_snprintf(at, 6, " T%u", step->task);
	case A_TASK:
		assert(step->task != STEP_TASK_NONE);
		return at + g_snprintf(at, 6, " T%u", step->task);
	case A_CHILD:
		assert(step->child != STEP_TASK_NONE);
		return at + g_snprintf(at, 6, " T%u", step->child);
	case A_PLACE:
		if (step->task != STEP_TASK_NONE)
			return at + g_snprintf(at, 6, " T%u", step->task);
		if (step->cpu == STEP_CPU_NONE)
			return at;
		return at + g_snprintf(at, 6, " %u", step->cpu);
	case A_CPU:
		assert(step->cpu != STEP_CPU_NONE);
		return at + g_snprintf(at, 6, " %u", step->cpu);
	case NOTHING:
		break;
	}
	return at;
}

void step_print(const struct explore_step *step, char buffer[STEP_TEXT_MAX])
{
	const struct step_kind *kind = step_kind(step->verb);
	char *end = g_stpcpy(buffer, kind->word);

	for (int i = 0; i < STEP_ARGUMENTS_MAX; i++)
		end = print_argument(step, kind->arguments[i], end);
	if (kind->reads_mode && step->sees != SEES_PRESENT)
		end = g_stpcpy(g_stpcpy(end, " sees "), step_mode_to_string(step->sees));
	assert(end < buffer + STEP_TEXT_MAX);
}
