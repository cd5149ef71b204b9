/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_REPLAY_TEXT_H
#define CIDSIM_TESTS_LIB_REPLAY_TEXT_H

/* Replays of traces that are made as text. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/replay/replay.h"

/* What came of a replay. Freed with replay_text_free(). */
struct replay_text {
	struct scenario *scenario;
	struct record_result *result;
	struct replay_verdict *verdict; /* NULL: it is no trace, or of no machine */
	GError *error;
};

struct replay_text_options {
	const char *revision;   /* NULL: that of the trace */
	const char *const *set; /* flags, NULL-terminated; may be NULL */
	uint32_t orders_max;    /* 0: as many as the program has */
	const char *comm;       /* only processes of this name; NULL: all */
	uint32_t pid;           /* only that of this task; 0: all */
	struct replay_time from, to;
};

/* Replay the trace at @path. One that cannot be replayed leaves an error. */
struct replay_text replay_text_of_path(const char *path, struct replay_text_options options);

/* Replay @text, which is written to @path for it, over a file that is there. */
struct replay_text replay_text_run(
	const char *path, const GString *text, struct replay_text_options options);

void replay_text_free(struct replay_text *replay);

/* The counts of switches and of all else together. */
struct replay_counts replay_text_counts(const struct replay_verdict *verdict);

/* Is there a note that has @part in it? */
bool replay_text_notes(const struct replay_verdict *verdict, const char *part);

#endif
