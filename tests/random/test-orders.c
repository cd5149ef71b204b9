/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Random orders, all properties after every step. A failure prints the command that repeats it.
 *
 * What may break at 7.1, and why; all else never does:
 * - nothing, as long as no exec fails; no get ever spins then, which is more than I3 asks;
 * - after a failed exec (docs/protocol.md, section 6, "Failure"): I8, the task runs on with
 *   UNSET; I5, the second row of the CPU walk's table leaves a CPU-owned word in per-task mode
 *   (B9), and an mm without users comes back with its words as they were; I4, a first user
 *   overwrites a CPU-owned word of its CPU; I3, because numbers are lost that way, or because a
 *   task that flips the mode as it comes back from exec needs a number in its own window;
 * - if a fork could fail after its child was counted (6.19.1 and before): I1 and I8.
 *
 * I2 and I6 break at 7.1 in no order.
 *
 * With flags that no kernel has: see flag_rows and fix_rows.
 */

#include <stdio.h>

#include "tests/lib/orders-check.h"
#include "tests/lib/suite.h"

/* One kind of run: many seeds, each with its own machine. */
struct kind {
	const char *name;
	const char *revision;
	uint32_t seeds;
	struct orders_knobs knobs; /* where a size is 0, the seed says it */
	unsigned may_break;        /* CHECK_*: does not end the run */
	bool quiet;                /* I7 is asked for at the end */
};

/* What runs added up to. */
struct tally {
	unsigned broken;
	uint64_t flips_to_cpu, flips_to_task, deferred, spins, gave_up, lost_races, preempted_walks;
	uint64_t execs_failed, forks_failed, fast, settled, converged;
	struct orders_quiet quiet;
	uint64_t extents_taken, extents_given;
};

/* Runs */

static const char *names_of(unsigned broken)
{
	static char text[64];

	text[0] = '\0';
	for (unsigned bit = CHECK_I1; bit <= CHECK_I8; bit <<= 1) {
		if (broken & bit)
			snprintf(text + strlen(text), 8, "%s%s", *text ? " " : "",
				check_to_string(bit));
	}
	return text;
}

#define COMMAND "CIDSIM_SEED=%lu CIDSIM_REVISION=%s test-random-orders %s"
#define COMMAND_ARGS(kind, seed) (unsigned long)(seed), (kind)->revision, suite_now()

/* The machine of @seed, where the kind leaves it open. */
static struct orders_knobs knobs_of(const struct kind *kind, uint64_t seed)
{
	struct orders_knobs knobs = kind->knobs;
	struct orders draw = { .random = seed ^ UINT64_C(0x5851f42d4c957f2d) };
	const struct revision *revision = revision_find(kind->revision);

	ck_assert_msg(revision != NULL, "no revision %s", kind->revision);
	if (knobs.protocol.allowance == 0)
		knobs.protocol = revision->protocol;
	if (knobs.cpus == 0)
		knobs.cpus =
			knobs.waves ? 65 + orders_below(&draw, 136) : 1 + orders_below(&draw, 6);
	if (knobs.tasks == 0)
		knobs.tasks = 1 + orders_below(&draw, 10);
	if (knobs.mms == 0)
		knobs.mms = 1 + orders_below(&draw, 3);
	if (knobs.steps == 0)
		knobs.steps = 400;
	if (knobs.twin == TWIN_NONE)
		knobs.twin = (enum twin)orders_below(&draw, 3);
	return knobs;
}

static unsigned check_all(struct orders *o)
{
	uint64_t seen[ORDERS_CPUS / 64];
	unsigned broken = 0;

	for (uint32_t mm = 0; mm < o->knobs.mms; mm++)
		broken |= check_mm(o->model[0], mm, seen);
	return broken;
}

static void add_up(struct tally *tally, struct orders *o)
{
	const uint64_t *count = o->watch[0].observer.count;

	tally->flips_to_cpu += o->watch[0].flips_to_cpu;
	tally->flips_to_task += o->watch[0].flips_to_task;
	tally->deferred += o->watch[0].deferred;
	tally->spins += o->spins;
	tally->gave_up += o->gave_up;
	tally->lost_races += o->lost_races;
	tally->preempted_walks += o->preempted_walks;
	tally->execs_failed += o->execs_failed;
	tally->forks_failed += o->forks_failed;
	tally->fast += count[OBSERVE_FAST_PATH];
	tally->settled += count[OBSERVE_SETTLED];
	tally->converged += count[OBSERVE_CONVERGED];
}

static void watch_extents(struct tally *tally, struct orders *o, bool *had)
{
	for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
		const struct model_mm *m = orders_mm(o, mm);
		bool has = m->live && m->extent != EXTENT_NONE;

		tally->extents_taken += has && !had[mm];
		tally->extents_given += !has && had[mm];
		had[mm] = has;
	}
}

/* Returns the properties that broke; ends at the first that may not. */
static unsigned run_seed(const struct kind *kind, uint64_t seed, struct tally *tally)
{
	static struct orders orders;
	struct orders_knobs knobs = knobs_of(kind, seed);
	struct orders *o = &orders;
	bool had[ORDERS_MMS] = { false };
	unsigned broken = 0;

	orders_begin(o, &knobs, seed);
	for (uint32_t step = 0; step < knobs.steps && !(broken & ~kind->may_break); step++) {
		uint32_t spins = o->spins + o->lost_races;

		if (!orders_act(o))
			continue;
		broken |= check_all(o);
		if (o->spins + o->lost_races > spins && orders_is_stuck(o))
			broken |= CHECK_I3;
		if (orders_twin_differs(o))
			ck_abort_msg("the twin differs after step %u: " COMMAND, step,
				COMMAND_ARGS(kind, seed));
		watch_extents(tally, o, had);
		if (broken & CHECK_I3)
			break;
	}
	if (kind->quiet && !broken)
		broken |= orders_check_quiet(o, &tally->quiet);
	add_up(tally, o);
	tally->broken |= broken;
	orders_end(o);
	return broken;
}

/* All seeds of @kind, or the one that the environment asks for. Returns how many broke something
 * out of @wanted; what may not break must not. */
static uint32_t run_kind(const struct kind *kind, unsigned wanted, struct tally *tally)
{
	const char *seed_text = getenv("CIDSIM_SEED"), *revision = getenv("CIDSIM_REVISION");
	uint64_t first = 1, last = kind->seeds;
	struct kind chosen = *kind;
	uint32_t found = 0;

	if (seed_text)
		first = last = strtoull(seed_text, NULL, 10);
	if (revision) {
		if (strcmp(revision, kind->revision) != 0)
			wanted = 0;
		chosen.revision = revision;
	}
	for (uint64_t seed = first; seed <= last; seed++) {
		unsigned broken = run_seed(&chosen, seed, tally);

		found += (broken & wanted) != 0;
		if (broken & ~(kind->may_break | wanted))
			ck_abort_msg("%s broken: " COMMAND,
				names_of(broken & ~(kind->may_break | wanted)),
				COMMAND_ARGS(&chosen, seed));
	}
	return found;
}

static void print_tally(const struct kind *kind, const struct tally *t)
{
	if (!getenv("CIDSIM_VERBOSE"))
		return;
	printf("%s %s: broken [%s] flips %lu+%lu deferred %lu spins %lu gave up %lu lost races %lu "
	       "preempted %lu "
	       "failed execs %lu forks %lu fast %lu settled %lu converged %lu quiet %lu "
	       "crowded %lu extents %lu-%lu\n",
		kind->name, kind->revision, names_of(t->broken), t->flips_to_cpu, t->flips_to_task,
		t->deferred, t->spins, t->gave_up, t->lost_races, t->preempted_walks,
		t->execs_failed, t->forks_failed, t->fast, t->settled, t->converged, t->quiet.asked,
		t->quiet.crowded, t->extents_taken, t->extents_given);
}

static bool is_repeat(void)
{
	return getenv("CIDSIM_SEED") != NULL;
}

/* 7.1 */

#define UNSET_BREAKS (CHECK_I3 | CHECK_I4 | CHECK_I5 | CHECK_I8)
#define ALL_BUT_FAILURES                                                                           \
	.vfork = true, .late_show = true, .exit_one = true, .exec = true, .affinity = true

SUITE(.timeout = 300);

TEST(without_failed_execs_nothing_ever_breaks_at_7_1)
{
	struct kind kind = { "current", "7.1", 6000, { ALL_BUT_FAILURES }, 0, true };
	struct tally tally = { 0 };

	run_kind(&kind, 0, &tally);
	print_tally(&kind, &tally);
	if (is_repeat())
		return;
	ck_assert_uint_gt(tally.flips_to_cpu, 1000);
	ck_assert_uint_gt(tally.flips_to_task, 1000);
	ck_assert_uint_gt(tally.preempted_walks, 1000);
	ck_assert_uint_gt(tally.settled, 1000);
	ck_assert_uint_gt(tally.converged, 1000);
	ck_assert_uint_gt(tally.quiet.asked, 1000);
	ck_assert_uint_eq(tally.deferred, 0); /* B8 */
	ck_assert_uint_eq(tally.spins, 0);    /* stronger than I3 */
}

TEST(after_failed_execs_only_what_unset_causes_may_break)
{
	struct kind kind = { "failed exec", "7.1", 3000, { ALL_BUT_FAILURES, .failed_exec = true },
		UNSET_BREAKS, false };
	struct tally tally = { 0 };

	run_kind(&kind, 0, &tally);
	print_tally(&kind, &tally);
	if (is_repeat())
		return;
	ck_assert_uint_gt(tally.execs_failed, 1000);
	ck_assert_uint_eq(tally.broken, kind.may_break);
}

/* Wide machines: extents come and go, and must not be seen to. */
TEST(wide_machines_behave_as_if_all_words_were_always_kept)
{
	struct kind kind = { "wide", "7.1", 200,
		{ ALL_BUT_FAILURES, .tasks = 300, .mms = 3, .steps = 4000, .waves = true,
			.twin = TWIN_EXTENTS },
		0, true };
	struct tally tally = { 0 };

	run_kind(&kind, 0, &tally);
	print_tally(&kind, &tally);
	if (is_repeat())
		return;
	ck_assert_uint_gt(tally.flips_to_cpu, 100);
	ck_assert_uint_gt(tally.flips_to_task, 10);
	ck_assert_uint_gt(tally.extents_taken, 100);
	ck_assert_uint_gt(tally.extents_given, 10);
}

/* What no revision has, but a flag can ask for: as safe as 7.1. */
static const struct flag_row {
	const char *label, *name, *value;
	bool defers; /* the deferred work does run */
} flag_rows[] = {
	{ "returns if it fits", "affinity-return", "fits", true },
	{ "returns if below", "affinity-return", "below", true },
	{ "threshold recomputed", "thrs-policy", "recomputed", false },
	{ "no threshold", "thrs-policy", "none", false },
	{ "no cap", "thrs-cap", "none", false },
	{ "cap by ids", "thrs-cap", "nr-cpu-ids", false },
	{ "cap by the CPUs allowed", "thrs-cap", "allowed", false },
	{ "one user is per task", "thrs-floor", "2", false },
	{ "no gap", "thrs-gap", "0", false },
	{ "all gap", "thrs-gap", "1000", false },
	{ "wide allowance", "allowance", "1000", false },
	{ "words begin unset", "init-unset", "on", false },
	{ "out never settles", "out-settles", "off", false },
	{ "get in two steps", "split-get", "on", false },
	{ "get that gives up", "bounded-get", "on", false },
	{ "walk drops under unset", "walk-unset", "drop", false },
	{ "walk hands over to unset", "walk-unset", "hand-over", false },
	{ "failed exec gets", "exec-return", "get", false },
	{ "last exit cleans", "last-exit", "clean", false },
};

TEST_ROWS(a_flag_set_by_itself_breaks_nothing, flag_rows)
{
	const struct flag_row *row = &flag_rows[_i];
	struct kind kind = { row->label, "7.1", 1000, { ALL_BUT_FAILURES }, 0, true };
	struct tally tally = { 0 };

	kind.knobs.protocol = revision_current()->protocol;
	ck_assert_int_eq(protocol_set(&kind.knobs.protocol, row->name, row->value), 0);
	run_kind(&kind, 0, &tally);
	print_tally(&kind, &tally);
	if (!is_repeat())
		ck_assert_int_eq(tally.deferred > 0, row->defers);
}

#define CALM .calm = true, .cpus = 6, .tasks = 8, .mms = 1, .steps = 600

/*
 * The same when execs may fail. Of I3, I4, I5 and I8, which break then:
 * - two steps change nothing; lost races only make more orders;
 * - where gets give up none spins for ever, and nothing else is better;
 * - I4 and I5 come from B9 and from what an exit of a last user leaves: both must be fixed, and
 * how B9 is does not matter;
 * - I3 and I8 stay with any of these fixes, by a failed exec that itself flips the mode: the task
 *   needs a number in its own window, or returns without one.
 */
static const struct fix_row {
	const char *label;
	struct {
		const char *name, *value;
	} flags[4];
	unsigned breaks;
} fix_rows[] = {
	{ "fails, get in two steps", { { "split-get", "on" } }, UNSET_BREAKS },
	{ "fails, get gives up", { { "bounded-get", "on" } }, UNSET_BREAKS & ~CHECK_I3 },
	{ "fails, walk drops", { { "walk-unset", "drop" } }, UNSET_BREAKS },
	{ "fails, walk hands over", { { "walk-unset", "hand-over" } }, UNSET_BREAKS },
	{ "fails, exec gets", { { "exec-return", "get" } }, UNSET_BREAKS },
	{ "fails, last exit cleans", { { "last-exit", "clean" } }, UNSET_BREAKS },
	{ "fails, walk drops, last exit cleans",
		{ { "walk-unset", "drop" }, { "last-exit", "clean" } }, CHECK_I3 | CHECK_I8 },
	{ "fails, walk hands over, last exit cleans",
		{ { "walk-unset", "hand-over" }, { "last-exit", "clean" } }, CHECK_I3 | CHECK_I8 },
	{ "fails, exec gets, last exit cleans",
		{ { "exec-return", "get" }, { "last-exit", "clean" } }, CHECK_I3 | CHECK_I8 },
	{ "fails, exec gets, walk drops, last exit cleans",
		{ { "exec-return", "get" }, { "walk-unset", "drop" }, { "last-exit", "clean" } },
		CHECK_I3 | CHECK_I8 },
};

static struct protocol protocol_of(const struct fix_row *row)
{
	struct protocol protocol = revision_current()->protocol;

	for (int i = 0; row->flags[i].name; i++)
		ck_assert_int_eq(
			protocol_set(&protocol, row->flags[i].name, row->flags[i].value), 0);
	return protocol;
}

/* Some defects need many switches, others few. */
TEST_ROWS(after_failed_execs_a_flag_fixes_what_it_can, fix_rows)
{
	const struct fix_row *row = &fix_rows[_i];
	const struct orders_knobs knobs[] = {
		{ ALL_BUT_FAILURES, .failed_exec = true, .protocol = protocol_of(row) },
		{ ALL_BUT_FAILURES, .failed_exec = true, .protocol = protocol_of(row), CALM },
	};
	struct tally tally = { 0 };

	for (int i = 0; i < 2; i++) {
		struct kind kind = { row->label, "7.1", 3000, knobs[i], row->breaks, false };

		run_kind(&kind, 0, &tally);
		print_tally(&kind, &tally);
	}
	if (is_repeat())
		return;
	ck_assert_uint_eq(tally.broken, row->breaks);
	ck_assert_int_eq(tally.gave_up > 0, knobs->protocol.bounded_get);
	ck_assert_int_eq(tally.lost_races > 0, knobs->protocol.split_get);
}

/* Known defects: found by some seed where listed, by none one revision later, with the same steps
 * allowed. Where a run is not about I6, B3 is let pass. */
static const struct defect_row {
	const char *name, *revision, *gone;
	unsigned wanted;    /* at @revision */
	unsigned may_break; /* at both, for another defect's sake */
	struct orders_knobs knobs;
} defect_rows[] = {
	{ "B1 v1", "v1", NULL, CHECK_I3, CHECK_I6, { .exit_one = true } },
	{ "B1 v2", "v2", NULL, CHECK_I3, CHECK_I6, { .exit_one = true } },
	{ "B1 v3", "v3", "6.19-livelock", CHECK_I3, CHECK_I6, { .exit_one = true } },
	{ "B3 6.19-livelock", "6.19-livelock", "6.19.1", CHECK_I6, 0, { .exit_one = true } },
	{ "B4 6.19-dropcpu", "6.19-dropcpu", NULL, CHECK_I2, 0, { .exit_one = true } },
	{ "B4 6.19", "6.19", "6.19.1", CHECK_I2, 0, { .exit_one = true } },
	{ "B5 6.19.1", "6.19.1", "7.0-fork", CHECK_I5, 0, { .exit_one = true, .late_show = true } },
	{ "B5 6.19-livelock", "6.19-livelock", NULL, CHECK_I5, 0, { .late_show = true } },
	{ "B6 v3", "v3", NULL, CHECK_I5, CHECK_I3, { .vfork = true } },
	{ "B6 6.19.1", "6.19.1", NULL, CHECK_I5, 0, { .exit_one = true, .vfork = true } },
	{ "B6 7.0-fork", "7.0-fork", "7.0-vfork", CHECK_I5, 0,
		{ .exit_one = true, .vfork = true, .late_show = true } },
	{ "B7 v3", "v3", NULL, CHECK_I2, UNSET_BREAKS | CHECK_I6,
		{ .exit_one = true, .failed_exec = true, CALM } },
	{ "B7 6.19-livelock", "6.19-livelock", NULL, CHECK_I2, UNSET_BREAKS | CHECK_I6,
		{ .exit_one = true, .failed_exec = true, CALM } },
	{ "B7 7.0-fork", "7.0-fork", NULL, CHECK_I2, UNSET_BREAKS,
		{ .exit_one = true, .failed_exec = true, CALM } },
	{ "B7 7.0", "7.0", "7.1", CHECK_I2, UNSET_BREAKS,
		{ .exit_one = true, .failed_exec = true, CALM } },
	/* Not a known one; see "drops the number that its parent runs with" in test-exit.c.
	 * A kernel from 7.0-fork on counts a child only when its fork can no longer fail. */
	{ "failed fork 6.19.1", "6.19.1", NULL, CHECK_I1, CHECK_I8,
		{ .exit_one = true, .failed_fork = true, CALM } },
	{ "failed fork 7.1", "7.1", NULL, CHECK_I1, CHECK_I8,
		{ .exit_one = true, .failed_fork = true, CALM } },
};

TEST_ROWS(a_known_defect_is_found_where_it_is_and_gone_one_revision_later, defect_rows)
{
	const struct defect_row *row = &defect_rows[_i];
	struct kind kind = { row->name, row->revision, 8000, row->knobs, row->may_break, false };
	struct tally tally = { 0 };
	uint32_t found = run_kind(&kind, row->wanted, &tally);

	if (getenv("CIDSIM_VERBOSE"))
		printf("found in %u seeds: ", found);

	print_tally(&kind, &tally);
	if (is_repeat())
		return;
	ck_assert_msg(found > 0, "%s not found", row->name);
	kind.revision = row->gone;
	if (row->gone)
		run_kind(&kind, 0, &tally);
}
