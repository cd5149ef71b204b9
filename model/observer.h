/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_OBSERVER_H
#define CIDSIM_MODEL_OBSERVER_H

/*
 * How the model reports what happens, without knowing who listens. It counts frequent facts in
 * place and calls a function for rare ones. A driver that needs neither passes NULL, at no cost.
 * One observer serves one mm: what is counted is that mm's.
 */

#include <stdint.h>

#include "model/cid.h"

enum observer_counter {
	OBSERVE_SWITCHES_IN,    /* an active task was switched in */
	OBSERVE_FAST_PATH,      /* ... and nothing had to be done but a compare and a store */
	OBSERVE_BIT_OPS,        /* bits set or cleared in the pool */
	OBSERVE_GETS,           /* numbers taken from the pool */
	OBSERVE_CONVERGED,      /* a number moved below max_cids */
	OBSERVE_HANDED_TO_CPU,  /* a switch gave a task's number to its CPU */
	OBSERVE_HANDED_TO_TASK, /* a switch gave a CPU's number to a task */
	OBSERVE_SETTLED,        /* "out" settled ownership of a number in transit */
	OBSERVE_OUT_DROPPED,    /* "out" gave a number in transit back */
	OBSERVE_WALK_STEPS,     /* steps of walks */
	OBSERVE_WALK_MOVED,     /* ... that put a number in transit or handed it over */
	OBSERVE_WALK_DROPPED,   /* ... that gave a number back */
	OBSERVE_SPINS,          /* a get that found nothing and began to spin */
	OBSERVE_GAVE_UP_WORK,   /* deferred work that ran and found nothing to do */
	OBSERVE_COUNTERS
};

enum model_trigger { TRIGGER_FORK, TRIGGER_EXIT, TRIGGER_DEFERRED };

enum model_event_kind {
	EVENT_FLIPPED,         /* the decision changed the mode; a window opens if a walk follows */
	EVENT_COMPLETED,       /* complete: the window closes */
	EVENT_DEFERRED_QUEUED, /* an affinity change queued the deferred work */
	EVENT_DEFERRED_RAN,    /* ... and it ran */
	EVENT_BAD_DROP,        /* a drop of a clear bit, or of one outside the bitmap (B4, B7) */
};

/* A rare fact. Fields that a kind does not name are 0. */
struct model_event {
	enum model_event_kind kind;
	uint32_t mm;
	uint32_t cpu;  /* who did it ... */
	uint32_t task; /* ... TASK_NONE: the deferred work */
	/* EVENT_FLIPPED */
	enum model_trigger trigger;
	uint8_t mode; /* after the flip */
	uint32_t users, allowed_count;
	uint32_t max_cids_before, max_cids_after;
	uint32_t thrs_before, thrs_after;
	/* EVENT_BAD_DROP: the bit, in the kernel's 32-bit form */
	uint32_t bit;
};

struct model_observer {
	uint64_t count[OBSERVE_COUNTERS];
	/* May be NULL: counts only. The state is that after the step so far; do not change it. */
	void (*event)(struct model_observer *observer, const struct model_event *event);
};

static inline void observe_count(struct model_observer *observer, enum observer_counter counter)
{
	if (observer)
		observer->count[counter]++;
}

static inline void observe_event(struct model_observer *observer, const struct model_event *event)
{
	if (observer && observer->event)
		observer->event(observer, event);
}

/* Its word. Only tests ask: files have columns of their own for some of the counters. */
const char *observer_counter_to_string(enum observer_counter counter);
const char *model_trigger_to_string(enum model_trigger trigger);

#endif
