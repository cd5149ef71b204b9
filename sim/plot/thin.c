/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/thin.h"

#include <inttypes.h>

#include "sim/plot/page.h"

_Static_assert(PLOT_TIME_NS_MAX < UINT64_MAX / (2 * PLOT_SIZE_MAX + 1), "a product overflows");

unsigned plot_column(const struct plot_columns *columns, uint64_t time_ns)
{
	uint64_t column;

	g_assert(columns->from_ns <= time_ns && time_ns <= columns->to_ns);
	column =
		(time_ns - columns->from_ns) * columns->count / (columns->to_ns - columns->from_ns);
	return column < columns->count ? (unsigned)column : columns->count - 1;
}

uint64_t plot_column_start(const struct plot_columns *columns, unsigned column)
{
	g_assert(column <= columns->count);
	return columns->from_ns + (columns->to_ns - columns->from_ns) * column / columns->count;
}

unsigned plot_column_holding(const struct plot_columns *columns, uint64_t time_ns)
{
	unsigned column = plot_column(columns, time_ns);

	while (column + 1 < columns->count && plot_column_start(columns, column + 1) <= time_ns)
		column++;
	g_assert(plot_column_start(columns, column) <= time_ns);
	return column;
}

static void write_pair(
	const struct plot_columns *columns, FILE *out, uint64_t time_ns, uint64_t second)
{
	g_assert(time_ns >= columns->base_ns);
	fprintf(out, "%" PRIu64 " %" PRIu64 "\n", time_ns - columns->base_ns, second);
}

static void write_interval(
	const struct plot_columns *columns, FILE *out, uint64_t start_ns, uint64_t end_ns)
{
	g_assert(start_ns <= end_ns);
	write_pair(columns, out, start_ns, end_ns - columns->base_ns);
}

static void line_flush(struct plot_line *line)
{
	g_assert(line->count <= PLOT_LINE_KEPT);
	for (unsigned i = 0; i < line->count; i++) {
		uint64_t value = line->kept[i].value;

		write_pair(line->columns, line->out, line->kept[i].time_ns, value);
		line->travel +=
			value > line->written ? value - line->written : line->written - value;
		line->written = value;
	}
	line->count = 0;
}

/* Keep of more than four steps the first, the lowest, the highest and the last. */
static void line_reduce(struct plot_line *line)
{
	unsigned last = line->count - 1, lowest = 0, highest = 0, kept = 0;

	g_assert(line->count > PLOT_LINE_KEPT);
	for (unsigned i = 1; i <= last; i++) {
		if (line->kept[i].value < line->kept[lowest].value)
			lowest = i;
		if (line->kept[i].value > line->kept[highest].value)
			highest = i;
	}
	for (unsigned i = 0; i <= last; i++)
		if (i == 0 || i == lowest || i == highest || i == last)
			line->kept[kept++] = line->kept[i];
	line->count = kept;
}

void plot_line_add(struct plot_line *line, uint64_t time_ns, uint64_t value)
{
	const struct plot_columns *columns = line->columns;

	if (line->begun && value == line->value)
		return;
	if (line->count &&
		plot_column(columns, line->kept[0].time_ns) != plot_column(columns, time_ns))
		line_flush(line);
	line->kept[line->count++] = (struct plot_step){ time_ns, value };
	if (line->count > PLOT_LINE_KEPT)
		line_reduce(line);
	line->begun = true;
	line->value = value;
	g_assert(line->count <= PLOT_LINE_KEPT);
}

void plot_line_end(struct plot_line *line, uint64_t time_ns)
{
	line_flush(line);
	if (line->begun)
		write_pair(line->columns, line->out, time_ns, line->value);
}

static void band_flush(struct plot_band *band)
{
	g_assert(band->start_ns <= band->end_ns);
	if (band->start_ns < band->end_ns)
		write_interval(band->columns, band->out, band->start_ns, band->end_ns);
	band->start_ns = band->end_ns;
}

void plot_band_add(struct plot_band *band, uint64_t start_ns, uint64_t end_ns)
{
	const struct plot_columns *columns = band->columns;
	unsigned column = plot_column(columns, start_ns);
	bool joins = band->start_ns < band->end_ns && column == plot_column(columns, end_ns) &&
	             column == plot_column(columns, band->start_ns) &&
	             column == plot_column(columns, band->end_ns);

	g_assert(start_ns <= end_ns && band->end_ns <= start_ns);
	if (joins) {
		band->end_ns += end_ns - start_ns;
		return;
	}
	band_flush(band);
	band->start_ns = start_ns;
	band->end_ns = end_ns;
}

void plot_band_end(struct plot_band *band)
{
	band_flush(band);
}

void plot_marks_add(struct plot_marks *marks, uint64_t start_ns, uint64_t end_ns)
{
	const struct plot_columns *columns = marks->columns;
	unsigned last;

	g_assert(start_ns <= end_ns);
	if (end_ns < columns->from_ns || start_ns > columns->to_ns)
		return;
	last = plot_column(columns, MIN(end_ns, columns->to_ns));
	for (unsigned i = plot_column(columns, MAX(start_ns, columns->from_ns)); i <= last; i++)
		marks->touched[i] = 1;
}

void plot_marks_write(const struct plot_marks *marks, unsigned columns_min, FILE *out)
{
	const struct plot_columns *columns = marks->columns;

	g_assert(columns_min >= 1);
	for (unsigned i = 0, end; i < columns->count; i = end) {
		unsigned stop;

		end = i + 1;
		if (!marks->touched[i])
			continue;
		while (end < columns->count && marks->touched[end])
			end++;
		stop = MIN(MAX(end, i + columns_min), columns->count);
		write_interval(columns, out, plot_column_start(columns, i),
			plot_column_start(columns, stop));
	}
}
