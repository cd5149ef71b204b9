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

#include "model/state.h"
#include "sim/replay/orders/replayed.h"

/* What holds the mutex, or waits for it, as far as the events tell. */
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
	bool over;          /* all its steps are taken, its end was not seen yet */
};

/* A switch whose event was seen; the rq lock is held until it is done. */
struct order_switch {
	bool pending;
	bool prev_dies;
	bool wordless;       /* its event showed no words */
	uint32_t prev, next; /* TASK_NONE: idle, or not of this mm */
	uint64_t line;
};

enum { ORDER_AFFINITIES_MAX = 32 };
#define ORDER_WEIGHT_OF_MASK UINT32_MAX

struct order_affinity {
	uint32_t pid;    /* who asks for it */
	uint32_t task;   /* whose it is */
	uint32_t weight; /* allowed CPUs afterwards, where the mask alone does not tell; 0 = it was
	                  * not told yet, ORDER_WEIGHT_OF_MASK = it never is */
	uint64_t *mask;  /* by dense index */
	uint64_t line;
};

/* How far the exit that holds the mutex is; the rest is told by mm.phase of the model. */
enum order_stage {
	ORDER_NOT_BEGUN,
	ORDER_LEFT,    /* exit: no user any more */
	ORDER_FLIPPED, /* exit: exit_change() is due */
	ORDER_DECIDED,
};

struct order_state {
	struct model_observer observer; /* first: counts since they were last taken over */
	struct model_event flip;        /* the last one */
	uint32_t hash;                  /* of when it was last compared; 0 = it has changed since */
	uint32_t place;                 /* among the states, when they are sorted */
	uint32_t inversions;            /* a younger step before an older one */
	uint32_t waits;                 /* a step before one of an older fork or exit */
	/* From here on: what makes states equal. */
	uint32_t holder;          /* id of the op that has begun; 0 = none */
	uint32_t affinities_done; /* bits */
	uint8_t stage;            /* enum order_stage, of the holder */
	uint8_t current_done;     /* the op that an event showed in its decision is over */
	uint8_t unused[6];
	struct model model;
};

enum order_actor_kind { ACTOR_SWITCH, ACTOR_CURRENT, ACTOR_LEAVE, ACTOR_AFFINITY };

struct order_actor {
	enum order_actor_kind kind;
	uint32_t index; /* CPU; op; affinity */
	uint64_t line;  /* since when */
};

struct order_mm {
	struct replay *replay;
	uint64_t address; /* 0 = not known */
	uint32_t slot;    /* in the recorder */
	struct replay_process *process;

	struct model_config config;
	size_t state_size;
	GPtrArray *states; /* struct order_state, the likeliest first; empty: nothing is known */
	GPtrArray *spare;
	struct order_state *scratch;

	struct order_switch *switches; /* by CPU */
	GArray *pending;               /* uint32_t: CPUs whose switch is pending */
	GArray *ops;                   /* struct order_op: entered, not yet deciding; or over */
	struct order_op current;       /* the last one seen deciding; id 0 = none */
	struct order_affinity affinities[ORDER_AFFINITIES_MAX];
	uint32_t affinities_used; /* bits */
	uint32_t last_op;

	GArray *visited;    /* uint32_t: tasks that the walk was seen to have been to */
	GArray *pids;       /* uint32_t, by task; 0 = free, TRACE_PID_UNKNOWN = not told yet */
	GArray *free_tasks; /* uint32_t */
	bool cut;           /* states were given up, and one of them may have been the true one */
	uint32_t agreed_alone; /* observations in a row at which there was but one state */
	uint64_t agreed;       /* observations since the state was taken over */
	bool adopted;          /* it was */
	bool mask_guessed;     /* of the allowed mask only the weight is known */
	bool groups_guessed;   /* the trace tells no thread groups: all tasks are taken to be of one
	                        */
	bool predicted;        /* the trace shows nothing of it but who runs: all is done at once */
	bool window_told;
	uint64_t window_line; /* when the last window was over */
	bool gave_up;         /* ... nor can it ever be: the trace leaves out some of its tasks */
	/* After a state was taken over: words that were not seen, and cannot be compared until they
	 * are. */
	uint8_t *unknown_cpus;       /* bool, by CPU */
	uint32_t unknown_cpus_count; /* per CPU they may own numbers: the state is a guess */
	GByteArray *unknown_tasks;   /* bool, by task; beyond its length: known */
	bool guess;  /* the state may be another than the kernel's: what it contradicts says nothing
	              */
	bool adopts; /* the state is not known yet: see orders-adopt.c */
};

static inline struct order_state *order_first(const struct order_mm *mm)
{
	return mm->states->len ? g_ptr_array_index(mm->states, 0) : NULL;
}

/* @state is about to be changed. */
static inline struct order_state *order_state_changes(struct order_state *state)
{
	state->hash = 0;
	return state;
}

/* order-mm.c */

/* An mm with the mask of @cpus dense bits (NULL: all) and no task; states: one, or none. */
struct order_mm *order_mm_new(struct replay *replay, uint64_t address, const uint64_t *mask,
	struct replay_process *process, uint32_t slot);
void order_mm_free(struct order_mm *mm);

/* A task more, or of pid 0 until order_mm_name(). Returns its index. */
uint32_t order_mm_add_task(struct order_mm *mm, uint32_t pid, uint32_t group, uint32_t cpu);
/* @task runs no more, and no event has shown it leave. */
void order_mm_take_off(struct order_mm *mm, uint32_t task);
/* @task is gone, or has another mm: off its CPU, if it is on one, and inactive. */
void order_mm_remove_task(struct order_mm *mm, uint32_t task);

/* @task, which had no pid so far, has @pid. */
void order_mm_name(struct order_mm *mm, uint32_t task, uint32_t pid);
void order_mm_set_group(struct order_mm *mm, uint32_t task, uint32_t group);
/* @task, a child that was counted before, is seen by walks now; @certain: else it may be. */
void order_mm_show(struct order_mm *mm, uint32_t task, bool certain);
/* Is the word of @task, of @cpu, not known yet? */
static inline bool order_task_is_unknown(const struct order_mm *mm, uint32_t task)
{
	return task < mm->unknown_tasks->len && mm->unknown_tasks->data[task];
}
void order_mm_set_unknown_task(struct order_mm *mm, uint32_t task, bool unknown);
void order_mm_set_unknown_cpu(struct order_mm *mm, uint32_t cpu, bool unknown);
/* One of those that were never seen turns out to be @pid: *@task. False if there is none. */
bool order_mm_has_unseen(const struct order_mm *mm);
bool order_mm_claim_unseen(struct order_mm *mm, uint32_t pid, uint32_t *task);
/* The state at @index is none any more, if @out: NULL until order_mm_compact(). */
void order_state_rule_out(struct order_mm *mm, guint index, bool out);
/* States that were made NULL are no states any more. */
void order_mm_compact(struct order_mm *mm);

void order_mm_add_switch(
	struct order_mm *mm, uint32_t cpu, uint32_t prev, uint32_t next, uint64_t line);
struct order_op *order_mm_add_op(struct order_mm *mm, struct order_op op);
struct order_op *order_mm_find_op(struct order_mm *mm, uint32_t pid, bool over);
/* Is a fork or exit of @task under way? */
bool order_mm_has_op_of(const struct order_mm *mm, uint32_t task);
void order_mm_drop_op(struct order_mm *mm, uint32_t id);
/* Drop the forks and exits of or by @task. False if one was not over. */
bool order_mm_drop_ops_of(struct order_mm *mm, uint32_t task);
/* So many CPUs are allowed now: what that tells of changes of which only the weight is known. */
void order_mm_weigh(struct order_mm *mm, uint32_t count);
/* Copies the mask. Returns the index; ORDER_AFFINITIES_MAX if there are too many at once. */
uint32_t order_mm_add_affinity(struct order_mm *mm, struct order_affinity affinity);

/* What the model tells the observer of a state. */
void order_state_observed(struct model_observer *observer, const struct model_event *event);

/* A state more, with the bytes of @from. */
struct order_state *order_state_copy(struct order_mm *mm, const struct order_state *from);
void order_state_drop(struct order_mm *mm, struct order_state *state);
/* @task, which no event has shown to leave its CPU, does not run. If its switch has begun it will
 * never be done. */
void order_state_take_off(struct order_state *state, uint32_t task);

/* order-step.c: hidden steps */

/* What the steps that @actor has still to take in @state may touch; 0 = none is left, or none that
 * others could see. Numbers from @limit on are looked at as if max_cids changed. */
enum {
	TOUCHES_POOL = 1,
	TOUCHES_MODE = 2,   /* reads it, and max_cids */
	TOUCHES_NUMBER = 4, /* has a number of @limit or more */
	CHANGES_MODE = 8,
	CHANGES_MAX = 16, /* max_cids, and nothing else that a switch reads */
	LOCKED = 32,      /* under lock: reads and writes users and constraints */
};
unsigned order_touches(struct order_mm *mm, const struct order_state *state,
	struct order_actor actor, uint32_t limit);

/* max_cids or less that @actor, which CHANGES_MAX, makes or finds. */
uint32_t order_limit(
	struct order_mm *mm, const struct order_state *state, struct order_actor actor);

bool order_is_done(
	const struct order_mm *mm, const struct order_state *state, struct order_actor actor);

/* Take the next step of @actor. False, with the state as it was, if it cannot be taken now. */
bool order_take(struct order_mm *mm, struct order_state *state, struct order_actor actor);

/* All actors that have steps to take in some state: struct order_actor. */
void order_actors(const struct order_mm *mm, GArray *actors);

/* order-search.c */

/* @actor has taken all its steps by now: all states in which it has not are replaced by those that
 * follow when it does. There may be no state left. */
void order_settle(struct order_mm *mm, struct order_actor actor);

/* @tasks, and what @cpu has of the mm, are about to be looked at: states that a walk may have come
 * to by now are added. TASK_NONE, UINT32_MAX: none. @locks: with it the rq lock is taken, as by a
 * switch. */
void order_walk_may_have_come(
	struct order_mm *mm, uint32_t cpu, const uint32_t *tasks, unsigned tasks_count, bool locks);

/* The values of the mm are about to be looked at: states are added in which affinity changes that
 * are under way are over. */
void order_affinities_may_be_over(struct order_mm *mm);

/* The current op has come to its decision. */
void order_settle_decision(struct order_mm *mm);

/* ... and has given up the lock: with it go a get and the drop of the CPU's number. */
void order_settle_lock(struct order_mm *mm);

/* The walk of the current op is past @task (TASK_NONE: none) or @cpu (UINT32_MAX: none); with
 * @only_up_to: this is its next step. @again: past its second visit of @task. */
void order_settle_walk(
	struct order_mm *mm, uint32_t task, uint32_t cpu, bool only_up_to, bool again);

/* The next step of the current op's walk over the system is for @task: tasks that are skipped for
 * it are not of the initiator's thread group, after all. */
void order_learn_groups(struct order_mm *mm, uint32_t task);

/* Equal states become one, the likeliest come first, and beyond the limit they are given up. */
void order_tidy(struct order_mm *mm);

#endif
