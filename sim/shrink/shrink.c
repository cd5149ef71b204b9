/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/values.h"
#include "sim/breach/breach.h"
#include "sim/shrink/private.h"

enum { EVENTS_MORE = 10000 }; /* a smaller scenario may have a few more events */

/* What remains of @expect's entry: its own condition only. */
static void keep_condition(struct draft_entry *entry, const char *text)
{
	const char *condition = text + strlen(entry->key);

	g_assert(g_str_has_prefix(text, entry->key));
	while (*condition == ' ')
		condition++;
	if (g_str_has_prefix(condition, "= "))
		condition += 2;
	g_free(entry->value);
	entry->value = g_strdup(condition);
}

/* Of the expectations only the one that fails stays; for a broken property none. */
static void keep_failing(struct draft *draft, const struct failure *failure)
{
	struct draft_group *kept = NULL;
	struct draft_entry *entry = failure->text ? draft_find(draft, failure->line, &kept) : NULL;

	g_assert(!failure->text == !entry);
	for (guint i = 0; i < draft->groups->len; i++) {
		struct draft_group *group = draft->groups->pdata[i];

		if (!draft_is_kind(group, "expect"))
			continue;
		group->fixed = entry && group == kept;
		group->gone = !group->fixed;
		for (guint e = 0; e < group->entries->len; e++)
			/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no NULL is put in */
			((struct draft_entry *)group->entries->pdata[e])->gone =
				group->entries->pdata[e] != entry;
	}
	if (!entry)
		return;
	entry->fixed = true;
	keep_condition(entry, failure->text);
}

/* A run that ends soon after it has failed is a shorter one: rounded up to ms, us, or as it is. */
static void end_early(struct shrinker *shrinker, uint64_t failed_ns)
{
	struct draft_entry *given = draft_get(shrinker->draft, "scenario", "time");
	struct draft_entry *entry;
	char time[VALUE_DURATION_MAX];

	if (given)
		given->gone = true;
	for (uint64_t unit = 1000000; unit > 0; unit /= 1000) {
		value_format_duration((failed_ns / unit + 1) * unit, time);
		entry = draft_add(shrinker->draft, "scenario", "time", time);
		if (shrink_try(shrinker))
			return;
		entry->gone = true;
	}
	if (given)
		given->gone = false;
}

static bool breach_goes_on(void *context)
{
	const struct shrink_plan *plan = context;

	return plan->goes_on(plan->context, 1); /* the first run is over */
}

/* When the failure shows; 0: at the end. */
static uint64_t failed_at(
	struct record_result *result, const struct failure *failure, const struct shrink_plan *plan)
{
	if (!failure->text)
		return ((struct record_violation *)result->violations->pdata[0])->time_ns;
	breach_find(result, breach_goes_on, (void *)plan);
	for (guint i = 0; i < result->verdicts->len; i++) {
		const struct record_verdict *verdict = result->verdicts->pdata[i];

		if (verdict->expect->line == failure->line && verdict->failed == FAILED_AT &&
			strcmp(verdict->expect->text, failure->text) == 0)
			return verdict->failed_ns;
	}
	return 0;
}

/* Until nothing is kept any more. */
static void shrink_steadily(struct shrinker *shrinker)
{
	uint64_t before;

	do {
		before = shrinker->kept;
		shrink_drop_groups(shrinker);
		shrink_drop_keys(shrinker);
		shrink_lower(shrinker);
	} while (shrinker->kept > before && !shrinker->stopped);
}

/* Where the number of CPUs is the default it is given, so that it can be lowered. */
static void give_cpus(struct shrinker *shrinker)
{
	g_autofree char *text = draft_print(shrinker->draft), *number = NULL;
	struct scenario *scenario = shrink_parse(text);

	g_assert(scenario); /* it fails, so it loads */
	number = g_strdup_printf("%u", scenario->cpus_count);
	scenario_free(scenario);
	if (!draft_get(shrinker->draft, "machine", "cpus"))
		draft_add(shrinker->draft, "machine", "cpus", number);
}

static void shrink_draft(struct shrinker *shrinker, uint64_t failed_ns, bool timed)
{
	uint64_t before;

	if (failed_ns > 0 && timed)
		end_early(shrinker, failed_ns);
	do {
		shrink_steadily(shrinker);
		before = shrinker->kept;
		give_cpus(shrinker);
		shrink_lower_cpus(shrinker);
	} while (shrinker->kept > before && !shrinker->stopped);
	shrink_drop_groups(shrinker); /* what was given for nothing */
}

/* In the order in which people read it, if it fails in that order, too. */
static char *print_sorted(struct draft *draft, const struct failure *failure)
{
	char *text = draft_print(draft), *sorted;

	draft_sort(draft);
	sorted = draft_print(draft);
	if (shrink_verify(sorted, failure)) {
		g_free(text);
		return sorted;
	}
	g_free(sorted);
	return text;
}

/* @ran is the result of the scenario that was given: it fails. */
static void shrink_failing(const char *text, const struct shrink_plan *plan,
	struct record_result *ran, struct shrink_result *result)
{
	struct shrinker shrinker = { .plan = plan, .draft = draft_new(text) };
	bool timed = !ran->scenario->steps_line;

	result->failure = failure_new(ran);
	result->lines_before = draft_lines(shrinker.draft);
	shrinker.failure = result->failure;
	shrinker.events_max = ran->events + EVENTS_MORE;
	keep_failing(shrinker.draft, result->failure);
	if (shrink_try(&shrinker))
		shrink_draft(&shrinker, failed_at(ran, result->failure, plan), timed);
	else
		result->cannot = g_strdup("without its other expectations it does not fail so");
	result->lines = draft_lines(shrinker.draft);
	if (!result->cannot)
		result->text = print_sorted(shrinker.draft, result->failure);
	result->runs = shrinker.runs;
	result->minimal = !shrinker.stopped;
	draft_free(shrinker.draft);
}

void shrink(const char *text, const struct shrink_plan *plan, struct shrink_result *result)
{
	struct scenario *scenario = shrink_parse(text);
	struct record_result *ran;

	*result = (struct shrink_result){ 0 };
	g_assert(scenario && plan->runs_max > 0);
	ran = shrink_run(scenario, UINT64_MAX, plan, 0);
	if (ran->input_error)
		result->cannot = g_strdup_printf("it cannot be run: %s", ran->input_error);
	else if (record_result_outcome(ran) == OUTCOME_FAILED && !record_result_cut_short(ran))
		shrink_failing(text, plan, ran, result);
	else
		result->cannot = g_strdup(record_result_outcome(ran) == OUTCOME_OK
						  ? "it passes"
						  : "it ends early, undecided");
	record_result_free(ran);
	scenario_free(scenario);
	g_assert(!result->text == (result->cannot != NULL));
}

void shrink_result_clear(struct shrink_result *result)
{
	g_free(result->text);
	g_free(result->cannot);
	failure_free(result->failure);
}
