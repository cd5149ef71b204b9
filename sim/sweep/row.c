/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/row.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/csv.h"
#include "sim/base/numbers.h"

enum { MILLIONTHS = 1000000 };

/* What the numbers of a row are taken from. */
struct measured {
	const struct record_result *result;
	const struct scenario *scenario;
	struct record_account all; /* sum of the accounts that count */
};

/* The fields are listed once, for their names and for their values. @measured is NULL where only
 * the names are wanted, or where there are no values. */
struct writer {
	GString *text;
	bool names;
	const struct measured *measured;
};

/* --- one field --- */

static void put_field(struct writer *writer, const char *name)
{
	g_assert(*name);
	g_string_append_c(writer->text, ',');
	if (writer->names)
		g_string_append(writer->text, name);
}

static void put_count(struct writer *writer, const char *name, uint64_t value)
{
	put_field(writer, name);
	if (writer->measured)
		g_string_append_printf(writer->text, "%" PRIu64, value);
}

/* Empty if @exists is false. */
static void put_if(struct writer *writer, const char *name, bool exists, uint64_t value)
{
	put_field(writer, name);
	if (writer->measured && exists)
		g_string_append_printf(writer->text, "%" PRIu64, value);
}

/* @millionths as a decimal without zeros at its end; empty if @exists is false. */
static void put_decimal(struct writer *writer, const char *name, bool exists, uint64_t millionths)
{
	GString *text = writer->text;

	put_field(writer, name);
	if (!writer->measured || !exists)
		return;
	g_string_append_printf(text, "%" PRIu64, millionths / MILLIONTHS);
	if (millionths % MILLIONTHS == 0)
		return;
	g_string_append_printf(text, ".%06" PRIu64, millionths % MILLIONTHS);
	while (text->str[text->len - 1] == '0')
		g_string_truncate(text, text->len - 1);
}

static void put_ratio(struct writer *writer, const char *name, uint64_t part, uint64_t total)
{
	put_decimal(writer, name, total > 0, number_ratio(part, total, MILLIONTHS));
}

/* The mean over the time that mms lived: thousandths are what a gauge gives. */
static void put_mean(struct writer *writer, const char *name, const struct record_gauge *gauge,
	uint64_t lived_ns)
{
	put_decimal(writer, name, lived_ns > 0, record_gauge_mean_milli(gauge, lived_ns) * 1000);
}

/* A gauge of 0 and 1: the share of the time. */
static void put_share(struct writer *writer, const char *name, const struct record_gauge *gauge,
	uint64_t lived_ns)
{
	put_ratio(writer, name, gauge->sum_low, lived_ns);
}

/* --- groups of fields, in the order of the columns --- */

static void put_run(struct writer *writer, const struct measured *measured)
{
	const struct record_result *result = measured->result;
	uint64_t cpus = measured->scenario->cpus_count;

	put_count(writer, "events", result->events);
	put_count(writer, "sim_time_ns", result->end_ns);
	put_count(writer, "switches", result->switches);
	put_count(writer, "migrations", result->migrations);
	put_count(writer, "forks", result->forks);
	put_count(writer, "exits", result->exits);
	put_count(writer, "execs", result->execs);
	put_ratio(writer, "idle_share", result->idle_ns, result->end_ns * cpus);
	put_count(writer, "possible_cpus", cpus);
	put_count(writer, "nr_cpu_ids", measured->scenario->nr_cpu_ids);
	put_count(writer, "mms", measured->all.alive);
	put_count(writer, "mms_percpu", measured->all.alive_percpu);
}

static void put_modes(struct writer *writer, const struct measured *measured)
{
	const struct record_account *all = &measured->all;
	const struct record_range *enter = &all->enter_users, *leave = &all->leave_users;
	uint64_t flips = all->to_percpu + all->to_task;

	put_count(writer, "users_max", all->users_max);
	put_count(writer, "allowed_cpus", all->allowed_max);
	put_count(writer, "enter_formula", all->formula_enter);
	put_if(writer, "enter_users_min", enter->count > 0, enter->min);
	put_if(writer, "enter_users_max", enter->count > 0, enter->max);
	put_if(writer, "leave_formula", all->formula_leave > 0, all->formula_leave);
	put_if(writer, "leave_users_min", leave->count > 0, leave->min);
	put_if(writer, "leave_users_max", leave->count > 0, leave->max);
	put_count(writer, "to_percpu", all->to_percpu);
	put_count(writer, "to_task", all->to_task);
	put_ratio(writer, "mode_switches_per_s", flips * 1000000000, measured->result->end_ns);
	put_share(writer, "percpu_share", &all->percpu, all->lived_ns);
	put_share(writer, "transit_share", &all->transit, all->lived_ns);
}

static void put_spans(struct writer *writer, const struct measured *measured)
{
	const struct record_account *all = &measured->all;
	uint64_t span = record_gauge_mean_milli(&all->span, all->lived_ns);
	uint64_t optimum = record_gauge_mean_milli(&all->optimum, all->lived_ns);

	put_count(writer, "span_max", all->span.max);
	put_mean(writer, "span_mean", &all->span, all->lived_ns);
	put_mean(writer, "taken_mean", &all->taken, all->lived_ns);
	put_mean(writer, "optimum_mean", &all->optimum, all->lived_ns);
	put_ratio(writer, "waste", span, optimum);
}

static void put_windows(struct writer *writer, const struct measured *measured)
{
	const struct record_histogram *windows = &measured->all.windows;
	bool any = windows->count > 0;

	g_assert(windows->count == 0 || windows->sum >= windows->max);
	put_count(writer, "windows", windows->count);
	put_count(writer, "windows_open", measured->all.windows_open);
	put_count(writer, "windows_total_ns", windows->sum);
	put_if(writer, "window_max_ns", any, windows->max);
	put_if(writer, "window_p50_ns", any, record_histogram_quantile(windows, 500));
	put_if(writer, "window_p99_ns", any, record_histogram_quantile(windows, 990));
}

static void put_work(struct writer *writer, const struct measured *measured)
{
	const struct record_account *all = &measured->all;
	const uint64_t *count = all->observer.count;
	uint64_t switches = count[OBSERVE_SWITCHES_IN];

	put_count(writer, "bitmap_ops", count[OBSERVE_BIT_OPS]);
	put_ratio(writer, "bitmap_ops_per_switch", count[OBSERVE_BIT_OPS], switches);
	put_count(writer, "settled", count[OBSERVE_SETTLED]);
	put_count(writer, "out_dropped", count[OBSERVE_OUT_DROPPED]);
	put_ratio(writer, "fast_path", count[OBSERVE_FAST_PATH], switches);
	put_count(writer, "switches_in", switches);
	put_count(writer, "spins", count[OBSERVE_SPINS]);
	put_count(writer, "spin_ns", all->spin_ns);
	put_count(writer, "gave_up", all->gave_up);
	put_count(writer, "cid_changes", all->task_cid_changes);
	put_count(writer, "cpu_cid_changes", all->cpu_cid_changes);
	put_count(writer, "deferred_runs", all->deferred_runs);
	put_count(writer, "violations", measured->result->violations_count);
	put_count(writer, "livelocks", measured->result->livelocks);
}

static void put_fields(struct writer *writer, const struct measured *measured)
{
	put_run(writer, measured);
	put_modes(writer, measured);
	put_spans(writer, measured);
	put_windows(writer, measured);
	put_work(writer, measured);
	put_field(writer, "window_histogram");
	if (writer->measured)
		record_histogram_print(writer->text, &measured->all.windows);
}

/* --- rows --- */

char *sweep_row_columns(const struct sweep_axes *axes)
{
	static const struct record_result no_result;
	static const struct scenario no_scenario;
	const struct measured measured = { .result = &no_result, .scenario = &no_scenario };
	GString *text = g_string_new("point");
	struct writer writer = { .text = text, .names = true };

	for (unsigned axis = 0; axis < sweep_axes_count(axes); axis++) {
		if (!sweep_axes_has_column(axes, axis))
			continue;
		g_string_append_c(text, ',');
		csv_quote(text, sweep_axes_name(axes, axis));
	}
	g_string_append(text, ",revision,seed,outcome,digest");
	put_fields(&writer, &measured);
	g_string_append_c(text, '\n');
	return g_string_free(text, FALSE);
}

/* The point and its values. */
static void append_point(GString *row, const struct sweep_axes *axes, uint64_t point)
{
	uint64_t positions[AXES_MAX];

	g_assert(point < sweep_axes_points(axes));
	g_string_append_printf(row, "%" PRIu64, point);
	sweep_axes_at(axes, point, positions);
	for (unsigned axis = 0; axis < sweep_axes_count(axes); axis++) {
		char *value;

		if (!sweep_axes_has_column(axes, axis))
			continue;
		value = sweep_axes_value(axes, axis, positions[axis]);
		g_string_append_c(row, ',');
		csv_quote(row, value);
		g_free(value);
	}
}

static bool counts(
	const struct record_account *account, const struct scenario *scenario, const char *mm)
{
	g_assert(account->mm < scenario->mms_count);
	return !mm || strcmp(account->name, mm) == 0 ||
	       strcmp(scenario->mms[account->mm].name, mm) == 0;
}

const char *sweep_outcome_to_string(enum sweep_outcome outcome)
{
	static const char *const words[] = { [SWEEP_OK] = "ok",
		[SWEEP_FAILED] = "failed",
		[SWEEP_UNDECIDED] = "undecided",
		[SWEEP_IMPOSSIBLE] = "impossible" };

	g_assert(outcome < SWEEP_OUTCOMES);
	return words[outcome];
}

static enum sweep_outcome outcome_of(const struct record_result *result)
{
	if (result->violations_count > 0)
		return SWEEP_FAILED;
	return record_result_cut_short(result) ? SWEEP_UNDECIDED : SWEEP_OK;
}

enum sweep_outcome sweep_row_append(GString *row, const struct sweep_axes *axes, uint64_t point,
	const struct record_result *result, const char *mm)
{
	const struct scenario *scenario = result->scenario;
	struct measured *measured = g_new0(struct measured, 1);
	struct writer writer = { .text = row, .measured = measured };
	enum sweep_outcome outcome = outcome_of(result);

	measured->result = result;
	measured->scenario = scenario;
	for (guint i = 0; i < result->accounts->len; i++) {
		if (counts(result->accounts->pdata[i], scenario, mm))
			record_account_add(&measured->all, result->accounts->pdata[i]);
	}
	append_point(row, axes, point);
	g_string_append_printf(row, ",%s,%" PRIu64 ",%s,%016" PRIx64, scenario->revision->name,
		scenario->seed, sweep_outcome_to_string(outcome), result->digest);
	put_fields(&writer, measured);
	g_free(measured);
	return outcome;
}

/* The value of @point on the axis called @name or @key; NULL if there is no such axis. */
static char *value_at(
	const struct sweep_axes *axes, uint64_t point, const char *name, const char *key)
{
	uint64_t positions[AXES_MAX];

	sweep_axes_at(axes, point, positions);
	for (unsigned axis = 0; axis < sweep_axes_count(axes); axis++) {
		const char *found = sweep_axes_name(axes, axis);

		if (strcmp(found, name) == 0 || strcmp(found, key) == 0)
			return sweep_axes_value(axes, axis, positions[axis]);
	}
	return NULL;
}

void sweep_row_append_impossible(
	GString *row, const struct sweep_axes *axes, uint64_t point, const struct scenario *base)
{
	static const struct record_result no_result;
	static const struct scenario no_scenario;
	const struct measured measured = { .result = &no_result, .scenario = &no_scenario };
	struct writer writer = { .text = row };
	char *revision = value_at(axes, point, "revisions", "protocol.revision");
	char *seed = value_at(axes, point, "seeds", "scenario.seed");

	append_point(row, axes, point);
	g_string_append_printf(row, ",%s,", revision ? revision : base->revision->name);
	if (seed)
		g_string_append(row, seed);
	else
		g_string_append_printf(row, "%" PRIu64, base->seed);
	g_string_append(row, ",impossible,");
	put_fields(&writer, &measured);
	g_free(seed);
	g_free(revision);
}
