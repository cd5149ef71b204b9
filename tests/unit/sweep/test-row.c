/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/row.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

static const char hysteresis[] = "[scenario]\n"
				 "time = 100ms\n"
				 "[machine]\n"
				 "cpus = 4\n"
				 "[mm app]\n"
				 "[ramp threads]\n"
				 "to = 10\n"
				 "cycles = 3\n"
				 "run = 20us\n"
				 "sleep = 100us\n";

/* Two processes: one with 3 tasks, one with 7. */
static const char two_mms[] = "[scenario]\n"
			      "time = 20ms\n"
			      "[machine]\n"
			      "cpus = 4\n"
			      "[mm few]\n"
			      "[mm many]\n"
			      "[tasks a]\n"
			      "mm = few\n"
			      "count = 2\n"
			      "[tasks b]\n"
			      "mm = many\n"
			      "count = 6\n";

struct table {
	struct simulation simulation;
	struct sweep_axes *axes;
	char **names, **fields;
};

static struct sweep_axes *axes_of(
	const struct scenario *scenario, const char *text, const char *name, const char *values)
{
	const struct sweep_axis_option option = { "--vary", name, values };
	const struct sweep_source source = { "test.scn", text, strlen(text), NULL };
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	struct sweep_axes *axes = sweep_axes_new(scenario, &source, &option, name ? 1 : 0, errors);

	ck_assert_msg(axes, "%s", errors->len ? (char *)errors->pdata[0] : "");
	g_ptr_array_free(errors, TRUE);
	return axes;
}

/* The row of the run of @text, of @mm, as the point @point of an axis. */
static void table_start(struct table *table, const char *text, const char *axis, const char *values,
	uint64_t point, const char *mm)
{
	GString *row = g_string_new(NULL);
	char *columns;

	sim_run(&table->simulation, text);
	table->axes = axes_of(table->simulation.scenario, text, axis, values);
	columns = sweep_row_columns(table->axes);
	ck_assert_int_eq(
		sweep_row_append(row, table->axes, point, table->simulation.result, mm), SWEEP_OK);
	g_strchomp(columns);
	table->names = g_strsplit(columns, ",", -1);
	table->fields = g_strsplit(row->str, ",", -1);
	ck_assert_uint_eq(g_strv_length(table->names), g_strv_length(table->fields));
	g_free(columns);
	g_string_free(row, TRUE);
}

static void table_stop(struct table *table)
{
	g_strfreev(table->names);
	g_strfreev(table->fields);
	sweep_axes_free(table->axes);
	sim_free(&table->simulation);
}

static const char *field(const struct table *table, const char *name)
{
	for (unsigned i = 0; table->names[i]; i++) {
		if (strcmp(table->names[i], name) == 0)
			return table->fields[i];
	}
	ck_abort_msg("there is no column %s", name);
}

TEST(a_row_has_the_users_at_which_the_mode_switched)
{
	struct table table;

	table_start(&table, hysteresis, NULL, NULL, 0, NULL);
	ck_assert_str_eq(field(&table, "users_max"), "10");
	ck_assert_str_eq(field(&table, "enter_formula"), "5");
	ck_assert_str_eq(field(&table, "enter_users_min"), "5");
	ck_assert_str_eq(field(&table, "enter_users_max"), "5");
	ck_assert_str_eq(field(&table, "leave_formula"), "1");
	ck_assert_str_eq(field(&table, "leave_users_min"), "1");
	ck_assert_str_eq(field(&table, "leave_users_max"), "1");
	ck_assert_str_eq(field(&table, "to_percpu"), "3");
	ck_assert_str_eq(field(&table, "to_task"), "3");
	ck_assert_str_eq(field(&table, "windows"), "6");
	ck_assert_str_eq(field(&table, "possible_cpus"), "4");
	ck_assert_str_eq(field(&table, "nr_cpu_ids"), "4");
	ck_assert_str_eq(field(&table, "allowed_cpus"), "4");
	ck_assert_str_eq(field(&table, "span_max"), "4");
	ck_assert_str_eq(field(&table, "violations"), "0");
	table_stop(&table);
}

TEST(a_row_has_what_became_of_numbers_in_transit)
{
	const struct record_account *account;
	struct table table;

	table_start(&table, hysteresis, NULL, NULL, 0, NULL);
	account = sim_account(&table.simulation, "app");
	ck_assert_uint_gt(account->observer.count[OBSERVE_SETTLED], 0);
	ck_assert_uint_eq(strtoull(field(&table, "settled"), NULL, 10),
		account->observer.count[OBSERVE_SETTLED]);
	ck_assert_uint_eq(strtoull(field(&table, "out_dropped"), NULL, 10),
		account->observer.count[OBSERVE_OUT_DROPPED]);
	table_stop(&table);
}

TEST(what_identifies_a_run_comes_first)
{
	struct table table;

	table_start(&table, hysteresis, "sched.slice", "1ms;2ms;3ms", 2, NULL);
	ck_assert_str_eq(table.names[0], "point");
	ck_assert_str_eq(table.fields[0], "2");
	ck_assert_str_eq(table.names[1], "sched.slice");
	ck_assert_str_eq(table.fields[1], "3ms");
	ck_assert_str_eq(table.names[2], "revision");
	ck_assert_str_eq(table.names[3], "seed");
	ck_assert_str_eq(table.fields[3], "1");
	ck_assert_str_eq(table.fields[4], "ok");
	ck_assert_uint_eq(strtoull(table.fields[5], NULL, 16), table.simulation.result->digest);
	table_stop(&table);
}

TEST(means_and_shares_are_those_of_the_account)
{
	struct table table;
	const struct record_account *account;
	char *expected;

	table_start(&table, hysteresis, NULL, NULL, 0, NULL);
	account = table.simulation.result->accounts->pdata[0];
	expected = g_strdup_printf(
		"%.3f", (double)record_gauge_mean_milli(&account->span, account->lived_ns) / 1000);
	ck_assert(
		g_ascii_strtod(field(&table, "span_mean"), NULL) == g_ascii_strtod(expected, NULL));
	ck_assert_double_eq_tol(g_ascii_strtod(field(&table, "percpu_share"), NULL),
		(double)account->percpu.sum_low / (double)account->lived_ns, 1e-6);
	ck_assert_double_eq_tol(g_ascii_strtod(field(&table, "transit_share"), NULL),
		(double)account->transit.sum_low / (double)account->lived_ns, 1e-6);
	/* The ramp is over before the time. */
	ck_assert_double_eq_tol(g_ascii_strtod(field(&table, "mode_switches_per_s"), NULL),
		6e9 / (double)table.simulation.result->end_ns, 1e-3);
	g_free(expected);
	table_stop(&table);
}

TEST(the_histogram_holds_all_windows)
{
	struct table table;
	char **buckets;
	uint64_t count = 0, before = 0;

	table_start(&table, hysteresis, NULL, NULL, 0, NULL);
	buckets = g_strsplit(field(&table, "window_histogram"), " ", -1);
	for (char **bucket = buckets; *bucket; bucket++) {
		char *colon;
		uint64_t edge = strtoull(*bucket, &colon, 10);

		ck_assert(*colon == ':' && (edge > before || bucket == buckets));
		before = edge;
		count += strtoull(colon + 1, NULL, 10);
	}
	ck_assert_uint_eq(count, 6);
	g_strfreev(buckets);
	table_stop(&table);
}

TEST(without_a_name_all_mms_count)
{
	struct table all, few, many;

	table_start(&all, two_mms, NULL, NULL, 0, NULL);
	table_start(&few, two_mms, NULL, NULL, 0, "few");
	table_start(&many, two_mms, NULL, NULL, 0, "many");
	ck_assert_str_eq(field(&all, "mms"), "2");
	ck_assert_str_eq(field(&all, "mms_percpu"), "1");
	ck_assert_str_eq(field(&few, "mms"), "1");
	ck_assert_str_eq(field(&few, "mms_percpu"), "0");
	ck_assert_str_eq(field(&many, "mms_percpu"), "1");
	ck_assert_str_eq(field(&all, "users_max"), "7");
	ck_assert_str_eq(field(&few, "users_max"), "3");
	ck_assert_str_eq(field(&few, "to_percpu"), "0");
	ck_assert_uint_eq(strtoull(field(&all, "switches_in"), NULL, 10),
		strtoull(field(&few, "switches_in"), NULL, 10) +
			strtoull(field(&many, "switches_in"), NULL, 10));
	table_stop(&many);
	table_stop(&few);
	table_stop(&all);
}

TEST(what_never_happened_is_empty)
{
	struct table table;

	table_start(&table, two_mms, NULL, NULL, 0, "few");
	ck_assert_str_eq(field(&table, "enter_users_min"), "");
	ck_assert_str_eq(field(&table, "leave_users_max"), "");
	ck_assert_str_eq(field(&table, "window_max_ns"), "");
	ck_assert_str_eq(field(&table, "window_histogram"), "");
	ck_assert_str_eq(field(&table, "windows"), "0");
	table_stop(&table);
}

TEST(an_impossible_point_has_a_row_of_the_same_width)
{
	struct table table;
	GString *row = g_string_new(NULL);
	char **fields;

	table_start(&table, hysteresis, "protocol.revision", "6.19;7.1", 1, NULL);
	sweep_row_append_impossible(row, table.axes, 0, table.simulation.scenario);
	fields = g_strsplit(row->str, ",", -1);
	ck_assert_uint_eq(g_strv_length(fields), g_strv_length(table.names));
	ck_assert_str_eq(fields[0], "0");
	ck_assert_str_eq(fields[1], "6.19");
	ck_assert_str_eq(fields[3], "impossible");
	for (unsigned i = 4; fields[i]; i++)
		ck_assert_str_eq(fields[i], "");
	g_strfreev(fields);
	g_string_free(row, TRUE);
	table_stop(&table);
}

TEST(a_value_with_a_comma_is_quoted)
{
	GString *row = g_string_new(NULL);
	struct simulation simulation;
	struct sweep_axes *axes;

	sim_run(&simulation, two_mms);
	axes = axes_of(simulation.scenario, two_mms, "mm few.cpus", "0,2;1");
	sweep_row_append(row, axes, 0, simulation.result, NULL);
	ck_assert(g_str_has_prefix(row->str, "0,\"0,2\",7.1,1,ok,"));
	g_string_free(row, TRUE);
	sweep_axes_free(axes);
	sim_free(&simulation);
}
