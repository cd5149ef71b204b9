/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/batch/batch.h"

#include <signal.h>
#include <string.h>

#include "tests/lib/sample-run.h"
#include "tests/lib/suite.h"

/* What is printed of a case: lines, TAP, JSON, JUnit. */

static struct sample_run run;
static GPtrArray *messages;
static GString *text;
static struct batch_case one;

static void start(void)
{
	sample_start(&run);
	messages = g_ptr_array_new_with_free_func(g_free);
	text = g_string_new(NULL);
	one = (struct batch_case){ .path = "dir/x.scn",
		.name = "x",
		.verdict = BATCH_PASS,
		.result = run.result,
		.messages = messages };
}

static void stop(void)
{
	sample_stop(&run);
	g_ptr_array_unref(messages);
	g_string_free(text, TRUE);
}

SUITE(.before = start, .after = stop);

static void make_fail(void)
{
	sample_verdict(&run, 0, true, "5");
	sample_verdict(&run, 1, false, "none <&\"]]>");
	sample_violation(&run, "I3", "spins\nfor ever");
	one.verdict = BATCH_FAIL;
}

static void make_unreadable(void)
{
	g_ptr_array_add(messages, g_strdup("dir/x.scn:3: is 'no' scenario"));
	one.verdict = BATCH_UNREADABLE;
	one.result = NULL;
}

TEST(a_case_that_passes_is_one_line)
{
	sample_verdict(&run, 0, true, "5");
	batch_line_print(text, &one, 4);
	ck_assert_str_eq(text->str, "PASS        x    120.000 ms  1 of 1 hold\n");
}

TEST(a_case_that_fails_says_what_does_not_hold_and_how_to_repeat_it)
{
	make_fail();
	batch_line_print(text, &one, 1);
	ck_assert(g_str_has_prefix(
		text->str, "FAIL        x 120.000 ms  1 of 2 hold, broken properties: 1\n"));
	assert_has(text->str, ", found none <&\"]]>\n");
	assert_has(text->str, "    I3 in - at 1.234 ms: spins\n");
	assert_lacks(text->str, "for ever");
	assert_has(text->str, "    To repeat: cidsim run ");
}

TEST(many_findings_are_cut)
{
	for (int i = 0; i < 20; i++)
		sample_violation(&run, "I3", "spins");
	one.verdict = BATCH_FAIL;
	batch_line_print(text, &one, 1);
	assert_has(text->str, "    … 12 more\n");
}

TEST(a_case_without_result_has_a_line_too)
{
	make_unreadable();
	batch_line_print(text, &one, 1);
	ck_assert_str_eq(text->str, "UNREADABLE  x\n");
}

TEST(totals_name_those_that_do_not_pass)
{
	struct batch_totals totals = { 0 };

	batch_count(&totals, "a", BATCH_PASS);
	batch_count(&totals, "b", BATCH_UNREADABLE);
	batch_count(&totals, "c", BATCH_FAIL);
	batch_totals_print(text, &totals);
	ck_assert_str_eq(text->str, "\n3 scenarios: 1 pass, 1 fail, 1 unreadable\n"
				    "Did not pass: b, c\n");
	batch_totals_clear(&totals);
}

TEST(names_of_very_many_are_cut)
{
	struct batch_totals totals = { 0 };

	for (int i = 0; i < 1000; i++)
		batch_count(&totals, "a", BATCH_FAIL);
	batch_totals_print(text, &totals);
	ck_assert_uint_lt(text->len, 500);
	ck_assert(g_str_has_suffix(text->str, ", a, …\n"));
	batch_totals_clear(&totals);
}

TEST(tap_says_ok_or_why_not)
{
	batch_tap_plan(text, 2);
	batch_tap_print(text, &one, 1);
	ck_assert_str_eq(text->str, "TAP version 13\n1..2\nok 1 - x\n");
	g_string_truncate(text, 0);
	make_fail();
	batch_tap_print(text, &one, 2);
	ck_assert(g_str_has_prefix(text->str, "not ok 2 - x\n  ---\n  file: \"dir/x.scn\"\n"
					      "  verdict: \"FAIL\"\n  simulated_ns: 120000000\n"
					      "  findings: |\n    - "));
	assert_has(text->str, "found none <&\"]]>\n");
	ck_assert(g_str_has_suffix(text->str, "\"\n  ...\n"));
}

TEST(a_name_cannot_be_a_directive_of_tap)
{
	one.name = "a # SKIP \\";
	batch_tap_print(text, &one, 1);
	ck_assert_str_eq(text->str, "ok 1 - a \\# SKIP \\\\\n");
}

TEST(json_of_a_case_without_result_has_its_messages)
{
	make_unreadable();
	batch_json_error(text, &one);
	ck_assert_str_eq(text->str, "{\"scenario\":\"dir/x.scn\",\"ok\":false,"
				    "\"error\":[\"dir/x.scn:3: is 'no' scenario\"]}\n");
}

/* What a parser of XML has to say about the document of one case. */
static GError *parse_document(enum batch_verdict verdict)
{
	const GMarkupParser parser = { 0 };
	GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, NULL, NULL);
	struct batch_totals totals = { 0 };
	g_autoptr(GString) document = g_string_new(NULL);
	GError *error = NULL;

	batch_count(&totals, one.name, verdict);
	batch_junit_print(text, &one);
	batch_junit_document(document, text, &totals);
	if (g_markup_parse_context_parse(context, document->str, (gssize)document->len, &error))
		g_markup_parse_context_end_parse(context, &error);
	g_markup_parse_context_free(context);
	batch_totals_clear(&totals);
	g_string_assign(text, document->str);
	return error;
}

TEST(junit_of_a_failure)
{
	make_fail();
	ck_assert_ptr_null(parse_document(BATCH_FAIL));
	assert_has(text->str, "tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\"");
	assert_has(text->str,
		"<testcase classname=\"dir\" name=\"x\" file=\"dir/x.scn\" time=\"0.120000000\">");
	assert_has(text->str, "found none &lt;&amp;&quot;]]&gt;\n");
	assert_has(text->str, "type=\"FAIL\">");
}

TEST(junit_of_what_cannot_be_read)
{
	make_unreadable();
	ck_assert_ptr_null(parse_document(BATCH_UNREADABLE));
	assert_has(text->str, "errors=\"1\"");
	assert_has(
		text->str, "<error message=\"dir/x.scn:3: is 'no' scenario\" type=\"UNREADABLE\">");
}

/* Each byte, alone and in pairs that may be a character. */
TEST_RANGE(junit_is_well_formed_whatever_a_name_is, 1, 256)
{
	const char path[] = { 'a', (char)_i, (char)0xbf, (char)0xbe, '\n', (char)_i, '\0' };

	make_fail();
	one.path = path;
	ck_assert_ptr_null(parse_document(BATCH_FAIL));
	ck_assert(g_utf8_validate(text->str, (gssize)text->len, NULL));
	for (const char *c = text->str; *c; c++)
		ck_assert(!g_ascii_iscntrl(*c) || *c == '\n' || *c == '\t');
	assert_lacks(text->str, "\xef\xbf\xbe");
}

TEST_SIGNAL(a_case_that_passes_has_a_result, SIGABRT)
{
	one.result = NULL;
	batch_junit_print(text, &one);
}
