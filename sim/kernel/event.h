/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_EVENT_H
#define CIDSIM_SIM_KERNEL_EVENT_H

/* Events: what happens in both, the code and the model, one after the other. */

#include <glib.h>

#include "sim/kernel/pair.h"

enum event_kind {
	EVENT_RESUME,   /* actor @a goes on to its next stop */
	EVENT_SWITCH,   /* CPU @a begins a switch to task @b, EVENT_NOBODY: to idle */
	EVENT_THREAD,   /* task @a begins to fork @b, a thread */
	EVENT_CLONE_VM, /* ... a task of a group of its own */
	EVENT_PROCESS,  /* ... a process with mm @c */
	EVENT_EXIT,     /* task @a begins its exit */
	EVENT_EXEC,     /* task @a begins an exec, which will fail if @b is 1 */
	EVENT_RETURN,   /* task @a comes back from its exec, with mm @b if it does not fail */
	EVENT_AFFINITY, /* task @a gets @mask */
	EVENT_MIGRATE,  /* task @a, which does not run, goes to the queue of CPU @b */
	EVENT_WORK,     /* the deferred work of mm @a begins */
	EVENT_GONE,     /* the exec of task @a has succeeded: it goes on outside of all mms */
	EVENT_STORED, /* weak memory: the store in place @a of the buffers reaches the other CPUs */
	EVENT_VFORK,  /* as CLONE_VM, and @a waits until @b exits or has another mm */
	EVENT_KINDS
};

enum { EVENT_NOBODY = UINT8_MAX };

struct event {
	uint8_t kind, a, b, c;
	uint64_t mask;
};

enum event_outcome {
	EVENT_IMPOSSIBLE, /* nothing has changed */
	EVENT_TAKEN,
	EVENT_DIFFERS, /* pair.difference says in what; the pair is not to be used any more */
};

/* Are its numbers those of CPUs, tasks, mms, actors of a machine of @shape? */
bool event_is_of(const struct event *event, const struct shape *shape);

/* Who acts by @event; CODE_NONE: nobody of those who have operations. */
uint32_t event_actor(const struct event *event);

/* Let @event, which is of the machine of @pair, happen, if it can. */
enum event_outcome event_apply(struct pair *pair, const struct event *event);

#endif
