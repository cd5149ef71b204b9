/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdio.h>
#include <string.h>

#include "sim/base/csv.h"
#include "sim/base/output.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/base/work-folder.h"
#include "sim/cli/command.h"
#include "sim/cli/run-one.h"
#include "sim/cli/stop.h"
#include "sim/html/html.h"
#include "sim/record/csv.h"

static const char description[] =
	"Makes one HTML file, which needs nothing beside it and no network. DIR is a folder that "
	"`cidsim run -o` or `cidsim replay -o` wrote, which has a report.html already. "
	"FILE.csv is what `cidsim sweep`, `cidsim merge` or `cidsim explore --matrix --csv` "
	"wrote. A SCENARIO is run first; one with [steps], such as a counterexample of `cidsim "
	"explore -o`, is shown step by step.\n"
	"\n"
	"A long run is drawn in less detail than it has; --from and --to make a page of a part. "
	"TIME is like 10ms or 1.5s.\n"
	"\n"
	"Exit status: 0 the page was written, whatever verdict is in it, 2 bad usage or input, 3 "
	"the environment failed.\n"
	"\n"
	"Examples:\n"
	"  cidsim html hysteresis -o part.html --from 10ms --to 20ms\n"
	"  cidsim html defects/b9 -o b9.html\n"
	"  cidsim sweep study/ramp --cpus 1-8 -o few.csv\n"
	"  cidsim html few.csv -o few.html\n";

struct options {
	char *output, *from, *to;
	struct html_part part;
};

/* --- a page of WHAT; NULL sets @error --- */

static GString *page_of_folder(const char *dir, const struct html_part *part, GError **error)
{
	struct plot_run *run = plot_run_open(dir, error);
	GString *page = run ? html_of_run(run, part, error) : NULL;

	plot_run_free(run);
	return page;
}

/* Of a scenario. NULL sets @error, or *@status after messages. */
static GString *page_of_scenario(
	const char *path, const struct html_part *part, int *status, GError **error)
{
	struct run_options quiet = { .log = (char *)"none", .quiet = TRUE };
	struct scenario *scenario = run_load(path, &quiet, status);
	char *work = scenario ? work_folder_new(error) : NULL;
	struct record_result *result = NULL;
	GString *page = NULL;

	if (work) {
		int ended;

		stop_arm(); /* a signal must not leave the folder behind */
		ended = run_scenario(scenario, work, &quiet, NULL, &result);

		if (result)
			page = page_of_folder(work, part, error);
		else
			*status = ended;
		record_result_free(result);
		work_folder_remove(work);
		stop_disarm();
	}
	scenario_free(scenario);
	return page;
}

/* Whether the file at @path begins as the CSV files do that cidsim writes. */
static bool is_csv(const char *path)
{
	static const char begin[] = "# cidsim ";
	char bytes[sizeof(begin) - 1];
	FILE *file = fopen(path, "r");
	bool is = file && fread(bytes, 1, sizeof(bytes), file) == sizeof(bytes) &&
	          memcmp(bytes, begin, sizeof(bytes)) == 0;

	if (file)
		fclose(file);
	return is || g_str_has_suffix(path, ".csv");
}

static bool is_matrix(const char *path)
{
	struct csv_reader *csv = csv_reader_open_with(path, csv_matrix_columns, NULL);
	bool is = csv;

	csv_reader_close(csv);
	return is;
}

static GString *page_of_csv(
	const char *path, const struct html_part *part, int *status, GError **error)
{
	if (part->from_ns == html_whole.from_ns && part->to_ns == html_whole.to_ns)
		return is_matrix(path) ? html_of_matrix(path, error) : html_of_sweep(path, error);
	command_error("html: --from and --to are for pages of a run, not of %s", text_path(path));
	*status = EXIT_USAGE;
	return NULL;
}

static GString *page_of(const char *what, const struct html_part *part, int *status, GError **error)
{
	g_autofree char *path = NULL;

	if (g_file_test(what, G_FILE_TEST_IS_DIR))
		return page_of_folder(what, part, error);
	if (g_file_test(what, G_FILE_TEST_IS_REGULAR) && is_csv(what))
		return page_of_csv(what, part, status, error);
	path = command_scenario(what);
	return page_of_scenario(path, part, status, error);
}

/* --- options: false after a message --- */

static bool read_part_time(const char *option, const char *text, uint64_t *time_ns)
{
	return !text || command_accepts("html", option, value_read_duration(text, time_ns));
}

static bool read_part(struct options *options)
{
	options->part = html_whole;
	if (!read_part_time("--from", options->from, &options->part.from_ns) ||
		!read_part_time("--to", options->to, &options->part.to_ns))
		return false;
	if (options->part.from_ns < options->part.to_ns)
		return true;
	command_error("html: --to %s is not after --from %s", options->to, options->from);
	return false;
}

/* Returns a status. */
static int check_arguments(int argc, char **argv, struct options *options)
{
	if (argc != 2)
		command_error(argc < 2 ? "html: no DIR, FILE.csv or SCENARIO; --help explains"
				       : "html: a page is of one DIR, FILE.csv or SCENARIO");
	else if (!options->output)
		command_error("html: needs -o FILE, the page to write");
	else if (read_part(options))
		return command_check_output("html: -o", options->output, argv[1]);
	return EXIT_USAGE;
}

static int write_page(const char *what, const struct options *options)
{
	g_autoptr(GError) error = NULL;
	int status = EXIT_OK;
	GString *page = page_of(what, &options->part, &status, &error);

	if (page) {
		output_write_file(options->output, page->str, page->len, &error);
		g_string_free(page, TRUE);
		if (!html_has_charts())
			command_error("html: %s has no charts: this build lacks D3; on Debian "
				      "install node-d3 and build again",
				text_path(options->output));
	}
	return error ? command_failed("", error) : status;
}

int cmd_html(int argc, char **argv)
{
	struct options options = { 0 };
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "Write this file",
			"FILE" },
		{ "from", 0, 0, G_OPTION_ARG_FILENAME, &options.from, "Of a run: begin at TIME",
			"TIME" },
		{ "to", 0, 0, G_OPTION_ARG_FILENAME, &options.to, "Of a run: end at TIME", "TIME" },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (command_parse("DIR|FILE.csv|SCENARIO", description, entries, &argc, &argv, &status) &&
		(status = check_arguments(argc, argv, &options)) == EXIT_OK)
		status = write_page(argv[1], &options);
	g_free(options.output);
	g_free(options.from);
	g_free(options.to);
	return status;
}
