/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/compile.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/base/output.h"
#include "sim/base/program.h"
#include "sim/base/text.h"
#include "sim/base/work-folder.h"
#include "sim/kernel/coverage.h"
#include "sim/kernel/limits.h"
#include "sim/kernel/message.h"
#include "sim/kernel/shim-text.h"

enum { COMPILE_S = 120 };

/* The source: our text and the tree's regions in turn, each under its own name, so that messages
 * of the compiler and the places of stops name the file and line that the user knows. */

static void add_own(GString *source, const char *name)
{
	const struct shim_text *text = shim_texts;

	while (text->name && strcmp(text->name, name) != 0)
		text++;
	g_assert(text->name);
	g_string_append_printf(source, "#line 1 \"shim/%s\"\n", name);
	for (const char *const *line = text->lines; *line; line++)
		g_string_append(source, *line);
}

static void add_region(GString *source, const struct tree *tree, enum tree_part part)
{
	const struct region *region = &tree->parts[part];

	g_assert(region->text && region->line > 1);
	g_string_append_printf(source, "#line %u \"%s\"\n", region->line, tree_file(part));
	g_string_append(source, region->text);
	g_string_append_c(source, '\n');
}

static GString *make_source(const struct tree *tree)
{
	GString *source = g_string_new(NULL);

	/* To 6.19-livelock the mode is two words. */
	if (!region_has_word(tree->parts[TREE_RSEQ_TYPES].text, "mode") &&
		region_has_word(tree->parts[TREE_RSEQ_TYPES].text, "transit"))
		g_string_append(source, "#define CS_SPLIT_MODE 1\n");
	add_own(source, "code.h");
	add_own(source, "runtime.h");
	add_own(source, "names.h");
	add_region(source, tree, TREE_RSEQ_TYPES);
	add_own(source, "structs.h");
	add_region(source, tree, TREE_MM_TYPES);
	add_region(source, tree, TREE_TASK);
	add_region(source, tree, TREE_SCHED);
	add_region(source, tree, TREE_CORE);
	add_own(source, "entry.h");
	return source;
}

/* The compiler */

static bool is_to_stop(void *context)
{
	bool (*const *stop)(void) = context;

	return (*stop)();
}

static void on_start(gpointer data)
{
	(void)data;
	limits_of_compiler();
}

/* What it leaves when it is killed goes with @folder. */
static GSubprocessLauncher *new_launcher(const char *folder)
{
	GSubprocessLauncher *launcher = g_subprocess_launcher_new(
		G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);

	g_subprocess_launcher_set_cwd(launcher, folder);
	g_subprocess_launcher_setenv(launcher, "LC_ALL", "C", TRUE);
	g_subprocess_launcher_setenv(launcher, "TMPDIR", folder, TRUE);
	g_subprocess_launcher_set_child_setup(launcher, on_start, NULL, NULL);
	return launcher;
}

/* Run $CC with @more (NULL: nothing more) and $CFLAGS on code.c in @folder. *@said is what it
 * printed, the caller's. False with @error if it cannot be run or is ended, without if it has not
 * compiled. */
static bool run_compiler(
	const char *folder, const char *more, bool (*stop)(void), char **said, GError **error)
{
	const char *wanted = g_getenv("CC"), *flags = g_getenv("CFLAGS");
	g_autofree char *line =
		g_strdup_printf("%s -std=gnu11 -w -O2 -g1 -fPIC -shared -fmax-errors=20 "
				"-Werror=implicit-function-declaration -Werror=implicit-int %s %s "
				"-o code.so code.c",
			wanted && *wanted ? wanted : "cc", more ? more : "", flags ? flags : "");
	g_auto(GStrv) words = NULL;
	struct program program = {
		.seconds = COMPILE_S, .stop = is_to_stop, .context = &stop, .has_group = true
	};
	GError *fault = NULL;
	enum program_end end = PROGRAM_FAILED;

	*said = NULL;
	if (g_shell_parse_argv(line, NULL, &words, &fault)) {
		program.words = (const char *const *)words;
		program.launcher = new_launcher(folder);
		end = program_run(&program, &fault);
	}
	*said = program.printed;
	if (end == PROGRAM_STOPPED)
		failure_environment(error, "the compiler was stopped");
	else if (end == PROGRAM_TOO_LONG)
		failure_environment(error,
			"the compiler was ended after two minutes; look at what the regions under "
			"CONFIG_SCHED_MM_CID include and define");
	else if (end == PROGRAM_FAILED)
		failure_environment(error, "no C compiler: %s; install gcc or clang, or set CC",
			fault->message);
	g_clear_error(&fault);
	return program.good;
}

static bool compile(struct compiled *compiled, const struct tree *tree,
	const struct compile_for *purpose, bool (*stop)(void), GError **error)
{
	g_autofree char *said = NULL, *sizes = NULL;
	GError *fault = NULL;

	if (purpose && purpose->explores)
		sizes = g_strdup_printf("-DCS_EXPLORE -DCS_CPUS=%u -DCS_TASKS=%u -DCS_MMS=%u",
			purpose->cpus, purpose->tasks, purpose->mms);

	/* Some installations have no library for counting lines: then nothing is counted. */
	if (!sizes)
		compiled->coverage =
			run_compiler(compiled->folder, COVERAGE_OPTIONS, stop, &said, &fault);
	if (compiled->coverage)
		return true;
	if (!fault) {
		g_free(said);
		if (run_compiler(compiled->folder, sizes, stop, &said, &fault))
			return true;
	}
	if (!fault)
		message_of_compiler(said, tree->name, &fault);
	g_propagate_error(error, fault);
	return false;
}

/* gcov counts the lines only of files that it can open: empty lines will do. */
static bool write_blank(
	const char *folder, const struct tree *tree, enum tree_part part, GError **error)
{
	const struct region *region = &tree->parts[part];
	g_autofree char *path = g_build_filename(folder, tree_file(part), NULL);
	g_autofree char *dir = g_path_get_dirname(path);
	gsize length = region->line + region->lines;
	g_autofree char *blank = g_malloc(length);

	memset(blank, '\n', length);
	return output_make_directory(dir, error) && output_write_file(path, blank, length, error);
}

static bool write_all(const char *folder, const struct tree *tree, GError **error)
{
	g_autofree char *path = g_build_filename(folder, "code.c", NULL);
	g_autoptr(GString) source = make_source(tree);

	for (int part = 0; part < TREE_PARTS; part++) {
		if (!write_blank(folder, tree, (enum tree_part)part, error))
			return false;
	}
	return output_write_file(path, source->str, source->len, error);
}

struct compiled *compile_tree(const struct tree *tree, const struct compile_for *purpose,
	bool (*stop)(void), GError **error)
{
	struct compiled *compiled = g_new0(struct compiled, 1);
	g_autoptr(GError) fault = NULL;

	compiled->folder = work_folder_new(error);
	if (!compiled->folder) {
		compiled_free(compiled);
		return NULL;
	}
	compiled->library = g_build_filename(compiled->folder, "code.so", NULL);
	if (!write_all(compiled->folder, tree, &fault))
		failure_take(error, g_steal_pointer(&fault));
	else if (compile(compiled, tree, purpose, stop, error))
		return compiled;
	compiled_free(compiled);
	return NULL;
}

const struct code *compiled_load(const struct compiled *compiled, GError **error)
{
	void *library = dlopen(compiled->library, RTLD_NOW | RTLD_LOCAL);
	const struct code *code = library ? dlsym(library, "cidsim_code") : NULL;

	if (code && code->version == CODE_VERSION)
		return code;
	failure_environment(error, "what the compiler made cannot be loaded: %s",
		/* NOLINTNEXTLINE(concurrency-mt-unsafe): a thread has its own */
		text_clean(library ? "it has no table" : dlerror()));
	if (library)
		dlclose(library);
	return NULL;
}

void compiled_free(struct compiled *compiled)
{
	if (!compiled)
		return;
	if (compiled->folder)
		work_folder_remove(compiled->folder);
	g_free(compiled->library);
	g_free(compiled);
}
