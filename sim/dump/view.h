/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_DUMP_VIEW_H
#define CIDSIM_SIM_DUMP_VIEW_H

/* What follows from a dump: who runs where, whether a window is open, who spins, which CIDs have no
 * holder. Most answers have five values, because any part may be missing. */

#include "model/revision.h"
#include "sim/dump/dump.h"

/* LIKELY and UNLIKELY: the dump does not show it, but something in it speaks for or against it. */
enum answer { ANSWER_NO, ANSWER_UNLIKELY, ANSWER_UNKNOWN, ANSWER_LIKELY, ANSWER_YES };

/* The kernel of a dump has at least the protocol of @oldest, at most that of @newest, and the commits
 * of @backports: const struct revision *. NULL: both are not known; there are none. */
struct view_kernel {
	const struct revision *oldest, *newest;
	const GPtrArray *backports;
};

struct view {
	const struct dump *dump;
	struct view_kernel kernel;
	enum answer per_cpu, transit;           /* the mode */
	enum answer mutex;                      /* it is held */
	enum answer window;                     /* a change of the mode is under way */
	uint64_t holder;                        /* a pid: who holds the mutex; 0: not known */
	const struct dump_task *owner;          /* ... if the dump has it */
	enum answer spins;                      /* a get spins */
	const struct dump_cpu *spinner;         /* where; NULL: not known */
	struct cpu_ids orphans;                 /* taken, but no word of the dump holds them */
	unsigned cpu_words_missing, task_words_missing; /* at least so many */
	bool cpus_complete;                             /* each possible CPU has its word */
	bool tasks_complete; /* each user is there, and each task has its word */
	bool leaving; /* a CPU may run a task that has left the mm, and still has its CID in transit
	               */
	bool runners_complete; /* it is known what each possible CPU runs */
	guint *runs_on;        /* for each task: 1 + the index of the CPU that runs it; 0: none */
};

/* @dump, and what @kernel points to, must live as long as the view. */
struct view *view_new(const struct dump *dump, const struct view_kernel *kernel);
void view_free(struct view *view);

/* The task that @cpu runs, if the dump has it. */
const struct dump_task *view_runner(const struct view *view, const struct dump_cpu *cpu);

/* The CPU that runs @task; NULL: none is known. */
const struct dump_cpu *view_cpu_of(const struct view *view, const struct dump_task *task);

/* Does it run? Is it a user? */
enum answer view_runs(const struct view *view, const struct dump_task *task);
enum answer view_is_active(const struct view *view, const struct dump_task *task);

/* Does the get of a switch spin on @cpu? */
enum answer view_spins(const struct view *view, const struct dump_cpu *cpu);

/* Is @task, which may be NULL, known to do that? */
static inline bool view_does(const struct dump_task *task, enum dump_doing doing)
{
	return task && task->doing.number & doing;
}

/* What the flags of a word say. UNSET comes first: then there is no number. */
static inline bool word_is_unset(struct dump_value word)
{
	return dump_has(word) && word.number & CID_KERNEL_UNSET;
}

static inline bool word_is_cpu_owned(struct dump_value word)
{
	return dump_has(word) && !word_is_unset(word) && word.number & CID_KERNEL_ONCPU;
}

static inline bool word_is_in_transit(struct dump_value word)
{
	return dump_has(word) && !word_is_unset(word) && word.number & CID_KERNEL_TRANSIT;
}

static inline bool word_is_task_owned(struct dump_value word)
{
	return dump_has(word) && !(word.number & DUMP_FLAGS);
}

static inline uint64_t word_number(struct dump_value word)
{
	return word.number & ~(uint64_t)DUMP_FLAGS;
}

#endif
