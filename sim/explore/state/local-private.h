/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_LOCAL_PRIVATE_H
#define CIDSIM_SIM_EXPLORE_STATE_LOCAL_PRIVATE_H

/*
 * What three sources share: local.c uses kept answers, local-ask.c asks the model for answers,
 * local-memo.c keeps them.
 *
 *     local_steps() --> groups of the state --- all answers kept ---> the states after them
 *                          |           ^
 *                          | not all   | local_fill()
 *                          +-----------+
 *                          | a step changes more than its group
 *                          +--> local_ask(): the model takes all steps
 */

#include <string.h>

#include "sim/base/hash.h"
#include "sim/explore/state/local.h"

enum {
	MEMO_SLOTS_MIN = 1 << 12,
	MEMO_SLOTS_MAX = 1 << 20, /* if half of these are used, all are forgotten */
	EDITS = 1 << 15,          /* as many as fit into the cache of a CPU */
	AUDIT = 1 << 12, /* one of so many states with kept answers is also expanded by the model */
	CUTS = 32,
	GROUPS_MAX = 2 * PARTS_ELEMENTS_MAX + 1 + PARTS_ELEMENTS_MAX * PARTS_ELEMENTS_MAX,
};

/* Who takes a step: what it depends on besides the mm. */
enum actor { ACTOR_MM, ACTOR_CPU, ACTOR_TASK, ACTOR_BOTH };

/* One kept step: what the mm, the CPU and the task become. */
struct answer {
	uint32_t mm;
	element cpu;  /* 0: the CPU is as it was */
	element task; /* ACTOR_TASK, ACTOR_BOTH: what replaces the task; otherwise a new floating
	               * task. 0: none */
	uint8_t verb;
	bool everywhere; /* it changes more than these three */
	bool judged;     /* if the state before it breaks nothing, the state after it does not */
};

/* The answers for one mm and actor: some of local.answers. */
struct memo_slot {
	uint64_t key; /* 0: free */
	uint32_t first, count;
};

/* An actor in a state. */
struct group {
	uint64_t key;
	element cpu, task;
	uint8_t times; /* how many equal actors there are whose steps count one by one */
	const struct memo_slot *slot;
};

/* A part with CPUs or with tasks, in which one element was replaced lately. */
struct edit {
	uint64_t key;    /* the part, and the element that is taken out */
	uint32_t comes;  /* the element that is put in */
	uint32_t result; /* 0: no such edit */
};

/* An edit that is not there yet. */
struct wanted {
	struct parts_change change;
	struct edit *edit; /* where it goes */
	uint64_t key;
	uint32_t comes, result;
};

/* A state that some steps lead to. */
struct successor {
	uint32_t mm, cpus, floats;           /* cpus, floats; 0: that of ... */
	uint16_t cpus_wanted, floats_wanted; /* ... local.wanted */
	uint8_t verb, times;
	bool judged;
};

/* One step as the model has taken it. */
struct taken {
	uint64_t key;
	struct answer answer;
};

struct local {
	struct parts *parts;
	bool judges;
	struct expander expander;
	state_id read; /* expander.base; 0: none */
	struct memo_slot *slots;
	uint64_t mask, used;
	GArray *answers; /* struct answer */
	struct edit *cpu_edits, *task_edits;
	struct group groups[GROUPS_MAX];
	unsigned groups_count;
	bool all_hold; /* ELEMENT_HOLDS of each CPU of `sorted` */
	struct successor next[MACHINE_STEPS_MAX];
	unsigned next_count;
	struct wanted wanted[2 * MACHINE_STEPS_MAX];
	unsigned wanted_count;
	uint64_t kept;
	/* while the model expands a state */
	state_id id;
	struct parts_sorted sorted;
	uint8_t place_of[MACHINE_CPUS_MAX];
	element task_of[MACHINE_TASKS_MAX]; /* floating tasks, by number in the machine */
	bool first_task[MACHINE_TASKS_MAX]; /* no equal task is before it */
	GArray *taken;                      /* struct taken */
	local_sink sink;
	void *context;
	struct parts_cut cuts[CUTS];
	uint8_t verbs[CUTS];
	unsigned cuts_count;
};

/* The count of a slot for which some step changes more than the group. */
#define SLOT_EVERYWHERE UINT32_MAX

static inline uint64_t actor_key(uint32_t mm, enum actor actor, element cpu, element task)
{
	uint64_t key = mm | (uint64_t)cpu << PARTS_MM_BITS | (uint64_t)task << (PARTS_MM_BITS + 16);

	return key | (uint64_t)(actor + 1) << (PARTS_MM_BITS + 32);
}

static inline struct memo_slot *local_slot(struct memo_slot *slots, uint64_t mask, uint64_t key)
{
	uint64_t at = hash_word(0, key) & mask;

	while (slots[at].key && slots[at].key != key)
		at = (at + 1) & mask;
	return &slots[at];
}

/* Look up the answers of all groups. Returns how many are not kept. */
unsigned local_find_answers(struct local *local);

/* Ask the model for the answers that are missing for local.groups, the groups of @id; keep them. */
void local_fill(struct local *local, state_id id);

/* As local_steps(), but the model takes all steps from @id. */
unsigned local_ask(struct local *local, state_id id, local_sink sink, void *context);

/* The table of answers is half full: make it larger. */
void local_grow_memo(struct local *local);

/* Forget all answers. */
void local_forget(struct local *local);

#endif
