/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/versus.h"

#include <string.h>

static struct kernel_options options_for(const struct versus_options *options)
{
	return (struct kernel_options){ .seed = options->seed,
		.steps_max = options->steps_max,
		.jobs = options->jobs,
		.wait = options->wait,
		.context = options->context };
}

/* A part: @report is empty before. */
static bool run_part(const struct versus_options *options, const struct compiled *compiled,
	const struct kernel_options *wanted, struct kernel_report *report, GError **error)
{
	if (options->ends(options->context)) {
		report->verdict = KERNEL_UNDECIDED;
		return true;
	}
	options->begin(options->context);
	return kernel_check(compiled, wanted, report, error);
}

/* The order in which the two differ may be too rare for the check of @tree, which agrees with a
 * revision so far: play it beside that. */
static bool check_finding(struct versus_tree *tree, const struct lockstep_finding *finding,
	const struct versus_options *options, GError **error)
{
	struct kernel_options wanted = options_for(options);
	struct kernel_report played = { 0 };
	bool ok;

	wanted.revision = tree->checked.revision;
	wanted.replays = &finding->log;
	wanted.jobs = 1;
	ok = run_part(options, tree->compiled, &wanted, &played, error);
	if (ok && played.verdict == KERNEL_DIFFERS)
		tree->checked.verdict = KERNEL_DIFFERS;
	kernel_report_clear(&played);
	return ok;
}

static bool check_tree(struct versus_tree *tree, const struct lockstep_finding *finding,
	const struct versus_options *options, GError **error)
{
	struct kernel_options wanted = options_for(options);

	if (!run_part(options, tree->compiled, &wanted, &tree->checked, error))
		return false;
	if (finding && tree->checked.verdict < KERNEL_DIFFERS &&
		!check_finding(tree, finding, options, error))
		return false;
	if (tree->checked.verdict != KERNEL_DIFFERS)
		return true;
	wanted.revision = revision_current();
	wanted.partner = PARTNER_NOBODY;
	return run_part(options, tree->compiled, &wanted, &tree->alone, error);
}

static bool run_both(
	struct versus_report *report, const struct versus_options *options, GError **error)
{
	struct kernel_options wanted = options_for(options);

	wanted.revision = options->replays ? options->revision : revision_current();
	wanted.replays = options->replays;
	wanted.partner = PARTNER_CODE;
	wanted.other = report->trees[VERSUS_B].compiled;
	return run_part(options, report->trees[VERSUS_A].compiled, &wanted, &report->both, error);
}

static bool play_loads(
	struct versus_tree *tree, const struct versus_options *options, GError **error)
{
	struct kernel_options wanted = options_for(options);
	struct kernel_report report = { 0 };
	bool ok;

	wanted.revision = revision_current();
	wanted.partner = PARTNER_NOBODY;
	wanted.jobs = 1;
	wanted.loads = options->loads;
	wanted.loads_count = options->loads_count;
	ok = run_part(options, tree->compiled, &wanted, &report, error);
	memcpy(tree->effects, report.effects, sizeof(tree->effects));
	kernel_report_clear(&report);
	return ok;
}

bool versus_run(struct versus_report *report, const struct versus_options *options, GError **error)
{
	struct versus_tree *a = &report->trees[VERSUS_A], *b = &report->trees[VERSUS_B];
	const struct lockstep_finding *finding = NULL;

	report->loads = options->loads;
	report->loads_count = options->loads_count;
	report->replayed = options->replays != NULL;
	if (!run_both(report, options, error))
		return false;
	if (report->replayed)
		return true;
	if (report->both.verdict == KERNEL_DIFFERS)
		finding = report->both.finding;
	if (!check_tree(a, finding, options, error) || !check_tree(b, finding, options, error))
		return false;
	return options->loads_count == 0 ||
	       (play_loads(a, options, error) && play_loads(b, options, error));
}

void versus_clear(struct versus_report *report)
{
	for (int i = 0; i < VERSUS_TREES; i++) {
		kernel_report_clear(&report->trees[i].checked);
		kernel_report_clear(&report->trees[i].alone);
	}
	kernel_report_clear(&report->both);
}

bool versus_is_tried(const struct versus_report *report, uint32_t load)
{
	g_assert(load < report->loads_count);
	return report->trees[VERSUS_A].effects[load].tried &&
	       report->trees[VERSUS_B].effects[load].tried;
}

static bool is_same(const struct load_effect *a, const struct load_effect *b)
{
	return a->tried == b->tried && a->switches == b->switches && a->fast == b->fast &&
	       a->flips == b->flips && a->bit_ops == b->bit_ops && a->spans == b->spans &&
	       a->span_max == b->span_max && a->played == b->played;
}

bool versus_has_effect(const struct versus_report *report, uint32_t load)
{
	return versus_is_tried(report, load) &&
	       !is_same(&report->trees[VERSUS_A].effects[load],
		       &report->trees[VERSUS_B].effects[load]);
}

uint32_t versus_count_effects(const struct versus_report *report)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < report->loads_count; i++)
		count += versus_has_effect(report, i);
	return count;
}

static bool dies(const struct versus_tree *tree)
{
	return tree->checked.verdict == KERNEL_LOOPS || tree->checked.verdict == KERNEL_CRASHES;
}

const char *versus_verdict(const struct versus_report *report)
{
	switch (report->both.verdict) {
	case KERNEL_AGREES:
	case KERNEL_VIOLATED:
		return versus_count_effects(report) > 0 ? "different" : "same";
	case KERNEL_DIFFERS:
		return "different";
	default:
		return dies(&report->trees[VERSUS_A]) != dies(&report->trees[VERSUS_B])
		               ? "different"
		               : "undecided";
	}
}
