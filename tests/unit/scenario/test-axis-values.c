/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/axis-values.h"

#include "tests/lib/suite.h"

static GPtrArray *messages;

static void start(void)
{
	messages = g_ptr_array_new_with_free_func(g_free);
}

static void stop(void)
{
	g_ptr_array_free(messages, TRUE);
}

static struct axis_values *read_list(const char *text, bool ranges)
{
	struct axis_values *list = axis_values_read(text, ranges, messages);

	ck_assert_msg(list != NULL, "%s: %s", text,
		messages->len > 0 ? (char *)messages->pdata[0] : "no message");
	ck_assert_uint_eq(messages->len, 0);
	return list;
}

static void assert_value(const struct axis_values *list, uint64_t position, const char *expected)
{
	char *value = axis_values_value(list, position);

	ck_assert_str_eq(value, expected);
	g_free(value);
}

/* The values of the list are those of @expected, separated by spaces; its normal form @normal. */
static void assert_list(const char *text, bool ranges, const char *expected, const char *normal)
{
	struct axis_values *list = read_list(text, ranges);
	char **values = g_strsplit(expected, " ", -1);
	char *found = axis_values_to_string(list);

	ck_assert_uint_eq(axis_values_length(list), g_strv_length(values));
	for (uint64_t i = 0; values[i] != NULL; i++)
		assert_value(list, i, values[i]);
	ck_assert_str_eq(found, normal);
	g_free(found);
	g_strfreev(values);
	axis_values_free(list);
}

static void refuse(const char *text, const char *message)
{
	g_ptr_array_set_size(messages, 0);
	ck_assert_msg(axis_values_read(text, true, messages) == NULL, "accepted: %s", text);
	ck_assert_str_eq(g_ptr_array_index(messages, 0), message);
	ck_assert_uint_eq(messages->len, 1);
}

SUITE(.before = start, .after = stop);

TEST(items_are_separated_by_semicolons_or_else_commas)
{
	assert_list("4", true, "4", "4");
	assert_list("4;8;16", true, "4 8 16", "4;8;16");
	assert_list(" 4 ,\t8,  16 ", true, "4 8 16", "4;8;16");
	assert_list("0-3,8;0-7", false, "0-3,8 0-7", "0-3,8;0-7");
	assert_list("exp(1ms),uniform(1ms,2ms)", true, "exp(1ms) uniform(1ms,2ms)",
		"exp(1ms);uniform(1ms,2ms)");
	assert_list("a),b", true, "a) b", "a);b");
}

TEST(an_item_keeps_one_space_between_its_words)
{
	struct axis_values *list = read_list(" first \t 4 ;first 8", true);
	char *text = axis_values_to_string(list);

	ck_assert_str_eq(text, "first 4;first 8");
	g_free(text);
	axis_values_free(list);
}

TEST(ranges_have_steps_or_factors)
{
	assert_list("1-4", true, "1 2 3 4", "1-4");
	assert_list("0-0", true, "0", "0-0");
	assert_list("1-9+4", true, "1 5 9", "1-9+4");
	assert_list("1-8+4", true, "1 5", "1-8+4");
	assert_list("1-8+100", true, "1", "1-8+100");
	assert_list("1-256*4", true, "1 4 16 64 256", "1-256*4");
	assert_list("3-255*4", true, "3 12 48 192", "3-255*4");
	assert_list("1ms-9ms+4ms", true, "1ms 5ms 9ms", "1ms-9ms+4ms");
	assert_list("1s-3s", true, "1s 2s 3s", "1s-3s");
	assert_list("100us-10000us*10", true, "100us 1000us 10000us", "100us-10000us*10");
	assert_list(
		"1-2; 7 ;10-40*2;forever", true, "1 2 7 10 20 40 forever", "1-2;7;10-40*2;forever");
}

TEST(words_are_no_ranges)
{
	assert_list("6.19-livelock;7.0-vfork", false, "6.19-livelock 7.0-vfork",
		"6.19-livelock;7.0-vfork");
	assert_list("1-8", false, "1-8", "1-8");
	assert_list("hand-over", true, "hand-over", "hand-over");
	assert_list("-5", true, "-5", "-5");
}

TEST(values_go_up_to_the_largest_number)
{
	struct axis_values *list = read_list("18446744073709551614-18446744073709551615", true);

	ck_assert_uint_eq(axis_values_length(list), 2);
	assert_value(list, 1, "18446744073709551615");
	axis_values_free(list);
	list = read_list("0-18446744073709551615+9223372036854775807", true);
	ck_assert_uint_eq(axis_values_length(list), 3);
	assert_value(list, 2, "18446744073709551614");
	axis_values_free(list);
	list = read_list("1-18446744073709551615*2", true);
	ck_assert_uint_eq(axis_values_length(list), 64);
	assert_value(list, 63, "9223372036854775808");
	axis_values_free(list);
	list = read_list("5-18446744073709551615*18446744073709551615", true);
	ck_assert_uint_eq(axis_values_length(list), 1);
	axis_values_free(list);
	list = read_list("1-18446744073709551615*18446744073709551615", true);
	ck_assert_uint_eq(axis_values_length(list), 2);
	assert_value(list, 1, "18446744073709551615");
	axis_values_free(list);
}

TEST(a_thousand_million_values_take_no_memory)
{
	struct axis_values *list = read_list("7-1000000006", true);

	ck_assert_uint_eq(axis_values_length(list), POINTS_MAX);
	assert_value(list, 0, "7");
	assert_value(list, 999999999, "1000000006");
	axis_values_free(list);
}

TEST(items_have_the_places_of_their_values)
{
	struct axis_values *list = read_list("4;1us-9us+4us;x", true);
	struct axis_item info = axis_values_item(list, 1);

	ck_assert_uint_eq(axis_values_items(list), 3);
	ck_assert_uint_eq(info.first, 1);
	ck_assert_uint_eq(info.last, 3);
	ck_assert(info.is_range);
	ck_assert_str_eq(info.unit, "us");
	info = axis_values_item(list, 2);
	ck_assert_uint_eq(info.first, 4);
	ck_assert_uint_eq(info.last, 4);
	ck_assert(!info.is_range);
	axis_values_free(list);
}

TEST(empty_lists_and_items_are_refused)
{
	refuse("", "the list is empty, write values like 4;8");
	refuse(" \t", "the list is empty, write values like 4;8");
	refuse("4,,8", "an item of the list is empty");
	refuse("4;", "an item of the list is empty");
	refuse(",4", "an item of the list is empty");
}

TEST(bad_ranges_are_refused)
{
	static const char form[] = "is not a range of whole numbers, write one like 1-8, "
				   "1ms-9ms+2ms or 1-256*4";
	static const char *const forms[] = { "1-8+", "1-8*", "1-8+2x", "1-8*2ms", "1-8/2", "1-8-9",
		"1.5ms-3ms", "1ms-3.5ms", "1k-4k", "1-x", "1--4", "1 - 8", "1-8 +2", "1-8+2*2" };

	refuse("1-", "'1-' has no end, write a range like 1-8");
	refuse("1ms-", "'1ms-' has no end, write a range like 1-8");
	refuse("5-1", "'5-1' is reversed, write 1-5");
	refuse("9ms-1ms+2ms", "'9ms-1ms+2ms' is reversed, write 1ms-9ms+2ms");
	refuse("1-4+0", "'1-4+0' has a step of 0, at least 1 is needed");
	refuse("1-8*1", "'1-8*1' has a factor below 2, at least 2 is needed");
	refuse("1-8*0", "'1-8*0' has a factor below 2, at least 2 is needed");
	refuse("0-8*2", "'0-8*2' starts at 0, which no factor makes larger");
	refuse("1ms-9us", "'1ms-9us' has different units, write the same one after each number");
	refuse("1-9ms", "'1-9ms' has different units, write the same one after each number");
	refuse("1ms-9ms+2",
		"'1ms-9ms+2' has different units, write the same one after each number");
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		char *message = g_strdup_printf("'%s' %s", forms[i], form);

		refuse(forms[i], message);
		g_free(message);
	}
}

TEST(numbers_that_overflow_are_refused)
{
	refuse("1-18446744073709551616", "'1-18446744073709551616' has too large a number, all "
					 "must be below 2^64");
	refuse("18446744073709551616-18446744073709551617",
		"'18446744073709551616-18446744073709551617' has too large a number, all must be "
		"below 2^64");
	refuse("1-8*18446744073709551616", "'1-8*18446744073709551616' has too large a number, all "
					   "must be below 2^64");
}

TEST(too_many_values_are_refused)
{
	refuse("0-18446744073709551615",
		"'0-18446744073709551615' has more than 1000000000 values");
	refuse("1-1000000001", "'1-1000000001' has more than 1000000000 values");
	refuse("1-1000000000;7", "the list has more than 1000000000 values");
	refuse("1-600000000;1-600000000", "the list has more than 1000000000 values");
}

TEST(too_many_items_are_refused)
{
	GString *text = g_string_new("0");

	for (unsigned i = 1; i < AXIS_ITEMS_MAX; i++)
		g_string_append_printf(text, ";%u", i);
	axis_values_free(read_list(text->str, true));
	g_string_append(text, ";x");
	refuse(text->str, "the list has more than 65536 items");
	g_string_free(text, TRUE);
}

TEST(all_faults_of_a_list_are_messages_but_not_thousands)
{
	GString *text = g_string_new(NULL);

	ck_assert_ptr_null(axis_values_read("5-1;4;;1-", true, messages));
	ck_assert_uint_eq(messages->len, 3);
	ck_assert_str_eq(messages->pdata[2], "'1-' has no end, write a range like 1-8");
	for (unsigned i = 0; i < 1000; i++)
		g_string_append(text, ";");
	g_ptr_array_set_size(messages, 0);
	ck_assert_ptr_null(axis_values_read(text->str, true, messages));
	ck_assert_uint_eq(messages->len, 20);
	g_string_free(text, TRUE);
}

TEST(none_is_freed_too)
{
	axis_values_free(NULL);
}
