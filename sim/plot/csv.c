/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
/* open(), fdopen(), pread() with -std=c17 */
#define _POSIX_C_SOURCE 200809L

#include "sim/plot/csv.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/numbers.h"
#include "sim/base/values.h"
#include "sim/plot/plot.h"
#include "sim/record/csv.h"

enum { COLUMNS_MAX = 16, LINE_SIZE = 4096, VERSION_SIZE = 32 };

struct plot_csv {
	char *path;
	FILE *file;
	uint64_t line;                  /* of the row, from 1 */
	char **names;                   /* of the columns */
	unsigned columns;               /* how many */
	char version[VERSION_SIZE];     /* of what made the file */
	const char *field[COLUMNS_MAX]; /* into text */
	char text[LINE_SIZE];
};

bool plot_csv_fail(const struct plot_csv *csv, GError **error, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, PLOT_ERROR, PLOT_ERROR_INPUT, "%s:%" G_GUINT64_FORMAT ": %s", csv->path,
		csv->line, text);
	g_free(text);
	return false;
}

/* A name that does not exist is the caller's mistake, anything else the machine's. */
static bool fail_file(const char *path, int number, GError **error)
{
	bool wrong_name = number == ENOENT || number == ENOTDIR || number == ENAMETOOLONG;

	g_set_error(error, PLOT_ERROR, wrong_name ? PLOT_ERROR_INPUT : PLOT_ERROR_ENVIRONMENT,
		"%s: %s", path, g_strerror(number));
	return false;
}

/* O_NONBLOCK: a FIFO in the place of a file must not hang us. */
static FILE *open_regular(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat status;
	FILE *file;

	if (fd < 0) {
		fail_file(path, errno, error);
		return NULL;
	}
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		g_set_error(error, PLOT_ERROR, PLOT_ERROR_INPUT, "%s: not a regular file", path);
		close(fd);
		return NULL;
	}
	file = fdopen(fd, "r");
	if (!file) {
		fail_file(path, errno, error);
		close(fd);
	}
	return file;
}

/* Read a line into text, without its end. Returns FALSE at the end, or with @error set. */
static bool read_line(struct plot_csv *csv, GError **error)
{
	size_t length = 0;
	int c;

	csv->line++;
	while ((c = getc_unlocked(csv->file)) != EOF && c != '\n') {
		if (c < 0x20 || c == 0x7f)
			return plot_csv_fail(csv, error, "byte 0x%02x does not belong here", c);
		if (length == sizeof(csv->text) - 1)
			return plot_csv_fail(
				csv, error, "line is longer than %d bytes", LINE_SIZE - 1);
		csv->text[length++] = (char)c;
	}
	if (ferror(csv->file))
		return fail_file(csv->path, errno, error);
	if (c == EOF && length == 0)
		return false;
	csv->text[length] = '\0';
	if (!g_utf8_validate(csv->text, (gssize)length, NULL))
		return plot_csv_fail(csv, error, "not UTF-8");
	return true;
}

/* Take the version from @comment, the beginning of one. */
static void note_version(struct plot_csv *csv, const char *comment)
{
	static const char before[] = "# cidsim ";
	size_t length;

	if (!g_str_has_prefix(comment, before))
		return;
	comment += sizeof(before) - 1;
	length = strspn(comment, "0123456789abcdefghijklmnopqrstuvwxyz.-+~");
	g_snprintf(csv->version, sizeof(csv->version), "%.*s", (int)length, comment);
}

/* Comments may be long, and hold names of files in whatever encoding: of the first one the version
 * is used, of all others nothing. */
static void skip_comments(struct plot_csv *csv)
{
	char comment[VERSION_SIZE + sizeof("# cidsim ")] = "";
	int c;

	while ((c = getc_unlocked(csv->file)) == '#') {
		csv->line++;
		for (size_t i = 0; c != EOF && c != '\n'; i++) {
			if (csv->line == 1 && i < sizeof(comment) - 1)
				comment[i] = (char)c;
			c = getc_unlocked(csv->file);
		}
	}
	if (c != EOF)
		ungetc(c, csv->file);
	note_version(csv, comment);
}

static bool read_columns(struct plot_csv *csv, const char *columns, GError **error)
{
	GError *fault = NULL;
	char *found;

	skip_comments(csv);
	if (!read_line(csv, &fault)) {
		if (fault)
			g_propagate_error(error, fault);
		else
			plot_csv_fail(csv, error, "no column names, expected '%s'", columns);
		return false;
	}
	if (strcmp(csv->text, columns) == 0)
		return true;
	found = value_quote(csv->text);
	plot_csv_fail(csv, error, "column names are %s, expected '%s'", found, columns);
	g_free(found);
	return false;
}

struct plot_csv *plot_csv_open(const char *path, const char *columns, GError **error)
{
	FILE *file = open_regular(path, error);
	struct plot_csv *csv;

	if (!file)
		return NULL;
	csv = g_new0(struct plot_csv, 1);
	csv->path = g_strdup(path);
	csv->file = file;
	csv->names = g_strsplit(columns, ",", -1);
	csv->columns = g_strv_length(csv->names);
	assert(csv->columns <= COLUMNS_MAX);
	if (read_columns(csv, columns, error))
		return csv;
	plot_csv_close(csv);
	return NULL;
}

const char *plot_csv_version(const struct plot_csv *csv)
{
	return csv->version;
}

uint64_t plot_csv_line(const struct plot_csv *csv)
{
	return csv->line;
}

void plot_csv_close(struct plot_csv *csv)
{
	if (!csv)
		return;
	fclose(csv->file);
	g_strfreev(csv->names);
	g_free(csv->path);
	g_free(csv);
}

static bool cut_line(struct plot_csv *csv, GError **error)
{
	unsigned count = csv_cut(csv->text, csv->field, csv->columns);

	if (count == 0)
		return plot_csv_fail(csv, error, "quotes do not match");
	if (count != csv->columns)
		return plot_csv_fail(csv, error, "%u fields, expected %u", count, csv->columns);
	return true;
}

bool plot_csv_next(struct plot_csv *csv, GError **error)
{
	return read_line(csv, error) && cut_line(csv, error);
}

const char *plot_csv_text(const struct plot_csv *csv, unsigned column)
{
	assert(column < csv->columns);
	return csv->field[column];
}

bool plot_csv_number(
	const struct plot_csv *csv, unsigned column, uint64_t max, uint64_t *value, GError **error)
{
	const char *text = plot_csv_text(csv, column);
	char *found;

	if (number_read(text, max, value))
		return true;
	found = value_quote(text);
	plot_csv_fail(csv, error, "%s is %s, expected a number from 0 to %" G_GUINT64_FORMAT,
		csv->names[column], found, max);
	g_free(found);
	return false;
}

bool plot_csv_word(const struct plot_csv *csv, unsigned column, const char *const *words,
	unsigned *index, GError **error)
{
	const char *text = plot_csv_text(csv, column);
	char *found, *known;

	for (unsigned i = 0; words[i]; i++) {
		if (strcmp(text, words[i]) == 0) {
			*index = i;
			return true;
		}
	}
	found = value_quote(text);
	known = g_strjoinv(" or ", (char **)words);
	plot_csv_fail(csv, error, "%s is %s, expected %s", csv->names[column], found, known);
	g_free(known);
	g_free(found);
	return false;
}
