/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/csv.h"
#include "sim/base/failure.h"
#include "sim/base/json-write.h"
#include "sim/html/html.h"
#include "tests/lib/folder.h"
#include "tests/lib/page-data.h"
#include "tests/lib/plot-run.h"
#include "tests/lib/suite.h"

static char *dir;

static void start(void)
{
	dir = folder_new();
	plot_run_copy(dir, "run", NULL, NULL);
}

static void stop(void)
{
	folder_remove(dir);
}

SUITE(.timeout = 60, .before = start, .after = stop);

/* The page of "run"; NULL, and *@wrong says why. */
static GString *try_page(const struct html_part *part, char **wrong)
{
	g_autofree char *path = g_build_filename(dir, "run", NULL);
	GError *fault = NULL;
	struct plot_run *run = plot_run_open(path, &fault);
	GString *page = run ? html_of_run(run, part, &fault) : NULL;

	plot_run_free(run);
	ck_assert((page == NULL) == (fault != NULL));
	if (fault)
		*wrong = folder_message(dir, fault);
	return page;
}

static GString *make_page(const struct html_part *part)
{
	char *wrong = NULL;
	GString *page = try_page(part, &wrong);

	ck_assert_msg(page != NULL, "%s", wrong);
	return page;
}

static void assert_refused(const struct html_part *part, const char *expected)
{
	char *wrong = NULL;
	GString *page = try_page(part, &wrong);

	ck_assert_ptr_null(page);
	ck_assert_str_eq(wrong, expected);
	g_free(wrong);
}

static JsonObject *member(JsonNode *data, const char *name)
{
	return json_object_get_object_member(json_node_get_object(data), name);
}

/* The numbers of line @line of the first mm. The caller frees them. */
static char *line_text(JsonNode *data, unsigned line)
{
	JsonArray *mms = json_object_get_array_member(member(data, "lines"), "mms");
	JsonObject *mm = json_array_get_object_element(mms, 0);
	JsonArray *lines = json_object_get_array_member(mm, "lines");
	JsonNode *node = json_array_get_element(lines, line);

	return json_to_string(node, FALSE);
}

TEST(a_page_has_the_values_of_the_run)
{
	GString *page = make_page(&html_whole);
	JsonNode *data = page_data(page->str, "data"),
		 *report = page_data(page->str, "report-data");
	g_autofree char *users = line_text(data, 0);
	JsonArray *cpus = json_object_get_array_member(member(data, "lanes"), "cpus");

	ck_assert_msg(g_str_has_prefix(users, "[0,1,"), "%s", users);
	ck_assert_int_eq(json_object_get_int_member(member(data, "lines"), "cell"), 0);
	ck_assert_uint_gt(json_array_get_length(cpus), 0);
	ck_assert_ptr_nonnull(member(report, "mms"));
	ck_assert_ptr_nonnull(strstr(page->str, "id=\"modes-data\""));
	ck_assert_ptr_nonnull(strstr(page->str, "id=\"windows-data\""));
	json_node_free(report);
	json_node_free(data);
	g_string_free(page, TRUE);
}

TEST(the_verdict_is_the_line_of_the_report)
{
	GString *page;

	plot_run_write(dir, "run/report.txt",
		"x\nPASS: is a word\n\nFAIL: 1 of 2 <hold>\n  and more\nTo: no\n", -1);
	page = make_page(&html_whole);
	ck_assert_ptr_nonnull(strstr(page->str, ">FAIL: 1 of 2 &lt;hold&gt;\n  and more</p>"));
	g_string_free(page, TRUE);
}

TEST(a_part_begins_with_what_is_the_case_there)
{
	const struct html_part part = { 1000001, 5000000 };
	GString *page = make_page(&part);
	JsonNode *data = page_data(page->str, "data");
	g_autofree char *users = line_text(data, 0);

	ck_assert_msg(g_str_has_prefix(users, "[1000001,"), "%s", users);
	json_node_free(data);
	g_string_free(page, TRUE);
}

TEST(a_part_behind_the_end_is_refused)
{
	const struct html_part part = { UINT64_C(1) << 40, UINT64_MAX };

	assert_refused(&part, "--from: nothing to show from 1099.511627776s on, the run ends at "
	                      "11.2ms; give an earlier time");
}

TEST(a_damaged_file_is_named_with_its_line)
{
	static const struct {
		const char *name, *text, *expected;
	} rows[] = {
		{ "run/stays.csv", "cpu,pid,mm,cid,start_ns,end_ns\n0,1,a,0,9,5\n",
			"run/stays.csv:2: end_ns is before start_ns" },
		{ "run/modes.csv", "time_ns\n", NULL },
		{ "run/steps.csv", "step\n", NULL },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *wrong = NULL;

		plot_run_copy(dir, "run", NULL, NULL);
		plot_run_write(dir, rows[i].name, rows[i].text, -1);
		ck_assert_ptr_null(try_page(&html_whole, &wrong));
		ck_assert_msg(g_str_has_prefix(wrong, rows[i].name), "%s", wrong);
		if (rows[i].expected)
			ck_assert_str_eq(wrong, rows[i].expected);
		g_free(wrong);
	}
}

/* Write file @name of the run with @to in place of the mm "app". */
static void rename_mm(const char *name, const char *from, const char *to)
{
	g_autofree char *text = plot_run_read(dir, name, NULL);
	g_autoptr(GString) changed = g_string_new(text);

	ck_assert_uint_gt(g_string_replace(changed, from, to, 0), 0);
	plot_run_write(dir, name, changed->str, (gssize)changed->len);
}

TEST(names_that_are_markup_stay_text)
{
	g_autoptr(GString) field = g_string_new(NULL), quoted = g_string_new("\""),
			   key = g_string_new(NULL);
	g_autofree char *first = NULL;
	struct json json = { .text = key };
	GString *page;
	JsonNode *data;
	JsonArray *mms;

	csv_quote(quoted, HOSTILE);
	g_string_erase(quoted, 0, 1);
	g_string_append_printf(field, ",%s,", quoted->str);
	json_add_text(&json, NULL, HOSTILE);
	rename_mm("run/series.csv", ",app,", field->str);
	rename_mm("run/stays.csv", ",app,", field->str);
	rename_mm("run/modes.csv", ",app,", field->str);
	rename_mm("run/report.json", "\"app\"", key->str);
	plot_run_write(dir, "run/report.txt", "FAIL: " HOSTILE_BYTES "\n", -1);
	page = make_page(&html_whole);
	assert_harmless(page->str);
	data = page_data(page->str, "data");
	mms = json_object_get_array_member(member(data, "lines"), "mms");
	ck_assert_str_eq(
		json_object_get_string_member(json_array_get_object_element(mms, 0), "name"),
		HOSTILE);
	first = line_text(data, 0);
	ck_assert_uint_gt(strlen(first), 2); /* its values were found under that name */
	json_node_free(data);
	g_string_free(page, TRUE);
}

TEST(the_same_run_gives_the_same_bytes)
{
	GString *page = make_page(&html_whole), *again = make_page(&html_whole);

	ck_assert(g_string_equal(page, again));
	g_string_free(again, TRUE);
	g_string_free(page, TRUE);
}

TEST(a_run_without_mm_has_a_page)
{
	GString *page;

	plot_run_copy(dir, "run", "\"mms\": {", "\"mms\": {}, \"x\": {");
	page = make_page(&html_whole);
	ck_assert_ptr_nonnull(strstr(page->str, "\"mms\":[]"));
	g_string_free(page, TRUE);
}
