/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/kernel-compare.h"

#include <string.h>

#include "sim/cli/command.h"
#include "sim/cli/kernel-loads.h"
#include "sim/cli/kernel-tree.h"
#include "sim/cli/progress.h"
#include "sim/cli/stop.h"
#include "sim/kernel/versus.h"

enum { PARTS = 3 }; /* that take long: both, and each beside the model */

struct waiting {
	const struct kernel_compare *wanted;
	gint64 ends_us; /* of this part; 0 = never */
	struct progress_line line;
};

static void begin_part(void *context)
{
	struct waiting *waiting = context;
	uint64_t time_ns = waiting->wanted->time_ns;

	waiting->ends_us =
		time_ns > 0 ? g_get_monotonic_time() + (gint64)(time_ns / 1000 / PARTS) : 0;
}

static bool ends(void *context)
{
	(void)context;
	return stop_asked();
}

static bool wait_part(void *context, uint64_t steps)
{
	struct waiting *waiting = context;

	progress_show(&waiting->line, MIN(steps, waiting->line.total));
	return stop_asked() || (waiting->ends_us > 0 && g_get_monotonic_time() >= waiting->ends_us);
}

static int status_of(const struct versus_report *report)
{
	const char *verdict = versus_verdict(report);

	if (strcmp(verdict, "same") == 0)
		return EXIT_OK;
	return strcmp(verdict, "different") == 0 ? EXIT_FAILED : EXIT_UNDECIDED;
}

static int print(
	const struct versus_report *report, const struct kernel_compare *wanted, gint64 took_us)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (wanted->quiet)
		return EXIT_OK;
	if (wanted->json)
		versus_json(text, report, (uint64_t)took_us / 1000);
	else
		versus_print(text, report);
	return command_print(text->str, text->len);
}

static int compare_compiled(struct versus_report *report, const struct kernel_loads *loads,
	const struct kernel_compare *wanted)
{
	struct waiting waiting = { .wanted = wanted };
	const struct versus_options options = { .seed = wanted->seed,
		.steps_max = wanted->steps,
		.jobs = wanted->jobs,
		.replays = wanted->replays,
		.revision = wanted->revision,
		.loads = loads->loads,
		.loads_count = loads->count,
		.begin = begin_part,
		.wait = wait_part,
		.ends = ends,
		.context = &waiting };
	const struct written_subject subject = { .tree = report->trees[VERSUS_A].name,
		.other = report->trees[VERSUS_B].name,
		.revision = revision_current() };
	gint64 began_us = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;
	int status;
	bool done, differs;

	progress_begin(&waiting.line, "steps", 0,
		wanted->steps > UINT64_MAX / wanted->jobs ? UINT64_MAX
							  : wanted->steps * wanted->jobs,
		false);
	done = versus_run(report, &options, &error);
	progress_clear(&waiting.line);
	if (!done)
		return command_failed("kernel: ", error);
	status = print(report, wanted, g_get_monotonic_time() - began_us);
	/* Else both break the same property. */
	differs = report->both.verdict >= KERNEL_DIFFERS;
	status = command_worse(status,
		kernel_tree_write(wanted->output, &subject, differs ? report->both.finding : NULL));
	return command_worse(status, status_of(report));
}

int kernel_compare(const char *a, const char *b, const struct kernel_compare *wanted)
{
	const char *const names[VERSUS_TREES] = { a, b };
	struct compiled *compiled[VERSUS_TREES] = { NULL, NULL };
	struct versus_report report = { 0 };
	struct kernel_loads loads = { 0 };
	int status = EXIT_OK;

	stop_arm();
	for (int i = 0; i < VERSUS_TREES && status == EXIT_OK; i++) {
		compiled[i] = kernel_tree_compile("kernel: ", names[i], NULL, &status);
		report.trees[i].name = names[i];
		report.trees[i].compiled = compiled[i];
	}
	if (status == EXIT_OK && (wanted->replays || kernel_loads_record(&loads, &status)))
		status = compare_compiled(&report, &loads, wanted);
	stop_disarm();
	versus_clear(&report);
	kernel_loads_clear(&loads);
	for (int i = 0; i < VERSUS_TREES; i++)
		compiled_free(compiled[i]);
	return status;
}
