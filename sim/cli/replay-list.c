/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/replay-one.h"

#include "sim/base/json-write.h"
#include "sim/base/text.h"
#include "sim/cli/stop.h"
#include "sim/replay/census.h"

/* `cidsim replay --list`: the processes of a trace. */

static void print_row(struct text_table *table, const struct census_row *row)
{
	text_table_cell(table, *row->name ? row->name : "?");
	if (row->tgid)
		text_table_number(table, row->tgid);
	else
		text_table_cell(table, "-");
	text_table_number(table, row->threads);
	text_table_number(table, row->forks);
	text_table_number(table, row->exits);
	text_table_number(table, row->switches);
	text_table_number(table, row->shown);
}

static void print_census(GString *text, const char *path, const struct census *census)
{
	struct text_table *table = text_table_with_head(
		"lrrrrrr", "process|tgid|threads|forks|exits|switches|events with CIDs");
	bool groups = true;

	g_string_append_printf(text, "%s: %" G_GUINT64_FORMAT " events, %u %s\n", text_path(path),
		census->events, census->rows->len,
		census->rows->len == 1 ? "process" : "processes");
	for (guint i = 0; i < census->rows->len; i++) {
		const struct census_row *row = census->rows->pdata[i];

		groups &= row->tgid != 0;
		print_row(table, row);
	}
	text_table_print(table, text);
	if (!groups)
		g_string_append(text,
			"tgid -: the trace does not name the thread group, so these are all tasks "
			"of the name\n");
	g_string_append(text, "To replay one of them: cidsim replay --comm NAME, or --pid PID\n");
}

static void json_census(GString *text, const char *path, const struct census *census)
{
	struct json json = { .text = text };

	json_begin_object(&json, NULL);
	json_add_text(&json, "trace", path);
	json_add_number(&json, "events", census->events);
	json_begin_array(&json, "processes");
	for (guint i = 0; i < census->rows->len; i++) {
		const struct census_row *row = census->rows->pdata[i];

		json_begin_object(&json, NULL);
		json_add_text(&json, "name", row->name);
		json_add_number(&json, "tgid", row->tgid);
		json_add_number(&json, "threads", row->threads);
		json_add_number(&json, "forks", row->forks);
		json_add_number(&json, "exits", row->exits);
		json_add_number(&json, "switches", row->switches);
		json_add_number(&json, "shown", row->shown);
		json_end_object(&json);
	}
	json_end_array(&json);
	json_end_object(&json);
	json_end_line(&json);
}

static int list_path(const char *path, const void *context, bool first)
{
	const struct replay_command *options = context;
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	int status = EXIT_OK;
	struct trace *trace = replay_open(path, &status);
	struct census *census = trace ? census_take(trace, stop_asked, &error) : NULL;

	if (error) {
		status = replay_report_error(path, error);
	} else if (stop_asked()) {
		status = command_worse(status, EXIT_UNDECIDED);
	}
	if (census && options->json) {
		json_census(text, path, census);
	} else if (census) {
		g_string_append(text, first ? "" : "\n");
		print_census(text, path, census);
	}
	census_free(census);
	trace_close(trace);
	return text->len ? command_worse(status, command_print(text->str, text->len)) : status;
}

int replay_list(const GPtrArray *paths, const struct replay_command *options)
{
	int status;

	g_assert(options->list);
	stop_arm();
	status = command_each("replay", "traces", "listed", paths, list_path, options);
	stop_disarm();
	return status;
}
