/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * A trace in any form but trace.dat, which dat.c has: text of ftrace, of trace-cmd, of perf, the compact
 * form, the log of cidsim; plain or compressed. It is replayed, with a report as text and as JSON, or its
 * processes are counted.
 *
 * Input: a byte of options, the file.
 */

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/values.h"
#include "sim/replay/census.h"
#include "sim/replay/kernels.h"
#include "sim/replay/replay.h"
#include "sim/replay/report.h"
#include "tests/fuzz/fuzz.h"

enum { OPEN_ONLY = 1, FEW_ORDERS = 2, PART = 4, COUNT = 16, ORDERS = 64 };

/* A message is one line of text. */
static void check_error(const GError *error)
{
	FUZZ_CHECK(error->message[0] && value_is_text(error->message));
}

static void report(struct trace *trace, struct record_result *result, struct replay_verdict *verdict, bool cut)
{
	const struct replay_report report = { trace, result, verdict, cut };
	g_autoptr(GString) text = g_string_new(NULL), json = g_string_new(NULL);
	g_autoptr(JsonNode) node = NULL;

	replay_outcome(&report);
	replay_report_print(text, &report);
	replay_report_json(json, &report);
	FUZZ_CHECK(g_utf8_validate(text->str, (gssize)text->len, NULL) && !strpbrk(text->str, "\t\r\033"));
	node = json_from_string(json->str, NULL);
	FUZZ_CHECK(node && json_node_get_node_type(node) == JSON_NODE_OBJECT);
}

static void replay(struct trace *trace, uint8_t options)
{
	const struct replay_options limits = {
		.orders_max = options & FEW_ORDERS ? 2 : ORDERS,
		.from = { .is_set = options & PART, .ns = 2000 },
	};
	const struct scenario_overrides overrides = { 0 };
	struct record_result *result = NULL;
	struct replay_verdict *verdict = NULL;
	GError *error = NULL;
	struct scenario *scenario = machine_of_trace(
		"trace", trace_info(trace), options & 8 ? "0-3" : NULL, &overrides, &error);

	if (scenario && !(limits.from.is_set && trace_info(trace)->stepwise)) {
		replay_run(trace, scenario, &limits, NULL, NULL, &result, &verdict, &error);
		report(trace, result, verdict, error || trace_info(trace)->tail_lost);
		record_result_free(result);
		verdict_free(verdict);
	}
	if (error)
		check_error(error);
	g_clear_error(&error);
	scenario_free(scenario);
}

static void read_all(struct trace *trace)
{
	struct trace_event event;
	GError *error = NULL;

	while (trace_next(trace, &event, &error)) {
		FUZZ_CHECK(event.kind < TRACE_KINDS && memchr(event.comm, '\0', sizeof(event.comm)));
		for (const char *c = event.comm; *c; c++)
			FUZZ_CHECK(!g_ascii_iscntrl(*c));
	}
	if (error)
		check_error(error);
	g_clear_error(&error);
}

static void count(struct trace *trace)
{
	GError *error = NULL;
	struct census *census = census_take(trace, NULL, &error);
	uint64_t switches = 0, most = UINT64_MAX;

	for (guint i = 0; i < census->rows->len; i++) {
		const struct census_row *row = census->rows->pdata[i];

		FUZZ_CHECK(row->switches <= most && value_is_text(row->name));
		most = row->switches;
		switches += row->switches;
	}
	FUZZ_CHECK(switches <= census->events);
	if (error)
		check_error(error);
	g_clear_error(&error);
	census_free(census);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char dat[] = "\x17\x08\x44tracing";
	struct fuzz fuzz = { data, data + size };
	uint8_t options = fuzz_byte(&fuzz);
	size_t length = (size_t)(fuzz.end - fuzz.at);
	GError *error = NULL;
	char path[FUZZ_PATH_MAX];
	struct trace *trace;
	int file;

	if (length >= sizeof(dat) - 1 && memcmp(fuzz.at, dat, sizeof(dat) - 1) == 0)
		return 0;
	file = fuzz_file(fuzz.at, length, path);
	trace = trace_open(path, &error);
	FUZZ_CHECK(!trace == (error != NULL));
	if (error)
		check_error(error);
	g_clear_error(&error);
	if (trace)
		(options & OPEN_ONLY ? read_all(trace) : options & COUNT ? count(trace) : replay(trace, options));
	trace_close(trace);
	close(file);
	return 0;
}
