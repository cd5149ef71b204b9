/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/csv.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/base/version.h"
#include "sim/cli/command.h"
#include "sim/record/csv.h"

static const char description[] =
	"DIR is a folder that `cidsim run -o` or `cidsim replay -o` wrote, such as "
	"out/hysteresis. The command in the head of its modes.csv is done again. Paths in it "
	"are those that were given: call rerun from the same folder. With the same build the "
	"files have the same bytes.\n"
	"\n"
	"Examples:\n"
	"  cidsim rerun out/hysteresis\n"
	"  cidsim rerun out/hysteresis -o again && diff -r out again\n";

typedef int (*command_function)(int argc, char **argv);

/* Where to write is the user's to say, not the file's. Commands that cidsim writes have no short
 * options; but a process may have a name like "-bash". */
static bool says_where(char **words)
{
	for (size_t i = 1; words[i]; i++) {
		bool is_short = words[i][0] == '-' && words[i][1] != '-' && words[i][1];

		if (g_str_has_prefix(words[i], "--output"))
			return true;
		if (is_short && strcmp(words[i - 1], "--comm") != 0)
			return true;
	}
	return false;
}

/* The function of the command that @words are; NULL: rerun does no such thing. */
static command_function command_of(char **words)
{
	if (strcmp(words[0], "cidsim") != 0 || !words[1] || says_where(words))
		return NULL;
	if (strcmp(words[1], "run") == 0)
		return cmd_run;
	return strcmp(words[1], "replay") == 0 ? cmd_replay : NULL;
}

static int execute(const char *dir, const char *command, const char *output)
{
	g_auto(GStrv) words = NULL;
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	command_function run = NULL;

	if (g_shell_parse_argv(command, NULL, &words, NULL))
		run = command_of(words);
	if (!run) {
		g_autofree char *quoted = value_quote(command);

		command_error("rerun: %s: %s is no command of run or replay that rerun could do",
			text_path(dir), quoted);
		return EXIT_USAGE;
	}
	for (char **word = words + 1; *word; word++)
		g_ptr_array_add(argv, *word);
	if (output) {
		g_ptr_array_add(argv, (char *)"-o");
		g_ptr_array_add(argv, (char *)output);
	}
	g_ptr_array_add(argv, NULL);
	return run((int)argv->len - 1, (char **)argv->pdata);
}

/* False after a message. */
static bool is_run_folder(const char *dir, const char *modes)
{
	if (!g_file_test(dir, G_FILE_TEST_EXISTS) || g_file_test(modes, G_FILE_TEST_EXISTS))
		return true;
	command_error("rerun: %s is no folder that `cidsim run -o` or `cidsim replay -o` wrote: "
		      "it has no modes.csv",
		text_path(dir));
	return false;
}

static int rerun(const char *dir, const char *output)
{
	g_autofree char *path = g_build_filename(dir, "modes.csv", NULL);
	g_autoptr(GError) error = NULL;
	struct csv_reader *reader;
	const char *made_by, *command;
	int status = EXIT_USAGE;

	if (!is_run_folder(dir, path))
		return status;
	reader = csv_reader_open_with(path, csv_modes_columns, &error);
	if (!reader)
		return command_failed("rerun: ", error);
	made_by = csv_reader_comment(reader, "cidsim");
	command = csv_reader_comment(reader, "command");
	if (!command) {
		command_error("rerun: %s: has no comment \"# command\": an older cidsim wrote it",
			text_path(path));
	} else {
		if (g_strcmp0(made_by, version_text()) != 0)
			command_error("rerun: %s: cidsim %s wrote it, this is %s: the bytes may "
				      "differ",
				text_path(dir), made_by, version_text());
		status = execute(dir, command, output);
	}
	csv_reader_close(reader);
	return status;
}

int cmd_rerun(int argc, char **argv)
{
	g_autofree char *output = NULL;
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
			"Write files into DIR/NAME, as run and replay do", "DIR" },
		G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) dirs = NULL;
	int status = EXIT_OK;

	if (!command_parse("DIR…", description, entries, &argc, &argv, &status))
		return status;
	if (argc < 2) {
		command_error("rerun: no DIR; --help explains");
		return EXIT_USAGE;
	}
	/* command_parse() of those commands frees what it returned here */
	dirs = g_strdupv(argv + 1);
	for (char **dir = dirs; *dir; dir++)
		status = command_worse(status, rerun(*dir, output));
	return status;
}
