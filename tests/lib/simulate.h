/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_SIMULATE_H
#define CIDSIM_TESTS_LIB_SIMULATE_H

/*
 * Runs a scenario given as text and keeps what happened as lines, one a fact, in the order of time:
 *
 *     TIME cpuN PREV>NEXT         a switch, by pid; 0 = idle
 *     TIME cpuN fork PARENT CHILD
 *     TIME cpuN exit PID
 *     TIME cpuN move PID FROM>TO
 *     TIME cpuN EVENT ...         a note
 *
 * A line is named by all of it, or by its first fields.
 *
 * Pids count up from 100 in the order in which tasks are made, so tests can name them.
 */

#include <check.h>
#include <glib.h>
#include <stdint.h>

#include "sim/engine/engine.h"

struct simulation {
	struct scenario *scenario;
	struct engine *engine;
	struct record_result *result;
	GString *log;
};

/* The scenario that is @text, which must be a valid one. The caller frees it. */
struct scenario *sim_parse(const char *text);

/* Run the scenario that is @text. What is in @simulation is to be freed with sim_free(). */
void sim_run(struct simulation *simulation, const char *text);

void sim_free(struct simulation *simulation);

/* The account of the mm @name, which must be there. */
const struct record_account *sim_account(const struct simulation *simulation, const char *name);

/* Members of a record_sink whose context is the GString that gets the lines. */
void sim_on_switch(void *context, const struct record_switch *fact);
void sim_on_fork(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *parent,
	const struct record_task *child);
void sim_on_exit(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *task);
void sim_on_move(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *task, uint32_t from,
	uint32_t to);
void sim_on_note(void *context, const struct record_note *note);

/* Where in the log, from @from on, the line is that begins with the fields @line; NULL if it is not
 * there. */
const char *sim_find(const char *from, const char *line);

/* The log has @line. */
#define sim_assert_line(simulation, line)                                                          \
	do {                                                                                       \
		if (!sim_find((simulation)->log->str, line))                                       \
			ck_abort_msg("no line '%s' in\n%s", line, (simulation)->log->str);         \
	} while (0)

#define sim_assert_no_line(simulation, line)                                                       \
	do {                                                                                       \
		if (sim_find((simulation)->log->str, line))                                        \
			ck_abort_msg("a line '%s' in\n%s", line, (simulation)->log->str);          \
	} while (0)

/* The log has the lines of @lines, "A\nB\nC\n", in this order; others may stand between them. */
void sim_assert_lines(const struct simulation *simulation, const char *lines);

#endif
