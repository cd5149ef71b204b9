/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/csv.h"
#include "sim/base/failure.h"
#include "sim/compare/private.h"
#include "sim/record/csv.h"

#include <string.h>

/* The files in which an event is looked for: of two at the same time the first one here. */
static const struct {
	const char *file, *what, *columns;
	const char *time; /* the column by which the rows are in order */
} files[] = {
	{ "modes.csv", "mode switch", csv_modes_columns, "time_ns" },
	{ "windows.csv", "transit window", csv_windows_columns, "close_ns" },
	{ "series.csv", "change of an mm", csv_series_columns, "time_ns" },
	{ "stays.csv", "stay of a task", csv_stays_columns, "end_ns" },
};

/* The two files of one name. */
struct pair {
	struct csv_reader *readers[2];
	bool more[2]; /* there is a row */
};

static bool open_pair(struct pair *pair, struct plot_run *const runs[2], const char *columns,
	const char *file, GError **error)
{
	for (int side = 0; side < 2; side++) {
		pair->readers[side] = plot_run_csv(runs[side], file, columns, error);
		if (!pair->readers[side])
			return false;
	}
	return true;
}

static void close_pair(struct pair *pair)
{
	for (int side = 0; side < 2; side++)
		csv_reader_close(pair->readers[side]);
}

/* Step both to their next row. False: @error is set. */
static bool step_pair(struct pair *pair, GError **error)
{
	for (int side = 0; side < 2; side++) {
		GError *fault = NULL;

		pair->more[side] = csv_reader_next(pair->readers[side], &fault);
		if (!failure_pass(error, fault))
			return false;
	}
	return true;
}

static bool rows_differ(const struct pair *pair)
{
	if (!pair->more[0] || !pair->more[1])
		return pair->more[0] != pair->more[1];
	return strcmp(csv_reader_row(pair->readers[0]), csv_reader_row(pair->readers[1])) != 0;
}

/* The time of the earlier row. */
static bool read_time(
	const struct pair *pair, const char *column, uint64_t *time_ns, GError **error)
{
	*time_ns = UINT64_MAX;
	for (int side = 0; side < 2; side++) {
		int index = csv_reader_find(pair->readers[side], column);
		uint64_t own_ns;

		g_assert(index >= 0); /* the columns are as they should be */
		if (!pair->more[side])
			continue;
		if (!csv_reader_number(
			    pair->readers[side], (unsigned)index, UINT64_MAX, &own_ns, error))
			return false;
		*time_ns = MIN(*time_ns, own_ns);
	}
	g_assert(pair->more[0] || pair->more[1]);
	return true;
}

static char **fields_of(const struct csv_reader *reader, bool names)
{
	g_autoptr(GStrvBuilder) fields = g_strv_builder_new();

	for (unsigned column = 0; column < csv_reader_columns(reader); column++)
		g_strv_builder_add(fields,
			names ? csv_reader_name(reader, column) : csv_reader_field(reader, column));
	return g_strv_builder_end(fields);
}

static struct compare_event *event_of(const struct pair *pair, size_t file, uint64_t time_ns)
{
	struct compare_event *event = g_new0(struct compare_event, 1);

	event->file = files[file].file;
	event->what = files[file].what;
	event->time_ns = time_ns;
	event->columns = fields_of(pair->readers[0], true);
	for (int side = 0; side < 2; side++)
		event->side[side] = pair->more[side] ? fields_of(pair->readers[side], false) : NULL;
	return event;
}

static bool compare_file(
	struct comparison *comparison, struct pair *pair, size_t file, GError **error)
{
	uint64_t time_ns;
	struct compare_event *event;

	do {
		if (!step_pair(pair, error))
			return false;
	} while (pair->more[0] && !rows_differ(pair));
	if (!rows_differ(pair))
		return true;
	if (!read_time(pair, files[file].time, &time_ns, error))
		return false;
	if (comparison->first && comparison->first->time_ns <= time_ns)
		return true;
	event = event_of(pair, file, time_ns);
	compare_event_free(comparison->first);
	comparison->first = event;
	return true;
}

bool compare_events(struct comparison *comparison, struct plot_run *const runs[2], GError **error)
{
	bool good = true;

	for (size_t file = 0; good && file < G_N_ELEMENTS(files); file++) {
		struct pair pair = { 0 };

		good = open_pair(&pair, runs, files[file].columns, files[file].file, error) &&
		       compare_file(comparison, &pair, file, error);
		close_pair(&pair);
	}
	return good;
}
