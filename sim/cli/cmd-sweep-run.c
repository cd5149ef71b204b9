/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-sweep.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/failure.h"
#include "sim/base/output.h"
#include "sim/cli/stop.h"
#include "sim/sweep/file.h"
#include "sim/sweep/reader.h"
#include "sim/sweep/result.h"
#include "sim/sweep/run.h"
#include "sim/sweep/summary.h"

enum { SYNC_US = 2000000 };

/* A sweep under way. */
struct progress {
	const struct sweep *sweep;
	struct sweep_file *file;    /* NULL: standard output */
	struct sweep_result result; /* what goes to standard output */
	uint64_t done_before, done;
	uint64_t outcomes[SWEEP_OUTCOMES];
	gint64 started_us, synced_us;
	bool terminal;
	GError *error;
};

static void clear_line(const struct progress *progress)
{
	if (progress->terminal)
		fputs("\r\033[K", stderr);
}

static void show_progress(const struct progress *progress)
{
	uint64_t ms = (uint64_t)(g_get_monotonic_time() - progress->started_us) / 1000;
	uint64_t here = progress->done - progress->done_before, left_s;

	g_assert(
		progress->done_before <= progress->done && progress->done <= progress->sweep->rows);
	if (!progress->terminal)
		return;
	fprintf(stderr, "\r\033[K%" PRIu64 " of %" PRIu64 " points", progress->done,
		progress->sweep->rows);
	if (here > 0 && ms > 0) {
		left_s = (progress->sweep->rows - progress->done) * ms / here / 1000;
		fprintf(stderr,
			", %" PRIu64 " per second, %" PRIu64 ":%02" PRIu64 ":%02" PRIu64 " left",
			here * 1000 / ms, left_s / 3600, left_s / 60 % 60, left_s % 60);
	}
	fflush(stderr);
}

static bool on_row(void *context, const char *row, enum sweep_outcome outcome)
{
	struct progress *progress = context;

	g_assert(outcome < SWEEP_OUTCOMES);
	progress->done++;
	progress->outcomes[outcome]++;
	if (progress->file)
		return sweep_file_append(progress->file, row, &progress->error);
	sweep_result_row(&progress->result, row, strlen(row));
	return !progress->result.out->error;
}

static bool on_tick(void *context)
{
	struct progress *progress = context;
	gint64 now = g_get_monotonic_time();

	if (stop_asked())
		return false;
	show_progress(progress);
	if (!progress->file) {
		output_flush(progress->result.out);
		return !progress->result.out->error;
	}
	g_assert(now >= progress->synced_us);
	if (now - progress->synced_us < SYNC_US)
		return true;
	progress->synced_us = now;
	return sweep_file_sync(progress->file, &progress->error);
}

static void print_events(const struct sweep_events *events)
{
	g_assert(events->impossible == 0 || events->message);
	if (events->threads_missing > 0)
		command_error("sweep: the system gave %u threads fewer than --jobs asks for",
			events->threads_missing);
	if (events->impossible > 0)
		command_error("sweep: %" PRIu64 " impossible point%s, the first is %" PRIu64 ": %s",
			events->impossible, events->impossible == 1 ? "" : "s",
			events->first_impossible, events->message);
}

/* Run from row @done on. */
static bool run_rows(struct progress *progress, uint64_t done)
{
	const struct sweep *sweep = progress->sweep;
	struct sweep_run run = {
		.source = &sweep->source,
		.base = sweep->base,
		.axes = sweep->axes,
		.mm = sweep->options->mm,
		.first_point = sweep->shard.number - 1,
		.step = sweep->shard.count,
		.rows = sweep->rows,
		.done = done,
		.jobs = sweep->jobs,
		.row = on_row,
		.tick = on_tick,
		.context = progress,
	};
	struct sweep_events events;
	bool all;

	g_assert(done <= sweep->rows && sweep->jobs >= 1);
	progress->done = progress->done_before = done;
	progress->started_us = progress->synced_us = g_get_monotonic_time();
	stop_arm();
	all = sweep_run(&run, &events);
	stop_disarm();
	clear_line(progress);
	print_events(&events);
	g_free(events.message);
	g_assert(!all || progress->done == sweep->rows);
	return all;
}

/* --- how it ended --- */

static int status_of_sweep(const struct progress *progress)
{
	uint64_t failed = progress->outcomes[SWEEP_FAILED];
	uint64_t undecided = progress->outcomes[SWEEP_UNDECIDED];
	int status = EXIT_OK;

	g_assert(failed + undecided <= progress->sweep->rows);
	if (undecided > 0) {
		command_error("sweep: %" PRIu64 " of %" PRIu64
			      " points stopped by max-events: undecided",
			undecided, progress->sweep->rows);
		status = EXIT_UNDECIDED;
	}
	if (failed > 0) {
		command_error("sweep: a property is broken in %" PRIu64 " of %" PRIu64 " points",
			failed, progress->sweep->rows);
		status = EXIT_FAILED;
	}
	return status;
}

/* The work file cannot be written, or the result file cannot. */
static int report_kept(const GError *error)
{
	g_assert(error);
	command_error("%s; complete rows are kept, the same command continues", error->message);
	return EXIT_ENVIRONMENT;
}

/* Why not all rows are there. */
static int report_cut_short(struct progress *progress)
{
	const char *kept = progress->file ? "; they are kept, the same command continues" : "";

	g_assert(progress->done <= progress->sweep->rows);
	if (progress->error ||
		(progress->file && !sweep_file_sync(progress->file, &progress->error)))
		return report_kept(progress->error);
	command_error("sweep: interrupted, %" PRIu64 " of %" PRIu64 " points were done%s",
		progress->done, progress->sweep->rows, kept);
	return EXIT_UNDECIDED;
}

int sweep_error_status(const GError *error)
{
	bool input = g_error_matches(error, FAILURE, FAILURE_INPUT);

	command_error("%s", error->message);
	if (stop_asked())
		return EXIT_UNDECIDED;
	return input ? EXIT_USAGE : EXIT_ENVIRONMENT;
}

/* --- to standard output --- */

int sweep_to_stdout(const struct sweep *sweep)
{
	struct progress progress = { .sweep = sweep, .terminal = isatty(STDERR_FILENO) };
	g_autoptr(GError) error = NULL;
	struct output *out;
	bool all;

	g_assert(!sweep->options->output && sweep->head);
	/* Rows on the same terminal would be torn by it. */
	progress.terminal = progress.terminal && !isatty(STDOUT_FILENO);
	out = output_on_descriptor(STDOUT_FILENO, "standard output");
	sweep_result_begin(&progress.result, out, sweep->head);
	all = run_rows(&progress, 0);
	if (all)
		sweep_result_end(&progress.result);
	if (!output_close(out, &error))
		return sweep_error_status(error);
	return all ? status_of_sweep(&progress) : report_cut_short(&progress);
}

/* --- into a file --- */

/* The outcomes of all rows, those of earlier processes too: from the result file, which also proves
 * that it can be read. */
static bool count_outcomes(struct progress *progress, GError **error)
{
	struct sweep_reader *reader = sweep_reader_open(sweep_file_target(progress->file), error);
	int column = reader ? csv_reader_find(reader->csv, "outcome") : -1;

	g_assert(!reader == (*error != NULL));
	memset(progress->outcomes, 0, sizeof(progress->outcomes));
	if (column >= 0) {
		while (sweep_reader_next(reader, error)) {
			const char *word = csv_reader_field(reader->csv, (unsigned)column);

			for (int i = 0; i < SWEEP_OUTCOMES; i++)
				progress->outcomes[i] +=
					strcmp(word, sweep_outcome_to_string(i)) == 0;
		}
	}
	sweep_reader_close(reader);
	return !*error;
}

static int finish_file(struct progress *progress, bool *all)
{
	g_autoptr(GError) error = NULL;

	g_assert(progress->done == progress->sweep->rows);
	if (!sweep_file_finish(progress->file, &error))
		return report_kept(error);
	if (!count_outcomes(progress, &error))
		return sweep_error_status(error);
	*all = true;
	return status_of_sweep(progress);
}

int sweep_into_file(const struct sweep *sweep, bool *all)
{
	struct progress progress = { .sweep = sweep, .terminal = isatty(STDERR_FILENO) };
	const char *path = sweep->options->output;
	g_autoptr(GError) error = NULL;
	uint64_t done;
	int status;

	*all = false;
	g_assert(path && *path);
	progress.file = sweep_file_open(
		path, sweep->head, sweep->rows, sweep->options->force, &done, &error);
	if (!progress.file)
		return sweep_error_status(error);
	g_assert(done <= sweep->rows);
	if (done > 0 && done == sweep->rows)
		command_error(
			"sweep: %s is complete already, with all %" PRIu64 " points", path, done);
	else if (done > 0)
		command_error("sweep: continues after %" PRIu64 " of %" PRIu64 " points", done,
			sweep->rows);
	status = run_rows(&progress, done) ? finish_file(&progress, all)
	                                   : report_cut_short(&progress);
	sweep_file_close(progress.file);
	g_clear_error(&progress.error);
	return status;
}

int sweep_write_summary(const char *rows)
{
	size_t length = strlen(rows) - (g_str_has_suffix(rows, ".csv") ? strlen(".csv") : 0);
	g_autofree char *path = g_strdup_printf("%.*s-summary.csv", (int)length, rows);
	g_autoptr(GError) error = NULL;

	bool done;

	g_assert(strcmp(path, rows) != 0);
	stop_arm();
	done = sweep_summary(rows, path, stop_asked, &error);
	stop_disarm();
	return done ? EXIT_OK : sweep_error_status(error);
}
