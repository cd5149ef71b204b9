/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/job.h"

#include <signal.h>
#include <string.h>

#include "sim/base/failure.h"
#include "tests/lib/folder.h"
#include "tests/lib/plot-run.h"
#include "tests/lib/suite.h"

#define SERIES "time_ns,mm,users,allowed,max_cids,pcpu_thrs,mode,taken,span,optimum\n"
#define MODES                                                                                      \
	"time_ns,mm,direction,trigger,users,allowed,max_cids_before,max_cids_after,"               \
	"pcpu_thrs_before,pcpu_thrs_after,cpu,pid\n"
#define WINDOWS                                                                                    \
	"mm,direction,open_ns,close_ns,duration_ns,steps,moved,dropped,handed,settled,"            \
	"out_dropped,bit_ops,spins,spin_ns,preempted_ns\n"

static char *dir;
static struct plot_run run;
static const struct plot_mm mm = { .name = (char *)"app" };
static struct plot_job job = { .run = &run, .mm = &mm };

static void start(void)
{
	dir = folder_new();
	run.dir = dir;
}

static void stop(void)
{
	folder_remove(dir);
}

static void assert_failed(GError *error, const char *expected)
{
	char *message;

	ck_assert(g_error_matches(error, FAILURE, FAILURE_INPUT));
	message = folder_message(dir, error);
	ck_assert_str_eq(message, expected);
	g_free(message);
}

SUITE(.timeout = 60, .before = start, .after = stop);

TEST(only_rows_of_the_mm_are_read)
{
	struct plot_sample sample = { 0 };
	struct csv_reader *csv;
	GError *error = NULL;

	plot_run_write(dir, "series.csv",
		SERIES "1,other,7,4,7,0,0,7,7,4\n2,app,3,4,3,5,1,2,6,3\n2,app,4,4,3,5,3,2,6,3\n",
		-1);
	csv = plot_series_open(&job, NULL);
	ck_assert(plot_series_next(&job, csv, &sample, NULL));
	ck_assert_uint_eq(sample.time_ns, 2);
	ck_assert_uint_eq(sample.users, 3);
	ck_assert_uint_eq(sample.max_cids, 3);
	ck_assert_uint_eq(sample.pcpu_thrs, 5);
	ck_assert_uint_eq(sample.mode, PLOT_MODE_PERCPU);
	ck_assert_uint_eq(sample.taken, 2);
	ck_assert_uint_eq(sample.span, 6);
	ck_assert(plot_series_next(&job, csv, &sample, NULL));
	ck_assert_uint_eq(sample.mode, PLOT_MODE_PERCPU | PLOT_MODE_TRANSIT);
	ck_assert(!plot_series_next(&job, csv, &sample, &error) && !error);
	csv_reader_close(csv);
}

TEST(time_does_not_go_back)
{
	struct plot_sample sample = { 0 };
	struct csv_reader *csv;
	GError *error = NULL;

	plot_run_write(
		dir, "series.csv", SERIES "2,app,3,4,3,5,1,2,6,3\n1,app,4,4,3,5,3,2,6,3\n", -1);
	csv = plot_series_open(&job, NULL);
	ck_assert(plot_series_next(&job, csv, &sample, NULL));
	ck_assert(!plot_series_next(&job, csv, &sample, &error));
	assert_failed(error, "series.csv:3: time goes back");
	csv_reader_close(csv);
}

TEST(a_switch_has_a_direction)
{
	struct plot_switch mode_switch = { 0 };
	struct csv_reader *csv;
	GError *error = NULL;

	plot_run_write(dir, "modes.csv",
		MODES "5,app,to_percpu,fork,3,4,3,3,0,2,0,1\n6,app,up,fork,3,4,3,3,0,2,0,1\n", -1);
	csv = plot_switches_open(&job, NULL);
	ck_assert(plot_switches_next(&job, csv, &mode_switch, NULL));
	ck_assert(mode_switch.to_percpu);
	ck_assert_uint_eq(mode_switch.users, 3);
	ck_assert(!plot_switches_next(&job, csv, &mode_switch, &error));
	assert_failed(error, "modes.csv:3: 'direction' is 'up', expected to_task or to_percpu");
	csv_reader_close(csv);
}

TEST(a_window_closes_after_it_opens)
{
	struct plot_window window = { 0 };
	struct csv_reader *csv;
	GError *error = NULL;

	plot_run_write(dir, "windows.csv",
		WINDOWS "app,to_task,5,5,0,0,0,0,0,0,0,0,0,0,0\n"
			"app,to_task,5,4,0,0,0,0,0,0,0,0,0,0,0\n",
		-1);
	csv = plot_windows_open(&job, NULL);
	ck_assert(plot_windows_next(&job, csv, &window, NULL));
	ck_assert(!window.to_percpu);
	ck_assert(!plot_windows_next(&job, csv, &window, &error));
	assert_failed(error, "windows.csv:3: close_ns is before open_ns");
	csv_reader_close(csv);
}

TEST(other_columns_are_refused)
{
	GError *error = NULL;

	plot_run_write(dir, "series.csv", WINDOWS, -1);
	ck_assert_ptr_null(plot_series_open(&job, &error));
	ck_assert(g_error_matches(error, FAILURE, FAILURE_INPUT));
	ck_assert_ptr_nonnull(strstr(error->message, "series.csv:1: column names are "));
	g_error_free(error);
}

TEST_SIGNAL(rows_of_all_mms_are_not_a_series, SIGABRT)
{
	job.mm = NULL;
	plot_series_open(&job, NULL);
}
