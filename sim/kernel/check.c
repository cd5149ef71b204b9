/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/check.h"

#include <string.h>

#include "sim/base/failure.h"

struct check {
	const struct compiled *compiled;
	const struct kernel_options *options;
	struct kernel_report *report;
	bool asked_to_end;
};

static uint64_t steps_of(const struct child *children, uint32_t jobs)
{
	uint64_t steps = 0;

	for (uint32_t i = 0; i < jobs; i++)
		steps += children[i].result->steps;
	return steps;
}

/* Until all have ended, or somebody asks to end. */
static void await(struct check *check, struct child *children, uint32_t jobs)
{
	bool all;

	do {
		all = true;
		for (uint32_t i = 0; i < jobs; i++)
			all &= child_poll(&children[i]);
		if (all)
			break;
		check->asked_to_end |=
			check->options->wait(check->options->context, steps_of(children, jobs));
		for (uint32_t i = 0; check->asked_to_end && i < jobs; i++)
			child_stop(&children[i]);
		g_usleep(2000);
	} while (true);
}

static bool start_all(struct check *check, struct child *children, uint32_t jobs,
	const struct revision *revision, uint64_t steps_max, bool tells, GError **error)
{
	for (uint32_t i = 0; i < jobs; i++) {
		const struct lockstep_options options = { .protocol = revision->protocol,
			.seed = check->options->seed + i,
			.steps_max = steps_max,
			.tells = tells,
			.replays = check->options->replays,
			.partner = check->options->partner,
			.other = check->options->other,
			.fine = check->options->fine,
			.loads = check->options->loads,
			.loads_count = check->options->loads_count };

		const struct child_job job = { .run = lockstep_run, .options = &options };

		if (!child_start(&children[i], check->compiled, &job, error))
			return false;
	}
	return true;
}

/* What the first job that found something found. */

static void take_finding(
	struct kernel_report *report, const struct lockstep_finding *finding, uint64_t seed)
{
	if (!report->finding)
		report->finding = g_new(struct lockstep_finding, 1);
	*report->finding = *finding;
	report->seed = seed;
}

static void take_death(struct kernel_report *report, const struct child *child, uint64_t seed)
{
	report->verdict = child->state == CHILD_LOOPS ? KERNEL_LOOPS : KERNEL_CRASHES;
	report->signal = child->signal;
	g_free(report->finding);
	report->finding = g_new0(struct lockstep_finding, 1);
	report->finding->log = child->result->now;
	report->finding->step = child->result->steps;
	report->seed = seed;
}

static bool is_dead(const struct child *child)
{
	return child->state == CHILD_LOOPS || child->state == CHILD_CRASHED;
}

/* One job: dead is more than a difference, a difference more than a broken property. */
static void take_result(
	struct check *check, const struct child *child, uint64_t seed, struct kernel_trial *trial)
{
	struct kernel_report *report = check->report;
	const struct lockstep_result *result = child->result;
	const struct lockstep_finding *found = &result->difference;

	report->steps += result->steps;
	report->rounds += result->rounds;
	trial->steps += result->steps;
	trial->rounds += result->rounds;
	report->broken |= result->broken;
	report->broken_known |= result->broken_known;
	memcpy(report->effects, result->effects, sizeof(report->effects));
	if (is_dead(child)) {
		if (report->verdict < KERNEL_LOOPS)
			take_death(report, child, seed);
	} else if (found->difference.found && !trial->differs) {
		trial->differs = true;
		trial->difference = found->difference;
		trial->difference_step = found->step;
		if (report->verdict < KERNEL_DIFFERS)
			take_finding(report, found, seed);
		report->verdict = MAX(report->verdict, KERNEL_DIFFERS);
	} else if (result->broken && report->verdict == KERNEL_AGREES) {
		report->verdict = KERNEL_VIOLATED;
		take_finding(report, &result->violation, seed);
	} else if (check->options->replays && check->options->partner != PARTNER_CODE) {
		take_finding(report, found, seed);
	}
}

/* Try @revision for @steps_max steps on each of @jobs processes. Adds a trial; the report begins
 * anew. */
static bool try_revision(struct check *check, const struct revision *revision, uint32_t jobs,
	uint64_t steps_max, bool tells, GError **error)
{
	struct kernel_report *report = check->report;
	struct kernel_trial *trial = &report->trials[report->trials_count++];
	struct child children[KERNEL_JOBS_MAX] = { 0 };
	bool ok;

	g_assert(jobs <= KERNEL_JOBS_MAX && report->trials_count <= KERNEL_REVISIONS_MAX);
	*trial = (struct kernel_trial){ .revision = revision };
	report->verdict = KERNEL_AGREES;
	report->steps = report->rounds = 0;
	report->broken = report->broken_known = 0;
	report->revision = revision;
	g_clear_pointer(&report->finding, g_free);
	ok = start_all(check, children, jobs, revision, steps_max, tells, error);
	if (ok)
		await(check, children, jobs);
	for (uint32_t i = 0; ok && i < jobs; i++) {
		if (children[i].state == CHILD_FAILED)
			ok = child_failure(&children[i], error);
		else
			take_result(check, &children[i], check->options->seed + i, trial);
	}
	for (uint32_t i = 0; i < jobs; i++)
		child_end(&children[i]);
	return ok;
}

/* The revisions in the order in which they are tried: from the current one back, then proposals. */
static uint32_t order_revisions(const struct revision *order[KERNEL_REVISIONS_MAX])
{
	size_t count, current;
	const struct revision *table = revision_table(&count);
	uint32_t used = 0;

	current = (size_t)(revision_current() - table);
	g_assert(count <= KERNEL_REVISIONS_MAX && current < count);
	for (size_t i = current + 1; i-- > 0;)
		order[used++] = &table[i];
	for (size_t i = current + 1; i < count; i++)
		order[used++] = &table[i];
	return used;
}

static const struct kernel_trial *find_trial(
	const struct kernel_report *report, const struct revision *revision)
{
	for (uint32_t i = 0; i < report->trials_count; i++) {
		if (report->trials[i].revision == revision)
			return &report->trials[i];
	}
	return NULL;
}

/* Put the last trial in the place of an earlier one of the same revision. */
static void replace_trial(struct kernel_report *report)
{
	struct kernel_trial *last = &report->trials[--report->trials_count];
	struct kernel_trial *first = (struct kernel_trial *)find_trial(report, last->revision);

	last->complete = true;
	if (first)
		*first = *last;
	else
		report->trials_count++;
}

static bool is_over(const struct check *check)
{
	return check->asked_to_end || check->report->verdict >= KERNEL_LOOPS;
}

/* The revision that went furthest before it differed. */
static const struct revision *nearest(const struct kernel_report *report)
{
	const struct kernel_trial *best = NULL;

	for (uint32_t i = 0; i < report->trials_count; i++) {
		const struct kernel_trial *trial = &report->trials[i];

		if (!best || trial->difference_step > best->difference_step)
			best = trial;
	}
	return best ? best->revision : NULL;
}

/* Somebody has asked to end before a revision was run for long: none is found, but one that has not
 * differed so far is the best guess. */
static void conclude_early(struct kernel_report *report)
{
	if (report->verdict >= KERNEL_LOOPS)
		return;
	report->verdict = KERNEL_UNDECIDED;
	report->revision = NULL;
	g_clear_pointer(&report->finding, g_free);
	for (uint32_t i = report->trials_count; i-- > 0;) {
		if (!report->trials[i].differs && report->trials[i].steps > 0)
			report->revision = report->trials[i].revision;
	}
}

static bool try_all(struct check *check, GError **error)
{
	const struct revision *order[KERNEL_REVISIONS_MAX];
	uint32_t count = order_revisions(order);
	uint64_t trial = MIN(check->options->steps_max, KERNEL_TRIAL);

	for (uint32_t i = 0; i < count && !is_over(check); i++) {
		if (!try_revision(check, order[i], 1, trial, false, error))
			return false;
	}
	for (uint32_t i = 0; i < count && !is_over(check); i++) {
		if (find_trial(check->report, order[i])->differs)
			continue;
		if (!try_revision(check, order[i], check->options->jobs, check->options->steps_max,
			    true, error))
			return false;
		replace_trial(check->report);
		if (check->report->verdict < KERNEL_DIFFERS)
			return true;
	}
	if (is_over(check)) {
		conclude_early(check->report);
		return true;
	}
	/* All differ: tell about the nearest one. */
	if (!try_revision(check, nearest(check->report), 1, check->options->steps_max, true, error))
		return false;
	replace_trial(check->report);
	return true;
}

bool kernel_check(const struct compiled *compiled, const struct kernel_options *options,
	struct kernel_report *report, GError **error)
{
	struct check check = { .compiled = compiled, .options = options, .report = report };
	bool ok;

	g_assert(options->revision || options->partner == PARTNER_MODEL);
	memset(report, 0, sizeof(*report));
	report->seed = options->seed;
	report->jobs = options->jobs;
	report->no_spins = options->fine || (options->replays && options->replays->shape.alone);
	report->alone = report->no_spins || options->partner == PARTNER_NOBODY;
	if (options->revision) {
		ok = try_revision(
			&check, options->revision, options->jobs, options->steps_max, true, error);
		report->trials[0].complete = true;
	} else {
		ok = try_all(&check, error);
	}
	if (check.asked_to_end && report->trials_count > 0 && report->steps < KERNEL_TRIAL &&
		report->verdict == KERNEL_AGREES)
		report->verdict = KERNEL_UNDECIDED;
	if (options->partner != PARTNER_CODE && !options->loads)
		coverage_read(compiled->folder, report->coverage);
	return ok;
}

void kernel_report_clear(struct kernel_report *report)
{
	g_clear_pointer(&report->finding, g_free);
	coverage_clear(report->coverage);
}
