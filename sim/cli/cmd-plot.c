/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/numbers.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/command.h"
#include "sim/cli/stop.h"
#include "sim/plot/plot.h"

static const char description[] =
	"Draws pictures with gnuplot and prints the names of the files. Of a run that `cidsim "
	"run -o` wrote to DIR:\n"
	"  hysteresis   users against mode: where the mm enters and leaves per-CPU mode\n"
	"  timeline     over time: users, span, taken, max_cids, pcpu_thrs, mode, windows\n"
	"  cpus         tasks and CIDs on each CPU; of many CPUs, how busy they are\n"
	"\n"
	"Of the rows that `cidsim sweep` wrote to FILE.csv, and of FILE.csv.part, which has those "
	"of "
	"a sweep that is not finished:\n"
	"  sweep        any column over any other; without options, what the axes suggest\n"
	"  family       a hysteresis loop for each number of CPUs; needs --cpus\n"
	"  thresholds   users at enter and leave against CPUs allowed; needs --allowed\n"
	"  heatmap      time per CPU, waste, mode switches, windows by threads and CPUs;\n"
	"               needs both\n"
	"  amplitude    flips per cycle against the swing of users; needs --vary of the\n"
	"               lower end, like 'ramp threads.from', and of protocol.thrs-policy\n"
	"  windows      how long windows are; a panel for each value of sched.* or cost.*\n"
	"  workload     what workloads cost over the number of CPUs; needs --cpus\n"
	"\n"
	"Of what `cidsim explore --matrix --csv` printed:\n"
	"  matrix       what is broken in which revision, and what holds\n"
	"\n"
	"Of a scenario with [steps] in FILE.scn, or the DIR of a run of it:\n"
	"  steps        each step and the state after it: who owns which CID, holds which\n"
	"               lock, and what breaks a property\n"
	"\n"
	"A COLUMN is an axis or a column of the sweep, or swing, flips_per_1000_cycles, "
	"hysteresis, "
	"file. 'A,B' makes two panels, 'A+B' one. If --x and --y are axes, the picture has cells, "
	"and --colour says what is measured. The other pictures of sweeps are this one with other "
	"defaults, and take the same options. A message about a column that is missing names all "
	"columns. "
	"TIME is like 10ms or 1.5s; of [steps], and of a trace whose clock counts events, also a "
	"number of them.\n"
	"\n"
	"Examples:\n"
	"  cidsim plot timeline out/hysteresis --from 10ms --to 30ms\n"
	"  cidsim plot steps defects/b9 -o b9.svg\n"
	"  cidsim plot family ramp.csv -o family.pdf\n"
	"  cidsim plot sweep grid.csv --x cpus --y span_mean --where threads=8,16\n"
	"  cidsim plot sweep grid.csv --x cpus --y threads --colour waste\n";

struct options {
	char *mm, *cpus, *with, *output, *from, *to;
	char *x, *y, *colour, *panel, *log;
	char **marks, **where;
	char *width, *height; /* NULL: as the picture needs */
};

static bool parse_options(int *argc, char ***argv, struct options *options, int *status)
{
	const GOptionEntry entries[] = {
		{ "mm", 0, 0, G_OPTION_ARG_FILENAME, &options->mm,
			"Of a run: draw this mm (default: the one with the most mode switches; "
			"cpus: all)",
			"MM" },
		{ "cpus", 0, 0, G_OPTION_ARG_FILENAME, &options->cpus,
			"Of cpus: draw these CPUs, like 0-15,32", "LIST" },
		{ "with", 0, 0, G_OPTION_ARG_FILENAME, &options->with,
			"Of timeline: draw users, span and mode of the run in DIR, too", "DIR" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
			"Write this file (.svg, .png, .pdf; default: DIR/PICTURE.svg and .png, or "
			"FILE-PICTURE.svg and .png)",
			"FILE" },
		{ "from", 0, 0, G_OPTION_ARG_FILENAME, &options->from, "Of a run: begin at TIME",
			"TIME" },
		{ "to", 0, 0, G_OPTION_ARG_FILENAME, &options->to, "Of a run: end at TIME",
			"TIME" },
		{ "mark", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->marks,
			"Of timeline and cpus: a line at TIME with TEXT; may be given more than "
			"once",
			"TIME=TEXT" },
		{ "x", 0, 0, G_OPTION_ARG_FILENAME, &options->x,
			"Of sweeps: the column to the right", "COLUMN" },
		{ "y", 0, 0, G_OPTION_ARG_FILENAME, &options->y,
			"Of sweeps: the columns upwards, or an axis", "COLUMN[,COLUMN|+COLUMN]…" },
		{ "colour", 0, 0, G_OPTION_ARG_FILENAME, &options->colour,
			"Of sweeps: a line for each value of these axes; of cells what is measured",
			"COLUMN[,COLUMN]…" },
		{ "panel", 0, 0, G_OPTION_ARG_FILENAME, &options->panel,
			"Of sweeps: a panel for each value of these axes", "COLUMN[,COLUMN]…" },
		{ "where", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->where,
			"Of sweeps: only rows with these values (also 4-64); may be repeated",
			"COLUMN=VALUE[,VALUE]…" },
		{ "log-axes", 0, 0, G_OPTION_ARG_FILENAME, &options->log,
			"Of sweeps: what is logarithmic, of x, y, colour; or none", "x,y,colour" },
		{ "width", 0, 0, G_OPTION_ARG_FILENAME, &options->width,
			"Width in pixels (800, of sweeps 960)", "N" },
		{ "height", 0, 0, G_OPTION_ARG_FILENAME, &options->height, "Height in pixels",
			"N" },
		G_OPTION_ENTRY_NULL,
	};

	return command_parse("PICTURE DIR…|FILE…", description, entries, argc, argv, status);
}

static void free_plot_options(struct options *options)
{
	g_free(options->mm);
	g_free(options->cpus);
	g_free(options->with);
	g_free(options->output);
	g_free(options->from);
	g_free(options->to);
	g_strfreev(options->marks);
	g_free(options->x);
	g_free(options->y);
	g_free(options->colour);
	g_free(options->panel);
	g_free(options->log);
	g_strfreev(options->where);
	g_free(options->width);
	g_free(options->height);
}

/* --- checking them: false after a message --- */

static bool read_kind(const char *word, enum plot_kind *kind)
{
	const char *known[PLOT_KINDS + 1], *nearest;
	g_autofree char *quoted = value_quote(word);
	g_autofree char *all = NULL;

	for (int i = 0; i < PLOT_KINDS; i++) {
		known[i] = plot_kind_to_string((enum plot_kind)i);
		if (strcmp(word, known[i]) == 0) {
			*kind = (enum plot_kind)i;
			return true;
		}
	}
	nearest = value_nearest(word, known, PLOT_KINDS);
	if (nearest) {
		command_error("plot: no picture %s; did you mean %s?", quoted, nearest);
	} else {
		known[PLOT_KINDS] = NULL;
		all = g_strjoinv(", ", (char **)known);
		command_error("plot: no picture %s; there are %s", quoted, all);
	}
	return false;
}

/* A time, or a number of steps or events. */
static bool read_time_option(
	const char *option, const char *text, struct plot_request *request, uint64_t *time_ns)
{
	char *wrong;

	*time_ns = PLOT_TIME_UNSET;
	if (!text)
		return true;
	wrong = value_read_duration(text, time_ns);
	if (wrong && number_read(text, PLOT_TIME_NS_MAX / PLOT_COUNTED_NS, time_ns)) {
		*time_ns *= PLOT_COUNTED_NS;
		request->counts = true;
		g_free(wrong);
		return true;
	}
	if (!wrong && *time_ns > PLOT_TIME_NS_MAX)
		wrong = g_strdup("is beyond the end of any run");
	return command_accepts("plot", option, wrong);
}

/* In pixels; 0: as the picture needs. */
static bool read_size(const char *option, const char *text, unsigned *size)
{
	uint64_t pixels = 0;
	char *wrong =
		text ? value_read_count_in(text, PLOT_SIZE_MIN, PLOT_SIZE_MAX, &pixels) : NULL;

	*size = (unsigned)pixels;
	return command_accepts("plot", option, wrong);
}

static bool read_cpus(const char *text, struct cpu_ids *ids, struct plot_request *request)
{
	request->cpus = text ? ids : NULL;
	return !text || command_accepts("plot", "--cpus", cpu_ids_read(text, ids));
}

/* Append "TIME=TEXT" to @marks. */
static bool read_mark(const char *text, GArray *marks, struct plot_request *request)
{
	const char *separator = strchr(text, '=');
	g_autofree char *time = g_strndup(text, separator ? (size_t)(separator - text) : 0);
	struct plot_mark mark = { .text = separator ? separator + 1 : "" };

	if (!*mark.text) {
		g_autofree char *quoted = value_quote(text);

		command_error(
			"plot: --mark: %s is not TIME=TEXT, write one like 10ms=restart", quoted);
		return false;
	}
	if (!read_time_option("--mark", time, request, &mark.time_ns))
		return false;
	g_array_append_val(marks, mark);
	return true;
}

static bool read_marks(const struct options *options, GArray *marks, struct plot_request *request)
{
	for (char **mark = options->marks; mark && *mark; mark++)
		if (!read_mark(*mark, marks, request))
			return false;
	request->marks = (const struct plot_mark *)(void *)marks->data;
	request->marks_count = marks->len;
	return true;
}

/* What only some pictures have. */
static bool suits(const struct options *options, enum plot_kind kind)
{
	static const char of_run[] = "pictures of a run", of_sweeps[] = "pictures of sweeps";
	bool run = !plot_kind_is_of_files(kind), sweeps = plot_kind_is_of_sweeps(kind);
	bool cpus = kind == PLOT_CPUS, timeline = kind == PLOT_TIMELINE;
	const struct {
		const char *name;
		bool given, suits;
		const char *pictures;
	} own[] = {
		{ "--cpus", options->cpus, cpus, "cpus" },
		{ "--with", options->with, timeline, "timeline" },
		{ "--mark", options->marks, cpus || timeline, "timeline and cpus" },
		{ "--mm", options->mm, run, of_run },
		{ "--from", options->from, run, of_run },
		{ "--to", options->to, run, of_run },
		{ "--x", options->x, sweeps, of_sweeps },
		{ "--y", options->y, sweeps, of_sweeps },
		{ "--colour", options->colour, sweeps, of_sweeps },
		{ "--panel", options->panel, sweeps, of_sweeps },
		{ "--where", options->where, sweeps, of_sweeps },
		{ "--log-axes", options->log, sweeps, of_sweeps },
	};

	g_assert(kind < PLOT_KINDS);
	for (unsigned i = 0; i < G_N_ELEMENTS(own); i++) {
		if (!own[i].given || own[i].suits)
			continue;
		command_error("plot: %s is for %s, not for %s", own[i].name, own[i].pictures,
			plot_kind_to_string(kind));
		return false;
	}
	return true;
}

static bool read_log(const char *text)
{
	static const char *const known[] = { "x", "y", "colour", "none", NULL };
	g_auto(GStrv) words = g_strsplit(text ? text : "", ",", -1);
	g_autofree char *shown = value_quote(text ? text : "");

	for (unsigned i = 0; words[i]; i++) {
		if (g_strv_contains(known, words[i]))
			continue;
		command_error("plot: --log-axes: %s is not of x, y, colour, or none", shown);
		return false;
	}
	return true;
}

/* A folder has no rows. */
static bool are_files(const struct plot_request *request)
{
	for (size_t i = 0; i < request->files_count && plot_kind_is_of_sweeps(request->kind); i++) {
		const char *file = request->files[i];
		g_autofree char *report = g_build_filename(file, "report.json", NULL);

		if (!g_file_test(file, G_FILE_TEST_IS_DIR))
			continue;
		command_error("%s: is a folder%s; for a sweep give its CSV file, which 'cidsim "
			      "sweep -o FILE.csv' writes",
			text_path(file),
			g_file_test(report, G_FILE_TEST_EXISTS) ? " of a run" : "");
		return false;
	}
	return true;
}

/* A scenario that ships has a name, as for run; its folder is no place for pictures. */
static bool find_steps(const struct options *options, char **argument)
{
	g_autofree char *path =
		g_file_test(*argument, G_FILE_TEST_EXISTS) ? NULL : command_shipped(*argument);

	if (!path)
		return true;
	if (!options->output) {
		command_error("plot: %s ships with cidsim; say with -o where to draw, like -o "
			      "steps.svg",
			text_path(*argument));
		return false;
	}
	*argument = (char *)g_intern_string(path);
	return true;
}

static bool read_plot_arguments(
	int argc, char **argv, const struct options *options, struct plot_request *request)
{
	if (argc < 3) {
		command_error("plot: needs a picture and a directory or files, like 'cidsim plot "
			      "timeline DIR'; see --help");
		return false;
	}
	if (!read_kind(argv[1], &request->kind) || !suits(options, request->kind))
		return false;
	if (request->kind == PLOT_STEPS && !find_steps(options, &argv[2]))
		return false;
	if (plot_kind_is_of_files(request->kind)) {
		request->files = (const char *const *)argv + 2;
		request->files_count = (size_t)argc - 2;
		g_assert(request->files_count >= 1);
		return are_files(request);
	} else if (options->output && argc > 3) {
		command_error("plot: -o names one file, but there are %d directories", argc - 2);
		return false;
	}
	return true;
}

static bool read_request(int argc, char **argv, const struct options *options, struct cpu_ids *cpus,
	GArray *marks, struct plot_request *request)
{
	request->mm = options->mm;
	request->with = options->with;
	request->output = options->output;
	request->choice = (struct plot_view){ .x = options->x,
		.y = options->y,
		.colour = options->colour,
		.panel = options->panel,
		.log = options->log,
		.where = (const char *const *)options->where };
	return read_log(options->log) && read_plot_arguments(argc, argv, options, request) &&
	       read_cpus(options->cpus, cpus, request) && read_marks(options, marks, request) &&
	       read_time_option("--from", options->from, request, &request->from_ns) &&
	       read_time_option("--to", options->to, request, &request->to_ns) &&
	       read_size("--width", options->width, &request->width) &&
	       read_size("--height", options->height, &request->height);
}

/* --- drawing --- */

/* Draw a picture of @what, the directory or the first file; the names of what has been written are
 * appended to @names. */
static int draw_one(const struct plot_request *request, const char *what, GString *names)
{
	g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) fault = NULL;
	bool good = plot_draw(request, written, &fault);

	for (unsigned i = 0; i < written->len; i++)
		g_string_append_printf(names, "%s\n", (char *)written->pdata[i]);
	g_assert(good == (fault == NULL));
	if (good)
		return EXIT_OK;
	/* The signal went to gnuplot, too. */
	if (stop_asked()) {
		command_error("%s: interrupted, nothing drawn", what);
		return EXIT_UNDECIDED;
	}
	return command_failed("", fault);
}

/* All directories are drawn, also after a failure; the worst status counts. A signal does not end
 * a picture, which would leave hidden files behind, but those that are to come. */
static int draw_runs(int argc, char **argv, struct plot_request *request, GString *names)
{
	int worst = EXIT_OK, i;

	g_assert(!request->files);
	for (i = 2; i < argc && !stop_asked(); i++) {
		request->dir = argv[i];
		worst = command_worse(worst, draw_one(request, argv[i], names));
	}
	if (i < argc) {
		command_error("plot: interrupted, %d of %d directories were not drawn", argc - i,
			argc - 2);
		worst = command_worse(worst, EXIT_UNDECIDED);
	}
	return worst;
}

static int draw_all(int argc, char **argv, struct plot_request *request)
{
	g_autoptr(GString) names = g_string_new(NULL);
	int status;

	g_assert(request->kind < PLOT_KINDS);
	stop_arm();
	if (request->files)
		status = draw_one(request, request->files[0], names);
	else
		status = draw_runs(argc, argv, request, names);
	stop_disarm();
	return command_worse(status, command_print(names->str, names->len));
}

int cmd_plot(int argc, char **argv)
{
	struct options options = { 0 };
	struct plot_request request = { 0 };
	struct cpu_ids cpus = { 0 };
	g_autoptr(GArray) marks = g_array_new(FALSE, FALSE, sizeof(struct plot_mark));
	int status;

	if (parse_options(&argc, &argv, &options, &status))
		status = read_request(argc, argv, &options, &cpus, marks, &request)
		                 ? draw_all(argc, argv, &request)
		                 : EXIT_USAGE;
	free_plot_options(&options);
	return status;
}
