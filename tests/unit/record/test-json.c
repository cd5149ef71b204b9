/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <json-glib/json-glib.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "sim/record/json.h"
#include "tests/lib/sample-run.h"
#include "tests/lib/suite.h"

static struct sample_run run;
static GString *text;

static void start(void)
{
	sample_start(&run);
	text = g_string_new(NULL);
}

static void stop(void)
{
	g_string_free(text, TRUE);
	sample_stop(&run);
}

/* The object that was printed: it must be one line that a JSON parser reads. */
static JsonParser *parse(void)
{
	JsonParser *parser = json_parser_new();
	GError *error = NULL;

	ck_assert_uint_gt(text->len, 0);
	ck_assert_ptr_eq(strchr(text->str, '\n'), text->str + text->len - 1);
	ck_assert_msg(json_parser_load_from_data(parser, text->str, -1, &error), "%s in %s",
		error ? error->message : "", text->str);
	return parser;
}

static struct record_account *add_app(void)
{
	struct record_account *account = sample_account(&run, "app", 10);

	account->lived_ns = 3000000;
	account->to_percpu = 2;
	record_range_add(&account->enter_users, 6);
	record_range_add(&account->enter_users, 5);
	account->formula_enter = 5;
	account->allowed_max = 4;
	account->span = (struct record_gauge){ .sum_low = 3300000, .max = 4 };
	account->optimum = (struct record_gauge){ .sum_low = 3000000, .max = 4 };
	account->percpu.sum_low = 300000;
	account->transit.sum_low = 75;
	account->observer.count[OBSERVE_SWITCHES_IN] = 3;
	account->observer.count[OBSERVE_FAST_PATH] = 2;
	account->observer.count[OBSERVE_BIT_OPS] = 17;
	account->observer.count[OBSERVE_SETTLED] = 5;
	account->observer.count[OBSERVE_OUT_DROPPED] = 3;
	record_histogram_add(&account->windows, 75);
	return account;
}

SUITE(.before = start, .after = stop);

TEST(the_object_says_what_was_run_on_one_line)
{
	json_print(text, run.result);
	g_object_unref(parse());
	ck_assert(
		g_str_has_prefix(text->str, "{\"scenario\":\"scenarios/sample.scn\",\"title\":\"A "
					    "sample\",\"version\":\"" CIDSIM_VERSION
					    "\",\"commit\":\""));
	assert_has(text->str, "\"command\":[\"cidsim\",\"run\",\"scenarios/sample.scn\",\"--seed\","
			      "\"7\"],\"seed\":7,\"revision\":\"7.1\",\"flags\":\"\","
			      "\"digest\":\"0123456789abcdef\",\"events\":0,");
	assert_has(text->str, "\"sim_time_ns\":120000000,");
	assert_has(text->str, "\"ended\":\"time\",\"possible_cpus\":4,"
			      "\"clock_counts_steps\":false,\"ok\":true,");
	assert_has(text->str, "\"violations\":[],\"violations_total\":0,\"livelocks\":0,");
	assert_has(text->str, "\"expectations\":{\"passed\":0,\"failed\":0,\"all\":[]},");
	assert_has(text->str, "\"mms\":{}}\n");
}

TEST(an_mm_has_all_that_was_measured)
{
	add_app();
	json_print(text, run.result);
	g_object_unref(parse());
	assert_has(text->str, "\"app\":{\"users_max\":10,"
			      "\"mode_switches\":{\"to_percpu\":2,\"to_task\":0},"
			      "\"enter_users\":6,\"leave_users\":null,"
			      "\"enter_users_range\":[5,6],\"leave_users_range\":null,"
			      "\"formula\":{\"enter\":5,\"leave\":null,\"allowed\":4},"
			      "\"span\":{\"max\":4,\"mean\":1.100},"
			      "\"taken\":{\"max\":0,\"mean\":0.000},"
			      "\"optimum\":{\"max\":4,\"mean\":1.000},\"waste\":1.100,"
			      "\"percpu_share\":0.100,\"transit_share\":0.000025,");
	assert_has(text->str, "\"windows\":{\"count\":1,\"total_ns\":75,\"max_ns\":75,"
			      "\"p50_ns\":75,\"p99_ns\":75,\"open\":0},"
			      "\"fast_path\":0.666667,\"switches_in\":3,\"bitmap_ops\":17,"
			      "\"settled\":5,\"out_dropped\":3,"
			      "\"spins\":0,\"spin_ns\":0,\"gave_up\":0,\"cid_changes\":0,"
			      "\"cpu_cid_changes\":0,"
			      "\"deferred_runs\":0}");
}

TEST(what_there_is_no_mean_of_is_null)
{
	sample_account(&run, "never", 0);
	json_print(text, run.result);
	g_object_unref(parse());
	assert_has(text->str, "\"mean\":null");
	assert_has(text->str, "\"waste\":null,\"percpu_share\":null,\"transit_share\":null,");
	assert_has(text->str, "\"fast_path\":null,");
}

TEST(violations_and_all_expectations_are_listed)
{
	add_app();
	sample_violation(&run, "I4", "two\nlines \"quoted\"");
	sample_verdict(&run, 0, false, "6");
	sample_verdict(&run, 2, true, "1");
	json_print(text, run.result);
	g_object_unref(parse());
	assert_has(text->str, "\"ok\":false,\"violations\":[{\"time_ns\":1234567,"
			      "\"property\":\"I4\",\"mm\":\"app\","
			      "\"text\":\"two\\nlines \\\"quoted\\\"\"}],"
			      "\"violations_total\":1,\"livelocks\":0,");
	assert_has(text->str, "\"expectations\":{\"passed\":1,\"failed\":1,\"all\":["
			      "{\"line\":40,\"expected\":\"enter-users = 5\",\"ok\":false,"
			      "\"found\":\"6\",\"failed_ns\":null,\"failed_by\":null},"
			      "{\"line\":42,\"expected\":\"livelocks = 1\",\"ok\":true,"
			      "\"found\":\"1\",\"failed_ns\":null,\"failed_by\":null}]}");
}

TEST(names_with_quotes_and_broken_bytes_stay_valid)
{
	JsonParser *parser;

	run.scenario.path = (char *)"odd \"name\"\n\xff.scn";
	run.scenario.title = NULL;
	sample_account(&run, "a\"b\\c 1.50", 1);
	json_print(text, run.result);
	ck_assert(g_utf8_validate(text->str, -1, NULL));
	parser = parse();
	assert_has(text->str, "\"a\\\"b\\\\c 1.50\":{");
	g_object_unref(parser);
}

TEST(a_seed_of_64_bits_stays_exact)
{
	run.scenario.seed = UINT64_MAX;
	json_print(text, run.result);
	g_object_unref(parse());
	assert_has(text->str, "\"seed\":\"18446744073709551615\",");
}

TEST(the_locale_does_not_matter)
{
	GString *other = g_string_new(NULL);

	add_app();
	json_print(text, run.result);
	/* Where it is not installed, this test says nothing. */
	setlocale(LC_ALL, "de_DE.UTF-8");
	json_print(other, run.result);
	setlocale(LC_ALL, "C");
	ck_assert_str_eq(text->str, other->str);
	g_string_free(other, TRUE);
}

/* In each: an account whose numbers contradict each other. */

static void mean_above_the_maximum(struct record_account *account)
{
	account->span.sum_low = 2000;
	account->span.max = 1;
}

static void longer_per_cpu_than_it_lived(struct record_account *account)
{
	account->percpu.sum_low = 1001;
}

static void longest_window_beyond_the_sum(struct record_account *account)
{
	account->windows.max = 1;
}

static void more_on_the_fast_path_than_switches(struct record_account *account)
{
	account->observer.count[OBSERVE_FAST_PATH]++;
}

static void (*const spoilers[])(struct record_account *) = { mean_above_the_maximum,
	longer_per_cpu_than_it_lived, longest_window_beyond_the_sum,
	more_on_the_fast_path_than_switches };

TEST_SIGNAL_ROWS(numbers_that_contradict_each_other_are_not_printed, spoilers, SIGABRT)
{
	struct record_account *account = sample_account(&run, "spoiled", 1);

	account->lived_ns = 1000;
	spoilers[_i](account);
	json_print(text, run.result);
}

TEST(numbers_that_do_not_are)
{
	sample_account(&run, "whole", 1)->lived_ns = 1000;
	json_print(text, run.result);
	g_object_unref(parse());
}
