/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/plot.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/base/values.h"
#include "sim/base/work-folder.h"
#include "sim/plot/axis.h"
#include "sim/plot/gnuplot.h"
#include "sim/plot/kinds.h"
#include "sim/plot/sweep.h"

enum {
	WIDTH_DEFAULT = 800, /* of pictures of a run */
	TICK_PIXELS = 100,
	LETTER_PIXELS = 9, /* of the title, on average and with room to spare */
	COLUMNS_PER_PIXEL = 2,
	MARK_LETTERS = 40,
};

/* A kind is of a run, of sweeps, or of one other file. */
static const struct {
	const char *name, *script;
	/* of a run */
	unsigned height; /* pixels; 0 = as the data need */
	bool (*make_ready)(struct plot_job *job, GError **error);
	/* of sweeps */
	const struct plot_view *sweep; /* the script is that of its marks */
	/* of one other file */
	bool (*make_file_ready)(const char *path, struct plot_page *page, GError **error);
} kinds[PLOT_KINDS] = {
	[PLOT_HYSTERESIS] = { "hysteresis", "hysteresis.gp", 480, plot_hysteresis, NULL, NULL },
	[PLOT_TIMELINE] = { "timeline", "timeline.gp", 520, plot_timeline, NULL, NULL },
	[PLOT_CPUS] = { "cpus", "cpus.gp", 0, plot_cpus, NULL, NULL },
	[PLOT_SWEEP] = { "sweep", NULL, 0, NULL, &plot_sweep, NULL },
	[PLOT_FAMILY] = { "family", NULL, 0, NULL, &plot_family, NULL },
	[PLOT_THRESHOLDS] = { "thresholds", NULL, 0, NULL, &plot_thresholds, NULL },
	[PLOT_HEATMAP] = { "heatmap", NULL, 0, NULL, &plot_heatmap, NULL },
	[PLOT_AMPLITUDE] = { "amplitude", NULL, 0, NULL, &plot_amplitude, NULL },
	[PLOT_WINDOWS] = { "windows", NULL, 0, NULL, &plot_windows, NULL },
	[PLOT_WORKLOAD] = { "workload", NULL, 0, NULL, &plot_workload, NULL },
	[PLOT_MATRIX] = { "matrix", "matrix.gp", 0, NULL, NULL, plot_matrix },
	[PLOT_STEPS] = { "steps", "steps.gp", 0, NULL, NULL, plot_steps },
};

const char *plot_kind_to_string(enum plot_kind kind)
{
	return kind < PLOT_KINDS ? kinds[kind].name : NULL;
}

bool plot_kind_is_of_files(enum plot_kind kind)
{
	g_assert(kind < PLOT_KINDS);
	return kinds[kind].make_ready == NULL;
}

bool plot_kind_is_of_sweeps(enum plot_kind kind)
{
	g_assert(kind < PLOT_KINDS);
	return kinds[kind].sweep != NULL;
}

/* --- of a run --- */

static bool choose_time(struct plot_job *job, const struct plot_request *request, GError **error)
{
	uint64_t end_ns = MAX(job->run->sim_time_ns, 1);
	char from[VALUE_DURATION_MAX], to[VALUE_DURATION_MAX], end[VALUE_DURATION_MAX];

	g_assert(end_ns >= 1);
	if (request->counts && !job->run->clock)
		return failure_input(error,
			"%s: has times; write those of --from, --to and --mark with a unit, like "
			"10ms",
			job->run->dir);
	job->from_ns = request->from_ns == PLOT_TIME_UNSET ? 0 : request->from_ns;
	job->to_ns = MIN(request->to_ns, end_ns);
	if (job->from_ns < job->to_ns)
		return true;
	value_format_duration(job->from_ns, from);
	value_format_duration(job->to_ns, to);
	value_format_duration(end_ns, end);
	failure_input(error, "%s: nothing to draw from %s to %s, the run ends at %s", job->run->dir,
		from, to, end);
	return false;
}

static bool choose_part(struct plot_job *job, const struct plot_request *request, GError **error)
{
	bool all = request->kind == PLOT_CPUS && !request->mm && job->run->mms->len > 1;

	g_assert(!plot_kind_is_of_files(request->kind));
	if (!choose_time(job, request, error))
		return false;
	job->mm = all ? NULL : plot_run_mm(job->run, request->mm, error);
	return all || job->mm;
}

static void set_time_axis(struct plot_job *job)
{
	unsigned ticks = MAX(job->page->width / TICK_PIXELS, 2);
	struct plot_axis axis = plot_axis_time(job->from_ns, job->to_ns, ticks, job->run->clock);
	g_autofree char *label = plot_axis_label(&axis);

	g_assert(job->from_ns < job->to_ns);
	job->columns = (struct plot_columns){ job->from_ns, job->to_ns, axis.base_ns,
		job->page->width * COLUMNS_PER_PIXEL };
	plot_set_text(job->page, "TIME_LABEL", label, 100);
	plot_set_number(job->page, "TIME_UNIT", axis.unit_ns);
	plot_set_number(job->page, "TIME_STEP", axis.step_ns);
	plot_set_number(job->page, "TIME_DECIMALS", axis.decimals);
	plot_set_number(job->page, "TIME_FROM", job->from_ns - axis.base_ns);
	plot_set_number(job->page, "TIME_TO", job->to_ns - axis.base_ns);
}

/* What the run was told beyond its scenario; the report has the flags of the protocol. */
static void append_overrides(GString *line, const struct plot_run *run)
{
	g_auto(GStrv) sets = plot_run_option(run, "--set");

	for (char **set = sets; *set; set++)
		if (!g_str_has_prefix(*set, "protocol."))
			g_string_append_printf(line, ", %s", *set);
}

static void set_run_titles(struct plot_job *job)
{
	const struct plot_run *run = job->run;
	unsigned letters_max = job->page->width / LETTER_PIXELS;
	GString *line = g_string_new(NULL);

	g_assert(job->run->title && job->run->revision);
	g_string_printf(line, "%s%s, revision %s%s%s%s%s", job->mm ? "mm " : "all mms",
		job->mm ? job->mm->name : "", run->revision, *run->flags ? " with " : "",
		run->flags, run->seed ? ", seed " : ", replayed", run->seed ? run->seed : "");
	append_overrides(line, run);
	plot_set_text(job->page, "TITLE", run->title, letters_max);
	plot_set_text(job->page, "SUBTITLE", line->str, letters_max);
	plot_set_text(job->page, "ORIGIN", run->made_by, letters_max);
	g_string_free(line, TRUE);
}

static void set_marks(const struct plot_job *job, const struct plot_request *request)
{
	unsigned count = 0;

	for (size_t i = 0; i < request->marks_count; i++) {
		const struct plot_mark *mark = &request->marks[i];

		if (mark->time_ns < job->from_ns || mark->time_ns > job->to_ns)
			continue;
		plot_set_number_at(job->page, "MARK", count, mark->time_ns - job->columns.base_ns);
		plot_set_text_at(job->page, "MARK_TEXT", count++, mark->text, MARK_LETTERS);
	}
	g_assert(count <= request->marks_count);
	plot_set_number(job->page, "MARKS", count);
}

static bool make_job_ready(struct plot_job *job, const struct plot_request *request, GError **error)
{
	struct plot_page *page = job->page;

	g_assert(kinds[request->kind].make_ready);
	if (!choose_part(job, request, error))
		return false;
	page->width = page->width ? page->width : WIDTH_DEFAULT;
	page->height = page->height ? page->height : kinds[request->kind].height;
	set_run_titles(job);
	set_time_axis(job);
	set_marks(job, request);
	return kinds[request->kind].make_ready(job, error);
}

/* @base: what names of pictures begin with, "DIR/KIND". */
static bool make_run_ready(
	const struct plot_request *request, struct plot_page *page, char **base, GError **error)
{
	struct plot_run *run = plot_run_open(request->dir, error);
	struct plot_run *with = run && request->with ? plot_run_open(request->with, error) : NULL;
	struct plot_job job = { .run = run, .cpus = request->cpus, .with = with, .page = page };
	bool good = run && (with || !request->with) && make_job_ready(&job, request, error);

	g_assert(request->dir);
	if (good)
		*base = plot_run_file(run, kinds[request->kind].name);
	plot_run_free(with);
	plot_run_free(run);
	return good;
}

/* --- of files --- */

/* What names of pictures begin with, "FILE-KIND". */
static char *base_of_file(const struct plot_request *request)
{
	static const char *const endings[] = { ".part", ".csv", ".scn" };
	const char *first = request->files[0];
	size_t length = strlen(first);

	g_assert(request->files_count >= 1);
	if (g_file_test(first, G_FILE_TEST_IS_DIR))
		return g_build_filename(first, kinds[request->kind].name, NULL);
	for (unsigned i = 0; i < G_N_ELEMENTS(endings); i++) {
		size_t ending = strlen(endings[i]);

		if (length >= ending && strncmp(first + length - ending, endings[i], ending) == 0)
			length -= ending;
	}
	return g_strdup_printf("%.*s-%s", (int)length, first, kinds[request->kind].name);
}

static bool make_files_ready(
	const struct plot_request *request, struct plot_page *page, char **base, GError **error)
{
	const char *const *files = request->files;
	struct plot_view view;

	*base = base_of_file(request);
	if (kinds[request->kind].sweep) {
		view = plot_view_with(kinds[request->kind].sweep, &request->choice);
		return plot_sweep_make_ready(&view, files, request->files_count, page, error);
	}
	if (request->files_count == 1)
		return kinds[request->kind].make_file_ready(files[0], page, error);
	return failure_input(
		error, "%s: one file too many, %s draws one", files[1], kinds[request->kind].name);
}

/* --- draw --- */

static bool write_assignments(const struct plot_page *page, GError **error)
{
	FILE *file = plot_page_create(page, "params.gp", error);

	g_assert(page->width >= PLOT_SIZE_MIN && page->width <= PLOT_SIZE_MAX && page->height);
	plot_set_number(page, "WIDTH", page->width);
	plot_set_number(page, "HEIGHT", page->height);
	if (file)
		fputs(page->assignments->str, file);
	return plot_page_close(file, error);
}

static bool draw_to(const struct plot_page *page, const char *scripts, const char *path,
	GPtrArray *written, GError **error)
{
	g_assert(plot_format_of(path) < PLOT_FORMATS);
	if (!plot_gnuplot(scripts, page->script, page->work, plot_format_of(path), path, error))
		return false;
	g_ptr_array_add(written, g_strdup(path));
	return true;
}

/* BASE.svg and BASE.png */
static bool draw_both(const struct plot_page *page, const char *scripts, const char *base,
	GPtrArray *written, GError **error)
{
	static const enum plot_format both[] = { PLOT_SVG, PLOT_PNG };
	bool good = true;

	for (unsigned i = 0; good && i < G_N_ELEMENTS(both); i++) {
		char *path = g_strdup_printf("%s.%s", base, plot_format_to_string(both[i]));

		good = draw_to(page, scripts, path, written, error);
		g_free(path);
	}
	return good;
}

static bool draw_request(const struct plot_request *request, struct plot_page *page,
	GPtrArray *written, GError **error)
{
	g_autofree char *scripts = plot_scripts_dir(error);
	g_autofree char *base = NULL;

	if (!scripts || !(plot_kind_is_of_files(request->kind) ? make_files_ready : make_run_ready)(
				request, page, &base, error))
		return false;
	if (!write_assignments(page, error))
		return false;
	if (request->output)
		return draw_to(page, scripts, request->output, written, error);
	return draw_both(page, scripts, base, written, error);
}

static bool is_format_known(const struct plot_request *request, GError **error)
{
	if (!request->output || plot_format_of(request->output) < PLOT_FORMATS)
		return true;
	failure_input(error, "%s: the name must end in .svg, .png or .pdf", request->output);
	return false;
}

bool plot_draw(const struct plot_request *request, GPtrArray *written, GError **error)
{
	struct plot_page page = { .width = request->width,
		.height = request->height,
		.script = kinds[request->kind].script };
	char *work;
	bool good;

	g_assert(request->kind < PLOT_KINDS);
	if (!is_format_known(request, error))
		return false;
	work = work_folder_new(error);
	if (!work)
		return false;
	page.work = work;
	page.assignments = g_string_new(NULL);
	good = draw_request(request, &page, written, error);
	g_string_free(page.assignments, TRUE);
	work_folder_remove(work);
	return good;
}
