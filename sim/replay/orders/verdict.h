/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_VERDICT_H
#define CIDSIM_SIM_REPLAY_ORDERS_VERDICT_H

/*
 * The result of a replay: for each process, how many of the things that the trace shows of it the
 * model agrees with. Something shown, an *observation*, is one event with at least one word or
 * value that the model must have too.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct replay_counts {
	uint64_t compared;    /* = agreed + hidden + unexplained + undecided */
	uint64_t agreed;      /* with the order that was recorded */
	uint64_t hidden;      /* with another order of steps that the trace does not show */
	uint64_t unexplained; /* with none */
	uint64_t undecided;   /* with none of those tried, and not all were tried */
};

struct replay_process {
	char *name;    /* comm of its first task */
	uint32_t tgid; /* thread group of its first task, 0 = not known */
	uint64_t first_line;
	struct replay_counts switches; /* context switches */
	struct replay_counts others;   /* forks, exits, decisions, walk steps, affinity */
	uint64_t taken_over; /* observations whose values were taken over, for nothing was known */
	uint64_t lost;       /* times that events were lost and it had to begin anew */
	uint64_t predicted;  /* switches of which the trace shows no words */
	uint32_t users_max, states_max; /* states_max: orders that were open at once */
	uint64_t to_percpu, to_task;
	bool existed; /* it was there before the trace began */
	/* Predicted: its threads that were there, too, each counted from the first event that shows
	 * it on; the last of these events. */
	uint32_t met;
	uint64_t met_line;
	uint64_t skipped, skipped_line; /* switches that the trace lacks; the first, before that */
};

/* Of the notes of one kind, which differ in names and numbers, the first ones are kept. */
struct replay_note {
	const char *kind; /* the format */
	char *text;       /* each text once */
	uint64_t more; /* of the last one that is kept: how many others of its kind came after it */
};

/* One observation that the model does not agree with. Texts have several lines. */
struct replay_difference {
	uint64_t line, time_ns;
	uint32_t cpu, pid;
	char *what;   /* "switch from app-101 to app-102" */
	char *trace;  /* what was recorded: words, values */
	char *model;  /* what the model has instead, of the nearest state */
	char *around; /* the events before it, and how the process stands */
	struct replay_process *process;
};

enum {
	REPLAY_DIFFERENCES_MAX = 20,
	REPLAY_NOTES_MAX = 3, /* of one kind */
	REPLAY_PROCESSES_MAX = 1000,
	REPLAY_LEFT_OUT_MAX = 8
};

struct replay_verdict {
	GPtrArray *left_out;     /* char *: some names of tasks that the selection left out */
	uint64_t events;         /* read and understood */
	uint64_t from_ns;        /* where the window begins, after the first event; 0: there */
	GPtrArray *processes;    /* struct replay_process, by first_line; see processes_more */
	uint64_t processes_more; /* that are not listed: in the sums only */
	struct replay_counts switches, others; /* sums */
	uint64_t taken_over, predicted;
	GPtrArray *differences; /* struct replay_difference, the first ones */
	GPtrArray *notes;       /* struct replay_note: what the reader of the verdict must know */
};

struct replay_verdict *verdict_new(void);
void verdict_free(struct replay_verdict *verdict);

/* A process more; @name is copied. It stays the verdict's. The last of those listed stands for all
 * that come later. */
struct replay_process *verdict_add_process(
	struct replay_verdict *verdict, const char *name, uint32_t tgid, uint64_t first_line);

/* The selection has left out a task of the name @name. */
void verdict_leave_out(struct replay_verdict *verdict, const char *name);

/* @format … , unless it has been said already. @format is static: it is the kind of the note. */
void verdict_note(struct replay_verdict *verdict, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The text of @note, with how many of its kind are not listed. The caller frees it. */
char *verdict_note_text(const struct replay_note *note);

/* Take @difference over, or free it if there are enough. */
void verdict_add_difference(struct replay_verdict *verdict, struct replay_difference difference);

/* Nothing was compared so far, and nothing is different; notes and processes stay. */
void verdict_restart(struct replay_verdict *verdict, uint64_t from_ns);

/* Sum up the processes. To be called at the end. */
void verdict_sum(struct replay_verdict *verdict);

#endif
