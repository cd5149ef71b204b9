/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* O_CLOEXEC, fdopen */
#include "sim/trace/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/trace/inflate.h"
#include "sim/trace/trace.h"

enum {
	RAW_SIZE = 128 << 10,
	BUFFER_SIZE = 256 << 10, /* at least two lines */
};
_Static_assert(BUFFER_SIZE > 2 * (BYTES_LINE_MAX + 2), "a line fits behind another one");

struct bytes {
	int fd;
	bool sniffed;            /* the compression is known */
	struct inflate *inflate; /* NULL = not compressed */
	uint8_t *raw;            /* compressed bytes, those not yet taken in [raw_from, raw_to) */
	size_t raw_from, raw_to;
	bool more;    /* inflate may give without taking */
	bool ended;   /* there are no more from fd */
	char *buffer; /* BUFFER_SIZE, those not yet given in [from, to) */
	size_t from, to;
	uint64_t lines;
	GError *fault; /* told once all before it was given */
};

static void fault_input(struct bytes *bytes, const char *text)
{
	if (!bytes->fault)
		bytes->fault = g_error_new(TRACE_ERROR, TRACE_ERROR_INPUT,
			"line %" G_GUINT64_FORMAT ": %s", bytes->lines + 1, text);
}

static bool set_file_error(GError **error, int number)
{
	g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number), "%s",
		g_strerror(number));
	return false;
}

/* A device could block or deliver for ever. */
static bool can_be_read(const struct stat *status, bool is_stdin, GError **error)
{
	if (S_ISDIR(status->st_mode))
		return set_file_error(error, EISDIR);
	if (is_stdin || S_ISREG(status->st_mode) || S_ISFIFO(status->st_mode))
		return true;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "is neither a file nor a pipe");
	return false;
}

struct bytes *bytes_open(const char *path, GError **error)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat status;
	int fd;

	/* Looked at before it is opened: opening a device can have effects. */
	if (!is_stdin && stat(path, &status) == -1) {
		set_file_error(error, errno);
		return NULL;
	}
	if (!is_stdin && !can_be_read(&status, false, error))
		return NULL;
	fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
	              : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1 || fstat(fd, &status) == -1) {
		set_file_error(error, errno);
	} else if (can_be_read(&status, is_stdin, error)) {
		return bytes_new(fd);
	}
	if (fd != -1)
		close(fd);
	return NULL;
}

struct bytes *bytes_new(int fd)
{
	struct bytes *bytes = g_new0(struct bytes, 1);

	g_assert(fd >= 0);
	bytes->fd = fd;
	bytes->buffer = g_malloc(BUFFER_SIZE);
	return bytes;
}

void bytes_close(struct bytes *bytes)
{
	if (!bytes)
		return;
	close(bytes->fd);
	inflate_free(bytes->inflate);
	g_free(bytes->raw);
	g_free(bytes->buffer);
	g_clear_error(&bytes->fault);
	g_free(bytes);
}

/* Returns how many; 0 at the end or on a fault. */
static size_t read_some(struct bytes *bytes, void *to, size_t size)
{
	ssize_t got;

	g_assert(size > 0);
	if (bytes->ended)
		return 0;
	do {
		got = read(bytes->fd, to, size);
	} while (got == -1 && errno == EINTR);
	if (got > 0)
		return (size_t)got;
	bytes->ended = true;
	if (got == -1)
		set_file_error(&bytes->fault, errno);
	return 0;
}

/* Returns whether there are more. */
static bool read_raw(struct bytes *bytes)
{
	size_t left = bytes->raw_to - bytes->raw_from, got;

	memmove(bytes->raw, bytes->raw + bytes->raw_from, left);
	bytes->raw_from = 0;
	bytes->raw_to = left;
	if (left == RAW_SIZE)
		return false;
	got = read_some(bytes, bytes->raw + left, RAW_SIZE - left);
	bytes->raw_to += got;
	return got > 0;
}

static void check_stream_end(struct bytes *bytes)
{
	if (bytes->raw_from < bytes->raw_to || !inflate_may_end(bytes->inflate))
		fault_input(bytes, "the compressed stream breaks off, the file is not whole");
}

/* As read_some(). */
static size_t inflate_some(struct bytes *bytes, char *to, size_t size)
{
	while (!bytes->fault) {
		size_t left = bytes->raw_to - bytes->raw_from, taken = 0, given = 0;
		const char *wrong = NULL;

		if (left > 0 || bytes->more)
			wrong = inflate_step(bytes->inflate, bytes->raw + bytes->raw_from, left,
				&taken, to, size, &given);
		bytes->raw_from += taken;
		bytes->more = given == size;
		if (wrong)
			fault_input(bytes, wrong);
		if (given > 0)
			return given;
		if (!wrong && taken == 0 && !read_raw(bytes)) {
			if (!bytes->fault)
				check_stream_end(bytes);
			break;
		}
	}
	return 0;
}

static void sniff(struct bytes *bytes)
{
	const char *compression;
	size_t got;

	bytes->sniffed = true;
	do {
		got = read_some(bytes, bytes->buffer + bytes->to, BUFFER_SIZE - bytes->to);
		bytes->to += got;
	} while (got > 0 && bytes->to < INFLATE_MAGIC_MAX);
	compression = inflate_sniff((const uint8_t *)bytes->buffer, bytes->to);
	if (!compression)
		return;
	bytes->inflate = inflate_new(compression);
	if (!bytes->inflate) {
		char *text = g_strdup_printf("is compressed with %s, expected plain text, gzip or "
					     "zstd: decompress it first",
			compression);

		fault_input(bytes, text);
		g_free(text);
		bytes->to = 0;
		return;
	}
	bytes->raw = g_malloc(MAX((size_t)RAW_SIZE, bytes->to));
	memcpy(bytes->raw, bytes->buffer, bytes->to);
	bytes->raw_to = bytes->to;
	bytes->to = 0;
}

/* More bytes into the buffer, which has room. False: there are none. */
static bool fill(struct bytes *bytes)
{
	size_t got;

	if (bytes->fault)
		return false;
	if (!bytes->sniffed) {
		sniff(bytes);
		if (bytes->to > 0)
			return true;
	}
	if (bytes->from > 0) {
		memmove(bytes->buffer, bytes->buffer + bytes->from, bytes->to - bytes->from);
		bytes->to -= bytes->from;
		bytes->from = 0;
	}
	if (bytes->inflate)
		got = inflate_some(bytes, bytes->buffer + bytes->to, BUFFER_SIZE - bytes->to);
	else
		got = read_some(bytes, bytes->buffer + bytes->to, BUFFER_SIZE - bytes->to);
	bytes->to += got;
	return got > 0;
}

static void give_fault(const struct bytes *bytes, GError **error)
{
	if (bytes->fault)
		g_propagate_error(error, g_error_copy(bytes->fault));
}

const char *bytes_peek(struct bytes *bytes, size_t count, size_t *length, GError **error)
{
	g_assert(bytes->lines == 0 && count < BUFFER_SIZE);
	while (bytes->to - bytes->from < count && fill(bytes))
		;
	*length = bytes->to - bytes->from;
	if (*length == 0 && bytes->fault) {
		give_fault(bytes, error);
		return NULL;
	}
	return bytes->buffer + bytes->from;
}

/* The line of @size bytes, LF and all. */
static char *take_line(struct bytes *bytes, size_t size, size_t *length)
{
	char *line = bytes->buffer + bytes->from;

	if (memchr(line, '\0', size)) {
		fault_input(bytes, "has a NUL byte: this is no text");
		return NULL;
	}
	if (size - 1 > BYTES_LINE_MAX) {
		fault_input(bytes, "is longer than 65536 bytes, the most that a line may have");
		return NULL;
	}
	bytes->from += size;
	bytes->lines++;
	size--;
	if (size > 0 && line[size - 1] == '\r')
		size--;
	line[size] = '\0';
	*length = size;
	return line;
}

static void end_lines(struct bytes *bytes)
{
	if (bytes->fault || bytes->from == bytes->to)
		return;
	fault_input(bytes, memchr(bytes->buffer + bytes->from, '\0', bytes->to - bytes->from)
				   ? "has a NUL byte: this is no text"
				   : "breaks off in the middle, the file is not whole");
}

char *bytes_line(struct bytes *bytes, size_t *length, GError **error)
{
	size_t looked = 0; /* bytes known to have no LF */
	char *line = NULL;

	for (;;) {
		size_t left = bytes->to - bytes->from;
		char *start = bytes->buffer + bytes->from;
		char *end = memchr(start + looked, '\n', left - looked);

		looked = left;
		if (end) {
			line = take_line(bytes, (size_t)(end - start) + 1, length);
			break;
		}
		if (left > BYTES_LINE_MAX + 1) {
			take_line(bytes, left, length);
			break;
		}
		if (!fill(bytes)) {
			end_lines(bytes);
			break;
		}
	}
	if (!line)
		give_fault(bytes, error);
	return line;
}

uint64_t bytes_lines(const struct bytes *bytes)
{
	return bytes->lines;
}

static bool write_all(int fd, const char *from, size_t count, GError **error)
{
	while (count > 0) {
		ssize_t written = write(fd, from, count);

		if (written == -1 && errno == EINTR)
			continue;
		if (written == -1)
			return set_file_error(error, errno);
		from += written;
		count -= (size_t)written;
	}
	return true;
}

static int spool(struct bytes *bytes, GError **error)
{
	char *path = NULL;
	int fd = g_file_open_tmp("cidsim-XXXXXX", &path, error);

	if (fd == -1)
		return -1;
	g_unlink(path);
	g_free(path);
	do {
		if (!write_all(fd, bytes->buffer + bytes->from, bytes->to - bytes->from, error)) {
			close(fd);
			return -1;
		}
		bytes->from = bytes->to = 0;
	} while (fill(bytes));
	if (!bytes->fault && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	if (bytes->fault)
		give_fault(bytes, error);
	else
		set_file_error(error, errno);
	close(fd);
	return -1;
}

int bytes_seekable(struct bytes *bytes, GError **error)
{
	struct stat status;
	int fd;

	g_assert(bytes->lines == 0 && bytes->sniffed);
	if (bytes->inflate || fstat(bytes->fd, &status) == -1 || !S_ISREG(status.st_mode) ||
		lseek(bytes->fd, 0, SEEK_SET) == -1)
		return spool(bytes, error);
	fd = fcntl(bytes->fd, F_DUPFD_CLOEXEC, 0);
	if (fd == -1)
		set_file_error(error, errno);
	return fd;
}
