/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_STATE_H
#define CIDSIM_MODEL_STATE_H

/*
 * The state of the protocol: all mms, tasks and CPUs in one flat block of memory that the caller
 * supplies. There is no pointer inside, so a state is copied, stored, compared and restored with
 * memcpy and memcmp. Source: docs/protocol.md, section 2.
 *
 *     struct model | cpus[] | mms[] | tasks[] | extents[]
 *
 * A task is 16 bytes. An mm is 72 bytes, plus an *extent* once it needs one: the CPU words, the
 * pool and the allowed mask, everything that is as long as the machine is wide (2 bytes and 2 bits
 * per possible CPU). On machines of at most 64 CPUs each mm has its extent from the start. On
 * wider ones an mm has none while it may run on all CPUs and its pool fits in one 64-bit word. Then
 * the mode is per task and no CPU word is CPU-owned, so no step depends on the words: they are not
 * stored, and read as 0 (task-owned, owns nothing).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/cid.h"
#include "model/revision.h"

enum {
	MODEL_CPUS_MAX = 8192,
	MODEL_TASKS_MAX = 1 << 22,
	MODEL_MMS_MAX = 1 << 16,
	MODEL_INLINE_NUMBERS = 64, /* numbers that the pool of an mm holds without extent */
};

#define TASK_NONE UINT32_MAX   /* idle */
#define EXTENT_NONE UINT32_MAX /* the mm has no extent */

/* Bits of mm.mode. None: per task. */
enum { MODE_PER_CPU = 1, MODE_TRANSIT = 2 };

/* Where a change of the users of an mm stands: who holds the mutex, and what comes next. */
enum mm_phase {
	PHASE_IDLE,       /* nobody holds the mutex */
	PHASE_GET_LOCKED, /* fork 1, 2: in get under lock, interrupts off */
	PHASE_WALK_TASKS, /* walk_step() is due */
	PHASE_WALK_CPUS,  /* walk_step() is due */
	PHASE_COMPLETE,   /* window_complete() is due */
	PHASE_GET_MUTEX,  /* fork 4: the child's get after complete, under the mutex only */
};

/* What a CPU does with its rq lock. */
enum cpu_phase {
	CPU_FREE,    /* nothing: the rq lock can be had */
	CPU_BETWEEN, /* between the halves of a switch, rq lock held */
	CPU_SPINS,   /* "in" spins in get, rq lock held */
};

/* Sticky marks of what must never happen, in mm.faults. */
enum {
	FAULT_DROP_CLEAR = 1, /* a drop of a bit in range that was clear (I4) */
	FAULT_DROP_RANGE = 2, /* a bit operation outside [0, possible) (I2) */
};

struct model_task {
	uint64_t older : 22; /* circular list of the users of the mm: tasks.h has its order */
	uint64_t newer : 22;
	uint64_t mm : 16;
	uint64_t has_mm : 1;  /* 0: idle, kernel thread */
	uint64_t active : 1;  /* counted in users */
	uint64_t visible : 1; /* to a walk over the tasks of the system */
	uint64_t listed : 1;  /* on the list */
	uint64_t group : 22; /* thread group: the id of its first task */
	uint64_t cpu : 13;   /* whose run queue it is on, or was last; dense index */
	uint64_t : 13;
	uint64_t cid : 16; /* the word */
};
_Static_assert(sizeof(struct model_task) == 16, "a task is 16 bytes");

struct model_cpu {
	uint32_t curr;  /* TASK_NONE = idle */
	uint8_t phase;  /* enum cpu_phase */
	uint8_t mode;   /* CPU_SPINS: the mode that "in" has read */
	uint16_t found; /* CPU_SPINS, split get: number found, not yet set, plus 1; 0 = none */
};

struct model_mm {
	uint64_t pool;    /* taken numbers 0..63, where the pool is not in the extent */
	uint64_t allowed; /* mask, on machines of at most 64 CPUs */
	uint32_t allowed_count;
	uint32_t users;
	uint32_t max_cids;
	uint32_t pcpu_thrs;
	uint32_t taken;     /* bits set in the pool */
	uint32_t extent;    /* index, EXTENT_NONE = none */
	uint32_t newest;    /* the last one of the list; TASK_NONE: it is empty */
	uint32_t initiator; /* phase != IDLE: who holds the mutex; TASK_NONE: deferred work */
	uint32_t child;     /* fork: the task that gets a word; TASK_NONE: none */
	uint32_t cursor;    /* walk: the task or CPU of its next step */
	uint32_t budget;    /* walk over the system: users left to visit */
	uint16_t initiator_cpu;
	uint16_t found; /* split get of a fork: number found, not yet set, plus 1; 0 = none */
	uint8_t mode;   /* MODE_* */
	uint8_t phase;  /* enum mm_phase */
	uint8_t pass;   /* walk over the system: 0 thread group, 1 all */
	uint8_t live;   /* the mm exists */
	uint8_t update_deferred;
	uint8_t faults; /* FAULT_* */
};

struct model {
	struct protocol protocol;
	uint32_t cpus_count;                            /* num_possible_cpus; 1..MODEL_CPUS_MAX */
	uint32_t nr_cpu_ids;                            /* highest possible id + 1; >= cpus_count */
	uint32_t tasks_count, mms_count, extents_count; /* sizes of the arrays */
	uint32_t extents_used;                          /* extents that were ever handed out */
	uint32_t extents_free; /* list of those given back; EXTENT_NONE ends it */
	uint32_t words;        /* 64-bit words of a CPU mask */
	uint32_t summary;      /* 64-bit words of a mask over those */
	uint32_t extent_size;  /* bytes */
	bool extents_always;   /* each mm has its extent from the start */
	uint64_t cpus_at, mms_at, tasks_at, extents_at; /* byte offsets from the header */
	uint64_t size;                                  /* bytes of the block */
};

struct model_config {
	struct protocol protocol;
	uint32_t cpus_count;
	uint32_t nr_cpu_ids;
	uint32_t tasks_count;
	uint32_t mms_count;
	uint32_t extents_count; /* at most mms_count */
	bool extents_always;    /* keep all CPU words exactly, also on wide machines (replay) */
};

/* Bytes of a block for @config; 0 if a count is 0 or beyond its maximum. */
size_t model_size(const struct model_config *config);

/* Make the empty state in @memory, of model_size() bytes, aligned to 8. */
struct model *model_init(void *memory, const struct model_config *config);

/* Make in @memory a state equal to @old with larger arrays: @config as for model_init(), its
 * tasks, mms and extents at least those of @old, the rest the same. @old is unchanged. */
struct model *model_grow(void *memory, const struct model_config *config, const struct model *old);

/* Outcome of a step. With STEP_NEEDS_* the step was not taken and the state has not changed.
 * STEP_SPINS and STEP_FOUND are explicit waiting states: the lock under which the get goes on is
 * still held. */
enum step_outcome {
	STEP_DONE,          /* taken, and over; @arg is 0, as with STEP_WINDOW */
	STEP_WINDOW,        /* taken; a change of the mode is under way: walk_step() is due */
	STEP_SPINS,         /* a get found nothing; the same CPU can only retry */
	STEP_FOUND,         /* a get of two steps has found a number; the next try sets it */
	STEP_GET,           /* taken; a get is due: fork_get() */
	STEP_NEEDS_RQ_LOCK, /* of CPU @arg, held by a switch */
	STEP_NEEDS_MUTEX,   /* of the mm, held by task @arg */
	STEP_NEEDS_LOCK,    /* of the mm, held by the fork of task @arg, which spins */
	STEP_NEEDS_EXTENT,  /* all extents are in use: model_grow() and try again */
};

struct step {
	enum step_outcome outcome;
	uint32_t arg;
};

static inline struct step step_is(enum step_outcome outcome, uint32_t arg)
{
	return (struct step){ .outcome = outcome, .arg = arg };
}

/* True if a get is not over yet: it spins, or has found a number that it has yet to set. */
static inline bool step_gets(enum step_outcome outcome)
{
	return outcome == STEP_SPINS || outcome == STEP_FOUND;
}

const char *step_outcome_to_string(enum step_outcome outcome);

static inline struct model_task *model_task(struct model *model, uint32_t task)
{
	return (struct model_task *)((char *)model + model->tasks_at) + task;
}

static inline struct model_cpu *model_cpu(struct model *model, uint32_t cpu)
{
	return (struct model_cpu *)((char *)model + model->cpus_at) + cpu;
}

static inline struct model_mm *model_mm(struct model *model, uint32_t mm)
{
	return (struct model_mm *)((char *)model + model->mms_at) + mm;
}

static inline const struct model_task *model_task_const(const struct model *model, uint32_t task)
{
	return (const struct model_task *)((const char *)model + model->tasks_at) + task;
}

static inline const struct model_cpu *model_cpu_const(const struct model *model, uint32_t cpu)
{
	return (const struct model_cpu *)((const char *)model + model->cpus_at) + cpu;
}

static inline const struct model_mm *model_mm_const(const struct model *model, uint32_t mm)
{
	return (const struct model_mm *)((const char *)model + model->mms_at) + mm;
}

/* The CPU words of @mm, cpus_count of them; NULL if it has no extent. */
static inline cid_word *model_words(struct model *model, const struct model_mm *mm)
{
	if (mm->extent == EXTENT_NONE)
		return NULL;
	return (cid_word *)((char *)model + model->extents_at +
			    (uint64_t)mm->extent * model->extent_size);
}

/* The word of @cpu in @mm; 0 if the mm has no extent. */
static inline cid_word model_word(
	const struct model *model, const struct model_mm *mm, uint32_t cpu)
{
	const cid_word *words = model_words((struct model *)model, mm);

	return words ? words[cpu] : 0;
}

/* True if @task runs on its CPU right now. */
static inline bool model_is_running(const struct model *model, uint32_t task)
{
	return model_cpu_const(model, model_task_const(model, task)->cpu)->curr == task;
}

/* True if the mode of @mm is per CPU, in transit or not. */
static inline bool mm_is_per_cpu(const struct model_mm *mm)
{
	return mm->mode & MODE_PER_CPU;
}

/* True between the flip and complete. */
static inline bool mm_in_window(const struct model_mm *mm)
{
	return mm->phase == PHASE_WALK_TASKS || mm->phase == PHASE_WALK_CPUS ||
	       mm->phase == PHASE_COMPLETE;
}

#endif
