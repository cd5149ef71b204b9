/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/values.h"

#include "tests/lib/suite.h"

/* The message of a refusal must have @part in it. Takes @message over. */
static void assert_message(char *message, const char *part)
{
	ck_assert_msg(message != NULL, "accepted, but '%s' was expected", part);
	ck_assert_msg(strstr(message, part) != NULL, "'%s' has no '%s'", message, part);
	g_free(message);
}

static void assert_duration(const char *text, uint64_t expected)
{
	uint64_t ns = 1;
	char *message = value_read_duration(text, &ns);

	ck_assert_msg(message == NULL, "%s", message);
	ck_assert_uint_eq(ns, expected);
}

static void refuse_duration(const char *text, const char *part)
{
	uint64_t ns = 42;

	assert_message(value_read_duration(text, &ns), part);
	ck_assert_uint_eq(ns, 42);
}

TEST(durations_are_exact)
{
	assert_duration("0ns", 0);
	assert_duration("10ms", 10000000);
	assert_duration("1.5ms", 1500000);
	assert_duration("0.000000001s", 1);
	assert_duration("1.50us", 1500);
	assert_duration("3.0ns", 3);
	assert_duration("1.0000000000000000000000s", 1000000000);
	assert_duration("007us", 7000);
	assert_duration("18446744073709551615ns", UINT64_MAX);
	assert_duration("18446744073.709551615s", UINT64_MAX);
}

TEST(sizes_are_bytes_or_have_a_unit)
{
	uint64_t bytes = 7;
	g_autofree char *wrong = NULL;

	ck_assert_ptr_null(value_read_size("4096", &bytes));
	ck_assert_uint_eq(bytes, 4096);
	ck_assert_ptr_null(value_read_size("3G", &bytes));
	ck_assert_uint_eq(bytes, UINT64_C(3) << 30);
	wrong = value_read_size("4194305T", &bytes);
	ck_assert_str_eq(wrong, "'4194305T' is not a size like 4G, 512M or 65536K");
	ck_assert_uint_eq(bytes, UINT64_C(3) << 30);
}

static const char *const no_sizes[] = { "", "G", "1.5G", "4g", "4GB", "-1", "99999999999999999999" };

TEST_ROWS(what_is_no_size_is_refused, no_sizes)
{
	uint64_t bytes;
	g_autofree char *wrong = value_read_size(no_sizes[_i], &bytes);

	ck_assert_ptr_nonnull(wrong);
}

TEST(durations_need_a_unit)
{
	refuse_duration("10", "no unit");
	refuse_duration("0", "no unit");
	refuse_duration("1.5", "no unit");
	refuse_duration("10sec", "unit of time");
	refuse_duration("10 ms", "unit of time");
	refuse_duration("10MS", "unit of time");
}

static void expect_count_in(const char *text, uint64_t min, uint64_t max, const char *message)
{
	uint64_t value = 77;
	g_autofree char *wrong = value_read_count_in(text, min, max, &value);

	ck_assert_pstr_eq(wrong, message);
	ck_assert_uint_eq(value, message ? 77 : g_ascii_strtoull(text, NULL, 10));
}

TEST(a_count_is_within_its_limits)
{
	expect_count_in("1", 1, 5, NULL);
	expect_count_in("5", 1, 5, NULL);
	expect_count_in("18446744073709551615", 0, UINT64_MAX, NULL);
	expect_count_in("0", 1, 5, "'0' is out of range, it must be 1 to 5");
	expect_count_in("6", 1, 5, "'6' is out of range, it must be 1 to 5");
	expect_count_in("7", 0, 0, "'7' is out of range, it must be 0 to 0");
	expect_count_in("x", 1, 5, "'x' is not a whole number, write one like 4");
}

TEST(what_is_no_duration_is_refused)
{
	refuse_duration("", "not a duration");
	refuse_duration("ms", "not a duration");
	refuse_duration(".5ms", "not a duration");
	refuse_duration("+1ms", "not a duration");
	refuse_duration("0x1ms", "unit of time");
	refuse_duration("1.ms", "both sides");
	refuse_duration("1e3ms", "unit of time");
	refuse_duration("-1ms", "negative");
	refuse_duration("1,5ms", "unit of time");
}

TEST(durations_below_a_ns_are_refused)
{
	refuse_duration("1.5ns", "whole number of ns");
	refuse_duration("0.0001us", "whole number of ns");
	refuse_duration("1.0000000001s", "whole number of ns");
}

TEST(durations_that_overflow_are_refused)
{
	refuse_duration("18446744073709551616ns", "too long");
	refuse_duration("18446744073709551615us", "too long");
	refuse_duration("18446744074s", "too long");
	refuse_duration("99999999999999999999999999999999s", "too long");
	refuse_duration(
		"0000000000000000000000000000000000000000000000000000000000000000001s", "too long");
}

TEST(durations_are_written_in_their_largest_unit)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0ns" },
		{ 1, "1ns" },
		{ 1500, "1.5us" },
		{ 1000000, "1ms" },
		{ 1000001, "1.000001ms" },
		{ 60000000000, "60s" },
		{ UINT64_MAX, "18446744073.709551615s" },
	};
	char text[VALUE_DURATION_MAX];

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		value_format_duration(cases[i].ns, text);
		ck_assert_str_eq(text, cases[i].text);
		assert_duration(text, cases[i].ns);
	}
}

TEST(counts_are_digits_below_2_to_64)
{
	uint64_t count = 42;

	ck_assert_ptr_null(value_read_count("18446744073709551615", &count));
	ck_assert_uint_eq(count, UINT64_MAX);
	ck_assert_ptr_null(value_read_count("0", &count));
	ck_assert_uint_eq(count, 0);
	assert_message(value_read_count("18446744073709551616", &count), "too large");
	assert_message(value_read_count("-1", &count), "negative");
	assert_message(value_read_count("", &count), "not a whole number");
	assert_message(value_read_count("1.5", &count), "not a whole number");
	assert_message(value_read_count("4k", &count), "not a whole number");
	assert_message(value_read_count("0x10", &count), "not a whole number");
	ck_assert_uint_eq(count, 0);
}

TEST(percents_are_from_0_to_100)
{
	uint64_t millionths = 42;

	ck_assert_ptr_null(value_read_percent("97%", &millionths));
	ck_assert_uint_eq(millionths, 97000000);
	ck_assert_ptr_null(value_read_percent("0.5%", &millionths));
	ck_assert_uint_eq(millionths, 500000);
	ck_assert_ptr_null(value_read_percent("100%", &millionths));
	ck_assert_uint_eq(millionths, 100000000);
	assert_message(value_read_percent("100.000001%", &millionths), "more than 100%");
	assert_message(value_read_percent("99999999999999999999%", &millionths), "more than 100%");
	assert_message(value_read_percent("0.0000001%", &millionths), "six decimals");
	assert_message(value_read_percent("97", &millionths), "not a share");
	assert_message(value_read_percent("%", &millionths), "not a share");
	ck_assert_uint_eq(millionths, 100000000);
}

static void assert_sample(const char *text, struct sample expected)
{
	struct sample sample;
	char *message = value_read_sample(text, 1000000000, &sample);

	ck_assert_msg(message == NULL, "%s", message);
	ck_assert_int_eq(sample.kind, expected.kind);
	ck_assert_uint_eq(sample.a, expected.a);
	ck_assert_uint_eq(sample.b, expected.b);
	ck_assert_uint_eq(sample.weight, expected.weight);
}

TEST(distributions_are_read)
{
	assert_sample("1ms", (struct sample){ .kind = SAMPLE_CONSTANT, .a = 1000000 });
	assert_sample("uniform(1us,2us)",
		(struct sample){ .kind = SAMPLE_UNIFORM, .a = 1000, .b = 2000 });
	assert_sample("uniform ( 1us , 1us )",
		(struct sample){ .kind = SAMPLE_UNIFORM, .a = 1000, .b = 1000 });
	assert_sample("exp(1.5us)", (struct sample){ .kind = SAMPLE_EXPONENTIAL, .a = 1500 });
	assert_sample("bimodal(1us,10us,50%)", (struct sample){ .kind = SAMPLE_BIMODAL,
						       .weight = UINT32_C(1) << 31,
						       .a = 1000,
						       .b = 10000 });
	assert_sample("bimodal(1us,10us,99.999999%)", (struct sample){ .kind = SAMPLE_BIMODAL,
							      .weight = UINT32_C(4294967253),
							      .a = 1000,
							      .b = 10000 });
}

TEST(bad_distributions_are_refused)
{
	struct sample sample = { .a = 42 };
	static const char *const cases[][2] = {
		{ "10", "no unit" },
		{ "1.1s", "too long, at most 1s" },
		{ "uniform(1ms)", "not written like uniform(1ms,2ms)" },
		{ "uniform(1ms,2ms,3ms)", "not written like uniform(1ms,2ms)" },
		{ "uniform(2ms,1ms)", "swapped" },
		{ "uniform(1ms,2)", "no unit" },
		{ "uniform(1ms,2s)", "too long" },
		{ "uniform(1ms,2ms", "end in ')'" },
		{ "uniform(1ms,2ms) ms", "end in ')'" },
		{ "uniform(", "end in ')'" },
		{ "exp()", "not written like exp(1ms)" },
		{ "exp( )", "not a duration" },
		{ "exp(0ns)", "mean above" },
		{ "bimodal(1ms,2ms,0%)", "between 0% and 100%" },
		{ "bimodal(1ms,2ms,100%)", "between 0% and 100%" },
		{ "bimodal(1ms,2ms,10)", "not a share" },
		{ "unifrom(1ms,2ms)", "did you mean 'uniform'" },
		{ "pareto(1ms,2ms)", "not a distribution" },
		{ "(1ms)", "not a distribution" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_message(value_read_sample(cases[i][0], 1000000000, &sample), cases[i][1]);
	ck_assert_uint_eq(sample.a, 42);
}

TEST(the_longest_of_a_sample_is_its_upper_bound)
{
	ck_assert_uint_eq(value_sample_longest(&(struct sample){ .a = 3 }), 3);
	ck_assert_uint_eq(value_sample_longest(&(struct sample){ .a = 0, .b = 5 }), 5);
}

TEST(the_nearest_word_is_a_slip_away)
{
	static const char *const known[] = { "switch", "wakeup", "walk-cpu", "walk-task" };

	ck_assert_str_eq(value_nearest("swicht", known, 4), "switch");
	ck_assert_str_eq(value_nearest("wakup", known, 4), "wakeup");
	ck_assert_str_eq(value_nearest("walk-cpus", known, 4), "walk-cpu");
	ck_assert_str_eq(value_nearest("walk_tsk", known, 4), "walk-task");
	ck_assert_ptr_null(value_nearest("affinity", known, 4));
	ck_assert_ptr_null(value_nearest("", known, 4));
	ck_assert_ptr_null(value_nearest("switch", known, 0));
}

/* Nobody who wrote a word meant none. */
TEST(an_empty_word_is_not_near)
{
	static const char *const known[] = { "cpus", "", "seed" };

	ck_assert_ptr_null(value_nearest("p", known, 3));
	ck_assert_str_eq(value_nearest("cpu", known, 3), "cpus");
}

TEST(a_very_long_word_has_no_nearest)
{
	char *word = g_strnfill(1000, 'a');
	const char *const known[] = { word, "aaa" };

	ck_assert_ptr_null(value_nearest(word, known, 2));
	ck_assert_ptr_null(value_nearest("bbbbb", known, 2));
	g_free(word);
}

TEST(text_has_no_control_characters)
{
	ck_assert(value_is_text(""));
	ck_assert(value_is_text("f\xc3\xbcr 4"));
	ck_assert(!value_is_text("\xff"));
	ck_assert(!value_is_text("a\nb"));
	ck_assert(!value_is_text("\xc2\x85"));
}

static const struct {
	const char *text;
	size_t max;
	const char *clean;
} dirty[] = {
	{ "", 9, "" },
	{ "f\xc3\xbcr 4", 9, "f\xc3\xbcr 4" },
	{ "f\xc3\xbcr 4", 3, "f\xc3\xbc" },
	{ "f\xc3\xbcr 4", 2, "f" },
	{ "f\xc3\xbcr 4", 0, "" },
	{ "a\nb\x1b[31m\x7f", 99, "a?b?[31m?" },
	{ "\xc2\x85-\xff\xc3", 99, "?-\?\?" },
};

TEST_ROWS(what_is_clean_is_text_of_some_length, dirty)
{
	g_autofree char *clean = value_clean(dirty[_i].text, dirty[_i].max);

	ck_assert_str_eq(clean, dirty[_i].clean);
	ck_assert(value_is_text(clean));
}

TEST(quotes_are_short_and_printable)
{
	char *long_text = g_strnfill(1000, 'x');
	char *quoted = value_quote(long_text);

	ck_assert_uint_le(strlen(quoted), VALUE_QUOTE_MAX + 5);
	ck_assert(g_str_has_suffix(quoted, "...'"));
	g_free(quoted);
	quoted = value_quote("a\x1b[31m\xff");
	ck_assert_str_eq(quoted, "'a\\x1b[31m\\xff'");
	g_free(quoted);
	quoted = value_quote("f\xc3\xbcr");
	ck_assert_str_eq(quoted, "'f\xc3\xbcr'");
	g_free(quoted);
	g_free(long_text);
}
