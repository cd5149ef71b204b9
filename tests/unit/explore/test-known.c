/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Which known defect a counterexample shows. */

#include "sim/explore/known.h"

#include "model/revision.h"
#include "sim/explore/explore.h"
#include "tests/lib/defects.h"
#include "tests/lib/suite.h"

static struct explore_outcome *find(unsigned defect, const char *revision)
{
	g_autofree char *name = g_strdup_printf("b%u", defect);
	struct scenario_explore explore = defects_load(name, revision);
	const struct explore_options options = {
		.machine = explore.config,
		.check = explore.check,
		.reduce = true,
		.symmetry = true,
		.limits = { .jobs = 1, .memory = 64 << 20 },
	};

	return explore_run(&options);
}

/* What is known of the counterexample that @outcome has. */
static known_set known_of(const struct explore_outcome *outcome)
{
	unsigned broken = outcome->search->broken;

	ck_assert_ptr_nonnull(outcome->steps);
	return known_find(&outcome->config, outcome->steps, broken & -broken);
}

SUITE(.timeout = 60);

TEST_RANGE(the_shipped_counterexample_of_a_defect_shows_it, 1, DEFECTS + 1)
{
	unsigned defect = (unsigned)_i;
	struct explore_outcome *outcome = find(defect, shipped_defects[defect - 1].revision);

	ck_assert_msg(known_of(outcome) >> (defect - 1) & 1, "B%u: %x", defect, known_of(outcome));
	explore_outcome_free(outcome);
}

TEST(a_change_that_the_protocol_has_is_not_named)
{
	struct explore_outcome *outcome = find(1, "v5");

	ck_assert_uint_eq(known_of(outcome), 1);
	ck_assert_int_eq(
		protocol_set(&outcome->config.protocol, "transit-to-percpu", "on"), 0);
	ck_assert_uint_eq(known_of(outcome) & 1, 0);
	explore_outcome_free(outcome);
}

/* One step of this counterexample of B6 exists only before B5's fix. Without it B6 is there as well. */
TEST(steps_that_only_the_older_protocol_has_name_no_defect)
{
	struct explore_outcome *outcome = find(6, "6.19.1");

	ck_assert_uint_eq(known_of(outcome), 1 << 5);
	explore_outcome_free(outcome);
}

static const struct {
	known_set found;
	const char *text;
} reports[] = {
	{ 0, "Not a known defect: no change that ends one of them keeps these steps from\n"
	     "breaking the property.\n" },
	{ 1 << 0 | 1 << 8,
		"With one of these changes the same steps do not break it (docs/defects.md):\n"
		"  B1   transit-to-percpu = on, as in 6.19-livelock and later\n"
		"  B9   walk-unset = drop, in no kernel so far\n" },
	/* v1 has it too, but v2 does not. */
	{ 1 << 11,
		"With one of these changes the same steps do not break it (docs/defects.md):\n"
		"  B12  init-keeps-transit = off, as in v5 and later\n" },
};

TEST_ROWS(the_report_says_which_kernels_have_a_change, reports)
{
	g_autoptr(GString) text = g_string_new(NULL);

	known_report(text, reports[_i].found);
	ck_assert_str_eq(text->str, reports[_i].text);
}
