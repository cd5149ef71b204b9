/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/step/stepper.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/output.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/machine/step-text.h"
#include "sim/step/film-steps.h"

/* A mark as commands have it; the first one of a name is all that the name means. */
static const struct {
	const char *name;
	unsigned marks;
} marks[] = {
	{ "flip", MARK_FLIP },
	{ "open", MARK_OPEN },
	{ "close", MARK_CLOSE },
	{ "violation", MARK_VIOLATION },
};

void stepper_init(struct stepper *stepper, const struct scenario *scenario, struct film *film,
	bool (*stop)(void))
{
	*stepper = (struct stepper){
		.scenario = scenario,
		.walk = walkthrough_new(film, stop),
		.has_steps = scenario->explore.line > 0,
		.answer = g_string_new(NULL),
	};
}

void stepper_clear(struct stepper *stepper)
{
	walkthrough_free(stepper->walk);
	g_string_free(stepper->answer, TRUE);
}

static enum stepper_answer answer(struct stepper *stepper, enum stepper_answer kind,
	const char *format, ...) G_GNUC_PRINTF(3, 4);
static enum stepper_answer answer(
	struct stepper *stepper, enum stepper_answer kind, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_string_vprintf(stepper->answer, format, arguments);
	va_end(arguments);
	return kind;
}

static enum stepper_answer moved(struct stepper *stepper, bool reached, const char *why_not)
{
	return reached ? STEPPER_MOVED : answer(stepper, STEPPER_MOVED, "%s", why_not);
}

static uint64_t position(const struct stepper *stepper)
{
	return walkthrough_here(stepper->walk)->position;
}

/* The marks of @word; 0 if it is none. */
static unsigned read_mark(const char *word)
{
	g_assert(word);
	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		if (strcmp(word, marks[i].name) == 0)
			return marks[i].marks;
	}
	return 0;
}

static enum stepper_answer find(struct stepper *stepper, const char *word, bool forwards)
{
	g_assert(read_mark(word));
	if (walkthrough_find(stepper->walk, read_mark(word), forwards))
		return STEPPER_MOVED;
	return answer(stepper, STEPPER_MOVED, "no %s %s here", word, forwards ? "after" : "before");
}

static enum stepper_answer not_a_move(
	struct stepper *stepper, const char *command, const char *text)
{
	g_autofree char *quoted = value_quote(text);

	return answer(stepper, STEPPER_BAD,
		"%s: %s is not a number, flip, open, close or violation", command, quoted);
}

static enum stepper_answer do_next(struct stepper *stepper, const char *text)
{
	uint64_t count = 1, here = position(stepper);
	g_autofree char *wrong = NULL;

	if (read_mark(text))
		return find(stepper, text, true);
	wrong = *text ? value_read_count(text, &count) : NULL;
	if (wrong)
		return not_a_move(stepper, "next", text);
	count = MIN(count, UINT64_MAX - 1 - here);
	return moved(stepper, walkthrough_go(stepper->walk, here + count),
		"this is the end: nothing follows");
}

static enum stepper_answer do_back(struct stepper *stepper, const char *text)
{
	uint64_t count = 1, here = position(stepper);
	g_autofree char *wrong = NULL;

	if (read_mark(text))
		return find(stepper, text, false);
	wrong = *text ? value_read_count(text, &count) : NULL;
	if (wrong)
		return not_a_move(stepper, "back", text);
	walkthrough_go(stepper->walk, here - MIN(count, here));
	return moved(stepper, count <= here, "this is the start: nothing comes before");
}

static enum stepper_answer do_go(struct stepper *stepper, const char *text)
{
	uint64_t number;
	g_autofree char *wrong = NULL, *no_time = NULL, *quoted = NULL;

	if (strcmp(text, "start") == 0)
		return moved(stepper, walkthrough_go(stepper->walk, 0), "");
	if (strcmp(text, "end") == 0) {
		walkthrough_go(stepper->walk, UINT64_MAX - 1);
		return STEPPER_MOVED;
	}
	wrong = value_read_count(text, &number);
	if (!wrong)
		return moved(stepper, walkthrough_go(stepper->walk, MIN(number, UINT64_MAX - 1)),
			"this is the end: there are no more");
	no_time = stepper->has_steps ? g_strdup("") : value_read_duration(text, &number);
	if (!no_time)
		return moved(
			stepper, walkthrough_go_time(stepper->walk, number), "this is the end");
	quoted = value_quote(text);
	return answer(stepper, STEPPER_BAD, "go: %s is not a number%s, start or end", quoted,
		stepper->has_steps ? "" : ", a time like 3.1ms");
}

static enum stepper_answer do_show(struct stepper *stepper, const char *text)
{
	(void)stepper;
	(void)text;
	return STEPPER_MOVED;
}

static enum stepper_answer do_list(struct stepper *stepper, const char *text)
{
	(void)stepper;
	(void)text;
	return STEPPER_LISTS;
}

static bool is_same(const struct explore_step *a, const struct explore_step *b)
{
	char text[STEP_TEXT_MAX], other[STEP_TEXT_MAX];

	step_print(a, text);
	step_print(b, other);
	return strcmp(text, other) == 0;
}

/* Number @text of the list, or a step as text. Returns a message, which the caller frees. */
static char *read_choice(struct film *film, const struct scenario *scenario, const char *text,
	struct explore_step *step)
{
	const struct machine_config *config = &scenario->explore.config;
	struct explore_step steps[FILM_CHOICES_MAX];
	unsigned count = film_steps_choices(film, steps);
	uint64_t number;
	g_autofree char *no_number = value_read_count(text, &number);

	if (!*text)
		return g_strdup("give a number of the list, or a step such as \"in 1 T0\"");
	if (no_number)
		return step_read(text, config->cpus_count, config->tasks_max, step);
	if (number < 1 || number > count)
		return g_strdup_printf(
			"there is no number %" PRIu64 ", list shows 1 to %u", number, count);
	*step = steps[number - 1];
	return NULL;
}

static enum stepper_answer do_pick(struct stepper *stepper, const char *text)
{
	struct film *film = walkthrough_film(stepper->walk);
	uint64_t cut = film->last - film->position;
	const struct explore_step *next = film_steps_next(film);
	struct explore_step step;
	g_autofree char *wrong = read_choice(film, stepper->scenario, text, &step);

	if (!wrong && next && is_same(next, &step))
		return do_next(stepper, "");
	if (!wrong)
		wrong = film_steps_choose(film, &step);
	if (wrong)
		return answer(stepper, STEPPER_BAD, "pick: %s", wrong);
	walkthrough_changed(stepper->walk);
	return moved(stepper, walkthrough_go(stepper->walk, film->position + 1) && cut == 0,
		"what came next was cut off");
}

static enum stepper_answer do_write(struct stepper *stepper, const char *text)
{
	g_autoptr(GString) scenario = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	uint64_t steps = position(stepper);

	if (!*text)
		return answer(stepper, STEPPER_BAD, "write: give the name of a file");
	if (steps == 0)
		return answer(stepper, STEPPER_BAD, "write: no step has been taken");
	if (g_file_test(text, G_FILE_TEST_EXISTS))
		return answer(stepper, STEPPER_BAD, "write: %s is there; give another name",
			text_clean(text));
	film_steps_write(walkthrough_film(stepper->walk), scenario);
	if (!output_write_file(text, scenario->str, scenario->len, &error))
		return answer(stepper, STEPPER_FAILED, "%s", error->message);
	return answer(stepper, STEPPER_ANSWERS,
		"%s has %" PRIu64 " step%s; cidsim run %s plays %s\n", text, steps,
		steps == 1 ? "" : "s", text, steps == 1 ? "it" : "them");
}

static enum stepper_answer do_quit(struct stepper *stepper, const char *text)
{
	(void)stepper;
	(void)text;
	return STEPPER_QUITS;
}

static enum stepper_answer do_help(struct stepper *stepper, const char *text);

static const struct {
	const char *name, *arguments, *summary;
	bool of_steps;
	enum stepper_answer (*run)(struct stepper *stepper, const char *text);
} commands[] = {
	{ "next", "[N | MARK]", "forwards: N, or to a flip, open, close, violation", false,
		do_next },
	{ "back", "[N | MARK]", "backwards", false, do_back },
	{ "go", "N | TIME | start | end", "to a position; to a time, if there are times", false,
		do_go },
	{ "show", "", "where it is, once more", false, do_show },
	{ "list", "", "the steps that can be taken here", true, do_list },
	{ "pick", "N | STEP", "take one: its number in the list, or \"in 1 T0\"", true, do_pick },
	{ "write", "FILE", "the steps up to here as a scenario with [steps]", true, do_write },
	{ "help", "", "these lines", false, do_help },
	{ "quit", "", "end", false, do_quit },
};

static bool can_do(const struct stepper *stepper, size_t i)
{
	return stepper->has_steps || !commands[i].of_steps;
}

static enum stepper_answer do_help(struct stepper *stepper, const char *text)
{
	(void)text;
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		g_autofree char *usage =
			g_strconcat(commands[i].name, " ", commands[i].arguments, NULL);

		if (can_do(stepper, i))
			g_string_append_printf(
				stepper->answer, "  %-26s %s\n", usage, commands[i].summary);
	}
	return STEPPER_ANSWERS;
}

static enum stepper_answer unknown(struct stepper *stepper, const char *word)
{
	g_autofree char *quoted = value_quote(word);

	answer(stepper, STEPPER_BAD, "there is no command %s; there are", quoted);
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (can_do(stepper, i))
			g_string_append_printf(
				stepper->answer, "%s %s", i ? "," : "", commands[i].name);
	}
	return STEPPER_BAD;
}

enum stepper_answer stepper_do(struct stepper *stepper, const char *line)
{
	g_autofree char *copy = g_strstrip(g_strdup(line));
	char *text = copy + strcspn(copy, " \t");

	g_assert(stepper->walk);
	g_string_truncate(stepper->answer, 0);
	if (!*copy || *copy == '#')
		return STEPPER_ANSWERS;
	if (*text)
		*text++ = '\0';
	text = g_strchug(text);
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (can_do(stepper, i) && strcmp(commands[i].name, copy) == 0) {
			if (*text && !*commands[i].arguments)
				return answer(
					stepper, STEPPER_BAD, "%s takes nothing after it", copy);
			return commands[i].run(stepper, text);
		}
	}
	return unknown(stepper, copy);
}

void stepper_show_place(const struct stepper *stepper, GString *text)
{
	const struct moment *here = walkthrough_here(stepper->walk);
	uint64_t last = walkthrough_last(stepper->walk);

	g_assert(here->position <= last);
	g_string_append_printf(text, "step %" PRIu64, here->position);
	if (last != UINT64_MAX)
		g_string_append_printf(text, " of %" PRIu64, last);
	if (*here->time)
		g_string_append_printf(text, " at %s", here->time);
}

/* Whether one of the lines of @before is @line. */
static bool has_line(char **before, const char *line)
{
	return g_strv_contains((const char *const *)before, line);
}

static void show_state(const struct walkthrough *walk, GString *text)
{
	const struct moment *here = walkthrough_here(walk);
	g_auto(GStrv) lines = g_strsplit(here->state, "\n", -1);
	g_auto(GStrv) before = g_strsplit(walkthrough_before(walk), "\n", -1);

	for (char **line = lines; *line && **line; line++) {
		bool is_new = here->position > 0 && !has_line(before, *line);

		g_string_append_printf(text, "%c %s\n", is_new ? '>' : ' ', *line);
	}
}

void stepper_show(const struct stepper *stepper, GString *text)
{
	const struct moment *here = walkthrough_here(stepper->walk);

	stepper_show_place(stepper, text);
	g_string_append_printf(text, "\n%s\n", here->happened);
	show_state(stepper->walk, text);
}

void stepper_show_choices(struct stepper *stepper, GString *text)
{
	struct film *film = walkthrough_film(stepper->walk);
	struct explore_step steps[FILM_CHOICES_MAX];
	unsigned count = film_steps_choices(film, steps);
	const struct explore_step *next = film_steps_next(film);

	g_assert(stepper->has_steps);
	for (unsigned i = 0; i < count; i++) {
		g_autofree char *words = film_steps_words(film, &steps[i]);
		char written[STEP_TEXT_MAX];

		step_print(&steps[i], written);
		g_string_append_printf(text, "%c%3u  %-*s  %s\n",
			next && is_same(next, &steps[i]) ? '*' : ' ', i + 1,
			50 - (int)(strlen(words) - (size_t)g_utf8_strlen(words, -1)), words,
			written);
	}
	if (count == 0)
		g_string_append(text, "  no step can be taken here\n");
}
