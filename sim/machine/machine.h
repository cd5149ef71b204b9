/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_MACHINE_MACHINE_H
#define CIDSIM_SIM_MACHINE_MACHINE_H

/*
 * A small machine, whose possible steps can be listed: one mm, its tasks and their CPUs on top of
 * the model, with what the model does not know: the operation of each task, how much more may
 * happen, who waits for a lock, what a CPU may not have seen yet. It is a flat value.
 *
 * A task that does not run is neither runnable nor blocked: any CPU may pick it at any time, or
 * never. It is in the run queue of task.cpu. To take it from there, that rq lock is needed; nobody
 * gets it while that CPU spins. An initiator that waits for a rq lock, or whose fork spins under
 * the mm's lock, is not switched out. Source: docs/protocol.md, section 11.
 *
 * A *reduced* machine reaches the same words with fewer steps:
 * - A switch is "out" to idle, then "in" from idle. What can happen between the two halves, with
 *   the rq lock held, can also happen while the CPU idles.
 * - A task whose queue is not locked *floats*: its queue is left open, because a wake-up or a
 *   balancer could move it at any time. That ends when it is picked, or when the step of a switch
 *   that begins to spin says that the task is stuck in its queue.
 * - A task that is dead, or has gone to another mm, leaves its CPU idle.
 * Where memory is weak and the mode is two words, no task floats: the CPU that takes a task from a
 * queue sees what the CPU of that queue has seen.
 */

#include <stdbool.h>
#include <stdint.h>

#include "model/observer.h"
#include "model/state.h"
#include "sim/machine/step.h"

enum {
	MACHINE_CPUS_MAX = 16,
	MACHINE_TASKS_MAX = 16,
	MACHINE_LEFT_MAX = 15, /* how often each thing may happen */
	MACHINE_BLOCK_WORDS = 96,
	MACHINE_STEPS_MAX = 1024,
};

/* What may happen a limited number of times, machine.left. */
enum machine_op {
	MACHINE_FORKS,
	MACHINE_CLONE_VMS,
	MACHINE_VFORKS,
	MACHINE_EXITS,
	MACHINE_EXECS,
	MACHINE_FAILED_EXECS,
	MACHINE_AFFINITIES,
	MACHINE_OPS
};

/* Properties beside the CHECK_* bits. */
enum {
	EXPLORE_RETURN = 1 << 9,   /* after a widened affinity the mm leads back to per task (B8) */
	EXPLORE_STALL = 1 << 10,   /* outside of windows each get finds a number */
	EXPLORE_STUCK = 1 << 11,   /* ... or something can end its spin: I3 outside of windows */
	EXPLORE_TRANSIT = 1 << 12, /* outside of windows no CID is put in transit (B12) */
	EXPLORE_INVARIANT = 1 << 14, /* the conjuncts of the invariant in proof/ hold */
	EXPLORE_WINDOW = 1 << 13, /* in a window TRANSIT is in the mode, if the revision sets it in
	                           * that direction (B11) */
};

/* What an exploration is of. Does not change while it goes on. */
struct machine_config {
	struct protocol protocol;
	uint32_t cpus_count;              /* 1..MACHINE_CPUS_MAX */
	uint32_t tasks_start;             /* 1.. */
	uint32_t tasks_max;               /* alive at once, tasks_start..MACHINE_TASKS_MAX */
	uint8_t group[MACHINE_TASKS_MAX]; /* thread group of each task at the start, from 0 */
	uint16_t allowed;                 /* CPUs that the tasks may run on at the start, not 0 */
	uint8_t may[MACHINE_OPS];         /* 0..MACHINE_LEFT_MAX */
	bool made_in_window;              /* the mm is forked from one that is in a window */
	bool weak;                        /* memory */
	bool reduced;
	bool any_cpu_order;  /* CPU walks take the CPUs in any order, not from 0 up */
	bool any_task_order; /* task walks over the list take the users in any order */
	bool may_all_exit;   /* exits are not counted: is there a way out of a spin at all? */
};

/* Do tasks float whose queue is not locked? */
static inline bool machine_floats(const struct machine_config *config)
{
	return config->reduced && !(config->weak && config->protocol.split_mode);
}

/* The operation that a task is in. */
enum machine_pc {
	PC_FREE,           /* no such task */
	PC_BORN,           /* its fork is not over: on no run queue; partner: its parent */
	PC_USER,           /* in user space, or waits to be there */
	PC_FORKS,          /* in a fork; partner: the child */
	PC_VFORKS,         /* in a vfork; partner: the child */
	PC_SHOWS,          /* has a child that is counted but not visible; partner: the child */
	PC_VSHOWS,         /* the same, of a vfork */
	PC_WAITS,          /* for the child of its vfork; partner: the child */
	PC_EXITS,          /* in an exit, inactive */
	PC_DEAD,           /* gone once it is switched out */
	PC_LEAVES,         /* in an exec that will succeed, leaving the mm */
	PC_LEAVES_TO_FAIL, /* ... that will fail */
	PC_EXEC,           /* in an exec that will succeed, inactive */
	PC_EXEC_TO_FAIL,   /* ... that will fail */
	PC_RETURNS,        /* back from a failed exec, in its decision or window */
	PC_COUNT
};

/* What a CPU may not have seen yet of the two words of the mode. */
enum { VIEW_OLD_PERCPU = 1, VIEW_OLD_TRANSIT = 2 };

struct machine {
	uint8_t pc[MACHINE_TASKS_MAX];
	uint8_t partner[MACHINE_TASKS_MAX]; /* 0 where the pc has none */
	uint8_t left[8];                    /* by enum machine_op */
	uint8_t view[MACHINE_CPUS_MAX];     /* VIEW_* */
	uint16_t wide;                      /* tasks whose affinity was widened to all CPUs */
	uint8_t waiting; /* the initiator waits for the rq lock of the next step of its walk */
	uint8_t work;    /* the deferred work is queued */
	uint16_t walked; /* any order: CPUs or tasks that the walk has been to */
	uint8_t unused[2];
	/* struct model: use machine_model(). Machines of 32 bits align 64-bit numbers to 4 bytes
	 * only. */
	_Alignas(8) uint64_t block[MACHINE_BLOCK_WORDS];
};

static inline struct model *machine_model(struct machine *machine)
{
	return (struct model *)machine->block;
}

static inline const struct model *machine_model_const(const struct machine *machine)
{
	return (const struct model *)machine->block;
}

static inline const struct model_mm *machine_mm(const struct machine *machine)
{
	return model_mm_const(machine_model_const(machine), 0);
}

/* The first task has forked the others, one after the other and alone, all of them visible; it
 * runs on the lowest CPU allowed, the others wait in that CPU's queue and have never run. Returns
 * false where there is no such machine: a fork finds no number and would spin for ever (v1). */
bool machine_start(struct machine *machine, const struct machine_config *config);

/* Copy @from, which began with the same config, to @to, in which a machine was started before. */
void machine_copy(struct machine *to, const struct machine *from);

/* CPUs and tasks that differ from another one only in name. Their steps are like those of the other
 * one, and are left out. As masks. */
struct machine_twins {
	uint16_t cpus, tasks;
};

/*
 * List the steps that can be taken in @machine into @steps, room for MACHINE_STEPS_MAX. Returns how
 * many. Of a switch in that spins there is one for each set of tasks that can be stuck: where
 * machine_apply() has answered that a get is not over (step_gets()), try others.
 */
unsigned machine_steps(const struct machine *machine, const struct machine_config *config,
	struct machine_twins twins, struct explore_step *steps);

/* The same without switches, their halves and spins, and without migrations. */
unsigned machine_rare_steps(const struct machine *machine, const struct machine_config *config,
	struct machine_twins twins, struct explore_step *steps);

/* What @step uses up, MACHINE_OPS: nothing. */
enum machine_op machine_op_of(const struct explore_step *step);

/* Can @step be taken? machine.left is not asked. Returns NULL, or why not, as a text without a full
 * stop. */
const char *machine_refuses(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step);

/*
 * Take @step, which can be taken. @observer as for the model's steps; NULL is allowed.
 * Returns the model's outcome of it: STEP_NEEDS_RQ_LOCK of a walk: its initiator waits from now on.
 */
enum step_outcome machine_apply(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer);

/* The tasks that float: neither running nor in the queue of a CPU whose rq lock is held, and able
 * to be picked. As a mask. */
uint16_t machine_floating(const struct machine *machine);

/* Those of them that can be stuck in the queue of @cpu when a switch there begins to spin. */
uint16_t machine_can_be_stuck(
	const struct machine *machine, const struct machine_config *config, uint32_t cpu);

/* Properties that are broken now: CHECK_* bits, I3 and I7 not among them. */
unsigned machine_check(const struct machine *machine);

/* Does a CPU spin in get, in a switch or in a fork, and finds nothing now? */
bool machine_spins(const struct machine *machine);

/*
 * What steps depend on of the machine as a whole. Apart from this, a step of a *quiet* machine
 * depends only on the mm, on what may still happen, and on the CPU and the task that take it.
 */
struct machine_outline {
	uint8_t users;   /* of the mm */
	uint8_t alive;   /* tasks that exist */
	uint8_t to_walk; /* CPUs or users that a walk in any order has still to visit; 0 without one
	                  */
	bool holder_runs;    /* whoever holds the mutex can go on */
	bool holder_is_work; /* the deferred work holds the mutex, not a task */
	bool spins;          /* machine_spins() */
	bool quiet;          /* no rq lock is held or waited for */
};

struct machine_outline machine_outline(
	const struct machine *machine, const struct machine_config *config);

/* Who holds the mutex, STEP_TASK_NONE: nobody, or the deferred work. */
uint8_t machine_initiator(const struct machine *machine);

#endif
