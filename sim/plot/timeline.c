/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Users, span, taken, max_cids and pcpu_thrs over time, the mode behind them, windows below. Where
 * that is too dense to be drawn one by one: the mean, the least and the most in slots of the time,
 * and below them how much of each slot was per CPU and in windows, and its flips.
 */
#include <string.h>

#include "sim/base/failure.h"
#include "sim/base/text.h"
#include "sim/plot/axis.h"
#include "sim/plot/bands.h"
#include "sim/plot/kinds.h"
#include "sim/plot/slots.h"

enum {
	VALUE_TICKS = 8,
	MARK_COLUMNS_MIN = 6,
	SLOT_PIXELS = 4,
	FLIP_PIXELS = 12,  /* of the picture for a flip; with less it is dense */
	NAME_LETTERS = 20, /* of another run */
	TRAVEL_PIXELS = 8, /* the same for a line that runs from the bottom to the top */
};

/* The lines of the picture, in the order in which pick_values() gives their values. */
static const char *const files[] = { "users.dat", "max_cids.dat", "pcpu_thrs.dat", "taken.dat",
	"span.dat" };
enum { LINES = G_N_ELEMENTS(files) };

_Static_assert((int)LINES == (int)PLOT_SLOT_VALUES, "a slot has all of them");

static void pick_values(const struct plot_sample *sample, uint64_t values[LINES])
{
	values[0] = sample->users;
	values[1] = sample->max_cids;
	values[2] = sample->pcpu_thrs;
	values[3] = sample->taken;
	values[4] = sample->span;
}

struct timeline {
	struct plot_line lines[LINES];
	struct plot_marks marks[2]; /* to per task, to per CPU */
	bool has_marks[2];
	struct plot_slots slots;
	uint64_t top; /* the highest value */
	struct plot_sample sample;
	bool is_open;     /* a window is, in the series */
	uint64_t open_ns; /* since when */
};

static void add_to_lines(struct timeline *timeline, uint64_t time_ns)
{
	uint64_t values[LINES];

	g_assert(time_ns >= timeline->lines[0].columns->from_ns);
	pick_values(&timeline->sample, values);
	for (unsigned i = 0; i < LINES; i++) {
		plot_line_add(&timeline->lines[i], time_ns, values[i]);
		timeline->top = MAX(timeline->top, values[i]);
	}
}

/* The present sample holds until @end_ns, where the mode becomes @mode. */
static void add_to_slots(
	const struct plot_job *job, struct timeline *timeline, uint64_t end_ns, uint64_t mode)
{
	const struct plot_sample *sample = &timeline->sample;
	uint64_t values[LINES];

	g_assert(sample->time_ns <= end_ns);
	pick_values(sample, values);
	plot_slots_add(&timeline->slots, sample->time_ns, end_ns, values, sample->mode);
	if ((sample->mode ^ mode) & PLOT_MODE_PERCPU && end_ns >= job->from_ns)
		plot_slots_flip(&timeline->slots, end_ns);
}

/* The window that the run ended in is in the series only. */
static void note_window(struct timeline *timeline)
{
	bool is_open = timeline->sample.mode & PLOT_MODE_TRANSIT;

	g_assert(!timeline->is_open || timeline->open_ns <= timeline->sample.time_ns);
	if (is_open && !timeline->is_open)
		timeline->open_ns = timeline->sample.time_ns;
	timeline->is_open = is_open;
}

/* Read the samples up to the end of the picture. What is the case at its start counts there. */
static bool read_samples(const struct plot_job *job, struct timeline *timeline,
	struct csv_reader *csv, GError **error)
{
	struct plot_sample next = { 0 };
	bool known = false;
	GError *fault = NULL;

	while (plot_series_next(job, csv, &next, &fault) && next.time_ns <= job->to_ns) {
		if (known && timeline->sample.time_ns < job->from_ns && next.time_ns > job->from_ns)
			add_to_lines(timeline, job->from_ns);
		if (known)
			add_to_slots(job, timeline, next.time_ns, next.mode);
		timeline->sample = next;
		note_window(timeline);
		if (next.time_ns >= job->from_ns)
			add_to_lines(timeline, next.time_ns);
		known = true;
	}
	if (!failure_pass(error, fault))
		return false;
	if (known && timeline->sample.time_ns < job->from_ns)
		add_to_lines(timeline, job->from_ns);
	if (known)
		add_to_slots(job, timeline, job->to_ns, timeline->sample.mode);
	return true;
}

static bool close_lines(const struct plot_job *job, struct timeline *timeline, GError **error)
{
	bool good = true;

	for (unsigned i = 0; i < LINES; i++) {
		if (timeline->lines[i].out)
			plot_line_end(&timeline->lines[i], job->to_ns);
		good = plot_page_close(timeline->lines[i].out, good ? error : NULL) && good;
	}
	return good;
}

static bool open_lines(const struct plot_job *job, struct timeline *timeline, GError **error)
{
	for (unsigned i = 0; i < LINES; i++) {
		timeline->lines[i].columns = &job->columns;
		timeline->lines[i].out = plot_page_create(job->page, files[i], error);
		if (!timeline->lines[i].out)
			return false;
	}
	return true;
}

static bool write_lines(const struct plot_job *job, struct timeline *timeline, GError **error)
{
	struct csv_reader *csv = plot_series_open(job, error);
	bool good =
		csv && open_lines(job, timeline, error) && read_samples(job, timeline, csv, error);

	csv_reader_close(csv);
	return close_lines(job, timeline, good ? error : NULL) && good;
}

static void add_mark(struct timeline *timeline, bool to_percpu, uint64_t open_ns, uint64_t close_ns)
{
	const struct plot_columns *columns = timeline->marks[to_percpu].columns;

	plot_marks_add(&timeline->marks[to_percpu], open_ns, close_ns);
	if (open_ns <= columns->to_ns && close_ns >= columns->from_ns)
		timeline->has_marks[to_percpu] = true;
}

static bool read_windows(const struct plot_job *job, struct timeline *timeline, GError **error)
{
	struct csv_reader *csv = plot_windows_open(job, error);
	struct plot_window window = { 0 };
	GError *fault = NULL;

	g_assert(!timeline->is_open || timeline->open_ns <= job->to_ns);
	if (!csv)
		return false;
	while (plot_windows_next(job, csv, &window, &fault))
		add_mark(timeline, window.to_percpu, window.open_ns, window.close_ns);
	csv_reader_close(csv);
	if (timeline->is_open)
		add_mark(timeline, timeline->sample.mode & PLOT_MODE_PERCPU, timeline->open_ns,
			job->to_ns);
	return failure_pass(error, fault);
}

static bool write_marks(const struct plot_job *job, const struct plot_marks *marks,
	const char *name, GError **error)
{
	FILE *out = plot_page_create(job->page, name, error);

	g_assert(marks->touched);
	if (out)
		plot_marks_write(marks, MARK_COLUMNS_MIN, out);
	return plot_page_close(out, error);
}

static bool write_windows(const struct plot_job *job, struct timeline *timeline, GError **error)
{
	bool good;

	for (unsigned i = 0; i < 2; i++)
		timeline->marks[i] =
			(struct plot_marks){ &job->columns, g_new0(uint8_t, job->columns.count) };
	good = read_windows(job, timeline, error) &&
	       write_marks(job, &timeline->marks[0], "to_task.dat", error) &&
	       write_marks(job, &timeline->marks[1], "to_percpu.dat", error);
	for (unsigned i = 0; i < 2; i++)
		g_free(timeline->marks[i].touched);
	return good;
}

/* --- what is dense --- */

static bool is_dense(const struct plot_job *job, const struct timeline *timeline)
{
	uint64_t travel = 0;

	g_assert(timeline->top > 0);
	for (unsigned i = 0; i < LINES; i++)
		travel = MAX(travel, timeline->lines[i].travel);
	return travel / timeline->top > job->page->width / TRAVEL_PIXELS ||
	       timeline->slots.total.flips > job->page->width / FLIP_PIXELS;
}

static bool write_slots(const struct plot_job *job, const struct timeline *timeline, GError **error)
{
	FILE *out = plot_page_create(job->page, "slots.dat", error);

	g_assert(timeline->slots.columns.count > 0);
	if (out)
		plot_slots_write(&timeline->slots, out);
	return plot_page_close(out, error);
}

/* "per CPU: 93.9 %" */
static void set_share(const struct plot_job *job, const char *name, const char *what,
	uint64_t part_ns, uint64_t total_ns)
{
	g_autofree char *percent = text_percent(part_ns, total_ns);
	g_autofree char *text = g_strdup_printf("%s: %s", what, percent);

	g_assert(part_ns <= total_ns);
	plot_set_text(job->page, name, text, 100);
}

/* Shares are numbers, too: windows are drawn wider than they are. */
static void set_shares(const struct plot_job *job, const struct timeline *timeline)
{
	const struct plot_slot *total = &timeline->slots.total;
	uint64_t flips = total->flips;
	GString *text = g_string_new(NULL);

	g_string_printf(text, "%" G_GUINT64_FORMAT " flip%s", flips, flips == 1 ? "" : "s");
	if (!job->run->clock && flips > 1)
		g_string_append_printf(
			text, ", %.0f/s", (double)flips * 1e9 / (double)MAX(total->known_ns, 1));
	plot_set_text(job->page, "FLIPS_TEXT", text->str, 100);
	g_string_free(text, TRUE);
	set_share(job, "PERCPU_TEXT", "per CPU", total->percpu_ns, total->known_ns);
	set_share(
		job, "TASK_TEXT", "per task", total->known_ns - total->percpu_ns, total->known_ns);
	plot_set_text(
		job->page, "TO_TASK_TEXT", timeline->has_marks[0] ? "window to per task" : "", 100);
	plot_set_text(job->page, "TO_PERCPU_TEXT",
		timeline->has_marks[1] ? "window to per CPU" : "", 100);
	set_share(job, "WINDOWS_TEXT", "in windows", total->window_ns, total->known_ns);
}

/* --- another run to compare with --- */

static bool write_other(const struct plot_job *other, struct timeline *timeline, GError **error)
{
	struct timeline second = { .slots = { .columns = timeline->slots.columns } };
	bool good;

	second.slots.slots = g_new0(struct plot_slot, second.slots.columns.count);
	good = write_lines(other, &second, error) && write_slots(other, &second, error) &&
	       plot_bands(other, error);
	timeline->top = MAX(timeline->top, second.top);
	g_free(second.slots.slots);
	return good;
}

/* What is different about it: its revision, or its directory. The caller frees it. */
static char *name_with(const struct plot_job *job)
{
	const struct plot_run *a = job->run, *b = job->with;

	if (strcmp(a->revision, b->revision) == 0 && strcmp(a->flags, b->flags) == 0)
		return g_strdup(b->dir);
	return g_strdup_printf("%s%s%s", b->revision, *b->flags ? " " : "", b->flags);
}

/* Its lines and its mode, into files of other names, from the same time on; it may end earlier. */
static bool write_with(const struct plot_job *job, struct timeline *timeline, GError **error)
{
	struct plot_page page = *job->page;
	struct plot_job other = *job;
	g_autofree char *name = name_with(job);
	bool good;

	other.run = job->with;
	other.to_ns = MIN(job->to_ns, job->with->sim_time_ns);
	other.page = &page;
	if (job->with->clock != job->run->clock || other.to_ns <= job->from_ns)
		return failure_input(
			error, "%s: has not the same time as %s", job->with->dir, job->run->dir);
	other.mm = plot_run_mm(job->with, job->mm->name, error);
	if (!other.mm)
		return false;
	page.prefix = "with-";
	page.assignments = g_string_new(NULL);
	good = write_other(&other, timeline, error);
	g_string_free(page.assignments, TRUE);
	plot_set_text(job->page, "WITH_TEXT", name, NAME_LETTERS);
	return good;
}

static bool write_timeline(struct plot_job *job, struct timeline *timeline, GError **error)
{
	if (!write_lines(job, timeline, error) || !write_windows(job, timeline, error) ||
		!write_slots(job, timeline, error))
		return false;
	if (job->with && !write_with(job, timeline, error))
		return false;
	timeline->top = MAX(timeline->top, 1);
	set_shares(job, timeline);
	plot_set_number(job->page, "WITH", job->with != NULL);
	plot_set_number(job->page, "DENSE", is_dense(job, timeline));
	plot_set_number(job->page, "COUNTS", job->run->clock != NULL);
	plot_set_number(job->page, "TOP", timeline->top);
	plot_set_number(job->page, "TOP_STEP", plot_axis_step(timeline->top, VALUE_TICKS));
	return plot_bands(job, error);
}

bool plot_timeline(struct plot_job *job, GError **error)
{
	struct timeline timeline = { .slots = { .columns = job->columns } };
	bool good;

	timeline.slots.columns.count = job->page->width / SLOT_PIXELS;
	timeline.slots.slots = g_new0(struct plot_slot, timeline.slots.columns.count);
	good = write_timeline(job, &timeline, error);
	g_free(timeline.slots.slots);
	return good;
}
