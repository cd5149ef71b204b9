/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_PROCESS_PROCESS_H
#define CIDSIM_SIM_REPLAY_PROCESS_PROCESS_H

/*
 * A process of a trace: one mm with the states that it may be in, and how far they can be trusted.
 *
 *      born (its first fork is seen)        met (it was there before)      a decision
 *                 |                                   |                     begins, ends
 *                 |                                   v                    +-----------+
 *                 |             forget            +---------+ <------------| UNKNOWN_  |
 *                 |   +-------------------------> | UNKNOWN | -----------> | DECIDES   |
 *                 |   |                           +---------+              +-----------+
 *                 v   |                             |  |  |
 *               +-------+    takes all              |  |  |
 *               | KNOWN | <-------------------------+  |  |
 *               +-------+                              |  |
 *                   ^ 1000 agree                       |  | takes a guess
 *               +---------+  64 agree  +-----------+   |  |
 *               | DOUBTED | <--------- |    ON_    | <-+  |
 *               +---------+            | PROBATION |      v
 *                                      +-----------+   +---------+
 *        GIVEN_UP: from all that have a state          | GUESSED |  its words may be wrong
 *                                                      +---------+
 *
 * "Forget" leads to UNKNOWN from each of them but GIVEN_UP: something contradicts, events were
 * lost, a task was there unseen. "Give up" leads from each that has a state to GIVEN_UP: the trace
 * leaves out tasks of the mm, and nothing can be compared any more. What contradicts counts against
 * the model only when DOUBTED or KNOWN; what an unseen fork or exit explains, only when KNOWN, and
 * GUESSED for long. Observations that agree leave GUESSED as it is: it ends when the mode, per
 * task, shows all words.
 */

#include "sim/replay/orders/mm.h"
#include "sim/replay/orders/replayed.h"

enum process_state {
	PROCESS_KNOWN,
	PROCESS_UNKNOWN,
	PROCESS_UNKNOWN_DECIDES,
	PROCESS_GUESSED,
	PROCESS_ON_PROBATION,
	PROCESS_DOUBTED,
	PROCESS_GIVEN_UP,
	PROCESS_STATES,
};

enum process_event {
	PROCESS_FORGETS,
	PROCESS_GIVES_UP,
	PROCESS_DECISION_BEGINS,
	PROCESS_DECISION_ENDS,
	PROCESS_TAKES_ALL,   /* a state is taken over; all words were seen at once */
	PROCESS_TAKES_WORDS, /* ... word by word */
	PROCESS_TAKES_GUESS, /* ... and some are not known */
	PROCESS_AGREES,      /* an observation that the states explain */
	PROCESS_EVENTS,
};

enum {
	PROCESS_PROBATION = 64,    /* observations that must agree before others contradict */
	PROCESS_DOUBTS_MAX = 1000, /* ... before nothing is excused any more */
	PROCESS_RING = 8,          /* events that are kept for a difference */
};

/* One of the last events. */
struct process_shown {
	enum trace_kind kind;
	uint64_t line;
	uint32_t cpu, pid;
	uint32_t task, word; /* task: pid */
	uint32_t prev, prev_word;
	uint8_t mode;
	bool values;
	uint32_t users, max_cids, pcpu_thrs;
};

struct tables;

struct process {
	struct order_listener listener; /* first: records of a trace that shows each step */
	struct tables *tables;
	uint64_t address; /* 0 = not known */
	uint32_t slot;    /* in the recorder and in the tables */
	struct replay_process *counts;
	struct order_mm *mm;
	struct seen_task *tasks;  /* the first of its tasks in the trace; see tables.h */
	enum process_state state; /* process_turn() alone changes it */
	uint64_t agreed;          /* observations since a state was taken over */
	bool kept;    /* it is there until the trace says that it ends, also without tasks */
	bool at_once; /* the trace shows nothing of it but who runs: all is done at once */
	/* What was learnt while nothing was known. */
	struct trace_mm values; /* seen last */
	uint32_t *cpu_words;    /* seen last, if they are still so */
	uint32_t wait;          /* events until a state is looked for again */
	/* What the records have of it: records.c. */
	uint32_t account;     /* ACCOUNT_NONE until it has users */
	bool begun;           /* the recorder knows it */
	bool window_open;     /* ... and that a window of it is open */
	uint64_t window_line; /* when the last window was over; 0 = there was none */
	struct process_shown ring[PROCESS_RING];
	uint64_t ring_at;
};

const char *process_state_to_string(enum process_state state);
const char *process_event_to_string(enum process_event event);

/* The only way from one state to another. Asserts that @event can be in the state of @process. */
void process_turn(struct process *process, enum process_event event);

/* Has @process no state of the model? */
static inline bool process_is_unknown(const struct process *process)
{
	return process->state == PROCESS_UNKNOWN || process->state == PROCESS_UNKNOWN_DECIDES ||
	       process->state == PROCESS_GIVEN_UP;
}

/* Does what contradicts prove nothing? */
static inline bool process_forgives(const struct process *process)
{
	return process->state == PROCESS_GUESSED || process->state == PROCESS_ON_PROBATION;
}

/* Was a state taken over not long ago, so that something that it lacks may have been under way? */
static inline bool process_is_fresh(const struct process *process)
{
	return process->state == PROCESS_ON_PROBATION || process->state == PROCESS_DOUBTED ||
	       (process->state == PROCESS_GUESSED && process->agreed < PROCESS_DOUBTS_MAX);
}

/* A process with the mm @mm, which it owns then; @cpus possible CPUs. Its state is KNOWN. */
struct process *process_new(struct order_mm *mm, uint64_t address, uint32_t slot,
	struct replay_process *counts, uint32_t cpus);
void process_free(struct process *process);

#endif
