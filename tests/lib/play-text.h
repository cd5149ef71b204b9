/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_PLAY_TEXT_H
#define CIDSIM_TESTS_LIB_PLAY_TEXT_H

/*
 * Plays the steps of a scenario and keeps what was recorded. Step N takes effect at N us. The log
 * has the lines of simulate.h, and for each switch who goes and who comes:
 *
 *     TIME off PID STATE          R runnable, S sleeps, D blocked, X dead
 *     TIME on NAME PID/GROUP_PID
 *     TIME cpuN wake PID          "new" after its fork
 */

#include <check.h>
#include <glib.h>

#include "tests/lib/simulate.h"

struct play_text {
	struct scenario *scenario;
	struct record_result *result;
	GString *log;     /* lines as in simulate.h */
	GString *stays;   /* "CPU PID CID FROM-TO" */
	GString *samples; /* "TIME users/taken/mode" */
};

/* Play @scenario, which becomes the result's. Freed with play_text_free(). */
struct play_text play_text_run_scenario(struct scenario *scenario);

/* Play the scenario that is @text, which must be a valid one; its steps need not be. */
struct play_text play_text_run(const char *text);

void play_text_free(struct play_text *played);

/* The violation number @i, from 0, which must be there. */
const struct record_violation *play_text_violation(const struct play_text *played, guint i);

/* The account of the one mm that there is. */
const struct record_account *play_text_account(const struct play_text *played);

/* The log has the line that begins with the fields @line. */
#define play_text_assert_line(played, line)                                                        \
	do {                                                                                       \
		if (!sim_find((played)->log->str, line))                                           \
			ck_abort_msg("no line '%s' in\n%s", line, (played)->log->str);             \
	} while (0)

#endif
