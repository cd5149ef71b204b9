/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/revision.h"

#include <signal.h>

#include "tests/lib/suite.h"
#include "tests/lib/world.h"

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static const struct protocol_flag *flag_find(const char *name)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(flags[i].name, name) == 0)
			return &flags[i];
	}
	ck_abort_msg("no flag %s", name);
}

static const char *value_of(const struct protocol *protocol, const char *name)
{
	static char text[32];

	protocol_get(protocol, flag_find(name), text, sizeof(text));
	return text;
}

/* The revisions */

TEST(every_revision_is_found_by_its_name_and_names_differ)
{
	size_t count;
	const struct revision *table = revision_table(&count);

	ck_assert_uint_gt(count, 1);
	for (size_t i = 0; i < count; i++)
		ck_assert_ptr_eq(revision_find(table[i].name), &table[i]);
}

TEST(revisions_are_in_the_order_of_their_dates)
{
	size_t count;
	const struct revision *table = revision_table(&count);

	for (size_t i = 1; i < count; i++)
		ck_assert_int_le(strncmp(table[i - 1].date, table[i].date, 7), 0);
}

TEST(every_revision_has_a_quarter_of_allowance_and_of_gap)
{
	size_t count;
	const struct revision *table = revision_table(&count);

	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_eq(table[i].protocol.allowance, 250);
		ck_assert_uint_eq(table[i].protocol.thrs_gap, 250);
	}
}

TEST(the_current_revision_is_7_1)
{
	ck_assert_str_eq(revision_current()->name, "7.1");
}

TEST(aliases_find_what_they_stand_for)
{
	ck_assert_ptr_eq(revision_find("v6.19-rc1"), revision_find("v5"));
	ck_assert_ptr_eq(revision_find("7.2"), revision_find("7.1"));
	ck_assert_ptr_eq(revision_find("7.3"), revision_find("7.1"));
}

static const char *const unknown[] = { "", "7", "7.", "V3", "6.19 ", "7.1.", "6.18" };

TEST_ROWS(an_unknown_name_finds_nothing, unknown)
{
	ck_assert_ptr_null(revision_find(unknown[_i]));
}

/* The corrections of v4 are not known in detail, so the model has no flag for them. */
TEST(v4_has_the_flags_of_v3)
{
	struct protocol v3 = world_protocol("v3"), v4 = world_protocol("v4");

	ck_assert_mem_eq(&v3, &v4, sizeof(v3));
}

/* docs/protocol.md, section 7, row by row: what each revision changes against the one before. */
static const struct change_row {
	const char *before, *after, *flag, *from, *to;
} changes[] = {
	{ "v1", "v2", "transit-to-task", "off", "on" },
	{ "v2", "v3", "thrs-floor", "0", "1" },
	{ "v1", "v2", "init-keeps-transit", "off", "on" },
	{ "v4", "v5", "init-keeps-transit", "on", "off" },
	{ "v5", "6.19-livelock", "transit-to-percpu", "off", "on" },
	{ "6.19-livelock", "6.19-ordering", "split-mode", "on", "off" },
	{ "6.19-ordering", "6.19-dropcpu", "exit-change", "hand-over", "drop" },
	{ "6.19-dropcpu", "6.19", "out-settles", "off", "on" },
	{ "6.19", "6.19.1", "drop-tests-owned", "off", "on" },
	{ "6.19.1", "7.0-fork", "early-count", "on", "off" },
	{ "6.19.1", "7.0-fork", "walk-budget", "2", "1" },
	{ "7.0-fork", "7.0-vfork", "walk-full", "off", "on" },
	{ "7.0-vfork", "7.0", "walk-users", "system", "list" },
	{ "7.0", "7.1", "walk-keeps-unset", "off", "on" },
	{ "7.1", "bounded-get", "bounded-get", "off", "on" },
	{ "7.1", "affinity-return", "affinity-return", "threshold", "fits" },
};

TEST_ROWS(a_revision_changes_the_flags_that_the_protocol_names, changes)
{
	const struct change_row *row = &changes[_i];
	struct protocol before = world_protocol(row->before), after = world_protocol(row->after);

	ck_assert_str_eq(value_of(&before, row->flag), row->from);
	ck_assert_str_eq(value_of(&after, row->flag), row->to);
}

static bool may_change(const char *before, const char *after, const char *flag)
{
	/* only kept for revisions with a walk over the system: no meaning without */
	static const char *const system_only[] = { "walk-budget", "walk-full" };

	for (int i = 0; i < ROWS(changes); i++) {
		if (!strcmp(changes[i].before, before) && !strcmp(changes[i].after, after) &&
			!strcmp(changes[i].flag, flag))
			return true;
	}
	if (!strcmp(before, "v2")) /* the first series began otherwise in two more ways */
		return !strcmp(flag, "thrs-cap") || !strcmp(flag, "init-unset");
	for (int i = 0; i < ROWS(system_only); i++) {
		if (!strcmp(before, "7.0-vfork") && !strcmp(flag, system_only[i]))
			return true;
	}
	return false;
}

TEST_ROWS(a_revision_changes_no_other_flag, changes)
{
	struct protocol before = world_protocol(changes[_i].before);
	struct protocol after = world_protocol(changes[_i].after);
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);

	for (size_t i = 0; i < count; i++) {
		char from[32], to[32];

		protocol_get(&before, &flags[i], from, sizeof(from));
		protocol_get(&after, &flags[i], to, sizeof(to));
		ck_assert_msg(!strcmp(from, to) || may_change(changes[_i].before, changes[_i].after,
							   flags[i].name),
			"%s -> %s changes %s from %s to %s", changes[_i].before, changes[_i].after,
			flags[i].name, from, to);
	}
}

TEST(the_predecessor_is_the_row_before_but_for_proposals_the_current_revision)
{
	size_t count;
	const struct revision *table = revision_table(&count);
	const struct revision *current = revision_current();

	ck_assert_ptr_null(revision_predecessor(table));
	for (size_t i = 1; i < count; i++)
		ck_assert_ptr_eq(revision_predecessor(&table[i]),
			&table[i] > current ? current : &table[i - 1]);
	ck_assert_ptr_eq(
		revision_predecessor(revision_find("6.19")), revision_find("6.19-dropcpu"));
	ck_assert_ptr_eq(revision_predecessor(&table[count - 1]), current);
}

TEST(an_alias_is_listed_with_what_it_stands_for)
{
	ck_assert_str_eq(revision_alias(revision_find("v5"), 0), "v6.19-rc1");
	ck_assert_ptr_null(revision_alias(revision_find("v5"), 1));
	ck_assert_ptr_null(revision_alias(revision_find("v3"), 0));
	ck_assert_str_eq(revision_alias(revision_find("7.1"), 0), "7.2");
	ck_assert_str_eq(revision_alias(revision_find("7.1"), 1), "7.3");
	ck_assert_ptr_null(revision_alias(revision_find("7.1"), 2));
	ck_assert_ptr_null(revision_alias(revision_find("6.19"), 0));
}

/* protocol_set, protocol_get */

static bool is_range(const struct protocol_flag *flag)
{
	return strstr(flag->values, "..") != NULL;
}

/* Both sides of the range of a number, or the first word. */
static void try_numbers(const struct protocol_flag *flag)
{
	struct protocol p = { 0 };
	char text[16], back[16];

	for (unsigned value = flag->min; value <= flag->max; value++) {
		snprintf(text, sizeof(text), "%u", value);
		ck_assert_int_eq(protocol_set(&p, flag->name, text), 0);
		protocol_get(&p, flag, back, sizeof(back));
		ck_assert_str_eq(back, text);
	}
	snprintf(text, sizeof(text), "%u..%u", flag->min, flag->max);
	ck_assert_str_eq(flag->values, text);
	snprintf(text, sizeof(text), "%u", flag->max + 1);
	ck_assert_int_eq(protocol_set(&p, flag->name, text), -2);
}

static void try_words(const struct protocol_flag *flag)
{
	struct protocol p = { 0 };
	char words[128], back[32];
	unsigned count = 0;

	snprintf(words, sizeof(words), "%s", flag->values);
	for (char *word = strtok(words, "|"); word; word = strtok(NULL, "|"), count++) {
		ck_assert_int_eq(protocol_set(&p, flag->name, word), 0);
		protocol_get(&p, flag, back, sizeof(back));
		ck_assert_str_eq(back, word);
	}
	ck_assert_uint_eq(flag->min, 0);
	ck_assert_uint_eq(count, flag->max + 1);
}

TEST(every_value_of_every_flag_can_be_set_and_got)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);

	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_gt(strlen(flags[i].help), 0);
		if (is_range(&flags[i]))
			try_numbers(&flags[i]);
		else
			try_words(&flags[i]);
	}
}

TEST(the_flags_cover_all_of_the_struct_and_do_not_overlap)
{
	size_t count, covered = 0;
	const struct protocol_flag *flags = protocol_flags(&count);

	for (size_t i = 0; i < count; i++) {
		if (covered == offsetof(struct protocol, unused))
			covered += sizeof(((struct protocol *)NULL)->unused);
		ck_assert_uint_eq(flags[i].offset, covered); /* no padding: it could differ */
		covered = flags[i].offset + flags[i].size;
	}
	ck_assert_uint_eq(sizeof(struct protocol), covered);
}

static const struct {
	const char *name, *value;
	int result;
} bad[] = {
	{ "", "on", -1 },
	{ "transit", "on", -1 },
	{ "transit_to_task", "on", -1 },
	{ "transit-to-task", "", -2 },
	{ "transit-to-task", "o", -2 },
	{ "transit-to-task", "onn", -2 },
	{ "transit-to-task", "off|on", -2 },
	{ "transit-to-task", "1", -2 },
	{ "exit-change", "hand", -2 },
	{ "thrs-gap", "1001", -2 },
	{ "thrs-floor", "3", -2 },
	{ "thrs-cap", "half", -2 },
	{ "allowance", "", -2 },
	{ "allowance", "-1", -2 },
	{ "allowance", " 1", -2 },
	{ "allowance", "1001", -2 },
	{ "allowance", "4294967297", -2 },
	{ "allowance", "99999999999999999999999999", -2 },
	{ "allowance", "2x", -2 },
};

TEST_ROWS(a_bad_flag_or_value_is_refused_and_changes_nothing, bad)
{
	struct protocol p = world_protocol("7.1"), before = p;

	ck_assert_int_eq(protocol_set(&p, bad[_i].name, bad[_i].value), bad[_i].result);
	ck_assert_mem_eq(&p, &before, sizeof(p));
}

TEST(get_cuts_at_the_size_of_the_buffer)
{
	struct protocol p = world_protocol("7.1");
	char text[4] = "xyz";

	protocol_get(&p, flag_find("walk-users"), text, 0);
	ck_assert_str_eq(text, "xyz");
	protocol_get(&p, flag_find("walk-users"), text, sizeof(text));
	ck_assert_str_eq(text, "lis");
	protocol_get(&p, flag_find("allowance"), text, 3);
	ck_assert_str_eq(text, "25");
}

/* Only rows of the table have a place in it. */

TEST_SIGNAL(a_copy_of_a_revision_has_no_predecessor, SIGABRT)
{
	struct revision copy = *revision_current();

	revision_predecessor(&copy);
}

TEST_SIGNAL(a_copy_of_a_revision_has_no_alias, SIGABRT)
{
	struct revision copy = *revision_current();

	revision_alias(&copy, 0);
}

TEST_SIGNAL(a_value_that_no_word_stands_for_has_no_text, SIGABRT)
{
	struct protocol p = world_protocol("7.1");
	char text[32];

	p.exit_change = 3;
	protocol_get(&p, flag_find("exit-change"), text, sizeof(text));
}
