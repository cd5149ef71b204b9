/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_LOG_H
#define CIDSIM_SIM_ENGINE_LOG_H

/*
 * Notes for the event log; the caller has asked engine.log. Each step of the model is logged, in
 * the order in which it is taken, with what it led to: a replay takes them all again from the log
 * alone. See docs/output.md.
 */

#include <glib.h>

#include "model/cid.h"
#include "sim/scenario/scenario.h"

struct engine;

/* The fields of a note, one after another; all that is logged of one step fits. */
enum { LOG_TEXT_MAX = 512 };
struct log_text {
	char *at;
	char text[LOG_TEXT_MAX];
};

static inline void log_begin(struct log_text *text)
{
	text->at = text->text;
}

/* " key=" is @key, but for the first one, which has no blank. */
void log_number(struct log_text *text, const char *key, uint64_t number);
void log_hex(struct log_text *text, const char *key, uint32_t value);
void log_word(struct log_text *text, const char *key, cid_word word);
void log_string(struct log_text *text, const char *key, const char *string);

/* pid of @task; 0 of TASK_NONE. */
void log_pid(struct engine *engine, struct log_text *text, const char *key, uint32_t task);

/* How @mm stands, and which one it is. */
void log_values(struct engine *engine, struct log_text *text, uint32_t mm);
void log_mm(struct engine *engine, struct log_text *text, uint32_t mm);

/* The note is done: it goes to the sink, as @event on @cpu; with the CPUs of @set, as ids. */
void log_send(struct engine *engine, uint32_t cpu, const char *event, struct log_text *text);
void log_send_with_mask(struct engine *engine, uint32_t cpu, const char *event,
	struct log_text *text, const struct cpu_set *set);

/* A note that is rare: all of it at once. */
void log_note(struct engine *engine, uint32_t cpu, const char *event, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

#endif
