/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_STEPS_PRIVATE_H
#define CIDSIM_SIM_REPLAY_STEPS_PRIVATE_H

/*
 * What the parts of the driver of steps share:
 *
 *   steps.c          takes the next line and hands it to one of these
 *   tasks.c    mms and tasks that come and go
 *   switch.c   switches, and gets that spin
 *   kernel.c   fork, exit, exec, walks, complete, affinity, deferred work
 *   records.c  stays, what user space sees, windows' initiators
 *   windows.c  mode switches and windows: those logged and those that the model made
 *   tables.c   what a pid and the number of an mm stand for
 *   compare.c  what a line tells against what the model has, and what to do if they differ
 *   totals.c   sums of what lines say, and which line must come next
 *   played.c   the log of a scenario with [steps], which has a model of its own
 *
 * The log is not trusted: what a step of the model asserts is asked first, and where it does not
 * hold the line is one that the model cannot explain. An mm that is beyond help is *given up*: its
 * tasks live on without mm, and what is logged of it is not compared any more.
 */

#include "model/affinity.h"
#include "model/exec.h"
#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/pool.h"
#include "model/switch.h"
#include "model/walk.h"
#include "sim/record/emit.h"
#include "sim/replay/steps/steps.h"

struct steps_mm {
	uint32_t number; /* mm_id */
	uint32_t tasks;  /* that have it */
	bool live;
	struct replay_process *process;
};

struct steps_task {
	uint32_t pid;       /* 0: no task */
	uint32_t threads;   /* others of the group whose first task it is */
	uint32_t window_mm; /* whose window it has opened, MM_NONE: none */
	uint16_t shown;     /* CID that user space saw last */
	bool lost;          /* its mm was given up */
	bool gone;          /* only its group still goes by its name */
	char comm[16];
};

struct steps_cpu {
	uint64_t since_ns; /* its task is there, or it idles, since */
	uint64_t spin_since_ns;
	uint32_t spin_mm;     /* a get spins here for a number of it; MM_NONE: none */
	struct emit_seen saw; /* by user space here, last */
};

enum { STEPS_RING = 8, STEPS_RING_TEXT = 320 };

struct steps_ring {
	uint64_t line, time_ns;
	uint32_t cpu;
	char text[STEPS_RING_TEXT];
};

struct steps_windows;
struct played;

struct steps {
	struct replay *replay;
	struct model *model;
	struct model_config config;
	GArray *tasks, *tasks_free;     /* struct steps_task by index in the model; uint32_t */
	GArray *mms, *mms_free;         /* struct steps_mm by index in the model; uint32_t */
	GHashTable *pids;               /* pid -> index + 1 */
	GHashTable *numbers;            /* mm_id -> index + 1 */
	GHashTable *given_up;           /* mm_id of mms that are given up, until they end */
	GHashTable *accounts;           /* name -> account + 1 */
	GPtrArray *processes;           /* struct replay_process, by account */
	struct replay_process *unknown; /* for lines of no mm that is known; NULL: none yet */
	struct steps_cpu *cpus;         /* by dense index */
	struct steps_windows *windows;
	struct played *played; /* the log is that of played steps */
	bool begun, ended;     /* the first and the last line of a whole log have come */
	struct steps_ring ring[STEPS_RING];
	unsigned ring_next;
	uint32_t tasks_alive;
	uint32_t woken_pid;    /* of the line before, if that woke somebody */
	bool switch_due;       /* the words of a switch come next */
	uint32_t due_prev_pid; /* ... of the one between these two */
	uint32_t due_next_pid;
};

/* A value that the line tells, and what the model has. */
struct steps_value {
	const char *key;
	enum steps_kind { STEPS_NUMBER, STEPS_WORD, STEPS_MODE } kind;
	uint64_t trace, model;
	const char *model_text; /* a text, not a number; then trace_text */
	char trace_text[24];
};

enum { STEPS_VALUES_MAX = 24 };

/* The line that is handled. */
struct steps_line {
	struct steps *steps;
	const struct trace_event *event;
	uint32_t cpu;      /* dense index of event->cpu */
	const char *lacks; /* a field that it must have and does not; NULL: none */
	bool broken;       /* lacks says more than a name: what is wrong */
	bool is_switch;
	struct replay_process *process; /* whom it is counted for; NULL: as the mm says */
	char what[128];                 /* for differences; "" = the name of the event */
	struct steps_value values[STEPS_VALUES_MAX];
	unsigned values_count;
	bool differs;
};

/* compare.c */

/* The value of @key, which the line must have: else 0, and lacks is set. */
uint64_t steps_number(struct steps_line *line, const char *key);

/* Compare the value of @key with the model's @value. */
void steps_compare(struct steps_line *line, const char *key, uint64_t value);
void steps_compare_word(struct steps_line *line, const char *key, cid_word word);
/* ... of a flag, which is left out where it is off. */
void steps_compare_flag(struct steps_line *line, const char *key, bool logged, bool value);
void steps_compare_outcome(struct steps_line *line, struct step step);
/* ... the values of @mm that log_values() tells. */
void steps_compare_values(struct steps_line *line, uint32_t mm);

/* All is compared that the line tells of @mm: count it. Returns false if something differs: a
 * difference was reported. */
bool steps_judge(struct steps_line *line, uint32_t mm);
/* ... and if something differs @mm is given up. */
void steps_judge_or_give_up(struct steps_line *line, uint32_t mm);

/* The line tells @trace where the model has @model: compare, and count it. */
void steps_judge_texts(struct steps_line *line, const char *trace, const char *model);

/* The line tells of something that cannot be in this state, as @format says; @mm, if it is not
 * MM_NONE, is given up. */
void steps_impossible(struct steps_line *line, uint32_t mm, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

void steps_give_up(struct steps *steps, uint32_t mm);

/* A difference of @process as @line stands, which takes the texts over. */
void steps_add_difference(struct steps_line *line, struct replay_process *process, uint32_t mm,
	char *trace, char *model);

/* The last lines before this one, for a difference. */
void steps_ring_add(struct steps *steps, const struct trace_event *event);
void steps_ring_print(const struct steps *steps, GString *text);

/* For lines of no mm that is known. */
struct replay_process *steps_unknown(struct steps_line *line);

/* tables.c */

void steps_tables_new(struct steps *steps);
void steps_tables_free(struct steps *steps);
/* MM_NONE, TASK_NONE: there is none, or no room. */
uint32_t steps_mm_of(const struct steps *steps, uint64_t number);
uint32_t steps_task_of(const struct steps *steps, uint64_t pid);
/* The same, also of one that is gone, but whose group is still there. */
uint32_t steps_first_of(const struct steps *steps, uint64_t pid);
uint32_t steps_take_mm(struct steps *steps, uint32_t number);
uint32_t steps_take_task(struct steps *steps, uint32_t pid);
void steps_drop_mm(struct steps *steps, uint32_t mm);
/* The task is gone from the model; its slot stays as long as its group has others. */
void steps_drop_task(struct steps *steps, uint32_t task, uint32_t group);
/* One less of the others of the group whose first task is @group. */
void steps_leave_group(struct steps *steps, uint32_t group);
void steps_grow_extents(struct steps *steps);

static inline bool steps_is_given_up(const struct steps *steps, uint64_t number)
{
	return number <= UINT32_MAX &&
	       g_hash_table_contains(steps->given_up, GUINT_TO_POINTER((guint)number));
}

static inline struct steps_mm *steps_mm(const struct steps *steps, uint32_t mm)
{
	return &g_array_index(steps->mms, struct steps_mm, mm);
}

static inline struct steps_task *steps_task(const struct steps *steps, uint32_t task)
{
	return &g_array_index(steps->tasks, struct steps_task, task);
}

/* The mm of @task, MM_NONE if it has none. */
static inline uint32_t steps_mm_of_task(const struct steps *steps, uint32_t task)
{
	const struct model_task *t;

	if (task == TASK_NONE)
		return MM_NONE;
	t = model_task_const(steps->model, task);
	return t->has_mm ? t->mm : MM_NONE;
}

static inline struct model_observer *steps_observer(const struct steps *steps, uint32_t mm)
{
	return mm == MM_NONE ? NULL : recorder_observer(steps->replay->recorder, mm);
}

static inline void steps_update(const struct steps *steps, uint32_t mm)
{
	if (mm != MM_NONE)
		recorder_mm_update(steps->replay->recorder, steps->model, mm);
}

/* records.c */

/* @task leaves @cpu; before the step of the model. TASK_NONE: it idled. */
void steps_records_left(struct steps *steps, uint32_t cpu, uint32_t task);
/* @task is on @cpu and runs there, or TASK_NONE: it idles; after the step. */
void steps_records_runs(struct steps *steps, uint32_t cpu, uint32_t task);
/* What user space of @task, on @cpu, sees from now on. */
void steps_records_show(struct steps *steps, uint32_t cpu, uint32_t task);
/* The stay on @cpu so far ends, another one begins. */
void steps_records_split(struct steps *steps, uint32_t cpu);
void steps_records_spins(struct steps *steps, uint32_t cpu, uint32_t mm);
void steps_records_spun(struct steps *steps, uint32_t cpu);
void steps_records_end(struct steps *steps);

/* windows.c: stands before the recorder's sink. */

struct steps_windows *steps_windows_new(struct recorder *recorder);
void steps_windows_free(struct steps_windows *windows);
/* The sink that the recorder has had. */
const struct record_sink *steps_windows_sink(const struct steps_windows *windows);
/* Keep switches and notes on spins and execs that go to the sink, from now on; and take the
 * next one of them. False or NULL: there is none. */
void steps_windows_keep(struct steps_windows *windows);
char *steps_windows_next_note(struct steps_windows *windows); /* the caller frees it */
bool steps_windows_next_switch(struct steps_windows *windows, struct record_switch *record,
	struct record_task *prev, struct record_task *next);
void steps_on_mode_switch(struct steps_line *line);
void steps_on_window(struct steps_line *line);
/* A line that takes a step is over: none may be left on either side. */
void steps_windows_check(struct steps_line *line);

/* The CPUs that the line tells as its mask, words by dense index; NULL: all, or it lacks them. The
 * caller frees it. */
uint64_t *steps_read_mask(struct steps_line *line);

/* Handlers of lines, by name. */
void steps_on_mm_new(struct steps_line *line);
void steps_on_mm_end(struct steps_line *line);
void steps_on_task_new(struct steps_line *line);
void steps_on_task_gone(struct steps_line *line);
void steps_on_show(struct steps_line *line);
void steps_on_join(struct steps_line *line);
void steps_on_start(struct steps_line *line);
void steps_on_fork(struct steps_line *line);
void steps_on_undo_fork(struct steps_line *line);
void steps_on_exit(struct steps_line *line);
void steps_on_exec_join(struct steps_line *line);
void steps_on_exec(struct steps_line *line);
void steps_on_work(struct steps_line *line);
void steps_on_walk(struct steps_line *line);
void steps_on_complete(struct steps_line *line);
void steps_on_affinity(struct steps_line *line);
void steps_on_switch(struct steps_line *line);
void steps_on_spin(struct steps_line *line);
void steps_on_spin_end(struct steps_line *line);
void steps_on_give_up(struct steps_line *line);
void steps_on_end(struct steps_line *line);
void steps_on_migrate(struct steps_line *line);

/* The rest of the get of two steps that a fork or a switch has begun: the engine takes both at
 * once, and says so by not telling of a spin. */
struct step steps_set_found_by_fork(struct steps *steps, uint32_t mm, struct step step);

/* totals.c */

/* A switch is logged twice, the second time with its words: is it the same one? */
void steps_check_due(struct steps_line *line);
/* Sum up in @totals what lines tell that are no steps. */
void steps_count(
	struct steps *steps, const struct trace_event *event, struct record_result *totals);
/* Compare the sums of a log, which stand at its end: those of steps_count(), and the others; the
 * latter judges. */
void steps_compare_counts(struct steps_line *line, const struct record_result *totals);
void steps_compare_totals(struct steps_line *line);

/* played.c */

struct played *played_new(struct steps_line *line);
void played_free(struct played *played);
void played_line(struct played *played, struct steps_line *line);
void played_end(struct played *played);

#endif
