/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* symlink */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/record/sinks.h"
#include "tests/lib/folder.h"
#include "tests/lib/sample-run.h"
#include "tests/lib/suite.h"

static struct sample_run run;

static void start(void)
{
	sample_start(&run);
}

static void stop(void)
{
	sample_stop(&run);
}

static const struct record_mode_switch flip = {
	.time_ns = 1000,
	.to_percpu = true,
	.trigger = TRIGGER_FORK,
	.users = 5,
	.allowed_count = 4,
	.max_cids_before = 4,
	.max_cids_after = 4,
	.thrs_before = 0,
	.thrs_after = 2,
	.cpu = 2,
	.pid = 100,
};

SUITE(.before = start, .after = stop);

TEST(finished_files_can_be_read_before_they_have_their_names)
{
	struct sinks *sinks = sinks_open(
		run.dir, &run.scenario, run.result->accounts, SINKS_CSV, NULL, NULL);
	g_autofree char *path = sample_path(&run, "modes.csv"), *text = NULL;

	ck_assert_ptr_nonnull(sinks);
	sample_account(&run, "app", 1);
	sinks_sink(sinks)->mode_switch(sinks_sink(sinks)->context, &flip);
	ck_assert(sinks_finish(sinks, NULL));
	ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
	ck_assert(g_file_get_contents(sinks_place(sinks, "modes.csv"), &text, NULL, NULL));
	assert_has(text, "1000,app,to_percpu");
	ck_assert_ptr_null(sinks_place(sinks, "trace.txt"));
	ck_assert(sinks_add_file(sinks, "more", "x", 1, NULL));
	ck_assert(sinks_close(sinks, NULL));
	ck_assert(g_file_test(path, G_FILE_TEST_EXISTS));
}

TEST(sinks_write_all_files_of_a_run_and_one_more)
{
	char *dir = sample_path(&run, "deep/sample");
	struct sinks *sinks = sinks_open(dir, &run.scenario, run.result->accounts, SINKS_ALL, NULL, NULL);
	const struct record_sink *sink;
	const struct record_sample sample = { .users = 1 };
	const struct record_stay stay = { .account = UINT32_MAX, .cpu = 3, .pid = 9, .end_ns = 5 };
	const struct record_window window = { .opened = flip, .close_ns = 2000 };
	char *text;

	ck_assert_ptr_nonnull(sinks);
	/* Accounts come into being while the run goes on. */
	sample_account(&run, "app", 1);
	sink = sinks_sink(sinks);
	sink->sample(sink->context, &sample);
	sink->mode_switch(sink->context, &flip);
	sink->window(sink->context, &window);
	sink->stay(sink->context, &stay);
	ck_assert(sinks_add_file(sinks, "report.txt", "fine\n", 5, NULL));
	ck_assert(!sinks_failed(sinks));
	ck_assert(sinks_close(sinks, NULL));
	ck_assert_uint_eq(folder_files(dir), 6);
	text = sample_read(&run, "deep/sample/stays.csv");
	assert_has(text, "end_ns\n9,9,,0,0,5\n");
	g_free(text);
	text = sample_read(&run, "deep/sample/report.txt");
	ck_assert_str_eq(text, "fine\n");
	g_free(text);
	text = sample_read(&run, "deep/sample/trace.txt");
	assert_has(text, "mmcid:window: mm=app ");
	g_free(text);
	g_free(dir);
}

TEST(sinks_ask_only_for_the_facts_that_a_file_needs)
{
	struct sinks *sinks =
		sinks_open(run.dir, &run.scenario, run.result->accounts, SINKS_MODES, NULL, NULL);
	const struct record_sink *sink = sinks_sink(sinks);

	ck_assert(sink->mode_switch);
	ck_assert(!sink->sample);
	ck_assert(!sink->window);
	ck_assert(!sink->stay);
	ck_assert(!sink->sched_switch);
	ck_assert(!sink->note);
	sinks_abort(sinks);
	ck_assert_uint_eq(folder_files(run.dir), 0);
	sinks_abort(NULL);
}

TEST(sinks_in_a_place_that_is_no_directory_leave_nothing)
{
	char *path = sample_path(&run, "file");
	char *stays = sample_path(&run, "stays.csv");
	GError *error = NULL;

	ck_assert(output_write_file(path, "", 0, NULL));
	ck_assert_ptr_null(
		sinks_open(path, &run.scenario, run.result->accounts, SINKS_ALL, NULL, &error));
	assert_has(error->message, path);
	g_clear_error(&error);

	/* One that can not be written takes the others with it. */
	ck_assert_int_eq(g_mkdir(stays, 0700), 0);
	ck_assert_ptr_null(
		sinks_open(run.dir, &run.scenario, run.result->accounts, SINKS_ALL, NULL, &error));
	assert_has(error->message, stays);
	g_clear_error(&error);
	ck_assert_uint_eq(folder_files(run.dir), 2);
	g_free(stays);
	g_free(path);
}

TEST(one_full_file_takes_the_others_with_it)
{
	struct sinks *sinks;
	const struct record_sink *sink;
	const struct record_sample sample = { .time_ns = 200000, .users = 1 };
	char *full = sample_path(&run, "trace.txt");
	GError *error = NULL;

	ck_assert_int_eq(symlink("/dev/full", full), 0);
	sample_account(&run, "app", 1);
	sinks = sinks_open(run.dir, &run.scenario, run.result->accounts, SINKS_ALL, NULL, NULL);
	sink = sinks_sink(sinks);
	for (uint32_t i = 0; i < 200000 && !sinks_failed(sinks); i++)
		sink->note(sink->context, &(struct record_note){ .time_ns = i, .event = "test" });
	ck_assert(sinks_failed(sinks));
	sink->sample(sink->context, &sample);
	ck_assert(!sinks_close(sinks, &error));
	assert_has(error->message, "trace.txt: ");
	g_clear_error(&error);
	ck_assert_uint_eq(folder_files(run.dir), 1);
	g_free(full);
}

/* Who reads a run begins with its report: files of two runs never have one. */
TEST(where_a_name_cannot_be_given_there_is_no_report)
{
	g_autofree char *report = sample_path(&run, "report.json");
	g_autofree char *stays = sample_path(&run, "stays.csv");
	g_autofree char *inside = sample_path(&run, "stays.csv/inside");
	GError *error = NULL;
	struct sinks *sinks;

	for (int i = 0; i < 2; i++) {
		sinks = sinks_open(
			run.dir, &run.scenario, run.result->accounts, SINKS_CSV, NULL, NULL);
		ck_assert_ptr_nonnull(sinks);
		ck_assert(sinks_add_file(sinks, "report.json", "{}\n", 3, NULL));
		ck_assert(sinks_add_file(sinks, "report.html", "x\n", 2, NULL));
		ck_assert(sinks_finish(sinks, NULL));
		ck_assert(g_file_test(report, G_FILE_TEST_EXISTS) == (i == 1));
		if (i == 1) { /* by another program, just now */
			ck_assert_int_eq(unlink(stays), 0);
			ck_assert_int_eq(g_mkdir_with_parents(inside, 0777), 0);
		}
		ck_assert(sinks_close(sinks, &error) == (i == 0));
	}
	assert_has(error->message, "stays.csv: ");
	ck_assert(!g_file_test(report, G_FILE_TEST_EXISTS));
	g_error_free(error);
}

TEST_SIGNAL(sinks_have_a_file, SIGABRT)
{
	sinks_open(run.dir, &run.scenario, run.result->accounts, 0, NULL, NULL);
}
