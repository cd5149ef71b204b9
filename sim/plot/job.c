/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/job.h"

#include <string.h>

#include "sim/record/csv.h"

struct csv_reader *plot_job_open(
	const struct plot_job *job, const char *name, const char *columns, GError **error)
{
	return plot_run_csv(job->run, name, columns, error);
}

/* Step to the next row whose mm, in @column, is the job's. */
static bool next_of_mm(
	const struct plot_job *job, struct csv_reader *csv, unsigned column, GError **error)
{
	g_assert(job->mm);
	while (csv_reader_next(csv, error))
		if (strcmp(csv_reader_field(csv, column), job->mm->name) == 0)
			return true;
	return false;
}

static bool read_next_time(
	struct csv_reader *csv, unsigned column, uint64_t *time_ns, GError **error)
{
	uint64_t before_ns = *time_ns;

	g_assert(csv_reader_columns(csv) > column);
	if (!csv_reader_number(csv, column, PLOT_TIME_NS_MAX, time_ns, error))
		return false;
	return *time_ns >= before_ns || csv_reader_fail(csv, error, "time goes back");
}

static bool read_direction(struct csv_reader *csv, unsigned column, bool *to_percpu, GError **error)
{
	static const char *const words[] = { "to_task", "to_percpu", NULL };
	unsigned index;

	g_assert(csv_reader_columns(csv) > column);
	if (!csv_reader_word(csv, column, words, &index, error))
		return false;
	*to_percpu = index == 1;
	return true;
}

struct csv_reader *plot_series_open(const struct plot_job *job, GError **error)
{
	g_assert(job->mm);
	return plot_job_open(job, "series.csv", csv_series_columns, error);
}

bool plot_series_next(const struct plot_job *job, struct csv_reader *csv,
	struct plot_sample *sample, GError **error)
{
	return next_of_mm(job, csv, 1, error) && read_next_time(csv, 0, &sample->time_ns, error) &&
	       csv_reader_number(csv, 2, PLOT_USERS_MAX, &sample->users, error) &&
	       csv_reader_number(csv, 4, PLOT_USERS_MAX, &sample->max_cids, error) &&
	       csv_reader_number(csv, 5, PLOT_USERS_MAX, &sample->pcpu_thrs, error) &&
	       csv_reader_number(
		       csv, 6, PLOT_MODE_PERCPU | PLOT_MODE_TRANSIT, &sample->mode, error) &&
	       csv_reader_number(csv, 7, PLOT_USERS_MAX, &sample->taken, error) &&
	       csv_reader_number(csv, 8, PLOT_USERS_MAX, &sample->span, error);
}

struct csv_reader *plot_switches_open(const struct plot_job *job, GError **error)
{
	g_assert(job->mm);
	return plot_job_open(job, "modes.csv", csv_modes_columns, error);
}

bool plot_switches_next(const struct plot_job *job, struct csv_reader *csv,
	struct plot_switch *mode_switch, GError **error)
{
	return next_of_mm(job, csv, 1, error) &&
	       read_next_time(csv, 0, &mode_switch->time_ns, error) &&
	       read_direction(csv, 2, &mode_switch->to_percpu, error) &&
	       csv_reader_number(csv, 4, PLOT_USERS_MAX, &mode_switch->users, error);
}

struct csv_reader *plot_windows_open(const struct plot_job *job, GError **error)
{
	g_assert(job->mm);
	return plot_job_open(job, "windows.csv", csv_windows_columns, error);
}

bool plot_windows_next(const struct plot_job *job, struct csv_reader *csv,
	struct plot_window *window, GError **error)
{
	if (!next_of_mm(job, csv, 0, error) || !read_direction(csv, 1, &window->to_percpu, error) ||
		!csv_reader_number(csv, 2, PLOT_TIME_NS_MAX, &window->open_ns, error) ||
		!csv_reader_number(csv, 3, PLOT_TIME_NS_MAX, &window->close_ns, error))
		return false;
	return window->open_ns <= window->close_ns ||
	       csv_reader_fail(csv, error, "close_ns is before open_ns");
}
