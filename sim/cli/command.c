/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* strverscmp() */
#include "sim/cli/command.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "sim/base/failure.h"
#include "sim/base/input.h"
#include "sim/base/keyfile.h"
#include "sim/base/output.h"
#include "sim/base/places.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/proof/invariant.h"
#include "sim/cli/stop.h"

int command_worse(int a, int b)
{
	static const int gravity[] = { [EXIT_OK] = 0,
		[EXIT_UNDECIDED] = 1,
		[EXIT_FAILED] = 2,
		[EXIT_USAGE] = 3,
		[EXIT_ENVIRONMENT] = 4 };

	g_assert(a >= 0 && a < (int)G_N_ELEMENTS(gravity) && b >= 0 &&
		 b < (int)G_N_ELEMENTS(gravity));
	return gravity[a] >= gravity[b] ? a : b;
}

char *command_scenarios_dir(void)
{
	const char *wanted = g_getenv("CIDSIM_SCENARIOS");

	if (wanted && g_file_test(wanted, G_FILE_TEST_IS_DIR))
		return g_strdup(wanted);
	return place_shipped("scenarios");
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Of files that end in ".scn": x comes before x-8, although "x-8.scn" is less than "x.scn", and b2
 * before b10. */
static gint compare_names(gconstpointer a, gconstpointer b)
{
	g_autofree char *first = g_strdup(*(char *const *)a);
	g_autofree char *second = g_strdup(*(char *const *)b);

	g_assert(g_str_has_suffix(first, ".scn") && g_str_has_suffix(second, ".scn"));
	first[strlen(first) - strlen(".scn")] = '\0';
	second[strlen(second) - strlen(".scn")] = '\0';
	return strverscmp(first, second);
}

/* The scenarios in @folder, by name; NULL after a message. */
static GPtrArray *scenarios_in(const char *folder, int *status)
{
	g_autoptr(GError) error = NULL;
	GDir *dir = g_dir_open(folder, 0, &error);
	GPtrArray *found;
	const char *name;

	if (!dir) {
		command_error("%s", error->message);
		*status = command_worse(*status, EXIT_ENVIRONMENT);
		return NULL;
	}
	found = g_ptr_array_new_with_free_func(g_free);
	while ((name = g_dir_read_name(dir))) {
		if (g_str_has_suffix(name, ".scn"))
			g_ptr_array_add(found, g_build_filename(folder, name, NULL));
	}
	g_dir_close(dir);
	g_ptr_array_sort(found, compare_names);
	return found;
}

static void add_folder(GPtrArray *paths, const char *folder, int *status)
{
	g_autoptr(GPtrArray) found = scenarios_in(folder, status);

	if (found && found->len == 0) {
		command_error("%s: there is no .scn file in this folder", folder);
		*status = command_worse(*status, EXIT_USAGE);
	}
	if (found)
		g_ptr_array_extend_and_steal(paths, g_steal_pointer(&found));
}

char *command_shipped(const char *name)
{
	g_autofree char *dir = command_scenarios_dir();
	g_autofree char *file =
		g_strconcat(name, g_str_has_suffix(name, ".scn") ? "" : ".scn", NULL);
	char *path;

	/* "study/ramp" is one, "./ramp" and "a/b/c" are paths */
	if (!dir || *name == '.' || *name == '/' || strchr(name, '/') != strrchr(name, '/'))
		return NULL;
	path = g_build_filename(dir, file, NULL);
	if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return path;
	g_free(path);
	return NULL;
}

char *command_scenario(const char *argument)
{
	char *path = strcmp(argument, "-") != 0 && !g_file_test(argument, G_FILE_TEST_EXISTS)
	                     ? command_shipped(argument)
	                     : NULL;

	return path ? path : g_strdup(argument);
}

GPtrArray *command_scenarios(int argc, char **argv, int *status)
{
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);

	g_assert(argc >= 1 && !argv[argc]);
	if (argc < 2) {
		command_error(
			"%s: no scenario given; a FILE, a folder, - or a name of `cidsim list`",
			argv[0]);
		*status = EXIT_USAGE;
	}
	for (int i = 1; i < argc; i++) {
		if (g_file_test(argv[i], G_FILE_TEST_IS_DIR))
			add_folder(paths, argv[i], status);
		else
			g_ptr_array_add(paths, command_scenario(argv[i]));
	}
	g_assert(paths->len > 0 || *status != EXIT_OK);
	return paths;
}

bool command_can_read_again(const char *option, const GPtrArray *paths)
{
	for (guint i = 0; i < paths->len; i++) {
		if (strcmp(paths->pdata[i], "-") != 0)
			continue;
		command_error("%s reads each scenario more than once, - only once", option);
		return false;
	}
	return true;
}

int command_each(const char *command, const char *what, const char *done, const GPtrArray *paths,
	int (*each)(const char *path, const void *options, bool first), const void *options)
{
	int status = EXIT_OK;

	g_assert(paths->len > 0);
	for (guint i = 0; i < paths->len; i++) {
		if (stop_asked()) {
			command_error("%s: interrupted, %u of %u %s were not %s", command,
				paths->len - i, paths->len, what, done);
			return command_worse(status, EXIT_UNDECIDED);
		}
		status = command_worse(status, each(paths->pdata[i], options, i == 0));
	}
	return status;
}

/* The sub-folders of @folder that are not hidden, by name. */
static GPtrArray *folders_in(const char *folder)
{
	GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		char *path = g_build_filename(folder, name, NULL);

		if (*name != '.' && g_file_test(path, G_FILE_TEST_IS_DIR))
			g_ptr_array_add(found, path);
		else
			g_free(path);
	}
	if (dir)
		g_dir_close(dir);
	g_ptr_array_sort(found, compare_paths);
	return found;
}

/* Append the names of the scenarios in @folder, without ".scn". */
static void add_names(GPtrArray *names, const char *prefix, const char *folder, int *status)
{
	g_autoptr(GPtrArray) paths = scenarios_in(folder, status);

	for (guint i = 0; paths && i < paths->len; i++) {
		g_autofree char *base = g_path_get_basename(paths->pdata[i]);

		g_assert(g_str_has_suffix(base, ".scn"));
		base[strlen(base) - strlen(".scn")] = '\0';
		g_ptr_array_add(names, g_strconcat(prefix, base, NULL));
	}
}

GPtrArray *command_shipped_names(const char *dir, int *status)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) folders = folders_in(dir);

	add_names(names, "", dir, status);
	for (guint i = 0; i < folders->len; i++) {
		g_autofree char *base = g_path_get_basename(folders->pdata[i]);
		g_autofree char *prefix = g_strconcat(base, "/", NULL);

		add_names(names, prefix, folders->pdata[i], status);
	}
	return names;
}

char *command_nearest_shipped(const char *word)
{
	g_autofree char *dir = command_scenarios_dir();
	g_autoptr(GPtrArray) names = NULL;
	int status = EXIT_OK;

	if (!dir)
		return NULL;
	names = command_shipped_names(dir, &status);
	return g_strdup(value_nearest(word, (const char *const *)names->pdata, names->len));
}

static void report_fault(const char *path, const char *message)
{
	g_autofree char *nearest = NULL, *dir = command_scenarios_dir();
	bool is_missing = *path && *path != '.' && *path != '/' && strcmp(path, "-") != 0 &&
	                  !g_file_test(path, G_FILE_TEST_EXISTS);

	if (is_missing)
		nearest = command_nearest_shipped(path);
	if (is_missing && dir && strcmp(path, "scenarios") == 0)
		command_error("%s; the shipped scenarios are in %s", message, dir);
	else if (nearest)
		command_error("%s; did you mean %s?", message, nearest);
	else if (is_missing)
		command_error("%s; `cidsim list` names what ships", message);
	else
		command_error("%s", message);
}

static void report_faults(const char *path, const GPtrArray *errors)
{
	g_assert(errors->len > 0);
	for (guint i = 0; i < errors->len; i++)
		report_fault(path, errors->pdata[i]);
}

bool command_has_rules(const struct scenario *scenario, int *status)
{
	g_autoptr(GError) fault = NULL;

	if (scenario->check != CHECK_INVARIANT && !(scenario->explore.check & EXPLORE_INVARIANT))
		return true;
	invariant_free(invariant_new(&scenario->protocol, &fault));
	if (fault)
		*status = command_worse(*status, command_failed("invariant: ", fault));
	return !fault;
}

struct scenario *command_load(
	const char *path, const struct scenario_overrides *overrides, int *status)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	bool environment = false;
	struct scenario *scenario = scenario_load(path, overrides, errors, &environment);

	g_assert(!scenario == (errors->len > 0));
	if (scenario && command_has_rules(scenario, status))
		return scenario;
	if (scenario) {
		scenario_free(scenario);
		return NULL;
	}
	report_faults(path, errors);
	*status = command_worse(*status, environment ? EXIT_ENVIRONMENT : EXIT_USAGE);
	return NULL;
}

char *command_read(const char *path, size_t *length, int *status)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct faults *faults = faults_new(text_path(path));
	bool environment = false;
	char *text = scenario_read(path, length, faults, &environment);

	g_assert(!text == (faults_count(faults) > 0));
	if (!text) {
		faults_list(faults, errors);
		report_faults(path, errors);
		*status = command_worse(*status, environment ? EXIT_ENVIRONMENT : EXIT_USAGE);
	}
	faults_free(faults);
	return text;
}

char *command_format(const char *path, int *status)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct faults *faults = faults_new(text_path(path));
	bool environment = false;
	size_t length;
	g_autofree char *text = keyfile_read(path, &length, faults, &environment);
	char *formatted = NULL;

	if (text)
		keyfile_free(keyfile_parse(g_memdup2(text, length + 1), length, faults));
	if (faults_count(faults) == 0) {
		formatted = keyfile_format(text);
	} else {
		faults_list(faults, errors);
		report_faults(path, errors);
		*status = command_worse(*status, environment ? EXIT_ENVIRONMENT : EXIT_USAGE);
	}
	faults_free(faults);
	return formatted;
}

struct scenario *command_parse_scenario(const char *path, const char *text, size_t length,
	const struct scenario_overrides *overrides, int *status)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = scenario_parse(path, text, length, overrides, errors);

	g_assert(!scenario == (errors->len > 0));
	if (scenario)
		return scenario;
	report_faults(path, errors);
	*status = command_worse(*status, EXIT_USAGE);
	return NULL;
}

/* Whether a file can be made at @output, or what is there no regular file can be written to. */
static int check_writable(const char *option, const char *output)
{
	g_autofree char *target = output_target(output);
	g_autofree char *folder = g_path_get_dirname(target);
	bool in_place = g_file_test(target, G_FILE_TEST_EXISTS) &&
	                !g_file_test(target, G_FILE_TEST_IS_REGULAR);

	g_assert(*target && *folder);
	if (in_place ? g_access(target, W_OK) == 0 : g_access(folder, W_OK | X_OK) == 0)
		return EXIT_OK;
	command_error("%s: %s: %s", option, text_path(output), g_strerror(errno));
	return EXIT_ENVIRONMENT;
}

int command_check_output(const char *option, const char *output, const char *input)
{
	g_assert(option && input);
	if (!output)
		return EXIT_OK;
	if (!*output)
		command_error("%s needs the name of a file", option);
	else if (g_file_test(output, G_FILE_TEST_IS_DIR))
		command_error("%s: %s is a folder; name a file in it", option, text_path(output));
	else if (input_is(input, output))
		command_error(
			"%s: %s is an input and would be overwritten", option, text_path(output));
	else
		return check_writable(option, output);
	return EXIT_USAGE;
}

int command_remove_older(const char *option, const char *path)
{
	g_autofree char *target = path ? output_target(path) : NULL;

	if (!target || !g_file_test(target, G_FILE_TEST_IS_REGULAR))
		return EXIT_OK;
	if (g_unlink(target) != 0) {
		command_error("%s: %s: %s", option, text_path(path), g_strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	command_error(
		"%s: %s was of an earlier command, and is removed: nothing was found to write to "
		"it",
		option, text_path(path));
	return EXIT_OK;
}

int command_write(const char *path, const char *text, size_t length)
{
	g_autoptr(GError) error = NULL;

	if (output_write_file(path, text, length, &error))
		return EXIT_OK;
	command_error("%s", error->message);
	return EXIT_ENVIRONMENT;
}

int command_failed(const char *prefix, const GError *error)
{
	command_error("%s%s", prefix, error->message);
	return g_error_matches(error, FAILURE, FAILURE_INPUT) ? EXIT_USAGE : EXIT_ENVIRONMENT;
}

int command_print(const char *text, gsize length)
{
	g_autoptr(GError) error = NULL;
	struct output *output = output_on_descriptor(STDOUT_FILENO, "standard output");

	g_assert(text && length <= G_MAXSSIZE);
	output_bytes(output, text, length);
	if (output_close(output, &error))
		return EXIT_OK;
	command_error("%s", error->message);
	return EXIT_ENVIRONMENT;
}
