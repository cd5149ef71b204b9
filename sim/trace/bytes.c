/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* F_DUPFD_CLOEXEC, lseek */
#include "sim/trace/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "sim/base/input.h"
#include "sim/base/output.h"
#include "sim/trace/inflate.h"
#include "sim/trace/trace.h"

G_DEFINE_QUARK(cidsim - trace - error, trace_error)

enum {
	BUFFER_SIZE = 256 << 10, /* at least two lines */
};
_Static_assert(BUFFER_SIZE > 2 * (BYTES_LINE_MAX + 2), "a line fits behind another one");

#define BOM "\xef\xbb\xbf" /* some editors put it before a text */

struct bytes {
	int fd;
	bool sniffed;            /* the compression is known */
	struct inflate *inflate; /* NULL = not compressed */
	uint8_t *raw; /* BUFFER_SIZE, compressed bytes, those not yet taken in [raw_from, raw_to) */
	size_t raw_from, raw_to;
	bool more;    /* inflate may give without taking */
	bool ended;   /* there are no more from fd */
	char *buffer; /* BUFFER_SIZE, those not yet given in [from, to) */
	size_t from, to;
	uint64_t lines;
	GError *fault; /* given once all bytes before it were */
};

static void fault_input(struct bytes *bytes, const char *text)
{
	g_assert(*text);
	if (!bytes->fault)
		bytes->fault = g_error_new(TRACE_ERROR, TRACE_ERROR_INPUT,
			"line %" G_GUINT64_FORMAT ": %s", bytes->lines + 1, text);
}

struct bytes *bytes_open(const char *path, GError **error)
{
	int fd = input_open(path, error);

	return fd == -1 ? NULL : bytes_new(fd);
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
	got = input_read(bytes->fd, to, size);
	if (got > 0)
		return (size_t)got;
	bytes->ended = true;
	if (got == -1)
		input_set_error(&bytes->fault, errno);
	return 0;
}

/* Returns whether there are more. */
static bool read_raw(struct bytes *bytes)
{
	size_t left = bytes->raw_to - bytes->raw_from, got;

	g_assert(bytes->raw_from <= bytes->raw_to && bytes->raw_to <= BUFFER_SIZE);
	memmove(bytes->raw, bytes->raw + bytes->raw_from, left);
	bytes->raw_from = 0;
	bytes->raw_to = left;
	if (left == BUFFER_SIZE)
		return false;
	got = read_some(bytes, bytes->raw + left, BUFFER_SIZE - left);
	bytes->raw_to += got;
	return got > 0;
}

static void check_stream_end(struct bytes *bytes)
{
	g_assert(bytes->inflate);
	if (bytes->raw_from < bytes->raw_to || !inflate_may_end(bytes->inflate))
		fault_input(bytes, "the compressed stream is cut off, the file is not complete");
}

/* As read_some(). */
static size_t inflate_some(struct bytes *bytes, char *to, size_t size)
{
	g_assert(size > 0);
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

	g_assert(!bytes->sniffed && bytes->to == 0);
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
	bytes->raw = g_malloc(BUFFER_SIZE);
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
	g_assert(bytes->from <= bytes->to && bytes->to <= BUFFER_SIZE);
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
	if (bytes->to - bytes->from >= strlen(BOM) &&
		memcmp(bytes->buffer + bytes->from, BOM, strlen(BOM)) == 0)
		bytes->from += strlen(BOM);
	*length = bytes->to - bytes->from;
	if (*length == 0 && bytes->fault) {
		give_fault(bytes, error);
		return NULL;
	}
	return bytes->buffer + bytes->from;
}

/* Whether all @length bytes of @line are from ' ' to '~'; at times false though they are. */
static bool is_plain(const char *line, size_t length)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = 0x80 * ones;
	uint64_t odd = 0;

	/* Eight at a time: those above have their top bit, or get it by 1 more, those below by a
	 * borrow. */
	for (; length >= sizeof(odd); line += sizeof(odd), length -= sizeof(odd)) {
		uint64_t word;

		memcpy(&word, line, sizeof(word));
		odd |= word | (word + ones) | (word - ' ' * ones);
	}
	for (; length > 0; line++, length--)
		odd |= *line < ' ' || *line > '~' ? tops : 0;
	return !(odd & tops);
}

/* What is read goes to terminals, reports and CSV files: it is made text here, where it enters.
 * Each byte of what is none becomes '?', a TAB a blank, so that all else keeps its column. */
static void clean(char *line, size_t length)
{
	size_t i = 0;

	while (i < length) {
		gunichar letter = g_utf8_get_char_validated(line + i, (gssize)(length - i));
		bool broken = letter == (gunichar)-1 || letter == (gunichar)-2;
		size_t size = broken ? 1 : (size_t)g_unichar_to_utf8(letter, NULL);

		g_assert(size <= length - i);
		if (broken || g_unichar_iscntrl(letter))
			memset(line + i, letter == '\t' ? ' ' : '?', size);
		i += size;
	}
}

/* The line of @size bytes, LF and all. */
static char *take_line(struct bytes *bytes, size_t size, size_t *length)
{
	char *line = bytes->buffer + bytes->from;
	size_t text = size - 1;
	bool plain;

	g_assert(size > 0 && bytes->from + size <= bytes->to);
	text -= text > 0 && line[text - 1] == '\r';
	plain = text <= BYTES_LINE_MAX && is_plain(line, text);
	if (!plain && memchr(line, '\0', size)) {
		fault_input(bytes, "has a NUL byte: this is no text");
		return NULL;
	}
	if (size - 1 > BYTES_LINE_MAX) {
		fault_input(bytes, "is longer than 65536 bytes, the most that a line may have");
		return NULL;
	}
	bytes->from += size;
	bytes->lines++;
	line[text] = '\0';
	if (!plain)
		clean(line, text);
	*length = text;
	return line;
}

static void end_lines(struct bytes *bytes)
{
	g_assert(bytes->ended || bytes->fault);
	if (bytes->fault || bytes->from == bytes->to)
		return;
	fault_input(bytes, memchr(bytes->buffer + bytes->from, '\0', bytes->to - bytes->from)
				   ? "has a NUL byte: this is no text"
				   : "is cut off in the middle, the file is not complete");
}

char *bytes_line(struct bytes *bytes, size_t *length, GError **error)
{
	size_t looked = 0; /* bytes known to have no LF */
	char *line = NULL;

	g_assert(bytes->from <= bytes->to);
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

/* Bytes that may be written to @fd, so that others have as much room: often it is memory. */
static uint64_t share_of_room(int fd)
{
	struct statvfs room;

	if (fstatvfs(fd, &room) != 0)
		return UINT64_MAX;
	return (uint64_t)room.f_bavail * room.f_frsize / 2;
}

/* The copy would have more than @most bytes; @why is why it must not, and what to do. */
static void set_too_large(GError **error, GQuark domain, int code, uint64_t most, const char *why)
{
	g_set_error(error, domain, code,
		"needs more than %" G_GUINT64_FORMAT " MiB in the temporary folder, %s", most >> 20,
		why);
}

/* Copy all bytes, uncompressed, to @copy. False and @error if there are more than @max, or more
 * than half of the room. */
static bool copy_all(struct bytes *bytes, struct output *copy, uint64_t max, GError **error)
{
	uint64_t copied = 0, share = share_of_room(copy->fd);

	g_assert(bytes->lines == 0);
	do {
		size_t length = bytes->to - bytes->from;

		copied += length;
		if (copied > max) {
			set_too_large(error, TRACE_ERROR, TRACE_ERROR_INPUT, max,
				"the most that is copied there: store it uncompressed and give the "
				"name of that file");
			return false;
		}
		if (copied > share) {
			set_too_large(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, share,
				"half of what is free there: set TMPDIR to a folder that has more");
			return false;
		}
		output_bytes(copy, bytes->buffer + bytes->from, length);
		bytes->from = bytes->to = 0;
	} while (!copy->error && fill(bytes));
	if (bytes->fault)
		give_fault(bytes, error);
	return !bytes->fault;
}

/* Returns -1 and @error on failure. */
static int copy_to_temporary(struct bytes *bytes, uint64_t max, GError **error)
{
	g_autofree char *path = NULL;
	int fd = g_file_open_tmp("cidsim-XXXXXX", &path, error);
	struct output *copy;
	bool good;

	g_assert(bytes->lines == 0);
	if (fd == -1)
		return -1;
	g_unlink(path);
	copy = output_on_descriptor(fd, "the temporary folder");
	good = copy_all(bytes, copy, max, error);
	good = output_close(copy, good ? error : NULL) && good;
	if (good && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	if (good)
		input_set_error(error, errno);
	close(fd);
	return -1;
}

int bytes_seekable(struct bytes *bytes, uint64_t max, GError **error)
{
	struct stat status;
	int fd;

	g_assert(bytes->lines == 0 && bytes->sniffed);
	if (bytes->inflate || fstat(bytes->fd, &status) == -1 || !S_ISREG(status.st_mode) ||
		lseek(bytes->fd, 0, SEEK_SET) == -1)
		return copy_to_temporary(bytes, max, error);
	fd = fcntl(bytes->fd, F_DUPFD_CLOEXEC, 0);
	if (fd == -1)
		input_set_error(error, errno);
	return fd;
}
