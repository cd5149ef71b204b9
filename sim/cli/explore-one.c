/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* isatty */
#include "sim/cli/explore-one.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "model/check.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/stop.h"

enum {
	PROGRESS_US = 200000,
	LOG_US = 10000000,
};

/* Scenarios */

static struct scenario_overrides overrides_of(
	const struct explore_arguments *arguments, const char *revision, GPtrArray *set)
{
	for (char **one = arguments->set; one && *one; one++)
		g_ptr_array_add(set, g_strdup(*one));
	g_ptr_array_add(set, NULL);
	g_assert(!revision || !arguments->revision); /* a matrix takes no --revision */
	return (struct scenario_overrides){
		.set = (const char *const *)set->pdata,
		.revision = revision ? revision : arguments->revision,
	};
}

static const char *command_of(const struct explore_arguments *arguments)
{
	return arguments->command ? arguments->command : "explore";
}

/* The properties of --check, in place of the file's; what the file expects speaks of others. */
static bool read_check(const struct explore_arguments *arguments, unsigned *check)
{
	const char *text = arguments->check;
	unsigned given = 0;
	g_autofree char *wrong = text ? scenario_properties_read(text, " ,", &given) : NULL;

	if (wrong)
		command_error("%s: --check: %s", command_of(arguments), wrong);
	else if (text && !given)
		command_error("%s: --check names no property", command_of(arguments));
	if (given)
		*check = given;
	return !text || given;
}

bool explore_check_values(const struct explore_arguments *arguments)
{
	struct scenario any = { .seed = 0 };
	struct explore_options options = { .reduce = false };

	return explore_read_options(arguments, &any, &options) &&
	       read_check(arguments, &options.check);
}

/* I7 is not a function of a state, so that no state would break it. */
static bool can_look_for(const struct scenario *scenario, const struct explore_arguments *arguments,
	const char *shown, int *status)
{
	if (!(scenario->explore.check & CHECK_I7))
		return command_has_rules(scenario, status);
	command_error("%s: %s: I7 depends on what came before a state, so no search can check it; "
		      "cidsim run checks it along [steps]",
		command_of(arguments), shown);
	return false;
}

/* What the options of a search are in its command: not those that change only how fast it is. */
static void ask_all(struct scenario *scenario, const struct explore_arguments *arguments)
{
	const struct {
		const char *option, *value;
	} options[] = {
		{ "--check", arguments->check },
		{ "--search", arguments->search },
		{ "--steps", arguments->steps },
		{ "--seed", arguments->seed },
		{ "--max-states", arguments->max_states },
		{ "--max-depth", arguments->max_depth },
		{ "--symmetry", arguments->symmetry },
		{ "--reduce", arguments->reduce },
	};

	scenario->verb = "explore";
	for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
		if (options[i].value)
			scenario_ask(scenario, options[i].option, options[i].value);
	}
}

/* What can be explored in its place is printed as it can be pasted. */
static void report_no_explore(const struct scenario *scenario,
	const struct explore_arguments *arguments, const char *shown)
{
	g_autofree char *small = explore_small(scenario);

	command_error(
		"%s: %s has no [explore]; this is a small machine like it, for a file of its own:",
		command_of(arguments), shown);
	fprintf(stderr, "\n%s", small);
}

struct scenario *explore_load(const char *path, const char *revision,
	const struct explore_arguments *arguments, int *status)
{
	g_autoptr(GPtrArray) set = g_ptr_array_new_with_free_func(g_free);
	struct scenario_overrides overrides = overrides_of(arguments, revision, set);
	struct scenario *scenario = command_load(path, &overrides, status);
	const char *shown = text_path(path);
	g_autofree char *where = NULL;

	if (!scenario)
		return NULL;
	ask_all(scenario, arguments);
	if (!scenario->explore.line)
		report_no_explore(scenario, arguments, shown);
	else if (scenario->steps_line)
		command_error("%s: %s: [steps] are one order of steps: cidsim run plays them",
			command_of(arguments),
			where = line_files_path(&scenario->files, scenario->steps_line));
	else if (read_check(arguments, &scenario->explore.check) &&
		 can_look_for(scenario, arguments, shown, status))
		return scenario;
	*status = command_worse(*status, EXIT_USAGE);
	scenario_free(scenario);
	return NULL;
}

/* Exploring */

/* Where it is shown how far a search is. */
enum shown_where {
	SHOWN_NOWHERE,
	SHOWN_IN_ONE_LINE, /* standard error is a terminal: the line is overwritten */
	SHOWN_IN_A_LOG,    /* --timing: a line for a level, at most one in LOG_US */
};

struct watch {
	const char *path;
	enum shown_where where;
	unsigned depth; /* of the last line of a log */
	gint64 start_us, last_us;
	size_t bytes;
};

static void clear_progress(const struct watch *watch)
{
	if (watch->where == SHOWN_IN_ONE_LINE && watch->last_us > watch->start_us)
		g_printerr("\r\033[K");
}

static bool is_due(const struct watch *watch, const struct search_progress *progress, gint64 now)
{
	switch (watch->where) {
	case SHOWN_NOWHERE:
		return false;
	case SHOWN_IN_ONE_LINE:
		return now - watch->last_us >= PROGRESS_US;
	case SHOWN_IN_A_LOG:
		return now - watch->last_us >= LOG_US && progress->depth != watch->depth;
	}
	g_assert_not_reached();
}

/* Of @states, those that this command has found. A search that goes on can discard some of the
 * @before that it had. */
static uint64_t found_now(uint64_t states, uint64_t before)
{
	return states - MIN(states, before);
}

static void on_progress(void *context, const struct search_progress *progress)
{
	struct watch *watch = context;
	gint64 now = g_get_monotonic_time();
	double seconds = (double)(now - watch->start_us) / 1e6;
	g_autofree char *line = NULL;

	g_assert(now >= watch->last_us && watch->last_us >= watch->start_us);
	watch->bytes = MAX(watch->bytes, progress->bytes);
	if (!is_due(watch, progress, now))
		return;
	watch->last_us = now;
	watch->depth = progress->depth;
	if (progress->walks > 0)
		line = g_strdup_printf("%s: %" PRIu64 " walks, %" PRIu64 " steps, %.2f M/s",
			watch->path, progress->walks, progress->transitions,
			(double)progress->transitions / 1e6 / seconds);
	else
		line = g_strdup_printf("%s: %" PRIu64 " states, %.2f M/s, depth %u, %" PRIu64
				       " to look at, %zu MiB",
			watch->path, progress->states,
			(double)found_now(progress->states, progress->states_before) / 1e6 /
				seconds,
			progress->depth, progress->waiting, progress->bytes >> 20);
	g_printerr(watch->where == SHOWN_IN_A_LOG ? "%s\n" : "\r\033[K%s", line);
}

static enum shown_where shown_where(const struct explore_arguments *arguments)
{
	if (isatty(STDERR_FILENO))
		return SHOWN_IN_ONE_LINE;
	return arguments->timing ? SHOWN_IN_A_LOG : SHOWN_NOWHERE;
}

static bool on_stop(void *context)
{
	(void)context;
	return stop_asked();
}

/* What depends on the machine and the moment, and so is no result. */
static void report_timing(const struct watch *watch, const struct explore_outcome *outcome)
{
	double seconds = (double)(g_get_monotonic_time() - watch->start_us) / 1e6;
	const struct search_result *search = outcome->search;
	bool walks = outcome->limits.mode == SEARCH_WALK;
	uint64_t all = walks ? search->transitions : search->states + outcome->states_renamed;
	uint64_t count = found_now(all, search->states_before);
	const char *what = walks ? "steps" : "states";

	g_assert(watch->start_us > 0);
	g_assert(walks || search->states > 0 || search->ended == SEARCH_MEMORY);
	g_printerr("%s: %" PRIu64 " %s in %.3f s: %.3f M %s/s", watch->path, count, what, seconds,
		(double)count / 1e6 / MAX(seconds, 1e-6), what);
	if (!walks)
		g_printerr("; %.1f MiB, %.1f bytes per state in the table",
			(double)MAX(watch->bytes, search->bytes) / 1048576,
			(double)search->set_bytes / (double)MAX(search->states, 1));
	if (search->states_before > 0)
		g_printerr("; %" PRIu64 " states were known before", search->states_before);
	g_printerr("\n");
}

struct explore_outcome *explore_scenario(
	const struct scenario *scenario, const struct explore_arguments *arguments, int *status)
{
	struct explore_options options = {
		.machine = scenario->explore.config,
		.check = scenario->explore.check,
	};
	const char *shown = text_path(scenario->path);
	struct watch watch = { .path = shown, .where = shown_where(arguments) };
	g_autofree char *name =
		g_strdup_printf("%s %016" PRIx64, scenario->revision->name, scenario->digest);
	struct explore_outcome *outcome;
	struct machine_config config;

	g_assert(scenario->explore.line && !scenario->steps_line); /* explore_load() saw to that */
	if (!explore_read_options(arguments, scenario, &options)) {
		*status = EXIT_USAGE;
		return NULL;
	}
	config = explore_config(&options);
	if (!search_can(&config, options.check)) {
		g_autofree char *where = line_files_path(&scenario->files, scenario->explore.line);

		command_error("explore: %s: a state of this machine is larger than %u bytes; take "
			      "fewer CPUs or tasks",
			where, PACK_WORDS_MAX * (unsigned)sizeof(uint32_t));
		*status = EXIT_USAGE;
		return NULL;
	}
	options.limits.disk = arguments->disk;
	options.limits.disk_name = name;
	options.limits.progress = on_progress;
	options.limits.stop = on_stop;
	options.limits.context = &watch;
	watch.start_us = watch.last_us = g_get_monotonic_time();
	stop_arm();
	outcome = explore_run(&options);
	stop_disarm();
	clear_progress(&watch);
	if (outcome->search->fault) {
		command_error("explore: %s", outcome->search->fault->message);
		*status = EXIT_ENVIRONMENT;
		explore_outcome_free(outcome);
		return NULL;
	}
	if (arguments->timing)
		report_timing(&watch, outcome);
	return outcome;
}
