/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* From packed states one after the other to the steps between them. */

#include "sim/explore/search/forward.h"

#include <signal.h>

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

static struct machine_config config;
static struct pack_layout layout;
static struct expander expander;
static uint32_t states[4 * PACK_WORDS_MAX];

/* The states that @steps lead through. */
static void set_up(void)
{
	static const char *const steps[] = { "fork T0 T2", "in 1 T1", "exit T0" };
	struct machine *m;

	config = machines_busy_config("7.1", 3, 2, 4);
	config.reduced = true;
	m = machines_new(&config);
	ck_assert(pack_layout_init(&layout, &config));
	expander_init(&expander, &layout);
	pack_write(&layout, m, states);
	for (unsigned i = 0; i < 3; i++) {
		machines_take(m, &config, steps[i]);
		pack_write(&layout, m, states + (i + 1) * layout.words);
	}
	free(m);
}

static void tear_down(void)
{
	expander_free(&expander);
	pack_layout_free(&layout);
}

SUITE(.timeout = 60, .before = set_up, .after = tear_down);

TEST(the_steps_lead_through_the_states)
{
	GArray *steps = search_forward(&expander, states, 3);
	struct machine *m = machines_new(&config);
	uint32_t key[PACK_WORDS_MAX];

	ck_assert_uint_eq(steps->len, 3);
	for (guint i = 0; i < steps->len; i++) {
		machine_apply(m, &config, &g_array_index(steps, struct explore_step, i), NULL);
		pack_write(&layout, m, key);
		ck_assert_int_eq(pack_compare(&layout, key, states + (i + 1) * layout.words), 0);
	}
	g_array_free(steps, TRUE);
	free(m);
}

TEST(no_steps_lead_to_the_start)
{
	GArray *steps = search_forward(&expander, states, 0);

	ck_assert_uint_eq(steps->len, 0);
	g_array_free(steps, TRUE);
}

TEST_SIGNAL(a_gap_between_two_states_is_our_bug, SIGABRT)
{
	memmove(states + layout.words, states + 3 * layout.words, layout.words * sizeof(*states));
	search_forward(&expander, states, 1);
}
