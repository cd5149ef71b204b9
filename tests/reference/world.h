/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_REFERENCE_WORLD_H
#define CIDSIM_TESTS_REFERENCE_WORLD_H

/*
 * A state of model/, and what it does not know: where each task is, who waits. steps.py has the
 * verbs. What the model cannot be asked stands in guards; all else it answers itself.
 */

#include <stdbool.h>
#include <stdint.h>

#include "model/state.h"

enum {
	WORLD_CPUS_MAX = 192,
	WORLD_TASKS_MAX = 256,
	WORLD_MMS_MAX = 4,
	WORLD_CHOICES_MAX = 1 << 16,
	WORLD_MASK_WORDS = WORLD_CPUS_MAX / 64,
};

#define WORLD_NONE UINT32_MAX

enum verb {
	LEAVE,
	ENTER,
	RETRY,
	GIVEUP,
	MIGRATE,
	FORK,
	CLONE,
	FORKPART,
	CLONEPART,
	PROCESS,
	SHOW,
	FAILFORK,
	EXIT,
	EXITPART,
	EXEC,
	EXECRET,
	EXECNEW,
	WALK,
	COMPLETE,
	GET,
	GIVEUPFORK,
	DECIDE,
	CHANGE,
	AFFINITY,
	WORK,
	VERBS
};

/* A step: fields that its verb does not need are WORLD_NONE. */
struct choice {
	enum verb verb;
	uint32_t cpu, task, mm;
	uint32_t child; /* of a fork; the new mm's task */
	uint32_t new_mm;
	uint32_t sees; /* MODE_* bits; WORLD_NONE: the present ones */
	uint64_t mask[WORLD_MASK_WORDS];
};

enum place { FREE_TASK, KERNEL, BORN, USER, SHOWS, IN_EXEC, DEAD };

struct world {
	struct model_config config;
	size_t size;
	struct model *model, *spare;
	enum place place[WORLD_TASKS_MAX];
	uint32_t partner[WORLD_TASKS_MAX]; /* its child whose fork is not over, or not shown */
	uint32_t holds[WORLD_TASKS_MAX];   /* the mm whose mutex it holds */
	bool waits[WORLD_MMS_MAX];         /* the initiator waits for a rq lock */
	bool tried[WORLD_MMS_MAX];         /* the get of a fork was tried */
	bool work[WORLD_MMS_MAX];          /* deferred work is queued */
	enum verb part[WORLD_MMS_MAX];     /* DECIDE, CHANGE: the rest of an exit; VERBS: none */
};

/* A machine on which CPU 0 can run the kernel threads 0 to @threads - 1. */
struct world *world_new(const struct model_config *config, uint32_t threads);
void world_free(struct world *world);

/* The steps of @verb that can be tried, or that are @possible for sure. Returns how many. Fields
 * that can be drawn (child, new_mm, mask, the CPU of work, sees) are not set. */
unsigned world_choices(struct world *world, enum verb verb, bool possible, struct choice *choices);

/* Try @choice: its outcome. With STEP_NEEDS_* nothing has changed, but that an initiator may wait.
 */
struct step world_take(struct world *world, const struct choice *choice);

const char *verb_to_string(enum verb verb);

/* Does a step of @verb name a CPU, a task, an mm? An mm alone, or one of the others, or both. */
bool verb_is_of_cpu(enum verb verb);
bool verb_is_of_task(enum verb verb);
bool verb_is_of_mm(enum verb verb);

/* guards.c: can @choice be tried? The model may still refuse it. */
bool world_allows(const struct world *world, const struct choice *choice);

#endif
