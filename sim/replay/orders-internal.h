/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_INTERNAL_H
#define CIDSIM_SIM_REPLAY_ORDERS_INTERNAL_H

/* What the files of the driver of kernel traces share. */

#include "model/mm.h"
#include "sim/replay/order-mm.h"
#include "sim/replay/orders.h"

enum { RING = 8, MMS_PER_CPU = 2, ACCOUNTS_MAX = 1000 };

/* A task of the trace that is, or was, of an mm that is replayed. */
struct seen_task {
	uint32_t pid, tgid;
	char comm[16];
	struct order_mm *mm; /* NULL = none that is replayed */
	uint32_t task;       /* its index there */
	uint32_t cpu;        /* dense, where it runs; UINT32_MAX: it does not */
	uint64_t since_ns;   /* it runs, or does not */
	bool gone;           /* its exit was seen: once it is off its CPU it never comes back */
	bool left;           /* it is no user any more; a fork of itself follows if it execs */
	uint32_t nameless;   /* a child of it that has no pid yet; TASK_NONE = none */
	uint32_t word;       /* as seen last, if it is still so; TRACE_WORD_UNKNOWN */
	int8_t active;       /* -1 = not known */
	uint64_t *mask;      /* its affinity, dense; NULL = not known */
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
	char *name;
	uint32_t account;
	struct seen_event ring[RING];
	uint64_t ring_at;
	struct trace_mm values; /* seen last */
	uint32_t *cpu_words;    /* seen last, if they are still so */
	bool begun;             /* the recorder knows it */
	uint32_t wait;          /* events until a state is looked for again */
};

struct orders {
	struct replay *replay;
	GHashTable *tasks;                       /* pid -> struct seen_task */
	GHashTable *mms;                         /* address -> struct order_mm */
	GPtrArray *all;                          /* struct replayed, by slot; NULL = free */
	struct order_mm *(*on_cpu)[MMS_PER_CPU]; /* by CPU: whose switch may be pending there */
	bool lifecycle; /* the trace has events of sched_mm_cid_fork and exit */
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
	uint32_t cpu, cpu_word;          /* dense; TRACE_WORD_UNKNOWN: not told */
	const struct trace_mm *values;   /* NULL = not told */
	uint32_t users_more;             /* the trace has counted so many more by now */
	int8_t changed;                  /* -1 = not told */
	const struct trace_event *whole; /* all words and the pool are exact; NULL = they are not */
};

/* orders.c */

/* @mm is replayed no more. */
void orders_drop_mm(struct orders *orders, struct order_mm *mm);

/* orders-compare.c */

/* The states that do not show what @seen has are ruled out. None is left: a difference is told, and
 * the mm begins anew. */
void orders_observe(struct orders *orders, struct order_mm *mm, const struct trace_event *event,
	const struct observation *seen);

/* No state can have come to where @event shows the mm to be. */
void orders_stuck(struct orders *orders, struct order_mm *mm, const struct trace_event *event,
	const char *what);

/* @event is one of the last of @mm. */
void orders_remember(struct orders *orders, struct order_mm *mm, const struct trace_event *event);

/* orders-adopt.c */

/* Nothing is known of @mm from here on but what its events show. */
void adopt_begin(struct orders *orders, struct order_mm *mm);

/* What @event shows of the tasks and CPUs of @mm is known until it changes. */
void adopt_learn(struct orders *orders, struct order_mm *mm, const struct trace_event *event);

/* If enough is known, @mm has one state again. */
void adopt_try(struct orders *orders, struct order_mm *mm, const struct trace_event *event);

/* orders-tell.c: records */

void tell_begin(struct orders *orders, struct order_mm *mm, const char *name);
void tell_end(struct orders *orders, struct order_mm *mm);
/* The states have changed. */
void tell_update(struct orders *orders, struct order_mm *mm);
void tell_decision(struct orders *orders, struct order_mm *mm, uint32_t pid);
void tell_complete(struct orders *orders, struct order_mm *mm);
void tell_switch(struct orders *orders, const struct trace_event *event, struct seen_task *prev,
	struct seen_task *next, uint32_t cpu);
void tell_stays(struct orders *orders);

#endif
