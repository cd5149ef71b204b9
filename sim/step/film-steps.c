/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/step/film-steps.h"

#include "model/state.h"
#include "sim/explore/outcome.h"
#include "sim/machine/describe.h"
#include "sim/machine/invariants.h"
#include "sim/machine/step-text.h"
#include "sim/play/check.h"
#include "sim/play/play.h"

enum { SPIN_BYTES = 64 << 20 };

struct film_steps {
	struct film film; /* first */
	const struct scenario *scenario;
	const struct machine_config *config;
	GArray *steps; /* struct explore_step */
	struct machine before, now;
	struct play_seen seen;
	unsigned broken, reported; /* properties, as bits: now, and so far */
	bool unknown;              /* whether the spin at the end of the steps can end */
};

static struct film_steps *steps_of(struct film *film)
{
	g_assert(film->kind->next);
	return (struct film_steps *)film;
}

static const struct film_steps *const_steps_of(const struct film *film)
{
	return (const struct film_steps *)film;
}

static bool is_at_end(const struct film_steps *film)
{
	g_assert(film->film.position <= film->steps->len);
	return film->film.position == film->steps->len;
}

/* Whether a spin can end takes a search: only where no step follows, as in a play. */
static void check_spins(struct film_steps *film)
{
	unsigned broken = 0;

	film->unknown = is_at_end(film) &&
	                play_check_spins(&film->now, film->config, film->scenario->explore.check,
				SPIN_BYTES, NULL, &broken) != PLAY_SPINS_JUDGED;
	film->broken |= broken;
}

/* The machine has come to this position. */
static void arrive(struct film_steps *film)
{
	const struct model_mm *old = machine_mm(&film->before), *mm = machine_mm(&film->now);
	unsigned marks = 0;

	g_assert(film->film.position > 0 || film->reported == 0);
	film->broken = play_check(&film->seen, &film->before, &film->now, film->config,
		film->scenario->explore.check);
	check_spins(film);
	if (mm_is_per_cpu(old) != mm_is_per_cpu(mm))
		marks |= MARK_FLIP;
	if (mm_in_window(mm) && !mm_in_window(old))
		marks |= MARK_OPEN;
	if (!mm_in_window(mm) && mm_in_window(old))
		marks |= MARK_CLOSE;
	if (film->broken & ~film->reported)
		marks |= MARK_VIOLATION;
	film->reported |= film->broken;
	film->film.marks = marks;
	film->film.time_ns = film->film.position * PLAY_STEP_NS;
}

static void start(struct film *film)
{
	struct film_steps *f = steps_of(film);
	bool can_start = machine_start(&f->now, f->config);

	g_assert(can_start); /* the scenario was checked */
	f->before = f->now;
	play_seen_clear(&f->seen);
	f->reported = 0;
	film->position = 0;
	arrive(f);
}

static bool take_next(struct film *film)
{
	struct film_steps *f = steps_of(film);

	if (is_at_end(f))
		return false;
	g_assert(!machine_refuses(&f->now, f->config, film_steps_next(film)));
	f->before = f->now;
	machine_apply(&f->now, f->config, film_steps_next(film), NULL);
	machine_invariants_assert(&f->now, f->config);
	film->position++;
	arrive(f);
	return true;
}

static void add_broken(const struct film_steps *film, GString *text)
{
	g_assert(!(film->broken & ~film->scenario->explore.check)); /* only what was asked for */
	for (unsigned left = film->broken; left; left &= left - 1) {
		unsigned property = left & -left;

		g_string_append_printf(text, "  >>>  %s is broken: %s\n",
			scenario_property_to_string(property),
			scenario_property_describe(property));
	}
	if (film->unknown)
		g_string_append(
			text, "  whether this spin can end would take too large a search\n");
}

static void describe(struct film *film, GString *happened, GString *state)
{
	struct film_steps *f = steps_of(film);
	g_autofree char *words = describe_state(&f->now, f->config);

	if (film->position == 0)
		g_string_append(happened, "  The start\n");
	else
		describe_one(happened, (guint)film->position,
			&g_array_index(f->steps, struct explore_step, film->position - 1),
			&f->before, &f->now);
	add_broken(f, happened);
	g_string_append_printf(state, "%s\n", words);
}

/* A step takes no time. */
static void no_time(const struct film *film, GString *text)
{
	(void)film;
	(void)text;
}

static void free_film(struct film *film)
{
	g_array_free(steps_of(film)->steps, TRUE);
	play_seen_clear(&steps_of(film)->seen);
	g_free(film);
}

static const struct film_kind kind = {
	.rewind = start,
	.next = take_next,
	.describe = describe,
	.time = no_time,
	.free = free_film,
};

/* Take over the steps of the scenario, up to one that cannot be taken: then why, which the caller
 * frees. */
static char *load(struct film_steps *film)
{
	const struct scenario *scenario = film->scenario;
	struct machine machine;
	bool can_start = machine_start(&machine, film->config);

	g_assert(can_start && film->steps->len == 0);
	for (uint32_t i = 0; i < scenario->steps_count; i++) {
		const struct explore_step *step = &scenario->steps[i].step;
		g_autofree char *why = play_refusal(&machine, film->config, step);

		if (why)
			return play_refusal_text(&scenario->steps[i], i + 1, why);
		machine_apply(&machine, film->config, step, NULL);
		g_array_append_val(film->steps, *step);
	}
	return NULL;
}

struct film *film_steps_new(const struct scenario *scenario, char **refusal)
{
	struct film_steps *film = g_new0(struct film_steps, 1);

	g_assert(scenario->explore.line);
	film->film.kind = &kind;
	film->scenario = scenario;
	film->config = &scenario->explore.config;
	film->steps = g_array_new(FALSE, FALSE, sizeof(struct explore_step));
	*refusal = load(film);
	film->film.last = film->steps->len;
	start(&film->film);
	return &film->film;
}

/* Add the step of @verb unless it cannot be taken; returns how many there are then. */
static unsigned add_choice(const struct film_steps *film, struct explore_step *steps,
	unsigned count, enum step_verb verb, uint32_t cpu, uint32_t task)
{
	const struct explore_step step = {
		.verb = (uint8_t)verb,
		.cpu = (uint8_t)cpu,
		.task = (uint8_t)task,
		.child = STEP_TASK_NONE,
		.sees = SEES_PRESENT,
	};
	g_autofree char *why = play_refusal(&film->now, film->config, &step);

	g_assert(count < FILM_CHOICES_MAX);
	if (!why)
		steps[count++] = step;
	return count;
}

/* Steps that are there for who looks closely: halves of switches, moves between queues. */
static bool is_fine(const struct explore_step *step)
{
	return step->verb == VERB_LEAVE || step->verb == VERB_ENTER || step->verb == VERB_MIGRATE;
}

/* Add those of @listed that are fine, or those that are not. */
static unsigned add_listed(struct explore_step *steps, unsigned count,
	const struct explore_step *listed, unsigned listed_count, bool fine)
{
	for (unsigned i = 0; i < listed_count; i++) {
		if (is_fine(&listed[i]) == fine)
			steps[count++] = listed[i];
	}
	return count;
}

/* What the tasks and the walk do, then switches, which the machine lists by halves only, then those. */
unsigned film_steps_choices(const struct film *film, struct explore_step *steps)
{
	const struct film_steps *f = const_steps_of(film);
	struct explore_step listed[MACHINE_STEPS_MAX];
	unsigned all = machine_steps(&f->now, f->config, (struct machine_twins){ 0 }, listed);
	unsigned count = add_listed(steps, 0, listed, all, false);

	g_assert(count <= all && all <= MACHINE_STEPS_MAX);
	for (uint32_t cpu = 0; cpu < f->config->cpus_count; cpu++) {
		count = add_choice(f, steps, count, VERB_OUT, cpu, STEP_TASK_NONE);
		for (uint32_t task = 0; task < f->config->tasks_max; task++)
			count = add_choice(f, steps, count, VERB_IN, cpu, task);
	}
	return add_listed(steps, count, listed, all, true);
}

const struct explore_step *film_steps_next(const struct film *film)
{
	const struct film_steps *f = const_steps_of(film);

	return is_at_end(f) ? NULL : &g_array_index(f->steps, struct explore_step, film->position);
}

char *film_steps_choose(struct film *film, const struct explore_step *step)
{
	struct film_steps *f = steps_of(film);
	char *why = play_refusal(&f->now, f->config, step);

	g_assert(f->steps->len <= SCENARIO_STEPS_MAX && film->last == f->steps->len);
	if (!why && f->steps->len == SCENARIO_STEPS_MAX && is_at_end(f))
		why = g_strdup_printf("[steps] has at most %d steps", SCENARIO_STEPS_MAX);
	if (why)
		return why;
	g_array_set_size(f->steps, (guint)film->position);
	g_array_append_val(f->steps, *step);
	film->last = f->steps->len;
	return NULL;
}

char *film_steps_words(const struct film *film, const struct explore_step *step)
{
	return describe_step(&const_steps_of(film)->now, step);
}

void film_steps_write(const struct film *film, GString *text)
{
	const struct film_steps *f = const_steps_of(film);
	g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(struct explore_step));
	unsigned broken = 0;

	g_assert(film->position > 0);
	g_array_append_vals(taken, f->steps->data, (guint)film->position);
	play_check_spins(&f->now, f->config, f->scenario->explore.check, SPIN_BYTES, NULL, &broken);
	broken |= f->broken;
	outcome_played(text, f->scenario, taken, broken & -broken);
}
