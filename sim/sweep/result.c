/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* fsync */
#include "sim/sweep/result.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/csv.h"
#include "sim/base/failure.h"
#include "sim/base/numbers.h"
#include "sim/base/values.h"

/* Text before a difference that is shown with it. */
enum { CONTEXT = 16 };

size_t sweep_last_line_format(char line[SWEEP_LAST_LINE_MAX], uint64_t rows, uint64_t digest)
{
	int length = g_snprintf(line, SWEEP_LAST_LINE_MAX,
		"# end %" G_GUINT64_FORMAT " rows, digest %016" G_GINT64_MODIFIER "x\n", rows,
		digest);

	g_assert(length > 0 && length < SWEEP_LAST_LINE_MAX);
	return (size_t)length;
}

bool sweep_last_line_parse(const char *line, size_t length, uint64_t *rows, uint64_t *digest)
{
	static const char begin[] = "# end ", middle[] = " rows, digest ";
	char text[SWEEP_LAST_LINE_MAX], again[SWEEP_LAST_LINE_MAX];
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
	if (sweep_last_line_format(again, found_rows, found_digest) != length ||
		memcmp(again, line, length) != 0)
		return false;
	*rows = found_rows;
	*digest = found_digest;
	return true;
}

/* The line of @text that byte @at is in, quoted; of a long one what is around that byte. */
static char *quote_line(const char *text, size_t at)
{
	size_t from = at, to = at + strcspn(text + at, "\n");
	char *part, *quoted;

	g_assert(at <= strlen(text));
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

static void put_bytes(struct sweep_result *result, const char *bytes, size_t length)
{
	result->digest = hash_bytes(result->digest, bytes, length);
	output_bytes(result->out, bytes, length);
}

void sweep_result_begin(struct sweep_result *result, struct output *out, const char *head)
{
	g_assert(g_str_has_suffix(head, "\n"));
	*result = (struct sweep_result){ .out = out, .digest = HASH_BYTES_START };
	put_bytes(result, head, strlen(head));
}

bool sweep_result_open(
	struct sweep_result *result, const char *path, const char *head, GError **error)
{
	GError *fault = NULL;
	struct output *out;

	out = path ? output_open(path, &fault)
	           : output_on_descriptor(STDOUT_FILENO, "standard output");
	if (!out)
		return failure_take(error, fault);
	sweep_result_begin(result, out, head);
	return true;
}

void sweep_result_row(struct sweep_result *result, const char *row, size_t length)
{
	g_assert(length <= CSV_LINE_MAX && row[0] != '#');
	put_bytes(result, row, length);
	put_bytes(result, "\n", 1);
	result->rows++;
}

void sweep_result_end(struct sweep_result *result)
{
	char line[SWEEP_LAST_LINE_MAX];
	size_t length = sweep_last_line_format(line, result->rows, result->digest);

	output_bytes(result->out, line, length);
}

bool sweep_result_finish(struct sweep_result *result, GError **error)
{
	struct output *out = result->out;
	GError *fault = NULL;

	g_assert(!result->out->finished);
	sweep_result_end(result);
	output_flush(out);
	/* Not the name before the data: a crash must not leave an empty file of that name. */
	if (!out->error && out->temporary && fsync(out->fd) != 0 && errno != EINVAL)
		out->error = errno;
	if (!output_close(out, &fault))
		return failure_take(error, fault);
	return true;
}

void sweep_result_discard(struct sweep_result *result)
{
	output_discard(result->out);
}
