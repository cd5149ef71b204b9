/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/keyfile.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/backports.h"
#include "sim/cli/defect-one.h"
#include "sim/dump/explain.h"
#include "sim/release/release.h"

static const char description[] =
	"DUMP (\"-\" = standard input) is what crash, drgn, gdb or the scripts of cidsim print of "
	"one "
	"mm on a machine that is stalled: the mode, users, thresholds, the words of CPUs and "
	"tasks, "
	"who runs where, locks. Any part may be missing. docs/explain.md has the keys.\n"
	"\n"
	"The command decodes each word. It says which properties are broken, and which of the "
	"known "
	"defects fit, the best one first: what speaks for it and against it, which kernels have "
	"it, "
	"and a shortest way to it. It claims nothing that the dump does not show.\n"
	"\n"
	"Exit status: 0 no property is broken and no defect fits, 1 a property is broken or a "
	"defect "
	"fits, 2 bad usage or input, 3 the environment failed, 4 the dump has too little to say.\n"
	"\n"
	"Examples:\n"
	"  cidsim explain dump.txt\n"
	"  cidsim explain dump.txt --kernel 6.19.6 --with 192d852129b1\n"
	"  drgn -c vmcore scripts/dump-drgn 4711 | cidsim explain - --json\n";

#define STATES_MAX "200000" /* of each way: less than a second */

struct explain_options {
	char *kernel, *revision, *with;
	gboolean json;
};

/* The revisions of a kernel; false after a message. */
static bool read_kernel(const char *where, const char *name, struct view_kernel *kernel)
{
	g_autofree char *quoted = value_quote(name);
	struct release release;

	if (!release_read(name, &release))
		command_error("explain: %s: %s is not a kernel's version, write one like 6.19.6",
			where, quoted);
	else if (!release_revisions(&release, &kernel->oldest, &kernel->newest))
		command_error("explain: %s: %s is older than 6.19-rc1: it manages CIDs by another "
			      "protocol, which has none of these defects",
			where, quoted);
	else
		return true;
	return false;
}

static bool read_revision(const char *where, const char *name, struct view_kernel *kernel)
{
	g_autofree char *quoted = value_quote(name);

	kernel->oldest = kernel->newest = revision_find(name);
	if (!kernel->oldest)
		command_error("explain: %s: unknown revision %s, `cidsim revisions` lists them",
			where, quoted);
	return kernel->oldest;
}

/* What an option says counts more than what the dump says. False after a message. */
static bool find_kernel(const struct explain_options *options, const struct dump *dump,
	const char *path, struct view_kernel *kernel)
{
	if (options->kernel)
		return read_kernel("--kernel", options->kernel, kernel);
	if (options->revision)
		return read_revision("--revision", options->revision, kernel);
	if (dump->revision)
		return read_revision(path, dump->revision, kernel);
	return !dump->kernel || read_kernel(path, dump->kernel, kernel);
}

/* Look for the shortest way to @defect, with its steps in words if @in_words. */
static void add_way(const struct explanation *explanation, struct explain_defect *defect,
	bool in_words, int *status)
{
	static char states[] = STATES_MAX;
	const struct explore_arguments arguments = { .max_states = states };
	const struct revision *revision = explain_revision(explanation, defect);
	struct shown_defect *found;
	struct protocol protocol;

	if (!revision)
		return;
	protocol = release_protocol(revision, explanation->view->kernel.backports);
	found = shown_defect_explore(defect->number, &protocol, &arguments, status);
	if (found->answer == DEFECT_YES) {
		defect->way.command = shown_defect_command(defect->number, revision, &protocol);
		defect->way.property = scenario_property_to_string(found->property);
		defect->way.steps = found->steps;
		if (in_words)
			defect->way.story = g_steal_pointer(&found->story);
	}
	shown_defect_free(found);
}

/* Of all that fit; if none does, of the first that may. The steps of the first one only. */
static void add_ways(struct explanation *explanation, int *status)
{
	for (int i = 0; i < EXPLAIN_DEFECTS; i++) {
		struct explain_defect *defect = &explanation->defects[i];

		if (defect->fit == FIT_YES ||
			(i == 0 && defect->fit == FIT_POSSIBLE && defect->points > 0))
			add_way(explanation, defect, i == 0, status);
	}
}

static int explain(const struct explain_options *options, const struct dump *dump, const char *path)
{
	g_autoptr(GPtrArray) backports = backports_read("explain", options->with);
	struct view_kernel kernel = { .backports = backports };
	g_autoptr(GString) text = g_string_new(NULL);
	struct explanation *explanation;
	int status = EXIT_OK;

	if (!backports || !find_kernel(options, dump, path, &kernel))
		return EXIT_USAGE;
	explanation = explain_dump(dump, &kernel);
	add_ways(explanation, &status);
	if (options->json)
		explanation_json(text, path, explanation);
	else
		explanation_report(text, path, explanation);
	status = command_worse(status, explanation_status(explanation));
	explanation_free(explanation);
	return command_worse(status, command_print(text->str, text->len));
}

static int explain_file(const struct explain_options *options, const char *path)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	const char *shown = text_path(path);
	struct faults *faults = faults_new(shown);
	size_t length = 0;
	bool environment = false;
	g_autofree char *text = keyfile_read(path, &length, faults, &environment);
	struct dump *dump = text ? dump_read(text, length, faults) : NULL;
	int status = environment ? EXIT_ENVIRONMENT : EXIT_USAGE;

	faults_list(faults, errors);
	for (guint i = 0; i < errors->len; i++)
		command_error("%s", (const char *)errors->pdata[i]);
	if (dump)
		status = explain(options, dump, shown);
	dump_free(dump);
	faults_free(faults);
	return status;
}

int cmd_explain(int argc, char **argv)
{
	struct explain_options options = { 0 };
	const GOptionEntry entries[] = {
		{ "kernel", 'k', 0, G_OPTION_ARG_FILENAME, &options.kernel,
			"The dump is of this kernel: 6.19.6", "VERSION" },
		{ "revision", 'r', 0, G_OPTION_ARG_FILENAME, &options.revision,
			"... or of one with this revision of the protocol", "NAME" },
		{ "with", 'w', 0, G_OPTION_ARG_FILENAME, &options.with,
			"The kernel also has these commits: hashes, with commas between", "LIST" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print one JSON object", NULL },
		G_OPTION_ENTRY_NULL,
	};
	int status = EXIT_USAGE;

	if (command_parse("DUMP", description, entries, &argc, &argv, &status)) {
		status = EXIT_USAGE;
		if (argc != 2)
			command_error("explain: takes one DUMP, a file or -; --help explains");
		else if (options.kernel && options.revision)
			command_error("explain: --kernel and --revision cannot go together");
		else
			status = explain_file(&options, argv[1]);
	}
	g_free(options.kernel);
	g_free(options.revision);
	g_free(options.with);
	return status;
}
