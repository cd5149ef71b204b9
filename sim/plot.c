/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot.h"

#include <assert.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <stdio.h>

#include "sim/plot/axis.h"
#include "sim/plot/gnuplot.h"
#include "sim/plot/job.h"
#include "sim/values.h"

G_DEFINE_QUARK(plot - error - quark, plot_error)

enum {
	WIDTH_DEFAULT = 800,
	TICK_PIXELS = 100,
	LETTER_PIXELS = 9, /* of the title, on average and with room to spare */
	COLUMNS_PER_PIXEL = 2,
};

static const struct {
	const char *name, *script;
	unsigned height; /* pixels; 0 = as the data need */
	bool (*make_ready)(struct plot_job *job, GError **error);
} kinds[PLOT_KINDS] = {
	[PLOT_HYSTERESIS] = { "hysteresis", "hysteresis.gp", 480, plot_hysteresis },
	[PLOT_TIMELINE] = { "timeline", "timeline.gp", 520, plot_timeline },
	[PLOT_CPUS] = { "cpus", "cpus.gp", 0, plot_cpus },
};

const char *plot_kind_to_string(enum plot_kind kind)
{
	return kind < PLOT_KINDS ? kinds[kind].name : NULL;
}

/* --- the directory for the data --- */

static char *make_work(GError **error)
{
	GError *fault = NULL;
	char *work = g_dir_make_tmp("cidsim-plot-XXXXXX", &fault);

	if (!work) {
		g_set_error(error, PLOT_ERROR, PLOT_ERROR_ENVIRONMENT, "no temporary directory: %s",
			fault->message);
		g_error_free(fault);
	}
	return work;
}

/* All files in it are ours. */
static void remove_work(char *work)
{
	GDir *list = g_dir_open(work, 0, NULL);
	const char *name;

	while (list && (name = g_dir_read_name(list))) {
		char *path = g_build_filename(work, name, NULL);

		g_unlink(path);
		g_free(path);
	}
	if (list)
		g_dir_close(list);
	g_rmdir(work);
	g_free(work);
}

/* --- what is asked --- */

static bool choose_time(struct plot_job *job, const struct plot_request *request, GError **error)
{
	uint64_t end_ns = MAX(job->run->sim_time_ns, 1);
	char from[VALUE_DURATION_MAX], to[VALUE_DURATION_MAX], end[VALUE_DURATION_MAX];

	job->from_ns = request->from_ns == PLOT_TIME_UNSET ? 0 : request->from_ns;
	job->to_ns = MIN(request->to_ns, end_ns);
	if (job->from_ns < job->to_ns)
		return true;
	value_format_duration(job->from_ns, from);
	value_format_duration(job->to_ns, to);
	value_format_duration(end_ns, end);
	g_set_error(error, PLOT_ERROR, PLOT_ERROR_INPUT,
		"%s: nothing to draw from %s to %s, the run ends at %s", job->run->dir, from, to,
		end);
	return false;
}

static bool choose(struct plot_job *job, const struct plot_request *request, GError **error)
{
	bool all = request->kind == PLOT_CPUS && !request->mm && job->run->mms->len > 1;

	job->width = request->width ? request->width : WIDTH_DEFAULT;
	job->height = request->height ? request->height : kinds[request->kind].height;
	assert(job->width >= PLOT_SIZE_MIN && job->width <= PLOT_SIZE_MAX);
	if (!choose_time(job, request, error))
		return false;
	job->mm = all ? NULL : plot_run_mm(job->run, request->mm, error);
	return all || job->mm;
}

static void set_time_axis(struct plot_job *job)
{
	struct plot_axis axis =
		plot_axis_time(job->from_ns, job->to_ns, MAX(job->width / TICK_PIXELS, 2));
	char base[VALUE_DURATION_MAX];
	char *label;

	job->columns = (struct plot_columns){ job->from_ns, job->to_ns, axis.base_ns,
		job->width * COLUMNS_PER_PIXEL };
	value_format_duration(axis.base_ns, base);
	label = axis.base_ns ? g_strdup_printf("time after %s (%s)", base, axis.unit)
	                     : g_strdup_printf("time (%s)", axis.unit);
	plot_set_text(job->assignments, "TIME_LABEL", label, 100);
	g_free(label);
	plot_set_number(job->assignments, "TIME_UNIT", axis.unit_ns);
	plot_set_number(job->assignments, "TIME_STEP", axis.step_ns);
	plot_set_number(job->assignments, "TIME_DECIMALS", axis.decimals);
	plot_set_number(job->assignments, "TIME_FROM", job->from_ns - axis.base_ns);
	plot_set_number(job->assignments, "TIME_TO", job->to_ns - axis.base_ns);
}

static void set_titles(struct plot_job *job)
{
	const struct plot_run *run = job->run;
	unsigned letters_max = job->width / LETTER_PIXELS;
	char *line = g_strdup_printf("%s%s, revision %s, seed %s", job->mm ? "mm " : "all mms",
		job->mm ? job->mm->name : "", run->revision, run->seed);

	plot_set_text(job->assignments, "TITLE", run->title, letters_max);
	plot_set_text(job->assignments, "SUBTITLE", line, letters_max);
	g_free(line);
}

/* --- draw --- */

static bool write_assignments(const struct plot_job *job, GError **error)
{
	FILE *file = plot_job_create(job, "params.gp", error);

	if (file)
		fputs(job->assignments->str, file);
	return plot_job_close(file, error);
}

static bool make_ready(struct plot_job *job, enum plot_kind kind, GError **error)
{
	set_titles(job);
	set_time_axis(job);
	if (!kinds[kind].make_ready(job, error))
		return false;
	assert(job->height);
	plot_set_number(job->assignments, "WIDTH", job->width);
	plot_set_number(job->assignments, "HEIGHT", job->height);
	return write_assignments(job, error);
}

static bool draw_to(const struct plot_job *job, enum plot_kind kind, const char *scripts,
	enum plot_format format, const char *path, GPtrArray *written, GError **error)
{
	if (!plot_gnuplot(scripts, kinds[kind].script, job->work, format, path, error))
		return false;
	g_ptr_array_add(written, g_strdup(path));
	return true;
}

/* DIR/KIND.svg and DIR/KIND.png */
static bool draw_default(const struct plot_job *job, enum plot_kind kind, const char *scripts,
	GPtrArray *written, GError **error)
{
	static const enum plot_format both[] = { PLOT_SVG, PLOT_PNG };
	bool good = true;

	for (unsigned i = 0; good && i < G_N_ELEMENTS(both); i++) {
		char *name =
			g_strdup_printf("%s.%s", kinds[kind].name, plot_format_to_string(both[i]));
		char *path = plot_run_file(job->run, name);

		good = draw_to(job, kind, scripts, both[i], path, written, error);
		g_free(path);
		g_free(name);
	}
	return good;
}

static bool draw(struct plot_job *job, const struct plot_request *request, GPtrArray *written,
	GError **error)
{
	char *scripts = plot_scripts_dir(error);
	bool good = scripts && make_ready(job, request->kind, error);

	if (good && request->output)
		good = draw_to(job, request->kind, scripts, plot_format_of(request->output),
			request->output, written, error);
	else if (good)
		good = draw_default(job, request->kind, scripts, written, error);
	g_free(scripts);
	return good;
}

static bool is_format_known(const struct plot_request *request, GError **error)
{
	if (!request->output || plot_format_of(request->output) < PLOT_FORMATS)
		return true;
	g_set_error(error, PLOT_ERROR, PLOT_ERROR_INPUT,
		"%s: the name must end in .svg, .png or .pdf", request->output);
	return false;
}

gboolean plot_draw(const struct plot_request *request, GPtrArray *written, GError **error)
{
	struct plot_job job = { 0 };
	struct plot_run *run;
	char *work = NULL;
	bool good = false;

	assert(request->kind < PLOT_KINDS);
	if (!is_format_known(request, error))
		return FALSE;
	run = plot_run_open(request->dir, error);
	if (!run)
		return FALSE;
	job.run = run;
	job.assignments = g_string_new(NULL);
	if (choose(&job, request, error))
		work = make_work(error);
	if (work) {
		job.work = work;
		good = draw(&job, request, written, error);
		remove_work(work);
	}
	g_string_free(job.assignments, TRUE);
	plot_run_free(run);
	return good;
}
