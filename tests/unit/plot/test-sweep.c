/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/plot/gnuplot.h"
#include "sim/plot/kinds.h"
#include "sim/plot/plot.h"
#include "sim/plot/sweep.h"
#include "tests/lib/picture.h"
#include "tests/lib/plot-sweep.h"
#include "tests/lib/suite.h"

#define SAMPLES CIDSIM_PLOTS_SOURCE "/sample-sweep"

static char *dir; /* of the test, removed after it */

static void start(void)
{
	dir = folder_new();
	g_setenv("CIDSIM_PLOTS", CIDSIM_PLOTS_SOURCE, TRUE);
}

static void stop(void)
{
	folder_remove(dir);
}

static char *path_of(const char *name)
{
	return g_build_filename(dir, name, NULL);
}

static const struct sample {
	enum plot_kind kind;
	const char *names[2];
} samples[] = {
	{ PLOT_FAMILY, { "loops.csv", NULL } },
	{ PLOT_THRESHOLDS, { "allowed.csv", "sparse.csv" } },
	{ PLOT_HEATMAP, { "grid.csv", NULL } },
	{ PLOT_AMPLITUDE, { "amplitude.csv", NULL } },
	{ PLOT_WINDOWS, { "windows.csv", NULL } },
	{ PLOT_WORKLOAD, { "pools-8x8.csv", "pools-32x32.csv" } },
};

/* Draw @names of @folder to @output. Returns what is wrong, NULL if nothing. */
static char *draw_chosen(enum plot_kind kind, const char *folder, const char *const names[2],
	const char *output, const struct plot_view *choice)
{
	char *files[2] = { g_build_filename(folder, names[0], NULL),
		names[1] ? g_build_filename(folder, names[1], NULL) : NULL };
	g_autofree char *path = output ? path_of(output) : NULL;
	g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
	struct plot_request request = { .kind = kind,
		.output = path,
		.files = (const char *const *)files,
		.files_count = names[1] ? 2 : 1,
		.choice = *choice };
	GError *fault = NULL;

	ck_assert_int_eq(plot_draw(&request, written, &fault), fault == NULL);
	ck_assert_uint_eq(written->len, fault ? 0 : output ? 1 : 2);
	ck_assert_msg(!fault || fault->code == FAILURE_INPUT, "%s", fault ? fault->message : "");
	g_free(files[0]);
	g_free(files[1]);
	return fault ? folder_message(dir, fault) : NULL;
}

static char *draw_files(
	enum plot_kind kind, const char *folder, const char *const names[2], const char *output)
{
	return draw_chosen(kind, folder, names, output, &(struct plot_view){ 0 });
}

static void assert_drawn(
	enum plot_kind kind, const char *folder, const char *const names[2], const char *output)
{
	char *wrong = draw_files(kind, folder, names, output);

	ck_assert_msg(!wrong, "%s: %s", names[0], wrong ? wrong : "");
}

static char *read_output(const char *name, gsize *length)
{
	g_autofree char *path = path_of(name);

	return sweep_text_read(path, length);
}

SUITE(.timeout = 120, .before = start, .after = stop);

enum { SAMPLES_COUNT = G_N_ELEMENTS(samples) };

TEST_LONG(every_kind_in_every_format_twice_the_same, 0, SAMPLES_COUNT, SAMPLES_COUNT *PLOT_FORMATS)
{
	const struct sample *sample = &samples[_i % SAMPLES_COUNT];
	const char *ending = plot_format_to_string((enum plot_format)(_i / SAMPLES_COUNT));
	g_autofree char *first = g_strconcat("1.", ending, NULL);
	g_autofree char *again = g_strconcat("2.", ending, NULL);
	g_autofree char *bytes = NULL;
	g_autofree char *bytes_again = NULL;
	gsize length, length_again;

	assert_drawn(sample->kind, SAMPLES, sample->names, first);
	assert_drawn(sample->kind, SAMPLES, sample->names, again);
	bytes = read_output(first, &length);
	bytes_again = read_output(again, &length_again);
	picture_assert_same(bytes, length, bytes_again, length_again);
}

TEST(each_kind_shows_what_it_should)
{
	static const char *const texts[][5] = {
		{ "16 CPUs: enter 17, leave 7", "2 CPUs: enter 3, never leaves", "per CPU",
			"users up and down, one by one",
			"study/ramp.scn, revision 7.1, seed 1, 2 to 64 CPUs, 80 threads" },
		{ "16 possible CPUs, nr_cpu_ids 16", "16 possible CPUs, nr_cpu_ids 512",
			"leave: formula, cap possible", "leave: measured, cap nr-cpu-ids",
			"cidsim 0.1.0; 2 of 24 runs are left out" },
		{ "time in per-CPU mode (%)", "span of CIDs / optimum", "mode switches per second",
			"above: users reach enter", "seeds 1-2" },
		{ "6 = enter − leave", "10 = enter − leave", "16 CPUs", "threshold recomputed",
			"threshold none" },
		{ "initiator can be preempted", "initiator runs on", "4 allowed", "16 allowed",
			"10 µs" },
		{ "8 pools of 8 threads on 256 CPUs", "32 pools of 32 threads on 256 CPUs, 7.1",
			"span of CIDs (optimum: dashed)", "bitmap operations per switch",
			"2 revisions, seed 1" },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(samples); i++) {
		char *text;

		assert_drawn(samples[i].kind, SAMPLES, samples[i].names, "x.svg");
		text = read_output("x.svg", NULL);
		for (unsigned j = 0; j < G_N_ELEMENTS(texts[i]); j++)
			ck_assert_msg(strstr(text, texts[i][j]) != NULL, "%s", texts[i][j]);
		g_free(text);
	}
}

TEST(without_a_name_pictures_are_beside_the_first_file)
{
	static const char *const names[2] = { "a.csv", NULL };
	static const char *const bare[2] = { "csv", NULL };
	GString *rows = g_string_new(NULL);

	plot_sweep_add_row(rows, "16", " enter_formula=17");
	plot_sweep_write(dir, "a.csv", "cpus", rows);
	plot_sweep_add_row(rows, "16", " enter_formula=17");
	plot_sweep_write(dir, "csv", "cpus", rows);
	assert_drawn(PLOT_FAMILY, dir, names, NULL);
	assert_drawn(PLOT_FAMILY, dir, bare, NULL);
	g_free(read_output("a-family.svg", NULL));
	g_free(read_output("a-family.png", NULL));
	g_free(read_output("csv-family.svg", NULL));
	ck_assert_uint_eq(folder_files(dir), 6);
	g_string_free(rows, TRUE);
}

static const unsigned sizes[][2] = { { PLOT_SIZE_MIN, PLOT_SIZE_MIN }, { PLOT_SIZE_MIN, 2000 },
	{ 2000, PLOT_SIZE_MIN } };

TEST_LONG(every_kind_can_be_small_or_large, 0, 1, G_N_ELEMENTS(sizes))
{
	for (unsigned i = 0; i < SAMPLES_COUNT; i++) {
		const struct sample *sample = &samples[i];
		const unsigned *size = sizes[_i];
		g_autofree char *file = g_build_filename(SAMPLES, sample->names[0], NULL);
		g_autofree char *path = path_of("x.png");
		const char *const files[] = { file };
		g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
		struct plot_request request = { .kind = sample->kind,
			.output = path,
			.width = size[0],
			.height = size[1],
			.files = files,
			.files_count = 1 };
		GError *fault = NULL;

		ck_assert_msg(plot_draw(&request, written, &fault), "%s, %u x %u: %s",
			sample->names[0], size[0], size[1], fault ? fault->message : "");
	}
}

/* A kind, the axes of a file, some rows of it (axes, then values), and what the picture says; or,
 * if it begins with '!', what the message says. */
static const struct drawing {
	enum plot_kind kind;
	const char *axes;
	const char *rows[6][2];
	const char *expected;
	struct plot_view choice;
} drawings[] = {
	{ PLOT_FAMILY, "threads", { { "4", "" } },
		"!x.csv: no column 'cpus'; the columns are point, threads, revision, seed, "
	        "outcome, "
		"digest, ",
		{ 0 } },
	{ PLOT_FAMILY, "threads", { { "4", "" } }, "!; family draws sweeps like: cidsim sweep ",
		{ 0 } },
	{ PLOT_FAMILY, "cpus,threads", { { "4,5", "" }, { "4,6", "" } },
		"!x.csv: 'threads' has 2 values and no place in the picture: --panel 'threads' "
	        "draws "
		"all of them, --where 'threads=VALUE' one; family",
		{ 0 } },
	{ PLOT_FAMILY, "cpus,threads", { { "4,5", "" }, { "4,6", " enter_formula=9" } },
		"4 CPUs: enter 9, leave 0", { .where = (const char *[]){ "threads=6", NULL } } },
	{ PLOT_FAMILY, "cpus,threads", { { "4,5", "" }, { "4,6", "" } },
		"!x.csv: family draws one loop for each value of an axis", { .panel = "threads" } },
	{ PLOT_FAMILY, "cpus", { { "4", "" }, { "4", " revision=6.19" } },
		"!x.csv: 'revision' has 2 values", { 0 } },
	{ PLOT_FAMILY, "cpus", { { "4", "" }, { "16", " outcome=undecided" } },
		"16 CPUs: no result", { 0 } },
	{ PLOT_FAMILY, "cpus", { { "4", " enter_formula= leave_formula=" } },
		"4 CPUs: never enters, never leaves", { 0 } },
	{ PLOT_FAMILY, "machine.cpus", { { "\"0-3,8\"", " enter_formula=6 leave_formula=1" } },
		"0-3,8 CPUs: enter 6, leave 1", { 0 } },
	{ PLOT_THRESHOLDS, "cpus", { { "4", "" } }, "!x.csv: no column 'allowed'", { 0 } },
	{ PLOT_THRESHOLDS, "allowed", { { "4", "" }, { "8", " outcome=undecided" } }, "no result",
		{ 0 } },
	{ PLOT_THRESHOLDS, "allowed,protocol.thrs-cap",
		{ { "4,possible", " leave_formula=3" }, { "4,nr-cpu-ids", " leave_formula=3" },
			{ "4,none", " leave_formula=4" } },
		"leave: formula, cap possible = cap nr-cpu-ids", { 0 } },
	{ PLOT_HEATMAP, "cpus", { { "4", "" } }, "!x.csv: no column 'threads'", { 0 } },
	{ PLOT_HEATMAP, "threads", { { "4", "" } }, "!x.csv: no column 'cpus'", { 0 } },
	{ PLOT_HEATMAP, "cpus,threads", { { "4,4", " waste=1.5" }, { "4,5", " waste= " } },
		"grey, cross: no result", { 0 } },
	{ PLOT_HEATMAP, "cpus,threads",
		{ { "4,4", " mode_switches_per_s=0.004 waste=0.03" },
			{ "4,5", " mode_switches_per_s=1750000 waste=12.6" } },
		"1.8M", { 0 } },
	{ PLOT_HEATMAP, "cpus,threads,x", { { "4,4,a", " waste=2" }, { "4,4,b", " waste=3" } },
		"x = b, span of CIDs / optimum", { 0 } },
	{ PLOT_HEATMAP, "cpus,threads", { { "4,4", " span_mean=7" } }, "span of CIDs",
		{ .colour = "span_mean" } },
	{ PLOT_AMPLITUDE, "cpus", { { "4", "" } }, "!x.csv: no column 'protocol.thrs-policy'",
		{ 0 } },
	{ PLOT_AMPLITUDE, "protocol.thrs-policy", { { "none", "" } },
		"!x.csv: nothing to draw, no run has a value of 'swing'", { 0 } },
	{ PLOT_AMPLITUDE, "ramp a.from,protocol.thrs-policy", { { "x,none", "" } },
		"!x.csv: nothing to draw, no run has a value of 'swing'", { 0 } },
	{ PLOT_AMPLITUDE, "ramp a.from,protocol.thrs-policy",
		{ { "4,recorded", " users_max=9 forks=13 to_percpu=2" },
			{ "5,recorded", " outcome=failed" } },
		"1 of 2 runs are left out", { 0 } },
	{ PLOT_AMPLITUDE, "ramp a.from,protocol.thrs-policy",
		{ { "4,none", " users_max=6 forks=7" } }, "threshold", { 0 } },
	{ PLOT_WINDOWS, "cpus", { { "4", "" } }, "!x.csv: no run has a transit window; windows",
		{ 0 } },
	{ PLOT_WINDOWS, "cpus,mm app.x",
		{ { "4,y", " window_histogram=7:1" }, { "5,y", "" }, { "6,y", " outcome=failed" } },
		"5 CPUs = 6 CPUs: no window", { 0 } },
	{ PLOT_WINDOWS, "cpus,cost.x",
		{ { "4,1us", " window_histogram=7:1" },
			{ "4,2us", " window_histogram=4611686018427387903:1" } },
		"cost.x = 2us", { 0 } },
	{ PLOT_WORKLOAD, "threads", { { "4", "" } }, "!x.csv: no column 'cpus'", { 0 } },
	{ PLOT_WORKLOAD, "cpus", { { "0-3", "" } }, "0-3", { 0 } },
	{ PLOT_WORKLOAD, "cpus", { { "0", "" }, { "1", " outcome=failed" } }, "no result", { 0 } },
	{ PLOT_SWEEP, "x,y", { { "a,1", " waste=2" }, { "b,2", " waste=3" } }, "y = 2", { 0 } },
	{ PLOT_SWEEP, "x,y", { { "a,1", "" }, { "b,2", "" } },
		"!x.csv: no column 'wastte', did you mean waste; the columns are ",
		{ .y = "wastte" } },
	{ PLOT_SWEEP, "x,y", { { "a,1", "" }, { "b,2", "" } },
		"!x.csv: 'waste' is no axis: x and y of cells are axes",
		{ .x = "waste", .y = "y", .colour = "forks" } },
	{ PLOT_SWEEP, "x,y", { { "a,1", "" }, { "b,2", "" } },
		"!x.csv: 'x' is an axis and nothing that was measured",
		{ .x = "y", .y = "waste+x" } },
	{ PLOT_SWEEP, "x,y", { { "a,1", "" }, { "b,2", "" } },
		"!x.csv: 'y' has 2 values and no place in the picture",
		{ .x = "x", .y = "waste", .colour = "revision", .panel = "" } },
	{ PLOT_SWEEP, "x,y", { { "a,1", "" }, { "b,2", "" } },
		"!--where: no row of x.csv has y '3'",
		{ .where = (const char *[]){ "y=3", NULL } } },
	{ PLOT_SWEEP, "cpus", { { "4", " span_mean=3" }, { "8", " span_mean=5" } }, "only cpus=2-6",
		{ .where = (const char *[]){ "cpus=2-6", NULL } } },
};

TEST_ROWS(what_is_there_is_drawn_and_what_is_missing_is_reported, drawings)
{
	static const char *const names[2] = { "x.csv", NULL };
	const struct drawing *drawing = &drawings[_i];
	bool bad = drawing->expected[0] == '!';
	GString *rows = g_string_new(NULL);
	g_autofree char *text = NULL;
	char *wrong;

	for (unsigned i = 0; i < G_N_ELEMENTS(drawing->rows) && drawing->rows[i][0]; i++)
		plot_sweep_add_row(rows, drawing->rows[i][0], drawing->rows[i][1]);
	plot_sweep_write(dir, "x.csv", drawing->axes, rows);
	wrong = draw_chosen(drawing->kind, dir, names, "x.svg", &drawing->choice);
	ck_assert_msg(bad == (wrong != NULL), "%s: %s", drawing->expected, wrong ? wrong : "drawn");
	text = bad ? wrong : read_output("x.svg", NULL);
	ck_assert_msg(strstr(text, drawing->expected + bad) != NULL, "%.1000s", text);
	g_string_free(rows, TRUE);
}

/* --- limits of what is drawn --- */

static void assert_refused(enum plot_kind kind, const char *expected)
{
	static const char *const names[2] = { "x.csv", NULL };
	g_autofree char *wrong = draw_files(kind, dir, names, "x.svg");

	ck_assert_ptr_nonnull(wrong);
	ck_assert_msg(strstr(wrong, expected) != NULL, "%s", wrong);
}

/* A file of @x times @y points, with axes @axes. */
static void write_grid(const char *axes, unsigned x, unsigned y)
{
	GString *rows = g_string_new(NULL);
	char position[32], values[64];

	for (unsigned i = 1; i <= x; i++)
		for (unsigned j = 1; j <= y; j++) {
			g_snprintf(position, sizeof(position), "%u,%u", i, j);
			g_snprintf(values, sizeof(values), " possible_cpus=%u window_histogram=1:1",
				i);
			plot_sweep_add_row(rows, position, values);
		}
	plot_sweep_write(dir, "x.csv", axes, rows);
	g_string_free(rows, TRUE);
}

TEST(pictures_have_limits)
{
	static const char *const names[2] = { "x.csv", NULL };
	static const char *const two[2] = { "x.csv", "x.csv" };
	g_autofree char *wrong = NULL;

	write_grid("cpus,x", 24, 1);
	assert_drawn(PLOT_FAMILY, dir, names, "x.svg");
	write_grid("cpus,x", 25, 1);
	assert_refused(PLOT_FAMILY, "25 values of 'cpus', there is room for 24 loops");
	write_grid("cpus,allowed", 24, 3);
	assert_drawn(PLOT_THRESHOLDS, dir, names, "x.svg");
	write_grid("cpus,allowed", 25, 3);
	assert_refused(PLOT_THRESHOLDS,
		"more than 24 panels: choose some values with --where 'possible_cpus=VALUE,VALUE'");
	write_grid("cpus,threads", 64, 64);
	assert_drawn(PLOT_HEATMAP, dir, names, "x.svg");
	write_grid("sched.x,cpus", 24, 8);
	assert_drawn(PLOT_WINDOWS, dir, names, "x.svg");
	write_grid("sched.x,cpus", 25, 2);
	assert_refused(PLOT_WINDOWS, "more than 24 panels");
	write_grid("sched.x,cpus", 1, 64);
	assert_drawn(PLOT_WINDOWS, dir, names, "x.svg");
	write_grid("sched.x,cpus", 1, 65);
	assert_refused(PLOT_WINDOWS, "more than 64 colours: choose some values with --where "
	                             "'cpus=VALUE,VALUE', or place "
				     "an axis with --panel");
	write_grid("cpus,x", 4000, 1);
	assert_drawn(PLOT_WORKLOAD, dir, names, "x.svg");
	wrong = draw_files(PLOT_FAMILY, dir, two, "x.svg");
	ck_assert_str_eq(wrong, "x.csv: one file too many, family draws at most 1");
}

TEST(cells_are_limited_even_if_few_of_them_are_there)
{
	GString *rows = g_string_new(NULL);
	char position[32];

	for (unsigned i = 0; i < 65; i++) {
		g_snprintf(position, sizeof(position), "%u,%u", i, i);
		plot_sweep_add_row(rows, position, "");
	}
	plot_sweep_write(dir, "x.csv", "cpus,threads", rows);
	assert_refused(PLOT_HEATMAP, "65 x 65 cells, there is room for 4096");
	g_string_free(rows, TRUE);
}

/* --- untrusted files --- */

TEST(text_of_a_file_is_text_and_nothing_else)
{
	static const char evil[] = "';system 'touch pwned';x='`touch pwned`@TITLE{/Bold <b>&";
	static const char *const names[2] = { "x.csv", NULL };
	g_autofree char *plain = plot_sweep_head("cpus,mm x.y", NULL);
	GString *head = g_string_new(plain), *rows = g_string_new(NULL);
	g_autofree char *path = path_of("x.csv");
	g_autofree char *axes = g_strdup_printf("4,%s", evil);
	g_autofree char *sweep = NULL;
	g_autofree char *text = NULL;

	g_chdir(dir);
	g_string_replace(head, "A title", evil, 1);
	plot_sweep_add_row(rows, axes, " window_histogram=7:1");
	sweep = sweep_text_result(head->str, rows->str);
	sweep_text_write(path, sweep, strlen(sweep));
	for (unsigned i = 0; i < G_N_ELEMENTS(samples); i++)
		g_free(draw_files(samples[i].kind, dir, names, "x.svg"));
	assert_drawn(PLOT_WINDOWS, dir, names, "x.svg");
	text = read_output("x.svg", NULL);
	ck_assert_ptr_nonnull(strstr(text, "';system 'touch pwned';x='`touch pwned`@TITLE{/Bold"));
	ck_assert(!g_file_test("pwned", G_FILE_TEST_EXISTS));
	g_string_free(head, TRUE);
	g_string_free(rows, TRUE);
}

static const struct plot_view *const kinds[] = { &plot_sweep, &plot_family, &plot_thresholds,
	&plot_heatmap, &plot_amplitude, &plot_windows, &plot_workload };

/* Whatever is in the file, it is made ready or refused. */
static void make_ready(const struct plot_view *kind, const char *path)
{
	struct plot_page page = { .work = dir, .assignments = g_string_new(NULL) };
	GError *fault = NULL;

	if (!plot_sweep_make_ready(kind, &path, 1, &page, &fault)) {
		ck_assert_int_eq(fault->domain, FAILURE);
		g_error_free(fault);
	} else {
		ck_assert_uint_ge(page.width, PLOT_SIZE_MIN);
		ck_assert_uint_ge(page.height, PLOT_SIZE_MIN);
		ck_assert_uint_le(page.height, PLOT_SIZE_MAX);
	}
	g_string_free(page.assignments, TRUE);
}

/* Spoil @body, lines of a file after the first, give it a digest that fits, so that all of it is
 * read, and make every picture of it ready. */
static void spoil_and_read(const char *body, const char *path, struct prng *prng)
{
	GString *text = g_string_new(body);
	uint64_t times = 1 + prng_below(prng, 3);
	char *sweep;

	for (uint64_t i = 0; i < times && text->len; i++)
		sweep_text_spoil(text, prng);
	for (gsize i = 0; i < text->len; i++)
		text->str[i] = text->str[i] ? text->str[i] : ' ';
	sweep = sweep_text_result("# cidsim 1 sweep\n", text->str);
	sweep_text_write(path, sweep, strlen(sweep));
	for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
		make_ready(kinds[i], path);
	g_free(sweep);
	g_string_free(text, TRUE);
}

TEST_LONG(spoiled_files_are_drawn_or_refused, 0, SAMPLES_COUNT, SAMPLES_COUNT * 5)
{
	struct prng prng = { .key = prng_key(7, (uint64_t)_i) };
	char *original = g_build_filename(SAMPLES, samples[_i % SAMPLES_COUNT].names[0], NULL);
	char *path = path_of("spoiled.csv");
	char *bytes, *body;

	ck_assert(g_file_get_contents(original, &bytes, NULL, NULL));
	body = strchr(bytes, '\n') + 1;
	*strstr(body, "# end ") = '\0';
	for (unsigned i = 0; i < 100; i++)
		spoil_and_read(body, path, &prng);
	g_free(path);
	g_free(bytes);
	g_free(original);
}
