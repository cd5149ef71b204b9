/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/explain.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/scenario/private.h"

/* --- values: the reverse of what sim/base/values.c reads --- */

static void add_duration(GString *text, uint64_t ns)
{
	char buffer[VALUE_DURATION_MAX];

	value_format_duration(ns, buffer);
	g_string_append(text, buffer);
}

/* The share that was read has six decimals at most, and is the only one with this weight. */
static void add_share(GString *text, uint32_t weight)
{
	uint64_t millionths = (weight * UINT64_C(100000000) + (UINT64_C(1) << 31)) >> 32;

	g_assert(weight > 0);
	g_string_append_printf(
		text, "%" PRIu64 ".%06" PRIu64 "%%", millionths / 1000000, millionths % 1000000);
}

static void add_sample(GString *text, const struct sample *sample)
{
	static const char *const names[] = { [SAMPLE_CONSTANT] = "",
		[SAMPLE_UNIFORM] = "uniform(",
		[SAMPLE_EXPONENTIAL] = "exp(",
		[SAMPLE_BIMODAL] = "bimodal(" };

	g_assert((size_t)sample->kind < G_N_ELEMENTS(names));
	g_string_append(text, names[sample->kind]);
	add_duration(text, sample->a);
	if (sample->kind == SAMPLE_UNIFORM || sample->kind == SAMPLE_BIMODAL) {
		g_string_append_c(text, ',');
		add_duration(text, sample->b);
	}
	if (sample->kind == SAMPLE_BIMODAL) {
		g_string_append_c(text, ',');
		add_share(text, sample->weight);
	}
	if (sample->kind != SAMPLE_CONSTANT)
		g_string_append_c(text, ')');
}

static void add_cpus(GString *text, const struct scenario *scenario, const struct cpu_set *set)
{
	struct cpu_ids ids = { 0 };
	g_autofree char *list = NULL;

	g_assert(set->count > 0 && set->count <= scenario->cpus_count);
	for (uint32_t cpu = 0; cpu < scenario->cpus_count; cpu++) {
		if (cpu_set_has(set, cpu))
			cpu_ids_add(&ids, scenario->cpu_ids[cpu]);
	}
	list = cpu_ids_to_string(&ids);
	g_string_append(text, list);
}

static void add_loops(GString *text, uint64_t loops)
{
	g_assert(loops > 0);
	if (loops == SCENARIO_FOREVER)
		g_string_append(text, "forever");
	else
		g_string_append_printf(text, "%" PRIu64, loops);
}

static void add_phases(GString *text, const struct behaviour *behaviour)
{
	for (uint32_t i = 0; i < behaviour->phases_count; i++) {
		const struct scenario_phase *phase = &behaviour->phases[i];

		g_string_append(text, i ? "; " : "");
		add_loops(text, phase->times);
		g_string_append(text, " * (");
		add_sample(text, &phase->run);
		g_string_append(text, ", ");
		add_sample(text, &phase->sleep);
		g_string_append_c(text, ')');
	}
}

/* --- groups: by the rules with which they are read --- */

static void add_value(
	GString *text, const struct scenario *scenario, const struct rule *rule, const void *member)
{
	switch (rule->kind) {
	case RULE_TEXT:
		g_string_append(text, *(char *const *)member);
		break;
	case RULE_COUNT32:
		g_string_append_printf(text, "%" PRIu32, *(const uint32_t *)member);
		break;
	case RULE_COUNT64:
		g_string_append_printf(text, "%" PRIu64, *(const uint64_t *)member);
		break;
	case RULE_LOOPS:
		add_loops(text, *(const uint64_t *)member);
		break;
	case RULE_DURATION:
		add_duration(text, *(const uint64_t *)member);
		break;
	case RULE_SAMPLE:
		add_sample(text, member);
		break;
	case RULE_SWITCH:
		g_string_append(text, *(const bool *)member ? "on" : "off");
		break;
	case RULE_WORD:
		g_string_append(text, rule->words[*(const int *)member]);
		break;
	case RULE_CPUS:
		add_cpus(text, scenario, member);
		break;
	case RULE_MM:
		g_string_append(text, scenario->mms[*(const uint32_t *)member].name);
		break;
	case RULE_PHASES:
		add_phases(text, member);
		break;
	case RULE_OTHER:
		break;
	}
}

/* Why a value is not written: to write it would mean something else. NULL: it is written. */
static const char *left_out(const char *key, bool inherits, bool sleeps)
{
	if (inherits && strcmp(key, "cpus") == 0)
		return "as the parent's";
	if (sleeps &&
		(strcmp(key, "run") == 0 || strcmp(key, "sleep") == 0 || strcmp(key, "loops") == 0))
		return "none: it sleeps until it is needed";
	return NULL;
}

/* A task has phases, or run and sleep. */
static bool is_of_other_kind(
	const struct rule *rules, size_t count, const void *base, const struct rule *rule)
{
	const struct behaviour *behaviour = NULL;

	for (size_t i = 0; i < count; i++) {
		if (rules[i].kind == RULE_PHASES)
			behaviour = (const void *)((const char *)base + rules[i].offset);
	}
	if (!behaviour)
		return false;
	return behaviour->phases_count > 0
	               ? strcmp(rule->key, "run") == 0 || strcmp(rule->key, "sleep") == 0
	               : rule->kind == RULE_PHASES;
}

static void add_rules(GString *text, const struct scenario *scenario, const struct rule *rules,
	size_t count, const void *base, bool inherits, bool sleeps)
{
	for (size_t i = 0; i < count; i++) {
		const char *why = left_out(rules[i].key, inherits, sleeps);

		if (rules[i].kind == RULE_OTHER ||
			is_of_other_kind(rules, count, base, &rules[i]))
			continue;
		g_string_append_printf(text, why ? "# %s: %s" : "%s = ", rules[i].key, why);
		if (!why)
			add_value(text, scenario, &rules[i], (const char *)base + rules[i].offset);
		g_string_append_c(text, '\n');
	}
}

static void add_single(
	GString *text, const struct scenario *scenario, enum group_kind kind, const char *name)
{
	size_t count;
	const struct rule *rules = machine_rules(kind, &count);

	g_assert(rules);
	g_string_append_printf(text, "\n[%s]\n", name);
	add_rules(text, scenario, rules, count, scenario, false, false);
}

static void add_machine(GString *text, const struct scenario *scenario)
{
	const struct cpu_set all = { .count = scenario->cpus_count };

	g_assert(scenario->nr_cpu_ids >= scenario->cpus_count);
	g_string_append(text, "\n[machine]\ncpus = ");
	if (scenario->nr_cpu_ids == scenario->cpus_count)
		g_string_append_printf(text, "%" PRIu32, scenario->cpus_count);
	else
		add_cpus(text, scenario, &all);
	/* A single id would be read as a number of CPUs. */
	if (scenario->cpus_count == 1 && scenario->nr_cpu_ids > 1)
		g_string_append_printf(text, "-%" PRIu32, scenario->nr_cpu_ids - 1);
	g_string_append(text, "\nonline = ");
	add_cpus(text, scenario, &scenario->online);
	g_string_append_c(text, '\n');
}

static void add_protocol(GString *text, const struct scenario *scenario)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);
	char value[32];

	g_assert(scenario->revision);
	g_string_append_printf(text, "\n[protocol]\nrevision = %s\n", scenario->revision->name);
	for (size_t i = 0; i < count; i++) {
		protocol_get(&scenario->protocol, &flags[i], value, sizeof(value));
		g_string_append_printf(text, "%s = %s\n", flags[i].name, value);
	}
}

static void add_named(GString *text, const struct scenario *scenario, enum group_kind kind,
	const char *word, const char *name, const void *base, bool inherits, bool sleeps)
{
	size_t count;
	const struct rule *rules = tasks_rules(kind, &count);

	g_assert(rules);
	g_string_append_printf(text, "\n[%s %s]\n", word, name);
	add_rules(text, scenario, rules, count, base, inherits, sleeps);
}

/* An mm without run, sleep and loops: load_mm() leaves its run at nothing, which no file can. */
static bool mm_sleeps(const struct scenario_mm *mm)
{
	return mm->main.run.kind == SAMPLE_CONSTANT && mm->main.run.a == 0;
}

static void add_workload(GString *text, const struct scenario *s)
{
	for (uint32_t i = 0; i < s->mms_count; i++)
		add_named(text, s, GROUP_MM, "mm", s->mms[i].name, &s->mms[i], false,
			mm_sleeps(&s->mms[i]));
	for (uint32_t i = 0; i < s->groups_count; i++)
		add_named(text, s, GROUP_TASKS, "tasks", s->groups[i].name, &s->groups[i],
			!s->groups[i].has_cpus, false);
	for (uint32_t i = 0; i < s->ramps_count; i++)
		add_named(text, s, GROUP_RAMP, "ramp", s->ramps[i].name, &s->ramps[i],
			!s->ramps[i].has_cpus, false);
	for (uint32_t i = 0; i < s->pools_count; i++)
		add_named(
			text, s, GROUP_POOL, "pool", s->pools[i].name, &s->pools[i], false, false);
}

/* --- actions --- */

static void add_ref(GString *text, const struct scenario *s, const struct scenario_ref *ref)
{
	g_assert(ref->number >= -1);
	switch (ref->kind) {
	case REF_NONE:
		return;
	case REF_MM_MAIN:
		g_string_append(text, s->mms[ref->index].name);
		break;
	case REF_GROUP:
		g_string_append(text, s->groups[ref->index].name);
		break;
	case REF_RAMP:
		g_string_append(text, s->ramps[ref->index].name);
		break;
	case REF_POOL:
		g_string_append(text, s->pools[ref->index].name);
		break;
	}
	if (ref->number >= 0)
		g_string_append_printf(text, "/%" PRIi64, ref->number);
}

static void add_fork(GString *text, const struct scenario *s, const struct scenario_action *action)
{
	g_assert(action->count > 0 &&
		 action->target <
			 (action->verb == ACT_FORK_PROCESS ? s->mms_count : s->groups_count));
	g_string_append(text, action->verb == ACT_FORK_PROCESS ? s->mms[action->target].name
							       : s->groups[action->target].name);
	if (action->count > 1)
		g_string_append_printf(text, "*%" PRIu32, action->count);
	if (action->who.kind != REF_NONE)
		g_string_append(text, " by ");
	add_ref(text, s, &action->who);
}

static void add_action(
	GString *text, const struct scenario *s, const struct scenario_action *action)
{
	switch ((int)action->verb) {
	case ACT_FORK:
	case ACT_CLONE_VM:
	case ACT_VFORK:
	case ACT_FORK_PROCESS:
		add_fork(text, s, action);
		return;
	case ACT_CPU_OFF:
	case ACT_CPU_ON:
		add_cpus(text, s, &action->cpus);
		return;
	default:
		add_ref(text, s, &action->who);
		break;
	}
	if (action->verb == ACT_AFFINITY) {
		g_string_append(text, " : ");
		add_cpus(text, s, &action->cpus);
	} else if (action->verb == ACT_SLEEP && action->sleep_ns != SCENARIO_FOREVER) {
		g_string_append_c(text, ' ');
		add_duration(text, action->sleep_ns);
	}
}

static void add_actions(GString *text, const struct scenario *s)
{
	for (uint32_t i = 0; i < s->actions_count; i++) {
		const struct scenario_action *action = &s->actions[i];
		bool same_time = i > 0 && action[-1].time_ns == action->time_ns;

		if (!same_time) {
			g_string_append(text, i > 0 ? "\n\n[at " : "\n[at ");
			add_duration(text, action->time_ns);
			g_string_append(text, "]");
		}
		if (same_time && action[-1].verb == action->verb)
			g_string_append(text, "; ");
		else
			g_string_append_printf(
				text, "\n%s = ", scenario_verb_to_string(action->verb));
		add_action(text, s, action);
	}
	if (s->actions_count > 0)
		g_string_append_c(text, '\n');
}

/* --- expectations and axes --- */

static void add_expect_head(
	GString *text, const struct scenario *s, const struct scenario_expect *expect)
{
	g_assert(expect->mm < (int64_t)s->mms_count);
	g_string_append(text, "\n\n[expect");
	if (expect->mm >= 0)
		g_string_append_printf(text, " %s", s->mms[expect->mm].name);
	if (expect->process >= 0)
		g_string_append_printf(text, "/%" PRIi64, expect->process);
	if (!expect->at_end) {
		g_string_append(text, " at ");
		add_duration(text, expect->time_ns);
	}
	g_string_append(text, "]");
}

static void add_condition(GString *text, const struct scenario_expect *expect)
{
	static const char *const relations[] = { [REL_EQ] = "==",
		[REL_NE] = "!=",
		[REL_LT] = "<",
		[REL_LE] = "<=",
		[REL_GT] = ">",
		[REL_GE] = ">=" };

	g_assert((size_t)expect->relation < G_N_ELEMENTS(relations));
	g_string_append_printf(text, "%s ", relations[expect->relation]);
	if (expect->metric == METRIC_WINDOW_MAX_NS)
		add_duration(text, expect->value);
	else if (expect->metric == METRIC_MODE)
		g_string_append(text, expect->value ? "per-cpu" : "per-task");
	else if (expect->metric == METRIC_PROPERTY)
		g_string_append(text, scenario_property_to_string((unsigned)expect->value));
	else
		g_string_append_printf(text, "%" PRIu64 "%s", expect->value,
			expect->metric == METRIC_FAST_PATH_PERCENT ? "%" : "");
}

static bool same_group(const struct scenario_expect *a, const struct scenario_expect *b)
{
	return a->mm == b->mm && a->process == b->process && a->at_end == b->at_end &&
	       a->time_ns == b->time_ns;
}

static void add_expects(GString *text, const struct scenario *s)
{
	for (uint32_t i = 0; i < s->expects_count; i++) {
		const struct scenario_expect *expect = &s->expects[i];
		bool same = i > 0 && same_group(expect - 1, expect);

		if (!same)
			add_expect_head(text, s, expect);
		if (same && expect[-1].metric == expect->metric)
			g_string_append(text, "; ");
		else
			g_string_append_printf(
				text, "\n%s = ", scenario_metric_to_string(expect->metric));
		add_condition(text, expect);
	}
	if (s->expects_count > 0)
		g_string_append_c(text, '\n');
}

static void add_axes(GString *text, const struct scenario *s)
{
	if (s->axes_count > 0)
		g_string_append(text, "\n[sweep]\n");
	for (uint32_t i = 0; i < s->axes_count; i++)
		g_string_append_printf(text, "%s = %s\n", s->axes[i].key, s->axes[i].values);
}

static void add_run(GString *text, const struct scenario *scenario)
{
	add_single(text, scenario, GROUP_SCENARIO, "scenario");
	add_machine(text, scenario);
	add_protocol(text, scenario);
	add_single(text, scenario, GROUP_COST, "cost");
	add_single(text, scenario, GROUP_SCHED, "sched");
	add_workload(text, scenario);
	add_actions(text, scenario);
	add_expects(text, scenario);
	add_axes(text, scenario);
}

static void add_explored(GString *text, const struct scenario *scenario)
{
	explain_explored_machine(text, scenario);
	add_protocol(text, scenario);
	explain_explore(text, scenario);
	add_expects(text, scenario);
}

void explain_print(GString *text, const struct scenario *scenario)
{
	g_string_append_printf(
		text, "# %s as cidsim " CIDSIM_VERSION " runs it\n", text_path(scenario->path));
	if (scenario->explore.line)
		add_explored(text, scenario);
	else
		add_run(text, scenario);
}
