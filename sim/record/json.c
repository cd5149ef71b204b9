/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/json.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/numbers.h"
#include "sim/record/json-build.h"
#include "sim/record/report.h"

enum { SCALE = 1000000 }; /* of what json_tidy_numbers() prints */

static void append_decimal(GString *text, double value)
{
	bool negative = value < 0;
	uint64_t scaled = (uint64_t)((negative ? -value : value) * SCALE + 0.5);

	if (negative && scaled)
		g_string_append_c(text, '-');
	g_string_append_printf(text, "%" PRIu64 ".%06" PRIu64, scaled / SCALE, scaled % SCALE);
	for (int i = 0; i < 3 && text->str[text->len - 1] == '0'; i++)
		g_string_truncate(text, text->len - 1);
}

static void append_number(GString *text, const char *number, size_t length)
{
	char *copy = g_strndup(number, length);

	if (copy[strcspn(copy, ".eE")])
		append_decimal(text, g_ascii_strtod(copy, NULL));
	else
		g_string_append(text, copy);
	g_free(copy);
}

/* The length of the string at @json, quotes included. */
static size_t string_length(const char *json)
{
	size_t length = 1;

	while (json[length] != '"')
		length += json[length] == '\\' ? 2 : 1;
	return length + 1;
}

void json_tidy_numbers(GString *text, const char *json)
{
	while (*json) {
		size_t length = 1;

		if (*json == '"') {
			length = string_length(json);
			g_string_append_len(text, json, (gssize)length);
		} else if (*json == '-' || g_ascii_isdigit(*json)) {
			length = strspn(json, "+-.0123456789eE");
			append_number(text, json, length);
		} else {
			g_string_append_c(text, *json);
		}
		json += length;
	}
}

void json_add_text(JsonBuilder *builder, const char *name, const char *text)
{
	char *valid = g_utf8_make_valid(text ? text : "", -1);

	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, valid);
	g_free(valid);
}

void json_add_int(JsonBuilder *builder, const char *name, uint64_t value)
{
	json_builder_set_member_name(builder, name);
	/* JSON numbers go through gint64; only a seed can be greater, and then it must
	 * stay exact. */
	if (value > G_MAXINT64) {
		char *text = g_strdup_printf("%" PRIu64, value);

		json_builder_add_string_value(builder, text);
		g_free(text);
	} else {
		json_builder_add_int_value(builder, (gint64)value);
	}
}

static void add_null(JsonBuilder *builder, const char *name)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_null_value(builder);
}

/* @value / @scale; null if there is nothing that it could be a share or mean of. */
static void add_decimal(
	JsonBuilder *builder, const char *name, uint64_t value, unsigned scale, bool known)
{
	if (!known) {
		add_null(builder, name);
		return;
	}
	json_builder_set_member_name(builder, name);
	json_builder_add_double_value(builder, (double)value / scale);
}

static void begin_object(JsonBuilder *builder, const char *name)
{
	json_builder_set_member_name(builder, name);
	json_builder_begin_object(builder);
}

static const char *account_name(const struct record_result *result, uint32_t account)
{
	const struct record_account *found;

	if (account >= result->accounts->len)
		return "";
	found = g_ptr_array_index(result->accounts, account);
	return found->name;
}

static void add_violations(JsonBuilder *builder, const struct record_result *result)
{
	json_builder_set_member_name(builder, "violations");
	json_builder_begin_array(builder);
	for (guint i = 0; i < result->violations->len; i++) {
		const struct record_violation *violation = g_ptr_array_index(result->violations, i);

		json_builder_begin_object(builder);
		json_add_int(builder, "time_ns", violation->time_ns);
		json_add_text(builder, "property", violation->property);
		json_add_text(builder, "mm", account_name(result, violation->account));
		json_add_text(builder, "text", violation->text);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	json_add_int(builder, "violations_total", result->violations_count);
	json_add_int(builder, "livelocks", result->livelocks);
}

static void add_expectations(JsonBuilder *builder, const struct record_result *result)
{
	begin_object(builder, "expectations");
	json_add_int(builder, "passed", result->verdicts->len - result->verdicts_failed);
	json_add_int(builder, "failed", result->verdicts_failed);
	json_builder_set_member_name(builder, "failures");
	json_builder_begin_array(builder);
	for (guint i = 0; i < result->verdicts->len; i++) {
		const struct record_verdict *verdict = g_ptr_array_index(result->verdicts, i);

		if (verdict->passed)
			continue;
		json_builder_begin_object(builder);
		json_add_int(builder, "line", verdict->expect->line);
		json_add_text(builder, "expected", verdict->expect->text);
		json_add_text(builder, "found", verdict->found);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
}

static void add_users(JsonBuilder *builder, const char *name, const struct record_range *range)
{
	if (range->count)
		json_add_int(builder, name, range->first);
	else
		add_null(builder, name);
}

static void add_range(JsonBuilder *builder, const char *name, const struct record_range *range)
{
	if (!range->count) {
		add_null(builder, name);
		return;
	}
	json_builder_set_member_name(builder, name);
	json_builder_begin_array(builder);
	json_builder_add_int_value(builder, range->min);
	json_builder_add_int_value(builder, range->max);
	json_builder_end_array(builder);
}

static void add_modes(JsonBuilder *builder, const struct record_account *account)
{
	json_add_int(builder, "users_max", account->users_max);
	begin_object(builder, "mode_switches");
	json_add_int(builder, "to_percpu", account->to_percpu);
	json_add_int(builder, "to_task", account->to_task);
	json_builder_end_object(builder);
	add_users(builder, "enter_users", &account->enter_users);
	add_users(builder, "leave_users", &account->leave_users);
	add_range(builder, "enter_users_range", &account->enter_users);
	add_range(builder, "leave_users_range", &account->leave_users);
	begin_object(builder, "formula");
	json_add_int(builder, "enter", account->formula_enter);
	if (account->formula_leave)
		json_add_int(builder, "leave", account->formula_leave);
	else
		add_null(builder, "leave");
	json_add_int(builder, "allowed", account->allowed_max);
	json_builder_end_object(builder);
}

static void add_gauge(
	JsonBuilder *builder, const char *name, const struct record_gauge *gauge, uint64_t lived_ns)
{
	begin_object(builder, name);
	json_add_int(builder, "max", gauge->max);
	add_decimal(builder, "mean", record_gauge_mean_milli(gauge, lived_ns), 1000, lived_ns);
	json_builder_end_object(builder);
}

/* Gauges of 0 and 1: a share of the time, in millionths, for windows are short. */
static void add_share(
	JsonBuilder *builder, const char *name, const struct record_gauge *gauge, uint64_t lived_ns)
{
	add_decimal(builder, name, number_ratio(gauge->sum_low, lived_ns, SCALE), SCALE, lived_ns);
}

static void add_spans(JsonBuilder *builder, const struct record_account *account)
{
	uint64_t ns = account->lived_ns;
	uint64_t span = record_gauge_mean_milli(&account->span, ns);
	uint64_t optimum = record_gauge_mean_milli(&account->optimum, ns);

	add_gauge(builder, "span", &account->span, ns);
	add_gauge(builder, "taken", &account->taken, ns);
	add_gauge(builder, "optimum", &account->optimum, ns);
	add_decimal(builder, "waste", number_ratio(span, optimum, 1000), 1000, optimum);
	add_share(builder, "percpu_share", &account->percpu, ns);
	add_share(builder, "transit_share", &account->transit, ns);
}

static void add_windows(JsonBuilder *builder, const struct record_account *account)
{
	const struct record_histogram *windows = &account->windows;

	begin_object(builder, "windows");
	json_add_int(builder, "count", windows->count);
	json_add_int(builder, "total_ns", windows->sum);
	json_add_int(builder, "max_ns", windows->max);
	json_add_int(builder, "p50_ns", record_histogram_quantile(windows, 500));
	json_add_int(builder, "p99_ns", record_histogram_quantile(windows, 990));
	json_add_int(builder, "open", account->windows_open);
	json_builder_end_object(builder);
}

static void add_costs(JsonBuilder *builder, const struct record_account *account)
{
	const uint64_t *count = account->observer.count;
	uint64_t switches = count[OBSERVE_SWITCHES_IN];

	add_decimal(builder, "fast_path", number_ratio(count[OBSERVE_FAST_PATH], switches, SCALE),
		SCALE, switches);
	json_add_int(builder, "switches_in", switches);
	json_add_int(builder, "bitmap_ops", count[OBSERVE_BIT_OPS]);
	json_add_int(builder, "settled", count[OBSERVE_SETTLED]);
	json_add_int(builder, "out_dropped", count[OBSERVE_OUT_DROPPED]);
	json_add_int(builder, "spins", count[OBSERVE_SPINS]);
	json_add_int(builder, "spin_ns", account->spin_ns);
	json_add_int(builder, "gave_up", account->gave_up);
	json_add_int(builder, "cid_changes", account->task_cid_changes);
	json_add_int(builder, "cpu_cid_changes", account->cpu_cid_changes);
	json_add_int(builder, "deferred_runs", account->deferred_runs);
}

void json_add_mms(JsonBuilder *builder, const struct record_result *result)
{
	begin_object(builder, "mms");
	for (guint i = 0; i < result->accounts->len; i++) {
		const struct record_account *account = g_ptr_array_index(result->accounts, i);
		char *name = g_utf8_make_valid(account->name, -1);

		begin_object(builder, name);
		add_modes(builder, account);
		add_spans(builder, account);
		add_windows(builder, account);
		add_costs(builder, account);
		json_builder_end_object(builder);
		g_free(name);
	}
	json_builder_end_object(builder);
}

void json_add_flags(JsonBuilder *builder, const struct scenario *scenario)
{
	char *revision = report_revision(scenario);
	const char *flags = strstr(revision, " with ");

	json_add_text(builder, "flags", flags ? flags + strlen(" with ") : "");
	g_free(revision);
}

static void add_run(JsonBuilder *builder, const struct record_result *result)
{
	const struct scenario *scenario = result->scenario;
	char *digest = g_strdup_printf("%016" PRIx64, result->digest);

	json_add_text(builder, "scenario", scenario->path);
	json_add_text(builder, "title", scenario->title);
	json_add_text(builder, "version", CIDSIM_VERSION);
	json_add_int(builder, "seed", scenario->seed);
	json_add_text(builder, "revision", scenario->revision->name);
	json_add_flags(builder, scenario);
	json_add_text(builder, "digest", digest);
	json_add_int(builder, "events", result->events);
	json_add_int(builder, "switches", result->switches);
	json_add_int(builder, "migrations", result->migrations);
	json_add_int(builder, "wakeups", result->wakeups);
	json_add_int(builder, "forks", result->forks);
	json_add_int(builder, "exits", result->exits);
	json_add_int(builder, "execs", result->execs);
	json_add_int(builder, "affinity_changes", result->affinity_changes);
	json_add_int(builder, "tasks_max", result->tasks_max);
	json_add_int(builder, "sim_time_ns", result->end_ns);
	json_add_int(builder, "idle_ns", result->idle_ns);
	json_add_text(builder, "ended", result->ended);
	json_add_int(builder, "possible_cpus", scenario->cpus_count);
	json_builder_set_member_name(builder, "ok");
	if (record_result_outcome(result) == OUTCOME_UNDECIDED)
		json_builder_add_null_value(builder);
	else
		json_builder_add_boolean_value(builder, record_result_ok(result));
	g_free(digest);
}

void json_print_built(GString *text, JsonBuilder *builder)
{
	JsonGenerator *generator = json_generator_new();
	JsonNode *root = json_builder_get_root(builder);
	char *json;

	json_generator_set_root(generator, root);
	json = json_generator_to_data(generator, NULL);
	json_tidy_numbers(text, json);
	g_string_append_c(text, '\n');

	g_free(json);
	json_node_unref(root);
	g_object_unref(generator);
	g_object_unref(builder);
}

void json_print(GString *text, const struct record_result *result)
{
	JsonBuilder *builder = json_builder_new();

	json_builder_begin_object(builder);
	add_run(builder, result);
	add_violations(builder, result);
	add_expectations(builder, result);
	json_add_mms(builder, result);
	json_builder_end_object(builder);
	json_print_built(text, builder);
}

/* The words of @text, separated by blanks. */
static void add_words(JsonBuilder *builder, const char *name, const char *text)
{
	char **words = g_strsplit(text, " ", -1);

	json_builder_set_member_name(builder, name);
	json_builder_begin_array(builder);
	for (char **word = words; *word; word++)
		json_builder_add_string_value(builder, *word);
	json_builder_end_array(builder);
	g_strfreev(words);
}

static void add_aliases(JsonBuilder *builder, const struct revision *revision)
{
	const char *alias;

	json_builder_set_member_name(builder, "aliases");
	json_builder_begin_array(builder);
	for (size_t i = 0; (alias = revision_alias(revision, i)); i++)
		json_builder_add_string_value(builder, alias);
	json_builder_end_array(builder);
}

/* All of them, each as a scenario would set it. */
static void add_protocol(JsonBuilder *builder, const struct protocol *protocol)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);
	char value[32];

	begin_object(builder, "flags");
	for (size_t i = 0; i < count; i++) {
		protocol_get(protocol, &flags[i], value, sizeof(value));
		json_add_text(builder, flags[i].name, value);
	}
	json_builder_end_object(builder);
}

void json_print_revisions(GString *text)
{
	JsonBuilder *builder = json_builder_new();
	size_t count;
	const struct revision *table = revision_table(&count);

	json_builder_begin_array(builder);
	for (size_t i = 0; i < count; i++) {
		json_builder_begin_object(builder);
		json_add_text(builder, "name", table[i].name);
		json_add_text(builder, "date", table[i].date);
		json_add_text(builder, "commit", table[i].commit);
		json_add_text(builder, "change", table[i].change);
		add_words(builder, "defects", table[i].defects);
		add_aliases(builder, &table[i]);
		add_protocol(builder, &table[i].protocol);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	json_print_built(text, builder);
}
