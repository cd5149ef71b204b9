/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include <glib/gstdio.h>

#include "sim/replay/kernels.h"
#include "tests/lib/replay-text.h"
#include "tests/lib/trace-text.h"

struct replay_text replay_text_of_path(const char *path, struct replay_text_options options)
{
	struct scenario_overrides overrides = { .set = options.set, .revision = options.revision };
	struct replay_options limits = {
		.orders_max = options.orders_max ? options.orders_max : 4096,
		.comm = options.comm,
		.pid = options.pid,
		.from = options.from,
		.to = options.to,
	};
	struct replay_text replay = { 0 };
	struct trace *trace = trace_open(path, &replay.error);

	if (trace)
		replay.scenario = machine_of_trace(
			"trace", trace_info(trace), NULL, &overrides, &replay.error);
	if (replay.scenario)
		replay_run(trace, replay.scenario, &limits, NULL, NULL, &replay.result,
			&replay.verdict, &replay.error);
	trace_close(trace);
	return replay;
}

/* Assertions of Check write to a file, too: here there are none. */
struct replay_text replay_text_run(
	const char *path, const GString *text, struct replay_text_options options)
{
	FILE *file = g_fopen(path, "wb");

	if (!file || fwrite(text->str, 1, text->len, file) != text->len || fclose(file) != 0)
		g_error("%s cannot be written", path);
	return replay_text_of_path(path, options);
}

void replay_text_free(struct replay_text *replay)
{
	if (replay->result)
		record_result_free(replay->result);
	verdict_free(replay->verdict);
	scenario_free(replay->scenario);
	g_clear_error(&replay->error);
}

struct replay_counts replay_text_counts(const struct replay_verdict *verdict)
{
	struct replay_counts sum = verdict->switches;

	sum.compared += verdict->others.compared;
	sum.agreed += verdict->others.agreed;
	sum.hidden += verdict->others.hidden;
	sum.unexplained += verdict->others.unexplained;
	sum.undecided += verdict->others.undecided;
	return sum;
}

bool replay_text_notes(const struct replay_verdict *verdict, const char *part)
{
	for (guint i = 0; i < verdict->notes->len; i++) {
		if (strstr(((struct replay_note *)verdict->notes->pdata[i])->text, part))
			return true;
	}
	return false;
}
