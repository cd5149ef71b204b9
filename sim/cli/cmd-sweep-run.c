/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-sweep.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/output.h"
#include "sim/base/text.h"
#include "sim/cli/jobs.h"
#include "sim/cli/progress.h"
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
	struct progress_line line;
	uint64_t done;
	uint64_t outcomes[SWEEP_OUTCOMES];
	gint64 synced_us;
	GError *error;
};

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
	progress_show(&progress->line, progress->done);
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
	jobs_report_missing("sweep", events->threads_missing);
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
	progress->done = done;
	progress->synced_us = g_get_monotonic_time();
	progress_begin(&progress->line, "points", done, sweep->rows, !progress->file);
	stop_arm();
	all = sweep_run(&run, &events);
	stop_disarm();
	progress_clear(&progress->line);
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
	g_autofree char *kept = NULL;

	g_assert(progress->done <= progress->sweep->rows);
	if (progress->file)
		kept = g_strdup_printf("; they are kept, the same command continues, "
				       "'cidsim plot sweep %s.part' draws them",
			text_path(sweep_file_target(progress->file)));
	if (progress->error ||
		(progress->file && !sweep_file_sync(progress->file, &progress->error)))
		return report_kept(progress->error);
	command_error("sweep: interrupted, %" PRIu64 " of %" PRIu64 " points were done%s",
		progress->done, progress->sweep->rows, kept ? kept : "");
	return EXIT_UNDECIDED;
}

int sweep_error_status(const GError *error)
{
	int status = command_failed("", error);

	return stop_asked() ? EXIT_UNDECIDED : status;
}

/* --- to standard output --- */

int sweep_to_stdout(const struct sweep *sweep)
{
	struct progress progress = { .sweep = sweep };
	g_autoptr(GError) error = NULL;
	struct output *out;
	bool all;

	g_assert(!sweep->options->output && sweep->head);
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
	if (progress->line.terminal)
		command_error("sweep: %" PRIu64 " points; 'cidsim plot sweep %s' draws them",
			progress->done, text_path(sweep_file_target(progress->file)));
	return status_of_sweep(progress);
}

int sweep_into_file(const struct sweep *sweep, bool *all)
{
	struct progress progress = { .sweep = sweep };
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

/* "x-summary.csv" of "x.csv". */
static char *summary_path(const char *rows)
{
	size_t length = strlen(rows) - (g_str_has_suffix(rows, ".csv") ? strlen(".csv") : 0);

	return g_strdup_printf("%.*s-summary.csv", (int)length, rows);
}

int sweep_check_output(const char *option, const char *input, const char *rows, bool summary)
{
	g_autofree char *path = summary_path(rows);
	int status = command_check_output(option, rows, input);

	return status == EXIT_OK && summary ? command_check_output(option, path, input) : status;
}

int sweep_write_summary(const char *rows)
{
	g_autofree char *path = summary_path(rows);
	g_autoptr(GError) error = NULL;
	bool done;

	g_assert(strcmp(path, rows) != 0);
	stop_arm();
	done = sweep_summary(rows, path, stop_asked, &error);
	stop_disarm();
	return done ? EXIT_OK : sweep_error_status(error);
}
