/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_INPUT_H
#define CIDSIM_SIM_BASE_INPUT_H

/* Opening and reading what a user names. */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Open @path ("-" = standard input) for reading: a file or a pipe, for standard input anything but
 * a folder. A device is refused before it is opened: it could block or deliver for ever, and
 * opening it can have effects. Returns a descriptor of the caller's own, or -1 and sets @error, of
 * G_FILE_ERROR: ISDIR for a folder, INVAL for a device, else what the system said. The message is
 * without the path.
 */
int input_open(const char *path, GError **error);

/* From now on input_read() stops waiting when @asked returns true. NULL: it never stops waiting. */
void input_stop_when(bool (*asked)(void));

/* Read at most @size (at least 1) bytes; a signal alone does not end it. Returns how many, 0 at the
 * end, -1 and errno on failure. errno is EINTR if the function of input_stop_when() has stopped it.
 */
ssize_t input_read(int fd, void *to, size_t size);

/* What tells the regular file @path ("-" = standard input) from all others, by whatever name: two
 * names of one file give the same string. NULL if it is none. The caller frees it. */
char *input_identity(const char *path);

/* Whether the input @path ("-" = standard input) is the regular file that has the name @other. */
bool input_is(const char *path, const char *other);

/* Set @error to the G_FILE_ERROR of @number, an errno, with what the system says about it. */
void input_set_error(GError **error, int number);

#endif
