/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/spin.h"

#include <assert.h>
#include <glib.h>
#include <string.h>

#include "sim/explore/state/expand.h"
#include "sim/explore/state/set.h"

/*
 * A search of its own, depth first: what frees a number is mostly near.
 *
 * Size: only the state that spins, and what switches, walks and exits make of it, is searched; the
 * operations that the machine has left are taken away (`left` is 0), so that what differs only in
 * them is one state. If no number can be freed the search sees all of these states. That can be
 * many for a machine with 16 CPUs and tasks.
 *
 * Memory: the set of the states seen, which keeps its size from one search to the next, and the
 * stack of those to be looked at. The set has the limit of spin_checker_limit(); the stack never
 * has more states than the set.
 *
 * Stop: the search ends at the first state in which no get spins. With a limit it also gives up
 * where the set is full or *stop is not 0, which is looked at once for each state. Then it has
 * shown nothing: spin_can_end() is true, so that no violation is reported, and
 * spin_checker_gave_up() is true. Without a limit, a set that cannot grow ends the program.
 */
struct spin_checker {
	struct pack_layout layout;
	struct expander expander;
	struct state_set seen;
	GArray *stack;                     /* of uint32_t, layout.words for each state */
	const volatile sig_atomic_t *stop; /* NULL = no limits */
	bool free_number, gave_up;
	uint64_t states;
};

struct spin_checker *spin_checker_new(const struct machine_config *config)
{
	struct spin_checker *checker = g_new0(struct spin_checker, 1);
	struct machine_config all_exit = *config;

	all_exit.may_all_exit = true;
	if (!pack_layout_init(&checker->layout, &all_exit)) {
		g_free(checker);
		return NULL;
	}
	expander_init(&checker->expander, &checker->layout);
	if (!set_init(&checker->seen, checker->layout.words, SIZE_MAX / 2))
		g_error("no memory");
	checker->stack = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	return checker;
}

void spin_checker_limit(
	struct spin_checker *checker, size_t bytes, const volatile sig_atomic_t *stop)
{
	assert(checker->states == 0 && bytes >= checker->seen.bytes);
	checker->seen.bytes_max = bytes;
	checker->stop = stop;
}

void spin_checker_free(struct spin_checker *checker)
{
	if (!checker)
		return;
	g_array_free(checker->stack, TRUE);
	set_free(&checker->seen);
	assert(checker->layout.blank);
	expander_free(&checker->expander);
	pack_layout_free(&checker->layout);
	g_free(checker);
}

static void visit(struct spin_checker *checker, const uint32_t *key)
{
	unsigned words = checker->layout.words;
	enum set_answer answer = set_add(&checker->seen, key, set_hash(key, words));

	if (answer == SET_FULL && !checker->stop)
		g_error("no memory");
	if (answer == SET_FULL)
		checker->gave_up = true;
	if (answer == SET_NEW)
		g_array_append_vals(checker->stack, key, words);
}

static void on_step(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct spin_checker *checker = context;

	(void)step;
	if (!machine_spins(next))
		checker->free_number = true;
	if (!checker->free_number && !checker->gave_up)
		visit(checker, key);
}

bool spin_can_end(struct spin_checker *checker, const struct machine *machine)
{
	unsigned words = checker->layout.words;
	struct machine quiet = *machine;
	uint32_t key[PACK_WORDS_MAX];

	checker->gave_up = false;
	if (!machine_spins(machine))
		return true;
	if (machine_model_const(machine)->protocol.bounded_get)
		return true;
	assert(checker->layout.config.cpus_count == machine_model_const(machine)->cpus_count);
	memset(quiet.left, 0, sizeof(quiet.left));
	set_clear(&checker->seen);
	g_array_set_size(checker->stack, 0);
	checker->free_number = false;
	pack_write(&checker->layout, &quiet, key);
	visit(checker, key);
	while (checker->stack->len > 0 && !checker->free_number && !checker->gave_up) {
		memcpy(key, &g_array_index(checker->stack, uint32_t, checker->stack->len - words),
			words * sizeof(*key));
		g_array_set_size(checker->stack, checker->stack->len - words);
		checker->states++;
		expander_read(&checker->expander, key);
		expander_steps(&checker->expander, on_step, checker);
		if (checker->stop && *checker->stop)
			checker->gave_up = true;
	}
	/* What frees a number frees it, wherever the search would have ended. */
	checker->gave_up = checker->gave_up && !checker->free_number;
	return checker->free_number || checker->gave_up;
}

bool spin_checker_gave_up(const struct spin_checker *checker)
{
	return checker->gave_up;
}

uint64_t spin_checker_states(const struct spin_checker *checker)
{
	return checker ? checker->states : 0;
}
