/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* SIGXFSZ */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sim/base/input.h"
#include "sim/base/values.h"
#include "sim/base/version.h"
#include "sim/base/work-folder.h"
#include "sim/cli/command.h"
#include "sim/cli/complete.h"
#include "sim/cli/files.h"
#include "sim/cli/help.h"
#include "sim/cli/stop.h"

struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

/* Ended by one without name. */
static const struct command commands[] = {
	{ "run", "run scenarios: report, records, verdict", cmd_run },
	{ "step", "walk through a scenario step by step", cmd_step },
	{ "sweep", "run a scenario at many points, a row for each", cmd_sweep },
	{ "merge", "put the shards of a sweep together", cmd_merge },
	{ "compare", "compare two runs, two sweeps, or two revisions", cmd_compare },
	{ "check", "check scenario files without running them", cmd_check },
	{ "explore", "explore all orders of steps of a small scenario", cmd_explore },
	{ "affected", "say which known defects a kernel has", cmd_affected },
	{ "explain", "explain what a debugger shows of a stalled machine", cmd_explain },
	{ "html", "make one HTML file of a run, a sweep or a matrix", cmd_html },
	{ "import", "make a scenario of a load of rt-app", cmd_import },
	{ "kernel", "compare the model with the code of a kernel tree", cmd_kernel },
	{ "list", "list the shipped scenarios, or show one", cmd_list },
	{ "plot", "draw pictures of a run, a sweep, a matrix or steps", cmd_plot },
	{ "prove", "prove properties for any number of CPUs and tasks", cmd_prove },
	{ "replay", "compare the model with a trace of a real kernel", cmd_replay },
	{ "rerun", "make again what a run or replay wrote", cmd_rerun },
	{ "revisions", "list the revisions of the protocol and their flags", cmd_revisions },
	{ NULL, NULL, NULL },
};

static const char before_commands[] =
	"Simulates how the Linux kernel hands out concurrency IDs (mm_cid) to threads: a "
	"deterministic discrete-event simulator runs a scenario, a file that describes a machine, "
	"its processes and threads, and what happens to them. It reports when and why each process "
	"changed between the modes per task and per CPU, how long the transit windows were, how "
	"many IDs were in use, and what that cost. The properties of the protocol are checked "
	"during the run. The same scenario, seed and version give the same bytes on every "
	"machine.\n"
	"\n"
	"Commands:\n";

static const char after_commands[] =
	"\n"
	"`cidsim COMMAND --help` explains a command; `cidsim --version` names the version. Results "
	"go to standard output, messages to standard error. Arguments after `--` may begin with a "
	"dash.\n"
	"\n"
	"Environment:\n"
	"  CIDSIM_SCENARIOS   folder of the shipped scenarios (default: as installed)\n"
	"  CIDSIM_PLOTS       folder of the gnuplot scripts (default: as installed)\n"
	"\n"
	"The locale changes nothing.\n"
	"\n"
	"Exit status: 0 all well, 1 an expectation or a property failed, 2 bad usage or input, 3 "
	"the environment failed (disk full, no memory), 4 undecided (stopped by a limit or "
	"interrupted). With several scenarios the most serious one counts, in the order 3, 2, 1, "
	"4, "
	"0. A scenario that cannot be run does not stop the others.\n"
	"\n"
	"Examples:\n"
	"  cidsim run hysteresis\n"
	"  cidsim run hysteresis -o out\n"
	"  cidsim plot timeline out/hysteresis\n";

/* With @is_page the man page, else what --help prints. */
static char *usage(bool is_page)
{
	g_autoptr(GString) description = g_string_new(before_commands);
	struct help help = { NULL, "COMMAND [OPTION…] [ARGUMENT…]", NULL, NULL };
	GString *text = g_string_new(NULL);

	for (const struct command *command = commands; command->name; command++)
		g_string_append_printf(
			description, "  %-10s %s\n", command->name, command->summary);
	g_string_append(description, after_commands);
	help.description = description->str;
	if (is_page)
		help_man(text, &help);
	else
		help_plain(text, &help);
	g_assert(text->len > 0);
	return g_string_free(text, FALSE);
}

static int unknown_command(const char *name)
{
	g_autofree char *quoted = value_quote(name);
	const char *names[32] = { "--help", "--version" };
	size_t count = 2;
	const char *nearest;

	g_assert(G_N_ELEMENTS(commands) - 1 + count <= G_N_ELEMENTS(names));
	for (const struct command *command = commands; command->name; command++)
		names[count++] = command->name;
	g_assert(count == G_N_ELEMENTS(commands) - 1 + 2);
	nearest = value_nearest(name, names, count);
	if (nearest)
		command_error("unknown command %s; did you mean %s?", quoted, nearest);
	else
		command_error("unknown command %s; --help lists the commands", quoted);
	return EXIT_USAGE;
}

/* If memory is limited, by --max-memory or by `ulimit -d` of a shell: how. Allocates nothing: there
 * is no memory. */
static void print_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_DATA, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
		fprintf(stderr, " (the limit is %" PRIu64 " MiB)", (uint64_t)limit.rlim_cur >> 20);
}

/* GLib ends the program where there is no memory, or where it needs a thread (to start a program)
 * and there is none; but by a signal, and with words of its own. */
static void print_log(const char *domain, GLogLevelFlags level, const char *message, void *context)
{
	const char *wanted = strstr(message, "failed to allocate");
	bool no_thread = strstr(message, "Error creating thread");

	(void)domain;
	(void)context;
	if (wanted || strstr(message, "no memory")) {
		fprintf(stderr, "cidsim: no memory%s%s", wanted ? ": " : "", wanted ? wanted : "");
		print_limit();
		fputc('\n', stderr);
	} else if (no_thread) {
		fprintf(stderr, "cidsim: no thread can be created: too many processes\n");
	} else {
		fprintf(stderr, "cidsim: %s\n", message);
	}
	if (!(level & G_LOG_LEVEL_ERROR))
		return;
	files_remove_guarded();
	work_folders_remove();
	if (wanted || no_thread || strstr(message, "no memory"))
		_exit(EXIT_ENVIRONMENT);
	abort();
}

/* A file that is opened must not become standard output or standard error. Those that are closed
 * are opened such that using them fails, but messages, which have no other place, get lost. */
static void fill_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
	}
}

static int print_usage(void)
{
	g_autofree char *text = usage(false);

	return command_print(text, strlen(text));
}

static bool is_help(const char *argument)
{
	return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

/* NULL: there is none. */
static const struct command *find_command(const char *name)
{
	const struct command *command = commands;

	while (command->name && strcmp(command->name, name) != 0)
		command++;
	return command->name ? command : NULL;
}

static int call_command(const struct command *command, int argc, char **argv)
{
	g_autofree char *name = g_strdup_printf("cidsim %s", command->name);

	g_assert(argc >= 1 && command->run);
	g_set_prgname(name);
	return command->run(argc, argv);
}

static int run_command(int argc, char **argv)
{
	const struct command *command = find_command(argv[1]);

	g_assert(argc >= 2);
	return command ? call_command(command, argc - 1, argv + 1) : unknown_command(argv[1]);
}

/* --- for scripts --- */

static gint compare_pages(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The pages that the one of the program names. */
static GPtrArray *all_pages(void)
{
	GPtrArray *pages = g_ptr_array_new_with_free_func(g_free);

	for (const struct command *command = commands; command->name; command++)
		g_ptr_array_add(pages, g_strdup_printf("cidsim-%s 1", command->name));
	g_ptr_array_sort(pages, compare_pages);
	g_ptr_array_add(pages, g_strdup("gnuplot 1"));
	g_ptr_array_add(pages, g_strdup("rseq 2"));
	g_ptr_array_add(pages, g_strdup("cidsim.scn 5"));
	g_ptr_array_add(pages, NULL);
	return pages;
}

/* --man: the man page of the program; --man COMMAND: that of the command. */
static int print_man(const struct command *command)
{
	static const char *const see_also[] = { "cidsim 1", "cidsim.scn 5", NULL };
	char *arguments[] = { NULL, (char *)"--help=man", NULL };
	g_autofree char *name = g_strconcat("cidsim-", command ? command->name : "", NULL);
	g_autofree char *program = usage(true);
	g_autoptr(GPtrArray) pages = all_pages();
	g_autoptr(GString) begin = g_string_new(NULL), end = g_string_new(NULL);
	int status;

	help_man_begin(begin, command ? name : "cidsim",
		command ? command->summary : "simulate how the kernel hands out concurrency IDs");
	help_man_end(end, command ? see_also : (const char *const *)pages->pdata);
	status = command_print(begin->str, begin->len);
	if (command) {
		arguments[0] = (char *)command->name;
		status = command_worse(status, call_command(command, 2, arguments));
	} else {
		status = command_worse(status, command_print(program, strlen(program)));
	}
	return command_worse(status, command_print(end->str, end->len));
}

static void offer_commands(GString *text, const char *typed)
{
	for (const struct command *command = commands; command->name; command++)
		complete_offer(text, typed, command->name, command->summary);
}

/* --complete WORD…: what may stand in place of the last word, sim/cli/complete.h. */
static int print_completions(int count, char **words)
{
	const struct command *command = count > 1 ? find_command(words[0]) : NULL;
	g_autoptr(GPtrArray) arguments = g_ptr_array_new();
	g_autoptr(GString) text = g_string_new(NULL);
	const char *typed = count > 0 ? words[count - 1] : "";

	if (!command) {
		if (count <= 1 || (count == 2 && strcmp(words[0], "help") == 0))
			offer_commands(text, typed);
		if (count <= 1) {
			complete_offer(text, typed, "help", "explain a command");
			complete_offer(text, typed, "--help", "explain the program");
			complete_offer(text, typed, "--version", "name the version");
		}
		return command_print(text->str, text->len);
	}
	g_ptr_array_add(arguments, words[0]);
	g_ptr_array_add(arguments, (char *)"--help=complete");
	for (int i = 1; i <= count; i++)
		g_ptr_array_add(arguments, words[i]);
	g_assert(arguments->len == (guint)count + 2);
	return call_command(command, count + 1, (char **)arguments->pdata);
}

/* What the build and the scripts of completions/ ask for. False: nothing of it. */
static bool print_for_scripts(int argc, char **argv, int *status)
{
	const struct command *command = argc == 3 ? find_command(argv[2]) : NULL;

	g_assert(argc >= 2 && !argv[argc]);
	if (strcmp(argv[1], "--complete") == 0)
		*status = print_completions(argc - 2, argv + 2);
	else if (strcmp(argv[1], "--man") == 0 && (argc == 2 || command))
		*status = print_man(command);
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	g_autofree char *text = NULL;
	int status;

	/* The locale is left at "C": what is printed must not depend on it. A closed pipe and a
	 * file that would be too large are errors of the write, reported as such. How a child ends
	 * is needed, even if who started this program does not need that. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	fill_standard_files();
	input_stop_when(stop_asked);
	g_log_set_default_handler(print_log, NULL);
	if (argc < 2) {
		text = usage(false);
		fputs(text, stderr);
		return EXIT_USAGE;
	}
	if (is_help(argv[1]))
		return print_usage();
	if (print_for_scripts(argc, argv, &status))
		return status;
	if (strcmp(argv[1], "--version") == 0) {
		g_autofree char *version = g_strconcat("cidsim ", version_text(), "\n", NULL);

		return command_print(version, strlen(version));
	}
	if (strcmp(argv[1], "help") == 0) {
		char *of_command[] = { argv[0], argv[argc > 2 ? 2 : 1], (char *)"--help", NULL };

		return argc > 2 && !is_help(argv[2]) ? run_command(3, of_command) : print_usage();
	}
	return run_command(argc, argv);
}
