/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* symlink */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/folder.h"
#include "tests/lib/sample-run.h"

#include "tests/lib/suite.h"

static struct sample_run run;

static void start(void)
{
	sample_start(&run);
}

static void stop(void)
{
	sample_stop(&run);
}

static void assert_error(GError *error, const char *path, int code)
{
	char *message = g_strdup_printf("%s: %s", path, g_strerror(code));

	ck_assert_ptr_nonnull(error);
	ck_assert(error->domain == G_FILE_ERROR);
	ck_assert_str_eq(error->message, message);
	g_free(message);
	g_error_free(error);
}

SUITE(.before = start, .after = stop);

TEST(a_file_has_its_name_only_when_it_is_closed)
{
	char *path = sample_path(&run, "a.csv");
	struct output *out = output_open(path, NULL);
	char *text;

	ck_assert_ptr_nonnull(out);
	output_text(out, "hello");
	output_flush(out);
	ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
	ck_assert_uint_eq(folder_files(run.dir), out->nameless ? 0 : 1);
	ck_assert(output_close(out, NULL));
	text = sample_read(&run, "a.csv");
	ck_assert_str_eq(text, "hello");
	ck_assert_uint_eq(folder_files(run.dir), 1);
	g_free(text);
	g_free(path);
}

/* Also over an older one: in no step of it is a file there that is not whole. */
TEST(a_program_that_is_killed_leaves_nothing)
{
	g_autofree char *path = sample_path(&run, "a.csv");
	g_autofree char *text = NULL;
	struct output *out = output_open(path, NULL);
	bool nameless = out->nameless;
	pid_t child;

	output_discard(out);
	ck_assert(output_write_file(path, "old", 3, NULL));
	for (int step = 0; step < 3; step++) {
		child = fork();
		ck_assert_int_ge(child, 0);
		if (child == 0) {
			out = output_open(path, NULL);
			output_text(out, "new");
			if (step > 0)
				output_flush(out);
			if (step > 1)
				output_finish(out, NULL);
			kill(getpid(), SIGKILL);
		}
		ck_assert_int_eq(waitpid(child, NULL, 0), child);
	}
	if (!nameless)
		suite_skip("this file system has no files without a name");
	else
		ck_assert_uint_eq(folder_files(run.dir), 1);
	text = sample_read(&run, "a.csv");
	ck_assert_str_eq(text, "old");
}

TEST(a_finished_file_can_be_read_where_it_is)
{
	g_autofree char *path = sample_path(&run, "a.csv");
	g_autofree char *text = NULL;
	struct output *out = output_open(path, NULL);

	output_text(out, "new");
	ck_assert(output_finish(out, NULL));
	ck_assert(g_file_get_contents(output_place(out), &text, NULL, NULL));
	ck_assert_str_eq(text, "new");
	ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
	output_withdraw(out); /* there is none */
	ck_assert(output_publish(out, NULL));
	ck_assert_uint_eq(folder_files(run.dir), 1);
}

TEST(a_hidden_name_is_ours)
{
	g_autofree char *path = sample_path(&run, "a.csv");
	g_autofree char *hidden = sample_path(&run, ".cidsim-mine");
	g_autofree char *victim = sample_path(&run, "victim");
	g_autofree char *text = NULL;

	ck_assert(output_write_file(victim, "precious", 8, NULL));
	for (int i = 0; i < 4; i++) {
		struct output *out;

		if (i == 1)
			ck_assert_int_eq(link(victim, hidden), 0);
		if (i == 2)
			ck_assert_int_eq(symlink(victim, hidden), 0);
		if (i == 3)
			ck_assert_int_eq(mkfifo(hidden, 0600), 0);
		out = output_open_as(path, hidden, NULL);
		ck_assert_ptr_nonnull(out);
		output_text(out, "new");
		ck_assert(output_close(out, NULL));
		ck_assert_uint_eq(folder_files(run.dir), 2);
	}
	text = sample_read(&run, "victim");
	ck_assert_str_eq(text, "precious");
}

TEST(a_discarded_file_leaves_nothing_and_the_old_one_stays)
{
	char *path = sample_path(&run, "a.csv");
	struct output *out;
	char *text;

	ck_assert(output_write_file(path, "old", 3, NULL));
	out = output_open(path, NULL);
	output_text(out, "new");
	output_discard(out);
	output_discard(NULL);
	text = sample_read(&run, "a.csv");
	ck_assert_str_eq(text, "old");
	ck_assert_uint_eq(folder_files(run.dir), 1);
	g_free(text);
	g_free(path);
}

TEST(more_than_the_buffer_is_written_completely_and_in_order)
{
	char *path = sample_path(&run, "big");
	struct output *out = output_open(path, NULL);
	GString *expected = g_string_new(NULL);
	char *block = g_strnfill(OUTPUT_BUFFER + 17, 'x');
	char *text;

	for (int i = 0; i < 100000; i++) {
		output_number(out, (uint64_t)i);
		output_char(out, ',');
		g_string_append_printf(expected, "%d,", i);
	}
	output_text(out, block);
	output_text(out, "end");
	g_string_append_printf(expected, "%send", block);
	ck_assert(output_close(out, NULL));
	text = sample_read(&run, "big");
	ck_assert(strcmp(text, expected->str) == 0);
	g_free(text);
	g_free(block);
	g_free(path);
	g_string_free(expected, TRUE);
}

TEST(a_full_device_is_reported_once_at_the_end_and_stays_a_device)
{
	GError *error = NULL;
	struct output *out = output_open("/dev/full", &error);

	ck_assert_ptr_nonnull(out);
	for (int i = 0; i < 100000; i++)
		output_text(out, "much too much ");
	ck_assert_int_eq(out->error, ENOSPC);
	ck_assert(!output_close(out, &error));
	assert_error(error, "/dev/full", ENOSPC);
	ck_assert(!g_file_test("/dev/full", G_FILE_TEST_IS_REGULAR));
}

TEST(a_full_descriptor_is_reported_though_little_was_written)
{
	int fd = open("/dev/full", O_WRONLY);
	struct output *out = output_on_descriptor(fd, "standard output");
	GError *error = NULL;

	output_char(out, 'x');
	ck_assert(!output_close(out, &error));
	assert_error(error, "standard output", ENOSPC);
	ck_assert_int_eq(close(fd), 0);
}

TEST(a_descriptor_stays_open_and_has_all)
{
	char *path = sample_path(&run, "fd");
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	struct output *out = output_on_descriptor(fd, "fd");
	char *text;

	output_text(out, "abc");
	ck_assert(output_close(out, NULL));
	ck_assert_int_eq(close(fd), 0);
	text = sample_read(&run, "fd");
	ck_assert_str_eq(text, "abc");
	g_free(text);
	g_free(path);
}

TEST(a_missing_directory_is_an_error_with_the_name_that_was_asked_for)
{
	char *path = sample_path(&run, "none/a.csv");
	GError *error = NULL;

	ck_assert_ptr_null(output_open(path, &error));
	assert_error(error, path, ENOENT);
	g_free(path);
}

TEST(a_file_is_no_directory)
{
	char *path = sample_path(&run, "file");
	char *below = sample_path(&run, "file/a.csv");
	GError *error = NULL;

	ck_assert(output_write_file(path, "", 0, NULL));
	ck_assert(!output_make_directory(path, &error));
	g_clear_error(&error);
	ck_assert_ptr_null(output_open(below, &error));
	assert_error(error, below, ENOTDIR);
	error = NULL;
	ck_assert(!output_write_file(below, "x", 1, &error));
	assert_error(error, below, ENOTDIR);
	g_free(below);
	g_free(path);
}

TEST(a_directory_is_no_file)
{
	GError *error = NULL;

	ck_assert_ptr_null(output_open(run.dir, &error));
	assert_error(error, run.dir, EISDIR);
}

TEST(a_directory_that_came_in_between_is_reported)
{
	char *path = sample_path(&run, "a.csv");
	struct output *out = output_open(path, NULL);
	GError *error = NULL;

	output_text(out, "x");
	ck_assert_int_eq(g_mkdir(path, 0700), 0);
	ck_assert(!output_close(out, &error));
	assert_error(error, path, EISDIR);
	ck_assert_uint_eq(folder_files(run.dir), 1);
	g_free(path);
}

TEST(directories_are_made_as_deep_as_need_be)
{
	char *path = sample_path(&run, "a/b/c");

	ck_assert(output_make_directory(path, NULL));
	ck_assert(output_make_directory(path, NULL));
	ck_assert(g_file_test(path, G_FILE_TEST_IS_DIR));
	g_free(path);
}

TEST(a_link_to_a_file_stays_a_link)
{
	char *path = sample_path(&run, "target");
	char *alias = sample_path(&run, "link");
	char *text;

	ck_assert(output_write_file(path, "old", 3, NULL));
	ck_assert_int_eq(symlink("target", alias), 0);
	ck_assert(output_write_file(alias, "new", 3, NULL));
	ck_assert(g_file_test(alias, G_FILE_TEST_IS_SYMLINK));
	text = sample_read(&run, "target");
	ck_assert_str_eq(text, "new");
	g_free(text);
	g_free(alias);
	g_free(path);
}

TEST(a_link_to_what_is_not_there_yet_stays_a_link)
{
	char *path = sample_path(&run, "target");
	char *alias = sample_path(&run, "link");
	char *second = sample_path(&run, "second");
	char *text;

	ck_assert_int_eq(symlink(path, alias), 0);
	ck_assert_int_eq(symlink("link", second), 0);
	ck_assert(output_write_file(second, "new", 3, NULL));
	ck_assert(g_file_test(alias, G_FILE_TEST_IS_SYMLINK));
	ck_assert(g_file_test(second, G_FILE_TEST_IS_SYMLINK));
	text = sample_read(&run, "target");
	ck_assert_str_eq(text, "new");
	g_free(text);
	g_free(second);
	g_free(alias);
	g_free(path);
}

TEST(a_link_that_leads_to_itself_is_an_error)
{
	char *alias = sample_path(&run, "link");
	GError *error = NULL;

	ck_assert_int_eq(symlink("link", alias), 0);
	ck_assert_ptr_null(output_open(alias, &error));
	assert_error(error, alias, ELOOP);
	g_free(alias);
}

TEST(a_name_as_long_as_can_be_works)
{
	char *name = g_strnfill(255, 'n');
	char *path = sample_path(&run, name);

	ck_assert(output_write_file(path, "x", 1, NULL));
	g_free(path);
	g_free(name);
}

TEST(numbers_are_formatted_at_both_ends)
{
	char text[64];

	*output_format(text, 0) = '\0';
	ck_assert_str_eq(text, "0");
	*output_format(text, UINT64_MAX) = '\0';
	ck_assert_str_eq(text, "18446744073709551615");
	*output_format_wide(text, 42, 5, '0') = '\0';
	ck_assert_str_eq(text, "00042");
	*output_format_wide(text, 123456, 5, ' ') = '\0';
	ck_assert_str_eq(text, "123456");
}

TEST_SIGNAL(nothing_is_written_after_the_end, SIGABRT)
{
	struct output *out = output_on_descriptor(STDOUT_FILENO, "standard output");

	output_finish(out, NULL);
	output_text(out, "late");
	output_flush(out);
}

TEST_SIGNAL(a_file_is_finished_once, SIGABRT)
{
	struct output *out = output_on_descriptor(STDOUT_FILENO, "standard output");

	output_finish(out, NULL);
	output_finish(out, NULL);
}

TEST_SIGNAL(a_file_has_no_name_before_it_is_finished, SIGABRT)
{
	output_publish(output_on_descriptor(STDOUT_FILENO, "standard output"), NULL);
}

TEST_SIGNAL(a_number_is_no_wider_than_its_digits_can_be, SIGABRT)
{
	char buffer[64];

	output_format_wide(buffer, 1, OUTPUT_DIGITS_MAX + 1, ' ');
}
