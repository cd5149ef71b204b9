/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <string.h>

#include "sim/base/json-write.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/affected-tree.h"
#include "sim/cli/backports.h"
#include "sim/cli/defect-one.h"
#include "sim/cli/options.h"
#include "sim/record/csv.h"
#include "sim/record/json.h"
#include "sim/release/release.h"

static const char description[] =
	"VERSION is a kernel: 7.1, 6.19-rc3, 6.19.6+deb13-amd64. The command explores the shipped "
	"scenario of each known defect with the protocol of that kernel. So each \"yes\" is a "
	"shortest way to the defect, and each \"no\" means that all states were seen.\n"
	"\n"
	"TREE is a folder of kernel sources, or FOLDER@COMMIT of a git clone. Its code is compared "
	"with all revisions, as by `cidsim kernel check`, and the answers are those of the "
	"revision "
	"that it behaves as. If it behaves as none, all are \"unknown\".\n"
	"\n"
	"A defect is \"unknown\" if it is not known whether the release has the commit that fixed "
	"it. If your kernel has backported commits, name them with `--with`.\n"
	"\n"
	"Exit status: 0 not affected, 1 affected, 2 bad usage, 3 the environment failed, 4 not "
	"affected as far as is known, but some are unknown.\n"
	"\n"
	"Examples:\n"
	"  cidsim affected 7.1.2\n"
	"  cidsim affected 6.19.6 --with b2e48c429ec5,192d852129b1\n"
	"  cidsim affected 7.3.4-1-amd64 --json\n"
	"  cidsim affected ~/linux@my-branch\n";

static const char *const answers[] = { "no", "yes", "unknown" };

struct defect {
	struct shown_defect *shown; /* by the oldest protocol that the kernel may have */
	enum shown_defect_answer answer;
	enum shown_defect_answer
		nearest; /* of the revision: the answer, but for a tree that is none */
};

/* The kernel that is asked about: its protocol lies between these two, and has @backports. */
struct kernel {
	const char *name;
	const struct revision *oldest, *newest;
	const GPtrArray *backports; /* const struct revision * */
	struct affected_tree *tree; /* NULL: it was named by a version */
};

static void defect_free(gpointer data)
{
	struct defect *defect = data;

	shown_defect_free(defect->shown);
	g_free(defect);
}

static struct defect *examine(const struct kernel *kernel, unsigned number, int *status)
{
	const struct explore_arguments arguments = { 0 };
	struct protocol oldest = release_protocol(kernel->oldest, kernel->backports);
	struct protocol newest = release_protocol(kernel->newest, kernel->backports);
	struct defect *defect = g_new0(struct defect, 1);

	defect->shown = shown_defect_explore(number, &oldest, &arguments, status);
	defect->answer = defect->shown->answer;
	if (memcmp(&oldest, &newest, sizeof(oldest)) != 0 && defect->shown->title) {
		struct shown_defect *other =
			shown_defect_explore(number, &newest, &arguments, status);

		if (other->answer != defect->answer)
			defect->answer = DEFECT_UNKNOWN;
		shown_defect_free(other);
	}
	defect->nearest = defect->answer;
	if (kernel->tree && !kernel->tree->is_revision)
		defect->answer = DEFECT_UNKNOWN;
	return defect;
}

static GPtrArray *examine_all(const struct kernel *kernel, int *status)
{
	GPtrArray *defects = g_ptr_array_new_with_free_func(defect_free);

	for (unsigned number = 1; number <= CSV_MATRIX_DEFECTS; number++)
		g_ptr_array_add(defects, examine(kernel, number, status));
	return defects;
}

static char *command_of(const struct kernel *kernel, const struct defect *defect)
{
	struct protocol protocol = release_protocol(kernel->oldest, kernel->backports);

	return shown_defect_command(defect->shown->number, kernel->oldest, &protocol);
}

/* For people */

static void add_revision(GString *text, const char *before, const struct revision *revision)
{
	g_string_append_printf(text, "%s%s%s", before, *revision->commit ? revision->commit : "",
		*revision->commit ? ", " : "");
	g_string_append_printf(text, "revision %s\n", revision->name);
}

/* Why @defect is not in @kernel. */
static void add_no(GString *text, const struct kernel *kernel, const struct defect *defect)
{
	const struct revision *cause = release_cause(defect->shown->number);
	const struct revision *fix = release_fix(defect->shown->number);

	if (cause && kernel->newest < cause)
		add_revision(text, "begins with ", cause);
	else if (fix)
		add_revision(text, "fixed by ", fix);
	else
		g_string_append(text, "fixed by what --with names\n");
}

static void add_defect(GString *text, const struct kernel *kernel, const struct defect *defect)
{
	static const char indent[] = "                ";
	const char *cve = release_cve(defect->shown->number);
	g_autofree char *command = command_of(kernel, defect);

	g_string_append_printf(text, "  B%-4u%-9s%s%s%s%s\n%s", defect->shown->number,
		answers[defect->answer], defect->shown->title ? defect->shown->title : "",
		cve ? " (" : "", cve ? cve : "", cve ? ")" : "", indent);
	if (kernel->tree && !kernel->tree->is_revision)
		g_string_append_printf(
			text, "%s has it: %s; ", kernel->newest->name, answers[defect->nearest]);
	if (defect->nearest == DEFECT_NO) {
		add_no(text, kernel, defect);
		return;
	}
	if (!defect->shown->property) {
		g_string_append(text, "not all states were seen\n");
		return;
	}
	g_string_append_printf(text, "%s is broken after %u steps:\n%s%s\n",
		scenario_property_to_string(defect->shown->property), defect->shown->steps, indent,
		command);
	if (defect->nearest == DEFECT_UNKNOWN && release_fix(defect->shown->number)) {
		g_string_append(text, indent);
		add_revision(text, "unless it has ", release_fix(defect->shown->number));
	}
}

static void print_version(GString *text, const struct kernel *kernel)
{
	struct release release;

	if (kernel->oldest == kernel->newest)
		g_string_append_printf(text, "%s has revision %s of the protocol",
			text_clean(kernel->name), kernel->oldest->name);
	else
		g_string_append_printf(text,
			"%s has revision %s to %s of the protocol: which is not known",
			text_clean(kernel->name), kernel->oldest->name, kernel->newest->name);
	for (guint i = 0; i < kernel->backports->len; i++)
		g_string_append_printf(text, "%s%s", i ? ", " : ", with ",
			((const struct revision *)kernel->backports->pdata[i])->commit);
	g_string_append(text, ".\n");
	if (release_read(kernel->name, &release) && release_is_newer(&release))
		g_string_append_printf(text,
			"It is newer than %s, the newest that was compared with the model.\n",
			release_newest);
}

static void print_report(GString *text, const struct kernel *kernel, const GPtrArray *defects)
{
	if (kernel->tree)
		affected_tree_print(text, kernel->name, kernel->tree);
	else
		print_version(text, kernel);
	g_string_append_c(text, '\n');
	for (guint i = 0; i < defects->len; i++)
		add_defect(text, kernel, defects->pdata[i]);
}

/* For programs */

static void add_object(struct json *json, const struct kernel *kernel, const struct defect *defect)
{
	const struct revision *fix = release_fix(defect->shown->number);
	g_autofree char *name = g_strdup_printf("B%u", defect->shown->number);
	g_autofree char *command = command_of(kernel, defect);
	bool shown = defect->nearest != DEFECT_NO && defect->shown->property;

	json_begin_object(json, NULL);
	json_add_text(json, "defect", name);
	json_add_text_if(json, "title", defect->shown->title);
	json_add_text(json, "affected", answers[defect->answer]);
	json_add_text_if(json, "cve", release_cve(defect->shown->number));
	json_add_text_if(json, "fix", fix && *fix->commit ? fix->commit : NULL);
	json_add_text_if(json, "property",
		shown ? scenario_property_to_string(defect->shown->property) : NULL);
	json_add_number_if(json, "steps", shown, defect->shown->steps);
	json_add_text_if(json, "command", shown ? command : NULL);
	json_end_object(json);
}

static void print_json(GString *text, const struct kernel *kernel, const GPtrArray *defects)
{
	struct json writer = { .text = text }, *json = &writer;

	json_begin_object(json, NULL);
	json_add_text(json, kernel->tree ? "tree" : "version", kernel->name);
	if (kernel->tree) {
		json_add_bool(json, "behaves_as_a_revision", kernel->tree->is_revision);
		json_add_number(json, "steps", kernel->tree->steps);
	}
	json_add_text(json, "oldest", kernel->oldest->name);
	json_add_text(json, "newest", kernel->newest->name);
	json_begin_array(json, "backports");
	for (guint i = 0; i < kernel->backports->len; i++)
		json_add_text(
			json, NULL, ((const struct revision *)kernel->backports->pdata[i])->commit);
	json_end_array(json);
	json_begin_array(json, "defects");
	for (guint i = 0; i < defects->len; i++)
		add_object(json, kernel, defects->pdata[i]);
	json_end_array(json);
	json_end_object(json);
	json_end_line(json);
}

/* Options */

/* False after a message. */
static bool read_kernel(const char *name, struct kernel *kernel)
{
	g_autofree char *quoted = value_quote(name);
	struct release release;

	kernel->name = name;
	if (!release_read(name, &release)) {
		command_error(
			"affected: %s is not a kernel's version, write one like 6.19.6; nor is "
			"it a folder of kernel sources",
			quoted);
		return false;
	}
	if (!release_revisions(&release, &kernel->oldest, &kernel->newest)) {
		command_error("affected: %s is older than 6.19-rc1: it manages CIDs by another "
			      "protocol, which has none of these defects",
			quoted);
		return false;
	}
	return true;
}

static int affected(const struct kernel *kernel, gboolean json)
{
	int status = EXIT_OK;
	g_autoptr(GPtrArray) defects = examine_all(kernel, &status);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < defects->len; i++) {
		switch (((struct defect *)defects->pdata[i])->answer) {
		case DEFECT_NO:
			break;
		case DEFECT_YES:
			status = command_worse(status, EXIT_FAILED);
			break;
		case DEFECT_UNKNOWN:
			status = command_worse(status, EXIT_UNDECIDED);
			break;
		}
	}
	if (json)
		print_json(text, kernel, defects);
	else
		print_report(text, kernel, defects);
	return command_worse(status, command_print(text->str, text->len));
}

static int affected_tree(const char *name, const char *steps, gboolean json)
{
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	struct affected_tree tree = { 0 };
	struct kernel kernel = { .name = name, .backports = none, .tree = &tree };
	int status = EXIT_USAGE;

	if (!affected_tree_check(name, steps, &tree, &status))
		return status;
	kernel.oldest = tree.oldest;
	kernel.newest = tree.newest;
	return affected(&kernel, json);
}

static int affected_version(const char *name, const char *with, gboolean json)
{
	struct kernel kernel = { .name = name };
	g_autoptr(GPtrArray) backports = NULL;

	if (!read_kernel(name, &kernel))
		return EXIT_USAGE;
	kernel.backports = backports = backports_read("affected", with);
	return backports ? affected(&kernel, json) : EXIT_USAGE;
}

int cmd_affected(int argc, char **argv)
{
	g_autofree char *with = NULL, *steps = NULL;
	gboolean json = FALSE;
	const GOptionEntry entries[] = {
		{ "with", 'w', 0, G_OPTION_ARG_FILENAME, &with,
			"The kernel also has these commits: hashes, with commas between", "LIST" },
		{ "steps", 'n', 0, G_OPTION_ARG_FILENAME, &steps,
			"Compare the code of a TREE for N steps (default: 10000000)", "N" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON object", NULL },
		G_OPTION_ENTRY_NULL,
	};
	int status = EXIT_USAGE;

	if (!command_parse("VERSION | TREE", description, entries, &argc, &argv, &status))
		return status;
	if (argc != 2)
		command_error(
			"affected: takes one VERSION, like 6.19.6, or one TREE; --help explains");
	else if (affected_is_tree(argv[1]) && with)
		command_error("affected: --with goes with a VERSION: a TREE has its code");
	else if (affected_is_tree(argv[1]))
		return affected_tree(argv[1], steps, json);
	else if (steps)
		command_error("affected: --steps goes with a TREE");
	else
		return affected_version(argv[1], with, json);
	return EXIT_USAGE;
}
