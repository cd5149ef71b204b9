/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/command.h"

#include <string.h>
#include <unistd.h>

#include "sim/base/keyfile.h"
#include "sim/base/output.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
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

/* GLib says "Unknown option --x": say whose, and add the nearest one there is. */
static void report_option_error(
	const char *command, const GError *error, const GOptionEntry *entries)
{
	g_autofree char *what = g_utf8_make_valid(error->message, -1);
	const char *unknown = strstr(what, "--");
	g_autofree char *name = unknown ? g_strndup(unknown + 2, strcspn(unknown + 2, "=")) : NULL;
	const char *names[32] = { "help" };
	size_t count = 1;
	const char *nearest = NULL;

	g_assert(command && *what);
	what[0] = g_ascii_tolower(what[0]);
	for (const GOptionEntry *entry = entries; entry && entry->long_name; entry++) {
		g_assert(count < G_N_ELEMENTS(names));
		names[count++] = entry->long_name;
	}
	if (name && g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
		nearest = value_nearest(name, names, count);
	if (nearest)
		command_error("%s: %s; did you mean --%s?", command, what, nearest);
	else
		command_error("%s: %s; --help lists the options", command, what);
}

static const GOptionEntry *find_entry(const GOptionEntry *entries, const char *name, size_t length)
{
	g_assert(length <= strlen(name));
	for (; entries && entries->long_name; entries++) {
		if (length == 1 ? entries->short_name == *name
				: strlen(entries->long_name) == length &&
					  memcmp(entries->long_name, name, length) == 0)
			return entries;
	}
	return NULL;
}

/* The length of "-qj" in "-qj1": options of one letter up to the first that takes a value. 0 if
 * there is an unknown one or none takes a value. */
static size_t letters_length(const GOptionEntry *entries, const char *argument)
{
	g_assert(argument[0] == '-');
	for (size_t i = 1; argument[i]; i++) {
		const GOptionEntry *entry = find_entry(entries, argument + i, 1);

		if (!entry)
			break;
		if (entry->arg != G_OPTION_ARG_NONE)
			return i + 1;
	}
	return 0;
}

/* Does the next argument belong to @argument? */
static bool takes_next(const GOptionEntry *entries, const char *argument)
{
	const GOptionEntry *entry;

	if (argument[0] != '-' || !argument[1])
		return false;
	if (argument[1] != '-')
		return letters_length(entries, argument) == strlen(argument);
	entry = find_entry(entries, argument + 2, strlen(argument + 2));
	return entry && entry->arg != G_OPTION_ARG_NONE;
}

/* GLib reads "-j 1", but not "-j1": such an argument becomes two. */
static void split_values(const GOptionEntry *entries, int *argc, char ***argv)
{
	g_assert(*argc >= 1 && !(*argv)[*argc]);
	/* What main() got has no room for more, and is not freed either. */
	static GPtrArray *strings, *arguments;
	int i = 1;

	g_clear_pointer(&strings, g_ptr_array_unref);
	g_clear_pointer(&arguments, g_ptr_array_unref);
	strings = g_ptr_array_new_with_free_func(g_free);
	arguments = g_ptr_array_new();
	g_ptr_array_add(arguments, (*argv)[0]);
	for (; i < *argc && strcmp((*argv)[i], "--") != 0; i++) {
		char *argument = (*argv)[i];
		size_t length = argument[0] == '-' ? letters_length(entries, argument) : 0;

		if (length > 0 && argument[length]) {
			g_ptr_array_add(strings, g_strndup(argument, length));
			g_ptr_array_add(arguments, strings->pdata[strings->len - 1]);
			argument += length;
		} else if (takes_next(entries, argument) && i + 1 < *argc) {
			g_ptr_array_add(arguments, argument);
			argument = (*argv)[++i];
		}
		g_ptr_array_add(arguments, argument);
	}
	for (; i < *argc; i++)
		g_ptr_array_add(arguments, (*argv)[i]);
	g_ptr_array_add(arguments, NULL);
	g_assert(arguments->len > (guint)*argc);
	*argc = (int)arguments->len - 1;
	*argv = (char **)arguments->pdata;
}

/* An option of one value that @argument, of split_values(), gives. NULL: it gives none. */
static const GOptionEntry *entry_of(const GOptionEntry *entries, const char *argument)
{
	const GOptionEntry *entry;

	if (argument[0] != '-' || !argument[1])
		return NULL;
	if (argument[1] == '-')
		entry = find_entry(entries, argument + 2, strcspn(argument + 2, "="));
	else
		entry = find_entry(entries, argument + strlen(argument) - 1, 1);
	if (!entry || entry->arg == G_OPTION_ARG_NONE || entry->arg == G_OPTION_ARG_FILENAME_ARRAY ||
		entry->arg == G_OPTION_ARG_STRING_ARRAY)
		return NULL;
	return entry;
}

/* GLib takes the last of two values; which one was meant is not known. False after a message. */
static bool check_repeated(const GOptionEntry *entries, int argc, char **argv)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

	g_assert(argc >= 1);
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const GOptionEntry *entry = entry_of(entries, argv[i]);

		if (entry && !g_hash_table_add(seen, (gpointer)entry)) {
			command_error("%s: --%s is given twice", argv[0], entry->long_name);
			return false;
		}
		i += takes_next(entries, argv[i]);
	}
	return true;
}

/* What is to be printed with both --json and --quiet? False after a message. */
static bool output_is_clear(const char *command, const GOptionEntry *entries)
{
	const GOptionEntry *json = entries ? find_entry(entries, "json", 4) : NULL;
	const GOptionEntry *quiet = entries ? find_entry(entries, "quiet", 5) : NULL;

	if (!json || !quiet || !*(gboolean *)json->arg_data || !*(gboolean *)quiet->arg_data)
		return true;
	command_error("%s: --json prints, --quiet prints nothing; give one of them", command);
	return false;
}

/* GLib leaves "--" in place where an argument that begins with '-' follows. */
static void remove_separator(int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		/* Not freed: what main() got is not ours. */
		memmove(argv + i, argv + i + 1, (size_t)(*argc - i) * sizeof(*argv));
		--*argc;
		g_assert(!argv[*argc]);
		return;
	}
}

bool command_parse(const char *summary, const char *description, const GOptionEntry *entries,
	int *argc, char ***argv, int *status)
{
	g_autoptr(GOptionContext) context = g_option_context_new(summary);
	g_autoptr(GError) error = NULL;
	g_autofree char *help = NULL;
	gboolean asked = FALSE;
	GOptionEntry help_entries[] = {
		{ "help", 'h', 0, G_OPTION_ARG_NONE, &asked, "Show this help", NULL },
		G_OPTION_ENTRY_NULL,
	};
	GOptionGroup *group = g_option_group_new("main", "", "", NULL, NULL);

	g_assert(*argc >= 1);
	*status = EXIT_OK;
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_set_description(context, description);
	g_option_group_add_entries(group, help_entries);
	if (entries)
		g_option_group_add_entries(group, entries);
	g_option_context_set_main_group(context, group);
	split_values(entries, argc, argv);
	if (!check_repeated(entries, *argc, *argv)) {
		*status = EXIT_USAGE;
		return false;
	}
	if (!g_option_context_parse(context, argc, argv, &error)) {
		report_option_error((*argv)[0], error, entries);
		*status = EXIT_USAGE;
		return false;
	}
	remove_separator(argc, *argv);
	if (!asked && !output_is_clear((*argv)[0], entries)) {
		*status = EXIT_USAGE;
		return false;
	}
	if (!asked)
		return true;
	help = g_option_context_get_help(context, TRUE, NULL);
	*status = command_print(help, strlen(help));
	return false;
}

char *command_scenarios_dir(void)
{
	const char *places[] = { g_getenv("CIDSIM_SCENARIOS"), CIDSIM_SCENARIOS_DIR,
		CIDSIM_SCENARIOS_SOURCE };

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		if (places[i] && g_file_test(places[i], G_FILE_TEST_IS_DIR))
			return g_strdup(places[i]);
	}
	return NULL;
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
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
	g_ptr_array_sort(found, compare_paths);
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
		char *path = strcmp(argv[i], "-") != 0 && !g_file_test(argv[i], G_FILE_TEST_EXISTS)
		                     ? command_shipped(argv[i])
		                     : NULL;

		if (!path && g_file_test(argv[i], G_FILE_TEST_IS_DIR))
			add_folder(paths, argv[i], status);
		else
			g_ptr_array_add(paths, path ? path : g_strdup(argv[i]));
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

int command_each(const char *command, const char *done, const GPtrArray *paths,
	int (*each)(const char *path, const void *options, bool first), const void *options)
{
	int status = EXIT_OK;

	g_assert(paths->len > 0);
	for (guint i = 0; i < paths->len; i++) {
		if (stop_asked()) {
			command_error("%s: interrupted, %u of %u scenarios were not %s", command,
				paths->len - i, paths->len, done);
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
	g_autofree char *nearest = NULL;
	bool is_missing = *path && *path != '.' && *path != '/' && strcmp(path, "-") != 0 &&
		!g_file_test(path, G_FILE_TEST_EXISTS);

	if (is_missing)
		nearest = command_nearest_shipped(path);
	if (nearest)
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

struct scenario *command_load(
	const char *path, const struct scenario_overrides *overrides, int *status)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	bool environment = false;
	struct scenario *scenario = scenario_load(path, overrides, errors, &environment);

	g_assert(!scenario == (errors->len > 0));
	if (scenario)
		return scenario;
	report_faults(path, errors);
	*status = command_worse(*status, environment ? EXIT_ENVIRONMENT : EXIT_USAGE);
	return NULL;
}

char *command_read(const char *path, size_t *length, int *status)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct faults *faults = faults_new(text_path(path));
	bool environment = false;
	char *text = keyfile_read(path, length, faults, &environment);

	g_assert(!text == (faults_count(faults) > 0));
	if (!text) {
		faults_list(faults, errors);
		report_faults(path, errors);
		*status = command_worse(*status, environment ? EXIT_ENVIRONMENT : EXIT_USAGE);
	}
	faults_free(faults);
	return text;
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

bool command_output_is_file(const char *command, const char *output)
{
	if (!output)
		return true;
	if (!*output)
		command_error("%s: -o needs the name of a file", command);
	else if (g_file_test(output, G_FILE_TEST_IS_DIR))
		command_error("%s: -o: %s is a folder; name a file in it", command,
			text_path(output));
	else
		return true;
	return false;
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
