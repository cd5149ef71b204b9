/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * HTML pages of a run, a sweep or a matrix whose files have any bytes. A page is read as a browser reads
 * it: only elements and attributes that cidsim writes, each where it may be; what the files say is
 * text or JSON, and runs nothing.
 *
 * Input: a byte for what it is a page of, the file; or a scenario, which is run: its names and title are the
 * attack.
 */

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "sim/html/assets.h"
#include "sim/html/html.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/one-run.h"
#include "tests/fuzz/samples.h"

enum { SWEEP = SAMPLE_FILES, MATRIX, SCENARIO, KINDS };

/* All else in a tag is an attack. */
static const char *const elements[] = { "body", "code", "dd", "details", "div", "dl", "dt", "footer", "h1", "h2",
	"head", "html", "link", "main", "meta", "p", "pre", "script", "section", "style", "summary", "table", "tbody",
	"td", "th", "thead", "title", "tr" };
static const char *const attributes[] = { "charset", "class", "content", "data-defect", "data-revision",
	"data-states", "href", "http-equiv", "id", "lang", "name", "rel", "scope", "type" };

static bool has(const char *const *words, size_t count, const char *word, size_t length)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(words[i]) == length && strncmp(words[i], word, length) == 0)
			return true;
	}
	return false;
}

/* ' name="value"' again and again, up to '>'. Returns the place after it. */
static const char *check_attributes(const char *at)
{
	while (*at != '>') {
		const char *name = at + 1, *equals = strchr(name, '='), *end;

		FUZZ_CHECK(*at == ' ' && equals && equals[1] == '"');
		FUZZ_CHECK(has(attributes, G_N_ELEMENTS(attributes), name, (size_t)(equals - name)));
		end = strchr(equals + 2, '"');
		FUZZ_CHECK(end && !memchr(equals, '<', (size_t)(end - equals)));
		if (strncmp(name, "href", 4) == 0)
			FUZZ_CHECK(strncmp(equals, "=\"data:,\"", 9) == 0);
		at = end + 1;
	}
	return at + 1;
}

/* The text of a script: JSON, or one of ours. */
static const char *check_script(const char *tag, const char *at)
{
	static const char data[] = "<script type=\"application/json\"";
	const char *end = strstr(at, "</script>");
	g_autofree char *text = NULL;

	FUZZ_CHECK(end);
	text = g_strndup(at, (gsize)(end - at));
	if (g_str_has_prefix(tag, data)) {
		g_autoptr(JsonNode) node = json_from_string(text, NULL);

		FUZZ_CHECK(node && !strpbrk(text, "<>&"));
	} else {
		size_t length = strlen(text);

		FUZZ_CHECK(length > 1 && ((*html_library && strncmp(text + 1, html_library, length - 2) == 0) ||
						 strcmp(text + 1, html_script) == 0));
	}
	return end;
}

static void check_page(const GString *page)
{
	const char *at = strstr(page->str, "<html");

	FUZZ_CHECK(g_utf8_validate(page->str, (gssize)page->len, NULL) && at);
	FUZZ_CHECK(g_str_has_prefix(page->str, "<!DOCTYPE html>\n") && g_str_has_suffix(page->str, "</html>\n"));
	while ((at = strchr(at, '<')) != NULL) {
		const char *tag = at, *name = at + 1 + (at[1] == '/');
		size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789");

		FUZZ_CHECK(has(elements, G_N_ELEMENTS(elements), name, length));
		at = check_attributes(name + length);
		if (g_str_has_prefix(tag, "<script"))
			at = check_script(tag, at);
		else if (g_str_has_prefix(tag, "<style"))
			at += strlen(html_style);
	}
}

static GString *page_of_run(uint32_t number, const char *text, GError **error)
{
	struct sample_run sample;
	struct plot_run *run;
	GString *page = NULL;

	sample_open(&sample, number, text);
	run = plot_run_open_at("run", sample_place, &sample, error);
	if (run)
		page = html_of_run(run, &html_whole, error);
	plot_run_free(run);
	sample_close(&sample);
	return page;
}

static GString *page_of_file(uint32_t kind, const char *text, GError **error)
{
	g_autoptr(GString) rows = kind == SWEEP ? fuzz_signed_rows(text) : g_string_new(text);
	char path[FUZZ_PATH_MAX];
	int file = fuzz_file(rows->str, rows->len, path);
	GString *page = kind == SWEEP ? html_of_sweep(path, error) : html_of_matrix(path, error);

	close(file);
	return page;
}

static void check_run(const char *text)
{
	g_autofree char *dir = g_build_filename(fuzz_folder(), "run", NULL);
	struct scenario *scenario = one_parse(text, strlen(text), NULL);

	if (scenario && one_is_small(scenario) && one_run_files(scenario, dir)) {
		struct plot_run *run = plot_run_open(dir, NULL);
		GString *page;

		FUZZ_CHECK(run);
		page = html_of_run(run, &html_whole, NULL);
		FUZZ_CHECK(page);
		check_page(page);
		g_string_free(page, TRUE);
		plot_run_free(run);
	}
	scenario_free(scenario);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { data, data + size };
	uint32_t kind = fuzz_below(&fuzz, KINDS);
	g_autofree char *text = fuzz_text(&fuzz);
	GError *error = NULL;
	GString *page = NULL;

	if (kind == SCENARIO) {
		if (one_is_read(text))
			check_run(text);
		return 0;
	}
	page = kind < SAMPLE_FILES ? page_of_run(kind, text, &error) : page_of_file(kind, text, &error);
	FUZZ_CHECK(!page == (error != NULL));
	g_clear_error(&error);
	if (page) {
		check_page(page);
		g_string_free(page, TRUE);
	}
	return 0;
}
