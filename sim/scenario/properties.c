/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <string.h>

#include "model/check.h"

/* The properties that can be looked for, and how they are written. */

static const struct {
	const char *word;
	unsigned bit;
} properties[] = {
	{ "I1", CHECK_I1 },
	{ "I2", CHECK_I2 },
	{ "I3", CHECK_I3 },
	{ "I4", CHECK_I4 },
	{ "I5", CHECK_I5 },
	{ "I6", CHECK_I6 },
	{ "I7", CHECK_I7 },
	{ "I8", CHECK_I8 },
	{ "return", EXPLORE_RETURN },
	{ "stall", EXPLORE_STALL },
	{ "stuck", EXPLORE_STUCK },
	{ "transit", EXPLORE_TRANSIT },
	{ "window", EXPLORE_WINDOW },
	{ "invariant", EXPLORE_INVARIANT },
};

const char *scenario_property_to_string(unsigned property)
{
	for (size_t i = 0; i < G_N_ELEMENTS(properties); i++)
		if (properties[i].bit == property)
			return properties[i].word;
	g_assert(property == 0);
	return "none";
}

unsigned scenario_property_find(const char *word)
{
	for (size_t i = 0; i < G_N_ELEMENTS(properties); i++) {
		if (strcmp(properties[i].word, word) == 0)
			return properties[i].bit;
	}
	return 0;
}

const char *scenario_property_word(size_t i)
{
	return i < G_N_ELEMENTS(properties) ? properties[i].word : NULL;
}

const char *scenario_property_describe(unsigned property)
{
	switch (property) {
	case EXPLORE_RETURN:
		return "nothing leads back to per task after a widened affinity";
	case EXPLORE_STALL:
		return "a get finds nothing though the mode does not change";
	case EXPLORE_STUCK:
		return "a get finds nothing though the mode does not change, and nothing can end "
		       "it";
	case EXPLORE_TRANSIT:
		return "mode and a CID are in transit, though no change is under way";
	case EXPLORE_WINDOW:
		return "a change of the mode is under way without TRANSIT";
	case EXPLORE_INVARIANT:
		return "a conjunct of the invariant in proof/ does not hold";
	default:
		return check_describe(property);
	}
}

char *property_read(const char *word, unsigned *property)
{
	*property = scenario_property_find(word);
	return *property ? NULL
	                 : value_fault(word, "is not a property, write I1 to I8, return, stall, "
					     "stuck, transit, window or invariant");
}

void scenario_properties_print(GString *text, unsigned set)
{
	const char *blank = "";

	g_assert(set != 0);
	for (; set; set &= set - 1) {
		g_string_append_printf(
			text, "%s%s", blank, scenario_property_to_string(set & -set));
		blank = " ";
	}
}

char *scenario_properties_read(const char *text, const char *separators, unsigned *check)
{
	char **words = g_strsplit_set(text, separators, -1);
	char *message = NULL;
	unsigned found = 0;

	for (char **word = words; !message && *word; word++) {
		unsigned property = 0;

		if (**word == '\0')
			continue;
		message = property_read(*word, &property);
		if (!message && (found & property) != 0)
			message = g_strdup_printf("'%s' is there twice", *word);
		found |= property;
	}
	g_strfreev(words);
	if (!message)
		*check = found;
	return message;
}
