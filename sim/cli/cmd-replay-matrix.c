/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/replay-one.h"

#include <inttypes.h>

#include "sim/base/text.h"
#include "sim/cli/stop.h"

/* `cidsim replay TRACE… --revision all`. */

static void add_cell(struct text_table *table, const struct replay_done *done)
{
	const struct replay_verdict *v = done->report.verdict;
	static const char *const words[] = { "agrees", "differs", "undecided" };

	if (!v) {
		text_table_cell(table, "error");
		return;
	}
	g_assert(replay_outcome(&done->report) < (int)G_N_ELEMENTS(words));
	g_assert(replay_outcome(&done->report) != REPLAY_DIFFERS || v->differences->len > 0);
	if (replay_outcome(&done->report) == REPLAY_DIFFERS)
		text_table_take(table,
			g_strdup_printf("differs at %" PRIu64,
				((struct replay_difference *)v->differences->pdata[0])->line));
	else if (v->switches.compared + v->others.compared == 0 && v->processes->len > 0)
		text_table_cell(table, "predicted");
	else
		text_table_cell(table, words[replay_outcome(&done->report)]);
}

static void add_revision_row(struct text_table *table, const char *path, const char *revision,
	const struct replay_done *done)
{
	const struct replay_verdict *v = done->report.verdict;

	text_table_cell(table, text_path(path));
	text_table_cell(table, revision);
	add_cell(table, done);
	text_table_number(table, v ? v->switches.compared + v->others.compared : 0);
	text_table_number(table, v ? v->switches.unexplained + v->others.unexplained : 0);
}

/* With which revisions does the trace agree? */
int replay_as_all(GPtrArray *paths, const struct replay_command *options)
{
	struct text_table *table =
		text_table_with_head("lllrr", "trace|revision|verdict|compared|unexplained");
	g_autoptr(GString) text = g_string_new(NULL);
	size_t count;
	const struct revision *revisions = revision_table(&count);
	int status = EXIT_OK;

	g_assert(!options->output && !options->json);
	stop_arm();
	for (guint i = 0; i < paths->len && !stop_asked(); i++) {
		for (size_t j = 0; j < count && !stop_asked(); j++) {
			struct replay_files files = { 0 };
			struct replay_done done;
			bool opened;

			replay_one(paths->pdata[i], options, revisions[j].name, &files, &done);
			opened = done.trace;
			add_revision_row(
				table, paths->pdata[i], opened ? revisions[j].name : "all", &done);
			/* That another revision differs is what is asked for. */
			if (done.status == EXIT_USAGE || done.status == EXIT_ENVIRONMENT)
				status = command_worse(status, done.status);
			replay_done_free(&done);
			if (!opened) /* once is enough */
				break;
		}
	}
	if (stop_asked())
		status = command_worse(status, EXIT_UNDECIDED);
	stop_disarm();
	text_table_print(table, text);
	if (options->quiet)
		return status;
	return command_worse(status, command_print(text->str, text->len));
}
