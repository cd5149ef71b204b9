/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/batch/private.h"

#include <inttypes.h>

#include "sim/base/version.h"

/* Whether XML 1.0 has the character (most control characters it has not even as references), and it
 * is one to be seen. */
static bool is_visible(gunichar letter)
{
	return !g_unichar_iscntrl(letter) && letter != 0xfffe && letter != 0xffff;
}

/* Of an attribute, too, where a line end would become a blank. */
static void add_letter(GString *xml, gunichar letter)
{
	switch (letter) {
	case '<':
		g_string_append(xml, "&lt;");
		break;
	case '>':
		g_string_append(xml, "&gt;");
		break;
	case '&':
		g_string_append(xml, "&amp;");
		break;
	case '"':
		g_string_append(xml, "&quot;");
		break;
	case '\t':
	case '\n':
	case '\r':
		g_string_append_printf(xml, "&#%u;", letter);
		break;
	default:
		g_string_append_unichar(xml, is_visible(letter) ? letter : '?');
	}
}

static void add_text(GString *xml, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	for (const char *c = valid; *c; c = g_utf8_next_char(c))
		add_letter(xml, g_utf8_get_char(c));
}

static void add_attribute(GString *xml, const char *name, const char *value)
{
	g_string_append_printf(xml, " %s=\"", name);
	add_text(xml, value);
	g_string_append_c(xml, '"');
}

/* The element that says what is wrong, of a case that does not pass. */
static const char *element_of(enum batch_verdict verdict)
{
	static const char *const elements[] = {
		[BATCH_FAIL] = "failure",
		[BATCH_UNDECIDED] = "error",
		[BATCH_UNREADABLE] = "error",
		[BATCH_ERROR] = "error",
		[BATCH_NOT_RUN] = "skipped",
	};

	g_assert(verdict > BATCH_PASS && verdict < G_N_ELEMENTS(elements));
	return elements[verdict];
}

static void add_findings(GString *xml, const struct batch_case *batch_case)
{
	g_autoptr(GPtrArray) findings = batch_findings(batch_case);
	g_autofree char *command = batch_command(batch_case);
	const char *verdict = batch_verdict_to_string(batch_case->verdict);
	const char *element = element_of(batch_case->verdict);

	g_string_append_printf(xml, "\t\t\t<%s", element);
	add_attribute(xml, "message", findings->len > 0 ? findings->pdata[0] : verdict);
	add_attribute(xml, "type", verdict);
	g_string_append(xml, ">");
	for (guint i = 0; i < findings->len; i++) {
		add_text(xml, findings->pdata[i]);
		g_string_append_c(xml, '\n');
	}
	if (command) {
		g_string_append(xml, "To repeat: ");
		add_text(xml, command);
		g_string_append_c(xml, '\n');
	}
	g_string_append_printf(xml, "</%s>\n", element);
}

void batch_junit_print(GString *xml, const struct batch_case *batch_case)
{
	uint64_t ns = batch_case->result ? batch_case->result->end_ns : 0;
	g_autofree char *folder = g_path_get_dirname(batch_case->path);

	g_assert(batch_case->result || batch_case->verdict != BATCH_PASS);
	g_string_append(xml, "\t\t<testcase");
	add_attribute(xml, "classname", folder);
	add_attribute(xml, "name", batch_case->name);
	add_attribute(xml, "file", batch_case->path);
	g_string_append_printf(
		xml, " time=\"%" PRIu64 ".%09" PRIu64 "\"", ns / 1000000000, ns % 1000000000);
	if (batch_case->verdict == BATCH_PASS) {
		g_string_append(xml, "/>\n");
		return;
	}
	g_string_append(xml, ">\n");
	add_findings(xml, batch_case);
	g_string_append(xml, "\t\t</testcase>\n");
}

static void add_counts(GString *xml, const struct batch_totals *totals)
{
	uint64_t counts[3] = { 0 }, all = 0;

	for (int i = 0; i < BATCH_VERDICTS; i++) {
		all += totals->count[i];
		if (i != BATCH_PASS)
			counts[i == BATCH_FAIL       ? 0
				: i == BATCH_NOT_RUN ? 1
						     : 2] += totals->count[i];
	}
	g_string_append_printf(xml,
		" tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\" errors=\"%" PRIu64
		"\" skipped=\"%" PRIu64 "\">\n",
		all, counts[0], counts[2], counts[1]);
}

void batch_junit_document(GString *xml, const GString *cases, const struct batch_totals *totals)
{
	g_string_append(xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			     "<testsuites name=\"cidsim run\"");
	add_counts(xml, totals);
	g_string_append(xml, "\t<testsuite name=\"cidsim run\"");
	add_counts(xml, totals);
	g_string_append(xml, "\t\t<properties>\n\t\t\t<property name=\"version\"");
	add_attribute(xml, "value", version_text());
	g_string_append(xml, "/>\n\t\t</properties>\n");
	g_string_append_len(xml, cases->str, (gssize)cases->len);
	g_string_append(xml, "\t</testsuite>\n</testsuites>\n");
}
