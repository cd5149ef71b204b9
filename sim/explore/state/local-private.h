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
 *
 * Several states go this way together, each to the next arrow before any goes on, so that the cache
 * misses of one overlap with those of the others.
 */

#include <string.h>

#include "sim/base/hash.h"
#include "sim/explore/state/local.h"

enum {
	MEMO_TABLE_MIN = 16,  /* slots for an mm */
	MEMO_MOST = 1 << 19,  /* groups; with as many, all answers are forgotten */
	CPU_EDITS = 1 << 11,  /* few states have the same CPUs, and they are neighbours */
	TASK_EDITS = 1 << 15, /* many states have the same floating tasks */
	AUDIT = 1 << 12, /* one of so many states with kept answers is also expanded by the model */
	CUTS = 32,
	VIEWS = 8, /* states that go together */
	GROUPS_MAX = 2 * PARTS_ELEMENTS_MAX + 1 + PARTS_ELEMENTS_MAX * PARTS_ELEMENTS_MAX,
};

/* Who takes a step: what it depends on besides the mm. That is a CPU, or a floating task, or both,
 * or neither. */
typedef uint32_t actor_key;

#define ACTOR_NEITHER UINT32_C(0x8000)

static inline actor_key actor_of(element cpu, element task)
{
	return cpu || task ? cpu | (uint32_t)task << 16 : ACTOR_NEITHER;
}

/* One kept step: what the mm, the CPU and the task become. */
struct answer {
	uint32_t mm;
	element cpu;  /* 0: the CPU is as it was */
	element task; /* ACTOR_TASK, ACTOR_BOTH: what replaces the task; otherwise a new floating
	               * task. 0: none */
	uint8_t verb;
	bool everywhere; /* it changes more than these three */
	bool judged;     /* if the state before it breaks nothing, the state after it does not */
	bool last;       /* of its group */
};

/* The answers for one actor, by the index of the first one in local.answers. */
struct memo_slot {
	actor_key key; /* 0: free */
	uint32_t first;
};

enum {
	ANSWERS_NONE,
	ANSWERS_EVERYWHERE /* some step changes more than the group */,
	ANSWERS_FIRST
};

/* The slots of one mm. */
struct memo_table {
	uint32_t mask, used;
	struct memo_slot *slots; /* NULL: none */
};

/* An actor in a state. */
struct group {
	actor_key key;
	element cpu, task;
	uint8_t times;  /* how many equal actors there are whose steps count one by one */
	uint32_t first; /* of its answers */
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

/* A state that some steps lead to. Where states are cut in halves, `cpus` is the left half and
 * `floats` the right one. */
struct successor {
	uint32_t mm, cpus, floats;           /* cpus, floats; 0: that of ... */
	uint16_t cpus_wanted, floats_wanted; /* ... local.wanted */
	uint8_t verb, times;
	bool judged;
};

/* One step as the model has taken it. */
struct taken {
	actor_key key;
	struct answer answer;
};

/* A state on its way. */
struct view {
	state_id id;
	struct parts_sorted sorted;
	bool all_hold; /* ELEMENT_HOLDS of each CPU of `sorted` */
	bool asks;     /* the model is to take all steps */
	unsigned groups_count;
	struct group groups[GROUPS_MAX];
	unsigned next, next_end; /* of local.next */
};

struct local {
	struct parts *parts;
	bool judges;
	struct expander expander;
	state_id read;           /* expander.base; 0: none */
	struct memo_table *memo; /* by mm */
	uint32_t memo_count, memo_used;
	GArray *answers;       /* struct answer */
	struct halves *halves; /* NULL: states are cut sorted, or the model takes all steps */
	struct edit *cpu_edits, *task_edits;
	struct view views[VIEWS];
	struct successor next[VIEWS * MACHINE_STEPS_MAX];
	unsigned next_count;
	struct wanted wanted[2 * VIEWS * MACHINE_STEPS_MAX];
	unsigned wanted_count;
	uint64_t kept;
	/* while the model expands a state */
	struct view *view;
	struct parts_sorted placed;
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

/* Where the search for @key in @table begins. */
static inline uint32_t local_slot_first(const struct memo_table *table, actor_key key)
{
	return (uint32_t)(hash_word(0, key) >> 32) & table->mask;
}

/* Where the answers of @key are in @table, or would be. */
static inline struct memo_slot *local_slot(const struct memo_table *table, actor_key key)
{
	uint32_t at = local_slot_first(table, key);

	while (table->slots[at].key && table->slots[at].key != key)
		at = (at + 1) & table->mask;
	return &table->slots[at];
}

/* The table of @mm, with slots. Valid until the next call. */
struct memo_table *local_table(struct local *local, uint32_t mm);

/* Keep that the answers of @key in @table begin at @first. */
void local_keep(struct local *local, struct memo_table *table, actor_key key, uint32_t first);

/* Read ahead where local_find_answers() will look. */
void local_seek_answers(struct local *local, const struct view *view);

/* Look up the answers of all groups of @view. Returns how many are not kept. */
unsigned local_find_answers(struct local *local, struct view *view);

/* Ask the model for the answers that are missing for the groups of @view; keep them. */
void local_fill(struct local *local, struct view *view);

/* Make what local.wanted names, and keep it as edits. */
void local_make_wanted(struct local *local);

/* Give @successor the parts that were made. False: for one there is no room. */
static inline bool local_join(const struct local *local, struct successor *successor)
{
	if (!successor->cpus)
		successor->cpus = local->wanted[successor->cpus_wanted].result;
	if (!successor->floats)
		successor->floats = local->wanted[successor->floats_wanted].result;
	return successor->cpus && successor->floats;
}

/* A local_sink: adds the step to the sum *@sum, which does not depend on the order. */
void local_add_up(void *sum, enum step_verb verb, state_id next);

/* The model was asked for the steps of @id, after they were taken from kept answers. End the
 * program if the two sums differ, or if @id breaks what it is said to keep. */
void local_compare(const struct local *local, state_id id, uint64_t kept, uint64_t model);

/* As local_steps() for @id, but the model takes all steps. */
unsigned local_ask(struct local *local, state_id id, local_sink sink, void *context);

/* The same for machine_rare_steps(), where no state is cut sorted. */
unsigned local_ask_rare(struct local *local, state_id id, local_sink sink, void *context);

/* Forget the answers for states that are cut sorted; all answers. */
void local_forget_answers(struct local *local);
void local_forget(struct local *local);

#endif
