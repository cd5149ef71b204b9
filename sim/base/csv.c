/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* O_CLOEXEC, pread */
#include "sim/base/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/failure.h"
#include "sim/base/lines.h"
#include "sim/base/numbers.h"
#include "sim/base/values.h"

enum { MILLION = 1000000 };

#define MILLIONTHS_LIMIT (UINT64_C(1) << 62)

struct csv_reader {
	char *path;
	int fd;
	uint64_t size;
	struct lines lines;
	GString *head;
	char *comments;      /* those of the head, each with NUL for LF, one more NUL at the end */
	GString *text, *cut; /* the line as it is, and with NULs at the ends of its fields */
	char *names_text;    /* what names point into */
	const char **names;  /* of the columns */
	const char **fields; /* of the row, into cut */
	unsigned columns;    /* how many of both */
	bool current;        /* there is a row */
	uint64_t line;       /* its number, from 1 */
	uint64_t lines_read; /* before the next one */
};

/* --- fields --- */

/* '#' would make a comment of a row that begins with this field. */
bool csv_is_plain(const char *text)
{
	return text[0] != '#' && !text[strcspn(text, ",\"\r\n")];
}

void csv_quote(GString *row, const char *text)
{
	if (csv_is_plain(text)) {
		g_string_append(row, text);
		return;
	}
	g_string_append_c(row, '"');
	for (; *text; text++) {
		if (*text == '"')
			g_string_append_c(row, '"');
		g_string_append_c(row, *text);
	}
	g_string_append_c(row, '"');
}

void csv_add_comment(GString *head, const char *key, const char *value)
{
	g_assert(*key && !strpbrk(key, " \n")); /* readers cut the line at its blank */
	g_string_append_printf(head, "# %s ", key);
	for (; *value; value++)
		g_string_append_c(head, g_ascii_iscntrl(*value) ? ' ' : *value);
	g_string_append_c(head, '\n');
}

/* Undo the quoting of the field at @from in place. Returns what follows its closing quote, NULL
 * if there is no such quote. */
static char *unquote(char *from)
{
	char *to = from;

	g_assert(*from == '"');
	for (char *c = from + 1; *c; c++) {
		if (*c == '"' && *++c != '"') {
			/* @c is beyond the field by now: its end may be overwritten */
			*to = '\0';
			return c;
		}
		*to++ = *c;
	}
	return NULL;
}

unsigned csv_split(char *line, const char **fields, unsigned max)
{
	unsigned count = 0;

	for (char *c = line;; c++) {
		char *end = *c == '"' ? unquote(c) : c + strcspn(c, ",");

		if (!end || (*end && *end != ','))
			return 0;
		if (count < max)
			fields[count] = c;
		count++;
		if (!*end)
			return count;
		*end = '\0';
		c = end;
	}
}

/* --- the file --- */

bool csv_reader_fail(const struct csv_reader *reader, GError **error, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	failure_input(error, "%s:%" G_GUINT64_FORMAT ": %s", reader->path, reader->line, text);
	g_free(text);
	return false;
}

static bool fail_changed(const struct csv_reader *reader, GError **error)
{
	return failure_environment(error, "%s: was changed while it was read", reader->path);
}

/* @number: the errno of the opening. */
static bool check_regular(struct csv_reader *reader, int number, GError **error)
{
	struct stat status;

	errno = number;
	if (reader->fd < 0 || fstat(reader->fd, &status) != 0)
		return failure_file(error, reader->path, errno);
	if (!S_ISREG(status.st_mode))
		return failure_input(error, "%s: not a regular file", reader->path);
	reader->size = (uint64_t)status.st_size;
	return true;
}

/* O_NONBLOCK: a FIFO in the place of a file must not hang us. */
struct csv_reader *csv_reader_open(const char *path, GError **error)
{
	return csv_reader_open_fd(path, open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), error);
}

struct csv_reader *csv_reader_open_fd(const char *path, int fd, GError **error)
{
	int number = errno;
	struct csv_reader *reader = g_new0(struct csv_reader, 1);

	reader->fd = fd;
	reader->path = g_strdup(path);
	reader->head = g_string_new(NULL);
	reader->text = g_string_new(NULL);
	reader->cut = g_string_new(NULL);
	if (!check_regular(reader, number, error)) {
		csv_reader_close(reader);
		return NULL;
	}
	lines_init(&reader->lines, reader->fd, 0, reader->size, CSV_LINE_MAX);
	return reader;
}

void csv_reader_close(struct csv_reader *reader)
{
	if (!reader)
		return;
	if (reader->fd >= 0)
		close(reader->fd);
	lines_clear(&reader->lines);
	g_string_free(reader->cut, TRUE);
	g_string_free(reader->text, TRUE);
	g_string_free(reader->head, TRUE);
	g_free(reader->fields);
	g_free(reader->names);
	g_free(reader->names_text);
	g_free(reader->comments);
	g_free(reader->path);
	g_free(reader);
}

const char *csv_reader_path(const struct csv_reader *reader)
{
	return reader->path;
}

uint64_t csv_reader_size(const struct csv_reader *reader)
{
	return reader->size;
}

bool csv_reader_bytes(const struct csv_reader *reader, char *bytes, size_t length, uint64_t offset,
	GError **error)
{
	g_assert(offset <= reader->size && length <= reader->size - offset);
	for (size_t done = 0; done < length;) {
		ssize_t got =
			pread(reader->fd, bytes + done, length - done, (off_t)(offset + done));

		if (got > 0)
			done += (size_t)got;
		else if (got == 0)
			return fail_changed(reader, error);
		else if (errno != EINTR)
			return failure_file(error, reader->path, errno);
	}
	return true;
}

void csv_reader_end_at(struct csv_reader *reader, uint64_t offset)
{
	g_assert(reader->lines_read == 0 && offset <= reader->size);
	reader->lines.end = offset;
}

/* --- lines --- */

/* The last line of a file may lack its LF; but what ends before the file does ends with one. */
static bool is_last_line(const struct csv_reader *reader)
{
	return reader->lines.end == reader->size;
}

static bool check_characters(const struct csv_reader *reader, GError **error)
{
	const GString *text = reader->text;

	for (size_t i = 0; i < text->len; i++) {
		unsigned char c = (unsigned char)text->str[i];

		if (c < 0x20 || c == 0x7f)
			return csv_reader_fail(
				reader, error, "byte 0x%02x does not belong here", c);
	}
	if (text->str[0] != '#' && !g_utf8_validate(text->str, (gssize)text->len, NULL))
		return csv_reader_fail(reader, error, "not UTF-8");
	return true;
}

/* Step to the next line, into text. False at the end, or with @error set. */
static bool step_line(struct csv_reader *reader, GError **error)
{
	const char *line;
	size_t length;

	g_assert(reader->lines.end <= reader->size);
	reader->line = reader->lines_read + 1;
	switch (lines_next(&reader->lines, &line, &length)) {
	case LINES_GOOD:
		break;
	case LINES_END:
		return false;
	case LINES_CUT:
		if (!is_last_line(reader))
			return fail_changed(reader, error);
		break;
	case LINES_LONG:
		return csv_reader_fail(reader, error, "line is longer than %d bytes", CSV_LINE_MAX);
	case LINES_FAILED:
		if (reader->lines.error)
			return failure_file(error, reader->path, reader->lines.error);
		return fail_changed(reader, error);
	}
	reader->lines_read++;
	g_string_truncate(reader->text, 0);
	g_string_append_len(reader->text, line, (gssize)length);
	return check_characters(reader, error);
}

/* --- the head --- */

static bool split_names(struct csv_reader *reader, GError **error)
{
	if (reader->text->len == 0)
		return csv_reader_fail(reader, error, "the line of column names is empty");
	reader->names_text = g_strdup(reader->text->str);
	reader->names = g_new(const char *, CSV_COLUMNS_MAX);
	reader->columns = csv_split(reader->names_text, reader->names, CSV_COLUMNS_MAX);
	if (reader->columns == 0)
		return csv_reader_fail(reader, error, "quotes do not match");
	if (reader->columns > CSV_COLUMNS_MAX)
		return csv_reader_fail(reader, error, "%u columns, more than %d", reader->columns,
			CSV_COLUMNS_MAX);
	for (unsigned i = 0; i < reader->columns; i++) {
		if (reader->names[i][0] == '\0')
			return csv_reader_fail(reader, error, "column %u has no name", i + 1);
	}
	reader->names = g_renew(const char *, reader->names, reader->columns);
	reader->fields = g_new0(const char *, reader->columns);
	return true;
}

static bool next_head_line(struct csv_reader *reader, GError **error)
{
	GError *fault = NULL;

	g_assert(!reader->fields);
	if (!step_line(reader, &fault)) {
		if (!fault)
			csv_reader_fail(reader, &fault, "the line of column names is missing");
		g_propagate_error(error, fault);
		return false;
	}
	g_string_append_len(reader->head, reader->text->str, (gssize)reader->text->len);
	g_string_append_c(reader->head, '\n');
	if (reader->head->len > CSV_HEAD_MAX)
		return csv_reader_fail(reader, error, "head is longer than %d bytes", CSV_HEAD_MAX);
	return true;
}

bool csv_reader_read_head(struct csv_reader *reader, GError **error)
{
	size_t columns;

	g_assert(reader->lines_read == 0);
	do {
		columns = reader->head->len;
		if (!next_head_line(reader, error))
			return false;
	} while (reader->text->str[0] == '#');
	reader->comments = g_strndup(reader->head->str, columns);
	g_strdelimit(reader->comments, "\n", '\0');
	return split_names(reader, error);
}

static bool check_column_names(const struct csv_reader *reader, const char *columns, GError **error)
{
	g_autofree char *found = NULL;

	if (strcmp(reader->text->str, columns) == 0)
		return true;
	found = value_quote(reader->text->str);
	return csv_reader_fail(reader, error, "column names are %s, expected '%s'", found, columns);
}

struct csv_reader *csv_reader_open_with(const char *path, const char *columns, GError **error)
{
	struct csv_reader *reader = csv_reader_open(path, error);

	if (!reader ||
		(csv_reader_read_head(reader, error) && check_column_names(reader, columns, error)))
		return reader;
	csv_reader_close(reader);
	return NULL;
}

const char *csv_reader_head(const struct csv_reader *reader)
{
	return reader->head->str;
}

const char *csv_reader_comment(const struct csv_reader *reader, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = reader->comments; *line; line += strlen(line) + 1)
		if (g_str_has_prefix(line, "# ") && strncmp(line + 2, key, length) == 0 &&
			line[2 + length] == ' ')
			return line + 2 + length + 1;
	return NULL;
}

unsigned csv_reader_columns(const struct csv_reader *reader)
{
	return reader->columns;
}

const char *csv_reader_name(const struct csv_reader *reader, unsigned column)
{
	g_assert(column < reader->columns);
	return reader->names[column];
}

int csv_reader_find(const struct csv_reader *reader, const char *name)
{
	for (unsigned i = 0; i < reader->columns; i++)
		if (strcmp(reader->names[i], name) == 0)
			return (int)i;
	return -1;
}

/* --- rows --- */

static bool split_row(struct csv_reader *reader, GError **error)
{
	unsigned count;

	g_assert(reader->columns >= 1);
	if (reader->text->str[0] == '#')
		return csv_reader_fail(reader, error, "a comment among the rows");
	g_string_truncate(reader->cut, 0);
	g_string_append_len(reader->cut, reader->text->str, (gssize)reader->text->len);
	count = csv_split(reader->cut->str, reader->fields, reader->columns);
	if (count == 0)
		return csv_reader_fail(reader, error, "quotes do not match");
	if (count != reader->columns)
		return csv_reader_fail(
			reader, error, "%u fields, expected %u", count, reader->columns);
	return true;
}

bool csv_reader_next(struct csv_reader *reader, GError **error)
{
	g_assert(reader->fields);
	reader->current = step_line(reader, error) && split_row(reader, error);
	return reader->current;
}

uint64_t csv_reader_line(const struct csv_reader *reader)
{
	return reader->line;
}

const char *csv_reader_row(const struct csv_reader *reader)
{
	g_assert(reader->current);
	return reader->text->str;
}

const char *csv_reader_field(const struct csv_reader *reader, unsigned column)
{
	g_assert(reader->current && column < reader->columns);
	return reader->fields[column];
}

/* --- what a field must be --- */

/* "COLUMN is 'TEXT', expected WHAT" */
static bool fail_field(
	const struct csv_reader *reader, unsigned column, GError **error, const char *expected)
{
	g_autofree char *name = value_quote(reader->names[column]);
	g_autofree char *found = value_quote(reader->fields[column]);

	g_assert(column < reader->columns);
	return csv_reader_fail(reader, error, "%s is %s, expected %s", name, found, expected);
}

bool csv_reader_number(const struct csv_reader *reader, unsigned column, uint64_t max,
	uint64_t *value, GError **error)
{
	g_autofree char *expected = NULL;

	if (number_read(csv_reader_field(reader, column), max, value))
		return true;
	expected = g_strdup_printf("a number from 0 to %" G_GUINT64_FORMAT, max);
	return fail_field(reader, column, error, expected);
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

bool csv_reader_millionths(const struct csv_reader *reader, unsigned column, bool *present,
	int64_t *value, GError **error)
{
	const char *text = csv_reader_field(reader, column);

	*present = *text;
	*value = 0;
	if (!*text || parse_millionths(text, value))
		return true;
	return fail_field(
		reader, column, error, "a number with at most six decimals, below 2^62 millionths");
}

bool csv_reader_word(const struct csv_reader *reader, unsigned column, const char *const *words,
	unsigned *position, GError **error)
{
	const char *text = csv_reader_field(reader, column);
	g_autofree char *known = NULL;

	for (unsigned i = 0; words[i]; i++) {
		if (strcmp(text, words[i]) == 0) {
			*position = i;
			return true;
		}
	}
	known = g_strjoinv(" or ", (char **)words);
	return fail_field(reader, column, error, known);
}
