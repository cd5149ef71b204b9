/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_PARTS_H
#define CIDSIM_SIM_EXPLORE_STATE_PARTS_H

/*
 * A state as one number of 64 bits. A packed state is cut into parts. Each part occurs in many
 * states, and is kept once, in a dictionary. The number of the state is made of the numbers of its
 * parts. That is exact: two states have the same number if and only if they are the same.
 *
 * There are two ways to cut a state:
 *
 *     in halves   [the mm, what may still happen, CPUs] and [tasks]. All states can be cut so.
 *     sorted      [the mm and all that is counted for the whole state], [the CPUs, each with the
 *                 task that it runs] and [the floating tasks: those that run on no CPU]. This needs
 *                 that names do not matter and that no rq lock is held; nearly all states are so.
 *                 A step then replaces one CPU, one task, or both (local.h).
 *
 *     63   62 ............ 38   37 .......... 20   19 .......... 1    0
 *      0   number of the CPUs   number of the mm   number of floats   judged
 *      1   number of the left half (31 bits)   of the right half (31 bits)   judged
 *
 * The bits of the first number are in reverse order, the lowest one first. Numbers count up from 1,
 * so states that are sorted by their numbers are spread evenly over all 64-bit numbers, whatever
 * the number of parts. States that have the same CPUs, and among them those that have the same mm,
 * are neighbours.
 *
 * A state whose parts have no room in their dictionaries is cut in halves. Threads share the parts.
 */

#include "sim/explore/state/dictionary.h"
#include "sim/explore/state/pack.h"

typedef uint64_t state_id; /* 0: none */

enum {
	PARTS_CPUS_BITS = 25,
	PARTS_MM_BITS = 18,
	PARTS_FLOATS_BITS = 19,
	PARTS_HALF_BITS = 31,
	/* where they begin */
	PARTS_FLOATS_AT = 1,
	PARTS_MM_AT = PARTS_FLOATS_AT + PARTS_FLOATS_BITS,
	PARTS_CPUS_AT = PARTS_MM_AT + PARTS_MM_BITS,
	PARTS_RIGHT_AT = 1,
	PARTS_LEFT_AT = PARTS_RIGHT_AT + PARTS_HALF_BITS,
};

#define PARTS_HALVES (UINT64_C(1) << 63) /* in halves */
#define PARTS_JUDGED UINT64_C(1)         /* known to break nothing; not a part of the state */

/* Elements are numbered, too: CPUs with what they run, and floating tasks. */
typedef uint16_t element;

enum { PARTS_ELEMENTS_MAX = 16, PARTS_ELEMENTS_LIMIT = INT16_MAX };

/* What there is a dictionary of: for a state that is cut sorted, and elements for these; halves. */
enum {
	PART_MMS,
	PART_CPUS,
	PART_FLOATS,
	PART_CPU,
	PART_TASK,
	PARTS_SORTED,
	PART_LEFT = PARTS_SORTED,
	PART_RIGHT,
	PARTS
};

struct parts {
	const struct pack_layout *layout;
	bool sorts; /* states may be cut sorted */
	struct dictionary of[PARTS];
	_Atomic uint8_t *cpu_traits, *task_traits; /* by element; ELEMENT_* bits */
};

void parts_init(struct parts *parts, const struct pack_layout *layout);
void parts_clear(struct parts *parts);

/* Bytes of all dictionaries: depends only on the states that were seen. */
size_t parts_bytes(const struct parts *parts);

/* Is there no room for more of some part? Such states are cut in halves from now on. */
bool parts_are_full(const struct parts *parts);

/* All values of the dictionaries were put in from elsewhere: learn the traits of elements. */
void parts_learn(struct parts *parts);

/* Give back what threads may have read before. No other thread uses @parts. */
void parts_settle(struct parts *parts);

/* The number of @machine, whose packed state is @key; PARTS_JUDGED is not set. */
state_id parts_id(struct parts *parts, const struct machine *machine, const uint32_t *key);

/* A state on its way to be cut in halves. */
struct parts_cut {
	uint64_t left[DICTIONARY_WORDS_MAX], right[DICTIONARY_WORDS_MAX];
	uint64_t left_hash, right_hash;
};

/* The number of the state whose packed state is @key, if states are not cut sorted. It takes two
 * calls, so that the cache misses of several states overlap. */
void parts_cut_begin(const struct parts *parts, const uint32_t *key, struct parts_cut *cut);
state_id parts_cut_end(struct parts *parts, const struct parts_cut *cut);

/* The packed state of @id, with depth 0. */
void parts_key(const struct parts *parts, state_id id, uint32_t *key);

/* A state that is cut sorted, as its elements, in the order of their numbers. Before and behind
 * each array there is an element 0, so that it can be read shifted by one. */
struct parts_sorted {
	uint32_t mm;
	uint32_t cpus, floats;
	element before;
	element cpu[PARTS_ELEMENTS_MAX]; /* beyond the last CPU: 0 */
	element between;
	element task[PARTS_ELEMENTS_MAX]; /* beyond the last one: 0 */
	element behind;
};

static inline bool parts_is_sorted(state_id id)
{
	return !(id & PARTS_HALVES);
}

/* Read ahead what parts_open() will read, if @id is cut sorted. */
void parts_seek(const struct parts *parts, state_id id);

/* The elements of @id, which is cut sorted. */
void parts_open(const struct parts *parts, state_id id, struct parts_sorted *sorted);

/* Put the elements of @sorted into the order of the packed state. */
void parts_place(const struct parts *parts, struct parts_sorted *sorted);

/* CPUs, floating tasks, or halves, whose number is looked up in several calls, as in dictionary.h.
 */
struct parts_change {
	struct dictionary *all;
	uint64_t words[DICTIONARY_WORDS_MAX + 1];
	uint64_t hash;
};

/* Begin the look-up of the CPUs, or of the floating tasks, of @sorted after one element @from was
 * taken out and one element @to was put in. A task may be 0: none. */
void parts_change_cpu(struct parts *parts, const struct parts_sorted *sorted, element from,
	element to, struct parts_change *change);
void parts_change_task(struct parts *parts, const struct parts_sorted *sorted, element from,
	element to, struct parts_change *change);

static inline void parts_touch(const struct parts_change *change)
{
	dictionary_touch(change->all, change->hash);
}

/* The number of @change; 0 if there is no room for it. */
static inline uint32_t parts_changed(const struct parts_change *change)
{
	return dictionary_number_at(change->all, change->words, change->hash);
}

/* The @bits lowest bits of @number, which has no others, in reverse order. */
static inline uint32_t parts_reverse(uint32_t number, unsigned bits)
{
	number = (number >> 1 & 0x55555555) | (number & 0x55555555) << 1;
	number = (number >> 2 & 0x33333333) | (number & 0x33333333) << 2;
	number = (number >> 4 & 0x0f0f0f0f) | (number & 0x0f0f0f0f) << 4;
	return __builtin_bswap32(number) >> (32 - bits);
}

static inline state_id parts_join(uint32_t mm, uint32_t cpus, uint32_t floats)
{
	return (state_id)parts_reverse(cpus, PARTS_CPUS_BITS) << PARTS_CPUS_AT |
	       (state_id)mm << PARTS_MM_AT | (state_id)floats << PARTS_FLOATS_AT;
}

/* The numbers of the halves of a state that is cut so, and back. */
static inline uint32_t parts_left(state_id id)
{
	return parts_reverse(
		(uint32_t)(id >> PARTS_LEFT_AT) & ((UINT32_C(1) << PARTS_HALF_BITS) - 1),
		PARTS_HALF_BITS);
}

static inline uint32_t parts_right(state_id id)
{
	return (uint32_t)(id >> PARTS_RIGHT_AT) & ((UINT32_C(1) << PARTS_HALF_BITS) - 1);
}

static inline state_id parts_join_halves(uint32_t left, uint32_t right)
{
	return PARTS_HALVES | (state_id)parts_reverse(left, PARTS_HALF_BITS) << PARTS_LEFT_AT |
	       (state_id)right << PARTS_RIGHT_AT;
}

/* The number of the mm of a state that is cut sorted. */
static inline uint32_t parts_mm(state_id id)
{
	return (uint32_t)(id >> PARTS_MM_AT) & ((1u << PARTS_MM_BITS) - 1);
}

/* What is known of an element. */
enum {
	ELEMENT_KNOWN = 1, /* the other bits are valid */
	ELEMENT_IDLES = 2, /* a CPU: no task runs on it */
	ELEMENT_TWINS = 4, /* equal ones count as one, as in machine_twins */
	ELEMENT_HOLDS = 8, /* a CPU: the task or the CPU holds the number that the task shows to
	                    * user space */
};

static inline unsigned parts_cpu_traits(const struct parts *parts, element cpu)
{
	return atomic_load_explicit(&parts->cpu_traits[cpu], memory_order_relaxed);
}

static inline unsigned parts_task_traits(const struct parts *parts, element task)
{
	return atomic_load_explicit(&parts->task_traits[task], memory_order_relaxed);
}

/* By the fields of a CPU and of the task that runs there: does one of them hold the number that the
 * task shows to user space? */
bool parts_holds(const struct pack_layout *layout, uint64_t cpu, uint64_t task);

/* A step turns the mm @before into @after. Are the CPUs and tasks that it does not touch still
 * allowed to be as they are? True if there are users before it, and either a mode change is under
 * way after it, or none was under way before it and the mode is the same. */
bool parts_keeps_order(const struct parts *parts, uint32_t before, uint32_t after);

/* Does a get spin, because it finds no free number? @id is cut sorted. */
bool parts_spins(const struct parts *parts, state_id id);

#endif
