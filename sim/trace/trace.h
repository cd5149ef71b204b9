/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_TRACE_H
#define CIDSIM_SIM_TRACE_TRACE_H

/*
 * Reads a trace, event by event, whatever it is written in: trace-cmd's trace.dat, the text of
 * `trace-cmd report` and of tracefs' `trace`, the compact form `cidtrace 1`, the event log of
 * `cidsim run`; plain or compressed (gzip, zstd). Memory does not depend on the length.
 *
 *     trace = trace_open(path, &error);
 *     while (trace_next(trace, &event, &error)) …
 *     if (error) …
 *     trace_close(trace);
 *
 * Events of other kinds are only counted, by name. docs/recording.md lists what is understood.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum trace_format {
	TRACE_CIDTRACE, /* compact form: one mm, complete snapshots */
	TRACE_TEXT,     /* tracefs, or trace-cmd report */
	TRACE_DAT,      /* trace-cmd */
	TRACE_CIDSIM,   /* text of cidsim run: each step of the model, in order */
};

/* In brackets: the name in the compact form and of the recipe's dynamic event; then of a plain
 * event of the kernel. */
enum trace_kind {
	TRACE_SWITCH,          /* [sw; sched_switch] prev leaves for next: before the CID part */
	TRACE_SWITCHED,        /* [fin] that switch is over; task: who runs now, prev: who left */
	TRACE_FORK,            /* [fk] entry of sched_mm_cid_fork; task: the child, or who execs */
	TRACE_FORK_END,        /* [fkr] */
	TRACE_EXIT,            /* [ex] entry of sched_mm_cid_exit; task: who leaves its mm */
	TRACE_EXIT_END,        /* [exr] */
	TRACE_DECIDE,          /* [up] entry of update_constraints, under lock, users counted */
	TRACE_DECIDE_END,      /* [upr] answer: changed */
	TRACE_CPU_WALK,        /* [ct] */
	TRACE_CPU_WALK_END,    /* [ctr] */
	TRACE_CPU_STEP,        /* [sct] a step of the CPU walk is over; other_cpu */
	TRACE_TASK_STEP,       /* [stc, tcsr] a step of the task walk is over; task */
	TRACE_TASK_STEP_BEGIN, /* [tcs] */
	TRACE_AFFINITY,        /* [af] mask, task */
	TRACE_AFFINITY_END,    /* [afr] */
	TRACE_IRQ_WORK,        /* [iw] */
	TRACE_WORK,            /* [wk] the deferred work begins */
	TRACE_NEW_TASK,  /* [pf; sched_process_fork, task_newtask] task: the child, parent's by pid
	                  */
	TRACE_TASK_GONE, /* [pe; sched_process_exit] */
	TRACE_EXEC,      /* [xe; sched_process_exec] task; it had old_pid */
	TRACE_MIGRATE,   /* [mig; sched_migrate_task] task goes to other_cpu */
	TRACE_WAKE,      /* [wu; sched_wakeup, sched_wakeup_new, sched_waking] */
	TRACE_MARK,      /* [mark] nothing happens: a snapshot */
	TRACE_LOST,      /* events were lost before this one: lost */
	/* What only the log of cidsim shows: text-cidsim.c. */
	TRACE_MM_NEW,     /* mm: its address, mode; allowed, name */
	TRACE_MM_GONE,    /* mm */
	TRACE_TASK_NEW,   /* task with its mm, no user yet; other_cpu: whose queue it is in */
	TRACE_TASK_FREED, /* task: nothing is left of it */
	TRACE_TASK_SHOWN, /* task: walks see it */
	TRACE_JOIN,       /* task has another mm, in an exec */
	TRACE_BACK,       /* task is back from an exec, with its word; changed: it has another mm */
	TRACE_WALK_STEP,  /* one step of the walk over mm: of task or of other_cpu */
	TRACE_OP_END,     /* the fork, exit or work of pid on mm is over, the mutex is free */
	TRACE_SPIN,     /* a get begins to spin: that of the switch on cpu, or of the fork of pid */
	TRACE_SPIN_END, /* ... has its number; changed: 0 = it gives up; spun_ns */
	TRACE_STATE,    /* values and words as they are: mm; task, prev; cpu_word of other_cpu */
	TRACE_FLIPPED,  /* the next step switches the mode */
	TRACE_WINDOW,   /* ... closes a window */
	TRACE_TOTALS,   /* the run is over: text */
	TRACE_KINDS
};

#define TRACE_WORD_UNKNOWN UINT32_MAX /* a word that the trace does not have */
#define TRACE_PID_UNKNOWN UINT32_MAX
#define TRACE_TASK_FOREIGN (UINT32_MAX - 1) /* a pid: some task, but not of the mm of the trace */

/* A task, as far as an event shows it. */
struct trace_task {
	uint32_t pid;  /* 0 = idle; TRACE_PID_UNKNOWN; TRACE_TASK_FOREIGN (compact form only) */
	uint32_t tgid; /* 0 = not known */
	uint32_t word; /* the kernel's 32 bits; TRACE_WORD_UNKNOWN = not known */
	int8_t active; /* 0, 1; -1 = not known */
	bool mm_known; /* mm is set */
	uint64_t mm; /* address of its mm, 0 = has none; in the compact form 1: that of the trace */
	char comm[16]; /* "" = not known */
};

/* An mm, as far as an event shows it. Fields behind a null mm pointer are garbage: not known. */
struct trace_mm {
	bool known;       /* mode to allowed_count are set */
	uint64_t address; /* 0 = not known */
	uint8_t mode;     /* MODE_* of model/state.h */
	uint32_t users, max_cids, pcpu_thrs, allowed_count;
	int8_t deferred; /* update_deferred: 0, 1; -1 = not known */
	bool taken_known;
	uint32_t taken; /* numbers */
};

/* Words of 64 bits by CPU id (masks) or number (the pool). NULL = not known. Until the next event.
 */
struct trace_bits {
	const uint64_t *words;
	uint32_t words_count;
};

struct trace_event {
	enum trace_kind kind;
	uint64_t line;    /* of the file, from 1; of a trace.dat: number of the record */
	uint64_t time_ns; /* of a clock that counts events: the number times 1000 */
	uint32_t cpu;     /* id; where it was recorded; LOST: UINT32_MAX = not known */
	uint32_t pid;     /* who ran there */
	uint32_t tgid;    /* of that one; 0 = not known */
	char comm[16];    /* of that one; "" = not known */

	struct trace_task
		task; /* whom it is about; TRACE_SWITCH: next; TRACE_SWITCHED: who runs now */
	struct trace_task prev;  /* TRACE_SWITCH, TRACE_SWITCHED */
	uint64_t prev_state;     /* TRACE_SWITCH: the kernel's bits; 0 = runnable (preempted) */
	bool prev_dead;          /* ... it will never run again */
	struct trace_mm mm;      /* of task; DECIDE, CPU_WALK: the one that is decided on, walked;
	                          * compact form: always that of the trace */
	struct trace_mm prev_mm; /* TRACE_SWITCH: of prev */
	int8_t changed;          /* DECIDE_END: 0, 1; -1 = not known */
	int8_t new_mm;           /* NEW_TASK: has an mm of its own (not CLONE_VM); -1 = not known */
	int8_t new_group;   /* NEW_TASK: its own thread group (not CLONE_THREAD); -1 = not known */
	uint32_t other_cpu; /* MIGRATE: to; CPU_STEP: visited; WAKE: target */
	uint32_t old_pid;   /* EXEC */
	uint64_t lost;      /* LOST: how many; 0 = it is not known how many */
	uint64_t spun_ns;   /* SPIN_END */
	struct trace_bits mask; /* AFFINITY: the new mask */

	/* a snapshot; what of it is exact depends on the event (shared with the recipe's README) */
	uint32_t cpu_word;         /* of the mm (task's, where it has one), of cpu; or UNKNOWN */
	uint32_t prev_cpu_word;    /* TRACE_SWITCH: ... of prev's mm, if it has one */
	const uint32_t *cpu_words; /* of the mm, by CPU id, cpus_count of them; NULL = not known */
	const struct trace_task *currents; /* by CPU id; NULL = not known */
	uint32_t cpus_count;
	struct trace_bits allowed, pool;

	/* until the next event */
	const char *name; /* MM_NEW: of the mm */
	const char *text; /* TOTALS: key=value …: see trace_field() */
};

/* What the trace says of itself; strings may be "" where it does not. */
struct trace_info {
	enum trace_format format;
	char *kernel; /* "7.2.13+deb14-cloud-amd64" */
	char *workload;
	char *revision;        /* of cidsim's own: "7.1" */
	char *flags;           /* ... and what differs from it: "split-get=on out-settles=off" */
	char *scenario;        /* of cidsim's own: its path */
	uint32_t tgid;         /* 0 = not known */
	GArray *possible;      /* uint32_t, ascending ids; empty = not known */
	bool counts;           /* the clock counts events, times are no times */
	uint64_t lost;         /* events lost, by the header or footer (overrun, dropped) */
	bool cut;              /* of cidsim's own: it ends before its run does, and says so */
	uint64_t entries;      /* in the kernel's buffer, by the header of tracefs; 0 = not known */
	uint64_t entries_read; /* lines of events so far */
	bool tail_lost; /* valid at the end: its header says that there was more; or it is cidsim's
	                 * own, without the line that ends it */
	bool stepwise; /* each step of the model is shown, in its order, and all that CPUs do; times
	                * are those of the run */
};

struct trace;

/*
 * Open @path ("-" = standard input) and read as far as the first event. Returns NULL and sets
 * @error: of the domain G_FILE_ERROR if the file cannot be read, else TRACE_ERROR, with a message
 * "line N: what is wrong, what would be right" (without the path) where the bytes are no trace.
 */
struct trace *trace_open(const char *path, GError **error);

/* The next event. False at the end, and after an error, which sets @error as trace_open() does. A
 * trace that is cut off in the middle of a line or a compressed stream is an error too, after all
 * events before that place. */
bool trace_next(struct trace *trace, struct trace_event *event, GError **error);

/* What is known by now: footers add to it until the end. */
const struct trace_info *trace_info(const struct trace *trace);

/* Lines (or records) that were no events of the kinds above, by the name of their event:
 * char * -> guint64 *. Names beyond the first 100 count as "others". */
GHashTable *trace_ignored(const struct trace *trace);

/* Times that went back on one CPU: how many. */
uint64_t trace_clock_back(const struct trace *trace);

/* NULL is allowed. */
void trace_close(struct trace *trace);

#define TRACE_ERROR trace_error_quark()
GQuark trace_error_quark(void);
enum trace_error { TRACE_ERROR_INPUT };

/* The value of @key in @text ("key=value key2="quoted value""), copied to @value of @size bytes.
 * False if there is no such key or it does not fit. */
bool trace_field(const char *text, const char *key, char *value, size_t size);

/* ... as an unsigned number, decimal or 0x…; false if there is none. */
bool trace_field_number(const char *text, const char *key, uint64_t *number);

const char *trace_kind_to_string(enum trace_kind kind);

#endif
