/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/smt.h"

#include <string.h>

#include "sim/proof/facts.h"
#include "sim/proof/solver.h"
#include "tests/lib/machines.h"
#include "tests/lib/proof.h"
#include "tests/lib/suite.h"

/*
 * What terms are, and what actions change, as sim/proof/facts.c says it and as a solver says it of
 * the text of sim/proof/smt.c. A state of a small machine is written as tables: sorts of so many
 * elements, a function for each symbol. That all values are those of facts.c is one question, to be
 * unsat; that they are so with one value exchanged is another one, to be sat.
 */

enum { ROWS = 7, STATES = 4, LONG_TIMES = 10, STEPS_BETWEEN = 12, Z3 = 0 };

static const struct {
	const char *revision, *flag, *value;
} protocols[ROWS] = {
	{ "7.1", NULL, NULL },
	{ "7.1", "split-get", "on" },
	{ "7.1", "exec-return", "late" },
	{ "affinity-return", NULL, NULL },
	{ "bounded-get", NULL, NULL },
	{ "6.19", NULL, NULL },
	{ "v3", NULL, NULL },
};

/* A script, and what its answers are to be. */
struct comparison {
	const struct rules *rules;
	struct facts facts;
	struct bindings bindings;
	struct prng prng;
	GString *text;
	GArray *wanted;       /* uint8_t: enum answer */
	GPtrArray *equations; /* char *: of the question that is being written */
	unsigned compared;
};

static void add_element(GString *text, const struct rules *rules, unsigned sort, int64_t value)
{
	const struct sort_info *info = &rules->sorts[sort];

	if (sort == SORT_YES_NO)
		g_string_append(text, value ? "true" : "false");
	else if (sort == SORT_INT && value < 0)
		g_string_append_printf(text, "(- %d)", (int)-value);
	else if (sort == SORT_INT)
		g_string_append_printf(text, "%d", (int)value);
	else if (info->values)
		g_string_append(text, info->values->pdata[value]);
	else
		g_string_append_printf(text, "%s.%d", info->name, (int)value);
}

static void add_sorts(struct comparison *c)
{
	for (unsigned sort = SORT_DECLARED; sort < c->rules->sorts_count; sort++) {
		g_string_append_printf(
			c->text, "(declare-datatypes ((%s 0)) ((", c->rules->sorts[sort].name);
		for (unsigned i = 0; i < c->facts.sizes[sort]; i++) {
			g_string_append_c(c->text, '(');
			add_element(c->text, c->rules, sort, i);
			g_string_append_c(c->text, ')');
		}
		g_string_append(c->text, ")))\n");
	}
}

static const char *sort_name(const struct comparison *c, unsigned sort)
{
	if (sort == SORT_YES_NO)
		return "Bool";
	return sort == SORT_INT ? "Int" : c->rules->sorts[sort].name;
}

/* The arguments of place @place of @symbol, the last one first. */
static void arguments_of(const struct comparison *c, const struct symbol *symbol, unsigned place,
	unsigned *arguments)
{
	for (unsigned i = symbol->count; i-- > 0;) {
		unsigned size = c->facts.sizes[symbol->args[i]];

		arguments[i] = place % size;
		place /= size;
	}
}

static unsigned places_of(const struct comparison *c, const struct symbol *symbol)
{
	unsigned places = 1;

	for (unsigned i = 0; i < symbol->count; i++)
		places *= c->facts.sizes[symbol->args[i]];
	return places;
}

/* "(define-fun own ((x0 task) (x1 number)) Bool (ite (and (= x0 task.0) …) true …))" */
static void add_table(struct comparison *c, const struct symbol *symbol)
{
	const int32_t *values = c->facts.values + c->facts.offsets[symbol->index];
	unsigned places = places_of(c, symbol), arguments[TERM_ARGS_MAX];

	g_string_append_printf(c->text, "(define-fun %s (", symbol->name);
	for (unsigned i = 0; i < symbol->count; i++)
		g_string_append_printf(c->text, "(x%u %s)", i, sort_name(c, symbol->args[i]));
	g_string_append_printf(c->text, ") %s ", sort_name(c, symbol->sort));
	for (unsigned place = 0; place + 1 < places; place++) {
		arguments_of(c, symbol, place, arguments);
		g_string_append(c->text, "(ite (and");
		for (unsigned i = 0; i < symbol->count; i++) {
			g_string_append_printf(c->text, " (= x%u ", i);
			add_element(c->text, c->rules, symbol->args[i], arguments[i]);
			g_string_append_c(c->text, ')');
		}
		g_string_append(c->text, ") ");
		add_element(c->text, c->rules, symbol->sort, values[place]);
		g_string_append_c(c->text, ' ');
	}
	add_element(c->text, c->rules, symbol->sort, values[places - 1]);
	for (unsigned place = 0; place < places; place++)
		g_string_append_c(c->text, ')');
	g_string_append_c(c->text, '\n');
}

/* "(= TERM VALUE)" is to be so. */
static void equation(struct comparison *c, GString *term, unsigned sort, int64_t value)
{
	g_string_prepend(term, "(= ");
	g_string_append_c(term, ' ');
	add_element(term, c->rules, sort, value);
	g_string_append_c(term, ')');
	g_ptr_array_add(c->equations, g_string_free(term, FALSE));
}

static void add_check(struct comparison *c, uint8_t wanted, unsigned exchanged)
{
	g_string_append(c->text, "(push 1)\n(assert (not (and true");
	for (guint i = 0; i < c->equations->len; i++) {
		const char *text = c->equations->pdata[i];

		g_string_append_printf(c->text, i == exchanged ? "\n(not %s)" : "\n%s", text);
	}
	g_string_append(c->text, ")))\n(check-sat)\n(pop 1)\n");
	g_array_append_val(c->wanted, wanted);
}

/* Ask whether all equations hold, and whether they do with one of them exchanged. */
static void ask(struct comparison *c)
{
	unsigned count = c->equations->len;

	add_check(c, ANSWER_NEVER, count);
	add_check(c, ANSWER_CAN_BE, machines_below(&c->prng, count));
	c->compared += count;
	g_ptr_array_set_size(c->equations, 0);
}

static void compare_claims(struct comparison *c, const GPtrArray *claims)
{
	struct smt_state state;

	smt_state_init(&state, c->rules);
	for (guint i = 0; i < claims->len; i++) {
		const struct claim *claim = claims->pdata[i];
		GString *term = g_string_new(NULL);

		smt_add_term(term, c->rules, &state, claim->term);
		equation(
			c, term, SORT_YES_NO, facts_evaluate(&c->facts, claim->term, &c->bindings));
	}
	smt_state_clear(&state);
	ask(c);
}

/* Give the parameters of @action random values, here and in the script. */
static void bind_parameters(struct comparison *c, const struct action *action)
{
	for (guint i = 0; i < action->parameters->len; i++) {
		const struct variable *parameter = action->parameters->pdata[i];
		int64_t value = machines_below(&c->prng, c->facts.sizes[parameter->sort]);

		c->bindings.values[parameter->number] = value;
		g_string_append_printf(c->text, "(define-fun %s_%u () %s ", parameter->name,
			parameter->number, sort_name(c, parameter->sort));
		add_element(c->text, c->rules, parameter->sort, value);
		g_string_append(c->text, ")\n");
	}
}

/* Each place of @symbol as it is in @state has the value of facts.c. */
static void add_places(
	struct comparison *c, const struct smt_state *state, const struct symbol *symbol)
{
	const int32_t *values = c->facts.values + c->facts.offsets[symbol->index];
	unsigned arguments[TERM_ARGS_MAX], changes = state->changes[symbol->index];

	for (unsigned place = 0; place < places_of(c, symbol); place++) {
		GString *term = g_string_new(symbol->count > 0 ? "(" : "");

		g_string_append(term, symbol->name);
		if (changes > 0)
			g_string_append_printf(term, "!%u", changes);
		arguments_of(c, symbol, place, arguments);
		for (unsigned i = 0; i < symbol->count; i++) {
			g_string_append_c(term, ' ');
			add_element(term, c->rules, symbol->args[i], arguments[i]);
		}
		if (symbol->count > 0)
			g_string_append_c(term, ')');
		equation(c, term, symbol->sort, values[place]);
	}
}

/* How many are members in @values and not in @others? */
static unsigned more_members(
	struct comparison *c, const struct counted *counted, int32_t *values, int32_t *others)
{
	int32_t *current = c->facts.values;
	int64_t *element = &c->bindings.values[counted->variable->number];
	unsigned count = 0;

	for (*element = 0; *element < c->facts.sizes[counted->variable->sort]; (*element)++) {
		c->facts.values = values;
		if (facts_evaluate(&c->facts, counted->member, &c->bindings)) {
			c->facts.values = others;
			count += !facts_evaluate(&c->facts, counted->member, &c->bindings);
		}
	}
	c->facts.values = current;
	return count;
}

/* What is counted differs by one element and by one in number, or not at all. */
static void compare_counts(struct comparison *c, const struct smt_state *after, int32_t *before)
{
	struct smt_state first;

	smt_state_init(&first, c->rules);
	for (guint i = 0; i < c->rules->counts->len; i++) {
		const struct counted *counted = &g_array_index(c->rules->counts, struct counted, i);
		unsigned offset = c->facts.offsets[counted->symbol->index];
		int more = (int)more_members(c, counted, c->facts.values, before);
		int fewer = (int)more_members(c, counted, before, c->facts.values);
		GString *term = g_string_new(NULL);

		smt_add_counts(term, c->rules, &first, after, counted);
		equation(c, term, SORT_YES_NO,
			more + fewer <= 1 &&
				c->facts.values[offset] - before[offset] == more - fewer);
	}
	smt_state_clear(&first);
}

/* Its guard, and the state after it: that is there whether the guard holds or not. */
static void compare_action(struct comparison *c, const struct action *action)
{
	g_autofree int32_t *before =
		g_memdup2(c->facts.values, c->facts.count * sizeof(*c->facts.values));
	GString *guard = g_string_new(NULL);
	struct smt_state state;

	smt_state_init(&state, c->rules);
	g_string_append(c->text, "(push 1)\n");
	bind_parameters(c, action);
	smt_add_term(guard, c->rules, &state, action->guard);
	equation(c, guard, SORT_YES_NO, facts_evaluate(&c->facts, action->guard, &c->bindings));
	smt_add_updates(c->text, c->rules, &state, action);
	facts_apply(&c->facts, action, &c->bindings);
	for (guint i = 0; i < c->rules->symbols->len; i++) {
		if (state.changes[i] > 0)
			add_places(c, &state, c->rules->symbols->pdata[i]);
	}
	compare_counts(c, &state, before);
	ask(c);
	g_string_append(c->text, "(pop 1)\n");
	smt_state_clear(&state);
	memcpy(c->facts.values, before, c->facts.count * sizeof(*before));
}

static void compare_state(struct comparison *c)
{
	g_string_append(c->text, "(reset)\n(set-logic ALL)\n");
	add_sorts(c);
	for (guint i = 0; i < c->rules->symbols->len; i++)
		add_table(c, c->rules->symbols->pdata[i]);
	compare_claims(c, c->rules->conjuncts);
	compare_claims(c, c->rules->properties);
	for (guint i = 0; i < c->rules->actions->len; i++)
		compare_action(c, c->rules->actions->pdata[i]);
}

/* A random state of a random machine; every third time with one value spoiled. */
static void compare_machine(struct comparison *c, const struct protocol *protocol, unsigned round)
{
	uint32_t cpus = 1 + machines_below(&c->prng, 3), tasks = 2 + machines_below(&c->prng, 3);
	struct machine_config config =
		machines_busy_config("7.1", cpus, 1 + machines_below(&c->prng, tasks), tasks);
	struct machine *machine;
	struct explore_step step;

	config.protocol = *protocol;
	config.allowed = (uint16_t)(1 + machines_below(&c->prng, (1u << cpus) - 1));
	config.may[MACHINE_AFFINITIES] = 3;
	machine = machines_new(&config);
	for (unsigned i = machines_below(&c->prng, STEPS_BETWEEN * 2); i > 0; i--) {
		if (!machines_take_random(machine, &config, &c->prng, &step))
			break;
	}
	facts_init(&c->facts, c->rules, config.tasks_max, config.cpus_count);
	facts_read_machine(&c->facts, machine, &config);
	if (round % 3 == 2)
		c->facts.values[machines_below(&c->prng, c->facts.count)] ^= 1;
	compare_state(c);
	facts_clear(&c->facts);
	free(machine);
}

/* The end of question @number, for who has to find out. */
static char *end_of_question(const struct comparison *c, unsigned number)
{
	const char *end = c->text->str;

	for (unsigned i = 0; i <= number; i++)
		end = strstr(end, "(check-sat)") + 1;
	return g_strndup(MAX(end - 600, c->text->str), (gsize)MIN(600, end - c->text->str));
}

static void look_at_answers(const struct comparison *c)
{
	const struct solver_script script = { .text = c->text->str, .count = c->wanted->len };
	const struct solver_limits limits = { .query_s = 10, .memory_mib = 4096 };
	g_autofree uint8_t *answers = g_new0(uint8_t, script.count);
	g_autoptr(GError) fault = NULL;

	ck_assert_msg(solver_ask(Z3, &script, &limits, answers, &fault), "%s",
		fault ? fault->message : "");
	for (unsigned i = 0; i < script.count; i++) {
		if (answers[i] != g_array_index(c->wanted, uint8_t, i))
			ck_abort_msg("answer %u to …%s", answers[i], end_of_question(c, i));
	}
}

TEST_LONG(a_solver_finds_the_same_values, 0, ROWS, ROWS *LONG_TIMES)
{
	const unsigned row = (unsigned)_i % ROWS;
	struct protocol protocol = revision_find(protocols[row].revision)->protocol;
	g_autofree char *version = solver_version(Z3, NULL);
	struct comparison c = { .text = g_string_new(NULL),
		.wanted = g_array_new(FALSE, FALSE, 1),
		.equations = g_ptr_array_new_with_free_func(g_free) };
	struct rules *rules;

	if (!version) {
		suite_skip("there is no z3");
		return;
	}
	if (protocols[row].flag)
		ck_assert_int_eq(
			protocol_set(&protocol, protocols[row].flag, protocols[row].value), 0);
	c.rules = rules = proof_shipped(&protocol, true);
	c.prng.key = prng_key(1, (uint64_t)_i);
	bindings_init(&c.bindings, rules);
	for (unsigned round = 0; round < STATES; round++)
		compare_machine(&c, &protocol, round);
	ck_assert_uint_gt(c.compared, 1000);
	look_at_answers(&c);
	bindings_clear(&c.bindings);
	g_string_free(c.text, TRUE);
	g_array_unref(c.wanted);
	g_ptr_array_unref(c.equations);
	proof_rules_free(rules);
}
