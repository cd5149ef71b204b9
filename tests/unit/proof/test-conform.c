/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/conform.h"

#include <string.h>

#include "tests/lib/proof.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 600);

static bool never(void *context)
{
	(void)context;
	return false;
}

/* Revisions, and what is proposed; flags in pairs. */
static const struct {
	const char *revision, *flags[5];
	bool failed_execs, proven; /* proven: each conjunct holds in each state */
} protocols[] = {
	{ "7.1", { NULL }, true, false },
	{ "7.1", { NULL }, false, true },
	{ "v1", { NULL }, true, false },
	{ "v2", { NULL }, true, false },
	{ "v3", { NULL }, true, false },
	{ "v4", { NULL }, true, false },
	{ "v5", { NULL }, true, false },
	{ "6.19-livelock", { NULL }, true, false },
	{ "6.19-ordering", { NULL }, true, false },
	{ "6.19-dropcpu", { NULL }, true, false },
	{ "6.19", { NULL }, true, false },
	{ "6.19.1", { NULL }, true, false },
	{ "7.0-fork", { NULL }, true, false },
	{ "7.0-vfork", { NULL }, true, false },
	{ "7.0", { NULL }, true, false },
	{ "affinity-return", { NULL }, true, false },
	{ "bounded-get", { NULL }, true, false },
	{ "v1", { NULL }, false, false },
	{ "6.19-ordering", { NULL }, false, false },
	{ "6.19", { NULL }, false, false },
	{ "6.19.1", { NULL }, false, false },
	{ "7.0-fork", { NULL }, false, false },
	{ "7.0-vfork", { NULL }, false, true },
	{ "7.0", { NULL }, false, true },
	{ "affinity-return", { NULL }, false, true },
	{ "bounded-get", { NULL }, false, false },
	{ "7.1", { "exec-return", "late", "last-exit", "clean" }, true, true },
	{ "7.1", { "exec-return", "get", "last-exit", "clean" }, true, false },
	{ "7.1", { "exec-return", "late", "split-get", "on" }, true, false },
	{ "affinity-return", { "exec-return", "late", "last-exit", "clean" }, true, true },
	{ "affinity-return", { "exec-return", "get" }, true, false },
	{ "7.1", { "affinity-return", "below" }, true, false },
	{ "affinity-return", { "split-get", "on" }, true, false },
	{ "7.1", { "split-get", "on" }, false, true },
	{ "bounded-get", { "split-get", "on" }, true, false },
	{ "bounded-get", { "exec-return", "late" }, true, false },
	{ "7.1", { "walk-unset", "drop" }, true, false },
	{ "7.1", { "walk-unset", "hand-over" }, true, false },
	{ "v1", { "split-get", "on" }, true, false },
	{ "7.1", { "thrs-policy", "none" }, true, false },
	{ "affinity-return", { "walk-keeps-unset", "off" }, true, false },
	{ "affinity-return", { "walk-unset", "drop" }, true, false },
	{ "affinity-return", { "walk-unset", "hand-over" }, true, false },
	{ "6.19", { "affinity-return", "fits" }, true, false },
	{ "6.19", { "affinity-return", "below" }, false, false },
};

enum {
	PROTOCOLS = G_N_ELEMENTS(protocols),
	STEPS = 4000,
	STEPS_LONG = 100000,
	STEPS_MOST = 1000000
};

static struct protocol protocol_of(unsigned row)
{
	struct protocol protocol = revision_find(protocols[row].revision)->protocol;

	for (const char *const *flag = protocols[row].flags; flag[0]; flag += 2)
		ck_assert_int_eq(protocol_set(&protocol, flag[0], flag[1]), 0);
	return protocol;
}

static struct conform_result *run(
	const struct rules *rules, uint64_t steps, uint64_t seed, bool looks)
{
	const struct conform_options options = {
		.steps = steps, .seed = seed, .looks = looks, .stop = never
	};
	g_autoptr(GError) fault = NULL;
	struct conform_result *result = conform_run(rules, &options, &fault);

	ck_assert_msg(result != NULL, "%s", fault ? fault->message : "");
	return result;
}

static struct conform_result *run_good(unsigned row, uint64_t steps, struct rules **rules)
{
	const struct protocol protocol = protocol_of(row);
	struct conform_result *result;

	*rules = proof_shipped(&protocol, protocols[row].failed_execs);
	result = run(*rules, steps, row + 1, protocols[row].proven);
	ck_assert_uint_eq(result->steps, steps);
	ck_assert_msg(conform_is_good(result),
		"row %u: %u no action, %u several, %u without a conjunct: %s", row,
		(unsigned)result->unmatched, (unsigned)result->doubled, (unsigned)result->broken,
		result->first->str);
	return result;
}

TEST_RANGE(each_step_of_the_model_is_one_action, 0, PROTOCOLS)
{
	struct rules *rules;

	conform_free(run_good((unsigned)_i, STEPS, &rules));
	proof_rules_free(rules);
}

static const struct {
	const char *action, *reason;
} unseen[] = {
	{ "first", "a machine begins after it" },
	{ "exit-flips-up", "never taken: an exit never flips to per CPU" },
	{ "first-flips-up", "never taken: nor does a first user" },
	{ "return-first-flips-up", "never taken: the same" },
	{ "work-flips-up", "never taken: nor does the deferred work" },
	{ "work-stays", "what makes it stay, a fork, takes the deferral back" },
	{ "walk-2-hands-over", "rare: a CPU walk meets a task that came back with UNSET" },
	{ "walk-2-drops", "rare: the same" },
	{ "walk-6-marks", "rare: the same; explore/b7 finds it" },
	{ "leave-clears-far", "rare: it comes after walk-6-marks" },
	{ "exit-clears-old", "rare: the CPU of an exit that flips has a number of old" },
};

static const char *reason_unseen(const char *action)
{
	for (size_t i = 0; i < G_N_ELEMENTS(unseen); i++) {
		if (strcmp(unseen[i].action, action) == 0)
			return unseen[i].reason;
	}
	return NULL;
}

TEST_LONG(each_action_is_seen_in_some_protocol, 0, 0, 1)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GHashTableIter next;
	gpointer name;

	for (unsigned row = 0; row < PROTOCOLS; row++) {
		struct rules *rules;
		struct conform_result *result =
			run_good(row, row < 2 ? STEPS_MOST : STEPS_LONG, &rules);

		for (guint i = 0; i < rules->actions->len; i++) {
			const struct action *action = rules->actions->pdata[i];

			g_hash_table_add(all, g_strdup(action->name));
			if (result->taken[i] > 0)
				g_hash_table_add(seen, g_strdup(action->name));
		}
		conform_free(result);
		proof_rules_free(rules);
	}
	g_hash_table_iter_init(&next, all);
	while (g_hash_table_iter_next(&next, &name, NULL)) {
		if (g_hash_table_contains(seen, name) == (reason_unseen(name) != NULL))
			ck_abort_msg("%s is %s", (char *)name,
				reason_unseen(name) ? "seen, though it is listed" : "never seen");
	}
}
