/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_CODE_H
#define CIDSIM_SIM_KERNEL_CODE_H

/*
 * What cidsim and the compiled code of a kernel tell each other. cidsim includes this file, and it
 * is compiled into each shared object too, beside shim/ and the regions of the tree.
 *
 * An operation of the kernel is done by an *actor*, which has a stack of its own. It runs until
 * another CPU may come in between, and stops there:
 *
 *     begin() --resume()--> stopped --resume()--> ... --resume()--> CODE_ENDS
 *
 * There are stops of two grains. A *step* is what the model has as one: an operation stops where
 * the model may have the end of a step. With the *fine* grain it stops before each access by
 * READ_ONCE() and WRITE_ONCE(), each atomic operation and each barrier.
 *
 * Where memory is *weak*, a WRITE_ONCE() to a word of an mm waits in a buffer of its CPU: READ_ONCE() on
 * others has the old value. The store leaves the buffer at any time, maybe after a later one to another
 * word; at the latest before a barrier, an atomic operation with a result, the end of a lock, or a
 * switch of that CPU.
 *
 * CPUs, tasks, mms are indices. All is in one thread.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
	CODE_VERSION = 2,
	CODE_CPUS_MAX = 64,
	CODE_TASKS_MAX = 96,
	CODE_MMS_MAX = 4,
	CODE_STORES_MAX = 4, /* in the buffers of all CPUs */
};
#define CODE_NONE UINT32_MAX /* no task, no mm, no lock */
#define CODE_IN_WINDOW (UINT32_MAX - 1) /* an mm that is in a window */

/* The actors: who does an operation. */
enum {
	ACTOR_CPU = 0,                              /* + CPU: its switches */
	ACTOR_TASK = ACTOR_CPU + CODE_CPUS_MAX,     /* + task: what it does itself */
	ACTOR_WORKER = ACTOR_TASK + CODE_TASKS_MAX, /* + mm: its deferred work */
	ACTOR_AFFINITY = ACTOR_WORKER + CODE_MMS_MAX,
	ACTORS_MAX
};

enum code_op {
	CODE_SWITCH, /* a CPU: to task @what, CODE_NONE: to idle; its rq lock is held meanwhile */
	CODE_FORK,   /* a task: of task @what, which is made */
	CODE_EXIT,   /* a task: its own */
	CODE_EXEC_LEAVES,  /* a task: begins an exec */
	CODE_EXEC_RETURNS, /* a task: its exec is over, with the old mm or a new one */
	CODE_AFFINITY,     /* of task @what: its mask is set already */
	CODE_WORK,         /* a worker: the deferred work of mm @what */
};

enum code_stop {
	CODE_ENDS,    /* the operation is over */
	CODE_MUTEX,   /* before it takes the mutex of an mm; may sleep */
	CODE_LOCK,    /* before it takes the lock of an mm */
	CODE_RQ,      /* before it takes a rq lock */
	CODE_BARRIER, /* before a full barrier */
	CODE_STORE,   /* before a WRITE_ONCE() */
	CODE_FINDS,   /* before it looks for a free bit, outside of switches */
	CODE_SPINS,   /* in cpu_relax() */
	CODE_HALF,    /* a switch: before it first reads the CPU word */
	CODE_SYNC,    /* waits for deferred work */
	CODE_READ,    /* fine grain: before it reads what others may write */
	CODE_ATOMIC,  /* fine grain: before an atomic operation */
	CODE_STOPS
};

struct code_at {
	uint32_t stop;    /* enum code_stop */
	uint32_t lock;    /* MUTEX, LOCK: the mm; RQ: the CPU; CODE_NONE: another lock */
	bool blocked;     /* somebody else has the lock: resume() would come back at once */
	uint32_t spins;   /* spinning locks that the actor holds */
	uint32_t line;    /* of the tree */
	const char *file; /* "kernel/sched/core.c" */
};

/* The state that is compared with the model's. Words as the kernel stores them. */
struct code_mm {
	uint32_t mode, users, max_cids, pcpu_thrs, nr_cpus_allowed, update_deferred;
	uint64_t allowed, pool;
	uint32_t word[CODE_CPUS_MAX];
};

struct code_task {
	uint32_t word, active;
	uint32_t shown; /* what user space sees */
};

/* What must not happen: how often, and where first. */
struct code_fault {
	uint32_t count, bit, line;
	const char *file;
};

struct code_faults {
	struct code_fault range; /* a bit operation outside of [0, possible) */
	struct code_fault clear; /* a clear bit cleared */
	struct code_fault warn;  /* a WARN, or a lock that should be held is not */
};

struct code {
	uint32_t version; /* CODE_VERSION */

	/* Begin anew with @cpus CPUs, all idle. Operations that are not over are forgotten. */
	void (*start)(uint32_t cpus, bool fine, bool weak);
	/* Make @task, of no mm, its word UNSET, in thread group @group, on the queue of @cpu. */
	void (*make_task)(uint32_t task, uint32_t group, uint32_t cpu);
	/* Walks over the system see @task, or do not. */
	void (*show_task)(uint32_t task, bool visible);
	/* @task is gone, and runs nowhere. */
	void (*forget_task)(uint32_t task);
	/* Make @mm, for @task with its mask, a copy of @parent (CODE_NONE: of none; CODE_IN_WINDOW: of
	 * one whose mode is in transit). */
	void (*make_mm)(uint32_t mm, uint32_t task, uint32_t parent);
	void (*set_mm)(uint32_t task, uint32_t mm);
	void (*set_group)(uint32_t task, uint32_t group);
	void (*set_mask)(uint32_t task, uint64_t mask);
	void (*set_cpu)(uint32_t task, uint32_t cpu);

	void (*begin)(uint32_t actor, enum code_op op, uint32_t what);
	/* Go on with @actor on @cpu. The answer is valid until the next call. */
	const struct code_at *(*resume)(uint32_t actor, uint32_t cpu);
	/* Is that lock free? MUTEX, LOCK of an mm; RQ of a CPU. */
	bool (*is_free)(enum code_stop lock, uint32_t of);
	/* Is deferred work of @mm pending? The interrupt that queues it, if there is one, runs first. */
	bool (*has_work)(uint32_t mm);

	void (*view_mm)(uint32_t mm, uint32_t cpus, struct code_mm *view);
	void (*view_task)(uint32_t task, struct code_task *view);
	const struct code_faults *faults;
	const uint64_t *bit_ops; /* bits of pools set or cleared since start() */

	/* Weak memory: is there a store in place @store of the buffers, and where was it made? Let it
	 * leave; those behind it move up. */
	bool (*buffered)(uint32_t store, struct code_at *at);
	void (*leave)(uint32_t store);

	/* For an exploration, whose object is compiled with CS_EXPLORE, and with the sizes of its machine
	 * as CS_CPUS, CS_TASKS, CS_MMS. All that the code can write is in the object's own memory and
	 * on the stacks, at fixed addresses: who copies both can go back to a state. */

	/* Of that memory, what is no state of the kernel: where its actors are, what they noted. */
	void *own;
	uint32_t own_size;
	/* A hash of where @actor, of an operation under way, is: its stop, and all stops, locks and
	 * values that it has passed, taken and read since the operation began, each at its place in
	 * the source the last. The code is deterministic: so this says what its stack and registers hold,
	 * without the bytes, which depend on the compiler. */
	uint64_t (*place)(uint32_t actor);
	/* The part of its stack that @actor needs to go on: *@from; answers its bytes, maybe 0. */
	uint32_t (*stack)(uint32_t actor, void **from);
	/* Before the process ends: what was covered is written. */
	void (*finish)(void);
};

#endif
