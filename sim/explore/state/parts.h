/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_PARTS_H
#define CIDSIM_SIM_EXPLORE_STATE_PARTS_H

/*
 * A state as one number of 64 bits. A packed state falls into parts that each occur in many states;
 * each part is kept once, in a dictionary, and the state is the numbers of its parts. That is
 * exact: two states have the same number if and only if they are the same.
 *
 * There are two ways to cut:
 *
 *     in halves   [the mm, what may still happen, CPUs] and [tasks]: any state
 *     sorted      the mm and all that counts as a whole; the CPUs, each with the task that it runs;
 *                 the tasks that float: where names do not matter and no rq lock is held, which is
 *                 nearly every state. A step then replaces one CPU, one task, or both (local.h)
 *
 *     63   62       61 ............ 37   36 ........... 18   17 .......... 0
 *      0   judged   number of the CPUs   number of floats    number of the mm
 *      1   judged   number of the left half (31 bits)   of the right half (31 bits)
 *
 * A state whose parts have no room in their dictionaries is cut in halves. Threads share the parts.
 */

#include "sim/explore/state/dictionary.h"
#include "sim/explore/state/pack.h"

typedef uint64_t state_id; /* 0: none */

enum { PARTS_MM_BITS = 18, PARTS_FLOATS_BITS = 19, PARTS_CPUS_BITS = 25, PARTS_HALF_BITS = 31 };

#define PARTS_HALVES (UINT64_C(1) << 63) /* in halves */
#define PARTS_JUDGED (UINT64_C(1) << 62) /* the state is known to break nothing; no part of it */

/* Elements are numbered, too: CPUs with what they run, and floating tasks. */
typedef uint16_t element;

enum { PARTS_ELEMENTS_MAX = 16, PARTS_ELEMENTS_LIMIT = UINT16_MAX };

struct parts {
	const struct pack_layout *layout;
	bool sorts; /* states may be cut sorted */
	struct dictionary mms, cpus, floats;
	struct dictionary left, right;
	struct dictionary cpu, task;               /* elements: one CPU; one floating task */
	_Atomic uint8_t *cpu_traits, *task_traits; /* by element; ELEMENT_* bits */
};

void parts_init(struct parts *parts, const struct pack_layout *layout);
void parts_clear(struct parts *parts);

/* Bytes of all dictionaries: depends on nothing but the states that were seen. */
size_t parts_bytes(const struct parts *parts);

/* The number of @machine, whose packed state is @key; PARTS_JUDGED is not set. */
state_id parts_id(struct parts *parts, const struct machine *machine, const uint32_t *key);

/* A state on its way to be cut in halves. */
struct parts_cut {
	uint64_t left[DICTIONARY_WORDS_MAX], right[DICTIONARY_WORDS_MAX];
	uint64_t left_hash, right_hash;
};

/* The number of the state with the packed state @key where states are not cut sorted, in two steps:
 * the cache misses of several states overlap. */
void parts_cut_begin(const struct parts *parts, const uint32_t *key, struct parts_cut *cut);
state_id parts_cut_end(struct parts *parts, const struct parts_cut *cut);

/* The packed state of @id, with depth 0. */
void parts_key(const struct parts *parts, state_id id, uint32_t *key);

/* A state that is cut sorted, as its elements, in the order of their numbers. */
struct parts_sorted {
	uint32_t mm;
	uint32_t cpus, floats;
	element cpu[PARTS_ELEMENTS_MAX];  /* beyond the last CPU: 0 */
	element task[PARTS_ELEMENTS_MAX]; /* beyond the last one: 0 */
};

static inline bool parts_is_sorted(state_id id)
{
	return !(id & PARTS_HALVES);
}

/* The elements of @id, which is cut sorted. */
void parts_open(const struct parts *parts, state_id id, struct parts_sorted *sorted);

/* Put the elements of @sorted in the order in which the packed state has them. */
void parts_place(const struct parts *parts, struct parts_sorted *sorted);

/* CPUs, or floating tasks, on their way to their number: see dictionary.h for the steps. */
struct parts_change {
	struct dictionary *all;
	uint64_t words[PARTS_ELEMENTS_MAX * sizeof(element) / sizeof(uint64_t)];
	uint64_t hash;
};

/* The CPUs, or the floating tasks, of @sorted with one @from taken out and one @to put in; a task
 * may be 0: none. */
void parts_change_cpu(struct parts *parts, const struct parts_sorted *sorted, element from,
	element to, struct parts_change *change);
void parts_change_task(struct parts *parts, const struct parts_sorted *sorted, element from,
	element to, struct parts_change *change);

static inline void parts_touch(const struct parts_change *change)
{
	dictionary_touch(change->all, change->hash);
}

/* The number of @change. 0: there is no room for it. */
static inline uint32_t parts_changed(const struct parts_change *change)
{
	return dictionary_number_at(change->all, change->words, change->hash);
}

static inline state_id parts_join(uint32_t mm, uint32_t cpus, uint32_t floats)
{
	return mm | (state_id)floats << PARTS_MM_BITS |
	       (state_id)cpus << (PARTS_MM_BITS + PARTS_FLOATS_BITS);
}

/* What is known of an element. */
enum {
	ELEMENT_KNOWN = 1, /* the other bits are set or not */
	ELEMENT_IDLES = 2, /* a CPU: no task runs on it */
	ELEMENT_TWINS = 4, /* equal ones are taken for one, as by machine_twins */
	ELEMENT_HOLDS = 8, /* a CPU: what its task shows to user space it holds, or the CPU does */
};

static inline unsigned parts_cpu_traits(const struct parts *parts, element cpu)
{
	return atomic_load_explicit(&parts->cpu_traits[cpu], memory_order_relaxed);
}

static inline unsigned parts_task_traits(const struct parts *parts, element task)
{
	return atomic_load_explicit(&parts->task_traits[task], memory_order_relaxed);
}

/* Is what is true of CPUs and tasks that no step touches between the mm @before and @after still
 * allowed? There are users before; and if no change is under way after it, none was before, and the
 * mode is the same. */
bool parts_keeps_order(const struct parts *parts, uint32_t before, uint32_t after);

/* Does a get spin and find nothing? @id is cut sorted. */
bool parts_spins(const struct parts *parts, state_id id);

#endif
