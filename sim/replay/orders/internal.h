/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_INTERNAL_H
#define CIDSIM_SIM_REPLAY_ORDERS_INTERNAL_H

/* What the files of the driver of kernel traces share. */

#include "model/mm.h"
#include "sim/replay/orders/search.h"
#include "sim/replay/orders/orders.h"

enum { RING = 8, MMS_PER_CPU = 2, ACCOUNTS_MAX = 1000 };

/* A task of the trace that is, or was, of an mm that is replayed. */
struct seen_task {
	uint32_t pid, tgid;
	char comm[16];
	struct order_mm *mm;  /* NULL = none that is replayed */
	uint32_t task;        /* its index there */
	uint32_t cpu;         /* dense, where it runs; UINT32_MAX: it does not */
	uint64_t since_ns;    /* it runs, or does not */
	bool gone;            /* its exit was seen: once it is off its CPU it never comes back */
	bool left;            /* it is no user any more; a fork of itself follows if it execs */
	uint32_t nameless;    /* a child of it that has no pid yet; TASK_NONE = none */
	uint32_t nameless_mm; /* ... and the slot of its mm */
	uint32_t word;        /* as seen last, if it is still so; TRACE_WORD_UNKNOWN */
	int8_t active;        /* -1 = not known */
	uint64_t *mask;       /* its affinity, dense; NULL = not known */
};

/* The last events, to be told of where there is a difference. */
struct seen_event {
	enum trace_kind kind;
	uint64_t line;
	uint32_t cpu, pid;
	uint32_t task, word; /* task: pid */
	uint32_t prev, prev_word;
	uint8_t mode;
	bool values;
	uint32_t users, max_cids, pcpu_thrs;
};

/* One that is replayed, and what is known of it beside the states. */
struct replayed {
	struct order_mm *order;
	uint32_t account; /* ACCOUNT_NONE until it has users */
	struct seen_event ring[RING];
	uint64_t ring_at;
	struct trace_mm values; /* seen last */
	uint32_t *cpu_words;    /* seen last, if they are still so */
	bool decides;           /* while nothing is known: a decision is under way */
	bool begun;             /* the recorder knows it */
	uint32_t wait;          /* events until a state is looked for again */
};

struct orders {
	struct replay *replay;
	GHashTable *tasks;                       /* pid -> struct seen_task */
	GHashTable *mms;                         /* address -> struct order_mm */
	GPtrArray *all;                          /* struct replayed, by slot; NULL = free */
	struct order_mm *(*on_cpu)[MMS_PER_CPU]; /* by CPU: whose switch may be pending there */
	struct order_mm **locks; /* by CPU: whose lock may be held there, after a decision */
	uint64_t *line_on_cpu;   /* by CPU: of the event before */
	bool lifecycle;          /* the trace has events of sched_mm_cid_fork and exit */
	GPtrArray *emptied;      /* struct order_mm: has lost its last task in this event */
	GPtrArray *buried;       /* struct seen_task: gone in this event */
};

static inline struct replayed *replayed_of(struct orders *orders, const struct order_mm *mm)
{
	return g_ptr_array_index(orders->all, mm->slot);
}

/* What an event shows of an mm. */
struct observation {
	const char *what; /* "switch", "decision" … */
	bool is_switch;
	unsigned tasks_count;
	struct {
		uint32_t task; /* index; TASK_NONE: nothing */
		uint32_t pid, word;
		int8_t active;
	} tasks[2];
	uint32_t cpu, cpu_word;        /* dense; TRACE_WORD_UNKNOWN: not told */
	const struct trace_mm *values; /* NULL = not told */
	uint32_t users_more;           /* the trace has counted so many more by now */
	int8_t changed;                /* -1 = not told */
	bool early; /* no lock holds the words: they may be older than the event by a step of a walk
	             */
	const struct trace_event *whole; /* all words and the pool are exact; NULL = they are not */
};

/* orders-tasks.c: tasks and mms, as they are known */

/* A pid, and not idle, unknown or another mm's. */
bool tasks_is_pid(uint32_t pid);
/* NULL if it was not seen. */
struct seen_task *tasks_find(struct orders *orders, uint32_t pid);
/* Made if it was not seen. @tgid 0: not told. */
struct seen_task *tasks_get(struct orders *orders, uint32_t pid, uint32_t tgid);
void tasks_free(gpointer task);
/* @task gets @mm, whose CPU @cpu it is on or was last. */
void tasks_attach(struct orders *orders, struct seen_task *task, struct order_mm *mm, uint32_t cpu);
/* The mm of a child of @parent that has no pid yet, and was not taken for another task since; NULL
 * if there is none. */
struct order_mm *tasks_nameless(struct orders *orders, const struct seen_task *parent);
/* @task has no mm from now on. The mm goes with its last task, but not before the event is over. */
void tasks_detach(struct orders *orders, struct seen_task *task);
/* @task will never come back. It is freed once the event is over. */
void tasks_bury(struct orders *orders, struct seen_task *task);
/* The event is over: what it has emptied and buried can go. */
void tasks_sweep(struct orders *orders);
/* The index of @task in @mm; TASK_NONE if it is none of its. */
uint32_t tasks_index(const struct seen_task *task, const struct order_mm *mm);
/* The task that @event tells of as @told (its task or prev), with the mm that it tells: one that
 * was there unseen is learnt of. NULL if it is of no mm that is replayed. */
struct seen_task *tasks_known(
	struct orders *orders, const struct trace_task *told, const struct trace_event *event);
/* Who leaves in a switch; NULL if it was not seen. */
struct seen_task *tasks_leaving(struct orders *orders, const struct trace_event *event);

/* Is a new mm of which @event tells to be replayed? */
bool tasks_selects(const struct orders *orders, const struct trace_event *event);
/* One that has no user yet, with @mask (NULL: all) allowed. @address 0: not told. */
struct order_mm *tasks_new_mm(struct orders *orders, uint64_t address, const uint64_t *mask,
	const char *name, uint32_t tgid, uint64_t line);
/* One that was there before; NULL if it is not to be replayed. */
struct order_mm *tasks_existing_mm(
	struct orders *orders, uint64_t address, const struct trace_event *event, uint32_t tgid);
struct order_mm *tasks_mm_at(struct orders *orders, uint64_t address);
/* @mm is replayed no more. */
void tasks_drop_mm(struct orders *orders, struct order_mm *mm);

/* orders-switch.c */

/* @event took place on @cpu: what was under way there is over. */
void switch_touch(struct orders *orders, uint32_t cpu, const struct trace_event *event);
/* Does @event tell of the switch that is pending on @cpu, once more? Then it is dealt with. */
bool switch_is_told_twice(struct orders *orders, uint32_t cpu, const struct trace_event *event);
void on_switch(struct orders *orders, const struct trace_event *event, uint32_t cpu);
void on_switched(struct orders *orders, const struct trace_event *event, uint32_t cpu);

/* orders-users.c: fork, exit, exec, decisions, walks */

/* That mm, or that of its task, or of who ran; NULL: none that is replayed. */
struct order_mm *users_mm(struct orders *orders, const struct trace_event *event);
/* @task runs on @cpu, and did so when it came to @mm. */
void users_run_there(struct order_mm *mm, uint32_t task, uint32_t cpu);
/* All steps of the op that holds the mutex are taken, by @line. False if they cannot be. */
bool users_settle(struct orders *orders, struct order_mm *mm, uint64_t line);
/* The same; if they cannot be, the model contradicts @event. */
void users_finish(struct orders *orders, struct order_mm *mm, const struct trace_event *event);
void on_fork(struct orders *orders, const struct trace_event *event, uint32_t cpu);
void on_fork_end(struct orders *orders, const struct trace_event *event, uint32_t cpu);
void on_exit(struct orders *orders, const struct trace_event *event, uint32_t cpu);
void on_exit_end(struct orders *orders, const struct trace_event *event, uint32_t cpu);
void on_decide(struct orders *orders, const struct trace_event *event, uint32_t cpu);
void on_decide_end(struct orders *orders, const struct trace_event *event, uint32_t cpu);
void on_walk(struct orders *orders, const struct trace_event *event, uint32_t cpu);

/* orders-affinity.c */

/* The mask that a new mm begins with: that of who makes it, or any of the weight that is told, then
 * *@guessed is set; NULL = all. The caller frees it. */
uint64_t *affinity_first_mask(
	struct orders *orders, const struct trace_event *event, bool *guessed);
void on_affinity(struct orders *orders, const struct trace_event *event);
void on_affinity_end(struct orders *orders, const struct trace_event *event);

/* orders-predict.c: what a trace without events of the protocol leads to */

void predict_fork(struct orders *orders, const struct trace_event *event, uint32_t cpu);
void predict_exit(struct orders *orders, struct seen_task *task, const struct trace_event *event,
	uint32_t cpu);
/* Who execs has an mm of its own, with one thread. */
void predict_exec(struct orders *orders, const struct trace_event *event, uint32_t cpu);

/* orders-compare.c */

/* Nothing is shown yet. */
struct observation observation_of(const char *what);
void observation_add(struct observation *seen, uint32_t task, const struct trace_task *told);

/* orders_observe(), also of states that a walk may have come to by now; @event on @cpu. */
void orders_look(struct orders *orders, struct order_mm *mm, uint32_t cpu,
	const struct trace_event *event, struct observation *seen);

/* The states that do not show what @seen has are ruled out. None is left: a difference is told, and
 * the mm begins anew. */
void orders_observe(struct orders *orders, struct order_mm *mm, const struct trace_event *event,
	const struct observation *seen);

/* No state can have come to where @event shows the mm to be. */
void orders_stuck(struct orders *orders, struct order_mm *mm, const struct trace_event *event,
	const char *what);

/* The trace leaves out tasks of @mm, so @event says: what it shows cannot be compared any more. */
void orders_give_up(struct orders *orders, struct order_mm *mm, const struct trace_event *event,
	const char *why);

/* The state that was taken over not long ago was none that could be, so @event says: @why. The mm
 * begins anew. False if there is no such doubt. */
bool orders_doubt(struct orders *orders, struct order_mm *mm, const struct trace_event *event,
	const char *why);

/* orders-difference.c */

/* @event is one of the last of @mm. */
void orders_remember(struct orders *orders, struct order_mm *mm, const struct trace_event *event);

/* @event shows of @mm what @seen has, and no state does; @nearest was the likeliest. */
void orders_tell_difference(struct orders *orders, struct order_mm *mm,
	const struct trace_event *event, const struct order_state *nearest,
	const struct observation *seen);
/* No state can have come to where @what is over, as @event shows. */
void orders_tell_stuck(struct orders *orders, struct order_mm *mm, const struct trace_event *event,
	const char *what);

/* orders-adopt.c */

/* Nothing is known of @mm from here on but what its events show. */
void adopt_begin(struct orders *orders, struct order_mm *mm);

/* What @event shows of the tasks and CPUs of @mm is known until it changes. */
void adopt_learn(struct orders *orders, struct order_mm *mm, const struct trace_event *event);

/* A word that was not known is @word, of @cpu, or of @task. False if that cannot be in @state. */
bool adopt_cpu(struct order_state *state, uint32_t cpu, uint32_t word);
bool adopt_task(struct order_state *state, uint32_t task, uint32_t word);

/* If enough is known, @mm has one state again. */
void adopt_try(struct orders *orders, struct order_mm *mm, const struct trace_event *event);

/* orders-tell.c: records */

void tell_end(struct orders *orders, struct order_mm *mm);
/* The states have changed. */
void tell_update(struct orders *orders, struct order_mm *mm);
void tell_decision(struct orders *orders, struct order_mm *mm, uint32_t pid);
void tell_complete(struct orders *orders, struct order_mm *mm);
void tell_switch(struct orders *orders, const struct trace_event *event, struct seen_task *prev,
	struct seen_task *next, uint32_t cpu);
void tell_stays(struct orders *orders);

#endif
