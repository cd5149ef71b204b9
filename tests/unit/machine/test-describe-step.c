/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Each kind of step in words. */

#include "sim/machine/describe.h"

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

enum { WALKS = 40, WALK_STEPS = 80 };

/* On a machine of 3 CPUs, T0 on CPU 0, T1 in its queue. */
static const struct {
	const char *before; /* a step that comes first, NULL: none */
	const char *step, *words;
} samples[] = {
	{ NULL, "out 0", "CPU0 switches from T0 to idle" },
	{ NULL, "out 0 sees cpu+t", "CPU0 switches from T0 to idle, reading the mode as cpu+t" },
	{ NULL, "in 1 T1", "CPU1 switches from idle to T1" },
	{ NULL, "leave 0", "CPU0 leaves T0, half of a switch" },
	{ NULL, "leave 1", "CPU1 leaves idle, half of a switch" },
	{ "leave 1", "enter 1 T1", "CPU1 enters T1, the other half of the switch" },
	{ "leave 1", "enter 1 idle", "CPU1 enters idle" },
	{ NULL, "retry 2", "the get that spins on CPU2 tries again" },
	{ NULL, "give-up 2", "the get that spins on CPU2 gives up" },
	{ NULL, "migrate T1 2", "T1 goes to the queue of CPU2" },
	{ NULL, "fork T0 T2", "T0, on CPU0, forks the thread T2" },
	{ NULL, "clone-vm T0 T2", "T0, on CPU0, clones T2, of another thread group" },
	{ NULL, "vfork T0 T2", "T0, on CPU0, vforks T2" },
	{ NULL, "complete", "complete: the window is over" },
	{ NULL, "fork-retry", "the get of the fork tries to find a number" },
	{ NULL, "fork-give-up", "the get that spins in the fork gives up" },
	{ NULL, "exit T0", "T0, on CPU0, exits" },
	{ NULL, "exec T0", "T0, on CPU0, leaves the mm for an exec" },
	{ NULL, "failed-exec T0", "T0, on CPU0, leaves the mm for an exec" },
	{ "exec T0", "exec-end T0", "T0, on CPU0, goes on in another mm" },
	{ "failed-exec T0", "exec-end T0", "the exec of T0, on CPU0, fails: it comes back" },
	{ NULL, "affinity T1", "T1 may run on all CPUs from now on" },
	{ NULL, "work", "the deferred work runs" },
};

SUITE(.timeout = 60);

TEST_ROWS(a_step_is_said_in_words, samples)
{
	struct machine_config config = machines_busy_config("7.1", 3, 2, 4);
	struct machine *m = machines_new(&config);
	struct explore_step step = machines_step(&config, samples[_i].step);
	char *words;

	if (samples[_i].before)
		machines_take(m, &config, samples[_i].before);
	words = describe_step(m, &step);
	ck_assert_str_eq(words, samples[_i].words);
	g_free(words);
	free(m);
}

/* Also those of a walk, whose samples need a machine: nothing in braces is left. */
TEST(whatever_happens_has_words)
{
	unsigned walks = 0;

	for (uint64_t seed = 0; seed < WALKS; seed++) {
		struct machine_config config = machines_busy_config(seed % 2 ? "v3" : "7.1", 2, 2, 5);
		struct prng prng = { .key = prng_key(seed, 1) };
		struct machine *m = machines_new(&config), before = *m;
		struct explore_step step;

		for (int i = 0; i < WALK_STEPS && machines_take_random(m, &config, &prng, &step);
			i++, before = *m) {
			char *words = describe_step(&before, &step);

			ck_assert_msg(words[0] && !strpbrk(words, "{}"), "%s", words);
			walks += strncmp(words, "the walk comes to ", 18) == 0;
			g_free(words);
		}
		free(m);
	}
	ck_assert_uint_gt(walks, 0);
}
