/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>
#include <string.h>

#include "model/check.h"
#include "sim/scenario/private.h"
#include "tests/lib/suite.h"

static const struct {
	const char *word;
	unsigned bit;
} words[] = {
	{ "I1", CHECK_I1 },
	{ "I8", CHECK_I8 },
	{ "return", EXPLORE_RETURN },
	{ "stall", EXPLORE_STALL },
	{ "stuck", EXPLORE_STUCK },
	{ "transit", EXPLORE_TRANSIT },
	{ "window", EXPLORE_WINDOW },
};

TEST_ROWS(a_property_has_a_word_and_a_meaning, words)
{
	unsigned property = 0;

	ck_assert_str_eq(scenario_property_to_string(words[_i].bit), words[_i].word);
	ck_assert_uint_eq(scenario_property_find(words[_i].word), words[_i].bit);
	ck_assert_ptr_null(property_read(words[_i].word, &property));
	ck_assert_uint_eq(property, words[_i].bit);
	ck_assert_uint_gt(strlen(scenario_property_describe(words[_i].bit)), 10);
}

TEST(all_have_a_word_and_are_found_by_it)
{
	size_t i = 0;

	for (; scenario_property_word(i); i++)
		ck_assert_str_eq(scenario_property_to_string(
					 scenario_property_find(scenario_property_word(i))),
			scenario_property_word(i));
	ck_assert_uint_gt(i, G_N_ELEMENTS(words));
}

TEST(no_property_has_a_word_too)
{
	ck_assert_str_eq(scenario_property_to_string(0), "none");
	ck_assert_uint_eq(scenario_property_find("none"), 0);
}

TEST(several_are_a_set)
{
	unsigned properties = 0;
	g_autofree char *twice = NULL, *unknown = NULL;

	ck_assert_ptr_null(scenario_properties_read(" I1\tI3  return", " \t", &properties));
	ck_assert_uint_eq(properties, CHECK_I1 | CHECK_I3 | EXPLORE_RETURN);
	ck_assert_ptr_null(scenario_properties_read("", " \t", &properties));
	ck_assert_uint_eq(properties, 0);
	properties = 42;
	twice = scenario_properties_read("I1 I2 I1", " \t", &properties);
	ck_assert_str_eq(twice, "'I1' is there twice");
	unknown = scenario_properties_read("I1 I9", " \t", &properties);
	ck_assert_str_eq(unknown, "'I9' is not a property, write I1 to I8, return, stall, stuck, "
				  "transit, window or invariant");
	ck_assert_uint_eq(properties, 42);
	ck_assert_ptr_null(scenario_properties_read("I2, I1,", " ,", &properties));
	ck_assert_uint_eq(properties, CHECK_I1 | CHECK_I2);
}

TEST(a_set_is_written_as_it_is_read)
{
	g_autoptr(GString) text = g_string_new("check ");

	scenario_properties_print(text, EXPLORE_RETURN | CHECK_I3 | CHECK_I1);
	ck_assert_str_eq(text->str, "check I1 I3 return");
}

TEST_SIGNAL(no_properties_are_no_set, SIGABRT)
{
	g_autoptr(GString) text = g_string_new(NULL);

	scenario_properties_print(text, 0);
}

TEST_SIGNAL(two_properties_have_no_word, SIGABRT)
{
	scenario_property_to_string(CHECK_I1 | CHECK_I2);
}
