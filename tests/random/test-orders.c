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
 * I2 and I6 break at 7.1 in no order whatever.
 *
 * With flags that no kernel has: see flag_rows and fix_rows.
 */

#include <stdio.h>

#include "tests/lib/orders.h"

#include "tests/lib/suite.h"

/* Every assertion of Check writes to a file: none in what is done for every step. */

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
	uint64_t execs_failed, forks_failed, fast, settled, converged, quiet, crowded;
	uint64_t extents_taken, extents_given;
};

/* I3: can the spin end, whatever happens next? Tried on a copy of everything, by doing all that
 * could free a number. */

static bool has_spins(struct orders *o)
{
	for (uint32_t cpu = 0; cpu < o->knobs.cpus; cpu++) {
		if (orders_is_spinning(o, cpu))
			return true;
	}
	for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
		uint8_t phase = orders_mm(o, mm)->phase;

		if (phase == PHASE_GET_LOCKED || phase == PHASE_GET_MUTEX)
			return true;
	}
	return false;
}

/* Would @task find a number on @cpu without a get that spins? */
static bool would_not_spin(struct orders *o, uint32_t task, uint32_t cpu)
{
	const struct model_task *t = orders_task(o, task);
	cid_word word;

	if (!t->has_mm || !t->active || cid_is_task_owned(t->cid))
		return true;
	word = model_word(o->model[0], orders_mm(o, (uint32_t)t->mm), cpu);
	return cid_is_cpu_owned(word) || pool_has_room(o->model[0], (uint32_t)t->mm);
}

/* Each task that can be had runs on @cpu once, @with_exit for the last time. */
static void try_cpu(struct orders *o, uint32_t cpu, bool with_exit)
{
	for (uint32_t task = 0; task < o->knobs.tasks; task++) {
		struct step step = { 0 };

		if (!orders_can_leave(o, cpu))
			return;
		if (!orders_can_pull(o, task, cpu) || !would_not_spin(o, task, cpu))
			continue;
		orders_switch_out(o, cpu);
		orders_switch_in(o, cpu, task);
		if (with_exit && orders_is_unoccupied(o, task)) {
			ORDERS_STEP(o, step, exit_begin(m, cpu, task, obs));
			orders_begun(o, task, OP_EXIT, orders_task(o, task)->mm, step);
		}
		for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
			while (orders_mm(o, mm)->initiator == task && !o->waiting[mm] &&
				mm_in_window(orders_mm(o, mm)) && orders_advance(o, mm))
				;
		}
	}
	if (orders_can_leave(o, cpu)) {
		orders_switch_out(o, cpu);
		orders_switch_in(o, cpu, TASK_NONE);
	}
}

static void try_everything(struct orders *o, bool with_exit)
{
	for (uint32_t cpu = 0; cpu < o->knobs.cpus; cpu++) {
		struct step step;

		if (orders_is_between(o, cpu))
			orders_switch_in(o, cpu, TASK_NONE);
		if (orders_is_spinning(o, cpu))
			ORDERS_STEP(o, step, switch_spin(m, cpu, obs));
	}
	for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
		for (uint32_t i = 0; i < o->knobs.cpus + o->knobs.tasks; i++)
			orders_advance(o, mm);
	}
	for (uint32_t cpu = 0; cpu < o->knobs.cpus; cpu++)
		try_cpu(o, cpu, with_exit);
}

static bool is_stuck(const struct orders *original)
{
	static struct orders copy;
	struct orders *o = &copy;
	bool stuck;

	if (original->knobs.protocol.bounded_get)
		return false; /* every spin ends, if without a number */
	copy = *original;
	o->models = 1;
	o->model[0] = malloc(original->model[0]->size);
	ck_assert_ptr_nonnull(o->model[0]);
	memcpy(o->model[0], original->model[0], original->model[0]->size);
	o->model[0]->protocol.split_get = false; /* what was found is sought again */
	for (int round = 0; round < 8 && has_spins(o); round++)
		try_everything(o, round >= 5);
	stuck = has_spins(o);
	free(o->model[0]);
	return stuck;
}

/* The twin */

static bool words_differ(const struct orders *o, uint32_t mm)
{
	const struct model_mm *a = model_mm_const(o->model[0], mm);
	const struct model_mm *b = model_mm_const(o->model[1], mm);

	for (uint32_t cpu = 0; cpu < o->knobs.cpus; cpu++) {
		cid_word x = model_word(o->model[0], a, cpu), y = model_word(o->model[1], b, cpu);

		/* a stale number is not remembered without extent, and means nothing */
		if (x != y && !(cid_is_task_owned(x) && cid_is_task_owned(y)))
			return true;
	}
	return false;
}

static bool mms_differ(const struct orders *o, uint32_t mm)
{
	struct model_mm a = *model_mm_const(o->model[0], mm);
	struct model_mm b = *model_mm_const(o->model[1], mm);

	if (a.live && pool_span(o->model[0], mm) != pool_span(o->model[1], mm))
		return true;
	for (uint32_t n = 0; a.live && n < o->knobs.cpus; n++) {
		if (pool_is_taken(o->model[0], mm, n) != pool_is_taken(o->model[1], mm, n) ||
			mm_allows(o->model[0], mm, n) != mm_allows(o->model[1], mm, n))
			return true;
	}
	/* where it is kept may differ, what it is may not */
	a.extent = b.extent = 0;
	a.pool = b.pool = 0;
	return memcmp(&a, &b, sizeof(a)) != 0 || (a.live && words_differ(o, mm));
}

static bool twin_differs(const struct orders *o)
{
	const struct model *a = o->model[0], *b = o->model[1];

	if (o->knobs.twin == TWIN_NONE)
		return false;
	if (o->differs || memcmp(&o->watch[0].observer, &o->watch[1].observer,
				  sizeof(o->watch[0].observer)) != 0)
		return true;
	if (o->knobs.twin == TWIN_COPY)
		return a->size != b->size || memcmp(a, b, a->size) != 0;
	if (memcmp(model_cpu_const(a, 0), model_cpu_const(b, 0),
		    o->knobs.cpus * sizeof(struct model_cpu)) != 0 ||
		memcmp(model_task_const(a, 0), model_task_const(b, 0),
			o->knobs.tasks * sizeof(struct model_task)) != 0)
		return true;
	for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
		if (mms_differ(o, mm))
			return true;
	}
	return false;
}

/* Quiet at the end: what is under way is finished, then every user runs again and again. */

/* A get that has found its number has one more step to take; none spins here for long. */
static void finish_get(struct orders *o, uint32_t cpu)
{
	struct step step;

	for (uint32_t i = 0; i < 2 * o->knobs.cpus && orders_is_spinning(o, cpu); i++)
		ORDERS_STEP(o, step, switch_spin(m, cpu, obs));
	ck_assert(!orders_is_spinning(o, cpu));
}

static void switch_to(struct orders *o, uint32_t cpu, uint32_t task)
{
	orders_switch_out(o, cpu);
	orders_switch_in(o, cpu, task);
	finish_get(o, cpu);
}

static void let_run(struct orders *o, uint32_t task)
{
	if (!model_is_running(o->model[0], task))
		switch_to(o, orders_task(o, task)->cpu, task);
}

static bool is_busy(struct orders *o)
{
	for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
		if (orders_mm(o, mm)->phase != PHASE_IDLE)
			return true;
	}
	return false;
}

static void finish_changes(struct orders *o)
{
	for (uint32_t cpu = 0; cpu < o->knobs.cpus; cpu++) {
		if (orders_is_between(o, cpu))
			orders_switch_in(o, cpu, TASK_NONE);
		finish_get(o, cpu);
	}
	while (is_busy(o)) {
		for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
			const struct model_mm *m = orders_mm(o, mm);

			if (m->phase != PHASE_IDLE && m->initiator != TASK_NONE)
				let_run(o, m->initiator);
			orders_advance(o, mm);
		}
	}
}

static void schedule_all(struct orders *o)
{
	for (uint32_t task = 0; task < o->knobs.tasks; task++) {
		uint32_t cpu = orders_task(o, task)->cpu;

		if (o->task[task].status != TASK_READY && o->task[task].status != TASK_BORN)
			continue;
		for (int round = 0; round < 3; round++) {
			switch_to(o, cpu, TASK_NONE);
			switch_to(o, cpu, task);
		}
	}
}

/* In per-CPU mode a number is not given back by a CPU where no task of the mm runs any more: where
 * more CPUs own one than max_cids, there is nothing to converge to, and I7 cannot be asked. */
static bool is_crowded(struct orders *o, uint32_t mm)
{
	const struct model_mm *m = orders_mm(o, mm);

	return mm_is_per_cpu(m) && m->taken > m->max_cids;
}

static unsigned check_when_quiet(struct orders *o, struct tally *tally)
{
	unsigned broken = 0;

	finish_changes(o);
	for (int round = 0; round < 3; round++)
		schedule_all(o);
	for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
		uint64_t seen[ORDERS_CPUS / 64];

		broken |= check_mm(o->model[0], mm, seen);
		if (is_crowded(o, mm)) {
			tally->crowded++;
			continue;
		}
		tally->quiet += orders_mm(o, mm)->users > 0;
		broken |= check_quiet(o->model[0], mm);
	}
	return broken;
}

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
		if (o->spins + o->lost_races > spins && is_stuck(o))
			broken |= CHECK_I3;
		if (twin_differs(o))
			ck_abort_msg("the twin differs after step %u: " COMMAND, step,
				COMMAND_ARGS(kind, seed));
		watch_extents(tally, o, had);
		if (broken & CHECK_I3)
			break;
	}
	if (kind->quiet && !broken)
		broken |= check_when_quiet(o, tally);
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
		t->execs_failed, t->forks_failed, t->fast, t->settled, t->converged, t->quiet,
		t->crowded, t->extents_taken, t->extents_given);
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
	ck_assert_uint_gt(tally.quiet, 1000);
	ck_assert_uint_eq(tally.deferred, 0); /* B8 */
	ck_assert_uint_eq(tally.spins, 0);    /* stronger than I3 */
}

TEST(after_failed_execs_only_what_comes_of_unset_may_break)
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
 * - I4 and I5 come from B9 and from what an exit of a last user leaves: both must be mended, and
 * how B9 is does not matter;
 * - I3 and I8 stay whatever is mended, by an exec that itself flips the mode as it fails: the task
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
TEST_ROWS(after_failed_execs_a_flag_mends_what_it_can, fix_rows)
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
