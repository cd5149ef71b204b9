/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/messages.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/suite.h"

static GPtrArray *messages;
static FILE *file;

/* Standard error is a file. */
static void start(void)
{
	messages = g_ptr_array_new_with_free_func(g_free);
	file = tmpfile();
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ne(dup2(fileno(file), STDERR_FILENO), -1);
}

static void stop(void)
{
	g_ptr_array_unref(messages);
	fclose(file);
}

SUITE(.before = start, .after = stop);

static const char *printed(void)
{
	static char text[4096];

	rewind(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	return text;
}

TEST(a_message_is_printed_clean)
{
	command_error("x.scn: %s", "a\nb\033");
	ck_assert_str_eq(printed(), "cidsim: x.scn: a?b?\n");
}

TEST(what_is_wrong_with_a_value_names_its_option)
{
	ck_assert(command_accepts("run", "--jobs", NULL));
	ck_assert_str_eq(printed(), "");
	ck_assert(!command_accepts("run", "--jobs", g_strdup("no number")));
	ck_assert_str_eq(printed(), "cidsim: run: --jobs: no number\n");
}

TEST(messages_that_are_kept_are_printed_later)
{
	ck_assert_ptr_null(messages_keep(messages));
	command_error("%s", "first");
	command_error("second");
	ck_assert_ptr_eq(messages_keep(NULL), messages);
	ck_assert_str_eq(printed(), "");
	ck_assert_uint_eq(messages->len, 2);
	messages_print(messages);
	ck_assert_str_eq(printed(), "cidsim: first\ncidsim: second\n");
}

static void *speak(void *data)
{
	(void)data;
	command_error("other");
	return NULL;
}

TEST(only_those_of_this_thread_are_kept)
{
	messages_keep(messages);
	g_thread_join(g_thread_new(NULL, speak, NULL));
	ck_assert_uint_eq(messages->len, 0);
	ck_assert_str_eq(printed(), "cidsim: other\n");
}

TEST(what_is_wrong_with_an_option_is_said_once)
{
	messages_keep(messages);
	for (int i = 0; i < 3; i++)
		command_error("--set mm.x: is wrong");
	command_error("x.scn: is wrong");
	command_error("x.scn: is wrong");
	messages_keep(NULL);
	messages_print(messages);
	ck_assert_str_eq(printed(), "cidsim: --set mm.x: is wrong\n"
				    "cidsim: x.scn: is wrong\ncidsim: x.scn: is wrong\n");
}
