/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_OUTPUT_H
#define CIDSIM_SIM_BASE_OUTPUT_H

/*
 * Files and standard output, written in big pieces. A file gets its name only when it is complete.
 * Until then it has no name, so nothing stays if the program is killed. If the file system cannot
 * have files without a name, it is a hidden file (".cidsim-…") in the same folder. Errors stick:
 * after the first one all that is written is dropped, and the end (output_finish, output_close)
 * reports it, once. The error is "PATH: what the system said", in the domain G_FILE_ERROR: the
 * fault is always of the environment, not of the input.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	OUTPUT_BUFFER = 1 << 18,
	OUTPUT_RESERVE_MAX = 4096, /* bytes that one output_reserve() may ask for */
	OUTPUT_DIGITS_MAX = 20,    /* of a 64-bit number */
};

struct output {
	char *buffer;
	size_t used;
	uint64_t flushed; /* bytes that went out of the buffer, or past it */
	int fd;           /* -1 = closed */
	int error;        /* errno of the first failure, 0 = none */
	char *path;       /* the final name, for messages too */
	char *temporary;  /* where it is until then; NULL = written in place (device, pipe) */
	char *hidden;     /* a name that is ours; NULL = one is made */
	bool nameless;    /* has no name yet: temporary is in /proc, fd stays open until then */
	bool borrowed;    /* the descriptor is not ours to close */
	bool finished;
};

/* Create @dir and what leads to it. Returns false and sets @error if that cannot be. */
bool output_make_directory(const char *dir, GError **error);

/* The file that the link @path leads to, even if it is not there yet; @path itself if it is no
 * link. The caller frees it. */
char *output_target(const char *path);

/* Begin the file @path. What is no regular file (/dev/full, a pipe) is written in place; a
 * symbolic link stays one. Returns NULL and sets @error if it cannot be written. */
struct output *output_open(const char *path, GError **error);

/* The same, but @path is a regular file or does not exist, and is no link. If the file needs a name
 * before it is complete, that is @hidden, in the same folder; an older file of that name is
 * removed. The caller makes sure that no other process uses this name: after a crash the next
 * process uses it again. */
struct output *output_open_as(const char *path, const char *hidden, GError **error);

/* Write to @fd, which stays the caller's; @name is for messages. */
struct output *output_on_descriptor(int fd, const char *name);

void output_bytes(struct output *out, const char *bytes, size_t length);
void output_text(struct output *out, const char *text);

/* Bytes so far, those in the buffer included. */
static inline uint64_t output_size(const struct output *out)
{
	return out->flushed + out->used;
}

/* Hand what is buffered to the system. */
void output_flush(struct output *out);

/* Flush and close. The file does not have its name yet, but can be read at output_place(). Returns
 * false and sets @error if anything failed since the beginning. To be called at most once. */
bool output_finish(struct output *out, GError **error);

/* Where the bytes are between output_finish() and output_publish(). Belongs to @out. */
const char *output_place(const struct output *out);

/* After output_finish(): give the file its name; free @out. Returns false and sets @error, and
 * nothing is left, if that fails. */
bool output_publish(struct output *out, GError **error);

/* After output_finish(): remove an older file of this name, which output_publish() would replace.
 */
void output_withdraw(const struct output *out);

/* Remove the file unless it has its name, and nothing else: the program is about to end. */
void output_remove(const struct output *out);

/* Remove the file and free @out, finished or not. NULL is allowed. */
void output_discard(struct output *out);

/* output_finish(), then output_publish() or on failure output_discard(). */
bool output_close(struct output *out, GError **error);

/* Write the file @path at once. */
bool output_write_file(const char *path, const char *bytes, size_t length, GError **error);

/* @number in decimal from @at on, the same in every locale, without NUL. Returns the end. */
char *output_format(char *at, uint64_t number);

/* @value in hexadecimal, 0x and at least @digits digits, as output_format(). */
char *output_format_hex(char *at, uint32_t value, unsigned digits);

/* The same, at least @width characters, filled with @fill on the left. */
char *output_format_wide(char *at, uint64_t number, unsigned width, char fill);

/* Room for @size bytes, at most OUTPUT_RESERVE_MAX; output_advance() says how many were used. */
static inline char *output_reserve(struct output *out, size_t size)
{
	g_assert(size <= OUTPUT_RESERVE_MAX);
	if (OUTPUT_BUFFER - out->used < size)
		output_flush(out);
	return out->buffer + out->used;
}

static inline void output_advance(struct output *out, const char *end)
{
	g_assert(end >= out->buffer + out->used && end <= out->buffer + OUTPUT_BUFFER);
	out->used = (size_t)(end - out->buffer);
}

static inline void output_char(struct output *out, char c)
{
	char *at = output_reserve(out, 1);

	*at = c;
	output_advance(out, at + 1);
}

static inline void output_number(struct output *out, uint64_t number)
{
	output_advance(out, output_format(output_reserve(out, OUTPUT_DIGITS_MAX), number));
}

#endif
