/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/conform.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/base/prng.h"
#include "sim/machine/describe.h"
#include "sim/machine/kinds.h"

enum {
	CPUS_MAX = 4,
	TASKS_MAX = 6,
	WALK_MAX = 200,     /* steps from one start */
	LOOK_AT_ONCE = 256, /* steps between looks at stop() */
	FIRST_MAX = 4096,   /* bytes of what is said of the first fault */
	KEPT_MAX = 64,      /* states after a step that is rare */
	RARE = 32,          /* times that an action was seen */
};

/* A guard in parts, each with the parameters that must be bound before it is looked at. */
struct guard {
	const struct action *action;
	GPtrArray *parts; /* const struct term * */
	GArray *depths;   /* unsigned: so many parameters */
};

/* A state from which a walk can begin. */
struct kept {
	struct machine_config config;
	struct machine machine;
};

struct conforming {
	const struct rules *rules;
	const struct conform_options *options;
	struct conform_result *result;
	GPtrArray *guards; /* struct guard, of each action */
	struct bindings bindings;
	struct machine_config config;
	struct machine before, after;
	struct facts from, to, tried;
	struct prng prng;
	struct kept *kept; /* KEPT_MAX */
	unsigned kept_count;
};

/* Guards */

static unsigned depth_of(const struct action *action, const struct term *term)
{
	unsigned depth = 0;

	for (guint i = 0; term->kind == TERM_VARIABLE && i < action->parameters->len; i++) {
		if (action->parameters->pdata[i] == term->variable)
			depth = i + 1;
	}
	for (unsigned i = 0; i < term->count; i++)
		depth = MAX(depth, depth_of(action, term->args[i]));
	return depth;
}

static void add_guard_part(struct guard *guard, const struct term *term)
{
	unsigned depth = depth_of(guard->action, term);

	g_ptr_array_add(guard->parts, (gpointer)term);
	g_array_append_val(guard->depths, depth);
}

static void free_guard(gpointer data)
{
	struct guard *guard = data;

	g_ptr_array_unref(guard->parts);
	g_array_unref(guard->depths);
	g_free(guard);
}

static struct guard *new_guard(const struct action *action)
{
	struct guard *guard = g_new0(struct guard, 1);

	guard->action = action;
	guard->parts = g_ptr_array_new();
	guard->depths = g_array_new(FALSE, FALSE, sizeof(unsigned));
	if (action->guard->kind != TERM_AND) {
		add_guard_part(guard, action->guard);
		return guard;
	}
	for (unsigned i = 0; i < action->guard->count; i++)
		add_guard_part(guard, action->guard->args[i]);
	return guard;
}

static bool holds_at(struct conforming *c, const struct guard *guard, unsigned depth)
{
	for (guint i = 0; i < guard->parts->len; i++) {
		if (g_array_index(guard->depths, unsigned, i) == depth &&
			!facts_evaluate(&c->from, guard->parts->pdata[i], &c->bindings))
			return false;
	}
	return true;
}

static bool leads_to(struct conforming *c, const struct action *action)
{
	size_t size = c->from.count * sizeof(*c->from.values);

	memcpy(c->tried.values, c->from.values, size);
	facts_apply(&c->tried, action, &c->bindings);
	return memcmp(c->tried.values, c->to.values, size) == 0;
}

/* Are there values for the parameters from @depth on, so that the action is what happened? */
static bool matches(struct conforming *c, const struct guard *guard, unsigned depth)
{
	const struct action *action = guard->action;
	const struct variable *parameter;

	if (!holds_at(c, guard, depth))
		return false;
	if (depth == action->parameters->len)
		return leads_to(c, action);
	parameter = action->parameters->pdata[depth];
	for (int64_t value = 0; value < c->from.sizes[parameter->sort]; value++) {
		c->bindings.values[parameter->number] = value;
		if (matches(c, guard, depth + 1))
			return true;
	}
	return false;
}

static bool is_for(const struct action *action, const char *word)
{
	for (guint i = 0; i < action->steps->len; i++) {
		if (strcmp(action->steps->pdata[i], word) == 0)
			return true;
	}
	return false;
}

/* Telling */

static void tell(struct conforming *c, const struct explore_step *step, const char *what)
{
	g_autofree char *words = NULL, *state = NULL;
	g_autoptr(GPtrArray) changes = NULL;
	GString *text = c->result->first;

	if (text->len > 0)
		return;
	words = describe_step(&c->before, step);
	state = describe_state(&c->before, &c->config);
	g_string_append_printf(text, "%s: %s\n", what, words);
	changes = describe_changes(&c->before, &c->after);
	for (guint i = 0; i < changes->len; i++)
		g_string_append_printf(
			text, "%s%s", i ? "; " : "  changes: ", (const char *)changes->pdata[i]);
	g_string_append_printf(text, "\n  before:\n%s\n", state);
	g_string_truncate(text, MIN(text->len, FIRST_MAX));
}

static void look_at_claims(struct conforming *c, const struct explore_step *step)
{
	for (guint i = 0; i < c->rules->conjuncts->len; i++) {
		const struct claim *claim = c->rules->conjuncts->pdata[i];
		g_autofree char *what = NULL;

		if (facts_evaluate(&c->to, claim->term, &c->bindings))
			continue;
		what = g_strdup_printf("the conjunct %s does not hold after", claim->name);
		c->result->broken++;
		tell(c, step, what);
		return;
	}
}

/* Steps */

/* What comes after a rare step is rare, too: let other walks begin here. */
static void keep(struct conforming *c)
{
	unsigned at = c->kept_count;

	if (at < KEPT_MAX)
		c->kept_count++;
	else
		at = (unsigned)prng_below(&c->prng, KEPT_MAX);
	c->kept[at] = (struct kept){ c->config, c->after };
}

static void match_step(struct conforming *c, const struct explore_step *step)
{
	const char *word = step_kind(step->verb)->word;
	g_autoptr(GString) names = g_string_new(NULL);
	unsigned count = 0;

	facts_read_machine(&c->to, &c->after, &c->config);
	for (guint i = 0; i < c->guards->len; i++) {
		const struct guard *guard = c->guards->pdata[i];

		if (!is_for(guard->action, word) || !matches(c, guard, 0))
			continue;
		if (count++ == 0 && c->result->taken[i]++ < RARE)
			keep(c);
		g_string_append_printf(names, " %s", guard->action->name);
	}
	if (count == 0) {
		c->result->unmatched++;
		tell(c, step, "no action is this step");
	} else if (count > 1) {
		g_autofree char *what =
			g_strdup_printf("several actions (%s) are this step", names->str + 1);

		c->result->doubled++;
		tell(c, step, what);
	}
	if (c->options->looks)
		look_at_claims(c, step);
}

/* One of the kinds of steps that can be taken, then one of its steps: so that what is rare is not
 * hidden among many switches. */
static struct explore_step choose(
	struct conforming *c, const struct explore_step *steps, unsigned count)
{
	unsigned kinds[VERB_COUNT] = { 0 }, different = 0, kind, verb = 0, which;

	for (unsigned i = 0; i < count; i++)
		different += kinds[steps[i].verb]++ == 0;
	kind = (unsigned)prng_below(&c->prng, different);
	while (kinds[verb] == 0 || kind-- > 0)
		verb++;
	which = (unsigned)prng_below(&c->prng, kinds[verb]);
	for (unsigned i = 0; i < count; i++) {
		if (steps[i].verb == verb && which-- == 0)
			return steps[i];
	}
	g_assert_not_reached();
}

static void choose_machine(struct conforming *c)
{
	struct machine_config *config = &c->config;

	*config = (struct machine_config){ .protocol = c->rules->protocol };
	config->cpus_count = 1 + (uint32_t)prng_below(&c->prng, CPUS_MAX);
	config->tasks_max = 2 + (uint32_t)prng_below(&c->prng, TASKS_MAX - 1);
	config->tasks_start = 1 + (uint32_t)prng_below(&c->prng, config->tasks_max);
	config->allowed = (uint16_t)(1 + prng_below(&c->prng, (1u << config->cpus_count) - 1));
	for (uint32_t task = 0; task < config->tasks_max; task++)
		config->group[task] = (uint8_t)prng_below(&c->prng, 2);
	config->group[0] = 0;
	memset(config->may, MACHINE_LEFT_MAX, sizeof(config->may));
	if (!c->rules->options.failed_execs)
		config->may[MACHINE_FAILED_EXECS] = 0;
}

static bool goes_on(const struct conforming *c)
{
	return c->result->steps < c->options->steps &&
	       (c->result->steps % LOOK_AT_ONCE != 0 || !c->options->stop(c->options->context));
}

/* False if there is no such machine. */
static bool begin(struct conforming *c)
{
	const struct kept *kept = c->kept;

	if (c->kept_count == 0 || prng_below(&c->prng, 2) == 0) {
		choose_machine(c);
		return machine_start(&c->before, &c->config) &&
		       machine_start(&c->after, &c->config);
	}
	kept += prng_below(&c->prng, c->kept_count);
	c->config = kept->config;
	c->before = c->after = kept->machine;
	return true;
}

/* One walk from some state. */
static void walk(struct conforming *c)
{
	static const struct machine_twins none;
	struct explore_step steps[MACHINE_STEPS_MAX];
	unsigned count;

	if (!begin(c))
		return;
	facts_init(&c->from, c->rules, c->config.tasks_max, c->config.cpus_count);
	facts_init(&c->to, c->rules, c->config.tasks_max, c->config.cpus_count);
	facts_init(&c->tried, c->rules, c->config.tasks_max, c->config.cpus_count);
	facts_read_machine(&c->from, &c->before, &c->config);
	for (unsigned i = 0; i < WALK_MAX && goes_on(c); i++) {
		struct explore_step step;

		count = machine_steps(&c->before, &c->config, none, steps);
		if (count == 0)
			break;
		step = choose(c, steps, count);
		machine_copy(&c->after, &c->before);
		machine_apply(&c->after, &c->config, &step, NULL);
		if (machine_op_of(&step) != MACHINE_OPS)
			c->after.left[machine_op_of(&step)] = MACHINE_LEFT_MAX;
		match_step(c, &step);
		c->result->steps++;
		machine_copy(&c->before, &c->after);
		memcpy(c->from.values, c->to.values, c->from.count * sizeof(*c->from.values));
	}
	facts_clear(&c->from);
	facts_clear(&c->to);
	facts_clear(&c->tried);
}

struct conform_result *conform_run(
	const struct rules *rules, const struct conform_options *options, GError **error)
{
	struct conforming c = { .rules = rules, .options = options };
	const char *missing = facts_missing(rules);

	if (missing) {
		failure_input(
			error, "proof/state.rules: %s is no part of the model's state", missing);
		return NULL;
	}
	c.result = g_new0(struct conform_result, 1);
	c.result->actions = rules->actions->len;
	c.result->taken = g_new0(uint64_t, rules->actions->len);
	c.result->first = g_string_new(NULL);
	c.guards = g_ptr_array_new_with_free_func(free_guard);
	for (guint i = 0; i < rules->actions->len; i++)
		g_ptr_array_add(c.guards, new_guard(rules->actions->pdata[i]));
	c.kept = g_new(struct kept, KEPT_MAX);
	bindings_init(&c.bindings, rules);
	c.prng.key = prng_key(options->seed, 0);
	while (goes_on(&c))
		walk(&c);
	g_free(c.kept);
	bindings_clear(&c.bindings);
	g_ptr_array_unref(c.guards);
	return c.result;
}

void conform_free(struct conform_result *result)
{
	g_free(result->taken);
	g_string_free(result->first, TRUE);
	g_free(result);
}

bool conform_is_good(const struct conform_result *result)
{
	return !result || (result->doubled == 0 && result->unmatched == 0 && result->broken == 0);
}

void conform_print(GString *text, const struct conform_result *result)
{
	unsigned seen = 0;

	for (unsigned i = 0; i < result->actions; i++)
		seen += result->taken[i] > 0;
	g_string_append_printf(text,
		"  model        %" PRIu64 " random steps, %u of %u actions seen\n", result->steps,
		seen, result->actions);
	if (conform_is_good(result))
		return;
	g_string_append_printf(text,
		"  The rules are not those of the model: %" PRIu64 " steps are no action, %" PRIu64
		" are several,\n  after %" PRIu64 " a conjunct does not hold.\n  %s",
		result->unmatched, result->doubled, result->broken, result->first->str);
}

void conform_add_json(struct json *json, const struct conform_result *result)
{
	json_begin_object(json, "model");
	json_add_number(json, "steps", result->steps);
	json_add_number(json, "no_action", result->unmatched);
	json_add_number(json, "several_actions", result->doubled);
	json_add_number(json, "without_a_conjunct", result->broken);
	json_end_object(json);
}
