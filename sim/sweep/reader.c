/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* O_CLOEXEC, pread */
#include "sim/sweep/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/numbers.h"
#include "sim/base/values.h"
#include "sim/record/csv.h"
#include "sim/sweep/lines.h"

enum {
	FIRST_MAX = 256, /* bytes of the first line of a file that is ours */
	MILLION = 1000000,
};

#define MILLIONTHS_LIMIT (UINT64_C(1) << 62)

struct sweep_reader {
	char *path;
	int fd;
	struct sweep_lines lines; /* all before the last line */
	char *head;
	char *comments;      /* those of the head, each with NUL for LF, one more NUL at the end */
	char *names_text;    /* what names point into */
	const char **names;  /* of the columns */
	const char **fields; /* of the row, into cut */
	unsigned columns;    /* how many of both */
	bool current;        /* there is a row */
	uint64_t row;        /* rows before it */
	uint64_t line;       /* its number, from 1 */
	uint64_t lines_read; /* before the next one */
	uint64_t head_lines; /* lines of the head */
	GString *text, *cut; /* the row as it is, and with NULs at the ends of fields */
	uint64_t digest;     /* of all bytes up to the row's end */
	uint64_t end_rows;   /* what the last line tells */
	uint64_t end_digest;
};

bool sweep_reader_fail(const struct sweep_reader *reader, GError **error, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	sweep_fail(error, SWEEP_ERROR_INPUT, "%s:%" G_GUINT64_FORMAT ": %s", reader->path,
		reader->line, text);
	g_free(text);
	return false;
}

static bool fail_changed(const struct sweep_reader *reader, GError **error)
{
	return sweep_fail(
		error, SWEEP_ERROR_ENVIRONMENT, "%s: was changed while it was read", reader->path);
}

static bool fail_missing(const char *path, GError **error)
{
	char *partial = sweep_file_partial(path);

	if (g_file_test(partial, G_FILE_TEST_IS_REGULAR))
		sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s: the sweep is not finished, its rows so far are in %s; the command "
			"that began it goes on with it",
			path, partial);
	else
		sweep_fail_file(error, path, ENOENT);
	g_free(partial);
	return false;
}

/* O_NONBLOCK: a FIFO in the place of a file must not hang us. */
static bool open_regular(struct sweep_reader *reader, uint64_t *size, GError **error)
{
	struct stat status;

	reader->fd = open(reader->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (reader->fd < 0)
		return errno == ENOENT ? fail_missing(reader->path, error)
		                       : sweep_fail_file(error, reader->path, errno);
	if (fstat(reader->fd, &status) != 0)
		return sweep_fail_file(error, reader->path, errno);
	if (!S_ISREG(status.st_mode))
		return sweep_fail(error, SWEEP_ERROR_INPUT, "%s: not a regular file", reader->path);
	if (status.st_size == 0)
		return sweep_fail(error, SWEEP_ERROR_INPUT, "%s: is empty, not a file of a sweep",
			reader->path);
	*size = (uint64_t)status.st_size;
	return true;
}

/* Read exactly @length bytes. */
static bool read_at(
	struct sweep_reader *reader, char *bytes, size_t length, uint64_t offset, GError **error)
{
	for (size_t done = 0; done < length;) {
		ssize_t got =
			pread(reader->fd, bytes + done, length - done, (off_t)(offset + done));

		if (got > 0)
			done += (size_t)got;
		else if (got == 0)
			return fail_changed(reader, error);
		else if (errno != EINTR)
			return sweep_fail_file(error, reader->path, errno);
	}
	return true;
}

/* "# cidsim VERSION sweep" or "… sweep-summary" */
static bool is_first_line(const char *line)
{
	static const char begin[] = "# cidsim ";
	const char *kind;

	if (!g_str_has_prefix(line, begin))
		return false;
	line += strlen(begin);
	kind = strchr(line, ' ');
	return kind && kind > line && g_str_is_ascii(line) &&
	       (strcmp(kind, " sweep") == 0 || strcmp(kind, " sweep-summary") == 0);
}

static bool check_first_line(struct sweep_reader *reader, uint64_t size, GError **error)
{
	char line[FIRST_MAX + 1];
	size_t length = (size_t)MIN(size, FIRST_MAX);
	char *quoted;

	if (!read_at(reader, line, length, 0, error))
		return false;
	line[length] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (is_first_line(line))
		return true;
	if (strcmp(line, sweep_partial_magic) == 0)
		return sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s:1: a sweep that is not finished; the command that began it goes on "
			"with it",
			reader->path);
	quoted = value_quote(line);
	sweep_fail(error, SWEEP_ERROR_INPUT,
		"%s:1: not a file of a sweep: found %s, expected '# cidsim VERSION sweep'",
		reader->path, quoted);
	g_free(quoted);
	return false;
}

/* Find the last line from the end: a file that was cut is told before anything is read. */
static bool find_end(struct sweep_reader *reader, uint64_t size, uint64_t *end, GError **error)
{
	char tail[SWEEP_END_MAX];
	size_t length = (size_t)MIN(size, sizeof(tail)), from = length - 1;

	if (!read_at(reader, tail, length, size - length, error))
		return false;
	while (from > 0 && tail[from - 1] != '\n')
		from--;
	if (from == 0 || !sweep_end_parse(tail + from, length - from, &reader->end_rows,
				 &reader->end_digest))
		return sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s: is not whole: its last line '# end ROWS rows, digest ...' is missing; "
			"it was cut, or is still being written",
			reader->path);
	*end = size - length + from;
	return true;
}

/* Step to the next line, into text. False at the end, or with @error set. */
static bool read_line(struct sweep_reader *reader, GError **error)
{
	const char *line;
	size_t length;

	reader->line = reader->lines_read + 1;
	switch (sweep_lines_next(&reader->lines, &line, &length)) {
	case SWEEP_LINES_GOOD:
		break;
	case SWEEP_LINES_END:
		return false;
	case SWEEP_LINES_CUT: /* there was an LF before the last line */
		return fail_changed(reader, error);
	case SWEEP_LINES_LONG:
		return sweep_reader_fail(
			reader, error, "line is longer than %d bytes", SWEEP_ROW_MAX);
	case SWEEP_LINES_FAILED:
		if (reader->lines.error)
			return sweep_fail_file(error, reader->path, reader->lines.error);
		return fail_changed(reader, error);
	}
	reader->lines_read++;
	g_string_truncate(reader->text, 0);
	g_string_append_len(reader->text, line, (gssize)length);
	reader->digest = hash_bytes(reader->digest, reader->text->str, length);
	reader->digest = hash_bytes(reader->digest, "\n", 1);
	return true;
}

static bool check_bytes(const struct sweep_reader *reader, GError **error)
{
	const GString *text = reader->text;

	for (size_t i = 0; i < text->len; i++) {
		unsigned char c = (unsigned char)text->str[i];

		if (c < 0x20 || c == 0x7f)
			return sweep_reader_fail(
				reader, error, "byte 0x%02x does not belong here", c);
	}
	if (text->str[0] != '#' && !g_utf8_validate(text->str, (gssize)text->len, NULL))
		return sweep_reader_fail(reader, error, "not UTF-8");
	return true;
}

static bool read_columns(struct sweep_reader *reader, GError **error)
{
	if (reader->text->len == 0)
		return sweep_reader_fail(reader, error, "the line of columns is empty");
	reader->names_text = g_strdup(reader->text->str);
	reader->names = g_new(const char *, SWEEP_COLUMNS_MAX);
	reader->columns = csv_cut(reader->names_text, reader->names, SWEEP_COLUMNS_MAX);
	if (reader->columns == 0)
		return sweep_reader_fail(reader, error, "quotes do not match");
	if (reader->columns > SWEEP_COLUMNS_MAX)
		return sweep_reader_fail(reader, error, "%u columns, more than %d", reader->columns,
			SWEEP_COLUMNS_MAX);
	reader->names = g_renew(const char *, reader->names, reader->columns);
	reader->fields = g_new0(const char *, reader->columns);
	return true;
}

/* Add lines to @head up to that of the columns. */
static bool read_head_lines(struct sweep_reader *reader, GString *head, GError **error)
{
	GError *fault = NULL;
	size_t columns;

	do {
		if (!read_line(reader, &fault)) {
			if (!fault)
				sweep_reader_fail(reader, &fault, "the line of columns is missing");
			g_propagate_error(error, fault);
			return false;
		}
		if (!check_bytes(reader, error))
			return false;
		columns = head->len;
		g_string_append_len(head, reader->text->str, (gssize)reader->text->len);
		g_string_append_c(head, '\n');
		if (head->len > SWEEP_HEAD_MAX)
			return sweep_reader_fail(
				reader, error, "head is longer than %d bytes", SWEEP_HEAD_MAX);
	} while (reader->text->str[0] == '#');
	reader->comments = g_strndup(head->str, columns);
	g_strdelimit(reader->comments, "\n", '\0');
	return read_columns(reader, error);
}

static bool read_head(struct sweep_reader *reader, GError **error)
{
	GString *head = g_string_new(NULL);
	bool good = read_head_lines(reader, head, error);

	reader->head = g_string_free(head, FALSE);
	reader->head_lines = reader->line;
	return good;
}

static bool open_reader(struct sweep_reader *reader, GError **error)
{
	uint64_t size = 0, end = 0;

	if (!open_regular(reader, &size, error) || !check_first_line(reader, size, error) ||
		!find_end(reader, size, &end, error))
		return false;
	sweep_lines_init(&reader->lines, reader->fd, 0, end, SWEEP_ROW_MAX);
	return read_head(reader, error);
}

struct sweep_reader *sweep_reader_open(const char *path, GError **error)
{
	struct sweep_reader *reader = g_new0(struct sweep_reader, 1);

	reader->path = g_strdup(path);
	reader->text = g_string_new(NULL);
	reader->cut = g_string_new(NULL);
	reader->digest = HASH_BYTES_START;
	if (open_reader(reader, error))
		return reader;
	sweep_reader_close(reader);
	return NULL;
}

void sweep_reader_close(struct sweep_reader *reader)
{
	if (!reader)
		return;
	if (reader->fd >= 0)
		close(reader->fd);
	sweep_lines_clear(&reader->lines);
	g_string_free(reader->text, TRUE);
	g_string_free(reader->cut, TRUE);
	g_free(reader->fields);
	g_free(reader->names);
	g_free(reader->names_text);
	g_free(reader->comments);
	g_free(reader->head);
	g_free(reader->path);
	g_free(reader);
}

const char *sweep_reader_path(const struct sweep_reader *reader)
{
	return reader->path;
}

const char *sweep_reader_head(const struct sweep_reader *reader)
{
	return reader->head;
}

const char *sweep_reader_comment(const struct sweep_reader *reader, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = reader->comments; *line; line += strlen(line) + 1)
		if (g_str_has_prefix(line, "# ") && strncmp(line + 2, key, length) == 0 &&
			line[2 + length] == ' ')
			return line + 2 + length + 1;
	return NULL;
}

bool sweep_reader_is_summary(const struct sweep_reader *reader)
{
	return g_str_has_suffix(sweep_reader_comment(reader, "cidsim"), " sweep-summary");
}

uint64_t sweep_reader_rows(const struct sweep_reader *reader)
{
	return reader->end_rows;
}

unsigned sweep_reader_columns(const struct sweep_reader *reader)
{
	return reader->columns;
}

const char *sweep_reader_column(const struct sweep_reader *reader, unsigned column)
{
	g_assert(column < reader->columns);
	return reader->names[column];
}

int sweep_reader_find(const struct sweep_reader *reader, const char *name)
{
	for (unsigned i = 0; i < reader->columns; i++)
		if (strcmp(reader->names[i], name) == 0)
			return (int)i;
	return -1;
}

/* All rows have been read. */
static bool check_end(struct sweep_reader *reader, GError **error)
{
	if (reader->row != reader->end_rows)
		return sweep_reader_fail(reader, error,
			"the last line tells of %" G_GUINT64_FORMAT
			" rows, but there are %" G_GUINT64_FORMAT,
			reader->end_rows, reader->row);
	if (reader->digest != reader->end_digest)
		return sweep_reader_fail(reader, error,
			"the digest is not that of the lines before it: the file was changed or is "
			"damaged");
	return false;
}

static bool cut_row(struct sweep_reader *reader, GError **error)
{
	unsigned count;

	if (!check_bytes(reader, error))
		return false;
	if (reader->text->str[0] == '#')
		return sweep_reader_fail(reader, error, "a comment among the rows");
	g_string_truncate(reader->cut, 0);
	g_string_append_len(reader->cut, reader->text->str, (gssize)reader->text->len);
	count = csv_cut(reader->cut->str, reader->fields, reader->columns);
	if (count == 0)
		return sweep_reader_fail(reader, error, "quotes do not match");
	if (count != reader->columns)
		return sweep_reader_fail(
			reader, error, "%u fields, expected %u", count, reader->columns);
	return true;
}

/* Rows are counted by their lines: one that is wrong counts, too. */
static bool step(struct sweep_reader *reader, GError **error)
{
	GError *fault = NULL;
	bool got = read_line(reader, &fault);

	reader->row = reader->line - reader->head_lines - 1;
	if (fault) {
		g_propagate_error(error, fault);
		return false;
	}
	if (!got)
		return check_end(reader, error);
	return cut_row(reader, error);
}

bool sweep_reader_next(struct sweep_reader *reader, GError **error)
{
	reader->current = step(reader, error);
	return reader->current;
}

const char *sweep_reader_row(const struct sweep_reader *reader)
{
	g_assert(reader->current);
	return reader->text->str;
}

const char *sweep_reader_field(const struct sweep_reader *reader, unsigned column)
{
	g_assert(reader->current && column < reader->columns);
	return reader->fields[column];
}

/* False unless @text is a number with at most six decimals whose size is below the limit. */
static bool parse_millionths(const char *text, int64_t *result)
{
	bool negative = *text == '-';
	uint64_t value, fraction = 0;
	const char *end = number_scan(text + negative, &value);

	if (end && *end == '.')
		end = number_scan_fraction(end + 1, 6, &fraction);
	if (!end || *end || value > MILLIONTHS_LIMIT / MILLION)
		return false;
	value = value * MILLION + fraction;
	if (value >= MILLIONTHS_LIMIT)
		return false;
	*result = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

bool sweep_reader_millionths(const struct sweep_reader *reader, unsigned column, bool *present,
	int64_t *value, GError **error)
{
	const char *text = sweep_reader_field(reader, column);
	char *name, *found;

	*present = *text;
	*value = 0;
	if (!*text || parse_millionths(text, value))
		return true;
	name = value_quote(reader->names[column]);
	found = value_quote(text);
	sweep_reader_fail(reader, error,
		"%s is %s, expected a number with at most six decimals, below 2^62 millionths",
		name, found);
	g_free(found);
	g_free(name);
	return false;
}
