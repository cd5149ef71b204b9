/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* mkfifo, sigaction, setitimer */
#include "sim/base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/folder.h"
#include "tests/lib/suite.h"

static char *folder;
static char *path;

static void start(void)
{
	folder = folder_new();
	path = g_build_filename(folder, "file", NULL);
}

static void stop(void)
{
	g_free(path);
	folder_remove(folder);
}

static void assert_refused(const char *name, int code)
{
	GError *error = NULL;

	ck_assert_int_eq(input_open(name, &error), -1);
	ck_assert_msg(g_error_matches(error, G_FILE_ERROR, code), "%s", error->message);
	g_error_free(error);
}

SUITE(.before = start, .after = stop);

TEST(a_file_is_opened_at_its_start)
{
	char bytes[8];
	int fd;

	ck_assert(g_file_set_contents(path, "text", 4, NULL));
	fd = input_open(path, NULL);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(input_read(fd, bytes, sizeof(bytes)), 4);
	ck_assert_int_eq(input_read(fd, bytes, sizeof(bytes)), 0);
	close(fd);
}

TEST(what_is_neither_file_nor_pipe_is_refused)
{
	assert_refused(path, G_FILE_ERROR_NOENT);
	assert_refused(folder, G_FILE_ERROR_ISDIR);
	assert_refused("/dev/zero", G_FILE_ERROR_INVAL);
}

TEST(a_pipe_with_a_name_is_read)
{
	char bytes[8];
	int reader, writer;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	writer = open(path, O_RDWR);
	ck_assert_int_eq(write(writer, "text", 4), 4);
	reader = input_open(path, NULL);
	ck_assert_int_eq(input_read(reader, bytes, sizeof(bytes)), 4);
	close(reader);
	close(writer);
}

TEST(standard_input_may_be_a_device_but_no_folder)
{
	int null = open("/dev/null", O_RDONLY), dir = open(folder, O_RDONLY), fd;

	dup2(null, STDIN_FILENO);
	fd = input_open("-", NULL);
	ck_assert_int_gt(fd, STDERR_FILENO);
	close(fd);
	dup2(dir, STDIN_FILENO);
	assert_refused("-", G_FILE_ERROR_ISDIR);
	close(STDIN_FILENO);
	assert_refused("-", G_FILE_ERROR_BADF);
}

static void on_alarm(int number)
{
	(void)number;
}

/* Signals come each millisecond, the bytes after twenty. */
TEST(a_signal_does_not_end_a_read)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	const struct itimerval timer = { { 0, 1000 }, { 0, 1000 } };
	char bytes[8];
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	setitimer(ITIMER_REAL, &timer, NULL);
	if (fork() == 0) {
		struct timespec pause = { 0, 20000000 };

		nanosleep(&pause, NULL);
		_exit(write(ends[1], "text", 4) != 4);
	}
	ck_assert_int_eq(input_read(ends[0], bytes, sizeof(bytes)), 4);
	close(ends[0]);
	close(ends[1]);
}

TEST(a_failing_read_sets_errno)
{
	char bytes[8];
	int fd = open(folder, O_RDONLY);
	GError *error = NULL;

	ck_assert_int_eq(input_read(fd, bytes, sizeof(bytes)), -1);
	ck_assert_int_eq(errno, EISDIR);
	input_set_error(&error, errno);
	ck_assert_str_eq(error->message, "Is a directory");
	g_error_free(error);
	close(fd);
}

TEST_SIGNAL(no_room_to_read_to_is_a_defect, SIGABRT)
{
	input_read(STDIN_FILENO, NULL, 0);
}

TEST_SIGNAL(no_error_cannot_be_set, SIGABRT)
{
	input_set_error(NULL, 0);
}

TEST(two_names_of_one_file_have_the_same_identity)
{
	g_autofree char *link = g_build_filename(folder, "link", NULL);
	g_autofree char *other = g_build_filename(folder, "other", NULL);

	ck_assert(g_file_set_contents(path, "text", 4, NULL));
	ck_assert(g_file_set_contents(other, "text", 4, NULL));
	ck_assert_int_eq(symlink(path, link), 0);
	ck_assert(input_is(path, link) && input_is(path, path));
	ck_assert(!input_is(path, other));
}

TEST(what_is_no_regular_file_is_no_input_that_could_be_lost)
{
	ck_assert(!input_is(path, path)); /* not there */
	ck_assert(!input_is("/dev/null", "/dev/null"));
	ck_assert(!input_is(folder, folder));
}

TEST(standard_input_is_the_file_that_it_was_opened_from)
{
	int saved = dup(STDIN_FILENO), fd;

	ck_assert(g_file_set_contents(path, "text", 4, NULL));
	fd = open(path, O_RDONLY);
	ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	ck_assert(input_is("-", path));
	ck_assert_int_eq(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	close(saved);
}

static int asked;

static bool second_time(void)
{
	return ++asked > 1;
}

/* Nothing comes, and what has come is read all the same. */
TEST(reading_ends_when_nobody_wants_to_wait)
{
	int ends[2];
	char byte;

	ck_assert_int_eq(pipe(ends), 0);
	input_stop_when(second_time);
	ck_assert_int_eq(input_read(ends[0], &byte, 1), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_int_ge(asked, 2);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(input_read(ends[0], &byte, 1), 1);
	ck_assert_int_eq(close(ends[1]), 0);
	ck_assert_int_eq(input_read(ends[0], &byte, 1), 0);
	input_stop_when(NULL);
	ck_assert_int_eq(close(ends[0]), 0);
}
