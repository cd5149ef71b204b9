/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-sweep.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/jobs.h"
#include "sim/sweep/axes-check.h"
#include "sim/sweep/head.h"
#include "sim/sweep/run.h"

static const char description[] =
	"SCENARIO is a file, \"-\" (standard input) or the name of a shipped one. It is run "
	"once for each combination of the values of all axes: those of its group [sweep] and "
	"those above, in this order. An option replaces the same axis of the file. The first "
	"axis varies slowest; seeds vary fastest.\n"
	"\n"
	"LIST is values separated by \",\" (or \";\"), and ranges: 1-64, 1-64+4 (steps), "
	"1-4096*2.\n"
	"\n"
	"The rows go to standard output or, with -o, to FILE.csv. If the command is killed, at "
	"any moment, the same command continues where it was and ends with the same bytes. "
	"Expectations of the scenario are not checked; a point in which a property is broken is "
	"marked.\n"
	"\n"
	"Files:\n"
	"  FILE.csv           the rows, when all are there\n"
	"  FILE.csv.part      the rows so far\n"
	"  FILE-summary.csv   mean, deviation and confidence interval over the seeds\n"
	"\n"
	"docs/sweep.md describes the columns.\n"
	"\n"
	"Exit status: 0 all well, 1 a property is broken in some point, 2 bad usage or input, 3 "
	"the environment failed, 4 interrupted, or some point was stopped by max-events.\n"
	"\n"
	"Examples:\n"
	"  cidsim sweep study/ramp --cpus 1-64 --threads 100 -o ramp.csv\n"
	"  cidsim sweep pools-32x32 --cpus 16-512*2 --seeds 10 --summary -o pools.csv\n"
	"  cidsim sweep hysteresis --revisions all --cpus 4-64*2 -o revisions.csv\n"
	"  cidsim sweep hysteresis --vary 'ramp threads.to=5-50+5' --dry-run\n"
	"  cidsim sweep pools-32x32 --cpus 16-512*2 --shard 2/5 -o shard-2.csv\n";

/* --- options --- */

static bool read_shard_option(struct sweep *sweep)
{
	const char *text = sweep->options->shard;
	sweep->shard = (struct sweep_shard){ 1, 1 };
	return !text || command_accepts("sweep", "--shard", sweep_shard_read(text, &sweep->shard));
}

static bool check_sweep_options(const struct sweep_options *options)
{
	if (options->summary && !options->output)
		command_error("sweep: --summary needs -o FILE.csv, beside which it is written");
	else if (options->summary && options->shard)
		command_error("sweep: --summary of a shard would lack seeds; give it to merge");
	else if (options->force && !options->output)
		command_error("sweep: --force has no effect without -o FILE.csv");
	else
		return true;
	return false;
}

/* --- what is swept --- */

static void print_errors(const GPtrArray *messages)
{
	g_assert(messages->len > 0);
	for (guint i = 0; i < messages->len; i++)
		command_error("%s", (const char *)messages->pdata[i]);
}

static int load_base(struct sweep *sweep, int argc, char **argv)
{
	int status = EXIT_OK;
	size_t length;

	if (argc != 2) {
		command_error("sweep: %s; a FILE, - or a name of `cidsim list`",
			argc < 2 ? "no scenario given" : "more than one scenario given");
		return EXIT_USAGE;
	}
	sweep->path = command_scenario(argv[1]);
	if (sweep->options->output)
		status = sweep_check_output(
			"sweep: -o", sweep->path, sweep->options->output, sweep->options->summary);
	if (status != EXIT_OK)
		return status;
	sweep->argument = argv[1];
	sweep->text = command_read(sweep->path, &length, &status);
	if (!sweep->text)
		return status;
	sweep->overrides.set = (const char *const *)sweep->options->set;
	sweep->source =
		(struct sweep_source){ sweep->path, sweep->text, length, &sweep->overrides };
	sweep->base = command_parse_scenario(
		sweep->path, sweep->text, length, &sweep->overrides, &status);
	if (sweep->base && sweep->base->explore.line) {
		g_autofree char *where =
			line_files_path(&sweep->base->files, sweep->base->explore.line);

		command_error("sweep: %s: a scenario with [explore] cannot be swept", where);
		return EXIT_USAGE;
	}
	g_assert(!sweep->base == (status != EXIT_OK));
	return status;
}

static bool knows_mm(const struct sweep *sweep)
{
	const struct scenario *base = sweep->base;
	const char *mm = sweep->options->mm;
	g_autofree const char **names = g_new(const char *, base->mms_count);
	g_autofree char *quoted = mm ? value_quote(mm) : NULL;
	const char *nearest;

	if (!mm)
		return true;
	for (uint32_t i = 0; i < base->mms_count; i++) {
		names[i] = base->mms[i].name;
		if (strcmp(names[i], mm) == 0)
			return true;
	}
	nearest = value_nearest(mm, names, base->mms_count);
	command_error("sweep: --mm: the scenario has no mm %s%s%s", quoted,
		nearest ? "; did you mean " : "", nearest ? nearest : "");
	return false;
}

/* The axes of the command line, in the order in which they vary. False after a message. */
static bool read_axes(const struct sweep_options *options, GArray *axes)
{
	const struct sweep_axis_option known[] = {
		{ "--revisions", "revisions", options->revisions },
		{ "--cpus", "cpus", options->cpus },
		{ "--allowed", "allowed", options->allowed },
		{ "--threads", "threads", options->threads },
	};
	const struct sweep_axis_option seeds = { "--seeds", "seeds", options->seeds };

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
		if (known[i].values)
			g_array_append_val(axes, known[i]);
	}
	for (char **vary = options->vary; vary && *vary; vary++) {
		char *equals = strchr(*vary, '=');
		struct sweep_axis_option axis = { "--vary", *vary, equals ? equals + 1 : NULL };

		if (!equals) {
			g_autofree char *quoted = value_quote(*vary);

			command_error(
				"sweep: --vary: %s is not written like group.key=LIST", quoted);
			return false;
		}
		*equals = '\0';
		g_array_append_val(axes, axis);
	}
	if (options->seeds)
		g_array_append_val(axes, seeds);
	return true;
}

static char *command_line(const struct sweep *sweep, const GArray *axes)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	g_assert(sweep->argument);
	g_ptr_array_add(words, g_strdup("cidsim"));
	g_ptr_array_add(words, g_strdup("sweep"));
	g_ptr_array_add(words, g_strdup(sweep->argument));
	for (char **set = sweep->options->set; set && *set; set++) {
		g_ptr_array_add(words, g_strdup("--set"));
		g_ptr_array_add(words, g_strdup(*set));
	}
	for (guint i = 0; i < axes->len; i++) {
		const struct sweep_axis_option *axis =
			&g_array_index(axes, struct sweep_axis_option, i);

		g_ptr_array_add(words, g_strdup(axis->option));
		if (strcmp(axis->option, "--vary") == 0)
			g_ptr_array_add(words, g_strdup_printf("%s=%s", axis->name, axis->values));
		else
			g_ptr_array_add(words, g_strdup(axis->values));
	}
	if (sweep->options->mm) {
		g_ptr_array_add(words, g_strdup("--mm"));
		g_ptr_array_add(words, g_strdup(sweep->options->mm));
	}
	g_ptr_array_add(words, NULL);
	return text_shell_line((const char *const *)words->pdata);
}

static bool plan(struct sweep *sweep)
{
	g_autoptr(GArray) axes = g_array_new(FALSE, FALSE, sizeof(struct sweep_axis_option));
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *command = NULL, *head = NULL;

	g_assert(sweep->base && !sweep->axes);
	if (!knows_mm(sweep) || !read_axes(sweep->options, axes))
		return false;
	sweep->axes = sweep_axes_new(sweep->base, &sweep->source,
		(const struct sweep_axis_option *)(void *)axes->data, axes->len, errors);
	g_assert(sweep->axes || errors->len > 0);
	if (sweep->axes)
		sweep_axes_check(sweep->axes, &sweep->source, errors);
	if (errors->len > 0) {
		print_errors(errors);
		return false;
	}
	command = command_line(sweep, axes);
	head = sweep_head(command, sweep->base, sweep->axes, sweep->options->mm);
	sweep->head = sweep->options->shard ? sweep_shard_head(head, sweep->shard)
	                                    : g_steal_pointer(&head);
	sweep->rows = sweep_shard_rows(sweep_axes_points(sweep->axes), sweep->shard);
	return true;
}

static int print_plan(const struct sweep *sweep)
{
	const struct sweep_axes *axes = sweep->axes;
	g_autoptr(GString) text = g_string_new(NULL);

	g_assert(sweep->rows <= sweep_axes_points(axes));
	g_string_append_printf(text, "%" PRIu64 " points\n", sweep_axes_points(axes));
	if (sweep->options->shard)
		g_string_append_printf(text, "%" PRIu64 " of them in shard %u/%u\n", sweep->rows,
			sweep->shard.number, sweep->shard.count);
	for (unsigned i = 0; i < sweep_axes_count(axes); i++)
		g_string_append_printf(text, "  %" PRIu64 " %s: %s\n", sweep_axes_length(axes, i),
			sweep_axes_name(axes, i), sweep_axes_text(axes, i));
	return command_print(text->str, text->len);
}

/* --- the command --- */

static int sweep_planned(struct sweep *sweep)
{
	bool all;
	int status;

	g_assert(sweep->head && sweep->rows <= sweep_axes_points(sweep->axes));
	if (sweep->options->dry_run)
		return print_plan(sweep);
	if (!sweep->options->output)
		return sweep_to_stdout(sweep);
	status = sweep_into_file(sweep, &all);
	g_assert(!sweep->options->summary || !sweep->options->shard);
	/* Of points that failed or are undecided there are rows all the same. */
	if (sweep->options->summary && all)
		status = command_worse(status, sweep_write_summary(sweep->options->output));
	return status;
}

static int sweep_with(const struct sweep_options *options, int argc, char **argv)
{
	struct sweep sweep = { .options = options };
	int status = EXIT_USAGE;

	if (check_sweep_options(options) && jobs_read("sweep", options->jobs, &sweep.jobs) &&
		read_shard_option(&sweep)) {
		status = load_base(&sweep, argc, argv);
		if (status == EXIT_OK)
			status = plan(&sweep) ? sweep_planned(&sweep) : EXIT_USAGE;
	}
	g_free(sweep.head);
	sweep_axes_free(sweep.axes);
	scenario_free(sweep.base);
	g_free(sweep.text);
	g_free(sweep.path);
	return status;
}

static void free_sweep_options(struct sweep_options *options)
{
	g_free(options->cpus);
	g_free(options->allowed);
	g_free(options->threads);
	g_free(options->revisions);
	g_free(options->seeds);
	g_free(options->mm);
	g_free(options->shard);
	g_free(options->output);
	g_free(options->jobs);
	g_strfreev(options->vary);
	g_strfreev(options->set);
}

int cmd_sweep(int argc, char **argv)
{
	struct sweep_options options = { 0 };
	const GOptionEntry entries[] = {
		{ "revisions", 'r', 0, G_OPTION_ARG_FILENAME, &options.revisions,
			"Axis: revisions of the protocol", "REVISIONS|all" },
		{ "cpus", 0, 0, G_OPTION_ARG_FILENAME, &options.cpus, "Axis: possible CPUs",
			"LIST" },
		{ "allowed", 0, 0, G_OPTION_ARG_FILENAME, &options.allowed,
			"Axis: CPUs allowed to every mm, the first N", "LIST" },
		{ "threads", 0, 0, G_OPTION_ARG_FILENAME, &options.threads,
			"Axis: size of the only [tasks] (their number), [ramp] (users at the top) "
			"or "
			"[pool] (threads)",
			"LIST" },
		{ "vary", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.vary,
			"Axis: any key of the scenario; may be repeated", "GROUP.KEY=LIST" },
		{ "seeds", 0, 0, G_OPTION_ARG_FILENAME, &options.seeds,
			"Axis: N seeds, beginning with the scenario's, or a list", "N|LIST" },
		{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.set,
			"Set a key of the scenario for all points; may be repeated",
			"GROUP.KEY=VALUE" },
		{ "mm", 0, 0, G_OPTION_ARG_FILENAME, &options.mm,
			"Numbers of this mm, in place of all mms together", "MM" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
			"Write the rows to FILE, and continue with what is there", "FILE.csv" },
		{ "summary", 0, 0, G_OPTION_ARG_NONE, &options.summary,
			"Also write mean, deviation and confidence interval over seeds to "
			"FILE-summary.csv",
			NULL },
		{ "jobs", 'j', 0, G_OPTION_ARG_FILENAME, &options.jobs,
			"Points to run at the same time (default: one per processor); the bytes do "
			"not depend on it",
			"N" },
		{ "shard", 0, 0, G_OPTION_ARG_FILENAME, &options.shard,
			"Only part K of N; cidsim merge puts the parts together", "K/N" },
		{ "force", 'f', 0, G_OPTION_ARG_NONE, &options.force,
			"Begin anew, even if FILE has rows", NULL },
		{ "dry-run", 'n', 0, G_OPTION_ARG_NONE, &options.dry_run,
			"Only print how many points there are", NULL },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (command_parse("SCENARIO", description, entries, &argc, &argv, &status))
		status = sweep_with(&options, argc, argv);
	free_sweep_options(&options);
	return status;
}
