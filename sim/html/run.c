/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The page of a run: verdict, charts, steps, tables, the report as text. */
#include <string.h>

#include "sim/base/failure.h"
#include "sim/base/values.h"
#include "sim/html/private.h"
#include "sim/html/table.h"
#include "sim/record/csv.h"

enum { REPORT_TEXT_MAX = 1 << 20, REPORT_JSON_MAX = 2 << 20 };

/* --- the report --- */

/* report.txt, "" if there is none; NULL sets @error. The caller frees it. */
static char *read_report_text(const struct plot_run *run, GError **error)
{
	g_autofree char *path = plot_run_file(run, "report.txt");
	g_autoptr(GError) fault = NULL;
	char *text = NULL;

	if (g_file_get_contents(path, &text, NULL, &fault))
		return text;
	if (g_error_matches(fault, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		return g_strdup("");
	failure_environment(error, "%s", fault->message);
	return NULL;
}

/* Whether the line at @at begins like "PASS: " or "AGREES: ". */
static bool is_verdict(const char *at)
{
	size_t letters = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return letters > 1 && strncmp(at + letters, ": ", 2) == 0;
}

/* The bytes of the line at @line, and of those after it that are indented: they go on with it. */
static size_t whole_line(const char *line)
{
	size_t length = strcspn(line, "\n");

	while (line[length] == '\n' && line[length + 1] == ' ')
		length += 1 + strcspn(line + length + 1, "\n");
	g_assert(length <= strlen(line));
	return length;
}

/* The line of the report that has the verdict; else a word. The caller frees it. */
static char *verdict_line(const char *report, enum plot_run_verdict verdict)
{
	static const char *const words[] = { "PASS", "FAIL", "UNDECIDED" };
	const char *found = NULL;

	for (const char *at = report; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
		if (is_verdict(at))
			found = at;
	g_assert(verdict < G_N_ELEMENTS(words));
	return found ? g_strndup(found, whole_line(found)) : g_strdup(words[verdict]);
}

static void add_verdict(struct html_page *page, const struct plot_run *run, const char *report)
{
	static const enum html_verdict kinds[] = { [PLOT_RUN_OK] = HTML_GOOD,
		[PLOT_RUN_FAILED] = HTML_BAD,
		[PLOT_RUN_UNDECIDED] = HTML_UNDECIDED };
	g_autofree char *line = verdict_line(report, run->verdict);

	html_page_verdict(page, kinds[run->verdict], line);
	html_page_place(page, "facts");
}

static void add_report(struct html_page *page, const char *report)
{
	size_t length = strlen(report);
	g_autofree char *shown = g_strndup(report, MIN(length, REPORT_TEXT_MAX));

	if (length == 0)
		return;
	html_page_section(page, "report", "The report");
	g_string_append(page->body, "<pre>");
	html_add(page->body, shown);
	g_string_append(page->body, length > REPORT_TEXT_MAX ? "…</pre>\n" : "</pre>\n");
	html_page_end_section(page);
}

/* --- tables --- */

static const struct html_column mode_columns[] = { { "time", HTML_INSTANT }, { "mm", HTML_TEXT },
	{ "to", HTML_TEXT }, { "by", HTML_TEXT }, { "users", HTML_NUMBER },
	{ "CPUs allowed", HTML_NUMBER }, { "max_cids before", HTML_NUMBER },
	{ "max_cids after", HTML_NUMBER }, { "pcpu_thrs before", HTML_NUMBER },
	{ "pcpu_thrs after", HTML_NUMBER },
	{ "CPU", HTML_NUMBER }, { "pid", HTML_NUMBER } };

static const struct html_column window_columns[] = { { "mm", HTML_TEXT }, { "to", HTML_TEXT },
	{ "opened", HTML_INSTANT }, { "closed", HTML_INSTANT }, { "lasted", HTML_LENGTH },
	{ "steps", HTML_NUMBER }, { "moved", HTML_NUMBER }, { "dropped", HTML_NUMBER },
	{ "handed over", HTML_NUMBER }, { "settled", HTML_NUMBER }, { "given back", HTML_NUMBER },
	{ "bit ops", HTML_NUMBER }, { "spins", HTML_NUMBER }, { "spinning", HTML_LENGTH },
	{ "initiator off CPU", HTML_LENGTH } };

static bool add_table(struct html_page *page, const struct plot_run *run, const char *name,
	const char *expected, const struct html_column *columns, unsigned count, GError **error)
{
	g_autofree char *file = g_strconcat(name, ".csv", NULL);
	struct csv_reader *csv = plot_run_csv(run, file, expected, error);
	bool good = csv && html_table_of_csv(page, name, csv, columns, count, error);

	csv_reader_close(csv);
	return good;
}

static bool add_tables(struct html_page *page, const struct plot_run *run, GError **error)
{
	html_page_place(page, "expectations");
	html_page_place(page, "mms");
	html_page_section(page, "mode-switches", "Mode switches");
	if (!add_table(page, run, "modes", csv_modes_columns, mode_columns,
		    G_N_ELEMENTS(mode_columns), error))
		return false;
	html_page_end_section(page);
	html_page_section(page, "transit-windows", "Transit windows");
	if (!add_table(page, run, "windows", csv_windows_columns, window_columns,
		    G_N_ELEMENTS(window_columns), error))
		return false;
	html_page_end_section(page);
	return true;
}

/* --- all of it --- */

/* The part that the run has; false sets @error. */
static bool cut_part(struct html_part *part, const struct plot_run *run, GError **error)
{
	uint64_t end_ns = MAX(run->sim_time_ns, 1);
	char from[VALUE_DURATION_MAX], end[VALUE_DURATION_MAX];

	part->to_ns = MIN(part->to_ns, end_ns);
	if (part->from_ns < part->to_ns)
		return true;
	value_format_duration(part->from_ns, from);
	value_format_duration(end_ns, end);
	return failure_input(error,
		"--from: nothing to show from %s on, the run ends at %s; give an earlier time", from,
		end);
}

static bool add_charts(struct html_page *page, const struct plot_run *run,
	const struct html_part *part, GError **error)
{
	g_autoptr(GPtrArray) mms = html_mms(run);

	g_assert(part->from_ns < part->to_ns);
	html_page_place(page, "charts");
	json_add_number(&page->data, "from", part->from_ns);
	json_add_number(&page->data, "to", part->to_ns);
	json_add_number(&page->data, "mms", run->mms->len);
	if (page->unit)
		json_add_text(&page->data, "unit", page->unit);
	return html_add_lines(page, run, mms, part, error) &&
	       html_add_lanes(page, run, mms, part, error);
}

static bool add_all(struct html_page *page, const struct plot_run *run,
	const struct html_part *part, GError **error)
{
	g_autofree char *report = read_report_text(run, error);

	if (!report)
		return false;
	page->unit = run->clock;
	add_verdict(page, run, report);
	if (!html_add_steps(page, run, error) || !add_charts(page, run, part, error) ||
		!add_tables(page, run, error))
		return false;
	add_report(page, report);
	if (strlen(run->report) <= REPORT_JSON_MAX)
		html_add_data(page->body, "report-data", run->report);
	return true;
}

GString *html_of_run(const struct plot_run *run, const struct html_part *part, GError **error)
{
	struct html_part cut = *part;
	struct html_page page;

	if (!cut_part(&cut, run, error))
		return NULL;
	html_page_begin(&page, "run", run->title);
	if (add_all(&page, run, &cut, error))
		return html_page_end(&page);
	html_page_clear(&page);
	return NULL;
}
