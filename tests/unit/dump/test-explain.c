/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* sim/dump/defects.c and properties.c, on small dumps. tests/random/test-dumps.c has many more. */

#include "sim/dump/explain.h"

#include <string.h>

#include "sim/scenario/scenario.h"
#include "tests/lib/suite.h"

TEST_RANGE(a_title_is_that_of_the_scenario, 1, EXPLAIN_DEFECTS + 1)
{
	g_autofree char *path = g_strdup_printf("scenarios/explore/b%d.scn", _i);
	g_autofree char *title = g_strdup_printf("B%d: %s", _i, explain_title((unsigned)_i));
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	const struct scenario_overrides none = { 0 };
	bool environment = false;
	struct scenario *scenario = scenario_load(path, &none, errors, &environment);

	ck_assert_ptr_nonnull(scenario);
	ck_assert_str_eq(scenario->title, title);
	scenario_free(scenario);
}

/* A sound mm of two CPUs, per task; and one in a window towards per CPU. */
#define SOUND                                                                                      \
	"mode 0 users 2 max_cids 2 pcpu_thrs 0 nr_cpus_allowed 2 possible 2 update_deferred 0\n"   \
	"mutex free lock free pool 0-1\ncpu 0 word 0 runs 10 rq_lock free\n"                       \
	"cpu 1 word 1 runs idle rq_lock free\n"                                                    \
	"task 10 word 0 active 1 group 10 doing nothing\n"                                         \
	"task 11 word 1 active 1 group 10 doing nothing\n"
#define WINDOW                                                                                     \
	"mode 0x60000000 users 3 max_cids 2 pcpu_thrs 1 nr_cpus_allowed 2 possible 2 "             \
	"update_deferred 0\nmutex 10 lock free pool 0-1\ncpu 0 word 0x20000000 runs 10 rq_lock "   \
	"free\ncpu 1 word 0 runs idle rq_lock free\n"                                              \
	"task 10 word 0x20000000 active 1 group 10 doing fork walk\n"                              \
	"task 11 word 1 active 1 group 10 doing nothing\n"                                         \
	"task 12 word 0x80000000 active 1 group 10 doing nothing\n"
/* An exit has flipped the mode, and found a stale word in transit at its CPU. */
#define EXITED                                                                                     \
	"mode 0x20000000 users 1 mutex 10\ncpu 0 word 0x20000001 runs 10\n"                        \
	"task 10 word 0x80000000 active 0 doing exit walk\n"

static const struct {
	const char *text, *revision;
	unsigned first; /* B1: 1 */
	enum fit fit;
	int status;
	const char *verdicts; /* of I1 to I8: h(olds), b(roken), o(pen) */
} rows[] = {
	{ SOUND, "7.1", 1, FIT_NO, 0, "hhhhhhoh" },
	{ WINDOW, "7.1", 1, FIT_NO, 0, "hhhhhhoh" },
	{ EXITED, NULL, 4, FIT_POSSIBLE, 4, "oooohooo" },
	{ EXITED, "6.19", 4, FIT_YES, 1, "oooohooo" },
	{ EXITED, "6.19.1", 7, FIT_POSSIBLE, 4, "oooohooo" },
	{ "mode 0", NULL, 9, FIT_POSSIBLE, 4, "oooooooo" },
	{ "bit 0x80000000", NULL, 7, FIT_YES, 1, "oboooooo" },
	{ "bit 0x20000003", NULL, 4, FIT_YES, 1, "oboooooo" },
	{ "mode 0x60000000 mutex free", "v4", 12, FIT_YES, 1, "oooooooo" },
	/* two words with one CID are no fault of the dump */
	{ "cpu 0 word 0 runs 1 rq_lock free\ncpu 1 word 0 runs 2 rq_lock free\ntask 1 word 0 "
	  "active 1\n"
	  "task 2 word 0 active 1",
		NULL, 5, FIT_POSSIBLE, 1, "boobooob" },
	{ "possible 4\ntask 1 word 4", NULL, 5, FIT_POSSIBLE, 1, "oboooooo" },
	{ "mode 0 mutex free\ncpu 1 word 0x40000001", "7.1", 9, FIT_YES, 1, "oooobooo" },
	{ "task 1 active 0 word 0x20000001", NULL, 3, FIT_YES, 1, "oooooboo" },
	{ "mode 0x40000000 mutex free possible 4 nr_cpus_allowed 4 users 1 update_deferred 0",
		"7.1", 8, FIT_YES, 1, "oooooooo" },
};

TEST_ROWS(it_says_what_the_dump_shows, rows)
{
	const struct revision *revision =
		rows[_i].revision ? revision_find(rows[_i].revision) : NULL;
	struct faults *faults = faults_new("dump");
	struct dump *dump = dump_read(rows[_i].text, strlen(rows[_i].text), faults);
	struct explanation *explanation;
	char verdicts[EXPLAIN_PROPERTIES + 1] = "";

	ck_assert_ptr_nonnull(dump);
	explanation = explain_dump(dump, &(struct view_kernel){ revision, revision, NULL });
	for (int i = 0; i < EXPLAIN_PROPERTIES; i++)
		verdicts[i] = *verdict_to_string(explanation->properties[i].verdict);
	ck_assert_str_eq(verdicts, rows[_i].verdicts);
	ck_assert_uint_eq(explanation->defects[0].number, rows[_i].first);
	ck_assert_str_eq(fit_to_string(explanation->defects[0].fit), fit_to_string(rows[_i].fit));
	ck_assert_int_eq(explanation_status(explanation), rows[_i].status);
	explanation_free(explanation);
	dump_free(dump);
	faults_free(faults);
}

static const struct {
	const char *oldest, *newest;
	unsigned defect;
	const char *shown_with;
} revisions[] = {
	{ NULL, NULL, 9, "7.1" },
	{ NULL, NULL, 6, "7.0-fork" },
	{ "6.19.1", "6.19.1", 6, "6.19.1" },
	{ "6.19.1", "7.0", 6, "7.0-fork" },
	{ "7.1", "7.1", 6, NULL },
};

TEST_ROWS(a_way_is_shown_with_a_revision_that_has_the_defect, revisions)
{
	const char *oldest = revisions[_i].oldest, *newest = revisions[_i].newest;
	struct faults *faults = faults_new("dump");
	struct dump *dump = dump_read("users 1", 7, faults);
	const struct view_kernel kernel = { .oldest = oldest ? revision_find(oldest) : NULL,
		.newest = newest ? revision_find(newest) : NULL };
	struct explanation *explanation = explain_dump(dump, &kernel);
	const struct explain_defect defect = { .number = revisions[_i].defect };
	const struct revision *revision = explain_revision(explanation, &defect);

	ck_assert_str_eq(revision ? revision->name : "none",
		revisions[_i].shown_with ? revisions[_i].shown_with : "none");
	explanation_free(explanation);
	dump_free(dump);
	faults_free(faults);
}
