/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/affected-tree.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/command.h"
#include "sim/cli/kernel-tree.h"
#include "sim/cli/stop.h"
#include "sim/kernel/verdict.h"
#include "sim/release/release.h"

enum { STEPS_DEFAULT = 10000000 }; /* twice what B7 needs */

bool affected_is_tree(const char *name)
{
	struct release release;

	if (strchr(name, '/') || strchr(name, '@'))
		return true;
	return !release_read(name, &release) && g_file_test(name, G_FILE_TEST_IS_DIR);
}

static bool asks_to_end(void *context, uint64_t steps)
{
	(void)context;
	(void)steps;
	return stop_asked();
}

static bool run(const struct compiled *compiled, const struct revision *revision, uint64_t steps,
	struct kernel_report *report, int *status)
{
	const struct kernel_options options = {
		.revision = revision, .seed = 1, .steps_max = steps, .jobs = 1, .wait = asks_to_end
	};
	g_autoptr(GError) error = NULL;

	if (kernel_check(compiled, &options, report, &error))
		return true;
	*status = command_failed("affected: ", error);
	return false;
}

/* Does the code agree with @revision for all of the steps, too? */
static bool agrees(const struct compiled *compiled, const struct revision *revision, uint64_t steps,
	int *status)
{
	struct kernel_report report;
	bool ok = run(compiled, revision, steps, &report, status);
	bool agrees = ok && report.verdict <= KERNEL_VIOLATED;

	if (ok && report.verdict == KERNEL_UNDECIDED)
		*status = EXIT_UNDECIDED;
	kernel_report_clear(&report);
	return agrees;
}

/* The oldest and the newest of those that agree. Proposals are after the current one, and are in no
 * kernel. */
static bool find_range(const struct compiled *compiled, const struct kernel_report *report,
	uint64_t steps, struct affected_tree *tree, int *status)
{
	int before = *status;

	tree->oldest = tree->newest = report->revision;
	for (uint32_t i = 0; i < report->trials_count && *status == before; i++) {
		const struct kernel_trial *trial = &report->trials[i];

		if (trial->differs || trial->revision == report->revision ||
			trial->revision > revision_current() ||
			!agrees(compiled, trial->revision, steps, status))
			continue;
		tree->oldest = MIN(tree->oldest, trial->revision);
		tree->newest = MAX(tree->newest, trial->revision);
	}
	return *status == before;
}

static bool conclude(const char *name, const struct compiled *compiled,
	const struct kernel_report *report, uint64_t steps, struct affected_tree *tree, int *status)
{
	tree->steps = report->steps;
	switch (report->verdict) {
	case KERNEL_AGREES:
	case KERNEL_VIOLATED:
		tree->is_revision = true;
		return find_range(compiled, report, steps, tree, status);
	case KERNEL_DIFFERS:
		tree->oldest = tree->newest = report->revision;
		tree->difference = report->finding->difference;
		return true;
	case KERNEL_LOOPS:
	case KERNEL_CRASHES:
		command_error("affected: the code of %s %s; `cidsim kernel check` says where",
			text_path(name), kernel_verdict_to_string(report->verdict));
		break;
	case KERNEL_UNDECIDED:
		command_error("affected: %s: undecided, too few steps", text_path(name));
		break;
	}
	*status = EXIT_UNDECIDED;
	return false;
}

bool affected_tree_check(
	const char *name, const char *steps, struct affected_tree *found, int *status)
{
	struct kernel_report report = { 0 };
	struct compiled *compiled;
	uint64_t count = STEPS_DEFAULT;
	bool ok;

	if (steps && !command_accepts("affected", "--steps",
			     value_read_count_in(steps, KERNEL_TRIAL, INT64_MAX, &count)))
		return false;
	stop_arm();
	*status = EXIT_OK;
	compiled = kernel_tree_compile("affected: ", name, NULL, status);
	ok = compiled && run(compiled, NULL, count, &report, status);
	if (ok)
		ok = conclude(name, compiled, &report, count, found, status);
	stop_disarm();
	kernel_report_clear(&report);
	compiled_free(compiled);
	return ok;
}

void affected_tree_print(GString *text, const char *name, const struct affected_tree *tree)
{
	g_autofree char *where = kernel_place(&tree->difference);

	if (!tree->is_revision)
		g_string_append_printf(text,
			"%s behaves as no revision of the protocol; %s is the nearest.\n%s%s\n",
			text_path(name), tree->newest->name, where,
			text_clean(tree->difference.what));
	else if (tree->oldest == tree->newest)
		g_string_append_printf(text, "%s behaves as revision %s in %" PRIu64 " steps.\n",
			text_path(name), tree->oldest->name, tree->steps);
	else
		g_string_append_printf(text,
			"%s behaves as revisions %s to %s, which cannot be told apart in %" PRIu64
			" steps.\n",
			text_path(name), tree->oldest->name, tree->newest->name, tree->steps);
}
