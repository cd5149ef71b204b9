/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/facts.h"

#include <string.h>

#include "tests/lib/machines.h"
#include "tests/lib/proof.h"
#include "tests/lib/suite.h"

/* All that is yes, and all numbers that are not 0: "run(0,0) users=1 phase=walk-cpus". */
static char *summary(const struct facts *facts)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < facts->rules->symbols->len; i++) {
		const struct symbol *symbol = facts->rules->symbols->pdata[i];
		unsigned wide = symbol->count == 2 ? facts->sizes[symbol->args[1]] : 1;
		unsigned places = symbol->count > 0 ? facts->sizes[symbol->args[0]] * wide : 1;

		for (unsigned place = 0; place < places; place++) {
			int32_t value = facts->values[facts->offsets[i] + place];
			const GPtrArray *values = facts->rules->sorts[symbol->sort].values;

			if (value == 0 || symbol->constant)
				continue;
			g_string_append_printf(text, "%s%s", text->len ? " " : "", symbol->name);
			if (symbol->count == 2)
				g_string_append_printf(text, "(%u,%u)", place / wide, place % wide);
			else if (symbol->count == 1)
				g_string_append_printf(text, "(%u)", place);
			if (values)
				g_string_append_printf(text, "=%s", (char *)values->pdata[value]);
			else if (symbol->sort == SORT_INT)
				g_string_append_printf(text, "=%d", value);
			else
				ck_assert_int_eq(value, 1);
		}
	}
	return g_string_free(text, FALSE);
}

static const struct {
	const char *revision;
	uint32_t cpus, tasks, tasks_max;
	const char *steps[8];
	const char *facts;
} played[] = {
	{ "7.1", 1, 1, 1, { NULL },
		"own(0,0) cplain(0,0) bit(0) active(0) visible(0) run(0,0) users=1 allowed=1 "
	        "max=1" },
	{ "7.1", 2, 1, 2, { "leave 0", NULL },
		"own(0,0) cplain(0,0) cplain(1,0) bit(0) active(0) visible(0) between(0) "
		"users=1 allowed=2 max=1" },
	{ "7.1", 2, 1, 2, { "fork T0 T1", "leave 1", "enter 1 T1", NULL },
		"own(0,0) own(1,1) cplain(0,0) cplain(1,1) bit(0) bit(1) active(0) active(1) "
		"visible(0) visible(1) run(0,0) run(1,1) users=2 allowed=2 max=2" },
	{ "7.1", 1, 1, 2, { "fork T0 T1", NULL },
		"tra(0,0) ctra(0,0) bit(0) active(0) active(1) visible(0) visible(1) run(0,0) "
		"percpu trans phase=walk-tasks initiator(0) child(1) vt(0) users=2 allowed=1 "
		"max=1 thrs=1" },
	{ "7.1", 1, 1, 2, { "fork T0 T1", "walk", "complete", NULL },
		"tra(0,0) ctra(0,0) bit(0) active(0) active(1) visible(0) visible(1) run(0,0) "
		"percpu users=2 allowed=1 max=1 thrs=1" },
	{ "7.1", 1, 2, 3, { "exit T0", NULL },
		"ctra(0,0) active(1) visible(0) visible(1) run(0,0) percpu users=1 allowed=1 "
		"max=1 thrs=1" },
	{ "7.1", 1, 1, 2, { "failed-exec T0", NULL },
		"cplain(0,0) in-exec(0) visible(0) run(0,0) allowed=1" },
	{ "7.1", 2, 2, 3, { "fork T0 T2", NULL },
		"own(1,1) tra(0,0) ctra(0,0) cplain(1,0) bit(0) bit(1) active(0) active(1) "
		"active(2) visible(0) visible(1) visible(2) run(0,0) percpu trans "
		"phase=walk-tasks initiator(0) child(2) vt(0) users=3 allowed=2 max=2 thrs=1" },
	{ "7.1", 2, 2, 3,
		{ "fork T0 T2", "walk", "walk", "complete", "leave 1", "enter 1 T1", "exit T1",
			NULL },
		"tra(0,0) cown(1,1) ctra(0,0) bit(0) bit(1) active(0) active(2) visible(0) "
		"visible(1) visible(2) run(0,0) run(1,1) percpu users=2 allowed=2 max=2 "
		"thrs=1" },
	{ "6.19", 2, 1, 2, { "fork T0 T1", NULL },
		"own(0,0) own(1,1) cplain(0,0) cplain(1,0) bit(0) bit(1) active(0) active(1) "
		"visible(0) run(0,0) users=2 allowed=2 max=2" },
};

TEST_ROWS(a_machine_is_read, played)
{
	struct machine_config config = machines_busy_config(
		played[_i].revision, played[_i].cpus, played[_i].tasks, played[_i].tasks_max);
	struct rules *rules = proof_shipped(&config.protocol, true);
	struct machine *machine = machines_started(&config, played[_i].steps);
	struct facts facts;
	g_autofree char *found = NULL;

	facts_init(&facts, rules, config.tasks_max, config.cpus_count);
	facts_read_machine(&facts, machine, &config);
	found = summary(&facts);
	ck_assert_str_eq(found, played[_i].facts);
	facts_clear(&facts);
	proof_rules_free(rules);
	free(machine);
}

/* Few symbols, and an action with lines that read what those before have changed. */
static const char small[] =
	"sort task = t p\n"
	"sort number = n m\n"
	"state active(task) \"\"\n"
	"state own(task, number) \"\"\n"
	"state users: int \"\"\n"
	"state max: int \"\"\n"
	"action swap() \"\" step x when yes\n"
	"	then users := max\n"
	"	max := users\n"
	"action turn() \"\" step x when yes\n"
	"	then own(t, n) := if own(t, n) then no else all m: m = n or own(t, m)\n"
	"action give(t, p, n) \"\" step x when own(t, n) and t != p\n"
	"	then own(t, m) := no\n"
	"	own(p, n) := not own(t, n)\n"
	"	active(p) := some m: own(p, m)\n"
	"action shift() \"\" step x when yes\n"
	"	then own(t, n) := some p: own(p, n) and p != t\n"
	"action inner(t) \"\" step x when yes\n"
	"	then active(p) := p = t\n"
	"	users := if active(t) then users * 3 - 7 div 2 else 0\n"
	"property none \"\" = all t, n: not own(t, n)\n"
	"property each \"\" = all t: some n: own(t, n)\n"
	"property one \"\" = some n: all t: own(t, n)\n"
	"property same \"\" = all t, p, n: own(t, n) and own(p, n) => t = p\n"
	"property fits \"\" = users <= max\n";

struct small {
	struct rules *rules;
	struct facts facts;
	struct bindings bindings;
};

/* Three tasks, two numbers, none of them owned. */
static void small_begin(struct small *at)
{
	const struct machine_config config = { .cpus_count = 2, .tasks_max = 3 };

	at->rules = proof_of_text(small, NULL);
	ck_assert_ptr_nonnull(at->rules);
	facts_init(&at->facts, at->rules, config.tasks_max, config.cpus_count);
	bindings_init(&at->bindings, at->rules);
}

static void small_end(struct small *at)
{
	bindings_clear(&at->bindings);
	facts_clear(&at->facts);
	proof_rules_free(at->rules);
}

static void small_own(struct small *at, const char *pairs)
{
	for (const char *pair = pairs; *pair; pair += pair[2] ? 3 : 2)
		*proof_value(&at->facts, "own", (unsigned)(pair[0] - '0'),
			(unsigned)(pair[1] - '0')) = 1;
}

static void small_take(struct small *at, const char *name, const int64_t *values)
{
	struct action *action = proof_action(at->rules, name);

	for (guint i = 0; i < action->parameters->len; i++) {
		const struct variable *parameter = action->parameters->pdata[i];

		at->bindings.values[parameter->number] = values[i];
	}
	facts_apply(&at->facts, action, &at->bindings);
}

/* The properties that hold, a letter each: none, each, one, same, fits. */
static const struct {
	const char *own, *holds;
} owned[] = {
	{ "", "nsf" },
	{ "00", "sf" },
	{ "00 10", "f" },
	{ "00 11 20", "ef" },
	{ "01 11 21", "eof" },
	{ "00 11", "sf" },
	{ "00 01 10 11 20 21", "eof" },
};

TEST_ROWS(quantifiers_are_evaluated, owned)
{
	struct small at;
	GString *found = g_string_new(NULL);

	small_begin(&at);
	small_own(&at, owned[_i].own);
	for (guint i = 0; i < at.rules->properties->len; i++) {
		const struct claim *claim = at.rules->properties->pdata[i];

		if (facts_evaluate(&at.facts, claim->term, &at.bindings))
			g_string_append_c(found, claim->name[0]);
	}
	ck_assert_str_eq(found->str, owned[_i].holds);
	g_string_free(found, TRUE);
	small_end(&at);
}

static const struct {
	const char *own, *action;
	int64_t values[3];
	const char *after;
} taken[] = {
	{ "", "swap", { 0 }, "users=5 max=5" }, /* one line after the other */
	{ "", "turn", { 0 }, "users=2 max=5" },
	{ "00 10 11", "turn", { 0 }, "own(0,1) users=2 max=5" }, /* all at once in one line */
	{ "00 01 11", "give", { 0, 1, 0 }, "active(1) own(1,0) own(1,1) users=2 max=5" },
	{ "00", "shift", { 0 }, "own(1,0) own(2,0) users=2 max=5" },
	{ "00 10", "shift", { 0 }, "own(0,0) own(1,0) own(2,0) users=2 max=5" },
	{ "", "inner", { 1 }, "active(1) users=3 max=5" },
};

TEST_ROWS(an_action_is_taken_line_by_line, taken)
{
	struct small at;
	g_autofree char *found = NULL;

	small_begin(&at);
	small_own(&at, taken[_i].own);
	*proof_value(&at.facts, "users", 0, 0) = 2;
	*proof_value(&at.facts, "max", 0, 0) = 5;
	small_take(&at, taken[_i].action, taken[_i].values);
	found = summary(&at.facts);
	ck_assert_str_eq(found, taken[_i].after);
	small_end(&at);
}

static const struct {
	const char *text, *missing;
} shapes[] = {
	{ "state percpu \"\"\nstate users: int \"\"\n", NULL },
	{ "state nobody \"\"\n", "nobody" },
	{ "state perc \"\"\n", "perc" },
	{ "sort task = t\nsort number = n\nstate own(task, number) \"\"\n", NULL },
	{ "sort task = t\nsort number = n\nstate own(number, task) \"\"\n", "own" },
	{ "sort task = t\nstate own(task, task, task) \"\"\n", "own" },
	{ "sort task = t\nstate own(task) \"\"\n", "own" },
	{ "kind cpu = one\nstate vc(cpu) \"\"\n", "vc" },
	{ "state users \"\"\n", "users" },
	{ "state percpu: int \"\"\n", "percpu" },
	{ "sort a = t\nsort b = n\nsort c = m\nsort d = o\nstate percpu \"\"\n", NULL },
};

TEST_ROWS(what_no_machine_has_is_named, shapes)
{
	const struct machine_config config = machines_config("7.1", 2, 1, 2);
	struct rules *rules = proof_of_text(shapes[_i].text, NULL);
	struct machine *machine = machines_new(&config);
	struct facts facts;
	const char *missing;

	ck_assert_ptr_nonnull(rules);
	missing = facts_missing(rules);
	ck_assert_pstr_eq(missing, shapes[_i].missing);
	if (!missing) {
		facts_init(&facts, rules, config.tasks_max, config.cpus_count);
		facts_read_machine(&facts, machine, &config);
		facts_clear(&facts);
	}
	proof_rules_free(rules);
	free(machine);
}
