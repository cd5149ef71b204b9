/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/expect.h"

#include <stdlib.h>

/* What was found for a metric: a range, because some are measured more than once. */
struct finding {
	bool any; /* false: nothing was measured */
	uint64_t min, max;
};

static struct finding one(uint64_t value)
{
	return (struct finding){ .any = true, .min = value, .max = value };
}

static struct finding range(const struct record_range *range)
{
	return (struct finding){ .any = range->count > 0, .min = range->min, .max = range->max };
}

/* By time, then by place in the scenario's table, which is unique and in the order of lines. */
static int compare_instants(const void *a, const void *b)
{
	const struct scenario_expect *x = *(const struct scenario_expect *const *)a;
	const struct scenario_expect *y = *(const struct scenario_expect *const *)b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void sort_instants(struct recorder *recorder)
{
	const struct scenario *scenario = recorder->result->scenario;

	g_assert(!recorder->instants);
	recorder->instants =
		g_new(const struct scenario_expect *, (gsize)scenario->expects_count + 1);
	for (uint32_t i = 0; i < scenario->expects_count; i++) {
		if (!scenario->expects[i].at_end)
			recorder->instants[recorder->instants_count++] = &scenario->expects[i];
	}
	qsort(recorder->instants, recorder->instants_count, sizeof(*recorder->instants),
		compare_instants);
}

uint64_t expect_next_ns(struct recorder *recorder)
{
	if (!recorder->instants)
		sort_instants(recorder);
	return recorder->instants_next < recorder->instants_count
	               ? recorder->instants[recorder->instants_next]->time_ns
	               : UINT64_MAX;
}

static void look_at_account(struct recorder *recorder, uint32_t place)
{
	const struct record_account *account = recorder->result->accounts->pdata[place];
	struct recorder_accounts *of;

	if (account->process == ACCOUNT_NONE || account->mm >= recorder->accounts_mms)
		return;
	of = &recorder->accounts_of[account->mm];
	if (!of->places) {
		of->places = g_array_new(FALSE, FALSE, sizeof(uint32_t));
		of->by_process = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	}
	g_array_append_val(of->places, place);
	if (account->process >= of->by_process->len)
		g_array_set_size(of->by_process, account->process + 1);
	g_assert(g_array_index(of->by_process, uint32_t, account->process) == 0);
	g_array_index(of->by_process, uint32_t, account->process) = place + 1;
}

/* The accounts of mms[@mm] of the scenario that there are by now. */
static const struct recorder_accounts *accounts_of(struct recorder *recorder, uint32_t mm)
{
	const GPtrArray *accounts = recorder->result->accounts;

	if (!recorder->accounts_of) {
		recorder->accounts_mms = recorder->result->scenario->mms_count;
		recorder->accounts_of = g_new0(struct recorder_accounts, recorder->accounts_mms);
	}
	while (recorder->accounts_looked < accounts->len)
		look_at_account(recorder, recorder->accounts_looked++);
	g_assert(mm < recorder->accounts_mms);
	return &recorder->accounts_of[mm];
}

/* The mm of the model that has account @account now; NULL if it is over or not begun. */
static const struct recorder_mm *live_mm(const struct recorder *recorder, uint32_t account)
{
	const struct record_account *a = recorder->result->accounts->pdata[account];

	g_assert(a->process != ACCOUNT_NONE && a->live_count <= 1);
	return a->live_count > 0 ? &recorder->mms[a->live_mm] : NULL;
}

/* A value that an mm has at an instant. */
static struct finding find_value(
	const struct recorder *recorder, uint32_t account, enum scenario_metric metric)
{
	const struct recorder_mm *m = live_mm(recorder, account);

	g_assert(account < recorder->result->accounts->len);
	if (!m)
		return (struct finding){ 0 };
	switch ((int)metric) {
	case METRIC_MODE:
		return one((m->mode & MODE_PER_CPU) != 0);
	case METRIC_USERS:
		return one(m->users);
	case METRIC_SPAN:
		return one(m->span);
	case METRIC_TAKEN:
		return one(m->taken);
	case METRIC_MAX_CIDS:
		return one(m->max_cids);
	case METRIC_PCPU_THRS:
		return one(m->pcpu_thrs);
	case METRIC_ALLOWED:
		return one(m->allowed_count);
	}
	g_assert_not_reached();
}

static struct finding find_share(uint64_t part, uint64_t all)
{
	g_assert(part <= all);
	if (all == 0)
		return (struct finding){ 0 };
	return one(part * 100 / all);
}

/* Is it a value that an mm has at an instant, not a total? */
static bool is_value(enum scenario_metric metric)
{
	return metric >= METRIC_MODE && metric <= METRIC_ALLOWED;
}

/* A total of an account over the run, so far. */
static struct finding find_total(
	const struct record_account *account, enum scenario_metric metric)
{
	const uint64_t *count = account->observer.count;

	switch (metric) {
	case METRIC_USERS_MAX:
		return one(account->users_max);
	case METRIC_TO_PERCPU:
		return one(account->to_percpu);
	case METRIC_TO_TASK:
		return one(account->to_task);
	case METRIC_ENTER_USERS:
		return range(&account->enter_users);
	case METRIC_LEAVE_USERS:
		return range(&account->leave_users);
	case METRIC_SPAN_MAX:
		return one(account->span.max);
	case METRIC_WINDOWS:
		return one(account->windows.count);
	case METRIC_WINDOW_MAX_NS:
		return one(account->windows.max);
	case METRIC_SPINS:
		return one(count[OBSERVE_SPINS]);
	case METRIC_FAST_PATH_PERCENT:
		return find_share(count[OBSERVE_FAST_PATH], count[OBSERVE_SWITCHES_IN]);
	case METRIC_BITMAP_OPS:
		return one(count[OBSERVE_BIT_OPS]);
	case METRIC_CID_CHANGES:
		return one(account->task_cid_changes);
	case METRIC_DEFERRED_RUNS:
		return one(account->deferred_runs);
	case METRIC_MODE:
	case METRIC_USERS:
	case METRIC_SPAN:
	case METRIC_TAKEN:
	case METRIC_MAX_CIDS:
	case METRIC_PCPU_THRS:
	case METRIC_ALLOWED:
	case METRIC_VIOLATIONS:
	case METRIC_LIVELOCKS:
	case METRIC_PROPERTY:
	case METRIC_COUNT:
		break;
	}
	g_assert_not_reached();
}

static bool relation_holds(enum scenario_relation relation, uint64_t found, uint64_t value)
{
	switch (relation) {
	case REL_EQ:
		return found == value;
	case REL_NE:
		return found != value;
	case REL_LT:
		return found < value;
	case REL_LE:
		return found <= value;
	case REL_GT:
		return found > value;
	case REL_GE:
		return found >= value;
	}
	g_assert_not_reached();
}

static char *finding_text(
	const struct scenario_expect *expect, const char *account, const struct finding *found)
{
	g_autofree char *text = NULL;

	if (!found->any)
		text = g_strdup("none");
	else if (expect->metric == METRIC_MODE)
		text = g_strdup(found->min ? "per-cpu" : "per-task");
	else if (expect->metric == METRIC_PROPERTY)
		text = g_strdup(scenario_property_to_string((unsigned)found->min));
	else if (found->min == found->max)
		text = g_strdup_printf("%" G_GUINT64_FORMAT, found->min);
	else
		text = g_strdup_printf(
			"%" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT, found->min, found->max);
	return account ? g_strdup_printf("%s (%s)", text, account) : g_steal_pointer(&text);
}

static bool holds(const struct scenario_expect *expect, const struct finding *found)
{
	return found->any && relation_holds(expect->relation, found->min, expect->value) &&
	       relation_holds(expect->relation, found->max, expect->value);
}

/* The verdict about @expect keeps the first finding that fails or, if none does, the last one. */
static void judge(struct record_verdict *verdict, const char *account, const struct finding *found)
{
	g_assert(!found->any || found->min <= found->max);
	if (!verdict->passed)
		return;
	verdict->passed = holds(verdict->expect, found);
	g_free(verdict->found);
	verdict->found = finding_text(verdict->expect, account, found);
}

static bool speaks_of(const struct scenario_expect *expect, const struct record_account *account)
{
	return expect->mm == account->mm && account->process != ACCOUNT_NONE &&
	       (expect->process < 0 || expect->process == account->process);
}

static void judge_account(struct recorder *recorder, struct record_verdict *verdict, uint32_t place)
{
	const struct scenario_expect *expect = verdict->expect;
	const struct record_account *account = recorder->result->accounts->pdata[place];
	struct finding found;

	g_assert(speaks_of(expect, account));
	found = is_value(expect->metric) ? find_value(recorder, place, expect->metric)
	                                 : find_total(account, expect->metric);
	judge(verdict, expect->process < 0 ? account->name : NULL, &found);
}

static void judge_accounts(struct recorder *recorder, struct record_verdict *verdict)
{
	const struct scenario_expect *expect = verdict->expect;
	const struct recorder_accounts *of = accounts_of(recorder, expect->mm);
	guint process = (guint)expect->process;
	uint32_t place = 0;

	if (!of->places) {
		judge(verdict, NULL, &(struct finding){ 0 });
		return;
	}
	if (expect->process < 0) {
		for (guint i = 0; i < of->places->len; i++)
			judge_account(recorder, verdict, g_array_index(of->places, uint32_t, i));
		return;
	}
	if (process < of->by_process->len)
		place = g_array_index(of->by_process, uint32_t, process);
	if (place > 0)
		judge_account(recorder, verdict, place - 1);
	else
		judge(verdict, NULL, &(struct finding){ 0 });
}

static void judge_one(struct recorder *recorder, const struct scenario_expect *expect)
{
	struct record_result *result = recorder->result;
	struct record_verdict *verdict = g_new0(struct record_verdict, 1);
	struct finding found;

	verdict->expect = expect;
	verdict->passed = true;
	switch ((int)expect->metric) {
	case METRIC_VIOLATIONS:
		found = one(result->violations_count);
		judge(verdict, NULL, &found);
		break;
	case METRIC_LIVELOCKS:
		found = one(result->livelocks);
		judge(verdict, NULL, &found);
		break;
	case METRIC_PROPERTY:
		found = one(result->property);
		judge(verdict, NULL, &found);
		break;
	default:
		judge_accounts(recorder, verdict);
		break;
	}
	g_assert(verdict->found);
	result->verdicts_failed += !verdict->passed;
	g_ptr_array_add(result->verdicts, verdict);
}

void expect_judge_instant(struct recorder *recorder)
{
	uint64_t at_ns = expect_next_ns(recorder);

	g_assert(at_ns != UINT64_MAX);
	while (expect_next_ns(recorder) == at_ns)
		judge_one(recorder, recorder->instants[recorder->instants_next++]);
}

static gint compare_verdicts(gconstpointer a, gconstpointer b)
{
	const struct record_verdict *x = *(struct record_verdict *const *)a;
	const struct record_verdict *y = *(struct record_verdict *const *)b;

	g_assert(x == y || x->expect != y->expect);
	/* by place in the scenario's table, which is unique and in the order of lines */
	return x->expect < y->expect ? -1 : x->expect > y->expect;
}

void expect_judge_end(struct recorder *recorder)
{
	const struct scenario *scenario = recorder->result->scenario;

	for (uint32_t i = 0; i < scenario->expects_count; i++) {
		if (scenario->expects[i].at_end)
			judge_one(recorder, &scenario->expects[i]);
	}
	/* each is judged once; a run that was cut short did not reach all instants */
	g_assert(recorder->result->verdicts->len <= scenario->expects_count);
	g_ptr_array_sort(recorder->result->verdicts, compare_verdicts);
}

/* A total that never shrinks is above all that the expectation allows. */
static bool is_exceeded(const struct scenario_expect *expect, uint64_t total)
{
	switch (expect->relation) {
	case REL_EQ:
	case REL_LE:
		return total > expect->value;
	case REL_LT:
		return total >= expect->value;
	case REL_NE:
	case REL_GT:
	case REL_GE:
		return false; /* it may grow until that holds */
	}
	g_assert_not_reached();
}

static bool fails_by(const struct record_account *account, const struct scenario_expect *expect)
{
	struct finding found = find_total(account, expect->metric);

	if (expect->metric == METRIC_FAST_PATH_PERCENT)
		return false;
	/* each flip must satisfy it */
	if (expect->metric == METRIC_ENTER_USERS || expect->metric == METRIC_LEAVE_USERS)
		return found.any && !holds(expect, &found);
	return is_exceeded(expect, found.max);
}

bool expect_has_failed(const struct record_result *result, const struct scenario_expect *expect)
{
	if (!expect->at_end || is_value(expect->metric) || expect->metric == METRIC_PROPERTY)
		return false;
	if (expect->metric == METRIC_VIOLATIONS)
		return is_exceeded(expect, result->violations_count);
	if (expect->metric == METRIC_LIVELOCKS)
		return is_exceeded(expect, result->livelocks);
	for (guint i = 0; i < result->accounts->len; i++) {
		const struct record_account *account = result->accounts->pdata[i];

		if (speaks_of(expect, account) && fails_by(account, expect))
			return true;
	}
	return false;
}
