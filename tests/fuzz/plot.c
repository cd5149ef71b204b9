/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * What pictures are made of: files of a run, of sweeps or of a matrix with any bytes are made ready for
 * gnuplot, which gets nothing of them but numbers and quoted text.
 *
 * Input: a byte for the picture, a byte for the file that has the bytes, the file.
 */

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/plot/kinds.h"
#include "sim/plot/plot.h"
#include "sim/plot/sweep.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/samples.h"

static bool (*const of_run[])(struct plot_job *, GError **) = { plot_hysteresis, plot_timeline, plot_cpus };
static const struct plot_view *const of_sweep[] = { &plot_sweep, &plot_family, &plot_thresholds, &plot_heatmap,
	&plot_amplitude, &plot_windows, &plot_workload };

enum { RUN = G_N_ELEMENTS(of_run), SWEEP = RUN + G_N_ELEMENTS(of_sweep), MATRIX, STEPS };

/* NAME = 12.0, or NAME = "text" of letters, digits, blanks and octal numbers. */
static void check_assignment(const char *line)
{
	size_t name = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
	const char *at = line + name + 3;

	FUZZ_CHECK(name > 0 && strncmp(line + name, " = ", 3) == 0);
	if (*at != '"') {
		FUZZ_CHECK(strcmp(at + strspn(at, "0123456789"), ".0") == 0);
		return;
	}
	for (at++; *at != '"'; at++) {
		bool octal = *at == '\\' && at[1] == '0' && strspn(at + 2, "01234567") >= 3;

		FUZZ_CHECK(octal || g_ascii_isalnum(*at) || *at == ' ');
		at += octal ? 4 : 0;
	}
	FUZZ_CHECK(at[1] == '\0');
}

static bool make_run(uint32_t kind, uint32_t number, const char *text, struct plot_page *page, GError **error)
{
	struct sample_run sample;
	struct plot_job job = { .page = page, .columns = { 0, 1, 0, 1600 } };
	struct plot_run *run;
	bool good = false;

	sample_open(&sample, number, text);
	run = plot_run_open_at("run", sample_place, &sample, error);
	job.run = run;
	if (run && (job.mm = plot_run_mm(run, NULL, error)) != NULL) {
		job.to_ns = MAX(run->sim_time_ns, 1);
		job.columns.to_ns = job.to_ns;
		good = of_run[kind](&job, error);
	}
	plot_run_free(run);
	sample_close(&sample);
	return good;
}

static bool make_file(uint32_t kind, const char *text, struct plot_page *page, GError **error)
{
	g_autoptr(GString) rows = kind < SWEEP ? fuzz_signed_rows(text) : g_string_new(text);
	char name[FUZZ_PATH_MAX];
	const char *const path[] = { name };
	int file = fuzz_file(rows->str, rows->len, name);
	bool good;

	if (kind < SWEEP)
		good = plot_sweep_make_ready(of_sweep[kind - RUN], path, 1, page, error);
	else
		good = kind == MATRIX ? plot_matrix(name, page, error) : plot_steps(name, page, error);
	close(file);
	return good;
}

static void remove_data(const char *work)
{
	GDir *folder = g_dir_open(work, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(folder)) != NULL) {
		g_autofree char *path = g_build_filename(work, name, NULL);

		g_unlink(path);
	}
	g_dir_close(folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { data, data + size };
	uint32_t kind = fuzz_below(&fuzz, STEPS + 1), number = fuzz_below(&fuzz, SAMPLE_FILES);
	g_autofree char *text = fuzz_text(&fuzz);
	g_autoptr(GString) assignments = g_string_new(NULL);
	struct plot_page page = { .width = 800, .height = 480, .work = fuzz_folder(), .assignments = assignments };
	GError *error = NULL;
	bool good = kind < RUN ? make_run(kind, number, text, &page, &error) : make_file(kind, text, &page, &error);
	g_auto(GStrv) lines = g_strsplit(assignments->str, "\n", -1);

	FUZZ_CHECK(good == !error);
	g_clear_error(&error);
	for (char **line = lines; *line; line++) {
		if (**line)
			check_assignment(*line);
	}
	remove_data(page.work);
	return 0;
}
