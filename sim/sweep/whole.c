/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* fsync */
#include "sim/sweep/whole.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/numbers.h"
#include "sim/base/values.h"

G_DEFINE_QUARK(cidsim - sweep - error, sweep_error)

const char sweep_partial_magic[] = "# cidsim unfinished sweep, format 1";

/* Text before a difference that is shown with it. */
enum { CONTEXT = 16 };

char *sweep_file_partial(const char *path)
{
	return g_strconcat(path, ".partial", NULL);
}

size_t sweep_end_format(char line[SWEEP_END_MAX], uint64_t rows, uint64_t digest)
{
	int length = g_snprintf(line, SWEEP_END_MAX,
		"# end %" G_GUINT64_FORMAT " rows, digest %016" G_GINT64_MODIFIER "x\n", rows,
		digest);

	g_assert(length > 0 && length < SWEEP_END_MAX);
	return (size_t)length;
}

bool sweep_end_parse(const char *line, size_t length, uint64_t *rows, uint64_t *digest)
{
	static const char begin[] = "# end ", middle[] = " rows, digest ";
	char text[SWEEP_END_MAX], again[SWEEP_END_MAX];
	uint64_t found_rows, found_digest;
	const char *end;

	if (length >= sizeof(text))
		return false;
	memcpy(text, line, length);
	text[length] = '\0';
	if (!g_str_has_prefix(text, begin))
		return false;
	end = number_scan(text + strlen(begin), &found_rows);
	if (!end || !g_str_has_prefix(end, middle))
		return false;
	number_scan_hex(end + strlen(middle), &found_digest);
	/* signs, spaces, zeros and whatever else the numbers may be written with */
	if (sweep_end_format(again, found_rows, found_digest) != length ||
		memcmp(again, line, length) != 0)
		return false;
	*rows = found_rows;
	*digest = found_digest;
	return true;
}

bool sweep_fail(GError **error, enum sweep_error code, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error_literal(error, SWEEP_ERROR, (int)code, text);
	g_free(text);
	return false;
}

bool sweep_fail_file(GError **error, const char *path, int number)
{
	bool wrong_name = number == ENOENT || number == ENOTDIR || number == ENAMETOOLONG;

	return sweep_fail(error, wrong_name ? SWEEP_ERROR_INPUT : SWEEP_ERROR_ENVIRONMENT, "%s: %s",
		path, g_strerror(number));
}

/* The line of @text that byte @at is in, quoted; of a long one what is around that byte. */
static char *quote_line(const char *text, size_t at)
{
	size_t from = at, to = at + strcspn(text + at, "\n");
	char *part, *quoted;

	while (from > 0 && text[from - 1] != '\n')
		from--;
	if (from == at && !text[at])
		return g_strdup("nothing");
	if (at - from < VALUE_QUOTE_MAX - CONTEXT) {
		part = g_strndup(text + from, to - from);
	} else {
		for (from = at - CONTEXT; from < at && ((unsigned char)text[from] & 0xc0) == 0x80;)
			from++;
		part = g_strdup_printf(
			"...%.*s", (int)MIN(to - from, 2 * VALUE_QUOTE_MAX), text + from);
	}
	quoted = value_quote(part);
	g_free(part);
	return quoted;
}

unsigned sweep_head_difference(
	const char *found, const char *expected, char **found_line, char **expected_line)
{
	size_t at = 0;
	unsigned line = 1;

	while (found[at] && found[at] == expected[at])
		line += found[at++] == '\n';
	if (found[at] == expected[at])
		return 0;
	*found_line = quote_line(found, at);
	*expected_line = quote_line(expected, at);
	return line;
}

static void add(struct sweep_whole *whole, const char *bytes, size_t length)
{
	whole->digest = hash_bytes(whole->digest, bytes, length);
	output_bytes(whole->out, bytes, length);
}

void sweep_whole_begin(struct sweep_whole *whole, struct output *out, const char *head)
{
	*whole = (struct sweep_whole){ .out = out, .digest = HASH_BYTES_START };
	add(whole, head, strlen(head));
}

/* What an output says is the environment's. */
static bool adopt(GError *fault, GError **error)
{
	sweep_fail(error, SWEEP_ERROR_ENVIRONMENT, "%s", fault->message);
	g_error_free(fault);
	return false;
}

bool sweep_whole_open(struct sweep_whole *whole, const char *path, const char *head, GError **error)
{
	GError *fault = NULL;
	struct output *out;

	out = path ? output_open(path, &fault)
	           : output_on_descriptor(STDOUT_FILENO, "standard output");
	if (!out)
		return adopt(fault, error);
	sweep_whole_begin(whole, out, head);
	return true;
}

void sweep_whole_row(struct sweep_whole *whole, const char *row, size_t length)
{
	g_assert(length <= SWEEP_ROW_MAX && row[0] != '#');
	add(whole, row, length);
	add(whole, "\n", 1);
	whole->rows++;
}

void sweep_whole_end(struct sweep_whole *whole)
{
	char line[SWEEP_END_MAX];
	size_t length = sweep_end_format(line, whole->rows, whole->digest);

	output_bytes(whole->out, line, length);
}

bool sweep_whole_finish(struct sweep_whole *whole, GError **error)
{
	struct output *out = whole->out;
	GError *fault = NULL;

	sweep_whole_end(whole);
	output_flush(out);
	/* Not the name before the data: a crash must not leave an empty file of that name. */
	if (!out->error && out->temporary && fsync(out->fd) != 0 && errno != EINVAL)
		out->error = errno;
	if (!output_close(out, &fault))
		return adopt(fault, error);
	return true;
}

void sweep_whole_discard(struct sweep_whole *whole)
{
	output_discard(whole->out);
}
