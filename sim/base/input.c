/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _POSIX_C_SOURCE 200809L /* open flags that -std=c17 hides */
#include "sim/base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_MS = 500 }; /* how often it is asked whether to wait any longer */

void input_set_error(GError **error, int number)
{
	g_assert(number > 0);
	g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number), "%s",
		g_strerror(number));
}

static bool can_be_read(const struct stat *status, bool is_stdin, GError **error)
{
	if (S_ISDIR(status->st_mode)) {
		input_set_error(error, EISDIR);
		return false;
	}
	if (is_stdin || S_ISREG(status->st_mode) || S_ISFIFO(status->st_mode))
		return true;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
		"is neither a file nor a pipe; name a file, or - for standard input");
	return false;
}

int input_open(const char *path, GError **error)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat status;
	int fd;

	if (!is_stdin && stat(path, &status) == -1) {
		input_set_error(error, errno);
		return -1;
	}
	if (!is_stdin && !can_be_read(&status, false, error))
		return -1;
	fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
	              : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	/* Looked at again: another file can have this name by now. */
	if (fd == -1 || fstat(fd, &status) == -1)
		input_set_error(error, errno);
	else if (can_be_read(&status, is_stdin, error))
		return fd;
	if (fd != -1)
		close(fd);
	return -1;
}

static bool (*stop_asked)(void);

void input_stop_when(bool (*asked)(void))
{
	stop_asked = asked;
}

/* False, and EINTR, if nobody wants to wait any more. */
static bool wait_for_input(int fd)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };

	/* A signal that comes just before it does not end it. */
	for (;;) {
		int ready = poll(&input, 1, LOOK_MS);

		if (ready > 0 || (ready < 0 && errno != EINTR))
			return true; /* read() says what is wrong */
		if (!stop_asked || !stop_asked())
			continue;
		errno = EINTR;
		return false;
	}
}

ssize_t input_read(int fd, void *to, size_t size)
{
	ssize_t got;

	g_assert(fd >= 0 && size > 0);
	do {
		got = wait_for_input(fd) ? read(fd, to, size) : -1;
	} while (got == -1 && errno == EINTR && !(stop_asked && stop_asked()));
	return got;
}

char *input_identity(const char *path)
{
	struct stat status;
	int result = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &status) : stat(path, &status);

	if (result != 0 || !S_ISREG(status.st_mode))
		return NULL;
	return g_strdup_printf(
		"%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
}

bool input_is(const char *path, const char *other)
{
	g_autofree char *a = input_identity(path);
	g_autofree char *b = a ? input_identity(other) : NULL;

	return b && strcmp(a, b) == 0;
}
