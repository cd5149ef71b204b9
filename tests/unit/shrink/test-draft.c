/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/shrink/draft.h"

#include "tests/lib/suite.h"

static struct draft *draft;
static char *text;

static void stop(void)
{
	draft_free(draft);
	g_free(text);
}

SUITE(.after = stop);

static struct draft_entry *entry_at(uint32_t line)
{
	struct draft_group *group;

	return draft_find(draft, line, &group);
}

TEST(what_is_printed_has_no_comments)
{
	draft = draft_new("# a\n[mm app]\ncount=3\n\n[ tasks  t ]\n# b\nrun = 1ms\n");
	text = draft_print(draft);
	ck_assert_str_eq(text, "[mm app]\ncount = 3\n\n[tasks t]\nrun = 1ms\n");
	ck_assert_uint_eq(draft_lines(draft), 4);
}

TEST(what_is_gone_is_left_out_and_comes_back)
{
	draft = draft_new("[mm app]\ncount=3\nstart=1ms\n");
	entry_at(2)->gone = true;
	text = draft_print(draft);
	ck_assert_str_eq(text, "[mm app]\nstart = 1ms\n");
	ck_assert_uint_eq(draft_lines(draft), 2);
	ck_assert_ptr_null(draft_get(draft, "mm app", "count"));
	entry_at(2)->gone = false;
	ck_assert_ptr_nonnull(draft_get(draft, "mm app", "count"));
}

TEST(steps_are_numbered_anew)
{
	draft = draft_new("[steps]\n1 = out 0\n2 = in 0 T1\n3 = walk\n");
	entry_at(3)->gone = true;
	text = draft_print(draft);
	ck_assert_str_eq(text, "[steps]\n1 = out 0\n2 = walk\n");
}

TEST(a_line_without_key_has_no_entry)
{
	draft = draft_new("[mm app]\ncount=3\n");
	ck_assert_ptr_null(entry_at(1));
	ck_assert_ptr_null(entry_at(9));
	ck_assert_str_eq(entry_at(2)->value, "3");
}

TEST(groups_are_sorted_by_kind_and_actions_by_time)
{
	draft = draft_new("[expect]\n[at 2ms]\n[mm b]\n[at 10us]\n[mm a]\n[machine]\n[scenario]\n");
	draft_sort(draft);
	text = draft_print(draft);
	ck_assert_str_eq(text,
		"[scenario]\n\n[machine]\n\n[mm b]\n\n[mm a]\n\n[at 10us]\n\n[at 2ms]\n\n"
		"[expect]\n");
}

TEST(a_key_is_added_with_its_group)
{
	draft = draft_new("[mm app]\n");
	draft_add(draft, "machine", "cpus", "2");
	draft_add(draft, "machine", "online", "0");
	text = draft_print(draft);
	ck_assert_str_eq(text, "[mm app]\n\n[machine]\ncpus = 2\nonline = 0\n");
}

TEST(a_kind_is_the_first_word)
{
	struct draft_group group = { .name = (char *)"expect app at 1ms" };

	ck_assert(draft_is_kind(&group, "expect"));
	ck_assert(!draft_is_kind(&group, "exp"));
	ck_assert(!draft_is_kind(&group, "at"));
}
