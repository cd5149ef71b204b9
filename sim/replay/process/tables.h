/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_PROCESS_TABLES_H
#define CIDSIM_SIM_REPLAY_PROCESS_TABLES_H

/*
 * What pids, addresses of mms and CPUs of a trace stand for.
 *
 * A pointer to a task or a process stays valid until the event is over, even if the task is gone or
 * its process is empty by then: both are freed by tasks_sweep(), after each event. But
 * tasks_drop_process() frees a process at once: only the fork that uses its address again does
 * that, before it looks anything up. Functions with a const struct tables change nothing.
 */

#include "sim/record/emit.h"
#include "sim/replay/process/process.h"

enum { TABLES_PER_CPU = 2 };

/* A task of the trace that is, or was, of a process that is replayed. */
struct seen_task {
	uint32_t pid, tgid;
	char comm[16];
	struct process *process; /* NULL = none that is replayed; tables_set_process() sets it */
	struct seen_task *before, *after; /* other tasks of this process, in no order */
	uint32_t task;                    /* its index there */
	uint32_t cpu;                     /* dense, where it runs; UINT32_MAX: it does not */
	uint64_t since_ns;                /* it runs, or does not */
	bool gone;                        /* its exit was seen: off its CPU, it never comes back */
	bool born;                        /* a prediction has seen its fork */
	bool made;                        /* it has its place in the mm, and its fork follows */
	bool left;              /* it is no user any more; a fork of itself follows if it execs */
	uint32_t nameless;      /* a child of it that has no pid yet; TASK_NONE = none */
	uint32_t nameless_slot; /* ... and the slot of its process */
	uint32_t word;          /* as seen last, if it is still so; TRACE_WORD_UNKNOWN */
	int8_t active;          /* -1 = not known */
	uint64_t *mask;         /* its affinity, dense; NULL = not known */
	uint32_t window;        /* slot of the process whose window it has opened; UINT32_MAX */
	uint16_t shown;         /* CID that its user space saw last, where all is shown */
};

/* What may be under way on a CPU, for the next event there to end it. */
struct seen_cpu {
	struct process *switches[TABLES_PER_CPU]; /* whose switch may be pending; NULL */
	struct process *lock; /* whose lock may be held, after a decision; NULL */
	uint64_t line;        /* of the event before */
	uint32_t runs;        /* pid of who runs there; 0 = idle, or not known yet */
	/* Where all is shown: */
	uint64_t since_ns;     /* it idles, or a get spins there */
	struct process *spins; /* for a number of that one; NULL: none does */
	struct emit_seen saw;  /* by user space here, last */
};

struct tables {
	struct replay *replay;
	GHashTable *tasks;         /* pid -> struct seen_task */
	struct seen_task **by_pid; /* the same, for pids below by_pid_count: nearly all */
	uint32_t by_pid_count;
	GHashTable *processes; /* address -> struct process */
	GPtrArray *all;        /* struct process, by slot; NULL = free */
	struct seen_cpu *cpus; /* by dense index */
	bool stepwise;         /* the trace shows each step, and all that CPUs do */
	bool ended;            /* ... and its last line has come */
	uint32_t tasks_alive;
	GHashTable *accounts;          /* name of mms -> account + 1; where mms have names */
	GPtrArray *named;              /* struct replay_process, by account; the same */
	struct replay_process *nobody; /* for what is of no process; NULL: not made yet */
	int flips_due, windows_due;    /* records that the trace has, less those of the model */
	int8_t groups;                 /* does the trace have thread groups? -1: not known yet */
	bool lifecycle;                /* the trace has events of sched_mm_cid_fork and exit */
	GPtrArray *emptied;            /* struct process: has lost its last task in this event */
	GPtrArray *buried;             /* struct seen_task: gone in this event */
};

struct tables *tables_new(struct replay *replay);
/* No process may be left. */
void tables_free(struct tables *tables);

/* @pid is that of a task: not idle, unknown or another mm's. */
bool tables_is_task(uint32_t pid);
/* NULL if it was not seen. */
static inline struct seen_task *tables_find(const struct tables *tables, uint32_t pid)
{
	if (pid < tables->by_pid_count)
		return tables->by_pid[pid];
	return g_hash_table_lookup(tables->tasks, GUINT_TO_POINTER(pid));
}
/* Made if it was not seen. @tgid 0: not known. */
struct seen_task *tables_get(struct tables *tables, uint32_t pid, uint32_t tgid);
/* Make @task a task of @process, in its list of tasks; NULL: of none. */
void tables_set_process(struct seen_task *task, struct process *process);
/* Take @task out, so that tables_find() does not find it any more. It is the caller's then. */
void tables_steal(struct tables *tables, const struct seen_task *task);
/* The index of @task, which may be NULL, in @process; TASK_NONE if it is none of its. */
uint32_t tables_index(const struct seen_task *task, const struct process *process);
/* The process of a child of @parent that has no pid yet, and was not taken for another task since;
 * NULL if there is none. */
struct process *tables_nameless(const struct tables *tables, const struct seen_task *parent);

/* NULL if there is none, or @address is 0. */
struct process *tables_at(const struct tables *tables, uint64_t address);
/* The address that @event says of the mm it is about; 0: it does not. */
uint64_t tables_address(const struct trace_event *event);
/* The process at that address, or that of its task, or of who ran; NULL: none that is replayed. */
struct process *tables_process(const struct tables *tables, const struct trace_event *event);
/* Who leaves in the switch @event; NULL if it was not seen. */
struct seen_task *tables_leaving(const struct tables *tables, const struct trace_event *event);
/* Is a new process of @event one that the user wants? */
bool tables_select(const struct tables *tables, const struct trace_event *event);

/* A slot for one more process, NULL so far. */
uint32_t tables_slot(struct tables *tables);

/* A switch of @process is pending on @cpu; at most TABLES_PER_CPU can be. */
void tables_add_switch(struct tables *tables, struct process *process, uint32_t cpu);
/* None of @process is. */
void tables_end_switch(struct tables *tables, struct process *process, uint32_t cpu);

#endif
