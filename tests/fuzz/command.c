/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Command lines: each command with any options and values. The file that it is asked for is not there, so a command
 * ends after it has looked at its options, but `check`, which reads a small scenario. Messages are text.
 *
 * Input: a byte for the command, arguments with line feeds between them. None may name a folder or standard
 * input.
 */

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/values.h"
#include "sim/cli/command.h"
#include "tests/fuzz/fuzz.h"

enum { ARGUMENTS_MAX = 12 };

static const struct {
	const char *name;
	int (*call)(int argc, char **argv);
} commands[] = {
	{ "run", cmd_run },
	{ "explore", cmd_explore },
	{ "sweep", cmd_sweep },
	{ "check", cmd_check },
	{ "merge", cmd_merge },
	{ "compare", cmd_compare },
	{ "affected", cmd_affected },
	{ "explain", cmd_explain },
	{ "html", cmd_html },
	{ "import", cmd_import },
	{ "list", cmd_list },
	{ "plot", cmd_plot },
	{ "replay", cmd_replay },
	{ "rerun", cmd_rerun },
	{ "step", cmd_step },
	{ "revisions", cmd_revisions },
};

/* A scenario for `check`; the folder has nothing else. */
static void enter_folder(void)
{
	static bool done;

	if (!done) {
		FUZZ_CHECK(chdir(fuzz_folder()) == 0);
		FUZZ_CHECK(g_file_set_contents("small", "[scenario]\n[machine]\ncpus = 4\n[mm a]\n", -1, NULL));
	}
	done = true;
}

static bool can_pass(const char *argument)
{
	return !strchr(argument, '/') && !g_str_has_suffix(argument, "-") && !strstr(argument, "..");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { data, data + size };
	uint32_t command = fuzz_below(&fuzz, G_N_ELEMENTS(commands));
	g_autofree char *text = fuzz_text(&fuzz);
	g_auto(GStrv) arguments = g_strsplit(text, "\n", ARGUMENTS_MAX);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *before;
	int status;

	enter_folder();
	g_ptr_array_add(argv, (char *)commands[command].name);
	g_unlink("missing.scn"); /* an option can name it as what is to be written */
	for (char **argument = arguments; *argument; argument++) {
		if (!can_pass(*argument))
			return 0;
		g_ptr_array_add(argv, *argument);
	}
	g_ptr_array_add(argv, (char *)(commands[command].call == cmd_check ? "small" : "missing.scn"));
	g_ptr_array_add(argv, NULL);
	before = messages_keep(messages);
	status = commands[command].call((int)argv->len - 1, (char **)argv->pdata);
	messages_keep(before);
	FUZZ_CHECK(status >= EXIT_OK && status <= EXIT_UNDECIDED);
	for (guint i = 0; i < messages->len; i++)
		FUZZ_CHECK(value_is_text(messages->pdata[i]));
	return 0;
}
