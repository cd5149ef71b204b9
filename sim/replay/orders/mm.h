/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_MM_H
#define CIDSIM_SIM_REPLAY_ORDERS_MM_H

/*
 * One mm of a trace, with all states of the model that the trace allows so far.
 *
 * What is under way but shown by no event is a *hidden step*, and who takes it an *actor*: a CPU in
 * a switch (two halves), the fork or exit that holds the mutex, an exit that is about to leave, an
 * affinity change. An actor's steps come in their order; between actors any order may be. States
 * differ in which of these steps were taken already.
 *
 * To keep the states few a step is taken as late as can be: when an event says that it is over
 * by now, or before another that would find it undone, where the two do not commute. So outside
 * windows there is nearly always one state. States are ordered by how often a younger step was
 * taken before an older one: the first is the likeliest, and if there are too many the last go.
 */

#include "sim/replay/orders/states.h"
#include "sim/scenario/scenario.h"
#include "sim/trace/trace.h"

/* What holds the mutex, or waits for it, as far as events show. */
enum order_op_kind { ORDER_FORK, ORDER_EXIT, ORDER_WORK };

struct order_op {
	enum order_op_kind kind;
	uint32_t id;        /* from 1, each once */
	uint32_t pid;       /* who does it */
	uint32_t initiator; /* the same as a task of this mm; TASK_NONE: of another */
	uint32_t task;      /* the child, or who leaves */
	uint32_t cpu;       /* where it was seen last */
	uint64_t line;      /* ... and when */
	bool released;      /* the decision was seen: what follows may be taken */
	bool spun;          /* its get was seen to spin */
	bool over;          /* all its steps are taken, its end was not seen yet */
};

/* A switch whose event was seen; the rq lock is held until it is done. */
struct order_switch {
	bool pending;
	bool prev_dies;
	bool wordless;       /* its event showed no words */
	bool spins;          /* its get was seen to spin: it is over when an event says so */
	uint32_t prev, next; /* TASK_NONE: idle, or not of this mm */
	uint64_t line;
};

enum order_actor_kind { ACTOR_SWITCH, ACTOR_CURRENT, ACTOR_LEAVE, ACTOR_AFFINITY };

/* Valid until the mm's lists change: no list changes during a search. */
struct order_actor {
	enum order_actor_kind kind;
	uint32_t index; /* CPU; -; place in ops; place in affinities */
	uint64_t line;  /* since when */
};

/* Memory for searches (search.c). It is kept for the next search. */
struct order_room {
	guint size; /* elements of each array */
	struct order_actor *all, *actors;
	unsigned *touches;
};

enum { ORDER_AFFINITIES_MAX = 32 };
#define ORDER_WEIGHT_OF_MASK UINT32_MAX

struct order_affinity {
	uint32_t pid;    /* who asks for it */
	uint32_t task;   /* whose it is */
	uint32_t weight; /* allowed CPUs afterwards, if the mm's mask is a guess; 0 = no event has
	                  * shown it yet, ORDER_WEIGHT_OF_MASK = none will */
	uint64_t *mask;  /* by dense index */
	uint64_t line;
};

/*
 * The lists below say what the trace shows; they are the same for all states. Only the functions of
 * this header change them, and the process that owns the mm. A pointer to an op is valid until an
 * op is added or dropped; the number of a task until that task is removed.
 */
struct order_mm {
	struct model_config config;
	struct order_states states;
	struct order_room room;

	struct order_switch *switches; /* by CPU */
	GArray *pending;               /* uint32_t: CPUs whose switch is pending */
	GArray *ops;                   /* struct order_op: entered, not yet deciding; or over */
	struct order_op current;       /* the last one seen deciding; id 0 = none */
	struct order_affinity affinities[ORDER_AFFINITIES_MAX];
	uint32_t affinities_used; /* bits */
	uint32_t last_op;
	bool stepwise; /* events show each step: none is hidden, and there is one state */

	GArray *visited;    /* uint32_t: tasks that the walk was seen to have been to */
	GArray *pids;       /* uint32_t, by task; 0 = free, TRACE_PID_UNKNOWN = not known yet */
	GArray *free_tasks; /* uint32_t */
	/* What the trace does not say. */
	bool mask_guessed;   /* of the allowed mask it says the weight only */
	bool groups_guessed; /* no thread groups: all tasks are taken to be of one */
	/* After a state was taken over: words that were not seen, and cannot be compared until they
	 * are. */
	uint8_t *unknown_cpus;       /* bool, by CPU */
	uint32_t unknown_cpus_count; /* per CPU they may own numbers: the state is a guess */
	GByteArray *unknown_tasks;   /* bool, by task; beyond its length: known */
};

/* An mm on the machine and with the revision of @scenario, with @mask (dense bits, NULL: all)
 * allowed and no task. It has one state, and keeps at most @states_max. */
struct order_mm *order_mm_new(
	const struct scenario *scenario, uint32_t states_max, const uint64_t *mask);
/* The same for a trace whose events show each step. */
struct order_mm *order_mm_new_whole(const struct scenario *scenario, const uint64_t *mask);
/* NULL is allowed. */
void order_mm_free(struct order_mm *mm);

/* A task more, or of pid 0 until order_mm_name(). Returns its index. */
uint32_t order_mm_add_task(struct order_mm *mm, uint32_t pid, uint32_t group, uint32_t cpu);
/* @task runs on @cpu in all states, and did so when it came to the mm. */
void order_mm_run_there(struct order_mm *mm, uint32_t task, uint32_t cpu);
/* @task runs no more, and no event has shown it leave. */
void order_mm_take_off(struct order_mm *mm, uint32_t task);
/* @task, which is no user of @mm, is from now on a task of @to, as an exec does it: a thread group
 * of its own, with its word, on its CPU. Both show each step. Returns its index in @to. */
uint32_t order_mm_move_task(struct order_mm *mm, uint32_t task, struct order_mm *to);
/* @task is gone, or has another mm: off its CPU, if it is on one, and inactive. */
void order_mm_remove_task(struct order_mm *mm, uint32_t task);

/* @task, which had no pid so far, has @pid. */
void order_mm_name(struct order_mm *mm, uint32_t task, uint32_t pid);
void order_mm_set_group(struct order_mm *mm, uint32_t task, uint32_t group);
/* @task, a child that was counted before, is seen by walks now; @certain: else it may be. */
void order_mm_show(struct order_mm *mm, uint32_t task, bool certain);
/* How many actors there can be at most. */
static inline guint order_actors_max(const struct order_mm *mm)
{
	return mm->pending->len + 1 + mm->ops->len + ORDER_AFFINITIES_MAX;
}

/* Is the word of @task, of @cpu, not known yet? */
static inline bool order_task_is_unknown(const struct order_mm *mm, uint32_t task)
{
	return task < mm->unknown_tasks->len && mm->unknown_tasks->data[task];
}
void order_mm_set_unknown_task(struct order_mm *mm, uint32_t task, bool unknown);
void order_mm_set_unknown_cpu(struct order_mm *mm, uint32_t cpu, bool unknown);
/* Are there users that were only counted, and never seen? */
bool order_mm_has_unseen(const struct order_mm *mm);
/* They, and children without pid, are tasks no more. The mm must have no state. */
void order_mm_drop_unseen(struct order_mm *mm);
/* One of those that were never seen turns out to be @pid: *@task. False if there is none. */
bool order_mm_claim_unseen(struct order_mm *mm, uint32_t pid, uint32_t *task);
/* Nothing of the trace is under way any more, and no state is left; tasks and what is known of
 * their pids stay. */
void order_mm_forget(struct order_mm *mm);

/* From @prev to @next on @cpu, where no switch is pending; nothing happens if they are the same. */
void order_mm_add_switch(
	struct order_mm *mm, uint32_t cpu, uint32_t prev, uint32_t next, uint64_t line);
/* That of @cpu is over, or was never. */
void order_mm_end_switch(struct order_mm *mm, uint32_t cpu);
/* @op with an id of its own goes to the ops. */
struct order_op *order_mm_add_op(struct order_mm *mm, struct order_op op);
/* The first op of @pid that is @over or not; NULL: none. */
struct order_op *order_mm_find_op(struct order_mm *mm, uint32_t pid, bool over);
/* Is a fork or exit of @task under way? */
bool order_mm_has_op_of(const struct order_mm *mm, uint32_t task);
/* The place of op @id among the ops, where it must be; valid until one is dropped. */
guint order_mm_op_place(const struct order_mm *mm, uint32_t id);
void order_mm_drop_op(struct order_mm *mm, uint32_t id);
/* Drop the forks and exits of or by @task. False if one was not over. */
bool order_mm_drop_ops_of(struct order_mm *mm, uint32_t task);
/* @count CPUs are allowed now: the weight of the changes under way, where only that is known. */
void order_mm_weigh(struct order_mm *mm, uint32_t count);
/* Copies the mask. Returns the index; ORDER_AFFINITIES_MAX if there are too many at once. */
uint32_t order_mm_add_affinity(struct order_mm *mm, struct order_affinity affinity);

/* @task, which no event has shown to leave its CPU, does not run. If its switch has begun it will
 * never be done. */
void order_state_take_off(struct order_state *state, uint32_t task);

/* The next step of the current op's walk over the system is for @task: tasks that are skipped for
 * it are not of the initiator's thread group, after all. */
void order_learn_groups(struct order_mm *mm, uint32_t task);

#endif
