/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/json.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/numbers.h"
#include "sim/base/version.h"
#include "sim/record/report.h"

enum { MILLION = 1000000 };

/* @value / 10^@decimals; null if there is nothing that it could be a share or mean of. */
static void add_decimal(
	struct json *json, const char *name, uint64_t value, unsigned decimals, bool known)
{
	if (known)
		json_add_decimal(json, name, value, decimals);
	else
		json_add_null(json, name);
}

static void add_violations(struct json *json, const struct record_result *result)
{
	g_assert(result->violations->len <= result->violations_count);
	json_begin_array(json, "violations");
	for (guint i = 0; i < result->violations->len; i++) {
		const struct record_violation *violation = g_ptr_array_index(result->violations, i);

		json_begin_object(json, NULL);
		json_add_number(json, "time_ns", violation->time_ns);
		json_add_text(json, "property", violation->property);
		json_add_text(
			json, "mm", record_account_name(result->accounts, violation->account, ""));
		json_add_text(json, "text", violation->text);
		json_end_object(json);
	}
	json_end_array(json);
	json_add_number(json, "violations_total", result->violations_count);
	json_add_number(json, "livelocks", result->livelocks);
}

/* When it failed and by what: null if it holds, or if that is not known before the end. */
static void add_verdict(struct json *json, const struct scenario *scenario,
	const struct record_verdict *verdict)
{
	uint32_t line = verdict->expect->line;
	const char *path = line_files_find(&scenario->files, &line);

	g_assert(verdict->found && !(verdict->passed && verdict->failed_by));
	json_begin_object(json, NULL);
	if (scenario->files.count > 1)
		json_add_text(json, "file", path);
	json_add_number(json, "line", line);
	json_add_text(json, "expected", verdict->expect->text);
	json_add_bool(json, "ok", verdict->passed);
	json_add_text(json, "found", verdict->found);
	json_add_number_if(json, "failed_ns", verdict->failed == FAILED_AT, verdict->failed_ns);
	json_add_text_if(json, "failed_by", verdict->failed_by);
	json_end_object(json);
}

static void add_expectations(struct json *json, const struct record_result *result)
{
	g_assert(result->verdicts_failed <= result->verdicts->len);
	json_begin_object(json, "expectations");
	json_add_number(json, "passed", result->verdicts->len - result->verdicts_failed);
	json_add_number(json, "failed", result->verdicts_failed);
	json_begin_array(json, "all");
	for (guint i = 0; i < result->verdicts->len; i++)
		add_verdict(json, result->scenario, g_ptr_array_index(result->verdicts, i));
	json_end_array(json);
	json_end_object(json);
}

static void add_users(struct json *json, const char *name, const struct record_range *range)
{
	json_add_number_if(json, name, range->count > 0, range->first);
}

static void add_range(struct json *json, const char *name, const struct record_range *range)
{
	if (!range->count) {
		json_add_null(json, name);
		return;
	}
	g_assert(range->min <= range->first && range->first <= range->max);
	json_begin_array(json, name);
	json_add_number(json, NULL, range->min);
	json_add_number(json, NULL, range->max);
	json_end_array(json);
}

static void add_modes(struct json *json, const struct record_account *account)
{
	json_add_number(json, "users_max", account->users_max);
	json_begin_object(json, "mode_switches");
	json_add_number(json, "to_percpu", account->to_percpu);
	json_add_number(json, "to_task", account->to_task);
	json_end_object(json);
	add_users(json, "enter_users", &account->enter_users);
	add_users(json, "leave_users", &account->leave_users);
	add_range(json, "enter_users_range", &account->enter_users);
	add_range(json, "leave_users_range", &account->leave_users);
	json_begin_object(json, "formula");
	json_add_number(json, "enter", account->formula_enter);
	json_add_number_if(json, "leave", account->formula_leave > 0, account->formula_leave);
	json_add_number(json, "allowed", account->allowed_max);
	json_end_object(json);
}

static void add_gauge(
	struct json *json, const char *name, const struct record_gauge *gauge, uint64_t lived_ns)
{
	uint64_t mean = record_gauge_mean_milli(gauge, lived_ns);

	g_assert(mean <= gauge->max * UINT64_C(1000));
	json_begin_object(json, name);
	json_add_number(json, "max", gauge->max);
	add_decimal(json, "mean", mean, 3, lived_ns);
	json_end_object(json);
}

/* Gauges of 0 and 1: a share of the time, in millionths, because windows are short. */
static void add_share(
	struct json *json, const char *name, const struct record_gauge *gauge, uint64_t lived_ns)
{
	g_assert(gauge->sum_high == 0 && gauge->sum_low <= lived_ns);
	add_decimal(json, name, number_ratio(gauge->sum_low, lived_ns, MILLION), 6, lived_ns);
}

static void add_spans(struct json *json, const struct record_account *account)
{
	uint64_t ns = account->lived_ns;
	uint64_t span = record_gauge_mean_milli(&account->span, ns);
	uint64_t optimum = record_gauge_mean_milli(&account->optimum, ns);

	add_gauge(json, "span", &account->span, ns);
	add_gauge(json, "taken", &account->taken, ns);
	add_gauge(json, "optimum", &account->optimum, ns);
	add_decimal(json, "waste", number_ratio(span, optimum, 1000), 3, optimum);
	add_share(json, "percpu_share", &account->percpu, ns);
	add_share(json, "transit_share", &account->transit, ns);
}

static void add_windows(struct json *json, const struct record_account *account)
{
	const struct record_histogram *windows = &account->windows;

	g_assert(windows->max <= windows->sum);
	json_begin_object(json, "windows");
	json_add_number(json, "count", windows->count);
	json_add_number(json, "total_ns", windows->sum);
	json_add_number(json, "max_ns", windows->max);
	json_add_number(json, "p50_ns", record_histogram_quantile(windows, 500));
	json_add_number(json, "p99_ns", record_histogram_quantile(windows, 990));
	json_add_number(json, "open", account->windows_open);
	json_end_object(json);
}

static void add_costs(struct json *json, const struct record_account *account)
{
	const uint64_t *count = account->observer.count;
	uint64_t switches = count[OBSERVE_SWITCHES_IN];

	g_assert(count[OBSERVE_FAST_PATH] <= switches);
	add_decimal(json, "fast_path", number_ratio(count[OBSERVE_FAST_PATH], switches, MILLION), 6,
		switches);
	json_add_number(json, "switches_in", switches);
	json_add_number(json, "bitmap_ops", count[OBSERVE_BIT_OPS]);
	json_add_number(json, "settled", count[OBSERVE_SETTLED]);
	json_add_number(json, "out_dropped", count[OBSERVE_OUT_DROPPED]);
	json_add_number(json, "spins", count[OBSERVE_SPINS]);
	json_add_number(json, "spin_ns", account->spin_ns);
	json_add_number(json, "gave_up", account->gave_up);
	json_add_number(json, "cid_changes", account->task_cid_changes);
	json_add_number(json, "cpu_cid_changes", account->cpu_cid_changes);
	json_add_number(json, "deferred_runs", account->deferred_runs);
}

void json_add_mms(struct json *json, const struct record_result *result)
{
	json_begin_object(json, "mms");
	for (guint i = 0; i < result->accounts->len; i++) {
		const struct record_account *account = g_ptr_array_index(result->accounts, i);

		json_begin_object(json, account->name);
		add_modes(json, account);
		add_spans(json, account);
		add_windows(json, account);
		add_costs(json, account);
		json_end_object(json);
	}
	json_end_object(json);
}

void json_add_flags(struct json *json, const struct scenario *scenario)
{
	char *flags = report_flags(scenario);

	json_add_text(json, "flags", flags);
	g_free(flags);
}

void json_add_made(struct json *json, const struct scenario *scenario)
{
	char **words = report_command_words(scenario);

	json_add_text(json, "version", CIDSIM_VERSION);
	json_add_text(json, "commit", version_commit());
	json_begin_array(json, "command");
	for (char **word = words; *word; word++)
		json_add_text(json, NULL, *word);
	json_end_array(json);
	g_strfreev(words);
}

static void add_run(struct json *json, const struct record_result *result)
{
	const struct scenario *scenario = result->scenario;
	char *digest = g_strdup_printf("%016" PRIx64, result->digest);

	json_add_text(json, "scenario", scenario->path);
	json_add_text(json, "title", scenario->title);
	json_add_made(json, scenario);
	json_add_number(json, "seed", scenario->seed);
	json_add_text(json, "revision", scenario->revision->name);
	json_add_flags(json, scenario);
	json_add_text(json, "digest", digest);
	json_add_number(json, "events", result->events);
	json_add_number(json, "switches", result->switches);
	json_add_number(json, "migrations", result->migrations);
	json_add_number(json, "wakeups", result->wakeups);
	json_add_number(json, "forks", result->forks);
	json_add_number(json, "exits", result->exits);
	json_add_number(json, "execs", result->execs);
	json_add_number(json, "affinity_changes", result->affinity_changes);
	json_add_number(json, "tasks_max", result->tasks_max);
	json_add_number(json, "sim_time_ns", result->end_ns);
	json_add_number(json, "idle_ns", result->idle_ns);
	json_add_text(json, "ended", result->ended);
	json_add_number(json, "possible_cpus", scenario->cpus_count);
	json_add_bool(json, "clock_counts_steps", scenario->steps_line > 0);
	if (record_result_outcome(result) == OUTCOME_UNDECIDED)
		json_add_null(json, "ok");
	else
		json_add_bool(json, "ok", record_result_ok(result));
	g_free(digest);
}

void json_print(GString *text, const struct record_result *result)
{
	struct json json = { .text = text };

	json_begin_object(&json, NULL);
	add_run(&json, result);
	add_violations(&json, result);
	add_expectations(&json, result);
	json_add_mms(&json, result);
	json_end_object(&json);
	json_end_line(&json);
}

/* The words of @text, separated by blanks; a revision may have no defect. */
static void add_words(struct json *json, const char *name, const char *text)
{
	char **words = g_strsplit(text, " ", -1);

	json_begin_array(json, name);
	for (char **word = words; *word; word++)
		json_add_text(json, NULL, *word);
	json_end_array(json);
	g_strfreev(words);
}

static void add_aliases(struct json *json, const struct revision *revision)
{
	const char *alias;

	json_begin_array(json, "aliases");
	for (size_t i = 0; (alias = revision_alias(revision, i)); i++)
		json_add_text(json, NULL, alias);
	json_end_array(json);
}

/* All of them, each as a scenario would set it. */
static void add_protocol(struct json *json, const struct protocol *protocol)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);
	char value[32];

	json_begin_object(json, "flags");
	for (size_t i = 0; i < count; i++) {
		protocol_get(protocol, &flags[i], value, sizeof(value));
		json_add_text(json, flags[i].name, value);
	}
	json_end_object(json);
}

void json_print_revisions(GString *text)
{
	struct json json = { .text = text };
	size_t count;
	const struct revision *table = revision_table(&count);

	json_begin_array(&json, NULL);
	for (size_t i = 0; i < count; i++) {
		json_begin_object(&json, NULL);
		json_add_text(&json, "name", table[i].name);
		json_add_text(&json, "date", table[i].date);
		json_add_text(&json, "commit", table[i].commit);
		json_add_text(&json, "change", table[i].change);
		add_words(&json, "defects", table[i].defects);
		add_aliases(&json, &table[i]);
		add_protocol(&json, &table[i].protocol);
		json_end_object(&json);
	}
	json_end_array(&json);
	json_end_line(&json);
}
